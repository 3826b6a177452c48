"""The blueprints, through Home Assistant's own code, and automations made of them."""

from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import timedelta
import json
from pathlib import Path
import shutil
from typing import Any
from urllib.parse import quote

from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint import Blueprint
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
import yaml

from custom_components.panelsync.const import DOMAIN
from simulator import SimulatorOptions

from .automations import device_id, registered
from .conftest import StartHouse
from .home import ARMED, HEALTHY, OFFLINE, STALE, Home
from .talk import notifications

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "blueprints" / "automation" / "panelsync"
BLUEPRINTS = sorted(path.name for path in FOLDER.iterdir())


@pytest.fixture
async def with_blueprints(hass: HomeAssistant, tmp_path: Path) -> AsyncGenerator[None]:
    """Copy the blueprints to where a person is told to copy them."""
    shutil.copytree(FOLDER, tmp_path / "blueprints" / "automation" / "panelsync")
    hass.config.config_dir = str(tmp_path)
    yield
    # An automation that waits for the time of day would outlive the test.
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "all"}, blocking=True
    )


async def use(home: Home, name: str, **inputs: Any) -> list[ServiceCall]:
    """Make an automation of a blueprint; return what it will be told to say."""
    calls: list[ServiceCall] = async_mock_service(home.hass, "test", "say")
    say = [{"action": "test.say", "data": {"message": "{{ message }}"}}]
    await use_as_it_is(home, name, **{"notify": say} | inputs)
    return calls


async def use_as_it_is(home: Home, name: str, **inputs: Any) -> None:
    """Make an automation of a blueprint with these inputs alone."""
    used = {"path": f"panelsync/{name}.yaml", "input": inputs}
    assert await async_setup_component(
        home.hass, "automation", {"automation": {"use_blueprint": used}}
    )
    await home.settle()
    (automation,) = home.hass.states.async_all("automation")
    assert automation.state == STATE_ON


def said(calls: list[ServiceCall]) -> list[str]:
    return [" ".join(str(call.data["message"]).split()) for call in calls]


def name(home: Home, index: int) -> str:
    return home.location(index).name


async def test_each_is_a_blueprint(home: Home, with_blueprints: None) -> None:
    assert await async_setup_component(home.hass, "automation", {})
    loaded = await async_get_blueprints(home.hass).async_get_blueprints()
    ours = {
        Path(path).name: blueprint
        for path, blueprint in loaded.items()
        if path.startswith("panelsync")
    }
    assert sorted(ours) == BLUEPRINTS
    assert len(BLUEPRINTS) == 5
    guide = (ROOT / "docs" / "automations.md").read_text()
    for file, blueprint in ours.items():
        assert isinstance(blueprint, Blueprint), f"{file}: {blueprint}"
        assert blueprint.validate() is None
        assert blueprint.metadata["name"].startswith("PanelSync - ")
        assert blueprint.metadata["description"]
        least = blueprint.metadata["homeassistant"]["min_version"]
        assert least == json.loads((ROOT / "hacs.json").read_text())["homeassistant"]
        assert blueprint.metadata["source_url"].endswith(
            f"/blueprints/automation/panelsync/{file}"
        )
        for given in blueprint.inputs.values():
            assert given["name"]
            assert given["selector"]
        assert f"(../blueprints/automation/panelsync/{file})" in guide
        address = quote(blueprint.metadata["source_url"], safe="")
        assert f"blueprint_import/?blueprint_url={address})" in guide


async def test_each_can_be_imported_by_its_address(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    aioclient_mock: AiohttpClientMocker,
) -> None:
    """As *Import blueprint* does: fetch it from its address, and look at it."""
    assert await async_setup_component(hass, "automation", {})
    client = await hass_ws_client(hass)
    for file in BLUEPRINTS:
        text = (FOLDER / file).read_text()
        address = yaml.safe_load(text.replace("!input ", ""))["blueprint"]["source_url"]
        raw = address.replace("github.com", "raw.githubusercontent.com")
        aioclient_mock.get(raw.replace("/blob/", "/"), text=text)
        await client.send_json_auto_id({"type": "blueprint/import", "url": address})
        answer = await client.receive_json()
        assert answer["success"], answer
        result = answer["result"]
        assert result["validation_errors"] is None
        assert result["suggested_filename"] == f"panelsync/{Path(file).stem}"
        assert result["raw_data"] == text


# --- tell me when a sync fails ---------------------------------------------------


async def test_a_failed_sync_is_told(home: Home, with_blueprints: None) -> None:
    calls = await use(
        home, "sync_failed", locations={"device_id": device_id(home, OFFLINE)}
    )
    await home.press("refresh_status", OFFLINE)
    await home.wait(30)
    (message,) = said(calls)
    assert message == (
        f"Status refresh at {name(home, OFFLINE)} failed."
        " Reason: Total Connect cannot reach the panel."
    )
    await home.press("refresh_status", HEALTHY)
    await home.wait(30)
    assert len(calls) == 1


@pytest.mark.parametrize("options", [SimulatorOptions(profile="old")])
@pytest.mark.parametrize("wanted", [False, True])
async def test_an_unknown_end_is_told_on_request(
    home: Home, with_blueprints: None, wanted: bool
) -> None:
    calls = await use(
        home,
        "sync_failed",
        locations={"entity_id": home.entity_id("event", "sync", HEALTHY)},
        unconfirmed=wanted,
    )
    await home.press("refresh_status", HEALTHY)
    await home.wait(30)
    assert home.outcomes(HEALTHY)[-1]["outcome"] == "unconfirmed"
    assert len(calls) == wanted


async def test_a_notification_is_made_by_itself(
    home: Home, with_blueprints: None
) -> None:
    """Nothing chosen: Home Assistant itself shows what to say."""
    assert await async_setup_component(home.hass, "persistent_notification", {})
    await use_as_it_is(
        home, "sync_failed", locations={"device_id": device_id(home, OFFLINE)}
    )
    await home.press("refresh_status", OFFLINE)
    await home.wait(30)
    ((title, message),) = notifications(home.hass)
    assert title == "PanelSync"
    assert name(home, OFFLINE) in message


async def test_a_phone_can_retry_what_failed(home: Home, with_blueprints: None) -> None:
    phone_entry = MockConfigEntry(domain="mobile_app", title="Dana's phone")
    phone_entry.add_to_hass(home.hass)
    phone = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=phone_entry.entry_id,
        identifiers={("mobile_app", "phone")},
        name="Dana's phone",
    )
    sent = async_mock_service(home.hass, "notify", "mobile_app_dana_s_phone")
    calls = await use(
        home,
        "sync_failed",
        locations={"device_id": device_id(home, OFFLINE)},
        phones=[phone.id],
    )
    with suppress(HomeAssistantError):
        await home.press("sync_panel", OFFLINE)
    await home.wait(30)
    assert len(calls) == 1
    (notification,) = sent
    assert notification.data["message"] == said(calls)[0]
    retry, events = notification.data["data"]["actions"]
    assert (retry["title"], events["title"]) == ("Retry", "Open events")
    assert events["uri"] == f"/logbook?device_id={device_id(home, OFFLINE)}"
    # Somebody else's button, and another notification's, retry nothing.
    home.hass.bus.async_fire("mobile_app_notification_action", {"action": "OTHER"})
    home.simulator.world.set_line(home.location_id(OFFLINE), connected=True)
    await home.wait(70)
    assert len(home.outcomes(OFFLINE)) == 1
    home.hass.bus.async_fire(
        "mobile_app_notification_action", {"action": retry["action"]}
    )
    await home.wait(90)
    assert [told["outcome"] for told in home.outcomes(OFFLINE)] == [
        "failed",
        "succeeded",
    ]


# --- tell me who armed or disarmed ------------------------------------------------


async def test_who_disarmed_is_told(home: Home, with_blueprints: None) -> None:
    await home.wait(130)
    calls = await use(
        home, "who_armed", logs=[home.entity_id("event", "activity", ARMED)]
    )
    location_id = home.location_id(ARMED)
    home.simulator.world.disarm(location_id)
    await home.wait(130)
    (message,) = said(calls)
    assert message.startswith(f"{name(home, ARMED)}: ")
    assert "isarm" in message


# --- refresh every night -----------------------------------------------------------


async def use_nightly(
    home: Home, index: int | None, hours: int = 1
) -> list[ServiceCall]:
    """Refresh a location, or all of the account, in two hours; tell of long silence."""
    at = (dt_util.now() + timedelta(hours=2)).strftime("%H:%M:%S")
    locations = [device_id(home, index)]
    return await use(home, "nightly_refresh", locations=locations, at=at, hours=hours)


async def night(home: Home) -> None:
    """Let two hours pass, and the refresh that is due then."""
    await home.wait(2 * 3600, step=1800)
    await home.wait(90, step=30)


async def test_a_silent_panel_is_told(home: Home, with_blueprints: None) -> None:
    calls = await use_nightly(home, None)
    await night(home)
    (message,) = said(calls)
    assert f"{name(home, OFFLINE)} has not reported since" in message
    assert "cannot reach the panel" in message
    for index in (HEALTHY, STALE, ARMED):
        (told,) = home.outcomes(index)
        assert (told["kind"], told["outcome"]) == ("refresh", "succeeded")
        assert name(home, index) not in message


async def test_a_panel_that_reported_lately_is_not_silent(
    home: Home, with_blueprints: None
) -> None:
    calls = await use_nightly(home, HEALTHY, hours=3)
    home.open_zone(HEALTHY)
    home.simulator.world.set_line(home.location_id(HEALTHY), connected=False)
    await night(home)
    assert home.outcomes(HEALTHY)[-1]["outcome"] == "failed"
    assert said(calls) == []


async def test_a_night_on_which_nothing_could_be_asked_is_told(
    home: Home, with_blueprints: None
) -> None:
    """Nothing is worse than a nightly look that ended and did not say so."""
    calls = await use_nightly(home, HEALTHY)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    await night(home)
    (message,) = said(calls)
    assert message == (
        "PanelSync could not ask any panel for its status. Look at PanelSync under"
        " Settings, Devices & services for the reason."
    )


# --- remind me to sync users -----------------------------------------------------------


async def test_changed_users_are_reminded_of(home: Home, with_blueprints: None) -> None:
    calls = await use(
        home,
        "users_reminder",
        pending=[home.entity_id("sensor", "pending_user_changes", HEALTHY)],
        patience={"minutes": 15},
    )
    world, location = home.simulator.world, home.location_id(HEALTHY)
    before = int(home.state("sensor", "pending_user_changes", HEALTHY).state)
    world.stage_user(location, "Robin Vale")
    world.stage_user(location, "Kim Lark")
    # The counts are read once an hour.
    await home.wait(3700, step=900)
    count = int(home.state("sensor", "pending_user_changes", HEALTHY).state)
    assert count == before + 2
    await home.wait(1000, step=300)
    (message,) = said(calls)
    assert message == (
        f"{name(home, HEALTHY)}: {count} user changes are waiting for a user sync."
        " Press Sync users to make them live."
    )
    # It reminds, and starts nothing.
    assert home.location(HEALTHY).starts["users"] == 0


async def test_no_other_sensor_can_be_chosen(home: Home, with_blueprints: None) -> None:
    """The selector goes by what is counted, which has a word in each language."""
    assert await async_setup_component(home.hass, "automation", {})
    loaded = await async_get_blueprints(home.hass).async_get_blueprints()
    blueprint = loaded["panelsync/users_reminder.yaml"]
    assert isinstance(blueprint, Blueprint)
    (chosen,) = blueprint.inputs["pending"]["selector"]["entity"]["filter"]
    assert {"integration": DOMAIN, "domain": ["sensor"]}.items() <= chosen.items()
    translations = ROOT / "custom_components" / DOMAIN / "translations"
    sensors = [
        json.loads(path.read_text())["entity"]["sensor"]
        for path in translations.iterdir()
    ]
    counted = [
        {key: told.get("unit_of_measurement") for key, told in of_language.items()}
        for of_language in sensors
    ]
    assert sorted(chosen["unit_of_measurement"]) == sorted(
        units.pop("pending_user_changes") for units in counted
    )
    others = {unit for units in counted for unit in units.values()}
    assert others.isdisjoint(chosen["unit_of_measurement"])
    # And the sensor really counts so.
    sensor = home.state("sensor", "pending_user_changes", HEALTHY)
    assert sensor.attributes["unit_of_measurement"] in chosen["unit_of_measurement"]


async def test_synced_meanwhile_is_not_reminded_of(
    home: Home, with_blueprints: None
) -> None:
    calls = await use(
        home,
        "users_reminder",
        pending=[home.entity_id("sensor", "pending_user_changes", HEALTHY)],
        patience={"minutes": 30},
    )
    home.simulator.world.stage_user(home.location_id(HEALTHY), "Robin Vale")
    # Counted within a quarter of an hour, and synced before the half is over.
    await home.wait(1200, step=300)
    assert home.state("sensor", "pending_user_changes", HEALTHY).state == "3"
    await home.press("sync_users", HEALTHY)
    await home.wait(60)
    assert home.state("sensor", "pending_user_changes", HEALTHY).state == "0"
    await home.wait(2400, step=600)
    assert said(calls) == []


async def test_a_count_that_comes_back_is_no_rise(
    home: Home, with_blueprints: None
) -> None:
    entity_id = registered(
        home, "sensor", DOMAIN, "pending_user_changes", "pending_changes"
    )
    calls = await use(
        home, "users_reminder", pending=[entity_id], patience={"minutes": 1}
    )
    for state in ("3", STATE_UNAVAILABLE, "3", "unknown", "3", "2"):
        home.hass.states.async_set(entity_id, state)
        await home.wait(120, step=60)
    assert said(calls) == []
    home.hass.states.async_set(entity_id, "3")
    await home.wait(120, step=60)
    assert len(calls) == 1


# --- keep an eye on mismatch -----------------------------------------------------------


async def test_a_mismatch_that_lasts_is_told(home: Home, with_blueprints: None) -> None:
    entity_id = registered(
        home, "binary_sensor", DOMAIN, "status_mismatch", "mill_house_mismatch"
    )
    home.hass.states.async_set(entity_id, STATE_OFF)
    calls = await use(
        home,
        "mismatch",
        panels={"entity_id": entity_id},
        patience={"minutes": 5},
    )
    home.hass.states.async_set(entity_id, STATE_ON)
    await home.wait(120)
    home.hass.states.async_set(entity_id, STATE_OFF)
    await home.wait(300)
    assert said(calls) == []
    home.hass.states.async_set(entity_id, STATE_ON)
    await home.wait(310)
    (message,) = said(calls)
    assert "show different states" in message


async def test_a_panel_that_differs_from_the_service_is_told(
    home: Home, start_house: StartHouse, with_blueprints: None
) -> None:
    """From the panel's own wires to the words: armed, and the service does not know."""
    house = await start_house(serves=home)
    calls = await use(
        home,
        "mismatch",
        panels={"device_id": house.device.id},
        patience={"minutes": 1},
    )
    home.location(HEALTHY).reports_lost = True
    assert house.panel.arm("away", exit_delay=False)
    await house.wait(420)
    assert house.state("binary_sensor", "status_mismatch").state == STATE_ON
    (message,) = said(calls)
    assert message.startswith(
        f"{name(home, HEALTHY)}: the panel and Total Connect show different states."
        " Panel: armed away. Total Connect: disarmed."
    )

"""Diagnostics tell what is needed to help, and nothing that belongs to a person."""

from http import HTTPStatus
import json
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from scripts.replay_tool.player import replay
from simulator import SimulatorOptions
from tests.faults.secrets import Watch

from .automations import device_id
from .conftest import MakeHouse, StartHome, StartHouse
from .home import HEALTHY, OFFLINE, STALE, Home

CODES = {"user_code": "739146", "installer_code": "411275", "changed": "2026-11-22"}
PERSON = "Quendolyn Marker"


async def download(
    home: Home, hass_client: ClientSessionGenerator, index: int | None = None
) -> Any:
    """Download the diagnostics of the account, or of a location's device."""
    device = None if index is None else device_id(home, index)
    return await download_of(home.hass, hass_client, home.entry, device)


async def download_of(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    entry: ConfigEntry,
    device: str | None = None,
) -> Any:
    """Download the diagnostics of an entry, or of one of its devices."""
    assert await async_setup_component(hass, "diagnostics", {})
    await hass.async_block_till_done(wait_background_tasks=True)
    client = await hass_client()
    path = f"/api/diagnostics/config_entry/{entry.entry_id}"
    answer = await client.get(path if device is None else f"{path}/device/{device}")
    assert answer.status == HTTPStatus.OK
    return await answer.json()


def secrets(home: Home) -> set[str]:
    """Return everything that must not be shown: of the world, and of the entry."""
    world = home.simulator.world
    found = {
        home.simulator.options.user,
        home.simulator.options.password,
        home.simulator.url,
        str(home.entry.unique_id),
        CODES["user_code"],
        CODES["installer_code"],
        *PERSON.split(),
    }
    for location in world.locations.values():
        found |= {str(location.id), location.name}
        found |= {zone.name for zone in location.panel.zones.values()}
        for name in location.panel.users:
            found |= set(name.split())
    for manager in home.entry.runtime_data.locations.values():
        panel = manager.location.location.panel
        found |= {str(panel.device_id), str(panel.serial), panel.name}
    for request in home.simulator.received:
        for name in ("authorization", "username", "password", "refresh_token"):
            if value := request.fields.get(name):
                found.add(str(value))
    for run in home.entry.runtime_data.history.locations.values():
        found |= {str(one.job_id) for one in run.ended.values() if one.job_id}
    return {secret for secret in found if secret and secret != "None"}


@pytest.mark.shows("diagnostics")
@pytest.mark.parametrize(
    "options",
    [
        SimulatorOptions(profile="rest"),
        SimulatorOptions(profile="soap"),
        SimulatorOptions(profile="old"),
    ],
)
async def test_nothing_that_belongs_to_a_person_is_shown(
    simulator: Any,
    start_home: StartHome,
    hass_client: ClientSessionGenerator,
    watch: Watch,
) -> None:
    ids = [str(location) for location in simulator.world.locations]
    home = await start_home(codes={ids[HEALTHY]: CODES, ids[STALE]: CODES})
    world = home.simulator.world
    world.write_log(home.location_id(HEALTHY), f"Sincronización {PERSON} 4711", PERSON)
    world.stage_user(home.location_id(HEALTHY), PERSON)
    for key, index in (("sync_panel", HEALTHY), ("sync_panel", OFFLINE)):
        try:
            await home.press(key, index)
        except HomeAssistantError:
            continue
    await home.wait(120)
    for shown in (
        await download(home, hass_client),
        await download(home, hass_client, HEALTHY),
    ):
        text = json.dumps(shown, ensure_ascii=False).casefold()
        data = json.dumps(shown["data"], ensure_ascii=False).casefold()
        assert len(data) > 3000
        # Every token that was handed out is marked.
        watch.look("diagnostics", text)
        for secret in secrets(home):
            # A short number or word may be part of anything; it is looked for alone.
            where = data if len(secret) < 6 else text
            assert f'"{secret.casefold()}"' not in where, secret
            assert len(secret) < 5 or secret.casefold() not in where, secret


async def test_a_run_shows_no_name_of_what_it_may_change_or_has_changed(
    home: Home, hass_client: ClientSessionGenerator
) -> None:
    """A run that goes on remembers the zones it began with, an ended one what is new."""
    world, location = home.simulator.world, home.location(HEALTHY)
    home.simulator.switches.panel_sync_seconds = 60.0
    names = {zone.name for zone in location.panel.zones.values()}
    world.rename_zone(location.id, next(iter(location.panel.zones)), "Jetty Loft")
    await home.press("sync_panel", HEALTHY)
    going_on = await download(home, hass_client, HEALTHY)
    (shown,) = going_on["data"]["locations"].values()
    assert shown["run_in_progress"]["kind"] == "panel"
    await home.wait(120)
    (told,) = home.outcomes(HEALTHY)
    assert told["changes"]
    ended = await download(home, hass_client, HEALTHY)
    (shown,) = ended["data"]["locations"].values()
    assert shown["last_outcomes"]["panel"]["changes_seen"] == 1
    for diagnostics in (going_on, ended):
        text = json.dumps(diagnostics, ensure_ascii=False)
        assert [name for name in (*names, "Jetty Loft") if name in text] == []


async def test_an_account_tells_what_is_needed_to_help(
    home: Home, hass_client: ClientSessionGenerator
) -> None:
    await home.press("sync_panel", STALE)
    await home.wait(60)
    data = (await download(home, hass_client))["data"]
    assert data["account"]["sign_ins_today"] == 1
    assert data["account"]["locations"] == 4
    assert data["account"]["last_read_succeeded"] is True
    states = {route["route"]: route["state"] for route in data["routes"]}
    assert "works" in states.values()
    stale = list(data["locations"].values())[STALE]
    run = stale["last_outcomes"]["panel"]
    (told,) = home.outcomes(STALE)
    for key in ("outcome", "reason", "evidence", "ended", "duration"):
        assert run[key] == told[key], key
    assert run["requested"] == told["asked"]
    assert run["outcome"] == "succeeded"
    assert run["evidence"]
    assert run["mark"]["sync_flag"] is True
    assert stale["sync_status"] == "in_sync"
    assert stale["status"]["zones"]
    assert stale["codes"]["user_code_stored"] is False
    exchanges = data["exchanges"]
    assert exchanges
    assert {one["location"] for one in exchanges} - {None} <= set(data["locations"])
    assert {one["status"] for one in exchanges} >= {200}
    assert set(data["answers"]) & {one["route"] for one in exchanges}


async def test_a_device_tells_of_its_own_location_alone(
    home: Home, hass_client: ClientSessionGenerator
) -> None:
    data = (await download(home, hass_client, HEALTHY))["data"]
    (alias,) = data["locations"]
    told = {one["location"] for one in data["exchanges"]}
    assert alias in told
    assert told <= {alias, None}
    everything = (await download(home, hass_client))["data"]
    assert len(everything["locations"]) == 4
    assert alias in everything["locations"]


async def test_the_accounts_device_tells_of_all(
    home: Home, hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    shown = await download_of(hass, hass_client, home.entry, device_id(home))
    assert len(shown["data"]["locations"]) == 4


async def test_what_is_not_known_is_shown(
    home: Home, hass_client: ClientSessionGenerator
) -> None:
    home.simulator.switches.sync_status = 7
    home.simulator.switches.sync_log = "spanish"
    home.simulator.faults.add("synchronize", "unknown_code")
    await home.press("sync_panel", STALE)
    await home.press("sync_panel", HEALTHY)
    await home.wait(1000, step=30)
    for data in (
        (await download(home, hass_client))["data"],
        (await download(home, hass_client, HEALTHY))["data"],
    ):
        [healthy, *_] = data["locations"].values()
        assert healthy["service_sync_status"]["sync_status"] == 7
        assert any("sinc" in text for text in data["unknown"]["log_texts"])
        [code] = data["unknown"]["result_codes"]
        assert code["code"] == -98765
        # The service's own words may name somebody.
        assert "Something new" not in json.dumps(data)


async def test_zones_that_the_service_does_not_tell_are_shown_as_unknown(
    simulator: Any, start_home: StartHome, hass_client: ClientSessionGenerator
) -> None:
    """The service at times answers with null for the zones.

    See docs/protocol/total-connect.md#full-status.
    """
    simulator.switches.null_status_zones = -1
    home = await start_home()
    data = (await download(home, hass_client))["data"]
    healthy = list(data["locations"].values())[HEALTHY]
    assert healthy["last_read_succeeded"] is True
    assert healthy["status"]["arming"] == "disarmed"
    assert healthy["status"]["zones"] is None


@pytest.mark.parametrize("index", [None, HEALTHY])
async def test_an_account_that_is_not_loaded_has_diagnostics(
    home: Home, hass_client: ClientSessionGenerator, index: int | None
) -> None:
    """And they tell how a sign-in was refused that nobody knows."""
    hidden = secrets(home)
    home.simulator.switches.two_step_codes = "asked"
    home.simulator.accounts.end_sessions()
    await home.wait(400)
    await home.reload()
    data = (await download(home, hass_client, index))["data"]
    assert data["state"] == "setup_retry"
    assert data["reason"]
    assert data["unknown_refusal"]["codes"] == {"error": -7}
    shown = json.dumps(data)
    assert not [secret for secret in hidden if secret in shown]


async def test_a_failing_read_is_told_by_its_sort(
    home: Home, hass_client: ClientSessionGenerator
) -> None:
    home.simulator.faults.add("fullStatus", "503", times=500)
    await home.wait(400, step=30)
    data = (await download(home, hass_client))["data"]
    healthy = list(data["locations"].values())[HEALTHY]
    assert healthy["last_read_succeeded"] is False
    assert healthy["last_error"] == "update_failed"
    assert data["exchanges"][-1]["status"] in (200, 503)
    assert any(one["failure"] for one in data["exchanges"])


async def test_a_local_panel_tells_of_its_link_and_of_nobody(
    home: Home, make_house: MakeHouse, hass_client: ClientSessionGenerator
) -> None:
    house = make_house("ad2", HEALTHY)
    url = await house.open()
    await house.start(url)
    for device in (None, house.device.id):
        shown = await download_of(home.hass, hass_client, house.entry, device)
        data = shown["data"]
        assert data["link"]["family"] == "alarmdecoder"
        assert data["link"]["phase"] == "online"
        assert data["status"]["arming"] == "disarmed"
        assert data["compared"] == {"mismatch": None, "differences": []}
        heard = data["link"]["heard"]
        assert heard["hindrance"] is None
        assert heard["keypads"] > 0
        *lines, played = replay(json.dumps(data))
        assert any("mode: disarmed" in line for line in lines)
        assert played.endswith(" 0 of them not understood")
        text = json.dumps(data)
        assert url not in text
        for secret in secrets(home):
            assert len(secret) < 5 or secret not in text, secret


async def test_entries_that_were_unloaded_have_diagnostics(
    hass: HomeAssistant,
    home: Home,
    start_house: StartHouse,
    hass_client: ClientSessionGenerator,
) -> None:
    house = await start_house()
    for entry in (home.entry, house.entry):
        await hass.config_entries.async_unload(entry.entry_id)
        shown = await download_of(hass, hass_client, entry)
        assert shown["data"]["state"] == "not_loaded"

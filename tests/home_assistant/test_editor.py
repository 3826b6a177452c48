"""What the automation editor offers for a target, asked as the editor asks."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.panelsync.condition import CONDITIONS
from custom_components.panelsync.const import DOMAIN
from custom_components.panelsync.trigger import TRIGGERS

from .automations import area_with, device_id
from .conftest import MakeHouse
from .home import HEALTHY, Home

OF_LOCATIONS = set(TRIGGERS) - {"status_mismatch"}

# Spelt as ours, and as much events, choices and problems as ours are.
THEIRS = {
    "template": {
        "event": {
            "name": "Theirs",
            "event_type": "failed",
            "event_types": "{{ ['failed'] }}",
        },
        "sensor": {
            "name": "Theirs",
            "state": "in_sync",
            "device_class": "enum",
        },
        "binary_sensor": {"name": "Theirs", "state": "on", "device_class": "problem"},
    }
}


@pytest.fixture
async def editor(home: Home, hass_ws_client: WebSocketGenerator) -> Any:
    """Return how to ask what is offered for a target."""
    hass = home.hass
    assert await async_setup_component(hass, "automation", {})
    client = await hass_ws_client(hass)

    async def ask(what: str, **target: Any) -> set[str]:
        await client.send_json_auto_id({"type": what, "target": target})
        reply = await client.receive_json()
        assert reply["success"], reply
        return {
            key.removeprefix(f"{DOMAIN}.")
            for key in reply["result"]
            if key.startswith(f"{DOMAIN}.")
        }

    return ask


async def offered(editor: Any, **target: Any) -> tuple[set[str], set[str]]:
    """Return which triggers and which conditions of ours are offered."""
    return (
        await editor("get_triggers_for_target", **target),
        await editor("get_conditions_for_target", **target),
    )


async def test_a_location_offers_all_but_the_panels_own(
    home: Home, editor: Any
) -> None:
    ours = (OF_LOCATIONS, set(CONDITIONS))
    assert await offered(editor, device_id=device_id(home, HEALTHY)) == ours
    # By its area, too.
    area = area_with(home, HEALTHY)
    assert await offered(editor, area_id=area) == ours


async def test_each_entity_offers_what_it_can_trigger(home: Home, editor: Any) -> None:
    sync = home.entity_id("event", "sync", HEALTHY)
    assert await offered(editor, entity_id=sync) == (
        {"sync_succeeded", "sync_failed", "sync_unconfirmed"},
        set(),
    )
    status = home.entity_id("sensor", "sync_status", HEALTHY)
    assert await offered(editor, entity_id=status) == (
        {"sync_required"},
        set(CONDITIONS),
    )
    button = home.entity_id("button", "sync_panel", HEALTHY)
    assert await offered(editor, entity_id=button) == (set(), set())


async def test_a_local_panel_offers_the_mismatch(
    home: Home, editor: Any, make_house: MakeHouse
) -> None:
    house = make_house("ad2", HEALTHY)
    served = f"{home.entry.unique_id}_{house.location_id}"
    await house.start(await house.open(), options={"location": served})
    triggers, _ = await offered(editor, device_id=house.device.id)
    assert "status_mismatch" in triggers
    mismatch = house.entity_id("binary_sensor", "status_mismatch")
    assert await offered(editor, entity_id=mismatch) == ({"status_mismatch"}, set())


async def test_what_is_not_ours_offers_nothing(
    hass: HomeAssistant, editor: Any
) -> None:
    assert await async_setup_component(hass, "template", THEIRS)
    await hass.async_block_till_done()
    theirs = ["event.theirs", "sensor.theirs", "binary_sensor.theirs"]
    assert all(hass.states.get(entity_id) for entity_id in theirs)
    assert await offered(editor, entity_id=theirs) == (set(), set())

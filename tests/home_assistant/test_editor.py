"""What the automation editor offers for a target, asked as the editor asks."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.condition import (
    async_get_all_descriptions as async_get_condition_descriptions,
)
from homeassistant.helpers.trigger import (
    async_get_all_descriptions as async_get_trigger_descriptions,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.panelsync.condition import CONDITIONS
from custom_components.panelsync.const import DOMAIN
from custom_components.panelsync.trigger import TRIGGERS

from .automations import area_with, device_id
from .conftest import StartHouse
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
    home: Home, editor: Any, start_house: StartHouse
) -> None:
    house = await start_house(serves=home)
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


KINDS = ("area", "floor", "label", "device", "entity")


def target_of(home: Home, kind: str) -> dict[str, str]:
    """Return a target that means one location, beside things of others."""
    hass, device = home.hass, device_id(home, HEALTHY)
    if kind == "device":
        return {"device_id": device}
    if kind == "entity":
        return {"entity_id": home.entity_id("sensor", "sync_status", HEALTHY)}
    if kind == "label":
        label = lr.async_get(hass).async_create("Alarm").label_id
        dr.async_get(hass).async_update_device(device, labels={label})
        return {"label_id": label}
    floor = fr.async_get(hass).async_create("Ground").floor_id
    area = area_with(home, HEALTHY)
    ar.async_get(hass).async_update(area, floor_id=floor)
    return {"area_id": area} if kind == "area" else {"floor_id": floor}


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_of_target_offers_what_it_can_do(
    home: Home, editor: Any, kind: str
) -> None:
    target = target_of(home, kind)
    of_status = kind == "entity"
    assert await offered(editor, **target) == (
        {"sync_required"} if of_status else OF_LOCATIONS,
        set(CONDITIONS),
    )
    actions = await editor("get_services_for_target", **target)
    assert actions == (
        set() if of_status else {"sync_users", "sync_panel", "refresh_status"}
    )


@pytest.mark.parametrize("kind", KINDS)
async def test_the_editor_counts_what_a_target_holds(
    hass: HomeAssistant,
    home: Home,
    hass_ws_client: WebSocketGenerator,
    kind: str,
) -> None:
    """It asks what is in a target, and holds each entity's state to the filter.

    Of which integration an entity is, it does not know there: a filter by that would
    count none.
    """
    assert await async_setup_component(hass, "automation", {})
    client = await hass_ws_client(hass)
    target = target_of(home, kind)
    await client.send_json_auto_id(
        {
            "type": "extract_from_target",
            "target": {key: [value] for key, value in target.items()},
            "expand_group": False,
        }
    )
    reply = await client.receive_json()
    held = [hass.states.get(name) for name in reply["result"]["referenced_entities"]]

    def count(entity_filter: dict[str, Any]) -> int:
        assert "integration" not in entity_filter
        return sum(
            state is not None
            and state.domain in entity_filter["domain"]
            and state.attributes.get("device_class")
            in entity_filter.get("device_class", [state.attributes.get("device_class")])
            and any(
                state.attributes.get("supported_features", 0) & feature
                for feature in entity_filter["supported_features"]
            )
            for state in held
        )

    of_status = kind == "entity"
    triggers = await async_get_trigger_descriptions(hass)
    for key in OF_LOCATIONS:
        told = triggers[f"{DOMAIN}.{key}"]
        assert told is not None
        (entity_filter,) = told["target"]["entity"]
        wanted = 1 if key == "sync_required" or not of_status else 0
        assert count(entity_filter) == wanted, key
    conditions = await async_get_condition_descriptions(hass)
    for key in CONDITIONS:
        told = conditions[f"{DOMAIN}.{key}"]
        assert told is not None
        (entity_filter,) = told["target"]["entity"]
        assert count(entity_filter) == 1, key

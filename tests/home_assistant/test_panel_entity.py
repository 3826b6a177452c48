"""A panel that another integration has brought to Home Assistant, compared as our own."""

from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
)
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.panelsync.client import PanelUnreachable
from custom_components.panelsync.const import DOMAIN

from .flows import answer, begin
from .home import HEALTHY, Home
from .test_diagnostics import download_of


def make_entity(
    hass: HomeAssistant, platform: str = "envisalink", state: str = "disarmed"
) -> er.RegistryEntry:
    """Register an alarm panel of another integration, and show a state of it."""
    entity = er.async_get(hass).async_get_or_create(
        "alarm_control_panel", platform, f"{platform} 1", suggested_object_id="house"
    )
    hass.states.async_set(entity.entity_id, state)
    return entity


async def pick(hass: HomeAssistant, **fields: Any) -> ConfigFlowResult:
    """Send the form of a panel that another integration has."""
    form = await begin(hass, "panel_entity")
    return await answer(hass, form, {"refresh_on_mismatch": False} | fields)


async def added(home: Home, entity: er.RegistryEntry) -> ConfigEntry:
    """Add the panel of an entity."""
    result = await pick(
        home.hass, entity_id=entity.entity_id, location=home.identifier(HEALTHY)
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await home.hass.async_block_till_done()
    entry: ConfigEntry = result["result"]
    return entry


def shown(hass: HomeAssistant, entry: ConfigEntry, platform: str, key: str) -> str:
    """Return the state of an entity of the panel."""
    entity_id = er.async_get(hass).async_get_entity_id(
        platform, DOMAIN, f"{entry.entry_id}_{key}"
    )
    assert entity_id is not None, key
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state


@pytest.mark.parametrize("platform", ["totalconnect", DOMAIN])
async def test_an_entity_of_the_service_is_refused(
    hass: HomeAssistant, home: Home, platform: str
) -> None:
    entity = make_entity(hass, platform)
    result = await pick(
        hass, entity_id=entity.entity_id, location=home.identifier(HEALTHY)
    )
    assert result["errors"] == {"entity_id": "entity_of_service"}


async def test_what_cannot_be_followed_or_compared_is_refused(
    hass: HomeAssistant, home: Home
) -> None:
    hass.states.async_set("alarm_control_panel.nameless", "disarmed")
    result = await pick(
        hass,
        entity_id="alarm_control_panel.nameless",
        location=home.identifier(HEALTHY),
    )
    assert result["errors"] == {"entity_id": "entity_without_id"}
    result = await pick(hass, entity_id=make_entity(hass).entity_id)
    assert result["errors"] == {"location": "location_missing"}


async def test_a_lasting_difference_is_a_mismatch(
    hass: HomeAssistant, home: Home
) -> None:
    entity = make_entity(hass)
    told = async_capture_events(hass, "panelsync_event")
    entry = await added(home, entity)
    assert shown(hass, entry, "sensor", "arming_state") == "disarmed"
    await home.wait(130)
    assert shown(hass, entry, "binary_sensor", "status_mismatch") == "off"
    hass.states.async_set(entity.entity_id, "armed_away")
    await home.wait(120)
    assert shown(hass, entry, "binary_sensor", "status_mismatch") == "off"
    await home.wait(300)
    assert shown(hass, entry, "sensor", "arming_state") == "armed_away"
    assert shown(hass, entry, "binary_sensor", "status_mismatch") == "on"
    mismatches = [event for event in told if event.data["type"] == "mismatch"]
    assert len(mismatches) == 1
    hass.states.async_set(entity.entity_id, "disarmed")
    await home.wait(5)
    assert shown(hass, entry, "binary_sensor", "status_mismatch") == "off"
    # The same entity is not added twice.
    result = await pick(
        hass, entity_id=entity.entity_id, location=home.identifier(HEALTHY)
    )
    assert result["reason"] == "already_configured"


@pytest.mark.parametrize("silent", [STATE_UNAVAILABLE, STATE_UNKNOWN, "pending"])
async def test_what_says_nothing_pauses_the_comparison(
    hass: HomeAssistant, home: Home, silent: str
) -> None:
    entity = make_entity(hass)
    entry = await added(home, entity)
    await home.wait(70)
    assert shown(hass, entry, "binary_sensor", "status_mismatch") == "off"
    hass.states.async_set(entity.entity_id, silent)
    await home.wait(300)
    state = shown(hass, entry, "binary_sensor", "status_mismatch")
    assert state in {STATE_UNKNOWN, STATE_UNAVAILABLE}
    hass.states.async_set(entity.entity_id, "disarmed")
    await home.wait(70)
    assert shown(hass, entry, "binary_sensor", "status_mismatch") == "off"


async def test_a_renamed_entity_is_followed_and_a_removed_one_is_off(
    hass: HomeAssistant, home: Home
) -> None:
    entity, registry = make_entity(hass), er.async_get(hass)
    entry = await added(home, entity)
    registry.async_update_entity(
        entity.entity_id, new_entity_id="alarm_control_panel.renamed"
    )
    hass.states.async_set("alarm_control_panel.renamed", "armed_home")
    await hass.async_block_till_done()
    assert shown(hass, entry, "sensor", "arming_state") == "armed_home"
    assert shown(hass, entry, "binary_sensor", "panel_connection") == "on"
    registry.async_remove("alarm_control_panel.renamed")
    await hass.async_block_till_done()
    assert shown(hass, entry, "binary_sensor", "panel_connection") == "off"


async def test_another_entity_can_be_picked(hass: HomeAssistant, home: Home) -> None:
    entity, other = make_entity(hass), make_entity(hass, "konnected", "armed_night")
    entry = await added(home, entity)
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    assert result["step_id"] == "panel_entity"
    picked = {"entity_id": other.entity_id, "location": home.identifier(HEALTHY)}
    result = await answer(hass, result, picked | {"refresh_on_mismatch": True})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert shown(hass, entry, "sensor", "arming_state") == "armed_night"
    assert entry.options["refresh_on_mismatch"] is True


async def test_a_refresh_needs_an_entity_that_shows_something(
    hass: HomeAssistant, home: Home
) -> None:
    entity = make_entity(hass)
    entry = await added(home, entity)
    link = entry.runtime_data.link
    await link.refresh()
    hass.states.async_set(entity.entity_id, STATE_UNAVAILABLE)
    await hass.async_block_till_done()
    with pytest.raises(PanelUnreachable):
        await link.refresh()
    er.async_get(hass).async_remove(entity.entity_id)
    await hass.async_block_till_done()
    with pytest.raises(PanelUnreachable):
        await link.refresh()


async def test_its_diagnostics_name_no_entity_and_no_wire(
    hass: HomeAssistant, home: Home, hass_client: ClientSessionGenerator
) -> None:
    entity = make_entity(hass, state="armed_away")
    entry = await added(home, entity)
    data = (await download_of(hass, hass_client, entry))["data"]
    assert data["status"]["arming"] == "armed_away"
    assert "heard" not in data["link"]
    assert entity.entity_id not in str(data)


async def test_each_partition_is_compared_with_the_entity_that_shows_it(
    hass: HomeAssistant, home: Home
) -> None:
    """Two entities of one panel, one entry each: both are followed by their number."""
    place = home.location(HEALTHY)
    home.simulator.world.add_partition(place.id, 2, [max(place.panel.zones)])
    home.simulator.world.copy_configuration(place.id)
    await home.wait(130)
    first, second = make_entity(hass), make_entity(hass, "konnected")
    where = {"location": home.identifier(HEALTHY)}
    # Which of them an entity shows, only a person can say.
    for partition in ({}, {"partition": "3"}):
        result = await pick(hass, entity_id=first.entity_id, **where, **partition)
        assert result["errors"] == {"partition": "partition_to_pick"}
        assert result["description_placeholders"] == {"partitions": "1, 2"}
    entries = []
    for number, entity in (("1", first), ("2", second)):
        result = await pick(hass, entity_id=entity.entity_id, partition=number, **where)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        entries.append(result["result"])
    told = async_capture_events(hass, "panelsync_event")
    await home.wait(130)

    def mismatches() -> list[str]:
        return [shown(hass, one, "binary_sensor", "status_mismatch") for one in entries]

    assert mismatches() == ["off", "off"]
    hass.states.async_set(second.entity_id, "armed_home")
    await home.wait(400)
    assert mismatches() == ["off", "on"]
    [event] = [event for event in told if event.data["type"] == "mismatch"]
    assert event.data["differences"] == (
        "Partition 2: Panel: armed home. Total Connect: disarmed."
    )
    hass.states.async_set(second.entity_id, "disarmed")
    await home.wait(130)
    assert mismatches() == ["off", "off"]

"""Zones: their names beside the count of open ones, and a binary sensor for each."""

from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.panelsync.const import DOMAIN

from .conftest import StartHouse
from .home import HEALTHY, Home


def zone(home: Home, number: int) -> er.RegistryEntry | None:
    """Return the entity of a zone, None where there is none."""
    registry = er.async_get(home.hass)
    entity_id = registry.async_get_entity_id(
        "binary_sensor",
        DOMAIN,
        f"{home.entry.unique_id}_{home.location_id(HEALTHY)}_zone_{number}",
    )
    return None if entity_id is None else registry.async_get(entity_id)


async def enabled(home: Home, number: int) -> str:
    """Switch on the entity of a zone, and return its id."""
    entry = zone(home, number)
    assert entry is not None
    assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    er.async_get(home.hass).async_update_entity(entry.entity_id, disabled_by=None)
    await home.reload()
    await home.wait(5)
    return entry.entity_id


async def test_open_zones_are_named(home: Home) -> None:
    assert home.state("sensor", "open_zones", HEALTHY).attributes["zones"] == []
    home.open_zone(HEALTHY)
    await home.wait(70)
    state = home.state("sensor", "open_zones", HEALTHY)
    name = next(iter(home.location(HEALTHY).panel.zones.values())).name
    assert state.state == "1"
    assert state.attributes["zones"] == [" ".join(name.split())]
    assert state.state_info is not None
    assert "zones" in state.state_info["unrecorded_attributes"]


async def test_a_silent_zone_has_neither_name_nor_entity(home: Home) -> None:
    world, location = home.simulator.world, home.location(HEALTHY)
    silent = world.add_sensor(location.id, "Silent Panic")
    world.app_sync(location.id, "panel")
    await home.wait(70)
    assert silent in location.service.zones
    world.set_zone(location.id, silent, is_open=True)
    await home.wait(130)
    assert home.state("sensor", "open_zones", HEALTHY).attributes["zones"] == []
    assert zone(home, silent) is None


async def test_each_zone_has_an_entity_that_is_off(home: Home) -> None:
    location = home.location(HEALTHY)
    for number in location.service.zones:
        entry = zone(home, number)
        assert entry is not None
        assert entry.disabled
        assert home.hass.states.get(entry.entity_id) is None


async def test_a_zone_opens_and_closes(home: Home) -> None:
    location = home.location(HEALTHY)
    number = next(iter(location.panel.zones))
    entity_id = await enabled(home, number)
    name = " ".join(location.panel.zones[number].name.split())
    state = home.hass.states.get(entity_id)
    assert state is not None
    assert state.name == f"Mill House Zone {name}"
    assert state.state == "off"
    home.open_zone(HEALTHY)
    await home.wait(70)
    assert home.hass.states.is_state(entity_id, "on")
    home.simulator.world.set_zone(location.id, number, is_open=False)
    await home.wait(70)
    assert home.hass.states.is_state(entity_id, "off")


async def test_zones_come_and_go_without_a_reload(home: Home) -> None:
    world, location = home.simulator.world, home.location(HEALTHY)
    added = world.add_sensor(location.id, "Jetty Door")
    await home.wait(70)
    assert zone(home, added) is None
    world.app_sync(location.id, "panel")
    await home.wait(130)
    entry = zone(home, added)
    assert entry is not None
    assert entry.disabled
    entity_id = await enabled(home, added)
    assert home.hass.states.is_state(entity_id, "off")
    world.remove_sensor(location.id, added)
    world.app_sync(location.id, "panel")
    await home.wait(200)
    assert zone(home, added) is None
    assert home.hass.states.get(entity_id) is None


async def renamed(home: Home, number: int, name: str) -> None:
    """Rename a zone at the panel, and let the service learn of it."""
    location = home.location(HEALTHY)
    home.simulator.world.rename_zone(location.id, number, name)
    home.simulator.world.app_sync(location.id, "panel")
    await home.wait(130)


async def test_a_renamed_zone_is_followed_without_a_reload(home: Home) -> None:
    """Whether it is switched on or not; and what was named by a person stays."""
    first, second, third = list(home.location(HEALTHY).panel.zones)[:3]
    entity_id = await enabled(home, first)
    own = await enabled(home, second)
    er.async_get(home.hass).async_update_entity(own, name="Grandma's door")
    for number, name in ((first, "Jetty"), (second, "Pier"), (third, "Loft")):
        await renamed(home, number, name)
    for number, name in ((first, "Jetty"), (second, "Pier"), (third, "Loft")):
        entry = zone(home, number)
        assert entry is not None
        assert entry.original_name == f"Zone {name}"
    state = home.hass.states.get(entity_id)
    assert state is not None
    assert state.name == "Mill House Zone Jetty"
    state = home.hass.states.get(own)
    assert state is not None
    assert state.name == "Grandma's door"


async def test_a_zone_is_renamed_while_another_language_is_being_loaded(
    home: Home,
) -> None:
    number = next(iter(home.location(HEALTHY).panel.zones))
    home.hass.config.language = "ja"
    await renamed(home, number, "Jetty")
    entry = zone(home, number)
    assert entry is not None
    assert entry.original_name == "Zone Jetty"


async def test_a_zone_that_is_switched_off_is_renamed_while_nothing_was_loaded(
    home: Home,
) -> None:
    number = next(iter(home.location(HEALTHY).panel.zones))
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    await renamed(home, number, "Door")
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.wait(70)
    entry = zone(home, number)
    assert entry is not None
    assert entry.original_name == "Zone Door"


async def test_a_zone_that_went_while_nothing_was_loaded(home: Home) -> None:
    world, location = home.simulator.world, home.location(HEALTHY)
    number = next(iter(location.panel.zones))
    assert zone(home, number) is not None
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    world.remove_sensor(location.id, number)
    world.app_sync(location.id, "panel")
    home.freezer.tick(120)
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.wait(130)
    assert zone(home, number) is None


async def test_entities_that_are_off_cost_no_state(home: Home) -> None:
    written: list[Event[Any]] = async_capture_events(home.hass, "state_changed")
    home.open_zone(HEALTHY)
    await home.wait(130)
    changed = {event.data["entity_id"] for event in written}
    assert home.entity_id("sensor", "open_zones", HEALTHY) in changed
    assert not {name for name in changed if "_zone_" in name}


async def test_a_zone_of_a_local_panel(
    hass: HomeAssistant, start_house: StartHouse
) -> None:
    house = await start_house()
    number = next(iter(house.panel.panel.zones))
    house.panel.set_zone(number, is_open=True)
    await house.until("sensor", "open_zones", "1")
    assert house.state("sensor", "open_zones").attributes["zones"] == [str(number)]
    await house.enable("binary_sensor", f"zone_{number}")
    await house.until("binary_sensor", f"zone_{number}", "on")
    house.panel.set_zone(number, is_open=False)
    await house.until("binary_sensor", f"zone_{number}", "off")


async def test_a_zone_of_a_local_panel_has_the_name_of_the_services_copy(
    home: Home, start_house: StartHouse
) -> None:
    """At once, and while the service is away; a zone that it does not show has none."""
    house = await start_house(serves=home)
    number, off = list(house.panel.panel.zones)[:2]
    added = home.simulator.world.add_sensor(house.location_id, "Pantry")
    for count, opened in enumerate((number, off, added), 1):
        house.panel.set_zone(opened, is_open=True)
        await house.until("sensor", "open_zones", str(count))
    await house.enable("binary_sensor", f"zone_{number}")

    def names() -> list[str | None]:
        registry = er.async_get(home.hass)
        entries = [
            registry.async_get(house.entity_id("binary_sensor", f"zone_{shown}") or "")
            for shown in (number, off, added)
        ]
        return [None if entry is None else entry.original_name for entry in entries]

    zones = house.panel.panel.zones
    known = [f"Zone {' '.join(zones[shown].name.split())}" for shown in (number, off)]
    assert names() == [*known, f"Zone {added}"]
    await renamed(home, number, "Jetty")
    await renamed(home, off, "Loft")
    assert names() == ["Zone Jetty", "Zone Loft", "Zone Pantry"]
    assert house.state("binary_sensor", f"zone_{number}").name.endswith(" Zone Jetty")
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    await home.hass.config_entries.async_reload(house.entry.entry_id)
    await house.until_heard()
    assert names() == ["Zone Jetty", "Zone Loft", "Zone Pantry"]

"""What Home Assistant's quality scale wants of entities, devices and entries, as it sees them."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
import sys
from typing import Any
from unittest.mock import patch

import aiohttp
from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.panelsync import PLATFORMS
from custom_components.panelsync.const import DOMAIN

from .conftest import StartHome, StartHouse
from .home import HEALTHY, Home
from .house import FaceName

DOCS = Path(__file__).parents[2] / "docs"
# What a person wants on a dashboard and in automations; all else is diagnostic.
MAIN = {
    "activity",
    "arming_state",
    "last_panel_sync",
    "last_user_sync",
    "open_zones",
    "pending_user_changes",
    "ready",
    "refresh_status",
    "refresh_status_all",
    "status_mismatch",
    "sync",
    "sync_panel",
    "sync_panel_all",
    "sync_status",
    "sync_users",
    "sync_users_all",
    "zone",
}
# No device class of Home Assistant says what these say.
NO_CLASS = {"ready", "programming", "zone"}
OFF_AT_FIRST = {"keypad_text", "last_message", "sync_progress", "zone"}


@pytest.mark.shows(
    "entity-unique-id",
    "has-entity-name",
    "entity-category",
    "entity-device-class",
    "entity-disabled-by-default",
)
@pytest.mark.parametrize("name", ["ad2", "vista"])
async def test_every_entity_is_as_the_scale_wants_it(
    hass: HomeAssistant, home: Home, start_house: StartHouse, name: FaceName
) -> None:
    house = await start_house(name, serves=home)
    registry = er.async_get(hass)
    seen = 0
    for entry in (home.entry, house.entry):
        own = entry.unique_id or entry.entry_id
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
            seen += 1
            key = entity.translation_key
            assert key is not None, entity.entity_id
            assert entity.has_entity_name
            assert entity.unique_id.startswith((f"{own}_", f"{entry.entry_id}_"))
            category = None if key in MAIN else EntityCategory.DIAGNOSTIC
            assert entity.entity_category == category, key
            assert (entity.disabled_by is not None) == (key in OFF_AT_FIRST), key
            if entity.domain == "binary_sensor":
                assert (entity.original_device_class is None) == (key in NO_CLASS), key
            elif entity.domain == "sensor":
                is_choice = "options" in (entity.capabilities or {})
                is_enum = entity.original_device_class == SensorDeviceClass.ENUM
                assert is_choice == is_enum, key
                if key.startswith("last_"):
                    assert entity.original_device_class == SensorDeviceClass.TIMESTAMP
    assert seen > 30


@pytest.mark.shows("devices", "docs-supported-devices")
@pytest.mark.parametrize("name", ["ad2", "vista"])
async def test_every_device_says_what_it_is(
    hass: HomeAssistant, home: Home, start_house: StartHouse, name: FaceName
) -> None:
    house = await start_house(name)
    panels = (DOCS / "panels.md").read_text()
    registry = dr.async_get(hass)
    found = [
        device
        for entry in (home.entry, house.entry)
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
    ]
    assert len(found) > 3
    for device in found:
        assert device.name
        assert device.manufacturer
        assert device.model
        assert {domain for domain, _ in device.identifiers} == {DOMAIN}
        if device.entry_type is None:
            model = device.model.partition(" (")[0]
            assert model in panels, model
    assert any(device.configuration_url for device in found)


@pytest.mark.shows("appropriate-polling")
async def test_each_location_is_polled_once_a_minute(home: Home) -> None:
    def reads() -> int:
        part = f"locations/{home.location_id(HEALTHY)}/partitions"
        return len(home.received(part))

    await home.wait(timedelta(minutes=2).total_seconds())
    before = reads()
    await home.wait(timedelta(minutes=10).total_seconds())
    assert reads() - before == pytest.approx(10, abs=1)


@pytest.mark.shows("parallel-updates")
def test_platforms_say_how_many_at_once() -> None:
    for platform in PLATFORMS:
        module = import_module(f"custom_components.panelsync.{platform}")
        assert module.PARALLEL_UPDATES == 0, platform


@pytest.mark.shows("common-modules")
def test_common_modules_are_where_they_are_looked_for() -> None:
    """Each platform's entities have their base in `entity.py`."""
    base = import_module("custom_components.panelsync.entity")
    module = import_module("custom_components.panelsync.binary_sensor")
    own = [
        each
        for each in vars(module).values()
        if isinstance(each, type)
        and issubclass(each, BinarySensorEntity)
        and each.__module__ == module.__name__
    ]
    assert own
    for each in own:
        assert any(parent.__module__ == base.__name__ for parent in each.__mro__)


@pytest.mark.shows("runtime-data")
async def test_an_entry_keeps_its_own_things(hass: HomeAssistant, home: Home) -> None:
    assert home.entry.runtime_data is not None
    assert DOMAIN not in hass.data
    await hass.config_entries.async_unload(home.entry.entry_id)
    assert DOMAIN not in hass.data


@pytest.mark.shows("inject-websession")
async def test_the_client_is_given_its_session(
    start_home: StartHome, start_house: StartHouse
) -> None:
    """It makes none, so Home Assistant's is used."""
    made = []
    begin = aiohttp.ClientSession.__init__

    def noted(session: aiohttp.ClientSession, *others: Any, **named: Any) -> None:
        made.append(sys._getframe(1).f_globals["__name__"])
        begin(session, *others, **named)

    with patch.object(aiohttp.ClientSession, "__init__", noted):
        home = await start_home()
        await home.press("sync_panel", HEALTHY)
        await home.wait(60)
        await start_house()
    assert "homeassistant.helpers.aiohttp_client" in made
    assert [name for name in made if DOMAIN in name] == []

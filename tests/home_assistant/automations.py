"""Automations of a test: what they do is put down, and how often."""

from typing import Any

from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.panelsync.const import DOMAIN

from .home import Home


def device_id(home: Home, index: int | None = None) -> str:
    """Return the device of a location, or of the account where index is None."""
    place = "" if index is None else f"_{home.location_id(index)}"
    device = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, f"{home.entry.unique_id}{place}"), home.entry.entry_id
    )
    assert device is not None
    return device.id


def registered(
    home: Home, platform: str, integration: str, key: str, entity_id: str
) -> str:
    """Register an entity without code behind it, in the device of no location."""
    entry = er.async_get(home.hass).async_get_or_create(
        platform,
        integration,
        entity_id,
        object_id_base=entity_id,
        translation_key=key,
    )
    return entry.entity_id


def area_with(home: Home, *indexes: int, entity_ids: tuple[str, ...] = ()) -> str:
    """Put locations and single entities into one area."""
    area = ar.async_get(home.hass).async_get_or_create("House").id
    for index in indexes:
        dr.async_get(home.hass).async_update_device(
            device_id(home, index), area_id=area
        )
    for entity_id in entity_ids:
        er.async_get(home.hass).async_update_entity(entity_id, area_id=area)
    return area


async def automate(hass: HomeAssistant, **config: Any) -> list[ServiceCall]:
    """Set up one automation that calls an action; return the calls to come."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "done")
    action = {
        "action": "test.done",
        "data": {CONF_ENTITY_ID: "{{ trigger.entity_id | default('none') }}"},
    }
    assert await async_setup_component(
        hass, "automation", {"automation": {"actions": [action]} | config}
    )
    await hass.async_block_till_done()
    return calls

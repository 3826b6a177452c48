"""The identifiers of our devices and entities: what begins a unique id names its device.

An account is known by the service's id of its user, a location by that and its own, a
local panel by its entry.
"""

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .const import DOMAIN


def account_identifier(entry: ConfigEntry) -> str:
    """Return the identifier of an account's device."""
    return str(entry.unique_id)


def location_identifier(entry: ConfigEntry, location_id: int) -> str:
    """Return the identifier of a location's device."""
    return f"{entry.unique_id}_{location_id}"


def panel_identifier(entry: ConfigEntry) -> str:
    """Return the identifier of a local panel's device."""
    return entry.entry_id


def unique_id(identifier: str, key: str) -> str:
    """Return the unique id of a device's entity."""
    return f"{identifier}_{key}"


def device_identifiers(identifier: str) -> set[tuple[str, str]]:
    """Return the identifiers of a device as its registry holds them."""
    return {(DOMAIN, identifier)}


def is_device(device: dr.AnyDeviceEntry, identifier: str) -> bool:
    """Return whether a device has this identifier."""
    return (DOMAIN, identifier) in device.identifiers


def find_device(
    hass: HomeAssistant, entry: ConfigEntry, identifier: str
) -> dr.DeviceEntry | None:
    """Return a device of an entry, None before it exists."""
    return dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, identifier), entry.entry_id
    )


def find_entity(
    hass: HomeAssistant, platform: str, identifier: str, key: str
) -> str | None:
    """Return the entity id of a device's entity, None where it does not exist."""
    return er.async_get(hass).async_get_entity_id(
        platform, DOMAIN, unique_id(identifier, key)
    )


def status_entity(hass: HomeAssistant, identifier: str) -> str | None:
    """Return the entity that shows how the sync of a location stands."""
    return find_entity(hass, SENSOR_DOMAIN, identifier, "sync_status")


def is_enabled(hass: HomeAssistant, platform: str, identifier: str, key: str) -> bool:
    """Return whether a device's entity exists and is switched on."""
    entity_id = find_entity(hass, platform, identifier, key)
    entry = None if entity_id is None else er.async_get(hass).async_get(entity_id)
    return entry is not None and not entry.disabled

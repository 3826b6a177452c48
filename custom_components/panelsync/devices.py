"""The devices of PanelSync: an account, its locations, a local panel."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from .client import Family, Location
from .const import CONF_FAMILY, CONF_WEB_URL
from .coordinators.entity_link import ENTITY_FAMILY
from .coordinators.location import LocationCoordinator
from .coordinators.panel import PanelCoordinator
from .identifiers import account_identifier, device_identifiers, find_device

MANUFACTURER = "Resideo"
FAMILY_MANUFACTURERS: dict[str, str | None] = {
    Family.ALARMDECODER: "Nu Tech Software Solutions",
    Family.VISTA_SERIAL: MANUFACTURER,
    ENTITY_FAMILY: None,
}
FAMILY_MODELS: dict[str, str | None] = {
    Family.ALARMDECODER: "AlarmDecoder",
    Family.VISTA_SERIAL: "VISTA-128/250 (RS-232)",
    ENTITY_FAMILY: None,
}

# PanelType of the device flags (docs/protocol/total-connect.md#panel-types).
PANEL_MODELS = {
    2: "Vista-21iP",
    5: "Lynx Plus",
    8: "Lynx Touch",
    10: "Lyric",
    12: "ProA7",
    15: "Vista with LTEM",
}


def account_device_info(entry: ConfigEntry) -> DeviceInfo:
    """Return the device of an account."""
    return DeviceInfo(
        identifiers=device_identifiers(account_identifier(entry)),
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=MANUFACTURER,
        model="Total Connect 2.0",
        name=entry.title,
        configuration_url=entry.data[CONF_WEB_URL],
    )


def _model(location: Location) -> str:
    return PANEL_MODELS.get(location.panel.panel_type or 0, location.panel.name)


def location_device_info(coordinator: LocationCoordinator) -> DeviceInfo:
    """Return the device of a location, below its account's."""
    entry, location = coordinator.config_entry, coordinator.location
    info = DeviceInfo(
        identifiers=device_identifiers(coordinator.identifier),
        manufacturer=MANUFACTURER,
        model=_model(location),
        name=location.name,
        serial_number=location.panel.serial,
        configuration_url=entry.data[CONF_WEB_URL],
    )
    account = find_device(coordinator.hass, entry, account_identifier(entry))
    if account is not None:
        info["via_device_id"] = account.id
    return info


def panel_device_info(coordinator: PanelCoordinator) -> DeviceInfo:
    """Return the device of a local panel."""
    entry = coordinator.config_entry
    return DeviceInfo(
        identifiers=device_identifiers(coordinator.identifier),
        manufacturer=FAMILY_MANUFACTURERS[entry.data[CONF_FAMILY]],
        model=FAMILY_MODELS[entry.data[CONF_FAMILY]],
        name=entry.title,
        serial_number=entry.unique_id,
    )


@callback
def async_update_location(coordinator: LocationCoordinator) -> None:
    """Show on a location's device what the service says of it now.

    It may have been renamed there, or been given another panel.
    """
    device, location = coordinator.device, coordinator.location
    if device is not None:
        dr.async_get(coordinator.hass).async_update_device(
            device.id,
            name=location.name,
            model=_model(location),
            serial_number=location.panel.serial,
        )


@callback
def async_update_panel(coordinator: PanelCoordinator) -> None:
    """Show the panel's device below its location's, once there is one."""
    registry = dr.async_get(coordinator.hass)
    own = find_device(
        coordinator.hass, coordinator.config_entry, coordinator.identifier
    )
    parents: list[dr.DeviceEntry] = []
    if coordinator.serves is not None:
        parents = registry.async_get_devices(
            identifiers=device_identifiers(coordinator.serves)
        )
    via = parents[0].id if parents else None
    if own is not None and own.via_device_id != via:
        registry.async_update_device(own.id, via_device_id=via)

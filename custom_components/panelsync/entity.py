"""Base entities: device, unique id, availability."""

from collections.abc import Callable, Iterable
from typing import override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .client.local.family import Family
from .client.models import Location
from .const import CONF_FAMILY, CONF_WEB_URL, DOMAIN
from .coordinators.account import AccountCoordinator
from .coordinators.location import LocationCoordinator
from .coordinators.panel import PanelCoordinator
from .messages import sayer
from .runtime import PanelSyncConfigEntry

MANUFACTURER = "Resideo"
FAMILY_MANUFACTURERS = {
    Family.ALARMDECODER: "Nu Tech Software Solutions",
    Family.VISTA_SERIAL: MANUFACTURER,
}
FAMILY_MODELS = {
    Family.ALARMDECODER: "AlarmDecoder",
    Family.VISTA_SERIAL: "VISTA-128/250 (RS-232)",
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


def account_device_info(entry: PanelSyncConfigEntry) -> DeviceInfo:
    """Return the device of an account."""
    return DeviceInfo(
        identifiers={(DOMAIN, str(entry.unique_id))},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=MANUFACTURER,
        model="Total Connect 2.0",
        name=entry.title,
        configuration_url=entry.data[CONF_WEB_URL],
    )


def _model(hass: HomeAssistant, location: Location) -> str:
    model = PANEL_MODELS.get(location.panel.panel_type or 0, location.panel.name)
    if location.auto_sync:
        return f"{model} ({sayer(hass)('fact_auto_sync')})"
    return model


class AccountEntity(CoordinatorEntity[AccountCoordinator]):
    """An entity of the account's device."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: AccountCoordinator, description: EntityDescription
    ) -> None:
        """Hang on the account."""
        super().__init__(coordinator)
        self.entity_description = description
        entry = coordinator.config_entry
        self._attr_unique_id = f"{entry.unique_id}_{description.key}"
        self._attr_device_info = account_device_info(entry)


class LocationEntity(CoordinatorEntity[LocationCoordinator]):
    """An entity of a location's device."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: LocationCoordinator, description: EntityDescription
    ) -> None:
        """Hang on one location."""
        super().__init__(coordinator)
        self.entity_description = description
        entry = coordinator.config_entry
        location = coordinator.location
        self._attr_unique_id = f"{coordinator.identifier}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, coordinator.identifier)},
            manufacturer=MANUFACTURER,
            model=_model(coordinator.hass, location),
            name=location.name,
            serial_number=location.panel.serial,
            configuration_url=entry.data[CONF_WEB_URL],
        )
        account = dr.async_get(coordinator.hass).async_get_device_by_identifier(
            (DOMAIN, str(entry.unique_id)), entry.entry_id
        )
        if account is not None:
            self._attr_device_info["via_device_id"] = account.id


class PanelEntity(CoordinatorEntity[PanelCoordinator]):
    """An entity of a local panel's device."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: PanelCoordinator, description: EntityDescription
    ) -> None:
        """Hang on one local panel."""
        super().__init__(coordinator)
        self.entity_description = description
        entry = coordinator.config_entry
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)},
            manufacturer=FAMILY_MANUFACTURERS[entry.data[CONF_FAMILY]],
            model=FAMILY_MODELS[entry.data[CONF_FAMILY]],
            name=entry.title,
            serial_number=entry.unique_id,
        )

    @property
    @override
    def available(self) -> bool:
        """Tell whether the panel itself is being heard."""
        return self.coordinator.data.available


@callback
def async_forget_entities(
    panel: PanelCoordinator, platform: str, absent: Iterable[EntityDescription]
) -> None:
    """Forget entities of a local panel that another link or option has taken away."""
    registry = er.async_get(panel.hass)
    for description in absent:
        unique_id = f"{panel.config_entry.entry_id}_{description.key}"
        entity_id = registry.async_get_entity_id(platform, DOMAIN, unique_id)
        if entity_id is not None:
            registry.async_remove(entity_id)


@callback
def async_add_location_entities(
    account: AccountCoordinator,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities_of: Callable[[LocationCoordinator], Iterable[Entity]],
) -> None:
    """Add the entities of each location, and of those that appear later."""
    known: set[int] = set()

    @callback
    def add_new() -> None:
        known.intersection_update(account.locations)
        new = account.locations.keys() - known
        known.update(new)
        async_add_entities(
            entity
            for location_id in sorted(new)
            for entity in entities_of(account.locations[location_id])
        )

    add_new()
    account.config_entry.async_on_unload(account.async_add_listener(add_new))

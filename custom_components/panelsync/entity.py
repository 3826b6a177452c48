"""Base entities: device, unique id, availability."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .client.local.family import Family
from .client.models import Location
from .const import CONF_FAMILY, CONF_WEB_URL
from .coordinators.account import AccountCoordinator
from .coordinators.location import LocationCoordinator
from .coordinators.panel import PanelCoordinator
from .identifiers import account_identifier, device_identifiers, find_device, unique_id
from .messages import sayer
from .runtime import AccountRuntime, AnyConfigEntry
from .sync.manager import SyncManager

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
        self._attr_unique_id = unique_id(account_identifier(entry), description.key)
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
        self._attr_unique_id = unique_id(coordinator.identifier, description.key)
        self._attr_device_info = DeviceInfo(
            identifiers=device_identifiers(coordinator.identifier),
            manufacturer=MANUFACTURER,
            model=_model(coordinator.hass, location),
            name=location.name,
            serial_number=location.panel.serial,
            configuration_url=entry.data[CONF_WEB_URL],
        )
        account = find_device(coordinator.hass, entry, account_identifier(entry))
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
        self._attr_unique_id = unique_id(coordinator.identifier, description.key)
        self._attr_device_info = DeviceInfo(
            identifiers=device_identifiers(coordinator.identifier),
            manufacturer=FAMILY_MANUFACTURERS[entry.data[CONF_FAMILY]],
            model=FAMILY_MODELS[entry.data[CONF_FAMILY]],
            name=entry.title,
            serial_number=entry.unique_id,
        )

    @property
    @override
    def available(self) -> bool:
        """Whether the panel itself is being heard."""
        return self.coordinator.data.available


type SetupEntry = Callable[
    [HomeAssistant, AnyConfigEntry, AddConfigEntryEntitiesCallback],
    Coroutine[Any, Any, None],
]


def setup_platform(
    platform: Platform,
    *,
    account: Callable[[AccountRuntime], Iterable[Entity]] = lambda _: (),
    location: Callable[[SyncManager], Iterable[Entity]],
    panel: Callable[[PanelCoordinator], Iterable[Entity]],
) -> SetupEntry:
    """Return a platform's `async_setup_entry`, for entries of both kinds.

    `account` gives the entities of an account, `location` those of one location, `panel`
    those of a local panel.
    """

    async def async_setup_entry(
        hass: HomeAssistant,
        entry: AnyConfigEntry,
        async_add_entities: AddConfigEntryEntitiesCallback,
    ) -> None:
        """Add the entities of an entry."""
        runtime = entry.runtime_data
        if isinstance(runtime, PanelCoordinator):
            entities = list(panel(runtime))
            _forget_others(hass, entry, platform, entities)
            async_add_entities(entities)
            return
        async_add_entities(account(runtime))
        _add_location_entities(runtime, async_add_entities, location)

    return async_setup_entry


def _forget_others(
    hass: HomeAssistant,
    entry: ConfigEntry,
    platform: Platform,
    entities: Iterable[Entity],
) -> None:
    """Forget entities of a local panel that another link or option has taken away."""
    registry = er.async_get(hass)
    present = {entity.unique_id for entity in entities}
    for known in er.async_entries_for_config_entry(registry, entry.entry_id):
        if known.domain == platform and known.unique_id not in present:
            registry.async_remove(known.entity_id)


def _add_location_entities(
    account: AccountRuntime,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities_of: Callable[[SyncManager], Iterable[Entity]],
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
    account.entry.async_on_unload(account.coordinator.async_add_listener(add_new))

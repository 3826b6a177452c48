"""Base entities: device, unique id, availability."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, override

from homeassistant.components.alarm_control_panel import AlarmControlPanelEntityFeature
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .coordinators.account import AccountCoordinator
from .coordinators.location import LocationCoordinator
from .coordinators.panel import PanelCoordinator
from .devices import account_device_info, location_device_info, panel_device_info
from .identifiers import account_identifier, unique_id
from .runtime import (
    AccountConfigEntry,
    AccountRuntime,
    AnyConfigEntry,
    LocalPanelConfigEntry,
    by_kind,
)
from .sync.manager import SyncManager

# Marks the entities that our actions, triggers and conditions can use. Home Assistant's
# editor counts what is in an area or under a label by domain, device class and feature; a
# filter by integration makes it count none, though all work. Buttons, events and sensors
# have no features of their own, so this one, which has to be one that Home Assistant
# knows, says nothing else of them and is borne by no entity of others.
TARGETED = AlarmControlPanelEntityFeature.TRIGGER


# Of sensors and binary sensors, those that triggers and conditions are about.
_TARGETED_KEYS = ("sync_status", "status_mismatch")


class TargetedByKey(Entity):
    """An entity that bears the mark where triggers and conditions are about its key."""

    @property
    @override
    def supported_features(self) -> int | None:
        """Return the mark, None for all others."""
        return TARGETED if self.entity_description.key in _TARGETED_KEYS else None


class AccountEntity(CoordinatorEntity[AccountCoordinator]):
    """An entity of the account's device."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: AccountCoordinator, description: EntityDescription
    ) -> None:
        """Hang on the account."""
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_unique_id = unique_id(
            account_identifier(coordinator.config_entry), description.key
        )

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the device, which only Home Assistant's adding of the entity asks for."""
        return account_device_info(self.coordinator.config_entry)


class LocationEntity(CoordinatorEntity[LocationCoordinator]):
    """An entity of a location's device."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: LocationCoordinator, description: EntityDescription
    ) -> None:
        """Hang on one location."""
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_unique_id = unique_id(coordinator.identifier, description.key)

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the device, which only Home Assistant's adding of the entity asks for."""
        return location_device_info(self.coordinator)


class PanelEntity(CoordinatorEntity[PanelCoordinator]):
    """An entity of a local panel's device."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: PanelCoordinator, description: EntityDescription
    ) -> None:
        """Hang on one local panel."""
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_unique_id = unique_id(coordinator.identifier, description.key)

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the device, which only Home Assistant's adding of the entity asks for."""
        return panel_device_info(self.coordinator)

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

        def add_panel(entry: LocalPanelConfigEntry) -> None:
            entities = list(panel(entry.runtime_data))
            _forget_others(hass, entry, platform, entities)
            async_add_entities(entities)

        def add_account(entry: AccountConfigEntry) -> None:
            async_add_entities(account(entry.runtime_data))
            _add_location_entities(entry.runtime_data, async_add_entities, location)

        by_kind(entry, account=add_account, panel=add_panel)

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

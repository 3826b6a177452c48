"""The locations that the target of an action means."""

from collections.abc import Iterable
from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.service import async_get_device_and_config_entry
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN
from .coordinators.location import LocationCoordinator
from .errors import translated
from .identifiers import account_identifier, is_device
from .runtime import AccountConfigEntry, by_kind
from .sync.manager import SyncManager
from .sync.registry import loaded_locations


def targeted_locations(hass: HomeAssistant, target: ConfigType) -> list[SyncManager]:
    """Return the locations of a target, each once.

    A device or an entity that is named must be ours; areas, floors and labels also
    hold what is not, and give their locations alone.

    Raises ServiceValidationError where nothing of the target is a location.
    """
    selected = async_extract_referenced_entity_ids(
        hass, TargetSelection(target), primary_entities_only=False
    )
    named = [
        *TargetSelection(target).device_ids,
        *(_device_of(hass, entity_id) for entity_id in selected.referenced),
    ]
    found = {
        manager.location.identifier: manager
        for manager in locations_of_devices(hass, named)
    }
    beside = {
        device_id
        for entity_id in selected.indirectly_referenced
        if (entry := er.async_get(hass).async_get(entity_id)) is not None
        and (device_id := entry.device_id) is not None
    }
    for manager in loaded_locations(hass).values():
        if device_id_of(manager.location) in beside | selected.referenced_devices:
            found[manager.location.identifier] = manager
    if not found:
        raise translated(ServiceValidationError, "target_without_location")
    return list(found.values())


def _device_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the device of one of our entities; raises ServiceValidationError."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None or entry.platform != DOMAIN or entry.device_id is None:
        raise translated(ServiceValidationError, "not_a_location", device=entity_id)
    return entry.device_id


def locations_of_devices(
    hass: HomeAssistant, device_ids: Iterable[str]
) -> list[SyncManager]:
    """Return the locations of devices, each once; an account stands for all of its own.

    Raises ServiceValidationError for a device that is neither, or an account that has
    none.
    """
    found: dict[str, SyncManager] = {}
    for device_id in device_ids:
        device, entry = async_get_device_and_config_entry(hass, DOMAIN, device_id)
        locations = by_kind(
            entry, account=partial(_locations_of, device), panel=lambda _: []
        )
        if not locations:
            raise translated(
                ServiceValidationError,
                "not_a_location",
                device=device.name_by_user or device.name or device_id,
            )
        for manager in locations:
            found[manager.location.identifier] = manager
    return list(found.values())


def _locations_of(
    device: dr.AnyDeviceEntry, entry: AccountConfigEntry
) -> list[SyncManager]:
    account = entry.runtime_data
    if is_device(device, account_identifier(entry)):
        return account.async_all_locations()
    return [
        manager
        for manager in account.locations.values()
        if is_device(device, manager.location.identifier)
    ]


def device_id_of(coordinator: LocationCoordinator) -> str | None:
    """Return the id of a location's device, None before it exists."""
    device = coordinator.device
    return None if device is None else device.id

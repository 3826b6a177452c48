"""The locations that can be spoken of, and the names people have for them."""

from collections.abc import Iterable, Sequence

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, entity_registry as er

from ..const import CONF_VOICE_USER_SYNC
from ..coordinators.location import LocationCoordinator
from ..identifiers import status_entity
from ..sync.registry import loaded_locations


def may_sync_users(coordinator: LocationCoordinator) -> bool:
    """Return whether the account's option lets voice sync users."""
    return bool(coordinator.config_entry.options.get(CONF_VOICE_USER_SYNC, False))


@callback
def async_may_sync_anywhere(hass: HomeAssistant) -> bool:
    """Return whether any account lets a language model start syncs."""
    loaded = loaded_locations(hass).values()
    return any(may_sync_users(manager.location) for manager in loaded)


@callback
def async_locations(hass: HomeAssistant) -> list[LocationCoordinator]:
    """Return each loaded location that is switched on once, by name.

    Where two accounts see one, the account that may sync users by voice counts.
    """
    by_id: dict[int, LocationCoordinator] = {}
    for manager in loaded_locations(hass).values():
        coordinator = manager.location
        location_id = coordinator.location.location_id
        if not coordinator.is_enabled:
            continue
        if location_id not in by_id or may_sync_users(coordinator):
            by_id[location_id] = coordinator
    return sorted(by_id.values(), key=lambda item: item.display_name.casefold())


@callback
def async_names(hass: HomeAssistant) -> list[str]:
    """Return all names of all locations, each once."""
    names = names_of(hass, async_locations(hass))
    return list(dict.fromkeys(name for of_one in names.values() for name in of_one))


def names_of(
    hass: HomeAssistant, locations: Iterable[LocationCoordinator]
) -> dict[LocationCoordinator, list[str]]:
    """Return the names of each location; one a person gave beats the service's.

    Where a person gave a location the name that another has at the service, the name
    means the former. Area and account distinguish two of the same name.
    """
    locations = list(locations)
    display_names = [item.display_name for item in locations]
    given = {
        location: [
            *_given_names(hass, location),
            *(
                f"{location.display_name} {apart}"
                for apart in (_area_name(location), location.config_entry.title)
                if apart is not None and display_names.count(location.display_name) > 1
            ),
        ]
        for location in locations
    }
    taken = {
        name.casefold(): location for location, names in given.items() for name in names
    }
    return {
        location: [
            *names,
            *(
                name
                for name in (location.location.name,)
                if taken.get(name.casefold(), location) is location
            ),
        ]
        for location, names in given.items()
    }


def _given_names(
    hass: HomeAssistant, coordinator: LocationCoordinator
) -> Iterable[str]:
    """Return what people call a location.

    Besides its name: its area with the area's aliases, and the aliases of its sync
    status (a device can have none).
    """
    if coordinator.display_name != coordinator.location.name:
        yield coordinator.display_name
    device = coordinator.device
    if device is not None and device.area_id is not None:
        area = ar.async_get(hass).async_get_area(device.area_id)
        if area is not None:
            yield area.name
            yield from area.aliases
    entity_id = status_entity(hass, coordinator.identifier)
    entry = None if entity_id is None else er.async_get(hass).async_get(entity_id)
    if entry is not None:
        yield from (alias for alias in entry.aliases if isinstance(alias, str))


def _area_name(coordinator: LocationCoordinator) -> str | None:
    device = coordinator.device
    if device is None or device.area_id is None:
        return None
    area = ar.async_get(coordinator.hass).async_get_area(device.area_id)
    return None if area is None else area.name


def distinct_names(coordinators: Sequence[LocationCoordinator]) -> list[str]:
    """Return display names; two that are the same get their area or account."""
    names = [item.display_name for item in coordinators]
    return [
        name
        if names.count(name) == 1
        else f"{name} ({_area_name(item) or item.config_entry.title})"
        for name, item in zip(names, coordinators, strict=True)
    ]

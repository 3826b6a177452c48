"""Where a local panel's entry finds the location it serves.

Account entries fill it and empty it; it outlives each of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .location import LocationCoordinator


@dataclass(slots=True)
class KnownLocations:
    """The loaded locations of all accounts, by the identifier of their device."""

    coordinators: dict[str, LocationCoordinator] = field(default_factory=dict)
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    @callback
    def async_listen(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Be told when a location comes or goes; returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def async_add(self, coordinator: LocationCoordinator) -> None:
        """Make a location known."""
        self.coordinators[coordinator.identifier] = coordinator
        self._tell()

    @callback
    def async_remove(self, coordinator: LocationCoordinator) -> None:
        """Forget a location; another one under its name stays."""
        if self.coordinators.get(coordinator.identifier) is coordinator:
            del self.coordinators[coordinator.identifier]
            self._tell()

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()


_KEY: HassKey[KnownLocations] = HassKey(f"{DOMAIN}_locations")


@callback
def known_locations(hass: HomeAssistant) -> KnownLocations:
    """Return the one registry of this Home Assistant."""
    return hass.data.setdefault(_KEY, KnownLocations())

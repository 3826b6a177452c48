"""The loaded locations of all accounts, by the identifier of their device.

Account entries fill it and empty it; it outlives each of them. Local panels, repairs
and voice find a location here.
"""

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..announcements import LocationLoaded, LocationUnloaded, async_announce
from ..const import DOMAIN
from .manager import SyncManager

_KEY: HassKey[dict[str, SyncManager]] = HassKey(f"{DOMAIN}_locations")


@callback
def loaded_locations(hass: HomeAssistant) -> dict[str, SyncManager]:
    """Return the loaded locations of this Home Assistant."""
    return hass.data.setdefault(_KEY, {})


@callback
def async_add_location(hass: HomeAssistant, manager: SyncManager) -> None:
    """Make a location known."""
    identifier = manager.location.identifier
    loaded_locations(hass)[identifier] = manager
    async_announce(hass, identifier, LocationLoaded())


@callback
def async_remove_location(hass: HomeAssistant, manager: SyncManager) -> None:
    """Forget a location; another one under its name stays."""
    identifier = manager.location.identifier
    known = loaded_locations(hass)
    if known.get(identifier) is manager:
        del known[identifier]
        async_announce(hass, identifier, LocationUnloaded())

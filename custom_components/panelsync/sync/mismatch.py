"""One refresh where a local panel begins to differ from the service's copy."""

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..announcements import Announcement, PanelCompared, async_listen
from ..client import SyncKind
from ..const import CONF_REFRESH_ON_MISMATCH, DOMAIN, LOGGER
from ..coordinators.panel import PanelCoordinator
from .manager import SyncManager
from .registry import loaded_locations


@callback
def async_watch_mismatch(hass: HomeAssistant, panel: PanelCoordinator) -> CALLBACK_TYPE:
    """Refresh the location once, where the person wants it; returns how to stop."""
    entry = panel.config_entry

    @callback
    def refresh(announcement: Announcement) -> None:
        if (
            isinstance(announcement, PanelCompared)
            and announcement.news
            and announcement.is_first
            and entry.options.get(CONF_REFRESH_ON_MISMATCH)
            and panel.serves is not None
            and (manager := loaded_locations(hass).get(panel.serves)) is not None
        ):
            entry.async_create_background_task(
                hass, _async_refresh(manager), f"{DOMAIN} mismatch"
            )

    return async_listen(hass, panel.identifier, refresh)


async def _async_refresh(manager: SyncManager) -> None:
    try:
        await manager.async_press(SyncKind.REFRESH, None)
    except HomeAssistantError as err:
        LOGGER.debug("The service was not asked to refresh: %s", err)

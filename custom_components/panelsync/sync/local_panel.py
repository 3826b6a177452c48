"""What a local panel means to the location that it serves."""

from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..announcements import Announcement, PanelCompared, async_listen
from ..client import SyncKind
from ..const import CONF_REFRESH_ON_MISMATCH, DOMAIN, LOGGER
from ..coordinators.location import LocationCoordinator
from ..coordinators.panel import PanelCoordinator
from .manager import SyncManager
from .registry import loaded_locations


@callback
def async_watch_local_panel(
    hass: HomeAssistant, panel: PanelCoordinator
) -> CALLBACK_TYPE:
    """Let the location know what its panel shows; returns how to stop."""
    entry = panel.config_entry
    differing: LocationCoordinator | None = None

    @callback
    def show_mismatch(location: LocationCoordinator | None) -> None:
        nonlocal differing
        before, differing = differing, location
        if before is not None and before is not location:
            before.async_set_mismatch(panel.identifier, False)
        if location is not None:
            location.async_set_mismatch(panel.identifier, True)

    @callback
    def compared(announcement: Announcement) -> None:
        if not isinstance(announcement, PanelCompared):
            return
        differs = announcement.watched.mismatch is True
        show_mismatch(panel.location if differs else None)
        manager = loaded_locations(hass).get(panel.serves or "")
        if manager is None or manager.location is not panel.location:
            return
        _async_panel_changed(hass, manager, panel.link.state.status.programming_left)
        if (
            announcement.news
            and announcement.is_first
            and entry.options.get(CONF_REFRESH_ON_MISMATCH)
        ):
            entry.async_create_background_task(
                hass, _async_refresh(manager), f"{DOMAIN} mismatch"
            )

    stop_listening = async_listen(hass, panel.identifier, compared)

    @callback
    def stop() -> None:
        stop_listening()
        show_mismatch(None)

    return stop


@callback
def _async_panel_changed(
    hass: HomeAssistant, manager: SyncManager, when: datetime | None
) -> None:
    """Note when the panel's programming was last left, as its link saw it."""
    location, history = manager.location, manager.location.history
    known = history.panel_changed
    if when is not None and (known is None or when > known):
        history.panel_changed = when
        location.config_entry.async_create_task(hass, manager.store.async_save())
        location.async_update_status()


async def async_dismiss_panel_change(manager: SyncManager) -> None:
    """Note that a person said the last change of the panel needs no sync."""
    manager.location.history.change_dismissed = dt_util.utcnow()
    await manager.store.async_save()
    manager.location.async_update_status()


async def _async_refresh(manager: SyncManager) -> None:
    try:
        await manager.async_press(SyncKind.REFRESH, None)
    except HomeAssistantError as err:
        LOGGER.debug("No refresh was started: %s", err)

"""The issue of a local panel: it shows other than the service for too long."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..announcements import Announcement, PanelCompared, async_listen
from ..client import SyncKind, Watch, is_lasting
from ..const import DOMAIN
from ..coordinators.location import LocationCoordinator
from ..coordinators.panel import PanelCoordinator
from ..messages import differences_text
from .problems import Problem
from .registry import issue_id_of, raise_issue


@callback
def async_watch_panel(hass: HomeAssistant, panel: PanelCoordinator) -> CALLBACK_TYPE:
    """Raise a mismatch of a local panel that lasts, and end one that is over."""

    @callback
    def show(announcement: Announcement) -> None:
        if isinstance(announcement, PanelCompared) and panel.location is not None:
            async_show_mismatch(
                hass, panel.config_entry, panel.location, announcement.watched
            )

    return async_listen(hass, panel.identifier, show)


@callback
def async_show_mismatch(
    hass: HomeAssistant,
    panel_entry: ConfigEntry,
    location: LocationCoordinator,
    watched: Watch,
) -> None:
    """Raise a mismatch that lasts, and end one that is over.

    While the two cannot be compared an open one stays.
    """
    issue_id = issue_id_of(Problem.MISMATCH, panel_entry.entry_id)
    if watched.mismatch is False:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    elif is_lasting(watched, dt_util.utcnow()):
        raise_issue(
            hass,
            issue_id,
            Problem.MISMATCH,
            {
                "location": location.display_name,
                "differences": differences_text(hass, watched.differences),
            },
            {
                "entry_id": location.config_entry.entry_id,
                "location_id": location.location.location_id,
                "kind": SyncKind.REFRESH,
                "panel_entry_id": panel_entry.entry_id,
                "serves": location.identifier,
            },
        )


@callback
def async_end_other_mismatch(
    hass: HomeAssistant, panel_entry: ConfigEntry, serves: str | None
) -> None:
    """End a mismatch with a location that the panel serves no more."""
    issue_id = issue_id_of(Problem.MISMATCH, panel_entry.entry_id)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    if issue is not None and (issue.data or {}).get("serves") != serves:
        ir.async_delete_issue(hass, DOMAIN, issue_id)

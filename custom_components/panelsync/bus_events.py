"""The bus event of PanelSync: one shape, distinguished by its `type`.

`logbook.py` puts each into a sentence.
"""

from collections.abc import Mapping
from enum import StrEnum
from itertools import islice
from typing import Any

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.helpers.json import json_bytes

from .announcements import (
    BATCHES,
    AllEnded,
    AllStarted,
    Announcement,
    PanelCompared,
    PanelSyncNoticed,
    RecordsRead,
    RunEnded,
    RunStarted,
    async_listen,
)
from .client import ActivityType
from .const import EVENT_PANELSYNC
from .coordinators.location import LocationCoordinator
from .coordinators.panel import PanelCoordinator
from .identifiers import account_identifier, find_device, find_entity
from .messages import differences_text

ATTR_TYPE = "type"

# Home Assistant records no more than 32 KiB of an event, or nothing at all of it. The
# response of an action has the rest.
LOCATIONS_NAMED = 20
REASONS_SIZE = 10 * 1024

# The entities that events are about, by platform and key.
SYNC = (EVENT_DOMAIN, "sync")
ACTIVITY = (EVENT_DOMAIN, "activity")
LAST_PANEL_SYNC = (SENSOR_DOMAIN, "last_panel_sync")
STATUS_MISMATCH = (BINARY_SENSOR_DOMAIN, "status_mismatch")


class BusEventType(StrEnum):
    """What a bus event is about, besides the outcomes, which are types of their own."""

    STARTED = "started"
    ALL_STARTED = "all_started"
    ALL_ENDED = "all_ended"
    RECORD = "record"
    OLD_RECORDS = "old_records"
    PANEL_SYNC_NOTICED = "panel_sync_noticed"
    MISMATCH = "mismatch"


@callback
def _fire(
    hass: HomeAssistant,
    entry: ConfigEntry,
    identifier: str,
    entity: tuple[str, str] | None,
    event_type: str,
    data: Mapping[str, Any],
    context: Context | None = None,
) -> None:
    """Fire the event for a device, and for one of its entities by platform and key."""
    device = find_device(hass, entry, identifier)
    entity_id = None
    if entity is not None:
        platform, key = entity
        entity_id = find_entity(hass, platform, identifier, key)
    hass.bus.async_fire(
        EVENT_PANELSYNC,
        {
            ATTR_TYPE: event_type,
            ATTR_DEVICE_ID: None if device is None else device.id,
            ATTR_ENTITY_ID: entity_id,
            **data,
        },
        context=context,
    )


@callback
def async_watch_batches(hass: HomeAssistant) -> CALLBACK_TYPE:
    """Fire an event for each account at whose locations runs were started at once."""

    @callback
    def fire(announcement: Announcement) -> None:
        parts: Mapping[str, list[str] | Mapping[str, str]]
        match announcement:
            case AllStarted(account, kind, started, left_out, context):
                event_type = BusEventType.ALL_STARTED
                parts = {"started": list(started), "left_out": left_out}
            case AllEnded(account, kind, result, context):
                event_type = BusEventType.ALL_ENDED
                parts = result.as_dict()
            case _:
                return
        data: dict[str, Any] = {"kind": kind.value}
        for part, locations in parts.items():
            named = _first_of(locations)
            data |= {part: named, f"more_{part}": len(locations) - len(named)}
        identifier = account_identifier(account)
        _fire(hass, account, identifier, None, event_type, data, context)

    return async_listen(hass, BATCHES, fire)


def _first_of(
    locations: list[str] | Mapping[str, str],
) -> list[str] | dict[str, str]:
    """Return as many names, with their reasons, as an event has room for."""
    if isinstance(locations, list):
        return locations[:LOCATIONS_NAMED]
    named: dict[str, str] = {}
    size = 0
    for name, reason in islice(locations.items(), LOCATIONS_NAMED):
        size += len(json_bytes((name, reason)))
        if size > REASONS_SIZE:
            break
        named[name] = reason
    return named


@callback
def async_watch_location(
    hass: HomeAssistant, location: LocationCoordinator
) -> CALLBACK_TYPE:
    """Fire events for what is announced about a location."""
    entry, identifier = location.config_entry, location.identifier

    @callback
    def fire(announcement: Announcement) -> None:
        match announcement:
            case RunStarted(run, context):
                begun = {"location": location.display_name, "kind": run.kind.value}
                started = BusEventType.STARTED
                _fire(hass, entry, identifier, SYNC, started, begun, context)
            case RunEnded(run, context):
                outcome = location.report(run).as_dict()
                _fire(hass, entry, identifier, SYNC, run.outcome, outcome, context)
            case RecordsRead(records):
                if records.old:
                    old, count = BusEventType.OLD_RECORDS, {"count": records.old}
                    _fire(hass, entry, identifier, ACTIVITY, old, count)
                for record in records.fresh:
                    # The outcome says how a sync ended, and nothing is said twice.
                    if record.activity is not ActivityType.SYNC:
                        said = {"text": record.text, "originator": record.originator}
                        kind = BusEventType.RECORD
                        _fire(hass, entry, identifier, ACTIVITY, kind, said)
            case PanelSyncNoticed():
                noticed = BusEventType.PANEL_SYNC_NOTICED
                _fire(hass, entry, identifier, LAST_PANEL_SYNC, noticed, {})

    return async_listen(hass, identifier, fire)


@callback
def async_watch_panel(hass: HomeAssistant, panel: PanelCoordinator) -> CALLBACK_TYPE:
    """Fire events for what is announced about a local panel."""

    @callback
    def fire(announcement: Announcement) -> None:
        if isinstance(announcement, PanelCompared) and announcement.news:
            _fire(
                hass,
                panel.config_entry,
                panel.identifier,
                STATUS_MISMATCH,
                BusEventType.MISMATCH,
                {"differences": differences_text(hass, announcement.news)},
            )

    return async_listen(hass, panel.identifier, fire)

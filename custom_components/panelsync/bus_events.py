"""One bus event for each outcome; `logbook.py` puts it into words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .client.comparison import Difference
from .client.models import SyncKind
from .client.sync.run import EndedRun, OpenRun
from .const import DOMAIN, EVENT_OUTCOME
from .errors import outcome_placeholders
from .messages import differences_text

if TYPE_CHECKING:
    from .runtime import AnyConfigEntry, LocalPanelConfigEntry


def _device_id(
    hass: HomeAssistant, entry: AnyConfigEntry, identifier: str
) -> str | None:
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, identifier), entry.entry_id
    )
    return None if device is None else device.id


def duration(record: OpenRun | EndedRun) -> float | None:
    """Return how many seconds a run took, None where nothing was started."""
    if isinstance(record, OpenRun) or record.accepted is None:
        return None
    return round((record.ended - record.asked).total_seconds(), 1)


def outcome_facts(
    record: EndedRun,
    location: str,
    report_time: datetime | None,
) -> dict[str, Any]:
    """Return what is told of an outcome, in values that JSON has."""
    return {
        "kind": record.kind,
        "outcome": record.outcome,
        "reason": record.reason,
        "evidence": list(record.evidence),
        "upgraded": record.upgraded,
        "asked": record.asked.isoformat(),
        "report_time": None if report_time is None else report_time.isoformat(),
        "duration": duration(record),
        "placeholders": outcome_placeholders(record, location),
    }


@callback
def async_tell_outcome(
    hass: HomeAssistant,
    entry: AnyConfigEntry,
    record: EndedRun,
    location: str,
    report_time: datetime | None,
    context: Context | None,
) -> None:
    """Fire the one bus event of an outcome, for the location's device and entity."""
    identifier = f"{entry.unique_id}_{record.location_id}"
    hass.bus.async_fire(
        EVENT_OUTCOME,
        {
            ATTR_DEVICE_ID: _device_id(hass, entry, identifier),
            ATTR_ENTITY_ID: er.async_get(hass).async_get_entity_id(
                EVENT_DOMAIN, DOMAIN, f"{identifier}_sync"
            ),
            **outcome_facts(record, location, report_time),
        },
        context=context,
    )


@callback
def async_tell_all(
    hass: HomeAssistant,
    entry: AnyConfigEntry,
    kind: SyncKind,
    *,
    started: Sequence[str],
    left_out: Mapping[str, str],
    context: Context | None,
) -> None:
    """Fire one bus event for the account: where it started and who was left out."""
    hass.bus.async_fire(
        EVENT_OUTCOME,
        {
            ATTR_DEVICE_ID: _device_id(hass, entry, str(entry.unique_id)),
            ATTR_ENTITY_ID: None,
            "kind": kind,
            "started": list(started),
            "left_out": dict(left_out),
        },
        context=context,
    )


@callback
def async_tell_old_records(hass: HomeAssistant, entity_id: str, count: int) -> None:
    """Fire one bus event that counts records which were too old to be events."""
    registered = er.async_get(hass).async_get(entity_id)
    hass.bus.async_fire(
        EVENT_OUTCOME,
        {
            ATTR_DEVICE_ID: None if registered is None else registered.device_id,
            ATTR_ENTITY_ID: entity_id,
            "old_records": count,
        },
    )


@callback
def async_tell_noticed(
    hass: HomeAssistant, entry: AnyConfigEntry, identifier: str
) -> None:
    """Fire one bus event for a panel sync that was seen and not started here."""
    hass.bus.async_fire(
        EVENT_OUTCOME,
        {
            ATTR_DEVICE_ID: _device_id(hass, entry, identifier),
            ATTR_ENTITY_ID: er.async_get(hass).async_get_entity_id(
                SENSOR_DOMAIN, DOMAIN, f"{identifier}_last_panel_sync"
            ),
            "noticed": SyncKind.PANEL,
        },
    )


@callback
def async_tell_mismatch(
    hass: HomeAssistant, entry: LocalPanelConfigEntry, differences: Sequence[Difference]
) -> None:
    """Fire one bus event for a mismatch, naming what differs."""
    hass.bus.async_fire(
        EVENT_OUTCOME,
        {
            ATTR_DEVICE_ID: _device_id(hass, entry, entry.entry_id),
            ATTR_ENTITY_ID: er.async_get(hass).async_get_entity_id(
                BINARY_SENSOR_DOMAIN, DOMAIN, f"{entry.entry_id}_status_mismatch"
            ),
            "differences": differences_text(hass, differences),
        },
    )

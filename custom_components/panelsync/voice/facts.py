"""What a program is answered beside the spoken text, a mapping for each location."""

from typing import Any

from ..client import ClientError, EndedRun, SyncKind
from ..coordinators.location import LocationCoordinator
from ..sync.press import Press

# So many of the newest records explain a sync.
_MOST_RECORDS = 20
_OUTCOME = ("kind", "outcome", "reason", "evidence")


def press_facts(press: Press) -> dict[str, Any]:
    """Return what became of a press, as far as it is known now."""
    location, record = press.location, press.record
    if isinstance(record, EndedRun):
        report = location.report(record).as_dict()
        return {key: report[key] for key in ("location", *_OUTCOME)}
    return {
        "location": location.display_name,
        "kind": record.kind,
        "outcome": "started",
        "reason": None,
        "evidence": [],
    }


def location_facts(coordinator: LocationCoordinator) -> dict[str, Any]:
    """Return how the sync of a location stands."""
    readable = coordinator.last_update_success
    history = coordinator.history
    last = {
        f"last_{kind}_sync": history.last_success(kind)
        for kind in (SyncKind.PANEL, SyncKind.USERS)
    }
    pending = coordinator.pending
    reports = [coordinator.report(run).as_dict() for run in history.ended.values()]
    return {
        "location": coordinator.display_name,
        "sync_status": coordinator.data.sync_status if readable else None,
        "pending_user_changes": None if pending is None else pending.count,
        "last_outcomes": [
            {key: report[key] for key in (*_OUTCOME, "ended")} for report in reports
        ],
        **{
            name: None if moment is None else moment.isoformat()
            for name, moment in last.items()
        },
    }


async def async_outcome_facts(coordinator: LocationCoordinator) -> dict[str, Any]:
    """Return how the sync of a location stands, with the newest records of its log.

    Who caused a record is left out: that explains no sync, and a model may be anywhere.
    """
    try:
        log = await coordinator.link.read_events(None)
    except ClientError:
        log = None
    records = [
        {
            "time": None if record.time is None else record.time.isoformat(),
            "type": record.activity,
            "text": record.text,
        }
        for record in (log.records[:_MOST_RECORDS] if log is not None else ())
    ]
    return location_facts(coordinator) | {"event_log": None if log is None else records}

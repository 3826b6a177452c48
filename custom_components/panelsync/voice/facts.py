"""What a program is answered beside the words, one mapping for each location."""

from typing import Any

from ..client import EndedRun, SyncKind
from ..coordinators.location import LocationCoordinator
from ..sync.press import Press

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

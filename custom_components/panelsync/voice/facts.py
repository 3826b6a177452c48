"""What a program is answered beside the words, one mapping for each location."""

from collections.abc import Mapping
from typing import Any

from ..client import EndedRun, SyncKind
from ..coordinators.location import LocationCoordinator
from ..outcome_report import OutcomeReport
from ..sync.press import Press

_OUTCOME = ("kind", "outcome", "reason", "evidence")


def _report(coordinator: LocationCoordinator, record: EndedRun) -> Mapping[str, Any]:
    name, report_time = coordinator.display_name, coordinator.report_time
    return OutcomeReport.of(record, name, report_time).as_dict()


def press_facts(press: Press) -> dict[str, Any]:
    """Return what became of a press, as far as it is known now."""
    location, record = press.location, press.record
    if isinstance(record, EndedRun):
        report = _report(location, record)
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
    reports = [_report(coordinator, ended) for ended in history.ended.values()]
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

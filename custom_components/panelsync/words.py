"""What is told of a run, in words: for Activity and for the answers of actions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from homeassistant.helpers.translation import async_get_exception_message
from homeassistant.util import dt as dt_util

from .client.models import Evidence, Outcome, Reason, SyncKind
from .const import DOMAIN

KINDS = {
    SyncKind.USERS: "Sync users",
    SyncKind.PANEL: "Sync panel",
    SyncKind.REFRESH: "Refresh status",
}

EVIDENCE = {
    Evidence.JOB_STATE: "the service's job is complete",
    Evidence.USER_SYNC_STEPS: "all steps are done",
    Evidence.PENDING_CLEARED: "no user changes are pending any more",
    Evidence.LOG_RECORD: "the event log says so",
    Evidence.CONFIGURATION_NUMBER: "the service took over a new configuration",
    Evidence.SYNC_FLAG: "the service no longer asks for a sync",
    Evidence.LIVE_READ: "the panel answered",
}

UNCONFIRMED = {
    Reason.LIVE_READ_UNSUPPORTED: (
        "this panel cannot be asked directly; the service's copy was read"
    ),
    Reason.ROUTE_GONE: "the service offers no way to ask the panel",
    Reason.NO_ZONES: "the panel answered without any zone",
    Reason.CONTRADICTION: "there were signs of success and of failure",
    Reason.INTERRUPTED: "Home Assistant stopped while it was being started",
    Reason.ANSWER_LOST: "the service's answer to the start was lost",
    Reason.TIME_LIMIT: "no proof came within 10 minutes",
}


def message(data: Mapping[str, Any]) -> str:
    """Return one sentence for what `tell` fires; `outcome_facts` is enough."""
    if (count := data.get("old_records")) is not None:
        return f"{count} older records were not shown as events"
    if (differences := data.get("differences")) is not None:
        return f"Panel and service differ. {' '.join(differences)}"
    kind = KINDS[SyncKind(data["kind"])]
    if "started" in data:
        return _all_message(kind, data)
    outcome, reason = Outcome(data["outcome"]), Reason(data["reason"])
    evidence = " and ".join(EVIDENCE[Evidence(item)] for item in data["evidence"])
    if reason is Reason.LIVE_READ_UNSUPPORTED or Evidence.LIVE_READ in data["evidence"]:
        told_times = _refresh_times(data)
    else:
        told_times = ""
    match outcome:
        case Outcome.SUCCEEDED if data["upgraded"]:
            return f"{kind} succeeded, as was proven later: {evidence}"
        case Outcome.SUCCEEDED:
            return f"{kind} succeeded: {evidence}{told_times}"
        case Outcome.FINISHED:
            return f"{kind} finished, nothing was left to prove: {evidence}"
        case Outcome.UNCONFIRMED:
            return f"{kind} unconfirmed: {UNCONFIRMED[reason]}{told_times}"
    told = async_get_exception_message(
        DOMAIN, f"{outcome}_{reason}", data["placeholders"]
    )
    return f"{kind} {outcome}: {told}"


def _refresh_times(data: Mapping[str, Any]) -> str:
    """Tell both times of a refresh: when it was asked, how new the report is."""
    asked = _clock(data["asked"])
    if data["report_time"] is None:
        return f" (asked {asked}, the newest report has no time)"
    return f" (asked {asked}, newest report {_clock(data['report_time'])})"


def _clock(text: str) -> str:
    return dt_util.as_local(datetime.fromisoformat(text)).strftime("%H:%M:%S")


def started_message(kind: SyncKind) -> str:
    """Return one sentence for a run that goes on."""
    return f"{KINDS[kind]} started. The result will be in Activity"


def _all_message(kind: str, data: Mapping[str, Any]) -> str:
    message = f"{kind} started at {', '.join(data['started'])}"
    if data["left_out"]:
        left_out = "; ".join(data["left_out"].values())
        return f"{message}. Left out: {left_out}"
    return message

"""What is wrong at a location: a pure function of its history and state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..client import (
    COUNTED_KINDS,
    EndedRun,
    Outcome,
    Reason,
    Rights,
    SyncKind,
    SyncStatus,
    standing_outcome,
)
from ..storage.history import LocationHistory


class Problem(StrEnum):
    """What can go wrong; each is a translation key."""

    SYNC_FAILED = "sync_failed"
    SYNC_REQUIRED = "sync_required"
    CODE_REFUSED = "code_refused"
    RIGHTS_MISSING = "rights_missing"
    ACCOUNT_LOCKED = "account_locked"
    MISMATCH = "mismatch"
    NO_ANSWER = "no_answer"
    NO_USER_SYNC_WAY = "no_user_sync_way"
    TOO_MANY_LOCATIONS = "too_many_locations"


@dataclass(frozen=True, slots=True)
class LocationFacts:
    """All that decides what is wrong at a location.

    `codes_changed` is the time stamp of the stored codes; `rights` are those of the
    account's user.
    """

    history: LocationHistory
    sync_status: SyncStatus | None
    codes_changed: str
    rights: Rights


def lacks_rights(rights: Rights, kind: SyncKind) -> bool:
    """Return whether the service says that the user may not.

    See docs/protocol/total-connect.md#user-and-rights.

    Such a user was seen to sync all the same, so this explains a refusal and is never
    one itself.
    """
    if rights.master:
        return False
    if kind is SyncKind.USERS:
        return rights.user_administration is False
    return rights.configuration_administration is False


def _failure(
    facts: LocationFacts, kind: SyncKind, now: datetime
) -> tuple[Problem, EndedRun] | None:
    history = facts.history
    record = history.ended.get(kind)
    if record is None:
        return None
    reason = record.reason
    if reason is Reason.CODE_REFUSED and history.code_refused == facts.codes_changed:
        # However long ago: the code is not sent again until it is changed.
        return Problem.CODE_REFUSED, record
    outcome = standing_outcome(record, history.seen_success.get(kind), now)
    if (
        outcome in (Outcome.FAILED, Outcome.UNCONFIRMED)
        and reason in (Reason.SERVICE_REFUSED, Reason.ANSWER_UNKNOWN)
        and lacks_rights(facts.rights, kind)
    ):
        return Problem.RIGHTS_MISSING, record
    return (Problem.SYNC_FAILED, record) if outcome is Outcome.FAILED else None


def location_problems(
    facts: LocationFacts, now: datetime
) -> Mapping[tuple[Problem, SyncKind], EndedRun | None] | None:
    """Return what is wrong, with the run that shows it; None while a run decides it."""
    if facts.history.open_run is not None:
        return None
    found: dict[tuple[Problem, SyncKind], EndedRun | None] = {}
    for kind in COUNTED_KINDS:
        if (failure := _failure(facts, kind, now)) is not None:
            found[failure[0], kind] = failure[1]
    if facts.sync_status is SyncStatus.SYNC_REQUIRED:
        found[Problem.SYNC_REQUIRED, SyncKind.PANEL] = None
    return found

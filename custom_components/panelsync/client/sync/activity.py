"""What an event log has grown by since the last look: pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import re

from ..models import EventLog, EventRecord
from ..outcomes import SyncKind
from .judgement import FOLLOW_LIMIT

RECORD_FRESH_FOR = timedelta(minutes=5)
# A log is looked at each 5 minutes at least, and that takes a moment.
LOOK_FRESH_FOR = timedelta(minutes=6)


@dataclass(frozen=True, slots=True)
class NewRecords:
    """Records newer than a position, oldest first; `old` counts those left out.

    A record over 5 minutes old when it is read is history, not an event.
    """

    fresh: tuple[EventRecord, ...] = ()
    old: int = 0


def new_records(
    log: EventLog | None,
    position: int | None,
    now: datetime,
    looked: datetime | None,
) -> NewRecords:
    """Sort what the log has grown by since it was last looked at.

    A first read (no position) is silent, and so is that of a log that was begun anew.
    """
    if log is None or position is None or log.begun_anew:
        return NewRecords()
    new = sorted(
        (record for record in log.records if record.record_id > position),
        key=lambda record: record.record_id,
    )
    fresh = tuple(record for record in new if _is_fresh(record, now, looked))
    return NewRecords(fresh, len(new) - len(fresh))


def _written(record: EventRecord, now: datetime) -> datetime | None:
    """Return when a record was written; a time in the future is not known."""
    ahead = record.time is not None and record.time - now > RECORD_FRESH_FOR
    return None if ahead else record.time


def _is_fresh(record: EventRecord, now: datetime, looked: datetime | None) -> bool:
    """Return whether a new record is an event. After a gap, an unknown time is none."""
    if (written := _written(record, now)) is not None:
        return now - written <= RECORD_FRESH_FOR
    return looked is not None and timedelta(0) <= now - looked <= LOOK_FRESH_FOR


def _earliest(
    record: EventRecord, position: int | None, now: datetime, looked: datetime | None
) -> datetime | None:
    """Return when a record was written at the earliest, None where that is not known.

    Without a known time a new record was written after the last look. A log whose
    clock runs ahead must not outdo every run to come.
    """
    written = _written(record, now)
    if written is None and position is not None and record.record_id > position:
        written = looked
    return None if written is None else min(written, now)


def log_successes(
    known: Mapping[SyncKind, datetime],
    log: EventLog | None,
    position: int | None,
    now: datetime,
    looked: datetime | None,
) -> dict[SyncKind, datetime]:
    """Return when the log last told of a success of each kind, whoever started it."""
    newest = dict(known)
    for record in () if log is None else log.records:
        moment = _earliest(record, position, now, looked)
        if moment is None or record.mention is None or not record.mention.success:
            continue
        kind = record.mention.kind
        newest[kind] = max(newest.get(kind, moment), moment)
    return newest


_USER_CHANGE = re.compile(
    r"\b(user|code)\b.*\b(add|chang|creat|delet|edit|modif|remov|updat)", re.IGNORECASE
)


def mentions_user_change(log: EventLog | None, position: int | None) -> bool:
    """Return whether a new record tells that users or codes were changed."""
    return (
        log is not None
        and position is not None
        and any(
            record.record_id > position and _USER_CHANGE.search(record.text)
            for record in log.records
        )
    )


def panel_sync_elsewhere(
    before: int | None,
    after: int,
    accepted: datetime | None,
    proven: datetime | None,
    now: datetime,
) -> bool:
    """Return whether a configuration number that rose shows somebody else's panel sync.

    `accepted` and `proven` are the newest of our own panel syncs: a rise that proves one,
    or comes while it may still be at work, is not another's. A first look, or a number
    that was counted anew, tells nothing.
    """
    if before is None or after <= before:
        return False
    if accepted is not None and abs(now - accepted) <= FOLLOW_LIMIT:
        return False
    return proven is None or proven < now

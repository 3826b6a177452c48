"""What an event log has grown by since the last look: pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .models import EventLog, EventRecord, SyncKind

RECORD_FRESH_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NewRecords:
    """Records newer than a position, oldest first; `old` counts those left out.

    A record over 5 minutes old when it is read is history, not an event.
    """

    fresh: tuple[EventRecord, ...] = ()
    old: int = 0


def new_records(
    log: EventLog | None, position: int | None, now: datetime
) -> NewRecords:
    """Sort what the log has grown by; a first read (no position) is silent."""
    if log is None or position is None:
        return NewRecords()
    new = sorted(
        (record for record in log.records if record.record_id > position),
        key=lambda record: record.record_id,
    )
    fresh = tuple(
        record
        for record in new
        if record.time is None or now - record.time <= RECORD_FRESH_FOR
    )
    return NewRecords(fresh, len(new) - len(fresh))


def log_successes(
    known: Mapping[SyncKind, datetime], records: Iterable[EventRecord], now: datetime
) -> dict[SyncKind, datetime]:
    """Return when the log last told of a success of each kind, whoever started it."""
    newest = dict(known)
    for record in records:
        if record.mention is None or not record.mention.success:
            continue
        kind, moment = record.mention.kind, record.time or now
        newest[kind] = max(newest.get(kind, moment), moment)
    return newest

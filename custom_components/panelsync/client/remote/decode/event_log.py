"""The event log: its records, without those that nobody may see."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ...foreign import clean_name, clean_text
from ...models import EventRecord
from ...repeated import repeats
from ...silent_alarm import SILENT_EVENTS, mentions_silent_alarm
from .event_texts import activity, mention, without_tail
from .fields import Fields

MOST_RECORDS: Final = 250
"""The service gives no more in one answer (docs/protocol/total-connect.md#event-log-calls)."""
LONGEST_SEARCHED: Final = 2000
# A record's id beyond the others of its page by this much is none of this log's.
_STRAY_FACTOR: Final = 1000
_STRAY_ABOVE: Final = 2**40
_MOST_STRAY: Final = 3


def is_secret(event_type: int | None, texts: Iterable[str], location_name: str) -> bool:
    """Return whether a record may speak of a silent alarm.

    The location's name counts as text, unless it is itself such a word: then it is cut
    off the end, where the service puts it.
    """
    if event_type is not None and (
        event_type in SILENT_EVENTS
        or (event_type // 1000 in (1, 3, 6) and event_type % 1000 in SILENT_EVENTS)
    ):
        return True
    if mentions_silent_alarm(location_name):
        texts = (without_tail(text, location_name) for text in texts)
    return mentions_silent_alarm(*texts)


def own_ids(ids: Sequence[int]) -> tuple[int, ...]:
    """Leave out the few ids that lie so far above the others that they cannot be a log's.

    A position only rises: one such id would hide every record that follows.
    """
    ordered = sorted(set(ids))
    for index in range(max(1, len(ordered) - _MOST_STRAY), len(ordered)):
        below, stray = ordered[index - 1], ordered[index]
        if stray > _STRAY_ABOVE and stray > below * _STRAY_FACTOR:
            return tuple(record_id for record_id in ids if record_id < stray)
    return tuple(ids)


@dataclass(frozen=True, slots=True)
class LogPage:
    """One answer of the log: every id in the order received, and the records fit to be shown."""

    ids: tuple[int, ...]
    records: tuple[EventRecord, ...]
    has_more: bool


def log_page(
    fields: Fields,
    location_name: str,
    names: Iterable[str] = (),
    secrets: Collection[str] = (),
    after: int | None = None,
) -> LogPage | None:
    """Read one page; None where the answer has no list of events.

    `names` are those of the location's zones and partitions. Records of silent alarms
    and those that repeat one of the `secrets` end here: their ids count, nothing else.
    Up to `after` nothing is searched for secrets, which takes long: it is not shown.
    """
    rows = fields.rows("Events")
    if rows is None:
        return None
    by_id = {
        record_id: row
        for row in rows
        if (record_id := row.positive("EventRecordId")) is not None
    }
    own = own_ids(tuple(by_id))
    # The newest: which way a log is sorted is not known.
    newest = frozenset(sorted(own)[-MOST_RECORDS:])
    ids = tuple(record_id for record_id in own if record_id in newest)
    all_names = (location_name, *names)
    records: list[EventRecord] = []
    for record_id in ids:
        row = by_id[record_id]
        event_type = row.integer("EventType")
        # What is searched for may stand where the text is cut.
        whole, originator, *others = (
            clean_text(row.get(name), LONGEST_SEARCHED) or ""
            for name in ("Event", "Originator", "Notice", "Notes")
        )
        is_new = after is None or record_id > after
        if is_secret(event_type, (whole, originator, *others), location_name) or (
            is_new and repeats(f"{whole} {originator}", secrets)
        ):
            continue
        text = clean_text(whole) or ""
        records.append(
            EventRecord(
                record_id=record_id,
                text=text,
                originator=clean_name(originator) or "",
                time=row.time("RecDateTimeGMT"),
                activity=activity(event_type, text, all_names),
                mention=mention(text, location_name),
            )
        )
    return LogPage(ids, tuple(records), fields.flag("HasMore") is True)

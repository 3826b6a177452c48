"""The event log of a location (docs/protocol/total-connect.md#event-log). Simulated.

Record texts: Zone/Automation/User Sync Success are known (docs/protocol/total-connect.md#words-of-the-event-log);
failure texts, other languages and all event numbers of syncs are inventions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from simulator.switches import RecordTimes
from simulator.world.timeline import ticks

type Part = Literal["zone", "automation", "user"]

# 1 is known; 2 for the admin log is a guess (docs/protocol/total-connect.md#event-records)
ACTIVITY, AUDIT = 1, 2

_PARTS = {"zone": "Zone", "automation": "Automation", "user": "User"}
_SPANISH = {
    "zone": "de zonas",
    "automation": "de automatización",
    "user": "de usuarios",
}  # invention


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the log."""

    id: int
    time: datetime
    text: str
    originator: str
    event_type: int = 0
    filter_class: int = ACTIVITY
    filter_type: int = 0


class EventLog:
    """The log of one location or of the account, oldest first; record ids come from one counter of the whole service."""

    def __init__(self, next_id: Callable[[], int]) -> None:
        """Begin an empty log."""
        self._next_id = next_id
        self.records: list[Record] = []

    def write(
        self,
        time: datetime,
        text: str,
        originator: str,
        *,
        event_type: int = 0,
        filter_class: int = ACTIVITY,
        filter_type: int = 0,
        record_id: int | None = None,
    ) -> Record:
        """Append one line of either class and return it; without an id it gets the next one."""
        when = time.replace(microsecond=0)
        record = Record(
            self._next_id() if record_id is None else record_id,
            when,
            text,
            originator,
            event_type,
            filter_class,
            filter_type,
        )
        self.records.append(record)
        return record

    def select(
        self,
        *,
        last_id: int,
        page_to: Literal["older", "newer"],
        limit: int,
        newest_first: bool,
    ) -> tuple[list[Record], bool]:
        """Return one page and whether more lie beyond it.

        `last_id` 0 means from the newest end. Otherwise the page lies on the asked side of that record; which side
        the service takes is not known (docs/protocol/total-connect.md#event-records).
        """
        chosen = self.records
        if page_to == "newer":
            chosen = [record for record in chosen if record.id > last_id]
            page = chosen[:limit] if last_id else chosen[-limit:]
        else:
            chosen = [record for record in chosen if not last_id or record.id < last_id]
            page = chosen[-limit:]
        more = len(page) < len(chosen)
        return (page[::-1] if newest_first else page), more


def sync_text(part: Part, wording: str, location_name: str) -> str:
    """Return the line a sync writes about one part, in one of the switchable wordings."""
    if wording == "spanish":
        return f"Sincronización {_SPANISH[part]} realizada {location_name}"
    word = {"unsuccessful": "Unsuccessful", "failed": "Failed"}.get(wording, "Success")
    return f"{_PARTS[part]} Sync {word} {location_name}"


def as_answer(
    record: Record,
    *,
    device_id: int,
    offset_hours: float,
    date_format: int,
    time_format: int,
    form: RecordTimes = "asked",
) -> dict[str, Any]:
    """Return a record as the service answers it; times by the two format codes.

    See docs/protocol/total-connect.md#event-records.
    """
    pattern = {1: "%m/%d/%Y", 2: "%d/%m/%Y"}.get(date_format, "%Y-%m-%d")
    pattern += " %H:%M:%S" if time_format == 1 else " %I:%M:%S %p"
    local = record.time + timedelta(hours=offset_hours)
    answer = {
        "EventRecordId": record.id,
        "EventType": record.event_type,
        "Event": record.text,
        "Originator": record.originator,
        "Notice": "",
        "Notes": "",
        "HasNotes": False,
        "IsLocked": False,
        "IsHidden": False,
        "RecDateTimeGMT": _written(record.time, pattern, form),
        "RecDateLocal": _written(local, pattern, form),
        "RecDateSuffix": {-5.0: "EST", -6.0: "CST", -7.0: "MST", -8.0: "PST"}.get(
            offset_hours, "GMT"
        ),
        "FilterClass": record.filter_class,
        "DeviceId": device_id,
        "EventFilterTypeID": record.filter_type,
    }
    return {name: value for name, value in answer.items() if value is not None}


def _written(time: datetime, pattern: str, form: RecordTimes) -> str | None:
    """Return a time in one of the forms in which such a service may write it; None for none."""
    match form:
        case "iso":
            return time.strftime("%Y-%m-%dT%H:%M:%S")
        case "iso_z":
            return time.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        case "us_12h":
            return time.strftime("%m/%d/%Y %I:%M:%S %p")
        case "date":
            return f"/Date({int(time.timestamp() * 1000)})/"
        case "ticks":
            return str(ticks(time))
        case "never":
            return "1/1/1900 12:00:00 AM"
        case "unreadable":
            return "yesterday"
        case "missing":
            return None
    return time.strftime(pattern)

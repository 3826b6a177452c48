"""The times of an event log, in every form in which such a service writes one.

The service's own forms follow two codes of the request, and .NET has others for where
those are not heeded (docs/protocol/total-connect.md#event-records). What cannot be read is unknown,
and so is a time that stands for "never"; neither is ever taken for now.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
import re
from typing import Final

TICKS_START: Final = datetime(1, 1, 1, tzinfo=UTC)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# The service is younger than the first, and nothing was recorded after the last.
EARLIEST: Final = datetime(2001, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2070, 1, 1, tzinfo=UTC)
_TICKS_END: Final = (LATEST - TICKS_START) // timedelta(microseconds=1) * 10
# The last second of 32 bits.
_END_OF_32_BITS: Final = datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC)

_LONGEST: Final = 64
_MONTHS: Final = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"

_CLOCK: Final = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,:](?P<part>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?"
    r"(?:\s*(?P<zone>z|utc|gmt|(?:utc|gmt)?[+-]\d{2}:?(?:\d{2})?))?"
)
_MONTH: Final = rf"(?P<month_name>{_MONTHS})[a-z]{{0,6}}\.?"
_DAY_NAME: Final = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+)?"
_FORMS: Final = tuple(
    re.compile(form, re.ASCII | re.IGNORECASE)
    for form in (
        # 2026-11-22 09:00:00 AM, 2026-11-22T09:00:00.123+01:00, 2026/11/22 09:00
        rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?:t|,?\s+){_CLOCK}",
        # 20261122T090000Z, 20261122090000
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)t?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?P<zone>z|[+-]\d{4})?",
        # 11/22/2026 09:00:00 AM, 22-11-2026 21:00, 11/22/26 9:00 AM
        rf"(?P<first>\d{{1,2}})(?P<joint>[-/])(?P<second_number>\d{{1,2}})(?P=joint)(?P<year>\d{{4}}|(?<=/)\d{{2}})(?:t|,?\s+){_CLOCK}",
        # 22.11.2026 09:00:00
        rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}})(?:t|,?\s+){_CLOCK}",
        # Sun, 22 Nov 2026 09:00:00 GMT, 22-Nov-2026 09:00
        rf"{_DAY_NAME}(?P<day>\d{{1,2}})[-\s]{_MONTH}[-\s](?P<year>\d{{4}}),?\s+{_CLOCK}",
        # Nov 22 2026  9:00AM, Sunday, November 22, 2026 9:00:00 AM
        rf"{_DAY_NAME}{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}}),?\s+{_CLOCK}",
        # Sun Nov 22 09:00:00 2026
        rf"{_DAY_NAME}{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}\s+(?P<year>\d{{4}})",
    )
)
_JSON_DATE: Final = re.compile(
    r"\\?/?(?:new )?date\((-?\d{1,17})(?:[+-]\d{4})?\)\\?/?", re.ASCII | re.IGNORECASE
)
_DIGITS: Final = re.compile(r"\d{9,19}(?:\.\d{1,9})?", re.ASCII)


def known(moment: datetime | None) -> datetime | None:
    """Return a time at which something can have been recorded, None for all others.

    Defaults and bounds of databases and computers (1900, 1970, 9999 …) stand for "never".
    """
    if moment is None or not EARLIEST <= moment < LATEST:
        return None
    return None if abs(moment - _END_OF_32_BITS) <= timedelta(seconds=1) else moment


def ticks_time(ticks: int | None) -> datetime | None:
    """Turn .NET ticks, 100 ns since year 1 in UTC, into a time."""
    if ticks is None or not 0 < ticks < _TICKS_END:
        return None
    return known(TICKS_START + timedelta(microseconds=ticks // 10))


def utc_time(value: object) -> datetime | None:
    """Read a time that is in UTC unless it says otherwise; None where it is not known.

    A date without a time of day is none. Where day and month cannot be told apart the
    American order is taken with an American clock (AM, PM), and none without.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _counted(value)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    written = value.strip()
    if found := _JSON_DATE.fullmatch(written):
        return _after_epoch(int(found[1]) / 1000)
    for form in _FORMS:
        if found := form.fullmatch(written):
            return known(_written(found.groupdict()))
    return _counted(float(written)) if _DIGITS.fullmatch(written) else None


def _counted(value: float) -> datetime | None:
    """Read a count: ticks, milliseconds or seconds; their ranges do not meet."""
    read: tuple[Callable[[float], datetime | None], ...] = (
        _after_epoch,
        lambda count: _after_epoch(count / 1000),
        lambda count: ticks_time(int(count)),
    )
    if not 0 < value < 2**62:
        return None
    found = (read_count(value) for read_count in read)
    return next((moment for moment in found if moment is not None), None)


def _after_epoch(seconds: float) -> datetime | None:
    # Beyond this no date exists to compare with.
    if not abs(seconds) < 1e11:
        return None
    return known(_EPOCH + timedelta(seconds=seconds))


def _written(parts: Mapping[str, str | None]) -> datetime | None:
    """Put the parts of a written time together; None where they are none."""
    numbers = {key: int(part) for key, part in parts.items() if part and part.isdigit()}
    hour, half = numbers.get("hour", 0), (parts.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    day, month = numbers.get("day"), numbers.get("month")
    if "first" in numbers:
        day, month = _day_and_month(
            numbers["first"], numbers["second_number"], american=bool(half)
        )
    if name := parts.get("month_name"):
        month = _MONTHS.split("|").index(name.lower()) + 1
    if day is None or month is None:
        return None
    try:
        return datetime(
            # Of two digits, it is of this century.
            numbers["year"] + (2000 if len(parts["year"] or "") == 2 else 0),
            month,
            day,
            hour,
            numbers["minute"],
            numbers.get("second", 0),
            int((parts.get("part") or "0")[:6].ljust(6, "0")),
            tzinfo=_zone(parts.get("zone")),
        ).astimezone(UTC)
    except ValueError, OverflowError:
        return None


def _day_and_month(
    first: int, second: int, *, american: bool
) -> tuple[int | None, int | None]:
    if first > 12 >= second:
        return first, second
    if second > 12 >= first or first == second or american:
        return second, first
    return None, None


def _zone(written: str | None) -> timezone:
    offset = re.sub(r"[^\d+-]", "", written or "")
    if not offset:
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[3:5] or 0)
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=hours, minutes=minutes))

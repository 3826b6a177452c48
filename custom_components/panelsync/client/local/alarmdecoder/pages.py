"""Which page a keypad line shows. English texts of VISTA panels, all in this table.

Flags decide where there is one; text decides only what no flag says
(docs/protocol/alarmdecoder.md#text-pages).
"""

from dataclasses import dataclass, replace
from enum import Enum, auto
import re

from ...models import ZoneStatus
from ...silent_alarm import mentions_silent_alarm
from .messages import Keypad

MAX_ZONE = 250

type ZoneKey = tuple[int, ZoneStatus]


class PageKind(Enum):
    """What sort of page it is."""

    STATUS = auto()  # the plain page of an armed or disarmed partition
    ENTRY_DELAY = auto()
    HIDDEN = auto()  # not ready; the list of faults waits for a key
    ZONE = auto()  # one zone of the rotation
    INTERRUPTION = auto()  # speaks of something else; flags hold
    SYSTEM = auto()  # speaks for the whole system; flags of arming do not hold


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `zone` and `status` belong to a zone page, `exit_seconds` to a delay."""

    kind: PageKind
    zone: int | None = None
    status: ZoneStatus | None = None
    exit_delay: bool = False
    exit_seconds: int | None = None

    text: str = ""

    @property
    def key(self) -> ZoneKey | None:
        """Return the zone and what the page says of it."""
        if self.zone is None or self.status is None:
            return None
        return self.zone, self.status

    @property
    def name(self) -> tuple[object, ...]:
        """Return what sets this page of the rotation apart from the others.

        Of the plain pages there is one at a time, whatever it says.
        """
        if self.key is not None:
            return self.key
        if self.kind in {PageKind.INTERRUPTION, PageKind.SYSTEM}:
            return ("page", self.text)
        return ("plain",)


_ZONE = re.compile(
    r"(FAULT|CHECK|ALARM|FIRE|LOW? ?BAT|BYPASS?) +(\d{2,3})(?!\d)", re.ASCII
)
_ZONE_STATUS = {
    "FA": ZoneStatus.FAULTED,
    "CH": ZoneStatus.TROUBLE,
    "AL": ZoneStatus.ALARM,
    "FI": ZoneStatus.ALARM,
    "LO": ZoneStatus.LOW_BATTERY,
    "BY": ZoneStatus.BYPASSED,
}
_SYSTEM = re.compile(r"SYSTEM|MODEM COMM|BUSY - STANDBY|COMM\. FAILURE")
_INTERRUPTION = re.compile(r"AC LOSS")
_HIDDEN = re.compile(r"(?:HIT|PRESS) *\*")
_EXIT_DELAY = re.compile(r"ARMED.*MAY EXIT NOW\D*(\d{1,3})?", re.ASCII)
_ENTRY_DELAY = re.compile(r"DISARM SYSTEM.*OR ALARM OCCURS")
_ALARM = re.compile(r"ALARM +\d|ALARM CANCELL?ED|CANCELL?ED ALARM")
_ROW = 16

_BATTERY_OF_PANEL = re.compile(r"SYSTEM +LOW? *BAT")
_BATTERY_OF_ZONE = re.compile(r"LOW? *BAT *\d")
COMMUNICATION_FAILURE = "COMM. FAILURE"
COMMUNICATION_FAILURE_CODE = "0fc"
DOWNLOADING = "MODEM COMM"


def is_concealed(line: Keypad, alarm_was_heard: bool) -> bool:
    """Return whether a page may name a duress, a hold-up or a silent panic.

    A page of an alarm that nobody could hear is one.
    """
    audible = bool(line.alarm_sounding) or alarm_was_heard
    # A word that fills a row stands against the next row's first.
    rows = f"{line.text[:_ROW]} {line.text[_ROW:]}"
    return mentions_silent_alarm(line.text, rows, audible=audible) or (
        not audible and _ALARM.match(line.text.upper().lstrip()) is not None
    )


def shows_panel_battery(line: Keypad) -> bool:
    """Return whether a page says that the panel's own battery is low.

    On the page of one zone the flag is that zone's.
    """
    text = line.text.upper()
    if _BATTERY_OF_PANEL.match(text):
        return True
    return bool(line.battery_low) and _BATTERY_OF_ZONE.match(text) is None


def read_page(line: Keypad) -> Page:
    """Return which page a line shows."""
    text = line.text.upper()
    page = _read(line, text)
    return replace(page, text=" ".join(text.split()))


def _read(line: Keypad, text: str) -> Page:
    if line.mask == 0 or _SYSTEM.match(text):
        return Page(PageKind.SYSTEM)
    if (match := _ZONE.match(text)) is not None:
        return _zone_page(line, match[1], int(match[2]))
    if _INTERRUPTION.match(text):
        return Page(PageKind.INTERRUPTION)
    if _ENTRY_DELAY.match(text):
        return Page(PageKind.ENTRY_DELAY)
    if (match := _EXIT_DELAY.match(text)) is not None:
        seconds = int(match[1]) if match[1] else None
        return Page(PageKind.STATUS, exit_delay=True, exit_seconds=seconds)
    if _HIDDEN.search(text):
        return Page(PageKind.HIDDEN)
    # Without a number on it (flag 17) a page is a status page, in whatever language.
    return Page(PageKind.STATUS if line.display else PageKind.INTERRUPTION)


def _zone_page(line: Keypad, word: str, printed: int) -> Page:
    # Other rules take module 07 for zone 7 and code 0fc for zone 252
    # (docs/protocol/alarmdecoder.md#numeric-code).
    from_panel = line.raw[14] if len(line.raw) > 14 else 0
    # A module's page without that byte: only zones are numbered as they are printed.
    of_module = word == "CHECK" and printed >= 100 and len(line.raw) <= 14
    if (
        line.display != 0
        or from_panel == 0xFF
        or not line.code.isdecimal()
        # Above 99 the panel's one byte may hold the last two digits alone.
        or int(line.code) not in {printed, printed if of_module else printed % 100}
        or not 1 <= printed <= MAX_ZONE
    ):
        return Page(PageKind.INTERRUPTION)
    return Page(PageKind.ZONE, printed, _ZONE_STATUS[word[:2]])

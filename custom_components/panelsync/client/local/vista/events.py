"""What the event codes of the VISTA RS-232 port mean.

See docs/protocol/vista-rs232.md#events.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from ...models import ActivityType, ZoneStatus

DISARMING = frozenset({0x08, 0x18, 0x38})
ARMING = frozenset({0x07, 0x17, 0x27, 0x37, 0x47, 0xB7})
# A zone opened, closed, or was bypassed or not: that may make a partition ready.
OPENING = frozenset({0x05, 0x06, 0xF5, 0xF6})
FIRE = frozenset({0x01, 0xC1, 0xD1})
AC_LOST, AC_BACK = 0x1B, 0x1C
BATTERY_LOW, BATTERY_WELL = 0x29, 0x2A
COMMUNICATION_LOST, COMMUNICATION_BACK = 0xD3, 0xD4
PROGRAMMING_ENTERED, PROGRAMMING_LEFT = 0xAD, 0xBD
STARTED = frozenset({0x0E, 0x3E})
TEST_LEFT = 0x3D
# No panel does these while it is in programming or in a test.
READY = ARMING | STARTED | {PROGRAMMING_LEFT, TEST_LEFT}


# An event of the panels whose codes are their own; no other event has this number.
CANCELLED = 0x120


class Named(Enum):
    """What the number of a short event names."""

    ZONE = auto()
    USER = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class ShortCode:
    """A code of the 128BP, 250BP and FBP: the same event's code of the BPT."""

    code: int
    names: Named


SHORT_CODES: Mapping[int, ShortCode] = {
    **dict.fromkeys((0x00, 0x01, 0x04), ShortCode(0x31, Named.ZONE)),
    0x06: ShortCode(0x01, Named.ZONE),
    # Panic, silent alarm, duress: whose they are is not kept, either.
    0x07: ShortCode(0x21, Named.NOTHING),
    0x08: ShortCode(0x21, Named.NOTHING),
    0x0C: ShortCode(0x11, Named.NOTHING),
    0x15: ShortCode(0xB7, Named.USER),
    0x16: ShortCode(0x08, Named.USER),
    0x18: ShortCode(0x07, Named.USER),
    0x1A: ShortCode(BATTERY_LOW, Named.NOTHING),
    0x1B: ShortCode(BATTERY_WELL, Named.NOTHING),
    0x1C: ShortCode(AC_LOST, Named.NOTHING),
    0x1D: ShortCode(AC_BACK, Named.NOTHING),
    0x20: ShortCode(CANCELLED, Named.USER),
    0x21: ShortCode(0x05, Named.ZONE),
    0x22: ShortCode(0x06, Named.ZONE),
    0x2B: ShortCode(0xF5, Named.ZONE),
    0x2C: ShortCode(0xF6, Named.ZONE),
}


@dataclass(frozen=True, slots=True)
class EventMeaning:
    """One event in words. A None sort is not announced: the state shows it."""

    text: str
    type: ActivityType | None
    zone_status: ZoneStatus | None = None
    restored: bool = False


_ALARM, _TROUBLE, _OTHER = ActivityType.ALARM, ActivityType.TROUBLE, ActivityType.OTHER

_PAIRS: tuple[tuple[int, str, ActivityType | None, ZoneStatus | None], ...] = (
    (0x01, "Fire alarm", _ALARM, ZoneStatus.ALARM),
    (0x03, "Sensor trouble", _TROUBLE, ZoneStatus.TROUBLE),
    (0x05, "Zone bypassed", _OTHER, ZoneStatus.BYPASSED),
    (AC_LOST, "Mains power lost", _TROUBLE, None),
    (BATTERY_LOW, "Panel battery low", _TROUBLE, None),
    (0x31, "Audible alarm", _ALARM, ZoneStatus.ALARM),
    (0x41, "Perimeter alarm", _ALARM, ZoneStatus.ALARM),
    (0x43, "Supervision", _TROUBLE, ZoneStatus.TROUBLE),
    (0x51, "Interior alarm", _ALARM, ZoneStatus.ALARM),
    (0x53, "Module tamper", _TROUBLE, None),
    (0x63, "Sensor supervision", _TROUBLE, ZoneStatus.TROUBLE),
    (0x89, "Sensor battery low", _TROUBLE, ZoneStatus.LOW_BATTERY),
    (0xA1, "Module failure", _TROUBLE, None),
    (0xA3, "Module failure", _TROUBLE, None),
    (0xB1, "24-hour alarm", _ALARM, ZoneStatus.ALARM),
    (0xB3, "Sensor tamper", _TROUBLE, ZoneStatus.TAMPER),
    (0xC1, "Smoke alarm", _ALARM, ZoneStatus.ALARM),
    (0xC3, "Fire zone trouble", _TROUBLE, ZoneStatus.TROUBLE),
    (0xD1, "Water flow alarm", _ALARM, ZoneStatus.ALARM),
    (COMMUNICATION_LOST, "Communication failed", _TROUBLE, None),
    (0xE1, "Fire supervision", _TROUBLE, ZoneStatus.TROUBLE),
    (0xE3, "Bell trouble", _TROUBLE, None),
    (0xF3, "Bell trouble", _TROUBLE, None),
    (0xF5, "Zone open", None, ZoneStatus.FAULTED),
    (0xFD, "Printer trouble", _OTHER, None),
)
_SINGLE = {
    0x07: "Armed",
    0x08: "Disarmed",
    0x0D: "Test",
    0x0E: "Panel started",
    0x0F: "Exit error",
    0x17: "Armed remotely",
    0x18: "Disarmed remotely",
    0x1D: "Test",
    0x1F: "Exit error",
    0x27: "Armed",
    0x2D: "Walk test started",
    0x37: "Armed by key switch",
    0x38: "Disarmed by key switch",
    TEST_LEFT: "Walk test ended",
    0x3E: "Panel started",
    0x47: "Armed in part",
    0x9E: "Closed a moment ago",
    PROGRAMMING_ENTERED: "Programming started",
    PROGRAMMING_LEFT: "Programming ended",
    0xB7: "Armed stay",
    CANCELLED: "Alarm cancelled",
}

MEANINGS: Mapping[int, EventMeaning] = {
    **{code: EventMeaning(text, _OTHER) for code, text in _SINGLE.items()},
    **{code: EventMeaning(text, sort, status) for code, text, sort, status in _PAIRS},
    # The code after it is always its restore.
    **{
        code + 1: EventMeaning(
            f"{text}: restored", _OTHER if sort else None, status, restored=True
        )
        for code, text, sort, status in _PAIRS
    },
}

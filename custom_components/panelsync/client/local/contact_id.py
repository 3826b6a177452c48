"""What a Contact ID report means, in words.

See docs/protocol/alarmdecoder.md#contact-id.
"""

from dataclasses import dataclass
from enum import Enum, auto

from ..models import ActivityType, ZoneStatus
from ..silent_alarm import SILENT_EVENTS, mentions_silent_alarm
from .alarmdecoder.messages import Report, WordReport

OPENED = 1
CLOSED = 3

# After these the panel is no longer what its copies elsewhere say
# (docs/protocol/alarmdecoder.md#what-a-local-link-can-do).
_REPROGRAMMED = frozenset({306, 412, 416, 531, 532, 628})
FAILURE_TO_COMMUNICATE = 354
FIRE = range(110, 119)

_ZONE_STATUS = {
    **dict.fromkeys((570, 571, 572, 573, 575), ZoneStatus.BYPASSED),
    **dict.fromkeys((380, 381, 382), ZoneStatus.TROUBLE),
    383: ZoneStatus.TAMPER,
    384: ZoneStatus.LOW_BATTERY,
}


class Data(Enum):
    """What a report's number names."""

    ZONE = auto()
    USER = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Meaning:
    """One report in words, with what it changes.

    `zone_status` is the status the report sets, or clears where `restored`.
    """

    type: ActivityType
    text: str
    zone: int | None
    user: int | None
    restored: bool
    zone_status: ZoneStatus | None
    reprogrammed: bool
    event: int


_ALARM, _TROUBLE, _OTHER = ActivityType.ALARM, ActivityType.TROUBLE, ActivityType.OTHER

# First event, last event, words, sort, what the number names. The first row that holds
# the event decides.
_EVENTS: tuple[tuple[int, int, str, ActivityType, Data], ...] = (
    (100, 102, "Medical alarm", _ALARM, Data.ZONE),
    (FIRE[0], FIRE[-1], "Fire alarm", _ALARM, Data.ZONE),
    (123, 123, "Audible panic", _ALARM, Data.ZONE),
    (130, 139, "Burglary alarm", _ALARM, Data.ZONE),
    (140, 149, "General alarm", _ALARM, Data.ZONE),
    (151, 151, "Gas alarm", _ALARM, Data.ZONE),
    (154, 154, "Water alarm", _ALARM, Data.ZONE),
    (158, 159, "Temperature alarm", _ALARM, Data.ZONE),
    (162, 162, "Carbon monoxide alarm", _ALARM, Data.ZONE),
    (150, 169, "24-hour alarm", _ALARM, Data.ZONE),
    (200, 206, "Fire supervision", _TROUBLE, Data.ZONE),
    (301, 301, "Mains power lost", _TROUBLE, Data.NOTHING),
    (302, 302, "Panel battery low", _TROUBLE, Data.NOTHING),
    (306, 306, "Programming changed", _OTHER, Data.NOTHING),
    (300, 319, "Panel trouble", _TROUBLE, Data.NOTHING),
    (320, 329, "Sounder trouble", _TROUBLE, Data.NOTHING),
    (330, 349, "Module trouble", _TROUBLE, Data.NOTHING),
    (354, 354, "Communication failed", _TROUBLE, Data.NOTHING),
    (350, 359, "Communication trouble", _TROUBLE, Data.NOTHING),
    (370, 379, "Zone trouble", _TROUBLE, Data.ZONE),
    (384, 384, "Sensor battery low", _TROUBLE, Data.ZONE),
    (380, 399, "Sensor trouble", _TROUBLE, Data.ZONE),
    (406, 406, "Alarm cancelled", _OTHER, Data.USER),
    (412, 412, "Remote programming succeeded", _OTHER, Data.NOTHING),
    (413, 413, "Remote programming failed", _OTHER, Data.NOTHING),
    (410, 419, "Remote programming", _OTHER, Data.NOTHING),
    (420, 439, "Access control", _OTHER, Data.USER),
    (450, 459, "Opening or closing irregular", _OTHER, Data.USER),
    (461, 461, "Wrong code entered", _OTHER, Data.USER),
    (531, 531, "Module added", _OTHER, Data.NOTHING),
    (532, 532, "Module removed", _OTHER, Data.NOTHING),
    (570, 579, "Zone bypassed", _OTHER, Data.ZONE),
    (601, 615, "Test", _OTHER, Data.NOTHING),
    (621, 624, "Event log filling", _OTHER, Data.NOTHING),
    (625, 626, "Panel clock", _OTHER, Data.NOTHING),
    (627, 627, "Programming started", _OTHER, Data.NOTHING),
    (628, 628, "Programming ended", _OTHER, Data.NOTHING),
)
_OPENING = (*range(400, 406), 407, 408, 409)
_STAY = (441, 442)

# Words of old firmware and the event they stand for
# (docs/protocol/alarmdecoder.md#long-range-radio).
_WORDS = {
    "ARM_AWAY": (401, CLOSED),
    "ARM_STAY": (441, CLOSED),
    "OPEN": (401, OPENED),
    "CANCEL": (406, OPENED),
    "ACLOSS": (301, OPENED),
    "LOWBAT": (302, OPENED),
    "RFLOWBAT": (384, OPENED),
    "TROUBLE": (380, OPENED),
    "BYPASS": (570, OPENED),
    "TEST_CALL": (602, OPENED),
    # A zone that was open when the exit delay ended: no siren.
    "ALARM_EXIT_ERROR": (374, OPENED),
}
# What ends under another word than it begins with.
_RESTORED = {"AC": "ACLOSS", "TEST": "TEST_CALL"}


def explain(report: Report | WordReport) -> Meaning | None:
    """Return what a report means; None where it means nothing to us, or is concealed.

    Openings and closings are of the sort `other`: the keypad lines show arming
    itself, a report adds who it was.
    """
    if isinstance(report, Report):
        if report.prefix != "CID":
            return None
        return _explain(report.event, report.qualifier, report.data)
    if mentions_silent_alarm(report.word.replace("_", " ")):
        return None
    return _explain_word(report.word, report.data)


def _explain_word(word: str, data: int) -> Meaning | None:
    """Explain a word of old firmware; one that ends in RESTORE is never an alarm."""
    base = word.removesuffix("RESTORE").rstrip("_")
    restored = base != word
    known = _WORDS.get(_RESTORED.get(base, base) if restored else word)
    if known is None and base.startswith("ALARM"):
        known = (FIRE[0] if base == "ALARM_FIRE" else 140, OPENED)
    if known is None:
        return None
    event, qualifier = known
    return _explain(event, CLOSED if restored else qualifier, data)


def _explain(event: int, qualifier: int, data: int) -> Meaning | None:
    if event in SILENT_EVENTS:
        return None
    restored = qualifier == CLOSED
    if event in _OPENING or event in _STAY:
        mode = "stay" if event in _STAY else "away"
        text = f"Armed {mode}" if restored else "Disarmed"
        return Meaning(_OTHER, text, None, data or None, restored, None, False, event)
    row = next((row for row in _EVENTS if row[0] <= event <= row[1]), None)
    if row is None:
        return None
    _, _, text, sort, names = row
    zone = data if names is Data.ZONE and data else None
    return Meaning(
        _OTHER if restored else sort,
        f"{text}: restored" if restored else text,
        zone,
        data if names is Data.USER and data else None,
        restored,
        _ZONE_STATUS.get(event) if zone else None,
        event in _REPROGRAMMED,
        event,
    )

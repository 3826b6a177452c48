"""What of an AlarmDecoder's line anybody may read: enough to replay it, and no more.

Descriptors of zones, typed keys, serial numbers and what may give a silent alarm away are
left out (docs/architecture.md#secrets, docs/architecture.md#silent-alarms).
"""

import re

from ...silent_alarm import SILENT_EVENTS, mentions_silent_alarm
from .lines import KEYPAD
from .messages import (
    AdapterNotice,
    BridgeNotice,
    Config,
    Expander,
    Keypad,
    Message,
    Opaque,
    Rejected,
    Rejection,
    Relay,
    Report,
    RfSensor,
    Sending,
    Unknown,
    Version,
    WordReport,
)
from .pages import is_concealed

_MEMORY = 9
_MEMORY_BIT = 0x02
_STATUS = slice(16, 18)

# The panel's own words: all others are a person's.
_WORDS = frozenset(
    [
        "AC",
        "ALARM",
        "ALL",
        "ARM",
        "ARMED",
        "AWAY",
        "BAT",
        "BATTERY",
        "BUSY",
        "BYPAS",
        "BYPASS",
        "BYPASSED",
        "CANCELED",
        "CHECK",
        "CHIME",
        "COMM",
        "DISARM",
        "DISARMED",
        "EXIT",
        "FAILURE",
        "FAULT",
        "FAULTS",
        "FIRE",
        "FOR",
        "HIT",
        "IN",
        "INSTANT",
        "KEY",
        "LO",
        "LOBAT",
        "LOSS",
        "LOW",
        "MAXIMUM",
        "MAY",
        "MODEM",
        "NIGHT",
        "NOW",
        "OCCURS",
        "OR",
        "PRESS",
        "READY",
        "SECURE",
        "SHOW",
        "STANDBY",
        "STAY",
        "SYSTEM",
        "TO",
        "YOU",
        "ZONE",
        "ZONES",
    ]
)
_NUMBERED = frozenset(
    ["ALARM", "BAT", "BYPAS", "BYPASS", "CHECK", "FAULT", "FIRE", "LOBAT", "NOW"]
)
_PIECE = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z\d]+")


def redacted(line: bytes, message: Message | Rejected) -> str | None:
    """Return what of a line may be shown to anybody; None where nothing may."""
    text = line.lstrip(b"\0\xff").decode("ascii", "replace")
    match message:
        case Keypad():
            return None if is_concealed(message, False) else _keypad(text, message)
        case Report(event=event) if event in SILENT_EVENTS:
            return None
        case WordReport(word=word) if mentions_silent_alarm(word.replace("_", " ")):
            return None
        case Expander() | Relay() | Report() | WordReport():
            return text
        case RfSensor(serial, value):
            return f"!RFX:{'0' * len(serial)},{value:02x}"
        case Version(version=version):
            return f"!VER:ffffffff,{_plain(version)}"
        case Config(settings):
            pairs = (f"{key}={_plain(value)}" for key, value in settings.items())
            return f"!CONFIG>{'&'.join(pairs)}"
        case AdapterNotice() as notice:
            return f"!{notice}"
        case BridgeNotice() as notice:
            return f"!SER2SOCK {notice}"
        case Sending(delivered):
            return "!Sending.done" if delivered else "!Sending.....done"
        case Opaque(header) | Unknown(header):
            return f"!{header}:" if header.isalpha() else None
        case Rejected(Rejection.SHAPE):
            # Its shape alone: what it means nobody knows.
            return re.sub(r"[0-9A-Fa-f]", "0", re.sub(r"[G-Zg-z]", "x", text))
    return None


def _keypad(text: str, line: Keypad) -> str | None:
    if (match := KEYPAD.fullmatch(text)) is None:
        return None
    prefix, flags, code, raw, page = match.groups(default="")
    if not line.alarm_sounding:
        # The memory of an alarm may be that of a silent one.
        flags = f"{flags[:_MEMORY]}0{flags[_MEMORY + 1 :]}"
        status = f"{line.raw[8] & ~_MEMORY_BIT:02x}"
        raw = f"{raw[: _STATUS.start]}{status}{raw[_STATUS.stop :]}"
    shown = " " * len(page) if line.programming else _page(page)
    return f'{prefix}[{flags}],{code},[{raw}],"{shown}"'


def _page(page: str) -> str:
    """Return a text with the panel's own words, and the numbers that belong to them."""
    shown, before = "", ""
    for piece in _PIECE.findall(page):
        word = piece.upper()
        if word.isalpha():
            before = word if word in _WORDS else ""
            shown += piece if before else "x" * len(piece)
        elif word.isdigit():
            shown += piece if before in _NUMBERED else "0" * len(piece)
            before = ""
        else:
            shown += piece
    return shown


def _plain(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "", value)[:32]

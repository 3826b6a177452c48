"""One line of an AlarmDecoder AD2 adapter, without its terminator, to a message.

There is no checksum on this wire, so a line is taken whole or not at all
(docs/protocol/alarmdecoder.md#framing).
"""

from functools import lru_cache
import re

from ...silent_alarm import SILENT_EVENTS
from .messages import (
    AdapterNotice,
    BridgeNotice,
    Config,
    Expander,
    Keypad,
    Message,
    Opaque,
    PanelKind,
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

# Sixteen flags and nine bytes of the raw field say something to us; how many more there
# are, and how long the text is, differs (docs/protocol/alarmdecoder.md#keypad-lines).
KEYPAD = re.compile(
    r"(![A-Z]{2,8}:)?\[([0-9A-Fa-f-]{16}[0-9A-Za-z?-]{0,24})\],([0-9A-Fa-f]{1,4}),"
    r"\[((?:[0-9A-Fa-f]{2}){9,40})\],\"([ -~]{0,64})\""
)
"""Prefix, flags, numeric code, raw field and text of a keypad line."""
_PREFIXED = re.compile(r"![A-Z]{2,8}:\[")
_FLAGS = 20
_ROW = 16
_FLAG = {"0": False, "1": True}
_HEX = tuple("0123456789abcdefABCDEF")
_KIND = {"A": PanelKind.VISTA, "D": PanelKind.DSC}

_CHANNEL = re.compile(r"(\d{1,3}),(\d{1,3}),(\d{1,3})", re.ASCII)
_RF = re.compile(r"([0-9A-Za-z]{1,16}),([0-9A-Fa-f]{1,2})")
_REPORT = re.compile(
    r"(\d{1,3}),(\d{1,2}),([A-Z0-9]{2,8})_(\d)(\d{3})(?:,([0-9A-Fa-f]{1,2}))?",
    re.ASCII,
)
_WORD_REPORT = re.compile(r"(\d{1,3}),(\d{1,2}),([A-Z][A-Z0-9_]{2,31})", re.ASCII)
_VERSION = re.compile(r"([0-9A-Fa-f]{1,16})(?:,([^,]{0,40})(?:,(.*))?)?")
_SENDING = re.compile(r"!Sending(\.{1,5})done")
_SETTINGS = frozenset(
    {"ADDRESS", "CONFIGBITS", "MASK", "EXP", "REL", "LRR", "COM", "MODE", "DEDUPLICATE"}
)
_OPAQUE = frozenset({"AUI", "KPE", "CRC", "ERR"})
_SENT_AT_LAST_TRY = 5
_MAX_HEADER = 16


# A panel says the same few lines over and over.
@lru_cache(maxsize=256)
def decode_line(line: bytes) -> Message | Rejected:
    """Return the message of one line, or why it is none. Never raises."""
    # NULs come at power-up, FF from a bridge's terminal set-up
    # (docs/protocol/alarmdecoder.md#ser2sock).
    line = line.lstrip(b"\x00\xff")
    if not line.isascii() or not (text := line.decode("ascii")).isprintable():
        return Rejected(Rejection.NOT_PRINTABLE)
    if text.startswith("[") or _PREFIXED.match(text):
        return _keypad(text)
    if text.startswith("!"):
        return _bang(text)
    return Rejected(Rejection.NOT_A_MESSAGE)


def _keypad(text: str) -> Keypad | Rejected:
    if (match := KEYPAD.fullmatch(text)) is None:
        return Rejected(Rejection.SHAPE)
    _, flags, code, raw_hex, page = match.groups()
    raw = bytes.fromhex(raw_hex)
    # No checksum: another length may be that of a line that lost or won a byte.
    if (
        not _is_whole(page)
        or len(flags) % 4
        or (len(flags) != _FLAGS and _contradicts(flags, raw))
    ):
        return Rejected(Rejection.SHAPE)
    beeps, display, kind = flags[5], flags[16:17], flags[17:18]
    return Keypad(
        ready=_FLAG.get(flags[0]),
        armed_away=_FLAG.get(flags[1]),
        armed_home=_FLAG.get(flags[2]),
        programming=_FLAG.get(flags[4]),
        beeps=int(beeps) if beeps.isdecimal() else None,
        bypassed=_FLAG.get(flags[6]),
        ac_power=_FLAG.get(flags[7]),
        chime=_FLAG.get(flags[8]),
        alarm_memory=_FLAG.get(flags[9]),
        alarm_sounding=_FLAG.get(flags[10]),
        battery_low=_FLAG.get(flags[11]),
        entry_delay_off=_FLAG.get(flags[12]),
        fire=_FLAG.get(flags[13]),
        check=_FLAG.get(flags[14]),
        perimeter_only=_FLAG.get(flags[15]),
        # Flag 17 is a copy of these bits of the raw field
        # (docs/protocol/alarmdecoder.md#flags).
        display=int(display, 16) if display in _HEX else (raw[7] & 0x0C) >> 2,
        panel_kind=_KIND.get(kind),
        code=code.lower(),
        raw=raw,
        text=page,
    )


def _is_whole(page: str) -> bool:
    """Return whether a text is of whole rows, or ends behind its last sign."""
    return len(page) % _ROW == 0 or (len(page) < 2 * _ROW and page[-1] != " ")


# Each flag of the line, but for backlight and beeps, is a copy of a raw bit: byte and
# mask in the order of the flags (docs/protocol/alarmdecoder.md#raw-field).
_COPIES = (
    (7, 0x10),
    (8, 0x04),
    (7, 0x80),
    None,
    (8, 0x40),
    None,
    (8, 0x10),
    (8, 0x08),
    (8, 0x20),
    (8, 0x02),
    (8, 0x01),
    (7, 0x40),
    (8, 0x80),
    (7, 0x20),
    (7, 0x02),
    (6, 0x10),
)


def _contradicts(flags: str, raw: bytes) -> bool:
    if flags[5] not in {"-", str(raw[6] & 0x07)}:
        return True
    return any(
        flag != "-"
        and copy is not None
        and (flag == "1") != bool(raw[copy[0]] & copy[1])
        for flag, copy in zip(flags, _COPIES, strict=False)
    )


def _bang(text: str) -> Message | Rejected:
    header, colon, body = text[1:].partition(":")
    if colon and header in _OPAQUE:
        return Opaque(header)
    match header if colon else "":
        case "EXP" | "REL":
            return _channel(header, body)
        case "RFX":
            return _rf(body)
        case "LRR":
            return _report(body)
        case "VER":
            return _version(body)
    if text.startswith("!CONFIG>"):
        return _config(text.removeprefix("!CONFIG>"))
    return _notice(text)


def _channel(header: str, body: str) -> Expander | Relay | Rejected:
    if (match := _CHANNEL.fullmatch(body)) is None:
        return Rejected(Rejection.FIELDS)
    address, channel, value = (int(part) for part in match.groups())
    return (Expander if header == "EXP" else Relay)(address, channel, value)


def _rf(body: str) -> RfSensor | Rejected:
    if (match := _RF.fullmatch(body)) is None:
        return Rejected(Rejection.FIELDS)
    return RfSensor(match[1], int(match[2], 16))


def _report(body: str) -> Report | WordReport | Rejected:
    if (match := _REPORT.fullmatch(body)) is not None:
        data, partition, prefix, qualifier, event, code = match.groups()
        # A report code of its own replaces the event's last digits
        # (docs/protocol/alarmdecoder.md#long-range-radio); never those of a panic (12x)
        # or another silent alarm, which may have to stay hidden.
        is_hidden = event[:2] == "12" or int(event) in SILENT_EVENTS
        if code and code.isdigit() and int(code) and not is_hidden:
            event = event[0] + code.zfill(2)
        return Report(int(data), int(partition), prefix, int(qualifier), int(event))
    if (match := _WORD_REPORT.fullmatch(body)) is not None and match[3][-1] != "_":
        return WordReport(int(match[1]), int(match[2]), match[3])
    return Rejected(Rejection.FIELDS)


def _version(body: str) -> Version | Rejected:
    if (match := _VERSION.fullmatch(body)) is None:
        return Rejected(Rejection.FIELDS)
    flags = tuple(flag for flag in (match[3] or "").split(";") if flag)
    return Version(match[1].lower(), match[2] or "", flags)


def _config(body: str) -> Config | Unknown:
    pairs = (pair.partition("=") for pair in body.split("&"))
    known = {key: value for key, _, value in pairs if value and key in _SETTINGS}
    # Without one setting it proves nothing of who speaks.
    return Config(known) if known else Unknown("CONFIG")


def _notice(text: str) -> Message | Rejected:
    if text.startswith("!SER2SOCK "):
        try:
            return BridgeNotice(text.removeprefix("!SER2SOCK "))
        except ValueError:
            return Unknown("SER2SOCK")
    if text.startswith("!Sending"):
        if (match := _SENDING.fullmatch(text)) is None:
            return Rejected(Rejection.FIELDS)
        return Sending(len(match[1]) < _SENT_AT_LAST_TRY)
    for notice in AdapterNotice:
        if text.removeprefix(f"!{notice}").strip(".") in {"", "done"}:
            return notice
    for header in (">", "setting"):
        if text.startswith(f"!{header}"):
            return Opaque(header)
    name = re.match(r"[A-Za-z0-9_]*", text[1:])
    return Unknown(name[0][:_MAX_HEADER] if name else "")

"""What a recorded log holds: lines of an adapter or packets, and when they came.

Any text may stand before and behind them, as terminals, loggers and forums add it.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
import html
import json
import re

from custom_components.panelsync.client.local.vista.packets import (
    Damaged,
    Other,
    decode_packet,
)

# What stays where a log has no times and does not say how fast its panel is.
PACE = 4.0
# No panel is slower: about eleven days, in seconds.
_SLOWEST = 1e6

_AD2 = re.compile(
    r"(?:![A-Z]{2,8}:)?\[[-0-9A-Za-z?]{16,40}\],[0-9A-Fa-f]{1,4},\[[0-9A-Fa-f]+\],"
    r"\"[^\"]*\""
    r"|!(?:EXP|REL|RFX|LRR|VER|AUI|KPE|CRC|ERR):[^\s\"']+(?:,[^\s\"']+)*"
    r"|!CONFIG>\S+|!(?:Ready|Sending\.+done|boot\S*|SER2SOCK \w+)"
)
_BUS = re.compile(r"\bF7((?: [0-9A-Fa-f]{2}){8,14})\s(.{1,40})", re.IGNORECASE)
_PACKET = re.compile(r"(?=[0-9A-Fa-f]{2}[A-Za-z]{2})")
# A packet that stands further behind is none of a log.
_LONGEST = 4096
# A line of a hex dump: its place, and sixteen bytes or any number.
_HEX = re.compile(
    r"\s*([0-9A-Fa-f]{4,8}:?[ \t]+)?((?:[0-9A-Fa-f]{2}[ \t]{0,2})+)(?![^\s|.])"
)
_CLOCK = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)[T ])?(\d\d):(\d\d):(\d\d(?:[.,]\d+)?)")
_SECONDS = re.compile(r"\s*(\d+(?:\.\d+)?)\s")
_EVERY = re.compile(r"#\s*every=(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Heard:
    """One line of the wire; `anew` where another recording begins with it."""

    number: int
    at: timedelta
    data: bytes
    is_packet: bool
    anew: bool


def read_log(content: str) -> Iterator[Heard]:
    """Find what was heard in a log, in order."""
    lines = list(_lines(content))
    if not any(map(_in_line, lines)):
        lines = _from_hex(lines).splitlines()
    every, at, anew = PACE, timedelta(0), True
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("#"):
            if (match := _EVERY.match(line.strip())) is not None:
                every = min(float(match[1]), _SLOWEST)
            anew = anew or "block" in line
            continue
        found = _in_line(line)
        if not found:
            continue
        given = _time(line, found[0][0])
        for place, data, is_packet in found:
            before = at
            if given is not None and place == found[0][0]:
                at = given
            elif not anew:
                at += timedelta(seconds=every)
            # A clock that goes back: another day, or another recording.
            yield Heard(number, at, data, is_packet, anew or at < before)
            anew = False


def _lines(content: str) -> Iterator[str]:
    """Give the lines of a text, or all texts of a JSON document."""
    try:
        document = json.loads(content)
    except ValueError, RecursionError:
        document = None
    texts = _texts(document) if isinstance(document, dict | list) else [content]
    for text in texts:
        for line in text.splitlines():
            # As a page of the web or a line of JSON writes a quotation mark.
            yield html.unescape(line.replace('\\"', '"'))


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from _texts(one)
        case dict():
            for one in value.values():
                yield from _texts(one)


def as_text(content: bytes) -> str:
    """Return the text of a file, in whatever encoding a program has written it."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    # Every second byte of a plain text is then 0.
    if content[1:400:2].count(0) > 100:
        return content.decode("utf-16-le", "replace")
    return content.decode("utf-8-sig", "replace").replace("\0", "")


def _from_hex(lines: list[str]) -> str:
    """Return what the bytes of a hex dump say; nothing where it is none."""
    said = bytearray()
    for line in lines:
        if (match := _HEX.match(line)) is not None:
            digits = re.sub(r"\s", "", match[2])
            # Behind sixteen bytes stands the same as text.
            said += bytes.fromhex(digits[:32] if match[1] else digits)
    return said.decode("latin-1")


def _in_line(line: str) -> list[tuple[int, bytes, bool]]:
    """Return place and bytes of what a line holds, and whether it is a packet."""
    if matches := list(_AD2.finditer(line)):
        return [
            (match.start(), match[0].encode("ascii", "replace"), False)
            for match in matches
        ]
    if (bus := _BUS.search(line)) is not None:
        data = _from_bus(bytes.fromhex("F7" + bus[1]), bus[2])
        return [(bus.start(), data, False)]
    raw = line[:_LONGEST].encode("latin-1", "replace")
    for match in _PACKET.finditer(line, 0, len(raw)):
        start = match.start()
        packet = raw[start : start + int(line[start : start + 2], 16)]
        decoded = decode_packet(packet)
        if not isinstance(decoded, Damaged) and (
            start == 0 or not isinstance(decoded, Other)
        ):
            return [(start, packet, True)]
    return []


def _from_bus(packet: bytes, text: str) -> bytes:
    """Make an adapter's line of a packet of the keypad bus: its flags are the bits."""
    raw = packet.ljust(15, b"\0")
    bits = (
        raw[7] & 0x10,
        raw[8] & 0x04,
        raw[7] & 0x80,
        0,
        raw[8] & 0x40,
        raw[6] & 0x07,
        raw[8] & 0x10,
        raw[8] & 0x08,
        raw[8] & 0x20,
        raw[8] & 0x02,
        raw[8] & 0x01,
        raw[7] & 0x40,
        raw[8] & 0x80,
        raw[7] & 0x20,
        raw[7] & 0x02,
        raw[6] & 0x10,
    )
    flags = "".join(
        str(bit) if place == 5 else str(int(bit != 0)) for place, bit in enumerate(bits)
    )
    shown = "".join(sign if " " <= sign <= "~" else " " for sign in text)[:32]
    display = (raw[7] & 0x0C) >> 2
    return (
        f'[{flags}{display}A--],0{raw[5]:02x},[{raw[:15].hex()}],"{shown:<32}"'
    ).encode()


def _time(line: str, until: int) -> timedelta | None:
    """Return the time that stands before what was heard, where there is one."""
    before = line[:until]
    if (clock := _CLOCK.search(before)) is not None:
        year, month, day, hour, minute, second = clock.groups()
        time = timedelta(
            hours=int(hour),
            minutes=int(minute),
            seconds=float(second.replace(",", ".")),
        )
        if year is None:
            return time
        try:
            return time + (datetime(int(year), int(month), int(day)) - datetime.min)
        except ValueError:
            return None
    if (seconds := _SECONDS.match(before)) is not None:
        return timedelta(seconds=min(float(seconds[1]), 1e9))
    return None

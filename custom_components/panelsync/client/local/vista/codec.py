"""Cutting what comes from a VISTA-128/250 RS-232 port into packets.

What is no packet is damage, and damage means that something was missed
(docs/protocol/vista-rs232.md#habits).
"""

from collections.abc import Callable
from dataclasses import dataclass
import re
from typing import NamedTuple

from ..alarmdecoder.codec import TERMINATORS
from .packets import (
    SHORTEST_PACKET,
    Damaged,
    Other,
    Packet,
    announced_length,
    decode_packet,
)

# The longest packet a length of two hexadecimal digits can announce.
MAX_PACKET = 255
# What only an AlarmDecoder says: the joints of a keypad line, wherever they stand, and
# the start of its other messages.
_JOINT = re.compile(rb"\],|,\[")
_MESSAGE = re.compile(rb"!(?!SER2SOCK)[A-Za-z>]")
# Stray bytes before a packet that leave no room for the length of a lost one.
_STRAY = 2
# What ser2sock says of itself, and its terminal set-up
# (docs/protocol/alarmdecoder.md#ser2sock).
_NOTICES = (b"!SER2SOCK ", b'!\xff\xfd"')


@dataclass(slots=True)
class PacketCounters:
    """What has come over one link since it was made, for diagnostics."""

    packets: int = 0
    damaged: int = 0
    other: int = 0


class _Searched(NamedTuple):
    """What a search for packets left of a line, and how many bytes were no packet's."""

    rest: bytes
    lost: int


class VistaSerialCodec:
    """The decoder of one connection: make a new one for the next.

    It holds at most one packet's bytes between two calls and never raises. `proven`:
    that a whole line of valid packets was heard since the connection, or a
    bridge's serial side, began. `alarmdecoder_heard`: that something spoke like
    an AlarmDecoder, to which every query is key presses.
    """

    def __init__(
        self,
        counters: PacketCounters | None = None,
        *,
        heard: Callable[[bytes, Packet], None] | None = None,
    ) -> None:
        """Start before the first byte; counters may outlive the connection.

        `heard` gets each valid packet's bytes with what it was taken for.
        """
        self.counters = counters or PacketCounters()
        self._heard = heard
        self._pending = b""
        self._overlong = False
        self._first = True
        self._disturbed = False
        self._line_valid = False
        self.proven = False
        self.alarmdecoder_heard = False

    @property
    def disturbed(self) -> bool:
        """Return whether anything came that is neither a packet nor a bridge's notice."""
        return self._disturbed or self._overlong or bool(self._pending)

    @property
    def pending(self) -> int:
        """Return how many bytes of an unfinished packet are held."""
        return len(self._pending)

    def feed(self, data: bytes) -> tuple[Packet, ...]:
        """Return the packets that these bytes complete, in order."""
        *lines, rest = TERMINATORS.split(self._pending + data)
        packets: list[Packet] = []
        for line in lines:
            self._end_line(self._begin_line(line, packets), packets)
        self._pending = self._begin_line(rest, packets)
        return tuple(packets)

    def _begin_line(self, line: bytes, packets: list[Packet]) -> bytes:
        """Take what a line says so far; return what of it is undecided, bounded."""
        line = self._take(line, packets)
        if _has_notice(line):
            self.proven = False
        if len(line) > MAX_PACKET or self._overlong:
            if self._like_alarmdecoder(line):
                self.alarmdecoder_heard, self.proven = True, False
            self._overlong = True
            line = self._search(line, packets, ended=False).rest
        return line

    def _end_line(self, left: bytes, packets: list[Packet]) -> None:
        """Judge what is left of a whole line behind the packets it began with."""
        alarmdecoder = self._like_alarmdecoder(left)
        overlong, self._overlong = self._overlong, False
        valid, self._line_valid = self._line_valid, False
        if _has_notice(left):
            # No noise, but the panel may have said something meanwhile, and what is
            # behind the bridge may be another device now.
            self.proven = False
            packets.append(Damaged())
            return
        if alarmdecoder:
            self.alarmdecoder_heard, self.proven = True, False
            self._damaged(packets)
            return
        if overlong:
            # So much that is no packet proves nothing, whatever stands in it.
            self._search(left, packets)
            self._damaged(packets)
            return
        if left:
            found = self._resync(left, packets)
            # A text of a keypad may read like a packet: it proves nothing.
            if b'"' in left:
                return
            valid = valid or found > 0
        # Only a whole line proves what is there: half of one may be anything's.
        self.proven = self.proven or valid

    def _like_alarmdecoder(self, line: bytes) -> bool:
        """Return whether an AlarmDecoder speaks so, given a line or an overlong one's end."""
        if _JOINT.search(line):
            return True
        return not self._overlong and _MESSAGE.match(line) is not None

    def _resync(self, line: bytes, packets: list[Packet]) -> int:
        """Take the packets inside a line that begins with something else.

        Returns how many there were.
        """
        found: list[Packet] = []
        lost = self._search(line, found).lost
        if lost > _STRAY or not found:
            self._damaged(packets)
        self._first = False
        packets.extend(found)
        return len(found)

    def _search(
        self, line: bytes, packets: list[Packet], *, ended: bool = True
    ) -> _Searched:
        """Take the packets that stand anywhere in a line.

        Only packets of a known type and content: a damaged one may hold anything. Where
        the line goes on, what may still become a packet is the rest.
        """
        start = lost = 0
        while start < len(line):
            length = announced_length(line[start : start + 2]) or 0
            end = start + length
            if not ended and (end > len(line) or start + 1 == len(line)):
                break
            packet = decode_packet(line[start:end])
            if isinstance(packet, Damaged | Other):
                start, lost = start + 1, lost + 1
                continue
            packets.append(packet)
            self._count(line[start:end], packet)
            start = end
        return _Searched(line[start:], lost)

    def flush(self) -> tuple[Packet, ...]:
        """Give up an unfinished packet, where no byte came for longer than one takes.

        Else the next one, which may be an event that no query brings back, would be
        taken for its end.
        """
        packets: list[Packet] = []
        if self._pending:
            rest, self._pending = self._pending, b""
            self._line_valid = False
            if self._like_alarmdecoder(rest):
                self.alarmdecoder_heard, self.proven = True, False
            elif self._overlong:
                self._search(rest, packets)
            else:
                self._resync(rest, packets)
        return tuple(packets)

    def _take(self, line: bytes, packets: list[Packet]) -> bytes:
        """Take the packets a line begins with; return what is left of it.

        A lost terminator costs nothing: the length says where a packet ends.
        """
        while line and not self._overlong:
            length = announced_length(line)
            packet = decode_packet(line[:length]) if length is not None else Damaged()
            if isinstance(packet, Damaged):
                break
            self._first = False
            # An echo of a query, of whomever, says nothing of who is there.
            if length != SHORTEST_PACKET or not isinstance(packet, Other):
                self._line_valid = True
            self._count(line[:length], packet)
            packets.append(packet)
            line = line[length:]
        return line

    def _damaged(self, packets: list[Packet]) -> None:
        self._disturbed = True
        first, self._first = self._first, False
        if first:
            # Joined in the middle: nothing was known that could be old now.
            return
        self.counters.damaged += 1
        packets.append(Damaged())

    def _count(self, data: bytes, packet: Packet) -> None:
        self.counters.packets += 1
        if self._heard is not None:
            self._heard(data, packet)
        self.counters.other += isinstance(packet, Other)


def _has_notice(line: bytes) -> bool:
    return any(notice in line for notice in _NOTICES)

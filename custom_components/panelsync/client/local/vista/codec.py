"""Cutting what comes from a VISTA-128/250 RS-232 port into packets.

What is no packet is damage, and damage means that something was missed
(docs/protocol/vista-rs232.md#habits).
"""

from collections.abc import Callable
from dataclasses import dataclass
import re

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
# What only an AlarmDecoder says: the joints of a keypad line, and its other messages.
_ALARMDECODER = re.compile(rb"\],|,\[|^!(?!SER2SOCK)[A-Za-z>]")
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
        self._skipping = False
        self._first = True
        self._disturbed = False
        self._line_valid = False
        self.proven = False
        self.alarmdecoder_heard = False

    @property
    def disturbed(self) -> bool:
        """Return whether anything came that is neither a packet nor a bridge's notice."""
        return self._disturbed or self._skipping or bool(self._pending)

    @property
    def pending(self) -> int:
        """Return how many bytes of an unfinished packet are held."""
        return len(self._pending)

    def feed(self, data: bytes) -> tuple[Packet, ...]:
        """Return the packets that these bytes complete, in order."""
        *lines, rest = TERMINATORS.split(self._pending + data)
        packets: list[Packet] = []
        for line in lines:
            self._end_line(self._take(line, packets), packets)
        rest = self._take(rest, packets)
        if rest.startswith(_NOTICES):
            self.proven = False
        self._skipping = self._skipping or len(rest) > MAX_PACKET
        self._pending = b"" if self._skipping else rest
        return tuple(packets)

    def _end_line(self, left: bytes, packets: list[Packet]) -> None:
        """Judge what is left of a whole line behind the packets it began with."""
        skipped, self._skipping = self._skipping, False
        valid, self._line_valid = self._line_valid, False
        if left.startswith(_NOTICES):
            # No noise, but the panel may have said something meanwhile, and what is
            # behind the bridge may be another device now.
            self.proven = False
            packets.append(Damaged())
            return
        if _ALARMDECODER.search(left):
            self.alarmdecoder_heard = True
            self.proven = False
            self._damaged(packets)
            return
        if skipped:
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

    def _resync(self, line: bytes, packets: list[Packet]) -> int:
        """Take the packets inside a line that begins with something else.

        Only packets of a known type and content: a damaged one may hold anything.
        Returns how many there were.
        """
        found: list[Packet] = []
        start = lost = 0
        while start <= len(line) - SHORTEST_PACKET:
            length = announced_length(line[start:])
            packet = decode_packet(line[start : start + length]) if length else None
            if packet is None or isinstance(packet, Damaged | Other):
                start, lost = start + 1, lost + 1
                continue
            found.append(packet)
            self._count(line[start : start + (length or 0)], packet)
            start += length or 1
        lost += len(line) - start
        if lost > _STRAY or not found:
            self._damaged(packets)
        if found:
            self._first = False
        packets.extend(found)
        return len(found)

    def flush(self) -> tuple[Packet, ...]:
        """Give up an unfinished packet, where no byte came for longer than one takes.

        Else the next one, which may be an event that no query brings back, would be
        taken for its end.
        """
        packets: list[Packet] = []
        if self._pending:
            rest, self._pending = self._pending, b""
            self._line_valid = False
            if not _ALARMDECODER.search(rest):
                self._resync(rest, packets)
            else:
                self.alarmdecoder_heard, self.proven = True, False
        return tuple(packets)

    def _take(self, line: bytes, packets: list[Packet]) -> bytes:
        """Take the packets a line begins with; return what is left of it.

        A lost terminator costs nothing: the length says where a packet ends.
        """
        while line and not self._skipping:
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

"""Packets of the VISTA-128/250 RS-232 automation port: framing and decoding.

Every packet carries its length and a checksum; one that fails either is damage, and
damage means that something was missed (docs/protocol/vista-rs232.md#habits).
"""

from collections.abc import Callable
from dataclasses import dataclass
import re

from ..alarmdecoder.codec import TERMINATORS
from .events import SHORT_CODES, Named

# The longest packet a length of two hexadecimal digits can announce.
MAX_PACKET = 255
PARTITIONS = 8
# In the place of the letter of a partition that a panel leaves out.
NOT_REPORTED = "?"
# What only an AlarmDecoder says: the joints of a keypad line, and its other messages.
_ALARMDECODER = re.compile(rb"\],|,\[|^!(?!SER2SOCK)[A-Za-z>]")
# Stray bytes before a packet that leave no room for the length of a lost one.
_STRAY = 2
_SHORTEST = 8
# What ser2sock says of itself, and its terminal set-up
# (docs/protocol/alarmdecoder.md#ser2sock).
_NOTICES = (b"!SER2SOCK ", b'!\xff\xfd"')


@dataclass(frozen=True, slots=True)
class ArmingReport:
    """One letter for each of the eight partitions."""

    letters: str


@dataclass(frozen=True, slots=True)
class ZoneReport:
    """Status digits of consecutive zones; bits: 1 open, 2 check, 4 alarm, 8 bypass."""

    first_zone: int
    digits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ZonePartitions:
    """The partition of consecutive zones; 0 is a zone that is not used."""

    first_zone: int
    partitions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PanelEvent:
    """Something the panel did just now."""

    code: int
    zone: int
    user: int
    partition: int


@dataclass(frozen=True, slots=True)
class Communication:
    """The panel began or stopped to answer: it is in programming or in a test."""

    on: bool


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A query arrived; its answer may still follow."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """Bytes that were no valid packet: something was missed."""


@dataclass(frozen=True, slots=True)
class Other:
    """A valid packet that is of no use here."""

    type: str


type Packet = (
    ArmingReport
    | ZoneReport
    | ZonePartitions
    | PanelEvent
    | Communication
    | Acknowledged
    | Damaged
    | Other
)


@dataclass(slots=True)
class PacketCounters:
    """What has come over one link since it was made, for diagnostics."""

    packets: int = 0
    damaged: int = 0
    other: int = 0


def checksum(packet: bytes) -> int:
    """Return the two's complement of the sum of all bytes before the checksum."""
    return -sum(packet) & 0xFF


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
        while start <= len(line) - _SHORTEST:
            length = _length(line[start:])
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
            length = _length(line)
            packet = decode_packet(line[:length]) if length is not None else Damaged()
            if isinstance(packet, Damaged):
                break
            self._first = False
            # An echo of a query, of whomever, says nothing of who is there.
            if length != _SHORTEST or not isinstance(packet, Other):
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


def decode_packet(packet: bytes) -> Packet:
    """Return the content of one packet; `Damaged` where length or checksum fail."""
    if (
        not packet.isascii()
        or not (text := packet.decode("ascii")).isprintable()
        or _length(packet) != len(packet)
        or len(packet) < 8
        or _hex(text[-2:]) != checksum(packet[:-2])
    ):
        return Damaged()
    # Panels differ in the case of the type (docs/protocol/vista-rs232.md#packets).
    kind = text[2:4].upper()
    decode = _DECODERS.get(kind)
    return (decode and decode(text[4:-4])) or Other(kind if kind.isalnum() else "?")


def _hex(text: str) -> int | None:
    return int(text, 16) if re.fullmatch("[0-9A-Fa-f]+", text) else None


def _length(packet: bytes) -> int | None:
    return int(packet[:2], 16) if re.match(b"[0-9A-Fa-f]{2}", packet) else None


def _arming(body: str) -> ArmingReport | None:
    letters = body.upper()
    if re.fullmatch("[A-Z]{1,8}", letters) is None:
        return None
    return ArmingReport(letters.ljust(PARTITIONS, NOT_REPORTED))


def _zones(body: str) -> ZoneReport | None:
    if (block := _block(body, "[0-9A-Fa-f]")) is None:
        return None
    return ZoneReport(block[0], tuple(int(digit, 16) for digit in block[1]))


def _partitions(body: str) -> ZonePartitions | None:
    if (block := _block(body, "[0-8]")) is None:
        return None
    return ZonePartitions(block[0], tuple(int(digit) for digit in block[1]))


def _block(body: str, digit: str) -> tuple[int, str] | None:
    """Return the first zone and the digits of a block of 64, or of all zones.

    None for what neither can be: as zones of their own, the digits of a block that is not
    known would all be those of a neighbour, and no panel has fewer zones than a block.
    """
    if len(body) != 65:
        return (1, body) if re.fullmatch(f"{digit}{{64,}}", body) else None
    if re.fullmatch(f"[1-4]{digit}{{64}}", body) is None:
        return None
    return (int(body[0]) - 1) * 64 + 1, body[1:]


def _event(body: str) -> PanelEvent | None:
    """Read an event; the panel's own time in it may be wrong and is not kept."""
    if (short := _short_event(body)) is not None:
        return short
    match = re.fullmatch(r"([0-9A-Fa-f]{2})(\d{3})(\d{3})(\d).{10}", body, re.ASCII)
    if match is None:
        return None
    code, zone, user, partition = match.groups()
    return PanelEvent(int(code, 16), int(zone), int(user), int(partition))


def _short_event(body: str) -> PanelEvent | None:
    """Read the shorter event of the 128BP, 250BP and FBP, with codes of their own.

    User and zone count from 0; there is no partition and no year
    (docs/protocol/vista-rs232.md#event-codes-of-bp-and-fbp-panels).
    """
    match = re.fullmatch(r"([0-9A-Fa-f]{2})([0-9A-Fa-f]{2}).{8}", body, re.ASCII)
    if match is None or (short := SHORT_CODES.get(int(match[1], 16))) is None:
        return None
    number = int(match[2], 16) + 1
    zone = number if short.names is Named.ZONE else 0
    user = number if short.names is Named.USER else 0
    return PanelEvent(short.code, zone, user, 0)


_DECODERS: dict[str, Callable[[str], Packet | None]] = {
    "AS": _arming,
    "ZS": _zones,
    "ZP": _partitions,
    "NQ": _event,
    "XN": lambda _: Communication(on=True),
    "XF": lambda _: Communication(on=False),
    "OK": lambda _: Acknowledged(),
}

"""What one packet of the VISTA-128/250 RS-232 automation port says.

Every packet carries its length and a checksum; one that fails either is damage
(docs/protocol/vista-rs232.md#packets).
"""

from collections.abc import Callable
from dataclasses import dataclass
import re

from .events import SHORT_CODES, Named

PARTITIONS = 8
# Without a body: the length, the type, "00" and the checksum.
SHORTEST_PACKET = 8
# In the place of the letter of a partition that a panel leaves out.
NOT_REPORTED = "?"


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


def checksum(packet: bytes) -> int:
    """Return the two's complement of the sum of all bytes before the checksum."""
    return -sum(packet) & 0xFF


def decode_packet(packet: bytes) -> Packet:
    """Return the content of one packet; `Damaged` where length or checksum fail."""
    if (
        not packet.isascii()
        or not (text := packet.decode("ascii")).isprintable()
        or announced_length(packet) != len(packet)
        or len(packet) < SHORTEST_PACKET
        or _hex(text[-2:]) != checksum(packet[:-2])
    ):
        return Damaged()
    # Panels differ in the case of the type (docs/protocol/vista-rs232.md#packets).
    kind = text[2:4].upper()
    decode = _DECODERS.get(kind)
    return (decode and decode(text[4:-4])) or Other(kind if kind.isalnum() else "?")


def _hex(text: str) -> int | None:
    return int(text, 16) if re.fullmatch("[0-9A-Fa-f]+", text) else None


def announced_length(start: bytes) -> int | None:
    """Return how long a packet with this start says it is; None if it does not say."""
    return int(start[:2], 16) if re.match(b"[0-9A-Fa-f]{2}", start) else None


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
        # One digit more is a block of zones whose number nobody knows (69ZS).
        return (1, body) if re.fullmatch(f"(?:{digit}{{2}}){{32,}}", body) else None
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

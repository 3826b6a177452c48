"""Packets of the VISTA-128/250 RS-232 automation port. Simulated, pure (docs/protocol/vista-rs232.md#packets)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Literal

from simulator.panels.events import KINDS, PanelEvent
from simulator.panels.pages import Page
from simulator.world.panel import ALARM, ARMING, NOT_READY, Panel, Partition, Zone

type Model = Literal["bpt", "older"]

END = b"\r\n"
PARTITIONS = 8
_HEXADECIMAL = b"0123456789ABCDEFabcdef"
_AWAY, _MAXIMUM, _INSTANT = (10201, 10202), (10205, 10206), (10209, 10210)


def packet(kind: str, data: str = "") -> bytes:
    """Return a packet with length and checksum, without its end."""
    body = f"{len(kind) + len(data) + 6:02X}{kind}{data}00".encode("latin-1")
    return body + f"{-sum(body) % 256:02X}".encode()


def unpack(raw: bytes) -> tuple[str, str] | None:
    """Return kind and data of a packet, or None if length or checksum are wrong."""
    if len(raw) < 8 or any(byte not in _HEXADECIMAL for byte in raw[:2] + raw[-2:]):
        return None
    if int(raw[:2], 16) != len(raw) or -sum(raw[:-2]) % 256 != int(raw[-2:], 16):
        return None
    text = raw.decode("latin-1")
    return text[2:4], text[4:-4]


def arming(panel: Panel) -> bytes:
    """Return the arming report: one letter for each of eight partitions, D for those that do not exist."""
    letters = [
        _letter(panel, panel.partitions[number]) if number in panel.partitions else "D"
        for number in range(1, PARTITIONS + 1)
    ]
    return packet("AS", "".join(letters))


def _letter(panel: Panel, partition: Partition) -> str:
    if partition.arming == NOT_READY:
        return "N"
    if partition.arming in (ARMING, ALARM) or partition.delay_ends is not None:
        # That an exit delay shows its target, and an alarm what was armed, are readings.
        code = partition.mode
    else:
        code = partition.arming
    if code in _AWAY:
        return "A"
    if code in _MAXIMUM:
        return "M"
    if code in _INSTANT:
        return "I"
    if code in (10200, 10211, 10214):
        bypassed = any(
            zone.bypassed and zone.partition == partition.id
            for zone in panel.zones.values()
        )
        return "B" if bypassed else "D"
    return "H"


def zone_status(panel: Panel, model: Model) -> list[bytes]:
    """Return how every zone is: bits 1 open, 2 check or trouble, 4 alarm, 8 bypass."""
    return _blocks("ZS", panel, model, _nibble)


def zone_partitions(panel: Panel, model: Model) -> list[bytes]:
    """Return the partition of every zone, 0 for none."""
    return _blocks("ZP", panel, model, lambda zone: f"{zone.partition:X}")


def _nibble(zone: Zone) -> str:
    bits = (
        (zone.open, 1),
        (zone.trouble or zone.low_battery, 2),
        (zone.alarm, 4),
        (zone.bypassed, 8),
    )
    return f"{sum(bit for is_set, bit in bits if is_set):X}"


def _blocks(
    kind: str, panel: Panel, model: Model, digit: Callable[[Zone], str]
) -> list[bytes]:
    """Return four numbered blocks of 64 zones, or one of 96 on older panels."""

    def digits(first: int, count: int) -> str:
        numbers = range(first, first + count)
        return "".join(
            digit(panel.zones[number]) if number in panel.zones else "0"
            for number in numbers
        )

    if model == "older":
        return [packet(kind, digits(1, 96))]
    return [
        packet(kind, f"{block}{digits(64 * (block - 1) + 1, 64)}")
        for block in range(1, 5)
    ]


def descriptors(zones: Iterable[Zone]) -> Iterator[bytes]:
    """Yield one packet for each zone's name and the end mark."""
    for zone in zones:
        name = " ".join(zone.name.upper().replace('"', "'").split())
        yield packet("zd", f'{zone.id:03d}"{name}"')
    yield packet("zd", '000""')


def keypad_display(page: Page) -> list[bytes]:
    """Return the present page of a partition: a header, then text and status (1 ready, 2 trouble, 4 armed)."""
    status = page.ready | page.check << 1 | (page.away or page.stay) << 2
    text = page.text
    if page.backlight:
        text = chr(ord(text[0]) | 0x80) + text[1:]
    return [packet("FV", "KD"), packet("kd", f"{text}{status:X}")]


def event_body(event: PanelEvent, local_time: datetime) -> str | None:
    """Return the 19 characters of an event, or None if the port has no code for it."""
    kind = KINDS[event.kind]
    code = kind.restore_code if event.restored else kind.code
    if code is None:
        return None
    zone = event.number if kind.number == "zone" else 0
    user = event.number if kind.number == "user" else 0
    # "partition": one digit; 1 where the event has none, as in docs/protocol/vista-rs232.md#composed-packets.
    return f"{code}{zone:03d}{user:03d}{event.partition or 1}{local_time:%M%H%d%m%y}"


def event(event: PanelEvent, local_time: datetime, model: Model) -> bytes | None:
    """Return the packet the panel sends by itself, or None.

    Older panels have a shorter one with codes of their own, zones and users counted from 0.
    See docs/protocol/vista-rs232.md#event-codes-of-bp-and-fbp-panels; which of the alarm codes is which is a reading.
    """
    if model == "bpt":
        body = event_body(event, local_time)
        return None if body is None else packet("nq", body)
    code = KINDS[event.kind].older[event.restored]
    if code is None:
        return None
    number = max(event.number - 1, 0)
    return packet("NQ", f"{code}{number:02X}{local_time:%M%H%d%m}")


def event_log(bodies: Iterable[str]) -> Iterator[bytes]:
    """Yield one packet for each kept event and the end mark."""
    for body in bodies:
        yield packet("ld", body)
    yield packet("lc")


ACKNOWLEDGED = packet("OK")
COMMUNICATION_OFF, COMMUNICATION_ON = packet("XF"), packet("XN")

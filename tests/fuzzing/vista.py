"""Any bytes of a VISTA RS-232 port: nothing raises, grows, or is invented.

`Witness` looks for packets at every place, with rules of its own: what it did not see,
the client cannot have heard.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
import re
from string import hexdigits

from custom_components.panelsync.client.local.status import (
    LocalPartition,
    PanelActivity,
)
from custom_components.panelsync.client.local.vista import state as vista_state
from custom_components.panelsync.client.local.vista.codec import (
    MAX_PACKET,
    VistaSerialCodec,
)
from custom_components.panelsync.client.local.vista.state import VistaState
from custom_components.panelsync.client.models import ArmingState, ZoneStatus

from .ad2 import SECRETS

# Letters and codes of docs/protocol/vista-rs232.md#packets.
LETTERS = {
    ArmingState.DISARMED: "DNB",
    ArmingState.ARMED_AWAY: "AM",
    ArmingState.ARMED_HOME: "H",
    ArmingState.ARMED_NIGHT: "I",
}
CONCEALED = {0x11, 0x12, 0x21, 0x22}
# The short events of docs/protocol/vista-rs232.md#event-codes-of-bp-and-fbp-panels that
# say more than that something happened, by the code of the other panels.
SHORT = {0x07: 0x21, 0x08: 0x21, 0x0C: 0x11, 0x2B: 0xF5}
SHORT |= {0x1A: 0x29, 0x1B: 0x2A, 0x1C: 0x1B, 0x1D: 0x1C}
_START = re.compile(rb"(?=([0-9A-Fa-f]{2})([ -~]{2}))")


@dataclass
class Witness:
    """What the wire has said at most since the last loss."""

    letters: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    digits: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    reported: set[int] = field(default_factory=set)
    events: set[int] = field(default_factory=set)
    event_zones: set[int] = field(default_factory=set)
    packets: int = 0
    _rest: bytes = b""

    def hear(self, data: bytes) -> None:
        """Read what has come."""
        stream = self._rest + data
        for match in _START.finditer(stream):
            end = match.start() + int(match[1], 16)
            if not len(self._rest) < end <= len(stream):
                continue  # seen before, or not whole
            packet = stream[match.start() : end]
            if len(packet) >= 8 and _adds_up(packet):
                self.packets += 1
                self._packet(match[2].upper(), packet[4:-4].decode("ascii"))
        self._rest = stream[-MAX_PACKET:]

    def _packet(self, kind: bytes, body: str) -> None:
        match kind:
            case b"AS":
                for number, letter in enumerate(body.upper(), 1):
                    self.letters[number].add(letter)
            case b"ZS":
                all_at_once = len(body) != 65
                first = 1 if all_at_once else 64 * (ord(body[:1] or "1") - 49) + 1
                for zone, digit in enumerate(body if all_at_once else body[1:], first):
                    self.reported.add(zone)
                    if digit in hexdigits:
                        self.digits[zone] |= int(digit, 16)
            case b"NQ" if re.match("[0-9A-Fa-f]{4}.{8}$", body):
                code = int(body[:2], 16)
                self.events.add(SHORT.get(code, 0x100 + code))
                self.event_zones.add(int(body[2:4], 16) + 1)
            case b"NQ" if re.match("[0-9A-Fa-f]{2}[0-9]{3}", body):
                self.events.add(int(body[:2], 16))
                self.event_zones.add(int(body[2:5]))


def _adds_up(packet: bytes) -> bool:
    # What stands before the checksum says nothing.
    if re.fullmatch(rb"[ -~]*[0-9A-Fa-f]{2}", packet) is None:
        return False
    return (sum(packet[:-2]) + int(packet[-2:], 16)) % 256 == 0


@dataclass
class VistaEar:
    """The decoding of one link, watched at every step."""

    codec: VistaSerialCodec = field(default_factory=VistaSerialCodec)
    state: VistaState = field(default_factory=VistaState)
    witness: Witness = field(default_factory=Witness)

    def hear(self, data: bytes, now: datetime) -> None:
        """Take a read of any bytes."""
        self.witness.hear(data)
        for packet in self.codec.feed(data):
            self.state, activity = vista_state.apply(self.state, packet, now)
            for one in activity:
                self._check_activity(one, now)
        self.check()

    def lose(self) -> None:
        """Lose the connection."""
        self.state = vista_state.lose(self.state)
        self.codec = VistaSerialCodec(self.codec.counters)
        self.witness = Witness()
        self.check()

    def check(self) -> None:
        """Fail where more is known than was said, or more is kept than fits."""
        status, witness = self.state.status(), self.witness
        for partition in status.partitions:
            self._check_partition(partition)
        if not witness.packets:
            assert status.last_message is None
        for zone, shown in status.zones.items():
            assert 0 < zone < 1000
            assert witness.digits[zone] or zone in witness.event_zones
            if shown & ZoneStatus.FAULTED:
                assert witness.digits[zone] & 1 or 0xF5 in witness.events
            # A report's alarm digit may be a silent one
            # (docs/protocol/vista-rs232.md#events).
            if shown & ZoneStatus.ALARM:
                assert witness.events - CONCEALED
        assert status.open_zones is None or witness.reported
        events = witness.events
        assert status.ac_power is None or events & {0x1B, 0x1C}
        assert status.battery_low is None or events & {0x29, 0x2A}
        assert status.communication_failure is None or events & {0xD3, 0xD4}
        assert not status.programming or events & {0xAD}
        self._check_bounds()

    def _check_partition(self, partition: LocalPartition) -> None:
        number, witness = partition.number, self.witness
        assert number is not None
        letters = witness.letters[number]
        if partition.mode is not None:
            assert letters & set(LETTERS[partition.mode])
        if partition.ready is not None:
            assert letters & set("DB" if partition.ready else "AHNMI")
        if partition.sounding or partition.fire or partition.alarm_memory:
            assert witness.events - CONCEALED

    def _check_activity(self, activity: PanelActivity, now: datetime) -> None:
        assert activity.time == now
        assert activity.text
        assert not SECRETS.search(activity.text)
        witness = self.witness
        assert witness.letters or witness.reported or witness.events - CONCEALED
        assert activity.zone is None or (
            activity.zone in witness.event_zones | witness.reported
        )

    def _check_bounds(self) -> None:
        assert self.codec.pending <= MAX_PACKET
        assert len(self.state.statuses) < 1000
        assert len(self.state.zone_partitions) <= 256
        assert len(self.state.alarms) <= 10 * 1000 * 2
        assert len(self.state.exit_until) <= 8
        assert len(self.state.echoes) <= 64

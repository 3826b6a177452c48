"""Any bytes of an AlarmDecoder: nothing raises, nothing grows, nothing is invented.

`Witness` reads the same bytes with rules of its own, rather too many of them than too
few: what it did not see, the client cannot have heard.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
import re

from custom_components.panelsync.client.local.alarmdecoder import state as ad2_state
from custom_components.panelsync.client.local.alarmdecoder.codec import (
    MAX_LINE,
    AlarmDecoderCodec,
)
from custom_components.panelsync.client.local.alarmdecoder.lines import decode_line
from custom_components.panelsync.client.local.alarmdecoder.state import Ad2Settings
from custom_components.panelsync.client.local.status import (
    LocalPartition,
    LocalStatus,
    PanelActivity,
)
from custom_components.panelsync.client.models import ArmingState

# As words of their own: a display of 32 characters may cut or glue any others.
SECRETS = re.compile(
    r"(?<![^\W\d_])(?:duress|silent|hold\W?ups?(?![^\W\d_]))", re.IGNORECASE
)
ARMED = {
    ArmingState.ARMING,
    ArmingState.ARMED_AWAY,
    ArmingState.ARMED_HOME,
    ArmingState.ARMED_NIGHT,
}

# Shapes of docs/protocol/alarmdecoder.md#flags and
# docs/protocol/alarmdecoder.md#other-lines.
_PAGE = re.compile(
    rb"(?:![A-Z]+:)?\[([-0-9A-Za-z?]{16,40})\],([0-9A-Fa-f]{1,4}),\[[0-9A-Fa-f]+\],"
    rb'"(.{0,64})"'
)
_EXPANDER = re.compile(rb"!EXP:(\d{1,3}),(\d{1,3}),\d{1,3}")
_REPORT = re.compile(rb"!LRR:(\d{1,3}),(\d{1,2}),.+")
_GONE = b"!SER2SOCK SERIAL_DISCONNECTED"

_FLAGS = {"ready": 0, "away": 1, "home": 2, "programming": 4, "bypassed": 6, "ac": 7}
_FLAGS |= {"chime": 8, "memory": 9, "sounding": 10, "battery": 11, "fire": 13}


@dataclass
class Witness:
    """What the wire has said at most since the last loss.

    `ever` and `users` outlive it: a read may hold what happened, and then the loss.
    """

    pages: int = 0
    flags: Counter[tuple[str, str]] = field(default_factory=Counter)
    texts: set[str] = field(default_factory=set)
    zones: set[int] = field(default_factory=set)
    ever: set[int] = field(default_factory=set)
    users: set[int] = field(default_factory=set)
    _rest: bytes = b""

    def hear(self, data: bytes) -> None:
        """Read what has come."""
        # A bridge's notice may cut a line short, and ends it.
        stream = self._rest + data
        *lines, self._rest = re.split(rb"[\r\n]|(?=!SER2SOCK )", stream)
        for line in lines:
            self._line(line.lstrip(b"\0\xff"))
            self.ever |= self.zones
            if line == _GONE:
                self.forget(self._rest)

    def forget(self, rest: bytes = b"") -> None:
        """Know nothing any more."""
        kept = self.ever, self.users
        self.__init__(_rest=rest)  # type: ignore[misc]
        self.ever, self.users = kept

    def _line(self, line: bytes) -> None:
        if match := _PAGE.fullmatch(line):
            self.pages += 1
            flags = match[1].decode("ascii", "replace")
            for name, place in _FLAGS.items():
                self.flags[name, flags[place]] += 1
            self.flags["armed", str(int("1" in flags[1:3]))] += 1
            self.texts.add(" ".join(match[3].decode("ascii", "replace").split()))
            if match[2].isdigit():
                code = int(match[2])
                self.zones.add(code)
                # Above 99 the code may hold the last two digits alone.
                printed = re.match(rb"[A-Z]+ +(\d{3})(?!\d)", match[3].upper())
                if printed is not None and int(printed[1]) % 100 == code:
                    self.zones.add(int(printed[1]))
        elif match := _EXPANDER.fullmatch(line):
            # Eight channels each, from zone 9 at address 07 on
            # (docs/protocol/alarmdecoder.md#expanders-and-relays).
            self.zones.add(8 * int(match[1]) + int(match[2]) - 48)
        elif match := _REPORT.fullmatch(line):
            self.users.add(int(match[1]))
            self.zones.add(int(match[1]))

    def allows(self, name: str, value: bool | None) -> bool:
        """Return whether a flag can be known to be so."""
        return value is None or self.flags[name, "01"[value]] > 0


@dataclass
class AlarmDecoderEar:
    """The decoding of one link, watched at every step."""

    settings: Ad2Settings
    codec: AlarmDecoderCodec = field(default_factory=AlarmDecoderCodec)

    def __post_init__(self) -> None:
        """Begin with nothing heard."""
        # Whether a line was met before would look like another way through the code.
        decode_line.cache_clear()
        self.state = ad2_state.start(self.settings)
        self.witness = Witness()
        self.check()

    def hear(self, data: bytes, now: datetime) -> None:
        """Take a read of any bytes."""
        self.witness.hear(data)
        for message in self.codec.feed(data):
            self.state, activity = ad2_state.apply(self.state, message, now)
            for one in activity:
                self._check_activity(one, now)
        self.check()

    def lose(self) -> None:
        """Lose the connection."""
        self.state = ad2_state.lose(self.state)
        self.codec = AlarmDecoderCodec(self.codec.counters)
        self.witness.forget()
        self.check()

    def check(self) -> None:
        """Fail where more is known than was said, or more is kept than fits."""
        status, witness = self.state.status(), self.witness
        spoken = witness.zones
        assert set(status.zones) <= spoken
        assert status.open_zones is None or status.open_zones <= spoken
        assert all(0 < zone < 1000 for zone in status.zones)
        for partition in status.partitions:
            self._check_partition(partition)
        if status.open_zones is not None and not status.open_zones:
            assert witness.pages
        if not witness.pages:
            assert status.arming is None
            assert status.ready is None
            assert status.last_message is None
            assert status.communication_failure is None
        # One line may be damaged: two are needed (docs/protocol/alarmdecoder.md#state).
        if status.ac_power is not None:
            assert witness.flags["ac", "01"[status.ac_power]] >= 2
        assert status.battery_low is not True or (
            witness.flags["battery", "1"]
            or any(text.upper().startswith("SYSTEM LOBAT") for text in witness.texts)
        )
        self._check_text(status)
        self._check_bounds()

    def _check_partition(self, partition: LocalPartition) -> None:
        witness = self.witness
        if not witness.pages:
            assert partition == LocalPartition(partition.number, partition.keypads)
        assert partition.mode in {None, ArmingState.DISARMED, *ARMED}
        if partition.mode is not None:
            assert witness.allows("armed", partition.mode in ARMED)
        assert witness.allows("ready", partition.ready)
        assert witness.allows("programming", partition.programming)
        assert witness.allows("bypassed", partition.bypassed)
        assert witness.allows("chime", partition.chime)
        assert not partition.sounding or witness.flags["sounding", "1"]
        assert not partition.fire or witness.flags["fire", "1"]
        assert not partition.alarm_memory or (
            witness.flags["sounding", "1"] or witness.flags["fire", "1"]
        )
        assert partition.exit_seconds is None or 0 <= partition.exit_seconds < 1000

    def _check_text(self, status: LocalStatus) -> None:
        text = status.keypad_text
        assert text is None or text in self.witness.texts
        assert not SECRETS.search(text or "")

    def _check_activity(self, activity: PanelActivity, now: datetime) -> None:
        assert activity.time == now
        assert activity.text
        assert not SECRETS.search(activity.text)
        assert activity.zone is None or activity.zone in self.witness.ever
        assert activity.user is None or activity.user in self.witness.users

    def _check_bounds(self) -> None:
        state = self.state
        assert self.codec.pending <= MAX_LINE
        assert len(self.codec.counters.headers) <= 32
        assert len(state.partitions) <= 32
        assert len(state.expanders) <= 40
        assert len(state.echoes) <= 64
        for partition in state.partitions:
            assert len(partition.faults.rotation.pages) <= 193

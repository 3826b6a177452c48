"""The invented site of the sample lines, with a clock that is moved by hand."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from custom_components.panelsync.client.local.alarmdecoder.codec import (
    AlarmDecoderCodec,
)
from custom_components.panelsync.client.local.alarmdecoder.messages import Message
from custom_components.panelsync.client.local.alarmdecoder.state import (
    Ad2Settings,
    Ad2State,
    apply,
    lose,
    start,
)
from custom_components.panelsync.client.local.status import (
    LocalPartition,
    LocalStatus,
    PanelActivity,
)

from .samples import LINES

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADDRESSES = {1: frozenset({1, 2, 16, 17, 18}), 2: frozenset({19})}


def keypad(
    text: str,
    *,
    flags: str = "00000001000000000A--",
    code: str = "008",
    addresses: frozenset[int] = ADDRESSES[1],
    tail: int = 0,
) -> bytes:
    """Compose a keypad line whose raw field agrees with its flags."""
    bit = [flag == "1" for flag in flags]
    mask = sum(1 << address for address in addresses).to_bytes(4, "little")
    raw = (
        b"\xf7"
        + mask
        + bytes.fromhex(code[1:])
        + bytes(
            [
                int(flags[5]) | 0x10 * bit[15],
                0x80 * bit[2]
                | 0x40 * bit[11]
                | 0x20 * bit[13]
                | 0x10 * bit[0]
                | int(flags[16]) << 2
                | 0x02 * bit[14],
                0x80 * bit[12]
                | 0x40 * bit[4]
                | 0x20 * bit[8]
                | 0x10 * bit[6]
                | 0x08 * bit[7]
                | 0x04 * bit[1]
                | 0x02 * bit[9]
                | 0x01 * bit[10],
                0x02,
            ]
        )
        + bytes(4)
        + bytes([tail])
    )
    return f'[{flags}],{code},[{raw.hex()}],"{text:<32}"'.encode()


def fault(zone: int, *, addresses: frozenset[int] = ADDRESSES[1]) -> bytes:
    """Compose the page of an open zone."""
    return keypad(f"FAULT {zone:02} ZONE", code=f"{zone:03}", addresses=addresses)


@dataclass
class Site:
    """Lines in, state and activity out."""

    settings: Ad2Settings = field(default_factory=lambda: Ad2Settings(ADDRESSES))
    now: datetime = START
    state: Ad2State = field(init=False)
    activity: list[PanelActivity] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start with nothing known."""
        self.state = start(self.settings)

    @classmethod
    def small(cls) -> Site:
        """Return a site where nothing but partition 1 was named."""
        return cls(Ad2Settings({1: ADDRESSES[1]}))

    def hear(self, *lines: int | bytes, every: float = 4) -> None:
        """Hear sample lines by number, or lines of one's own, and let time pass."""
        for line in lines:
            data = LINES[line] if isinstance(line, int) else line
            for message in AlarmDecoderCodec().feed(data + b"\r\n"):
                self.take(message)
            self.wait(every)

    def take(self, message: Message) -> None:
        """Take one message."""
        self.state, activity = apply(self.state, message, self.now)
        self.activity.extend(activity)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def lose(self) -> None:
        """Lose the connection."""
        self.state = lose(self.state)

    def seen(self) -> LocalStatus:
        """Return what is known."""
        return self.state.status()

    def open(self) -> set[int] | None:
        """Return the open zones."""
        zones = self.state.status().open_zones
        return None if zones is None else set(zones)

    def partition(self, number: int | None = 1) -> LocalPartition:
        """Return one partition."""
        return next(one for one in self.seen().partitions if one.number == number)

    @property
    def told(self) -> list[tuple[str, str]]:
        """Return the sort and the words of every activity."""
        return [(str(one.type), one.text) for one in self.activity]

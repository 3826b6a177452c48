"""The wire between a panel's port and its hosts, and everything that can go wrong on it. Simulated.

What goes wrong in the field: docs/protocol/alarmdecoder.md#byte-streams and
docs/protocol/alarmdecoder.md#failures-seen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

type Spoil = Callable[[bytes, Random], list[bytes]]

_KEEP = 100_000


@dataclass(frozen=True, slots=True)
class Heard:
    """Bytes a host sent. `host` counts connections from 1; `understood` is False at a wrong baud rate."""

    time: datetime
    host: int
    data: bytes
    understood: bool = True


def _cut(line: bytes, random: Random) -> list[bytes]:
    """Lose the end of a line, its terminator included."""
    return [line[: random.randrange(1, max(2, len(line) - 2))]]


def _behead(line: bytes, random: Random) -> list[bytes]:
    return [line[random.randrange(1, max(2, len(line) - 2)) :]]


def _truncate(line: bytes, random: Random) -> list[bytes]:
    """Lose some characters before the terminator."""
    body = line.rstrip(b"\r\n")
    return [body[: random.randrange(max(1, len(body)))] + b"\r\n"]


def _hole(line: bytes, random: Random) -> list[bytes]:
    """Turn one character into FF, as a bridge's Telnet byte."""
    place = random.randrange(max(1, len(line) - 2))
    return [line[:place] + b"\xff" + line[place + 1 :]]


def _flip(line: bytes, random: Random) -> list[bytes]:
    """Change one character into another printable one."""
    place = random.randrange(max(1, len(line) - 2))
    wrong = (line[place] - 0x20 + random.randrange(1, 95)) % 95 + 0x20
    return [line[:place] + bytes([wrong]) + line[place + 1 :]]


def _stray(line: bytes, random: Random) -> list[bytes]:
    """Let a byte of nobody come before the line, with no end between."""
    return [bytes([random.randrange(0x21, 0x7F)]) + line]


def _stray_inside(line: bytes, random: Random) -> list[bytes]:
    """Let a byte of nobody come inside the line."""
    place = random.randrange(1, max(2, len(line) - 2))
    return [line[:place] + bytes([random.randrange(0x21, 0x7F)]) + line[place:]]


def _in_bytes(line: bytes, _: Random) -> list[bytes]:
    return [line[place : place + 1] for place in range(len(line))]


# Faults of the next lines, each by name.
LINE_FAULTS: dict[str, Spoil] = {
    "drop": lambda _line, _random: [],
    "cut": _cut,
    "behead": _behead,
    "truncate": _truncate,
    "merge": lambda line, _: [line.rstrip(b"\r\n")],
    "duplicate": lambda line, _: [line, line],
    "hole": _hole,
    "flip": _flip,
    "nul": lambda line, _: [b"\0\0\0\0\xff\xff\xff" + line],
    "lf": lambda line, _: [line.rstrip(b"\r\n") + b"\n"],
    "cr": lambda line, _: [line.rstrip(b"\r\n") + b"\r"],
    "lfcr": lambda line, _: [line.rstrip(b"\r\n") + b"\n\r"],
    "utf8": lambda line, _: [line.replace(b" ", "é".encode())],
    "stray": _stray,
    "stray_inside": _stray_inside,
    "bytewise": _in_bytes,
    "garbage": lambda line, random: [random.randbytes(len(line)), b"\r\n", line],
    "overlong": lambda line, _: [b"A" * 20_000, b"\r\n", line],
}


@dataclass(slots=True)
class Faults:
    """What is wrong with the wire now: line faults still to come, silence, a wrong baud rate, a swap."""

    lines: list[tuple[str, int]] = field(default_factory=list)
    silent: bool = False
    wrong_baud: bool = False
    lost_share: float = 0.0
    swap: bool = False


class Wire:
    """Carries lines to the hosts and bytes from them, and keeps what was heard."""

    def __init__(
        self,
        write: Callable[[bytes], None],
        feed: Callable[[bytes], None],
        clock: Callable[[], datetime],
        random: Random,
    ) -> None:
        """Lines go out by `write`; what hosts send goes in by `feed`. `taps` see each line before its faults."""
        self._write = write
        self._feed = feed
        self._clock = clock
        self._random = random
        self._held: bytes | None = None
        self.faults = Faults()
        self.heard: list[Heard] = []
        self.taps: list[Callable[[bytes], None]] = []
        self.sent = 0
        self.last = b""

    def spoil(self, name: str, lines: int = 1) -> None:
        """Let the next lines suffer a fault. Raises ValueError for an unknown one."""
        if name not in LINE_FAULTS:
            raise ValueError(
                f"there is no fault {name!r}; known: {', '.join(LINE_FAULTS)}"
            )
        if lines < 1:
            raise ValueError(f"lines is {lines}; it must be at least 1")
        self.faults.lines.append((name, lines))

    def send(self, line: bytes) -> None:
        """Send one line or packet, as the wire lets it."""
        self.last = line
        for tap in self.taps:
            tap(line)
        faults = self.faults
        if faults.silent or self._random.random() < faults.lost_share:
            return
        if faults.swap:
            faults.swap, self._held = False, line
            return
        for piece in self._spoiled(line):
            self._out(piece)
        if self._held is not None:
            held, self._held = self._held, None
            self._out(held)

    def hear(self, host: int, data: bytes, *, understood: bool = True) -> None:
        """Take bytes of a host; at a wrong baud rate the panel's side hears other bytes."""
        understood = understood and not self.faults.wrong_baud
        if len(self.heard) >= _KEEP:
            del self.heard[: _KEEP // 2]
        self.heard.append(Heard(self._clock(), host, data, understood))
        self._feed(data if understood else self.noise(data))

    def noise(self, data: bytes) -> bytes:
        """Return what bytes sound like at another baud rate: something else, of another length."""
        return self._random.randbytes(
            max(1, len(data) * self._random.randint(1, 3) // 2)
        )

    def _spoiled(self, line: bytes) -> list[bytes]:
        if not self.faults.lines:
            return [line]
        name, left = self.faults.lines[0]
        self.faults.lines[:1] = [(name, left - 1)] if left > 1 else []
        return LINE_FAULTS[name](line, self._random)

    def _out(self, data: bytes) -> None:
        self.sent += 1
        self._write(self.noise(data) if self.faults.wrong_baud else data)

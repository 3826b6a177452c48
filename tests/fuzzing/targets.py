"""What is fuzzed, as functions of bytes; atheris and the tests of crashers call them.

The first bytes say how the rest comes: which site, in what pieces, how far apart, or as
which answer with which status.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import json

from custom_components.panelsync.client.local.alarmdecoder.state import Ad2Settings
from tests.client.local.samples import LINES
from tests.client.local.site import ADDRESSES
from tests.client.local.test_vista_serial import PACKETS, packet

from .ad2 import AlarmDecoderEar
from .answers import (
    GRANTED,
    READERS,
    STORED,
    TOKEN,
    read_answer,
    read_sign_in,
    read_store,
    read_token,
    samples,
)
from .vista import VistaEar

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETTINGS = (Ad2Settings(), Ad2Settings(ADDRESSES))
STEPS = (4.0, 0.0, 1.0, 30.0, 90.0, -5.0)
STATUSES = (200, 400, 401, 404, 429, 500, 503)
LOSE = 0x80
MOST_READS = 64
"""Reads of one input: smaller ones take long and show nothing more."""


def _pieces(size: int, step: float, data: bytes) -> Iterator[tuple[bytes, datetime]]:
    """Cut a stream into reads, by lines where no size is given."""
    now = START
    size = size and max(size, len(data) // MOST_READS)
    pieces = (
        [data[at : at + size] for at in range(0, len(data), size)]
        if size
        else data.splitlines(keepends=True)
    )
    for piece in pieces:
        yield piece, now
        now += timedelta(seconds=step)


def alarmdecoder(data: bytes) -> None:
    """Site, size of a read, time between reads; then what an AlarmDecoder sends."""
    head, stream = data[:3].ljust(3, b"\0"), data[3:]
    ear = AlarmDecoderEar(SETTINGS[head[0] % len(SETTINGS)])
    for piece, now in _pieces(head[1], STEPS[head[2] % len(STEPS)], stream):
        ear.hear(piece, now)
    if head[0] & LOSE:
        ear.lose()


def vista(data: bytes) -> None:
    """Ignored, size of a read, time between reads; then what an RS-232 port sends."""
    head, stream = data[:3].ljust(3, b"\0"), data[3:]
    ear = VistaEar()
    for piece, now in _pieces(head[1], STEPS[head[2] % len(STEPS)], stream):
        ear.hear(piece, now)
    if head[0] & LOSE:
        ear.lose()


def answer(data: bytes) -> None:
    """Which answer, which HTTP status; then its body."""
    head, body = data[:2].ljust(2, b"\0"), data[2:]
    key = sorted(READERS)[head[0] % len(READERS)]
    read_answer(key, STATUSES[head[1] % len(STATUSES)], body)


def sign_in(data: bytes) -> None:
    """HTTP status; then a token, an answer of the sign-in address, or a store."""
    head, body = data[:1].ljust(1, b"\0"), data[1:]
    read_token(body)
    read_sign_in(STATUSES[head[0] % len(STATUSES)], body)
    try:
        stored = json.loads(body)
    except ValueError, RecursionError:
        return
    read_store(stored)


def _local_seeds(lines: list[bytes]) -> list[bytes]:
    heads = [bytes((site, size, 0)) for site in range(2) for size in (0, 50)]
    few = [lines[at : at + 8] for at in range(0, len(lines), 4)]
    return [heads[0] + line + b"\r\n" for line in lines] + [
        heads[number % len(heads)] + b"".join(line + b"\r\n" for line in some)
        for number, some in enumerate(few)
    ]


def alarmdecoder_seeds() -> list[bytes]:
    """The invented lines, and rotations of pages."""
    lines = [line for line in LINES.values() if len(line) < 300]
    passes = [[LINES[number] for number in (8, 9, 10)] * 5, [LINES[8]] * 8]
    return _local_seeds(lines) + [
        b"\x01\0\0" + b"".join(line + b"\r\n" for line in [*one, LINES[1]])
        for one in passes
    ]


def vista_seeds() -> list[bytes]:
    """The composed packets, and short events with codes known and unknown."""
    short = [packet("NQ", f"{code:02X}0423102102") for code in range(0x31)]
    return _local_seeds([*PACKETS, *short])


def answer_seeds() -> list[bytes]:
    """Real answers of the simulated service."""
    order = sorted(READERS)
    return [
        bytes((order.index(key), 0)) + body
        for key, body in asyncio.run(samples()).items()
    ]


def sign_in_seeds() -> list[bytes]:
    """A token, an answer with it, a refusal, a store."""
    refused = b'{"error": "-50004", "error_description": "Authentication failed"}'
    stored = json.dumps(STORED).encode()
    return [b"\0" + one for one in (TOKEN.encode(), GRANTED, stored, b"\x01" + refused)]


@dataclass(frozen=True)
class Target:
    """One thing to fuzz."""

    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    longest: int


TARGETS = {
    "alarmdecoder": Target(alarmdecoder, alarmdecoder_seeds, 2_000),
    "vista": Target(vista, vista_seeds, 2_000),
    "answer": Target(answer, answer_seeds, 16_000),
    "sign-in": Target(sign_in, sign_in_seeds, 4_000),
}

"""Any bytes: no exception leaves, memory stays bounded, no state is invented.

Quick by default; PANELSYNC_FUZZ_TIMES lets each test do so many times as much. What must
hold is written once, in tests/fuzzing, for these and for `scripts/fuzz`.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
import os
from random import Random

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.local.alarmdecoder.codec import (
    AlarmDecoderCodec,
)
from custom_components.panelsync.client.local.alarmdecoder.lines import decode_line
from custom_components.panelsync.client.local.alarmdecoder.messages import Keypad
from custom_components.panelsync.client.local.alarmdecoder.pages import read_page
from custom_components.panelsync.client.local.alarmdecoder.state import Ad2Settings
from custom_components.panelsync.client.local.vista.codec import VistaSerialCodec
from tests.faults.report import Report
from tests.fuzzing.ad2 import AlarmDecoderEar
from tests.fuzzing.vista import VistaEar

from .samples import LINES
from .site import ADDRESSES, START
from .test_vista_serial import PACKETS, packet

pytestmark = pytest.mark.kind("panels")

SHORT = [packet("NQ", f"{code:02X}0423102102") for code in range(0x31)]
TIMES = int(os.environ.get("PANELSYNC_FUZZ_TIMES", "1"))


def mutated(chance: Random, corpus: list[bytes]) -> bytes:
    """Return valid lines after an accident on the wire."""
    data = bytearray(
        b"".join(chance.choice(corpus) + b"\r\n" for _ in range(chance.randint(1, 6)))
    )
    for _ in range(chance.randint(0, 8)):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(7):
            case 0:
                data[place:place] = bytes(
                    chance.randrange(256) for _ in range(chance.randint(1, 9))
                )
            case 1:
                del data[place : place + chance.randint(1, 40)]
            case 2:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 3:
                data[place : place + 1] = bytes([chance.randrange(0x20, 0x7F)])
            case 4:
                data[place:place] = data[: chance.randint(0, 300)]
            case 5:
                data[place:place] = chance.choice(b"0123456789abcdef-\r\n").to_bytes()
            case 6:
                data[place:place] = b"A" * chance.choice((10, 300, 5000))
    return bytes(data)


def pieces(chance: Random, data: bytes) -> Iterator[bytes]:
    """Cut data as reads may cut it."""
    start = 0
    while start < len(data):
        end = start + chance.choice((1, 3, 50, 500, 5000))
        yield data[start:end]
        start = end


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("seed", range(2))
def test_alarmdecoder_accidents(
    seed: int, named: bool, record_property: Report
) -> None:
    chance = Random(f"{seed}{named}")
    corpus = [line for line in LINES.values() if len(line) < 300]
    settings = Ad2Settings(ADDRESSES if named else {})
    accidents(AlarmDecoderEar(settings), chance, corpus, 1000)
    record_property("inputs", 1000 * TIMES)


@pytest.mark.parametrize("seed", range(2))
def test_vista_accidents(seed: int, record_property: Report) -> None:
    accidents(VistaEar(), Random(seed), [*PACKETS, *SHORT], 100)
    record_property("inputs", 100 * TIMES)


def accidents(
    ear: AlarmDecoderEar | VistaEar, chance: Random, corpus: list[bytes], count: int
) -> None:
    """Let an ear hear one accident after the other; it watches itself."""
    now = START
    for _ in range(count * TIMES):
        for piece in pieces(chance, mutated(chance, corpus)):
            ear.hear(piece, now)
        now += timedelta(seconds=chance.choice((0, 1, 4, 30, 90, -5)))
        if chance.random() < 0.02:
            ear.lose()


@given(st.lists(st.binary(max_size=600), max_size=8))
def test_any_bytes_at_all(reads: list[bytes]) -> None:
    ears = AlarmDecoderEar(Ad2Settings()), VistaEar()
    for data in reads:
        for ear in ears:
            ear.hear(data, START)


def parts(stream: bytes, sizes: list[int]) -> Iterator[bytes]:
    """Cut a stream into reads of these sizes, again and again."""
    start = 0
    while start < len(stream):
        size = sizes[start % len(sizes)]
        yield stream[start : start + size]
        start += size


@pytest.mark.parametrize(
    ("make", "lines"),
    [
        (AlarmDecoderCodec, tuple(LINES.values())),
        (VistaSerialCodec, (*PACKETS, b"9" * 400)),
    ],
)
@given(data=st.data(), sizes=st.lists(st.integers(1, 400), min_size=1, max_size=12))
def test_how_reads_are_cut_makes_no_difference(
    make: type[AlarmDecoderCodec | VistaSerialCodec],
    lines: tuple[bytes, ...],
    data: st.DataObject,
    sizes: list[int],
) -> None:
    some = data.draw(st.lists(st.sampled_from([*lines, b"", b"\xff"]), max_size=12))
    stream = b"".join(line + b"\r\n" for line in some)
    codec = make()
    heard = [message for read in parts(stream, sizes) for message in codec.feed(read)]
    assert tuple(heard) == make().feed(stream)


@given(st.sampled_from(sorted(LINES)[:47]), st.integers(0, 93), st.integers(0, 255))
def test_a_byte_lost_or_won_changes_nothing_that_is_known(
    number: int, place: int, byte: int
) -> None:
    """A line is refused, or it is the same but for its text, which names no zone."""
    line = LINES[number]
    whole = decode_line(line)
    assert isinstance(whole, Keypad)
    place %= len(line)
    shorter = line[:place] + line[place + 1 :]
    longer = line[:place] + bytes([byte]) + line[place:]
    for damaged in (shorter, longer):
        for message in AlarmDecoderCodec().feed(damaged + b"\r\n"):
            if isinstance(message, Keypad):
                same = replace(message, text=whole.text, code=whole.code)
                assert same == whole
                assert read_page(message).zone in {None, read_page(whole).zone}

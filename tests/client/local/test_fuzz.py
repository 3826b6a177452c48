"""Any bytes: no exception leaves, memory stays bounded, no state is invented.

Quick by default; PANELSYNC_FUZZ_SECONDS gives each test a longer budget.
"""

from collections.abc import Iterator
from datetime import timedelta
import os
from random import Random
import time

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.local import ad2_state, vista_state
from custom_components.panelsync.client.local.ad2_messages import Keypad, Message
from custom_components.panelsync.client.local.ad2_state import Ad2Settings
from custom_components.panelsync.client.local.alarmdecoder import (
    MAX_LINE,
    AlarmDecoderCodec,
)
from custom_components.panelsync.client.local.status import LocalStatus
from custom_components.panelsync.client.local.vista_serial import (
    MAX_PACKET,
    Damaged,
    Packet,
    VistaSerialCodec,
)
from custom_components.panelsync.client.models import ArmingState

from .samples import LINES
from .site import ADDRESSES, START
from .test_vista_serial import PACKETS

SECONDS = float(os.environ.get("PANELSYNC_FUZZ_SECONDS", "1"))
SECRETS = ("DURESS", "HOLD", "SILENT")


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


def check(status: LocalStatus, heard_keypad: bool) -> None:
    """Fail where a state says more than anybody could have heard."""
    if not heard_keypad:
        assert status.arming is None
        assert status.ready is None
        assert status.ac_power is None
    assert len(status.partitions) <= 32
    assert all(0 < zone < 1000 for zone in status.zones)
    assert status.keypad_text is None or len(status.keypad_text) == 32
    text = (status.keypad_text or "").upper()
    assert not any(word in text for word in SECRETS)
    for partition in status.partitions:
        assert partition.arming in {None, *ArmingState}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("seed", range(2))
def test_alarmdecoder_accidents(seed: int, named: bool) -> None:
    chance = Random(f"{seed}{named}")
    corpus = [line for line in LINES.values() if len(line) < 300]
    settings = Ad2Settings(ADDRESSES if named else {}, {("0481516", 1): 30})
    codec, state, now = AlarmDecoderCodec(), ad2_state.start(settings), START
    keypad_heard = False
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        for piece in pieces(chance, mutated(chance, corpus)):
            for message in codec.feed(piece):
                keypad_heard = keypad_heard or isinstance(message, Keypad)
                state, activity = ad2_state.apply(state, message, now)
                for one in activity:
                    assert not any(word in one.text.upper() for word in SECRETS)
                check(state.status(), keypad_heard)
            assert codec.pending <= MAX_LINE
        now += timedelta(seconds=chance.choice((0, 1, 4, 30, 90, -5)))
        if chance.random() < 0.02:
            state, keypad_heard = ad2_state.lose(state), False
            check(state.status(), heard_keypad=False)
    assert len(state.sensors) <= 128
    assert len(state.expanders) <= 40
    assert len(state.echoes) <= 64
    assert len(codec.counters.headers) <= 32
    for partition in state.partitions:
        assert len(partition.faults.sights) <= 250 * 6


@pytest.mark.parametrize("seed", range(2))
def test_vista_accidents(seed: int) -> None:
    chance = Random(seed)
    codec, state, now = VistaSerialCodec(), vista_state.VistaState(), START
    heard = False
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        for piece in pieces(chance, mutated(chance, list(PACKETS))):
            for packet in codec.feed(piece):
                heard = heard or not isinstance(packet, Damaged)
                state, _ = vista_state.apply(state, packet, now)
                check(state.status(), heard)
            assert codec.pending <= MAX_PACKET
        now += timedelta(seconds=chance.choice((0, 1, 4, 30, 90, -5)))
    assert len(state.statuses) < 1000
    assert len(state.names) < 1000
    assert len(state.echoes) <= 64
    assert len(codec.counters.types) <= 32


@given(st.lists(st.binary(max_size=600), max_size=8))
def test_any_bytes_at_all(reads: list[bytes]) -> None:
    ad2, vista = AlarmDecoderCodec(), VistaSerialCodec()
    one, other = ad2_state.start(Ad2Settings()), vista_state.VistaState()
    for data in reads:
        for message in ad2.feed(data):
            one, _ = ad2_state.apply(one, message, START)
        for packet in vista.feed(data):
            other, _ = vista_state.apply(other, packet, START)
        assert ad2.pending <= MAX_LINE
        assert vista.pending <= MAX_PACKET


@given(
    st.lists(st.sampled_from([*LINES.values(), b"", b"\xff"]), max_size=12),
    st.lists(st.integers(1, 400), min_size=1, max_size=12),
)
def test_how_reads_are_cut_makes_no_difference(
    lines: list[bytes], sizes: list[int]
) -> None:
    stream = b"".join(line + b"\r\n" for line in lines)
    whole = AlarmDecoderCodec().feed(stream)
    codec, start, heard = AlarmDecoderCodec(), 0, list[Message]()
    while start < len(stream):
        size = sizes[start % len(sizes)]
        heard += codec.feed(stream[start : start + size])
        start += size
    assert tuple(heard) == whole


@given(
    st.lists(st.sampled_from([*PACKETS, b"", b"\xff", b"9" * 400]), max_size=12),
    st.lists(st.integers(1, 400), min_size=1, max_size=12),
)
def test_how_packets_are_cut_makes_no_difference(
    lines: list[bytes], sizes: list[int]
) -> None:
    stream = b"".join(line + b"\r\n" for line in lines)
    whole = VistaSerialCodec().feed(stream)
    codec, start, heard = VistaSerialCodec(), 0, list[Packet]()
    while start < len(stream):
        size = sizes[start % len(sizes)]
        heard += codec.feed(stream[start : start + size])
        start += size
    assert tuple(heard) == whole


@given(st.sampled_from(sorted(LINES)[:47]), st.integers(0, 93), st.integers(0, 255))
def test_a_keypad_line_of_the_wrong_length_is_never_taken(
    number: int, place: int, byte: int
) -> None:
    line = LINES[number]
    place %= len(line)
    shorter = line[:place] + line[place + 1 :]
    longer = line[:place] + bytes([byte]) + line[place:]
    for damaged in (shorter, longer):
        for message in AlarmDecoderCodec().feed(damaged + b"\r\n"):
            # Only stray line ends, NULs and FFs may be taken away from a line.
            assert isinstance(message, Keypad)
            assert byte in b"\r\n\0\xff"

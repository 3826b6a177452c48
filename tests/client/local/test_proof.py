"""Whatever is at an address: no byte is written before it has shown what it is.

To an AlarmDecoder every byte but `V`, `C` and line ends is a key press at the panel.
"""

import asyncio
from itertools import pairwise

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.panelsync.client.errors import PanelUnreachable
from custom_components.panelsync.client.local.alarmdecoder.codec import (
    AlarmDecoderCodec,
)
from custom_components.panelsync.client.local.alarmdecoder.link import AlarmDecoderLink
from custom_components.panelsync.client.local.alarmdecoder.messages import (
    BridgeNotice,
    Message,
    Unknown,
)
from custom_components.panelsync.client.local.base import Clock, Timing
from custom_components.panelsync.client.local.commands import VistaQuery
from custom_components.panelsync.client.local.connection import Address
from custom_components.panelsync.client.local.family import Family
from custom_components.panelsync.client.local.probe import probe
from custom_components.panelsync.client.local.vista.codec import VistaSerialCodec
from custom_components.panelsync.client.local.vista.link import VistaSerialLink

from .samples import LINES
from .sources import tcp, until
from .test_vista_serial import PACKETS, packet

pytestmark = pytest.mark.kind("panels")

CRLF = b"\r\n"
# So short that every timer of a link runs out several times in one example.
HASTY = Timing(
    quiet=0.02,
    answer=0.02,
    panel_quiet=0.03,
    handshake=0.01,
    refresh=0.02,
    listen=0.015,
    idle=0.004,
    spacing=0.001,
    poll=0.01,
    resync=0.02,
    response=0.01,
    suspended=0.04,
    backoff_first=0.001,
    backoff_longest=0.005,
    healthy=0.05,
)

VISTA = [
    data for data in PACKETS if not data.startswith((b"10ASAHDDDDDD008B", b"11AS"))
]
# Keypads can show any text: also one that reads like a packet.
SLY = [
    LINES[1][:61] + text.ljust(32).encode() + b'"'
    for text in ("08OK009E", "x08OK009E", "V 08XN0092 10ASDDDDDDDD008B")
]
AD2 = [*SLY, *(LINES[number] for number in (1, 5, 8, 15, 50, 60, 70, 71))]
OTHERS = [
    # The ends of lines that a link joined in the middle.
    *(line[cut:] for line in SLY for cut in (10, 59, 60, 62)),
    b"!SER2SOCK Connected",
    b"!SER2SOCK SERIAL_CONNECTED",
    b"!SER2SOCK SERIAL_DISCONNECTED",
    b"!SER2SOCK SERIAL_LOST",
    b"HTTP/1.1 400 Bad Request",
    b"login: ",
    b"\xff\xfd\x22",
    b"!Ready",
    b"!boot.....done",
    b"!Sending.done",
    b"!KPE:0012,18,01",
    b"!CONFIG>",
    b"06as00",
    # Queries, as whoever is there may echo them.
    *(query.value.rstrip() for query in VistaQuery),
    b"08lc0069",
    b"10ASAHDDDDDD008B",
    b"",
]


def cut(lines: list[bytes], cuts: list[int]) -> list[bytes]:
    """Return the same bytes in other pieces."""
    stream = b"".join(line + CRLF for line in lines)
    places = sorted({0, len(stream), *(place % (len(stream) + 1) for place in cuts)})
    return [stream[start:end] for start, end in pairwise(places)]


def peers(*kinds: list[bytes]) -> st.SearchStrategy[list[bytes]]:
    """Make peers that say such things, and noise, in pieces of any size."""
    noise = st.binary(max_size=40).filter(
        lambda data: not any(line in data for line in VISTA)
    )
    said = st.one_of(*(st.sampled_from(kind) for kind in kinds), noise)
    lines = st.lists(said, max_size=6)
    return st.builds(cut, lines, st.lists(st.integers(0, 2000), max_size=6))


def whole_line(data: bytes, of: list[bytes]) -> bool:
    """Tell whether a whole valid line of a family is among these bytes."""
    return any(line + b"\r" in data for line in of)


PAUSES = st.lists(st.sampled_from([0, 0.002, 0.006, 0.02]), min_size=1, max_size=4)


async def told_by(
    family: Family, pieces: list[bytes], pauses: list[float]
) -> list[tuple[bytes, bytes]]:
    """Return what a link wrote in each connection, with what was said in it before."""
    written: list[tuple[bytes, bytes]] = []
    async with tcp() as server:
        said: dict[int, bytes] = {}

        def receive(data: bytes) -> None:
            written.append((said.get(server.opened, b""), data))

        server.on_receive = receive
        kind = AlarmDecoderLink if family is Family.ALARMDECODER else VistaSerialLink
        link = kind(
            Address(server.url, 9600),
            timing=HASTY,
            clock=Clock(draw=lambda _, longest: longest),
        )
        await link.start()
        try:
            await until(lambda: server.opened)
            for piece, pause in zip(pieces, pauses * len(pieces), strict=False):
                said[server.opened] = said.get(server.opened, b"") + piece
                server.send(piece)
                await asyncio.sleep(pause)
            await asyncio.sleep(0.08)
        finally:
            await link.stop()
    return written


@settings(max_examples=30)
@given(peers(VISTA, OTHERS), PAUSES)
def test_an_alarmdecoder_link_writes_nothing_to_anything_else(
    pieces: list[bytes], pauses: list[float]
) -> None:
    assert asyncio.run(told_by(Family.ALARMDECODER, pieces, pauses)) == []


@settings(max_examples=30)
@given(peers(AD2, OTHERS), PAUSES)
def test_a_vista_link_writes_nothing_to_anything_else(
    pieces: list[bytes], pauses: list[float]
) -> None:
    assert asyncio.run(told_by(Family.VISTA_SERIAL, pieces, pauses)) == []


@settings(max_examples=30)
@given(st.sampled_from(Family), peers(AD2, VISTA, OTHERS), PAUSES)
def test_what_is_written_was_proven_in_the_same_connection(
    family: Family, pieces: list[bytes], pauses: list[float]
) -> None:
    valid = AD2 if family is Family.ALARMDECODER else VISTA
    for said, _ in asyncio.run(told_by(family, pieces, pauses)):
        assert any(line + b"\r" in said for line in valid), said


async def asked_by_probe(
    family: Family | None, pieces: list[bytes], pauses: list[float]
) -> bytes:
    """Return what the probe of the set-up dialog wrote, a yes to asking given."""
    async with tcp() as server:
        probing = asyncio.create_task(
            probe(server.url, family, ask_mute_port=True, timing=HASTY)
        )
        await until(lambda: server.opened)
        for piece, pause in zip(pieces, pauses * len(pieces), strict=False):
            server.send(piece)
            await asyncio.sleep(pause)
        await probing
        return bytes(server.received)


@settings(max_examples=20)
@given(st.sampled_from([None, *Family]), peers(OTHERS), PAUSES)
def test_the_probe_writes_nothing_to_what_is_no_panel(
    family: Family | None, pieces: list[bytes], pauses: list[float]
) -> None:
    assert asyncio.run(asked_by_probe(family, pieces, pauses)) == b""


@settings(max_examples=20)
@given(peers(AD2, OTHERS), PAUSES)
def test_the_probe_for_a_vista_writes_nothing_to_an_alarmdecoder(
    pieces: list[bytes], pauses: list[float]
) -> None:
    family = Family.VISTA_SERIAL
    assert asyncio.run(asked_by_probe(family, pieces, pauses)) == b""


@pytest.mark.parametrize("stray", [b"x", b"\x00\xff", b"]", b"noise "])
async def test_a_stray_byte_is_no_reason_never_to_come_on_line(stray: bytes) -> None:
    async with tcp() as server:
        link = VistaSerialLink(Address(server.url, 9600), timing=Timing(spacing=0.001))
        await link.start()
        try:
            await until(lambda: server.opened)
            server.send(stray + packet("AS", "HDDDDDDD") + CRLF)
            await until(lambda: link.state.available)
            await until(lambda: server.received)
        finally:
            await link.stop()


NOTICES = {
    b"!SER2SOCK SERIAL_DISCONNECTED": BridgeNotice.SERIAL_DISCONNECTED,
    b"!SER2SOCK SERIAL_CONNECTED": BridgeNotice.SERIAL_CONNECTED,
    b"!SER2SOCK SERIAL_LOST": Unknown("SER2SOCK"),
}


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("notice", NOTICES)
def test_a_bridges_notice_is_heard_wherever_it_breaks_in(
    notice: bytes, size: int
) -> None:
    """Behind it another adapter may be: what was proven is proven no more."""
    for line, other in ((LINES[1], b"08OK009E"), (b"10ASDDDDDDDD008B", b"08OK009E")):
        for half in range(len(line)):
            ad2, vista = AlarmDecoderCodec(), VistaSerialCodec()
            stream = other + CRLF + line[:half] + notice + CRLF
            messages: list[Message] = []
            for start in range(0, len(stream), size):
                messages += ad2.feed(stream[start : start + size])
                vista.feed(stream[start : start + size])
            assert messages == [NOTICES[notice]]
            assert not vista.proven


@pytest.mark.parametrize("notice", NOTICES)
async def test_an_alarmdecoder_behind_another_serial_side_is_not_asked(
    notice: bytes,
) -> None:
    timing = Timing(refresh=0.02)
    async with tcp() as server:
        link = AlarmDecoderLink(Address(server.url, 9600), timing=timing)
        await link.start()
        try:
            await until(lambda: server.opened)
            server.send(LINES[1] + CRLF)
            await until(lambda: server.received.endswith(b"C\r"))
            server.received.clear()
            server.send(LINES[1][:40] + notice + CRLF + LINES[70][:9])
            await until(lambda: link.counters.refused)
            with pytest.raises(PanelUnreachable):
                await link.refresh()
            assert not server.received
        finally:
            await link.stop()

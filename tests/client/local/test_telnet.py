"""Servers that speak Telnet without end: what they can make us keep is bounded."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
import gc
import tracemalloc

from hypothesis import given, strategies as st
import pytest
from serialx.platforms.serial_rfc2217 import TelnetParser, TelnetParserState

from custom_components.panelsync.client.local import telnet
from custom_components.panelsync.client.local.connection import (
    Address,
    LinkLost,
    open_connection,
)
from custom_components.panelsync.client.local.telnet import (
    MOST_OPTIONS,
    MOST_PARAMETER,
    TelnetBounds,
)

IAC, SB, SE, WILL, DO = b"\xff", b"\xfa", b"\xf0", b"\xfb", b"\xfd"
COM_PORT = b"\x2c"
SET_CONTROL = 5
MEGABYTE = 1_000_000

# What a server says in answer to what serialx asks, and what it asks itself.
_BEGIN = {
    IAC + WILL + b"\0": IAC + DO + b"\0",
    IAC + DO + b"\0": IAC + WILL + b"\0",
    IAC + WILL + COM_PORT: IAC + DO + COM_PORT,
}

type Talk = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Server:
    """An RFC 2217 server that negotiates well, or not, and then says what it likes."""

    def __init__(self, talk: Talk, *, honest: bool) -> None:
        """Prepare; `honest` ends the negotiation before it talks."""
        self._talk = talk
        self._honest = honest
        self.ended = asyncio.Event()
        self.url = ""

    async def listen(self) -> asyncio.Server:
        """Begin to listen on a free port."""
        server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        self.url = f"rfc2217://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return server

    async def _client(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(ConnectionError):
            if self._honest:
                await self._negotiate(reader, writer)
            await self._talk(writer)
            while await reader.read(1000):
                pass
        writer.close()
        self.ended.set()

    async def _negotiate(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        agreed: set[bytes] = set()
        code = None
        # Masks, speed, size, parity, stop bits, flow control: each is confirmed.
        while code != SET_CONTROL:
            question = await reader.readexactly(3)
            if question[1:2] != SB:
                if question not in agreed:
                    writer.write(_BEGIN[question])
                agreed.add(question)
                continue
            question = await reader.readuntil(IAC + SE)
            code = question[0]
            writer.write(IAC + SB + COM_PORT + bytes([code + 100]) + question[1:])


async def endlessly(writer: asyncio.StreamWriter, begin: bytes, more: bytes) -> None:
    """Say something and then the same over and over, 64 MB of it at most."""
    writer.write(begin)
    for _ in range(64 * MEGABYTE // len(more)):
        writer.write(more)
        await writer.drain()


async def read_all(url: str) -> None:
    """Open an address and read until the connection is lost."""
    connection = await open_connection(Address(url, 115200))
    try:
        while True:
            await connection.read(30)
    finally:
        await connection.close()


HOSTILE = {
    "a parameter without end": (IAC + SB + COM_PORT, b"x" * 4096),
    "a parameter of an option that is IAC": (IAC + SB + IAC, b"x" * 4096),
    "a parameter of escaped signs": (IAC + SB + COM_PORT, IAC * 4096),
    "options without end": (b"", (IAC + DO + b"\x63") * 1000),
    "offers without end": (b"", (IAC + WILL + b"\0") * 1000),
    "options that are IAC": (b"", (IAC + WILL + IAC) * 1000),
    "nothing, very fast": (b"", (IAC + b"\xf1") * 4096),
}


@pytest.fixture
async def opened() -> AsyncIterator[Callable[[Talk, bool], Awaitable[Server]]]:
    servers: list[asyncio.Server] = []

    async def open_server(talk: Talk, honest: bool) -> Server:
        server = Server(talk, honest=honest)
        servers.append(await server.listen())
        return server

    yield open_server
    for server in servers:
        server.close()


@pytest.mark.kind("panels")
@pytest.mark.parametrize("honest", [False, True])
@pytest.mark.parametrize(("begin", "more"), HOSTILE.values(), ids=HOSTILE)
async def test_a_peer_that_never_ends_is_dropped_and_fills_no_memory(
    opened: Callable[[Talk, bool], Awaitable[Server]],
    begin: bytes,
    more: bytes,
    honest: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before the port is open, and after; the loss says why."""
    # 72 kB, however long they take on this machine.
    monkeypatch.setattr(telnet, "RATE_WINDOW", 3600.0)
    monkeypatch.setattr(telnet, "MOST_BYTES", 20)
    server = await opened(lambda writer: endlessly(writer, begin, more), honest)
    gc.collect()
    tracemalloc.start()
    try:
        with pytest.raises(LinkLost, match=r"Telnet negotiation|than a serial line"):
            await read_all(server.url)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    await server.ended.wait()
    assert peak < 4 * MEGABYTE


async def test_a_serial_server_is_read_through_its_telnet(
    opened: Callable[[Talk, bool], Awaitable[Server]],
) -> None:
    is_open = asyncio.Event()

    async def talk(writer: asyncio.StreamWriter) -> None:
        await is_open.wait()
        notice = IAC + SB + COM_PORT + b"\x6b\x10" + IAC + SE
        for _ in range(2 * MOST_OPTIONS):
            writer.write(b"a" + notice + IAC + b"\xf1")
        writer.write(IAC + IAC + b"end")

    server = await opened(talk, True)
    connection = await open_connection(Address(server.url, 115200))
    is_open.set()
    heard = b""
    while not heard.endswith(b"end"):
        heard += await connection.read(30)
    assert heard == b"a" * 2 * MOST_OPTIONS + b"\xffend"
    await connection.close()
    await server.ended.wait()


@given(
    st.lists(
        st.sampled_from([0, 1, 44, 240, 241, 250, 251, 252, 253, 254, 255]),
        max_size=60,
    )
)
def test_the_bounds_follow_what_serialx_keeps(stream: list[int]) -> None:
    """Byte for byte: what is counted is what the library's own parser holds."""
    bounds, parser = TelnetBounds(), TelnetParser()
    for byte in stream:
        assert not bounds.exceeded_by(bytes([byte]))
        parser.feed(bytes([byte]))
        if parser._state in {
            TelnetParserState.SUBNEG_DATA,
            TelnetParserState.SUBNEG_IAC,
        }:
            assert bounds.parameter == len(parser._subneg_buffer)


def test_the_bounds_let_through_what_servers_need() -> None:
    bounds = TelnetBounds()
    assert not bounds.exceeded_by((IAC + DO + b"\1") * MOST_OPTIONS)
    parameter = IAC + SB + COM_PORT + b"x" * MOST_PARAMETER + IAC + SE
    assert not bounds.exceeded_by(parameter * 100)
    assert bounds.exceeded_by(IAC + DO + b"\1")


class Inner(asyncio.Protocol):
    """A protocol that keeps the names of what it is called with."""

    def __init__(self) -> None:
        """Know of nothing yet."""
        self.calls: list[object] = []

    def data_received(self, data: bytes) -> None:
        """Keep how much came."""
        self.calls.append(len(data))

    def pause_writing(self) -> None:
        """Keep that it came."""
        self.calls.append("pause")

    def resume_writing(self) -> None:
        """Keep that it came."""
        self.calls.append("resume")

    def eof_received(self) -> bool | None:
        """Keep that it came."""
        self.calls.append("eof")
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """Keep why it came."""
        self.calls.append(str(exc))


class Wire(asyncio.Transport):
    """A transport that can be ended."""

    is_ended = False

    def abort(self) -> None:
        """End."""
        self.is_ended = True


async def test_what_a_connection_says_is_handed_on_until_it_is_too_much() -> None:
    inner, wire = Inner(), Wire()
    bounded = telnet._Bounded(inner, asyncio.get_running_loop())
    bounded.connection_made(wire)
    bounded.pause_writing()
    bounded.resume_writing()
    bounded.data_received(b"a line")
    bounded.eof_received()
    assert inner.calls == ["pause", "resume", 6, "eof"]
    bounded.data_received(bytes(MEGABYTE))
    bounded.data_received(b"more")
    assert wire.is_ended
    bounded.connection_lost(None)
    assert inner.calls[4:] == ["More came than a serial line can carry"]

"""TCP as a serial bridge serves it. Simulated.

Greeting, at most 10 hosts, a short queue for each, closing by reset, silence while the serial side is gone: see
docs/protocol/alarmdecoder.md#ser2sock.
"""

import asyncio
from contextlib import suppress
import socket
import struct
from typing import Literal

from simulator.panels.ports import Hear

_MOST_HOSTS = 10
_QUEUE = 30 * 1024  # 30 buffers; the size of one is an invention


class _Host(asyncio.Protocol):
    """One TCP connection."""

    def __init__(self, port: TcpPort) -> None:
        self._port = port
        self.number = 0
        self.frozen = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._port.arrived(self)

    def data_received(self, data: bytes) -> None:
        if not self.frozen:
            self._port.hear(self.number, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._port.left(self)

    def write(self, data: bytes) -> None:
        """Send, or lose what a full queue cannot hold."""
        if (
            self.transport is not None
            and not self.frozen
            and self.transport.get_write_buffer_size() + len(data) <= _QUEUE
        ):
            self.transport.write(data)


class TcpPort:
    """A TCP bridge; `raw` leaves out its greeting, `terminal_init` adds bytes some bridges begin with."""

    def __init__(
        self,
        hear: Hear,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        raw: bool = False,
        terminal_init: bool = False,
    ) -> None:
        """Listen on a port of this machine, 0 for any."""
        self.hear = hear
        self.url = ""
        self._address = (host, port)
        self._raw = raw
        self._terminal_init = terminal_init
        self._server: asyncio.Server | None = None
        self._hosts: list[_Host] = []
        self._count = 0
        self._serial = True

    @property
    def speed_is_right(self) -> bool:
        """Return True: behind a bridge no host sets the rate."""
        return True

    @property
    def hosts(self) -> int:
        """Return how many connections there are."""
        return len(self._hosts)

    async def open(self) -> None:
        """Begin to listen; a port found once is kept. Raises OSError."""
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Host(self), *self._address
        )
        host, port = self._server.sockets[0].getsockname()[:2]
        self._address = (host, port)
        self.url = f"socket://{host}:{port}"

    async def close(self) -> None:
        """Stop listening and reset every connection."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self.drop(reset=True)
        if server is not None:
            await server.wait_closed()

    def arrived(self, host: _Host) -> None:
        """Greet a host, or refuse one too many."""
        if len(self._hosts) >= _MOST_HOSTS:
            _reset(host)
            return
        self._count += 1
        host.number = self._count
        self._hosts.append(host)
        if self._terminal_init:
            host.write(b"!\xff\xfd\x22\r\n")
        if not self._raw:
            host.write(b"!SER2SOCK Connected\r\n")
            state = b"CONNECTED" if self._serial else b"DISCONNECTED"
            host.write(b"!SER2SOCK SERIAL_" + state + b"\r\n")

    def left(self, host: _Host) -> None:
        """Forget a host."""
        if host in self._hosts:
            self._hosts.remove(host)

    def write(self, data: bytes) -> None:
        """Send to every host."""
        for host in tuple(self._hosts):
            host.write(data)

    def announce(self, event: Literal["gone", "back"]) -> None:
        """Announce the serial side in words, unless the bridge is raw."""
        self._serial = event == "back"
        if not self._raw:
            word = b"CONNECTED" if self._serial else b"DISCONNECTED"
            self.write(b"\r\n!SER2SOCK SERIAL_" + word + b"\r\n")

    def drop(self, *, reset: bool) -> None:
        """End every connection: by RST as the bridge does, or by FIN."""
        for host in tuple(self._hosts):
            self.left(host)
            if reset:
                _reset(host)
            elif host.transport is not None:
                host.transport.close()

    def freeze(self) -> None:
        """Let every present connection hang."""
        for host in self._hosts:
            host.frozen = True
            if host.transport is not None:
                host.transport.pause_reading()


def _reset(host: _Host) -> None:
    """Close with SO_LINGER 0, so that the other side gets RST (docs/protocol/alarmdecoder.md#ser2sock)."""
    transport = host.transport
    if transport is None:
        return
    peer = transport.get_extra_info("socket")
    if peer is not None:
        linger = struct.pack("ii", 1, 0)
        with suppress(OSError):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()


class EndlessPort(TcpPort):
    """A bridge of RFC 2217 that asks for options and begins sub-negotiations, and never ends one.

    What a host sends is heard; the panel itself never gets through.
    """

    # IAC DO and WILL for COM-PORT-OPTION and BINARY, then IAC SB COM-PORT-OPTION SIGNATURE without IAC SE.
    _BEGIN = b"\xff\xfd\x2c\xff\xfb\x2c\xff\xfd\x00\xff\xfa\x2c\x64"
    _SECONDS = 0.01

    def __init__(self, hear: Hear, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen on a port of this machine, 0 for any."""
        super().__init__(hear, host=host, port=port, raw=True)
        self._talk: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to listen, and to negotiate with whoever comes. Raises OSError."""
        await super().open()
        self.url = self.url.replace("socket://", "rfc2217://")
        self._talk = asyncio.create_task(self._negotiate())

    async def close(self) -> None:
        """End, for every host."""
        talk, self._talk = self._talk, None
        if talk is not None:
            talk.cancel()
        await super().close()

    def arrived(self, host: _Host) -> None:
        """Begin the negotiation."""
        super().arrived(host)
        host.write(self._BEGIN)

    def write(self, data: bytes) -> None:
        """Lose what the panel says: the data phase never comes."""

    async def _negotiate(self) -> None:
        """Go on with the sub-negotiation for as long as the port is open."""
        while True:
            super().write(b"x" * 1024)
            await asyncio.sleep(self._SECONDS)

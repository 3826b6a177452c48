"""The ports a host opens: TCP as a serial bridge serves it, and a pseudo terminal. Simulated.

The bridge: docs/protocol/alarmdecoder.md#ser2sock (greeting, at most 10 hosts, a short queue for each, closing by
reset, silence while the serial side is gone). Serial settings:
docs/protocol/alarmdecoder.md#serial-settings.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import os
from pathlib import Path
import select
import socket
import struct
import termios
import tty
from typing import Literal, Protocol

type Hear = Callable[[int, bytes], None]

_MOST_HOSTS = 10
_QUEUE = 30 * 1024  # 30 buffers; the size of one is an invention
_LOOK_AGAIN = 0.02
_SPEEDS = {9600: termios.B9600, 19200: termios.B19200, 115200: termios.B115200}


class Port(Protocol):
    """Something a host can open; `url` is what the host is given."""

    url: str

    @property
    def speed_is_right(self) -> bool:
        """Return whether the host speaks at the panel's baud rate, as far as this port can know."""

    @property
    def hosts(self) -> int:
        """Return how many hosts are there now."""

    async def open(self) -> None:
        """Begin to listen. Raises OSError."""

    async def close(self) -> None:
        """End, for every host."""

    def write(self, data: bytes) -> None:
        """Send to every host that is there."""

    def announce(self, event: Literal["gone", "back"]) -> None:
        """Announce to the hosts that the serial side went or came back, if this port can."""

    def drop(self, *, reset: bool) -> None:
        """End the present connections, by a reset or properly."""

    def freeze(self) -> None:
        """Let the present connections become half-open: nothing read, nothing sent, nothing closed."""


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


class PtyPort:
    """A pseudo terminal. A host that sets another baud rate sends and gets noise, by `speed_is_right`."""

    def __init__(self, hear: Hear, baud: int, path: str = "") -> None:
        """Be a serial device of this baud rate, linked from `path`. Raises ValueError for a rate no adapter has."""
        if baud not in _SPEEDS:
            raise ValueError(
                f"baud is {baud}; use one of {', '.join(map(str, _SPEEDS))}"
            )
        self._hear = hear
        self._speed = _SPEEDS[baud]
        self._path = Path(path) if path else None
        self._master: int | None = None
        self._look: asyncio.TimerHandle | None = None
        self._reading = False
        self._frozen = False
        self._count = 0
        self.url = ""

    @property
    def hosts(self) -> int:
        """Return 1 while a host has the device open and was noticed."""
        return int(self._reading)

    async def open(self) -> None:
        """Make the device; each opening makes another path. Raises OSError."""
        self._master, slave = os.openpty()
        tty.setraw(slave)
        settings = termios.tcgetattr(slave)
        settings[4] = settings[5] = self._speed
        termios.tcsetattr(slave, termios.TCSANOW, settings)
        self.url = os.ttyname(slave)
        os.close(slave)
        if self._path is not None:
            self._unlink()
            self._path.symlink_to(self.url)
            self.url = str(self._path)
        os.set_blocking(self._master, False)
        self._frozen = False
        self._watch()

    async def close(self) -> None:
        """Take the device away, as pulling the cable does."""
        if self._look is not None:
            self._look.cancel()
        master, self._master = self._master, None
        if master is not None:
            if self._reading:
                asyncio.get_running_loop().remove_reader(master)
            self._reading = False
            os.close(master)
            self._unlink()

    def _unlink(self) -> None:
        """Take the link away; anything else at its place is left alone."""
        if self._path is not None and self._path.is_symlink():
            self._path.unlink()

    @property
    def speed_is_right(self) -> bool:
        """Return whether the host set the baud rate of the device."""
        return self._master is None or (
            termios.tcgetattr(self._master)[4:6] == [self._speed, self._speed]
        )

    def write(self, data: bytes) -> None:
        """Send; what nobody takes is lost, as on a real line."""
        if self._master is not None and self._taken() and not self._frozen:
            with suppress(BlockingIOError):
                os.write(self._master, data)

    def announce(self, event: Literal["gone", "back"]) -> None:
        """Say nothing: a serial device cannot announce itself."""

    def drop(self, *, reset: bool) -> None:
        """Do nothing: a serial device ends only by going away."""

    def freeze(self) -> None:
        """Neither read nor write from now on, until opened anew."""
        self._frozen = True

    def _taken(self) -> bool:
        """Return whether a host has the device open."""
        if self._master is None:
            return False
        poll = select.poll()
        poll.register(self._master, select.POLLHUP)
        return not poll.poll(0)

    def _watch(self) -> None:
        """Read as soon as a host is there; a device nobody has open cannot be waited on."""
        loop = asyncio.get_running_loop()
        if self._master is not None and self._taken() and not self._reading:
            loop.add_reader(self._master, self._read)
            self._reading = True
            self._count += 1
        if not self._reading:
            self._look = loop.call_later(_LOOK_AGAIN, self._watch)

    def _read(self) -> None:
        if self._master is None:
            return
        try:
            data = os.read(self._master, 4096)
        except BlockingIOError:
            return
        except OSError:  # the host closed it
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._master)
            self._reading = False
            self._watch()
        elif not self._frozen:
            self._hear(self._count, data)

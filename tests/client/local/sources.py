"""Real ends of a line for the links to open: a TCP server and a pseudo terminal.

They play back bytes and keep what they were sent; they know nothing of any panel.
"""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
import os
from pathlib import Path
import pty
import socket
import struct
import termios
import tty
from typing import override


async def until(condition: Callable[[], object], timeout: float = 5) -> None:
    """Wait for a condition; fail when it does not come."""
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.005)


class Source(ABC):
    """One end of a line."""

    def __init__(self) -> None:
        """Start with nothing received."""
        self.received = bytearray()
        self.opened = 0
        self.on_receive: Callable[[bytes], None] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Return what a link opens."""

    @abstractmethod
    def send(self, data: bytes) -> None:
        """Send bytes."""

    @abstractmethod
    async def cut(self) -> None:
        """Pull the cable."""

    @abstractmethod
    async def close(self) -> None:
        """Be gone for good."""

    def _take(self, data: bytes) -> None:
        self.received += data
        if self.on_receive is not None:
            self.on_receive(data)


class TcpSource(Source):
    """A TCP server on this machine."""

    def __init__(self) -> None:
        """Start without a client."""
        super().__init__()
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0
        self.ended = 0

    async def listen(self) -> None:
        """Begin to listen, on the same port as before if there was one."""
        self._server = await asyncio.start_server(
            self._client, "127.0.0.1", self.port, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]

    @property
    @override
    def url(self) -> str:
        return f"socket://127.0.0.1:{self.port}"

    async def _client(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._writers.append(writer)
        self.opened += 1
        with suppress(ConnectionError):
            while data := await reader.read(1000):
                self._take(data)
        self.ended += 1
        writer.close()

    @override
    def send(self, data: bytes) -> None:
        self._writers[-1].write(data)

    @override
    async def cut(self) -> None:
        """Reset the connection, as a bridge does."""
        writer = self._writers[-1]
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async def finish(self) -> None:
        """End the connection politely."""
        self._writers[-1].close()

    async def refuse(self) -> None:
        """Stop to listen; connections stay."""
        if self._server is not None:
            self._server.close()

    @override
    async def close(self) -> None:
        await self.refuse()
        for writer in self._writers:
            writer.transport.abort()


class PtySource(Source):
    """A pseudo terminal behind a link that always points to the newest one."""

    def __init__(self, path: Path) -> None:
        """Plug in."""
        super().__init__()
        self._path = path
        self._ends: tuple[int, int] | None = None
        self.plug_in()

    def plug_in(self) -> None:
        """Make a terminal and point the path to it."""
        master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._ends = master, slave
        self._path.unlink(missing_ok=True)
        self._path.symlink_to(os.ttyname(slave))
        asyncio.get_running_loop().add_reader(master, self._read, master)
        self.opened += 1

    @property
    @override
    def url(self) -> str:
        return str(self._path)

    @property
    def baud(self) -> int:
        """Return the baud the other end has set, as the system's constant."""
        assert self._ends is not None
        return int(termios.tcgetattr(self._ends[1])[5])

    def _read(self, master: int) -> None:
        with suppress(OSError):
            self._take(os.read(master, 1000))

    @override
    def send(self, data: bytes) -> None:
        assert self._ends is not None
        os.write(self._ends[0], data)

    @override
    async def cut(self) -> None:
        if self._ends is None:
            return
        asyncio.get_running_loop().remove_reader(self._ends[0])
        for end in self._ends:
            os.close(end)
        self._ends = None

    @override
    async def close(self) -> None:
        await self.cut()
        self._path.unlink(missing_ok=True)


@asynccontextmanager
async def tcp() -> AsyncIterator[TcpSource]:
    """Listen for the time of a test."""
    source = TcpSource()
    await source.listen()
    try:
        yield source
    finally:
        await source.close()


@asynccontextmanager
async def terminal(path: Path) -> AsyncIterator[PtySource]:
    """Plug a terminal in for the time of a test."""
    source = PtySource(path)
    try:
        yield source
    finally:
        await source.close()

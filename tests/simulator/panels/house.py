"""A house for the tests: one panel whose clock stands until it is moved, its faces, and plain hosts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
import os
import termios
from typing import Any

from simulator import SimulatorOptions
from simulator.panels import (
    AlarmDecoderFace,
    Face,
    LocalPanel,
    PortOptions,
    VistaSerialFace,
)
from simulator.switches import for_profile
from simulator.world.world import World
from tests.simulator.door import Clock


@dataclass
class House:
    """One panel."""

    clock: Clock = field(default_factory=Clock)
    name: str = "Mill House"
    zones: int = 6
    press_star: bool = False

    def __post_init__(self) -> None:
        self.world = World(SimulatorOptions(clock=self.clock), for_profile("rest"))
        location = self.world.named(self.name)
        while len(location.panel.zones) < self.zones:
            self.world.add_sensor(location.id, f"Extra {len(location.panel.zones) + 1}")
        self.id = location.id
        self.local = LocalPanel(self.world, location.id, press_star=self.press_star)

    def forward(self, seconds: float) -> None:
        """Let time pass, each due thing at its own moment."""
        end = self.clock.now + timedelta(seconds=seconds)
        while (due := self.world.timeline.next_due) is not None and due <= end:
            self.clock.now = max(self.clock.now, due)
            self.world.advance()
        self.clock.now = end
        self.world.advance()


class Host:
    """One host at a face: collects bytes, gives lines."""

    def __init__(self) -> None:
        self.data = b""
        self.ended: str | None = None
        self.write: Callable[[bytes], None] = lambda _: None

    @property
    def lines(self) -> list[str]:
        """Return the complete lines so far."""
        return [
            line
            for line in self.data.decode("latin-1").split("\r\n")[:-1]
            if line.strip()
        ]

    async def until(self, wanted: str) -> list[str]:
        """Wait until something was said."""
        while wanted not in self.data.decode("latin-1"):
            await asyncio.sleep(0.005)
        return self.lines

    async def until_end(self) -> str:
        """Wait until the connection ends, and return how: `reset` or `eof`."""
        while self.ended is None:
            await asyncio.sleep(0.005)
        return self.ended


async def noticed(face: Face, known: int) -> None:
    """Wait until a face has one host more."""
    while face.hosts <= known:
        await asyncio.sleep(0.005)


async def turns() -> None:
    """Let everything that is on its way in this process arrive, without a clock."""
    for _ in range(50):
        await asyncio.sleep(0)


@asynccontextmanager
async def tcp(face: Face, *, refused: bool = False) -> AsyncIterator[Host]:
    """Connect over TCP; a host that will be refused is never noticed."""
    address, _, port = face.url.removeprefix("socket://").rpartition(":")
    known = face.hosts
    reader, writer = await asyncio.open_connection(address, int(port))
    host = Host()
    host.write = writer.write

    async def read() -> None:
        try:
            while data := await reader.read(4096):
                host.data += data
            host.ended = "eof"
        except ConnectionResetError:
            host.ended = "reset"

    task = asyncio.create_task(read())
    try:
        if not refused:
            await noticed(face, known)
        yield host
    finally:
        task.cancel()
        writer.close()


@asynccontextmanager
async def serial(face: Face, speed: int | None = None) -> AsyncIterator[Host]:
    """Open a serial device, at its own rate or another."""
    device = os.open(face.url, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    if speed is not None:
        settings = termios.tcgetattr(device)
        settings[4] = settings[5] = speed
        termios.tcsetattr(device, termios.TCSANOW, settings)
    host = Host()

    def write(data: bytes) -> None:
        os.write(device, data)

    host.write = write
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            data = os.read(device, 4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        host.data += data
        if not data:
            host.ended = "eof"
            loop.remove_reader(device)

    loop.add_reader(device, read)
    try:
        await noticed(face, 0)
        yield host
    finally:
        loop.remove_reader(device)
        os.close(device)


def ad2(
    house: House, *, link: Any = "tcp", raw: bool = False, **more: Any
) -> AlarmDecoderFace:
    """Return an AD2 on the house's bus."""
    options = PortOptions(link=link, raw=raw, terminal_init=more.pop("init", False))
    return AlarmDecoderFace(house.local, options=options, **more)


def vista(house: House, *, link: Any = "tcp", **more: Any) -> VistaSerialFace:
    """Return the house's RS-232 port."""
    return VistaSerialFace(
        house.local, options=PortOptions(link=link, raw=True), **more
    )

"""What every local face of a panel shares: its port, its wire, and the world's time going on. Simulated."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any, Literal, Self

from simulator.panels.events import PanelEvent
from simulator.panels.local import LocalPanel
from simulator.panels.ports import Port
from simulator.panels.pty_port import PtyPort
from simulator.panels.tcp_port import EndlessPort, TcpPort
from simulator.panels.wire import LINE_FAULTS, Heard, Wire
from simulator.world.world import World

type Link = Literal["tcp", "pty", "rfc2217"]

_SHORTEST, _LONGEST = 0.002, 0.05
_STORM = 50
TROUBLES = (
    "silence",
    "talk",
    "noise",
    "clear",
    "swap",
    "flood",
    "storm",
    "calm",
    "half_open",
    "reset",
    "eof",
    "unplug",
    "plug",
    "serial_gone",
    "serial_back",
    "power_off",
    "power_on",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortOptions:
    """How a face is reached: over TCP as a bridge (`raw`: without greeting) or by a pseudo terminal.

    `rfc2217` is a bridge by which a host should set the baud rate, and whose negotiation never ends.

    `path` is a link to the pseudo terminal that stays the same, as names below /dev/serial/by-id do.
    """

    link: Link = "tcp"
    host: str = "127.0.0.1"
    port: int = 0
    raw: bool = False
    terminal_init: bool = False
    path: str = ""


async def keep_time(world: World) -> None:
    """Let the world go on by itself for as long as this runs."""
    while True:
        world.advance()
        due = world.until_next()
        wait = _LONGEST if due is None else min(max(due, _SHORTEST), _LONGEST)
        await asyncio.sleep(wait)


class Face(ABC):
    """One local way to a panel, served while started. Faces of one panel share one `LocalPanel`."""

    def __init__(
        self,
        local: LocalPanel,
        *,
        baud: int,
        options: PortOptions | None = None,
        seed: int = 1,
    ) -> None:
        """Serve a panel; nothing is reachable before `start`. Raises ValueError for a baud rate no adapter has."""
        options = options or PortOptions()
        self.local = local
        self.link = options.link
        self._random = Random(f"{seed}/{local.location.id}/{type(self).__name__}")
        self._port = self._make_port(baud, options)
        self.wire = Wire(self._write, self._feed, lambda: local.world.now, self._random)
        self._pump: asyncio.Task[None] | None = None
        self._unwatch: Callable[[], None] | None = None
        self._plugged = False
        self._storm: asyncio.Task[None] | None = None

    def _make_port(self, baud: int, options: PortOptions) -> Port:
        match options.link:
            case "pty":
                return PtyPort(self._hear, baud, options.path)
            case "rfc2217":
                return EndlessPort(self._hear, host=options.host, port=options.port)
        return TcpPort(
            self._hear,
            host=options.host,
            port=options.port,
            raw=options.raw,
            terminal_init=options.terminal_init,
        )

    @property
    def url(self) -> str:
        """Return what a host opens: `socket://host:port` or the path of a device. Raises RuntimeError."""
        if not self._port.url:
            raise RuntimeError("the face is not started; await start() first")
        return self._port.url

    @property
    def hosts(self) -> int:
        """Return how many hosts are there now."""
        return self._port.hosts

    @property
    def heard(self) -> list[Heard]:
        """Return everything hosts sent, oldest first."""
        return self.wire.heard

    @property
    def heard_bytes(self) -> bytes:
        """Return everything hosts sent as one piece."""
        return b"".join(heard.data for heard in self.wire.heard)

    async def start(self) -> None:
        """Begin to serve. Raises OSError if the port cannot be had."""
        await self._plug()
        self._unwatch = self.local.watch(self)
        self._pump = asyncio.create_task(keep_time(self.local.world))
        self._begin()

    async def stop(self) -> None:
        """Stop serving; doing it twice does nothing."""
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None
        self._end()
        self._calm()
        if self._pump is not None:
            pump, self._pump = self._pump, None
            pump.cancel()
            with suppress(asyncio.CancelledError):
                await pump
        await self._unplug()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    async def trouble(self, name: str, lines: int = 1) -> None:
        """Let something go wrong or be put right: a fault of the next lines, or one of `TROUBLES`.

        Raises ValueError for anything else.
        """
        faults, port = self.wire.faults, self._port
        match name:
            case "silence" | "talk":
                faults.silent = name == "silence"
            case "noise" | "clear":
                faults.wrong_baud = name == "noise"
            case "swap":
                faults.swap = True
            case "flood":
                for _ in range(lines):
                    self.wire.send(self.wire.last)
            case "storm":
                self._calm()
                self._storm = asyncio.create_task(self._storming())
            case "calm":
                self._calm()
            case "half_open":
                port.freeze()
            case "reset" | "eof":
                port.drop(reset=name == "reset")
            case "unplug":
                await self._unplug()
            case "plug":
                await self._plug()
            case "serial_gone":
                faults.silent = True
                port.announce("gone")
            case "serial_back":
                faults.silent = False
                port.announce("back")
                self._begin()
            case "power_off":
                faults.silent = True
                self._end()
            case "power_on":
                faults.silent = False
                self._power_up()
            case _ if name in LINE_FAULTS:
                self.wire.spoil(name, lines)
            case _:
                known = ", ".join((*TROUBLES, *LINE_FAULTS))
                raise ValueError(f"there is no trouble {name!r}; known: {known}")

    def say(self, line: str) -> None:
        """Send any line, as if the panel's side had said it."""
        self.wire.send(line.encode("latin-1") + b"\r\n")

    def describe(self) -> dict[str, Any]:
        """Return what the control interface shows of this face."""
        return {
            "url": self.url,
            "link": self.link,
            "plugged": self._plugged,
            "sent": self.wire.sent,
            "heard": len(self.heard),
        }

    async def _storming(self) -> None:
        """Say two lines in turn, as fast as they go, which no serial line could."""
        while True:
            for line in self._two_lines() * _STORM:
                self.wire.send(line)
            await asyncio.sleep(0)

    def _calm(self) -> None:
        storm, self._storm = self._storm, None
        if storm is not None:
            storm.cancel()

    @abstractmethod
    def _two_lines(self) -> list[bytes]:
        """Return two right lines that say different things."""

    @abstractmethod
    def changed(self) -> None:
        """Take notice that the panel is another one now."""

    @abstractmethod
    def happened(self, event: PanelEvent) -> None:
        """Take notice of an event."""

    @abstractmethod
    def _begin(self) -> None:
        """Begin to speak."""

    @abstractmethod
    def _end(self) -> None:
        """Speak no more."""

    @abstractmethod
    def _power_up(self) -> None:
        """Start as after a power cut."""

    @abstractmethod
    def _feed(self, data: bytes) -> None:
        """Take what the panel's side heard."""

    async def _plug(self) -> None:
        if not self._plugged:
            await self._port.open()
            self._plugged = True

    async def _unplug(self) -> None:
        if self._plugged:
            self._plugged = False
            await self._port.close()

    def _write(self, data: bytes) -> None:
        right = self._port.speed_is_right
        self._port.write(data if right else self.wire.noise(data))

    def _hear(self, host: int, data: bytes) -> None:
        self.local.world.advance()
        self.wire.hear(host, data, understood=self._port.speed_is_right)

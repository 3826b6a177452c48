"""Bounds for what a Telnet peer can make serialx keep.

serialx keeps each option a peer asks for and each subnegotiation until it ends, also
after the port was opened: a peer that never ends one would fill the memory. So the
bytes are counted before serialx gets them, and a peer that is no serial server is
dropped.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, override

# A serial line carries about 120 lines of 96 bytes a second, a bridge that was held up
# sends what it kept (docs/protocol/alarmdecoder.md#line-rates).
MOST_BYTES = 100_000
RATE_WINDOW = 3.0

# RFC 2217 needs about ten options, and no parameter longer than a signature.
MOST_OPTIONS = 200
MOST_PARAMETER = 1024

_IAC, _SB = 255, 250
_OPTIONS = range(251, 255)  # WILL, WONT, DO, DONT


@dataclass(slots=True)
class Rate:
    """How much comes over a stream, in bytes a second of the event loop."""

    since: float = 0
    received: int = 0

    def is_impossible(self, received: int, now: float) -> bool:
        """Count what came; return whether no panel can have sent so much."""
        if now - self.since > RATE_WINDOW:
            self.since, self.received = now, 0
        self.received += received
        return self.received > RATE_WINDOW * MOST_BYTES


class _Place(Enum):
    """Where in Telnet a byte stands."""

    DATA = auto()
    COMMAND = auto()  # behind IAC
    OPTION = auto()  # behind WILL, WONT, DO or DONT
    PARAMETER_OF = auto()  # behind SB
    PARAMETER = auto()
    PARAMETER_COMMAND = auto()  # behind IAC in a parameter


@dataclass(slots=True)
class TelnetBounds:
    """Counts the options and the length of a subnegotiation in a stream of bytes."""

    options: int = 0
    parameter: int = 0
    _place: _Place = _Place.DATA

    def exceeded_by(self, data: bytes) -> bool:
        """Take bytes as they come; return whether they are more than any server needs."""
        if self._place is _Place.DATA and _IAC not in data:
            return False
        for byte in data:
            self._place = self._next(byte)
            if self.options > MOST_OPTIONS or self.parameter > MOST_PARAMETER:
                return True
        return False

    def _next(self, byte: int) -> _Place:
        """Return where the next byte stands (RFC 854, RFC 855)."""
        match self._place:
            case _Place.DATA:
                return _Place.COMMAND if byte == _IAC else _Place.DATA
            case _Place.COMMAND if byte == _SB:
                self.parameter = 0
                return _Place.PARAMETER_OF
            case _Place.COMMAND if byte in _OPTIONS:
                self.options += 1
                return _Place.OPTION
            case _Place.PARAMETER_OF:
                return _Place.PARAMETER
            case _Place.PARAMETER if byte == _IAC:
                return _Place.PARAMETER_COMMAND
            case _Place.PARAMETER:
                self.parameter += 1
                return _Place.PARAMETER
            case _Place.PARAMETER_COMMAND if byte == _IAC:
                self.parameter += 1
                return _Place.PARAMETER
        return _Place.DATA


class _Bounded(asyncio.Protocol):
    """Hands bytes on to another protocol, up to what a serial server may send."""

    def __init__(
        self, inner: asyncio.Protocol, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._inner = inner
        self._loop = loop
        self._bounds = TelnetBounds()
        self._rate = Rate()
        self._transport: asyncio.BaseTransport | None = None
        self._broken: OSError | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._inner.connection_made(transport)

    @override
    def data_received(self, data: bytes) -> None:
        if self._broken is not None:
            return
        if self._rate.is_impossible(len(data), self._loop.time()):
            self._break("More came than a serial line can carry")
        elif self._bounds.exceeded_by(data):
            self._break("The other side never ends its Telnet negotiation")
        else:
            self._inner.data_received(data)

    def _break(self, why: str) -> None:
        self._broken = OSError(why)
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.abort()

    @override
    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    @override
    def pause_writing(self) -> None:
        self._inner.pause_writing()

    @override
    def resume_writing(self) -> None:
        self._inner.resume_writing()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._inner.connection_lost(self._broken or exc)


class BoundedLoop:
    """An event loop whose network connections are bounded; else the loop it is given."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stand in for a loop."""
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        """Give whatever else the loop has."""
        return getattr(self._loop, name)

    async def create_connection(
        self, protocol_factory: Callable[[], asyncio.Protocol], **where: Any
    ) -> tuple[asyncio.Transport, asyncio.BaseProtocol]:
        """Connect as the loop does, with bounds before the protocol."""
        return await self._loop.create_connection(
            lambda: _Bounded(protocol_factory(), self._loop), **where
        )

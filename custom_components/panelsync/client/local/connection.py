"""One URL to one stream of bytes, for as long as it holds.

A device path, `socket://host:port`, `rfc2217://host:port`: whatever serialx opens.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
import random
import re
from typing import cast
from urllib.parse import unquote

import serialx

from ..errors import ClientError
from ..foreign import clean_text
from ..outcomes import Reason
from ..repeated import repeats
from .commands import Command, VistaQuery
from .telnet import BoundedLoop, Rate

CONNECT_TIMEOUT = 10.0
CLOSE_TIMEOUT = 2.0
# Small, so that no read keeps the event loop busy for long.
READ_SIZE = 2048
TELNET = "rfc2217://"

# Other integrations bring transports of their own, and raise what they like: also that a
# task of theirs was cancelled, which says nothing of ours. It becomes a lost link.
_WHATEVER = (Exception, asyncio.CancelledError, BaseExceptionGroup)

# The ports of this machine, as a positive list: everything else leads to a network.
_LOCAL_PORT = re.compile(r"/[^/].*|COM\d{1,3}", re.IGNORECASE)


class LinkLost(ClientError):
    """The stream ended, could not be opened, or fell silent."""

    reason = Reason.PANEL_UNREACHABLE


class Unproven(LinkLost):
    """A write was refused: the peer has not shown what it is on this connection."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a panel's adapter is. `baudrate` counts where the URL is a serial port."""

    url: str
    baudrate: int

    @property
    def is_local_port(self) -> bool:
        """Return whether this is a serial port of this machine, not a network address."""
        return "://" not in self.url and _LOCAL_PORT.fullmatch(self.url) is not None

    @property
    def public(self) -> str:
        """Return the address without what may be secret in it."""
        if _LOCAL_PORT.fullmatch(self.url) is not None:
            return self.url
        scheme, rest = self._parts
        shown = re.split("[?#]", rest, maxsplit=1)[0]
        host, slash, path = shown.partition("/")
        if "@" in rest[len(host) :]:
            # A password may hold any sign: where it ends here nobody can say.
            return scheme
        return f"{scheme}{host.rpartition('@')[2]}{slash}{path}"

    @property
    def _parts(self) -> tuple[str, str]:
        # Taken apart by hand: urlsplit raises on what a person may type.
        scheme, found, rest = self.url.partition("://")
        return (scheme + found, rest) if found else ("", self.url)

    def explain(self, error: BaseException) -> str:
        """Return what an error says, and only its kind where it repeats a secret."""
        words = clean_text(str(error))
        if words and not repeats(str(error), self._secrets()):
            return words
        return type(error).__name__

    def _secrets(self) -> frozenset[str]:
        """Return whatever of the address is not shown, piece by piece."""
        if _LOCAL_PORT.fullmatch(self.url) is not None:
            return frozenset()
        user, _, _ = self._parts[1].rpartition("@")
        _, _, query = self.url.replace("#", "?").partition("?")
        pairs = [pair.partition("=") for pair in re.split("[?&;]", query)]
        pieces = {
            *re.split("[:/?#@]", user),
            *(value or key for key, _, value in pairs),
        }
        return frozenset(pieces | {unquote(piece) for piece in pieces}) - {""}


class Connection:
    """One open stream. It takes commands, never bytes.

    Nothing can be written before the peer has proven what it is: `prove` says that a
    valid packet of a family was heard here, and only that family's commands pass.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        address: Address,
    ) -> None:
        """Hold an open stream, to a peer that has not proven anything."""
        self._reader = reader
        self._writer = writer
        self._address = address
        self._mute = address.is_local_port
        self._rate = Rate()
        self._proven: type[Command] | None = None

    def prove(self, family: type[Command]) -> None:
        """Let the commands of a family pass: a valid packet of it was heard here."""
        self._proven = family

    def withdraw(self) -> None:
        """Let nothing pass any more: another peer may be there now."""
        self._proven = None

    async def read(self, timeout: float) -> bytes:
        """Return what has come, or nothing after `timeout` seconds.

        Raises LinkLost when the stream ended.
        """
        try:
            async with asyncio.timeout(max(timeout, 0)):
                data = await self._reader.read(READ_SIZE)
        except TimeoutError:
            return b""
        except _WHATEVER as error:
            _raise_own_cancellation()
            raise self._broken(error) from None
        if not data:
            raise LinkLost("The other side closed the connection")
        self._mute = False
        if self._rate.is_impossible(len(data), asyncio.get_running_loop().time()):
            raise LinkLost("More came than a serial line can carry")
        # A full buffer is read without waiting: let the others have their turn.
        await asyncio.sleep(0)
        return data

    def write(self, command: Command) -> None:
        """Send one command. Raises LinkLost when the stream ended.

        Raises Unproven, and sends nothing, where the family was not heard here.
        """
        if type(command) is not self._proven:
            raise Unproven("Nothing valid was heard on this connection")
        self._send(command)

    def ask_mute_port(self) -> None:
        """Ask a port of this machine that has not said one byte, once.

        Only after a person's explicit yes: an AlarmDecoder would take the query for
        key presses. Raises Unproven, and sends nothing, in every other case.
        """
        if not self._mute:
            raise Unproven("Only a mute serial port of this machine may be asked")
        self._mute = False
        self._send(VistaQuery.ARMING)

    def _send(self, command: Command) -> None:
        try:
            self._writer.write(command.value)
        except Exception as error:  # noqa: BLE001 - it becomes a lost link
            raise self._broken(error) from None

    def _broken(self, error: BaseException) -> LinkLost:
        return LinkLost(f"The connection broke: {self._address.explain(error)}")

    async def close(self) -> None:
        """Close within 2 s, whatever the other side does."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                self._writer.close()
                await self._writer.wait_closed()
        except Exception:  # noqa: BLE001 - what is lost anyway needs no reason
            with suppress(Exception):
                self._writer.transport.abort()


async def open_connection(address: Address) -> Connection:
    """Open the stream. Raises LinkLost with the reason."""
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            reader, writer = await _open(address)
    except TimeoutError as error:
        raise LinkLost(
            f"{address.public} did not answer within {CONNECT_TIMEOUT:.0f} s"
        ) from error
    except _WHATEVER as error:
        _raise_own_cancellation()
        # What they raise may repeat a password of the address, and so may its causes.
        raise LinkLost(
            f"{address.public} cannot be opened: {address.explain(error)}"
        ) from None
    return Connection(reader, writer, address)


def _raise_own_cancellation() -> None:
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError from None


async def _open(
    address: Address,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if not address.url.lower().startswith(TELNET):
        return await serialx.open_serial_connection(
            url=address.url, baudrate=address.baudrate
        )
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport, _ = await serialx.create_serial_connection(
        cast("asyncio.AbstractEventLoop", BoundedLoop(loop)),
        lambda: protocol,
        url=address.url,
        baudrate=address.baudrate,
    )
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


@dataclass(slots=True)
class Backoff:
    """How long to wait before the next try: doubling, with full jitter, in seconds."""

    first: float
    longest: float
    draw: Callable[[float, float], float] = random.uniform
    failures: int = 0

    def next(self) -> float:
        """Return how long to wait before the next try, and count the failure."""
        ceiling = min(self.longest, self.first * 2 ** min(self.failures, 16))
        self.failures += 1
        return self.draw(0, ceiling)

    def reset(self) -> None:
        """Begin anew, after a connection that was well for long enough."""
        self.failures = 0

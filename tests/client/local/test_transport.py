"""Addresses as people may see them, and the pauses between two tries."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from traceback import format_exception
from typing import override
from urllib.parse import quote

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.local.commands import Ad2Command
from custom_components.panelsync.client.local.connection import (
    Address,
    Backoff,
    Connection,
    LinkLost,
    open_connection,
)
from custom_components.panelsync.client.local.telnet import Rate


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("/dev/ttyUSB0", "/dev/ttyUSB0"),
        ("COM3", "COM3"),
        ("socket://192.0.2.7:10000", "socket://192.0.2.7:10000"),
        ("socket://[::1]:10000", "socket://[::1]:10000"),
        ("socket://me:secret@host:1/", "socket://host:1/"),
        ("esphome://host:6053/?key=secret", "esphome://host:6053/"),
        ("esphome://host:6053#secret", "esphome://host:6053"),
        # What no library can take apart is shown all the same.
        ("socket://[::1", "socket://[::1"),
        ("socket://me:secret@[::1?key=secret", "socket://[::1"),
        # A password may hold any sign: where it ends here, nobody can say.
        ("socket://me:sec/ret@host:1", "socket://"),
        ("socket://me:sec?ret@host:1", "socket://"),
        ("socket://me:s@c#ret@host:1", "socket://"),
        ("esphome://host/?key=sec@ret", "esphome://"),
        ("me:secret@host:4000", "host:4000"),
        ("/dev/serial/by-id/usb-a@b", "/dev/serial/by-id/usb-a@b"),
        ("socket://", "socket://"),
        ("", ""),
    ],
)
def test_an_address_without_what_may_be_secret(url: str, public: str) -> None:
    assert Address(url, 115200).public == public


@given(st.text())
def test_every_address_can_be_shown(rest: str) -> None:
    assert Address(f"socket://{rest}", 115200).public.startswith("socket://")


def test_pauses_double_up_to_the_longest_and_begin_anew() -> None:
    drawn: list[float] = []

    def draw(least: float, most: float) -> float:
        # Full jitter: from nothing to the ceiling.
        drawn.append(least)
        return most / 2

    backoff = Backoff(1, 60, draw)
    pauses = [backoff.next() for _ in range(8)]
    assert pauses == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30])
    backoff.reset()
    assert backoff.next() == pytest.approx(0.5)
    backoff.failures = 10_000
    assert backoff.next() == pytest.approx(30)
    assert max(drawn) == min(drawn) == 0


def test_more_than_a_line_carries_is_impossible() -> None:
    rate = Rate()
    assert not any(rate.is_impossible(2048, second / 10) for second in range(600))
    assert any(rate.is_impossible(2048, 100 + n / 1000) for n in range(3000))


class NotReady(Exception):
    """What an integration raises whose own entry is not loaded yet."""


RAISED = [
    NotReady("broken"),
    OSError(5, "broken"),
    AttributeError("broken"),
    asyncio.IncompleteReadError(b"", 1),
    asyncio.CancelledError("broken"),
    ExceptionGroup("broken", [NotReady()]),
    BaseExceptionGroup("broken", [asyncio.CancelledError()]),
]


@pytest.mark.kind("panels")
@pytest.mark.parametrize("raised", RAISED, ids=lambda error: type(error).__name__)
async def test_whatever_an_opener_raises_is_a_lost_link(
    raised: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def opener(**_: object) -> None:
        raise raised

    monkeypatch.setattr("serialx.open_serial_connection", opener)
    with pytest.raises(LinkLost, match="cannot be opened"):
        await open_connection(Address("esphome-hass://esphome/x", 9600))


@pytest.mark.kind("panels")
@pytest.mark.parametrize("raised", RAISED, ids=lambda error: type(error).__name__)
async def test_an_opener_that_is_stopped_stops_whatever_it_raises(
    raised: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def opener(**_: object) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise raised from None

    monkeypatch.setattr("serialx.open_serial_connection", opener)
    opening = asyncio.create_task(open_connection(Address("esphome://x", 9600)))
    await begun.wait()
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening


class Wire(asyncio.Transport):
    """A transport of another integration that fails in its own way."""

    def __init__(self, raised: BaseException) -> None:
        """Fail with this."""
        super().__init__()
        self.raised = raised
        self.aborted = False

    @override
    def write(self, data: object) -> None:
        raise self.raised

    @override
    def close(self) -> None:
        raise self.raised

    @override
    def abort(self) -> None:
        self.aborted = True

    @override
    def is_closing(self) -> bool:
        return False


@pytest.mark.kind("panels")
@pytest.mark.parametrize(
    "raised",
    [error for error in RAISED if isinstance(error, Exception)],
    ids=lambda error: type(error).__name__,
)
async def test_whatever_a_transport_raises_is_a_lost_link(raised: Exception) -> None:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    wire = Wire(raised)
    protocol.connection_made(wire)
    loop = asyncio.get_running_loop()
    writer = asyncio.StreamWriter(wire, protocol, reader, loop)
    connection = Connection(reader, writer, Address("esphome://x", 9600))
    connection.prove(Ad2Command)
    with pytest.raises(LinkLost, match="connection broke"):
        connection.write(Ad2Command.VERSION)
    protocol.connection_lost(raised)
    with pytest.raises(LinkLost, match="connection broke"):
        await connection.read(1)
    await connection.close()
    assert wire.aborted


@pytest.mark.kind("panels")
@pytest.mark.parametrize("raised", RAISED, ids=lambda error: type(error).__name__)
async def test_whatever_a_read_raises_is_a_lost_link(raised: BaseException) -> None:
    class Reader(asyncio.StreamReader):
        async def read(self, n: int = -1) -> bytes:
            raise raised

    reader = Reader()
    protocol = asyncio.StreamReaderProtocol(reader)
    loop = asyncio.get_running_loop()
    writer = asyncio.StreamWriter(Wire(raised), protocol, reader, loop)
    connection = Connection(reader, writer, Address("esphome://x", 9600))
    with pytest.raises(LinkLost, match="connection broke"):
        await connection.read(1)


ADDRESSES = (
    "socket://{user}:{secret}@host:1",
    "rfc2217://{secret}@host:1",
    "esphome://host:6053/?port_name=uart&key={secret}",
    "esphome://host:6053/?{secret}",
    "tcp://host:1#{secret}",
    "{user}:{secret}@host",
)
SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    quote,
    " ".join,
    repr,
    lambda text: b64encode(text.encode()).decode(),
)


@pytest.mark.parametrize("spelled", SPELLINGS)
@pytest.mark.parametrize("typed", [str, quote])
@pytest.mark.parametrize("secret", ["hunter42", "p w", "x1%2Fy", "gé-heim", "ab@/c?"])
@pytest.mark.parametrize("address", ADDRESSES)
async def test_what_an_opener_says_never_repeats_a_password(
    address: str,
    secret: str,
    typed: Callable[[str], str],
    spelled: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = address.format(user="anna", secret=typed(secret))

    async def opener(*_: object, **__: object) -> None:
        words = f"Cannot sign in with {spelled(secret)} at host"
        raise ConnectionError(words) from ValueError(url)

    monkeypatch.setattr("serialx.open_serial_connection", opener)
    monkeypatch.setattr("serialx.create_serial_connection", opener)
    with pytest.raises(LinkLost) as lost:
        await open_connection(Address(url, 9600))
    shown = "".join(format_exception(lost.value))
    for piece in (secret, spelled(secret), typed(secret), url):
        assert piece.casefold() not in shown.casefold()
    assert "ConnectionError" in lost.value.text


async def test_what_an_opener_says_of_an_address_without_a_secret_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def opener(**_: object) -> None:
        raise OSError("No such device: socket://host:1\u202e\x07")

    monkeypatch.setattr("serialx.open_serial_connection", opener)
    with pytest.raises(LinkLost, match=r"No such device: socket://host:1$"):
        await open_connection(Address("socket://host:1", 9600))

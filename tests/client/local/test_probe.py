"""Finding out what is at an address, without a byte too many."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
import termios

import pytest

from custom_components.panelsync.client.local.base import LinkPhase, Timing
from custom_components.panelsync.client.local.commands import VistaQuery
from custom_components.panelsync.client.local.connection import Address
from custom_components.panelsync.client.local.family import (
    FAMILIES,
    Capability,
    Family,
    LinkSettings,
)
from custom_components.panelsync.client.local.probe import (
    Found,
    NotFound,
    ProbeFailure,
    may_ask,
    probe,
)

from .samples import LINES
from .sources import PtySource, TcpSource, tcp, terminal, until
from .test_vista_link import ANSWERS, answering
from .test_vista_serial import packet

CRLF = b"\r\n"
QUICK = Timing(listen=0.2, handshake=0.15, response=0.2)


@pytest.fixture
async def server() -> AsyncIterator[TcpSource]:
    async with tcp() as one:
        yield one


@pytest.fixture
async def plugged(tmp_path: Path) -> AsyncIterator[PtySource]:
    async with terminal(tmp_path / "port") as one:
        yield one


async def probed(
    server: TcpSource, *sent: bytes, family: Family | None = None
) -> Found | NotFound:
    """Probe a server that sends something as soon as it is opened."""
    probing = asyncio.create_task(probe(server.url, family, timing=QUICK))
    await until(lambda: server.opened)
    for data in sent:
        server.send(data)
    return await probing


async def test_an_alarmdecoder_behind_a_bridge(server: TcpSource) -> None:
    def answer(data: bytes) -> None:
        if b"V" in data:
            server.send(LINES[70] + CRLF + LINES[71] + CRLF)

    server.on_receive = answer
    found = await probed(server, LINES[80] + CRLF, LINES[1] + CRLF)
    assert isinstance(found, Found)
    assert found.family is Family.ALARMDECODER
    assert found.version is not None
    assert found.config is not None
    assert found.version.serial == "00004d2f"
    assert found.config.settings["ADDRESS"] == "18"
    assert server.received == b"\r\nV\rC\r"


async def test_an_alarmdecoder_that_does_not_tell_its_version(
    server: TcpSource,
) -> None:
    found = await probed(server, LINES[1] + CRLF)
    assert found == Found(Family.ALARMDECODER, Address(server.url, 115200))


@pytest.mark.parametrize(
    ("sent", "failure"),
    [
        (LINES[43], ProbeFailure.OTHER_PANEL),
        (b"!CONFIG>MODE=D&MASK=ffffffff", ProbeFailure.OTHER_PANEL),
        (b"!CONFIG>ADDRESS=18&MASK=00000000", ProbeFailure.NO_KEYPADS),
        (LINES[48], ProbeFailure.EXPANDERS_ONLY),
        (LINES[51] + CRLF + LINES[52], ProbeFailure.EXPANDERS_ONLY),
    ],
)
async def test_settings_that_leave_nothing_to_understand_are_named(
    server: TcpSource, sent: bytes, failure: ProbeFailure
) -> None:
    found = await probed(server, sent + CRLF)
    assert found == NotFound(failure)


async def test_expanders_are_enough_where_repeats_are_left_out(
    server: TcpSource,
) -> None:
    found = await probed(server, LINES[48] + CRLF + b"!CONFIG>DEDUPLICATE=Y" + CRLF)
    assert isinstance(found, Found)


async def test_expanders_before_the_first_keypad_line_are_no_failure(
    server: TcpSource,
) -> None:
    def answer(data: bytes) -> None:
        if b"V" in data:
            server.send(LINES[70] + CRLF + LINES[71] + CRLF + LINES[1] + CRLF)

    server.on_receive = answer
    assert isinstance(await probed(server, LINES[48] + CRLF), Found)


@pytest.mark.parametrize("family", [None, Family.VISTA_SERIAL])
async def test_a_vista_that_talks(server: TcpSource, family: Family | None) -> None:
    found = await probed(server, packet("OK") + CRLF, family=family)
    assert isinstance(found, Found)
    assert found.family is Family.VISTA_SERIAL
    assert server.received == b""


async def test_a_mute_port_is_asked_once_after_an_explicit_yes(
    plugged: PtySource,
) -> None:
    answering(plugged)
    family = Family.VISTA_SERIAL
    found = await probe(plugged.url, family, timing=QUICK)
    assert found == NotFound(ProbeFailure.SILENT)
    assert plugged.received == b""
    found = await probe(plugged.url, family, ask_mute_port=True, timing=QUICK)
    assert found == Found(Family.VISTA_SERIAL, Address(plugged.url, 9600))
    assert plugged.received == VistaQuery.ARMING.value


@pytest.mark.parametrize("family", [None, Family.ALARMDECODER])
async def test_a_yes_counts_for_a_named_vista_only(
    plugged: PtySource, family: Family | None
) -> None:
    found = await probe(plugged.url, family, ask_mute_port=True, timing=QUICK)
    assert found == NotFound(ProbeFailure.SILENT)
    assert plugged.received == b""


@pytest.mark.parametrize("sent", [LINES[1] + CRLF, LINES[1][:40], b"\x00", b"\r\n"])
async def test_a_port_that_said_one_byte_is_not_mute(
    plugged: PtySource, sent: bytes
) -> None:
    probing = asyncio.create_task(
        probe(plugged.url, Family.VISTA_SERIAL, ask_mute_port=True, timing=QUICK)
    )
    await asyncio.sleep(0.1)
    plugged.send(sent)
    assert isinstance(await probing, NotFound)
    assert plugged.received == b""


async def test_a_network_address_is_never_asked(server: TcpSource) -> None:
    answering(server)
    url = server.url
    found = await probe(url, Family.VISTA_SERIAL, ask_mute_port=True, timing=QUICK)
    assert found == NotFound(ProbeFailure.SILENT)
    assert server.received == b""


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("/dev/ttyS0", True),
        ("/dev/serial/by-id/usb-FTDI_x-if00-port0", True),
        ("COM3", True),
        ("socket://192.168.1.20:10000", False),
        ("rfc2217://host:2217", False),
        ("esphome://abc/?port_name=x", False),
        ("//host/dev", False),
        ("host:4000", False),
        ("", False),
    ],
)
def test_which_ports_are_of_this_machine(url: str, is_local: bool) -> None:
    assert may_ask(url, Family.VISTA_SERIAL) is is_local
    assert not may_ask(url, Family.ALARMDECODER)
    assert not may_ask(url, None)


@pytest.mark.parametrize(
    ("sent", "family", "failure"),
    [
        (b"", None, ProbeFailure.SILENT),
        (b"", Family.ALARMDECODER, ProbeFailure.SILENT),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", None, ProbeFailure.NOT_UNDERSTOOD),
        (b"SSH-2.0\r\n" * 30, None, ProbeFailure.NOT_UNDERSTOOD),
        (LINES[1] + CRLF, Family.VISTA_SERIAL, ProbeFailure.ALARMDECODER_HERE),
        (packet("OK") + CRLF, Family.ALARMDECODER, ProbeFailure.VISTA_HERE),
        (
            CRLF + (b'[12],008,[f7],"READY"' + CRLF) * 2,
            None,
            ProbeFailure.UNKNOWN_LINES,
        ),
        (
            LINES[80] + CRLF + LINES[78] + CRLF,
            Family.ALARMDECODER,
            ProbeFailure.ADAPTER_GONE,
        ),
    ],
)
async def test_nothing_is_found_and_nothing_written(
    server: TcpSource, sent: bytes, family: Family | None, failure: ProbeFailure
) -> None:
    found = await probed(server, sent, family=family)
    assert isinstance(found, NotFound)
    assert found.failure is failure
    assert server.received == b""


async def test_a_mute_port_that_does_not_answer(plugged: PtySource) -> None:
    url = plugged.url
    found = await probe(url, Family.VISTA_SERIAL, ask_mute_port=True, timing=QUICK)
    assert found == NotFound(ProbeFailure.SILENT)
    assert plugged.received == VistaQuery.ARMING.value


async def test_a_port_that_cannot_be_opened(tmp_path: Path) -> None:
    found = await probe(str(tmp_path / "none"), timing=QUICK)
    assert isinstance(found, NotFound)
    assert found.failure is ProbeFailure.CANNOT_OPEN
    assert "none" in found.detail


@pytest.mark.parametrize("url", ["socket://[::1", "socket://", "rfc2217://[x", ""])
async def test_an_address_that_is_none(url: str) -> None:
    found = await probe(url, Family.ALARMDECODER, timing=QUICK)
    assert isinstance(found, NotFound)
    assert found.failure is ProbeFailure.CANNOT_OPEN


@pytest.mark.parametrize("end", [TcpSource.cut, TcpSource.finish])
@pytest.mark.parametrize(
    ("sent", "failure"),
    [
        (b"", ProbeFailure.CLOSED),
        (LINES[80] + CRLF, ProbeFailure.CLOSED),
        (LINES[1] + CRLF, ProbeFailure.CLOSED),
        (LINES[78] + CRLF, ProbeFailure.ADAPTER_GONE),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", ProbeFailure.NOT_UNDERSTOOD),
    ],
)
async def test_a_connection_that_ends(
    server: TcpSource,
    end: Callable[[TcpSource], Awaitable[None]],
    sent: bytes,
    failure: ProbeFailure,
) -> None:
    """A bridge that another program holds takes a connection and ends it."""
    probing = asyncio.create_task(probe(server.url, timing=QUICK))
    await until(lambda: server.opened)
    server.send(sent)
    await asyncio.sleep(0.05)
    await end(server)
    found = await probing
    assert isinstance(found, NotFound)
    assert found.failure is failure


@pytest.mark.parametrize(
    ("baud", "family", "sent"),
    [
        (termios.B115200, Family.ALARMDECODER, LINES[1]),
        (termios.B19200, Family.ALARMDECODER, LINES[1]),
        (termios.B9600, Family.VISTA_SERIAL, ANSWERS[VistaQuery.ARMING]),
    ],
)
async def test_the_baud_is_found(
    plugged: PtySource, baud: int, family: Family, sent: bytes
) -> None:
    noise = bytes(byte ^ 0xE5 for byte in sent)

    async def talk() -> None:
        while True:
            plugged.send((sent if plugged.baud == baud else noise) + CRLF)
            await asyncio.sleep(0.02)

    talking = asyncio.create_task(talk())
    try:
        found = await probe(plugged.url, timing=QUICK)
    finally:
        talking.cancel()
    assert isinstance(found, Found)
    rate = {termios.B115200: 115200, termios.B19200: 19200, termios.B9600: 9600}[baud]
    assert (found.family, found.address.baudrate) == (family, rate)


async def test_a_named_baud_is_the_only_one(plugged: PtySource) -> None:
    found = await probe(plugged.url, Family.ALARMDECODER, baudrate=19200, timing=QUICK)
    assert found == NotFound(ProbeFailure.SILENT)
    assert plugged.baud == termios.B19200


async def test_the_table_builds_every_family(server: TcpSource) -> None:
    for family in Family:
        entry = FAMILIES[family]
        assert Capability.ARMING in entry.capabilities
        link = entry.build(LinkSettings(Address(server.url, entry.baudrates[0])))
        before = server.opened
        await link.start()
        await until(lambda: server.opened > before)  # noqa: B023
        await until(lambda: link.state.phase is LinkPhase.LISTENING)  # noqa: B023
        await link.stop()
    assert server.received == b""

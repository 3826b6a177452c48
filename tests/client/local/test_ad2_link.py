"""The link to an AlarmDecoder over a real TCP connection and a real terminal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
import logging

import pytest

from custom_components.panelsync.client.errors import PanelUnreachable
from custom_components.panelsync.client.local.alarmdecoder.link import AlarmDecoderLink
from custom_components.panelsync.client.local.alarmdecoder.state import Ad2Settings
from custom_components.panelsync.client.local.base import (
    Clock,
    LinkPhase,
    LinkState,
    Timing,
)
from custom_components.panelsync.client.local.connection import READ_SIZE, Address
from custom_components.panelsync.client.local.family import LocalLink
from custom_components.panelsync.client.local.status import PanelActivity
from custom_components.panelsync.client.models import ArmingState

from .samples import LINES
from .site import ADDRESSES
from .sources import PtySource, Source, TcpSource, until

CRLF = b"\r\n"
HANDSHAKE = b"\r\nV\rC\r"
QUICK = Timing(
    quiet=0.3,
    answer=0.15,
    panel_quiet=0.6,
    handshake=0.1,
    refresh=0.2,
    backoff_first=0.01,
    backoff_longest=0.05,
    healthy=0.2,
)
CALM = replace(QUICK, quiet=30, answer=10, panel_quiet=60, handshake=30)


def line(number: int) -> bytes:
    """Return a sample line as it comes over the wire."""
    return LINES[number] + CRLF


@asynccontextmanager
async def linked(
    source: Source, timing: Timing = CALM
) -> AsyncIterator[AlarmDecoderLink]:
    """Run a link for the time of a test."""
    link = AlarmDecoderLink(
        Address(source.url, 115200),
        Ad2Settings(ADDRESSES),
        timing=timing,
        clock=Clock(draw=lambda _, longest: longest),
    )
    await link.start()
    try:
        await until(lambda: link.state.phase is not LinkPhase.OFFLINE and source.opened)
        yield link
    finally:
        await link.stop()


def phase(link: LocalLink) -> LinkPhase:
    """Return how far a link has come."""
    return link.state.phase


async def test_a_line_is_heard_at_once(source: Source) -> None:
    async with linked(source) as link:
        assert phase(link) is LinkPhase.LISTENING
        source.send(line(15))
        await until(lambda: link.state.available, 1)
        assert link.state.status.partitions[0].mode is ArmingState.ARMED_AWAY
        await until(lambda: bytes(source.received) == HANDSHAKE)
        source.send(line(70) + line(71))
        await until(lambda: link.config)
        assert link.version is not None
        assert link.version.serial == "00004d2f"


async def test_nothing_is_written_before_a_valid_line(source: Source) -> None:
    # Longer than the time after which a known adapter would be asked.
    async with linked(source, replace(QUICK, quiet=0.05, answer=0.5)):
        for number in (80, 79, 88, 108, 110, 85, 77):
            source.send(line(number))
            await asyncio.sleep(0.03)
        await asyncio.sleep(0.6)
        assert source.received == b""


async def test_listeners_hear_changes_and_activity(server: TcpSource) -> None:
    heard: list[tuple[LinkState, tuple[PanelActivity, ...]]] = []
    async with linked(server) as link:
        unsubscribe = link.subscribe(lambda *told: heard.append(told))
        server.send(line(1) + line(15))
        await until(lambda: len(heard) >= 2)
        assert heard[-1][0] is link.state
        assert [one.text for _, told in heard for one in told] == ["Armed away"]
        unsubscribe()
        count = len(heard)
        server.send(line(1))
        await until(lambda: link.state.status.ready is not None)
        assert len(heard) == count


async def test_silence_is_noticed_and_ended(
    source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with linked(source, QUICK) as link:
        source.send(line(15))
        await until(lambda: link.state.available)
        source.received.clear()
        loop = asyncio.get_running_loop()
        began = loop.time()
        await until(lambda: phase(link) is LinkPhase.OFFLINE)
        assert 0.4 < loop.time() - began < 1
        assert bytes(source.received).endswith(b"V\r")
        assert link.state.status.arming is None
        # It comes back by itself, and one outage is one line of the log.
        await until(lambda: phase(link) is LinkPhase.LISTENING)
        await asyncio.sleep(0.6)
        source.send(line(1))
        await until(lambda: link.state.available)
        warnings = [one for one in caplog.records if one.levelname == "WARNING"]
        assert len(warnings) == 1
        assert "works again" in caplog.text


@pytest.mark.parametrize(
    "noise", [b"\x8e\x13\xf2\x07\r\n", b"\xa5" * 300, b"\xa5\x5a\x12"]
)
async def test_nothing_is_written_into_noise(source: Source, noise: bytes) -> None:
    """An adapter that comes back at another baud would take it for key presses."""
    async with linked(source, replace(QUICK, handshake=30)) as link:
        source.send(line(15))
        await until(lambda: bytes(source.received) == HANDSHAKE)
        source.send(noise)
        await until(lambda: phase(link) is LinkPhase.OFFLINE)
        assert bytes(source.received) == HANDSHAKE
        # Among valid lines a broken one is only that.
        await until(lambda: phase(link) is LinkPhase.LISTENING)
        source.received.clear()
        source.send(line(15) + noise + CRLF + line(15))
        await until(lambda: bytes(source.received) == HANDSHAKE + b"V\r")


async def test_a_handshake_waits_until_the_noise_is_over(server: TcpSource) -> None:
    async with linked(server, replace(QUICK, quiet=30)) as link:
        server.send(line(15))
        await until(lambda: server.received == HANDSHAKE)
        server.send(b"\x8e\x13\r\n")
        await asyncio.sleep(0.3)
        assert server.received == HANDSHAKE
        server.send(line(15))
        await until(lambda: server.received == HANDSHAKE * 2)
        assert link.state.available


async def test_an_adapter_that_answers_without_its_panel(server: TcpSource) -> None:
    def answer(data: bytes) -> None:
        if b"V" in data:
            server.send(line(70))

    server.on_receive = answer
    async with linked(server, QUICK) as link:
        server.send(line(15))
        await until(lambda: link.state.available)
        await until(lambda: phase(link) is LinkPhase.PANEL_SILENT)
        assert link.state.status.arming is None
        await asyncio.sleep(0.8)
        assert phase(link) is LinkPhase.PANEL_SILENT
        assert server.opened == 1
        server.send(line(15))
        await until(lambda: link.state.available)


async def test_a_cut_cable(source: Source) -> None:
    async with linked(source) as link:
        source.send(line(15) + LINES[1][:50])
        await until(lambda: link.state.available)
        await source.cut()
        await until(lambda: phase(link) is LinkPhase.OFFLINE)
        assert link.state.status.arming is None
        if isinstance(source, PtySource):
            source.plug_in()
        await until(lambda: phase(link) is LinkPhase.LISTENING)
        await until(lambda: source.opened == 2)
        # The half line from before is not finished by the new connection.
        source.send(LINES[1][50:] + CRLF)
        source.send(line(15))
        await until(lambda: link.state.available)
        assert link.state.status.partitions[0].mode is ArmingState.ARMED_AWAY


async def test_a_bridge_that_lost_its_adapter(server: TcpSource) -> None:
    async with linked(server) as link:
        server.send(line(15))
        await until(lambda: link.state.available)
        await until(lambda: server.received == HANDSHAKE)
        server.send(line(78))
        await until(lambda: phase(link) is LinkPhase.LISTENING)
        assert link.state.status.arming is None
        server.send(line(79))
        await asyncio.sleep(0.05)
        assert server.received == HANDSHAKE
        server.send(line(15))
        await until(lambda: server.received == HANDSHAKE * 2)
        assert link.state.available


async def test_an_adapter_that_starts_anew_is_asked_again(server: TcpSource) -> None:
    async with linked(server) as link:
        server.send(line(1))
        await until(lambda: server.received == HANDSHAKE)
        server.send(line(70) + line(71))
        await until(lambda: link.config)
        server.send(b"!boot....done\r\n" + line(76))
        await until(lambda: server.received == HANDSHAKE * 2)


async def test_an_adapter_that_never_answers_is_asked_twice(server: TcpSource) -> None:
    async with linked(server, replace(QUICK, quiet=30)) as link:
        server.send(line(1))
        await asyncio.sleep(0.5)
        assert server.received == HANDSHAKE * 2
        assert link.state.available


async def test_an_adapter_that_leaves_out_repeats_is_told_of_once(
    server: TcpSource, caplog: pytest.LogCaptureFixture
) -> None:
    def settings() -> int:
        return caplog.text.count("DEDUPLICATE to N")

    async with linked(server) as link:
        server.send(line(1) + line(71))
        await until(lambda: link.config)
        assert settings() == 0
        quiet = line(71).replace(b"DEDUPLICATE=N", b"DEDUPLICATE=Y")
        for _ in range(3):
            server.send(quiet)
        await until(lambda: link.counters.messages == 5)
        assert settings() == 1


async def test_an_unknown_message_is_written_down_once(
    server: TcpSource, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with linked(server) as link:
        server.send(line(85) * 3 + b"!XYZ:1234\r\n!ABC:1234\r\n" + line(1))
        await until(lambda: link.state.available)
    told = [one.message for one in caplog.records if "unknown kind" in one.message]
    assert [one.rpartition(" ")[2] for one in told] == ["!XYZ", "!ABC"]
    assert "1234" not in caplog.text


async def test_refresh_waits_for_the_next_line(server: TcpSource) -> None:
    async with linked(server) as link:
        server.send(line(1))
        await until(lambda: server.received == HANDSHAKE)
        refresh = asyncio.create_task(link.refresh())
        await until(lambda: server.received == HANDSHAKE + b"V\r")
        server.send(line(70))
        await asyncio.sleep(0.02)
        assert not refresh.done()
        server.send(line(15))
        await refresh
        assert link.state.status.arming is ArmingState.ARMED_AWAY


async def test_refresh_without_a_line(server: TcpSource) -> None:
    async with linked(server) as link:
        with pytest.raises(PanelUnreachable, match="not heard"):
            await link.refresh()


async def test_refresh_ends_when_the_link_does(server: TcpSource) -> None:
    async with linked(server, replace(CALM, refresh=5)) as link:
        refresh = asyncio.create_task(link.refresh())
        await asyncio.sleep(0.01)
        await server.cut()
        with pytest.raises(PanelUnreachable):
            await refresh
        await until(lambda: phase(link) is LinkPhase.LISTENING)
        refresh = asyncio.create_task(link.refresh())
        await asyncio.sleep(0.01)
        await link.stop()
        with pytest.raises(PanelUnreachable, match="stopped"):
            await refresh


async def test_a_burst_does_not_hold_the_event_loop(server: TcpSource) -> None:
    # 2000 lines at once (docs/protocol/alarmdecoder.md#byte-streams).
    async with linked(server) as link:
        # Between two turns of the loop: what fits into one read, and no more.
        most, before = 0, link.counters.messages
        server.send((line(8) + line(9)) * 1000)
        while link.counters.messages < 2000:
            await asyncio.sleep(0)
            now = link.counters.messages
            most, before = max(most, now - before), now
        assert 0 < most <= READ_SIZE // len(line(8)) + 1


def test_what_is_said_of_an_address() -> None:
    said = {
        "/dev/ttyUSB0": "/dev/ttyUSB0",
        "socket://host:10000": "socket://host:10000",
        "esphome://host:6053/?key=SECRET": "esphome://host:6053/",
        "rfc2217://me:SECRET@host:1": "rfc2217://host:1",
    }
    for url, public in said.items():
        assert Address(url, 1).public == public

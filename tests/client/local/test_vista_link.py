"""The link to a VISTA RS-232 port over a real TCP connection and a real terminal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from custom_components.panelsync.client.errors import PanelUnreachable
from custom_components.panelsync.client.local.base import Clock, LinkPhase, Timing
from custom_components.panelsync.client.local.commands import VistaQuery
from custom_components.panelsync.client.local.connection import Address
from custom_components.panelsync.client.local.vista.link import VistaSerialLink
from custom_components.panelsync.client.models import ArmingState
from tests.moved_clock import moved_clock

from .samples import LINES
from .sources import Source, TcpSource, until
from .test_vista_serial import ZONES_1, packet

CRLF = b"\r\n"
QUICK = Timing(
    listen=0.15,
    spacing=0.01,
    poll=0.2,
    resync=30,
    response=0.1,
    refresh=0.5,
    suspended=0.3,
    backoff_first=0.01,
    backoff_longest=0.05,
    healthy=0.2,
)
CALM = replace(QUICK, poll=30, response=5, suspended=30)

ANSWERS = {
    VistaQuery.ARMING: packet("AS", "ADDDDDDD"),
    VistaQuery.ZONES: ZONES_1,
    VistaQuery.ZONE_PARTITIONS: packet("ZP", "1" + "1" * 40 + "0" * 24),
}


def answering(source: Source, answers: dict[VistaQuery, bytes] | None = None) -> None:
    """Let a source answer queries, as they are in `answers` at that time."""
    known = ANSWERS if answers is None else answers

    def answer(data: bytes) -> None:
        for query in VistaQuery:
            if query.value in data and query in known:
                source.send(packet("OK") + CRLF + known[query] + CRLF)

    source.on_receive = answer


def asked(source: Source, query: VistaQuery) -> int:
    """Return how often a query came."""
    return bytes(source.received).count(query.value)


def open_zones(link: VistaSerialLink) -> set[int] | None:
    """Return the open zones a link knows."""
    zones = link.state.status.open_zones
    return None if zones is None else set(zones)


async def learned(source: Source, link: VistaSerialLink) -> None:
    """Wait until all that is asked at first was asked, and its answers are on the way."""
    await until(
        lambda: (
            asked(source, VistaQuery.ZONE_PARTITIONS) and open_zones(link) is not None
        )
    )


def only_queries(source: Source) -> bool:
    """Tell whether nothing but queries came."""
    rest = bytes(source.received)
    for query in VistaQuery:
        rest = rest.replace(query.value, b"")
    return rest == b""


@asynccontextmanager
async def linked(
    source: Source, timing: Timing = CALM, *, speaks: bool = True
) -> AsyncIterator[VistaSerialLink]:
    """Run a link for the time of a test.

    Where the panel `speaks`, something happens in the house while it is not on line:
    a mute port is never asked.
    """
    link = VistaSerialLink(
        Address(source.url, 9600),
        timing=timing,
        clock=Clock(draw=lambda _, longest: longest),
    )

    async def speak() -> None:
        while True:
            if link.state.phase is LinkPhase.LISTENING:
                with suppress(OSError):
                    source.send(packet("OK") + CRLF)
            await asyncio.sleep(0.02)

    await link.start()
    speaking = asyncio.create_task(speak()) if speaks else None
    try:
        await until(lambda: link.state.phase is not LinkPhase.OFFLINE and source.opened)
        yield link
    finally:
        if speaking is not None:
            speaking.cancel()
        await link.stop()
        assert only_queries(source)


async def test_a_mute_port_is_never_asked(source: Source) -> None:
    answering(source)
    async with linked(source, QUICK, speaks=False) as link:
        await asyncio.sleep(0.5)
        # Too long a silence opens the port anew, and still nothing is asked.
        assert source.received == b""
        with pytest.raises(PanelUnreachable):
            await link.refresh()
        assert source.received == b""
        # It is opened anew now and then: a cable may have been pulled meanwhile.
        while not link.state.available:
            with suppress(OSError):
                source.send(packet("nq", "F6021000133081610" + "26") + CRLF)
            await asyncio.sleep(0.02)


async def test_everything_is_asked_once_when_the_panel_was_heard(
    source: Source,
) -> None:
    answering(source)
    async with linked(source, speaks=False) as link:
        await asyncio.sleep(0.1)
        assert source.received == b""
        source.send(packet("OK") + CRLF)
        await until(lambda: link.state.available)
        await learned(source, link)
        status = link.state.status
        assert status.arming is ArmingState.ARMED_AWAY
        assert open_zones(link) == {21}
        await asyncio.sleep(0.1)
        asked_for = [asked(source, query) for query in VistaQuery]
        assert asked_for == [1, 1, 1]


async def test_a_packet_ends_the_listening(server: TcpSource) -> None:
    answering(server)
    async with linked(server, replace(CALM, listen=30), speaks=False) as link:
        server.send(packet("OK") + CRLF)
        await until(lambda: link.state.available)


@pytest.mark.parametrize(
    "noise", [LINES[1] + CRLF, (LINES[1] + CRLF) * 3, b"\x00\xfe\x81" * 20]
)
async def test_something_else_on_the_line_is_never_asked(
    source: Source, noise: bytes
) -> None:
    async with linked(source, speaks=False) as link:
        source.send(noise)
        await until(lambda: link.state.phase is LinkPhase.OFFLINE)
        assert source.received == b""


async def test_events_are_pushed(source: Source) -> None:
    answering(source)
    async with linked(source) as link:
        await until(lambda: open_zones(link) == {21})
        source.send(packet("nq", "F6021000133081610" + "26") + CRLF)
        await until(lambda: open_zones(link) == set())


async def test_the_event_after_half_a_packet_is_not_lost(server: TcpSource) -> None:
    answering(server)
    # No resync comes in the time of this test: only the event itself can tell.
    async with linked(server) as link:
        await learned(server, link)
        server.send(b"1BnqF5021")
        await until(lambda: link.counters.damaged)
        server.send(packet("nq", "1B00000010509161026") + CRLF)
        await until(lambda: link.state.status.ac_power is False, 1)


async def test_a_packet_that_comes_in_pieces_is_whole(server: TcpSource) -> None:
    answering(server)
    async with linked(server) as link:
        await learned(server, link)
        for byte in packet("nq", "1B00000010509161026") + CRLF:
            server.send(bytes([byte]))
            await asyncio.sleep(0.005)
        await until(lambda: link.state.status.ac_power is False, 1)
        assert link.counters.damaged == 0


async def test_an_arming_event_asks_for_the_arming(server: TcpSource) -> None:
    answers = dict(ANSWERS)
    answering(server, answers)
    async with linked(server) as link:
        await learned(server, link)
        answers[VistaQuery.ARMING] = packet("AS", "DDDDDDDD")
        server.send(packet("nq", "0800000411602161026") + CRLF)
        await until(lambda: link.state.status.arming is ArmingState.DISARMED)
        assert asked(server, VistaQuery.ARMING) == 2


async def test_damage_asks_for_everything_once(server: TcpSource) -> None:
    answering(server)
    async with linked(server, replace(QUICK, poll=30)) as link:
        await learned(server, link)
        server.send(b"10ASAHDDDDDD008B\r\n" * 5)
        await until(lambda: open_zones(link) is None)
        await until(lambda: open_zones(link) == {21})
        await asyncio.sleep(0.3)
        assert asked(server, VistaQuery.ZONES) == 2
        assert link.state.available


async def test_the_arming_is_polled_and_everything_now_and_then(
    server: TcpSource,
) -> None:
    answering(server)
    async with linked(server, replace(QUICK, poll=0.05, resync=0.4)):
        await until(lambda: asked(server, VistaQuery.ZONES) == 2)
        assert asked(server, VistaQuery.ARMING) > 3


async def test_a_panel_that_falls_silent(source: Source) -> None:
    answers = dict(ANSWERS)
    answering(source, answers)
    async with linked(source, QUICK) as link:
        await learned(source, link)
        answers.clear()
        await until(lambda: link.state.phase is LinkPhase.OFFLINE, 2)
        assert link.state.status.arming is None
        answers.update(ANSWERS)
        await until(lambda: link.state.available)


async def test_an_older_panel_that_knows_only_the_arming(server: TcpSource) -> None:
    answering(server, {VistaQuery.ARMING: ANSWERS[VistaQuery.ARMING]})
    async with linked(server, QUICK) as link:
        await asyncio.sleep(1)
        assert link.state.available
        assert server.opened == 1
        assert asked(server, VistaQuery.ZONES) == 1


async def test_a_panel_in_programming_is_left_alone(server: TcpSource) -> None:
    answering(server)
    async with linked(server, replace(QUICK, suspended=30)) as link:
        await learned(server, link)
        server.send(packet("XF") + CRLF)
        await until(lambda: link.state.phase is LinkPhase.PANEL_SILENT)
        assert link.state.status.arming is None
        await asyncio.sleep(0.05)
        server.received.clear()
        await asyncio.sleep(0.4)
        assert server.received == b""
        server.send(packet("XN") + CRLF)
        await until(lambda: link.state.available)
        await until(lambda: open_zones(link) == {21})


async def test_a_panel_that_does_not_come_back(server: TcpSource) -> None:
    answering(server)
    async with linked(server, QUICK) as link:
        await learned(server, link)
        server.send(packet("XF") + CRLF)
        await until(lambda: link.state.phase is LinkPhase.OFFLINE)
        await until(lambda: link.state.available)


async def test_a_busy_house_does_not_hide_that_the_answer_never_came(
    server: TcpSource,
) -> None:
    """One damaged byte takes away the notice that the panel answers again."""
    answering(server)
    async with linked(server, replace(CALM, suspended=0.4)) as link:
        await learned(server, link)
        server.send(packet("XF") + CRLF)
        await until(lambda: link.state.phase is LinkPhase.PANEL_SILENT)
        server.received.clear()
        server.send(b"08XN0093" + CRLF)
        while link.state.phase is LinkPhase.PANEL_SILENT:
            # Nothing is written after XF
            # (docs/protocol/vista-rs232.md#communication-off).
            assert server.received == b""
            server.send(packet("nq", "F5021000132081610" + "26") + CRLF)
            await asyncio.sleep(0.05)
        await until(lambda: link.state.available)


@pytest.mark.parametrize("code", ["BD", "3D", "0E", "3E", "07", "B7"])
async def test_what_no_panel_does_in_programming_or_test_ends_the_silence(
    server: TcpSource, code: str
) -> None:
    answering(server)
    async with linked(server, replace(CALM, response=0.5)) as link:
        await learned(server, link)
        server.send(packet("XF") + CRLF)
        await until(lambda: link.state.phase is LinkPhase.PANEL_SILENT)
        server.send(packet("nq", code + "00000413208161026") + CRLF)
        await until(lambda: link.state.available)
        await until(lambda: open_zones(link) == {21})


async def test_refresh_asks_the_panel(server: TcpSource) -> None:
    answers = dict(ANSWERS)
    answering(server, answers)
    async with linked(server) as link:
        await learned(server, link)
        answers[VistaQuery.ARMING] = packet("AS", "HDDDDDDD")
        answers[VistaQuery.ZONES] = packet("ZS", "1" + "0" * 64)
        await link.refresh()
        assert link.state.status.arming is ArmingState.ARMED_HOME
        assert open_zones(link) == set()


# Its moved clock is its own, and no two of them go together.
@pytest.mark.real_clock
@pytest.mark.parametrize("start", [1.0, 4_099.7, 33_911.99, 7_000_000.123])
async def test_a_refresh_is_sent_whatever_the_clock_rounds(
    server: TcpSource, start: float
) -> None:
    answering(server)
    with moved_clock(start):
        for _ in range(25):
            async with linked(server) as link:
                await learned(server, link)
                await link.refresh()


async def test_refresh_of_an_older_panel_ends_with_the_arming(
    server: TcpSource,
) -> None:
    answers = {VistaQuery.ARMING: ANSWERS[VistaQuery.ARMING]}
    answering(server, answers)
    async with linked(server, replace(QUICK, poll=30, refresh=5)) as link:
        await until(lambda: link.state.available)
        answers[VistaQuery.ARMING] = packet("AS", "HDDDDDDD")
        await link.refresh()
        assert link.state.status.arming is ArmingState.ARMED_HOME


async def test_refresh_without_an_answer(server: TcpSource) -> None:
    answers = dict(ANSWERS)
    answering(server, answers)
    async with linked(server) as link:
        await learned(server, link)
        answers.clear()
        with pytest.raises(PanelUnreachable):
            await link.refresh()
    with pytest.raises(PanelUnreachable):
        await link.refresh()


async def test_a_cut_cable(server: TcpSource) -> None:
    answering(server)
    async with linked(server) as link:
        await learned(server, link)
        await server.cut()
        await until(lambda: link.state.phase is LinkPhase.OFFLINE)
        assert link.state.status.open_zones is None
        await until(lambda: link.state.available)


async def test_another_adapter_at_the_address_is_never_asked(
    server: TcpSource,
) -> None:
    """To an AlarmDecoder a query is key presses; it may speak once in 10 s only."""
    answering(server)
    async with linked(server, replace(CALM, listen=0.4), speaks=False) as link:
        server.send(packet("OK") + CRLF)
        await learned(server, link)
        server.on_receive = None
        await server.cut()
        await until(lambda: server.opened == 2)
        server.received.clear()
        await asyncio.sleep(0.3)
        server.send(LINES[1] + CRLF)
        await until(lambda: server.opened == 3)
        assert server.received == b""


GREETING = LINES[80] + CRLF + LINES[79] + CRLF


@pytest.mark.parametrize("pieces", [1, 2, len(GREETING)])
async def test_a_bridge_that_greets(server: TcpSource, pieces: int) -> None:
    answering(server)
    async with linked(server, replace(CALM, listen=0.5), speaks=False) as link:
        size = -(-len(GREETING) // pieces)
        for start in range(0, len(GREETING), size):
            server.send(GREETING[start : start + size])
            await asyncio.sleep(0.001)
        assert server.received == b""
        server.send(packet("OK") + CRLF)
        await until(lambda: link.state.available)
        assert server.opened == 1


async def test_a_bridge_that_greets_for_something_else(server: TcpSource) -> None:
    async with linked(server, speaks=False) as link:
        server.send(GREETING + b"Login: ")
        await until(lambda: link.state.phase is LinkPhase.OFFLINE)
        assert server.received == b""


async def test_a_bridge_that_had_lost_its_serial_side(server: TcpSource) -> None:
    answering(server)
    async with linked(server, replace(CALM, response=0.5)) as link:
        await learned(server, link)
        server.send(CRLF + LINES[78] + CRLF + LINES[79] + CRLF)
        # What the panel told meanwhile is lost.
        await until(lambda: open_zones(link) is None)
        await until(lambda: open_zones(link) == {21})


async def test_what_was_heard_before_the_serial_side_went_is_not_shown_after_it(
    server: TcpSource,
) -> None:
    answering(server)
    async with linked(server, replace(CALM, listen=0.5), speaks=False) as link:
        server.send(packet("AS", "D" * 8) + CRLF)
        await until(lambda: link.state.phase is LinkPhase.ONLINE)
        phases: list[LinkPhase] = []
        link.subscribe(lambda state, _: phases.append(state.phase))
        server.send(packet("AS", "A" * 8) + CRLF + LINES[78] + CRLF)
        await until(lambda: LinkPhase.LISTENING in phases)
        assert link.state.phase is LinkPhase.LISTENING
        assert link.state.status.arming is None

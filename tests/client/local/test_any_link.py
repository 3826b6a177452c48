"""What the link to every family of panels does alike: listeners, outages, errors, the end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
import logging
from pathlib import Path

import pytest

from custom_components.panelsync.client.errors import PanelUnreachable
from custom_components.panelsync.client.local.alarmdecoder.link import AlarmDecoderLink
from custom_components.panelsync.client.local.alarmdecoder.state import Ad2Settings
from custom_components.panelsync.client.local.base import Clock, LinkPhase, Timing
from custom_components.panelsync.client.local.connection import Address
from custom_components.panelsync.client.local.family import LocalLink
from custom_components.panelsync.client.local.vista.link import VistaSerialLink

from . import test_ad2_link, test_vista_link
from .samples import LINES
from .site import ADDRESSES
from .sources import PtySource, Source, TcpSource, until
from .test_vista_serial import packet

CRLF = b"\r\n"


@dataclass(frozen=True)
class Family:
    """One family: how its link is made, and what its panel says to be on line."""

    baud: int
    make: Callable[[Address, Timing, Clock], LocalLink]
    calm: Timing
    quick: Timing
    line: bytes


FAMILIES = {
    "alarmdecoder": Family(
        115200,
        lambda address, timing, clock: AlarmDecoderLink(
            address, Ad2Settings(ADDRESSES), timing=timing, clock=clock
        ),
        test_ad2_link.CALM,
        test_ad2_link.QUICK,
        LINES[15] + CRLF,
    ),
    "vista": Family(
        9600,
        lambda address, timing, clock: VistaSerialLink(
            address, timing=timing, clock=clock
        ),
        test_vista_link.CALM,
        test_vista_link.QUICK,
        packet("OK") + CRLF,
    ),
}


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> Family:
    """Be a family of panels."""
    return FAMILIES[request.param]


@asynccontextmanager
async def linked(family: Family, source: Source) -> AsyncIterator[LocalLink]:
    """Run a link for the time of a test, to a panel that answers."""
    if family is FAMILIES["vista"]:
        test_vista_link.answering(source)
    clock = Clock(draw=lambda _, longest: longest)
    link = family.make(Address(source.url, family.baud), family.calm, clock)
    await link.start()
    try:
        await until(lambda: link.state.phase is not LinkPhase.OFFLINE and source.opened)
        yield link
    finally:
        await link.stop()


async def on_line(family: Family, source: Source, link: LocalLink) -> None:
    """Let the panel speak until the link is on line."""
    source.send(family.line)
    await until(lambda: link.state.available)


async def test_a_listener_that_fails_does_not_end_the_link(
    family: Family, server: TcpSource, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("broken")

    async with linked(family, server) as link:
        link.subscribe(fail)
        await on_line(family, server, link)
        assert "A listener to the local link failed" in caplog.text
        await server.cut()
        await until(lambda: not link.state.available)
        await until(lambda: server.opened == 2)
        await on_line(family, server, link)


def held() -> tuple[int, int]:
    """Return how many files and tasks are open."""
    return len(list(Path("/proc/self/fd").iterdir())), len(asyncio.all_tasks())


async def test_many_outages_leave_nothing_behind(
    family: Family, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with linked(family, source) as link:
        before = None
        for outage in range(30):
            await on_line(family, source, link)
            before = before or held()
            opened = source.opened
            await source.cut()
            await until(lambda: not link.state.available)
            if isinstance(source, PtySource):
                source.plug_in()
            await until(lambda: source.opened > opened)  # noqa: B023
            await until(lambda: link.state.phase is LinkPhase.LISTENING)
            assert caplog.text.count("is down") == outage + 1
            assert caplog.text.count("works again") == outage
        await on_line(family, source, link)
        assert before is not None
        files, tasks = held()
        # The other end may still be closing its last connection.
        assert files <= before[0] + 2
        assert tasks <= before[1] + 1


async def test_a_polite_end(family: Family, server: TcpSource) -> None:
    async with linked(family, server) as link:
        await on_line(family, server, link)
        await server.refuse()
        await server.finish()
        await until(lambda: link.state.phase is LinkPhase.OFFLINE)
        await asyncio.sleep(0.1)
        assert link.state.phase is LinkPhase.OFFLINE
        await server.listen()
        await until(lambda: link.state.phase is LinkPhase.LISTENING)


async def test_refresh_without_a_connection(family: Family, server: TcpSource) -> None:
    link = family.make(Address(server.url, family.baud), family.calm, Clock())
    with pytest.raises(PanelUnreachable, match="no connection"):
        await link.refresh()
    await link.stop()


async def test_stop_closes_the_connection(family: Family, server: TcpSource) -> None:
    async with linked(family, server) as link:
        await link.start()
        await on_line(family, server, link)
        assert server.opened == 1
        await link.stop()
        assert link.state.phase is LinkPhase.OFFLINE
        assert link.state.status.arming is None
        await until(lambda: server.ended == 1)


async def test_an_error_nobody_foresaw_does_not_end_the_link(
    family: Family,
    server: TcpSource,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with linked(family, server) as link:
        with monkeypatch.context() as patched:
            patched.setattr(link, "_take", None)
            server.send(family.line)
            await until(lambda: link.state.phase is LinkPhase.OFFLINE)
        assert "nobody foresaw" in caplog.text
        await until(lambda: link.state.phase is LinkPhase.LISTENING)


async def test_no_address_no_link(
    family: Family, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for url in (
        str(tmp_path / "none"),
        "socket://127.0.0.1:1",
        "socket://",
        "made-up://x",
    ):
        caplog.clear()
        link = family.make(Address(url, family.baud), family.quick, Clock())
        await link.start()
        await until(lambda: "is down" in caplog.text)
        await asyncio.sleep(0.1)
        await link.stop()
        assert caplog.text.count("is down") == 1

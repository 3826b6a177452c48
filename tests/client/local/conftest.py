"""What the tests of the local links need."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.moved_clock import moved_clock

from .sources import Source, TcpSource, tcp, terminal


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let the tests use real sockets on this machine."""


@pytest.fixture(autouse=True)
async def _clock(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Let no test depend on how fast this machine is."""
    if request.node.get_closest_marker("real_clock"):
        yield
        return
    with moved_clock():
        yield


@pytest.fixture(params=["tcp", "terminal"])
async def source(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Source]:
    """Be one end of a line, of either sort."""
    if request.param == "tcp":
        async with tcp() as server:
            yield server
    else:
        async with terminal(tmp_path / "adapter") as plugged:
            yield plugged


@pytest.fixture
async def server() -> AsyncIterator[TcpSource]:
    """Be one end of a TCP connection."""
    async with tcp() as one:
        yield one

"""What the tests of the local links need."""

from collections.abc import AsyncIterator

import pytest

from tests.moved_clock import moved_clock


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

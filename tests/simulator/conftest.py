"""What every test of the simulator needs."""

from collections.abc import AsyncIterator

import pytest

from tests.simulator.door import Door, opened


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let the tests use real sockets on this machine."""


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """Stand before the default world."""
    async with opened() as one:
        yield one

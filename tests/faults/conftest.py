"""Real sockets on this machine."""

import asyncio

import pytest

from .report import WHOLE


@pytest.fixture
async def enable_event_loop_debug() -> None:
    """Let the loop watch itself in the sample alone, as it doubles the work.

    In the sample every place meets every fault, and every other test is played with at
    least some of its rows, so it sees what it would see in the whole.
    """
    asyncio.get_running_loop().set_debug(not WHOLE)


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let the tests use real sockets."""

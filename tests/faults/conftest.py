"""Real sockets on this machine, and one key for all simulators of a process."""

import asyncio
from collections.abc import Iterator

import pytest

from .report import WHOLE
from .scene import one_key


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


@pytest.fixture(autouse=True)
def _one_key() -> Iterator[None]:
    """Make a key pair once; it is no part of what is tested here."""
    with one_key():
        yield

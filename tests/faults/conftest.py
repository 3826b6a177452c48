"""Real sockets on this machine, and one key for all simulators of a process."""

from collections.abc import Iterator

import pytest

from .scene import one_key


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let the tests use real sockets."""


@pytest.fixture(autouse=True)
def _one_key() -> Iterator[None]:
    """Make a key pair once; it is no part of what is tested here."""
    with one_key():
        yield

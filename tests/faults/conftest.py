"""Real sockets on this machine, and the fixtures of a Home Assistant."""

import pytest

from tests.home_assistant.conftest import (  # noqa: F401
    home,
    options,
    recorder_off,
    simulator,
    start_home,
)


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let the tests use real sockets."""

"""Marked secrets, and a watch on everything that comes out while a test runs (design 7.2).

What every simulated service is started with and hands out is marked: passwords, codes
long enough to be told from a number, tokens, refresh tokens, session ids. The watch looks
at log lines of every level with their tracebacks, and at every event of Home Assistant,
and so at every state.
"""

from collections.abc import Iterator
from contextlib import contextmanager
import logging
from typing import Any, Final, override
from unittest.mock import patch

from homeassistant.core import EventBus

from simulator.accounts import Accounts
from simulator.options import SimulatorOptions

SHORTEST: Final = 6
# The simulator, the peers, and the test package, which logs whole stores.
NOT_OURS: Final = (
    "simulator",
    "total_connect_client",
    "pytest_homeassistant_custom_component",
)
LOGGERS: Final = ("custom_components.panelsync", "aiohttp", "homeassistant.helpers")


class Watch(logging.Handler):
    """Collects the marks and looks for them."""

    def __init__(self) -> None:
        """Begin with nothing marked."""
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.marked: set[str] = set()
        self.searched = 0
        self.leaks: list[str] = []

    def mark(self, *secrets: str) -> None:
        """Mark secrets; a short one cannot be told from a number."""
        self.marked.update(text for text in secrets if len(text) >= SHORTEST)

    def look(self, where: str, text: str) -> None:
        """Search a text that came out."""
        self.searched += 1
        if any(secret in text for secret in self.marked):
            self.leaks.append(f"{where}: {text[:300]}")

    @override
    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(NOT_OURS):
            self.look(f"log of {record.name}", self.format(record))


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch until the end of the block."""
    watch = Watch()
    made, issued, fired = (
        Accounts.__init__,
        Accounts._issue,
        EventBus.async_fire_internal,
    )

    def make(self: Accounts, options: SimulatorOptions, *others: Any) -> None:
        watch.mark(options.password, options.user_code, options.installer_code)
        made(self, options, *others)

    def issue(self: Accounts, *arguments: Any) -> dict[str, Any]:
        granted = issued(self, *arguments)
        watch.mark(granted["access_token"], granted["refresh_token"], *self.sessions)
        return granted

    def fire(
        self: EventBus, event_type: Any, data: Any = None, *others: Any, **named: Any
    ) -> None:
        watch.look(f"event {event_type}", repr(data))
        fired(self, event_type, data, *others, **named)

    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    root = logging.getLogger()
    with (
        patch.object(Accounts, "__init__", make),
        patch.object(Accounts, "_issue", issue),
        patch.object(EventBus, "async_fire_internal", fire),
    ):
        root.addHandler(watch)
        for name in LOGGERS:
            logging.getLogger(name).setLevel(logging.DEBUG)
        try:
            yield watch
        finally:
            root.removeHandler(watch)
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)

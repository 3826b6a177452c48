"""Marked secrets, and a watch on everything that comes out while a test runs.

See docs/architecture.md#secrets.

What every simulated service is started with and hands out is marked: passwords, codes
long enough to be told from a number, tokens, refresh tokens, session ids; and each text
that tells of duress. The watch looks at

* log lines of every level with their tracebacks,
* every event of Home Assistant, and so at every state,
* every store but the one that may hold tokens, and the config entries,
* every repair, every error of ours and of Home Assistant, raised or not,
* every address that is asked,
* arguments and environment of every process that is started.
"""

import base64
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from html import escape
import json
import logging
import os
import re
import subprocess
from typing import Any, Final, override
from unittest.mock import patch
from urllib.parse import quote, quote_plus

import aiohttp
from homeassistant.core import EventBus
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.issue_registry import IssueRegistry
from homeassistant.helpers.storage import Store

from custom_components.panelsync.client import ClientError
from simulator.world import secrets
from simulator.world.secrets import Kind

SHORTEST: Final = 6
TOKEN_BEGINS: Final = 80
# The simulator, the peers, and the test package, which logs whole stores.
NOT_OURS: Final = (
    "simulator",
    "total_connect_client",
    "pytest_homeassistant_custom_component",
)
LOGGERS: Final = (
    "custom_components.panelsync",
    "aiohttp",
    "asyncio",
    "homeassistant.helpers",
)


_UNSEEN: Final = re.compile(
    "[\\s\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
)


def normal(text: str) -> str:
    """Bring a text into the form in which it is compared: secrets and what came out alike."""
    return _UNSEEN.sub("", text).casefold()


def spellings(secret: str) -> set[str]:
    """Give the ways in which a secret may be written down."""
    data = secret.encode("utf-8", "replace")
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        escape(secret),
        json.dumps(secret)[1:-1],
        # Ends depend on what follows, so they are left out.
        base64.b64encode(data).decode()[: len(data) // 3 * 4],
        base64.urlsafe_b64encode(data).decode()[: len(data) // 3 * 4],
        data.hex(),
    }


class Watch(logging.Handler):
    """Collects the marks and looks for them."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.marked: set[str] = set()
        self.searched = 0
        self.leaks: list[str] = []

    def mark(self, *secrets: str) -> None:
        """Mark secrets; a short one cannot be told from a number."""
        self.marked.update(
            normal(spelling)
            for secret in secrets
            if len(secret) >= SHORTEST
            for spelling in spellings(secret)
        )

    def look(self, where: str, text: str) -> None:
        self.searched += 1
        plain = normal(text)
        if any(secret in plain for secret in self.marked):
            self.leaks.append(f"{where}: {text[:300]}")

    @override
    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(NOT_OURS):
            self.look(f"log of {record.name}", self.format(record))


def may_hold_secrets(key: str) -> bool:
    """Tell which stores may: what was typed in, and what keeps the session."""
    return key == "core.config_entries" or (
        key.startswith("panelsync.") and key.endswith(".client")
    )


def _marker(watch: Watch) -> Callable[[Kind, str], None]:
    """Mark what a simulated world makes; a text may be cut, so what a token begins with is searched for."""

    def mark(kind: Kind, text: str) -> None:
        watch.mark(text[:TOKEN_BEGINS] if kind == "access_token" else text)

    return mark


def _looking(watch: Watch) -> dict[tuple[type, str], Any]:
    """Give what looks at all that comes out, but log lines."""
    fired = EventBus.async_fire_internal
    written: Any = Store._async_handle_write_data
    repaired, asked = IssueRegistry.async_get_or_create, aiohttp.ClientSession._request
    failed, refused = HomeAssistantError.__init__, ClientError.__init__
    started = subprocess.Popen.__init__

    def fire(
        self: EventBus, event_type: Any, data: Any = None, *others: Any, **named: Any
    ) -> None:
        # A state was looked at when it was the new one.
        new = {key: item for key, item in (data or {}).items() if key != "old_state"}
        watch.look(f"event {event_type}", repr(new))
        fired(self, event_type, data, *others, **named)

    async def write(self: Store[Any], *others: Any) -> None:
        if self._data is not None and not may_hold_secrets(self.key):
            make: Callable[[], Any] | None = self._data.get("data_func")
            content = self._data["data"] if make is None else make()
            watch.look(f"store {self.key}", repr(content))
        await written(self, *others)

    def repair(self: IssueRegistry, *others: Any, **named: Any) -> Any:
        watch.look("repair", f"{others!r} {named!r}")
        return repaired(self, *others, **named)

    async def ask(
        self: aiohttp.ClientSession, method: str, url: Any, **named: Any
    ) -> Any:
        watch.look("address", f"{url} {named.get('params')!r}")
        return await asked(self, method, url, **named)

    def fail(self: HomeAssistantError, *others: Any, **named: Any) -> None:
        watch.look("error", f"{others!r} {named!r}")
        failed(self, *others, **named)

    def refuse(self: ClientError, *others: Any, **named: Any) -> None:
        watch.look("error of the client", f"{others!r} {named!r}")
        refused(self, *others, **named)

    def start(self: Any, args: Any, *others: Any, **named: Any) -> None:
        environment = named.get("env") or os.environ
        watch.look("process", f"{args!r} {sorted(environment.items())!r}")
        started(self, args, *others, **named)

    return {
        (EventBus, "async_fire_internal"): fire,
        (Store, "_async_handle_write_data"): write,
        (IssueRegistry, "async_get_or_create"): repair,
        (aiohttp.ClientSession, "_request"): ask,
        (HomeAssistantError, "__init__"): fail,
        (ClientError, "__init__"): refuse,
        (subprocess.Popen, "__init__"): start,
    }


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch until the end of the block; the loggers go on telling all."""
    watch = Watch()
    root = logging.getLogger()
    with ExitStack() as patches:
        for (owner, name), new in _looking(watch).items():
            patches.enter_context(patch.object(owner, name, new))
        patches.callback(secrets.watch(_marker(watch)))
        root.addHandler(watch)
        patches.callback(root.removeHandler, watch)
        for logger in map(logging.getLogger, LOGGERS):
            # A level that is set makes every logger look up its own anew.
            if logger.level != logging.DEBUG:
                logger.setLevel(logging.DEBUG)
        yield watch

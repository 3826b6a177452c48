"""Every secret that a simulated world makes, announced to whoever searches for it elsewhere. Stand-in only."""

from collections.abc import Callable
from typing import Literal

type Kind = Literal[
    "password",
    "code",
    "session",
    "access_token",
    "refresh_token",
    "cookie",
    "duress_record",
]
type Watcher = Callable[[Kind, str], None]

_watchers: list[Watcher] = []


def watch(watcher: Watcher) -> Callable[[], None]:
    """Call the watcher with every secret made from now on, in any world. Returns what ends it."""
    _watchers.append(watcher)
    return lambda: _watchers.remove(watcher)


def announce(kind: Kind, *texts: str) -> None:
    """Say that these texts are secrets."""
    for watcher in tuple(_watchers):
        for text in texts:
            watcher(kind, text)

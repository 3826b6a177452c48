"""An event loop that never sleeps: where it would, its clock moves on instead.

Both ends of the line are in this loop and on this machine. So when nothing is to be run
and nothing to be read, nothing happens before the next timer, and its time has come. What
takes a minute takes none, and no slow machine comes too late for a timer.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import os
from selectors import BaseSelector, SelectorKey
from typing import Any

from tests.home_assistant.quiet import at_work, carried

type Ready = list[tuple[SelectorKey, int]]

_TURNS = 3


class _Selector:
    """Answers as another selector, and moves the clock instead of waiting."""

    def __init__(self, loop: Any, start: float) -> None:
        """Take the selector of a loop, and the seconds its clock begins with."""
        self._loop = loop
        self._real: BaseSelector = loop._selector
        self.now = start

    def select(self, timeout: float | None = None) -> Ready:
        """Return what is ready; without anything, it is later by `timeout`."""
        for _ in range(_TURNS):
            if (ready := self._real.select(0)) or timeout == 0:
                return ready
            os.sched_yield()
        if timeout is None:
            return self._real.select(None)
        if at_work(self._loop._default_executor) or carried(self._real):
            return self._real.select(0.001)
        self.now += timeout
        return []

    def __getattr__(self, name: str) -> Any:
        """Do all else as the real one."""
        return getattr(self._real, name)


@contextmanager
def moved_clock(start: float = 1_000.0) -> Iterator[None]:
    """Let the running loop never sleep until the end of the block.

    Its clock begins at `start` on every machine: the real one counts from when that was
    switched on, and so would the rounding errors of what is added to it.
    """
    loop: Any = asyncio.get_running_loop()
    selector = _Selector(loop, start)
    real = loop._selector
    loop._selector, loop.time = selector, lambda: selector.now
    try:
        yield
    finally:
        loop._selector = real
        del loop.time

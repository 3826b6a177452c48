"""How often the service is asked: one ceiling per account.

See docs/architecture.md#idle-budget.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from ...errors import RateLimited

RATE: Final = 5.0
"""Requests a second, sustained over a minute."""
RESERVE: Final = 60 * RATE
"""What an idle account may ask before the rate counts: one minute's worth."""
AT_ONCE: Final = 12
"""Requests under way at the same time."""
LONGEST_HOLD: Final = timedelta(seconds=30)
"""The longest `Retry-After` that is waited out; a longer one fails the call."""


class Pace:
    """A bucket of requests and the service's own `Retry-After`."""

    def __init__(
        self, clock: Callable[[], float], pause: Callable[[float], Awaitable[None]]
    ) -> None:
        """Take a monotonic clock in seconds and a way to wait."""
        self._clock = clock
        self._pause = pause
        self._under_way = asyncio.Semaphore(AT_ONCE)
        self._free_at = clock() - RESERVE / RATE
        self._held_until = clock()

    def hold(self, wait: timedelta) -> None:
        """Send nothing for this long, because the service asked for it."""
        self._held_until = max(self._held_until, self._clock() + wait.total_seconds())

    def reserve(self) -> float:
        """Take the next place in the row; return how many seconds to wait for it.

        Raises RateLimited, nothing sent, where the service asked for a longer
        rest than is worth waiting for.
        """
        now = self._clock()
        held = self._held_until - now
        if held > LONGEST_HOLD.total_seconds():
            raise RateLimited(
                "The service asked to wait before the next request",
                sent=False,
                retry_after=timedelta(seconds=held),
            )
        free_at = max(self._free_at, now - RESERVE / RATE)
        self._free_at = free_at + 1 / RATE
        return max(0.0, held, free_at - now)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and keep it while the request is under way."""
        wait = self.reserve()
        if wait > 0:
            await self._pause(wait)
        async with self._under_way:
            yield

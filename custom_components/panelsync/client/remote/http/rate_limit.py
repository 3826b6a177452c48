"""How often requests are sent: one ceiling per account.

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


class RateLimiter:
    """A bucket of requests and the service's own `Retry-After`."""

    def __init__(
        self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        """Take a monotonic clock in seconds and a way to wait."""
        self._clock = clock
        self._sleep = sleep
        self._under_way = asyncio.Semaphore(AT_ONCE)
        self._free_at = clock() - RESERVE / RATE
        self._held_until: dict[str, float] = {}

    def hold(self, wait: timedelta, scope: str = "") -> None:
        """Send nothing in a scope for this long, because the service asked for it.

        Without a scope everything is meant: the sign-in asked.
        """
        now = self._clock()
        until = max(self._held_until.get(scope, now), now + wait.total_seconds())
        # What is over is forgotten: scopes are many.
        over = [key for key, end in self._held_until.items() if end <= now]
        for key in over:
            del self._held_until[key]
        self._held_until[scope] = until

    def _until(self, scope: str) -> float:
        """Return until when a scope is held, or everything is; 0 where nothing is.

        Raises RateLimited, nothing sent, where that is longer than LONGEST_HOLD.
        """
        until = max(self._held_until.get(key, 0.0) for key in ("", scope))
        held = until - self._clock()
        if held > LONGEST_HOLD.total_seconds():
            raise RateLimited(
                "The service asked to wait before the next request",
                sent=False,
                retry_after=timedelta(seconds=held),
            )
        return until

    def reserve(self) -> float:
        """Take the next turn; return how many seconds to wait for it."""
        now = self._clock()
        free_at = max(self._free_at, now - RESERVE / RATE)
        self._free_at = free_at + 1 / RATE
        return max(0.0, free_at - now)

    @asynccontextmanager
    async def turn(self, scope: str = "") -> AsyncIterator[None]:
        """Wait for a turn and keep it while the request is under way.

        Another request may be told to wait meanwhile: then this one waits, too. Raises
        RateLimited, nothing sent, where the service asked for a longer wait than
        LONGEST_HOLD.
        """
        waited_until = 0.0
        while True:
            until = self._until(scope)
            if until > waited_until:
                waited_until = until
                if (held := until - self._clock()) > 0:
                    await self._sleep(held)
                # Those who waited start one after the other, not all at once.
                self._free_at = max(self._free_at, min(until, self._clock()))
                continue
            if wait := self.reserve():
                await self._sleep(wait)
            async with self._under_way:
                if self._until(scope) <= waited_until:
                    yield
                    return

"""The one way out to the service: each request in its turn."""

from collections.abc import Callable
from datetime import datetime

import aiohttp

from .rate_limit import RateLimiter
from .request import Request, Response, send


class Transmitter:
    """Sends requests in their turn and heeds `Retry-After`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        limiter: RateLimiter,
        now: Callable[[], datetime],
    ) -> None:
        """Take the shared HTTP session."""
        self._session = session
        self._limiter = limiter
        self._now = now

    async def __call__(self, request: Request) -> Response:
        """Send one request; raises what `send` raises."""
        async with self._limiter.turn(request.scope):
            answer = await send(self._session, request, self._now())
        if answer.retry_after is not None and answer.status in (429, 503):
            self._limiter.hold(answer.retry_after, request.scope)
        return answer

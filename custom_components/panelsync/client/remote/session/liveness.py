"""Whether a refused session has ended, or only one location or route refuses it.

See docs/architecture.md#sign-in-discipline.

All locations share one session, so a location that refuses it for reasons of its own
must not cost the others theirs.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from ...errors import ClientError
from ..http.response import SessionDead
from .tokens import Tokens


class SessionLiveness:
    """Requests the account itself before a session is given up."""

    def __init__(self, request_account: Callable[[Tokens], Awaitable[object]]) -> None:
        """Take a harmless request that every valid session is answered."""
        self._request_account: Final = request_account
        self._single: Final = asyncio.Lock()
        self._ended = ""
        # By location or route: the valid session it refused all the same.
        self._refused: dict[str, str] = {}

    def is_refused(self, subject: str, tokens: Tokens) -> bool:
        """Return whether a subject is known to refuse these tokens while they are valid."""
        return self._refused.get(subject) == tokens.access

    def refused(self, subject: str, tokens: Tokens) -> None:
        """Note that a subject refuses tokens that are valid."""
        self._refused[subject] = tokens.access

    async def is_valid(self, tokens: Tokens) -> bool:
        """Request the account with tokens that were refused.

        False where it cannot be told: a sign-in too many costs less than none. Raises
        nothing.
        """
        async with self._single:
            if self._ended == tokens.access:
                return False
            try:
                await self._request_account(tokens)
            except SessionDead:
                # Many that were refused at once cause one request.
                self._ended = tokens.access
                return False
            except ClientError:
                return False
            return True

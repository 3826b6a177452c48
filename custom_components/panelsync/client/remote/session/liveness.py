"""Whether a refused session has ended, or only what was asked refuses it.

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
    """Asks the account itself before a session is given up."""

    def __init__(self, ask_account: Callable[[Tokens], Awaitable[object]]) -> None:
        """Take a harmless question that every living session is answered."""
        self._ask_account: Final = ask_account
        self._single: Final = asyncio.Lock()
        self._ended = ""
        # By what was asked: the living session it refused all the same.
        self._refused: dict[str, str] = {}

    def is_refused(self, asked: str, tokens: Tokens) -> bool:
        """Tell whether this is known to refuse these tokens while they live."""
        return self._refused.get(asked) == tokens.access

    def refused(self, asked: str, tokens: Tokens) -> None:
        """Note that this refuses tokens which live or are fresh."""
        self._refused[asked] = tokens.access

    async def lives(self, tokens: Tokens) -> bool:
        """Ask the account with tokens that were refused.

        False where it cannot be told: a sign-in too many costs less than none. Raises
        nothing.
        """
        async with self._single:
            if self._ended == tokens.access:
                return False
            try:
                await self._ask_account(tokens)
            except SessionDead:
                # Many that were refused at once cause one question.
                self._ended = tokens.access
                return False
            except ClientError:
                return False
            return True

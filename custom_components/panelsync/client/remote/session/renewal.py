"""A request by a valid session: one that has ended is replaced, once.

See docs/architecture.md#sign-in-discipline.
"""

from collections.abc import Awaitable, Callable, Mapping
from copy import copy

from ...errors import (
    AccountLocked,
    ClientError,
    CredentialsRefused,
    RateLimited,
    ServiceUnreachable,
    SessionEnded,
    SignInPostponed,
    UnclearAnswer,
)
from ..decode.account import account
from ..decode.fields import Fields
from ..http.rate_limit import LONGEST_HOLD
from ..http.response import RouteMissing, SessionDead, raise_for_code
from ..route import NOTHING, Route, Value
from ..routes import ACCOUNT
from .liveness import SessionLiveness
from .session import Session
from .tokens import Tokens

type Send = Callable[
    [Tokens, Route, Mapping[str, Value], Mapping[str, Value]], Awaitable[Fields]
]


class Renewal:
    """Sends requests with valid tokens."""

    def __init__(
        self,
        session: Session,
        send: Send,
        soap_refused: Callable[[Route], Awaitable[RouteMissing]],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """Take what sends once, and what notes that SOAP refuses a valid session."""
        self._session = session
        self._send = send
        self._soap_refused = soap_refused
        self._sleep = sleep
        self._taken = ""
        self._liveness = SessionLiveness(self._request_account)

    def taken_by_rest(self, tokens: Tokens) -> None:
        """Note that REST has taken these tokens."""
        self._taken = tokens.access

    async def request(
        self,
        route: Route,
        path_fields: Mapping[str, Value],
        fields: Mapping[str, Value],
        *,
        renew: bool,
    ) -> Fields:
        """Send a request once and give the answer, whatever its result code.

        A dead session is replaced by one fresh sign-in, if `renew`, and the request
        sent once more; so it is where the session turns out to be valid. Raises
        RouteMissing, RouteForbidden, ServiceUnreachable, SessionEnded and what a
        sign-in raises. A start is not repeated where the service may have acted on it.
        """
        subject = str(path_fields.get("location", route.key))
        tokens = await _before(route, self._session.tokens())
        try:
            return await self._in_turn(tokens, route, path_fields, fields)
        except SessionDead as dead:
            if route.is_start and not dead.certain:
                raise ServiceUnreachable(dead.text, code=dead.code) from None
            # What refuses a valid session costs no other its session.
            if not renew or self._liveness.is_refused(subject, tokens):
                raise
            refused = dead
        tokens = await self._renewed(route, tokens, refused)
        try:
            return await self._in_turn(tokens, route, path_fields, fields)
        except SessionDead as dead:
            if route.is_start and not dead.certain:
                raise ServiceUnreachable(dead.text, code=dead.code) from None
            if route.is_soap:
                raise await self._soap_refused(route) from None
            self._liveness.refused(subject, tokens)
            raise SessionEnded(
                "The service ended the session again", code=dead.code
            ) from None

    async def _in_turn(
        self,
        tokens: Tokens,
        route: Route,
        path_fields: Mapping[str, Value],
        fields: Mapping[str, Value],
    ) -> Fields:
        """Send once; a start that only has to wait a moment is sent after that.

        The service has not looked at what it answers with 429. Reads have their own
        retries.
        """
        try:
            return await self._send(tokens, route, path_fields, fields)
        except RateLimited as error:
            wait = error.retry_after
            if not route.is_start or wait is None or wait > LONGEST_HOLD:
                raise
        await self._sleep(wait.total_seconds())
        return await self._send(tokens, route, path_fields, fields)

    async def _renewed(
        self, route: Route, tokens: Tokens, refused: SessionDead
    ) -> Tokens:
        """Return valid tokens, or raise what that means for the request."""
        try:
            return await self._valid(route, tokens)
        except CredentialsRefused, AccountLocked:
            raise
        except ClientError as error:
            taken = self._taken == tokens.access
            if route.is_soap and taken and isinstance(error, SignInPostponed):
                raise await self._soap_refused(route) from None
            if route.is_start:
                # It was sent, so nobody may say that nothing was.
                raise UnclearAnswer(refused.text, code=refused.code) from None
            raise

    async def _valid(self, route: Route, refused: Tokens) -> Tokens:
        """Return valid tokens: the refused ones if they are, else new ones."""
        if route.is_soap:
            return await self._session.replace(refused, dead=False)
        if route is not ACCOUNT and await self._liveness.is_valid(refused):
            return refused
        return await self._session.replace(refused, dead=True)

    async def _request_account(self, tokens: Tokens) -> None:
        reply = await self._send(tokens, ACCOUNT, NOTHING, tokens.application.fields)
        account(raise_for_code(reply))


async def _before(route: Route, tokens: Awaitable[Tokens]) -> Tokens:
    """Await the tokens for a request: where they can't be had, it was not sent."""
    try:
        return await tokens
    except ServiceUnreachable as error:
        if not route.is_start:
            raise
        unsent = copy(error)
        unsent.sent = False
        raise unsent from None

"""One signed-in session, kept, with the discipline of signing in.

See docs/architecture.md#sign-in-discipline and docs/protocol/total-connect.md#sign-in.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
import logging
from typing import Any, Final

from ...errors import (
    AccountLocked,
    ClientError,
    CredentialsRefused,
    RateLimited,
    ServiceRefused,
    ServiceUnreachable,
    SignInPostponed,
    UnexpectedAnswer,
)
from ...serialization import as_json
from ..decode.fields import Fields
from ..hosts import Hosts
from ..http import rest
from ..http.request import Request, Response
from ..http.response import clean, parse_json, read_response
from ..route import Value
from ..routes import ROUTES
from ..trace import Trace
from .ledger import Ledger
from .outage import Outage
from .refusal import REFUSAL_TEXTS, page_error, refusal, sketch
from .tokens import Application, Tokens, application, encrypt, grant

LOGGER: Final = logging.getLogger(__package__)


@dataclass(frozen=True, slots=True)
class Credentials:
    """User name and password of the account; never printed."""

    username: str = field(repr=False)
    password: str = field(repr=False)


class Session:
    """Keeps tokens valid and signs in as rarely as it can."""

    def __init__(
        self,
        transmit: Callable[[Request], Awaitable[Response]],
        hosts: Hosts,
        credentials: Credentials,
        now: Callable[[], datetime],
        changed: Callable[[], Awaitable[None]],
        stored: Mapping[str, Any],
        *,
        interactive: bool,
        trace: Trace,
    ) -> None:
        """Take what `stored()` gave; `changed` is awaited when that must be saved.

        `unknown_refusal` is how the last sign-in was refused, where nobody knows what
        that means. `outage` ends with the first usable answer. An interactive session
        begins with a sign-in.
        """
        self._transmit = transmit
        self._hosts = hosts
        self._credentials = credentials
        self._now = now
        self._changed = changed
        self._interactive = interactive
        self._trace = trace
        self._single = asyncio.Lock()
        self._failure: ServiceUnreachable | None = None
        self.held = None if interactive else Tokens.restored(stored.get("tokens"))
        ledger = Ledger.restored(stored.get("ledger"))
        self.ledger = ledger.allowed() if interactive else ledger
        self.unknown_refusal = stored.get("unknown_refusal")
        self.outage = Outage.restored(stored.get("outage"), now())

    def stored(self) -> dict[str, Any]:
        """Return values of JSON."""
        return {
            "tokens": self.held and self.held.stored(),
            "ledger": as_json(self.ledger),
            "unknown_refusal": self.unknown_refusal,
            "outage": self.outage and as_json(self.outage),
        }

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never stand in an error's text."""
        return (self._credentials.username, *self.private)

    @property
    def private(self) -> tuple[str, ...]:
        """What must never stand in any text; a log may name its users."""
        held = () if self.held is None else self.held.secrets
        return (self._credentials.password, *held)

    async def tokens(self) -> Tokens:
        """Return valid tokens: those held, refreshed ones, or those of a sign-in."""
        held = self.held
        if held is not None and self._now() < held.refresh_at:
            return held
        async with self._turn():
            held = self.held
            if held is None:
                return await self._sign_in()
            if self._now() < held.refresh_at:
                return held
            return await self._refresh(held)

    async def replace(self, refused: Tokens, *, dead: bool) -> Tokens:
        """Return other tokens than those that were refused: one fresh sign-in.

        `dead` ones are dropped, so that they are not tried again while the next sign-in
        has to wait.
        """
        async with self._turn():
            if self.held is not None and self.held.access != refused.access:
                return self.held
            if dead:
                self.held = None
            return await self._sign_in()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Let one at a time request tokens.

        Whoever waited while that failed shares the failure: all at once would only request
        the same again, one after the other.
        """
        before = self._failure
        async with self._single:
            if self._failure is not None and self._failure is not before:
                raise copy(self._failure)
            try:
                yield
            except ServiceUnreachable as error:
                # Without what led there, which holds secrets.
                self._failure = copy(error)
                raise

    async def served(self) -> None:
        """Note that the session served a request."""
        await self._enter(self.ledger.served(self._now()))

    async def usable(self) -> None:
        """Note that the service gave a usable answer: an account, or a status.

        A page for maintenance may be well-formed, and the status page green.
        """
        if self.outage is not None:
            self.outage = None
            await self._changed()

    async def failed(self, error: ClientError) -> None:
        """Note that the service gave no usable answer."""
        known = self.outage
        self.outage = (
            Outage(self._now(), error.text)
            if known is None
            else known.goes_on(error.text)
        )
        if self.outage != known:
            await self._changed()

    async def _enter(self, ledger: Ledger) -> None:
        """Keep what the ledger has become, if it has changed."""
        if ledger is not self.ledger:
            self.ledger = ledger
            await self._changed()

    async def forget(self) -> None:
        """Drop the tokens."""
        self.held = None
        await self._changed()

    async def _keep(self, tokens: Tokens) -> Tokens:
        self.held = tokens
        self.ledger = self.ledger.granted()
        self.unknown_refusal = None
        await self._changed()
        return tokens

    async def _refresh(self, held: Tokens) -> Tokens:
        if held.refresh is None:
            return await self._sign_in_or_use_up(held)
        now = self._now()
        await self._enter(self.ledger.at(now))
        if wait := self.ledger.refresh_wait(now):
            if now < held.expires_at:
                return held
            raise SignInPostponed(wait)
        try:
            fields = await self._request_token(
                "token.refresh",
                {
                    "client_id": held.application.client_id,
                    "refresh_token": held.refresh,
                },
            )
            tokens = grant(fields, held.application, self._now(), held.refresh)
        except ServiceUnreachable as error:
            if error.sent:
                await self._enter(self.ledger.refresh_failed(now))
            # Nothing was said of the refresh token: a token that is still valid is used on.
            if self._now() < held.expires_at:
                return held
            raise
        except AccountLocked as error:
            await self._stop(error)
            raise
        except ClientError:
            # Any other refusal: the refresh token is dead
            # (docs/protocol/total-connect.md#token-endpoint).
            LOGGER.debug("The refresh token was refused; signing in afresh")
            self.held = replace(held, refresh=None)
            return await self._sign_in_or_use_up(held)
        return await self._keep(tokens)

    async def _sign_in_or_use_up(self, held: Tokens) -> Tokens:
        try:
            return await self._sign_in()
        except SignInPostponed:
            if self._now() < held.expires_at:
                return held
            raise

    async def _sign_in(self) -> Tokens:
        """Sign in with the password, if the discipline allows it now."""
        if self.ledger.stop is not None:
            raise self.ledger.stop.error
        now = self._now()
        await self._enter(self.ledger.at(now))
        wait = (
            self.ledger.flow_wait(now) if self._interactive else self.ledger.wait(now)
        )
        if wait:
            raise SignInPostponed(wait)
        app, encrypted = await self._prepare()
        before = self.ledger
        await self._enter(before.entered(now, unattended=not self._interactive))
        try:
            fields = await self._request_token(
                "token.password", {"client_id": app.client_id} | encrypted
            )
            tokens = grant(fields, app, self._now())
        except ServiceUnreachable as error:
            if not error.sent:
                await self._enter(before)
            raise
        except (AccountLocked, CredentialsRefused) as error:
            await self._stop(error)
            raise
        return await self._keep(tokens)

    async def _prepare(self) -> tuple[Application, dict[str, Value]]:
        """Read the configuration afresh and encrypt the credentials with its key."""
        route = ROUTES["app_config"]
        request = rest.request(route, self._hosts.web, {}, {}, None)
        try:
            with self._trace.exchange(route) as seen:
                answer = seen.answered(await self._transmit(request))
                app, key = application(
                    seen.read(read_response(route, answer, self.secrets))
                )
        except ServiceUnreachable:
            raise
        except ClientError as error:
            raise UnexpectedAnswer(error.text) from None
        return app, {
            "username": encrypt(key, self._credentials.username),
            "password": encrypt(key, self._credentials.password),
        }

    async def _request_token(self, key: str, fields: dict[str, Value]) -> Fields:
        route = ROUTES[key]
        request = rest.request(route, self._hosts.service, {}, fields, None)
        with self._trace.exchange(route) as seen:
            answer = seen.answered(await self._transmit(request))
            said = parse_json(answer.body)
            if said is not None:
                seen.read(said)
            if answer.status == 200 and said is not None and "access_token" in said:
                return said
            if answer.status == 429:
                # Counted as sent: asking on would be the loop that locks accounts
                # (docs/protocol/total-connect.md#locked-accounts).
                raise RateLimited(
                    "The service asked for fewer requests (HTTP 429)",
                    retry_after=answer.retry_after,
                )
            text = ""
            if said is not None:
                text = clean(
                    next(filter(None, map(said.get, REFUSAL_TEXTS)), None),
                    (*self.secrets, *route.secrets(fields)),
                )
            if said is None and (page := page_error(answer)) is not None:
                raise page
            error = refusal(said, answer.status, text)
            if said is not None and isinstance(
                error, ServiceRefused | UnexpectedAnswer
            ):
                self.unknown_refusal = sketch(said, answer.status)
                await self._changed()
            raise error

    async def _stop(self, error: AccountLocked | CredentialsRefused) -> None:
        """Never try the password again, not in another life either."""
        self.held = None
        await self._enter(self.ledger.stopped(error))

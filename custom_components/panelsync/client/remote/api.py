"""One request and its answer: session, limiter, route states and the one retry layer."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
import logging
import random
from typing import Final

from ..errors import (
    ClientError,
    PanelUnreachable,
    RouteUnavailable,
    ServiceRefused,
    ServiceUnreachable,
    SignInPostponed,
    UnclearAnswer,
    UnexpectedAnswer,
)
from ..models import Certainty
from .decode.fields import Fields
from .hosts import Hosts
from .http import rest, soap
from .http.rate_limit import LONGEST_HOLD
from .http.request import Request, Response
from .http.response import (
    KNOWN_CODES,
    RouteForbidden,
    RouteMissing,
    SessionDead,
    is_misunderstood,
    raise_for_code,
    read_response,
)
from .parameters import Parameters
from .route import NOTHING, SEARCHED, Host, Purpose, Route, Value
from .route_state import RouteStates
from .routes import ROUTES, SOAP_PROBE
from .session.renewal import Renewal
from .session.session import Session
from .session.tokens import Tokens
from .trace import Trace

LOGGER: Final = logging.getLogger(__package__)

TRIES: Final = 3
"""How often a read is tried in all."""
PANEL_RETRY_DELAY: Final = 6.0
"""Seconds between two tries to reach a panel.

See docs/protocol/total-connect.md#quirks.
"""


class Exchange:
    """Sends requests to the service; each names an entry of the route table."""

    def __init__(
        self,
        transmit: Callable[[Request], Awaitable[Response]],
        hosts: Hosts,
        session: Session,
        route_states: RouteStates,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        changed: Callable[[], Awaitable[None]],
        trace: Trace,
    ) -> None:
        """Take the parts; `changed` is awaited when what is known must be saved."""
        self._transmit = transmit
        self._hosts = hosts
        self._changed = changed
        self.session = session
        self.route_states = route_states
        self.trace = trace
        self.now = now
        self.sleep = sleep
        self._renewal = Renewal(
            session, self.request_with, self._refused_by_soap, sleep
        )
        self._soap_answered: bool | None = None

    async def request(
        self,
        route: Route,
        path_fields: Mapping[str, Value] = NOTHING,
        fields: Mapping[str, Value] = NOTHING,
        *,
        renew: bool = True,
    ) -> Fields:
        """Send a request once and give the answer, whatever its result code.

        `renew` replaces a session that has ended. Raises what `Renewal` raises.
        """
        return await self._renewal.request(route, path_fields, fields, renew=renew)

    async def _refused_by_soap(self, route: Route) -> RouteMissing:
        """Note that SOAP refuses a session which REST takes: it is unavailable.

        See docs/architecture.md#sign-in-discipline.
        """
        self.route_states.missing(route, self.now())
        await self._changed()
        return RouteMissing("SOAP refuses the session")

    async def request_with(
        self,
        tokens: Tokens,
        route: Route,
        path_fields: Mapping[str, Value] = NOTHING,
        fields: Mapping[str, Value] = NOTHING,
    ) -> Fields:
        """Send once with these tokens, and never sign in.

        Raises what `request` raises; SessionDead where they are refused.
        """
        request = self._written(tokens, route, path_fields, fields)
        # Those of this request: the session may hold others when it is answered.
        secrets = (
            *self.session.secrets,
            *tokens.secrets,
            *route.secrets(fields),
        )
        try:
            with self.trace.exchange(route, path_fields, fields) as seen:
                answer = seen.answered(await self._transmit(request))
                reply = seen.read(read_response(route, answer, secrets))
        except (SessionDead, RouteMissing, RouteForbidden) as error:
            raise await self._noted(route, error) from None
        if not route.is_soap:
            self._renewal.taken_by_rest(tokens)
        if route.purpose not in SEARCHED:
            await self._works(route)
        await self.session.served()
        return reply

    def _written(
        self,
        tokens: Tokens,
        route: Route,
        path_fields: Mapping[str, Value],
        fields: Mapping[str, Value],
    ) -> Request:
        if not route.is_soap:
            base = self._hosts.web if route.host is Host.WEB else self._hosts.service
            return rest.request(route, base, path_fields, fields, tokens.access)
        if tokens.session_id is None:
            raise RouteUnavailable("The sign-in gave no session for SOAP")
        session: dict[str, Value] = {"SessionID": tokens.session_id}
        return soap.request(route, self._hosts.service, session | dict(fields))

    async def _noted(self, route: Route, error: ClientError) -> ClientError:
        """Note what a failure says of its route; return what it is for the caller."""
        states, now = self.route_states, self.now()
        if isinstance(error, SessionDead):
            guessed = route.certainty is Certainty.GUESSED and not states.works(route)
            if error.code is not None or not guessed:
                return error
            # A documented route will show whether it is the session that is refused.
            if route.is_start:
                return UnclearAnswer(error.text)
            error = RouteForbidden(error.text)
        if isinstance(error, RouteMissing):
            if route.remembered:
                states.missing(route, now)
                LOGGER.debug("Route %s is unavailable", route.key)
                await self._changed()
            return error
        if route.is_soap:
            self._soap_answered = None
        if states.forbidden(route, now):
            LOGGER.debug("Route %s is forbidden", route.key)
            await self._changed()
        return error

    async def _works(self, route: Route) -> None:
        if self.route_states.answered(route, self.now()):
            LOGGER.debug("Route %s works", route.key)
            await self._changed()

    async def read(
        self,
        route: Route,
        path_fields: Mapping[str, Value] = NOTHING,
        fields: Mapping[str, Value] = NOTHING,
        *,
        complete: Callable[[Fields], bool] = lambda _: True,
    ) -> Fields:
        """Read a success, in up to three tries; nothing else repeats reads.

        An answer that is not `complete` is requested again and given as it is at last
        (docs/protocol/total-connect.md#quirks).
        """
        failure: ServiceUnreachable | None = None
        for tries_left in reversed(range(TRIES)):
            try:
                reply = await self.request(route, path_fields, fields)
                # docs/protocol/total-connect.md#result-codes: an unknown one is read again.
                if tries_left < TRIES - 1 or not _is_unknown(reply):
                    raise_for_code(reply)
                    if complete(reply) or not tries_left:
                        return reply
                wait = random.uniform(0.5, 1.5)
            except PanelUnreachable:
                if not tries_left:
                    raise
                # The first live read after idle nearly always fails
                # (docs/protocol/total-connect.md#quirks).
                wait = PANEL_RETRY_DELAY
            except SignInPostponed as error:
                # Where a sign-in was just sent in vain, that is why.
                raise failure or error from None
            except ServiceUnreachable as error:
                if not tries_left or not _worth_repeating(error):
                    raise
                failure = error
                wait = random.uniform(0.5, 1.5) * (TRIES - tries_left)
                LOGGER.debug("Route %s failed, trying again: %s", route.key, error)
            await self.sleep(wait)
        raise AssertionError("unreachable")  # pragma: no cover

    @property
    def soap_works(self) -> bool:
        """Whether the last look at SOAP found it answering."""
        return self._soap_answered is True

    async def soap_answers(self) -> bool:
        """Return whether SOAP answers here, by one harmless read if not known."""
        if (
            self._soap_answered is None
            and not self.route_states.is_unavailable(SOAP_PROBE, self.now())
            and not self._is_backing_off(SOAP_PROBE)
        ):
            await self.probe_soap()
        return self.soap_works

    async def probe_soap(self) -> None:
        """Send SOAP one harmless read; where it is unavailable never at the cost of a sign-in."""
        known_missing = self.route_states.is_unavailable(SOAP_PROBE, self.now())
        try:
            raise_for_code(await self.request(SOAP_PROBE, renew=not known_missing))
        except (
            RouteUnavailable,
            SessionDead,
            ServiceUnreachable,
            ServiceRefused,
        ) as error:
            LOGGER.debug("SOAP does not answer: %s", error)
            self._soap_answered = False
            if isinstance(error, SessionDead):
                await self._refused_by_soap(SOAP_PROBE)
            return
        self._soap_answered = True
        for key, route in ROUTES.items():
            if route.is_soap and key != SOAP_PROBE.key:
                self.route_states.try_again(route)

    async def read_first[T](
        self,
        purpose: Purpose,
        parameters: Callable[[Route], Parameters | None],
        decode: Callable[[Fields], T | None],
        *,
        complete: Callable[[Fields], bool] = lambda _: True,
    ) -> tuple[Route, T] | None:
        """Read by the first route that gives something to decode.

        `parameters` gives what fills a route, None to leave it out. One that is
        unavailable, forbidden or misunderstands leads to the next; None: none is left.
        """
        failure: ClientError | None = None
        unsupported: list[Route] = []
        for route in self._routes(purpose):
            given = parameters(route)
            if given is None or not await self._may_read(route):
                continue
            try:
                decoded = decode(await self.read(route, *given, complete=complete))
                if decoded is not None:
                    await self._found(route, unsupported)
                    return route, decoded
                LOGGER.debug("Route %s answered something else", route.key)
            except RouteUnavailable:
                continue
            except RouteForbidden as error:
                failure = error
                continue
            except (ServiceUnreachable, ServiceRefused) as error:
                if not is_misunderstood(error):
                    raise
                failure = error
            unsupported.append(route)
        if failure is not None:
            raise failure
        if any(self._is_backing_off(route) for route in self._routes(purpose)):
            raise UnexpectedAnswer("The service forbade this a moment ago")
        return None

    def _routes(self, purpose: Purpose) -> tuple[Route, ...]:
        return self.route_states.table.routes_for(purpose)

    def _is_backing_off(self, route: Route) -> bool:
        return self.route_states.is_backing_off(route, self.now())

    async def _may_read(self, route: Route) -> bool:
        """Return whether a route may be tried: not unavailable, and not just forbidden."""
        return (
            not self.route_states.is_unavailable(route, self.now())
            and not self._is_backing_off(route)
            and (not route.is_soap or await self.soap_answers())
        )

    async def _found(self, route: Route, unsupported: list[Route]) -> None:
        """Note the way that works, and that those tried before it do not."""
        for other in unsupported:
            self.route_states.mark_unsupported(other, self.now())
        await self._works(route)


def _is_unknown(reply: Fields) -> bool:
    code = reply.integer("ResultCode")
    return code is not None and code not in KNOWN_CODES


def _worth_repeating(error: ServiceUnreachable) -> bool:
    too_long = error.retry_after is not None and error.retry_after > LONGEST_HOLD
    return not (
        too_long or isinstance(error, RouteForbidden) or is_misunderstood(error)
    )

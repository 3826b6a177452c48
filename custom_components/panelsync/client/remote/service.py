"""The Remote Service of one account: it signs in, and gives account and links."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
import logging
import time
from typing import Any, Final

import aiohttp

from ..errors import (
    ClientError,
    CodeRefused,
    RouteUnavailable,
    ServiceRefused,
    ServiceUnreachable,
    SessionEnded,
    UnexpectedAnswer,
)
from ..models import Account, Location, RouteReport, ServiceStatus, UserSyncWay
from ..serialization import as_json
from .api import Exchange
from .decode import answers as decode
from .decode.account import account as decode_account, lists_locations
from .hosts import Hosts
from .http.rate_limit import RateLimiter
from .http.response import raise_for_code
from .http.transmitter import Transmitter
from .location_link import RemoteLink, validated_code
from .route import Purpose, Route, Value
from .route_state import RouteStates
from .routes import ACCOUNT, LIKELY_WAYS, ROUTES, RouteTable
from .session.ledger import Ledger
from .session.outage import Outage
from .session.session import Credentials, Session
from .trace import Trace

LOGGER: Final = logging.getLogger(__package__)


def counted_together(
    stored: Mapping[str, Any], other: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is stored with the sign-ins of another store of the same account counted.

    Of `other` nothing else is taken; where `stored` is of another account, that is all
    there is.
    """
    account = other.get("account")
    mine = dict(stored) if stored.get("account") == account else {"account": account}
    ledger = Ledger.restored(mine.get("ledger")).joined(
        Ledger.restored(other.get("ledger"))
    )
    return mine | {"ledger": as_json(ledger)}


def sign_in_wait(stored: Mapping[str, Any], now: datetime) -> timedelta:
    """Return how long it takes until an unattended sign-in may be tried."""
    return Ledger.restored(stored.get("ledger")).wait(now)


def allowed_again(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stored so that one more sign-in is tried.

    For a person who says that a locked account is open again: no sign-in is tried by
    itself after the service has refused one for good
    (docs/protocol/total-connect.md#result-codes).
    """
    ledger = Ledger.restored(stored.get("ledger")).allowed()
    return dict(stored) | {"ledger": as_json(ledger)}


def _of_account(stored: object, account: str) -> Mapping[str, Any]:
    """Return what was stored of this account.

    What was remembered for another user or service says nothing about it.
    """
    if isinstance(stored, Mapping) and stored.get("account") == account:
        return stored
    return {}


class RemoteService:
    """Signs in once and gives account, links and routes.

    `stored` is what `save` was last given, `now` an aware clock. In a flow
    (`interactive`) the password is always tried, three times in five minutes at most.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        hosts: Hosts,
        credentials: Credentials,
        *,
        stored: Mapping[str, Any] | None = None,
        save: Callable[[dict[str, Any]], Awaitable[None]] | None = None,
        user_sync: UserSyncWay = UserSyncWay.KNOWN,
        learned: Iterable[Route] = (),
        now: Callable[[], datetime],
        interactive: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take what was remembered; anything damaged in `stored` is ignored."""
        self._account = f"{credentials.username.casefold()} {hosts.service}"
        kept = _of_account(stored, self._account)
        self._save = save
        self._now = now
        self._user_sync = user_sync
        self._links: dict[int, RemoteLink] = {}
        self._route_states = RouteStates(kept.get("routes"), RouteTable(learned))
        self.trace = Trace(now)
        transmit = Transmitter(session, RateLimiter(time.monotonic, sleep), now)
        self._session = Session(
            transmit,
            hosts,
            credentials,
            now,
            self._changed,
            kept,
            interactive=interactive,
            trace=self.trace,
        )
        self._exchange = Exchange(
            transmit,
            hosts,
            self._session,
            self._route_states,
            now,
            sleep,
            self._changed,
            self.trace,
        )

    async def _changed(self) -> None:
        if self._save is not None:
            await self._save(self._stored())

    def _stored(self) -> dict[str, Any]:
        return {
            "account": self._account,
            "routes": self._route_states.stored(),
            **self._session.stored(),
        }

    @property
    def outage(self) -> Outage | None:
        """Since when the account gets no usable answer, None while it does."""
        return self._session.outage

    @property
    def unknown_refusal(self) -> object:
        """Names and codes of a refused sign-in that nobody knows, None without one."""
        return self._session.unknown_refusal

    @property
    def sign_ins_today(self) -> int:
        """How many password sign-ins were sent in the last 24 hours."""
        return self._session.ledger.in_last_day(self._now())

    async def sign_in(self) -> None:
        """Ensure valid tokens: stored ones, else refreshed, else by password.

        Raises CredentialsRefused, AccountLocked, SignInPostponed, ServiceUnreachable.
        """
        await self._session.tokens()

    async def sign_out(self) -> None:
        """End the session at the service; only for an entry that is removed.

        Nobody signs in to sign out: tokens are used as they are, or not at all.
        """
        if (held := self._session.held) is None:
            return
        if self._now() < held.expires_at:
            try:
                await self._exchange.request_with(held, ROUTES["logout"])
            except ClientError as error:
                LOGGER.debug("Signing out failed: %s", error)
        await self._session.forget()

    async def fetch_account(self) -> Account:
        """Read the account and its locations, signing in when needed.

        An answer without a list of locations is requested again; see
        docs/protocol/total-connect.md#quirks. What is no account counts as no answer.
        """
        try:
            tokens = await self._session.tokens()
            fields = await self._exchange.read(
                ACCOUNT,
                fields=tokens.application.fields,
                complete=lists_locations,
            )
            account = decode_account(fields)
        except (
            ServiceUnreachable,
            ServiceRefused,
            SessionEnded,
            RouteUnavailable,
        ) as error:
            await self._session.failed(error)
            raise
        await self._session.usable()
        for location in account.locations:
            if location.location_id in self._links:
                self._links[location.location_id].location = location
        return account

    def link(self, location: Location) -> RemoteLink:
        """Return the link of a location; it holds the newest description of it."""
        link = self._links.get(location.location_id)
        if link is None:
            likely = LIKELY_WAYS if self._user_sync is UserSyncWay.LIKELY else ()
            link = RemoteLink(self._exchange, location, likely)
            self._links[location.location_id] = link
        link.location = location
        return link

    async def probe_routes(self, location: Location) -> None:
        """Find out by harmless reads what works on this account, and remember it.

        Raises what a sign-in raises; that a route cannot be reached is not an error.
        """
        link = self.link(location)
        now = self._now()
        await self._exchange.probe_soap()
        for purpose, read in (
            (Purpose.LIVE_ZONES, link.read_live),
            (Purpose.EVENT_LOG, lambda: link.read_events(None)),
            (Purpose.PENDING_CHANGES, link.read_pending_user_changes),
        ):
            routes = self._route_states.table.routes_for(purpose)
            unavailable = [
                route
                for route in routes
                if self._route_states.is_unavailable(route, now)
            ]
            if any(self._route_states.works(route) for route in routes) or (
                # The panel itself is not disturbed only to look at a route.
                purpose is Purpose.LIVE_ZONES and not unavailable
            ):
                continue
            for route in unavailable:
                self._route_states.try_again(route)
            try:
                await read()
            except (RouteUnavailable, ServiceRefused, ServiceUnreachable) as error:
                LOGGER.debug("Probing %s: %s", purpose, error)

    def routes(self) -> tuple[RouteReport, ...]:
        """Return what works on this account, for people."""
        return self._route_states.report(self._now())

    async def fetch_service_status(self) -> tuple[ServiceStatus, ...]:
        """Read the service's own dashboard; () when it can't be had.

        See docs/protocol/total-connect.md#service-status.
        """
        try:
            fields = raise_for_code(
                await self._exchange.request(ROUTES["dashboard"], renew=False)
            )
        except ClientError as error:
            LOGGER.debug("The dashboard cannot be read: %s", error)
            return ()
        return decode.service_status(fields, self._session.secrets)

    async def check_user_code(self, location: Location, code: str) -> bool:
        """Ask once whether a user code is in use at the location.

        See docs/protocol/total-connect.md#starting-a-user-sync.

        Some services say yes to any user's code. Raises UnexpectedAnswer where the
        answer does not say.
        """
        route = ROUTES["validate_user"]
        try:
            fields: dict[str, Value] = {"userCode": validated_code(code)}
            reply = await self._exchange.request(
                route, {"location": location.location_id}, fields
            )
            raise_for_code(reply)
        except CodeRefused:
            return False
        valid = decode.code_is_valid(reply)
        if valid is None:
            raise UnexpectedAnswer("The service did not say whether the code is valid")
        return valid

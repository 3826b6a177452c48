"""The sign-ins of one config flow, and what a look at the account finds."""

import asyncio
from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..capabilities import LOCATIONS_SHOWN, Capabilities
from ..client import (
    Account,
    AccountLocked,
    ClientError,
    Credentials,
    CredentialsRefused,
    Hosts,
    Location,
    PendingUserChanges,
    RemoteService,
    RouteUnavailable,
    ServiceRefused,
    ServiceUnreachable,
    SessionEnded,
    SignInPage,
    SignInPostponed,
    SyncKind,
    UnexpectedAnswer,
    allowed_again,
    counted_together,
)
from ..const import CONF_SERVICE_URL, CONF_USER_CODE, CONF_WEB_URL, DOMAIN, LOGGER
from ..errors import several
from ..http_session import async_http_session
from ..panel_codes import is_code
from .schemas import FormError

# A person waits for the form, so a read that takes longer is left unknown, in seconds.
LOOK_LIMIT = 10

# What was remembered when a flow last signed in, by user and service. A few wrong
# passwords lock an account (docs/protocol/total-connect.md#locked-accounts), in however
# many dialogs.
_SIGN_INS: HassKey[dict[tuple[str, str], dict[str, Any]]] = HassKey(
    f"{DOMAIN}_sign_ins"
)


class SignInFailed(Exception):
    """A sign-in did not lead to an account that can be used."""

    def __init__(self, error: FormError) -> None:
        """Keep what the form shows."""
        super().__init__(error.key)
        self.error = error


def _answer_text(err: ClientError) -> dict[str, str]:
    """Return the service's own text and number for a form's text."""
    code = "-" if err.code is None else str(err.code)
    return {"text": err.text or "-", "code": code}


def form_error(err: ClientError) -> FormError:
    """Return what a form shows for an error of the client."""
    match err:
        case CredentialsRefused():
            return FormError("invalid_auth")
        case AccountLocked():
            return FormError("account_locked")
        case SignInPostponed():
            return FormError(
                "too_many_sign_ins", {"wait": several(err.wait.total_seconds())}
            )
        case SignInPage():
            return FormError("sign_in_page")
        case UnexpectedAnswer() | RouteUnavailable():
            return FormError("not_the_service")
        case ServiceUnreachable():
            return FormError("cannot_connect")
        case ServiceRefused() | SessionEnded():
            return FormError("service_refused", _answer_text(err))
    return FormError("unknown")


async def async_check_codes(
    service: RemoteService, location: Location, given: Mapping[str, str]
) -> FormError | None:
    """Check what can be checked of codes, once: whether a user code is in use there."""
    if not all(map(is_code, given.values())):
        return FormError("not_a_code")
    if (code := given.get(CONF_USER_CODE)) is None:
        return None
    try:
        known = await service.check_user_code(location, code)
    except RouteUnavailable:
        # Where nothing can check it, the first sync does; a code that the panel
        # refuses is never sent again (docs/architecture.md#a-start-is-sent-once).
        return None
    except ServiceRefused as err:
        return FormError("code_not_checked", _answer_text(err))
    except ServiceUnreachable, SessionEnded:
        return FormError("code_check_unanswered")
    except ClientError as err:
        return form_error(err)
    return None if known else FormError("invalid_code")


class AccountSignIn:
    """Signs in for one flow and keeps what the client learned for the entry.

    The sign-ins of all flows are counted together
    (docs/architecture.md#sign-in-discipline).
    """

    service: RemoteService
    account: Account

    def __init__(self, hass: HomeAssistant, stored: Mapping[str, Any] | None) -> None:
        """Start from what is stored for an entry, or from nothing."""
        self._hass = hass
        self._signed_in: tuple[Hosts, Credentials] | None = None
        self.stored: dict[str, Any] = dict(stored or {})

    async def sign_in(
        self, username: str, password: str, addresses: Mapping[str, str]
    ) -> Account:
        """Sign in with the password and return the account.

        Raises `SignInFailed` with the error of the form.
        """
        try:
            hosts = Hosts(addresses[CONF_WEB_URL], addresses[CONF_SERVICE_URL])
        except ValueError as err:
            raise SignInFailed(FormError("insecure_url")) from err
        credentials = Credentials(username, password)
        # Who corrects something else is not signed in a second time.
        if self._signed_in != (hosts, credentials):
            self.service = self._service(hosts, credentials)
        self._signed_in = None
        try:
            account = await self.service.fetch_account()
        except ClientError as err:
            raise SignInFailed(form_error(err)) from err
        except Exception as err:
            LOGGER.exception("Unexpected error while signing in")
            raise SignInFailed(FormError("unknown")) from err
        self._signed_in = hosts, credentials
        self.account = account
        return account

    def _service(self, hosts: Hosts, credentials: Credentials) -> RemoteService:
        """Return a service of its own for one sign-in, which counts all others."""
        tried = self._hass.data.setdefault(_SIGN_INS, {})
        who = (credentials.username.casefold(), hosts.service)

        async def remember(stored: dict[str, Any]) -> None:
            # A person who continues with the dialog lets the entry try once more.
            self.stored = allowed_again(stored)
            tried[who] = counted_together({}, stored)

        return RemoteService(
            async_http_session(self._hass),
            hosts,
            credentials,
            stored=counted_together(self.stored, tried[who])
            if who in tried
            else self.stored,
            save=remember,
            now=dt_util.utcnow,
            interactive=True,
        )

    async def look(self) -> Capabilities:
        """Find out by harmless reads what works; a failing read leaves it unknown."""
        locations = self.account.locations
        try:
            async with asyncio.timeout(LOOK_LIMIT):
                await self.service.probe_routes(locations[0])
        except (ClientError, TimeoutError) as err:
            LOGGER.debug("Routes could not be probed: %r", err)
        shown = locations[:LOCATIONS_SHOWN]
        pending = await asyncio.gather(*map(self._pending, shown))
        links = {item.location_id: self.service.link(item) for item in locations}
        return Capabilities(
            kinds={key: link.supported_kinds for key, link in links.items()},
            startable=frozenset(
                kind
                for kind in SyncKind
                if any(link.has_route(kind) for link in links.values())
            ),
            pending={
                location.location_id: count
                for location, count in zip(shown, pending, strict=True)
            },
        )

    async def _pending(self, location: Location) -> PendingUserChanges | None:
        link = self.service.link(location)
        if SyncKind.USERS not in link.supported_kinds:
            return None
        try:
            async with asyncio.timeout(LOOK_LIMIT):
                return await link.read_pending_user_changes()
        except (ClientError, TimeoutError) as err:
            LOGGER.debug("No user counts of a location: %r", err)
            return None

"""Pure parts of signing in: token life, the ledger of sign-ins, what the endpoint says."""

import base64
import binascii
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
import json
import re
from typing import Final, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from ...errors import (
    AccountLocked,
    ClientError,
    CredentialsRefused,
    ServiceRefused,
    ServiceUnreachable,
    UnexpectedAnswer,
)
from ..decode.fields import Fields
from ..http.response import CREDENTIAL_CODES, LOCKED_CODES, clean
from ..route_state import moment
from ..routes import PATTERNS, Kind, Value

REFRESH_AT: Final = 0.9
SHORTEST_LIFE: Final = 60
"""Seconds for which tokens are used, whatever the answer says."""
REFUSAL_TEXTS: Final = ("error_description", "ResultData", "Message")
DEFAULT_LIFE: Final = 1200
"""Seconds, where the answer does not say.

See docs/protocol/total-connect.md#token-endpoint.
"""

FIRST_SPACE: Final = timedelta(minutes=5)
LONGEST_SPACE: Final = timedelta(hours=4)
WORKED: Final = timedelta(hours=1)
"""A session that served this long shows that the account is in order."""
DAY: Final = timedelta(days=1)
FLOW_SIGN_INS: Final = 3
FLOW_WINDOW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Application:
    """What the web application's configuration says.

    See docs/protocol/total-connect.md#web-application-configuration.
    """

    client_id: str
    app_id: str
    app_version: str

    @property
    def fields(self) -> dict[str, Value]:
        """What the session details are asked for with.

        See docs/protocol/total-connect.md#session-details.
        """
        return {"appId": self.app_id, "appVersion": self.app_version}


@dataclass(frozen=True, slots=True)
class Tokens:
    """One signed-in session. `session_id` is the same session for SOAP."""

    application: Application
    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    session_id: str | None = field(repr=False)
    refresh_at: datetime
    expires_at: datetime

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never stand in a text."""
        return self.access, self.refresh or "", self.session_id or ""

    def stored(self) -> dict[str, str | None]:
        """Give values of JSON."""
        return {
            "client_id": self.application.client_id,
            "app_id": self.application.app_id,
            "app_version": self.application.app_version,
            "access": self.access,
            "refresh": self.refresh,
            "refresh_at": self.refresh_at.isoformat(),
            "expires_at": self.expires_at.isoformat(),
        }

    @classmethod
    def restored(cls, stored: object) -> Self | None:
        """Read what `stored()` gave; None for anything else."""
        if not isinstance(stored, Mapping):
            return None
        values = Fields(stored)
        client_id, app_id, app_version = (
            _fit(Kind.WORD, values.get(name))
            for name in ("client_id", "app_id", "app_version")
        )
        access = _fit(Kind.SECRET, values.get("access"))
        refresh_at, expires_at = (
            moment(values.get("refresh_at")),
            moment(values.get("expires_at")),
        )
        if not (client_id and app_id and app_version):
            return None
        if access is None or refresh_at is None or expires_at is None:
            return None
        return cls(
            Application(client_id, app_id, app_version),
            access,
            _fit(Kind.SECRET, values.get("refresh")),
            session_id(access),
            refresh_at,
            expires_at,
        )


def session_id(access: str) -> str | None:
    """Read the SOAP session from a token: the first part of `ids`.

    See docs/protocol/total-connect.md#soap-session-in-the-token.
    """
    parts = access.split(".")
    if len(parts) < 2:
        return None
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        payload = json.loads(base64.urlsafe_b64decode(padded))
    except ValueError, RecursionError:
        return None
    ids = payload.get("ids") if isinstance(payload, dict) else None
    return _fit(Kind.WORD, ids.split(";")[0].strip()) if isinstance(ids, str) else None


def _fit(kind: Kind, value: object) -> str | None:
    """Give a text that can be sent back to the service; None for all else."""
    fits = isinstance(value, str) and re.fullmatch(PATTERNS[kind], value)
    return fits.string if fits else None


def grant(
    fields: Fields,
    application: Application,
    now: datetime,
    old_refresh: str | None = None,
) -> Tokens:
    """Give the tokens of a successful answer; without a new refresh token the old one stays.

    Raises UnexpectedAnswer where no access token came.
    """
    access = _fit(Kind.SECRET, fields.get("access_token"))
    if access is None:
        raise UnexpectedAnswer("The sign-in answer has no token")
    life = fields.number("expires_in")
    # A token that is said to live for a moment must not cost a refresh a request; where
    # it is true, the service says so itself.
    seconds = (
        min(max(life, SHORTEST_LIFE), DAY.total_seconds())
        if life is not None and life > 0
        else DEFAULT_LIFE
    )
    return Tokens(
        application,
        access,
        _fit(Kind.SECRET, fields.get("refresh_token")) or old_refresh,
        session_id(access),
        now + timedelta(seconds=seconds * REFRESH_AT),
        now + timedelta(seconds=seconds),
    )


def refusal(fields: Fields | None, status: int, text: str) -> ClientError:
    """Give the error of a token endpoint that did not grant.

    See docs/protocol/total-connect.md#token-endpoint.

    The `error` field carries the service's own result code, or an OAuth word.
    """
    named = fields is not None and ("error" in fields or "ResultCode" in fields)
    if fields is None or not (named or status in (400, 401, 403)):
        # A web page or the like is not the service; above 500 it may be its outage.
        error = UnexpectedAnswer if status < 500 else ServiceUnreachable
        return error(f"The sign-in address answered HTTP {status} {text}".rstrip())
    code = fields.integer("error")
    if code is None:
        code = fields.integer("ResultCode")
    # The text may have been dropped; what it said counts all the same.
    said = " ".join(fields.text(name) or "" for name in REFUSAL_TEXTS).casefold()
    if code in LOCKED_CODES or "revoked" in said:
        return AccountLocked(text, code=code)
    if code in CREDENTIAL_CODES or fields.text("error") == "invalid_grant":
        return CredentialsRefused(text, code=code)
    return ServiceRefused(text, code=code)


def encrypt(key: RSAPublicKey, secret: str) -> str:
    """Encrypt a credential: RSA, PKCS#1 v1.5, base64.

    See docs/protocol/total-connect.md#encrypted-credentials.

    Raises CredentialsRefused where it is longer than the key can carry.
    """
    data = secret.encode(errors="replace")
    if len(data) > key.key_size // 8 - 11:
        raise CredentialsRefused(
            "User name or password is longer than the service accepts"
        )
    return base64.b64encode(key.encrypt(data, PKCS1v15())).decode()


def application(config: Fields) -> tuple[Application, RSAPublicKey]:
    """Read the web application's configuration.

    See docs/protocol/total-connect.md#web-application-configuration.

    Raises UnexpectedAnswer where what a sign-in needs is not in it.
    """
    first = next(iter(config.rows("AppConfig") or []), Fields({}))
    brand = next(
        (
            row
            for row in config.rows("brandInfo") or []
            if (row.text("BrandName") or "").casefold() == "totalconnect"
        ),
        Fields({}),
    )
    client_id = _fit(Kind.WORD, first.text("tc2ClientId"))
    app_id = _fit(Kind.WORD, brand.text("AppID"))
    revision, version = config.text("RevisionNumber"), config.text("version")
    app_version = _fit(Kind.WORD, f"{revision}.{(version or '').rpartition('.')[2]}")
    if not (client_id and app_id and revision and version and app_version):
        raise UnexpectedAnswer("The service's configuration lacks what a sign-in needs")
    try:
        key = load_der_public_key(
            base64.b64decode(str(first.get("tc2APIKey")), validate=True)
        )
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        raise UnexpectedAnswer("The service's public key cannot be read") from error
    if not isinstance(key, RSAPublicKey):
        raise UnexpectedAnswer("The service's public key is of an unknown kind")
    return Application(client_id, app_id, app_version), key


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the password is not sent again until a person asks for it.

    See docs/protocol/total-connect.md#result-codes.

    `code` and `text` are the service's own, as an error of the client keeps them.
    """

    locked: bool
    code: int | None = None
    text: str = ""

    @property
    def error(self) -> ClientError:
        """What to raise, again and again."""
        kind = AccountLocked if self.locked else CredentialsRefused
        return kind(self.text, code=self.code)

    @classmethod
    def restored(cls, stored: object) -> Self | None:
        """Read what `asdict` gave; None for anything else."""
        if not isinstance(stored, Mapping):
            return None
        values = Fields(stored)
        if (locked := values.flag("locked")) is None:
            return None
        return cls(locked, values.integer("code"), clean(values.get("text"), ()))


@dataclass(frozen=True, slots=True)
class Ledger:
    """The password sign-ins of the last day, oldest first.

    See docs/protocol/total-connect.md#locked-accounts.

    `streak` counts unattended ones since a session last served for an hour. `stop`
    tells that the last one ended all further ones.
    """

    times: tuple[datetime, ...] = ()
    streak: int = 0
    stop: Stop | None = None

    def at(self, now: datetime) -> Self:
        """Count sign-ins "from later" as made now: the clock was ahead when they were.

        What this gives must be kept, or their wait would begin anew with each look.
        """
        if not self.times or self.times[-1] <= now:
            return self
        return replace(self, times=tuple(min(time, now) for time in self.times))

    def wait(self, now: datetime) -> timedelta:
        """Tell how long an unattended sign-in has to wait: 5 min, doubling."""
        if not self.times or not self.streak:
            return timedelta(0)
        doublings: int = 2 ** min(self.streak - 1, 10)
        space = min(FIRST_SPACE * doublings, LONGEST_SPACE)
        # A clock that was set back must not make the wait longer than the space.
        return max(timedelta(0), min(space, space - (now - self.times[-1])))

    def flow_wait(self, now: datetime) -> timedelta:
        """Tell how long a person in a flow has to wait: 3 in 5 minutes."""
        recent = [
            time for time in self.times if timedelta(0) <= now - time < FLOW_WINDOW
        ]
        if len(recent) < FLOW_SIGN_INS:
            return timedelta(0)
        return recent[-FLOW_SIGN_INS] + FLOW_WINDOW - now

    def entered(self, now: datetime, *, unattended: bool) -> Self:
        """Write a sign-in down, before it is sent."""
        recent = tuple(time for time in self.times if now - time < DAY)
        streak = self.streak + unattended
        return replace(self, times=(*recent, now), streak=streak)

    def stopped(self, error: AccountLocked | CredentialsRefused) -> Self:
        """Note what ended all further sign-ins."""
        locked = isinstance(error, AccountLocked)
        return replace(self, stop=Stop(locked, error.code, error.text))

    def allowed(self) -> Self:
        """Note that a person asks for one more: what was refused before is mended."""
        return replace(self, stop=None)

    def joined(self, other: Self) -> Self:
        """Count the sign-ins of another ledger, too; one that is in both counts once."""
        both = Counter(self.times) | Counter(other.times)
        return replace(self, times=tuple(sorted(both.elements())))

    def served(self, now: datetime) -> Self:
        """Note that the session serves; after an hour of it the spacing begins anew."""
        known = self.at(now)
        if known.streak and known.times and now - known.times[-1] >= WORKED:
            return replace(known, streak=0)
        return known

    def in_last_day(self, now: datetime) -> int:
        """Count the sign-ins of the last 24 hours."""
        return sum(now - time < DAY for time in self.times)

    def stored(self) -> dict[str, object]:
        """Give values of JSON."""
        return {
            "times": [time.isoformat() for time in self.times],
            "streak": self.streak,
            "stop": None if self.stop is None else asdict(self.stop),
        }

    @classmethod
    def restored(cls, stored: object) -> Self:
        """Read what `stored()` gave; an empty ledger for anything else."""
        if not isinstance(stored, Mapping):
            return cls()
        raw, streak = stored.get("times"), stored.get("streak")
        times = [moment(item) for item in raw] if isinstance(raw, list) else []
        return cls(
            tuple(sorted(time for time in times if time is not None)),
            streak if isinstance(streak, int) and streak > 0 else 0,
            Stop.restored(stored.get("stop")),
        )

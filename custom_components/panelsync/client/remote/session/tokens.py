"""Pure parts of signing in: the application, the credentials, the life of tokens."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import re
from typing import Final, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
import jwt

from ...errors import CredentialsRefused, UnexpectedAnswer
from ...serialization import from_json_or_none
from ..decode.fields import Fields
from ..route import PATTERNS, Kind, Value

REFRESH_AT: Final = 0.9
DEFAULT_LIFE: Final = 1200
"""Seconds, where the answer does not say.

See docs/protocol/total-connect.md#token-endpoint.
"""

SHORTEST_LIFE: Final = 60
"""Seconds; a token that says it lives less costs no refresh a request."""
LONGEST_LIFE: Final = 86400


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
        """Return values of JSON."""
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
            from_json_or_none(datetime, values.get("refresh_at")),
            from_json_or_none(datetime, values.get("expires_at")),
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
    """Read the SOAP session from a token: the first part of its claim `ids`.

    The service checks the token, so its signature is not looked at here. See
    docs/protocol/total-connect.md#soap-session-in-the-token.
    """
    try:
        claims = jwt.decode(access, options={"verify_signature": False})
    except jwt.InvalidTokenError, ValueError, RecursionError:
        return None
    ids = claims.get("ids")
    return _fit(Kind.WORD, ids.split(";")[0].strip()) if isinstance(ids, str) else None


def _fit(kind: Kind, value: object) -> str | None:
    """Return a text that can be sent back to the service; None for all else."""
    fits = isinstance(value, str) and re.fullmatch(PATTERNS[kind], value)
    return fits.string if fits else None


def grant(
    fields: Fields,
    application: Application,
    now: datetime,
    old_refresh: str | None = None,
) -> Tokens:
    """Return the tokens of a success; an old refresh token stays until a new one.

    Raises UnexpectedAnswer where no access token came.
    """
    access = _fit(Kind.SECRET, fields.get("access_token"))
    if access is None:
        raise UnexpectedAnswer("The sign-in answer has no token")
    life = fields.number("expires_in")
    # A token that is said to live for a moment must not cost a refresh a request; where
    # it is true, the service says so itself.
    seconds = (
        min(max(life, SHORTEST_LIFE), LONGEST_LIFE)
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
        raise UnexpectedAnswer(
            f"The service's configuration lacks what a sign-in needs. {config.explanation}".rstrip()
        )
    try:
        key = load_der_public_key(
            base64.b64decode(str(first.get("tc2APIKey")), validate=True)
        )
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        raise UnexpectedAnswer("The service's public key cannot be read") from error
    if not isinstance(key, RSAPublicKey):
        raise UnexpectedAnswer("The service's public key is of an unknown kind")
    return Application(client_id, app_id, app_version), key

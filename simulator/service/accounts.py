"""Sign-in, tokens and server-side sessions of the simulated service.

See docs/protocol/total-connect.md#sign-in and docs/architecture.md#simulator.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from secrets import token_hex
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import jwt

from simulator.options import SimulatorOptions
from simulator.switches import Switches
from simulator.world import secrets
from simulator.world.errors import UnknownThing
from simulator.world.ids import Ids
from simulator.world.population import full_name

REVOKED = "Total Connect access has been revoked due to violation of terms of service. Recover your account to regain access"

# The last text is an invention (docs/protocol/total-connect.md#token-endpoint).
_BAD_PASSWORD = {
    -100: "Authentication Failed",
    -50004: "Input validation failed - Parameter - userName",
    -7625: "The e-mail or password is invalid",
}


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def _first_key() -> rsa.RSAPrivateKey:
    """Return the key pair that all worlds of a process begin with; making one takes long."""
    return _new_key()


@dataclass(frozen=True, slots=True)
class Login:
    """A person who can sign in."""

    id: int
    user: str
    full_name: str


@dataclass(slots=True)
class Session:
    """A server-side session; its id is in the token and is a SOAP SessionID.

    See docs/protocol/total-connect.md#soap-session-in-the-token.
    """

    id: str
    login: Login
    started: datetime
    ended: bool = False
    live_reads: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Access:
    session: Session
    expires: datetime


@dataclass(frozen=True, slots=True)
class Denied:
    """An OAuth error answer; `error` carries the service's number (docs/protocol/total-connect.md#token-endpoint)."""

    error: str
    description: str | None = None


class Accounts:
    """Two people who may sign in to one account: the one of the options, and another administrator."""

    def __init__(
        self, options: SimulatorOptions, ids: Ids, switches: Switches, other_user: str
    ) -> None:
        """Make the logins."""
        self._switches = switches
        self._ids = ids
        self._password = options.password
        secrets.announce("password", options.password)
        secrets.announce("code", options.user_code, options.installer_code)
        people = (options.user, other_user)
        logins = [
            Login(ids.numbered("login", index), user, full_name(user))
            for index, user in enumerate(people)
        ]
        self._logins = {login.user.casefold(): login for login in logins}
        self._key = _first_key()
        self.client_id = sha256(
            f"client/{options.seed}/{options.profile}".encode()
        ).hexdigest()[:32]
        self.sessions: dict[str, Session] = {}
        self.sign_ins: list[datetime] = []
        self.bad_sign_ins = 0
        self._access: dict[str, _Access] = {}
        self._refresh: dict[str, Session] = {}

    @property
    def api_key(self) -> str:
        """Return the public key as the configuration file has it: base64 of the DER, no header."""
        der = self._key.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        return b64encode(der).decode()

    def grant(
        self, fields: dict[str, Any], basic_client_id: str | None, now: datetime
    ) -> dict[str, Any] | Denied:
        """Answer a request to the token endpoint."""
        if not self._client_known(str(fields.get("client_id", "")), basic_client_id):
            return Denied("invalid_client")
        kind = fields.get("grant_type")
        if kind == "password":
            return self._sign_in(
                str(fields.get("username", "")), str(fields.get("password", "")), now
            )
        if kind == "refresh_token":
            return self._renew(str(fields.get("refresh_token", "")), now)
        return Denied("unsupported_grant_type")

    def grant_to(self, user: str, now: datetime) -> dict[str, Any]:
        """Return what a person gets who signs in on the website; the sign-in counts for nothing."""
        return self._issue(self._open(self._logins[user.casefold()], now), now)

    def encrypt(self, text: str) -> str:
        """Return a credential as clients send it (docs/protocol/total-connect.md#encrypted-credentials)."""
        cipher = self._key.public_key().encrypt(text.encode(), padding.PKCS1v15())
        return b64encode(cipher).decode()

    def bearer(self, token: str, now: datetime) -> Session | Literal["expired", "dead"]:
        """Return the session of an access token, or why it has none."""
        access = self._access.get(token)
        if access is None or access.expires <= now:
            return "expired"
        return access.session if self._alive(access.session, now) else "dead"

    def session_id(self, token: str) -> str | None:
        """Return the session an access token stands for, living or not."""
        access = self._access.get(token)
        return None if access is None else access.session.id

    def soap_session(self, session_id: str, now: datetime) -> Session | None:
        """Return the living session of a SOAP SessionID."""
        session = self.sessions.get(session_id.lower())
        return session if session is not None and self._alive(session, now) else None

    def change_password(self, password: str) -> None:
        """Let everybody sign in with another password from now on; sessions and tokens stay."""
        self._password = password
        secrets.announce("password", password)

    def renew_key(self) -> None:
        """Let credentials be encrypted with another key from now on, as after a change at the service."""
        self._key = _new_key()

    def rename(self, user: str, name: str) -> None:
        """Let a person sign in by another name; the user id stays. Raises UnknownThing."""
        login = self._logins.pop(user.casefold(), None)
        if login is None:
            known = ", ".join(login.user for login in self._logins.values())
            raise UnknownThing(f"nobody signs in as {user!r}; known: {known}")
        renamed = replace(login, user=name)
        self._logins[name.casefold()] = renamed
        for session in self.sessions.values():
            if session.login is login:
                session.login = renamed

    def forget_refresh_tokens(self) -> int:
        """Let no refresh token work any more. Returns how many did."""
        forgotten = len(self._refresh)
        self._refresh.clear()
        return forgotten

    def end_sessions(self) -> int:
        """End every session at the server; refresh tokens stay. Returns how many ended."""
        living = [session for session in self.sessions.values() if not session.ended]
        for session in living:
            session.ended = True
        return len(living)

    def expire_tokens(self, now: datetime) -> int:
        """Let every access token expire now. Returns how many did."""
        living = [access for access in self._access.values() if access.expires > now]
        for access in living:
            access.expires = now
        return len(living)

    def log_out(self, session: Session) -> None:
        """End one session and forget its refresh tokens."""
        session.ended = True
        self._refresh = {
            token: owner
            for token, owner in self._refresh.items()
            if owner is not session
        }

    def _alive(self, session: Session, now: datetime) -> bool:
        return not session.ended and now < session.started + timedelta(
            seconds=self._switches.session_seconds
        )

    def _client_known(self, in_body: str, in_basic: str | None) -> bool:
        # Both ways are proven (docs/protocol/total-connect.md#token-endpoint); the switch takes one away.
        wanted = self._switches.client_id_in
        body_right, basic_right = in_body == self.client_id, in_basic == self.client_id
        return {
            "body": body_right,
            "basic": basic_right,
            "either": body_right or basic_right,
        }[wanted]

    def _sign_in(
        self, user_cipher: str, password_cipher: str, now: datetime
    ) -> dict[str, Any] | Denied:
        user, password = self._decrypt(user_cipher), self._decrypt(password_cipher)
        if self._switches.account == "locked":
            return Denied("-123", "Account locked")
        if self._switches.account == "revoked":
            # The text is known, the code is an invention.
            return Denied("-100", REVOKED)
        login = self._logins.get((user or "").casefold())
        if login is None or password != self._password:
            self.bad_sign_ins += 1
            if self.bad_sign_ins >= self._switches.bad_sign_ins_allowed:
                self._switches.account = "locked"
            code = self._switches.bad_password_code
            return Denied(str(code), _BAD_PASSWORD[code])
        if self._switches.two_step_codes == "asked":
            # An invention: no such answer is known (docs/protocol/total-connect.md#two-step-codes).
            return Denied("-7", "A one-time password is required")
        self.bad_sign_ins = 0
        self.sign_ins.append(now)
        recent = [time for time in self.sign_ins if time > now - timedelta(minutes=1)]
        if len(recent) > self._switches.good_sign_ins_a_minute:
            self._switches.account = "revoked"
            return Denied("-100", REVOKED)
        if self._switches.new_sign_in_ends_old:
            for session in self.sessions.values():
                session.ended = session.ended or session.login is login
        return self._issue(self._open(login, now), now)

    def _renew(self, token: str, now: datetime) -> dict[str, Any] | Denied:
        session = self._refresh.get(token)
        if session is None:
            return Denied("invalid_grant")
        if self._switches.rotate_refresh_tokens:
            del self._refresh[token]
        if not self._alive(session, now) and not self._switches.refresh_keeps_session:
            session = self._open(session.login, now)
        return self._issue(session, now)

    def _open(self, login: Login, now: datetime) -> Session:
        session = Session(self._ids.guid("session", len(self.sessions)), login, now)
        self.sessions[session.id] = session
        return session

    def _issue(self, session: Session, now: datetime) -> dict[str, Any]:
        seconds = self._switches.token_seconds
        expires = now + timedelta(seconds=seconds)
        claims = {
            "ids": f"{session.id};{session.login.id % 1000000}",
            "exp": int(expires.timestamp()),
            "jti": token_hex(8),
        }
        # Its signature is never checked by clients.
        token = jwt.encode(claims, self.client_id)
        # Never of the seed: a restarted service knows no old one.
        refresh = token_hex(32)
        self._access[token] = _Access(session, expires)
        self._refresh[refresh] = session
        secrets.announce("access_token", token)
        secrets.announce("refresh_token", refresh)
        secrets.announce("session", session.id)
        return {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": int(seconds) if seconds == int(seconds) else seconds,
            "refresh_token": refresh,
        }

    def _decrypt(self, cipher: str) -> str | None:
        """Undo base64 and RSA PKCS#1 v1.5; anything else (OAEP, plain text) is no credential.

        See docs/protocol/total-connect.md#encrypted-credentials.
        """
        try:
            return self._key.decrypt(
                b64decode(cipher, validate=True), padding.PKCS1v15()
            ).decode()
        except ValueError:
            return None

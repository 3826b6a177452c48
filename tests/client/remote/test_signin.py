"""Token life, the ledger and what the token endpoint says: pure, time passed in."""

import base64
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client import as_json
from custom_components.panelsync.client.errors import (
    AccountLocked,
    ClientError,
    CredentialsRefused,
    ServiceRefused,
    ServiceUnreachable,
    UnexpectedAnswer,
)
from custom_components.panelsync.client.remote.decode.fields import Fields
from custom_components.panelsync.client.remote.session.ledger import Ledger
from custom_components.panelsync.client.remote.session.refusal import refusal
from custom_components.panelsync.client.remote.session.tokens import (
    Application,
    Tokens,
    application,
    encrypt,
    grant,
    session_id,
)

from ..makers import json_values

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
APP = Application("c" * 32, "16808", "3.53.2.118")
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


HEAD = "eyJhbGciOiJIUzI1NiJ9"


def token(payload: object) -> str:
    """Make a token with this payload, unpadded as JWTs are."""
    middle = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    return f"{HEAD}.{middle}.c2ln"


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        (token({"ids": "1111-2222;160808"}), "1111-2222"),
        (token({"ids": " 1111 "}), "1111"),
        (token({"ids": ""}), None),
        (token({"ids": ";5"}), None),
        (token({"ids": "a b;5"}), None),
        (token({"ids": 5}), None),
        (token(["ids"]), None),
        ("no dots", None),
        ("a.%%%.c", None),
        ("a.e30.c", None),
        ("a.\u00e9.c", None),
        (f"{HEAD}.{base64.urlsafe_b64encode(b'[' * 5000).decode()}.c2ln", None),
        (f"{HEAD}.e30", None),
        (f"bm8.{base64.urlsafe_b64encode(b'{}').decode()}.c2ln", None),
    ],
)
def test_the_soap_session_is_read_from_the_token(
    access: str, expected: str | None
) -> None:
    """The first part of `ids`, or nothing.

    See docs/protocol/total-connect.md#soap-session-in-the-token.
    """
    assert session_id(access) == expected


@given(st.text(max_size=80))
def test_no_token_breaks_the_reading(access: str) -> None:
    session_id(access)


@pytest.mark.parametrize(
    ("life", "seconds"),
    [
        (1199, 1199),
        ("600", 600),
        (None, 1200),
        (-5, 1200),
        ("soon", 1200),
        (1e9, 86400),
        (0.001, 60),
        (59, 60),
        (10**30, 86400),
        (1e300, 86400),
    ],
)
def test_tokens_live_as_long_as_was_said(life: object, seconds: float) -> None:
    """They are refreshed at nine tenths of it."""
    tokens = grant(Fields({"access_token": "a", "expires_in": life}), APP, NOON)
    assert tokens.expires_at == NOON + timedelta(seconds=seconds)
    assert tokens.refresh_at == NOON + timedelta(seconds=seconds * 0.9)


def test_the_newest_refresh_token_is_kept() -> None:
    """Without a new one the old one stays.

    See docs/protocol/total-connect.md#token-endpoint.
    """
    new = Fields({"access_token": "a", "refresh_token": "new"})
    assert grant(new, APP, NOON, "old").refresh == "new"
    assert grant(Fields({"access_token": "a"}), APP, NOON, "old").refresh == "old"
    with pytest.raises(UnexpectedAnswer):
        grant(Fields({"access_token": ""}), APP, NOON)


def test_tokens_are_stored_and_hidden() -> None:
    """They come back as they were, and are in no repr."""
    access = token({"ids": "abc;1"})
    tokens = grant(
        Fields({"access_token": access, "refresh_token": "re-fresh"}), APP, NOON
    )
    assert Tokens.restored(json.loads(json.dumps(tokens.stored()))) == tokens
    assert access not in repr(tokens)
    assert "re-fresh" not in repr(tokens)
    assert "abc" not in repr(tokens)


@given(json_values(), json_values())
def test_rubbish_is_not_restored(rubbish: Any, value: Any) -> None:
    good = grant(Fields({"access_token": "a"}), APP, NOON).stored()
    Tokens.restored(rubbish)
    for key in good:
        Tokens.restored(good | {key: value})
    ledger = Ledger.restored(rubbish)
    ledger = Ledger.restored({"times": value, "streak": value, "stop": value})
    assert ledger.wait(NOON) >= timedelta(0)
    assert ledger.flow_wait(NOON) >= timedelta(0)


def test_a_far_time_in_the_ledger_breaks_nothing() -> None:
    """A wrong clock once must not stop sign-ins for ever."""
    ledger = Ledger.restored({"times": ["9999-12-31T23:59:59+00:00"], "streak": 3})
    assert ledger.wait(NOON) == timedelta(minutes=20)


MONTH = timedelta(days=30)


@pytest.mark.parametrize(
    ("times", "known"),
    [
        ((NOON,), (NOON,)),
        ((NOON + timedelta(microseconds=1),), (NOON,)),
        ((NOON + MONTH,), (NOON,)),
        (
            (NOON - MONTH, NOON, NOON + MONTH, NOON + 2 * MONTH),
            (NOON - MONTH, NOON, NOON, NOON),
        ),
        ((), ()),
    ],
)
def test_sign_ins_from_later_count_as_now(
    times: tuple[datetime, ...], known: tuple[datetime, ...]
) -> None:
    """A clock that was ahead once does not keep sign-ins waiting until it is overtaken."""
    ledger = Ledger(times, streak=1).at(NOON)
    assert ledger.times == known
    assert ledger.at(NOON) is ledger
    # 5 minutes, and after them none (docs/architecture.md#sign-in-discipline).
    assert ledger.wait(NOON + timedelta(minutes=5)) == timedelta(0)
    # Of three in one moment a flow waits 5 minutes, too.
    assert ledger.flow_wait(NOON + timedelta(minutes=5)) == timedelta(0)


@given(
    st.lists(st.timedeltas(-MONTH, MONTH), min_size=1, max_size=6),
    st.integers(1, 12),
    st.timedeltas(-MONTH, MONTH),
)
def test_no_wait_is_longer_than_its_space(
    times: list[timedelta], streak: int, now: timedelta
) -> None:
    """Whatever the clock did: 5 minutes, doubling, 4 hours at most, and then it is over."""
    space = timedelta(minutes=min(5 * 2 ** (streak - 1), 240))
    ledger = Ledger(tuple(sorted(NOON + time for time in times)), streak)
    at = NOON + now
    known = ledger.at(at)
    assert known.wait(at) <= space
    assert known.wait(at + space) == timedelta(0)
    assert known.flow_wait(at) <= timedelta(minutes=5)
    assert known.flow_wait(at + timedelta(minutes=5)) == timedelta(0)
    # An hour of work begins the spacing anew, also after a clock that was ahead.
    rested = ledger.served(at).served(at + timedelta(hours=1))
    assert rested.streak == 0


def test_unattended_sign_ins_are_spaced() -> None:
    """5 minutes, doubling, 4 hours at most; an hour of work begins anew.

    See docs/architecture.md#sign-in-discipline.
    """
    ledger, now, waits = Ledger(), NOON, []
    for _ in range(9):
        ledger = ledger.entered(now, unattended=True)
        wait = ledger.wait(now)
        waits.append(wait.total_seconds() / 60)
        now += wait
    assert waits == [5, 10, 20, 40, 80, 160, 240, 240, 240]
    assert ledger.served(now - wait + timedelta(minutes=59)) is ledger
    rested = ledger.served(now)
    assert rested.wait(now) == timedelta(0)
    again = rested.entered(now, unattended=True)
    assert again.wait(now) == timedelta(minutes=5)


@given(st.lists(st.floats(0, 600), min_size=4, max_size=12))
def test_a_flow_signs_in_three_times_in_five_minutes(steps: list[float]) -> None:
    """Whatever the person does, no window of five minutes holds four sign-ins."""
    ledger, now, sent = Ledger(), NOON, []
    for step in steps:
        now += timedelta(seconds=step)
        if not ledger.flow_wait(now):
            ledger = ledger.entered(now, unattended=False)
            sent.append(now)
    assert all(
        later - early >= timedelta(minutes=5)
        for early, later in zip(sent, sent[3:], strict=False)
    )
    assert ledger.streak == 0


def test_two_ledgers_count_together() -> None:
    """What both know counts once, however often it happened at one moment."""
    begun = Ledger().entered(NOON, unattended=True).entered(NOON, unattended=False)
    one = begun.entered(NOON + timedelta(seconds=2), unattended=False)
    other = begun.entered(NOON + timedelta(seconds=1), unattended=False)
    both = one.joined(other)
    assert both.times == tuple(
        NOON + timedelta(seconds=after) for after in (0, 0, 1, 2)
    )
    # How patient it is with itself stays its own.
    assert both.streak == one.streak == 1
    assert one.joined(Ledger()) == one


def test_the_ledger_keeps_a_day() -> None:
    """Older sign-ins are forgotten, and it can be stored."""
    ledger = Ledger().entered(NOON, unattended=True)
    later = NOON + timedelta(hours=25)
    assert ledger.in_last_day(NOON) == 1
    assert ledger.in_last_day(later) == 0
    ledger = ledger.entered(later, unattended=True)
    assert ledger.times == (later,)
    assert Ledger.restored(json.loads(json.dumps(as_json(ledger)))) == ledger


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AccountLocked("Account locked", code=-123), AccountLocked),
        (
            CredentialsRefused("Input validation failed", code=-50004),
            CredentialsRefused,
        ),
        (CredentialsRefused(""), CredentialsRefused),
    ],
)
def test_what_ended_all_sign_ins_is_known_until_a_person_asks(
    error: AccountLocked | CredentialsRefused, kind: type[ClientError]
) -> None:
    """It is stored and said again as it was.

    See docs/architecture.md#sign-in-discipline.
    """
    ledger = Ledger().entered(NOON, unattended=True).stopped(error)
    restored = Ledger.restored(json.loads(json.dumps(as_json(ledger))))
    assert restored == ledger
    assert restored.stop is not None
    again = restored.stop.error
    assert (type(again), again.code, again.text) == (kind, error.code, error.text)
    allowed = restored.allowed()
    assert allowed.stop is None
    # The sign-ins that were sent stay counted.
    assert (allowed.times, allowed.streak) == ((NOON,), 1)


@pytest.mark.parametrize("stop", [None, 5, [], "locked", {}, {"locked": "maybe"}])
def test_a_stop_that_cannot_be_read_is_none(stop: Any) -> None:
    assert Ledger.restored({"stop": stop}).stop is None


@pytest.mark.parametrize(
    ("answer", "status", "expected", "code"),
    [
        ({"error": "-50004"}, 400, CredentialsRefused, -50004),
        ({"error": -100}, 400, CredentialsRefused, -100),
        ({"error": "-7625"}, 400, CredentialsRefused, -7625),
        ({"error": "invalid_grant"}, 400, CredentialsRefused, None),
        ({"ResultCode": -50004}, 200, CredentialsRefused, -50004),
        ({"error": "-123"}, 400, AccountLocked, -123),
        (
            {"error": "-50004", "error_description": "revoked"},
            400,
            AccountLocked,
            -50004,
        ),
        ({"error": "invalid_client"}, 400, ServiceRefused, None),
        ({"error": "-77"}, 400, ServiceRefused, -77),
        ({"Message": "no"}, 401, ServiceRefused, None),
        ({"Message": "later"}, 500, ServiceUnreachable, None),
        ({}, 200, UnexpectedAnswer, None),
        (None, 502, ServiceUnreachable, None),
        (None, 403, UnexpectedAnswer, None),
    ],
)
def test_a_refused_sign_in_says_why(
    answer: dict[str, Any] | None,
    status: int,
    expected: type[ClientError],
    code: int | None,
) -> None:
    """`error` carries the service's own code.

    See docs/protocol/total-connect.md#token-endpoint.
    """
    fields = None if answer is None else Fields(answer)
    text = str((answer or {}).get("error_description", ""))
    error = refusal(fields, status, text)
    assert type(error) is expected
    assert error.code == code


def config(**changes: Any) -> dict[str, Any]:
    """Make a configuration file as the web application has it."""
    key = PRIVATE.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    return {
        "RevisionNumber": "3.53.2",
        "version": "7.0.0.118",
        "AppConfig": [
            {"tc2APIKey": base64.b64encode(key).decode(), "tc2ClientId": "0" * 32}
        ],
        "brandInfo": [
            {"BrandName": "otherbrand", "AppID": 1},
            {"BrandName": "TotalConnect", "AppID": 16808},
        ],
    } | changes


def test_the_configuration_is_read() -> None:
    """Client, application and version; and what is encrypted can be read by the key's owner."""
    app, key = application(Fields(config()))
    assert app == Application("0" * 32, "16808", "3.53.2.118")
    secret = encrypt(key, "p\u00e4ss")
    assert PRIVATE.decrypt(base64.b64decode(secret), PKCS1v15()).decode() == "p\u00e4ss"
    assert encrypt(key, "p\u00e4ss") != secret
    with pytest.raises(CredentialsRefused):
        encrypt(key, "x" * 246)


ELLIPTIC = base64.b64encode(
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"AppConfig": None},
        {"AppConfig": []},
        {"AppConfig": [{"tc2APIKey": "", "tc2ClientId": "0"}]},
        {"AppConfig": [{"tc2APIKey": "%%%", "tc2ClientId": "0"}]},
        {"AppConfig": [{"tc2APIKey": "AAAA", "tc2ClientId": "0"}]},
        {"AppConfig": [{"tc2APIKey": ELLIPTIC, "tc2ClientId": "0"}]},
        {"AppConfig": [{"tc2APIKey": "AAAA", "tc2ClientId": "a b"}]},
        {"brandInfo": [{"BrandName": "otherbrand", "AppID": 1}]},
        {"brandInfo": "x"},
        {"RevisionNumber": None},
        {"version": None},
    ],
)
def test_a_configuration_that_lacks_something_is_refused(
    changes: dict[str, Any],
) -> None:
    with pytest.raises(UnexpectedAnswer):
        application(Fields(config(**changes)))

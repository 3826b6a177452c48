"""Signing in as rarely as can be.

See docs/architecture.md#sign-in-discipline and
docs/protocol/total-connect.md#locked-accounts. What ended sessions, refused refreshes and
locked accounts cost is counted in tests/faults/test_account.py.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
import json
from typing import Any

from aiohttp import web
import pytest

from custom_components.panelsync.client import (
    DEFAULT_HOSTS,
    Credentials,
    Hosts,
    RemoteService,
)
from custom_components.panelsync.client.errors import (
    ClientError,
    CredentialsRefused,
    ServiceRefused,
    ServiceUnreachable,
    SessionEnded,
    SignInPage,
    SignInPostponed,
    UnexpectedAnswer,
)
from custom_components.panelsync.client.models import Codes
from custom_components.panelsync.client.outcomes import SyncKind

from .conftest import PASSWORD, World


async def test_a_start_goes_on_in_a_fresh_session(world: World) -> None:
    """-102 was not acted on: the start is sent once more, and one sync runs."""
    world.switches.dead_session_answer = "-102"
    _, link = await world.link(world.service())
    world.clock.forward(hours=2)
    await link.read_status()
    await world.control("sessions/end")
    assert (await link.start(SyncKind.PANEL, Codes())).job_id
    assert len(world.received("devices/security/synchronize")) == 2


async def test_sign_ins_are_spaced_where_sessions_die_young(world: World) -> None:
    """Nothing is sent while the next sign-in has to wait, and the wait doubles."""
    _, link = await world.link(world.service())
    for minutes in (5, 10, 20):
        await world.control("sessions/end")
        with pytest.raises(SignInPostponed) as postponed:
            await link.read_status()
        assert postponed.value.wait == timedelta(minutes=minutes)
        count = len(world.received())
        with pytest.raises(SignInPostponed):
            await link.read_status()
        assert len(world.received()) == count
        world.clock.forward(minutes=minutes)
        await link.read_status()
    restarted = world.service(stored={**world.saved, "tokens": None})
    with pytest.raises(SignInPostponed):
        await restarted.sign_in()


@pytest.mark.parametrize("restarts", [False, True])
async def test_a_clock_that_was_ahead_costs_one_wait(
    world: World, restarts: bool
) -> None:
    """5 minutes after it is right again a sign-in is sent, not a month later.

    See docs/architecture.md#sign-in-discipline.
    """
    world.clock.forward(days=30)
    await world.service().sign_in()
    world.clock.forward(days=-30)
    world.saved["tokens"] = None
    service = world.service(stored=world.saved)
    for _ in range(5):
        with pytest.raises(SignInPostponed):
            await service.sign_in()
        world.clock.forward(minutes=1)
        if restarts:
            service = world.service(stored=world.saved)
    await service.sign_in()
    assert world.password_sign_ins() == 2


async def test_a_hundred_questions_share_one_sign_in(world: World) -> None:
    """First sign-in, refresh and replacement are each made once for all."""
    service = world.service()
    account = await world.service().fetch_account()
    world.simulator.received.clear()
    links = [service.link(location) for location in account.locations[:3]]

    async def ask_all() -> None:
        await asyncio.gather(*(link.read_status() for link in links * 8))

    await ask_all()
    assert world.password_sign_ins() == 1
    world.clock.forward(minutes=19)
    await ask_all()
    assert len(world.received("/token")) == 2
    world.clock.forward(hours=2)
    await ask_all()
    world.clock.forward(seconds=1)
    await world.control("sessions/end")
    await ask_all()
    assert world.password_sign_ins() == 2


@pytest.mark.parametrize(
    ("route", "ends_session"), [("application.config", True), ("token", False)]
)
async def test_a_hundred_questions_share_a_failure(
    world: World, route: str, ends_session: bool
) -> None:
    """Whoever waited for a sign-in or a refresh that failed does not try the same again.

    24 questions in three tries each would ask 72 times.
    """
    service = world.service()
    account = await service.fetch_account()
    links = [service.link(location) for location in account.locations[:3]]
    world.clock.forward(minutes=21)
    if ends_session:
        await links[0].read_status()
        await world.control("sessions/end")
    before = len(world.received(route))
    await world.fault(route, "503", times=1000)
    asking = (link.read_status() for link in links * 8)
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert all(isinstance(answer, ServiceUnreachable) for answer in answers)
    # Two or three, and some for those whose session was refused a little later.
    assert 2 <= len(world.received(route)) - before <= 12
    # The next who asks does not inherit it.
    world.simulator.faults.clear()
    world.clock.forward(minutes=6)
    assert (await links[0].read_status()).zones


async def test_tokens_outlive_a_restart(world: World) -> None:
    """What was saved is used, as JSON; for another user it is not."""
    await world.service().fetch_account()
    stored = json.loads(json.dumps(world.saved))
    assert PASSWORD not in json.dumps(stored)
    restarted = world.service(stored=stored)
    await restarted.fetch_account()
    assert world.password_sign_ins() == 1
    world.user = "somebody.else"
    with pytest.raises(CredentialsRefused):
        await world.service(stored=stored).sign_in()


@pytest.mark.parametrize(
    "stored",
    [
        {"tokens": 5, "ledger": [], "routes": {"zones": 1, "nonsense": {}}, "x": None},
        {"routes": {"zones": {"state": "odd"}, "events.v1": {"state": "gone"}}},
        {"account": 7},
        [],
    ],
)
async def test_rubbish_in_the_store_is_ignored(world: World, stored: Any) -> None:
    assert (await world.service(stored=stored).fetch_account()).locations


@pytest.mark.parametrize("code", [-50004, -100, -7625])
async def test_a_refused_password_is_never_tried_again(world: World, code: int) -> None:
    world.switches.bad_password_code = code
    service = world.service(password="Marked-Wrong-Password")
    for _ in range(3):
        with pytest.raises(CredentialsRefused) as refused:
            await service.fetch_account()
        world.clock.forward(days=1)
    assert refused.value.code == code
    assert "Marked" not in repr(refused.value)
    assert world.password_sign_ins() == 1


async def test_a_flow_may_try_three_times(world: World) -> None:
    """Then it says how long to wait; stored tokens do not hide a wrong password."""
    await world.service().fetch_account()
    for _ in range(3):
        service = world.service(password="Wrong", stored=world.saved, interactive=True)
        if world.password_sign_ins() < 3:
            with pytest.raises(CredentialsRefused):
                await service.sign_in()
        else:
            with pytest.raises(SignInPostponed) as postponed:
                await service.sign_in()
            assert postponed.value.wait == timedelta(minutes=5)
    world.clock.forward(minutes=5)
    await world.service(stored=world.saved, interactive=True).sign_in()


@pytest.mark.parametrize(
    ("minutes", "logouts"),
    [
        (0, 1),
        # Past 90 % of their 20 minutes they still live
        # (docs/protocol/total-connect.md#token-endpoint).
        (19, 1),
        # A session whose tokens have run out cannot be ended.
        (20, 0),
        (30 * 60, 0),
    ],
)
async def test_signing_out_costs_no_sign_in(
    world: World, minutes: int, logouts: int
) -> None:
    """The tokens are used as they are: log out when the entry is removed.

    See docs/architecture.md#sign-in-discipline.
    """
    await world.service().sign_in()
    world.clock.forward(minutes=minutes)
    world.simulator.accounts.forget_refresh_tokens()
    leaving = world.service(stored=world.saved)
    await leaving.sign_out()
    assert world.password_sign_ins() == 1
    assert len(world.received("/token")) == 1
    assert len(world.received("authentication/logout")) == logouts
    assert world.saved["tokens"] is None
    await leaving.sign_out()
    assert len(world.received("authentication/logout")) == logouts


async def test_signing_out_of_an_ended_session_costs_nothing(world: World) -> None:
    """The service refuses it, and that is the end of it."""
    await world.service().sign_in()
    await world.control("sessions/end")
    await world.service(stored=world.saved).sign_out()
    assert len(world.received("/token")) == 1
    assert world.saved["tokens"] is None


@pytest.mark.parametrize("fault", ["500_message", "502_html", "503", "429", "refuse"])
async def test_a_failing_refresh_address_costs_no_session(
    world: World, fault: str
) -> None:
    """The token is used up; then the service is unreachable, and no password is sent."""
    service = world.service()
    _, link = await world.link(service)
    world.clock.forward(minutes=19)
    await world.fault("token", fault, times=50)
    assert (await link.read_status()).zones
    world.clock.forward(minutes=30)
    with pytest.raises(ServiceUnreachable):
        await link.read_status()
    assert world.password_sign_ins() == 1


@pytest.mark.parametrize("fault", ["500_message", "502_html", "503", "429_bare"])
async def test_a_sick_token_address_gets_few_refreshes(
    world: World, fault: str
) -> None:
    """They are spaced as sign-ins are, also over a restart, until one works."""
    world.switches.session_seconds = 24 * 3600.0
    location, link = await world.link(world.service())
    world.clock.forward(minutes=19)
    await world.fault("token", fault, times=10_000)
    for minute in range(3 * 60):
        if minute == 60:
            link = world.service(stored=world.saved).link(location)
        world.clock.forward(minutes=1)
        with suppress(ClientError):
            await link.read_status()
    assert len(world.received("/token", "POST")) - 1 <= 8
    assert world.password_sign_ins() == 1
    world.simulator.faults.clear()
    world.clock.forward(hours=4)
    assert (await link.read_status()).zones
    world.clock.forward(minutes=19)
    # What worked ends the spacing: the next one is made when it is due.
    assert (await link.read_status()).zones
    assert world.password_sign_ins() == 1


async def test_a_refresh_that_grants_no_usable_token_is_spaced_too(
    world: World,
) -> None:
    """It is answered well each time, with what cannot be sent."""
    location, _ = await world.link(world.service())
    unusable = {"access_token": "two words", "expires_in": 1200}
    async with world.answering("/token", lambda _: web.json_response(unusable)) as sent:
        stored = world.saved | {"account": f"{world.user} {world.url}"}
        link = world.service(stored=stored).link(location)
        world.clock.forward(minutes=19)
        for _ in range(60):
            world.clock.forward(minutes=1)
            with suppress(ClientError):
                await link.read_status()
    assert 1 < len(sent) <= 6


async def test_a_refresh_that_has_to_wait_says_how_long(world: World) -> None:
    _, link = await world.link(world.service())
    world.clock.forward(minutes=19)
    await world.fault("token", "503", times=50)
    assert (await link.read_status()).zones
    world.clock.forward(minutes=2)
    with pytest.raises(ServiceUnreachable):
        await link.read_status()
    with pytest.raises(SignInPostponed) as raised:
        await link.read_status()
    assert timedelta(0) < raised.value.wait <= timedelta(minutes=5)


async def test_what_does_not_reach_the_service_is_no_refresh(world: World) -> None:
    """A home without internet is back at once when it is."""
    async with world.answering("nothing", lambda _: web.Response()):
        _, link = await world.link(world.service())
    # Nobody listens at that address any more.
    for _ in range(10):
        world.clock.forward(minutes=5)
        with pytest.raises(ServiceUnreachable):
            await link.read_status()
    assert world.saved["ledger"]["failed_refreshes"] == 0


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"error": "mfa_required", "otp_token": "Secret-Of-Otp", "JohnSmith": 4}, 400),
        ({"ResultCode": -98, "ResultData": "Do call John", "two_step": True}, 401),
        # Numbers may be a person's, too: of a phone, of the user, of a message.
        (
            {"Error_Code": "-98", "phone": "12065550123", "user_id": 15280, "code": 73},
            400,
        ),
    ],
)
async def test_a_refusal_nobody_knows_leaves_its_names_and_codes(
    world: World, answer: dict[str, Any], status: int
) -> None:
    """For the diagnostics: no text and no name that could be a person's."""

    def reply(_: int) -> web.Response:
        return web.json_response(answer, status=status)

    async with world.answering("/token", reply):
        service = world.service()
        with pytest.raises(ServiceRefused):
            await service.fetch_account()
        kept = service.unknown_refusal
        assert isinstance(kept, dict)
        assert kept["status"] == status
        assert kept["codes"] in (
            {"error": "mfa_required"},
            {"resultcode": -98},
            {"error_code": -98},
        )
        assert not any(
            word in str(kept) for word in ("Secret", "John", "john", "smith", "call")
        )
        # A restart keeps it, and so does a sign-in that has to wait.
        again = world.service(stored=world.saved)
        with pytest.raises(SignInPostponed):
            await again.fetch_account()
        assert world.saved["unknown_refusal"] == again.unknown_refusal == kept
    world.clock.forward(minutes=6)
    good = world.service()
    await good.fetch_account()
    assert good.unknown_refusal is None


@pytest.mark.parametrize("status", [200, 302, 403])
async def test_a_web_page_in_answer_to_a_sign_in_has_its_own_error(
    world: World, status: int
) -> None:
    """Perhaps a captcha; the sign-in counts."""

    def page(_: int) -> web.Response:
        text = "<!DOCTYPE html><title>Are you human?</title>"
        return web.Response(text=text, content_type="text/html", status=status)

    async with world.answering("/token", page):
        service = world.service()
        with pytest.raises(SignInPage):
            await service.fetch_account()
        assert service.sign_ins_today == 1


async def test_a_living_token_is_used_up(world: World) -> None:
    """The refresh token is dead, the next sign-in has to wait: the token goes on."""
    world.switches.token_seconds = 60
    location, _ = await world.link(world.service())
    saved = world.saved | {"tokens": world.saved["tokens"] | {"refresh": "used-up"}}
    link = world.service(stored=saved).link(location)
    world.clock.forward(seconds=55)
    for _ in range(3):
        assert (await link.read_status()).zones
    assert len(world.received("/token")) == 2
    world.clock.forward(seconds=5)
    with pytest.raises(SignInPostponed):
        await link.read_status()
    assert world.password_sign_ins() == 1


@pytest.mark.parametrize("life", [0.001, 1, 20])
async def test_a_token_that_hardly_lives_costs_no_sign_in_a_request(
    world: World, life: float
) -> None:
    """Nor a refresh, nor a write: whether the service means it or not."""
    service = world.service()
    _, link = await world.link(service)
    world.switches.token_seconds = life
    world.clock.forward(minutes=19)
    saves = world.saves
    asked = len(world.received("/token"))
    for _ in range(60):
        with suppress(SignInPostponed, SessionEnded):
            await link.read_status()
        world.clock.forward(seconds=1)
    assert len(world.received("/token")) - asked <= 4
    assert world.saves - saves <= 8


async def test_a_session_that_ends_again_is_told(world: World) -> None:
    """A fresh sign-in that does not help ends the question."""
    _, link = await world.link(world.service())
    world.clock.forward(hours=2)
    await link.read_status()
    await world.fault("fullStatus", "401", times=2)
    await world.fault("sessiondetails", "401", times=1)
    with pytest.raises(SessionEnded):
        await link.read_status()
    assert world.password_sign_ins() == 2


async def test_a_location_that_refuses_a_living_session_costs_none(
    world: World,
) -> None:
    """The account is asked, once, whether the session has ended; others go on."""
    service = world.service()
    location, link = await world.link(service)
    _, other = await world.link(service, "Lake Cabin")
    await world.fault(f"locations/{location.location_id}/", "401", 1000)
    before = len(world.received("sessiondetails"))
    for _ in range(3):
        with pytest.raises(SessionEnded):
            await link.read_status()
        await other.read_status()
    assert world.password_sign_ins() == 1
    assert len(world.received("sessiondetails")) == before + 1


@pytest.mark.parametrize("route", ["application.config", "token"])
@pytest.mark.parametrize(
    "fault",
    ["refuse", "reset", "500_message", "502_html", "html", "redirect", "empty", "404",
     "truncated", "wrong_types", "huge", "429", "403", "xml_bomb"],
)  # fmt: skip
async def test_an_address_that_is_not_the_service_is_unreachable(
    world: World, route: str, fault: str
) -> None:
    """Whatever answers at the sign-in, it is told, and no token is made up."""
    await world.fault(route, fault, times=2)
    service = world.service()
    with pytest.raises(ServiceUnreachable):
        await service.sign_in()
    assert world.saved.get("tokens") is None


@pytest.mark.parametrize("web_answers", [False, True])
async def test_an_address_without_a_server_is_unreachable(
    world: World, nobody: str, web_answers: bool
) -> None:
    """The ledger is written before; what certainly was not sent is taken back."""
    service = RemoteService(
        world.http,
        Hosts(world.url if web_answers else nobody, nobody),
        Credentials(world.user, PASSWORD),
        now=world.clock,
        sleep=world.sleep,
        save=world.save,
    )
    with pytest.raises(ServiceUnreachable) as raised:
        await service.sign_in()
    assert not raised.value.sent
    assert not isinstance(raised.value, UnexpectedAnswer)
    assert service.sign_ins_today == 0


async def test_a_token_address_that_breaks_off_counts(world: World) -> None:
    """It was reached, and may have let somebody in."""
    await world.fault("token", "reset")
    service = world.service()
    with pytest.raises(ServiceUnreachable):
        await service.sign_in()
    assert service.sign_ins_today == 1
    with pytest.raises(SignInPostponed):
        await service.sign_in()


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com",
        "http://10.0.0.5",
        "ftp://127.0.0.1",
        "https://",
        "https://user@example.com",
        "https://user:word@example.com",
        "https://example.com/",
        "https://example.com/path",
        "https://example.com?x=1",
        "https://example.com:port",
        "example.com",
        "",
    ],
)
def test_only_safe_addresses_are_taken(address: str) -> None:
    """https, or http to this machine, with nothing after the host."""
    with pytest.raises(ValueError, match=r"\w"):
        Hosts(address, "https://example.com")
    with pytest.raises(ValueError, match=r"\w"):
        Hosts("https://example.com", address)


@pytest.mark.parametrize(
    "address",
    ["https://example.com", "https://example.com:8443", "http://localhost:80",
     "http://127.3.2.1", "http://[::1]:8080"],
)  # fmt: skip
def test_safe_addresses_are_taken(address: str) -> None:
    assert Hosts(address, address).web == address
    assert DEFAULT_HOSTS.service.startswith("https://")


def test_credentials_hide_themselves() -> None:
    assert "dana" not in repr(Credentials("dana", "dana-password"))

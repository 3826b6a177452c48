"""Whatever the service answers: what is raised, what is sent again, what stays secret."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
import logging
import traceback
from typing import Any

import aiohttp
from aiohttp import web
import pytest

from custom_components.panelsync.client.errors import (
    AccountLocked,
    ClientError,
    CodeRefused,
    FeatureMissing,
    PanelUnreachable,
    RateLimited,
    RouteUnavailable,
    ServiceRefused,
    ServiceUnreachable,
    UnclearAnswer,
    UnexpectedAnswer,
)
from custom_components.panelsync.client.models import Codes, RouteState, UserSyncWay
from custom_components.panelsync.client.outcomes import SyncKind
from custom_components.panelsync.client.remote.http import (
    request as wire,
    response as verdict,
)
from custom_components.panelsync.client.remote.routes import ROUTES

from .conftest import PASSWORD, Clock, World, known

LIKELY = UserSyncWay.LIKELY
PAGE = "<!DOCTYPE html><html></html>"
type Answer = Callable[[int], web.Response]


def bare(status: int, **headers: str) -> Answer:
    return lambda _: web.Response(status=status, headers=headers)


def waits(seconds: int) -> Answer:
    """Ask for fewer requests."""
    return bare(429, **{"Retry-After": str(seconds)})


def page(status: int = 200) -> Answer:
    return lambda _: web.Response(status=status, text=PAGE, content_type="text/html")


def json(content: object) -> Answer:
    return lambda _: web.json_response(content)


def code(number: int, **more: Any) -> Answer:
    return json({"ResultCode": number, "ResultData": "words"} | more)


def once(answer: Answer, then: Answer) -> Answer:
    return lambda number: answer(number) if number == 1 else then(number)


BEGUN = code(0, JobID="job-1")


@pytest.mark.parametrize(
    ("answer", "error", "sent", "starts"),
    [
        (bare(403), UnexpectedAnswer, True, 1),
        (page(), UnexpectedAnswer, True, 1),
        (bare(302, Location="/other"), UnexpectedAnswer, True, 1),
        (bare(500), UnexpectedAnswer, True, 1),
        (page(502), UnexpectedAnswer, True, 1),
        (bare(400), UnexpectedAnswer, True, 1),
        (bare(200), UnexpectedAnswer, True, 1),
        (json([1]), UnexpectedAnswer, True, 1),
        (json({"ResultCode": "x"}), UnexpectedAnswer, True, 1),
        (bare(415), ServiceUnreachable, False, 1),
        (bare(429), RateLimited, False, 1),
        (waits(600), RateLimited, False, 1),
        (once(waits(5), BEGUN), None, None, 2),
        (code(-30000), ServiceUnreachable, True, 1),
        (once(code(-102), code(-30000)), ServiceUnreachable, True, 2),
        (code(-102), ClientError, None, 2),
        (bare(404), RouteUnavailable, None, 1),
        (bare(405), RouteUnavailable, None, 1),
        (bare(410), RouteUnavailable, None, 1),
        (code(-120), FeatureMissing, None, 1),
        (code(-4114), CodeRefused, None, 1),
        (code(-4106), CodeRefused, None, 1),
        (code(-999), ServiceRefused, None, 1),
        (code(4101), PanelUnreachable, None, 2),
        (code(-4104), PanelUnreachable, None, 2),
        (code(-4108), PanelUnreachable, None, 2),
        (code(4108), PanelUnreachable, None, 1),
        (code(4101, JobID="job-1"), None, None, 1),
        (once(code(4101), BEGUN), None, None, 2),
        (code(4500, JobID="job-1"), None, None, 1),
        (json({"jobid": "job-1"}), None, None, 1),
    ],
)
async def test_a_panel_start_is_sent_once(
    world: World,
    answer: Answer,
    error: type[ClientError] | None,
    sent: bool | None,
    starts: int,
) -> None:
    """Again only where it is certain that nothing was begun.

    See docs/architecture.md#a-start-is-sent-once.
    """
    async with world.answering("security/synchronize", answer) as seen:
        _, link = await world.link(world.service())
        world.clock.forward(hours=2)
        await link.read_status()
        if error is None:
            started = await link.start(SyncKind.PANEL, Codes())
            assert started.job_id == "job-1"
        else:
            with pytest.raises(error) as raised:
                await link.start(SyncKind.PANEL, Codes())
            if isinstance(raised.value, ServiceUnreachable):
                assert raised.value.sent is sent
        assert len(seen) == starts
        if error is RouteUnavailable:
            assert not link.has_route(SyncKind.PANEL)
            with pytest.raises(RouteUnavailable):
                await link.start(SyncKind.PANEL, Codes())
            assert len(seen) == starts


@pytest.mark.parametrize(
    ("answer", "error", "sent", "starts"),
    [
        (bare(403), UnexpectedAnswer, True, 1),
        (bare(500), UnexpectedAnswer, True, 1),
        (bare(401), UnclearAnswer, True, 1),
        (bare(429), RateLimited, False, 1),
        (waits(31), RateLimited, False, 1),
        (waits(30), RateLimited, False, 2),
        (once(waits(5), code(0)), None, None, 2),
        (bare(404), RouteUnavailable, None, 3),
        (code(4101), PanelUnreachable, None, 1),
        (code(-120), FeatureMissing, None, 1),
        (code(-4106), CodeRefused, None, 1),
        (lambda number: (bare(404) if number < 3 else code(0))(number), None, None, 3),
    ],
)
async def test_a_user_start_is_never_repeated(
    world: World,
    answer: Answer,
    error: type[ClientError] | None,
    sent: bool | None,
    starts: int,
) -> None:
    """Another way is tried only where one is missing."""
    async with world.answering("users/synchronize", answer) as seen:
        world.switches.user_sync_candidate = 0
        _, link = await world.link(world.service(user_sync=LIKELY))
        if error is None:
            assert (await link.start(SyncKind.USERS, Codes())).route
        else:
            with pytest.raises(error) as raised:
                await link.start(SyncKind.USERS, Codes())
            if isinstance(raised.value, ServiceUnreachable):
                assert raised.value.sent is sent
        assert len(seen) == starts
        assert (SyncKind.USERS in link.supported_kinds) is (error is not FeatureMissing)


@pytest.mark.parametrize("kind", [SyncKind.PANEL, SyncKind.USERS])
async def test_a_start_that_breaks_off_is_uncertain(
    world: World, kind: SyncKind
) -> None:
    """It may have been acted on, so it is not sent again."""
    _, link = await world.link(world.service(user_sync=LIKELY))
    await world.fault("synchronize", "reset")
    with pytest.raises(ServiceUnreachable) as raised:
        await link.start(kind, Codes())
    assert raised.value.sent
    assert len(world.received("synchronize", "POST")) == 1


async def test_a_start_without_a_connection_was_not_sent(world: World) -> None:
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as world.http:
        _, link = await world.link(world.service())
        await world.simulator.stop()
        with pytest.raises(ServiceUnreachable) as raised:
            await link.start(SyncKind.PANEL, Codes())
        assert not raised.value.sent


async def test_a_guessed_route_that_answers_401_costs_no_sign_in(world: World) -> None:
    """It says nothing of the session; a documented route does."""
    async with world.answering("/users", bare(401)) as seen:
        _, link = await world.link(world.service())
        for _ in range(5):
            with suppress(ClientError):
                await link.read_pending_user_changes()
            world.clock.forward(minutes=15)
            await link.read_status()
            world.clock.forward(seconds=1)
        assert await link.read_pending_user_changes() is None
        assert world.password_sign_ins() == 1
        assert len(seen) == 6


@pytest.mark.parametrize(
    ("answers", "works"),
    [
        ((400, 200), "events.v1_short"),
        ((415, 400, 200), "events.v1_empty"),
        ((400, 400, 400, 200), "events.v2"),
    ],
)
async def test_fewer_words_are_tried_where_more_are_refused(
    world: World, answers: tuple[int, ...], works: str
) -> None:
    """The first body that is understood is kept.

    See docs/protocol/total-connect.md#event-log-calls.
    """

    def answer(number: int) -> web.Response:
        status = answers[min(number, len(answers)) - 1]
        if status == 200:
            return web.json_response({"Events": []})
        return web.json_response({"Message": "Request is invalid."}, status=status)

    async with world.answering("/0/Events", answer) as seen:
        service = world.service()
        _, link = await world.link(service)
        for _ in range(3):
            log = await known(link.read_events(None))
            assert log.newest_id == 0
        assert len(seen) == len(answers) + 2
        states = {line.route: line.state for line in service.routes()}
        assert states[works] is RouteState.WORKS
        assert states["events.v1"] is RouteState.UNAVAILABLE


async def test_a_log_that_nobody_understands_is_an_error(world: World) -> None:
    """It is there, so it is not called gone."""
    async with world.answering("/Events", code(-501)):
        _, link = await world.link(world.service())
        with pytest.raises(ServiceRefused):
            await link.read_events(None)


async def test_the_status_falls_back_to_the_older_route(world: World) -> None:
    """v3, then v1 (11 row 15); with neither it is an error, and both are tried again."""
    async with world.answering("v3/locations", bare(404)) as seen:
        _, link = await world.link(world.service())
        for _ in range(3):
            assert (await link.read_status()).zones
        assert len(seen) == 1
    async with world.answering("fullStatus", bare(404)):
        _, link = await world.link(world.service())
        with pytest.raises(UnexpectedAnswer):
            await link.read_status()


async def test_an_outage_makes_no_route_gone(world: World) -> None:
    """Web pages everywhere for hours; afterwards all is as before."""
    service = world.service()
    location, link = await world.link(service)
    await service.probe_routes(location)
    await link.read_status()
    before = {line.route: line.state for line in service.routes()}
    for part in ("fullStatus", "Events", "users", "zones"):
        await world.fault(part, "html", times=1000)
    for _ in range(6):
        for read in (link.read_status, link.read_live):
            with pytest.raises(ServiceUnreachable):
                await read()
        with pytest.raises(ServiceUnreachable):
            await link.read_events(None)
        world.clock.forward(minutes=15)
    async with world.http.delete(f"{world.url}/control/faults") as cleared:
        assert cleared.status < 300
    assert await link.read_events(None)
    assert (await link.read_status()).zones
    assert {line.route: line.state for line in service.routes()} == before


async def test_a_gone_live_read_comes_back(world: World) -> None:
    """It is probed again, and only then the panel is asked for it."""
    service = world.service()
    location, link = await world.link(service)
    await world.fault("zones/0", "404")
    with pytest.raises(RouteUnavailable):
        await link.read_live()
    assert not link.has_route(SyncKind.REFRESH)
    await service.probe_routes(location)
    assert link.has_route(SyncKind.REFRESH)
    count = len(world.received("zones/0"))
    await service.probe_routes(location)
    assert len(world.received("zones/0")) == count
    await world.fault("Events", "404", times=20)
    again = world.service()
    location, _ = await world.link(again)
    await again.probe_routes(location)
    await again.probe_routes(location)


async def test_an_account_locked_meanwhile_is_named_at_the_refresh(
    world: World,
) -> None:
    granted = json({"access_token": "a", "refresh_token": "r"})
    async with world.answering(
        "/token", once(granted, json({"error": "-123"}))
    ) as seen:
        service = world.service()
        await service.sign_in()
        world.clock.forward(minutes=19)
        for _ in range(2):
            with pytest.raises(AccountLocked):
                await service.sign_in()
        assert len(seen) == 2


async def test_odd_answers_elsewhere_are_told(world: World) -> None:
    """A code check that says nothing, a sign-out that fails, a probe that is refused."""
    service = world.service()
    location, _ = await world.link(service)
    async with world.answering("validateUser", code(0)):
        asking = world.service()
        with pytest.raises(UnexpectedAnswer):
            await asking.check_user_code(location, "1234")
    await world.fault("Events", "500_message", times=9)
    await service.probe_routes(location)
    await world.fault("logout", "503")
    await service.sign_out()
    assert world.saved["tokens"] is None


async def test_a_short_retry_after_is_waited_out(world: World) -> None:
    """A long one is passed on, and nothing else is sent meanwhile."""
    async with world.answering(
        "fullStatus", lambda number: waits(7 if number < 4 else 3600)(number)
    ) as seen:
        _, link = await world.link(world.service())
        world.pauses.clear()
        with pytest.raises(ServiceUnreachable) as raised:
            await link.read_status()
        assert raised.value.retry_after == timedelta(seconds=7)
        assert sum(pause > 5 for pause in world.pauses) == 2
        assert len(seen) == 3
        with pytest.raises(ServiceUnreachable) as raised:
            await link.read_status()
        assert raised.value.retry_after == timedelta(minutes=15)
        assert len(seen) == 4
        with pytest.raises(ServiceUnreachable) as raised:
            await link.start(SyncKind.PANEL, Codes())
        assert not raised.value.sent
        assert world.received("security/synchronize") == []


async def test_secrets_never_come_out(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in errors, reprs or logs of any level, even if the service repeats them."""
    caplog.set_level(logging.DEBUG)
    user_code = "846201"
    words = f"User dana.keller / {PASSWORD.upper()} code\n{user_code} " + "x" * 500
    async with world.answering("synchronize", code(-4106, ResultData=words)):
        service = world.service(user_sync=LIKELY)
        location, link = await world.link(service)
        await service.probe_routes(location)
        for kind in (SyncKind.PANEL, SyncKind.USERS):
            with pytest.raises(CodeRefused) as raised:
                await link.start(kind, Codes(user_code=user_code))
            assert raised.value.text == ""
        await service.check_user_code(location, user_code)
    tokens = world.saved["tokens"]
    told = caplog.text + repr(service) + repr(link) + repr(raised.value)
    told += "".join(traceback.format_exception(raised.value))
    for secret in (PASSWORD, user_code, tokens["access"], tokens["refresh"]):
        assert secret not in told
    for record in world.received():
        assert user_code not in record.path
        assert PASSWORD not in record.path


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5", timedelta(seconds=5)),
        (" 0 ", timedelta(0)),
        ("Sun, 22 Nov 2026 12:01:00 GMT", timedelta(minutes=1)),
        ("Sun, 22 Nov 2026 12:01:00 -0000", timedelta(minutes=1)),
        ("Sun, 22 Nov 2020 12:01:00 GMT", timedelta(0)),
        ("-5", None),
        ("soon", None),
        # Nobody is held back for more than 15 minutes.
        ("86400", timedelta(minutes=15)),
        ("0000005", timedelta(seconds=5)),
        ("9" * 30, timedelta(minutes=15)),
        ("9" * 5000, timedelta(minutes=15)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(minutes=15)),
        ("Fri, 31 Dec 9999 23:59:59 -2359", timedelta(minutes=15)),
        (None, None),
    ],
)
def test_retry_after_is_read(value: str | None, expected: timedelta | None) -> None:
    """Seconds or a date; all else is ignored."""
    assert wire.retry_after(value, Clock().now) == expected


async def test_a_call_has_a_deadline_and_a_size(world: World) -> None:
    """A silent or a drip-feeding server, and a body over 4 MiB."""
    url = f"{world.url}/TC2API.TCResource/api/Dashboard"
    request = wire.Request("GET", url, {}, {}, None, 0.2)
    for fault in ("timeout", "drip"):
        await world.fault("Dashboard", fault)
        with pytest.raises(ServiceUnreachable) as raised:
            async with asyncio.timeout(5):
                await wire.send(world.http, request, world.clock.now)
        assert raised.value.sent
    await world.fault("Dashboard", "huge")
    with pytest.raises(UnexpectedAnswer, match="4 MiB"):
        await wire.send(
            world.http, wire.Request("GET", url, {}, {}, None, 20.0), world.clock.now
        )
    bad = wire.Request("GET", url, {}, {"Authorization": "a\r\nb"}, None, 5.0)
    with pytest.raises(ServiceUnreachable):
        await wire.send(world.http, bad, world.clock.now)


class Slow(aiohttp.TCPConnector):
    """A network where no connection is ever made."""

    async def connect(self, *args: Any, **kwargs: Any) -> Any:
        raise aiohttp.ConnectionTimeoutError("slow")


async def test_a_connection_that_is_never_made_sends_nothing(world: World) -> None:
    async with aiohttp.ClientSession(connector=Slow()) as http:
        request = wire.Request("POST", world.url, {}, {}, b"", 5.0)
        with pytest.raises(ServiceUnreachable) as raised:
            await wire.send(http, request, world.clock.now)
        assert not raised.value.sent


XML = b'<R xmlns="https://services.alarmnet.com/TC2/">%s</R>'


@pytest.mark.parametrize(
    ("body", "operation", "name", "expected"),
    [
        (XML % b"<ResultCode>0</ResultCode>", "", "ResultCode", "0"),
        (XML % b"<A><B>1</B><B>2</B><B>3</B></A>", "", "A", {"B": ["1", "2", "3"]}),
        (XML % b'<A xmlns:x="u" x:nil="true"/>', "", "A", None),
        (XML % b"<A/>", "", "A", ""),
        (
            b"<E><B><OpResponse><OpResult><A>1</A></OpResult></OpResponse></B></E>",
            "Op",
            "A",
            "1",
        ),
    ],
)
def test_soap_answers_have_the_shape_of_json(
    body: bytes, operation: str, name: str, expected: object
) -> None:
    """By local name, lists where a name is repeated (9)."""
    fields = verdict.parse_xml(body, operation)
    assert fields is not None
    assert fields.get(name) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<a>text</a>",
        b"<E><Fault/></E>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b"<a>" * 3000 + b"</a>" * 3000,
    ],
)
def test_what_is_no_soap_answer_is_none(body: bytes) -> None:
    assert verdict.parse_xml(body, "Op") is None
    assert verdict.parse_xml(body[:10]) is None


@pytest.mark.parametrize("body", [b"", b"[", b"[" * 100000, b"9" * 5000, b"1", b'"a"'])
def test_what_is_no_json_object_is_none(body: bytes) -> None:
    assert verdict.parse_json(body) is None


def test_a_soap_page_is_told_from_data() -> None:
    """HTML by its type or its beginning; data that is only mislabelled is read."""
    for body, kind, page in (
        (b'{"ResultCode":0}', "text/html", False),
        (b"\xef\xbb\xbf <HTML>", "application/json", True),
        (b"hello", "text/html; charset=utf-8", True),
        (b"<?xml version='1.0'?><a/>", "text/html", False),
    ):
        assert wire.Response(200, kind, body, None).is_page is page
    answer = wire.Response(200, "text/html", b'{"ResultCode":0}', None)
    assert (
        verdict.read_response(ROUTES["dashboard"], answer, ()).integer("ResultCode")
        == 0
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><x><ResultCode>&a;</ResultCode></x>',
        '<!DOCTYPE x SYSTEM "file:///etc/hostname"><x><ResultCode>0</ResultCode></x>',
        "<!DOCTYPE x><x><ResultCode>0</ResultCode></x>",
    ],
)
def test_a_document_that_declares_something_is_not_read(
    document: str, encoding: str
) -> None:
    assert verdict.parse_xml(document.encode(encoding)) is None


def test_the_same_without_a_declaration_is_read() -> None:
    document = '<?xml version="1.0"?><x><ResultCode>0</ResultCode></x>'
    for encoding in ("utf-8", "utf-16"):
        fields = verdict.parse_xml(document.encode(encoding))
        assert fields is not None
        assert fields.integer("ResultCode") == 0

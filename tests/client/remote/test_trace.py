"""The trace tells how the service answered, and nothing that could point to anybody."""

import json
import re
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.errors import ClientError, CodeRefused
from custom_components.panelsync.client.models import Codes, UserSyncWay
from custom_components.panelsync.client.outcomes import SyncKind
from custom_components.panelsync.client.remote.decode.fields import Fields
from custom_components.panelsync.client.remote.decode.known_names import known_name
from custom_components.panelsync.client.remote.decode.log_texts import (
    redacted,
    unrecognized_sync_text,
)
from custom_components.panelsync.client.remote.http.request import Response
from custom_components.panelsync.client.remote.route import DeviceAuthorization
from custom_components.panelsync.client.remote.routes import ROUTES
from custom_components.panelsync.client.remote.trace import (
    KEPT,
    MOST_ANSWERS,
    MOST_CODES,
    MOST_TEXTS,
    Exchanged,
    Trace,
    shape,
)

from ..makers import json_values
from .conftest import PASSWORD, Clock, World

CODE = "739146"


def told(trace: Trace) -> str:
    """Return everything a trace tells, as one text."""
    return repr(
        (trace.exchanges, trace.answers, trace.unknown_codes, trace.unrecognized_texts)
    )


async def walk(world: World) -> Trace:
    """Sign in, read everything, sync everything, and return the trace."""
    service = world.service(user_sync=UserSyncWay.LIKELY)
    location, link = await world.link(service)
    await service.fetch_service_status()
    await service.check_user_code(location, CODE)
    await link.read_status()
    await link.read_events(None)
    await link.read_live()
    await link.read_pending_user_changes()
    codes = Codes(CODE, CODE)
    for kind in (SyncKind.PANEL, SyncKind.USERS):
        try:
            answer = await link.start(kind, codes)
        except CodeRefused:
            continue
        if answer.job_id is not None:
            await link.read_job(answer.job_id)
        await link.read_user_sync(codes)
    return service.trace


@pytest.mark.parametrize("world", ["rest", "soap"], indirect=True)
async def test_the_trace_tells_what_was_asked_and_how_it_was_answered(
    world: World,
) -> None:
    trace = await walk(world)
    routes = [one.route for one in trace.exchanges]
    assert routes[:3] == ["app_config", "token.password", "session_details"]
    assert {"zones", "validate_user"} <= set(routes)
    assert len(routes) == len(world.received())
    signed_in = trace.exchanges[1]
    assert (signed_in.method, signed_in.status) == ("POST", 200)
    assert signed_in.location is None
    status = next(one for one in trace.exchanges if one.route.startswith("full_status"))
    assert (status.status, status.failure) == (200, None)
    assert status.seconds >= 0
    assert status.location is not None
    (sketch,) = trace.answers[status.route].values()
    assert "ZoneID: number" in sketch
    assert trace.exchanges[2].code == 0


@pytest.mark.parametrize("world", ["rest", "soap"], indirect=True)
async def test_nothing_in_the_trace_points_to_anybody(world: World) -> None:
    trace = await walk(world)
    text = told(trace).casefold()
    house = next(iter(world.simulator.world.locations.values()))
    people = [word for name in house.panel.users for word in name.split()]
    secrets = [
        PASSWORD,
        world.user,
        CODE,
        world.url,
        str(house.id),
        house.name,
        *people,
        *(zone.name for zone in house.panel.zones.values()),
        *(request.fields.get("refresh_token", "") for request in world.received()),
        *(str(value) for value in world.saved["tokens"].values() if value),
    ]
    assert len(people) > 1
    for secret in filter(None, secrets):
        assert secret.casefold() not in text, secret


async def test_an_alias_stays_and_leads_nowhere(world: World) -> None:
    service = world.service()
    account = await service.fetch_account()
    ids = [location.location_id for location in account.locations]
    aliases = [service.trace.alias(number) for number in ids]
    assert len(set(aliases)) == len(ids)
    assert aliases == [service.trace.alias(number) for number in ids]
    assert aliases != [world.service().trace.alias(number) for number in ids]
    await service.link(account.locations[1]).read_status()
    assert service.trace.exchanges[-1].location == aliases[1]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("503", (503, None, "UnexpectedAnswer")),
        ("reset", (None, None, "ServiceUnreachable")),
    ],
)
async def test_a_failure_is_told_by_its_sort(
    world: World, fault: str, told: tuple[int | None, int | None, str]
) -> None:
    service = world.service()
    _, link = await world.link(service)
    await world.fault("fullStatus", fault, times=9)
    with pytest.raises(ClientError):
        await link.read_status()
    last = service.trace.exchanges[-1]
    assert (last.status, last.code, last.failure) == told


async def test_a_refused_sign_in_is_told_without_its_words(world: World) -> None:
    service = world.service(password="Marked-Wrong-55")
    with pytest.raises(ClientError):
        await service.sign_in()
    last = service.trace.exchanges[-1]
    assert (last.route, last.failure) == ("token.password", "CredentialsRefused")
    assert "Marked" not in told(service.trace)


def answer(status: int = 200) -> Response:
    return Response(status, "application/json", b"", None)


def note(trace: Trace, code: object, **fields: object) -> None:
    """Let a trace see one answer."""
    with trace.exchange(ROUTES["zones"], {"location": 4711}) as seen:
        seen.answered(answer())
        seen.read(Fields({"ResultCode": code, **fields}))


def test_unknown_codes_are_counted_and_known_ones_are_not() -> None:
    trace = Trace(Clock())
    for code in (0, 4101, -4502, "-77", -77, None, 5):
        note(trace, code)
    assert [(one.code, one.count) for one in trace.unknown_codes] == [(-77, 2), (5, 1)]
    assert trace.unknown_codes[0].route == "zones"


def test_a_trace_stays_small() -> None:
    trace = Trace(Clock())
    for number in range(1000):
        note(trace, 10_000 + number)
        trace.log_text("synchro " + "done " * number)
    assert len(trace.exchanges) == KEPT
    assert len(trace.unknown_codes) == MOST_CODES
    assert sum(map(len, trace.answers.values())) == MOST_ANSWERS
    assert len(trace.unrecognized_texts) <= MOST_TEXTS
    assert trace.unknown_codes[-1].code == 10_999


def test_a_location_is_found_in_any_form_of_a_request() -> None:
    trace = Trace(Clock())
    panel = DeviceAuthorization(4711, 12, CODE)
    for fields in ({"LocationId": 4711}, {"DeviceList": panel}, {}):
        with trace.exchange(ROUTES["zones"], {}, fields):
            pass
    alias = trace.alias(4711)
    assert [one.location for one in trace.exchanges] == [alias, alias, None]
    assert CODE not in told(trace)


def test_an_error_of_any_sort_is_remembered_and_passed_on() -> None:
    trace = Trace(Clock())
    with pytest.raises(CodeRefused), trace.exchange(ROUTES["zones"], {"location": 1}):
        raise CodeRefused("Code 739146 of Dana Keller is wrong", code=-4106)
    (one,) = trace.exchanges
    assert isinstance(one, Exchanged)
    assert (one.code, one.failure) == (-4106, "CodeRefused")
    assert "Dana" not in told(trace)


@pytest.mark.parametrize(
    ("value", "sketch"),
    [
        ({"ResultCode": 0, "Message": "Mill"}, "{ResultCode: number, Message: text}"),
        ({"resultcode": 0}, "{ResultCode: number}"),
        ({"Zones": [{"ZoneID": 1}, {}]}, "{Zones: [2 of {ZoneID: number}]}"),
        (
            {"Event": None, "HasMore": True, "Notes": "", "Users": []},
            "{Event: null, HasMore: flag, Notes: empty, Users: [0]}",
        ),
        # A name that nobody knows may be data: it is counted, and seen through.
        ({"4711": 1, "Dana Keller": 2, "JohnSmith": 3}, "{3 unknown}"),
        (
            {"JohnSmith": {"JobState": 1}, "JobID": 5},
            "{?: {JobState: number}, JobID: number, 1 unknown}",
        ),
        ("Dana Keller", "text"),
    ],
)
def test_shapes(value: Any, sketch: str) -> None:
    assert shape(value) == sketch


@given(json_values(most=30))
def test_a_shape_never_shows_a_value(value: Any) -> None:
    sketch = shape(value)
    words = set(re.findall(r"[^\W\d_]+", sketch))
    names: set[str] = set()

    def collect(inner: Any) -> None:
        if isinstance(inner, dict):
            for name, content in inner.items():
                names.update(re.findall(r"[^\W\d_]+", name))
                collect(content)
        elif isinstance(inner, list):
            for content in inner:
                collect(content)

    collect(value)
    sorts = {"null", "flag", "number", "text", "empty", "of", "unknown"}
    assert words <= {known_name(name) for name in names} | sorts


def test_deep_and_wide_values_are_cut() -> None:
    deep: Any = 1
    for _ in range(500):
        deep = {"a": deep}
    assert len(shape(deep)) < 100
    wide = {"".join(chr(97 + int(d)) for d in str(n)): [n] for n in range(10_000)}
    assert len(shape(wide)) < 2000
    json.dumps(shape(wide))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "Sincronización de zonas correcta Casa Robledo",
            "sincronizacion de zonas correcta …",
        ),
        ("Usuarios de Dana Keller 4711 sincronizados", "usuarios de … sincronizados"),
        (
            "Zonensynchronisierung fehlgeschlagen: Haus Bergmann",
            "zonensynchronisierung fehlgeschlagen …",
        ),
        ("User Sync Pending Keller1234", "user sync pending …"),
        ("Disarmed by Dana Keller", None),
        ("", None),
    ],
)
def test_log_texts_keep_only_words_on_syncs(text: str, kept: str | None) -> None:
    assert unrecognized_sync_text(text) == kept


@given(st.text())
def test_masking_never_shows_a_digit_or_grows(text: str) -> None:
    shown = redacted(text)
    assert not re.search(r"\d", shown)
    assert redacted(shown.replace("…", "")) == shown.replace("… ", "").replace(
        " …", ""
    ).replace("…", "")


async def test_a_log_in_another_language_is_learned(world: World) -> None:
    service = world.service()
    location, link = await world.link(service)
    world.switches.sync_log = "spanish"
    await link.start(SyncKind.PANEL, Codes())
    world.clock.forward(seconds=60)
    await link.read_events(None)
    assert any("sincroniza" in text for text in service.trace.unrecognized_texts)
    assert location.name.split()[0].casefold() not in told(service.trace).casefold()

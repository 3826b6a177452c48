"""The one table of what can be sent, and that nothing else can be.

See docs/architecture.md#what-can-be-written.
"""

from dataclasses import replace
import json
import posixpath
import re
from urllib.parse import parse_qsl, unquote

from defusedxml.ElementTree import fromstring
from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.remote.http import rest, soap
from custom_components.panelsync.client.remote.http.request import Request
from custom_components.panelsync.client.remote.http.rest import fill_path
from custom_components.panelsync.client.remote.route import (
    SECRET_KINDS,
    DeviceAuthorization,
    Kind,
    Purpose,
    Route,
    Shape,
    Value,
)
from custom_components.panelsync.client.remote.routes import (
    ROUTES,
    SOAP_NAMESPACE,
    TABLE,
    RouteTable,
    steps_route,
)

from .conftest import World

BASE = "https://rs.alarmnet.com"
DEVICE = DeviceAuthorization(700101, 880201, "7391")
SAMPLES: dict[Kind, Value] = {
    Kind.NUMBER: 700101,
    Kind.WORD: "9b1c2d3e-0001",
    Kind.CODE: "7391",
    Kind.SECRET: "Marked-Secret",
    Kind.DEVICES: DEVICE,
    Kind.CODES_ONLY: DEVICE,
    Kind.MOMENT: "2026-11-28T10:00:00",
}
WRITES = {Purpose.START_PANEL, Purpose.START_USERS}
# What is known to change something beyond the syncs
# (docs/protocol/total-connect.md#rest-paths).
FORBIDDEN = re.compile(
    r"arm|bypass|panic|updateusercode|saveLocation|/state/|homeCard|acknowledge|"
    r"automation|trigger|SendKey|ConnectToPanel|DeleteUser|schedule",
    re.IGNORECASE,
)
every_route = pytest.mark.parametrize("route", TABLE, ids=lambda route: route.key)


def written(route: Route) -> Request:
    """Write a route with a sample in every place and field."""
    fields = {name: SAMPLES[kind] for name, kind in route.fields.items()}
    if route.is_soap:
        return soap.request(route, BASE, fields)
    path_fields = {name: SAMPLES[kind] for name, kind in route.path_fields.items()}
    return rest.request(route, BASE, path_fields, fields, "token")


def sent_fields(route: Route, request: Request) -> dict[str, object]:
    """Read back what a request carries, as a server would."""
    body = (request.body or b"").decode()
    match route.shape:
        case Shape.GET:
            return dict(request.query)
        case Shape.JSON:
            return dict(json.loads(body))
        case Shape.SOAP_ENVELOPE:
            operation = fromstring(body)[0][0]
            assert operation.tag == f"{{{SOAP_NAMESPACE}}}{route.operation}"
            return {child.tag: child.text or list(child) for child in operation}
        case _:
            return dict(parse_qsl(body, keep_blank_values=True))


@every_route
def test_no_route_can_do_more_than_sync(route: Route) -> None:
    """No changing call of the service stands in the table, and no forceImport."""
    path = route.path.removeprefix("/TC2API.TCResource").removeprefix("/TC21api")
    assert not FORBIDDEN.search(path.replace("alarmnet", ""))
    assert not FORBIDDEN.search(route.operation)
    names = {name.casefold() for name in (*route.fields, *route.constants)}
    assert "forceimport" not in names
    assert b"forceimport" not in (written(route).body or b"").lower()


@every_route
def test_no_secret_stands_in_an_address(route: Route) -> None:
    """Neither in the path nor in the query; places are numbers or plain words."""
    request = written(route)
    assert not set(route.path_fields.values()) & SECRET_KINDS
    if route.shape is Shape.GET:
        assert not set(route.fields.values()) & SECRET_KINDS
    assert "Marked" not in request.url + str(request.query)
    assert "7391" not in request.url + str(request.query)
    assert request.url.startswith(BASE + "/")
    assert "{" not in request.url


@every_route
def test_status_only_is_fixed_by_the_purpose(route: Route) -> None:
    """A poll says true and a start false; a caller cannot say either."""
    sent = sent_fields(route, written(route))
    said = sent.get("StatusOnly", sent.get(f"{{{SOAP_NAMESPACE}}}StatusOnly"))
    if route.purpose is Purpose.USER_SYNC_STEPS:
        assert said in (True, "true")
    elif route.purpose is Purpose.START_USERS:
        assert said in (False, "false")
    else:
        assert said is None
    assert "StatusOnly" not in route.fields
    path_fields = {name: SAMPLES[kind] for name, kind in route.path_fields.items()}
    fields = {name: SAMPLES[kind] for name, kind in route.fields.items()}
    with pytest.raises(ValueError, match="needs the fields"):
        rest.require(route, path_fields, fields | {"StatusOnly": "false"})


@every_route
def test_only_the_two_starts_change_anything(route: Route) -> None:
    """Every start has a poll beside it at the same address."""
    assert route.is_start == (route.purpose in WRITES)
    if route.purpose is Purpose.START_USERS:
        steps = steps_route(route)
        assert steps.purpose is Purpose.USER_SYNC_STEPS
        assert (steps.path, steps.shape) == (route.path, route.shape)


@every_route
def test_a_changed_route_is_not_sent(route: Route) -> None:
    copy = replace(route, path=route.path + "x")
    with pytest.raises(ValueError, match="route table"):
        written(copy)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.NUMBER, "12a"),
        (Kind.NUMBER, -1),
        (Kind.WORD, "../arm"),
        (Kind.WORD, "a b"),
        (Kind.WORD, ""),
        (Kind.CODE, "12 34"),
        (Kind.CODE, "-2"),
        (Kind.CODE, "\u0661\u0662"),
        (Kind.CODE, "1234\n"),
        (Kind.SECRET, "a\r\nb"),
        (Kind.SECRET, ""),
        (Kind.MOMENT, "2026-11-28"),
        (Kind.NUMBER, DEVICE),
    ],
)
def test_a_field_takes_only_its_kind(kind: Kind, value: Value) -> None:
    with pytest.raises(ValueError, match="is not a"):
        rest.validated(kind, "field", value)


def test_a_route_goes_its_own_way_only() -> None:
    """REST is not written by SOAP nor the other way, and places are needed."""
    with pytest.raises(ValueError, match="not a REST route"):
        rest.request(ROUTES["soap"], BASE, {}, {"SessionID": "a"}, None)
    with pytest.raises(ValueError, match="not a SOAP route"):
        soap.request(ROUTES["dashboard"], BASE, {})
    with pytest.raises(ValueError, match="needs the path fields"):
        rest.request(ROUTES["zones"], BASE, {}, {}, None)


def test_the_table_is_in_the_order_of_likelihood() -> None:
    """SOAP comes first, see docs/protocol/total-connect.md#likely-routes."""
    table = RouteTable()
    assert [route.key for route in table.routes_for(Purpose.START_USERS)] == [
        "start_users.soap",
        "start_users.account",
        "start_users.device",
        "start_users.operation",
    ]
    assert [route.key for route in table.routes_for(Purpose.JOB_STATUS)][
        -1
    ] == "job.soap"
    assert len(ROUTES) == len(TABLE)
    assert "7391" not in repr(DEVICE)


_ODD = st.sampled_from(
    [
        ".",
        "..",
        "...",
        "a.",
        ".a",
        "%2e",
        "%2F",
        "a/b",
        "a\\b",
        "a\n",
        "\n",
        "a b",
        "a;b",
    ]
)


@given(_ODD | st.text(max_size=12) | st.from_regex(r"[A-Za-z0-9._-]+", fullmatch=True))
def test_no_value_makes_a_path_that_a_server_reads_as_another(job: str) -> None:
    """No segment of dots, nothing encoded, no end of line: or nothing is sent."""
    try:
        path = fill_path(ROUTES["job.path"], {"location": 7, "job": job})
    except ValueError:
        return
    assert posixpath.normpath(path) == unquote(path) == path.strip() == path
    assert path.endswith(f"/synchronize/{job}")
    assert not path.endswith(".")


def test_every_path_of_the_table_is_plain() -> None:
    for route in TABLE:
        path_fields: dict[str, Value] = dict.fromkeys(route.path_fields, 7)
        assert fill_path(route, path_fields).startswith("/")


@pytest.mark.parametrize("job", [".", "..", "../../arm", "a.", "%2e%2e", "a\n"])
async def test_a_job_that_would_be_another_path_is_not_asked_for(
    world: World, job: str
) -> None:
    _, link = await world.link(world.service())
    world.simulator.received.clear()
    assert await link.read_job(job) is None
    assert not world.received()

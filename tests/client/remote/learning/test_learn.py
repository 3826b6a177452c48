"""What a recording teaches: each purpose, in whatever dress it comes."""

import base64
import json
from typing import Any

import pytest

from custom_components.panelsync.client.models import Certainty
from custom_components.panelsync.client.remote.http import rest
from custom_components.panelsync.client.remote.learned import validate
from custom_components.panelsync.client.remote.learned_rules import FIELDS
from custom_components.panelsync.client.remote.learned_store import (
    dump_learned,
    load_learned,
)
from custom_components.panelsync.client.remote.learning import (
    WANTED,
    Known,
    Lesson,
    Reason,
    learn,
)
from custom_components.panelsync.client.remote.route import Kind, Purpose, Route, Value

from .recordings import (
    ALL_GONE,
    API,
    DEVICE,
    HOST,
    JOB,
    JOB_ANSWER,
    JOB_URL,
    KNOWN,
    LOCATION,
    LOG,
    LOG_ANSWER,
    LOG_BODY,
    OTHER_DEVICE,
    OTHER_LOCATION,
    PANEL_SYNC,
    ROW,
    START,
    START_BODY,
    STEPS,
    STEPS_ANSWER,
    STEPS_BODY,
    USERS_ANSWER,
    WHOLE,
    entry,
    har,
    start,
)

VALUES: dict[str, Value] = {
    "location": 41,
    "device": 42,
    "job": "job-43",
    "after": 44,
    "code": "7391",
    "installer": "4112",
    "since": "2026-11-27T10:00:00",
    "until": "2026-11-29T10:00:00",
}


def lesson(*entries: dict[str, Any], known: Known = KNOWN) -> Lesson:
    """Learn from a HAR file with noise around these entries."""
    return learn(har(*entries), known, "1f")


def taught(purpose: Purpose, *entries: dict[str, Any], known: Known = KNOWN) -> Route:
    """Learn one purpose, and nothing else."""
    found = lesson(*entries, known=known)
    assert found.refusals == ()
    (route,) = found.routes
    assert route.purpose is purpose
    assert route.certainty is Certainty.LEARNED
    return validate(route)


def sent(route: Route, **changes: Value) -> tuple[str, str, dict[str, str], Any]:
    """Write the request of a route for another panel than the recorded one."""
    values = VALUES | changes
    request = rest.request(
        route,
        HOST,
        {name: values[name] for name in route.path_fields},
        {name: values[name] for name in route.fields},
        "token",
    )
    body = None if request.body is None else request.body.decode()
    if body and request.headers["Content-Type"] == "application/json":
        body = json.loads(body)
    return request.method, request.url, dict(request.query), body


def test_a_whole_recording_teaches_every_purpose() -> None:
    """Noise around it is passed over, and each request is the website's with our values."""
    found = lesson(*WHOLE)
    assert found.refusals == ()
    routes = {route.purpose: route for route in found.routes}
    assert set(routes) == set(WANTED)
    row = {"LocationID": 41, "DeviceID": 42, "AuthorizingCode": "7391"}
    assert sent(routes[Purpose.START_USERS]) == (
        "POST",
        START,
        {},
        {"DeviceList": [row], "StatusOnly": False, "AdditionalInput": ""},
    )
    assert sent(routes[Purpose.USER_SYNC_STEPS])[3]["StatusOnly"] is True
    assert sent(routes[Purpose.JOB_STATUS]) == (
        "GET",
        f"{API}/v2/locations/41/syncJobs/job-43",
        {},
        None,
    )
    assert sent(routes[Purpose.PENDING_CHANGES])[1].endswith("/locations/41/userList")
    assert sent(routes[Purpose.EVENT_LOG])[3] == {
        **LOG_BODY,
        "LastEventIdReceived": 44,
        "StartDateTime": "2026-11-27 10:00:00",
    }


@pytest.mark.parametrize("left_out", range(len(WHOLE)))
def test_what_is_missing_stays_unknown_and_nothing_else(left_out: int) -> None:
    """A start is not made of a look at its steps, nor the other way round."""
    found = lesson(*(call for at, call in enumerate(WHOLE) if at != left_out))
    assert found.refusals == ()
    assert {route.purpose for route in found.routes} == set(WANTED) - {WANTED[left_out]}


def test_a_start_is_learned_in_any_dress() -> None:
    """Letter case, wrapper, content type, verb, flat or in rows: the meaning is the same."""
    flat = {"locationId": LOCATION, "deviceid": str(DEVICE), "authorizingCode": ""}
    for call, body in (
        (
            entry(
                "PUT", START, {"request": {"deviceList": [flat], "statusOnly": False}}
            ),
            {
                "request": {
                    "deviceList": [
                        {"locationId": 41, "deviceid": "42", "authorizingCode": "7391"}
                    ],
                    "statusOnly": False,
                }
            },
        ),
        (
            entry("POST", START, {**flat, "STATUSONLY": "false"}),
            {
                "locationId": 41,
                "deviceid": "42",
                "authorizingCode": "7391",
                "STATUSONLY": "false",
            },
        ),
        (
            entry(
                "POST",
                START,
                [ROW, {**ROW, "LocationID": OTHER_LOCATION, "DeviceID": OTHER_DEVICE}],
            ),
            [{"LocationID": 41, "DeviceID": 42, "AuthorizingCode": "7391"}],
        ),
        (
            entry(
                "POST",
                START,
                form=f"DeviceList%5B0%5D.LocationID={LOCATION}&DeviceList%5B0%5D.DeviceID={DEVICE}"
                "&DeviceList%5B0%5D.AuthorizingCode=-1&StatusOnly=false",
            ),
            (
                "DeviceList%5B0%5D.LocationID=41&DeviceList%5B0%5D.DeviceID=42"
                "&DeviceList%5B0%5D.AuthorizingCode=7391&StatusOnly=false"
            ),
        ),
    ):
        call["response"]["content"]["text"] = '{"ResultCode": 0}'
        route = taught(Purpose.START_USERS, call)
        assert sent(route)[3] == body
        assert sent(route)[0] == call["request"]["method"]


def test_ids_are_known_where_they_stand_in_the_path() -> None:
    """A path of another panel comes out; small numbers and versions stay."""
    url = f"{API}/v2/locations/{OTHER_LOCATION}/devices/{OTHER_DEVICE}/users/Sync/0/"
    route = taught(
        Purpose.START_USERS,
        entry(
            "POST",
            url,
            {"AuthorizingCode": "-1", "StatusOnly": False},
            {"ResultCode": 0},
        ),
    )
    assert sent(route)[1] == f"{API}/v2/locations/41/devices/42/users/Sync/0"


def test_where_the_website_sent_no_code_none_is_sent_unless_one_is_stored() -> None:
    """Empty is what was seen to work; -1 is how the client says "the stored one"."""
    route = taught(
        Purpose.START_USERS, start(DeviceList=[{**ROW, "AuthorizingCode": ""}])
    )
    assert sent(route, code="-1")[3]["DeviceList"][0]["AuthorizingCode"] == ""
    assert sent(route, code="7391")[3]["DeviceList"][0]["AuthorizingCode"] == "7391"
    route = taught(Purpose.START_USERS, start())
    assert sent(route, code="-1")[3]["DeviceList"][0]["AuthorizingCode"] == "-1"


@pytest.mark.parametrize(
    "name", ["UserCode", "panelUserCode", "PIN", "user_code", "MasterCode", "authCode"]
)
def test_a_code_is_known_by_its_name_and_goes_as_it_went(name: str) -> None:
    """As text or as a number; never the recorded one."""
    row = {"LocationID": LOCATION, "DeviceID": DEVICE}
    for value, written in (("4321", "7391"), (4321, 7391), (-1, 7391), (None, "7391")):
        route = taught(Purpose.START_USERS, start(DeviceList=[{**row, name: value}]))
        assert sent(route)[3]["DeviceList"][0][name] == written
        assert "4321" not in repr(route)


def test_a_job_with_a_number_goes_as_a_number() -> None:
    """In a body as the website wrote it."""
    begun = entry("POST", PANEL_SYNC, form="userCode=-1", answer={"JobID": 987654})
    asked = entry("POST", f"{API}/v2/progress", {"job": 987654}, JOB_ANSWER)
    route = taught(Purpose.JOB_STATUS, begun, asked)
    assert sent(route, job="43")[3] == {"job": 43}


@pytest.mark.parametrize(
    ("url", "query"),
    [
        (f"{API}/v2/syncJobs?jobId={JOB}&_=1764321000123", {"jobId": "job-43"}),
        (
            f"{API}/v2/jobs?JOB_ID={JOB}&locationid={LOCATION}",
            {"JOB_ID": "job-43", "locationid": "41"},
        ),
    ],
)
def test_a_job_is_known_by_the_answer_that_named_it(
    url: str, query: dict[str, str]
) -> None:
    """Its id goes where it stood; what only defeats a cache is left out."""
    route = taught(Purpose.JOB_STATUS, entry("GET", url, answer={"data": JOB_ANSWER}))
    assert sent(route)[2] == query


@pytest.mark.parametrize(
    "answer",
    [
        LOG_ANSWER,
        {"result": {"payload": {"events": LOG_ANSWER["Events"]}}},
        [{"event_record_id": 5, "event": "x"}],
        {"Events": {"EventRecord": LOG_ANSWER["Events"]}},
    ],
)
def test_a_log_is_known_by_its_records(answer: object) -> None:
    """However they are wrapped; also from a body in base64, and an empty one by its path."""
    for call in (
        entry("POST", LOG, LOG_BODY, answer),
        entry("POST", LOG, LOG_BODY, answer, as_base64=True),
        entry("POST", LOG, LOG_BODY, {"Events": []}),
    ):
        assert "after" in taught(Purpose.EVENT_LOG, call).fields


@pytest.mark.parametrize(
    ("method", "path", "answer", "purpose"),
    [
        ("GET", "users/outOfSync", USERS_ANSWER, Purpose.PENDING_CHANGES),
        ("GET", "sync/pending", USERS_ANSWER, Purpose.PENDING_CHANGES),
        ("POST", "users/syncStatus/list", USERS_ANSWER, Purpose.PENDING_CHANGES),
        ("GET", "addresses/settings", USERS_ANSWER, Purpose.PENDING_CHANGES),
        ("GET", f"sync/{JOB}", JOB_ANSWER, Purpose.JOB_STATUS),
        ("GET", f"synchronization/state/{JOB}", JOB_ANSWER, Purpose.JOB_STATUS),
    ],
)
def test_a_read_may_speak_of_a_sync(
    method: str, path: str, answer: object, purpose: Purpose
) -> None:
    """Where its address asks how one goes, or which one is meant."""
    body: object = {} if method == "POST" else None
    taught(
        purpose, entry(method, f"{API}/v2/locations/{LOCATION}/{path}", body, answer)
    )


@pytest.mark.parametrize(
    "path", ["users/sync", "users/syncNow", "Users/Sync/All", "userDataSync"]
)
def test_a_start_need_not_say_that_it_starts(path: str) -> None:
    """Where its address says nothing else."""
    url = f"{API}/v2/locations/{LOCATION}/{path}"
    taught(Purpose.START_USERS, entry("POST", url, {}, {"ResultCode": 0}))


def test_a_browser_may_record_who_called_whom() -> None:
    """Chrome adds a level for each caller; that is deep, and harmless."""
    stack: dict[str, Any] = {"callFrames": [{"functionName": "send"}]}
    for _ in range(64):
        stack = {"callFrames": [{"functionName": "then"}], "parent": stack}
    taught(
        Purpose.START_USERS,
        start() | {"_initiator": {"type": "script", "stack": stack}},
    )


def test_the_log_of_the_panel_is_preferred() -> None:
    """To the log of sign-ins, which has the same shape."""
    admin = entry(
        "POST",
        f"{API}/v2/locations/{LOCATION}/adminLog",
        {**LOG_BODY, "FilterClass": 2},
        LOG_ANSWER,
    )
    for calls in ((admin, WHOLE[4]), (WHOLE[4], admin)):
        assert "eventLog" in taught(Purpose.EVENT_LOG, *calls).path


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2026-11-21T00:00:00", "2026-11-27T10:00:00"),
        ("2026-11-21T00:00:00.123Z", "2026-11-27T10:00:00.000Z"),
        ("11/21/2026 12:00:00 AM", "11/27/2026 10:00:00 AM"),
        ("2026-11-21", "2026-11-27"),
    ],
)
def test_a_span_of_dates_moves_on(value: str, written: str) -> None:
    """A log asked for the recorded week for ever would fall silent."""
    call = entry("POST", LOG, {**LOG_BODY, "StartDateTime": value}, LOG_ANSWER)
    assert sent(taught(Purpose.EVENT_LOG, call))[3]["StartDateTime"] == written


def test_what_every_release_knows_is_learned_only_where_it_is_gone() -> None:
    """A panel sync, the status and the live read at another address."""
    moved = (
        entry(
            "POST",
            f"{API}/v2/locations/{LOCATION}/panel/synchronise",
            {"userCode": "-1", "installerCode": "4112", "forceImport": False},
            {"JobID": JOB, "ResultCode": 0},
        ),
        entry(
            "GET", f"{API}/v4/locations/{LOCATION}/whole", answer={"PanelStatus": {}}
        ),
        entry("GET", f"{API}/v4/locations/{LOCATION}/live", answer={"ZoneStatus": {}}),
    )
    assert lesson(*moved).refusals[0].reason is Reason.NO_SYNC
    found = lesson(*moved, known=ALL_GONE)
    assert found.refusals == ()
    routes = {route.purpose: route for route in found.routes}
    assert set(routes) == ALL_GONE.unavailable
    assert sent(routes[Purpose.START_PANEL])[3] == {
        "userCode": "7391",
        "installerCode": "4112",
        "forceImport": False,
    }


BASH = f"""curl '{START}' \\
  -H 'accept: application/json' \\
  -H 'authorization: Bearer Marked-Token-58' \\
  -H $'content-type: application/json' \\
  -b 'session=Marked-Cookie' \\
  --data-raw $'{{"DeviceList":[{{"LocationID":{LOCATION},"DeviceID":{DEVICE},"AuthorizingCode":"-1"}}],"StatusOnly":false,"AdditionalInput":"\\u0021"}}' \\
  --compressed""".replace('"\\u0021"', '""')
PLAIN = json.dumps(START_BODY)
CMD_OLD = (
    f'curl "{START}" ^\n  -H "content-type: application/json" ^\n'
    f'  --data-raw "{PLAIN.replace(chr(34), chr(92) + chr(34))}" ^\n  --compressed'
)
CMD = (
    f'curl ^"{START}^" ^\n  -H ^"content-type: application/json^" ^\n'
    '  --data-raw ^"'
    + PLAIN.replace('"', '^\\^"').replace("{", "^{").replace("}", "^}")
    + '^"'
)
POWERSHELL = (
    "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n"
    '$session.UserAgent = "Mozilla/5.0"\n'
    '$session.Cookies.Add((New-Object System.Net.Cookie("s", "Marked-Cookie", "/", "x")))\n'
    f'Invoke-WebRequest -UseBasicParsing -Uri "{START}" `\n-Method "POST" `\n'
    '-WebSession $session `\n-Headers @{\n"authorization"="Bearer Marked-Token"\n'
    '  "-Uri"="https://evil.example/"\n} `\n'
    '-ContentType "application/json" `\n-Body "' + PLAIN.replace('"', '`"') + '"'
)
FETCH = (
    f"fetch({json.dumps(START)}, "
    + json.dumps(
        {
            "headers": {
                "authorization": "Bearer Marked",
                "content-type": "application/json",
            },
            "body": PLAIN,
            "method": "POST",
            "mode": "cors",
            "credentials": "include",
        },
        indent=2,
    )
    + ");"
)


@pytest.mark.parametrize(
    "pasted",
    [
        BASH,
        BASH.replace(" \\\n", " \\\r\n"),
        f"curl -X POST --url '{START}' -d \"{PLAIN.replace(chr(34), chr(92) + chr(34))}\" -k",
        f"curl -XPOST {START} --json '{PLAIN}'",
        CMD,
        CMD_OLD,
        POWERSHELL,
        POWERSHELL.replace('-Body "', '-Body ([System.Text.Encoding]::UTF8.GetBytes("')
        + "))",
        FETCH,
        f"await {FETCH}",
        BASH.encode(),
        ("\ufeff" + FETCH).encode("utf-16-le"),
    ],
)
def test_a_copied_request_is_enough(pasted: str | bytes) -> None:
    found = learn(pasted, KNOWN, "1f")
    assert found.refusals == ()
    (route,) = found.routes
    assert route.purpose is Purpose.START_USERS
    assert sent(route)[:2] == ("POST", START)
    assert sent(route)[3]["DeviceList"][0]["LocationID"] == 41


@pytest.mark.parametrize(
    ("pasted", "purpose"),
    [
        (
            f"curl '{STEPS}' --data-raw '{json.dumps(STEPS_BODY)}'",
            Purpose.USER_SYNC_STEPS,
        ),
        (
            f"curl '{API}/v2/users/syncStatus?locationId={LOCATION}'",
            Purpose.USER_SYNC_STEPS,
        ),
        (f"curl '{JOB_URL}'", Purpose.JOB_STATUS),
        (f"curl '{API}/v9/state?jobId={JOB}'", Purpose.JOB_STATUS),
        (f"curl '{API}/v9/locations/{LOCATION}/users'", Purpose.PENDING_CHANGES),
        (f"curl '{LOG}' --json '{json.dumps(LOG_BODY)}'", Purpose.EVENT_LOG),
        (f"curl -G '{API}/v9/events' -d locationId={LOCATION}", Purpose.EVENT_LOG),
    ],
)
def test_a_copied_request_that_only_reads_is_never_a_start(
    pasted: str, purpose: Purpose
) -> None:
    found = learn(pasted, KNOWN, "1f")
    assert [route.purpose for route in found.routes] == [purpose]
    assert not found.routes[0].is_start


def test_all_requests_copied_at_once() -> None:
    """The menus also copy the whole list."""
    requests = [
        f"curl '{START}' --data-raw '{PLAIN}'",
        f"curl '{JOB_URL}'",
        f"curl '{LOG}' --json '{json.dumps(LOG_BODY)}'",
    ]
    wanted = {Purpose.START_USERS, Purpose.JOB_STATUS, Purpose.EVENT_LOG}
    for pasted in (" ;\n".join(requests), " &\n".join(requests)):
        assert {route.purpose for route in learn(pasted, KNOWN, "1f").routes} == wanted
    both = FETCH + "\n" + f'fetch("{JOB_URL}", {{"method": "GET", "body": null}});'
    assert len(learn(both, KNOWN, "1f").routes) == 2
    two = POWERSHELL + f"\n\nInvoke-RestMethod -Uri '{JOB_URL}'\n"
    assert len(learn(two, KNOWN, "1f").routes) == 2


def test_nothing_of_a_recording_is_kept_but_routes() -> None:
    """What is stored holds no value of it, and reads back as the same routes."""
    found = lesson(*WHOLE)
    kept = json.dumps(dump_learned(found.routes))
    for marked in (
        "Marked",
        str(LOCATION),
        str(DEVICE),
        JOB,
        "91000042",
        "rs.alarmnet",
    ):
        assert marked not in kept
    assert load_learned(json.loads(kept)) == found.routes
    for route in found.routes:
        assert route.key == f"{route.purpose}.learned_1f"
        assert set(route.fields.items()) <= set(FIELDS.items())
        assert Kind.CODE not in route.path_fields.values()


def test_a_refused_call_beside_a_good_one_is_not_told() -> None:
    bad = entry("POST", START, {**START_BODY, "Mystery": "x"}, STEPS_ANSWER)
    assert taught(Purpose.START_USERS, bad, start()).method == "POST"


def test_pending_changes_may_be_asked_by_post() -> None:
    """Where an answer shows that it is a read."""
    call = entry(
        "POST", f"{API}/v2/users/find", {"LocationID": LOCATION}, {"d": USERS_ANSWER}
    )
    assert sent(taught(Purpose.PENDING_CHANGES, call))[3] == {"LocationID": 41}


def test_a_recording_of_each_browser_is_read() -> None:
    """A form as parameters, a body in base64, a type that only the headers name."""
    row = {f"DeviceList[0].{name}": str(value) for name, value in ROW.items()}
    form = entry("POST", START, answer=STEPS_ANSWER)
    form["request"]["postData"] = {
        "mimeType": "application/x-www-form-urlencoded",
        "params": [
            {"name": name, "value": value}
            for name, value in (row | {"StatusOnly": "false"}).items()
        ],
    }
    assert "AuthorizingCode%5D" not in sent(taught(Purpose.START_USERS, form))[3]
    packed = entry("POST", START, answer=STEPS_ANSWER)
    packed["request"]["postData"] = {
        "text": base64.b64encode(PLAIN.encode()).decode(),
        "encoding": "base64",
    }
    packed["request"]["headers"].append(
        {"name": "Content-Type", "value": "application/json"}
    )
    assert sent(taught(Purpose.START_USERS, packed))[3]["StatusOnly"] is False


@pytest.mark.parametrize(
    "broken",
    [
        7,
        {},
        {"request": {"method": "GET"}, "response": {}},
        {"request": {"method": 1, "url": 2}, "response": {"status": 200}},
        {"request": {"method": "GET", "url": "x"}, "response": {"status": "200"}},
        entry("POST", START) | {"response": {"status": 200, "content": 7}},
    ],
)
def test_an_entry_that_is_none_is_passed_over(broken: Any) -> None:
    assert taught(Purpose.START_USERS, broken, start())
    for posted in (7, {"params": 7}, {"text": 7, "mimeType": 7}):
        call = entry("GET", f"{API}/v1/x")
        call["request"] |= {"postData": posted, "headers": [7, {"name": 1}]}
        assert taught(Purpose.START_USERS, call, start())

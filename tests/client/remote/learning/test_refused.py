"""Recordings that must not be learned from, each with the reason a person is told."""

import base64
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.remote.learned import validate
from custom_components.panelsync.client.remote.learning import (
    Known,
    Reason,
    Refusal,
    learn,
)
from custom_components.panelsync.client.remote.route import Purpose

from ...makers import json_values
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
    STEPS_ANSWER,
    STEPS_BODY,
    USERS_ANSWER,
    entry,
    har,
    start,
)

pytestmark = pytest.mark.kind("recordings")

PLAIN = json.dumps(START_BODY)
DEEP = "[" * 60 + "]" * 60
DEEPER = b"[" * 240 + b"]" * 240


def curl(url: str = START, *options: str, body: str = PLAIN) -> str:
    return " ".join([f"curl '{url}'", *options, f"--data-raw '{body}'"])


def at(url: str, method: str = "POST") -> bytes:
    return har(entry(method, url, START_BODY, STEPS_ANSWER))


def logged(**changes: Any) -> bytes:
    """Record a read of the log with fields of its body changed."""
    return har(entry("POST", LOG, {**LOG_BODY, **changes}, LOG_ANSWER))


def overridden(verb: str) -> bytes:
    """Record a start that is another call by its headers."""
    call = start()
    call["request"]["headers"].append({"name": "X-HTTP-Method-Override", "value": verb})
    return har(call)


def without_body(**request: Any) -> bytes:
    """Record a start whose body cannot be read."""
    call = entry("POST", f"{API}/v2/locations/{L}/users/sync", START_BODY, STEPS_ANSWER)
    call["request"] |= request
    return har(call)


def acting(method: str, path: str, answer: object) -> bytes:
    """Record a call that does something, and is answered as a read would be."""
    body: object = {} if method == "POST" else None
    return har(entry(method, f"{API}/v2/locations/{L}/{path}", body, answer))


L, D = LOCATION, DEVICE

REFUSED: list[tuple[str, bytes | str, Reason, str]] = [
    # The recording as a whole.
    ("nothing", b"", Reason.EMPTY, ""),
    ("blank", " \r\n\ufeff", Reason.EMPTY, ""),
    ("no calls", har(noise=False), Reason.EMPTY, ""),
    ("21 MB", b"{" + b" " * 21 * 1024 * 1024, Reason.TOO_LARGE, ""),
    ("a long paste", "curl " + "x" * 2 * 1024 * 1024, Reason.TOO_LARGE, ""),
    ("cut off", har(start())[:-20], Reason.BROKEN, ""),
    ("prose", "please teach yourself", Reason.BROKEN, ""),
    ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), Reason.BROKEN, ""),
    ("wrong encoding", har(start())[:-9] + b"\xff\xfe}", Reason.BROKEN, ""),
    ("other JSON", b'{"log": {"entries": {"0": 1}}}', Reason.BROKEN, ""),
    ("a name twice", b'{"log": {}, "log": {"entries": []}}', Reason.BROKEN, ""),
    ("no number", b'{"log": {"entries": [NaN]}}', Reason.BROKEN, ""),
    ("a number without end", b'{"log": ' + b"9" * 9000 + b"}", Reason.BROKEN, ""),
    ("deep", b'{"log": {"entries": [' + DEEPER + b"]}}", Reason.TOO_DEEP, ""),
    ("very deep", b'{"log":' * 200_000, Reason.TOO_DEEP, ""),
    (
        "very many calls",
        b'{"log": {"entries": [' + b"0," * 20_001 + b"0]}}",
        Reason.TOO_MANY_CALLS,
        "",
    ),
    ("only noise", har(), Reason.NO_SYNC, ""),
    ("a failed call", har(entry("POST", START, START_BODY, status=500)), Reason.NO_SYNC, ""),
    ("a copied page", "curl 'https://rs.alarmnet.com/TC2API.TCResource/api/x'", Reason.NO_SYNC, ""),
    ("a quote without end", f"curl '{START}", Reason.BROKEN, ""),
    ("a file", f"curl '{START}' -d @/etc/passwd", Reason.BROKEN, ""),
    ("a form with parts", f"curl '{START}' -F StatusOnly=false", Reason.BROKEN, ""),
    ("two addresses", f"curl '{START}' '{START}'", Reason.BROKEN, ""),
    ("fetch cut off", f'fetch("{START}", {{"body": ', Reason.BROKEN, ""),
    ("PowerShell cut off", 'Invoke-WebRequest -Uri "https://x', Reason.BROKEN, ""),
    ("PowerShell without an address", "Invoke-WebRequest -Method POST", Reason.BROKEN, ""),
    # Where to.
    ("another host", at(START.replace("rs.alarmnet.com", "evil.example")), Reason.OTHER_HOST, "evil.example"),
    ("a host like ours", curl("https://rs.alarmnet.com.evil.example/api/users/sync"), Reason.OTHER_HOST, "rs.alarmnet.com.evil.example"),
    ("a user in the address", at(START.replace("https://", "https://rs.alarmnet.com@")), Reason.OTHER_HOST, "rs.alarmnet.com"),
    ("the website itself", at("https://totalconnect2.com/api/v2/users/sync"), Reason.OTHER_HOST, "totalconnect2.com"),
    ("another port", at(START.replace(".com/", ".com:8443/")), Reason.OTHER_HOST, "rs.alarmnet.com"),
    ("a port that is none", at(START.replace(".com/", ".com:99999/")), Reason.NO_SYNC, ""),
    ("no TLS", at(START.replace("https", "http")), Reason.NOT_ENCRYPTED, ""),
    ("a data address", curl("data:application/json,users/sync"), Reason.OTHER_HOST, ""),
    # How.
    ("DELETE", at(START, "DELETE"), Reason.VERB, "DELETE"),
    ("PATCH", at(START, "patch"), Reason.VERB, "PATCH"),
    ("another verb in a header", overridden("DELETE"), Reason.VERB, "DELETE"),
    ("another verb in a copied header", curl(START, "-H 'X-HTTP-Method-Override: DELETE'"), Reason.BROKEN, ""),
    ("a line end in the address", at(START.replace("users", "us\ners")), Reason.ADDRESS, ""),
    ("a start by GET", curl(f"{START}?statusOnly=false&locationId={L}", "-G", body=""), Reason.VERB, "GET"),
    ("a log by PUT", har(entry("PUT", LOG, LOG_BODY, LOG_ANSWER)), Reason.VERB, "PUT"),
    ("a job by POST, copied", curl(f"{API}/v2/jobs/end", body=json.dumps({"jobId": JOB})), Reason.VERB, "POST"),
    ("a job that is cancelled", har(entry("POST", f"{API}/v2/cancelJob", {"jobId": JOB}, JOB_ANSWER)), Reason.FORBIDDEN_WORD, "cancel"),
    ("a look that may start, by GET", curl(f"{API}/v2/users/sync?locationId={L}", "-G", body=""), Reason.STATUS_ONLY, ""),
    ("a log by POST without its names", curl(f"{API}/v2/locations/{L}/events", body="{}"), Reason.NO_SYNC, ""),
    ("a job by DELETE", har(entry("DELETE", JOB_URL, answer=JOB_ANSWER)), Reason.VERB, "DELETE"),
    # Which address.
    ("the panel sync", at(PANEL_SYNC), Reason.KNOWN_ROUTE, ""),
    ("the panel sync, shouted", at(PANEL_SYNC.replace("devices/security", "Devices/SECURITY").replace("v1", "v7")), Reason.KNOWN_ROUTE, ""),
    ("steps at the panel sync", har(entry("POST", PANEL_SYNC, STEPS_BODY, STEPS_ANSWER)), Reason.KNOWN_ROUTE, ""),
    ("below the panel sync", at(f"{PANEL_SYNC}/users"), Reason.KNOWN_ROUTE, ""),
    ("a job at the panel sync", har(entry("POST", PANEL_SYNC, {"jobId": JOB}, JOB_ANSWER)), Reason.KNOWN_ROUTE, ""),
    ("the log's address", at(f"{API}/v1/locations/{L}/devices/0/Events"), Reason.KNOWN_ROUTE, ""),
    ("the sign-in", at(f"{HOST}/TC2API.Auth/token"), Reason.FORBIDDEN_WORD, "token"),
    ("SOAP", at(f"{HOST}/TC21api/tc2.asmx/SynchronizePanelUser"), Reason.ADDRESS, ""),
    *(
        (word, at(f"{API}/v2/locations/{L}/{word}/users/sync"), Reason.FORBIDDEN_WORD, found)
        for word, found in (
            ("arm", "arm"),
            ("DisArm", "disarm"),
            ("quickarm", "arm"),
            ("alarm", "arm"),
            ("clearBypass", "bypass"),
            ("UserCodes", "code"),
            ("deleteAll", "delete"),
            ("UnLock", "lock"),
            ("scenes", "scene"),
            ("passWord", "password"),
            ("dis-arm", "disarm"),
        )
    ),
    ("arm in a read", har(entry("POST", LOG.replace("eventLog", "arm/log"), LOG_BODY, LOG_ANSWER)), Reason.FORBIDDEN_WORD, "arm"),
    # What answers with what a read shows, and does something each time it is asked.
    *(
        (f"{method} {path}", acting(method, path, answer), Reason.ACTS, word)
        for method, path, answer, word in (
            ("POST", "users/sync", USERS_ANSWER, "sync"),
            ("GET", "users/sync", USERS_ANSWER, "sync"),
            ("POST", "Users/ReSynchronizeAll", USERS_ANSWER, "sync"),
            ("POST", "people/synchronise", LOG_ANSWER, "sync"),
            ("POST", "users/saveAll", USERS_ANSWER, "save"),
            ("POST", "resetusers", USERS_ANSWER, "reset"),
            ("GET", "users/publish", USERS_ANSWER, "publish"),
            ("POST", "log/write", LOG_ANSWER, "write"),
            ("POST", f"jobs/{JOB}/retry", JOB_ANSWER, "retry"),
            ("GET", f"jobs/restart/{JOB}", JOB_ANSWER, "restart"),
            ("POST", f"sync/{JOB}", JOB_ANSWER, "sync"),
            ("GET", f"jobs/{JOB}/sync/restart", JOB_ANSWER, "restart"),
            ("GET", f"jobs/{JOB}/resync", JOB_ANSWER, "sync"),
            ("GET", f"syncJobs/{JOB}/terminate", JOB_ANSWER, "terminate"),
            ("GET", "users/activate", USERS_ANSWER, "activate"),
            ("GET", "users/sync/status/reset", STEPS_ANSWER, "reset"),
            ("GET", "users/syncStatus/startNow", STEPS_ANSWER, "start"),
            ("GET", "users/sync/poll/publish", STEPS_ANSWER, "publish"),
            ("GET", "users/sync/resetProgress", STEPS_ANSWER, "reset"),
        )
    ),
    # What is no sync, though it is written like one.
    ("a word like sync", acting("POST", "users/asyncInvite", {"ResultCode": 0}), Reason.NO_SYNC, ""),
    ("the opposite of a sync", acting("POST", "users/unsync", {"ResultCode": 0}), Reason.NO_SYNC, ""),
    ("the settings of a sync", acting("POST", "users/syncSettings", {"ResultCode": 0}), Reason.STATUS_ONLY, ""),
    ("the sync of cameras", har(entry("POST", f"{API}/v2/cameras/sync", {"DeviceList": [{"DeviceID": D}]}, {"ResultCode": 0})), Reason.NO_SYNC, ""),
    ("the sync of a panel", har(entry("POST", f"{API}/v2/panels/{D}/sync", {"AuthorizingCode": "-1"}, {"ResultCode": 0})), Reason.NO_SYNC, ""),
    ("a mutation", har(entry("POST", f"{API}/graphql", {"query": "mutation { syncUsers }"}, STEPS_ANSWER)), Reason.STATUS_ONLY, ""),
    ("a form with parts, recorded", har(entry("POST", START, text="--x--", kind="multipart/form-data; boundary=x", answer=STEPS_ANSWER)), Reason.BODY, "multipart/form-data"),
    ("hidden letters", at(f"{API}/v2/users/sync/%61rm"), Reason.ADDRESS, ""),
    ("steps up", at(f"{API}/v2/users/../sync"), Reason.ADDRESS, ""),
    ("two slashes", at(f"{HOST}//evil.example/users/sync"), Reason.ADDRESS, ""),
    ("a token in the path", at(f"{API}/v2/users/sync/eyJhbGciOiJIUzI1NiJ9"), Reason.ADDRESS, ""),
    ("an id of nobody", at(f"{API}/v2/locations/700999/users/sync"), Reason.ADDRESS, ""),
    ("a code in the path", at(f"{API}/v2/users/sync/7391"), Reason.ADDRESS, ""),
    ("a place in braces", at(f"{API}/v2/users/{{after}}/sync"), Reason.SHAPE, ""),
    ("a fragment", curl(f"{START}#x"), Reason.ADDRESS, ""),
    # With what.
    ("a field of nobody", har(start(Mystery="please")), Reason.FIELD, "Mystery"),
    ("a switch of nobody", har(start(purgeUsers=True)), Reason.FIELD, "purgeUsers"),
    ("a number of nobody", har(start(Extra=7391)), Reason.FIELD, "Extra"),
    ("a field in the row", har(start(DeviceList=[{**ROW, "NewCode": "7391"}])), Reason.FIELD, "NewCode"),
    ("a list of nobody", har(start(Users=[1, 2])), Reason.FIELD, "Users"),
    ("rows that differ", har(start(DeviceList=[ROW, {"LocationID": L}])), Reason.FIELD, "DeviceList"),
    ("text for a number", har(start(AdditionalInput="a b c")), Reason.FIELD, "AdditionalInput"),
    ("a huge number", logged(MaxRecords=700101999), Reason.FIELD, "MaxRecords"),
    ("a fraction", logged(MaxRecords=1.5), Reason.FIELD, "MaxRecords"),
    ("a session", logged(SessionID="11111111-2222-4333-8444-555555555555"), Reason.FIELD, "SessionID"),
    ("a code in the log", logged(UserCode="7391"), Reason.FIELD, "UserCode"),
    ("a cursor that is none", logged(LastEventIdReceived="' OR 1=1"), Reason.FIELD, "LastEventIdReceived"),
    ("a location of nobody", har(start(DeviceList=[{**ROW, "LocationID": 700999}])), Reason.FIELD, "LocationID"),
    *(
        (f"{name} for a code", har(start(DeviceList=[{**ROW, name: "-1"}])), Reason.FIELD, name)
        for name in ("NewUserCode", "oldUsercode", "duressCode", "ConfirmUserCode")
    ),
    ("a code that is none", har(start(DeviceList=[{**ROW, "AuthorizingCode": "secret"}])), Reason.FIELD, "AuthorizingCode"),
    ("a query of nobody", at(f"{START}?mystery=1"), Reason.FIELD, "mystery"),
    ("a code in the address", at(f"{START}?userCode=7391"), Reason.SECRET_IN_ADDRESS, "userCode"),
    ("a name that is a value", har(start(**{"dana keller": 1})), Reason.FIELD, "?"),
    ("forceImport", har(start(forceImport=True)), Reason.FORCE_IMPORT, "forceImport"),
    ("forceImport in words", har(start(ForceImport="1")), Reason.FORCE_IMPORT, "ForceImport"),
    ("StatusOnly unclear", har(start(StatusOnly="maybe")), Reason.STATUS_ONLY, "StatusOnly"),
    ("StatusOnly twice", har(start(inner={"statusOnly": True})), Reason.STATUS_ONLY, ""),
    ("StatusOnly missing", har(entry("POST", f"{API}/v2/users/syncStatus", {"DeviceList": [ROW]}, STEPS_ANSWER)), Reason.STATUS_ONLY, ""),
    ("a wrapper that deletes", har(entry("POST", START, {"deleteUsers": START_BODY}, STEPS_ANSWER)), Reason.FORBIDDEN_WORD, "delete"),
    ("a body with a name twice", har(entry("POST", START, text=PLAIN[:-1] + ', "StatusOnly": true}', answer=STEPS_ANSWER)), Reason.BODY, ""),
    ("a form with a name twice", har(entry("POST", START, form="StatusOnly=false&StatusOnly=true", answer=STEPS_ANSWER)), Reason.TWICE, "StatusOnly"),
    ("a body that is no base64", without_body(postData={"text": PLAIN, "encoding": "base64"}), Reason.NO_SYNC, ""),
    ("a body left out", without_body(postData={"mimeType": "application/json"}, bodySize=80), Reason.NO_SYNC, ""),
    ("a body that was not kept", without_body(postData=None, bodySize=80), Reason.NO_SYNC, ""),
    ("a broken body", curl(body=PLAIN[:-1]), Reason.BODY, ""),
    ("XML", curl(START, "-H 'Content-Type: text/xml'", body="<a/>"), Reason.BODY, "text/xml"),
    ("a deep body", curl(body='{"StatusOnly": ' + DEEP + "}"), Reason.TOO_DEEP, ""),
    ("wrapped too often", har(entry("POST", START, {"a": {"b": {"c": {"d": {"e": {"f": START_BODY}}}}}}, STEPS_ANSWER)), Reason.TOO_DEEP, ""),
    ("a huge body", curl(body='{"StatusOnly": "' + "x" * 70_000 + '"}'), Reason.BODY, ""),
    ("many fields", har(start(**{f"f{n}": "" for n in range(70)})), Reason.TOO_MANY_FIELDS, ""),
    ("no panel named", har(entry("POST", START, {"StatusOnly": False}, STEPS_ANSWER)), Reason.NO_PLACE, ""),
    ("two panels mixed", har(entry("POST", START, {"LocationID": L, "DeviceID": OTHER_DEVICE, "StatusOnly": False}, STEPS_ANSWER)), Reason.NO_PLACE, ""),
    ("not understood", har(entry("POST", START, START_BODY, {"d": {"ResultCode": -501}})), Reason.FAILED, ""),
    ("a job without a job", har(entry("GET", f"{API}/v2/locations/{L}/syncJob", answer=JOB_ANSWER)), Reason.NO_JOB, ""),
    ("steps by POST that do not say so", har(entry("POST", f"{API}/v2/progress", {"DeviceList": [ROW]}, STEPS_ANSWER)), Reason.STATUS_ONLY, ""),
    ("users with a code", har(entry("GET", f"{API}/v2/locations/{L}/all?pin=7391", answer=USERS_ANSWER)), Reason.SECRET_IN_ADDRESS, "pin"),
    ("a GET with a body", har(entry("GET", f"{API}/v2/locations/{L}/all", {"LocationID": L}, USERS_ANSWER)), Reason.BODY, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("recording", "reason", "detail"),
    [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)
def test_it_is_refused_with_its_reason(
    recording: bytes | str, reason: Reason, detail: str
) -> None:
    """Nothing is learned, and what a person is told holds no value of theirs."""
    lesson = learn(recording, KNOWN, "1f")
    assert lesson.routes == ()
    assert [(one.reason, one.detail) for one in lesson.refusals] == [(reason, detail)]


@pytest.mark.parametrize("path", ["users/Dana.Keller/sync", "sites/cabin/users/sync"])
def test_no_name_of_a_person_or_place_is_learned(path: str) -> None:
    """Though it is written like a word; a place called like one costs nothing."""
    names = frozenset({"dana.keller", "Cabin", "Users"})
    known = Known(KNOWN.hosts, KNOWN.panels, names=names)
    lesson = learn(at(f"{API}/v2/{path}"), known, "1f")
    assert [one.reason for one in lesson.refusals] == [Reason.ADDRESS]
    assert learn(har(start()), known, "1f").routes


def test_a_panel_sync_with_force_import_is_not_learned() -> None:
    """It would take everything from the panel again."""
    call = entry(
        "PUT",
        f"{API}/v5/locations/{L}/syncPanel",
        {"userCode": "-1", "forceImport": True},
        {"JobID": JOB},
    )
    lesson = learn(har(call), ALL_GONE, "1f")
    assert lesson == type(lesson)(
        refusals=(Refusal(Reason.FORCE_IMPORT, Purpose.START_PANEL, "forceImport"),)
    )


def test_a_refusal_names_its_purpose_and_leaves_the_rest() -> None:
    """One call that is refused costs no other."""
    bad = har(start(Mystery=1), entry("POST", LOG, LOG_BODY, LOG_ANSWER))
    lesson = learn(bad, KNOWN, "1f")
    assert [route.purpose for route in lesson.routes] == [Purpose.EVENT_LOG]
    assert lesson.refusals == (Refusal(Reason.FIELD, Purpose.START_USERS, "Mystery"),)


def test_answers_that_lie_teach_nothing() -> None:
    """Broken, doubled, enormous or in no JSON: such an answer is no answer."""
    url = f"{API}/v2/locations/{L}/whatever"
    twice = '{"JobState": 1, "JobState": 2}'
    for answer in (twice, "{", "[]" * 3, "<html>", "\ufeff", '{"a":' * 5000):
        lesson = learn(har(entry("GET", url, answer=answer)), KNOWN, "1f")
        assert [one.reason for one in lesson.refusals] == [Reason.NO_SYNC]
    call = entry("GET", url, answer=JOB_ANSWER)
    call["response"]["content"] |= {"encoding": "base64", "text": "###"}
    assert learn(har(call), KNOWN, "1f").routes == ()
    call["response"]["content"]["text"] = base64.b64encode(b"\xff\xfe\xff").decode()
    assert learn(har(call), KNOWN, "1f").routes == ()


JSON_VALUES = json_values(
    [*START_BODY, *ROW, *LOG_BODY, "JobID", "forceImport", "Events", "x"],
    [LOCATION, DEVICE, str(LOCATION), JOB, "-1", "7391", ""],
)


@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    st.sampled_from([START, LOG, JOB_URL, PANEL_SYNC, f"{API}/v2/users/{L}/sync"]),
    st.text(alphabet="abcARM/%.{}?=&0123456789", max_size=12),
    JSON_VALUES,
    JSON_VALUES | st.sampled_from([STEPS_ANSWER, JOB_ANSWER, USERS_ANSWER, LOG_ANSWER]),
)
def test_whatever_is_recorded_only_routes_that_pass_the_check_come_out(
    method: str, url: str, tail: str, body: object, answer: object
) -> None:
    """Anything may stand in a recording; no value of it comes out."""
    lesson = learn(har(entry(method, url + tail, body, answer)), ALL_GONE, "1f")
    for route in lesson.routes:
        assert validate(route) is route
        assert route.purpose is not Purpose.START_USERS or method in ("POST", "PUT")
        kept = repr((route.path, route.template))
        for value in (LOCATION, DEVICE, JOB, 7391, OTHER_LOCATION):
            assert str(value) not in kept
    assert bool(lesson.routes) or bool(lesson.refusals)


@given(st.binary(max_size=400) | st.text(max_size=400))
def test_any_bytes_end_in_a_refusal(recording: bytes | str) -> None:
    assert learn(recording, KNOWN, "1f").routes == ()
    if isinstance(recording, str):
        for begin in ("curl ", 'fetch("', "Invoke-WebRequest -Uri ", "{"):
            assert learn(begin + recording, KNOWN, "1f").routes == ()


def test_a_location_of_another_account_is_not_ours() -> None:
    """The same recording teaches nothing on an account without that panel."""
    stranger = Known(KNOWN.hosts, {1: 2})
    lesson = learn(har(start()), stranger, "1f")
    assert [(one.reason, one.detail) for one in lesson.refusals] == [
        (Reason.FIELD, "LocationID")
    ]


def test_steps_are_not_learned_as_a_start() -> None:
    """The body says that it only reads."""
    lesson = learn(har(entry("POST", START, STEPS_BODY, STEPS_ANSWER)), KNOWN, "1f")
    assert [route.purpose for route in lesson.routes] == [Purpose.USER_SYNC_STEPS]

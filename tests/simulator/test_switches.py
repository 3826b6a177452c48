"""Every switch changes what a client sees: one line each, what is seen before and after."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from time import monotonic
from typing import Any

import aiohttp
import pytest

from simulator.switches import Switches
from tests.simulator.door import Door, opened

type Look = Callable[[Door], Awaitable[Any]]


@dataclass
class Case:
    """A switch, the value it is set to, and what one look finds without and with it."""

    switch: str
    value: Any
    look: Look
    before: Any
    after: Any


async def soap_status(door: Door) -> int:
    """Return what a SOAP form call answers."""
    await door.sign_in()
    return (await door.soap_form("KeepAlive", SessionID=door.session_id()))[0]


async def soap_code(door: Door) -> str:
    """Return the result code of a SOAP form call."""
    await door.sign_in()
    _, text = await door.soap_form("KeepAlive", SessionID=door.session_id())
    return text.partition("<ResultCode>")[2].partition("<")[0]


async def job_routes(door: Door) -> list[int]:
    """Return which job-status candidates are there."""
    job = (await door.start_panel())["JobID"]
    base = f"api/v1/locations/{door.id()}/devices/security"
    paths = (
        f"synchronize/{job}",
        f"synchronize?jobId={job}",
        f"syncJobStatus/{job}",
        f"synchronize/{job}/status",
    )
    answers = [await door.call("GET", f"{base}/{path}") for path in paths]
    assert all(answer["JobState"] == 1 for status, answer in answers if status == 200)
    return [status for status, _ in answers]


async def user_sync_routes(door: Door) -> list[int]:
    """Return which user-sync candidates are there."""
    place = door.simulator.world.named("Mill House")
    body = {"DeviceList": door.device_list(), "StatusOnly": True}
    paths = (
        "api/v1/account/users/synchronize",
        f"api/v1/locations/{place.id}/devices/{place.device_id}/users/synchronize",
        "api/v1/account/users/synchronizePanelUser",
    )
    return [(await door.call("POST", path, json=body))[0] for path in paths]


async def event_routes(door: Door) -> list[int]:
    """Return which event-log candidates are there: v1, v2, v1 with the short body."""
    long = {"FilterClass": 1, "EventTypeFilterList": [], "LastEventIdReceived": 0}
    short = {"FilterClass": 1, "MaxRecords": 50, "LastEventIdReceived": 0}
    tail = f"locations/{door.id()}/devices/0/Events"
    asked = (("v1", long), ("v2", long), ("v1", short))
    return [
        (await door.call("POST", f"api/{v}/{tail}", json=body))[0] for v, body in asked
    ]


async def user_routes(door: Door) -> list[int]:
    """Return which users-list candidates are there."""
    at = door.id()
    paths = (
        f"api/v1/account/users?LocationID={at}&AdditionalInput=",
        f"api/v1/account/users/locations/{at}",
        f"api/v1/locations/{at}/users",
    )
    return [(await door.call("GET", path))[0] for path in paths]


async def missing_route(door: Door) -> int:
    """Return what a path nobody knows answers."""
    return (await door.call("GET", "api/v1/nothing"))[0]


async def expires_in(door: Door) -> Any:
    """Return how long a token says it lives."""
    return (await door.sign_in())[1]["expires_in"]


async def after_two_minutes(door: Door) -> int:
    """Return how a session fares after two minutes."""
    await door.sign_in()
    door.clock.forward(120)
    return (await door.call("GET", "api/v1/locations"))[0]


async def refreshed_after_five_hours(door: Door) -> int:
    """Return whether a refresh brings an ended session back."""
    await door.sign_in()
    door.clock.forward(5 * 3600 + 1)
    await door.refresh()
    return (await door.call("GET", "api/v1/locations"))[0]


async def dead_session(door: Door) -> tuple[int, Any]:
    """Return what a session ended at the server answers."""
    await door.sign_in()
    door.simulator.accounts.end_sessions()
    status, answer = await door.call("GET", "api/v1/locations")
    return status, answer.get("ResultCode")


async def same_refresh_twice(door: Door) -> int:
    """Return what the second use of one refresh token answers."""
    _, token = await door.sign_in()
    await door.refresh(token["refresh_token"])
    return (await door.refresh(token["refresh_token"]))[0]


async def older_token(door: Door) -> int:
    """Return how the first token fares after a second sign-in."""
    _, first = await door.sign_in()
    await door.sign_in()
    door.token = first
    return (await door.call("GET", "api/v1/locations"))[0]


async def basic_sign_in(door: Door) -> int:
    """Return whether the client id may come as HTTP Basic."""
    return (await door.sign_in(in_basic=True))[0]


async def bad_password(door: Door) -> Any:
    """Return the code of a wrong password."""
    return (await door.sign_in(password="wrong"))[1]["error"]


async def bad_then_good(door: Door) -> int:
    """Return whether one wrong password locks."""
    await door.sign_in(password="wrong")
    return (await door.sign_in())[0]


async def two_sign_ins(door: Door) -> int:
    """Return how a second sign-in in a minute fares."""
    await door.sign_in()
    return (await door.sign_in())[0]


async def sign_in_error(door: Door) -> Any:
    """Return why a right password does not get in."""
    return (await door.sign_in())[1].get("error")


async def told_of_two_step_codes(door: Door) -> Any:
    """Return whether the session details tell of two-step codes."""
    return (await door.details())["SessionDetailsResult"]["UserInfo"]["IsOtpEnabled"]


def job_state_after(seconds: float, name: str) -> Look:
    """Return a look at the state of a panel sync after some seconds."""

    async def look(door: Door) -> Any:
        job = (await door.start_panel(name))["JobID"]
        door.clock.forward(seconds)
        return (await door.job(job, name))["JobState"]

    return look


async def finished_panel_sync(door: Door) -> tuple[Any, int, int]:
    """Return state, zones at the service and new log lines after a panel sync."""
    job = (await door.start_panel("Lake Cabin"))["JobID"]
    door.clock.forward(30)
    state = (await door.job(job, "Lake Cabin"))["JobState"]
    return (
        state,
        len((await door.status("Lake Cabin"))["Zones"]),
        len(await door.texts("Lake Cabin")),
    )


async def start_code(door: Door) -> Any:
    """Return the code of a panel start."""
    return (await door.start_panel())["ResultCode"]


async def start_when_idle(door: Door) -> Any:
    """Return the code of a panel start long after the last contact."""
    door.clock.forward(700)
    return await start_code(door)


async def start_when_nearly_idle(door: Door) -> Any:
    """Return the code of a start 100 seconds after another one, where an idle line fails first."""
    door.simulator.switches.first_start_unreachable = True
    await door.start_panel()
    door.clock.forward(100)
    return await start_code(door)


async def armed_code(door: Door) -> Any:
    """Return how an armed panel declines."""
    return (await door.start_panel("Harbour Shop"))["ResultCode"]


async def locked_after_one(door: Door) -> Any:
    """Return whether one wrong code locks the panel."""
    await door.start_panel(userCode="0001")
    return (await door.state())["locked"]


async def step_after_three(door: Door) -> Any:
    """Return the step of a user sync after three seconds."""
    await door.users_sync()
    door.clock.forward(3)
    return (await door.users_sync(status_only=True))["SynchronizationStatus"][0][
        "CurrentStep"
    ]


async def finished_user_sync(door: Door) -> tuple[Any, int, int]:
    """Return the last step, what is pending, and new log lines after a user sync."""
    await door.users_sync()
    door.clock.forward(60)
    row = (await door.users_sync(status_only=True))["SynchronizationStatus"][0]
    assert row["ResultCode"] == 0
    return row["CurrentStep"], await door.pending(), len(await door.texts())


async def refused_later(door: Door) -> tuple[Any, Any]:
    """Return the code of the whole answer and of the row, asked for a while after a start."""
    await door.users_sync()
    door.clock.forward(4)
    answer = await door.users_sync(status_only=True)
    return answer["ResultCode"], answer["SynchronizationStatus"][0]["ResultCode"]


async def row_at_start(door: Door) -> tuple[Any, Any]:
    """Return the steps shown at once after a start."""
    row = (await door.users_sync())["SynchronizationStatus"][0]
    return row["CurrentStep"], row["TotalSteps"]


async def panel_log(door: Door) -> list[str]:
    """Return what a panel sync wrote by its end."""
    await door.start_panel("Lake Cabin")
    door.clock.forward(13)
    return await door.texts("Lake Cabin")


async def late_log(door: Door) -> int:
    """Return how many lines a late log has 20 seconds after the sync."""
    door.simulator.switches.sync_log = "late"
    await door.start_panel("Lake Cabin")
    door.clock.forward(32)
    return len(await door.texts("Lake Cabin"))


async def first_is_newest(door: Door) -> bool:
    """Return whether the log begins with the newest."""
    rows = await door.log()
    return bool(rows[0]["EventRecordId"] > rows[-1]["EventRecordId"])


async def page_after_newest(door: Door) -> int:
    """Return how many records lie on the side the log pages to, seen from the newest."""
    newest = max(row["EventRecordId"] for row in await door.log())
    return len(await door.log(LastEventIdReceived=newest))


async def report_moves(door: Door) -> bool:
    """Return whether a door moves the report time."""
    before = (await door.status())["LastUpdatedTimestampTicks"]
    await door.control(f"/locations/{door.id()}/zones/1", {"open": True})
    return bool((await door.status())["LastUpdatedTimestampTicks"] > before)


async def unchanged_sync_moves(door: Door) -> bool:
    """Return whether a sync that found nothing moves the report time."""
    before = (await door.status())["LastUpdatedTimestampTicks"]
    await door.start_panel()
    door.clock.forward(30)
    return bool((await door.status())["LastUpdatedTimestampTicks"] > before)


async def first_live_code(door: Door) -> Any:
    """Return the code of a first live read."""
    return (await door.live()).get("ResultCode")


async def live_read_is_slow(door: Door) -> bool:
    """Return whether a live read takes the time that the switch says, if it says any."""
    await door.live()
    begin = monotonic()
    await door.live()
    seconds = door.simulator.switches.live_read_seconds
    return monotonic() - begin >= seconds > 0


async def arming_after_six(door: Door) -> Any:
    """Return the arming state six seconds after arming away."""
    door.simulator.world.arm(door.id())
    door.clock.forward(6)
    return (await door.status())["Partitions"][0]["ArmingState"]


async def zones_null(door: Door) -> list[bool]:
    """Return which of two statuses lost their zones."""
    return [(await door.status())["Zones"] is None for _ in range(2)]


async def live_zones_null(door: Door) -> list[bool]:
    """Return which of two live reads lost their section."""
    await door.live()
    return [(await door.live())["ZoneStatus"] is None for _ in range(2)]


async def sync_status(door: Door) -> Any:
    """Return the service's own word on the sync."""
    place = (await door.details())["SessionDetailsResult"]["Locations"][0]
    return place["PanelConnectionStatusInfo"][0]["SyncStatus"]


async def sync_status_flag(door: Door) -> bool:
    """Return whether the location says it supports the sync status."""
    place = (await door.details())["SessionDetailsResult"]["Locations"][0]
    return "SyncStatusSupported=1" in place["LocationModuleFlags"]


async def master(door: Door) -> bool:
    """Return whether the signed-in person is master."""
    info = (await door.details())["SessionDetailsResult"]["UserInfo"]
    return "Master=1" in info["UserFeatureList"]


async def start_without_rights(door: Door) -> Any:
    """Return the code of a start by a person without any right."""
    door.simulator.switches.rights = False
    return await start_code(door)


async def other_code_valid(door: Door) -> Any:
    """Return whether another person's code counts as valid."""
    code = next(iter(door.simulator.world.named("Mill House").panel.others))
    path = f"api/v1/account/users/current/validateUser/locations/{door.id()}"
    return (await door.post(path, {"userCode": code}))["IsDuplicate"]


async def direct_push(door: Door) -> Any:
    """Return whether codes go to panels without a sync."""
    return (await door.details())["SessionDetailsResult"]["UserInfo"][
        "UserCodeDirectPushEnabled"
    ]


async def kind_of_id(door: Door) -> str:
    """Return the type of a location id."""
    place = (await door.details())["SessionDetailsResult"]["Locations"][0]
    return type(place["LocationID"]).__name__


async def top_keys(door: Door) -> list[str]:
    """Return the names at the top of session details."""
    return list(await door.details())


async def repeated(door: Door) -> list[bool]:
    """Return which secrets a refusal repeats: by REST, by SOAP, of a token, of a success."""
    code = "4711"
    started = await door.start_panel(userCode=code)
    text = started["ResultData"]
    session_id, token = door.session_id(), door.token["access_token"]
    door.simulator.switches.soap = "refused"
    _, soap = await door.soap_form("KeepAlive", SessionID=session_id)
    _, refused = await door.refresh("no-such-token")
    return [
        code in text,
        session_id in text,
        token in text,
        session_id in soap,
        "no-such-token" in str(refused),
        session_id in str(await door.users()),
    ]


async def locations_null(door: Door) -> bool:
    """Return whether the account's list of locations is null."""
    return (await door.details())["SessionDetailsResult"]["Locations"] is None


NOON = "2026-11-22 12:00:00"
ZONE = "Zone Sync Success Lake Cabin"
TOP = ["SessionDetailsResult", "ResultCode", "ResultData"]


async def cookie_given(door: Door) -> tuple[str, int]:
    """Return the cookie of a sign-in, and how a request fares with it and a token of nobody."""
    await door.sign_in()
    url = f"{door.simulator.url}/TC2API.TCResource/api/v1/locations"
    bearer = {"Authorization": f"Bearer {door.token['access_token']}"}
    jar = aiohttp.CookieJar(unsafe=True)  # keeps cookies of an address
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        async with http.get(url, headers=bearer) as answer:
            assert answer.status == 200
        name = ",".join(cookie.key for cookie in jar)
        async with http.get(url, headers={"Authorization": "Bearer x"}) as answer:
            return name, answer.status


async def refused_code(door: Door) -> tuple[int, int]:
    """Return the codes of a user sync with a wrong code: of the whole and of its row."""
    answer = await door.users_sync(code="0000")
    return answer["ResultCode"], answer["SynchronizationStatus"][0]["ResultCode"]


async def newest_time(door: Door) -> Any:
    """Return how the time of a record of now is written."""
    door.simulator.world.write_log(door.id(), "Something", "Somebody")
    return (await door.log())[0].get("RecDateTimeGMT")


CASES = [
    Case("soap", "on", soap_status, 403, 200),
    Case("soap", "refused", soap_code, "", "-9010"),
    Case("job_status_candidate", 2, job_routes, [200, 405, 404, 404], [404, 200, 404, 404]),
    Case("job_status_candidate", 3, job_routes, [200, 405, 404, 404], [404, 405, 200, 404]),
    Case("job_status_candidate", 4, job_routes, [200, 405, 404, 404], [404, 405, 404, 200]),
    Case("job_status_candidate", 0, job_routes, [200, 405, 404, 404], [404, 405, 404, 404]),
    Case("user_sync_candidate", 2, user_sync_routes, [200, 404, 404], [404, 200, 404]),
    Case("user_sync_candidate", 3, user_sync_routes, [200, 404, 404], [404, 404, 200]),
    Case("user_sync_candidate", 0, user_sync_routes, [200, 404, 404], [404, 404, 404]),
    Case("events_candidate", 2, event_routes, [200, 404, 200], [404, 200, 404]),
    Case("events_candidate", 3, event_routes, [200, 404, 200], [500, 404, 200]),
    Case("events_candidate", 0, event_routes, [200, 404, 200], [404, 404, 404]),
    Case("users_candidate", 2, user_routes, [200, 404, 404], [404, 200, 404]),
    Case("users_candidate", 3, user_routes, [200, 404, 404], [404, 404, 200]),
    Case("users_candidate", 0, user_routes, [200, 404, 404], [404, 404, 404]),
    Case("missing_route_status", 410, missing_route, 404, 410),
    Case("token_seconds", 30, expires_in, 1200, 30),
    Case("session_seconds", 60, after_two_minutes, 200, 401),
    Case("refresh_keeps_session", False, refreshed_after_five_hours, 401, 200),
    Case("dead_session_answer", "-102", dead_session, (401, None), (200, -102)),
    Case("dead_session_answer", "-30002", dead_session, (401, None), (200, -30002)),
    Case("rotate_refresh_tokens", False, same_refresh_twice, 400, 200),
    Case("new_sign_in_ends_old", True, older_token, 200, 401),
    Case("client_id_in", "body", basic_sign_in, 200, 400),
    Case("bad_password_code", -50004, bad_password, "-100", "-50004"),
    Case("bad_sign_ins_allowed", 1, bad_then_good, 200, 400),
    Case("good_sign_ins_a_minute", 1, two_sign_ins, 200, 400),
    Case("account", "locked", sign_in_error, None, "-123"),
    Case("account", "revoked", sign_in_error, None, "-100"),
    Case("two_step_codes", "told", told_of_two_step_codes, 0, 1),
    Case("two_step_codes", "asked", sign_in_error, None, "-7"),
    Case("panel_sync_seconds", 5, job_state_after(6, "Lake Cabin"), 1, 2),
    Case("automation_seconds", 2, job_state_after(15, "Mill House"), 1, 2),
    Case("panel_sync_result", "nothing", finished_panel_sync, (2, 6, 1), (2, 5, 0)),
    Case("panel_sync_result", "failed", finished_panel_sync, (2, 6, 1), (3, 5, 1)),
    Case("first_start_unreachable", True, start_when_idle, 0, 4101),
    Case("idle_seconds", 50, start_when_nearly_idle, 0, 4101),
    Case("armed_refusal", -7, armed_code, -4502, -7),
    Case("panel_locks_after", 1, locked_after_one, False, True),
    Case("user_step_seconds", 1, step_after_three, 1, 3),
    Case("user_sync_result", "nothing", finished_user_sync, (6, 0, 1), (6, 2, 0)),
    Case("late_code_refusal", "asking", refused_later, (0, 0), (-4106, -4106)),
    Case("late_code_refusal", "panel", refused_later, (0, 0), (0, -4106)),
    Case("user_rows", "linger", row_at_start, (0, 6), (4, 4)),
    Case("user_rows", "cleared", finished_user_sync, (6, 0, 1), (0, 0, 1)),
    Case("sync_log", "missing", panel_log, [ZONE], []),
    Case("sync_log", "late", panel_log, [ZONE], []),
    Case("sync_log", "unsuccessful", panel_log, [ZONE], ["Zone Sync Unsuccessful Lake Cabin"]),
    Case("sync_log", "failed", panel_log, [ZONE], ["Zone Sync Failed Lake Cabin"]),
    Case("sync_log", "spanish", panel_log, [ZONE], ["Sincronización de zonas realizada Lake Cabin"]),
    Case("late_log_seconds", 10, late_log, 0, 1),
    Case("events_newest_first", False, first_is_newest, True, False),
    Case("events_page_to", "newer", page_after_newest, 7, 0),
    Case("report_moves_report_time", False, report_moves, True, False),
    Case("unchanged_sync_moves_report_time", True, unchanged_sync_moves, False, True),
    Case("first_live_read_unreachable", False, first_live_code, 4101, None),
    Case("live_read_seconds", 0.25, live_read_is_slow, False, True),
    Case("exit_delay_seconds", 5, arming_after_six, 10307, 10201),
    Case("null_status_zones", 1, zones_null, [False, False], [True, False]),
    Case("null_status_zones", -1, zones_null, [False, False], [True, True]),
    Case("null_live_zones", 1, live_zones_null, [False, False], [True, False]),
    Case("sync_status", 7, sync_status, 1, 7),
    Case("sync_status_supported", False, sync_status_flag, True, False),
    Case("rights", False, master, True, False),
    Case("rights_needed", True, start_without_rights, 0, -9010),
    Case("stored_code_valid", False, start_code, 0, -4114),
    Case("validate_user_true_for", "own", other_code_valid, True, False),
    Case("prompt_user_code", True, start_code, 0, -4114),
    Case("prompt_installer_code", True, start_code, 0, -4106),
    Case("user_code_direct_push", True, direct_push, False, True),
    Case("numbers_as_strings", True, kind_of_id, "int", "str"),
    Case("letter_case", "lower", top_keys, TOP, [name.lower() for name in TOP]),
    Case("letter_case", "upper", top_keys, TOP, [name.upper() for name in TOP]),
    Case("extra_fields", True, top_keys, TOP, ["Zz_Unknown", *TOP]),
    Case("session_cookie", "set", cookie_given, ("", 401), ("ASP.NET_SessionId", 401)),
    Case("session_cookie", "trusted", cookie_given, ("", 401), ("ASP.NET_SessionId", 200)),
    Case("user_sync_refusal", "row", refused_code, (-4106, -4106), (0, -4106)),
    Case("record_times", "iso", newest_time, NOON, "2026-11-22T12:00:00" ),
    Case("record_times", "iso_z", newest_time, NOON, "2026-11-22T12:00:00.000Z"),
    Case("record_times", "us_12h", newest_time, NOON, "11/22/2026 12:00:00 PM"),
    Case("record_times", "date", newest_time, NOON, "/Date(1795348800000)/"),
    Case("record_times", "ticks", newest_time, NOON, "639309456000000000"),
    Case("record_times", "never", newest_time, NOON, "1/1/1900 12:00:00 AM"),
    Case("record_times", "unreadable", newest_time, NOON, "yesterday"),
    Case("record_times", "missing", newest_time, NOON, None),
    Case("locations_null", True, locations_null, False, True),
    Case("refusals_repeat_secrets", True, repeated, [False] * 6, [True] * 5 + [False]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.switch}={case.value}")
async def test_switch_changes_what_is_seen(case: Case) -> None:
    """One look without the switch, one in a fresh world with it."""
    async with opened() as door:
        assert await case.look(door) == case.before
    async with opened() as door:
        status, _ = await door.control("/switches", {case.switch: case.value})
        assert status == 200
        assert await case.look(door) == case.after


def test_no_switch_is_forgotten() -> None:
    """Every switch there is stands in the table."""
    assert {case.switch for case in CASES} == {item.name for item in fields(Switches)}


@pytest.mark.parametrize(
    ("wording", "originator"),
    [("normal", "Dana Keller"), ("foreign", "Robin Vale"), ("automatic", "System")],
)
async def test_who_the_log_names(door: Door, wording: str, originator: str) -> None:
    """The log may name another person, or nobody."""
    await door.control("/switches", {"sync_log": wording})
    await door.start_panel("Lake Cabin")
    door.clock.forward(13)
    assert (await door.log("Lake Cabin"))[0]["Originator"] == originator


async def test_nothing_done_with_old_rows(door: Door) -> None:
    """The trap: old finished rows all along, nothing published, nothing logged."""
    await door.control(
        "/switches", {"user_rows": "linger", "user_sync_result": "nothing"}
    )
    rows = [(await door.users_sync())["SynchronizationStatus"][0]]
    for _ in range(10):
        door.clock.forward(3)
        rows.append(
            (await door.users_sync(status_only=True))["SynchronizationStatus"][0]
        )
    assert {
        (row["CurrentStep"], row["TotalSteps"], row["ResultCode"]) for row in rows
    } == {(4, 4, 0)}
    assert await door.pending() == 2
    assert await door.texts() == []


@pytest.mark.parametrize(
    "body",
    [
        {"no_such_switch": 1},
        {"soap_is_off": False, "soap": "on"},
        {"soap": "maybe"},
        {"token_seconds": "60"},
        {"rights": 1},
        {"job_status_candidate": 9},
        {"job_status_candidate": True},
        {"panel_sync_seconds": -1},
        {"panel_sync_seconds": True},
        {"sync_status": "7"},
    ],
)
async def test_bad_switches_are_refused_clearly(
    door: Door, body: dict[str, Any]
) -> None:
    """An unknown name or value answers 400, names the switch, and changes nothing."""
    before = door.simulator.switches.as_dict()
    status, answer = await door.control("/switches", body)
    assert status == 400
    assert next(iter(body)) in answer["error"]
    assert door.simulator.switches.as_dict() == before


async def test_switch_back_to_null(door: Door) -> None:
    """A switch that may be null can be set back."""
    await door.control("/switches", {"sync_status": 2})
    await door.control("/switches", {"sync_status": None})
    assert await sync_status(door) == 1

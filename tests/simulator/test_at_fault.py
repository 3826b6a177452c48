"""What the service can be at fault for: hostile fields, late answers, logs that begin anew, names that change."""

import asyncio
import json
from typing import Any

import pytest

from simulator.faults.overrides import applied, steps
from simulator.faults.rules import Faults
from simulator.faults.selecting import Target
from simulator.service.reply import Reply, json_reply, xml_reply
from tests.simulator.door import Door, opened

type Json = dict[str, Any]

PAYLOAD = {
    "Result": {"Rows": [{"Name": "a", "Id": 1}, {"Name": "b", "Id": 2}]},
    "ResultCode": 0,
}


def overridden(fields: dict[str, str | None], reply: Reply | None = None) -> str:
    """Return the body of an answer with these fields in it."""
    faults = Faults()
    faults.override("r", fields)
    target = Target(("r",), "/")
    return faults.overridden(target, reply or json_reply(PAYLOAD)).body.decode(
        "utf-8", "surrogatepass"
    )


REPLACED = [
    ({"ResultCode": "-4106"}, PAYLOAD | {"ResultCode": -4106}),
    ({"resultcode": None}, {"Result": PAYLOAD["Result"]}),
    ({"Result.Rows[1].Name": '"x"'}, PAYLOAD | {"Result": {"Rows": [{"Name": "a", "Id": 1}, {"Name": "x", "Id": 2}]}}),
    ({"Result.Rows[-1].Id": "1180591620717411303424"},
     PAYLOAD | {"Result": {"Rows": [{"Name": "a", "Id": 1}, {"Name": "b", "Id": 2**70}]}}),
    ({"Result.Rows[*].Name": '"x"'}, PAYLOAD | {"Result": {"Rows": [{"Name": "x", "Id": 1}, {"Name": "x", "Id": 2}]}}),
    ({"**.name": '"x"', "**.Id": None}, PAYLOAD | {"Result": {"Rows": [{"Name": "x"}, {"Name": "x"}]}}),
    ({"Result.Rows[0]": None}, PAYLOAD | {"Result": {"Rows": [{"Name": "b", "Id": 2}]}}),
    ({"Result.Rows[7].Name": '"x"'}, PAYLOAD),
    ({"Result.Rows": "[]"}, PAYLOAD | {"Result": {"Rows": []}}),
    ({"New": "[1]"}, PAYLOAD | {"New": [1]}),
    ({"New.Inner": "true"}, PAYLOAD | {"New": {"Inner": True}}),
    ({"": '{"all": 1}'}, {"all": 1}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "expected"),
    REPLACED,
)
def test_a_field_is_replaced(fields: dict[str, str | None], expected: Json) -> None:
    """A path finds its fields, whatever their case."""
    assert json.loads(overridden(fields)) == expected


@pytest.mark.parametrize(
    "text",
    [
        r'"Casa \ud83c"',
        '"\ud83c"',
        '"' + "x" * 300_000 + '"',
        "1e999",
        "-",
        '{"a": 1, "a": 2}',
        r'"\u202e\u0000\u200b"',
        '"# <img src=x onerror=alert(1)>"',
    ],
)
def test_the_text_stands_there_as_it_is(text: str) -> None:
    """Whatever the text, valid JSON or not, it goes out unchanged."""
    assert f'"ResultCode": {text}' in overridden({"ResultCode": text})


def test_xml_takes_raw_content() -> None:
    """In an answer of SOAP the path counts from the result."""
    text = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><OpResponse xmlns="urn:x"><OpResult>'
        "<Events><EventRecord><Event>a</Event></EventRecord></Events><ResultCode>0</ResultCode>"
        "</OpResult></OpResponse></s:Body></s:Envelope>"
    )
    fields = {"Events[0].Event": "b &#x26; c", "ResultCode": None, "Extra": "1"}
    body = overridden(fields, xml_reply(text))
    assert ">b &#x26; c<" in body
    assert "ResultCode" not in body
    assert body.count(">1<") == 1
    assert ">x<" in overridden({"**.Event": "x"}, xml_reply(text))
    assert overridden({"A": "1"}, xml_reply("<broken")).endswith("<broken")


@pytest.mark.parametrize("path", ["a..b", "[x]", "a[", ".a", "a]"])
def test_no_path(path: str) -> None:
    """What is no path is refused when it is set."""
    with pytest.raises(ValueError, match="path"):
        steps(path)


def test_other_answers_stay_as_they_are() -> None:
    """An HTML page has no fields."""
    page = Reply(200, b"<html>", "text/html")
    faults = Faults()
    made = faults.override("r", {"a": "1"})
    assert applied(page, [made]) == page


async def test_a_name_that_cannot_be_stored(door: Door) -> None:
    """A field of session details, through the control interface, for one answer or for good."""
    field = "SessionDetailsResult.Locations[0].LocationName"
    body: Json = {
        "route": "session_details",
        "fields": {field: r'"Casa \ud83c"'},
        "times": 1,
    }
    assert (await door.control("/overrides", body))[0] == 200
    names = [
        (await door.details())["SessionDetailsResult"]["Locations"][0]["LocationName"]
        for _ in range(2)
    ]
    assert names == ["Casa \ud83c", "Mill House"]
    await door.control("/overrides", body | {"times": None})
    for _ in range(3):
        details = (await door.details())["SessionDetailsResult"]
        assert details["Locations"][0]["LocationName"] == "Casa \ud83c"
    _, state = await door.control("/state", method="GET")
    assert state["overrides"][0]["fields"] == body["fields"]
    await door.control("/faults", method="DELETE")
    details = (await door.details())["SessionDetailsResult"]
    assert details["Locations"][0]["LocationName"] == "Mill House"


async def test_only_one_location(door: Door) -> None:
    """A rule may be about one location."""
    lake = door.id("Lake Cabin")
    await door.control(
        "/overrides",
        {
            "route": "full_status",
            "fields": {"PanelStatus.Zones": "[]"},
            "location_id": lake,
        },
    )
    await door.control(
        "/faults",
        {
            "route": "live_zones",
            "fault": "429",
            "retry_after": "86400",
            "location_id": lake,
            "times": None,
        },
    )
    assert (await door.status("Lake Cabin"))["Zones"] == []
    assert (await door.status())["Zones"]
    await door.live()
    for _ in range(3):
        status, _ = await door.call(
            "GET", f"api/v1/locations/{lake}/partitions/zones/0"
        )
        assert status == 429


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("/overrides", {"route": "x", "fields": {"a": 1}}, "a is 1"),
        ("/overrides", {"route": "x", "fields": {"a..b": "1"}}, "a..b"),
        ("/overrides", {"route": " ", "fields": {}}, "route"),
        ("/overrides", {"route": "x"}, "fields"),
        ("/faults", {"route": "x", "fault": "answer", "status": 99}, "99"),
        ("/faults", {"route": "x", "fault": "401", "aftermath": True}, "aftermath"),
        ("/accounts/rename", {"user": "nobody", "name": "x"}, "nobody"),
    ],
)
async def test_mistakes_have_clear_words(
    door: Door, path: str, body: Json, word: str
) -> None:
    """What could never happen is refused."""
    status, answer = await door.control(path, body)
    assert status in (400, 404)
    assert word in answer["error"]


async def test_an_unknown_code_while_the_sync_goes_on(door: Door) -> None:
    """The start is taken, its answer says something that nobody knows."""
    await door.control("/faults", {"route": "synchronize", "fault": "unknown_code"})
    assert (await door.start_panel())["ResultCode"] == -98765
    door.clock.forward(60)
    assert (await door.state())["runs"][-1]["result"] == "done"


@pytest.mark.parametrize("after", [False, True])
async def test_a_start_that_is_answered_401(door: Door, *, after: bool) -> None:
    """The service may have taken the start before it says 401, or not."""
    runs = len((await door.state())["runs"])
    await door.control(
        "/faults", {"route": "synchronize", "fault": "401", "after": after}
    )
    path = f"api/v1/locations/{door.id()}/devices/security/synchronize"
    status, _ = await door.call("POST", path, form={"userCode": "-1"})
    assert status == 401
    assert len((await door.state())["runs"]) == runs + after


async def test_any_answer(door: Door) -> None:
    """A refusal whose text names a duress, as JSON of one's own."""
    body = '{"ResultCode": -4502, "ResultData": "Panel is in Duress Alarm (User 8)"}'
    await door.control(
        "/faults",
        {
            "route": "synchronize",
            "fault": "answer",
            "body": body,
            "headers": {"X-Kind": "own"},
        },
    )
    assert "Duress" in (await door.start_panel())["ResultData"]
    assert (await door.start_panel())["ResultCode"] == 0


async def test_an_answer_held_back_while_the_job_runs(door: Door) -> None:
    """The start is taken at once; its answer comes when its time in the world has come."""
    await door.control(
        "/faults", {"route": "synchronize", "fault": "held", "seconds": 20}
    )
    start = asyncio.create_task(door.start_panel())
    while (await door.state())["starts"]["panel"] == 0:
        await asyncio.sleep(0)
    door.clock.forward(19)
    assert (await door.log())[0]["Event"] == "Zone Sync Success Mill House"
    assert not start.done()
    door.clock.forward(2)
    assert (await start)["ResultCode"] == 0


async def test_held_answers_are_released(door: Door) -> None:
    """Without a time they wait for somebody."""
    await door.control("/faults", {"route": "synchronize", "fault": "held"})
    start = asyncio.create_task(door.start_panel())
    while (await door.state())["starts"]["panel"] == 0:
        await asyncio.sleep(0)
    door.clock.forward(3600)
    await door.control("/state", method="GET")
    assert not start.done()
    await door.control("/faults/release")
    assert (await start)["ResultCode"] == 0


async def test_a_sick_refresh(door: Door) -> None:
    """Refreshing fails while passwords still work."""
    await door.sign_in()
    await door.control(
        "/faults", {"route": "token:refresh_token", "fault": "503", "times": None}
    )
    url = f"{door.simulator.url}/TC2API.Auth/token"
    fields = {
        "grant_type": "refresh_token",
        "client_id": (await door.config())["AppConfig"][0]["tc2ClientId"],
        "refresh_token": door.token["refresh_token"],
    }
    for _ in range(2):
        async with door.http.post(url, data=fields) as answer:
            assert answer.status == 503
    assert (await door.sign_in())[0] == 200


async def test_a_token_that_hardly_lives(door: Door) -> None:
    """One millisecond is what it says, and what it is."""
    door.simulator.switches.change({"token_seconds": 0.001})
    _, answer = await door.sign_in()
    assert answer["expires_in"] == 0.001
    door.clock.forward(1)
    assert (await door.call("GET", "api/v1/locations"))[0] == 401


async def test_refresh_tokens_are_forgotten(door: Door) -> None:
    """No refresh works any more."""
    await door.sign_in()
    assert (await door.control("/tokens/forget"))[1] == {"forgotten": 1}
    assert (await door.refresh())[0] == 400


async def test_a_friendly_maintenance_for_good(door: Door) -> None:
    """The way in which the vendor retired another address."""
    await door.control(
        "/faults", {"route": "/", "fault": "503_maintenance", "times": None}
    )
    for _ in range(3):
        async with door.http.get(
            f"{door.simulator.url}/application.config.json"
        ) as answer:
            assert answer.status == 503
            assert "planned maintenance" in (await answer.json())["message"]


async def test_a_sign_in_answered_with_a_captcha(door: Door) -> None:
    """The token endpoint shows a page for people."""
    await door.control("/faults", {"route": "token", "fault": "captcha"})
    url = f"{door.simulator.url}/TC2API.Auth/token"
    async with door.http.post(url, data={"grant_type": "password"}) as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")


async def test_a_person_is_renamed_and_has_another_password(door: Door) -> None:
    """The user id stays, the old name and password work no more."""
    before = (await door.details())["SessionDetailsResult"]["UserInfo"]["UserID"]
    await door.control("/accounts/rename", {"user": "dana.keller", "name": "dana.moor"})
    assert (await door.sign_in())[0] == 400
    assert (await door.sign_in(user="dana.moor"))[0] == 200
    info = (await door.details())["SessionDetailsResult"]["UserInfo"]
    assert (info["UserID"], info["Username"]) == (before, "dana.moor")
    await door.control("/accounts/password", {"password": "Another-1"})
    assert (await door.sign_in(user="dana.moor"))[0] == 400
    assert (await door.sign_in(user="dana.moor", password="Another-1"))[0] == 200


async def test_the_log_begins_anew(door: Door) -> None:
    """Ids are small again, and old records are gone."""
    assert (await door.log())[0]["EventRecordId"] > 10**9
    await door.control("/logs/begin-anew", {"first_id": 5})
    assert await door.log() == []
    await door.control(f"/locations/{door.id()}/arm", {"state": "stay"})
    assert [row["EventRecordId"] for row in await door.log()] == [5]


async def test_a_record_of_any_id_and_time(door: Door) -> None:
    """A record may have the last id there is, and any time."""
    at = f"/locations/{door.id()}/log"
    body = {"text": "x", "id": 2**63 - 1, "time": "2026-11-22T01:00:00+00:00"}
    assert (await door.control(at, body))[1] == {"id": 2**63 - 1}
    newest = (await door.log())[0]
    assert newest["EventRecordId"] == 2**63 - 1
    assert newest["RecDateTimeGMT"] == "2026-11-22 01:00:00"
    assert (await door.control(at, {"text": "x", "time": "2026-11-22"}))[0] == 200
    assert (await door.state())["log"][-1]["time"] == "2026-11-22T00:00:00+00:00"


async def test_a_panel_sync_carries_what_changed(door: Door) -> None:
    """Zones and partitions added, removed and renamed are in the service's copy after a panel sync only."""
    at = f"/locations/{door.id()}"
    before = await door.status()
    for verb, body in (
        ("sensors", {"name": "Shed"}),
        ("remove-sensor", {"zone": 2}),
        ("rename-zone", {"zone": 1, "name": "!"}),
        ("partitions", {"partition": 2, "zones": [3], "name": "Annex"}),
    ):
        assert (await door.control(f"{at}/{verb}", body))[0] == 200
    still = await door.status()
    for key in ("Zones", "Partitions"):
        assert [list(row.values())[:2] for row in still[key]] == [
            list(row.values())[:2] for row in before[key]
        ]
    assert still["SyncSecDeviceFlag"]
    await door.start_panel()
    door.clock.forward(30)
    now = await door.status()
    assert {zone["ZoneID"]: zone["ZoneDescription"] for zone in now["Zones"]} == {
        1: "!", 3: "Kitchen  Window", 4: "Hall  Motion", 5: "Cellar  Smoke", 6: "Garage  Door", 7: "Shed",
    }  # fmt: skip
    assert [(row["PartitionID"], row["PartitionName"]) for row in now["Partitions"]] == [
        (1, ""),
        (2, "Annex"),
    ]  # fmt: skip
    await door.control(f"{at}/remove-partition", {"partition": 2})
    assert len((await door.status())["Partitions"]) == 2
    await door.start_panel()
    door.clock.forward(30)
    assert len((await door.status())["Partitions"]) == 1
    state = await door.state()
    assert state["in_sync"]
    assert state["partitions"] == state["service"]["partitions"]
    assert (await door.control(f"{at}/remove-partition", {"partition": 1}))[0] == 400
    assert (await door.control(f"{at}/remove-partition", {"partition": 9}))[0] == 404


async def test_a_location_is_renamed(door: Door) -> None:
    """Any name, however odd."""
    odd = "# <b>\u202eSYSTEM</b> \ud83c" + "x" * 1000
    location_id = door.id()
    await door.control(f"/locations/{location_id}/rename", {"name": odd})
    details = (await door.details())["SessionDetailsResult"]
    assert details["Locations"][0]["LocationName"] == odd


async def test_who_changed_users(door: Door) -> None:
    """The admin log names who staged a change."""
    at = f"/locations/{door.id()}/users"
    await door.control(at, {"name": "Kim Noor", "person": "Robin Vale"})
    await door.control(at, {"name": "Kim Noor", "removal": True})
    rows = await door.log(FilterClass=2)
    assert [(row["Event"], row["Originator"]) for row in rows[1:3]] == [
        ("User Deleted Kim Noor", "Dana Keller"),
        ("User Added Kim Noor", "Robin Vale"),
    ]


async def test_six_hundred_locations() -> None:
    """So many are served."""
    async with opened(locations=600) as door:
        details = (await door.details())["SessionDetailsResult"]
        assert len({place["LocationID"] for place in details["Locations"]}) == 600

"""Which routes each profile has, and what the record says of those no sync client may use.

See docs/protocol/total-connect.md#rest-paths.
"""

import pytest

from simulator import SimulatorOptions
from simulator.options import PROFILES, Profile
from tests.simulator.door import Door, opened
from tests.simulator.test_switches import (
    event_routes,
    job_routes,
    soap_status,
    user_routes,
    user_sync_routes,
)


@pytest.mark.parametrize(
    ("profile", "rest_ways", "soap"),
    [
        ("rest", True, 403),
        ("soap", False, 200),
        ("bare", False, 403),
        ("old", True, 403),
    ],
)
async def test_profiles(profile: Profile, rest_ways: bool, soap: int) -> None:
    """REST candidates and SOAP are there or not by profile; what is documented always is."""
    async with opened(profile=profile) as door:
        for look in (job_routes, user_sync_routes, event_routes, user_routes):
            assert (200 in await look(door)) is rest_ways
        assert await soap_status(door) == soap
        assert (await door.status())["Zones"]
        assert (await door.start_panel("Harbour Shop"))["ResultCode"] == -4502


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "api/v3/locations/1/devices/2/partitions/arm"),
        ("PUT", "api/v3/locations/1/devices/2/partitions/disArm"),
        ("PUT", "api/v1/locations/1/devices/2/bypass"),
        ("PUT", "api/v2/locations/1/devices/2/clearBypass"),
        ("PUT", "api/v1/locations/1/updateusercode"),
        ("PUT", "api/v1/locations/1/devices/2/events/acknowledge"),
        ("POST", "api/v1/locations/1/devices/2/RemotePanicAlarm"),
        ("POST", "api/locations/1/SecuritySystem/2/CustomArm"),
        ("POST", "api/v1/account/users/state/true"),
        ("POST", "api/v1/locations/1/devices/2/automation/switches"),
        ("DELETE", "api/v1/account/users/3/Type/2"),
    ],
)
async def test_changing_routes_are_recorded_loudly(
    door: Door, method: str, path: str
) -> None:
    """Whatever is known to change a panel or an account is answered 200 and marked."""
    status, answer = await door.call(method, path, form={"x": "1"})
    assert (status, answer["ResultCode"]) == (200, 0)
    entry = door.simulator.received[-1]
    assert (entry.route, entry.forbidden) == ("forbidden", True)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("PUT", "api/v9/nothing/here", 404),
        ("PATCH", "api/v1/locations/1/devices/2/name", 404),
        ("DELETE", "api/v1/locations/1", 404),
        ("POST", "api/v7/users/renew", 404),
        ("PUT", "api/v1/locations/1/devices/security/synchronize", 405),
        ("DELETE", "api/v3/authentication/sessiondetails", 405),
    ],
)
async def test_what_nobody_knows_is_not_there_and_marked(
    door: Door, method: str, path: str, expected: int
) -> None:
    """It could change something, so no sync client may send it."""
    status, answer = await door.call(method, path, form={"x": "1"})
    assert status == expected
    assert "Message" in answer
    entry = door.simulator.received[-1]
    assert (entry.route, entry.forbidden) == ("unknown", True)


async def test_allowed_calls_are_not_marked(door: Door) -> None:
    """None of a sync client's own calls is marked, missing candidates included."""
    await door.control("/switches", {"user_sync_candidate": 0, "events_candidate": 2})
    await user_sync_routes(door)
    await event_routes(door)
    await job_routes(door)
    await door.live()
    assert not any(entry.forbidden for entry in door.simulator.received)


async def test_unknown_and_wrong_method(door: Door) -> None:
    """404 and 405 carry ASP.NET's message."""
    status, answer = await door.call("GET", "api/v1/nothing/here")
    assert status == 404
    assert "No HTTP resource" in answer["Message"]
    path = f"api/v1/locations/{door.id()}/devices/security/synchronize"
    status, answer = await door.call("GET", path)
    assert status == 405
    assert "GET" in answer["Message"]
    async with door.http.get(f"{door.simulator.url}/elsewhere") as other:
        assert other.status == 404


async def test_record(door: Door) -> None:
    """A record tells time, way, location, fields, encoding and answer."""
    await door.start_panel("Lake Cabin")
    entry = door.simulator.received[-1].as_dict()
    assert entry["time"] == door.clock.now.isoformat()
    assert entry["method"] == "POST"
    assert entry["path"].endswith("/devices/security/synchronize")
    assert entry["route"] == "synchronize"
    assert entry["location_id"] == door.id("Lake Cabin")
    assert entry["fields"] == {"userCode": "-1"}
    assert (entry["encoding"], entry["status"], entry["forbidden"]) == (
        "form",
        200,
        False,
    )
    await door.log()
    assert door.simulator.received[-1].encoding == "json"


async def test_users_of_all_locations(door: Door) -> None:
    """Location 0 means everybody; an unknown one is not valid."""
    everybody = await door.get("api/v1/account/users?LocationID=0&AdditionalInput=")
    assert len(everybody["Users"]) == 16
    assert (await door.get("api/v1/account/users?LocationID=5"))["ResultCode"] == -4002


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b"null"])
async def test_odd_bodies_start_nothing(door: Door, body: bytes) -> None:
    """A body that is no object has no fields: the start lacks its code."""
    await door.sign_in()
    headers = {
        "Authorization": f"Bearer {door.token['access_token']}",
        "Content-Type": "application/json",
    }
    path = f"api/v1/locations/{door.id()}/devices/security/synchronize"
    url = f"{door.simulator.url}/TC2API.TCResource/{path}"
    async with door.http.post(url, data=body, headers=headers) as answer:
        assert (await answer.json())["ResultCode"] == -4114


def test_options_refuse_what_cannot_work() -> None:
    """Bad options are refused with the reason."""
    assert set(PROFILES) == {"rest", "soap", "bare", "old", "hidden"}
    for wrong in (
        {"profile": "best"},
        {"locations": -1},
        {"speed": 0.0},
        {"latency": -1.0},
        {"port": 70_000},
    ):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            SimulatorOptions(**wrong)

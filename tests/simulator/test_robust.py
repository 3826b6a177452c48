"""Whatever is sent, the simulator answers as a service would and lives on."""

import json
from random import Random
from typing import Any

import pytest

from tests.simulator.door import Door, opened

WORDS: list[Any] = [
    None, True, -1, 0, 10**30, 1.5, float("inf"), "", "-1", "true", "\u00b2", "x" * 300,
    [], [1], [[]], {}, {"LocationID": "x"}, [{"LocationID": [], "DeviceID": None}],
]  # fmt: skip
NAMES = [
    "DeviceList", "StatusOnly", "userCode", "installerCode", "MaxRecords", "FilterClass",
    "LastEventIdReceived", "DateFormat", "TimeFormat", "AuthorizingCode", "LocationID",
    "grant_type", "client_id", "username", "password", "refresh_token", "SessionID",
]  # fmt: skip
PATHS = [
    "TC2API.Auth/token",
    "TC2API.TCResource/api/v1/locations/{l}/devices/security/synchronize",
    "TC2API.TCResource/api/v1/locations/x/devices/security/synchronize",
    "TC2API.TCResource/api/v1/account/users/synchronize",
    "TC2API.TCResource/api/v1/locations/{l}/devices/0/Events",
    "TC2API.TCResource/api/v1/account/users/current/validateUser/locations/{l}",
    "TC2API.TCResource//",
    "TC21api/tc2.asmx",
    "TC21api/tc2.asmx/GetSyncJobStatus",
    "TC21api/tc2.asmx/GetUsersEx",
    "application.config.json",
    "",
]
KINDS = [
    "application/json",
    "application/x-www-form-urlencoded",
    "text/xml; charset=utf-8",
    "multipart/form-data",
]


def body(random: Random) -> bytes:
    """Return a body: an object of known names and odd values, or bytes of no meaning."""
    chance = random.random()
    if chance < 0.6:
        fields = {name: random.choice(WORDS) for name in random.sample(NAMES, 5)}
        return json.dumps(fields).encode()
    if chance < 0.8:
        names = random.sample(NAMES, 3)
        return "&".join(f"{name}={random.choice(WORDS)}" for name in names).encode()
    if chance < 0.9:
        return b"[" * random.randint(0, 20_000)
    return random.randbytes(random.randint(0, 200))


@pytest.mark.parametrize("profile", ["rest", "soap"])
async def test_odd_requests(profile: Any) -> None:
    """Three hundred odd requests: no internal error, and still alive."""
    random = Random(11)
    async with opened(profile=profile) as door:
        await door.sign_in()
        door.simulator.switches.bad_sign_ins_allowed = 10**6
        headers = {"Authorization": f"Bearer {door.token['access_token']}"}
        for _ in range(300):
            path = random.choice(PATHS).format(l=door.id())
            sent = headers | {"Content-Type": random.choice(KINDS)}
            method = random.choice(["POST", "POST", "GET", "PUT"])
            url = f"{door.simulator.url}/{path}"
            async with door.http.request(
                method, url, data=body(random), headers=sent
            ) as answer:
                text = await answer.text()
            assert "Server got itself in trouble" not in text, path
        assert len((await door.details())["SessionDetailsResult"]["Locations"]) == 4


async def test_odd_authorization(door: Door) -> None:
    """An odd header is no session."""
    url = f"{door.simulator.url}/TC2API.TCResource/api/v1/locations"
    for value in ("", "Bearer", "Bearer ", "Basic !!", "Bearer a.b.c", "Digest x"):
        async with door.http.get(url, headers={"Authorization": value}) as answer:
            assert answer.status == 401
    token = f"{door.simulator.url}/TC2API.Auth/token"
    async with door.http.post(
        token, data={"a": "b"}, headers={"Authorization": "Basic \u00b2"}
    ) as answer:
        assert answer.status == 400

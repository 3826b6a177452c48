"""Rubbish for the decoders: no exception leaves, and nothing is invented (design 7.5).

Real answers of the simulated service are mutated at random, byte by byte and value by
value; the seed is fixed, so that a failure comes again.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
import json
import random
from typing import Any

from custom_components.panelsync.client.errors import ClientError
from custom_components.panelsync.client.models import SyncKind
from custom_components.panelsync.client.remote import decode
from custom_components.panelsync.client.remote.eventlog import log_page
from custom_components.panelsync.client.remote.reply import Fields
from custom_components.panelsync.client.remote.routes import ROUTES
from custom_components.panelsync.client.remote.signin import (
    Ledger,
    Tokens,
    application,
    session_id,
)
from custom_components.panelsync.client.remote.verdict import check, judge
from custom_components.panelsync.client.remote.wire import Answer

from .report import WHOLE, Report
from .scene import opened

INPUTS = 400_000 if WHOLE else 15_000
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2**70, -(2**70), 1e308, "", " ", "NaN", "-1", "1e5", "\x00",
    "\ud800", "9" * 400, [], {}, [[]], {"a": {}}, [None], "2026-13-45T99:99:99",
)  # fmt: skip


def spoil_bytes(data: bytes, chance: random.Random) -> bytes:
    """Change a few bytes, cut, or repeat a piece."""
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(spoilt) + 1)
        match chance.randrange(4):
            case 0:
                spoilt[at:at] = bytes(chance.choices(range(256), k=3))
            case 1:
                del spoilt[at : at + chance.randint(1, 20)]
            case 2:
                spoilt[at:at] = spoilt[at : at + 40]
            case _ if at < len(spoilt):
                spoilt[at] = chance.choice(b'"{}[],:<>&;0-\\\x00\xff')
            case _:
                del spoilt[chance.randrange(len(spoilt) + 1) :]
    return bytes(spoilt)


def spoil_value(value: Any, chance: random.Random) -> Any:
    """Put something odd somewhere into a value."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        return value | {key: spoil_value(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        return [*value[:at], spoil_value(value[at], chance), *value[at + 1 :]]
    return chance.choice(ODD)


READERS: dict[str, Callable[[Fields], object]] = {
    "session_details": decode.account,
    "full_status.v3": lambda fields: decode.panel_status(fields, NOW),
    "zones": decode.live_read,
    "events.v1": lambda fields: log_page(fields, "Mill House"),
    "events.soap": lambda fields: log_page(fields, "Mill House"),
    "job.path": decode.job_status,
    "job.soap": decode.job_status,
    "users.account": decode.pending_changes,
    "users.soap": decode.pending_changes,
    "user_sync_steps.account": lambda fields: decode.user_sync_steps(fields, 1),
    "user_sync_steps.soap": lambda fields: decode.user_sync_steps(fields, 1),
    "dashboard": decode.service_status,
    "app_config": application,
}

SOAP = b"""<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<SynchronizePanelUserResponse xmlns="https://services.alarmnet.com/TC2/">
<SynchronizePanelUserResult><ResultCode>0</ResultCode><ResultData>Success</ResultData>
<SynchronizationStatus><SyncStatus><DeviceID>1</DeviceID><TotalSteps>6</TotalSteps>
<CurrentStep>2</CurrentStep><ResultCode>0</ResultCode></SyncStatus>
</SynchronizationStatus></SynchronizePanelUserResult></SynchronizePanelUserResponse>
</soap:Body></soap:Envelope>"""
FORM = b"""<?xml version="1.0"?><Result xmlns="https://services.alarmnet.com/TC2/">
<ResultCode>0</ResultCode><JobState>2</JobState><UrgentSyncCount>0</UrgentSyncCount>
<Users><UserInfo><OutOfSyncCount>1</OutOfSyncCount></UserInfo></Users>
<Events><EventRecord><EventRecordId>91000042</EventRecordId><Event>Zone Sync Success
</Event><RecDateTimeGMT>2026-01-10 15:04:05</RecDateTimeGMT></EventRecord></Events>
</Result>"""


async def samples() -> dict[str, bytes]:
    """Take real answers of the simulated service."""
    found: dict[str, bytes] = {}
    async with opened("rest", SyncKind.PANEL) as scene:
        await scene.set_up()
        held = scene.service._session.held
        assert held is not None
        location = scene.locations[1]
        at = f"/TC2API.TCResource/api/v1/locations/{location.location_id}"
        api = "/TC2API.TCResource/api"
        for key, method, path in (
            ("app_config", "GET", "/application.config.json"),
            ("session_details", "GET", f"{api}/v3/authentication/sessiondetails"),
            ("full_status.v3", "GET", f"{at}/partitions/fullStatus"),
            ("zones", "GET", f"{at}/partitions/zones/0"),
            ("zones", "GET", f"{at}/partitions/zones/0"),
            ("events.v1", "POST", f"{at}/devices/0/Events"),
            (
                "users.account",
                "GET",
                f"{api}/v1/account/users?LocationID={location.location_id}",
            ),
            ("dashboard", "GET", f"{api}/Dashboard"),
        ):
            async with scene.wire._http.request(
                method,
                scene.simulator.url + path,
                headers={"Authorization": f"Bearer {held.access}"},
                json={} if method == "POST" else None,
            ) as answer:
                found[key] = await answer.read()
    found["job.path"] = b'{"JobState": 1, "ZoneSyncState": 1, "ResultCode": 0}'
    found["user_sync_steps.account"] = (
        b'{"ResultCode": 0, "SynchronizationStatus": [{"DeviceID": 1,'
        b' "TotalSteps": 6, "CurrentStep": 2, "ResultCode": 0}]}'
    )
    found["user_sync_steps.soap"] = SOAP
    for key in ("events.soap", "job.soap", "users.soap"):
        found[key] = FORM
    return found


def mutants(data: bytes, chance: random.Random, count: int) -> Iterator[bytes]:
    """Give mutants of an answer."""
    value = json.loads(data) if data[:1] == b"{" else None
    for _ in range(count):
        if value is not None and chance.random() < 0.6:
            odd = spoil_value(value, chance)
            yield json.dumps(odd).encode("utf-8", "surrogatepass")
        else:
            yield spoil_bytes(data, chance)


async def test_no_answer_breaks_the_reading(record_property: Report) -> None:
    chance, tried = random.Random(20), 0
    for key, data in (await samples()).items():
        route, read = ROUTES[key], READERS[key]
        # What was not spoilt can be read: the sample is one.
        good = Answer(200, "text/xml" if route.is_soap else "json", data, None)
        read(check(judge(route, good)))
        for body in mutants(data, chance, INPUTS // len(READERS)):
            tried += 1
            status = chance.choice((200, 200, 200, 400, 500))
            with suppress(ClientError):
                read(check(judge(route, Answer(status, "", body, None))))
    record_property("inputs", tried)


def test_no_token_or_store_breaks_the_reading(record_property: Report) -> None:
    chance = random.Random(21)
    token = "eyJhbGciOiJIUzI1NiJ9.eyJpZHMiOiJhLWI7MSJ9.c2ln"
    stored = {
        "client_id": "a", "app_id": "1", "app_version": "3.1", "access": token,
        "refresh": "x", "refresh_at": NOW.isoformat(), "expires_at": NOW.isoformat(),
        "times": [NOW.isoformat()], "streak": 1,
    }  # fmt: skip
    assert session_id(token) == "a-b"
    assert Tokens.restored(stored) is not None
    for _ in range(INPUTS // 10):
        session_id(spoil_bytes(token.encode(), chance).decode("latin-1"))
        spoilt = spoil_value(stored, chance)
        Tokens.restored(spoilt)
        Ledger.restored(spoilt).wait(NOW)
    record_property("inputs", 2 * (INPUTS // 10))

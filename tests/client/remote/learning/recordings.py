"""Recordings of a website, written by hand from the reference: no simulator had a part."""

import base64
import json
from typing import Any

from custom_components.panelsync.client.remote.hosts import Hosts
from custom_components.panelsync.client.remote.learning import Known
from custom_components.panelsync.client.remote.route import Purpose

HOST = "https://rs.alarmnet.com"
API = f"{HOST}/TC2API.TCResource/api"
LOCATION, DEVICE = 700101, 880201
OTHER_LOCATION, OTHER_DEVICE = 700102, 880202
JOB = "9b1c2d3e-0001-4002-8003-a0b0c0d0e0f0"
KNOWN = Known(
    Hosts("https://totalconnect2.com", HOST),
    {LOCATION: DEVICE, OTHER_LOCATION: OTHER_DEVICE},
)
ALL_GONE = Known(
    KNOWN.hosts,
    KNOWN.panels,
    frozenset({Purpose.START_PANEL, Purpose.STATUS, Purpose.LIVE_ZONES}),
)

START = f"{API}/v2/users/panelSync"
STEPS = f"{API}/v2/users/panelSync/progress"
ROW = {"LocationID": LOCATION, "DeviceID": DEVICE, "AuthorizingCode": "-1"}
START_BODY: dict[str, Any] = {
    "DeviceList": [ROW],
    "StatusOnly": False,
    "AdditionalInput": "",
}
STEPS_BODY: dict[str, Any] = {**START_BODY, "StatusOnly": True}
STEPS_ANSWER: dict[str, Any] = {
    "ResultCode": 0,
    "ResultData": "Success",
    "SynchronizationStatus": [
        {
            "DeviceID": DEVICE,
            "DeviceName": "Security System",
            "TotalSteps": 6,
            "CurrentStep": 2,
            "Description": "",
            "StatusText": "",
            "ResultCode": 0,
            "ResultData": "",
        }
    ],
}
LOG = f"{API}/v3/locations/{LOCATION}/eventLog"
LOG_BODY: dict[str, Any] = {
    "FilterClass": 1,
    "MaxRecords": 50,
    "LastEventIdReceived": 0,
    "EventTypeFilterList": [],
    "StartDateTime": "2026-11-21 00:00:00",
    "EndDateTime": "",
}
LOG_ANSWER: dict[str, Any] = {
    "ResultCode": 0,
    "HasMore": False,
    "Events": [
        {
            "EventRecordId": 91000042,
            "Event": "User Sync Success Mill House",
            "Originator": "Marked-Person",
            "RecDateTimeGMT": "2026-01-10 15:04:05",
        }
    ],
}
USERS = f"{API}/v2/locations/{LOCATION}/userList"
USERS_ANSWER: dict[str, Any] = {
    "ResultCode": 0,
    "UrgentSyncCount": 0,
    "Users": [{"UserId": 4400001, "UserName": "Marked-Person", "OutOfSyncCount": 1}],
}
JOB_URL = f"{API}/v2/locations/{LOCATION}/syncJobs/{JOB}"
JOB_ANSWER: dict[str, Any] = {"JobState": 1, "ZoneSyncState": 1, "ResultCode": 0}
PANEL_SYNC = f"{API}/v1/locations/{LOCATION}/devices/security/synchronize"


def entry(
    method: str,
    url: str,
    body: object = None,
    answer: object = None,
    *,
    form: str | None = None,
    kind: str = "application/json",
    text: str | None = None,
    status: int = 200,
    as_base64: bool = False,
) -> dict[str, Any]:
    """Make one entry of a HAR file as Chrome writes it."""
    request: dict[str, Any] = {
        "method": method,
        "url": url,
        "httpVersion": "http/2.0",
        "headers": [{"name": "authorization", "value": "Bearer Marked-Token-55"}],
        "cookies": [{"name": "session", "value": "Marked-Cookie-56"}],
        "queryString": [],
    }
    if text is None and body is not None:
        text = json.dumps(body)
    if form is not None:
        text, kind = form, "application/x-www-form-urlencoded"
    if text is not None:
        request["postData"] = {"mimeType": kind, "text": text}
    content: dict[str, Any] = {"size": 0, "mimeType": "application/json"}
    if answer is not None:
        words = answer if isinstance(answer, str) else json.dumps(answer)
        content["text"] = words
        if as_base64:
            content["text"] = base64.b64encode(words.encode()).decode()
            content["encoding"] = "base64"
    return {
        "startedDateTime": "2026-11-28T09:00:00.000Z",
        "time": 12.5,
        "request": request,
        "response": {"status": status, "headers": [], "content": content},
    }


def start(**changes: Any) -> dict[str, Any]:
    """Make the entry of a start, with fields of its body changed."""
    return entry("POST", START, {**START_BODY, **changes}, STEPS_ANSWER)


NOISE = [
    entry("GET", "https://totalconnect2.com/assets/logo.png"),
    entry("GET", "data:image/png;base64,AAAA"),
    entry("GET", "https://www.google-analytics.example/collect?v=1&cid=99"),
    entry(
        "POST",
        f"{HOST}/TC2API.Auth/token",
        form="grant_type=password&username=Marked-User&password=Marked-Password",
        answer={"access_token": "Marked-Token-57", "expires_in": 1199},
    ),
    entry("OPTIONS", START),
    entry(
        "GET",
        f"{API}/v3/locations/{LOCATION}/partitions/fullStatus",
        answer={"PanelStatus": {"Zones": []}},
    ),
    entry(
        "POST", PANEL_SYNC, form="userCode=-1", answer={"JobID": JOB, "ResultCode": 0}
    ),
]


def har(*entries: dict[str, Any], noise: bool = True) -> bytes:
    return json.dumps(
        {
            "log": {
                "version": "1.2",
                "creator": {"name": "WebInspector", "version": "537.36"},
                "entries": [*(NOISE if noise else []), *entries],
            }
        }
    ).encode()


WHOLE = (
    entry("POST", START, START_BODY, STEPS_ANSWER),
    entry("POST", STEPS, STEPS_BODY, STEPS_ANSWER),
    entry("GET", JOB_URL, answer=JOB_ANSWER),
    entry("GET", USERS, answer=USERS_ANSWER),
    entry("POST", LOG, LOG_BODY, LOG_ANSWER),
)

"""Any answer of the service: only our own errors leave, and nothing is invented.

Every number and every word the client reads out of an answer must stand in it, as an
ordinary parser reads it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, fields as fields_of, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
import json
import re

from aiohttp import ClientSession
from defusedxml.ElementTree import fromstring

from custom_components.panelsync.client.errors import ClientError
from custom_components.panelsync.client.models import (
    UNKNOWN_ZONE,
    EventRecord,
    LiveRead,
    PendingUserChanges,
    ZoneStatus,
)
from custom_components.panelsync.client.outcomes import SyncKind
from custom_components.panelsync.client.remote.decode import answers as decode
from custom_components.panelsync.client.remote.decode.account import account
from custom_components.panelsync.client.remote.decode.event_log import log_page
from custom_components.panelsync.client.remote.decode.fields import Fields
from custom_components.panelsync.client.remote.http.request import Response
from custom_components.panelsync.client.remote.http.response import (
    clean,
    parse_json,
    raise_for_code,
    read_response,
)
from custom_components.panelsync.client.remote.routes import ROUTES
from custom_components.panelsync.client.remote.session.ledger import Ledger
from custom_components.panelsync.client.remote.session.refusal import refusal
from custom_components.panelsync.client.remote.session.tokens import (
    Application,
    Tokens,
    application,
    grant,
    session_id,
)
from simulator.world import secrets
from tests.faults.scene import opened

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HOUSE = "Mill House"
LONGEST_ERROR = 300
LONGEST_TEXT = 500

READERS: dict[str, Callable[[Fields], object]] = {
    "session_details": account,
    "full_status.v3": lambda fields: decode.panel_status(fields, NOW),
    "zones": decode.live_read,
    "events.v1": lambda fields: log_page(fields, HOUSE),
    "events.soap": lambda fields: log_page(fields, HOUSE),
    "job.path": lambda fields: decode.job_status(fields, 1),
    "job.soap": lambda fields: decode.job_status(fields, 1),
    "users.account": decode.pending_changes,
    "users.soap": decode.pending_changes,
    "user_sync_steps.account": lambda fields: decode.user_sync_steps(fields, 1),
    "user_sync_steps.soap": lambda fields: decode.user_sync_steps(fields, 1),
    "dashboard": decode.service_status,
    # Its version is composed of two values, so it stands nowhere as it is.
    "app_config": lambda fields: replace(application(fields)[0], app_version=""),
}

# What is counted, or set where nothing was sent, stands in no answer.
_UNSENT = {0, UNKNOWN_ZONE}
_SECRETS = re.compile(r"\b(duress|hold-?up|silent (alarm|panic))\b", re.ASCII)


def _bare(text: str) -> str:
    """Leave out what is no plain letter or digit: it may have been taken out."""
    return re.sub("[^A-Za-z0-9]", "", text)


@dataclass
class Said:
    """Everything an answer says, read without knowing what it means."""

    numbers: set[int] = field(default_factory=set)
    words: str = ""
    values: int = 0

    def take(self, value: object) -> None:
        """Take one value."""
        self.values += 1
        if isinstance(value, str):
            self.words += "\n" + _bare(value)
            # Also the pairs of a list of flags, and a fraction that is none.
            for found in re.findall(r"[+-]?[0-9]{1,30}", value):
                self.numbers.add(int(found))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self.words += f"\n{value}"
            with suppress(ValueError, OverflowError):
                self.numbers.add(int(value))


def said(body: bytes, *, is_soap: bool) -> Said | None:
    """Read an answer; None where there is nothing to read."""
    found = Said()
    try:
        for value in _elements(body) if is_soap else _leaves(json.loads(body)):
            found.take(value)
    except Exception:  # noqa: BLE001
        return None
    return found


def _elements(body: bytes) -> Iterator[object]:
    for element in fromstring(body, forbid_dtd=True).iter():
        yield element.text or ""


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    else:
        yield value


def read_answer(key: str, status: int, body: bytes) -> object:
    """Read an answer as the client does; None where it raised one of its errors."""
    route = ROUTES[key]
    answer = Response(status, "", body, None)
    try:
        result = READERS[key](raise_for_code(read_response(route, answer, ())))
    except ClientError as error:
        _check_error(error)
        return None
    heard = said(body, is_soap=route.is_soap)
    assert heard is not None, "read from what cannot be read"
    assert 200 <= status < 300
    _check(result, heard)
    return result


def _check_error(error: ClientError) -> None:
    assert len(error.text) <= LONGEST_ERROR
    assert error.text.isprintable()


def _check(value: object, heard: Said) -> None:
    match value:
        case LiveRead():
            assert 0 <= value.zones <= heard.values
        case PendingUserChanges():
            positive = sum(number for number in heard.numbers if number > 0)
            assert 0 <= value.count <= positive * heard.values
        case EventRecord():
            _check_record(value, heard)
        case Enum() if not isinstance(value, ZoneStatus):
            pass  # from a number that is kept beside it, or from words
        case bool() | None | float() | datetime():
            pass
        case int():
            assert value in heard.numbers or value in _UNSENT
        case str():
            assert len(value) <= LONGEST_TEXT
            assert value.isprintable()
            assert _bare(value) in heard.words
        case tuple() | list():
            assert len(value) <= heard.values
            for one in value:
                _check(one, heard)
        case _ if is_dataclass(value):
            for one in fields_of(value):
                _check(getattr(value, one.name), heard)
        case _:
            raise AssertionError(f"{type(value)} is read out of an answer")


def _check_record(record: EventRecord, heard: Said) -> None:
    assert record.record_id in heard.numbers
    for text in (record.text, record.originator):
        assert len(text) <= LONGEST_TEXT
        assert text.isprintable()
        assert _bare(text) in heard.words
        assert not _SECRETS.search(text.casefold())
    if record.time is not None:
        assert record.time.tzinfo is UTC
        assert 2000 < record.time.year < 2100


def read_token(data: bytes) -> str | None:
    """Read an access token of any bytes."""
    found = session_id(data.decode("latin-1"))
    assert found is None or (found and found.isprintable() and "=" not in found)
    return found


APPLICATION = Application("client", "14588", "3.44.1")


def read_sign_in(status: int, body: bytes) -> Tokens | None:
    """Read an answer of the sign-in address."""
    fields = parse_json(body)
    text = clean(fields.get("error_description") if fields else None, ())
    _check_error(refusal(fields, status, text))
    if fields is None:
        return None
    try:
        tokens = grant(fields, APPLICATION, NOW)
    except ClientError:
        return None
    heard = said(body, is_soap=False)
    assert heard is not None
    assert _bare(tokens.access) in heard.words
    assert _bare(tokens.refresh or "") in heard.words
    assert NOW < tokens.expires_at <= NOW + timedelta(days=1)
    assert NOW < tokens.refresh_at <= tokens.expires_at
    return tokens


def read_store(stored: object) -> Tokens | None:
    """Read tokens and sign-ins out of a store of any values."""
    wait = Ledger.restored(stored).wait(NOW)
    assert timedelta(0) <= wait <= timedelta(days=1)
    tokens = Tokens.restored(stored)
    assert tokens is None or (
        isinstance(stored, Mapping)
        and tokens.access in {str(value) for value in stored.values()}
    )
    return tokens


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
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpZHMiOiJhLWI7MSJ9.c2ln"
STORED: dict[str, object] = {
    "client_id": "a",
    "app_id": "1",
    "app_version": "3.1",
    "access": TOKEN,
    "refresh": "x",
    "refresh_at": NOW.isoformat(),
    "expires_at": NOW.isoformat(),
    "times": [NOW.isoformat()],
    "streak": 1,
}
GRANTED = json.dumps(
    {"access_token": TOKEN, "refresh_token": "x", "expires_in": 1200}
).encode()


async def samples() -> dict[str, bytes]:
    """Take real answers of the simulated service."""
    found: dict[str, bytes] = {}
    tokens: list[str] = []

    def granted(kind: secrets.Kind, text: str) -> None:
        if kind == "access_token":
            tokens.append(text)

    async with opened("rest", SyncKind.PANEL) as scene, ClientSession() as http:
        with ExitStack() as until_then:
            until_then.callback(secrets.watch(granted))
            await scene.set_up()
        location = scene.locations[1].location_id
        api = "/TC2API.TCResource/api"
        at = f"{api}/v1/locations/{location}"
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
                f"{api}/v1/account/users?LocationID={location}",
            ),
            ("dashboard", "GET", f"{api}/Dashboard"),
        ):
            async with http.request(
                method,
                scene.simulator.url + path,
                headers={"Authorization": f"Bearer {tokens[-1]}"},
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

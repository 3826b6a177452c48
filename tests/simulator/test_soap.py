"""SOAP at the simulated service: form calls and envelopes.

See docs/protocol/total-connect.md#job-state and docs/protocol/total-connect.md#user-sync and
docs/protocol/total-connect.md#event-log-calls and docs/protocol/total-connect.md#soap.
"""

from collections.abc import AsyncIterator
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
import pytest

from tests.simulator.door import NAMESPACE, Door, opened


@pytest.fixture
async def soap() -> AsyncIterator[Door]:
    """Stand, signed in, before a world of the soap profile."""
    async with opened(profile="soap") as door:
        await door.sign_in()
        yield door


def find(root: Element, name: str) -> str | None:
    """Return the text of the first element of a local name."""
    for element in root.iter():
        if element.tag.rpartition("}")[2] == name:
            return element.text
    return None


async def form(door: Door, operation: str, **fields: Any) -> Element:
    """Call a form operation that must answer XML."""
    status, text = await door.soap_form(
        operation, SessionID=door.session_id(), **fields
    )
    assert status == 200, text
    return fromstring(text.encode())


def user_sync(door: Door, status_only: str, *names: str) -> str:
    """Return the parameters of SynchronizePanelUser with `status_only` as given XML."""
    rows = "".join(
        f"<DeviceAuthorizingCode><LocationID>{row['LocationID']}</LocationID>"
        f"<DeviceID>{row['DeviceID']}</DeviceID><AuthorizingCode>-1</AuthorizingCode>"
        "</DeviceAuthorizingCode>"
        for row in door.device_list(*names)
    )
    return (
        f"<SessionID>{door.session_id()}</SessionID><DeviceList>{rows}</DeviceList>"
        f"{status_only}<AdditionalInput></AdditionalInput>"
    )


async def starts(door: Door) -> int:
    """Return how often a user sync was started."""
    return int((await door.state())["starts"]["users"])


async def test_job_status(soap: Door) -> None:
    """A panel sync started by REST is followed by the SOAP form, in the token's session."""
    job = (await soap.start_panel("Lake Cabin"))["JobID"]
    place = soap.id("Lake Cabin")
    root = await form(soap, "GetSyncJobStatus", JobID=job, LocationID=place)
    assert root.tag == f"{{{NAMESPACE}}}SyncJobResult"
    assert find(root, "JobState") == "1"
    soap.clock.forward(13)
    root = await form(soap, "GetSyncJobStatus", JobID=job, LocationID=place)
    assert (find(root, "JobState"), find(root, "ZoneSyncState")) == ("2", "2")
    root = await form(soap, "GetSyncJobStatus", JobID="unknown", LocationID=place)
    assert find(root, "ResultCode") == "-501"


async def test_start_by_form(soap: Door) -> None:
    """The panel sync has a form binding too."""
    fields = {"InstallerCode": "", "UserCode": "-1", "ForceImport": "false"}
    root = await form(soap, "SynchronizeSecurityPanel", LocationID=soap.id(), **fields)
    assert find(root, "ResultCode") == "0"
    assert find(root, "JobID")
    root = await form(
        soap, "SynchronizeSecurityPanel", LocationID=soap.id("Hill Farm"), **fields
    )
    assert find(root, "ResultCode") == "4101"


async def test_user_sync_by_envelope(soap: Door) -> None:
    """Started for two locations by envelope, followed by StatusOnly."""
    start = user_sync(
        soap, "<StatusOnly>false</StatusOnly>", "Mill House", "Harbour Shop"
    )
    status, text = await soap.soap_envelope("SynchronizePanelUser", start)
    assert status == 200
    root = fromstring(text.encode())
    rows = [row for row in root.iter() if row.tag == f"{{{NAMESPACE}}}SyncStatus"]
    assert [find(row, "CurrentStep") for row in rows] == ["0", "0"]
    soap.clock.forward(60)
    ask = user_sync(soap, "<StatusOnly>true</StatusOnly>")
    _, text = await soap.soap_envelope("SynchronizePanelUser", ask)
    root = fromstring(text.encode())
    assert (find(root, "CurrentStep"), find(root, "TotalSteps")) == ("6", "6")
    assert await starts(soap) == 1


@pytest.mark.parametrize(
    "status_only",
    [
        "",
        '<StatusOnly xmlns="">true</StatusOnly>',
        '<StatusOnly xmlns="http://tempuri.org/">true</StatusOnly>',
        "<statusonly>true</statusonly>",
        "<StatusOnly>yes</StatusOnly>",
    ],
)
async def test_wrong_status_only_starts(soap: Door, status_only: str) -> None:
    """StatusOnly that is missing or wrongly qualified is false: it starts, and is counted."""
    await soap.soap_envelope("SynchronizePanelUser", user_sync(soap, status_only))
    assert await starts(soap) == 1


async def test_user_sync_has_no_form(soap: Door) -> None:
    """The list parameter has no form binding."""
    status, text = await soap.soap_form(
        "SynchronizePanelUser", SessionID=soap.session_id()
    )
    assert status == 500
    assert "unrecognized" in text
    assert await starts(soap) == 0


async def test_events(soap: Door) -> None:
    """GetEvents pages to older, GetLiveEvents gives only newer ones."""
    everything = {
        "FilterClass": 1, "LocationId": soap.id(), "DeviceId": 0, "MaxRecords": 3,
        "EventTypeFilter": 0, "ShowHidden": "false", "StartDateTime": "", "EndDateTime": "",
        "DateFormat": 0, "TimeFormat": 1, "SortOrder": 0, "LastEventIdReceived": 0,
    }  # fmt: skip
    root = await form(soap, "GetEvents", **everything)
    records = [row for row in root.iter() if row.tag == f"{{{NAMESPACE}}}EventRecord"]
    assert len(records) == 3
    assert find(root, "HasMore") == "true"
    newest = find(records[0], "EventRecordId")
    live = {
        "LocationId": soap.id(),
        "MaxRecords": 250,
        "DateFormat": 0,
        "TimeFormat": 1,
    }
    root = await form(soap, "GetLiveEvents", LastEventIdReceived=newest, **live)
    assert find(root, "EventRecordId") is None
    await soap.control(f"/locations/{soap.id()}/log", {"text": "Something new"})
    root = await form(soap, "GetLiveEvents", LastEventIdReceived=newest, **live)
    assert find(root, "Event") == "Something new"


async def test_other_forms(soap: Door) -> None:
    """Users, connection, filters, keep-alive, session details and log-out answer."""
    root = await form(soap, "GetUsersEx", LocationID=soap.id(), AdditionalInput="")
    pending = [
        int(x.text or 0) for x in root.iter() if x.tag.endswith("OutOfSyncCount")
    ]
    assert sum(pending) == 2
    root = await form(soap, "GetUsersEx", LocationID=0, AdditionalInput="")
    assert len([x for x in root.iter() if x.tag.endswith("UserId")]) == 16
    root = await form(soap, "GetPanelConnectionStatusInfo", locationID=soap.id())
    assert find(root, "SyncStatus") == "1"
    root = await form(soap, "GetEventTypeFilter", FilterClass=1, LocationId=soap.id())
    assert find(root, "EventTypeFilterId") == "1"
    root = await form(
        soap, "GetSessionDetails", ApplicationID=1, ApplicationVersion="1"
    )
    assert find(root, "Fullname") == "Dana Keller"
    assert find(await form(soap, "KeepAlive"), "ResultCode") == "0"
    assert (
        find(
            await form(soap, "GetUsersEx", LocationID=5, AdditionalInput=""),
            "ResultCode",
        )
        == "-4002"
    )
    assert find(await form(soap, "Logout"), "ResultCode") == "0"
    assert find(await form(soap, "KeepAlive"), "ResultCode") == "-102"


async def test_missing_parameter_and_unknown_operation(soap: Door) -> None:
    """A form call brings every parameter; unknown reads are an error."""
    status, text = await soap.soap_form("GetSyncJobStatus", SessionID=soap.session_id())
    assert (status, text) == (500, "Missing parameter: JobID.")
    assert (await soap.soap_form("GetWeather"))[0] == 500


async def test_bad_envelopes(soap: Door) -> None:
    """Broken XML, an entity bomb, a wrong root and a wrong action answer a Fault."""
    url = f"{soap.simulator.url}/TC21api/tc2.asmx"
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    for body in ("<a", bomb, "<x/>", ""):
        async with soap.http.post(
            url, data=body, headers={"Content-Type": "text/xml"}
        ) as answer:
            assert answer.status == 500
            assert "Fault" in await answer.text()
    status, text = await soap.soap_envelope("KeepAlive", "", SOAPAction='"Other"')
    assert (status, "Fault" in text) == (500, True)


async def test_changing_operations_are_marked(soap: Door) -> None:
    """An arming operation is answered, and marked as forbidden in the record."""
    await soap.soap_form("ArmSecuritySystemPartitionsV1", SessionID=soap.session_id())
    await soap.soap_envelope("DisarmSecuritySystem", "")
    marked = [entry.route for entry in soap.simulator.received if entry.forbidden]
    assert marked == ["soap:ArmSecuritySystemPartitionsV1", "soap:DisarmSecuritySystem"]


@pytest.mark.parametrize(
    ("state", "status", "word"),
    [
        ("forbidden", 403, "Forbidden"),
        ("missing", 404, "cannot be found"),
        ("fault", 500, "Fault"),
        ("invalid_session", 200, "-102"),
        ("html", 200, "<html>"),
        ("redirect", 302, ""),
    ],
)
async def test_every_way_of_being_off(
    soap: Door, state: str, status: int, word: str
) -> None:
    """SOAP can be off in six ways, while REST lives on."""
    await soap.control("/switches", {"soap": state})
    got, text = await soap.soap_form("KeepAlive", SessionID=soap.session_id())
    assert got == status
    assert word in text
    await soap.status()


async def test_off_by_default(door: Door) -> None:
    """The default world answers 403 under the whole address."""
    await door.sign_in()
    assert (await door.soap_form("KeepAlive", SessionID=door.session_id()))[0] == 403
    async with door.http.get(f"{door.simulator.url}/TC21api/tc2.asmx?WSDL") as answer:
        assert answer.status == 403

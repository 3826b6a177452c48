"""The SOAP interface of the simulated service.

See docs/protocol/total-connect.md#soap.

Form calls and envelopes over the same world; off by default in each way it can be off
(docs/protocol/total-connect.md#is-soap-still-there). Inventions: root names of results that are not known,
item names of lists, and that a form call must bring every parameter.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from simulator.service import answers, details, operations
from simulator.service.accounts import Accounts, Session
from simulator.service.answers import Json
from simulator.service.calls import Call, lowered
from simulator.service.reply import Reply, html, xml_reply
from simulator.world.location import Location
from simulator.world.result_codes import (
    INVALID_SESSION,
    LOCATION_NOT_VALID,
    NOT_ALLOWED,
    SESSION_NOT_VALID,
    Refusal,
)
from simulator.world.world import World

NAMESPACE = "https://services.alarmnet.com/TC2/"
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"

_EVENTS = (
    "SessionId", "FilterClass", "LocationId", "DeviceId", "MaxRecords", "EventTypeFilter", "ShowHidden",
    "StartDateTime", "EndDateTime", "DateFormat", "TimeFormat", "SortOrder", "LastEventIdReceived",
)  # fmt: skip
_LIVE = (
    "SessionId",
    "LocationId",
    "LastEventIdReceived",
    "MaxRecords",
    "DateFormat",
    "TimeFormat",
)
_SYNC = ("SessionID", "InstallerCode", "UserCode", "LocationID", "ForceImport")
_USERS = (
    "SessionID",
    "DeviceList",
    "StatusOnly",
    "AdditionalInput",
    "userCodeDirectPush",
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its parameters, whether it has a form binding, and the root of its result."""

    parameters: tuple[str, ...]
    form: bool
    root: str


OPERATIONS = {
    "GetSyncJobStatus": Operation(("SessionID", "JobID", "LocationID"), True, "SyncJobResult"),
    "SynchronizeSecurityPanel": Operation(_SYNC, True, "SynchronizeSecurityPanelResult"),
    "SynchronizePanelUser": Operation(_USERS, False, "SynchronizePanelUserResult"),
    "GetEvents": Operation(_EVENTS, True, "EventsResult"),
    "GetEventsEx": Operation((*_EVENTS, "EventTypeFilterList", "ShowLocked"), False, "EventsResult"),
    "GetAllEvents": Operation(_EVENTS, True, "EventsResult"),
    "GetLiveEvents": Operation(_LIVE, True, "EventsResult"),
    "GetEventTypeFilter": Operation(("SessionId", "FilterClass", "LocationId"), True, "EventTypeFilterResult"),
    "GetUsersEx": Operation(("SessionID", "LocationID", "AdditionalInput"), True, "GetUsersExResult"),
    "GetPanelConnectionStatusInfo": Operation(("sessionID", "locationID"), True, "PanelConnectionStatusResult"),
    "KeepAlive": Operation(("SessionID",), True, "WebMethodResults"),
    "Logout": Operation(("SessionID",), True, "WebMethodResults"),
    "GetSessionDetails": Operation(("SessionID", "ApplicationID", "ApplicationVersion"), True, "SessionDetailResults"),
}  # fmt: skip

_ITEMS = {
    "Events": "EventRecord",
    "Users": "UserInfoBasic",
    "SynchronizationStatus": "SyncStatus",
    "Locations": "LocationInfoBasic",
    "DeviceList": "DeviceInfoBasic",
    "FeatureInfo": "FeatureInfo",
    "EventTypeFilters": "EventTypeFilter",
}


@dataclass(frozen=True, slots=True)
class SoapCall:
    """A request as understood: the operation and its parameters, or the error that comes instead."""

    operation: str
    fields: dict[str, Any]
    envelope: bool
    error: Reply | None = None
    forbidden: bool = False


def read_call(
    path_operation: str, encoding: str, raw: bytes, action: str | None
) -> SoapCall:
    """Understand a request. `path_operation` is what follows `tc2.asmx/`, empty for envelopes."""
    if path_operation:
        return _read_form(path_operation, encoding, raw)
    return _read_envelope(raw, action)


def _read_form(operation: str, encoding: str, raw: bytes) -> SoapCall:
    known = OPERATIONS.get(operation)
    fields: dict[str, Any] = dict(
        parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
    )
    if known is None and not operation.startswith("Get"):
        return SoapCall(operation, fields, envelope=False, forbidden=True)
    if known is None or not known.form or encoding != "form":
        text = f"Request format is unrecognized for URL unexpectedly ending in '/{operation}'."
        return SoapCall(operation, fields, envelope=False, error=html(500, text))
    given = lowered(fields)
    for parameter in known.parameters:
        if parameter.lower() not in given:
            error = Reply(
                500, f"Missing parameter: {parameter}.".encode(), "text/plain"
            )
            return SoapCall(operation, fields, envelope=False, error=error)
    return SoapCall(operation, fields, envelope=False)


def _read_envelope(raw: bytes, action: str | None) -> SoapCall:
    try:
        root = fromstring(raw, forbid_dtd=True)
    except ParseError, DefusedXmlException, ValueError:
        return SoapCall(
            "",
            {},
            envelope=True,
            error=fault("Client", "Server was unable to read request."),
        )
    body = root.find(f"{{{_ENVELOPE}}}Body")
    if root.tag != f"{{{_ENVELOPE}}}Envelope" or body is None or len(body) != 1:
        return SoapCall(
            "",
            {},
            envelope=True,
            error=fault("Client", "Possible SOAP version mismatch."),
        )
    request = body[0]
    operation = request.tag.rpartition("}")[2]
    wanted = f"{NAMESPACE}{operation}"
    known = OPERATIONS.get(operation)
    if known is None and not operation.startswith("Get"):
        return SoapCall(operation, {}, envelope=True, forbidden=True)
    if (
        known is None
        or (action or "").strip('"') != wanted
        or request.tag != f"{{{NAMESPACE}}}{operation}"
    ):
        text = (
            f"Server did not recognize the value of HTTP Header SOAPAction: {action}."
        )
        return SoapCall(operation, {}, envelope=True, error=fault("Client", text))
    fields = {
        name: _value(request, name)
        for name in known.parameters
        if request.find(_tag(name)) is not None
    }
    return SoapCall(operation, fields, envelope=True)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _value(request: Element, name: str) -> Any:
    """Return one parameter; names and namespace must be exact, anything else is as if missing."""
    found = request.find(_tag(name))
    if found is None:
        return None
    if name != "DeviceList":
        return found.text or ""
    return [
        {
            part: (row.findtext(_tag(part)) or "")
            for part in ("LocationID", "DeviceID", "AuthorizingCode")
        }
        for row in found.findall(_tag("DeviceAuthorizingCode"))
    ]


def fault(side: str, text: str) -> Reply:
    """Return a SOAP fault."""
    inner = f"<soap:Fault><faultcode>soap:{side}</faultcode><faultstring>{text}</faultstring><detail/></soap:Fault>"
    return xml_reply(
        f'<soap:Envelope xmlns:soap="{_ENVELOPE}"><soap:Body>{inner}</soap:Body></soap:Envelope>',
        500,
    )


class Soap:
    """All SOAP operations over one world."""

    def __init__(self, world: World, accounts: Accounts) -> None:
        """Serve this world to these accounts."""
        self._world = world
        self._accounts = accounts

    def answer(self, call: SoapCall) -> Reply:
        """Answer a call, by the switch that says in which way SOAP is there or unavailable."""
        state = self._world.switches.soap
        if state == "forbidden":
            return html(403, "403 - Forbidden: Access is denied.")
        if state == "missing":
            return html(404, "The resource cannot be found.")
        if state == "fault":
            return fault("Server", "Server was unable to process request.")
        if state == "html":
            return html(200, "Scheduled maintenance")
        if state == "redirect":
            return Reply(302, b"", "text/html", {"Location": "/maintenance"})
        if call.error is not None:
            return call.error
        if call.forbidden:
            return _reply(call, answers.ok())
        if state == "refused":
            return _reply(call, answers.refused(Refusal(NOT_ALLOWED)))
        fields = lowered(call.fields)
        session = self._accounts.soap_session(
            str(fields.get("sessionid", "")), self._world.now
        )
        if state == "invalid_session" or session is None:
            dead = self._world.switches.dead_session_answer
            code = (
                SESSION_NOT_VALID
                if dead == "-30002" and state == "on"
                else INVALID_SESSION
            )
            return _reply(call, answers.refused(Refusal(code)))
        return _reply(
            call, self._perform(call.operation, Call(session, {}, {}, fields), session)
        )

    def _perform(self, operation: str, call: Call, session: Session) -> Json:
        world = self._world
        if operation == "KeepAlive":
            return answers.ok()
        if operation == "Logout":
            self._accounts.log_out(session)
            return answers.ok()
        if operation == "GetSessionDetails":
            return details.session_details(world, session)
        if operation == "SynchronizePanelUser":
            rows = call.body.get("devicelist")
            status_only = call.flag("statusonly")
            return operations.user_sync(world, call, rows, status_only=status_only)
        location = world.locations.get(call.number("locationid"))
        if operation == "GetUsersEx" and call.number("locationid") == 0:
            return answers.users(list(world.locations.values()))
        if location is None:
            return answers.refused(Refusal(LOCATION_NOT_VALID))
        return self._at_location(operation, call, location)

    def _at_location(self, operation: str, call: Call, location: Location) -> Json:
        world = self._world
        if operation == "GetSyncJobStatus":
            return operations.job_status(world, location, call.text("jobid"))
        if operation == "SynchronizeSecurityPanel":
            return operations.start_panel(world, location, call)
        if operation == "GetLiveEvents":
            return operations.events(world, location, call, page_to="newer", most=250)
        if operation in ("GetEvents", "GetEventsEx", "GetAllEvents"):
            return operations.events(world, location, call)
        if operation == "GetUsersEx":
            return answers.users([location])
        if operation == "GetPanelConnectionStatusInfo":
            return answers.ok(
                PanelStatusInfo=answers.connection_status(location, world.switches)
            )
        return answers.ok(
            EventTypeFilters=[
                {
                    "EventTypeFilterId": 1,
                    "EventTypeFilterName": "Arming",
                    "EventClass": 1,
                }
            ]
        )


def _reply(call: SoapCall, payload: Json) -> Reply:
    """Write the answer: bare result for form calls, an envelope for envelopes."""
    known = OPERATIONS.get(call.operation)
    root_name = (
        f"{call.operation}Result" if call.envelope or known is None else known.root
    )
    if not call.envelope:
        result = Element(root_name, xmlns=NAMESPACE)
        _write(result, payload)
        return xml_reply(tostring(result, encoding="unicode"))
    response = Element(f"{call.operation}Response", xmlns=NAMESPACE)
    _write(SubElement(response, root_name), payload)
    inner = tostring(response, encoding="unicode")
    return xml_reply(
        f'<soap:Envelope xmlns:soap="{_ENVELOPE}"><soap:Body>{inner}</soap:Body></soap:Envelope>'
    )


def _write(parent: Element, payload: Json) -> None:
    for name, value in payload.items():
        if value is None:
            continue
        child = SubElement(parent, name)
        if isinstance(value, dict):
            _write(child, value)
        elif isinstance(value, list):
            for item in value:
                _write(SubElement(child, _ITEMS.get(name, name)), item)
        else:
            child.text = str(value).lower() if isinstance(value, bool) else str(value)

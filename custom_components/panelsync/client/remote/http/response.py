"""What an HTTP response means: business data, or one of the ways to fail. Pure."""

from collections.abc import Iterable, Mapping
import json
from typing import Final, Never
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.parsers.expat import ExpatError, ParserCreate

from ... import foreign
from ...errors import (
    AccountLocked,
    ClientError,
    CodeRefused,
    CredentialsRefused,
    FeatureMissing,
    PanelUnreachable,
    RateLimited,
    RouteUnavailable,
    ServiceRefused,
    SessionEnded,
    UnexpectedAnswer,
)
from ...models import Certainty
from ...outcomes import CODE_REFUSED_CODES, Reason
from ...repeated import repeats
from ...silent_alarm import mentions_silent_alarm
from ..decode.fields import Fields
from ..decode.wrapped import unwrapped
from ..route import Purpose, Route, Shape
from .request import Response

# docs/protocol/total-connect.md#result-codes
PANEL_CODES: Final = frozenset({4101, 4108, -4101, -4104, -4108})
SESSION_CODES: Final = frozenset({-102, -30002, -30000})
CREDENTIAL_CODES: Final = frozenset({-50004, -100, -7625})
LOCKED_CODES: Final = frozenset({-123})
FEATURE_CODES: Final = frozenset({-120})
# Accepted, and the result is to be polled for.
ACCEPTED_CODES: Final = frozenset({0, 4500, 4501})
# The service did not understand the request; another form of it may help.
MISUNDERSTOOD_CODES: Final = frozenset({-501, -999, -7606})
# Explained, and nothing is done about them here but to show them.
SHOWN_CODES: Final = frozenset(
    {4002, -400, -4002, -4004, -4007, -4008, -4502, -4504, -8029, -9001}
    | {-10026, -12104, -15003, -16000}
)
# What a row of an answer may say of one panel.
ITEM_CODES: Final = (
    PANEL_CODES
    | CODE_REFUSED_CODES
    | FEATURE_CODES
    | ACCEPTED_CODES
    | MISUNDERSTOOD_CODES
    | SHOWN_CODES
)
KNOWN_CODES: Final = ITEM_CODES | SESSION_CODES | CREDENTIAL_CODES | LOCKED_CODES

LONGEST_TEXT: Final = 200
LONGEST_SEARCHED: Final = 2000


class RouteMissing(RouteUnavailable):
    """This route answered 404, 405 or 410: nothing happened."""


class RouteForbidden(UnexpectedAnswer):
    """This route answered 403 or a web page."""


class Misunderstood(UnexpectedAnswer):
    """The service did not accept the form of the request; another form may do."""

    reason = Reason.NOT_UNDERSTOOD


class SessionDead(SessionEnded):
    """The session was refused; `certain` that nothing else happened.

    See docs/architecture.md#a-start-is-sent-once.
    """

    def __init__(self, text: str = "", *, code: int | None = None) -> None:
        """Keep the code; -30000 comes without a meaning."""
        super().__init__(text, code=code)
        self.certain = code != -30000


def clean(value: object, secrets: Iterable[str]) -> str:
    """Make a text of the service fit for an error: one line, short.

    Nothing is left of a text that repeats a secret or may speak of a silent alarm.
    """
    # A secret may stand where the text is cut.
    whole = foreign.clean_text(value, LONGEST_SEARCHED) or ""
    hidden = mentions_silent_alarm(whole) or repeats(whole, secrets)
    return "" if hidden else whole[:LONGEST_TEXT].rstrip()


def is_misunderstood(error: ClientError) -> bool:
    """Return whether a read may do better in another form."""
    return isinstance(error, Misunderstood) or error.code in MISUNDERSTOOD_CODES


def business_error(code: int, text: str) -> ClientError | None:
    """Return the error of a result code; None where it is a success."""
    if code in ACCEPTED_CODES:
        return None
    for codes, error in (
        (PANEL_CODES, PanelUnreachable),
        (CODE_REFUSED_CODES, CodeRefused),
        (FEATURE_CODES, FeatureMissing),
        (SESSION_CODES, SessionDead),
        (CREDENTIAL_CODES, CredentialsRefused),
        (LOCKED_CODES, AccountLocked),
    ):
        if code in codes:
            return error(text, code=code)
    return ServiceRefused(text, code=code)


def parse_json(body: bytes, learned_for: Purpose | None = None) -> Fields | None:
    """Read a JSON object; None where the body is none.

    The answer of a learned route may be wrapped, and may be a list.
    """
    try:
        value = json.loads(body)
    except ValueError, RecursionError:
        return None
    if learned_for is not None and isinstance(value, dict | list):
        return Fields(unwrapped(learned_for, value))
    return Fields(value) if isinstance(value, dict) else None


def parse_xml(body: bytes, operation: str = "") -> Fields | None:
    """Read a SOAP answer into the same shape as JSON; None where it is none.

    With an operation the `<Op>Result` inside the envelope is meant, without one the
    root element (docs/protocol/total-connect.md#soap).
    """
    try:
        _refuse_doctype(body)
        root = fromstring(body)  # noqa: S314 - nothing is declared in it, as seen above
        if operation:
            wanted = f"{operation}Result"
            found = [
                element for element in root.iter() if _local(element.tag) == wanted
            ]
            if not found:
                return None
            root = found[0]
        value = _tree(root)
    except ParseError, ExpatError, ValueError, LookupError, RecursionError:
        return None
    return Fields(value) if isinstance(value, Mapping) else None


def _refuse_doctype(body: bytes) -> None:
    """Raise ValueError where a document declares anything of its own.

    What makes XML dangerous has to be declared first: entities that grow without end,
    files and addresses that a reader would fetch.
    """

    def refuse(*_: object) -> Never:
        raise ValueError("The document has a document type")

    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(body, True)


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _tree(element: Element) -> object:
    """Turn an element into a text, or into an object of its children."""
    children = list(element)
    if not children:
        if any(
            _local(name) == "nil" and value == "true"
            for name, value in element.attrib.items()
        ):
            return None
        return element.text or ""
    values: dict[str, object] = {}
    for child in children:
        name, value = _local(child.tag), _tree(child)
        if name not in values:
            values[name] = value
        elif isinstance(known := values[name], list):
            known.append(value)
        else:
            values[name] = [known, value]
    return values


def read_response(route: Route, answer: Response, secrets: Iterable[str]) -> Fields:
    """Return the data of a complete answer, whatever its result code says.

    The secrets that went with the request are taken out of the service's own words
    here, so that no error can repeat them. Raises SessionDead, RouteMissing,
    RouteForbidden, RateLimited or UnexpectedAnswer. A code that means a dead
    session counts as one here.
    """
    _raise_for_status(answer)
    fields = _parse(route, answer)
    code = fields.integer("ResultCode") if fields else None
    if not 200 <= answer.status < 300:
        raise _failure(answer.status, fields, code, secrets)
    if fields is None:
        raise UnexpectedAnswer("The service's answer cannot be read")
    if code is None and "ResultCode" in fields:
        raise UnexpectedAnswer("The service's result code cannot be read")
    if code in SESSION_CODES:
        raise SessionDead("The service no longer knows the session", code=code)
    return Fields(
        {name: _without(secrets, name, value) for name, value in fields.values.items()}
    )


def _raise_for_status(answer: Response) -> None:
    """Raise for what says all without its body."""
    status = answer.status
    if status == 401:
        raise SessionDead("The service no longer knows the session")
    if status in (404, 405, 410):
        raise RouteMissing(f"The service has no such route (HTTP {status})")
    if status == 429:
        raise RateLimited(
            "The service asked for fewer requests (HTTP 429)",
            sent=False,
            retry_after=answer.retry_after,
        )
    if status == 415:
        raise Misunderstood("The service refused the form of the request", sent=False)
    if status == 403 or (answer.is_page and status < 500):
        raise RouteForbidden(f"The service answered with a web page or HTTP {status}")


def _failure(
    status: int, fields: Fields | None, code: int | None, secrets: Iterable[str]
) -> UnexpectedAnswer:
    said = fields and (fields.get("ResultData") or fields.get("Message"))
    error = Misunderstood if status in (400, 422) else UnexpectedAnswer
    return error(
        f"The service answered HTTP {status} {clean(said, secrets)}".rstrip(), code=code
    )


# Where the service puts what it says of a result, in the answer and in its rows.
_RESULT_TEXTS: Final = frozenset(
    {"resultdata", "statustext", "description", "message", "syncstatusmessage"}
)


def _without(secrets: Iterable[str], name: str, value: object) -> object:
    """Return a value of an answer whose words on results hold none of the secrets."""
    match value:
        case bool():
            return value
        case str() | int():
            return clean(value, secrets) if name.casefold() in _RESULT_TEXTS else value
        case list():
            return [_without(secrets, name, item) for item in value]
        # `Mapping` alone is slow to check, and nearly all are dictionaries.
        case dict() | Mapping():
            return {key: _without(secrets, key, item) for key, item in value.items()}
        case _:
            return value


def _parse(route: Route, answer: Response) -> Fields | None:
    if route.shape is Shape.SOAP_ENVELOPE:
        return parse_xml(answer.body, route.operation)
    if route.shape is Shape.SOAP_FORM:
        return parse_xml(answer.body)
    learned = route.certainty is Certainty.LEARNED
    return parse_json(answer.body, route.purpose if learned else None)


def raise_for_code(fields: Fields) -> Fields:
    """Return the data of a success; raise what the result code means otherwise.

    No result code at all is a success (docs/protocol/total-connect.md#general-rules). A
    section that failed counts before the whole; a code of it that nobody knows does not.
    """
    raise_for_own_code(fields)
    for name in fields.values:
        section = fields.section(name)
        if section is not None and section.integer("ResultCode") in KNOWN_CODES:
            raise_for_own_code(section)
    return fields


def raise_for_own_code(fields: Fields) -> None:
    """Raise what the result code of the whole means, unless it is a success."""
    code = fields.integer("ResultCode")
    if code is not None:
        error = business_error(code, fields.text("ResultData") or "")
        if error is not None:
            raise error

"""A request as it arrived at the stand-in: which route it is for, and what it brings."""

from dataclasses import dataclass
from datetime import datetime
import json
import re
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from simulator.faults.selecting import Target
from simulator.received import Received, masked
from simulator.service.calls import Route
from simulator.service.rest import Rest
from simulator.service.soap import SoapCall, read_call

_REST = "/tc2api.tcresource/"
_SOAP = "/tc21api/tc2.asmx"
_TOKEN = "/tc2api.auth/token"
_CONFIG = "/application.config.json"
_LOCATION_NAMES = ("location", "locationid", "locid", "siteid")
# The acts that are known to be there (docs/protocol/total-connect.md#rest-paths).
_ACTS = {
    "PUT": re.compile(
        r".+/(?:(?:dis)?arm|bypass|clearbypass|updateusercode|savelocation|acknowledge)"
    ),
    "DELETE": re.compile(r".+/users/[^/]+/type/[^/]+"),
    "POST": re.compile(
        r".+/(?:remotepanicalarm|customarm|users/state/[^/]+|switches|thermostats?"
        r"|createsmartscene|homecard|trigger|triggervod)"
    ),
}
_READING_POSTS = (
    "/events",
    "/validateuser",
    "/synchronize",
    "/synchronizepaneluser",
    "/token",
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request, its record and what was found for it."""

    record: Received
    request: web.Request
    found: tuple[Route, dict[str, str]] | int
    soap: SoapCall | None
    query: dict[str, Any]
    body: dict[str, Any]
    target: Target


def understand(rest: Rest, now: datetime, request: web.Request, raw: bytes) -> Arrival:
    """Find the route of a request and what it brings."""
    encoding = _encoding(request.content_type) if raw else ""
    query: dict[str, Any] = dict(request.query)
    path, lower = request.path, request.path.lower()
    body = _parse(encoding, raw)
    soap: SoapCall | None = None
    found: tuple[Route, dict[str, str]] | int = 404
    route, forbidden, parts = "unknown", False, dict[str, str]()
    if lower == _CONFIG:
        route = "config"
    elif lower == _TOKEN:
        route = "token"
    elif lower == _SOAP or lower.startswith(_SOAP + "/"):
        operation = path[len(_SOAP) + 1 :]
        soap = read_call(operation, encoding, raw, request.headers.get("SOAPAction"))
        body, forbidden = soap.fields, soap.forbidden
        route = f"soap:{soap.operation or '?'}"
    elif lower.startswith(_REST):
        below = path[len(_REST) :]
        found = rest.find(request.method, below)
        if not isinstance(found, int):
            route, parts = found[0].key, found[1]
        else:
            forbidden = _changes_something(request.method, below)
            acts = _ACTS.get(request.method)
            if acts is not None and acts.fullmatch(below.lower()):
                route = "forbidden"
    location_id = _location_id(parts, query, body, *_inner(body))
    routes = [route]
    if route == "token":
        routes += [
            f"token:{value}"
            for name, value in body.items()
            if name.lower() == "grant_type"
        ]
    return Arrival(
        Received(
            time=now.isoformat(),
            method=request.method,
            path=request.path_qs,
            route=route,
            location_id=location_id,
            fields=masked({**query, **body}),
            encoding=encoding,
            forbidden=forbidden,
            cookies=sorted(request.cookies),
        ),
        request,
        found,
        soap,
        query,
        body,
        Target(tuple(routes), request.path, location_id),
    )


def _encoding(content_type: str) -> str:
    """Return the kind of a body; the service takes form, JSON and XML.

    See docs/protocol/total-connect.md#general-rules.
    """
    if content_type == "application/x-www-form-urlencoded":
        return "form"
    return (
        "json"
        if content_type.endswith("json")
        else "xml"
        if content_type.endswith("xml")
        else "other"
    )


def _parse(encoding: str, raw: bytes) -> dict[str, Any]:
    """Return the fields of a form or JSON body; anything else has none."""
    text = raw.decode("utf-8", "replace")
    if encoding == "form":
        return dict(parse_qsl(text, keep_blank_values=True))
    if encoding == "json":
        try:
            body = json.loads(text)
        except ValueError, RecursionError:
            return {}
        return body if isinstance(body, dict) else {}
    return {}


def _inner(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a body wraps, at any depth: objects, and the first of lists."""
    found: list[dict[str, Any]] = []
    for item in body.values():
        value = item[0] if isinstance(item, list) and item else item
        if isinstance(value, dict):
            found += [value, *_inner(value)]
    return found


def _location_id(*places: dict[str, Any]) -> int | None:
    """Return the location a request is about, from its path, query or body."""
    for place in places:
        for name, value in place.items():
            if name.lower() in _LOCATION_NAMES:
                try:
                    return int(value)
                except TypeError, ValueError, OverflowError:
                    return None
    return None


def _changes_something(method: str, path: str) -> bool:
    """Return whether an unknown request could change a panel or an account."""
    if method in ("PUT", "DELETE", "PATCH"):
        return True
    return method == "POST" and not path.lower().endswith(_READING_POSTS)

"""Write a REST entry of the route table down as a request."""

from collections.abc import Mapping
import json
import re
from urllib.parse import urlencode

from ..routes import PATTERNS, ROUTES, DeviceAuthorization, Kind, Route, Shape, Value
from .request import Request


def checked(kind: Kind, name: str, value: Value) -> str:
    """Give a value as text if its kind allows it, else raise ValueError."""
    words = str(value) if isinstance(value, int | str) else ""
    if not re.fullmatch(PATTERNS[kind], words):
        raise ValueError(f"{name} is not a {kind.value}")
    return words


def require(
    route: Route, places: Mapping[str, Value], fields: Mapping[str, Value]
) -> None:
    """Raise ValueError for anything that the route table does not list."""
    if ROUTES.get(route.key) is not route:
        raise ValueError(f"{route.key} is not in the route table")
    if places.keys() != route.places.keys():
        raise ValueError(f"{route.key} needs the places {sorted(route.places)}")
    if fields.keys() | route.optional != route.fields.keys():
        raise ValueError(f"{route.key} needs the fields {sorted(route.fields)}")


def fill_path(route: Route, places: Mapping[str, Value]) -> str:
    """Put checked values into the places of a path."""
    path = route.path
    for name, kind in route.places.items():
        path = path.replace(f"{{{name}}}", checked(kind, name, places[name]))
    return path


def request(
    route: Route,
    base: str,
    places: Mapping[str, Value],
    fields: Mapping[str, Value],
    token: str | None,
) -> Request:
    """Write the request of a REST route.

    Raises ValueError, before anything is sent, for what the table does not allow.
    """
    require(route, places, fields)
    headers = {"Accept": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    query: dict[str, str] = {}
    body: bytes | None = None
    match route.shape:
        case Shape.GET:
            query = _texts(route, fields)
        case Shape.FORM:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(_texts(route, fields)).encode()
        case Shape.JSON:
            headers["Content-Type"] = "application/json"
            body = json.dumps(_json(route, fields)).encode()
        case _:
            raise ValueError(f"{route.key} is not a REST route")
    return Request(
        route.method,
        base + fill_path(route, places),
        query,
        headers,
        body,
        route.deadline,
    )


def _texts(route: Route, fields: Mapping[str, Value]) -> dict[str, str]:
    constants = {name: str(value) for name, value in route.constants.items()}
    return constants | {
        name: checked(route.fields[name], name, value) for name, value in fields.items()
    }


def _json(route: Route, fields: Mapping[str, Value]) -> dict[str, object]:
    body: dict[str, object] = dict(route.constants)
    for name, value in fields.items():
        kind = route.fields[name]
        if isinstance(value, DeviceAuthorization):
            body[name] = [_device(kind, value)]
        elif kind is Kind.NUMBER:
            body[name] = int(checked(kind, name, value))
        else:
            body[name] = checked(kind, name, value)
    return body


def _device(kind: Kind, device: DeviceAuthorization) -> dict[str, object]:
    code = checked(Kind.CODE, "AuthorizingCode", device.code)
    if kind is Kind.CODES_ONLY:
        return {"AuthorizingCode": code}
    return {
        "LocationID": device.location_id,
        "DeviceID": device.device_id,
        "AuthorizingCode": code,
    }

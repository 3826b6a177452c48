"""Write a REST entry of the route table down as a request."""

from collections.abc import Mapping
from datetime import datetime
import json
import re
from typing import Final
from urllib.parse import urlencode

from ...models import Certainty
from .. import learned
from ..route import (
    PATTERNS,
    SIGN_IN_PURPOSES,
    DeviceAuthorization,
    Kind,
    Route,
    Shape,
    Slot,
    Tree,
    Value,
    location_of,
)
from ..routes import ROUTES
from .request import Request


def validated(kind: Kind, name: str, value: Value) -> str:
    """Return a value as text if its kind allows it, else raise ValueError."""
    text = str(value) if isinstance(value, int | str) else ""
    if not re.fullmatch(PATTERNS[kind], text):
        raise ValueError(f"{name} is not a {kind.value}")
    return text


def require(
    route: Route, path_fields: Mapping[str, Value], fields: Mapping[str, Value]
) -> None:
    """Raise ValueError for anything that the route table does not list.

    A learned route stands in the table of its account alone: it is validated itself.
    """
    if route.certainty is Certainty.LEARNED:
        learned.validate(route)
    elif ROUTES.get(route.key) is not route:
        raise ValueError(f"{route.key} is not in the route table")
    if path_fields.keys() != route.path_fields.keys():
        raise ValueError(
            f"{route.key} needs the path fields {sorted(route.path_fields)}"
        )
    if fields.keys() | route.optional != route.fields.keys():
        raise ValueError(f"{route.key} needs the fields {sorted(route.fields)}")


def fill_path(route: Route, path_fields: Mapping[str, Value]) -> str:
    """Put validated values into a path."""
    path = route.path
    for name, kind in route.path_fields.items():
        path = path.replace(f"{{{name}}}", validated(kind, name, path_fields[name]))
    return validated_path(path)


# No segment of dots, none that ends with one, nothing encoded: a server may read such a
# path as another one.
_SEGMENT: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?"
_PATH: Final = re.compile(rf"(?:/{_SEGMENT})+", re.ASCII)


def validated_path(path: str) -> str:
    """Return a path that means the same to everybody, else raise ValueError."""
    if not _PATH.fullmatch(path):
        raise ValueError("The path is not plain")
    return path


def held_scope(
    route: Route, path_fields: Mapping[str, Value], fields: Mapping[str, Value]
) -> str:
    """Return what a `Retry-After` in the answer holds back."""
    if route.purpose in SIGN_IN_PURPOSES:
        return ""
    location_id = location_of(path_fields, fields)
    return route.key if location_id is None else str(location_id)


def request(
    route: Route,
    base: str,
    path_fields: Mapping[str, Value],
    fields: Mapping[str, Value],
    token: str | None,
) -> Request:
    """Write the request of a REST route.

    Raises ValueError, before anything is sent, for what the table does not allow.
    """
    require(route, path_fields, fields)
    headers = {"Accept": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    body: bytes | None = None
    match route.shape:
        case Shape.GET:
            pass
        case Shape.FORM:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(texts(route, fields)).encode()
        case Shape.JSON:
            headers["Content-Type"] = "application/json"
            body = json.dumps(_json(route, fields)).encode()
        case _:
            raise ValueError(f"{route.key} is not a REST route")
    return Request(
        route.method,
        base + fill_path(route, path_fields),
        _query(route, fields),
        headers,
        body,
        route.deadline,
        held_scope(route, path_fields, fields),
    )


def _query(route: Route, fields: Mapping[str, Value]) -> dict[str, str]:
    if route.template is None:
        return texts(route, fields) if route.shape is Shape.GET else {}
    return {
        name: as_text(_filled(route, value, fields))
        for name, value in route.template.query.items()
    }


def _filled(route: Route, tree: Tree, fields: Mapping[str, Value]) -> object:
    """Fill the slots of a learned request; the template's own values stay as seen."""
    match tree:
        case Slot():
            return _slot(route.fields[tree.field], tree, fields[tree.field])
        case Mapping():
            return {name: _filled(route, value, fields) for name, value in tree.items()}
        case tuple():
            return [_filled(route, value, fields) for value in tree]
    return tree


def _slot(kind: Kind, slot: Slot, value: Value) -> int | str:
    text = validated(kind, slot.field, value)
    if kind is Kind.MOMENT:
        return datetime.fromisoformat(text).strftime(slot.form)
    if slot.form == "number" or (kind is Kind.NUMBER and slot.form != "text"):
        return int(text)
    # Where the website sent no code, "the code stored for this user" is sent so, too.
    return "" if slot.form == "blank" and text == "-1" else text


def fits(route: Route, values: Mapping[str, Value]) -> bool:
    """Return whether a learned route can write these values as it was recorded.

    Where it sends a number, a text that is none cannot go, nor a code that begins with 0.
    """
    return route.template is None or all(
        slot.form != "number" or _is_number(str(values[slot.field]))
        for slot in learned.slots(route.template)
        if slot.field in values
    )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?(?:0|[1-9][0-9]{0,18})", text, re.ASCII) is not None


def as_text(value: object) -> str:
    """Return a value as forms and addresses hold it: flags in lower case."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def texts(route: Route, fields: Mapping[str, Value]) -> dict[str, str]:
    """Return a flat request as texts; raises ValueError for a value of another kind."""
    if route.template is not None:
        body = _filled(route, route.template.body or {}, fields)
        assert isinstance(body, dict)
        return {name: as_text(value) for name, value in body.items()}
    constants = {name: as_text(value) for name, value in route.constants.items()}
    return constants | {
        name: validated(route.fields[name], name, value)
        for name, value in fields.items()
    }


def _json(route: Route, fields: Mapping[str, Value]) -> object:
    if route.template is not None:
        return _filled(route, route.template.body, fields)
    body: dict[str, object] = dict(route.constants)
    for name, value in fields.items():
        kind = route.fields[name]
        if isinstance(value, DeviceAuthorization):
            body[name] = [_device(kind, value)]
        elif kind is Kind.NUMBER:
            body[name] = int(validated(kind, name, value))
        else:
            body[name] = validated(kind, name, value)
    return body


def _device(kind: Kind, device: DeviceAuthorization) -> dict[str, object]:
    code = validated(Kind.CODE, "AuthorizingCode", device.code)
    if kind is Kind.CODES_ONLY:
        return {"AuthorizingCode": code}
    return {
        "LocationID": device.location_id,
        "DeviceID": device.device_id,
        "AuthorizingCode": code,
    }

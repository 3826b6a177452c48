"""Write a SOAP entry of the route table down as a request.

See docs/protocol/total-connect.md#soap.
"""

from collections.abc import Mapping
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from ..route import DeviceAuthorization, Kind, Route, Shape, Value
from ..routes import SOAP_NAMESPACE
from .request import Request
from .rest import as_text, held_scope, require, texts, validated, validated_path


def request(route: Route, base: str, fields: Mapping[str, Value]) -> Request:
    """Write the request of a SOAP route, as a form or as an envelope.

    Raises ValueError, before anything is sent, for what the table does not allow.
    """
    require(route, {}, fields)
    headers = {"Accept": "text/xml"}
    match route.shape:
        case Shape.SOAP_FORM:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(texts(route, fields))
        case Shape.SOAP_ENVELOPE:
            headers["Content-Type"] = "text/xml; charset=utf-8"
            headers["SOAPAction"] = f'"{SOAP_NAMESPACE}{route.operation}"'
            body = _envelope(route, fields)
        case _:
            raise ValueError(f"{route.key} is not a SOAP route")
    return Request(
        route.method,
        base + validated_path(route.path),
        {},
        headers,
        body.encode(),
        route.deadline,
        held_scope(route, {}, fields),
    )


def _envelope(route: Route, fields: Mapping[str, Value]) -> str:
    # Every element stands in the operation's namespace: an unqualified StatusOnly
    # would be read as false, and a poll would start a sync.
    parts = [_field(route, name, fields[name]) for name in route.fields]
    parts += [
        f"<{name}>{escape(as_text(v))}</{name}>" for name, v in route.constants.items()
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<{route.operation} xmlns="{SOAP_NAMESPACE}">{"".join(parts)}</{route.operation}>'
        "</soap:Body></soap:Envelope>"
    )


def _field(route: Route, name: str, value: Value) -> str:
    if isinstance(value, DeviceAuthorization):
        code = validated(Kind.CODE, "AuthorizingCode", value.code)
        return (
            f"<{name}><DeviceAuthorizingCode><LocationID>{value.location_id}</LocationID>"
            f"<DeviceID>{value.device_id}</DeviceID>"
            f"<AuthorizingCode>{code}</AuthorizingCode></DeviceAuthorizingCode></{name}>"
        )
    return f"<{name}>{escape(validated(route.fields[name], name, value))}</{name}>"

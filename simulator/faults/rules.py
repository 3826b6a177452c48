"""Faults on the wire, set from outside. Simulated.

See docs/protocol/total-connect.md#quirks and docs/architecture.md#simulator.

The status faults and `refuse` happen before the service looks at the request; all others after it did, so a start
that meets `timeout` or `reset` has happened although its answer was lost.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
import json
from typing import Any

from simulator.service.reply import Reply, html, json_reply, message, xml_reply

_BUSY = "Request Not Completed, Please Try Again Later"
_DENIED = "Authorization has been denied for this request."
_HUGE = 5 * 1024 * 1024
_BOMB = (
    "<!DOCTYPE b [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]><b>&a9;</b>"
)

_INSTEAD: dict[str, Callable[[], Reply]] = {
    "401": lambda: message(401, _DENIED),
    "403": lambda: html(403, "403 - Forbidden: Access is denied."),
    "404": lambda: message(
        404, "No HTTP resource was found that matches the request URI."
    ),
    "405": lambda: message(
        405, "The requested resource does not support this http method."
    ),
    "410": lambda: message(410, "Gone"),
    "429": lambda: replace(
        message(429, "Too many requests"), headers={"Retry-After": "2"}
    ),
    "429_bare": lambda: message(429, "Too many requests"),
    "500_message": lambda: message(500, _BUSY),
    "500_999": lambda: json_reply(
        {"ResultCode": -999, "ResultData": "Unknown Error"}, 500
    ),
    "502_html": lambda: html(502, "502 Bad Gateway"),
    "503": lambda: html(503, "Service Unavailable"),
    "html": lambda: html(200, "Scheduled maintenance"),
    "redirect": lambda: replace(
        html(302, "Object moved"), headers={"Location": "/maintenance"}
    ),
}


def _wrong_types(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _wrong_types(item) for key, item in value.items()}
    if isinstance(value, list):
        return {"0": _wrong_types(value[0])} if value else "none"
    if isinstance(value, str):
        return [value]
    return {"value": None} if value is None else f"not {value}"


def _without_section(payload: Any) -> Any:
    """Drop the first section; an answer without sections loses all but its code."""
    if not isinstance(payload, dict):
        return None
    for key, value in payload.items():
        if isinstance(value, dict | list):
            return {name: item for name, item in payload.items() if name != key}
    return {name: value for name, value in payload.items() if name == "ResultCode"}


def _huge(reply: Reply) -> Reply:
    padding = json.dumps({"Padding": "x" * _HUGE}).encode()
    return replace(
        reply,
        body=padding[:-1] + b"," + reply.body[1:]
        if reply.body[:1] == b"{"
        else padding,
    )


_AFTER: dict[str, Callable[[Reply], Reply]] = {
    "empty": lambda reply: replace(reply, status=200, body=b""),
    "truncated": lambda reply: replace(reply, body=reply.body[: len(reply.body) // 2]),
    "wrong_types": lambda reply: json_reply(_wrong_types(reply.payload)),
    "huge": _huge,
    "missing_section": lambda reply: json_reply(_without_section(reply.payload)),
    "unknown_code": lambda _: json_reply(
        {"ResultCode": -98765, "ResultData": "Something new"}
    ),
    "xml_bomb": lambda _: xml_reply(_BOMB),
}

# Done by the server, because they are about the connection.
CONNECTION = ("refuse", "reset", "drip", "timeout")
NAMES = (*CONNECTION, *_INSTEAD, *_AFTER)


@dataclass(slots=True)
class Rule:
    """One fault, for the next `times` requests to a route."""

    route: str
    fault: str
    times: int


class Faults:
    """The faults now set."""

    def __init__(self) -> None:
        """Begin with none."""
        self.rules: list[Rule] = []

    def add(self, route: str, fault: str, times: int = 1) -> None:
        """Set a fault for a route key or a part of a path. Raises ValueError for an unknown fault."""
        if fault not in NAMES:
            raise ValueError(f"there is no fault {fault!r}; known: {', '.join(NAMES)}")
        if times < 1:
            raise ValueError(f"times is {times}; it must be at least 1")
        self.rules.append(Rule(route, fault, times))

    def take(self, route: str, path: str) -> str | None:
        """Return the fault of this request and count it."""
        for rule in self.rules:
            if rule.route == route or rule.route.lower() in path.lower():
                rule.times -= 1
                if rule.times == 0:
                    self.rules.remove(rule)
                return rule.fault
        return None

    def clear(self) -> None:
        """Forget all faults."""
        self.rules.clear()


def instead(fault: str | None) -> Reply | None:
    """Return the answer that comes instead of looking at the request."""
    make = _INSTEAD.get(fault or "")
    return make() if make else None


def changed(fault: str | None, reply: Reply) -> Reply:
    """Return the service's answer as the fault spoils it."""
    change = _AFTER.get(fault or "")
    return change(reply) if change else reply

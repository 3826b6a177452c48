"""Faults on the wire, set from outside. Simulated.

See docs/protocol/total-connect.md#quirks and docs/architecture.md#simulator.

The status faults and `refuse` happen before the service looks at the request, unless the rule says `after`; all
others after it did, so a start that meets `timeout` or `reset` has happened although its answer was lost.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
import json
from typing import Any

from simulator.faults.overrides import Override, applied
from simulator.faults.selecting import Selection, Target, take
from simulator.service.reply import Reply, html, json_reply, message, xml_reply

_BUSY = "Request Not Completed, Please Try Again Later"
_DENIED = "Authorization has been denied for this request."
_HUGE = 5 * 1024 * 1024
_BOMB = (
    "<!DOCTYPE b [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]><b>&a9;</b>"
)

# So answers the vendor's other platform at an address that it retired, for good (docs/protocol/total-connect.md#service-status).
_MAINTENANCE = (
    "We are currently performing planned maintenance. Please try again later."
)
_CAPTCHA = "<form action='/verify'><div class='captcha' data-sitekey='simulated'></div>Verify you are human</form>"

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
    "429": lambda: message(429, "Too many requests"),
    "429_bare": lambda: message(429, "Too many requests"),
    "500_message": lambda: message(500, _BUSY),
    "500_999": lambda: json_reply(
        {"ResultCode": -999, "ResultData": "Unknown Error"}, 500
    ),
    "502_html": lambda: html(502, "502 Bad Gateway"),
    "503": lambda: html(503, "Service Unavailable"),
    "503_maintenance": lambda: json_reply({"message": _MAINTENANCE}, 503),
    "html": lambda: html(200, "Scheduled maintenance"),
    "captcha": lambda: html(200, "Just a moment", _CAPTCHA),
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

# Done by the handler of requests, because they are about the connection or the time.
CONNECTION = ("refuse", "reset", "drip", "timeout", "held")
NAMES = (*CONNECTION, *_INSTEAD, *_AFTER, "answer")


@dataclass(slots=True, kw_only=True)
class Rule(Selection):
    """One fault of the next requests to a route.

    `after`: the service looks at the request before the fault's answer takes the place of its own. `retry_after` is
    that header of a 429. `held` keeps the answer back for `seconds` of the world, or until released. The fault
    `answer` is any answer: `status`, `content_type`, `headers`, and `body` as text.
    """

    fault: str
    after: bool = False
    seconds: float | None = None
    retry_after: str = "2"
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    def __post_init__(self) -> None:
        """Refuse what could never happen."""
        Selection.__post_init__(self)
        if self.fault not in NAMES:
            raise ValueError(
                f"there is no fault {self.fault!r}; known: {', '.join(NAMES)}"
            )
        if not 200 <= self.status <= 599:
            raise ValueError(f"status is {self.status}; give one from 200 to 599")

    def answer(self) -> Reply | None:
        """Return the answer that comes instead of the service's own."""
        if self.fault == "answer":
            body = self.body.encode("utf-8", "surrogatepass")
            return Reply(self.status, body, self.content_type, self.headers)
        if self.fault == "429":
            headers = {"Retry-After": self.retry_after}
            return replace(_INSTEAD["429"](), headers=headers)
        make = _INSTEAD.get(self.fault)
        return make() if make else None

    def spoilt(self, reply: Reply) -> Reply:
        """Return the service's answer as the fault spoils it."""
        change = _AFTER.get(self.fault)
        return change(reply) if change else reply


class Faults:
    """The faults and overrides now set."""

    def __init__(self) -> None:
        """Begin with none."""
        self.rules: list[Rule] = []
        self.overrides: list[Override] = []
        self.releases = 0  # how often held answers were let go

    def add(
        self, route: str, fault: str, times: int | None = 1, **details: Any
    ) -> Rule:
        """Set a fault for a route key or a part of a path; `details` as in `Rule`.

        Raises ValueError for what could never happen.
        """
        rule = Rule(route=route, fault=fault, times=times, **details)
        self.rules.append(rule)
        return rule

    def override(
        self,
        route: str,
        fields: dict[str, str | None],
        times: int | None = None,
        *,
        location_id: int | None = None,
    ) -> Override:
        """Let fields of answers hold other JSON texts, by default for good. Raises ValueError."""
        made = Override(
            route=route, fields=fields, times=times, location_id=location_id
        )
        self.overrides.append(made)
        return made

    def take(self, target: Target) -> Rule | None:
        """Return the fault of this request and count it."""
        found = take(self.rules, target, at_most=1)
        return found[0] if found else None

    def overridden(self, target: Target, reply: Reply) -> Reply:
        """Return the service's answer with the overrides of this request, each counted."""
        found = take(self.overrides, target)
        return applied(reply, found) if found else reply

    def release(self) -> None:
        """Let go of every answer that is held back."""
        self.releases += 1

    def clear(self) -> None:
        """Forget all faults and overrides, and let go of what is held back."""
        self.rules.clear()
        self.overrides.clear()
        self.release()

"""Refusals that repeat what they were sent. An invention of the stand-in: not all texts of the service are known.

Whoever shows or logs such a text must take the secrets out of it.
"""

from collections.abc import Iterator
from dataclasses import replace
import json
import re
from typing import Any

from simulator.service.reply import Reply
from simulator.world.result_codes import SUCCESS

_SECRETS = frozenset(
    {"sessionid", "usercode", "installercode", "authorizingcode"}
    | {"username", "password", "refresh_token"}
)
_REFUSED = re.compile(rb"<ResultCode>(?!0<)[^<]*</ResultCode>")


def sent_secrets(
    body: dict[str, Any], bearer: str, session_id: str | None
) -> list[str]:
    """Return session, codes and tokens of a request; `session_id` is the one its bearer token stands for."""
    found = [session_id or "", *_secrets(body), bearer]
    return [text for text in found if text]


def _secrets(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _secrets(item)
    if isinstance(value, dict):
        for name, item in value.items():
            if name.lower() in _SECRETS:
                yield str(item)
            else:
                yield from _secrets(item)


def repeating(reply: Reply, secrets: list[str]) -> Reply:
    """Return a refusal with these in its text; any other answer as it is."""
    words = " ".join(secrets)
    if _REFUSED.search(reply.body):
        body = reply.body.replace(
            b"</ResultData>", f" {words}</ResultData>".encode(), 1
        )
        return replace(reply, body=body)
    payload = reply.payload
    if not isinstance(payload, dict):
        return reply
    names = {name.lower(): name for name in payload}
    code = str(payload.get(names.get("resultcode", ""), SUCCESS))
    if reply.status < 400 and code == str(SUCCESS):
        return reply
    place = "error_description" if "error" in names else "resultdata"
    if "message" in names:
        place = "message"
    name = names.get(place, place)
    payload = payload | {name: f"{payload.get(name) or ''} {words}".strip()}
    return replace(reply, body=json.dumps(payload).encode(), payload=payload)

"""An HTTP answer as a value, before it is sent. Part of the stand-in."""

from dataclasses import dataclass, field
import json
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, body and type of one answer; `payload` is what the body was made from."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    payload: Any = None


def json_reply(payload: Any, status: int = 200) -> Reply:
    """Return JSON."""
    return Reply(status, json.dumps(payload).encode(), payload=payload)


def message(status: int, text: str) -> Reply:
    """Return the JSON ASP.NET makes for errors that are not the service's own.

    See docs/protocol/total-connect.md#general-rules.
    """
    return json_reply({"Message": text}, status)


def html(status: int, title: str, body: str = "") -> Reply:
    """Return an HTML page as a front server shows it; `body` is the HTML below its heading."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
    return Reply(status, page.encode(), "text/html")


def xml_reply(text: str, status: int = 200) -> Reply:
    """Return XML with its declaration."""
    return Reply(
        status,
        f'<?xml version="1.0" encoding="utf-8"?>\n{text}'.encode("utf-8", "replace"),
        "text/xml",
    )

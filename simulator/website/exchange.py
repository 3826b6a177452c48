"""One request of a browser and its answer, as values."""

from dataclasses import dataclass, field
from datetime import datetime
import json
from typing import Any
from urllib.parse import urlencode

from simulator.service.hidden import Purpose

type Headers = list[tuple[str, str]]


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A request and its answer; `purpose` says which of the hidden ways it is, `kind` what the browser calls it."""

    time: datetime
    method: str
    url: str
    headers: Headers = field(default_factory=list)
    body: str = ""
    body_type: str = ""
    status: int = 200
    answer_headers: Headers = field(default_factory=list)
    answer: bytes = b""
    answer_type: str = "application/json"
    kind: str = "fetch"
    purpose: Purpose | None = None
    compressed: int | None = None


def with_query(url: str, query: dict[str, Any]) -> str:
    """Return an address with its query."""
    return f"{url}?{urlencode(_texts(query))}" if query else url


def encoded(body: dict[str, Any], encoding: str) -> tuple[str, str]:
    """Return a body and its type as a browser sends them."""
    if encoding == "form":
        return urlencode(_texts(body)), "application/x-www-form-urlencoded"
    if encoding == "json":
        return json.dumps(body, separators=(",", ":")), "application/json"
    return "", ""


def _texts(fields: dict[str, Any]) -> dict[str, str]:
    """Return fields as a form or query writes them; booleans as JavaScript does."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in fields.items()
    }

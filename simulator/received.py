"""What the stand-in received: the record tests and the demo look at. Not a part of the real service."""

from dataclasses import asdict, dataclass, field
from typing import Any

_SECRETS = frozenset({"password", "username", "refresh_token"})
_KEEP = 50_000


@dataclass(slots=True)
class Received:
    """One request. `status` is what was answered, 0 if the connection ended without an answer.

    `fields` holds query and body under the names they were sent with; passwords and tokens are masked.
    `encoding` is form, json, xml or empty. `forbidden` marks what no sync client may ever send.
    `cookies` are the names of the cookies that came with it.
    """

    time: str
    method: str
    path: str
    route: str
    location_id: int | None
    fields: dict[str, Any]
    encoding: str
    forbidden: bool = False
    fault: str | None = None
    status: int = 0
    cookies: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the record for the control interface."""
        return asdict(self)


def masked(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields with credentials and tokens replaced."""
    return {
        name: "***" if name.lower() in _SECRETS else value
        for name, value in fields.items()
    }


def keep(records: list[Received], record: Received) -> None:
    """Append a record; the oldest half goes when there are very many."""
    if len(records) >= _KEEP:
        del records[: _KEEP // 2]
    records.append(record)

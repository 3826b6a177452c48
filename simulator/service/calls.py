"""A request to the simulated service as understood, and what comes of it. Stand-in only."""

from collections.abc import Callable
from dataclasses import dataclass
import re
from typing import Any

from simulator.service.accounts import Session
from simulator.service.answers import Json


@dataclass(frozen=True, slots=True)
class Call:
    """A request to one route: who asks, the path's parts, and the fields with lower-case names."""

    session: Session | None
    path: dict[str, str]
    query: dict[str, Any]
    body: dict[str, Any]
    encoding: str = ""

    @property
    def person(self) -> str:
        """Return who asks, by full name; only where a session is needed."""
        assert self.session is not None
        return self.session.login.full_name

    def number(self, name: str) -> int:
        """Return a field or path part as a number, 0 if it is none."""
        return whole_number(
            self.body.get(name, self.query.get(name, self.path.get(name)))
        )

    def text(self, name: str) -> str:
        """Return a body field as text, empty when missing or null."""
        found = self.body.get(name)
        return "" if found is None else str(found)

    def flag(self, name: str) -> bool:
        """Return a body field as a bool; missing or odd is false."""
        return str(self.body.get(name, "")).strip().lower() in ("true", "1")


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send: a status, JSON, and how long the panel took (seconds of the world)."""

    payload: Json
    status: int = 200
    seconds: float = 0.0
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Route:
    """One way to do one thing."""

    key: str
    method: str
    pattern: re.Pattern[str]
    answer: Callable[[Call], Answer]
    present: Callable[[], bool] = lambda: True
    needs_session: bool = True


def lowered(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields under lower-case names (docs/protocol/total-connect.md#general-rules)."""
    return {name.lower(): value for name, value in fields.items()}


def whole_number(value: Any) -> int:
    """Return a value as a number, 0 if it is none."""
    try:
        return int(value)
    except TypeError, ValueError, OverflowError:
        return 0

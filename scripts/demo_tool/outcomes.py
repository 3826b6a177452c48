"""Waits for the outcomes that PanelSync's sync event entities and its events report."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
import time
from typing import Any, Self

from .home import Home


@dataclass(frozen=True, slots=True)
class Seen:
    """One outcome as Home Assistant showed it; `at` is monotonic seconds."""

    kind: str
    outcome: str
    reason: str
    evidence: tuple[str, ...]
    at: float

    @property
    def detail(self) -> str:
        """The evidence, else the reason, in words for a table."""
        return ", ".join(self.evidence) or self.reason


def read(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Seen | None:
    """Return the outcome in a change of an event entity's state, or None.

    An event entity's state is the time of its last event: no new time, no event.
    """
    if new is None or new["state"] in ("unavailable", "unknown"):
        return None
    if old is None or old["state"] in ("unavailable", new["state"]):
        return None
    attributes = new["attributes"]
    evidence = attributes.get("evidence") or ()
    return Seen(
        kind=str(attributes.get("kind")),
        outcome=str(attributes.get("event_type")),
        reason=str(attributes.get("reason") or ""),
        evidence=(evidence,) if isinstance(evidence, str) else tuple(evidence),
        at=time.monotonic(),
    )


def read_refusal(data: Mapping[str, Any]) -> Seen | None:
    """Return the refusal in one of PanelSync's events, or None.

    A refused press leaves its event entity alone: nothing was sent.
    """
    if data.get("type") != "refused" or "reason" not in data:
        return None
    return Seen(
        kind=str(data.get("kind")),
        outcome="refused",
        reason=str(data["reason"]),
        evidence=(),
        at=time.monotonic(),
    )


class Outcomes:
    """Collects outcomes from the moment it was made, by entity and kind."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._seen: dict[tuple[str, str], asyncio.Queue[Seen]] = {}

    @classmethod
    async def listen(cls, home: Home) -> Self:
        """Return one that hears every state change and refusal of a Home Assistant."""
        outcomes = cls()
        await home.listen("state_changed", outcomes.take)
        await home.listen("panelsync_event", outcomes.take_refusal)
        return outcomes

    def take(self, change: Mapping[str, Any]) -> None:
        """Take the data of one `state_changed` event."""
        if not change["entity_id"].startswith("event."):
            return
        if seen := read(change["old_state"], change["new_state"]):
            self._queue(change["entity_id"], seen.kind).put_nowait(seen)

    def take_refusal(self, data: Mapping[str, Any]) -> None:
        """Take the data of one event of PanelSync."""
        if seen := read_refusal(data):
            self._queue(str(data.get("entity_id")), seen.kind).put_nowait(seen)

    def forget(self, entity_id: str, kind: str) -> None:
        """Drop what was seen before a new press."""
        self._seen.pop((entity_id, kind), None)

    async def wait(self, entity_id: str, kind: str, seconds: float) -> Seen | None:
        """Return the next outcome of a kind at an entity, or None in time."""
        try:
            async with asyncio.timeout(seconds):
                return await self._queue(entity_id, kind).get()
        except TimeoutError:
            return None

    def _queue(self, entity_id: str, kind: str) -> asyncio.Queue[Seen]:
        return self._seen.setdefault((entity_id, kind), asyncio.Queue())

"""A run in progress, and when it is read next."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.core import Context

from ..client import EndedRun, SyncRun

FOLLOW_EARLY = 5.0
FOLLOW_LATE = 15.0
EARLY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Following:
    """A run in progress, who requested it, and who waits for its outcome."""

    run: SyncRun
    context: Context | None
    outcome: asyncio.Future[EndedRun]

    def next_look(self, now: datetime) -> float:
        """Return the seconds until the next read: a new run moves fast."""
        is_early = now - self.run.record.requested < EARLY
        return FOLLOW_EARLY if is_early else FOLLOW_LATE

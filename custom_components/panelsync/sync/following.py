"""A run that goes on, and how soon the next look at it comes."""

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
    """A run that goes on, who asked for it, and who waits for its outcome."""

    run: SyncRun
    context: Context | None
    outcome: asyncio.Future[EndedRun]

    def next_look(self, now: datetime) -> float:
        """Return the seconds until the next look: a run that is new moves fast."""
        is_early = now - self.run.record.asked < EARLY
        return FOLLOW_EARLY if is_early else FOLLOW_LATE

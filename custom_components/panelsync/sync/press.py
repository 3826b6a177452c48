"""What became of one press at one location."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
import uuid

from homeassistant.exceptions import HomeAssistantError

from ..client import EndedRun, Judgement, Mark, OpenRun, Outcome, Refusal, SyncKind
from ..coordinators.location import LocationCoordinator
from ..errors import outcome_error


@dataclass(frozen=True, slots=True)
class Press:
    """What became of one press at one location.

    `outcome` is there where a run was begun, and gives its record once it has ended;
    it is cancelled where the entry is unloaded first.
    """

    location: LocationCoordinator
    begun: OpenRun | EndedRun
    outcome: asyncio.Future[EndedRun] | None = None

    @property
    def record(self) -> OpenRun | EndedRun:
        """The run as far as it is known now."""
        if self.outcome is None or not self.outcome.done() or self.outcome.cancelled():
            return self.begun
        return self.outcome.result()

    @property
    def error(self) -> HomeAssistantError | None:
        """The translated error of a press that ended immediately, else None."""
        return outcome_error(self.begun, self.location.display_name)


def refused_run(
    location_id: int, kind: SyncKind, refusal: Refusal, now: datetime
) -> EndedRun:
    """Return the record of a run that was refused before anything was sent."""
    return OpenRun(
        run_id=uuid.uuid4().hex,
        location_id=location_id,
        kind=kind,
        requested=now,
        mark=Mark(now),
    ).end(Judgement(Outcome.REFUSED, refusal.reason), now, refusal.wait)

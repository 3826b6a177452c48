"""A run in progress: when it is read next, and who waits for its outcome."""

import asyncio
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..client import EndedRun, SyncRun
from ..const import DOMAIN
from ..coordinators.location import LocationCoordinator

FOLLOW_EARLY = 5.0
FOLLOW_LATE = 15.0
EARLY = timedelta(minutes=1)


class Following:
    """Reads a location again and again until its run has ended.

    `context` is who requested the run; `outcome` is cancelled where it will not come.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        location: LocationCoordinator,
        run: SyncRun,
        context: Context | None,
    ) -> None:
        """Set up for a run; nothing is read yet."""
        self.run = run
        self.context = context
        self.outcome: asyncio.Future[EndedRun] = hass.loop.create_future()
        self._hass = hass
        self._location = location
        self._stop_timer: CALLBACK_TYPE | None = None

    @callback
    def async_look(self, _: datetime | None = None) -> None:
        """Read the location now, and again soon while the run is in progress."""
        self._stop_timer = None
        self._location.config_entry.async_create_background_task(
            self._hass, self._async_look(), f"{DOMAIN} follow {self._location.name}"
        )

    async def _async_look(self) -> None:
        await self._location.async_refresh()
        if self.outcome.done():
            return
        # A new run moves fast.
        is_early = dt_util.utcnow() - self.run.record.requested < EARLY
        self._stop_timer = async_call_later(
            self._hass, FOLLOW_EARLY if is_early else FOLLOW_LATE, self.async_look
        )

    @callback
    def async_end(self, ended: EndedRun | None) -> None:
        """Read no more, and tell those who wait; None: the outcome comes later, if at all."""
        if self._stop_timer is not None:
            self._stop_timer()
        if ended is None:
            self.outcome.cancel()
        elif not self.outcome.cancelled():
            self.outcome.set_result(ended)

"""Runs on Home Assistant's side: guard, store, resume, follow and tell.

See docs/architecture.md#a-run.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
import uuid

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..bus_events import async_tell_outcome
from ..client.models import Outcome, Reason, SyncKind
from ..client.sync.judgement import Judgement, Mark, Snapshot
from ..client.sync.preconditions import Refusal
from ..client.sync.run import EndedRun, OpenRun, Phase, SyncRun, late_proof
from ..const import DOMAIN
from ..coordinators.location import LocationCoordinator
from ..panel_codes import stored_codes
from ..storage.history import History, LocationHistory, NotRecordedError
from .batch import Press
from .locks import async_requester_may, run_guard

if TYPE_CHECKING:
    from ..runtime import PanelSyncConfigEntry

FOLLOW_EARLY = 5.0
FOLLOW_LATE = 15.0
EARLY = timedelta(minutes=1)


type OutcomeListener = Callable[[EndedRun, Context | None], None]


class Runs:
    """The runs of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: PanelSyncConfigEntry,
        history: History,
        run_ended: Callable[[], None],
    ) -> None:
        """Prepare; `run_ended` asks for the account's session details again."""
        self._hass = hass
        self._entry = entry
        self._history = history
        self._run_ended = run_ended
        self._guard = run_guard(hass)
        self._following: dict[int, SyncRun] = {}
        self._contexts: dict[str, Context] = {}
        self._outcomes: dict[str, asyncio.Future[EndedRun]] = {}
        self._timers: dict[int, CALLBACK_TYPE] = {}
        self._listeners: dict[int, list[OutcomeListener]] = {}
        self._taken_up: set[int] = set()
        self._stopped = False
        entry.async_on_unload(self._async_stop)

    @callback
    def _async_stop(self) -> None:
        self._stopped = True
        for stop in self._timers.values():
            stop()
        self._timers.clear()
        # Whoever waits learns that the outcome will not come from here.
        for outcome in self._outcomes.values():
            outcome.cancel()
        self._outcomes.clear()

    @callback
    def async_listen(
        self, location_id: int, listener: OutcomeListener
    ) -> CALLBACK_TYPE:
        """Be told of each outcome at a location; returns how to stop."""
        listeners = self._listeners.setdefault(location_id, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    async def async_take_up(self, coordinator: LocationCoordinator) -> None:
        """Judge the snapshots of a location and resume the run it had.

        See docs/architecture.md#resuming.

        An outcome that the last life stored and could not tell any more is told first.
        Doing it twice does nothing.
        """
        location_id = coordinator.location.location_id
        if location_id in self._taken_up:
            return
        self._taken_up.add(location_id)
        coordinator.states_only = False
        for untold in list(coordinator.history.untold.values()):
            self._tell_stored(coordinator, untold)
        coordinator.snapshot_listener = partial(self._async_observe, coordinator)
        if (record := coordinator.history.open_run) is None:
            return
        run = self._run(coordinator, record)
        await run.resume()
        self._async_follow_or_end(coordinator, run)

    def _run(self, coordinator: LocationCoordinator, record: OpenRun) -> SyncRun:
        return SyncRun(
            coordinator.link,
            record,
            partial(self._async_save, coordinator),
            dt_util.utcnow,
        )

    async def async_press(
        self, coordinator: LocationCoordinator, kind: SyncKind, context: Context | None
    ) -> OpenRun | EndedRun:
        """Start one run. Returns once it was accepted, else raises why it was not."""
        press = await self.async_begin(coordinator, kind, context)
        if (error := press.error) is not None:
            raise error
        return press.record

    async def async_begin(
        self, coordinator: LocationCoordinator, kind: SyncKind, context: Context | None
    ) -> Press:
        """Start one run, or tell why it was not started."""
        if self._stopped:
            return self._not_loaded(coordinator, kind)
        # Home Assistant is still starting: what the last life began comes first.
        await self.async_take_up(coordinator)
        may = await async_requester_may(self._hass, kind, context)
        refusal = self._guard.refusal(coordinator, kind, dt_util.utcnow(), may=may)
        if refusal is not None:
            return self._refused(coordinator, kind, refusal, context)
        location_id, run_id = coordinator.location.location_id, uuid.uuid4().hex
        # Nothing is awaited between the check and this line: the place is taken.
        self._guard.take(location_id, run_id, kind, dt_util.utcnow())
        # A cancelled press must not leave a start half told, so the entry owns it.
        task = self._entry.async_create_background_task(
            self._hass,
            self._async_start(coordinator, run_id, kind, context),
            f"{DOMAIN} {kind} {location_id}",
        )
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            # Unloading cancels the start, which is no reason to cancel who asked.
            if not task.cancelled():
                raise
            begun = coordinator.history.open_run
            if begun is not None and begun.run_id == run_id:
                # It may have been sent, and is followed once the entry is loaded.
                return Press(coordinator, begun)
            return self._not_loaded(coordinator, kind)

    async def _async_start(
        self,
        coordinator: LocationCoordinator,
        run_id: str,
        kind: SyncKind,
        context: Context | None,
    ) -> Press:
        location_id = coordinator.location.location_id
        try:
            mark = Mark(dt_util.utcnow())
            if kind is not SyncKind.REFRESH:
                mark = await self._async_mark(coordinator, kind)
                refusal = self._guard.refusal(
                    coordinator, kind, dt_util.utcnow(), reserved=run_id
                )
                if refusal is not None:
                    return self._refused(coordinator, kind, refusal, context)
            record = OpenRun(
                run_id=run_id,
                location_id=location_id,
                kind=kind,
                asked=dt_util.utcnow(),
                mark=mark,
                requester=None if context is None else context.user_id,
            )
            if context is not None:
                self._contexts[run_id] = context
            outcome = self._hass.loop.create_future()
            self._outcomes[run_id] = outcome
            run = self._run(coordinator, record)
            if kind is SyncKind.REFRESH:
                await run.accept_refresh()
            else:
                await run.start(stored_codes(self._entry, location_id).codes)
            self._async_follow_or_end(coordinator, run)
            return Press(coordinator, run.record, outcome=outcome)
        except NotRecordedError:
            coordinator.history.open_run = None
            self._contexts.pop(run_id, None)
            self._outcomes.pop(run_id, None)
            refusal = Refusal(Reason.NOT_RECORDED)
            return self._refused(coordinator, kind, refusal, context)
        finally:
            # A run that was begun keeps its place until it has ended, even where its
            # start is cancelled by a reload: it may have been sent.
            open_run = coordinator.history.open_run
            if open_run is None or open_run.run_id != run_id:
                self._guard.release(location_id, run_id)

    async def _async_mark(
        self, coordinator: LocationCoordinator, kind: SyncKind
    ) -> Mark:
        """Put down what is true just before the start, reading it anew."""
        if kind is SyncKind.USERS:
            coordinator.async_want_pending()
        await coordinator.async_refresh()
        return coordinator.async_mark()

    def _refused(
        self,
        coordinator: LocationCoordinator,
        kind: SyncKind,
        refusal: Refusal,
        context: Context | None,
    ) -> Press:
        record = _refusal_record(coordinator, kind, refusal)
        self._tell(coordinator, record, context)
        return Press(coordinator, record)

    def _not_loaded(self, coordinator: LocationCoordinator, kind: SyncKind) -> Press:
        """Refuse a press whose entry is gone, and with it whom it could be told to."""
        refusal = Refusal(Reason.NOT_LOADED)
        return Press(coordinator, _refusal_record(coordinator, kind, refusal))

    @callback
    def _async_follow_or_end(
        self, coordinator: LocationCoordinator, run: SyncRun
    ) -> None:
        """Follow a run that goes on; tell of one that has ended."""
        location_id = coordinator.location.location_id
        if isinstance(run.record, EndedRun):
            self._ended(coordinator, run.record)
            return
        self._following[location_id] = run
        coordinator.async_sync_changed()
        work = (
            self._async_refresh(coordinator, run)
            if run.record.kind is SyncKind.REFRESH
            else self._async_look(coordinator)
        )
        self._entry.async_create_background_task(
            self._hass, work, f"{DOMAIN} follow {location_id}"
        )

    async def _async_refresh(
        self, coordinator: LocationCoordinator, run: SyncRun
    ) -> None:
        ended = await run.refresh()
        # The full status after the live read carries what the panel just reported.
        await coordinator.async_refresh()
        self._ended(coordinator, ended)

    async def _async_look(self, coordinator: LocationCoordinator) -> None:
        """Read the location, and look again soon while its run goes on."""
        await coordinator.async_refresh()
        location_id = coordinator.location.location_id
        if (run := self._following.get(location_id)) is None:
            return
        early = dt_util.utcnow() - run.record.asked < EARLY

        @callback
        def look(_: datetime) -> None:
            self._timers.pop(location_id, None)
            self._entry.async_create_background_task(
                self._hass,
                self._async_look(coordinator),
                f"{DOMAIN} follow {location_id}",
            )

        self._timers[location_id] = async_call_later(
            self._hass, FOLLOW_EARLY if early else FOLLOW_LATE, look
        )

    async def _async_observe(
        self, coordinator: LocationCoordinator, snapshot: Snapshot
    ) -> None:
        """Judge one snapshot: the run that goes on, and ended ones that await proof."""
        location_id = coordinator.location.location_id
        open_run = coordinator.history.open_run
        for record in list(coordinator.history.ended.values()):
            # One sync is told once: what is proven now is the newer run's.
            if open_run is not None and open_run.kind is record.kind:
                continue
            if (late := late_proof(record, snapshot)) is None:
                continue
            await self._async_save(coordinator, late)
            if late.upgraded:
                self._tell_stored(coordinator, late)
        run = self._following.get(location_id)
        if run is None or run.record.kind is SyncKind.REFRESH:
            return
        if (seen := run.observe(snapshot)) is not None:
            await self._async_save(coordinator, seen)
        if isinstance(seen, EndedRun):
            self._ended(coordinator, seen)

    @callback
    def _ended(self, coordinator: LocationCoordinator, record: EndedRun) -> None:
        location_id = record.location_id
        self._following.pop(location_id, None)
        self._guard.release(location_id, record.run_id)
        if (stop := self._timers.pop(location_id, None)) is not None:
            stop()
        if record.kind is SyncKind.USERS:
            coordinator.async_want_pending()
        coordinator.async_sync_changed()
        self._tell_stored(coordinator, record, self._contexts.pop(record.run_id, None))
        outcome = self._outcomes.pop(record.run_id, None)
        if outcome is not None:
            outcome.set_result(record)
        self._run_ended()

    @callback
    def _tell_stored(
        self,
        coordinator: LocationCoordinator,
        record: EndedRun,
        context: Context | None = None,
    ) -> None:
        """Tell an outcome that is stored as untold, and store that it was told.

        In this order none is lost: killed in the milliseconds between the two, the
        next life tells it once more.
        """
        if self._entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
            # The entities may have gone: the next life tells it.
            return
        if context is None and record.requester is not None:
            # Begun in another life: who asked is all that is known of it.
            context = Context(user_id=record.requester)
        self._tell(coordinator, record, context)
        coordinator.history.untold.pop(record.kind, None)
        # A task that unloading waits for; it would cancel whoever awaited this here.
        self._entry.async_create_task(self._hass, self._history.async_save())

    def _tell(
        self,
        coordinator: LocationCoordinator,
        record: EndedRun,
        context: Context | None,
    ) -> None:
        for listener in list(self._listeners.get(record.location_id, ())):
            listener(record, context)
        async_tell_outcome(
            self._hass,
            self._entry,
            record,
            coordinator.location.name,
            coordinator.report_time,
            context,
        )

    async def _async_save(
        self, coordinator: LocationCoordinator, record: OpenRun | EndedRun
    ) -> None:
        """Store a run's record, and what follows from it, before anything goes on."""
        history = coordinator.history
        if record.accepted is not None:
            history.accepted[record.kind] = record.accepted
            self._guard.accepted[record.location_id, record.kind] = record.accepted
        known = history.open_run
        is_known = known is not None and known.run_id == record.run_id
        if isinstance(record, OpenRun):
            history.open_run = record
            if record.phase is Phase.INTENT and not is_known:
                await self._history.async_record_intent(record)
                return
        else:
            if is_known:
                history.open_run = None
            if is_known or record.upgraded:
                history.untold[record.kind] = record
            if record.outcome is not Outcome.REFUSED:
                self._remember(history, record)
        await self._history.async_save()

    def _remember(self, history: LocationHistory, record: EndedRun) -> None:
        history.ended[record.kind] = record
        if record.outcome is Outcome.SUCCEEDED:
            history.proven[record.kind] = record.ended
        if record.code_refused:
            history.code_refused = stored_codes(self._entry, record.location_id).changed


def _refusal_record(
    coordinator: LocationCoordinator, kind: SyncKind, refusal: Refusal
) -> EndedRun:
    now = dt_util.utcnow()
    return OpenRun(
        run_id=uuid.uuid4().hex,
        location_id=coordinator.location.location_id,
        kind=kind,
        asked=now,
        mark=Mark(now),
    ).end(Judgement(Outcome.REFUSED, refusal.reason), now, refusal.wait)

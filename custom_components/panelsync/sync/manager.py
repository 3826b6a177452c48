"""The syncs of one location: lock, store, send, follow, resume and announce.

See docs/architecture.md#a-run.
"""

import asyncio
import uuid

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..announcements import (
    Announcement,
    LocationRead,
    RunEnded,
    RunStarted,
    async_announce,
    async_listen,
)
from ..client import (
    EndedRun,
    Mark,
    OpenRun,
    Reason,
    Refusal,
    RunPhase,
    Snapshot,
    SyncKind,
    SyncRun,
    is_effect_unseen,
    late_proof,
    with_effect,
)
from ..const import DOMAIN
from ..coordinators.location import LocationCoordinator
from ..panel_codes import stored_codes
from ..storage.history import History, NotRecordedError
from .event_log import async_advance
from .following import Following
from .locks import sync_locks
from .permissions import async_may_start
from .press import Press, refused_run


class SyncManager:
    """Starts the syncs of one location, one at a time, and follows each to its end."""

    def __init__(
        self, hass: HomeAssistant, location: LocationCoordinator, history: History
    ) -> None:
        """Set up; what was begun before a restart is resumed later."""
        self.location = location
        self._hass = hass
        self._entry = location.config_entry
        self.store = history
        self._history = location.history
        self._location_id = location.location.location_id
        self._locks = sync_locks(hass)
        self._following: Following | None = None
        self._stop_listening: CALLBACK_TYPE | None = None
        self._is_stopped = False

    @property
    def run_context(self) -> Context | None:
        """Who requested the run in progress: what it changes is shown as theirs."""
        return None if self._following is None else self._following.context

    @callback
    def async_stop(self) -> None:
        """Stop following; a run in progress is resumed when the entry is loaded again."""
        self._is_stopped = True
        if self._stop_listening is not None:
            self._stop_listening()
        if self._following is not None:
            self._following.async_end(None)

    async def async_resume(self) -> None:
        """Judge what is read of the location, and resume the run that it had.

        An outcome that was stored but not announced before a restart comes first.
        Doing it twice, or once stopped, does nothing.
        """
        if self._is_stopped or self._stop_listening is not None:
            return
        self.location.states_only = False
        for unannounced in list(self._history.unannounced.values()):
            self._announce_stored(unannounced, None)
        self._stop_listening = async_listen(
            self._hass, self.location.identifier, self._async_announced
        )
        if (record := self._history.open_run) is None:
            return
        following = self._follow(record, _context_of(record))
        await following.run.resume()
        if not self._is_stopped:
            self._async_go_on(following)

    def _follow(self, record: OpenRun, context: Context | None) -> Following:
        run = SyncRun(self.location.link, record, self._async_save, dt_util.utcnow)
        self._following = Following(self._hass, self.location, run, context)
        return self._following

    async def async_press(
        self, kind: SyncKind, context: Context | None
    ) -> OpenRun | EndedRun:
        """Start one run. Returns once it was accepted, else raises why it was not."""
        press = await self.async_begin(kind, context)
        if (error := press.error) is not None:
            raise error
        return press.record

    async def async_begin(self, kind: SyncKind, context: Context | None) -> Press:
        """Start one run, or return why it was not started."""
        # While Home Assistant is starting, what was begun before the restart comes first.
        await self.async_resume()
        may = await async_may_start(self._hass, kind, context)
        if self._is_stopped:
            return self._refused(kind, Refusal(Reason.NOT_LOADED), context)
        refusal = self._locks.refusal(
            self.location, kind, dt_util.utcnow(), requester_may=may
        )
        if refusal is not None:
            return self._refused(kind, refusal, context)
        run_id = uuid.uuid4().hex
        # Nothing is awaited between the check and this line: the location is locked.
        self._locks.take(self._location_id, run_id, kind, dt_util.utcnow())
        # A cancelled press must not leave a start half announced, so the entry owns it.
        task = self._entry.async_create_background_task(
            self._hass,
            self._async_start(run_id, kind, context),
            f"{DOMAIN} {kind} {self._location_id}",
        )
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            # Unloading cancels the start, which is no reason to cancel the requester.
            if not task.cancelled():
                raise
            begun = self._history.open_run
            if begun is not None and begun.run_id == run_id:
                # It may have been sent, and is followed once the entry is loaded.
                return Press(self.location, begun)
            return self._refused(kind, Refusal(Reason.NOT_LOADED), context)

    async def _async_start(
        self, run_id: str, kind: SyncKind, context: Context | None
    ) -> Press:
        try:
            mark = Mark(dt_util.utcnow())
            if kind is not SyncKind.REFRESH:
                mark = await self.location.async_read_mark(kind)
                refusal = self._locks.refusal(
                    self.location, kind, dt_util.utcnow(), reserved=run_id
                )
                if refusal is not None:
                    return self._refused(kind, refusal, context)
            following = self._follow(
                OpenRun(
                    run_id=run_id,
                    location_id=self._location_id,
                    kind=kind,
                    requested=dt_util.utcnow(),
                    mark=mark,
                    requester=None if context is None else context.user_id,
                ),
                context,
            )
            if kind is SyncKind.REFRESH:
                await following.run.accept_refresh()
            else:
                codes = stored_codes(self._entry, self._location_id).codes
                await following.run.start(codes)
            self._async_go_on(following)
            return Press(self.location, following.run.record, following.outcome)
        except NotRecordedError:
            self._history.open_run = self._following = None
            # Nothing was sent, so what is read back after a reload must not name a run.
            await self.store.async_save()
            return self._refused(kind, Refusal(Reason.NOT_RECORDED), context)
        finally:
            # A run that was begun keeps its lock until it has ended, even where its
            # start is cancelled by a reload: it may have been sent.
            open_run = self._history.open_run
            if open_run is None or open_run.run_id != run_id:
                self._locks.release(self._location_id, run_id)

    def _refused(
        self, kind: SyncKind, refusal: Refusal, context: Context | None
    ) -> Press:
        record = refused_run(self._location_id, kind, refusal, dt_util.utcnow())
        # Once the entry is unloaded nobody listens any more.
        if refusal.reason is not Reason.NOT_LOADED:
            self._announce(RunEnded(record, context))
        return Press(self.location, record)

    @callback
    def _async_go_on(self, following: Following) -> None:
        """Follow a run in progress; announce one that has ended."""
        record = following.run.record
        if isinstance(record, EndedRun):
            self._ended(following, record)
            return
        self.location.async_update_status()
        if record.kind is not SyncKind.REFRESH:
            following.async_look()
            return
        self._entry.async_create_background_task(
            self._hass,
            self._async_refresh(following),
            f"{DOMAIN} refresh {self._location_id}",
        )

    async def _async_refresh(self, following: Following) -> None:
        ended = await following.run.refresh()
        self.location.async_request_pending()
        # The full status after the live read carries what the panel just reported.
        await self.location.async_refresh()
        self._ended(following, ended)

    @callback
    def _async_announced(self, announcement: Announcement) -> None:
        if isinstance(announcement, LocationRead):
            # In this order no restart can lose a proof and keep the log's position.
            self._judge(announcement.snapshot)
            async_advance(self._hass, self.location, self.store, announcement)

    def _judge(self, snapshot: Snapshot) -> None:
        """Judge one read: the run in progress, and ended ones that await proof.

        What follows from it stands in the history when this returns.
        """
        late: list[EndedRun] = []
        open_run = self._history.open_run
        for ended in list(self._history.ended.values()):
            # One sync is announced once: what is proven now is the newer run's.
            if open_run is not None and open_run.kind is ended.kind:
                continue
            if (proven := late_proof(ended, snapshot)) is not None:
                self._keep(proven)
                late.append(proven)
        following, seen = self._following, None
        if following is not None and following.run.record.kind is not SyncKind.REFRESH:
            seen = following.run.observe(snapshot)
        if seen is not None:
            self._keep(seen)
        if seen is not None or late:
            self._entry.async_create_task(
                self._hass, self._async_store_judged(late, following, seen)
            )

    async def _async_store_judged(
        self,
        late: list[EndedRun],
        following: Following | None,
        seen: OpenRun | EndedRun | None,
    ) -> None:
        await self.store.async_save()
        for proven in late:
            if proven.upgraded:
                record = await self._async_name_effect(proven, proven.mark)
                self._announce_stored(record, None)
        if following is not None and isinstance(seen, EndedRun):
            ended = await self._async_name_effect(seen, following.run.mark)
            self._ended(following, ended)

    async def _async_name_effect(self, record: EndedRun, mark: Mark) -> EndedRun:
        """Look once at what a sync changed where its proof does not show it."""
        if self._is_stopped or not is_effect_unseen(record):
            return record
        snapshot = await self.location.async_read_effect(record.kind)
        named = with_effect(record, mark, snapshot)
        if named != record:
            self._history.replace_ended(named)
            await self.store.async_save()
        return named

    @callback
    def _ended(self, following: Following, record: EndedRun) -> None:
        self._locks.release(self._location_id, record.run_id)
        if record.kind is not SyncKind.REFRESH:
            self.location.async_request_pending()
        self.location.async_update_status()
        self._following = None
        self._announce_stored(record, following.context)
        following.async_end(record)

    @callback
    def _announce_stored(self, record: EndedRun, context: Context | None) -> None:
        """Announce an outcome that is stored as unannounced, and store that it was.

        In this order none is lost: if Home Assistant is killed in the milliseconds
        between the two, the outcome is announced once more after the restart.
        """
        if self._entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
            # The entities may be removed: it is announced once the entry is loaded again.
            return
        self._announce(RunEnded(record, context or _context_of(record)))
        self._history.unannounced.pop(record.kind, None)
        # A task that unloading waits for; it would cancel a caller who awaited this here.
        self._entry.async_create_task(self._hass, self.store.async_save())

    def _announce(self, announcement: Announcement) -> None:
        async_announce(self._hass, self.location.identifier, announcement)

    async def _async_save(self, record: OpenRun | EndedRun) -> None:
        """Store a run's record, and what follows from it, before anything continues."""
        is_new = self._keep(record)
        if isinstance(record, OpenRun) and record.phase is RunPhase.INTENT and is_new:
            await self.store.async_record_intent(record)
        else:
            await self.store.async_save()
        if isinstance(record, OpenRun) and is_new:
            self.location.async_update_status()
            self._announce(RunStarted(record, self.run_context))

    def _keep(self, record: OpenRun | EndedRun) -> bool:
        """Keep a record in the history; return whether its run is new there."""
        # A late proof is of an older start than another account may have made since.
        if isinstance(record, OpenRun) and record.accepted is not None:
            self._locks.accepted[self._location_id, record.kind] = record.accepted
        codes = stored_codes(self._entry, self._location_id)
        return self._history.keep(record, codes.changed)


def _context_of(record: OpenRun | EndedRun) -> Context | None:
    """Return the context of a run from before a restart: only its requester is known."""
    return None if record.requester is None else Context(user_id=record.requester)

"""What may start at each location now, over all entries of this instance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..client import FOLLOW_LIMIT, Refusal, Situation, SyncKind, find_refusal, is_fresh
from ..const import DOMAIN
from ..coordinators.location import LocationCoordinator
from ..panel_codes import stored_codes
from ..storage.history import LocationHistory

# A run ends with its first look past the limit, which may come this much later.
LAST_LOOK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lock:
    """A location is locked by one run, or by a press that may become it."""

    run_id: str
    kind: SyncKind
    requested: datetime


@dataclass(slots=True)
class SyncLocks:
    """Two accounts may see one location, and one press must not become two starts.

    A run that another entry has begun keeps its lock until the time limit, whether that
    entry is being reloaded or not.
    """

    locks: dict[int, Lock] = field(default_factory=dict)
    accepted: dict[tuple[int, SyncKind], datetime] = field(default_factory=dict)

    def restore(self, histories: Mapping[int, LocationHistory]) -> None:
        """Restore what an account began before a restart, before anything can be pressed."""
        now = dt_util.utcnow()
        for location_id, history in histories.items():
            for kind, moment in history.accepted.items():
                known = self.accepted.get((location_id, kind))
                if known is None or moment > known:
                    self.accepted[location_id, kind] = moment
            # What ended while its entry was unloaded could not release its lock.
            for ended in (*history.ended.values(), *history.unannounced.values()):
                self.release(location_id, ended.run_id)
            run = history.open_run
            if run is not None and self.running_kind(location_id, now) is None:
                self.take(location_id, run.run_id, run.kind, run.requested)

    def take(
        self, location_id: int, run_id: str, kind: SyncKind, requested: datetime
    ) -> None:
        """Lock a location for a run."""
        self.locks[location_id] = Lock(run_id, kind, requested)

    def release(self, location_id: int, run_id: str) -> None:
        """Release the lock of a run; another's stays."""
        lock = self.locks.get(location_id)
        if lock is not None and lock.run_id == run_id:
            del self.locks[location_id]

    def running_kind(
        self, location_id: int, now: datetime, *, ignoring: str | None = None
    ) -> SyncKind | None:
        """Return what runs at a location, ignoring a run of this id."""
        lock = self.locks.get(location_id)
        if lock is None or lock.run_id == ignoring:
            return None
        # A clock that was set back must not keep a lock for as long as that.
        held = abs(now - lock.requested) < FOLLOW_LIMIT + LAST_LOOK
        return lock.kind if held else None

    def refusal(
        self,
        location: LocationCoordinator,
        kind: SyncKind,
        now: datetime,
        *,
        requester_may: bool = True,
        reserved: str | None = None,
    ) -> Refusal | None:
        """Return why a run may not start; None: it may.

        See docs/architecture.md#checks-before-a-start.

        `requester_may`: the person may start it. `reserved` is the id of the run that
        holds the lock already; the location was then just read.
        """
        location_id = location.location.location_id
        stored = stored_codes(location.config_entry, location_id)
        needs_code = kind is not SyncKind.REFRESH
        # Arming is decided on the status read for the mark, a moment ago; a status
        # older than that refuses nobody.
        known = location.data is not None and reserved is not None
        status = location.data.status if known else None
        # An open run of this account counts however late its end is.
        open_run = location.history.open_run
        return find_refusal(
            Situation(
                kind=kind,
                supported=kind in location.link.supported_kinds,
                running=open_run.kind
                if open_run is not None
                else self.running_kind(location_id, now, ignoring=reserved),
                last_accepted=self.accepted.get((location_id, kind)),
                has_route=location.link.has_route(kind),
                code_missing=stored.missing(location.location.panel, kind),
                code_refused_before=needs_code
                and location.history.code_refused == stored.changed,
                requester_may=requester_may,
                status=status if is_fresh(status, now) else None,
            ),
            now,
        )


_KEY: HassKey[SyncLocks] = HassKey(f"{DOMAIN}_sync_locks")


@callback
def sync_locks(hass: HomeAssistant) -> SyncLocks:
    """Return the locks of this Home Assistant."""
    return hass.data.setdefault(_KEY, SyncLocks())

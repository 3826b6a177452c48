"""What is kept of each location across restarts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant

from ..client import (
    EndedRun,
    OpenRun,
    Outcome,
    PanelStatus,
    SyncKind,
    as_json,
    from_json,
    panel_sync_elsewhere,
)
from .store import history_store

# A location that one read lacks may come back with the next
# (docs/architecture.md#entries-devices-entities).
REMOVE_AFTER_READS = 3
REMOVE_AFTER = timedelta(hours=24)


@dataclass(slots=True)
class LocationHistory:
    """Runs, the position in the event log, and what showed syncs by anybody.

    `unannounced` are outcomes that are stored and were not announced yet.
    `code_refused` is the time stamp of the stored codes that the panel refused; an
    empty text stands for "no code was stored". Those codes are not sent again.
    `panel_changed` is when a local link last saw the panel's programming left;
    `change_dismissed` when a person said that this needs no sync.
    """

    position: int | None = None
    configuration_number: int | None = None
    open_run: OpenRun | None = None
    ended: dict[SyncKind, EndedRun] = field(default_factory=dict)
    unannounced: dict[SyncKind, EndedRun] = field(default_factory=dict)
    accepted: dict[SyncKind, datetime] = field(default_factory=dict)
    seen_success: dict[SyncKind, datetime] = field(default_factory=dict)
    proven: dict[SyncKind, datetime] = field(default_factory=dict)
    code_refused: str | None = None
    panel_changed: datetime | None = None
    change_dismissed: datetime | None = None
    missing_reads: int = 0
    missing_since: datetime | None = None

    def last_success(self, kind: SyncKind) -> datetime | None:
        """Return when a sync of this kind was last known to succeed."""
        known = [
            when
            for when in (self.seen_success.get(kind), self.proven.get(kind))
            if when is not None
        ]
        return max(known, default=None)

    @property
    def panel_changed_since_sync(self) -> bool:
        """Whether the panel was programmed after its last proven sync.

        A change that a person has dismissed does not count.
        """
        changed = self.panel_changed
        settled = (self.last_success(SyncKind.PANEL), self.change_dismissed)
        return changed is not None and all(
            when is None or when < changed for when in settled
        )

    def notice_panel_sync(self, status: PanelStatus) -> bool:
        """Notice a panel sync that was not started here, where no log can show it."""
        number = status.configuration_number
        noticed = number is not None and panel_sync_elsewhere(
            self.configuration_number,
            number,
            self.accepted.get(SyncKind.PANEL),
            self.proven.get(SyncKind.PANEL),
            status.read_at,
        )
        if noticed:
            self.seen_success[SyncKind.PANEL] = status.read_at
        return noticed

    def keep(self, record: OpenRun | EndedRun, codes_changed: str) -> bool:
        """Keep a run's record; return whether its run is new here.

        `codes_changed` is the time stamp of the codes that are stored now.
        """
        if record.accepted is not None:
            self.accepted[record.kind] = record.accepted
        known = self.open_run
        is_known = known is not None and known.run_id == record.run_id
        if isinstance(record, OpenRun):
            self.open_run = record
            return not is_known
        if is_known:
            self.open_run = None
        if is_known or record.upgraded:
            self.unannounced[record.kind] = record
        if record.outcome is not Outcome.REFUSED:
            self.ended[record.kind] = record
            if record.outcome is Outcome.SUCCEEDED:
                self.proven[record.kind] = record.ended
            if record.code_refused:
                self.code_refused = codes_changed
        return not is_known

    def replace_ended(self, record: EndedRun) -> None:
        """Keep what more is known of a run that has ended."""
        for kept in (self.ended, self.unannounced):
            known = kept.get(record.kind)
            if known is not None and known.run_id == record.run_id:
                kept[record.kind] = record


def _read_location(location_id: int, stored: Any) -> LocationHistory:
    history = from_json(LocationHistory, stored)
    runs = (history.open_run, *history.ended.values(), *history.unannounced.values())
    if any(run is not None and run.location_id != location_id for run in runs):
        raise ValueError("A stored run is of another location")
    return history


def read_history(
    stored: Mapping[str, Any],
) -> tuple[dict[int, LocationHistory], int]:
    """Read the stored history; return with it how many locations are damaged."""
    histories: dict[int, LocationHistory] = {}
    locations = stored.get("locations")
    if not isinstance(locations, Mapping):
        return histories, 1
    damaged = 0
    for key, values in locations.items():
        try:
            location_id = int(key)
            histories[location_id] = _read_location(location_id, values)
        except KeyError, TypeError, ValueError:
            damaged += 1
    return histories, damaged


def history_data(histories: Mapping[int, LocationHistory]) -> dict[str, Any]:
    """Return what `read_history` reads."""
    return {
        "locations": {
            str(location_id): as_json(history)
            for location_id, history in histories.items()
        }
    }


class NotRecordedError(Exception):
    """A run could not be written down, so it must not start."""


class History:
    """The histories of an account's locations, and their store."""

    def __init__(self, hass: HomeAssistant, user_id: str) -> None:
        """Prepare the store; nothing is read yet."""
        self._store = history_store(hass, user_id)
        self.locations: dict[int, LocationHistory] = {}

    async def async_load(self) -> None:
        """Read what was stored."""
        if (stored := await self._store.async_load()) is None:
            self.locations = {}
            return
        self.locations, damaged = read_history(stored)
        if damaged:
            self._store.warn(f"is damaged at {damaged} locations")

    def note_present(self, present: Collection[int], now: datetime) -> bool:
        """Count a read of the account; return whether that changed anything.

        `present` are the locations that it still has.
        """
        changed = False
        for location_id, history in self.locations.items():
            if location_id in present:
                changed |= history.missing_reads > 0
                history.missing_reads, history.missing_since = 0, None
            else:
                changed = True
                history.missing_reads += 1
                history.missing_since = history.missing_since or now
        return changed

    def overdue(self, now: datetime) -> list[int]:
        """Return the locations that have been missing for too long to come back."""
        return [
            location_id
            for location_id, history in self.locations.items()
            if history.missing_reads >= REMOVE_AFTER_READS
            and history.missing_since is not None
            and now - history.missing_since >= REMOVE_AFTER
        ]

    async def async_save(self) -> None:
        """Write everything, as far as it can be written."""
        await self._store.async_save(history_data(self.locations))

    async def async_record_intent(self, record: OpenRun) -> None:
        """Write everything, and return once the intent of a run is on the disk.

        Raises NotRecordedError where it is not.
        """
        stored = await self._store.async_save_and_read(history_data(self.locations))
        location = stored.get("locations", {}).get(str(record.location_id), {})
        if (location.get("open_run") or {}).get("run_id") != record.run_id:
            raise NotRecordedError

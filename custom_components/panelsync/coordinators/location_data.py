"""What is read of a location, and what follows from it."""

from dataclasses import dataclass
from datetime import datetime

from ..client import (
    Location,
    PanelStatus,
    PendingUserChanges,
    SyncFacts,
    SyncKind,
    SyncStatus,
    sync_status,
)
from ..storage.history import LocationHistory


@dataclass(frozen=True, slots=True)
class LocationData:
    """What is known of a location; equal data is not shown again."""

    status: PanelStatus
    pending: PendingUserChanges | None
    progress: int | None
    sync_status: SyncStatus | None
    last_user_sync: datetime | None
    last_panel_sync: datetime | None


def location_data(
    status: PanelStatus,
    location: Location,
    history: LocationHistory,
    pending: PendingUserChanges | None,
    *,
    counting: bool,
    zones_missing: bool,
    mismatch: bool,
    location_read: datetime,
    now: datetime,
) -> LocationData:
    """Return what is known of a location.

    `counting`: the pending user changes are about to be counted for the first time.
    `mismatch`: a local panel differs from the service. `location_read` is when the
    account last said how the location is.
    """
    run = history.open_run
    facts = SyncFacts(
        running=run is not None and run.kind is not SyncKind.REFRESH,
        ended=history.ended,
        log_success=history.seen_success,
        sync_flag=status.sync_flag,
        zones_missing=zones_missing,
        service_status=location.service_status,
        service_status_read=location_read,
        sync_status_supported=location.sync_status_supported,
        panel_changed=history.panel_changed_since_sync,
        mismatch=mismatch,
        pending=None if pending is None else pending.count,
    )
    known = sync_status(facts, now)
    return LocationData(
        status=status,
        pending=pending,
        progress=run.found.progress if run is not None else None,
        last_user_sync=history.last_success(SyncKind.USERS),
        last_panel_sync=history.last_success(SyncKind.PANEL),
        # Changes may be waiting: a moment of "in sync" would be news of what is not so.
        sync_status=None if counting and known is SyncStatus.IN_SYNC else known,
    )

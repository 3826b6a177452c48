"""The one word for how a location's sync stands: a pure function.

See docs/architecture.md#sync-status.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from ..models import PanelStatus, ServiceSyncStatus
from ..outcomes import Outcome, SyncKind
from .record import EndedRun

OUTCOME_COUNTS_FOR = timedelta(hours=24)
NO_ZONES_READS = 3
NO_ZONES_FOR = timedelta(seconds=180)
COUNTED_KINDS = (SyncKind.USERS, SyncKind.PANEL)

# The only value of `SyncStatus` that is known; it means healthy
# (docs/protocol/total-connect.md#connection-and-sync-status).
_IN_SYNC = 1


class SyncStatus(StrEnum):
    """How the sync of a location stands; unknown is None."""

    IN_SYNC = "in_sync"
    SYNC_REQUIRED = "sync_required"
    SYNCING = "syncing"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    CHANGES_WAITING = "changes_waiting"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class NoZones:
    """How often in a row, and since when, full reads came without a single zone.

    A service without zones has lost, or never had, a panel sync
    (docs/protocol/total-connect.md#full-status); one partial answer means nothing.
    """

    reads: int = 0
    since: datetime | None = None

    def after(self, status: PanelStatus) -> Self:
        """Return the count after one more full read."""
        if status.zones:
            return type(self)()
        return type(self)(self.reads + 1, self.since or status.read_at)

    def counts(self, now: datetime) -> bool:
        """Return whether zones were missing often and long enough."""
        return (
            self.reads >= NO_ZONES_READS
            and self.since is not None
            and now - self.since >= NO_ZONES_FOR
        )


@dataclass(frozen=True, slots=True)
class SyncFacts:
    """All that the word rests on.

    `ended` holds, per kind, the newest run that was not refused; `log_success` when the
    event log, or a configuration number that rose, last told of a success of that kind,
    whoever had started it.
    `panel_changed`: a local link saw programming end after the last proven panel sync.
    `pending`: how many user changes wait for a user sync, None where not known.
    `mismatch`: the panel's own view differs from the service's for longer than lag.
    `service_status_read` is when `service_status` was read.
    """

    running: bool
    ended: Mapping[SyncKind, EndedRun]
    log_success: Mapping[SyncKind, datetime]
    sync_flag: bool | None
    zones_missing: bool
    service_status: ServiceSyncStatus | None
    sync_status_supported: bool | None
    panel_changed: bool = False
    pending: int | None = None
    mismatch: bool = False
    service_status_read: datetime | None = None

    @property
    def service_status_is_old(self) -> bool:
        """Whether the service's word is from before the newest panel sync that is proven."""
        run = self.ended.get(SyncKind.PANEL)
        proven = [
            self.log_success.get(SyncKind.PANEL),
            run.ended if run is not None and run.outcome is Outcome.SUCCEEDED else None,
        ]
        read = self.service_status_read
        return read is not None and any(
            moment is not None and moment > read for moment in proven
        )


def standing_outcome(
    record: EndedRun | None, success: datetime | None, now: datetime
) -> Outcome | None:
    """Return the outcome that still counts for one kind.

    `success` is when the event log last told of a success of that kind.
    """
    if record is None:
        return None if success is None else Outcome.SUCCEEDED
    if success is not None and success > record.ended:
        return Outcome.SUCCEEDED
    if record.outcome is not Outcome.SUCCEEDED and (
        abs(now - record.ended) >= OUTCOME_COUNTS_FOR
    ):
        return None
    return record.outcome


def sync_status(facts: SyncFacts, now: datetime) -> SyncStatus | None:
    """Return the word; None is unknown.

    The order is that of docs/architecture.md#sync-status.
    """
    if facts.running:
        return SyncStatus.SYNCING
    counted = {
        standing_outcome(facts.ended.get(kind), facts.log_success.get(kind), now)
        for kind in COUNTED_KINDS
    }
    if Outcome.FAILED in counted:
        return SyncStatus.FAILED
    if facts.sync_flag or facts.zones_missing or facts.panel_changed:
        return SyncStatus.SYNC_REQUIRED
    if Outcome.UNCONFIRMED in counted:
        return SyncStatus.UNCONFIRMED
    if facts.mismatch:
        return SyncStatus.MISMATCH
    if facts.pending:
        return SyncStatus.CHANGES_WAITING
    if facts.sync_status_supported is False or facts.service_status_is_old:
        return SyncStatus.IN_SYNC if Outcome.SUCCEEDED in counted else None
    if facts.service_status is None or facts.service_status.sync_status != _IN_SYNC:
        return None
    return SyncStatus.IN_SYNC

"""What every link to a panel offers, whatever it travels over."""

from typing import Protocol

from .models import (
    Codes,
    EventLog,
    JobStatus,
    LiveRead,
    PanelStatus,
    PendingUserChanges,
    StartAnswer,
    UserSyncSteps,
)
from .outcomes import SyncKind


class PanelLink(Protocol):
    """A way to reach one panel.

    Every method may raise the errors of `errors.py`. Reads are retried inside the
    link; starts are sent once (docs/architecture.md#a-start-is-sent-once).
    """

    @property
    def supported_kinds(self) -> frozenset[SyncKind]:
        """The sync kinds this panel has at all."""

    def has_route(self, kind: SyncKind) -> bool:
        """Tell whether a living way to start this kind is known."""

    async def read_status(self) -> PanelStatus:
        """Read the stored status."""

    async def read_events(self, after: int | None) -> EventLog | None:
        """Read log records newer than `after` (None: the newest page).

        None means that no route to the log lives.
        """

    async def read_live(self) -> LiveRead:
        """Ask the panel itself for its zones."""

    async def start(self, kind: SyncKind, codes: Codes) -> StartAnswer:
        """Start a panel or user sync, once."""

    async def read_job(self, job_id: str) -> JobStatus | None:
        """Read a job's state; None where it cannot be known."""

    async def read_user_sync(self, codes: Codes) -> UserSyncSteps | None:
        """Read the user-sync row of this panel; None where it cannot be known."""

    async def read_pending_user_changes(self) -> PendingUserChanges | None:
        """Read how many user changes wait; None where it cannot be known."""

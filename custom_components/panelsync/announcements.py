"""What happens to an account, a location or a local panel, announced once.

The coordinators announce what they read, the sync managers what they start and end.
The managers themselves, repairs, bus events and entities listen.
Announcements go by the identifier of the device they are about.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)
from homeassistant.util.signal_type import SignalTypeFormat

from .client import (
    Account,
    ClientError,
    Difference,
    EndedRun,
    EventLog,
    NewRecords,
    OpenRun,
    PanelActivity,
    Snapshot,
    SyncKind,
    Watch,
)
from .const import DOMAIN

BATCHES = "batches"


@dataclass(frozen=True, slots=True)
class AccountRead:
    """The session details of an account were read."""

    account: Account


@dataclass(frozen=True, slots=True)
class AccountRefused:
    """The service refused the account, or could not be read."""

    error: ClientError


@dataclass(frozen=True, slots=True)
class AllStarted:
    """Runs were started at several locations of an account, by their names.

    `left_out` gives the reason where none was started. It is announced about `BATCHES`:
    the account may be unloaded by then.
    """

    account: ConfigEntry
    kind: SyncKind
    started: tuple[str, ...]
    left_out: Mapping[str, str]
    context: Context | None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of syncs at several locations, by their names.

    `done` succeeded or finished; `failed` and `left_out` give the reason, and `failed`
    holds those too of which it is not known how they ended.
    """

    done: tuple[str, ...]
    failed: Mapping[str, str]
    left_out: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return {
            "done": list(self.done),
            "failed": dict(self.failed),
            "left_out": dict(self.left_out),
        }


@dataclass(frozen=True, slots=True)
class AllEnded:
    """All runs that were started at several locations of an account have ended."""

    account: ConfigEntry
    kind: SyncKind
    result: BatchResult
    context: Context | None


@dataclass(frozen=True, slots=True)
class LocationLoaded:
    """A location is known, and can be synced."""


@dataclass(frozen=True, slots=True)
class LocationUnloaded:
    """A location is no longer known."""


@dataclass(frozen=True, slots=True)
class LocationRead:
    """A location was read, as far as it answered.

    `log_read_before` is when its event log was read the last time before.
    """

    snapshot: Snapshot
    log: EventLog | None
    log_read_before: datetime | None


@dataclass(frozen=True, slots=True)
class StatusUpdated:
    """What is known of a location was brought up to date, changed or not."""


@dataclass(frozen=True, slots=True)
class RecordsRead:
    """The event log has grown."""

    records: NewRecords


@dataclass(frozen=True, slots=True)
class PanelSyncNoticed:
    """A panel sync was noticed that was not started here."""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run is recorded, and about to be sent."""

    run: OpenRun
    context: Context | None


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run has ended, was proven later, or was refused."""

    run: EndedRun
    context: Context | None


@dataclass(frozen=True, slots=True)
class PanelActive:
    """Something happened at a local panel."""

    activity: PanelActivity


@dataclass(frozen=True, slots=True)
class PanelCompared:
    """A local panel was compared with the service's copy.

    `news` are the differences not announced before; `is_first`: none was.
    """

    watched: Watch
    news: tuple[Difference, ...]
    is_first: bool


type Announcement = (
    AccountRead
    | AccountRefused
    | AllStarted
    | AllEnded
    | LocationLoaded
    | LocationUnloaded
    | LocationRead
    | StatusUpdated
    | RecordsRead
    | PanelSyncNoticed
    | RunStarted
    | RunEnded
    | PanelActive
    | PanelCompared
)

_SIGNAL: SignalTypeFormat[Announcement] = SignalTypeFormat(f"{DOMAIN}_{{}}")


@callback
def async_announce(
    hass: HomeAssistant, identifier: str, announcement: Announcement
) -> None:
    """Announce something about a device; each listener is called before this returns."""
    async_dispatcher_send(hass, _SIGNAL.format(identifier), announcement)


@callback
def async_listen(
    hass: HomeAssistant, identifier: str, listener: Callable[[Announcement], None]
) -> CALLBACK_TYPE:
    """Listen to the announcements about a device; returns how to stop.

    `listener` has to be a callback. It is called in the order of listening.
    """
    return async_dispatcher_connect(hass, _SIGNAL.format(identifier), listener)

"""What is remembered of each location across restarts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant

from .client.models import SyncKind
from .client.sync import Phase, RunRecord
from .const import LOGGER
from .store import history_store


@dataclass(slots=True)
class LocationHistory:
    """Runs, the position in the event log, and what the log told of syncs.

    `code_refused` is the time stamp of the stored codes that the panel refused; an
    empty text stands for "no code was stored". Those codes are not sent again.
    `panel_changed` is when a local link last saw the panel's programming left;
    `change_dismissed` when a person said that this needs no sync.
    """

    position: int | None = None
    open_run: RunRecord | None = None
    ended: dict[SyncKind, RunRecord] = field(default_factory=dict)
    accepted: dict[SyncKind, datetime] = field(default_factory=dict)
    log_success: dict[SyncKind, datetime] = field(default_factory=dict)
    proven: dict[SyncKind, datetime] = field(default_factory=dict)
    code_refused: str | None = None
    panel_changed: datetime | None = None
    change_dismissed: datetime | None = None
    missing_reads: int = 0
    missing_since: datetime | None = None

    def last_success(self, kind: SyncKind) -> datetime | None:
        """Return when a sync of this kind was last known to succeed."""
        known = [
            moment
            for moment in (self.log_success.get(kind), self.proven.get(kind))
            if moment is not None
        ]
        return max(known, default=None)

    @property
    def panel_changed_since_sync(self) -> bool:
        """Tell whether the panel was programmed after its last proven sync.

        A change that a person has dismissed does not count.
        """
        changed = self.panel_changed
        settled = (self.last_success(SyncKind.PANEL), self.change_dismissed)
        return changed is not None and all(
            moment is None or moment < changed for moment in settled
        )

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return {
            "position": self.position,
            "open_run": None if self.open_run is None else self.open_run.to_dict(),
            "ended": {kind: run.to_dict() for kind, run in self.ended.items()},
            "accepted": _times(self.accepted),
            "log_success": _times(self.log_success),
            "proven": _times(self.proven),
            "code_refused": self.code_refused,
            "panel_changed": _iso(self.panel_changed),
            "change_dismissed": _iso(self.change_dismissed),
            "missing_reads": self.missing_reads,
            "missing_since": _iso(self.missing_since),
        }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _times(times: Mapping[SyncKind, datetime]) -> dict[str, str]:
    return {kind: moment.isoformat() for kind, moment in times.items()}


def _read_times(stored: Mapping[str, str]) -> dict[SyncKind, datetime]:
    return {
        SyncKind(kind): datetime.fromisoformat(moment)
        for kind, moment in stored.items()
    }


def _read_open_run(stored: Mapping[str, Any] | None) -> RunRecord | None:
    if stored is None:
        return None
    record = RunRecord.from_dict(stored)
    return None if record.phase is Phase.ENDED else record


def _read_location(stored: Mapping[str, Any]) -> LocationHistory:
    return LocationHistory(
        position=stored["position"],
        open_run=_read_open_run(stored["open_run"]),
        ended={
            SyncKind(kind): RunRecord.from_dict(run)
            for kind, run in stored["ended"].items()
        },
        accepted=_read_times(stored["accepted"]),
        log_success=_read_times(stored["log_success"]),
        proven=_read_times(stored["proven"]),
        code_refused=stored["code_refused"],
        panel_changed=_moment(stored.get("panel_changed")),
        change_dismissed=_moment(stored.get("change_dismissed")),
        missing_reads=int(stored["missing_reads"]),
        missing_since=_moment(stored["missing_since"]),
    )


def read_history(stored: Any) -> dict[int, LocationHistory]:
    """Read the stored history; a damaged part costs that part, with one warning."""
    histories: dict[int, LocationHistory] = {}
    damaged = 0
    locations = stored.get("locations") if isinstance(stored, Mapping) else None
    for location_id, values in (locations or {}).items():
        try:
            histories[int(location_id)] = _read_location(values)
        except KeyError, TypeError, ValueError, AttributeError:
            damaged += 1
    if damaged:
        LOGGER.warning(
            "The stored history of %s locations is damaged and was set aside; runs"
            " from before it are no longer shown",
            damaged,
        )
    return histories


def history_data(histories: Mapping[int, LocationHistory]) -> dict[str, Any]:
    """Return what `read_history` reads."""
    return {
        "locations": {
            str(location_id): history.to_dict()
            for location_id, history in histories.items()
        }
    }


class History:
    """The histories of an account's locations, and their store."""

    def __init__(self, hass: HomeAssistant, user_id: str) -> None:
        """Prepare the store; nothing is read yet."""
        self._store = history_store(hass, user_id)
        self.locations: dict[int, LocationHistory] = {}

    async def async_load(self) -> None:
        """Read what was stored."""
        self.locations = read_history(await self._store.async_load())

    async def async_save(self) -> None:
        """Write everything, and return once it is on the disk."""
        await self._store.async_save(history_data(self.locations))

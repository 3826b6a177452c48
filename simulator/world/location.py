"""A location: the panel as it is, the service's copy of it, staged users, its log and its syncs. Simulated."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from simulator.world.event_log import EventLog
from simulator.world.panel import Panel, Zone, configuration

type Kind = Literal["panel", "users"]


@dataclass(slots=True)
class ServiceCopy:
    """What the service believes about the panel."""

    zones: dict[int, Zone]
    partitions: dict[int, str]
    arming: dict[int, int]
    report_time: datetime
    sync_flag: bool = False
    configuration_number: int = 1
    in_alarm: bool = False
    ac_loss: bool = False
    low_battery: bool = False


@dataclass(slots=True)
class ServiceUser:
    """A user as the service's website shows it; `out_of_sync` counts changes the panel has not got yet."""

    id: int
    user_name: str
    first_name: str
    last_name: str
    user_type: int
    changed: datetime
    out_of_sync: int = 0
    urgent: bool = False

    @property
    def full_name(self) -> str:
        """Return the name written on the panel and in the log."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(slots=True)
class Run:
    """One sync at one location, whoever asked for it."""

    kind: Kind
    job_id: str
    originator: str
    started: datetime
    finished: datetime | None = None
    result: str = "running"
    job_state: int = 1
    zone_state: int = 0
    automation_state: int = 0
    user_state: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the run for the control interface."""
        finished = self.finished.isoformat() if self.finished else None
        return {
            "kind": self.kind,
            "job_id": self.job_id,
            "originator": self.originator,
            "started": self.started.isoformat(),
            "finished": finished,
            "result": self.result,
        }


@dataclass(slots=True)
class UserRow:
    """The progress row of a user sync (`SyncStatus` of docs/protocol/total-connect.md#steps-of-a-user-sync)."""

    total: int
    current: int
    text: str
    code: int = 0


@dataclass(slots=True)
class Location:
    """One site of the account."""

    id: int
    name: str
    device_id: int
    automation_device_id: int
    panel: Panel
    service: ServiceCopy
    users: list[ServiceUser]
    log: EventLog
    offset_hours: float
    last_contact: datetime
    runs: list[Run] = field(default_factory=list)
    user_row: UserRow | None = None
    unreachable_answers: int = 0
    report_lag: float = 0.0  # seconds until the service's copy follows the panel
    reports_lost: bool = False
    starts: dict[Kind, int] = field(default_factory=lambda: {"panel": 0, "users": 0})

    @property
    def staged_user_changes(self) -> int:
        """Return how many user changes wait for a user sync."""
        return sum(user.out_of_sync for user in self.users)

    @property
    def in_sync(self) -> bool:
        """Return whether the panel's configuration is what the service has."""
        return (
            self.panel.configuration() == configuration(self.service.zones.values())
            and self.panel.partition_names() == self.service.partitions
        )

    def running(self, kind: Kind) -> Run | None:
        """Return the run of a kind that is going on."""
        return next(
            (run for run in self.runs if run.kind == kind and run.finished is None),
            None,
        )

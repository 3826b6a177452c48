"""The frozen values that travel between the wire, the runs and the caller."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntFlag, StrEnum

from .outcomes import SyncKind


class ArmingState(StrEnum):
    """Arming in the words of Home Assistant's `AlarmControlPanelState`."""

    DISARMED = "disarmed"
    ARMED_HOME = "armed_home"
    ARMED_AWAY = "armed_away"
    ARMED_NIGHT = "armed_night"
    ARMED_CUSTOM_BYPASS = "armed_custom_bypass"
    ARMING = "arming"
    DISARMING = "disarming"
    TRIGGERED = "triggered"


class ActivityType(StrEnum):
    """The coarse sorts of an event-log record."""

    ARMED = "armed"
    DISARMED = "disarmed"
    ALARM = "alarm"
    TROUBLE = "trouble"
    SYNC = "sync"
    OTHER = "other"


class ZoneStatus(IntFlag):
    """The bits of a zone's status; unknown bits are kept.

    See docs/protocol/total-connect.md#zone-status.
    """

    BYPASSED = 1
    FAULTED = 2
    TROUBLE = 8
    TAMPER = 16
    COMMUNICATION_FAILURE = 32
    LOW_BATTERY = 64
    ALARM = 256


UNKNOWN_ZONE = ZoneStatus(4)
"""The service's own bit for a zone of which it knows nothing."""


class UserSyncWay(StrEnum):
    """How far a press may go: known and learned ways only, or likely ones, too."""

    KNOWN = "known"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes a panel asks for; never printed."""

    user_code: str | None = field(default=None, repr=False)
    installer_code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Panel:
    """The security panel of a location, as session details describe it."""

    device_id: int
    name: str
    serial: str | None
    panel_type: int | None
    panel_variant: int | None
    prompts_user_code: bool
    prompts_installer_code: bool


@dataclass(frozen=True, slots=True)
class ServiceSyncStatus:
    """What the service says of connection and sync (`PanelConnectionStatusInfo`).

    Only the value 1 is known, for both numbers; it means healthy
    (docs/protocol/total-connect.md#session-details).
    """

    connection_status: int | None
    sync_status: int | None
    message: str | None


@dataclass(frozen=True, slots=True)
class Location:
    """One site of the account with its panel. A flag that was not sent is None."""

    location_id: int
    name: str
    panel: Panel
    auto_sync: bool | None
    sync_status_supported: bool | None
    user_management_disabled: bool | None
    service_status: ServiceSyncStatus | None


@dataclass(frozen=True, slots=True)
class Rights:
    """What the signed-in user may do at the service, as far as it was sent."""

    master: bool | None
    user_administration: bool | None
    configuration_administration: bool | None


@dataclass(frozen=True, slots=True)
class Account:
    """The signed-in user and the locations it sees.

    `locations_left_out` counts those beyond the most that PanelSync takes.
    """

    user_id: str
    user_name: str
    rights: Rights
    user_code_direct_push: bool | None
    two_step_codes: bool | None
    locations: tuple[Location, ...]
    locations_left_out: int = 0


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone of the service's copy."""

    zone_id: int
    name: str
    status: ZoneStatus
    partition_id: int | None

    @property
    def is_open(self) -> bool | None:
        """Whether it is open, None where the service does not know."""
        return None if UNKNOWN_ZONE & self.status else ZoneStatus.FAULTED in self.status


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition; `arming` is None where the service's code is unknown."""

    partition_id: int
    name: str
    arming: ArmingState | None
    arming_code: int | None


@dataclass(frozen=True, slots=True)
class PanelStatus:
    """The service's copy of a panel, from one full-status read.

    `zones` is None where the answer carried no zone list. `report_time` is when the
    service last stored anything from the panel, best reading
    (docs/protocol/total-connect.md#report-time-and-configuration-number).
    """

    read_at: datetime = field(compare=False)
    partitions: tuple[Partition, ...]
    zones: tuple[Zone, ...] | None
    arming_code: int | None
    sync_flag: bool | None
    configuration_number: int | None
    report_time: datetime | None
    ac_loss: bool | None
    low_battery: bool | None
    battery_missing: bool | None
    cover_tampered: bool | None

    @property
    def arming(self) -> ArmingState | None:
        """The location's arming: the most armed partition decides; None is unknown."""
        states = [partition.arming for partition in self.partitions]
        for state in (
            ArmingState.TRIGGERED,
            ArmingState.ARMING,
            ArmingState.ARMED_AWAY,
            ArmingState.ARMED_NIGHT,
            ArmingState.ARMED_HOME,
            ArmingState.ARMED_CUSTOM_BYPASS,
            ArmingState.DISARMING,
        ):
            if state in states:
                return state
        if states and all(state is ArmingState.DISARMED for state in states):
            return ArmingState.DISARMED
        return None


@dataclass(frozen=True, slots=True)
class SyncMention:
    """What a log text says of a sync: of which kind, and whether it went well."""

    kind: SyncKind
    success: bool


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One event-log record. Duress and hold-up records never become one."""

    record_id: int
    text: str
    originator: str
    time: datetime | None
    activity: ActivityType
    mention: SyncMention | None


@dataclass(frozen=True, slots=True)
class EventLog:
    """The records of one read, newest first.

    `newest_id` counts every record that was seen, also those left out for safety; it
    is 0 where the log was empty. `begun_anew`: it ends below the position, and has
    done so for a while.
    """

    records: tuple[EventRecord, ...]
    newest_id: int
    begun_anew: bool = False


@dataclass(frozen=True, slots=True)
class JobStatus:
    """State of a panel-sync job: 1 runs, 2 is complete, all else unknown.

    See docs/protocol/total-connect.md#job-state.
    """

    state: int | None
    zone_state: int | None = None


@dataclass(frozen=True, slots=True)
class UserSyncSteps:
    """One device's row of the user-sync status. May still show the previous sync.

    `is_new`: the row differs from the one that was shown before the start, so what it
    says is said of this start.
    """

    total: int | None
    current: int | None
    result_code: int
    text: str
    is_new: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class PendingUserChanges:
    """How many user changes wait for a user sync (`GetUsersEx`)."""

    count: int


@dataclass(frozen=True, slots=True)
class StartAnswer:
    """The service's answer to a start; `route` names the way it took.

    With a `code` that nobody knows the meaning of, it is open whether the start was
    accepted; without one it was.
    """

    route: str
    job_id: str | None = None
    code: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class LiveRead:
    """Answer of a live zone read: how many zones the panel answered with."""

    zones: int


class Certainty(StrEnum):
    """How sure a route is, see docs/protocol/README.md#marks."""

    DOCUMENTED = "documented"
    PROVEN = "proven"
    OBSERVED = "observed"
    LEARNED = "learned"
    GUESSED = "guessed"


class RouteState(StrEnum):
    """What is known of a route on this account; the values are keys of texts."""

    UNTRIED = "untried"
    WORKS = "works"
    UNAVAILABLE = "gone"


@dataclass(frozen=True, slots=True)
class RouteReport:
    """One way to do one thing, for people to read."""

    purpose: str
    route: str
    certainty: Certainty
    state: RouteState
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One line of the service's own dashboard."""

    name: str
    status: str
    healthy: bool

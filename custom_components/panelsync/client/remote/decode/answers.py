"""From answers to models: tolerant of what comes, never guessing.

See docs/protocol/total-connect.md.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from ... import foreign
from ...arming_codes import ARMING_STATES
from ...errors import UnexpectedAnswer
from ...models import (
    UNKNOWN_ZONE,
    ArmingState,
    JobStatus,
    LiveRead,
    PanelStatus,
    Partition,
    PendingUserChanges,
    ServiceStatus,
    UserSyncSteps,
    Zone,
    ZoneStatus,
)
from ...repeated import repeats
from ...silent_alarm import mentions_silent_alarm
from .fields import Fields
from .times import ticks_time

HEALTHY: Final = frozenset({"good", "operational"})

# More than the largest panel has; what comes beyond is invented.
MOST_ZONES: Final = 1000
MOST_PARTITIONS: Final = 64
MOST_SERVICES: Final = 50


def has_panel_status(fields: Fields) -> bool:
    """Return whether a full-status answer carries what it is asked for."""
    return fields.section("PanelStatus") is not None


def panel_status(fields: Fields, read_at: datetime) -> PanelStatus:
    """Read a full status (docs/protocol/total-connect.md#full-status).

    Raises UnexpectedAnswer for a success without its main section.
    """
    status = fields.section("PanelStatus")
    if status is None:
        raise UnexpectedAnswer("The status answer has no panel status")
    rows = status.rows("Zones")
    zones = [zone for row in (rows or [])[:MOST_ZONES] if (zone := _zone(row))]
    shown = tuple(zone for zone in zones if not mentions_silent_alarm(zone.name))
    partitions = (
        _partition(row) for row in (status.rows("Partitions") or [])[:MOST_PARTITIONS]
    )
    silent = len(shown) < len(zones) and _only_silent_zones_alarm(zones)
    return PanelStatus(
        read_at=read_at,
        partitions=tuple(
            _without_alarm(partition) if silent else partition
            for partition in partitions
            if partition is not None
        ),
        zones=None if rows is None else shown,
        arming_code=None if silent else fields.integer("ArmingState"),
        sync_flag=status.flag("SyncSecDeviceFlag"),
        configuration_number=status.integer("ConfigurationSequenceNumber"),
        report_time=ticks_time(status.integer("LastUpdatedTimestampTicks")),
        ac_loss=status.flag("IsInACLoss"),
        low_battery=status.flag("IsInLowBattery"),
        battery_missing=status.flag("IsInBatteryMissing"),
        cover_tampered=_either(
            status.flag("IsCoverTampered"), fields.flag("IsCoverTampered")
        ),
    )


def names(fields: Fields) -> tuple[str, ...]:
    """Return the names of all zones and partitions in a full status."""
    status = fields.section("PanelStatus") or Fields({})
    found = [
        row.name(name)
        for rows, name, most in (
            ("Zones", "ZoneDescription", MOST_ZONES),
            ("Partitions", "PartitionName", MOST_PARTITIONS),
        )
        for row in (status.rows(rows) or [])[:most]
    ]
    return tuple({name for name in found if name})


def _only_silent_zones_alarm(zones: Iterable[Zone]) -> bool:
    """Return whether the zones in alarm are those of a silent one: nobody may see it."""
    alarms = [zone for zone in zones if ZoneStatus.ALARM in zone.status]
    return bool(alarms) and all(mentions_silent_alarm(zone.name) for zone in alarms)


def _without_alarm(partition: Partition) -> Partition:
    if partition.arming is not ArmingState.TRIGGERED:
        return partition
    return replace(partition, arming=None, arming_code=None)


def _either(first: bool | None, second: bool | None) -> bool | None:
    return second if first is None else first or second is True


def _partition(row: Fields) -> Partition | None:
    partition_id = row.integer("PartitionID")
    if partition_id is None:
        return None
    code = row.integer("ArmingState")
    if code is None:
        code = row.integer("PartitionArmingState")
    return Partition(
        partition_id=partition_id,
        name=row.name("PartitionName") or "",
        arming=None if code is None else ARMING_STATES.get(code),
        arming_code=code,
    )


def _zone(row: Fields) -> Zone | None:
    zone_id = row.integer("ZoneID")
    if zone_id is None:
        return None
    status = row.integer("ZoneStatus")
    return Zone(
        zone_id=zone_id,
        name=row.name("ZoneDescription") or "",
        status=UNKNOWN_ZONE if status is None or status < 0 else ZoneStatus(status),
        partition_id=row.integer("PartitionID"),
    )


def live_read(fields: Fields) -> LiveRead:
    """Count the zones a panel answered with; 0 where the section is missing.

    See docs/protocol/total-connect.md#quirks.
    """
    section = fields.section("ZoneStatus") or Fields({})
    rows = section.rows("Zones") or []
    return LiveRead(sum(row.integer("ZoneID") is not None for row in rows))


def job_status(fields: Fields, device_id: int) -> JobStatus | None:
    """Read a job; None unless the answer has a job state.

    See docs/protocol/total-connect.md#job-state. What the panel's own row failed with
    counts before the state of the whole.
    """
    state = fields.integer("JobState")
    if state is None:
        return None
    failed = [code for code, _ in item_results(fields, device_id) if code < 0]
    return JobStatus(
        state=failed[0] if failed else state,
        zone_state=fields.integer("ZoneSyncState"),
    )


def user_sync_steps(fields: Fields, device_id: int) -> UserSyncSteps | None:
    """Read this panel's row of a user-sync status.

    None where there is no row, or its result cannot be read. See
    docs/protocol/total-connect.md#steps-of-a-user-sync.
    """
    rows = [
        row
        for row in fields.rows("SynchronizationStatus") or []
        if _is_of(row, device_id)
    ]
    # Of several, the one that failed: the others say nothing against it.
    row = next(
        (row for row in rows if row.integer("ResultCode")), rows[0] if rows else None
    )
    if row is None or ("ResultCode" in row and row.integer("ResultCode") is None):
        return None
    return UserSyncSteps(
        total=row.integer("TotalSteps"),
        current=row.integer("CurrentStep"),
        result_code=row.integer("ResultCode") or 0,
        text=row.message("StatusText") or row.message("Description") or "",
    )


def _is_of(row: Fields, device_id: int) -> bool:
    """Return whether a row is about a device.

    Asked for one panel alone, an answer need not name it.
    """
    return row.integer("DeviceID") == device_id or "DeviceID" not in row


def item_results(fields: Fields, device_id: int) -> list[tuple[int, str]]:
    """Return code and text of each result that an answer carries for one device.

    See docs/protocol/total-connect.md#results-of-each-item.
    """
    return [
        (code, row.text("ResultData") or row.text("StatusText") or "")
        for name in fields.values
        for row in fields.rows(name) or []
        if _is_of(row, device_id) and (code := row.integer("ResultCode")) is not None
    ]


def pending_changes(fields: Fields) -> PendingUserChanges | None:
    """Count the user changes that wait; names and codes are not read.

    None where no user says whether it is in sync
    (docs/protocol/total-connect.md#pending-changes, `GetUsersEx`).
    """
    rows = fields.rows("Users")
    if rows is None:
        return None
    if any(row.integer("ResultCode") for row in rows):
        # What could not be read of one user may be what waits.
        return None
    counts = [row.integer("OutOfSyncCount") for row in rows]
    known = [count for count in counts if count is not None]
    # Numbers that fit may have a sum that does not.
    total = foreign.integer(sum(max(0, count) for count in known))
    if total is None or (rows and not known):
        return None
    return PendingUserChanges(total)


def code_is_valid(fields: Fields) -> bool | None:
    """Return whether a code is in use at the location; None where it is not said.

    See docs/protocol/total-connect.md#starting-a-user-sync.
    """
    return fields.flag("IsDuplicate")


def service_status(
    fields: Fields, secrets: Collection[str] = ()
) -> tuple[ServiceStatus, ...]:
    """Read the service's own dashboard, without what repeats one of the secrets.

    See docs/protocol/total-connect.md#service-status.
    """
    return tuple(
        ServiceStatus(name, status, status.casefold() in HEALTHY)
        for row in (fields.rows("systemStatus") or [])[:MOST_SERVICES]
        if (name := row.name("ServiceName")) and (status := row.name("Status"))
        if not repeats(f"{row.text('ServiceName')} {row.text('Status')}", secrets)
    )

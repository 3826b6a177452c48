"""What happened between two states of a panel, each thing told once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..models import ActivityType, ArmingState, ZoneStatus
from .status import LocalPartition, LocalStatus, PanelActivity

# A keypad line and a report tell of one thing within this time.
ECHO_FOR = timedelta(seconds=60)
_MAX_ECHOES = 64

_ARMED = {
    ArmingState.ARMED_AWAY: "Armed away",
    ArmingState.ARMED_HOME: "Armed home",
    ArmingState.ARMED_NIGHT: "Armed night",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """An activity that may still be an echo of another."""

    type: ActivityType
    text: str
    partition: int | None = None
    zone: int | None = None
    user: int | None = None


type _What = tuple[ActivityType, int | None] | tuple[str, int | None]
type Echoes = tuple[tuple[_What, datetime], ...]


def happenings(
    before: LocalStatus,
    after: LocalStatus,
    alarm_zone: int | None = None,
    *,
    settled: bool = True,
) -> tuple[Happening, ...]:
    """Return what happened; what was not known before has not happened.

    `settled` tells whether the link was up long enough to have heard of every zone
    that is in trouble.
    """
    return tuple(_happenings(before, after, alarm_zone, settled))


def without_echoes(
    echoes: Echoes, happened: tuple[Happening, ...], now: datetime
) -> tuple[Echoes, tuple[PanelActivity, ...]]:
    """Return what is new, and what to compare the next with."""
    recent = {what: at for what, at in echoes if now - at < ECHO_FOR}
    activity = []
    for one in happened:
        what = _what(one)
        if what is not None and what in recent:
            continue
        if what is not None:
            recent[what] = now
        activity.append(
            PanelActivity(one.type, one.text, now, one.partition, one.zone, one.user)
        )
    return tuple(recent.items())[-_MAX_ECHOES:], tuple(activity)


def _what(happening: Happening) -> _What | None:
    """Return what makes two tellings the same; None for what only one side tells."""
    if happening.type is ActivityType.ALARM:
        return ActivityType.ALARM, happening.zone
    if happening.type is ActivityType.TROUBLE:
        return happening.text, happening.zone
    return None


def _happenings(
    before: LocalStatus, after: LocalStatus, alarm_zone: int | None, settled: bool
) -> Iterator[Happening]:
    known = {(one.number, one.keypads): one for one in before.partitions}
    for partition in after.partitions:
        if (old := known.get((partition.number, partition.keypads))) is not None:
            yield from _partition(old, partition, alarm_zone)
    if before.ac_power is not after.ac_power and before.ac_power is not None:
        if after.ac_power:
            yield Happening(ActivityType.OTHER, "Mains power lost: restored")
        elif after.ac_power is False:
            yield Happening(ActivityType.TROUBLE, "Mains power lost")
    if after.battery_low and before.battery_low is False:
        yield Happening(ActivityType.TROUBLE, "Panel battery low")
    if after.communication_failure and before.communication_failure is False:
        yield Happening(ActivityType.TROUBLE, "Communication failed")
    troubled = ZoneStatus.TROUBLE | ZoneStatus.TAMPER
    was_well = {one.trouble for one in before.partitions} in ({False}, {False, None})
    for zone, status in after.zones.items():
        was = before.zones.get(zone, ZoneStatus(0))
        if (settled or was_well) and status & troubled and not was & troubled:
            yield Happening(ActivityType.TROUBLE, "Sensor trouble", zone=zone)
        if settled and (status & ~was) & ZoneStatus.LOW_BATTERY:
            yield Happening(ActivityType.TROUBLE, "Sensor battery low", zone=zone)


def _partition(
    old: LocalPartition, new: LocalPartition, alarm_zone: int | None
) -> Iterator[Happening]:
    if new.programming is False and old.programming:
        yield Happening(ActivityType.OTHER, "Programming ended", new.number)
    if new.fire and old.fire is False:
        yield Happening(ActivityType.ALARM, "Fire alarm", new.number, alarm_zone)
    elif new.sounding and old.sounding is False and not new.fire:
        yield Happening(ActivityType.ALARM, "Alarm", new.number, alarm_zone)
    if new.mode is old.mode or old.mode is None:
        return
    if new.mode is ArmingState.DISARMED:
        yield Happening(ActivityType.DISARMED, "Disarmed", new.number)
    elif new.mode in _ARMED:
        yield Happening(ActivityType.ARMED, _ARMED[new.mode], new.number)

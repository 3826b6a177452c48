"""What happened between two states of a panel, each of them once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..models import ActivityType, ArmingState, ZoneStatus
from .status import LocalPartition, LocalStatus, PanelActivity

# A keypad line and a report speak of the same thing within this time.
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
    fire: bool = False


# A busy house makes a few a minute; a broken adapter makes them without end.
BUDGET = 20
BUDGET_FOR = timedelta(minutes=1)


@dataclass(slots=True)
class ActivityBudget:
    """How many activities one panel may make; the rest is counted and announced in one line.

    Alarms have a budget of their own, so that nothing else takes their place.
    """

    since: datetime | None = None
    made: Counter[bool] = field(default_factory=Counter)
    left_out: int = 0

    def allow(
        self, activity: tuple[PanelActivity, ...], now: datetime
    ) -> tuple[PanelActivity, ...]:
        """Return what may be announced now, with a line for what could not be before."""
        allowed: list[PanelActivity] = []
        if self.since is None or not timedelta(0) <= now - self.since < BUDGET_FOR:
            if self.left_out:
                text = f"{self.left_out} left out"
                allowed.append(PanelActivity(ActivityType.OTHER, text, now))
            self.since, self.left_out = now, 0
            self.made.clear()
        for announced in activity:
            is_alarm = announced.type is ActivityType.ALARM
            if self.made[is_alarm] < BUDGET:
                self.made[is_alarm] += 1
                allowed.append(announced)
            else:
                self.left_out += 1
        return tuple(allowed)


type Echoes = tuple[tuple[Happening, datetime], ...]


def happenings(
    before: LocalStatus,
    after: LocalStatus,
    alarm_zone: int | None = None,
    *,
    settled: bool = True,
) -> tuple[Happening, ...]:
    """Return what happened; what was not known before has not happened.

    `settled`: whether the link was up long enough to have heard of every zone
    that is in trouble.
    """
    return tuple(_happenings(before, after, alarm_zone, settled))


def without_echoes(
    echoes: Echoes, happened: tuple[Happening, ...], now: datetime
) -> tuple[Echoes, tuple[PanelActivity, ...]]:
    """Return what is new, and what to compare the next with."""
    recent = [(echo, at) for echo, at in echoes if abs(now - at) < ECHO_FOR]
    activity = []
    for happening in happened:
        if (index := _announced_before(recent, happening)) is not None:
            # The siren's zone is known now: another zone's alarm is another alarm.
            recent[index] = (
                replace(recent[index][0], zone=happening.zone),
                recent[index][1],
            )
            continue
        if happening.type in {ActivityType.ALARM, ActivityType.TROUBLE}:
            recent.append((happening, now))
        activity.append(
            PanelActivity(
                happening.type,
                happening.text,
                now,
                happening.partition,
                happening.zone,
                happening.user,
            )
        )
    return tuple(recent)[-_MAX_ECHOES:], tuple(activity)


def _announced_before(
    recent: list[tuple[Happening, datetime]], happening: Happening
) -> int | None:
    """Return which of the recent announcements said the same, the same zone's first.

    A siren without a zone is announced again by the report that names its zone, in that
    partition; a siren after an alarm of a zone may be another's.
    """
    alike = [
        index
        for index, (earlier, _) in enumerate(recent)
        if _is_alike(earlier, happening)
    ]
    for zone in (
        (happening.zone, None)
        if happening.type is ActivityType.ALARM
        else (happening.zone,)
    ):
        for index in alike:
            if recent[index][0].zone == zone:
                return index
    return None


def _is_alike(earlier: Happening, happening: Happening) -> bool:
    # Words differ between keypad and report for alarms, never for troubles.
    return (
        earlier.type is happening.type
        and earlier.fire is happening.fire
        and (happening.type is ActivityType.ALARM or earlier.text == happening.text)
        # None: a report of the whole system, or keypads nobody has named.
        and (
            None in {earlier.partition, happening.partition}
            or earlier.partition == happening.partition
        )
    )


def _happenings(
    before: LocalStatus, after: LocalStatus, alarm_zone: int | None, settled: bool
) -> Iterator[Happening]:
    known = {(old.number, old.keypads): old for old in before.partitions}
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
    was_well = {old.trouble for old in before.partitions} in ({False}, {False, None})
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
        yield Happening(
            ActivityType.ALARM, "Fire alarm", new.number, alarm_zone, fire=True
        )
    elif new.sounding and old.sounding is False and not new.fire:
        yield Happening(ActivityType.ALARM, "Alarm", new.number, alarm_zone)
    if new.mode is old.mode or old.mode is None:
        return
    if new.mode is ArmingState.DISARMED:
        yield Happening(ActivityType.DISARMED, "Disarmed", new.number)
    elif new.mode in _ARMED:
        yield Happening(ActivityType.ARMED, _ARMED[new.mode], new.number)

"""Whether a panel and the service show different arming or alarm, for longer than lag.

Pure functions. Nothing else is compared: the service reports openings, bypasses and
mains power late or not at all
(docs/protocol/alarmdecoder.md#zones-and-system-compared).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from . import arming_codes
from .local.status import LocalPartition, LocalStatus
from .models import ArmingState, PanelStatus, Partition

# docs/protocol/alarmdecoder.md#normal-lag
LOCAL_FRESH_FOR = timedelta(seconds=60)
SERVICE_FRESH_FOR = timedelta(seconds=90)
LAG = timedelta(seconds=180)
POLLS = 3
LASTING_AFTER = timedelta(seconds=120)


class Shown(StrEnum):
    """What one side shows of a partition, as finely as both can."""

    ALARM = "alarm"
    ARMED_AWAY = "armed_away"
    ARMED_AWAY_INSTANT = "armed_away_instant"
    ARMED_CUSTOM = "armed_custom"
    ARMED_HOME = "armed_home"
    ARMED_HOME_INSTANT = "armed_home_instant"
    ARMED_NIGHT = "armed_night"
    DISARMED = "disarmed"


# Transitions and unknown codes say nothing that could differ
# (docs/protocol/alarmdecoder.md#arming-compared).
_BY_SERVICE: Mapping[frozenset[int], Shown] = {
    arming_codes.DISARMED: Shown.DISARMED,
    arming_codes.AWAY: Shown.ARMED_AWAY,
    arming_codes.AWAY_INSTANT: Shown.ARMED_AWAY_INSTANT,
    arming_codes.HOME: Shown.ARMED_HOME,
    arming_codes.STAY_INSTANT: Shown.ARMED_HOME_INSTANT,
    arming_codes.NIGHT: Shown.ARMED_NIGHT,
    arming_codes.CUSTOM: Shown.ARMED_CUSTOM,
    arming_codes.ALARM: Shown.ALARM,
}
_BY_PANEL: Mapping[ArmingState | None, Shown] = {
    ArmingState.DISARMED: Shown.DISARMED,
    ArmingState.ARMED_AWAY: Shown.ARMED_AWAY,
    ArmingState.ARMED_HOME: Shown.ARMED_HOME,
    ArmingState.ARMED_NIGHT: Shown.ARMED_NIGHT,
    ArmingState.TRIGGERED: Shown.ALARM,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What panel and service show of one of so many partitions."""

    partition: int
    panel: Shown
    service: Shown
    partitions: int = 1


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One difference over time.

    `polls` counts the reads of the service that showed it, never one from before.
    `confirmed` is when it had lasted longer than lag; None before.
    """

    difference: Difference
    since: datetime
    polls: int = 0
    confirmed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """The comparison over time, each partition by itself.

    `comparable` is False while one side is old or in a state that cannot be compared.
    `announced` is what was confirmed and has not ended since: a difference that comes
    back after a silence is no news.
    """

    comparable: bool = False
    contradictions: tuple[Contradiction, ...] = ()
    announced: frozenset[Difference] = frozenset()
    last_poll: datetime | None = None

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Return what has differed for longer than lag."""
        return tuple(
            contradiction.difference
            for contradiction in self.contradictions
            if contradiction.confirmed is not None
        )

    @property
    def mismatch(self) -> bool | None:
        """Return whether panel and service differ for longer than lag; None: unknown.

        A difference that was announced and is seen again after a silence is unknown until
        it has lasted anew: "off" and "on" would be news of what went on all along.
        """
        if not self.comparable:
            return None
        if self.differences:
            return True
        seen_again = any(
            contradiction.difference in self.announced
            for contradiction in self.contradictions
        )
        return None if seen_again else False


def compare(
    local: LocalStatus, service: PanelStatus, now: datetime
) -> Mapping[int, Difference | None]:
    """Return what differs now in each partition that can be compared, lag or not."""
    if local.programming or local.downloading or local.communication_failure:
        return {}
    compared: dict[int, Difference | None] = {}
    for partition in local.partitions:
        copy = _copy_of(partition, local, service)
        leaving = partition.exit_until is not None and now < partition.exit_until
        if copy is None or leaving:
            continue
        acceptable, shown = _acceptable(partition), _by_service(copy)
        if acceptable and shown is not None:
            number = copy.partition_id
            compared[number] = (
                None
                if copy.arming_code in acceptable
                else Difference(
                    number, _by_panel(partition), shown, len(service.partitions)
                )
            )
    return compared


def suspended(before: Watch) -> Watch:
    """Return the comparison while one side is missing."""
    return Watch(announced=before.announced)


def watch(
    before: Watch,
    local: LocalStatus,
    service: PanelStatus,
    now: datetime,
    *,
    poll_every: timedelta = timedelta(seconds=60),
) -> Watch:
    """Return the comparison after a new status of either side.

    It may be called as often as one likes: a difference counts once per read of the
    service. `poll_every` is how often the service is read: with many locations the
    reads are further apart, and older.
    """
    service_fresh_for = max(SERVICE_FRESH_FOR, poll_every * 1.5)
    fresh = (
        local.last_message is not None
        and now - local.last_message <= LOCAL_FRESH_FOR
        and now - service.read_at <= service_fresh_for
    )
    compared = compare(local, service, now) if fresh else {}
    lasting = frozenset(
        difference
        for difference in before.announced
        if compared.get(difference.partition, difference) == difference
    )
    watched = Watch(
        comparable=bool(compared),
        contradictions=tuple(_continued(before, compared, service.read_at, now)),
        last_poll=service.read_at,
    )
    return replace(watched, announced=lasting | {*watched.differences})


def _continued(
    before: Watch,
    compared: Mapping[int, Difference | None],
    read_at: datetime,
    now: datetime,
) -> Iterator[Contradiction]:
    """Yield the contradictions there are now, each with its history."""
    # The service was read before the panel changed, unless this very read shows it.
    polled = before.last_poll is not None and read_at != before.last_poll
    known = {
        contradiction.difference: contradiction
        for contradiction in before.contradictions
    }
    for difference in compared.values():
        if difference is not None:
            contradiction = known.get(difference) or Contradiction(difference, now)
            yield _go_on(contradiction, now, polled=polled)


def _go_on(
    contradiction: Contradiction, now: datetime, *, polled: bool
) -> Contradiction:
    polls = contradiction.polls + polled
    confirmed = contradiction.confirmed
    if confirmed is None and polls >= POLLS and now - contradiction.since >= LAG:
        confirmed = now
    return replace(contradiction, polls=polls, confirmed=confirmed)


def is_lasting(watched: Watch, now: datetime) -> bool:
    """Return whether a mismatch outlived the refresh that should have ended it."""
    return any(
        contradiction.confirmed is not None
        and now - contradiction.confirmed >= LASTING_AFTER
        for contradiction in watched.contradictions
    )


def _copy_of(
    partition: LocalPartition, local: LocalStatus, service: PanelStatus
) -> Partition | None:
    if partition.number is None:
        # Without numbers one can only be meant where there is only one.
        only = len(local.partitions) == len(service.partitions) == 1
        return service.partitions[0] if only else None
    return next(
        (copy for copy in service.partitions if copy.partition_id == partition.number),
        None,
    )


def _acceptable(partition: LocalPartition) -> frozenset[int]:
    """Return the service's codes that agree; none where nothing can disagree."""
    if partition.arming is ArmingState.TRIGGERED:
        # The pages of several alarms alternate, so any alarm agrees with any.
        return arming_codes.ALARM
    if partition.entry_delay:
        return frozenset()
    # A siren ends before the alarm does: the service may still show it.
    alarm = frozenset() if partition.alarm_memory is False else arming_codes.ALARM
    # What the firmware does not say (None) agrees with both.
    instant, perimeter = partition.entry_delay_off, partition.perimeter_only
    match partition.mode:
        case ArmingState.DISARMED:
            return arming_codes.DISARMED | alarm
        case ArmingState.ARMED_AWAY:
            codes = _either(instant, arming_codes.AWAY_INSTANT, arming_codes.AWAY)
        case ArmingState.ARMED_HOME:
            codes = _either(perimeter, arming_codes.NIGHT, arming_codes.HOME)
            codes |= (
                arming_codes.STAY_INSTANT
                if None in {instant, perimeter}
                else frozenset()
            )
        case ArmingState.ARMED_NIGHT:
            # Some panels report night-stay as instant.
            codes = arming_codes.STAY_INSTANT | (
                arming_codes.NIGHT if perimeter is not False else frozenset()
            )
        case _:
            return frozenset()
    return codes | arming_codes.CUSTOM | alarm


def _either(
    flag: bool | None, if_set: frozenset[int], if_not: frozenset[int]
) -> frozenset[int]:
    if flag is None:
        return if_set | if_not
    return if_set if flag else if_not


def _by_panel(partition: LocalPartition) -> Shown:
    match partition.arming:
        case ArmingState.ARMED_NIGHT if partition.perimeter_only is False:
            return Shown.ARMED_HOME_INSTANT
        case ArmingState.ARMED_AWAY if partition.entry_delay_off:
            return Shown.ARMED_AWAY_INSTANT
    return _BY_PANEL[partition.arming]


def _by_service(copy: Partition) -> Shown | None:
    return next(
        (shown for codes, shown in _BY_SERVICE.items() if copy.arming_code in codes),
        None,
    )

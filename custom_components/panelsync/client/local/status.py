"""What a local link knows of a panel: the frozen values both families publish."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..models import ActivityType, ArmingState, ZoneStatus


def _any(values: Iterable[bool | None]) -> bool | None:
    known = list(values)
    if True in known:
        return True
    return None if None in known or not known else False


@dataclass(frozen=True, slots=True)
class LocalPartition:
    """One partition as its panel shows it; None is not known.

    `mode` is the arming without an alarm. `number` is None where nobody has said
    which keypad addresses belong to which partition. `alarm_memory` is true only
    after an alarm that was heard: a silent one never sets it. `keypads` are the
    addresses that show this partition, where the link has such. `exit_until` is when
    an exit delay that the link cannot see is over at the latest.
    """

    number: int | None
    keypads: frozenset[int] = frozenset()
    mode: ArmingState | None = None
    ready: bool | None = None
    sounding: bool | None = None
    fire: bool | None = None
    alarm_memory: bool | None = None
    entry_delay: bool = False
    exit_seconds: int | None = None
    exit_until: datetime | None = None
    entry_delay_off: bool | None = None
    perimeter_only: bool | None = None
    bypassed: bool | None = None
    chime: bool | None = None
    programming: bool | None = None
    trouble: bool | None = None

    @property
    def arming(self) -> ArmingState | None:
        """Return the arming, an alarm first."""
        return ArmingState.TRIGGERED if self.sounding or self.fire else self.mode


@dataclass(frozen=True, slots=True)
class LocalStatus:
    """One panel as its local link knows it; None is not known.

    `zones` holds only zones that are something else than closed and well.
    `open_zones` is None while it is not known which zones are open.
    `programming_left` is when the panel was last seen to be changed: its copies
    elsewhere may be old since then.
    """

    partitions: tuple[LocalPartition, ...] = ()
    zones: Mapping[int, ZoneStatus] = field(default_factory=dict)
    open_zones: frozenset[int] | None = None
    ac_power: bool | None = None
    battery_low: bool | None = None
    communication_failure: bool | None = None
    downloading: bool = False
    programming_left: datetime | None = None
    keypad_text: str | None = None
    last_message: datetime | None = None

    @property
    def arming(self) -> ArmingState | None:
        """Return the panel's arming: the most armed partition decides."""
        states = {partition.arming for partition in self.partitions}
        return next((state for state in _MOST_ARMED_FIRST if state in states), None)

    @property
    def ready(self) -> bool | None:
        """Return whether every partition can be armed."""
        values = [partition.ready for partition in self.partitions]
        if False in values:
            return False
        return None if None in values or not values else True

    @property
    def programming(self) -> bool | None:
        """Return whether any partition is being programmed."""
        return _any(partition.programming for partition in self.partitions)

    @property
    def trouble(self) -> bool | None:
        """Return whether any partition shows a trouble."""
        return _any(partition.trouble for partition in self.partitions)


_MOST_ARMED_FIRST = (
    ArmingState.TRIGGERED,
    ArmingState.ARMING,
    ArmingState.ARMED_AWAY,
    ArmingState.ARMED_NIGHT,
    ArmingState.ARMED_HOME,
    # Not known is worse than disarmed: one silent partition may be armed.
    None,
    ArmingState.DISARMED,
)


@dataclass(frozen=True, slots=True)
class PanelActivity:
    """Something that happened at the panel, in words for people.

    Duress, hold-up and silent panic never become one.
    """

    type: ActivityType
    text: str
    time: datetime
    partition: int | None = None
    zone: int | None = None
    user: int | None = None

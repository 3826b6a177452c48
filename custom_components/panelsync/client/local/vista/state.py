"""Everything a VISTA RS-232 port has said so far: old state, packet, time to new."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ...models import ArmingState, ZoneStatus
from ...silent_alarm import SILENT_VISTA_EVENTS
from ..activity import Echoes, Happening, happenings, without_echoes
from ..status import LocalPartition, LocalStatus, PanelActivity
from . import events
from .packets import (
    NOT_REPORTED,
    ArmingReport,
    Damaged,
    Packet,
    PanelEvent,
    ZonePartitions,
    ZoneReport,
)

# The port does not show an exit delay. The longest seen are 260 s
# (docs/protocol/alarmdecoder.md#normal-lag).
LONGEST_EXIT_DELAY = timedelta(seconds=300)

# What a zone report says of every zone; the rest comes by events only.
_REPORTED = (
    ZoneStatus.FAULTED | ZoneStatus.TROUBLE | ZoneStatus.ALARM | ZoneStatus.BYPASSED
)
_BITS = (
    (1, ZoneStatus.FAULTED),
    (2, ZoneStatus.TROUBLE),
    (4, ZoneStatus.ALARM),
    (8, ZoneStatus.BYPASSED),
)
_MODES = {
    "A": ArmingState.ARMED_AWAY,
    "M": ArmingState.ARMED_AWAY,
    "H": ArmingState.ARMED_HOME,
    "I": ArmingState.ARMED_NIGHT,
    "D": ArmingState.DISARMED,
    "N": ArmingState.DISARMED,
    "B": ArmingState.DISARMED,
}
_INSTANT = {"A": False, "H": False, "M": True, "I": True}
# Whether H is a night-stay is not said.
_PERIMETER = {"A": False, "M": False, "I": False}
_READY = {"D": True, "B": True}
_ARMED = {letter for letter, mode in _MODES.items() if mode is not ArmingState.DISARMED}


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm that everybody could hear."""

    partition: int
    zone: int
    fire: bool


@dataclass(frozen=True, slots=True)
class VistaState:
    """The state of one link. `read` holds the zones of reports that still hold."""

    letters: str | None = None
    exit_until: Mapping[int, datetime] = field(default_factory=dict)
    statuses: Mapping[int, ZoneStatus] = field(default_factory=dict)
    read: frozenset[int] = frozenset()
    zone_partitions: Mapping[int, int] = field(default_factory=dict)
    alarms: frozenset[Alarm] = frozenset()
    remembered: frozenset[int] = frozenset()
    ac_power: bool | None = None
    battery_low: bool | None = None
    communication_failure: bool | None = None
    programming: bool | None = None
    programming_left: datetime | None = None
    last_packet: datetime | None = None
    echoes: Echoes = ()

    def status(self) -> LocalStatus:
        """Return what everybody may know."""
        heard = {alarm.zone for alarm in self.alarms}
        zones = {
            # An alarm in a report may be a silent one: only what was heard is shown.
            zone: status if zone in heard else status & ~ZoneStatus.ALARM
            for zone, status in sorted(self.statuses.items())
        }
        return LocalStatus(
            partitions=tuple(self._partition(number) for number in self.used()),
            # Zone 0 of an event is no zone: an alarm without one is the partition's.
            zones={zone: status for zone, status in zones.items() if zone and status},
            open_zones=self._open_zones(),
            ac_power=self.ac_power,
            battery_low=self.battery_low,
            communication_failure=self.communication_failure,
            programming_left=self.programming_left,
            last_message=self.last_packet,
        )

    def used(self) -> list[int]:
        """Return the partitions that have zones, or do something."""
        used = {number for number in self.zone_partitions.values() if number}
        for number, letter in enumerate(self.letters or "", 1):
            if letter not in {"D", NOT_REPORTED}:
                used.add(number)
        return sorted(used or {1})

    def _partition(self, number: int) -> LocalPartition:
        letter = self.letters[number - 1] if self.letters else ""
        alarms = [alarm for alarm in self.alarms if alarm.partition == number]
        zones = [
            status
            for zone, status in self.statuses.items()
            if self.zone_partitions.get(zone, number) == number
        ]
        known = bool(self.read)
        troubled = ZoneStatus.TROUBLE | ZoneStatus.TAMPER
        return LocalPartition(
            number,
            mode=_MODES.get(letter),
            ready=_READY.get(letter, False) if letter in _MODES else None,
            sounding=_if_known(
                any(not alarm.fire for alarm in alarms), known=letter != ""
            ),
            fire=_if_known(any(alarm.fire for alarm in alarms), known=letter != ""),
            alarm_memory=self._alarm_memory(number, zones),
            entry_delay_off=_INSTANT.get(letter),
            exit_until=self.exit_until.get(number),
            perimeter_only=_PERIMETER.get(letter),
            bypassed=(
                any(status & ZoneStatus.BYPASSED for status in zones) if known else None
            ),
            programming=self.programming,
            trouble=any(status & troubled for status in zones) if known else None,
        )

    def _alarm_memory(self, number: int, zones: list[ZoneStatus]) -> bool | None:
        if number in self.remembered:
            return True
        if not self.read or any(status & ZoneStatus.ALARM for status in zones):
            return None
        return False

    def _open_zones(self) -> frozenset[int] | None:
        if 1 not in self.read or self.zone_partitions.keys() - self.read:
            return None
        return frozenset(
            zone
            for zone, status in self.statuses.items()
            if status & ZoneStatus.FAULTED
        )


def _if_known(value: bool, *, known: bool) -> bool | None:
    return value if value or known else None


type VistaStep = tuple[VistaState, tuple[PanelActivity, ...]]


def lose(state: VistaState) -> VistaState:
    """Return the state after the connection was lost: nothing is known any more."""
    return VistaState(
        zone_partitions=state.zone_partitions,
        programming_left=state.programming_left,
    )


def has_started(packet: Packet) -> bool:
    """Return whether the panel was off: what changed meanwhile nobody heard."""
    return isinstance(packet, PanelEvent) and packet.code in events.STARTED


def apply(state: VistaState, packet: Packet, now: datetime) -> VistaStep:
    """Return the state after one packet, and what happened at the panel by it."""
    if isinstance(packet, Damaged):
        return replace(state, read=frozenset()), ()
    before = state
    state = replace(state, last_packet=now)
    happened: tuple[Happening, ...] = ()
    match packet:
        case ArmingReport():
            state = _arming(state, packet.letters, now)
        case ZoneReport():
            state = _zones(state, packet)
        case ZonePartitions():
            mapped = dict(state.zone_partitions)
            for zone, number in enumerate(packet.partitions, packet.first_zone):
                mapped.pop(zone, None)
                if number:
                    mapped[zone] = number
            state = replace(state, zone_partitions=mapped)
        case PanelEvent() if packet.code in SILENT_VISTA_EVENTS:
            state = _concealed(state, packet)
        case PanelEvent():
            state, happened = _event(state, packet, now)
    if has_started(packet):
        state = replace(state, read=frozenset())
    if not isinstance(packet, PanelEvent):
        settled = bool(before.read)
        happened = happenings(before.status(), state.status(), settled=settled)
    echoes, activity = without_echoes(state.echoes, happened, now)
    return replace(state, echoes=echoes), activity


def _arming(state: VistaState, letters: str, now: datetime) -> VistaState:
    exit_until = dict(state.exit_until)
    alarms, remembered = state.alarms, state.remembered
    for number, (old, new) in enumerate(
        zip(state.letters or letters, letters, strict=True), 1
    ):
        armed, was_armed = new in _ARMED, old in _ARMED
        if armed and (not was_armed or state.letters is None):
            exit_until[number] = now + LONGEST_EXIT_DELAY
        elif not armed:
            exit_until.pop(number, None)
        if was_armed and _MODES.get(new) is ArmingState.DISARMED:
            alarms, remembered = _silenced(alarms, remembered, number)
    return replace(
        state,
        letters=letters,
        exit_until=exit_until,
        alarms=alarms,
        remembered=remembered,
        # A panel in programming stops answering (08XF,
        # docs/protocol/vista-rs232.md#communication-off).
        programming=False if state.programming is None else state.programming,
    )


def _silenced(
    alarms: frozenset[Alarm], remembered: frozenset[int], number: int
) -> tuple[frozenset[Alarm], frozenset[int]]:
    """Return alarms and memories after a partition was disarmed."""
    left = frozenset(alarm for alarm in alarms if alarm.partition != number)
    return left, remembered | {number} if left != alarms else remembered


def _zones(state: VistaState, packet: ZoneReport) -> VistaState:
    statuses = dict(state.statuses)
    zones = range(packet.first_zone, packet.first_zone + len(packet.digits))
    for zone, digit in zip(zones, packet.digits, strict=True):
        status = statuses.pop(zone, ZoneStatus(0)) & ~_REPORTED
        for bit, flag in _BITS:
            status |= flag if digit & bit else ZoneStatus(0)
        if status:
            statuses[zone] = status
    in_alarm = {zone for zone, status in statuses.items() if status & ZoneStatus.ALARM}
    return replace(
        state,
        statuses=statuses,
        read=state.read | set(zones),
        alarms=frozenset(
            alarm
            for alarm in state.alarms
            if alarm.zone in in_alarm or alarm.zone not in zones
        ),
        # Zone 0 is that of a silent alarm without one, and in no report.
        remembered=state.remembered if in_alarm - {0} else frozenset(),
    )


def _concealed(state: VistaState, event: PanelEvent) -> VistaState:
    """Return the state after a silent alarm: as if a report had shown it.

    That is shown to nobody, but whether there was an alarm is no longer certain.
    """
    status = state.statuses.get(event.zone, ZoneStatus(0)) | ZoneStatus.ALARM
    return replace(state, statuses={**state.statuses, event.zone: status})


def _event(
    state: VistaState, event: PanelEvent, now: datetime
) -> tuple[VistaState, tuple[Happening, ...]]:
    meaning = events.MEANINGS.get(event.code)
    if meaning is None:
        return state, ()
    if meaning.zone_status is not None and event.zone:
        statuses = dict(state.statuses)
        old = statuses.pop(event.zone, ZoneStatus(0))
        new = (
            old & ~meaning.zone_status
            if meaning.restored
            else old | meaning.zone_status
        )
        if new:
            statuses[event.zone] = new
        state = replace(state, statuses=statuses)
    if meaning.zone_status is ZoneStatus.ALARM:
        state = _alarm(state, event, restored=meaning.restored)
    if event.code in events.DISARMING:
        # Without a partition it can only be that of a panel that uses no other.
        used = state.used()
        number = event.partition or (used[0] if len(used) == 1 else 0)
        alarms, remembered = _silenced(state.alarms, state.remembered, number)
        state = replace(state, alarms=alarms, remembered=remembered)
    state = _system(state, event.code, now)
    if meaning.type is None:
        return state, ()
    by_user = event.code in events.ARMING or event.code in events.DISARMING
    happened = Happening(
        meaning.type,
        meaning.text,
        event.partition or None,
        event.zone or None,
        (event.user or None) if by_user or not event.zone else None,
        event.code in events.FIRE,
    )
    return state, (happened,)


def _alarm(state: VistaState, event: PanelEvent, *, restored: bool) -> VistaState:
    number = event.partition or state.zone_partitions.get(event.zone, 1)
    code = event.code - 1 if restored else event.code
    alarm = Alarm(number, event.zone, code in events.FIRE)
    if not restored:
        return replace(state, alarms=state.alarms | {alarm})
    # A zone is restored while the siren goes on: its report shows when that is over.
    # Zone 0 and keypads (995) are in no report, so nothing else would show it.
    reported = event.zone in state.read or event.zone in state.zone_partitions
    if reported or alarm not in state.alarms:
        return state
    return replace(
        state,
        alarms=state.alarms - {alarm},
        remembered=state.remembered | {number},
    )


def _system(state: VistaState, code: int, now: datetime) -> VistaState:
    match code:
        case events.AC_LOST | events.AC_BACK:
            return replace(state, ac_power=code == events.AC_BACK)
        case events.BATTERY_LOW | events.BATTERY_WELL:
            return replace(state, battery_low=code == events.BATTERY_LOW)
        case events.COMMUNICATION_LOST | events.COMMUNICATION_BACK:
            lost = code == events.COMMUNICATION_LOST
            return replace(state, communication_failure=lost)
        case events.PROGRAMMING_ENTERED:
            return replace(state, programming=True)
        case events.PROGRAMMING_LEFT:
            return replace(state, programming=False, programming_left=now)
    return state

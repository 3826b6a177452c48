"""Everything an AlarmDecoder has said so far: old state, message, time to new state.

Nothing is assumed before it was heard, and nothing survives a lost connection but the
memory that the panel was reprogrammed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ...foreign import clean_text
from ...models import ZoneStatus
from .. import contact_id
from ..activity import Echoes, Happening, happenings, without_echoes
from ..status import LocalPartition, LocalStatus, PanelActivity
from . import faults as faults_of
from .messages import (
    AdapterNotice,
    BridgeNotice,
    Expander,
    Keypad,
    Message,
    Opaque,
    PanelKind,
    Report,
    WordReport,
)
from .pages import (
    COMMUNICATION_FAILURE,
    COMMUNICATION_FAILURE_CODE,
    DOWNLOADING,
    Page,
    PageKind,
    is_concealed,
    read_page,
    shows_panel_battery,
)
from .partition import (
    KeypadPartition,
    as_mask,
    place,
    shown_by,
    take_line,
    take_system_page,
)

# A page nobody's rotation holds, of keypads that were not named.
BATTERY_HOLD = timedelta(seconds=120)
COMMUNICATION_HOLD = timedelta(seconds=60)
SETTLED_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Ad2Settings:
    """What a person has said of the site.

    `addresses` gives each partition number its keypad addresses; without it, partitions
    are set apart by the keypads that were addressed together.
    """

    addresses: Mapping[int, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ad2System:
    """What belongs to no partition."""

    ac_power: bool | None = None
    ac_last: bool | None = None
    battery_seen: datetime | None = None
    communication_failed: datetime | None = None
    failure_reported: bool = False
    downloading: bool = False


@dataclass(frozen=True, slots=True)
class Ad2State:
    """The state of one link.

    `doubtful` holds masks that were heard once and may be damaged ones of a partition.
    """

    settings: Ad2Settings = field(default_factory=Ad2Settings)
    partitions: tuple[KeypadPartition, ...] = ()
    doubtful: frozenset[int] = frozenset()
    system: Ad2System = field(default_factory=Ad2System)
    expanders: Mapping[int, int] = field(default_factory=dict)
    programming_left: datetime | None = None
    text: str | None = None
    first_line: datetime | None = None
    last_line: datetime | None = None
    echoes: Echoes = ()

    @property
    def programming(self) -> bool:
        """Return whether any partition is known to be in programming."""
        return any(partition.shown.programming for partition in self.partitions)

    def status(self) -> LocalStatus:
        """Return what everybody may know."""
        return LocalStatus(
            partitions=tuple(partition.shown for partition in self.partitions),
            zones=_zones(self),
            open_zones=_open_zones(self),
            ac_power=self.system.ac_power,
            battery_low=_battery_low(self),
            communication_failure=(
                None
                if self.last_line is None
                else self.system.failure_reported
                or self.system.communication_failed is not None
            ),
            downloading=self.system.downloading,
            programming_left=self.programming_left,
            keypad_text=None if self.programming else self.text,
            last_message=self.last_line,
        )


type Step = tuple[Ad2State, tuple[PanelActivity, ...]]


def start(settings: Ad2Settings) -> Ad2State:
    """Return the state before the first byte: nothing is known."""
    return Ad2State(
        settings=settings,
        partitions=tuple(
            KeypadPartition(as_mask(addresses), LocalPartition(number, addresses))
            for number, addresses in sorted(settings.addresses.items())
        ),
    )


def lose(state: Ad2State) -> Ad2State:
    """Return the state after the connection was lost: nothing is known any more."""
    return replace(start(state.settings), programming_left=state.programming_left)


def apply(state: Ad2State, message: Message, now: datetime) -> Step:
    """Return the state after one message, and what happened at the panel by it."""
    match message:
        case Keypad():
            return _keypad(state, message, now)
        case Report() | WordReport():
            return _report(state, message, now)
        case Expander():
            if message.zone is None or message.value not in {0, 1, 2}:
                return state, ()
            expanders = {**state.expanders, message.zone: message.value}
            return replace(state, expanders=expanders), ()
        case BridgeNotice.SERIAL_DISCONNECTED:
            return lose(state), ()
        case AdapterNotice():
            return _disturbed(state), ()
        case Opaque("KPE"):
            return _disturbed(state), ()
    return state, ()


def _keypad(state: Ad2State, line: Keypad, now: datetime) -> Step:
    if line.panel_kind is PanelKind.DSC:
        # Another family's flags and pages follow rules that are not known here.
        return state, ()
    page = read_page(line)
    partitions = state.partitions
    doubtful = state.doubtful
    if state.settings.addresses:
        theirs = shown_by(partitions, line.mask)
    else:
        partitions, doubtful, theirs = place(partitions, doubtful, line.mask, page)
    heard = any(p.shown.alarm_memory for p in partitions if p.addresses in theirs)
    text = state.text
    if is_concealed(line, heard):
        page = Page(PageKind.INTERRUPTION, text="concealed")
        line = _concealed(line, heard)
    elif line.mask == 0 or (partitions and partitions[0].addresses in theirs):
        text = clean_text(line.text)
    first_line = state.first_line or now
    after = replace(
        state,
        system=_system(
            state.system,
            line,
            page,
            now,
            nobodys=not (theirs or (line.mask == 0 and partitions)),
        ),
        first_line=first_line,
        last_line=now,
        text=text,
        doubtful=doubtful,
        partitions=tuple(_partition(p, line, page, now, theirs) for p in partitions),
    )
    if state.programming and not after.programming:
        after = replace(after, programming_left=now)
    happened = happenings(
        state.status(),
        after.status(),
        page.zone if page.status is ZoneStatus.ALARM else None,
        settled=now - first_line >= SETTLED_AFTER,
    )
    return _without_echoes(after, happened, now)


def _concealed(line: Keypad, heard: bool) -> Keypad:
    """Return a line without what may give a silent alarm away."""
    if heard:
        return line
    sounding = None if line.alarm_sounding else line.alarm_sounding
    return replace(line, alarm_sounding=sounding, alarm_memory=None, fire=False)


def _partition(
    partition: KeypadPartition,
    line: Keypad,
    page: Page,
    now: datetime,
    theirs: frozenset[int],
) -> KeypadPartition:
    is_theirs = partition.addresses in theirs
    # On a page between, common to several, the flags are those of one of them at most.
    common = len(theirs) > 1 and page.kind is PageKind.INTERRUPTION
    if line.mask == 0 or (is_theirs and (common or page.kind is PageKind.SYSTEM)):
        return take_system_page(partition, line, page, now)
    if is_theirs:
        return take_line(partition, line, page, now)
    if page.kind is PageKind.SYSTEM:
        faults = faults_of.take_aside(partition.faults, page, now)
        return replace(partition, faults=faults)
    return partition


def _battery_low(state: Ad2State) -> bool | None:
    """Return whether the panel's battery is low; None until every page there is was seen."""
    # A partition that is heard no more cannot say that the page ended.
    values = [
        partition.faults.battery_low
        for partition in state.partitions
        if (seen := partition.faults.last_seen) is not None
        and state.last_line is not None
        and abs(state.last_line - seen) < BATTERY_HOLD
    ]
    if True in values or state.system.battery_seen is not None:
        return True
    return False if False in values else None


def _system(
    system: Ad2System, line: Keypad, page: Page, now: datetime, *, nobodys: bool
) -> Ad2System:
    text = line.text.upper()
    own = line.mask != 0 and not text.startswith("SYSTEM")
    changes = replace(
        system,
        downloading=text.startswith(DOWNLOADING)
        or (system.downloading and page.kind is PageKind.SYSTEM),
    )
    if own and line.ac_power is not None:
        # One line may be damaged: two alike are believed.
        believed = line.ac_power is system.ac_last
        changes = replace(
            changes,
            ac_last=line.ac_power,
            ac_power=line.ac_power if believed else system.ac_power,
        )
    if text.startswith(COMMUNICATION_FAILURE) or (
        line.code == COMMUNICATION_FAILURE_CODE
    ):
        changes = replace(changes, communication_failed=now)
    elif (
        system.communication_failed is not None
        and abs(now - system.communication_failed) >= COMMUNICATION_HOLD
    ):
        changes = replace(changes, communication_failed=None)
    if nobodys and shows_panel_battery(line):
        return replace(changes, battery_seen=now)
    if (
        system.battery_seen is not None
        and abs(now - system.battery_seen) >= BATTERY_HOLD
    ):
        return replace(changes, battery_seen=None)
    return changes


def _report(state: Ad2State, message: Report | WordReport, now: datetime) -> Step:
    meaning = contact_id.explain(message)
    if meaning is None:
        return state, ()
    if meaning.event == contact_id.FAILURE_TO_COMMUNICATE:
        system = replace(state.system, failure_reported=not meaning.restored)
        state = replace(state, system=system)
    if meaning.reprogrammed and not meaning.restored:
        state = replace(state, programming_left=now)
    if meaning.zone is not None and meaning.zone_status is not None:
        key = (meaning.zone, meaning.zone_status)
        partitions = tuple(
            replace(
                p,
                faults=faults_of.report(p.faults, key, restored=meaning.restored),
            )
            # A report without a partition is the whole system's.
            if not message.partition or p.shown.number in {message.partition, None}
            else p
            for p in state.partitions
        )
        state = replace(state, partitions=partitions)
    happened = Happening(
        meaning.type,
        meaning.text,
        message.partition or None,
        meaning.zone,
        meaning.user,
        meaning.event in contact_id.FIRE,
    )
    return _without_echoes(state, (happened,), now)


def _without_echoes(
    state: Ad2State, happened: tuple[Happening, ...], now: datetime
) -> Step:
    echoes, activity = without_echoes(state.echoes, happened, now)
    return replace(state, echoes=echoes) if echoes != state.echoes else state, activity


def _disturbed(state: Ad2State) -> Ad2State:
    return replace(
        state,
        partitions=tuple(
            replace(p, faults=faults_of.disturb(p.faults)) for p in state.partitions
        ),
    )


def _authoritative(state: Ad2State) -> dict[int, ZoneStatus]:
    """Return the zones whose own wire speaks for them, with what it says."""
    values = {1: ZoneStatus.FAULTED, 2: ZoneStatus.TROUBLE}
    return {
        zone: values.get(value, ZoneStatus(0))
        for zone, value in state.expanders.items()
    }


def _zones(state: Ad2State) -> dict[int, ZoneStatus]:
    own = _authoritative(state)
    zones: dict[int, ZoneStatus] = {}
    for partition in state.partitions:
        for zone, status in partition.faults.zones().items():
            # What is inferred from pages never overrules the zone itself.
            seen = status & ~ZoneStatus.FAULTED if zone in own else status
            zones[zone] = zones.get(zone, ZoneStatus(0)) | seen
    for zone, status in own.items():
        zones[zone] = zones.get(zone, ZoneStatus(0)) | status
    return {zone: status for zone, status in sorted(zones.items()) if status}


def _open_zones(state: Ad2State) -> frozenset[int] | None:
    inferred = [partition.faults.open_zones for partition in state.partitions]
    own = _authoritative(state)
    is_open = {zone for zone, status in own.items() if status & ZoneStatus.FAULTED}
    for zones in inferred:
        is_open |= (zones or frozenset()) - own.keys()
    if is_open or (inferred and None not in inferred):
        return frozenset(is_open)
    return None

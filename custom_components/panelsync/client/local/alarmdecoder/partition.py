"""One partition behind an AlarmDecoder: its keypad lines to what it is in.

A pure function of the old partition, a line and the time
(docs/protocol/alarmdecoder.md#state).
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from ...models import ArmingState, ZoneStatus
from ..status import LocalPartition
from . import faults as faults_of
from .faults import Faults
from .messages import Keypad
from .pages import Page, PageKind

# The fire flag bounces while pages of other alarms are shown.
FIRE_HOLD = timedelta(seconds=30)

_ARMED = {
    ArmingState.ARMING,
    ArmingState.ARMED_AWAY,
    ArmingState.ARMED_HOME,
    ArmingState.ARMED_NIGHT,
}

# Pages on which a missing siren flag may be only the page's
# (docs/protocol/alarmdecoder.md#state).
_MAY_HIDE_SIREN = ZoneStatus.FAULTED | ZoneStatus.TROUBLE | ZoneStatus.LOW_BATTERY


# A VISTA has no more (docs/protocol/alarmdecoder.md#partitions).
MAX_PARTITIONS = 8

# Pages that may go to the keypads of several partitions at once.
_COMMON = {PageKind.SYSTEM, PageKind.INTERRUPTION}


@dataclass(frozen=True, slots=True)
class KeypadPartition:
    """A partition, the keypad addresses that show it, and what was learned of it.

    `unconfirmed` holds the pages, by code and status, that showed an armed partition as
    disarmed since it was last shown as armed: a single such page is not believed.
    `confirmed`: whether a page that is not common to several partitions showed it.
    """

    addresses: int
    shown: LocalPartition
    faults: Faults = field(default_factory=Faults)
    fire_seen: datetime | None = None
    unconfirmed: frozenset[tuple[str, ZoneStatus | None]] = frozenset()
    confirmed: bool = False


class Placed(NamedTuple):
    """The partitions, the masks that may be damaged, and whose line it is."""

    partitions: tuple[KeypadPartition, ...]
    doubtful: frozenset[int]
    theirs: frozenset[int]


def place(
    partitions: tuple[KeypadPartition, ...],
    doubtful: frozenset[int],
    mask: int,
    page: Page,
) -> Placed:
    """Return whose a line is, where no partition was named.

    A mask that shares a keypad with a partition, where neither holds the other, may be
    a damaged one: a partition of its own is heard again.
    """
    apart = not any(
        p.addresses & ~mask == 0 or mask & ~p.addresses == 0 for p in partitions
    )
    shared = any(p.addresses & mask for p in partitions)
    if apart and shared and mask not in doubtful:
        kept = doubtful if len(doubtful) < MAX_PARTITIONS else frozenset()
        return Placed(partitions, kept | {mask}, frozenset())
    partitions = _partitions_of(partitions, mask, page)
    return Placed(partitions, doubtful, shown_by(partitions, mask))


def _partitions_of(
    partitions: tuple[KeypadPartition, ...], mask: int, page: Page
) -> tuple[KeypadPartition, ...]:
    """Return the partitions with the one this line is of, where none was named.

    Masks that merely overlap are no proof: two partitions may share a keypad. A line
    for all keypads of several is common to them, but for the page of one zone that
    each of them showed: that was one partition, addressed in parts
    (docs/protocol/alarmdecoder.md#partitions).
    """
    own = page.kind not in _COMMON
    if mask == 0 or not (own or not partitions):
        return partitions
    if own:
        # What only common pages showed may be the keypads of several.
        partitions = tuple(
            p
            for p in partitions
            if p.confirmed or mask & ~p.addresses or p.addresses == mask
        )
    covered = [p for p in partitions if p.addresses & ~mask == 0]
    holders = [p for p in partitions if mask & ~p.addresses == 0]
    is_single = len(covered) == 1 or (
        page.key is not None
        and all(page.name in p.faults.rotation.pages for p in covered)
    )
    if (holders and holders != covered) or (covered and not is_single):
        return partitions
    if not covered and len(partitions) >= MAX_PARTITIONS:
        return partitions
    whole = covered[0] if covered else KeypadPartition(0, LocalPartition(None))
    shown = replace(whole.shown, keypads=_as_addresses(mask))
    apart = [p for p in partitions if p not in covered]
    confirmed = whole.confirmed or own
    grouped = [*apart, replace(whole, addresses=mask, shown=shown, confirmed=confirmed)]
    return tuple(sorted(grouped, key=lambda p: p.addresses & -p.addresses))


def shown_by(partitions: tuple[KeypadPartition, ...], mask: int) -> frozenset[int]:
    """Return the addresses of the partitions that a line is of.

    A keypad that several share does not say whose line it is.
    """
    covered = frozenset(
        p.addresses for p in partitions if p.addresses and not p.addresses & ~mask
    )
    if covered:
        return covered
    # A person may have named fewer keypads than there are, or more.
    keypads = [(p.addresses & mask).bit_count() for p in partitions]
    most = max(keypads, default=0)
    if most == 0 or keypads.count(most) > 1:
        return frozenset()
    return frozenset({partitions[keypads.index(most)].addresses})


def as_mask(addresses: frozenset[int]) -> int:
    """Return keypad addresses as the bits of a line's mask."""
    return sum(1 << address for address in addresses)


def _as_addresses(mask: int) -> frozenset[int]:
    return frozenset(address for address in range(32) if mask >> address & 1)


def take_line(
    before: KeypadPartition, line: Keypad, page: Page, now: datetime
) -> KeypadPartition:
    """Return the partition after one of its own keypad lines."""
    old = before.shown
    if line.programming:
        # The installer's menu borrows the display: nothing else on it holds.
        return replace(
            before,
            shown=replace(old, programming=True, ready=line.ready),
            faults=faults_of.freeze(before.faults),
        )
    mode = _mode(old, line, page)
    unconfirmed: frozenset[tuple[str, ZoneStatus | None]] = frozenset()
    if (
        mode is ArmingState.DISARMED
        and old.mode is not ArmingState.DISARMED
        and _is_aside(page)
    ):
        # Several such pages may follow each other: only the same one again, without
        # an armed page between, shows that it was not the page.
        which = line.code, page.status
        if which not in before.unconfirmed:
            mode, unconfirmed = old.mode, before.unconfirmed | {which}
    sounding = _sounding(old, line, page)
    fire, fire_seen = _fire(before, line, page, now)
    heard = bool(sounding or fire)
    disarmed = None if mode is None else mode is ArmingState.DISARMED
    faults = faults_of.take_page(before.faults, line, page, now, disarmed=disarmed)
    shown = replace(
        old,
        mode=mode,
        ready=old.ready if unconfirmed else line.ready,
        sounding=sounding,
        fire=fire,
        alarm_memory=_alarm_memory(old, line, heard),
        entry_delay=_entry_delay(old, line, page, mode, heard),
        exit_seconds=_exit_seconds(old, page, mode),
        entry_delay_off=line.entry_delay_off,
        perimeter_only=line.perimeter_only,
        bypassed=line.bypassed,
        chime=line.chime,
        programming=line.programming,
        trouble=_trouble(old, faults, line, page),
    )
    return replace(
        before,
        shown=shown,
        faults=faults,
        fire_seen=fire_seen,
        unconfirmed=unconfirmed,
    )


def take_system_page(
    before: KeypadPartition, line: Keypad, page: Page, now: datetime
) -> KeypadPartition:
    """Return the partition after a page of the system: one of its rotation.

    Its flags of arming and readiness do not hold; that of the chime does, where the
    page is addressed to keypads.
    """
    if before.shown.programming:
        return before
    faults = faults_of.take_system_page(before.faults, line, page, now)
    shown = replace(
        before.shown,
        trouble=_trouble(before.shown, faults, line, page),
        chime=line.chime if line.mask else before.shown.chime,
    )
    return replace(before, faults=faults, shown=shown)


def _is_aside(page: Page) -> bool:
    """Return whether a page interrupts: it may lack the arming flags."""
    return page.kind is PageKind.INTERRUPTION or page.status in {
        ZoneStatus.TROUBLE,
        ZoneStatus.LOW_BATTERY,
    }


def _mode(old: LocalPartition, line: Keypad, page: Page) -> ArmingState | None:
    away, home = line.armed_away, line.armed_home
    if away is None or home is None or (away and home):
        return None
    if not (away or home):
        return ArmingState.DISARMED
    if page.exit_delay:
        return ArmingState.ARMING
    # Another page that comes between does not end the exit delay.
    if old.mode is ArmingState.ARMING and page.kind is not PageKind.STATUS:
        return ArmingState.ARMING
    if away:
        return ArmingState.ARMED_AWAY
    if line.perimeter_only or line.entry_delay_off:
        return ArmingState.ARMED_NIGHT
    return ArmingState.ARMED_HOME


def _sounding(old: LocalPartition, line: Keypad, page: Page) -> bool | None:
    if line.alarm_sounding is False and old.sounding and line.alarm_memory:
        hides = page.status is not None and page.status & _MAY_HIDE_SIREN
        if hides or page.kind is PageKind.INTERRUPTION:
            return True
    return line.alarm_sounding


def _fire(
    before: KeypadPartition, line: Keypad, page: Page, now: datetime
) -> tuple[bool | None, datetime | None]:
    # With the check flag it is a fire zone's trouble, not a fire (nutech #48).
    if (
        line.fire
        and line.check is False
        and (line.alarm_sounding or line.alarm_memory or line.text.startswith("FIRE"))
    ):
        return True, now
    if line.fire is None:
        return None, None
    if before.fire_seen is None or abs(now - before.fire_seen) >= FIRE_HOLD:
        return False, None
    if (
        not line.alarm_memory
        and not line.alarm_sounding
        and page.status is not ZoneStatus.TROUBLE
        and page.kind is not PageKind.INTERRUPTION
    ):
        return False, None
    return True, before.fire_seen


def _alarm_memory(old: LocalPartition, line: Keypad, heard: bool) -> bool | None:
    if heard:
        return True
    if line.alarm_memory is False:
        return False
    # An alarm that nobody heard may be a silent one: neither say that there is a
    # memory, nor that there is none, or the service's alarm would be a mismatch.
    return True if old.alarm_memory else None


def _entry_delay(
    old: LocalPartition,
    line: Keypad,
    page: Page,
    mode: ArmingState | None,
    heard: bool,
) -> bool:
    if heard or mode in {None, ArmingState.DISARMED, ArmingState.ARMING}:
        return False
    if page.kind is PageKind.ENTRY_DELAY:
        return line.beeps != 0
    return old.entry_delay and page.kind is not PageKind.STATUS


def _exit_seconds(
    old: LocalPartition, page: Page, mode: ArmingState | None
) -> int | None:
    if mode is not ArmingState.ARMING:
        return None
    return page.exit_seconds if page.exit_delay else old.exit_seconds


def _trouble(
    old: LocalPartition, faults: Faults, line: Keypad, page: Page
) -> bool | None:
    # One page's flag is not the whole's: a trouble lasts as long as its page is shown.
    if faults.check:
        return True
    if line.check is None:
        return None
    is_plain = page.kind in {PageKind.STATUS, PageKind.HIDDEN}
    known = is_plain or faults.rotation.whole or old.trouble is not None
    return False if known else None

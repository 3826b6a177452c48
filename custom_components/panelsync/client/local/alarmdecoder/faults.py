"""What the pages of one partition say of its zones, its troubles and the battery.

Pages end by not being shown any more (`rotation`); what a report said ends by a report,
and a bypass or an alarm by its flag.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeGuard

from ...models import ZoneStatus
from .messages import Keypad
from .pages import Page, PageKind, ZoneKey, shows_panel_battery
from .passes import see
from .rotation import Key, Rotation, drop, interrupt, see_aside

# These stand in the rotation as long as they last; a bypass list and an alarm memory
# end by their flags instead.
ROTATING = ZoneStatus.FAULTED | ZoneStatus.TROUBLE | ZoneStatus.LOW_BATTERY
HIDDEN_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Faults:
    """What one partition shows.

    `known`: whether all open zones are among the pages: after a ready line or a
    whole pass, until arming, programming or a lost connection. `frozen`: that
    open zones are not listed now, `hidden` that the list waits for a key. `plain_ends`:
    that the plain page ends where the list begins.
    """

    rotation: Rotation = field(default_factory=Rotation)
    reported: frozenset[ZoneKey] = frozenset()
    held: frozenset[ZoneKey] = frozenset()
    known: bool = False
    frozen: bool = False
    hidden: bool = False
    plain_ends: bool = False

    @property
    def open_zones(self) -> frozenset[int] | None:
        """Return the zones shown as open; None where that says nothing."""
        zones = frozenset(
            key[0] for key in self.rotation.pages if _is_zone(key) and _is_open(key)
        )
        return zones if self.known or zones else None

    def zones(self) -> dict[int, ZoneStatus]:
        """Return the status of every zone that is shown."""
        result: dict[int, ZoneStatus] = {}
        paged = {
            key for key in self.rotation.pages if _is_zone(key) and key[1] & ROTATING
        }
        for zone, status in paged | self.reported | self.held:
            result[zone] = result.get(zone, ZoneStatus(0)) | status
        return result

    @property
    def last_seen(self) -> datetime | None:
        """Return when the newest page was seen."""
        return max((sight.seen for sight in self.rotation.pages.values()), default=None)

    @property
    def check(self) -> bool:
        """Return whether a page of the rotation shows a trouble."""
        return any(sight.check for sight in self.rotation.pages.values())

    @property
    def battery_low(self) -> bool | None:
        """Return whether a page shows the panel's battery as low; None: not all seen."""
        if any(sight.battery for sight in self.rotation.pages.values()):
            return True
        return False if self.rotation.whole else None


def take_page(
    faults: Faults, line: Keypad, page: Page, now: datetime, *, disarmed: bool | None
) -> Faults:
    """Take one page of this partition; `disarmed` is None where it does not say."""
    faults = _flags(faults, line)
    if page.exit_delay or page.kind is PageKind.ENTRY_DELAY:
        # Repeated each second, so that nothing else is shown.
        faults = replace(faults, rotation=interrupt(faults.rotation))
        return freeze(faults) if disarmed is False else faults
    if page.kind is PageKind.HIDDEN and not line.ready:
        faults = _hide(faults, now)
    elif disarmed and line.ready:
        faults = replace(_opened(faults), known=True, frozen=False, hidden=False)
        faults = replace(faults, plain_ends=True)
    elif page.status is ZoneStatus.FAULTED and page.key is not None:
        faults = _listed(faults)
    hidden = faults.hidden
    before = faults.rotation
    rotation = see(
        before,
        page.name,
        now,
        check=bool(line.check),
        battery=shows_panel_battery(line),
        keeps=lambda key: hidden and _is_zone(key),
    )
    gone = before.pages.keys() - rotation.pages.keys()
    held = faults.held
    if page.key is not None and not page.key[1] & ROTATING:
        held |= {page.key}
    faults = replace(
        faults,
        rotation=rotation,
        # What was also shown, and is shown no more, is over.
        reported=faults.reported - {key for key in gone if _is_zone(key)},
        held=held,
    )
    if disarmed is False:
        return freeze(faults)
    if rotation.whole and disarmed and not hidden:
        return replace(faults, known=True, frozen=False)
    return faults


def take_system_page(faults: Faults, line: Keypad, page: Page, now: datetime) -> Faults:
    """Take a page between: it speaks for the system, and has its turn like any."""
    rotation = see(
        faults.rotation,
        page.name,
        now,
        check=bool(line.check),
        battery=shows_panel_battery(line),
        keeps=lambda key: faults.hidden and _is_zone(key),
    )
    return replace(faults, rotation=rotation)


def take_aside(faults: Faults, page: Page, now: datetime) -> Faults:
    """Take a page of the system for other keypads: it may have its turn here, too."""
    rotation = see_aside(faults.rotation, ("aside", page.text), now)
    return replace(faults, rotation=rotation)


def _flags(faults: Faults, line: Keypad) -> Faults:
    if line.bypassed is False:
        faults = clear(faults, ZoneStatus.BYPASSED)
    if line.alarm_memory is False and not line.alarm_sounding:
        faults = clear(faults, ZoneStatus.ALARM)
    return faults


def freeze(faults: Faults) -> Faults:
    """Stop: while armed or in programming no keypad lists open zones."""
    faults = _opened(faults)
    if faults.frozen and not faults.known and not faults.rotation.whole:
        return faults
    return replace(faults, known=False, frozen=True)


def disturb(faults: Faults) -> Faults:
    """Let the next page prove nothing: somebody types, or the adapter started anew."""
    return replace(faults, rotation=interrupt(faults.rotation))


def clear(faults: Faults, status: ZoneStatus) -> Faults:
    """Take away everything of one status, because a flag says it ended."""
    return replace(
        faults,
        held=frozenset(key for key in faults.held if key[1] != status),
        reported=frozenset(key for key in faults.reported if key[1] != status),
    )


def report(faults: Faults, key: ZoneKey, *, restored: bool) -> Faults:
    """Take what a report, not a page, says of a zone."""
    if not restored:
        return replace(faults, reported=faults.reported | {key})
    return replace(
        faults,
        reported=faults.reported - {key},
        held=faults.held - {key},
        rotation=drop(faults.rotation, lambda page: page == key),
    )


def _opened(faults: Faults) -> Faults:
    """Take the open zones away: none is, or none is listed."""
    rotation = drop(faults.rotation, lambda key: _is_zone(key) and _is_open(key))
    return replace(faults, rotation=rotation)


def _listed(faults: Faults) -> Faults:
    """Take the beginning of a list: `Ready` and `Hit *` are no pages of it."""
    rotation = faults.rotation
    if faults.plain_ends:
        rotation = drop(rotation, lambda key: not _is_zone(key) and key[0] == "plain")
    return replace(
        faults, rotation=rotation, frozen=False, hidden=False, plain_ends=False
    )


def _hide(faults: Faults, now: datetime) -> Faults:
    """Take a page that says only that something is open.

    What a list showed before holds as long as it would without being seen again
    (docs/protocol/alarmdecoder.md#rotation): what is open behind is said by nothing.
    """
    seen = [
        sight.seen
        for key, sight in faults.rotation.pages.items()
        if _is_zone(key) and _is_open(key)
    ]
    interval = faults.rotation.interval
    holds = max(HIDDEN_FOR, timedelta(seconds=3 * len(seen) * interval))
    if seen and now - max(seen) > holds:
        faults = _opened(faults)
    rotation = replace(faults.rotation, whole=False)
    return replace(faults, rotation=rotation, known=False, hidden=True, plain_ends=True)


def _is_zone(key: Key) -> TypeGuard[ZoneKey]:
    return isinstance(key[0], int)


def _is_open(key: ZoneKey) -> bool:
    return key[1] is ZoneStatus.FAULTED

"""Which zones a partition shows, learned from the pages its keypad rotates through.

The panel never says that a zone closed: it only stops showing it. So a zone counts as
restored when whole passes of the rotation came without it, or when the panel says
ready, and for no other reason (docs/protocol/alarmdecoder.md#rotation).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ...models import ZoneStatus

# A page of the rotation: a zone and what is said of it.
type Key = tuple[int, ZoneStatus]

# These stand in the rotation as long as they last; a bypass list and an alarm memory
# end by their flags instead.
ROTATING = ZoneStatus.FAULTED | ZoneStatus.TROUBLE | ZoneStatus.LOW_BATTERY

FIRST_INTERVAL = 4.0  # seconds a page stays, until the panel's own pace is learned
_LEARNED_AFTER = 3  # pages
_PACE = 0.1  # weight of the newest page in the mean
# Pages come up to 20 % early or late, and one lost line doubles the gap: a pass with a
# gap of more than this proves nothing.
_CLEAN_GAP = 1.4
# A page again before half its time is an echo of somebody's key press (nutech #46).
_ECHO_GAP = 0.5
_CLEAN_PASSES = 2
# The same page over and over may be a person at the keypad: look longer.
_CLEAN_PASSES_OF_ONE = 4
# Passes that proved nothing count too, in the end. With 3
# one line in twenty lost would restore open zones
# (docs/protocol/alarmdecoder.md#habits-of-the-rotation).
_ANY_PASSES = 6
_ANY_AFTER = timedelta(seconds=60)
LOW_BATTERY_AFTER_READY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Sight:
    """When a page was last seen, and how many passes came without it since."""

    seen: datetime
    missed: int = 0
    missed_clean: int = 0


@dataclass(frozen=True, slots=True)
class Rotation:
    """The pass that is going on. `whole` tells whether it began at its beginning."""

    last: Key | None = None
    last_at: datetime | None = None
    seen: frozenset[Key] = frozenset()
    clean: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Faults:
    """What one partition shows.

    `known` tells whether all open zones are among `sights`: after a ready line or a
    clean pass, until arming, programming or a lost connection. `frozen` tells that
    what is listed is old.
    """

    sights: Mapping[Key, Sight] = field(default_factory=dict)
    rotation: Rotation = Rotation()
    interval: float = FIRST_INTERVAL
    learned: int = 0
    known: bool = False
    frozen: bool = False
    ready_since: datetime | None = None
    clean_passes: int = 0
    unclean_passes: int = 0

    @property
    def open_zones(self) -> frozenset[int] | None:
        """Return the zones shown as open; None where that says nothing."""
        zones = frozenset(
            zone for zone, status in self.sights if status is ZoneStatus.FAULTED
        )
        return zones if self.known or (zones and not self.frozen) else None

    def zones(self) -> dict[int, ZoneStatus]:
        """Return the status of every zone that is shown; old faults are left out."""
        result: dict[int, ZoneStatus] = {}
        for zone, status in self.sights:
            if self.frozen and status is ZoneStatus.FAULTED:
                continue
            result[zone] = result.get(zone, ZoneStatus(0)) | status
        return result


def see_page(faults: Faults, key: Key, now: datetime) -> Faults:
    """Take one zone page of the rotation."""
    faults = replace(faults, ready_since=None, frozen=False)
    faults, regular = _keep_pace(faults, key, now)
    rotation = faults.rotation
    new = key not in faults.sights
    if rotation.last == key and not regular:
        return replace(faults, rotation=replace(rotation, clean=False, last_at=now))
    clean = regular and not new
    # Zones rotate in ascending order, but where pages of other kinds join them is not
    # known (docs/protocol/alarmdecoder.md#rotation): only a page that comes again
    # closes a pass for certain.
    if key in rotation.seen:
        ended = replace(rotation, clean=rotation.clean and clean)
        faults = _close_pass(faults, ended, now)
        rotation = Rotation(seen=frozenset({key}), clean=clean, whole=True)
    else:
        rotation = replace(
            rotation, seen=rotation.seen | {key}, clean=rotation.clean and clean
        )
    sights = {**faults.sights, key: Sight(now)}
    rotation = replace(rotation, last=key, last_at=now)
    return replace(faults, sights=sights, rotation=rotation)


def see_interruption(faults: Faults, now: datetime) -> Faults:
    """Take a page that stands in the rotation without naming a zone."""
    if faults.rotation.last_at is None:
        return faults
    return replace(faults, rotation=replace(faults.rotation, last_at=now))


def see_ready(faults: Faults, now: datetime) -> Faults:
    """Take a ready line of this partition: nothing in it is open."""
    since = faults.ready_since or now
    quiet = now - since > LOW_BATTERY_AFTER_READY
    sights = {
        key: sight
        for key, sight in faults.sights.items()
        if key[1] is not ZoneStatus.FAULTED
        and not (key[1] is ZoneStatus.LOW_BATTERY and quiet)
    }
    return replace(
        faults,
        sights=sights if len(sights) != len(faults.sights) else faults.sights,
        rotation=Rotation(),
        known=True,
        frozen=False,
        ready_since=since,
    )


def see_hidden(faults: Faults, now: datetime) -> Faults:
    """Take a page that says only that something is open.

    What a list showed before holds as long as it would without being seen again
    (docs/protocol/alarmdecoder.md#rotation): what is open behind the page is told by
    nobody.
    """
    seen = [
        sight.seen
        for (_, status), sight in faults.sights.items()
        if status is ZoneStatus.FAULTED
    ]
    holds = max(_ANY_AFTER, timedelta(seconds=3 * len(seen) * faults.interval))
    if seen and now - max(seen) > holds:
        faults = clear(faults, ZoneStatus.FAULTED)
    return replace(faults, rotation=Rotation(), known=False, ready_since=None)


def freeze(faults: Faults) -> Faults:
    """Stop: while armed, in programming or out of touch nothing is learned."""
    if faults.frozen and not faults.known and faults.ready_since is None:
        return faults
    return replace(
        faults, rotation=Rotation(), known=False, frozen=True, ready_since=None
    )


def disturb(faults: Faults) -> Faults:
    """Let the pass prove nothing: somebody types, or the adapter started anew."""
    return replace(faults, rotation=replace(faults.rotation, clean=False, whole=False))


def clear(faults: Faults, status: ZoneStatus) -> Faults:
    """Take away everything of one status, because a flag says it ended."""
    sights = {key: sight for key, sight in faults.sights.items() if key[1] != status}
    if len(sights) == len(faults.sights):
        return faults
    return replace(faults, sights=sights)


def report(faults: Faults, key: Key, now: datetime, *, restored: bool) -> Faults:
    """Take what a report, not a page, says of a zone."""
    sights = dict(faults.sights)
    if restored:
        sights.pop(key, None)
    else:
        sights[key] = Sight(now)
    return replace(faults, sights=sights)


def _keep_pace(faults: Faults, key: Key, now: datetime) -> tuple[Faults, bool]:
    """Learn the panel's pace; tell whether this page came when one was due."""
    last_at = faults.rotation.last_at
    if last_at is None:
        return faults, False
    gap = (now - last_at).total_seconds()
    if gap < faults.interval * _ECHO_GAP and key == faults.rotation.last:
        return faults, False
    regular = gap <= faults.interval * _CLEAN_GAP
    learned_gap = min(max(gap, faults.interval / 2), faults.interval * _CLEAN_GAP)
    return replace(
        faults,
        interval=max(0.1, faults.interval + _PACE * (learned_gap - faults.interval)),
        learned=min(faults.learned + 1, _LEARNED_AFTER),
    ), regular and faults.learned >= _LEARNED_AFTER


def _close_pass(faults: Faults, ended: Rotation, now: datetime) -> Faults:
    needed = _CLEAN_PASSES if len(ended.seen) > 1 else _CLEAN_PASSES_OF_ONE
    clean = ended.clean and ended.whole
    sights: dict[Key, Sight] = {}
    for key, sight in faults.sights.items():
        if key in ended.seen or not key[1] & ROTATING:
            sights[key] = sight
            continue
        missed = replace(
            sight,
            missed=sight.missed + 1,
            missed_clean=sight.missed_clean + clean,
        )
        if missed.missed_clean >= needed:
            continue
        if missed.missed >= _ANY_PASSES and now - sight.seen >= _ANY_AFTER:
            continue
        sights[key] = missed
    return replace(
        faults,
        sights=sights,
        known=faults.known or clean,
        clean_passes=faults.clean_passes + clean,
        unclean_passes=faults.unclean_passes + (not clean),
    )

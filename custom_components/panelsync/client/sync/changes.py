"""What a sync changed: the service's copy before and after, compared. Pure functions.

See docs/architecture.md#outcomes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from ..models import PanelStatus
from ..outcomes import Outcome, SyncKind
from ..silent_alarm import mentions_silent_alarm
from .judgement import Judgement, Layout, Mark, Named, Snapshot

MOST_CHANGES: Final = 20
"""How many changes are kept of one sync; the others are counted."""

MOST_NAMED: Final = 8 * 1024
"""Bytes of the names that are kept: of a state, Home Assistant records 16 KiB or nothing."""


class Thing(StrEnum):
    """What was changed."""

    ZONE = "zone"
    PARTITION = "partition"


class Change(StrEnum):
    """How it was changed."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Changed:
    """One zone or partition that was changed; `before` is the old name of a renamed one."""

    thing: Thing
    change: Change
    number: int
    name: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a proven sync changed, as far as it was seen.

    `more` counts the changes beyond those that are kept. `made_live` is how many user
    changes went live, None where that is not known.
    """

    changes: tuple[Changed, ...] = ()
    more: int = 0
    made_live: int | None = None


NOTHING_CHANGED: Final = Effect()


def layout(status: PanelStatus) -> Layout:
    """Return which zones and partitions a copy of a panel has, silent ones left out."""
    return Layout(
        zones=None
        if status.zones is None
        else _named((zone.zone_id, zone.name) for zone in status.zones),
        partitions=_named(
            (partition.partition_id, partition.name) for partition in status.partitions
        ),
    )


def _named(things: Iterable[tuple[int, str]]) -> Named:
    known = {number: name for number, name in things if not mentions_silent_alarm(name)}
    return tuple(sorted(known.items()))


def differences(before: Layout, after: Layout) -> tuple[Changed, ...]:
    """Return what was added, removed and renamed, zones first, each by its number."""
    return (
        *_differing(Thing.ZONE, before.zones, after.zones),
        *_differing(Thing.PARTITION, before.partitions, after.partitions),
    )


def _differing(
    thing: Thing, before: Named | None, after: Named | None
) -> Iterable[Changed]:
    # Where one of the two has no list, nothing is known of any.
    if before is None or after is None:
        return
    old, new = dict(before), dict(after)
    for number in sorted(new.keys() - old.keys()):
        yield Changed(thing, Change.ADDED, number, new[number])
    for number in sorted(old.keys() - new.keys()):
        yield Changed(thing, Change.REMOVED, number, old[number])
    for number in sorted(old.keys() & new.keys()):
        if old[number] != new[number]:
            yield Changed(thing, Change.RENAMED, number, new[number], old[number])


def effect(
    kind: SyncKind, mark: Mark, judgement: Judgement, snapshot: Snapshot
) -> Effect:
    """Return what a sync changed, where it is proven and both sides were seen."""
    if judgement.outcome is not Outcome.SUCCEEDED:
        return NOTHING_CHANGED
    if kind is SyncKind.USERS:
        after = snapshot.pending
        if mark.pending is None or after is None:
            return NOTHING_CHANGED
        live = max(0, mark.pending - after.count)
        # A count that has not moved yet is from before the sync.
        return NOTHING_CHANGED if mark.pending and not live else Effect(made_live=live)
    status = snapshot.status
    # A slow look may bring a status from before the mark.
    if mark.layout is None or status is None or status.read_at < mark.taken:
        return NOTHING_CHANGED
    found = differences(mark.layout, layout(status))
    kept = tuple(_first_of(found))
    return Effect(kept, len(found) - len(kept))


def _first_of(found: Iterable[Changed]) -> Iterator[Changed]:
    """Yield as many changes as are kept."""
    size = 0
    for changed in islice(found, MOST_CHANGES):
        size += len(f"{changed.name}{changed.before}".encode())
        if size > MOST_NAMED:
            return
        yield changed

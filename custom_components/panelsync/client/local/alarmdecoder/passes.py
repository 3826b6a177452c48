"""Which pages a keypad rotates through, learned from the pages it shows.

The panel never says that a page ended: it only stops showing it. And what opens is shown
at once, with the list going on behind it, so that a pass may be cut. Absence therefore
counts page by page: a page is missed where the one after its predecessor came when it
was due and was another one. What jumps to the front proves little, and what was skipped
and comes again proves a jump (docs/protocol/alarmdecoder.md#habits-of-the-rotation).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from .rotation import (
    JUMPY_FOR,
    LEARNED_AFTER,
    MAX_STEPS,
    Key,
    Rotation,
    Sight,
    Step,
    drop,
)

_GAPS = 15  # that the interval is learned from
# Pages come up to 20 % early or late, and one lost line doubles the gap. What comes
# earlier has just opened, or somebody pressed a key.
_EARLY, _LATE = 0.7, 1.4
# The same page at once is the same page for another keypad.
_TWIN = 0.2
# A page that stands alone is repeated each 10 s by a quiet panel.
_LONE_GAP = 12.0
_LONE_REPEATS = 4
_ROUNDS, _UNSURE_ROUNDS = 2, 3

# Evidence that a page is gone, in half misses: two misses are enough, four where the
# place of the page that came instead is not certain. One that jumps proves nothing.
_GONE = 4
_SURE, _UNSURE = 2, 1
_MAX_PAGES = 192
_MAX_SHARE = 8


def see(
    rotation: Rotation,
    key: Key,
    now: datetime,
    *,
    check: bool = False,
    battery: bool = False,
    keeps: Callable[[Key], bool] = lambda _: False,
) -> Rotation:
    """Return the rotation after one page. `keeps` names pages no absence takes away."""
    rotation = _with_aside(rotation, now, keeps)
    gap = _gap(rotation, now)
    if key == rotation.last and gap is not None:
        after = _repeat(rotation, key, gap, now, keeps)
    else:
        after = _turn(rotation, key, gap, now, keeps)
    sight = replace(after.pages[key], check=check, battery=battery)
    return replace(after, pages={**after.pages, key: sight})


def _with_aside(
    rotation: Rotation, now: datetime, keeps: Callable[[Key], bool]
) -> Rotation:
    """Take the pages that stood where one of this rotation was due.

    Where its own pages are in step, the others turn on their own.
    """
    aside, rotation = rotation.aside, replace(rotation, aside=())
    longest = rotation.interval * _LATE
    if not aside or (gap := _gap(rotation, now)) is None:
        return rotation
    share = rotation.share + (1 if gap > longest else -1)
    rotation = replace(rotation, share=max(-_MAX_SHARE, min(_MAX_SHARE, share)))
    if gap <= longest or share <= 0:
        return rotation
    for key, at in aside:
        step = _gap(rotation, at)
        if step is not None and rotation.interval * _EARLY <= step <= longest:
            rotation = see(rotation, key, at, keeps=keeps)
    return rotation


def _gap(rotation: Rotation, now: datetime) -> float | None:
    if rotation.last_at is None:
        return None
    return max(0.0, (now - rotation.last_at).total_seconds())


def _repeat(
    rotation: Rotation,
    key: Key,
    gap: float,
    now: datetime,
    keeps: Callable[[Key], bool],
) -> Rotation:
    """Take the same page again: an echo of a key, or the only page there is."""
    pages = {**rotation.pages, key: replace(rotation.pages[key], seen=now, missed=0)}
    rotation = replace(rotation, pages=pages)
    if gap < rotation.interval * _TWIN:
        return rotation
    if gap < rotation.interval * _EARLY:
        # The panel's clock may go on from here: the next page proves nothing either.
        return replace(rotation, held=True, repeats=0, trail=())
    if gap > max(_LONE_GAP, rotation.interval * _LATE) or rotation.held:
        return replace(rotation, last_at=now, repeats=0, trail=())
    repeats = rotation.repeats + 1
    rotation = replace(rotation, last_at=now, repeats=repeats, trail=(key,))
    if repeats < max(_LONE_REPEATS, 2 * len(rotation.order)):
        return rotation
    alone = drop(rotation, lambda other: other != key and not keeps(other))
    return replace(alone, whole=True)


def _turn(
    rotation: Rotation,
    key: Key,
    gap: float | None,
    now: datetime,
    keeps: Callable[[Key], bool],
) -> Rotation:
    interval = rotation.interval
    early = gap is not None and gap < interval * _EARLY
    in_time = (
        gap is not None
        and not early
        and gap <= interval * _LATE
        and not rotation.held
        and len(rotation.gaps) >= LEARNED_AFTER - 1
    )
    skipped = _between(rotation, key)
    new = key not in rotation.pages
    old = rotation.pages.get(key, Sight(now))
    if early and not new and len(rotation.gaps) >= LEARNED_AFTER:
        rotation = _jumped(rotation, [key], now)
    came_in_turn = in_time and not new and not skipped
    rotation = _learn_jumps(rotation, key, now) if came_in_turn else rotation
    sight = replace(
        old,
        seen=now,
        missed=0,
        restless=old.restless and not came_in_turn,
    )
    rotation = _placed(rotation, key, now, in_time=in_time)
    pages = {**rotation.pages, key: sight}
    steps = rotation.steps
    if skipped and in_time and not _is_floating(rotation):
        weight = _UNSURE if sight.restless else _SURE
        # Nor one that came behind it: what jumps shows the list from there.
        if rotation.jumps(key, now) or (
            rotation.last is not None and rotation.jumps(rotation.last, now)
        ):
            weight = 0
        steps = (*steps, Step(key, skipped, weight))[-MAX_STEPS:]
        for passed in skipped:
            if not pages[passed].placed:
                continue
            pages[passed] = replace(pages[passed], missed=pages[passed].missed + weight)
    trail = (*rotation.trail, key) if in_time else (key,)
    gaps = rotation.gaps
    if gap is not None and gap > interval * _TWIN:
        gaps = (*gaps, gap)[-_GAPS:]
    after = replace(
        rotation,
        pages=pages,
        last=key,
        last_at=now,
        gaps=gaps,
        trail=trail,
        steps=steps,
        repeats=0,
        held=False,
    )
    return _bounded(_without_gone(_learn(after, now, keeps), keeps))


def _between(rotation: Rotation, key: Key) -> frozenset[Key]:
    """Return the pages that were due before this one."""
    order, last = rotation.order, rotation.last
    if last is None or key not in order or last not in order:
        return frozenset()
    start, end = order.index(last), order.index(key)
    if start < end:
        return frozenset(order[start + 1 : end])
    return frozenset(order[start + 1 :] + order[:end])


def _is_floating(rotation: Rotation) -> bool:
    """Return whether the page shown last has come out of turn, its place not known."""
    return rotation.last is None or rotation.pages[rotation.last].restless


def _placed(rotation: Rotation, key: Key, now: datetime, *, in_time: bool) -> Rotation:
    """Give pages their place: what follows a page that jumped shows where it stands."""
    order, last = rotation.order, rotation.last
    if key not in order:
        at = order.index(last) + 1 if last in order else len(order)
        return replace(rotation, order=(*order[:at], key, *order[at:]))
    if last is not None and in_time and _is_floating(rotation) and last in order:
        others = [other for other in order if other != last]
        at = others.index(key)
        pages = dict(rotation.pages)
        if not pages[key].restless and not rotation.jumps(key, now):
            pages[last] = replace(pages[last], placed=True)
        return replace(rotation, order=(*others[:at], last, *others[at:]), pages=pages)
    return rotation


def _learn_jumps(rotation: Rotation, key: Key, now: datetime) -> Rotation:
    """Learn from a page that was skipped and comes in its turn: that was a jump."""
    wrong = [step for step in rotation.steps if key in step.skipped]
    # One that jumps may have closed and opened again meanwhile: it accuses nobody.
    if not wrong or rotation.jumps(key, now):
        return rotation
    pages = dict(rotation.pages)
    for step in wrong:
        for passed in step.skipped & pages.keys():
            missed = max(0, pages[passed].missed - step.weight)
            pages[passed] = replace(pages[passed], missed=missed)
    steps = tuple(step for step in rotation.steps if step not in wrong)
    rotation = replace(rotation, pages=pages, steps=steps)
    return _jumped(rotation, [step.to for step in wrong], now)


def _jumped(rotation: Rotation, keys: list[Key], now: datetime) -> Rotation:
    lately = {
        key: at for key, at in rotation.jumped.items() if abs(now - at) < JUMPY_FOR
    } | dict.fromkeys((key for key in keys if isinstance(key[0], int)), now)
    return replace(rotation, jumped=dict(list(lately.items())[-_MAX_PAGES:]))


def _learn(rotation: Rotation, now: datetime, keeps: Callable[[Key], bool]) -> Rotation:
    """Take a pass without a cut for the order; nothing else is there then.

    A pass that leaves pages out says so when it came several times in a row, and none
    of its pages is one that jumps.
    """
    *earlier, key = rotation.trail
    if key not in earlier:
        return replace(rotation, rounds=0) if len(rotation.trail) == 1 else rotation
    ring = tuple(earlier[len(earlier) - 1 - earlier[::-1].index(key) :])
    rotation = replace(
        rotation,
        trail=(*ring[1:], key),
        rounds=rotation.rounds + 1 if len(ring) == len(earlier) else 1,
    )
    sights = [rotation.pages[page] for page in ring]
    if len(ring) == len(rotation.order):
        pages = {
            key: replace(sight, restless=False, placed=True)
            for key, sight in rotation.pages.items()
        }
        return replace(rotation, order=ring, pages=pages, whole=True)
    needed = _UNSURE_ROUNDS if any(sight.restless for sight in sights) else _ROUNDS
    if rotation.rounds < needed * len(ring) or any(
        rotation.jumps(page, now) for page in ring
    ):
        return rotation
    alone = drop(rotation, lambda page: page not in ring and not keeps(page))
    return replace(alone, whole=True)


def _without_gone(rotation: Rotation, keeps: Callable[[Key], bool]) -> Rotation:
    return drop(
        rotation,
        lambda page: rotation.pages[page].missed >= _GONE and not keeps(page),
    )


def _bounded(rotation: Rotation) -> Rotation:
    if len(rotation.pages) <= _MAX_PAGES:
        return rotation
    oldest = min(rotation.pages, key=lambda page: rotation.pages[page].seen)
    return drop(rotation, lambda page: page == oldest)

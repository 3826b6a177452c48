"""The pages a keypad rotates through, and what was learned of how it turns them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

# A page of the rotation, whatever names it: a zone's begins with its number, and only a
# zone closes and opens again in the time of a pass.
type Key = tuple[object, ...]

FIRST_INTERVAL = 4.0  # seconds a page stays, until the panel's own interval is learned
LEARNED_AFTER = 3  # gaps between pages
MAX_STEPS = 8
JUMPY_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Sight:
    """One page of the rotation: when it was seen, and how far it is missed since.

    `restless` until it once came in its turn; `placed` once its place is known, by the
    page that came behind it.
    """

    seen: datetime
    missed: int = 0
    restless: bool = True
    placed: bool = False
    check: bool = False
    battery: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step that left pages out, until one of them shows that they were skipped."""

    to: Key
    skipped: frozenset[Key]
    weight: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """The pages of one partition. `order` is the ring they are turned in.

    `jumped` is when a page last came out of its turn: it may do so again.

    `whole`: whether every page there is was seen: after a pass in step, or the
    same page over and over. `aside` are pages for other keypads since the last one, and
    `share` whether such take the place of one of these (above 0) or turn on their own.
    """

    pages: Mapping[Key, Sight] = field(default_factory=dict)
    order: tuple[Key, ...] = ()
    last: Key | None = None
    last_at: datetime | None = None
    gaps: tuple[float, ...] = ()
    trail: tuple[Key, ...] = ()
    steps: tuple[Step, ...] = ()
    jumped: Mapping[Key, datetime] = field(default_factory=dict)
    repeats: int = 0
    rounds: int = 0
    held: bool = False
    whole: bool = False
    aside: tuple[tuple[Key, datetime], ...] = ()
    share: int = 0

    @property
    def interval(self) -> float:
        """Return how long a page stays, in seconds."""
        if len(self.gaps) < LEARNED_AFTER:
            return FIRST_INTERVAL
        # Below the middle: a page that was lost, or is another keypad's, makes a gap
        # long, and more of them are than a zone that just opened makes short.
        return max(0.1, sorted(self.gaps)[len(self.gaps) // 3])

    def jumps(self, key: Key, now: datetime) -> bool:
        """Return whether a page came out of its turn not long ago."""
        at = self.jumped.get(key)
        return at is not None and abs(now - at) < JUMPY_FOR


def see_aside(rotation: Rotation, key: Key, now: datetime) -> Rotation:
    """Keep a page for other keypads: it may have taken the place of one of these."""
    return replace(rotation, aside=(*rotation.aside, (key, now))[-MAX_STEPS:])


def interrupt(rotation: Rotation) -> Rotation:
    """Let the next page prove nothing: somebody types, or pages were not shown."""
    return replace(
        rotation, last=None, last_at=None, trail=(), steps=(), repeats=0, aside=()
    )


def drop(rotation: Rotation, gone: Callable[[Key], bool]) -> Rotation:
    """Take pages away, because something else says that they ended."""
    if not any(map(gone, rotation.pages)):
        return rotation
    return replace(
        rotation,
        pages={key: sight for key, sight in rotation.pages.items() if not gone(key)},
        order=tuple(key for key in rotation.order if not gone(key)),
        trail=tuple(key for key in rotation.trail if not gone(key)),
        last=None if rotation.last is None or gone(rotation.last) else rotation.last,
    )

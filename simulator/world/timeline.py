"""The world's own time: a list of what is due, emptied whenever somebody looks. Stand-in only."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count

type Action = Callable[[], None]

_TICKS_BEGIN = datetime(1, 1, 1, tzinfo=UTC)


class Timeline:
    """Lets everything due happen in order when given the time; never waits, has no task."""

    def __init__(self, now: datetime, speed: float) -> None:
        """Begin at `now`; every duration given later is divided by `speed`."""
        self.now = now
        self.speed = speed
        self._due: list[tuple[datetime, int, Action]] = []
        self._order = count()

    def after(self, seconds: float, action: Action) -> None:
        """Let `action` happen `seconds` (of the world) after now."""
        due = self.now + timedelta(seconds=seconds / self.speed)
        heappush(self._due, (due, next(self._order), action))

    @property
    def next_due(self) -> datetime | None:
        """Return when the next thing happens."""
        return self._due[0][0] if self._due else None

    def advance(self, now: datetime) -> None:
        """Let everything due up to `now` happen, each at its own moment. Going back in time does nothing."""
        while self._due and self._due[0][0] <= now:
            due, _, action = heappop(self._due)
            self.now = max(self.now, due)
            action()
        self.now = max(self.now, now)


def ticks(time: datetime) -> int:
    """Return .NET ticks of an aware time: 100 ns since the year 1, UTC, whole seconds.

    See docs/protocol/total-connect.md#report-time-and-configuration-number.
    """
    since = time.astimezone(UTC) - _TICKS_BEGIN
    return (since.days * 86_400 + since.seconds) * 10_000_000

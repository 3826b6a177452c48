"""A made keypad with the habits of real ones, written from the protocol page.

A zone that opens is shown at once and the list goes on behind it; pages stay about 4 s
(docs/protocol/alarmdecoder.md#habits-of-the-rotation). It knows nothing of the client.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random


@dataclass
class Keypad:
    """Turns pages by number; `others` are pages that are always among them."""

    chance: Random
    open: set[int] = field(default_factory=set)
    others: tuple[int, ...] = ()
    pace: float = 4
    jitter: float = 0.2
    now: float = 0
    _next: float = 0
    _shown: int = 0

    def opens(self, zone: int) -> Iterator[tuple[float, int]]:
        """Open a zone: it is shown at once, and the list goes on behind it."""
        if zone not in self.open:
            self.open.add(zone)
            yield self._show(zone)

    def closes(self, zone: int) -> None:
        """Close a zone: that is told by nothing."""
        self.open.discard(zone)

    def until(self, end: float) -> Iterator[tuple[float, int]]:
        """Turn pages until some time; each with its own."""
        while self._next < end:
            self.now = self._next
            ring = sorted({*self.open, *self.others})
            if not ring:
                self._next = end
                break
            after = [page for page in ring if page > self._shown]
            yield self._show((after or ring)[0])
        self.now = end

    def _show(self, page: int) -> tuple[float, int]:
        self._shown = page
        stays = self.pace * self.chance.uniform(1 - self.jitter, 1 + self.jitter)
        self._next = self.now + stays
        return self.now, page

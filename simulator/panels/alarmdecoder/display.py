"""The rotation of pages on the keypads of one partition, on the world's timeline. Simulated.

See docs/protocol/alarmdecoder.md#rotation and docs/architecture.md#simulator.
"""

from collections.abc import Callable
from random import Random

from simulator.panels.local import LocalPanel
from simulator.panels.pages import ROTATION, Page

_JITTER = 0.2


class Display:
    """Shows one page after the other; a page that is new comes at once, in or out of its order."""

    def __init__(
        self,
        local: LocalPanel,
        partition: int,
        show: Callable[[Page], None],
        random: Random,
    ) -> None:
        """Show the pages of a partition from the first `refresh` on; `show` gets each."""
        self._local = local
        self._partition = partition
        self._show = show
        self._random = random
        self._pages: tuple[Page, ...] = ()
        self._index = 0
        self._turn = 0  # a timer of an older turn does nothing

    def refresh(self) -> None:
        """Take up what the panel is now."""
        pages = self._local.pages(self._partition)
        if pages == self._pages:
            return
        known, self._pages = self._pages, pages
        texts, before = [page.text for page in pages], [page.text for page in known]
        news = [index for index, text in enumerate(texts) if text not in before]
        shown = before[self._index] if before else ""
        if news:
            self._present(news[0])
        elif len(pages) == 1:
            self._present(0)
        elif shown not in texts:
            self._index = (self._index - 1) % len(pages)  # the next one comes in turn
        else:
            place = texts.index(shown)
            if pages[place] == known[self._index]:
                self._index = place
            else:
                self._present(place)

    def repeat(self) -> None:
        """Show the present page once more, as after a key press (docs/protocol/alarmdecoder.md#rotation)."""
        if self._pages:
            self._show(self._pages[self._index])

    def stop(self) -> None:
        """Show nothing more until the next `refresh`."""
        self._turn += 1
        self._pages = ()

    def _present(self, index: int) -> None:
        self._index = index
        page = self._pages[index]
        self._turn += 1
        turn = self._turn
        seconds = page.seconds
        if seconds == ROTATION:
            seconds *= self._random.uniform(1 - _JITTER, 1 + _JITTER)
        self._local.world.timeline.after(seconds, lambda: self._next(turn))
        self._show(page)

    def _next(self, turn: int) -> None:
        if turn != self._turn:
            return
        self._pages = self._local.pages(self._partition)
        self._present((self._index + 1) % len(self._pages))

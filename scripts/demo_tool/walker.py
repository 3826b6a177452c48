"""Somebody who clicks and looks, on one page of a browser."""

import asyncio
from pathlib import Path
from typing import Literal

from playwright.async_api import Locator, Page, TimeoutError as NotSeen

from .home import Home
from .paths import DATA
from .processes import DemoError
from .simulator import Simulator
from .words import Words

_SEEN_SECONDS = 30
_SETTLE_SECONDS = 1.5  # until what slides or fades has come to rest


class Walker:
    """Clicks and looks like a person, and keeps a picture of each step."""

    def __init__(
        self, page: Page, home: Home, simulator: Simulator, words: Words, folder: Path
    ) -> None:
        """Walk on a page; pictures go to a folder."""
        self.page = page
        self.home = home
        self.simulator = simulator
        self.words = words
        self._folder = folder
        self._pictures = 0

    async def see(self, text: str, seconds: float = _SEEN_SECONDS) -> Locator:
        """Wait until a text is on the page; raises DemoError if it never is."""
        found = self.page.get_by_text(text).filter(visible=True).last
        await self._wait(found, repr(text), seconds)
        return found

    async def see_button(self, name: str, seconds: float = _SEEN_SECONDS) -> Locator:
        """Wait until a button can be seen; `name` is its text, or the key of it."""
        if name.startswith("ui."):
            name = await self.words.theirs(self.page, name)
        button = self.page.get_by_role("button", name=name, exact=True)
        button = button.filter(visible=True).last
        await self._wait(button, f"the button {name!r}", seconds)
        return button

    async def see_no_more(self, text: str) -> None:
        """Wait until a text is gone; raises DemoError if it stays."""
        there = self.page.get_by_text(text).filter(visible=True).last
        await self._wait(there, f"that {text!r} is gone", _SEEN_SECONDS, "detached")

    async def click(self, text: str) -> None:
        """Click what bears a text."""
        await (await self.see(text)).click()

    async def button(self, name: str) -> None:
        """Click a button; `name` is its text, or the key of it."""
        await (await self.see_button(name)).click()

    async def press(self, name: str) -> None:
        """Press the button entity of a name on the page of its device."""
        press = await self.words.theirs(self.page, "ui.card.button.press")
        row = self.page.locator("hui-button-entity-row", has_text=name)
        await row.get_by_role("button", name=press).click()

    async def tile(self, name: str, place: str) -> None:
        """Click the tile of a dashboard by its text, below a heading or anywhere."""
        sections = self.page.locator("hui-grid-section", has_text=place)
        tiles = sections.get_by_text(name, exact=True).filter(visible=True)
        await tiles.first.click(force=True)  # the whole tile lies over its text

    async def type(self, field: str, text: str) -> None:
        """Type into a field of a form."""
        await self.page.locator(f"input[name={field}]").last.fill(text)

    async def picture(self, name: str, height: int = 0) -> None:
        """Store what is seen now, on a page made taller where that shows more."""
        usual = self.page.viewport_size
        assert usual is not None  # it was set
        if height:
            await self.page.set_viewport_size({**usual, "height": height})
        await asyncio.sleep(_SETTLE_SECONDS)
        self._pictures += 1
        path = self._folder / f"{self._pictures:02}-{name}.png"
        await self.page.screenshot(path=path)
        if height:
            await self.page.set_viewport_size(usual)
        print(f"walk: {path.relative_to(DATA.parent)}", flush=True)

    async def _wait(
        self,
        found: Locator,
        what: str,
        seconds: float,
        state: Literal["visible", "detached"] = "visible",
    ) -> None:
        try:
            await found.wait_for(state=state, timeout=seconds * 1000)
        except NotSeen:
            await self.picture("not-seen")
            raise DemoError(f"It was not seen: {what}; see {self._folder}/") from None

"""The words a person sees: PanelSync's own, and those of Home Assistant's pages."""

from collections.abc import Mapping
import json
from typing import Any

from playwright.async_api import Page

from .paths import COMPONENTS

_TRANSLATIONS = COMPONENTS / "panelsync" / "translations"


class Words:
    """All texts of one language, so that a walk can look for what it should see."""

    def __init__(self, language: str) -> None:
        """Read the texts of a language."""
        path = _TRANSLATIONS / f"{language}.json"
        self._texts: Mapping[str, Any] = json.loads(path.read_text())

    def ours(self, key: str, paragraph: int = 0, **values: str) -> str:
        """Return a paragraph of a text, filled in, as a page shows it."""
        text: Any = self._texts
        for part in key.split("."):
            text = text[part]
        return str(text).split("\n\n")[paragraph].replace("**", "").format(**values)

    async def theirs(self, page: Page, key: str) -> str:
        """Return a text of Home Assistant's pages in the language of the page.

        A page loads the texts of its part on its own, so this waits for the text.
        """
        found = await page.wait_for_function(
            "key => document.querySelector('home-assistant').hass?.localize(key)",
            arg=key,
        )
        return str(await found.json_value())

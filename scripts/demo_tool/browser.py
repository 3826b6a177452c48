"""A Chromium that Home Assistant knows already, for pictures and for the walk."""

from collections.abc import AsyncIterator
import contextlib
import json
import shutil

from playwright.async_api import Page, async_playwright

from .home import Home
from .processes import DemoError

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
)


def browser_path() -> str:
    """Return the browser's program, or raise DemoError."""
    for name in _BROWSERS:
        if path := shutil.which(name):
            return path
    raise DemoError(
        "No Chromium was found on the PATH. Install it (Debian: the package "
        "`chromium`) and run this again."
    )


@contextlib.asynccontextmanager
async def signed_in_page(
    home: Home, *, locale: str = "en", scale: float = 1.5
) -> AsyncIterator[Page]:
    """Open a page of a browser in a language, signed in to Home Assistant."""
    tokens = {
        **home.tokens,
        "hassUrl": home.url,
        "clientId": f"{home.url}/",
        "expires": 4_102_444_800_000,  # the access token outlives the pictures
    }
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=browser_path(), args=list(ARGUMENTS)
        )
        context = await browser.new_context(locale=locale, device_scale_factor=scale)
        await context.add_init_script(
            "if (location.origin === "
            f"{json.dumps(home.url)}) localStorage.hassTokens = "
            f"{json.dumps(json.dumps(tokens))}"
        )
        yield await context.new_page()
        await browser.close()

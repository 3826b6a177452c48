"""`scripts/screenshot`: takes the pictures of the documentation from a running demo.

The account is added by hand, so to speak: by typing into the set-up dialog.
"""

import asyncio
from collections.abc import AsyncIterator
import contextlib
import json
import shutil
import sys

import aiohttp
from playwright.async_api import Locator, Page, async_playwright

from .dashboard import make_dashboard
from .home import CommandError, Home
from .outcomes import Outcomes
from .paths import IMAGES
from .processes import DemoError
from .registry import Account, find_account
from .simulator import PASSWORD, USER, Simulator

_ACCOUNT_CHOICE = "Total Connect 2.0 account"
_WIDTH = 1280
_SETTLE_SECONDS = 6  # until a page has loaded its parts and nothing moves any more
_OUTCOME_SECONDS = 120
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
)


def _browser_path() -> str:
    for name in _BROWSERS:
        if path := shutil.which(name):
            return path
    raise DemoError(
        "No Chromium was found on the PATH. Install it (Debian: the package "
        "`chromium`) and run this again."
    )


@contextlib.asynccontextmanager
async def _signed_in_page(home: Home) -> AsyncIterator[Page]:
    """Open a browser page that Home Assistant knows already."""
    tokens = {
        **home.tokens,
        "hassUrl": home.url,
        "clientId": f"{home.url}/",
        "expires": 4_102_444_800_000,  # the access token outlives the pictures
    }
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=_browser_path(), args=list(_ARGUMENTS)
        )
        context = await browser.new_context(device_scale_factor=1.5)
        await context.add_init_script(
            "if (location.origin === "
            f"{json.dumps(home.url)}) localStorage.hassTokens = "
            f"{json.dumps(json.dumps(tokens))}"
        )
        yield await context.new_page()
        await browser.close()


class _Camera:
    """Goes to pages and stores what is seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def take(self, name: str, url: str | None = None, height: int = 900) -> None:
        """Store the present page, or the page at an address, as a picture."""
        await self.page.set_viewport_size({"width": _WIDTH, "height": height})
        if url:
            await self.page.goto(url)
        await asyncio.sleep(_SETTLE_SECONDS)
        IMAGES.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=IMAGES / f"{name}.png")
        print(f"screenshot: docs/images/{name}.png", flush=True)


async def _add_account(camera: _Camera, home: Home, simulator: Simulator) -> None:
    """Type the account into the set-up dialog, with a picture of each step."""
    page = camera.page
    await page.goto(f"{home.url}/config/integrations/dashboard/add?domain=panelsync")
    await _button(page, "OK").click(timeout=60_000)
    await page.get_by_text(_ACCOUNT_CHOICE, exact=True).click(timeout=60_000)
    await page.locator("input[name=username]").fill(USER)
    await page.locator("input[name=password]").fill(PASSWORD)
    await camera.take("setup-account")
    await page.get_by_text("Service addresses").click()
    for field in ("web_url", "service_url"):
        await page.locator(f"input[name={field}]").fill(simulator.url)
    await _button(page, "Submit").click()
    await page.get_by_text("What works on this account").wait_for(timeout=60_000)
    await camera.take("setup-summary", height=1200)
    await page.get_by_text("Try the likely ways when I press").first.click()
    await _button(page, "Submit").click()
    await _button(page, "Skip and finish").click(timeout=60_000)


def _button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).last


async def _press_everywhere(home: Home, account: Account) -> None:
    """Press, so that the pictures show outcomes of several sorts."""
    outcomes = await Outcomes.listen(home)
    for key, kind in (("sync_users", "users"), ("sync_panel", "panel")):
        for place in reversed(account.locations.values()):
            with contextlib.suppress(CommandError):  # refused or failed at once
                await home.press(place.entities[key])
            if not await outcomes.wait(place.entities["sync"], kind, _OUTCOME_SECONDS):
                raise DemoError(f"No outcome of {key} at {place.name} came in time.")


async def take_all() -> None:
    """Start a demo, take every picture, end it."""
    _browser_path()
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        simulator = await Simulator.start(
            http, profile="rest", seed=1, folder="pictures", speed=2.0
        )
        stack.push_async_callback(simulator.child.stop)
        home = await Home.start(http, "pictures")
        stack.push_async_callback(home.stop)
        camera = _Camera(await stack.enter_async_context(_signed_in_page(home)))
        await _add_account(camera, home, simulator)
        account = await find_account(home, await simulator.state())
        dashboard = await make_dashboard(home, [account])
        await _press_everywhere(home, account)
        devices = f"{home.url}/config/devices/device"
        place = next(iter(account.locations.values()))
        await camera.take("location", f"{devices}/{place.device_id}", 1300)
        account_page = f"{devices}/{account.device.device_id}"
        await camera.take("account", account_page, 1100)
        await camera.take("dashboard", dashboard, 1500)
        await camera.take("simulator", simulator.page)


if __name__ == "__main__":
    try:
        asyncio.run(take_all())
    except DemoError as error:
        sys.exit(f"screenshot: {error}")

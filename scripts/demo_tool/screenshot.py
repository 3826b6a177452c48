"""`scripts/screenshot`: takes the pictures of the documentation from a running demo.

The account is added by hand, so to speak: by typing into the set-up dialog.
"""

import asyncio
import contextlib
import sys

import aiohttp
from playwright.async_api import Locator, Page

from .browser import browser_path, signed_in_page
from .dashboard import make_dashboard
from .home import CommandError, Home
from .outcomes import Outcomes
from .panels import LocalPanel, add_panels
from .paths import IMAGES
from .processes import DemoError
from .registry import Account, find_account
from .simulator import PASSWORD, USER, Simulator

_ACCOUNT_CHOICE = "Total Connect 2.0 account"
_WIDTH = 1280
_SETTLE_SECONDS = 6  # until a page has loaded its parts and nothing moves any more
_OUTCOME_SECONDS = 120
_MISMATCH_SECONDS = 420


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
    """Type the account into the set-up dialog, with a picture of the last page."""
    page = camera.page
    await page.goto(f"{home.url}/config/integrations/dashboard/add?domain=panelsync")
    await _button(page, "OK").click(timeout=60_000)
    await page.get_by_text(_ACCOUNT_CHOICE, exact=True).click(timeout=60_000)
    await page.locator("input[name=username]").fill(USER)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.get_by_text("Total Connect addresses").click()
    for field in ("web_url", "service_url"):
        await page.locator(f"input[name={field}]").fill(simulator.url)
    await _button(page, "Submit").click()
    await page.get_by_text("What works on this account").wait_for(timeout=60_000)
    await camera.take("setup-summary", height=1200)
    await page.get_by_text("Also try likely methods on request").first.click()
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


async def _open_repair(camera: _Camera, home: Home) -> None:
    """Open the repair of a sync that failed."""
    await camera.page.goto(f"{home.url}/config/repairs")
    await camera.page.get_by_text("Panel sync failed at").first.click(timeout=60_000)
    await _button(camera.page, "Start").wait_for(timeout=60_000)
    await camera.take("repair")


async def _wait_for_mismatch(home: Home, panel: LocalPanel) -> None:
    path = f"/api/states/{panel.place.entities['status_mismatch']}"
    try:
        async with asyncio.timeout(_MISMATCH_SECONDS):
            while (await home.rest("GET", path))["state"] != "on":
                await asyncio.sleep(1)
    except TimeoutError:
        raise DemoError(f"No mismatch was seen at {panel.location.name}.") from None


async def take_all() -> None:
    """Start a demo, take every picture, end it."""
    browser_path()
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        simulator = await Simulator.start(
            http, profile="rest", seed=1, folder="pictures", speed=2.0
        )
        stack.push_async_callback(simulator.child.stop)
        home = await Home.start(http, "pictures")
        stack.push_async_callback(home.stop)
        camera = _Camera(await stack.enter_async_context(signed_in_page(home)))
        await _add_account(camera, home, simulator)
        account = await find_account(home, await simulator.state())
        panels = await add_panels(home, simulator, account)
        dashboard = await make_dashboard(home)
        await _press_everywhere(home, account)
        # From here on panel and service differ at the first location.
        await simulator.lose_reports(panels[0].location_id)
        await simulator.arm_locally(panels[0].location_id)
        devices = f"{home.url}/config/devices/device"
        place = next(iter(account.locations.values()))
        await camera.take("location", f"{devices}/{place.device_id}", 1450)
        await camera.take("simulator", simulator.page)
        await _open_repair(camera, home)
        await _wait_for_mismatch(home, panels[0])
        await camera.take("dashboard", dashboard, 2000)


if __name__ == "__main__":
    try:
        asyncio.run(take_all())
    except DemoError as error:
        sys.exit(f"screenshot: {error}")

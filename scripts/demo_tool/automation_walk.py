"""A step of the walk: an automation is made in Home Assistant's editor, and runs."""

import asyncio

from .processes import DemoError
from .registry import find_account
from .walker import Walker

_AREA = "Farm"
_RUN_SECONDS = 150
_EDITOR = "ui.panel.config.automation.editor"


async def make_an_automation(walk: Walker, location: str) -> None:
    """Click a trigger and an action of ours together by target, and set them off.

    Only the location's area is given behind the pages' back.
    """
    account = await find_account(walk.home, await walk.simulator.state())
    place = next(
        place for place in account.locations.values() if place.name == location
    )
    area = await walk.home.command("config/area_registry/create", name=_AREA)
    await walk.home.command(
        "config/device_registry/update",
        device_id=place.device_id,
        area_id=area["area_id"],
    )
    page, ours = walk.page, walk.words.ours
    await page.goto(f"{walk.home.url}/config/automation/edit/new")
    await walk.button(f"{_EDITOR}.triggers.add")
    await walk.click(_AREA)
    await walk.click(ours("triggers.sync_succeeded.name"))
    # The editor counts what the area holds for it.
    await walk.see(f"{_AREA} (1)")
    await walk.button(f"{_EDITOR}.actions.add")
    await walk.click(_AREA)
    await walk.picture("automation-action")
    await walk.click(ours("services.refresh_status.name"))
    await walk.button("ui.common.save")
    await walk.picture("automation-name")
    await walk.button("ui.common.save")
    await walk.see_button(f"{_EDITOR}.show_trace")
    await walk.picture("automation")
    await page.goto(f"{walk.home.url}/config/devices/device/{place.device_id}")
    await walk.press(ours("entity.button.sync_panel.name"))
    outcome = f"/api/states/{place.entities['sync']}"
    try:
        async with asyncio.timeout(_RUN_SECONDS):
            while not await _is_refreshed(walk, outcome):
                await asyncio.sleep(1)
    except TimeoutError:
        raise DemoError("The automation did not refresh after the sync.") from None


async def _is_refreshed(walk: Walker, outcome: str) -> bool:
    """Return whether the last outcome is that of a refresh: nobody presses one here."""
    state = await walk.home.rest("GET", outcome)
    return bool(state["attributes"].get("kind") == "refresh")

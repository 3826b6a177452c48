"""`scripts/walk`: a new user's walk through PanelSync in Chromium, looked at step by step.

Nothing is read from the documentation and nothing is called behind the pages' back:
everything is clicked and typed. Only what happens in the house and at the service is
played through the simulator. A step whose text is not seen ends the walk.
"""

import argparse
import asyncio
from collections.abc import Sequence
import contextlib
import shutil
import sys
from typing import Any

import aiohttp
from playwright.async_api import Error as BrowserError

from simulator import SimulatorOptions

from .automation_walk import make_an_automation
from .browser import browser_path, signed_in_page
from .dashboard import make_dashboard
from .home import Home
from .paths import DATA
from .processes import DemoError
from .registry import Account, Place, find_account
from .simulator import PASSWORD, USER, Simulator
from .teach_walk import walk_teaching
from .walker import Walker
from .words import Words

HEALTHY, STALE = "Mill House", "Lake Cabin"
LANGUAGES = ("en", "es", "fr", "de", "nl", "pt-BR")
_OUTCOME_SECONDS = 150
_WIDE, _PHONE = (1280, 900), (390, 844)
_SUBMIT = "ui.panel.config.integrations.config_flow.submit"


async def add_account(walk: Walker) -> None:
    """Add the account: a wrong password, the right one, codes, what works."""
    page, ours = walk.page, walk.words.ours
    await page.goto(f"{walk.home.url}/config/integrations/dashboard")
    await walk.button("ui.panel.config.integrations.add_integration")
    search = await walk.words.theirs(page, "ui.panel.config.integrations.search_brand")
    await (
        page.get_by_placeholder(search)
        .or_(page.get_by_label(search))
        .last.fill("panel")
    )
    await walk.see("PanelSync")
    await walk.picture("add-integration")
    await walk.click("PanelSync")
    await walk.see(ours("config.step.user.description"))
    await walk.picture("menu")
    await walk.click(ours("config.step.user.menu_options.account"))
    await walk.see(ours("config.step.account.description"))
    await walk.picture("account")
    await walk.type("username", USER)
    await walk.type("password", "not-the-password")
    await walk.click(ours("config.step.account.sections.advanced.name"))
    for field in ("web_url", "service_url"):
        await walk.type(field, walk.simulator.url)
    await walk.picture("addresses", 1200)
    await walk.button(_SUBMIT)
    await walk.see(ours("config.error.invalid_auth"))
    await walk.picture("wrong-password")
    await walk.type("password", PASSWORD)
    await walk.button(_SUBMIT)
    await walk.see(ours("config.step.codes.title", location=HEALTHY))
    await walk.picture("code")
    await walk.type("user_code", "1111")
    await walk.button(_SUBMIT)
    await walk.see(ours("config.error.invalid_code", location=HEALTHY))
    await walk.picture("wrong-code")
    for location in (HEALTHY, STALE):
        await walk.see(ours("config.step.codes.title", location=location))
        await walk.type("user_code", SimulatorOptions().user_code)
        await walk.button(_SUBMIT)
    await walk.see(ours("config.step.summary.title"))
    await walk.picture("summary", 1250)
    await walk.click(ours("selector.user_sync_way.options.likely"))
    await walk.button(_SUBMIT)
    await walk.button("ui.panel.config.integrations.config_flow.finish_skip")


async def look_at_devices(walk: Walker) -> None:
    """Find the way from the integration's page to the devices and the options."""
    ours = walk.words.ours
    await walk.page.goto(f"{walk.home.url}/config/integrations/integration/panelsync")
    await walk.see(HEALTHY)
    await walk.picture("integration")
    await walk.button("ui.panel.config.integrations.config_entry.configure")
    await walk.see(ours("options.step.init.description"))
    await walk.click(ours("options.step.init.menu_options.user_sync"))
    await walk.see(ours("options.step.user_sync.description"))
    await walk.picture("options", 1000)
    await walk.page.reload()
    await walk.see_no_more(ours("options.step.user_sync.description"))
    await walk.click(USER)
    await walk.see(ours("entity.button.sync_users_all.name"))
    await walk.picture("account-device")
    await walk.page.go_back()
    await walk.click(HEALTHY)
    await walk.see(ours("entity.sensor.sync_status.state.changes_waiting"))
    await walk.picture("device", 1500)


async def meet_a_failure(walk: Walker) -> None:
    """Press while the panel's line is cut, and see why it failed."""
    ours = walk.words.ours
    await walk.simulator.set_line(await _location_id(walk), connected=False)
    await walk.press(ours("entity.button.sync_panel.name"))
    # The toast, the reason in Activity, and the state.
    await walk.see(_unreachable(walk))
    await walk.see(ours("entity.sensor.sync_status.state.failed"), _OUTCOME_SECONDS)
    await walk.picture("failed")


async def repair_it(walk: Walker) -> None:
    """Open the repair too early, then again after the line was mended."""
    ours = walk.words.ours
    kind = ours("common.kind_panel")
    title = ours("issues.sync_failed.title", kind=kind, location=HEALTHY)
    await _open_repair(walk, title, _unreachable(walk))
    await walk.picture("repair")
    confirm = "issues.sync_failed.fix_flow.step.confirm"
    await walk.button(ours(f"{confirm}.submit"))
    await walk.see_no_more(ours(f"{confirm}.description", -1))
    await walk.see(_unreachable(walk))
    await walk.picture("not-repaired")
    await walk.button("ui.panel.config.integrations.config_flow.close")
    await walk.simulator.set_line(await _location_id(walk), connected=True)
    await _open_repair(walk, title, _unreachable(walk))
    await _mend(walk, "sync_failed", kind, HEALTHY)
    await walk.see_no_more(title)
    await walk.picture("repaired")


async def mend_the_stale_one(walk: Walker) -> None:
    """Do what the repair of the location with a new sensor says."""
    ours = walk.words.ours
    kind = ours("common.kind_panel")
    title = ours("issues.sync_required.title", location=STALE)
    steps = "issues.sync_required.fix_flow.step"
    about = ours(f"{steps}.required.description", location=STALE)
    await _open_repair(walk, title, about)
    await walk.picture("sync-required")
    await walk.click(ours(f"{steps}.required.menu_options.confirm"))
    await walk.see(ours(f"{steps}.confirm.description", kind=kind))
    await _mend(walk, "sync_required", kind, STALE)
    await walk.see_no_more(title)


async def see_it_healed(walk: Walker) -> None:
    """Look at the device again: only user changes wait, and Activity shows the way."""
    await walk.page.goto(f"{walk.home.url}/config/integrations/integration/panelsync")
    await walk.click(HEALTHY)
    await walk.see(walk.words.ours("entity.sensor.sync_status.state.changes_waiting"))
    await walk.picture("healed", 1500)


async def _question(walk: Walker, key: str, place: Place, account: Account) -> str:
    """Return what the dashboard asks before a press, with the number of changes."""
    if not key.startswith("sync_users"):
        return walk.words.ours(f"common.dashboard_{key}", location=place.name)
    places = account.locations.values() if key.endswith("_all") else [place]
    states = {
        state["entity_id"]: state for state in await walk.home.command("get_states")
    }
    counts = [
        states[place.entities["pending_user_changes"]]["state"] for place in places
    ]
    if not all(count.isdigit() for count in counts):
        return walk.words.ours(f"common.dashboard_{key}_unknown", location=place.name)
    count = sum(map(int, counts))
    form = "one" if count == 1 else "many"
    return walk.words.ours(
        f"common.dashboard_{key}_{form}", location=place.name, count=str(count)
    )


async def be_asked_before_each_press(walk: Walker) -> None:
    """Click each button of the dashboard: nothing is sent before the answer."""
    account = await find_account(walk.home, await walk.simulator.state())
    await walk.page.goto(await make_dashboard(walk.home))
    await walk.see(HEALTHY)
    await walk.picture("dashboard", 1500)
    before = await _starts(walk)
    keys = ("sync_users", "sync_panel", "refresh_status")
    pressed = [(key, place) for place in account.locations.values() for key in keys]
    pressed += [(f"{key}_all", account.device) for key in keys]
    for key, place in pressed:
        question = await _question(walk, key, place, account)
        name = "" if place is account.device else place.name
        await walk.tile(walk.words.ours(f"entity.button.{key}.name"), name)
        await walk.see(question)
        if key == "sync_users_all":
            await walk.picture("asked")
        await walk.button("ui.common.cancel")
        await walk.see_no_more(question)
    if await _starts(walk) != before:
        raise DemoError("The dashboard started a sync before it was answered")
    await walk.tile(walk.words.ours("entity.button.sync_users_all.name"), "")
    await walk.button("ui.common.ok")
    await walk.see(
        walk.words.ours(
            "common.told_succeeded",
            kind=walk.words.ours("common.kind_users"),
            evidence="|",
        ).partition("|")[0],
        _OUTCOME_SECONDS,
    )
    await walk.picture("pressed", 1500)


async def _starts(walk: Walker) -> list[Any]:
    """Return how many syncs of each kind were started at each location."""
    return [one["starts"] for one in (await walk.simulator.state())["locations"]]


async def _open_repair(walk: Walker, title: str, about: str) -> None:
    # By address: a narrow page hides the sidebar.
    await walk.page.goto(f"{walk.home.url}/config")
    await walk.click(title)
    await walk.see(about)


async def _mend(walk: Walker, issue: str, kind: str, location: str) -> None:
    """Press the dialog's button and wait until it says that all is well."""
    ours, flow = walk.words.ours, f"issues.{issue}.fix_flow"
    await walk.button(ours(f"{flow}.step.confirm.submit"))
    await walk.see(ours(f"{flow}.progress.syncing", kind=kind, location=location))
    await walk.picture("mending")
    finish = "ui.panel.config.integrations.config_flow.finish"
    await walk.see_button(finish, _OUTCOME_SECONDS)
    told = ours("common.told_succeeded", kind=kind, evidence="|")
    await walk.see(told.partition("|")[0])
    await walk.picture("mended")
    await walk.button(finish)


def _unreachable(walk: Walker) -> str:
    """Return how the reason of the failure begins."""
    text = walk.words.ours(
        "exceptions.failed_panel_unreachable.message", location=HEALTHY, text="|"
    )
    return text.partition("|")[0]


async def _location_id(walk: Walker) -> int:
    state = await walk.simulator.state()
    return next(int(one["id"]) for one in state["locations"] if one["name"] == HEALTHY)


_STEPS = (
    add_account,
    look_at_devices,
    meet_a_failure,
    repair_it,
    mend_the_stale_one,
    see_it_healed,
    be_asked_before_each_press,
)


async def walk_once(language: str, *, phone: bool) -> None:
    """Walk in one language, on one size of screen; raises DemoError."""
    folder = f"walk/{language}-phone" if phone else f"walk/{language}"
    shutil.rmtree(DATA / folder, ignore_errors=True)
    width, height = _PHONE if phone else _WIDE
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        simulator = await Simulator.start(
            http, profile="rest", seed=1, folder=folder, speed=2.0, locations=2
        )
        stack.push_async_callback(simulator.child.stop)
        await simulator.switch({"prompt_user_code": True})
        home = await Home.start(http, folder)
        stack.push_async_callback(home.stop)
        await home.command("config/core/update", language=language)
        page = await stack.enter_async_context(
            signed_in_page(home, locale=language, scale=1)
        )
        await page.set_viewport_size({"width": width, "height": height})
        walk = Walker(page, home, simulator, Words(language), DATA / folder)
        for step in _STEPS:
            await step(walk)
        if not phone:
            # A phone's editor lays a sheet over its own buttons.
            await make_an_automation(walk, HEALTHY)


async def _walk_all(languages: Sequence[str], *, phone: bool, teach: bool) -> None:
    browser_path()
    for language in languages:
        if teach:
            await walk_teaching(language)
        else:
            await walk_once(language, phone=phone)


def main() -> int:
    """Return the exit code: 0 only if every step was seen."""
    parser = argparse.ArgumentParser(prog="scripts/walk", description=__doc__)
    parser.add_argument(
        "--language", choices=LANGUAGES, action="append", help="English if not given"
    )
    parser.add_argument("--phone", action="store_true", help="on a small screen")
    parser.add_argument(
        "--teach", action="store_true", help="teach an account instead, by a recording"
    )
    options = parser.parse_args()
    try:
        asyncio.run(
            _walk_all(
                options.language or ["en"], phone=options.phone, teach=options.teach
            )
        )
    except (DemoError, BrowserError) as error:
        print(f"walk: {error}", file=sys.stderr)
        return 1
    print("walk: every step was seen")
    return 0


if __name__ == "__main__":
    sys.exit(main())

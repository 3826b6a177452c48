"""From the refusal of a press to a proven user sync, clicked through with a recording."""

import contextlib
from pathlib import Path
import shutil
import time

import aiohttp

from .browser import signed_in_page
from .flow import add_entry
from .home import Home
from .paths import DATA
from .processes import DemoError
from .simulator import Simulator, known_fields
from .walker import Walker
from .words import Words

HEALTHY = "Mill House"
_OUTCOME_SECONDS = 150
_LONGEST = 120.0
"""Seconds from the refusal to the proof: a person is not to wait any longer."""


async def walk_teaching(language: str) -> None:
    """Walk in one language against a service with hidden ways; raises DemoError."""
    folder = f"walk/teach-{language}"
    shutil.rmtree(DATA / folder, ignore_errors=True)
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        simulator = await Simulator.start(
            http, profile="hidden", seed=1, folder=folder, speed=4.0, locations=2
        )
        stack.push_async_callback(simulator.child.stop)
        home = await Home.start(http, folder)
        stack.push_async_callback(home.stop)
        await home.command("config/core/update", language=language)
        await add_entry(home, "account", known_fields(simulator))
        recording = DATA / folder / "recording.har"
        recording.write_bytes(await simulator.recording())
        page = await stack.enter_async_context(
            signed_in_page(home, locale=language, scale=1)
        )
        await page.set_viewport_size({"width": 1280, "height": 900})
        walk = Walker(page, home, simulator, Words(language), DATA / folder)
        await _open_device(walk)
        await _be_refused(walk)
        begun = time.monotonic()
        await _teach(walk, recording)
        await _open_device(walk)
        await _prove(walk)
        seconds = time.monotonic() - begun
        print(f"walk: from the refusal to the proof in {seconds:.0f} s", flush=True)
        if seconds > _LONGEST:
            raise DemoError("That takes too long")


async def _open_device(walk: Walker) -> None:
    await walk.page.goto(f"{walk.home.url}/config/integrations/integration/panelsync")
    await walk.click(HEALTHY)
    await walk.see(walk.words.ours("entity.button.sync_users.name"))


async def _be_refused(walk: Walker) -> None:
    ours = walk.words.ours
    await walk.press(ours("entity.button.sync_users.name"))
    refused = ours("exceptions.refused_no_user_sync_way.message", location=HEALTHY)
    await walk.see(refused)
    await walk.picture("refused")


async def _teach(walk: Walker, recording: Path) -> None:
    """Give the file to the dialog, look at what it taught, and keep it."""
    ours, page = walk.words.ours, walk.page
    await page.goto(f"{walk.home.url}/config/integrations/integration/panelsync")
    await walk.button("ui.panel.config.integrations.config_entry.configure")
    await walk.see(ours("options.step.init.description"))
    await walk.picture("options")
    await walk.click(ours("options.step.init.menu_options.teach"))
    await walk.see(ours("options.step.teach.data.recording"))
    await walk.picture("teach", 1300)
    await page.locator("input[type=file]").last.set_input_files(recording)
    await walk.see(recording.name)
    await walk.button(ours("options.step.teach.submit"))
    await walk.see(ours("options.step.taught.title"))
    await walk.see(ours("common.learn_nothing_missing"))
    await walk.picture("taught", 1100)
    await walk.button(ours("options.step.taught.submit"))
    await walk.button("ui.panel.config.integrations.config_flow.finish")


async def _prove(walk: Walker) -> None:
    ours = walk.words.ours
    await walk.press(ours("entity.button.sync_users.name"))
    kind = ours("common.kind_users")
    proof = ours("common.told_succeeded", kind=kind, evidence="|").partition("|")[0]
    await walk.see(proof, _OUTCOME_SECONDS)
    await walk.picture("proven", 1500)

"""Many locations, long hours, random faults and presses: nothing grows, nothing is lost.

The event loop and the sockets are real, the clock is moved. `scripts/soak` plays 200
locations for 24 hours; a plain test run plays a few for half an hour.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
import gc
import os
from pathlib import Path
import random
import sys

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.panelsync.const import DOMAIN
from tests.home_assistant.conftest import pauses_pass_at_once  # noqa: F401
from tests.home_assistant.home import Home

from .homes import living, service
from .report import Report

LOCATIONS = int(os.environ.get("PANELSYNC_SOAK_LOCATIONS", "8"))
HOURS = float(os.environ.get("PANELSYNC_SOAK_HOURS", "0.75"))
SLICE = 300
SETTLE = 900
# None of these takes real time, because nothing may sleep on the moved clock.
FAULTS = (
    "401", "403", "404", "429", "500_message", "500_999", "502_html", "503", "html",
    "empty", "truncated", "wrong_types", "missing_section", "unknown_code", "xml_bomb",
    "refuse",
)  # fmt: skip
ROUTES = (
    "full_status",
    "events",
    "users",
    "session_details",
    "job_status",
    "dashboard",
    "synchronize",
    "user_sync",
    "live_zones",
    "token",
)
KEYS = ("sync_panel", "sync_users", "refresh_status")


@dataclass(frozen=True, slots=True)
class Held:
    """What this process holds: Python's memory blocks, bytes, tasks, sockets, store."""

    blocks: int
    resident: int
    tasks: int
    sockets: int
    stored: int


def sockets() -> int:
    """Count the open sockets of this process."""
    found = 0
    for file in Path("/proc/self/fd").iterdir():
        try:
            found += file.readlink().name.startswith("socket:")
        except OSError:
            continue
    return found


def held(directory: Path) -> Held:
    """Measure what is held once the garbage is gone."""
    gc.collect()
    stores = (directory / ".storage").glob(f"{DOMAIN}.*")
    return Held(
        sys.getallocatedblocks(),
        int(Path("/proc/self/statm").read_text().split()[1])
        * os.sysconf("SC_PAGESIZE"),
        len(asyncio.all_tasks()),
        sockets(),
        sum(file.stat().st_size for file in stores),
    )


@pytest.mark.timeout(6 * 3600)
async def test_soak(
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
    record_property: Report,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chance = random.Random(7)
    presses: Counter[tuple[int, str]] = Counter()
    slices = max(4, int(HOURS * 3600 / SLICE))
    measured: list[Held] = []
    async with (
        service(freezer, locations=LOCATIONS) as world,
        living(tmp_path, world, freezer) as home,
    ):
        await home.start()
        for number in range(slices):
            for _ in range(chance.randint(0, 2)):
                world.faults.add(
                    chance.choice(ROUTES), chance.choice(FAULTS), chance.randint(1, 3)
                )
            for _ in range(chance.randint(2, 8)):
                index, key = chance.randrange(LOCATIONS), chance.choice(KEYS)
                # What is unavailable Home Assistant does not press, and says nothing.
                if home.state("button", key, index).state == STATE_UNAVAILABLE:
                    continue
                presses[index, key] += 1
                # Refused or failed at once, its outcome is told all the same.
                with suppress(HomeAssistantError):
                    await home.press(key, index)
            await home.wait(SLICE, step=15)
            if number in (slices // 2, slices - 1):
                world.faults.clear()
                await home.wait(SETTLE, step=15)
                # What the simulator and this test have written down is not ours.
                world.received.clear()
                measured.append(held(tmp_path))
                with capsys.disabled():
                    sys.stdout.write(
                        f"\n{number + 1} of {slices} slices: {measured[-1]}\n"
                    )
        judge(home, presses, measured)
    record_property("outcomes", sum(presses.values()))


def judge(home: Home, presses: Counter[tuple[int, str]], measured: list[Held]) -> None:
    """Hold every press to one outcome and one start, and what is held to what it was."""
    started: Counter[str] = Counter()
    for index in range(LOCATIONS):
        # A late proof corrects an outcome; it is no second one.
        told = [item for item in home.outcomes(index) if not item["upgraded"]]
        pressed = {key: presses[index, key] for key in KEYS}
        assert len(told) == sum(pressed.values()), f"{told} of {pressed}"
        location = home.location(index)
        begun = Counter(item["kind"] for item in told if item["outcome"] != "refused")
        started.update(location.starts)
        assert location.starts["users"] <= begun["users"]
        # A panel that cannot be reached says so, and is asked once more
        # (docs/architecture.md#a-start-is-sent-once).
        at_most = 1 if location.panel.connected else 2
        assert location.starts["panel"] <= at_most * begun["panel"]
    assert min(started["users"], started["panel"]) >= 3, started
    middle, end = measured
    assert end.blocks - middle.blocks < 20_000 + 100 * LOCATIONS
    assert end.resident - middle.resident < 24_000_000 + 20_000 * LOCATIONS
    assert end.tasks <= middle.tasks + 3
    assert end.sockets <= middle.sockets + 24
    # The newest run of each kind and what it rests on, however long ago it began.
    assert end.stored < 20_000 + 4_000 * LOCATIONS
    assert home.received_forbidden() == []

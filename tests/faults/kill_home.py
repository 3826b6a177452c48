"""A Home Assistant in a process of its own, which kills itself at a chosen moment.

Run as `python -m tests.faults.kill_home`, with the job as a JSON object on the standard
input: it holds a password. It loads the integration with its real stores in a real directory, presses a button if it is told to,
and lets time pass on a clock that it shares with the simulated service through a file.
It prints one JSON object, unless it was killed before, and logs everything.
"""

import asyncio
from datetime import datetime
import json
import logging
import os
from pathlib import Path
import signal
import sys
from typing import Any
from unittest.mock import patch

from freezegun import freeze_time
from homeassistant import loader

# What is first imported on a frozen clock takes the frozen classes for real ones.
import homeassistant.components.usb  # noqa: F401
from homeassistant.config_entries import ConfigEntryState
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_test_home_assistant

# Lets Home Assistant's own clock be frozen, too.
import pytest_homeassistant_custom_component.patch_time  # noqa: F401

# Before the test package puts another `custom_components` in front.
import custom_components.panelsync  # noqa: F401
from custom_components.panelsync.client import RemoteService
from scripts.loopback import seed_http
from tests.home_assistant.home import Home

HISTORY = ".history"


class SharedClock:
    """The frozen clock of this process, told to the service through a file."""

    def __init__(self, freezer: Any, file: Path) -> None:
        self._freezer = freezer
        self._file = file

    def tick(self, seconds: float) -> None:
        self._freezer.tick(seconds)
        self._file.write_text(dt_util.utcnow().isoformat())


class Service:
    """What `Home` needs to know of a simulator that runs in another process."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.url = job["url"]
        self.options = type("Options", (), job["options"])
        ids = type("Ids", (), {"numbered": lambda *_: job["user_id"]})()
        self.world = type("World", (), {"ids": ids, "locations": job["locations"]})


def stage(text: str, location_id: int) -> str:
    """Tell how far the run of a location has come in a stored history."""
    stored = json.loads(text)["data"]["locations"].get(str(location_id), {})
    if (run := stored.get("open_run")) is not None:
        seen = any(value for value in run["found"].values())
        return "seen" if seen else str(run["phase"])
    if stored.get("unannounced"):
        return "ended"
    return "told" if stored.get("ended") else "none"


def die_at(moment: str, wanted: str, location_id: int) -> Any:
    """Kill this process before or after the write with which a run reaches a stage.

    A store is written to a file beside it, which then takes its place: `os.rename` is
    the instant at which the new content counts.
    """
    rename = os.rename

    def renaming(source: str, target: str) -> None:
        reached = str(target).endswith(HISTORY) and wanted == stage(
            Path(source).read_text(), location_id
        )
        if reached and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        rename(source, target)
        if reached and moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    return patch("os.rename", renaming)


async def live(job: dict[str, Any], freezer: Any) -> dict[str, Any]:
    """Live as long as the job says; return what was seen."""
    clock = SharedClock(freezer, Path(job["clock"]))

    async def sleep(seconds: float) -> None:
        clock.tick(seconds)

    defaults = RemoteService.__init__.__kwdefaults__
    assert defaults is not None
    defaults["sleep"] = sleep
    seed_http(Path(job["directory"]))
    async with async_test_home_assistant(config_dir=job["directory"]) as hass:
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS, None)
        home = Home(hass, Service(job), clock)  # type: ignore[arg-type]
        await home.start()
        assert home.entry.state is ConfigEntryState.LOADED, home.entry.reason
        error = None
        with die_at(job["moment"], job["stage"], job["locations"][job["index"]]):
            if job["press"] is not None:
                try:
                    await home.press(job["press"], job["index"])
                except HomeAssistantError as raised:
                    error = raised.translation_key
            waited = 0
            while waited < job["wait"]:
                await home.wait(15)
                waited += 15
        seen = {
            "error": error,
            "outcomes": [
                (item["outcome"], item["reason"])
                for item in home.outcomes(job["index"])
            ],
            "event": home.state("event", "sync", job["index"]).attributes["event_type"],
            "status": home.state("sensor", "sync_status", job["index"]).state,
        }
        await hass.config_entries.async_unload(home.entry.entry_id)
        await hass.async_stop(force=True)
        return seen


def main() -> None:
    """Do the job that is asked for."""
    job = json.load(sys.stdin)
    logging.basicConfig(
        level=logging.DEBUG, format="%(levelname)s %(name)s %(message)s"
    )
    begin = datetime.fromisoformat(Path(job["clock"]).read_text())
    with freeze_time(begin) as freezer:
        seen = asyncio.run(live(job, freezer))
    sys.stdout.write(json.dumps(seen))
    sys.stdout.flush()
    # Home Assistant's threads need no farewell here.
    os._exit(0)


if __name__ == "__main__":
    main()

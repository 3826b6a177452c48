"""A Home Assistant on the real clock, with a simulator in a process of its own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
import json
import logging
from pathlib import Path
import subprocess
import sys
import tempfile
from typing import Any
from urllib.request import Request, urlopen

from homeassistant import loader
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

# Before the test package puts another `custom_components` in front.
import custom_components.panelsync  # noqa: F401
from custom_components.panelsync.const import (
    CONF_CODES,
    CONF_SERVICE_URL,
    CONF_USER_SYNC_WAY,
    CONF_VOICE_USER_SYNC,
    CONF_WEB_URL,
    DOMAIN,
)
from scripts.loopback import guard, seed_http

# Every measurement imports this module before it starts anything.
guard()

USER, PASSWORD = "dana.keller", "Lantern-42-Orchard"


@contextmanager
def simulator(locations: int, *arguments: str) -> Iterator[list[str]]:
    """Run a simulator in a process of its own.

    Gives its address, then those of the local panels that `arguments` ask for.
    """
    process = subprocess.Popen(
        [
            sys.executable,
            *("-m", "simulator", "--port", "0", "--locations", str(locations)),
            *("--user", USER, "--password", PASSWORD),
            *arguments,
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    faces = sum(argument in ("--ad2", "--vista") for argument in arguments)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = next(word for word in line.split() if word.startswith("http")).rstrip(",")
        yield [url, *(process.stdout.readline().split()[-1] for _ in range(faces))]
    finally:
        process.terminate()
        process.wait(10)


def control(url: str, path: str, body: object = None) -> Any:
    """Ask the simulator's control interface, or tell it something."""
    request = Request(
        f"{url}/control/{path}",
        None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")


@asynccontextmanager
async def home_assistant() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant that knows PanelSync, and nothing yet of an account."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        seed_http(Path(directory))
        async with async_test_home_assistant(config_dir=directory) as hass:
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS, None)
            yield hass
            # Reads that are under way are cut off, and say so.
            logging.disable(logging.CRITICAL)
            for entry in hass.config_entries.async_entries(DOMAIN):
                if entry.state is ConfigEntryState.LOADED:
                    await hass.config_entries.async_unload(entry.entry_id)
            await hass.async_stop(force=True)


async def add_account(hass: HomeAssistant, url: str) -> MockConfigEntry:
    """Set up the simulator's account as its flow does; returns the entry."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=USER,
        unique_id="benchmark",
        data={
            CONF_USERNAME: USER,
            CONF_PASSWORD: PASSWORD,
            CONF_WEB_URL: url,
            CONF_SERVICE_URL: url,
            CONF_CODES: {},
        },
        options={
            CONF_USER_SYNC_WAY: "likely",
            CONF_VOICE_USER_SYNC: False,
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id), entry.reason
    await hass.async_block_till_done()
    return entry

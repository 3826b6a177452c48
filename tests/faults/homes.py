"""Home Assistants that live in a directory each, on one frozen clock, in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant import loader
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_test_home_assistant,
)

from custom_components.panelsync.const import DOMAIN
from simulator import Simulator, SimulatorOptions
from tests.home_assistant.home import Home

ROOT = Path(__file__).parents[2]
BEGIN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@asynccontextmanager
async def service(
    freezer: FrozenDateTimeFactory, profile: str = "rest", locations: int = 4
) -> AsyncIterator[Simulator]:
    """Run a simulated service on the test's clock."""
    freezer.move_to(BEGIN)
    options = SimulatorOptions(
        profile=profile,  # type: ignore[arg-type]
        locations=locations,
        clock=lambda: datetime.now(UTC),
    )
    async with Simulator(options) as simulator:
        simulator.switches.live_read_seconds = 0
        yield simulator


@asynccontextmanager
async def living(
    directory: Path, simulator: Simulator, freezer: FrozenDateTimeFactory
) -> AsyncIterator[Home]:
    """Let a Home Assistant live in a directory, with its real stores, and end."""
    _prepare(directory)
    async with async_test_home_assistant(config_dir=str(directory)) as hass:
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS, None)
        # It registers once a process, and no account needs it.
        hass.config.components.add("usb")
        home = Home(hass, simulator, freezer)
        try:
            yield home
        finally:
            for entry in hass.config_entries.async_loaded_entries(DOMAIN):
                await hass.config_entries.async_unload(entry.entry_id)
            await hass.async_stop(force=True)


def _prepare(directory: Path) -> None:
    directory.mkdir(exist_ok=True)
    if not (directory / "custom_components").exists():
        (directory / "custom_components").symlink_to(ROOT / "custom_components")


async def wait(homes: list[Home], seconds: float, step: float = 15) -> None:
    """Let time pass in several homes at once."""
    while seconds > 0:
        homes[0].freezer.tick(min(step, seconds))
        seconds -= step
        for home in homes:
            async_fire_time_changed(home.hass)
        for home in homes:
            await home.settle()

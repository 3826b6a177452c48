"""A Home Assistant with PanelSync against a running simulator."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

# Before the test package puts another `custom_components` in front.
import custom_components.panelsync  # noqa: F401
from custom_components.panelsync.client import RemoteService
from custom_components.panelsync.const import DOMAIN
from simulator import Simulator, SimulatorOptions
from simulator.panels import Firmware

from .home import HEALTHY, Home
from .house import FaceName, House, Link

type StartHome = Callable[..., Awaitable[Home]]
type MakeHouse = Callable[..., House]
type StartHouse = Callable[..., Awaitable[House]]


@pytest.fixture(autouse=True)
def custom_integrations(
    recorder_off: None, enable_custom_integrations: None, socket_enabled: None
) -> None:
    """Let Home Assistant load PanelSync and let the simulator listen on loopback."""


@pytest.fixture
def recorder_off() -> None:
    """Stand where a test may put the recorder first."""


@pytest.fixture
def options() -> SimulatorOptions:
    """Return what the simulator is started with; parametrize to change it."""
    return SimulatorOptions()


@pytest.fixture
async def simulator(
    options: SimulatorOptions, freezer: FrozenDateTimeFactory
) -> AsyncGenerator[Simulator]:
    """Run a simulator whose clock is the test's frozen one."""
    freezer.move_to(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
    options = replace(options, clock=lambda: datetime.now(UTC), speed=1.0)
    async with Simulator(options) as running:
        # The frozen clock drives the event loop too: nothing may sleep on it.
        running.switches.live_read_seconds = 0
        yield running


@pytest.fixture
def start_home(
    hass: HomeAssistant, simulator: Simulator, freezer: FrozenDateTimeFactory
) -> StartHome:
    """Return how to load an account entry against the simulator."""

    async def start(**data: object) -> Home:
        home = Home(hass, simulator, freezer)
        await home.start(**data)
        return home

    return start


@pytest.fixture
async def home(start_home: StartHome) -> Home:
    """Return a loaded account, its logs read."""
    return await start_home()


@pytest.fixture
async def make_house(
    hass: HomeAssistant, simulator: Simulator, freezer: FrozenDateTimeFactory
) -> AsyncGenerator[MakeHouse]:
    """Return how to stand before a panel; whatever it was sent is checked at the end."""
    houses: list[House] = []

    def make(name: FaceName, index: int = 0) -> House:
        house = House(hass, simulator, freezer, name, index)
        houses.append(house)
        return house

    yield make
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)
    for house in houses:
        house.check_what_was_sent()


@pytest.fixture
def start_house(make_house: MakeHouse, tmp_path: Path) -> StartHouse:
    """Return how to load the entry of a panel, which may serve a location of an account."""

    async def start(
        name: FaceName = "ad2",
        index: int = HEALTHY,
        *,
        link: Link = "tcp",
        firmware: Firmware | None = None,
        serves: Home | None = None,
        **changes: Any,
    ) -> House:
        house = make_house(name, index)
        path = tmp_path / "ttyUSB0" if link == "pty" else None
        if serves is not None:
            changes["options"] = {"location": serves.identifier(index)}
        await house.start(await house.open(link, path, firmware=firmware), **changes)
        return house

    return start


@pytest.fixture
async def conversation(hass: HomeAssistant) -> None:
    """Let people speak to Home Assistant."""
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, component, {})


@pytest.fixture
async def logbook(hass: HomeAssistant) -> None:
    """Let people read Activity, without anything being recorded."""
    hass.config.components.add("recorder")
    assert await async_setup_component(hass, "logbook", {})


@pytest.fixture(autouse=True)
def pauses_pass_at_once(
    monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    """Let the client's pauses move the frozen clock instead of taking real time."""

    async def sleep(seconds: float) -> None:
        freezer.tick(seconds)

    defaults = RemoteService.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "sleep", sleep)

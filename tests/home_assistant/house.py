"""A panel in the house: its face in the simulator, and its entry in Home Assistant."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
import re
from typing import Any, Literal

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import Event, HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.panelsync.const import DOMAIN, EVENT_PANELSYNC
from simulator import Simulator
from simulator.panels import Face, Firmware, LocalPanel, PortOptions

from .quiet import quiet
from .shown import Shown

type FaceName = Literal["ad2", "vista"]
type Link = Literal["tcp", "pty"]

TITLES = {"ad2": "AlarmDecoder", "vista": "VISTA RS-232"}
FAMILIES = {"ad2": "alarmdecoder", "vista": "vista_serial"}
BAUDRATES = {"ad2": 115200, "vista": 9600}

# All that may ever reach a panel's wires (docs/architecture.md#what-can-be-written): to
# an AlarmDecoder V, C and line ends, to a VISTA the read queries of
# docs/protocol/vista-rs232.md#queries.
ALLOWED = {
    "ad2": re.compile(rb"(\r\n|V\r|C\r)*"),
    "vista": re.compile(rb"((08as0064|08zs004B|08ZP008E|08ZD009A|08LD00A8)\r\n)*"),
}


class House:
    """One panel of the simulated world with a local face, and its entry."""

    def __init__(
        self,
        hass: HomeAssistant,
        simulator: Simulator,
        freezer: FrozenDateTimeFactory,
        name: FaceName,
        index: int = 0,
    ) -> None:
        """Stand before the nth location's panel; nothing is open yet."""
        self.hass = hass
        self.simulator = simulator
        self.freezer = freezer
        self.name = name
        self.location_id = list(simulator.world.locations)[index]
        self.shown = Shown(hass)
        self.told: list[Event[Any]] = async_capture_events(hass, EVENT_PANELSYNC)
        self.face: Face
        self.entry: ConfigEntry

    @property
    def panel(self) -> LocalPanel:
        """Return the panel as people in the house meet it."""
        return self.simulator.local.panel(self.location_id)

    async def open(
        self,
        link: Link = "tcp",
        path: Path | None = None,
        *,
        firmware: Firmware | None = None,
        baud: int = 115200,
    ) -> str:
        """Open the face; returns what Home Assistant opens."""
        options = PortOptions(link=link, path=str(path or ""), raw=self.name == "vista")
        faces = self.simulator.local
        if self.name == "ad2":
            self.face = await faces.open_alarmdecoder(
                self.location_id, options, firmware=firmware, baud=baud
            )
        else:
            self.face = await faces.open_vista(self.location_id, options)
        return self.face.url

    def add_entry(self, url: str, **changes: Any) -> MockConfigEntry:
        """Add an entry as the flow makes it; `options` and `unique_id` may be given."""
        entry = MockConfigEntry(
            domain=DOMAIN,
            title=TITLES[self.name],
            data={
                "device": url,
                "family": FAMILIES[self.name],
                "baudrate": BAUDRATES[self.name],
                "partitions": {},
            }
            | changes.pop("data", {}),
            **changes,
        )
        entry.add_to_hass(self.hass)
        self.entry = entry
        return entry

    async def start(self, url: str, **changes: Any) -> None:
        """Add the entry, load it and wait until the panel is heard."""
        self.add_entry(url, **changes)
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.until_heard()

    async def until_heard(self, seconds: float = 120) -> None:
        """Let time pass until the panel is heard."""

        def walk_by() -> None:
            # A VISTA is never asked before it spoke.
            if self.name == "vista":
                self.panel.emit("manual_test")

        await self.until("binary_sensor", "panel_connection", "on", seconds, walk_by)

    async def until(
        self,
        platform: str,
        key: str,
        wanted: str,
        most: float = 300,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> float:
        """Let time pass until an entity has shown a state, however briefly.

        `meanwhile` happens every second. Returns the seconds until the state was shown,
        0 where it is shown already.
        """
        begun = dt_util.utcnow()
        mark = self.shown.mark()
        entity_id = self.entity_id(platform, key)
        if entity_id is not None and self.hass.states.is_state(entity_id, wanted):
            return 0.0
        while (dt_util.utcnow() - begun).total_seconds() < most:
            meanwhile()
            await self.wait(1)
            entity_id = self.entity_id(platform, key)
            assert entity_id is not None, f"no {platform} {key}"
            if (at := self.shown.first(entity_id, wanted, mark)) is not None:
                return (at - begun).total_seconds()
        raise AssertionError(f"{entity_id} was not {wanted} within {most:.0f} s")

    @contextmanager
    def shows(self, platform: str, key: str) -> Iterator[list[str]]:
        """Give every state that an entity shows until the end of the block."""
        entity_id = self.entity_id(platform, key)
        assert entity_id is not None, f"no {platform} {key}"
        with self.shown.during(entity_id) as states:
            yield states

    async def carry(self, *, settle: bool = True) -> None:
        """Let the wires carry what was sent, and everybody answer it.

        Without `settle` no task is waited for, as while an action runs.
        """
        await quiet()
        if settle:
            await self.hass.async_block_till_done()
            await quiet()

    async def wait(
        self, seconds: float, step: float = 5, *, settle: bool = True
    ) -> None:
        """Let time pass, in steps no longer than the shortest timer."""
        while seconds > 0:
            self.freezer.tick(min(step, seconds))
            seconds -= step
            async_fire_time_changed(self.hass)
            await self.carry(settle=settle)

    @property
    def connected(self) -> bool:
        """Return whether Home Assistant shows that it hears the panel."""
        return self.state("binary_sensor", "panel_connection").state == "on"

    def entity_id(self, platform: str, key: str) -> str | None:
        """Return an entity of the panel, None where it does not exist."""
        return er.async_get(self.hass).async_get_entity_id(
            platform, DOMAIN, f"{self.entry.entry_id}_{key}"
        )

    def state(self, platform: str, key: str) -> State:
        """Return an entity's state."""
        entity_id = self.entity_id(platform, key)
        assert entity_id is not None, f"no {platform} {key}"
        state = self.hass.states.get(entity_id)
        assert state is not None, entity_id
        return state

    async def enable(self, platform: str, key: str) -> None:
        """Switch on an entity that is off by default, and hear the panel again."""
        entity_id = self.entity_id(platform, key)
        assert entity_id is not None, f"no {platform} {key}"
        er.async_get(self.hass).async_update_entity(entity_id, disabled_by=None)
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.until_heard()

    def keys(self) -> dict[str, set[str]]:
        """Return the keys of all entities by platform."""
        found: dict[str, set[str]] = {}
        for entity in er.async_entries_for_config_entry(
            er.async_get(self.hass), self.entry.entry_id
        ):
            key = entity.unique_id.removeprefix(f"{self.entry.entry_id}_")
            found.setdefault(entity.domain, set()).add(key)
        return found

    def unavailable(self) -> set[str]:
        """Return the keys of all entities that are unavailable."""
        return {
            key
            for platform, keys in self.keys().items()
            for key in keys
            if (entity_id := self.entity_id(platform, key)) is not None
            and (state := self.hass.states.get(entity_id)) is not None
            and state.state == STATE_UNAVAILABLE
        }

    @property
    def device(self) -> dr.DeviceEntry:
        """Return the panel's device."""
        device = dr.async_get(self.hass).async_get_device_by_identifier(
            (DOMAIN, self.entry.entry_id), self.entry.entry_id
        )
        assert device is not None
        return device

    async def press_refresh(self) -> None:
        """Press the refresh button and wait for its answer."""
        await self.hass.services.async_call(
            "button",
            "press",
            {ATTR_ENTITY_ID: self.entity_id("button", "refresh_status")},
            blocking=True,
        )

    def check_what_was_sent(self) -> None:
        """Hold everything the panel was ever sent to the list, and to its baud."""
        if hasattr(self, "face"):
            assert ALLOWED[self.name].fullmatch(self.face.heard_bytes)
            assert all(heard.understood for heard in self.face.heard)

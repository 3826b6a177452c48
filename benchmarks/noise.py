"""How many rows PanelSync makes the recorder write, and how many of them say something.

    .venv/bin/python -m benchmarks.noise [--hours 1]

A Home Assistant with an account of four locations and the local panel of one of them
lives through idle hours, an hour with two zones open, one arming and one panel sync. The
clock is moved by hand. Each state that is written and each event of ours is a row. A row
says something where a state, or an attribute that is recorded, is another one than
before. The bars: no row in an idle hour, and at most one row for each shown change. The
exit code is 1 where one of them is missed.
"""

import argparse
import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
import logging
import sys

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

# What is first imported on a frozen clock takes the frozen classes for real ones.
import homeassistant.components.usb  # noqa: F401
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er

# Lets Home Assistant's own clock be frozen, too.
import pytest_homeassistant_custom_component.patch_time  # noqa: F401

from custom_components.panelsync.client import RemoteService
from custom_components.panelsync.const import DOMAIN, EVENT_PANELSYNC
from simulator import Simulator, SimulatorOptions
from tests.home_assistant.home import HEALTHY, Home
from tests.home_assistant.house import House

from .home import home_assistant

BEGIN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass
class Rows:
    """The rows since the last look, by what they are about, and those that say nothing."""

    hass: HomeAssistant
    written: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)

    def watch(self) -> None:
        """Count from now on."""
        self.hass.bus.async_listen(EVENT_STATE_CHANGED, self._state)
        self.hass.bus.async_listen(EVENT_PANELSYNC, self._event)

    @callback
    def _state(self, event: Event[EventStateChangedData]) -> None:
        entity_id = event.data["entity_id"]
        entry = er.async_get(self.hass).async_get(entity_id)
        if entry is None or entry.platform != DOMAIN:
            return
        self.written[entity_id] += 1
        old, new = event.data["old_state"], event.data["new_state"]
        if old is not None and new is not None and recorded(old) == recorded(new):
            self.silent[entity_id] += 1

    @callback
    def _event(self, event: Event) -> None:
        self.written[f"{EVENT_PANELSYNC} {event.data['type']}"] += 1

    def report(self, scene: str, most: int | None = None) -> bool:
        """Print what was written, and begin anew; return whether the bars hold.

        `most` is how many rows the scene may make, None where each row that says
        something is one that is wanted.
        """
        rows, silent = self.written.total(), self.silent.total()
        holds = silent == 0 and (most is None or rows <= most)
        missed = "" if holds else "  MISSED"
        print(f"{scene:34} {rows:5} rows, {silent:3} that say nothing new{missed}")
        for name, count in self.written.most_common():
            print(f"{'':34} {count:5} {name}")
        self.written.clear()
        self.silent.clear()
        return holds


def recorded(state: State) -> tuple[str, dict[str, object]]:
    """Return what the recorder keeps of a state."""
    left_out = state.state_info["unrecorded_attributes"] if state.state_info else ()
    kept = {
        name: value for name, value in state.attributes.items() if name not in left_out
    }
    return state.state, kept


async def live(hass: HomeAssistant, clock: FrozenDateTimeFactory, hours: float) -> bool:
    """Live through the scenes, one after another; return whether the bars hold."""

    async def sleep(seconds: float) -> None:
        clock.tick(seconds)

    defaults = RemoteService.__init__.__kwdefaults__
    assert defaults is not None
    defaults["sleep"] = sleep
    options = SimulatorOptions(locations=4, clock=lambda: datetime.now(UTC))
    async with Simulator(options) as simulator:
        simulator.switches.live_read_seconds = 0
        home = Home(hass, simulator, clock)
        await home.start()
        house = House(hass, simulator, clock, "ad2", HEALTHY)
        served = f"{home.entry.unique_id}_{house.location_id}"
        await house.start(await house.open(), options={"location": served})
        await house.wait(120)
        rows = Rows(hass)
        rows.watch()
        bars = []
        await house.wait(hours * 3600)
        bars.append(rows.report(f"idle, {hours:g} h", most=0))
        zones = list(house.panel.panel.zones)[:2]
        for number in zones:
            house.panel.set_zone(number, is_open=True)
        await house.wait(120)
        bars.append(rows.report("two zones open"))
        await house.wait(hours * 3600)
        bars.append(rows.report(f"two zones stay open, {hours:g} h", most=0))
        for number in zones:
            house.panel.set_zone(number, is_open=False)
        await house.wait(180)
        bars.append(rows.report("two zones close"))
        simulator.world.arm(house.location_id, "away")
        await house.wait(180)
        bars.append(rows.report("one arming"))
        simulator.world.disarm(house.location_id)
        await house.wait(180)
        bars.append(rows.report("one disarming"))
        await home.press("sync_panel", HEALTHY)
        await house.wait(120)
        bars.append(rows.report("one panel sync"))
    return all(bars)


async def measure(hours: float, clock: FrozenDateTimeFactory) -> bool:
    """Measure and print the table; return whether the bars hold."""
    async with home_assistant() as hass:
        return await live(hass, clock, hours)


def main() -> int:
    """Return the exit code: 0 only if the bars hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1)
    options = parser.parse_args()
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    with freeze_time(BEGIN) as clock:
        assert isinstance(clock, FrozenDateTimeFactory)
        return 0 if asyncio.run(measure(options.hours, clock)) else 1


if __name__ == "__main__":
    sys.exit(main())

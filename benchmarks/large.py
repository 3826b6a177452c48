"""An account of 500 locations in Home Assistant: memory, stalls of the loop, writes.

    .venv/bin/python -m benchmarks.large [--locations 500] [--watch 400]

A process holds PanelSync's entities, and another as many entities, of as many devices and
coordinators, that read nothing and show nothing: the difference is what a location costs.
As many of them are disabled, as the zones' sensors are at first: what Home Assistant's
registry holds of an entity is no cost of ours.
A third is watched through a set-up, and while nothing changes: which single step of the
event loop took long (in processor time, as the machine may be shared), and how many
states were written. At 500 locations the first reads take about five minutes, because the
client keeps its ceiling of five requests a second; only then nothing changes. The exit
code is 1 where one of the bars is missed.
"""

import argparse
import asyncio
from asyncio import events
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
import gc
import json
import subprocess
import sys
import time
import tracemalloc
from typing import Any, Self

from homeassistant.components.sensor import SensorEntity
from homeassistant.config_entries import ConfigFlow
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.registry import SAVE_DELAY
from homeassistant.helpers.update_coordinator import (
    CoordinatorEntity,
    DataUpdateCoordinator,
)
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_config_flow,
    mock_integration,
    mock_platform,
)

from custom_components.panelsync.const import LOGGER

from .home import add_account, home_assistant, simulator

STALL = 0.02
KILOBYTES = 50
OURS = "custom_components/panelsync"


class Steps:
    """Watches how long each step of the event loop takes, and whose it was.

    A collection of all garbage falls into whichever step is going on; it is left out.
    """

    def __init__(self) -> None:
        """Prepare; nothing is watched yet."""
        self.longest: dict[str, float] = {}
        self._collecting = 0.0
        self._collected = 0.0

    def _collect(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._collecting = time.thread_time()
        else:
            self._collected += time.thread_time() - self._collecting

    def __enter__(self) -> Self:
        """Watch every step from now on."""
        self._run = events.Handle._run  # noqa: SLF001
        run, longest = self._run, self.longest

        def timed(handle: Any) -> None:
            begun, collected = time.thread_time(), self._collected
            run(handle)
            took = time.thread_time() - begun - (self._collected - collected)
            if took > STALL / 4:
                whose = owner(handle._callback)  # noqa: SLF001
                longest[whose] = max(took, longest.get(whose, 0.0))

        events.Handle._run = timed  # type: ignore[method-assign,assignment]  # noqa: SLF001
        gc.callbacks.append(self._collect)
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no more."""
        gc.callbacks.remove(self._collect)
        events.Handle._run = self._run  # type: ignore[method-assign]  # noqa: SLF001


def owner(step: Any) -> str:
    """Return the code that a step ran: a task's coroutine, or the callback itself."""
    task = getattr(step, "__self__", None)
    if isinstance(task, asyncio.Task):
        frames = [getattr(task.get_coro(), "cr_code", None)]
        frames += [frame.f_code for frame in task.get_stack(limit=8)]
        return " > ".join(
            f"{code.co_filename}:{code.co_qualname}" for code in frames if code
        )
    code = getattr(step, "__code__", None) or getattr(
        getattr(step, "__func__", None), "__code__", None
    )
    return f"{code.co_filename}:{code.co_qualname}" if code else repr(step)[:120]


def held() -> int:
    """Return the bytes Python holds once the garbage is gone."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


async def add_empty(
    hass: HomeAssistant, locations: int, entities: int, disabled: int
) -> None:
    """Add an integration whose entities show nothing, spread over the locations.

    `entities` of them are enabled, `disabled` more are not.
    """

    def share(count: int, place: int) -> int:
        return count // locations + (place < count % locations)

    async def set_up(
        hass: HomeAssistant,
        entry: MockConfigEntry,
        add: AddConfigEntryEntitiesCallback,
    ) -> None:
        for place in range(locations):
            coordinator = DataUpdateCoordinator[None](
                hass, LOGGER, config_entry=entry, name=f"place {place}"
            )
            enabled = share(entities, place)
            found: list[SensorEntity] = []
            for number in range(enabled + share(disabled, place)):
                entity = EmptyEntity(coordinator)
                entity._attr_entity_registry_enabled_default = number < enabled  # noqa: SLF001
                entity._attr_unique_id = f"{place}_{number}"  # noqa: SLF001
                entity._attr_name = f"Entity {number}"  # noqa: SLF001
                entity._attr_device_info = DeviceInfo(  # noqa: SLF001
                    identifiers={("empty", str(place))}, name=f"Place {place}"
                )
                found.append(entity)
            add(found)

    async def forward(hass: HomeAssistant, entry: MockConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, ["sensor"])
        return True

    mock_integration(hass, MockModule("empty", async_setup_entry=forward))
    mock_platform(hass, "empty.sensor", MockPlatform(async_setup_entry=set_up))
    mock_platform(hass, "empty.config_flow", None)
    entry = MockConfigEntry(domain="empty")
    entry.add_to_hass(hass)
    with mock_config_flow("empty", ConfigFlow):
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()


class EmptyEntity(CoordinatorEntity[DataUpdateCoordinator[None]], SensorEntity):
    """An entity that has nothing to show."""

    _attr_has_entity_name = True


async def empty(locations: int, entities: int, disabled: int) -> dict[str, Any]:
    """Measure what the empty entities hold."""
    async with home_assistant() as hass:
        tracemalloc.start()
        await add_empty(hass, locations, entities, disabled)
        states = len(hass.states.async_all("sensor"))
        assert states == entities
        # Home Assistant keeps the text of each entity that its registry has stored.
        await asyncio.sleep(SAVE_DELAY + 5)
        return {"bytes": held()}


@asynccontextmanager
async def warm() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant that had a small account before: all code is loaded."""
    async with home_assistant() as hass:
        with simulator(2) as (url,):
            entry = await add_account(hass, url)
            await hass.config_entries.async_remove(entry.entry_id)
        yield hass


async def full(locations: int, watch: float) -> dict[str, Any]:
    """Measure what PanelSync holds, after every log was read once."""
    with simulator(locations) as (url,):
        async with warm() as hass:
            tracemalloc.start()
            await add_account(hass, url)
            await asyncio.sleep(watch)
            entities = er.async_get(hass).entities.values()
            known = sum(item.disabled_by is None for item in entities)
            return {
                "bytes": held(),
                "entities": known,
                "disabled": len(entities) - known,
            }


async def watched(locations: int, watch: float) -> dict[str, Any]:
    """Watch the steps of the loop through a set-up and after, and count writes."""
    writes = 0

    @callback
    def count(_: Event[Any]) -> None:
        nonlocal writes
        writes += 1

    with simulator(locations) as (url,):
        async with warm() as hass:
            with Steps() as set_up:
                await add_account(hass, url)
                await asyncio.sleep(watch)
            hass.bus.async_listen(EVENT_STATE_CHANGED, count)
            # Home Assistant wants a filter for what is written without a change.
            hass.bus.async_listen(
                EVENT_STATE_REPORTED, count, event_filter=callback(lambda _: True)
            )
            with Steps() as idle:
                await asyncio.sleep(watch)
            # Before all is unloaded, which writes each state once.
            return {"writes": writes, "set_up": set_up.longest, "idle": idle.longest}


def apart(name: str, *arguments: float) -> dict[str, Any]:
    """Run one measurement in a process of its own, so that none warms another."""
    words = [sys.executable, "-m", "benchmarks.large", "--part", name]
    done = subprocess.run(
        [*words, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


PARTS: dict[str, Callable[..., Coroutine[Any, Any, dict[str, Any]]]] = {
    "empty": empty,
    "full": full,
    "watched": watched,
}


def report(locations: int, watch: float) -> bool:
    """Run every measurement and print the table; return whether the bars hold."""
    ours = apart("full", locations, watch)
    nothing = apart("empty", locations, ours["entities"], ours["disabled"])
    seen = apart("watched", locations, watch)
    each = (ours["bytes"] - nothing["bytes"]) / locations / 1024
    print(
        f"{ours['entities']} entities, and {ours['disabled']} disabled, "
        f"at {locations} locations"
    )
    print(
        f"memory above empty entities  {each:8.1f} kB a location  (under {KILOBYTES})"
    )
    good = each < KILOBYTES and not seen["writes"]
    for name, text in (("set_up", "set-up"), ("idle", "idle")):
        steps = {whose: took for whose, took in seen[name].items() if OURS in whose}
        longest = max(steps.values(), default=0.0)
        good = good and longest < STALL
        print(f"longest step of ours, {text:7}{1000 * longest:8.1f} ms  (under 20)")
        for whose, took in sorted(steps.items(), key=lambda item: -item[1])[:5]:
            if took > STALL:
                print(f"    {1000 * took:.1f} ms {whose[-160:]}")
    print(f"states written while idle    {seen['writes']:8}     (0)")
    return good


def main() -> int:
    """Run from the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--locations", type=int, default=500)
    parser.add_argument("--watch", type=float, default=400)
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name, *arguments = options.part
        part = PARTS[name](*(int(float(argument)) for argument in arguments))
        print(json.dumps(asyncio.run(part)))
        return 0
    return 0 if report(options.locations, options.watch) else 1


if __name__ == "__main__":
    sys.exit(main())

"""From a job's end at the service to the outcome in Home Assistant, and press to answer.

    .venv/bin/python -m benchmarks.outcome [--rounds 6] [--latency 0.1]

Real time and a simulator in a process of its own. In each round five panels are synced at
once; each job takes another time, up to 40 seconds. The service says when it ended, Home
Assistant's event says when the outcome was shown.
"""

import argparse
import asyncio
from datetime import datetime
from random import Random
import time
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from custom_components.panelsync.const import EVENT_PANELSYNC

from .home import add_account, control, home_assistant, simulator

AT_ONCE = 5
LONGEST_JOB = 40.0
COOL_DOWN = 62
ALLOWED = 6.0
PARTS = ("panel_sync_seconds", "automation_seconds")


def share(values: list[float], part: float) -> float:
    """Return the value below which this part of the values lies."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def willing(url: str) -> list[dict[str, Any]]:
    """Return the locations that can be synced: reachable and disarmed."""
    locations = control(url, "state")["locations"]
    return [one for one in locations if one["connected"] and not one["armed"]][:AT_ONCE]


def buttons(hass: HomeAssistant, url: str) -> dict[int, str]:
    """Return the panel sync's button of each such location."""
    registry = er.async_get(hass)
    found = {
        one["id"]: registry.async_get_entity_id(
            "button", "panelsync", f"benchmark_{one['id']}_sync_panel"
        )
        for one in willing(url)
    }
    return {key: entity_id for key, entity_id in found.items() if entity_id}


async def press(hass: HomeAssistant, entity_id: str) -> float:
    """Press a button; return the seconds until it was accepted."""
    begun = time.perf_counter()
    await hass.services.async_call(
        "button", "press", {ATTR_ENTITY_ID: entity_id}, blocking=True
    )
    return time.perf_counter() - begun


async def one_round(
    hass: HomeAssistant, url: str, chance: Random
) -> tuple[list[float], list[float], list[str]]:
    """Sync five panels at once; return seconds to accept, to show, and the outcomes."""
    shown: dict[str, tuple[float, str]] = {}
    done = asyncio.Event()
    places = buttons(hass, url)

    @callback
    def note(event: Event[Any]) -> None:
        if "outcome" in event.data and not event.data.get("upgraded"):
            shown[event.data["device_id"]] = (
                event.time_fired.timestamp(),
                event.data["outcome"],
            )
            if len(shown) == len(places):
                done.set()

    registry = er.async_get(hass)
    stop = hass.bus.async_listen(EVENT_PANELSYNC, note)
    accepted = []
    for place, entity_id in places.items():
        switches = {part: chance.uniform(1, LONGEST_JOB / 2) for part in PARTS}
        await asyncio.to_thread(control, url, "switches", switches)
        # So that there is something to prove it by.
        await asyncio.to_thread(
            control, url, f"locations/{place}/sensors", {"name": "Loft  Window"}
        )
        accepted.append(await press(hass, entity_id))
    await asyncio.wait_for(done.wait(), 180)
    stop()
    delays, outcomes = [], []
    for place, ended in (await ends(url, set(places))).items():
        entity = registry.async_get(places[place])
        assert entity is not None
        assert entity.device_id is not None
        at, outcome = shown[entity.device_id]
        delays.append(at - ended)
        outcomes.append(outcome)
    return accepted, delays, outcomes


async def ends(url: str, places: set[int]) -> dict[int, float]:
    """Return when the service ended each job; a proof in its log may have come before."""
    while True:
        state = await asyncio.to_thread(control, url, "state")
        last = {
            location["id"]: location["runs"][-1]["finished"]
            for location in state["locations"]
            if location["id"] in places
        }
        if all(last.values()):
            return {
                place: datetime.fromisoformat(finished).timestamp()
                for place, finished in last.items()
            }
        await asyncio.sleep(1)


async def measure(rounds: int, latency: float) -> None:
    """Measure and print."""
    chance = Random(3)
    accepted: list[float] = []
    delays: list[float] = []
    outcomes: list[str] = []
    with simulator(12) as (url,):
        control(url, "switches", {"live_read_seconds": 0})
        async with home_assistant() as hass:
            await add_account(hass, url)
            control(url, "latency", {"seconds": latency})
            for number in range(rounds):
                if number:
                    await asyncio.sleep(COOL_DOWN)
                told = await one_round(hass, url, chance)
                accepted += told[0]
                delays += told[1]
                outcomes += told[2]
    within = sum(delay <= ALLOWED for delay in delays) / len(delays)
    print(f"runs {len(delays)}: {', '.join(sorted(set(outcomes)))}")
    print(f"job ended to outcome shown, median {share(delays, 0.5):6.2f} s")
    print(f"  95 %                             {share(delays, 0.95):6.2f} s")
    print(f"  within 6 s                       {100 * within:6.1f} % (at least 95)")
    trip = 1000 * latency
    print(f"press to accepted, median          {1000 * share(accepted, 0.5):6.0f} ms")
    print(f"  99 %                             {1000 * share(accepted, 0.99):6.0f} ms")
    print(f"  a request takes                  {trip:6.0f} ms")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--latency", type=float, default=0.1)
    options = parser.parse_args()
    asyncio.run(measure(options.rounds, options.latency))


if __name__ == "__main__":
    main()

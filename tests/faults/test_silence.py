"""What automations hear: each outcome once, and nothing of reloads, restarts, outages.

Home Assistants here keep their stores in real files, so that one can be cut off at the
instant at which something is on the disk.
"""

import asyncio
from collections.abc import Callable
import json
import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event, ServiceCall, callback
from homeassistant.helpers import restore_state
import pytest

from custom_components.panelsync.client import ActivityType, Outcome
from custom_components.panelsync.const import EVENT_PANELSYNC
from custom_components.panelsync.trigger import TRIGGERS
from tests.home_assistant.automations import automate
from tests.home_assistant.conftest import pauses_pass_at_once  # noqa: F401
from tests.home_assistant.home import HEALTHY, OFFLINE, STALE, Home

from .homes import living, service
from .test_calm import states


async def listen(home: Home, where: dict[str, str]) -> list[ServiceCall]:
    """Set up an automation on all triggers that could take our news for news."""
    received = {"sync": list(Outcome), "activity": list(ActivityType)}
    triggers = [
        {
            "trigger": "event.received",
            "target": {"entity_id": where[key]},
            "options": {"event_type": types},
            "id": f"received {key}",
        }
        for key, types in received.items()
    ] + [
        {
            "trigger": f"panelsync.{key}",
            "target": {"entity_id": list(where.values())},
            "id": key,
        }
        for key in TRIGGERS
    ]
    return await automate(
        home.hass,
        triggers=triggers,
        mode="queued",
        max=100,
        actions=[{"action": "test.done", "data": {"id": "{{ trigger.id }}"}}],
    )


def heard(calls: list[ServiceCall]) -> list[str]:
    """Give which triggers fired since the last look."""
    ids = sorted(call.data["id"] for call in calls)
    calls.clear()
    return ids


@pytest.mark.parametrize(
    ("profile", "index", "outcome"),
    [
        # Its status is sync_required all along: what comes back must not begin.
        ("rest", STALE, "succeeded"),
        ("rest", OFFLINE, "failed"),
        ("old", HEALTHY, "unconfirmed"),
    ],
)
async def test_automations_hear_what_happens_and_nothing_else(
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
    profile: str,
    index: int,
    outcome: str,
) -> None:
    one_sync = ["received sync", f"sync_{outcome}"]
    async with service(freezer, profile) as world:
        async with living(tmp_path, world, freezer) as home:
            await home.start()
            watched = {
                "sync": home.entity_id("event", "sync", index),
                "activity": home.entity_id("event", "activity", index),
                "status": home.entity_id("sensor", "sync_status", index),
            }
            calls = await listen(home, watched)

            async def calm(seconds: float) -> None:
                """Let time pass in which nothing may be heard, and no event moves."""
                await home.wait(seconds, step=15)
                assert heard(calls) == []
                assert states(home, index) == before

            await home.press("refresh_status", index)
            await home.wait(90)
            assert heard(calls) == one_sync
            before = states(home, index)
            await home.reload()
            await calm(90)
            for outage in (150, 900):
                world.faults.add("/TC2API.TCResource/", "503", 100_000)
                await home.wait(outage, step=15)
                assert heard(calls) == []
                lost = home.state("sensor", "sync_status", index).state == "unavailable"
                assert lost == (outage > 180)
                world.faults.clear()
                await calm(180)
            await home.press("refresh_status", index)
            await home.wait(90)
            assert heard(calls) == one_sync
            before = states(home, index)
            # What Home Assistant does when it stops.
            await restore_state.async_get(home.hass).async_dump_states()
        freezer.tick(3600)
        async with living(tmp_path, world, freezer) as home:
            await restore_state.async_get(home.hass).async_load()
            # The automation is there first, then come the states of before.
            calls = await listen(home, watched)
            await home.start()
            await calm(180)
            await home.press("refresh_status", index)
            await home.wait(90)
            assert heard(calls) == one_sync
            if outcome == "succeeded":
                await home.press("sync_panel", index)
                await home.wait(120)
                assert heard(calls) == ["received activity", *one_sync]
                world.world.add_sensor(home.location_id(index), "Cellar door")
                await home.wait(180)
                assert "sync_required" in heard(calls)


def is_upgraded(stored: dict[str, Any]) -> bool:
    return any(run["upgraded"] for run in stored["unannounced"].values())


@pytest.mark.parametrize(
    ("log", "stored_as", "outcomes"),
    [
        ("normal", lambda stored: bool(stored["unannounced"]), ["succeeded"]),
        ("late", is_upgraded, ["finished", "succeeded"]),
    ],
    ids=["ended", "upgraded"],
)
async def test_what_a_reload_cuts_off_is_told_after_it(
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
    log: Any,
    stored_as: Callable[[dict[str, Any]], bool],
    outcomes: list[str],
) -> None:
    """The entry is reloaded at the instant an outcome is on the disk, untold."""
    async with service(freezer) as world, living(tmp_path, world, freezer) as home:
        world.switches.sync_log = log
        await home.start()
        location = str(home.location_id(HEALTHY))
        loop = asyncio.get_running_loop()
        cut: list[str] = []
        rename = os.rename

        def reload() -> None:
            home.hass.async_create_task(home.reload())

        def renaming(source: str, target: str) -> None:
            rename(source, target)
            if cut or not str(target).endswith(".history"):
                return
            stored = json.loads(Path(target).read_text())["data"]["locations"]
            if stored_as(stored[location]):
                cut.append(target)
                loop.call_soon_threadsafe(reload)

        with patch("os.rename", renaming):
            await home.press("sync_panel", HEALTHY)
            await home.wait(700, step=15)
        assert cut
        told = home.outcomes(HEALTHY)
        assert [item["outcome"] for item in told] == outcomes
        # The entity was there to hear it.
        event = home.state("event", "sync", HEALTHY).attributes
        assert event["event_type"] == outcomes[-1]


async def test_a_stop_at_the_instant_of_telling_tells_nothing_twice(
    tmp_path: Path, freezer: FrozenDateTimeFactory
) -> None:
    async with service(freezer) as world:
        async with living(tmp_path, world, freezer) as home:
            await home.start()

            @callback
            def unload(event: Event) -> None:
                if event.data["type"] == "started":
                    return
                home.hass.async_create_task(
                    home.hass.config_entries.async_unload(home.entry.entry_id)
                )

            home.hass.bus.async_listen(EVENT_PANELSYNC, unload)
            # Nothing is stored after the end of a refresh but that it was told.
            await home.press("refresh_status", HEALTHY)
            await home.wait(60)
            assert home.entry.state is ConfigEntryState.NOT_LOADED
            assert len(home.outcomes(HEALTHY)) == 1
        async with living(tmp_path, world, freezer) as home:
            await home.start()
            await home.wait(60)
            assert home.outcomes(HEALTHY) == []

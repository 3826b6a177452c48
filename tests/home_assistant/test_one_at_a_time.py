"""One run at a location at a time, and every run that was begun is told.

See docs/architecture.md#checks-before-a-start and docs/architecture.md#resuming.

Whatever is slow, reloaded or shared by two accounts: a place that is taken stays taken
until its own run has ended.
"""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_component import async_update_entity
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.panelsync.client import SyncKind
from custom_components.panelsync.const import DOMAIN
from custom_components.panelsync.runtime import AccountRuntime
from custom_components.panelsync.sync.locks import sync_locks
from custom_components.panelsync.sync.manager import SyncManager
from simulator import SimulatorOptions

from .home import HEALTHY, STALE, Home
from .quiet import quiet, until


def forget(hass: HomeAssistant) -> None:
    """Forget what a Home Assistant that starts does not know yet."""
    locks = sync_locks(hass)
    locks.locks.clear()
    locks.accepted.clear()


async def refused(
    press: Coroutine[Any, Any, None], reason: str = "already_running"
) -> None:
    """Await a press that is refused for a reason."""
    with pytest.raises(ServiceValidationError) as raised:
        await press
    assert raised.value.translation_key == f"refused_{reason}"


@pytest.fixture
async def other(home: Home) -> MockConfigEntry:
    """Return the loaded entry of another person who sees the same locations."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="robin.vale",
        unique_id=str(home.simulator.world.ids.numbered("login", 1)),
        data=dict(home.entry.data) | {"username": "robin.vale"},
        options=dict(home.entry.options),
    )
    entry.add_to_hass(home.hass)
    await home.hass.config_entries.async_setup(entry.entry_id)
    await home.settle()
    await home.wait(3)
    return entry


async def press_as(entry: MockConfigEntry, home: Home, index: int) -> None:
    """Press Sync panel on another account's device of a location."""
    account: AccountRuntime = entry.runtime_data
    manager = account.locations[home.location_id(index)]
    await manager.async_press(SyncKind.PANEL, None)


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_a_last_look_that_hangs_keeps_its_place(home: Home) -> None:
    """The time limit is over, and the run has not ended: nothing else may start."""
    home.simulator.switches.panel_sync_result = "nothing"
    await home.press("sync_panel", HEALTHY)
    await home.wait(570, step=15)
    path = f"locations/{home.location_id(HEALTHY)}/"
    home.simulator.faults.add(path, "timeout", 1000)
    # Any: another run is open in the end than a type checker believes.
    history: Any = home.coordinator(HEALTHY).history
    begun = history.open_run
    assert begun is not None
    # Its last look waits for three answers, until past the time a place may be kept.
    while dt_util.utcnow() - begun.requested < timedelta(minutes=11):
        home.freezer.tick(5)
        async_fire_time_changed(home.hass)
        await quiet()
    assert history.open_run == begun, "the look did not last long enough"
    await refused(home.press("sync_panel", HEALTHY))
    while history.open_run is not None:
        home.freezer.tick(5)
        async_fire_time_changed(home.hass)
        await quiet()
    home.simulator.faults.clear()
    await home.settle()
    told = [item["outcome"] for item in home.outcomes(HEALTHY)]
    assert [outcome for outcome in told if outcome != "refused"] == ["unconfirmed"]
    assert home.location(HEALTHY).starts["panel"] == 1


async def test_an_early_press_does_not_displace_a_stored_run(home: Home) -> None:
    """Buttons are there before the last life's run is taken up."""
    home.simulator.switches.panel_sync_seconds = 60.0
    await home.press("sync_panel", STALE)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    forget(home.hass)
    take_up = AccountRuntime.async_start_locations

    pressed: list[asyncio.Task[None]] = []

    def press_first(account: AccountRuntime) -> None:
        press = refused(home.press("sync_panel", STALE))
        pressed.append(asyncio.create_task(press))
        take_up(account)

    with patch.object(AccountRuntime, "async_start_locations", press_first):
        await home.hass.config_entries.async_setup(home.entry.entry_id)
    await pressed[0]
    assert home.entry.state is ConfigEntryState.LOADED
    await home.wait(120)
    assert home.location(STALE).starts["panel"] == 1
    # The refusal came before anybody could be told of it but who pressed.
    told = [item["outcome"] for item in home.outcomes(STALE)]
    assert [outcome for outcome in told if outcome != "refused"] == ["succeeded"]


async def test_a_start_on_its_way_keeps_its_place_through_a_reload(
    home: Home, other: MockConfigEntry
) -> None:
    """The service took it, and its answer is lost with the entry: it may still run."""
    home.simulator.faults.add("devices/security/synchronize", "timeout")
    press = asyncio.create_task(home.press("sync_panel", STALE))
    await until(lambda: home.location(STALE).starts["panel"] == 1)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    # It was begun, so nobody is told to press again.
    await press
    await refused(press_as(other, home, STALE))
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.wait(60)
    assert home.location(STALE).starts["panel"] == 1
    told = [(item["outcome"], item["reason"]) for item in home.outcomes(STALE)]
    assert told == [("succeeded", "proven")]
    # Its place is free again.
    await home.wait(60)
    await press_as(other, home, STALE)


async def test_a_proof_that_is_read_before_the_answer_counts(home: Home) -> None:
    """The service holds its answer; the job ends, and another read shows it."""
    home.simulator.faults.add("devices/security/synchronize", "held")
    press = asyncio.create_task(home.press("sync_panel", STALE))
    try:
        await until(lambda: home.location(STALE).starts["panel"] == 1)
        # The press shows at once.
        assert home.state("sensor", "sync_status", STALE).state == "syncing"
        before = home.state("sensor", "last_panel_sync", STALE).state
        home.freezer.tick(20)
        entity_id = home.entity_id("sensor", "last_panel_sync", STALE)
        await async_update_entity(home.hass, entity_id)
        assert home.state("sensor", "last_panel_sync", STALE).state != before
        assert home.outcomes(STALE) == []
    finally:
        home.simulator.faults.release()
    while not press.done():
        home.freezer.tick(0.1)
        await quiet()
    await press
    await home.wait(30)
    (told,) = home.outcomes(STALE)
    assert (told["outcome"], told["reason"]) == ("succeeded", "proven")
    assert "log_record" in told["evidence"]
    assert home.location(STALE).starts["panel"] == 1


async def test_a_reload_does_not_shorten_anothers_cool_down(
    home: Home, other: MockConfigEntry
) -> None:
    await home.press("sync_panel", STALE)
    await home.wait(300, step=15)
    await press_as(other, home, STALE)
    await home.wait(30)
    await home.reload()
    await refused(press_as(other, home, STALE), "cooling_down")
    assert home.location(STALE).starts["panel"] == 2


async def test_a_late_proof_does_not_shorten_anothers_cool_down(
    home: Home, other: MockConfigEntry
) -> None:
    """The success of the other's run proves an older one of ours as well."""
    home.simulator.switches.panel_sync_result = "nothing"
    await home.press("sync_panel", STALE)
    await home.wait(640, step=15)
    assert [item["outcome"] for item in home.outcomes(STALE)] != ["succeeded"]
    home.simulator.switches.panel_sync_result = "normal"
    await press_as(other, home, STALE)
    await home.wait(20)
    entity_id = home.entity_id("sensor", "last_panel_sync", STALE)
    await async_update_entity(home.hass, entity_id)
    await home.settle()
    assert home.outcomes(STALE)[-1]["outcome"] == "succeeded"
    await refused(press_as(other, home, STALE), "cooling_down")
    assert home.location(STALE).starts["panel"] == 2


async def test_a_location_that_is_unloaded_while_it_waits_resumes_nothing(
    home: Home,
) -> None:
    """Runs are resumed location by location; an unload may come in between."""
    home.simulator.switches.panel_sync_seconds = 60.0
    await home.press("sync_panel", STALE)
    history = home.entry.runtime_data.history
    waiting = SyncManager(home.hass, home.coordinator(STALE), history)
    waiting.async_stop()
    await waiting.async_resume()
    await home.wait(120)
    assert [item["outcome"] for item in home.outcomes(STALE)] == ["succeeded"]
    press = await waiting.async_begin(SyncKind.PANEL, None)
    assert press.error is not None
    assert press.error.translation_key == "refused_not_loaded"


@pytest.mark.parametrize("wait", [0, 120])
async def test_a_reload_before_an_outcome_is_told_frees_the_place(
    home: Home, wait: float
) -> None:
    """The refresh has ended and is stored; the status read after it takes its time."""
    status = f"{home.location_id(HEALTHY)}/partitions/fullstatus"
    home.simulator.faults.add(status, "timeout", 10)
    press = asyncio.create_task(home.press("refresh_status", HEALTHY))
    history = home.coordinator(HEALTHY).history
    await until(lambda: bool(history.unannounced))
    await press
    home.simulator.faults.clear()
    await home.reload()
    await home.wait(5 + wait, step=15)
    assert [item["outcome"] for item in home.outcomes(HEALTHY)] == ["succeeded"]
    await home.press("sync_panel", HEALTHY)
    assert home.location(HEALTHY).starts["panel"] == 1

"""Runs across reloads and restarts (docs/architecture.md#resuming)."""

import asyncio
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.panelsync.storage.history import History
from simulator import SimulatorOptions

from .home import HEALTHY, STALE, Home


async def test_a_run_is_followed_after_a_reload(home: Home) -> None:
    await home.press("sync_panel", STALE)
    await home.reload()
    assert home.state("sensor", "sync_status", STALE).state == "syncing"
    await home.wait(60)
    assert [item["outcome"] for item in home.outcomes(STALE)] == ["succeeded"]
    assert home.location(STALE).starts["panel"] == 1


def as_intent(stored: dict[str, Any], location_id: int) -> None:
    """Put a store back to the moment before the answer came."""
    run = stored["locations"][str(location_id)]["open_run"]
    run |= {"phase": "intent", "accepted": None, "job_id": None, "route": None}


async def stop_before_the_answer(
    home: Home, hass_storage: dict[str, Any], index: int
) -> None:
    """Unload as if Home Assistant had died between the start and its answer."""
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    await home.settle()
    key = f"panelsync.{home.entry.unique_id}.history"
    as_intent(hass_storage[key]["data"], home.location_id(index))
    home.forget()


async def test_an_intent_is_judged_never_started(
    hass_storage: dict[str, Any], home: Home
) -> None:
    await home.press("sync_panel", STALE)
    await stop_before_the_answer(home, hass_storage, STALE)
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.wait(60)
    assert home.outcomes(STALE)[-1]["outcome"] == "succeeded"
    assert home.location(STALE).starts["panel"] == 1


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_an_intent_without_proof_is_unconfirmed(
    hass_storage: dict[str, Any], home: Home
) -> None:
    home.simulator.switches.panel_sync_result = "nothing"
    await home.press("sync_panel", HEALTHY)
    await stop_before_the_answer(home, hass_storage, HEALTHY)
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.wait(660, step=15)
    told = home.outcomes(HEALTHY)[-1]
    assert (told["outcome"], told["reason"]) == ("unconfirmed", "interrupted")
    assert home.location(HEALTHY).starts["panel"] == 1


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_at_least_one_look_past_the_limit(home: Home) -> None:
    await home.press("sync_panel", STALE)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    home.freezer.tick(3600)
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.wait(10)
    told = home.outcomes(STALE)[-1]
    assert told["outcome"] == "succeeded"
    assert told["evidence"] == ["configuration_number", "sync_flag"]


async def test_what_is_unloaded_while_it_resumes_leaves_nothing_behind(
    hass_storage: dict[str, Any], home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run that comes back is held where it is stored, until all else has stopped."""
    await home.press("sync_panel", HEALTHY)
    await stop_before_the_answer(home, hass_storage, HEALTHY)
    has_stopped = asyncio.Event()
    real = History.async_save

    async def held(history: History) -> None:
        await has_stopped.wait()
        await real(history)

    monkeypatch.setattr(History, "async_save", held)
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    # What was put last is called first, and no task continues before all were called.
    home.entry.async_on_unload(has_stopped.set)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert has_stopped.is_set()
    assert home.entry.state is ConfigEntryState.NOT_LOADED
    # Nor is a timer left: the end of each test looks for those.


async def test_a_damaged_history_costs_history_only(
    hass_storage: dict[str, Any], home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    await home.press("sync_panel", STALE)
    await home.wait(60)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    key = f"panelsync.{home.entry.unique_id}.history"
    hass_storage[key]["data"]["locations"][str(home.location_id(STALE))]["ended"] = 7
    home.forget()
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.wait(5)
    assert "history is damaged at 1 locations" in caplog.text
    assert home.state("button", "sync_panel", STALE).state != "unavailable"


async def test_who_asked_is_told_by_the_next_life_too(home: Home) -> None:
    person = MockUser(is_owner=True).add_to_hass(home.hass)
    await home.press("sync_panel", HEALTHY, Context(user_id=person.id))
    await home.reload()
    await home.wait(90)
    (told,) = [event for event in home.told if "outcome" in event.data]
    assert told.context.user_id == person.id
    assert home.state("event", "sync", HEALTHY).context.user_id == person.id

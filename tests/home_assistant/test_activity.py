"""The panel's event log as events: each new record once, oldest first."""

from typing import Any

from homeassistant.core import Event, EventStateChangedData, callback
from homeassistant.helpers import entity_registry as er
import pytest

from simulator import SimulatorOptions

from .home import ARMED, HEALTHY, Home


def watch(home: Home, index: int) -> list[Event[EventStateChangedData]]:
    """Collect what the activity event of a location fires."""
    entity_id = home.entity_id("event", "activity", index)
    fired: list[Event[EventStateChangedData]] = []

    # A callback: anything else would run in a thread, in any order.
    @callback
    def keep(event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"] == entity_id:
            fired.append(event)

    home.hass.bus.async_listen("state_changed", keep)
    return fired


def kinds(fired: list[Event[EventStateChangedData]]) -> list[str]:
    return [
        str(event.data["new_state"].attributes["event_type"])
        for event in fired
        if event.data["new_state"] is not None
    ]


@pytest.mark.parametrize(
    "options", [SimulatorOptions(profile="rest"), SimulatorOptions(profile="soap")]
)
async def test_new_records_fire_once_oldest_first(home: Home) -> None:
    assert home.state("event", "activity", HEALTHY).state == "unknown"
    fired = watch(home, HEALTHY)
    world, location = home.simulator.world, home.location_id(HEALTHY)
    world.arm(location, "stay")
    home.freezer.tick(5)
    world.disarm(location)
    await home.wait(180)
    assert kinds(fired) == ["armed", "disarmed"]
    attributes = home.state("event", "activity", HEALTHY).attributes
    assert attributes["text"].startswith("Disarmed")
    assert attributes["originator"]


async def test_the_first_read_is_silent_a_restart_is_not_deaf(home: Home) -> None:
    location = home.location_id(HEALTHY)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    home.freezer.tick(60)
    home.simulator.world.arm(location, "stay")
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    fired = watch(home, HEALTHY)
    await home.wait(10)
    assert kinds(fired) == ["armed"]


async def test_old_records_are_counted_not_fired(home: Home) -> None:
    location = home.location_id(HEALTHY)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    home.simulator.world.arm(location, "stay")
    home.simulator.world.disarm(location)
    home.freezer.tick(3600)
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    fired = watch(home, HEALTHY)
    await home.wait(10)
    assert kinds(fired) == []
    counted = [
        event.data["count"]
        for event in home.told
        if event.data["type"] == "old_records"
    ]
    assert counted == [2]


async def test_what_endangers_a_person_reaches_nothing(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    everything: list[Event[Any]] = []
    home.hass.bus.async_listen("*", everything.append)
    fired = watch(home, HEALTHY)
    home.simulator.world.duress(home.location_id(HEALTHY))
    await home.wait(180)
    assert fired == []
    states = " ".join(str(state.as_dict()) for state in home.hass.states.async_all())
    seen = (states + str([event.data for event in everything]) + caplog.text).lower()
    for word in ("duress", "hold up", "hold-up", "silent panic"):
        assert word not in seen
    # The position went past them: what comes next still fires.
    home.simulator.world.arm(home.location_id(HEALTHY), "stay")
    await home.wait(70)
    assert kinds(fired) == ["armed"]


async def test_a_sync_in_the_vendors_app_shows(home: Home) -> None:
    before = home.state("sensor", "last_user_sync", ARMED).state
    home.simulator.world.app_sync(home.location_id(ARMED), "users")
    await home.wait(180)
    assert home.state("sensor", "last_user_sync", ARMED).state != before
    assert home.state("event", "activity", ARMED).attributes["event_type"] == "sync"
    # It is nobody's run here.
    assert home.outcomes(ARMED) == []


async def test_a_success_by_anybody_replaces_a_failure(home: Home) -> None:
    await home.let_no_change_wait()
    home.simulator.switches.sync_log = "unsuccessful"
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    assert home.state("sensor", "sync_status", HEALTHY).state == "failed"
    home.simulator.switches.sync_log = "normal"
    home.simulator.world.app_sync(home.location_id(HEALTHY), "panel")
    await home.wait(120)
    assert home.state("sensor", "sync_status", HEALTHY).state == "in_sync"


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_without_an_event_log_activity_stays_unknown(home: Home) -> None:
    home.simulator.world.disarm(home.location_id(ARMED))
    await home.wait(120)
    assert home.state("event", "activity", ARMED).state == "unknown"


async def test_no_log_read_is_lost_to_an_outage(home: Home) -> None:
    fired = watch(home, HEALTHY)
    home.simulator.faults.add("Events", "503", times=6)
    home.simulator.world.arm(home.location_id(HEALTHY), "stay")
    await home.wait(240)
    assert kinds(fired) == ["armed"]


async def test_an_event_entity_that_is_renamed_still_fires(home: Home) -> None:
    """Nothing that it listens to goes by its entity id."""
    registry = er.async_get(home.hass)
    for key, new in (("sync", "event.how_it_went"), ("activity", "event.what_was")):
        registry.async_update_entity(
            home.entity_id("event", key, HEALTHY), new_entity_id=new
        )
    await home.settle()
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    outcome = home.hass.states.get("event.how_it_went")
    assert outcome is not None
    assert outcome.attributes["event_type"] == "succeeded"
    log = home.hass.states.get("event.what_was")
    assert log is not None
    assert log.attributes["event_type"] == "sync"
    assert home.outcomes(HEALTHY)[0]["entity_id"] == "event.how_it_went"
    # What was is still there after a reload, under the new name.
    await home.reload()
    await home.wait(5)
    restored = home.hass.states.get("event.how_it_went")
    assert restored is not None
    assert restored.state == outcome.state
    assert restored.attributes == outcome.attributes


async def test_a_log_that_tells_of_a_user_change_has_the_pending_ones_counted(
    home: Home,
) -> None:
    """Not only each 15 minutes."""
    await home.let_no_change_wait()
    await home.wait(60)
    assert home.state("sensor", "pending_user_changes", HEALTHY).state == "0"
    world, location = home.simulator.world, home.location(HEALTHY)
    world.write_log(location.id, "User Edited Robin Vale", "Dana Keller")
    location.users[0].out_of_sync = 3
    await home.wait(130)
    assert home.state("sensor", "pending_user_changes", HEALTHY).state == "3"
    assert home.state("sensor", "sync_status", HEALTHY).state == "changes_waiting"

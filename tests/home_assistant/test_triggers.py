"""Our triggers in automations, beside look-alikes in the same area."""

from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CoreState, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.panelsync.const import DOMAIN
from custom_components.panelsync.trigger import TRIGGERS
from simulator import SimulatorOptions

from .automations import area_with, automate, device_id, registered
from .home import ARMED, HEALTHY, OFFLINE, STALE, Home


def fired(calls: list[ServiceCall]) -> list[str]:
    """Return which entities an automation ran for."""
    return [call.data["entity_id"] for call in calls]


async def listen(home: Home, trigger: str, **config: Any) -> list[ServiceCall]:
    return await automate(home.hass, triggers=[{"trigger": trigger} | config])


# --- how syncs ended -------------------------------------------------------------


async def test_a_success_fires_once(home: Home) -> None:
    calls = await listen(
        home,
        "panelsync.sync_succeeded",
        target={"device_id": [device_id(home, index) for index in (HEALTHY, STALE)]},
    )
    await home.press("sync_panel", HEALTHY)
    assert fired(calls) == []
    await home.wait(90)
    assert fired(calls) == [home.entity_id("event", "sync", HEALTHY)]
    # The next one of the same kind fires anew.
    await home.press("refresh_status", HEALTHY)
    await home.wait(30)
    assert len(calls) == 2


async def test_a_failure_fires_for_the_target_alone(home: Home) -> None:
    calls = await listen(
        home, "panelsync.sync_failed", target={"device_id": device_id(home, OFFLINE)}
    )
    home.simulator.switches.sync_log = "failed"
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    assert home.outcomes(HEALTHY)[-1]["outcome"] == "failed"
    assert fired(calls) == []
    await home.press("refresh_status", OFFLINE)
    await home.wait(30)
    assert fired(calls) == [home.entity_id("event", "sync", OFFLINE)]


@pytest.mark.parametrize("options", [SimulatorOptions(profile="old")])
async def test_an_unknown_end_is_neither(home: Home) -> None:
    target = {"entity_id": home.entity_id("event", "sync", HEALTHY)}
    calls = await automate(
        home.hass,
        triggers=[
            {"trigger": f"panelsync.sync_{outcome}", "target": target, "id": outcome}
            for outcome in ("succeeded", "failed", "unconfirmed")
        ],
        actions=[{"action": "test.done", "data": {"entity_id": "{{ trigger.id }}"}}],
    )
    await home.press("refresh_status", HEALTHY)
    await home.wait(30)
    assert fired(calls) == ["unconfirmed"]


async def test_a_refusal_fires_nothing(home: Home) -> None:
    target = {"device_id": device_id(home, ARMED)}
    calls = await automate(
        home.hass,
        triggers=[
            {"trigger": f"panelsync.{key}", "target": target}
            for key in TRIGGERS
            if key.startswith("sync_")
        ],
    )
    await home.hass.services.async_call(
        DOMAIN,
        "sync_panel",
        {"device_id": device_id(home, ARMED)},
        blocking=True,
        return_response=True,
    )
    await home.wait(10)
    assert home.outcomes(ARMED)[-1]["outcome"] == "refused"
    assert fired(calls) == []


async def test_a_reload_fires_nothing_again(home: Home) -> None:
    calls = await listen(
        home,
        "panelsync.sync_succeeded",
        target={"entity_id": home.entity_id("event", "sync", HEALTHY)},
    )
    await home.press("refresh_status", HEALTHY)
    await home.wait(30)
    assert len(calls) == 1
    await home.reload()
    await home.wait(30)
    assert len(calls) == 1
    await home.wait(60)
    await home.press("refresh_status", HEALTHY)
    await home.wait(30)
    assert len(calls) == 2


async def test_a_start_of_home_assistant_fires_nothing(home: Home) -> None:
    """The automation is there first, then come the states of before."""
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    assert home.outcomes(HEALTHY)[-1]["outcome"] == "succeeded"
    assert home.state("sensor", "sync_status", STALE).state == "sync_required"
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    ours = [
        home.entity_id("event", "sync", HEALTHY),
        home.entity_id("sensor", "sync_status", STALE),
    ]
    for entity_id in ours:
        home.hass.states.async_remove(entity_id)
    calls = await automate(
        home.hass,
        triggers=[
            {"trigger": f"panelsync.{key}", "target": {"entity_id": ours}}
            for key in TRIGGERS
        ],
    )
    assert await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.wait(130)
    assert home.state("event", "sync", HEALTHY).attributes["event_type"] == "succeeded"
    assert home.state("sensor", "sync_status", STALE).state == "sync_required"
    assert fired(calls) == []


async def test_what_happened_during_a_restart_reaches_automations(home: Home) -> None:
    """They are armed last: what is told before reaches nobody."""
    hass = home.hass
    home.simulator.switches.sync_log = "failed"
    await home.press("sync_panel", HEALTHY)
    outcome, activity = (
        home.entity_id("event", key, HEALTHY) for key in ("sync", "activity")
    )
    await hass.config_entries.async_unload(home.entry.entry_id)
    await home.settle()
    home.freezer.tick(90)
    for entity_id in (outcome, activity):
        hass.states.async_remove(entity_id)
    hass.set_state(CoreState.not_running)
    calls = await automate(
        hass,
        triggers=[
            {"trigger": "panelsync.sync_failed", "target": {"entity_id": outcome}},
            {
                "trigger": "event.received",
                "target": {"entity_id": activity},
                "options": {"event_type": ["sync", "other"]},
            },
        ],
    )
    assert await hass.config_entries.async_setup(home.entry.entry_id)
    # Other integrations may take long to be set up.
    await home.wait(130, step=10)
    assert home.outcomes(HEALTHY) == []
    # States are known all the same.
    assert home.state("sensor", "arming_state", HEALTHY).state == "disarmed"
    await hass.async_start()
    await home.wait(60)
    assert [item["outcome"] for item in home.outcomes(HEALTHY)] == ["failed"]
    assert set(fired(calls)) == {outcome, activity}


async def test_a_press_while_home_assistant_starts_is_a_press(home: Home) -> None:
    """What the last life began is taken up first, and the run can be proven."""
    hass = home.hass
    await home.press("sync_panel", HEALTHY)
    await hass.config_entries.async_unload(home.entry.entry_id)
    home.freezer.tick(90)
    hass.set_state(CoreState.not_running)
    assert await hass.config_entries.async_setup(home.entry.entry_id)
    with pytest.raises(ServiceValidationError) as raised:
        await home.press("sync_panel", HEALTHY)
    assert raised.value.translation_key == "refused_already_running"
    await home.press("sync_panel", STALE)
    await home.wait(60)
    for index in (HEALTHY, STALE):
        told = [item["outcome"] for item in home.outcomes(index)]
        assert [one for one in told if one != "refused"] == ["succeeded"]
        assert home.location(index).starts["panel"] == 1
    await hass.async_start()
    await home.wait(60)
    assert len(home.outcomes(STALE)) == 1


@pytest.mark.parametrize("outcome", ["succeeded", "failed", "unconfirmed"])
async def test_events_of_others_are_none_of_ours(home: Home, outcome: str) -> None:
    """Spelt the same, in the same area: of another integration, and our activity."""
    foreign = registered(home, "event", "other", "sync", "their_sync")
    activity = home.entity_id("event", "activity", HEALTHY)
    area = area_with(home, HEALTHY, entity_ids=(foreign,))
    calls = await automate(
        home.hass,
        triggers=[
            {"trigger": f"panelsync.sync_{outcome}", "target": target}
            # Aimed at by name they are not ours either.
            for target in ({"area_id": area}, {"entity_id": [foreign, activity]})
        ],
    )
    for entity_id in (foreign, activity):
        for _ in range(2):
            home.freezer.tick(1)
            home.hass.states.async_set(
                entity_id, dt_util.utcnow().isoformat(), {"event_type": outcome}
            )
            await home.settle()
    assert fired(calls) == []
    ours = home.entity_id("event", "sync", HEALTHY)
    home.freezer.tick(1)
    home.hass.states.async_set(
        ours, dt_util.utcnow().isoformat(), {"event_type": outcome}
    )
    await home.settle()
    assert fired(calls) == [ours]


# --- what calls for a sync ---------------------------------------------------------


def ask_for_sync(home: Home, *indexes: int) -> None:
    """Let new sensors be enrolled at panels: the service then asks for a sync."""
    for index in indexes:
        home.simulator.world.add_sensor(home.location_id(index), "Cellar door")


async def test_a_location_begins_to_need_a_sync(home: Home) -> None:
    await home.let_no_change_wait()
    calls = await listen(
        home, "panelsync.sync_required", target={"device_id": device_id(home, HEALTHY)}
    )
    assert home.state("sensor", "sync_status", HEALTHY).state == "in_sync"
    ask_for_sync(home, HEALTHY)
    await home.wait(180)
    assert home.state("sensor", "sync_status", HEALTHY).state == "sync_required"
    assert fired(calls) == [home.entity_id("sensor", "sync_status", HEALTHY)]


@pytest.mark.parametrize("before", [STATE_UNAVAILABLE, STATE_UNKNOWN])
async def test_coming_back_is_no_beginning(home: Home, before: str) -> None:
    entity_id = home.entity_id("sensor", "sync_status", HEALTHY)
    calls = await listen(
        home, "panelsync.sync_required", target={"entity_id": entity_id}
    )
    home.hass.states.async_set(entity_id, before)
    home.hass.states.async_set(entity_id, "sync_required")
    await home.settle()
    assert fired(calls) == []


async def test_a_reload_does_not_fire(home: Home) -> None:
    calls = await listen(
        home, "panelsync.sync_required", target={"device_id": device_id(home, STALE)}
    )
    assert home.state("sensor", "sync_status", STALE).state == "sync_required"
    await home.reload()
    await home.wait(70)
    assert home.state("sensor", "sync_status", STALE).state == "sync_required"
    assert fired(calls) == []


@pytest.mark.parametrize(
    ("behavior", "order"),
    [("each", ["ours", "theirs"]), ("first", ["ours"]), ("all", ["theirs"])],
)
@pytest.mark.parametrize(
    ("trigger", "platform", "key", "idle", "active"),
    [
        ("sync_required", "sensor", "sync_status", "in_sync", "sync_required"),
        ("status_mismatch", "binary_sensor", "status_mismatch", STATE_OFF, STATE_ON),
    ],
)
async def test_behaviors_beside_foreign_sensors(
    home: Home,
    behavior: str,
    order: list[str],
    trigger: str,
    platform: str,
    key: str,
    idle: str,
    active: str,
) -> None:
    ours = {
        name: registered(home, platform, DOMAIN, key, name)
        for name in ("ours", "theirs")
    }
    foreign = (
        registered(home, platform, "other", key, "foreign"),
        registered(home, platform, DOMAIN, "arming_state", "another_key"),
    )
    everything = (*ours.values(), *foreign)
    for entity_id in everything:
        home.hass.states.async_set(entity_id, idle)
    area = area_with(home, entity_ids=everything)
    calls = await listen(
        home,
        f"panelsync.{trigger}",
        target={"area_id": area},
        options={"behavior": behavior},
    )
    # Foreign ones first: they neither fire nor count as the first of all.
    home.hass.states.async_set(foreign[0], active)
    for entity_id in ours.values():
        home.hass.states.async_set(entity_id, active)
        await home.settle()
    assert fired(calls) == [ours[name] for name in order]


@pytest.mark.parametrize("unknown", [STATE_UNAVAILABLE, STATE_UNKNOWN])
async def test_one_that_cannot_be_read_holds_up_no_warning(
    home: Home, unknown: str
) -> None:
    """Of all of them, those that are known count: better warned early than never."""
    ours = [
        registered(home, "sensor", DOMAIN, "sync_status", name) for name in ("a", "b")
    ]
    home.hass.states.async_set(ours[0], "in_sync")
    home.hass.states.async_set(ours[1], unknown)
    calls = await listen(
        home,
        "panelsync.sync_required",
        target={"entity_id": ours},
        options={"behavior": "all"},
    )
    home.hass.states.async_set(ours[0], "sync_required")
    await home.settle()
    assert fired(calls) == [ours[0]]


async def test_a_trigger_needs_a_target(home: Home) -> None:
    await automate(home.hass, triggers=[{"trigger": "panelsync.sync_failed"}])
    states = home.hass.states.async_all(AUTOMATION)
    assert [state.state for state in states] == [STATE_UNAVAILABLE]

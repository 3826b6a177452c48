"""The actions, called as a script or a person would call them."""

import asyncio
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.panelsync.const import DOMAIN
from simulator import SimulatorOptions

from .automations import device_id
from .home import ARMED, HEALTHY, OFFLINE, STALE, Home
from .quiet import until


async def call(
    home: Home,
    action: str,
    *indexes: int | None,
    context: Context | None = None,
    response: bool = True,
    **data: Any,
) -> Any:
    """Call an action on devices and return its answer."""
    devices = [device_id(home, index) for index in indexes]
    return await home.hass.services.async_call(
        DOMAIN,
        action,
        {"device_id": devices[0] if len(devices) == 1 else devices, **data},
        blocking=True,
        return_response=response,
        context=context,
    )


async def started(home: Home, task: asyncio.Task[Any]) -> None:
    """Let a call that waits come as far as its waiting."""
    await until(lambda: home.location(HEALTHY).starts["panel"])
    await home.wait(1)
    assert not task.done()


async def call_and_wait(
    home: Home, action: str, *indexes: int | None, seconds: float = 120, **data: Any
) -> Any:
    """Call an action that waits, and let time pass until it has its answer.

    Home Assistant must not know the task, or it would wait for it in between.
    """
    task = asyncio.create_task(call(home, action, *indexes, wait=True, **data))
    while not task.done() and seconds > 0:
        await home.wait(5)
        seconds -= 5
    return await task


def person(home: Home, *entity_ids: str, admin: bool = False) -> Context:
    """Return the context of a person who may control these entities alone."""
    user: User = MockUser(is_owner=admin).add_to_hass(home.hass)
    if not admin:
        may = {one: {POLICY_CONTROL: True} for one in entity_ids}
        user.mock_policy({"entities": {"entity_ids": may}})  # type: ignore[attr-defined]
    return Context(user_id=user.id)


# --- one result for each location ------------------------------------------------


async def test_a_sync_that_goes_on_is_told_as_started(home: Home) -> None:
    answer = await call(home, "sync_panel", HEALTHY)
    (result,) = answer["results"]
    assert result["message"].startswith("Panel sync started")
    assert result == {
        "location": home.location(HEALTHY).name,
        "device_id": device_id(home, HEALTHY),
        "kind": "panel",
        "outcome": "started",
        "reason": None,
        "evidence": [],
        "duration": None,
        "changes": [],
        "more_changes": 0,
        "made_live": None,
        "report_time": home.state("sensor", "last_panel_report", HEALTHY).state,
        "message": result["message"],
    }
    assert home.location(HEALTHY).starts == {"panel": 1, "users": 0}


@pytest.mark.parametrize(
    ("action", "evidence"),
    [
        ("sync_panel", "log_record"),
        ("sync_users", "log_record"),
        ("refresh_status", "live_read"),
    ],
)
async def test_waiting_gives_the_outcome(
    home: Home, action: str, evidence: str
) -> None:
    answer = await call_and_wait(home, action, HEALTHY)
    (result,) = answer["results"]
    assert (result["outcome"], result["reason"]) == ("succeeded", "proven")
    assert evidence in result["evidence"]
    assert result["duration"] > 0 or action == "refresh_status"
    assert "succeeded" in result["message"]
    assert home.outcomes(HEALTHY)[-1]["outcome"] == "succeeded"


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_waiting_ends_with_the_run(home: Home) -> None:
    """A run without proof ends after 10 minutes, and so does the waiting."""
    answer = await call_and_wait(home, "sync_panel", HEALTHY, seconds=900)
    (result,) = answer["results"]
    assert (result["outcome"], result["reason"]) == ("unconfirmed", "time_limit")
    assert 600 <= result["duration"] <= 630


async def test_every_location_of_an_account_has_its_result(home: Home) -> None:
    # Some of them once more by themselves: each is pressed once.
    answer = await call_and_wait(home, "sync_panel", None, HEALTHY, STALE)
    told = {
        result["location"]: (result["outcome"], result["reason"])
        for result in answer["results"]
    }
    assert told == {
        home.location(HEALTHY).name: ("succeeded", "proven"),
        home.location(STALE).name: ("succeeded", "proven"),
        home.location(ARMED).name: ("refused", "panel_armed"),
        home.location(OFFLINE).name: ("failed", "panel_unreachable"),
    }
    assert all(result["message"] for result in answer["results"])
    assert [home.location(index).starts["panel"] for index in range(3)] == [1, 1, 0]
    # The account's own line tells where it started and who was left out.
    (line,) = [event.data for event in home.told if event.data["type"] == "all_started"]
    assert set(line["started"]) == {
        home.location(HEALTHY).name,
        home.location(STALE).name,
    }


async def test_a_refusal_is_a_result_where_one_is_asked_for(home: Home) -> None:
    (result,) = (await call(home, "sync_panel", ARMED))["results"]
    assert (result["outcome"], result["reason"]) == ("refused", "panel_armed")
    assert home.location(ARMED).name in result["message"]
    assert home.panel_starts() == []


@pytest.mark.shows("action-exceptions")
@pytest.mark.parametrize(
    ("index", "key", "is_refusal"),
    [
        (ARMED, "refused_panel_armed", True),
        (OFFLINE, "failed_panel_unreachable", False),
    ],
)
async def test_without_a_response_it_raises(
    home: Home, index: int, key: str, *, is_refusal: bool
) -> None:
    """A refusal is for who asked; a failure is the world's."""
    with pytest.raises(HomeAssistantError) as raised:
        await call(home, "sync_panel", index, response=False)
    assert raised.value.translation_key == key
    assert isinstance(raised.value, ServiceValidationError) == is_refusal


async def test_without_a_response_each_reason_is_named(home: Home) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call(home, "sync_panel", ARMED, OFFLINE, response=False, wait=True)
    assert raised.value.translation_key == "nothing_started"
    for index in (ARMED, OFFLINE):
        assert home.location(index).name in str(raised.value)


async def test_one_start_is_enough_not_to_raise(home: Home) -> None:
    answer = await call(home, "sync_panel", ARMED, HEALTHY, response=False)
    assert answer is None
    assert home.location(HEALTHY).starts["panel"] == 1


async def test_waiting_does_not_need_a_response(home: Home) -> None:
    assert await call_and_wait(home, "sync_panel", HEALTHY, response=False) is None
    assert home.outcomes(HEALTHY)[-1]["outcome"] == "succeeded"


# --- waiting that ends early -------------------------------------------------------


async def test_a_cancelled_wait_does_not_stop_the_run(home: Home) -> None:
    task = asyncio.create_task(call(home, "sync_panel", HEALTHY, wait=True))
    await started(home, task)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await home.wait(90)
    assert home.outcomes(HEALTHY)[-1]["outcome"] == "succeeded"
    assert home.location(HEALTHY).starts["panel"] == 1


async def test_a_reload_ends_the_wait_and_not_the_run(home: Home) -> None:
    task = asyncio.create_task(call(home, "sync_panel", HEALTHY, wait=True))
    await started(home, task)
    await home.reload()
    (result,) = (await task)["results"]
    assert result["outcome"] == "started"
    await home.wait(90)
    assert home.outcomes(HEALTHY)[-1]["outcome"] == "succeeded"
    assert home.location(HEALTHY).starts["panel"] == 1


@pytest.mark.parametrize("response", [True, False])
async def test_a_reload_during_the_start_is_said(home: Home, response: bool) -> None:
    """Four locations, two at a time: those whose turn never comes are not lost."""
    before = len(home.received("fullStatus"))
    task = asyncio.create_task(call(home, "sync_panel", None, response=response))
    # Looked at each turn of the loop: nothing has been answered yet.
    while len(home.received("fullStatus")) == before:
        await asyncio.sleep(0)
    await home.reload()
    if response:
        results = (await task)["results"]
        assert [item["reason"] for item in results] == ["not_loaded"] * 4
    else:
        with pytest.raises(ServiceValidationError) as raised:
            await task
        assert raised.value.translation_key == "nothing_started"
        assert str(raised.value).count("is not loaded") == 4
        assert "{" not in str(raised.value)
    assert home.panel_starts() == []


async def test_a_reload_after_some_starts_hides_none_of_them(home: Home) -> None:
    """Users are syncing at the first two, and nobody must think they are not."""
    held = {home.location_id(index) for index in (ARMED, OFFLINE)}
    for location_id in held:
        route = f"locations/{location_id}/partitions/fullstatus"
        home.simulator.faults.add(route, "timeout", 9)
    task = asyncio.create_task(call(home, "sync_users", None))
    await until(lambda: all(home.location(i).starts["users"] for i in (HEALTHY, STALE)))
    received = home.simulator.received
    await until(
        lambda: (
            held <= {item.location_id for item in received if item.fault == "timeout"}
        )
    )
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    home.simulator.faults.clear()
    results = (await task)["results"]
    assert [item["outcome"] for item in results[:2]] == ["started"] * 2
    assert [item["reason"] for item in results[2:]] == ["not_loaded"] * 2
    (told,) = [event.data for event in home.told if event.data["type"] == "all_started"]
    assert len(told["started"]) == 2
    assert len(told["left_out"]) == 2
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.wait(60)
    for index in (HEALTHY, STALE):
        assert home.outcomes(index)[-1]["outcome"] == "succeeded"
        assert home.location(index).starts["users"] == 1


async def test_button_and_action_at_once_start_once(home: Home) -> None:
    await home.press("sync_panel", HEALTHY)
    (result,) = (await call(home, "sync_panel", HEALTHY))["results"]
    assert (result["outcome"], result["reason"]) == ("refused", "already_running")
    assert home.location(HEALTHY).starts["panel"] == 1


# --- what it is called on ------------------------------------------------------------


async def test_a_device_of_another_integration(home: Home) -> None:
    other = MockConfigEntry(domain="other")
    other.add_to_hass(home.hass)
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", "1")}
    )
    for unknown in (device.id, "no such device"):
        with pytest.raises(ServiceValidationError):
            await home.hass.services.async_call(
                DOMAIN, "sync_panel", {"device_id": unknown}, blocking=True
            )
    assert home.panel_starts() == []


async def test_a_location_that_is_gone(home: Home) -> None:
    gone = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=home.entry.entry_id,
        identifiers={(DOMAIN, f"{home.entry.unique_id}_1")},
        name="Sold house",
    )
    # One wrong device, and nothing starts at the right one.
    with pytest.raises(ServiceValidationError) as raised:
        await home.hass.services.async_call(
            DOMAIN,
            "sync_panel",
            {"device_id": [device_id(home, HEALTHY), gone.id]},
            blocking=True,
        )
    assert raised.value.translation_key == "not_a_location"
    assert "Sold house" in str(raised.value)
    assert home.panel_starts() == []


@pytest.mark.shows("action-setup")
async def test_an_entry_that_is_not_loaded(home: Home) -> None:
    device = device_id(home, HEALTHY)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    with pytest.raises(ServiceValidationError) as raised:
        await home.hass.services.async_call(
            DOMAIN, "refresh_status", {"device_id": device}, blocking=True
        )
    assert raised.value.translation_key == "service_config_entry_not_loaded"


@pytest.mark.shows("action-setup")
async def test_the_actions_are_there_without_any_entry(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    assert set(hass.services.async_services()[DOMAIN]) == {
        "get_event_log",
        "refresh_status",
        "sync_panel",
        "sync_users",
    }


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"device_id": "x", "wait": "maybe"},
        {"device_id": "x", "code": "1234"},
    ],
)
async def test_what_is_not_an_action(home: Home, data: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        await home.hass.services.async_call(DOMAIN, "sync_panel", data, blocking=True)


# --- who may ---------------------------------------------------------------------


async def test_user_sync_needs_an_administrator(home: Home) -> None:
    """A refusal is a result, where one is asked for."""
    guest = person(home, home.entity_id("button", "sync_users", HEALTHY))
    (result,) = (await call(home, "sync_users", HEALTHY, context=guest))["results"]
    assert (result["outcome"], result["reason"]) == ("refused", "not_administrator")
    assert home.location(HEALTHY).starts["users"] == 0


@pytest.mark.parametrize("action", ["sync_panel", "refresh_status"])
async def test_the_others_follow_entity_permission(home: Home, action: str) -> None:
    may = person(home, home.entity_id("button", action, HEALTHY))
    with pytest.raises(Unauthorized):
        await call(home, action, HEALTHY, STALE, context=may)
    # Not one of them was started.
    assert home.outcomes(HEALTHY) == []
    (result,) = (await call(home, action, HEALTHY, context=may))["results"]
    assert result["outcome"] == "started"


async def test_somebody_unknown_may_nothing(home: Home) -> None:
    nobody = Context(user_id="gone")
    with pytest.raises(UnknownUser):
        await call(home, "sync_panel", HEALTHY, context=nobody)
    with pytest.raises(UnknownUser):
        await call(home, "get_event_log", HEALTHY, context=nobody)
    (result,) = (await call(home, "sync_users", HEALTHY, context=nobody))["results"]
    assert result["reason"] == "not_administrator"


async def test_the_press_is_told_with_who_pressed(home: Home) -> None:
    owner = person(home, admin=True)
    await call(home, "sync_panel", HEALTHY, context=owner)
    await home.wait(90)
    (event,) = [event for event in home.told if "outcome" in event.data]
    assert event.context.user_id == owner.user_id


# --- the event log -----------------------------------------------------------------


async def records(home: Home, **filters: Any) -> list[dict[str, Any]]:
    answer = await call(home, "get_event_log", HEALTHY, **filters)
    assert answer["location"] == home.location(HEALTHY).name
    assert answer["device_id"] == device_id(home, HEALTHY)
    found: list[dict[str, Any]] = answer["records"]
    return found


@pytest.mark.parametrize(
    "options", [SimulatorOptions(profile="rest"), SimulatorOptions(profile="soap")]
)
async def test_the_event_log_newest_first(home: Home) -> None:
    world, location = home.simulator.world, home.location_id(HEALTHY)
    home.freezer.tick(600)
    world.arm(location, "stay")
    home.freezer.tick(600)
    world.disarm(location)
    found = await records(home)
    assert [record["type"] for record in found[:2]] == ["disarmed", "armed"]
    assert found[0]["text"].startswith("Disarmed")
    assert found[0]["originator"]
    times = [record["time"] for record in found]
    assert times == sorted(times, reverse=True)
    # Reading for a person moves nothing: the records still become events, and once.
    await home.wait(120)
    assert home.state("event", "activity", HEALTHY).attributes["event_type"] == (
        "disarmed"
    )


async def test_filters_of_the_event_log(home: Home) -> None:
    world, location = home.simulator.world, home.location_id(HEALTHY)
    world.arm(location, "stay")
    home.freezer.tick(600)
    world.disarm(location)
    await home.wait(5)
    assert {record["type"] for record in await records(home, types="armed")} == {
        "armed"
    }
    both = await records(home, types=["armed", "disarmed"], limit=2)
    assert [record["type"] for record in both] == ["disarmed", "armed"]
    since = both[0]["time"]
    assert await records(home, since=since) == both[:1]
    assert len(await records(home, limit=1)) == 1
    with pytest.raises(vol.Invalid):
        await records(home, types=["duress"])


async def test_older_pages_are_read_where_they_are_wanted(home: Home) -> None:
    world, location = home.simulator.world, home.location_id(HEALTHY)
    for number in range(120):
        home.freezer.tick(1)
        world.write_log(location, f"Door {number} opened", "Panel")
    assert len(await records(home)) == 50
    found = await records(home, limit=110)
    assert [record["text"].split()[1] for record in found] == [
        str(number) for number in range(119, 9, -1)
    ]
    last_minute = await records(home, limit=500, since=found[59]["time"])
    assert last_minute == found[:60]


async def test_what_endangers_a_person_is_not_in_the_event_log(home: Home) -> None:
    world, location = home.simulator.world, home.location_id(HEALTHY)
    world.duress(location)
    world.write_log(location, "Hold-Up Alarm", "Panel")
    world.arm(location, "stay")
    found = await records(home, limit=500)
    assert found[0]["type"] == "armed"
    told = str(found).lower()
    assert "duress" not in told
    assert "hold" not in told


async def test_the_event_log_of_one_location_at_a_time(home: Home) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call(home, "get_event_log", None)
    assert raised.value.translation_key == "one_location_only"


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_no_way_to_the_event_log(home: Home) -> None:
    with pytest.raises(HomeAssistantError) as raised:
        await call(home, "get_event_log", HEALTHY)
    assert raised.value.translation_key == "event_log_gone"
    assert home.location(HEALTHY).name in str(raised.value)


@pytest.mark.shows("action-exceptions")
async def test_an_event_log_that_cannot_be_read(home: Home) -> None:
    home.simulator.faults.add("Events", "503", times=50)
    with pytest.raises(HomeAssistantError) as raised:
        await call(home, "get_event_log", HEALTHY)
    assert raised.value.translation_key == "event_log_failed"
    assert "{" not in str(raised.value)


# --- targets ----------------------------------------------------------------------


async def targeted(home: Home, **target: Any) -> set[str]:
    answer = await home.hass.services.async_call(
        DOMAIN, "refresh_status", target, blocking=True, return_response=True
    )
    assert answer is not None
    results: Any = answer["results"]
    return {str(result["location"]) for result in results}


async def test_areas_floors_labels_and_entities_are_targets(home: Home) -> None:
    hass = home.hass
    floor = fr.async_get(hass).async_create("Ground")
    area = ar.async_get(hass).async_create("Valley", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Rented out")
    devices = dr.async_get(hass)
    devices.async_update_device(device_id(home, HEALTHY), area_id=area.id)
    devices.async_update_device(device_id(home, STALE), labels={label.label_id})
    mill, lake = home.location(HEALTHY).name, home.location(STALE).name
    assert await targeted(home, area_id=area.id) == {mill}
    await home.wait(70)
    assert await targeted(home, floor_id=[floor.floor_id]) == {mill}
    await home.wait(70)
    assert await targeted(home, label_id=label.label_id, area_id=area.id) == {
        mill,
        lake,
    }
    await home.wait(70)
    sensor = home.entity_id("sensor", "sync_status", STALE)
    assert await targeted(home, entity_id=sensor) == {lake}
    await home.wait(70)
    # An entity moved to an area of its own brings its location along.
    cellar = ar.async_get(hass).async_create("Cellar")
    er.async_get(hass).async_update_entity(sensor, area_id=cellar.id)
    assert await targeted(home, area_id=cellar.id) == {lake}


async def test_a_target_without_a_location_is_an_error(home: Home) -> None:
    area = ar.async_get(home.hass).async_create("Cellar")
    with pytest.raises(ServiceValidationError) as raised:
        await targeted(home, area_id=area.id)
    assert raised.value.translation_key == "target_without_location"
    home.hass.states.async_set("light.lamp", "on")
    with pytest.raises(ServiceValidationError) as raised:
        await targeted(home, entity_id="light.lamp")
    assert raised.value.translation_key == "not_a_location"

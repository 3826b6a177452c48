"""How many rows Home Assistant's own logbook gives for a device, and what they say."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from homeassistant.components.recorder import Recorder
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Context, Event
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.panelsync.const import EVENT_PANELSYNC

from .automations import device_id
from .conftest import StartHome
from .home import ARMED, HEALTHY, STALE, Home

type Rows = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture
def recorder_off(recorder_db_url: str) -> None:
    """Put the recorder's database first: it has to be ready before Home Assistant is."""


@pytest.fixture
async def home(recorder_mock: Recorder, start_home: StartHome) -> Home:
    """Return a home whose states and events are recorded."""
    home = await start_home()
    assert await async_setup_component(home.hass, "logbook", {})
    await home.settle()
    return home


@pytest.fixture
async def settled(home: Home) -> None:
    """Let no user change wait, and everything have been read since then."""
    await home.let_no_change_wait()
    await home.wait(60)


@pytest.fixture
async def rows(
    home: Home, recorder_mock: Recorder, hass_ws_client: WebSocketGenerator
) -> Rows:
    """Return how to ask for a device's rows, as its page asks: those since the last time."""
    begun = dt_util.utcnow()
    seen: dict[int, int] = {}
    # What happens in the very moment of a beginning is no row.
    home.freezer.tick(1)

    async def ask(index: int) -> list[dict[str, Any]]:
        await recorder_mock.async_block_till_done()
        # A connection does not outlive the time that passes in a test.
        client = await hass_ws_client(home.hass)
        device = device_id(home, index)
        entities = er.async_entries_for_device(er.async_get(home.hass), device)
        await client.send_json_auto_id(
            {
                "type": "logbook/get_events",
                "start_time": begun.isoformat(),
                "end_time": (dt_util.utcnow() + timedelta(seconds=1)).isoformat(),
                "device_ids": [device],
                "entity_ids": [entity.entity_id for entity in entities],
            }
        )
        reply = await client.receive_json()
        assert reply["success"], reply
        found: list[dict[str, Any]] = reply["result"]
        new = found[seen.get(index, 0) :]
        seen[index] = len(found)
        return new

    return ask


def in_words(rows: list[dict[str, Any]]) -> list[str]:
    """Return what rows say that are sentences of ours."""
    return [row["message"] for row in rows if "message" in row]


def of_states(home: Home, rows: list[dict[str, Any]], platform: str, key: str) -> Any:
    """Return the states that rows show of one entity."""
    return [
        row["state"]
        for index in (HEALTHY, STALE, ARMED)
        for row in rows
        if "state" in row and row["entity_id"] == home.entity_id(platform, key, index)
    ]


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("key", ["sync_users", "sync_panel", "refresh_status"])
async def test_a_sync_says_nothing_twice(home: Home, rows: Rows, key: str) -> None:
    """Started, outcome, new status; the record of the service is the event's own row."""
    await rows(HEALTHY)
    await home.press(key, HEALTHY)
    await home.wait(120)
    made = await rows(HEALTHY)
    started, ended = in_words(made)
    assert " started" in started
    assert " succeeded" in ended or " finished" in ended
    ours = [
        row
        for row in made
        # A press and an event are rows that Home Assistant makes by itself.
        if "message" in row or not row["entity_id"].startswith(("button.", "event."))
    ]
    assert len(ours) <= 4, ours
    assert not [row for row in made if "_last_" in row["entity_id"]]
    assert of_states(home, made, "sensor", "sync_status") == (
        [] if key == "refresh_status" else ["syncing", "in_sync"]
    )
    assert len(of_states(home, made, "event", "sync")) == 1


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("key", ["sync_users", "sync_panel"])
async def test_each_row_of_a_sync_says_who_requested_it(
    home: Home, rows: Rows, hass_admin_user: MockUser, key: str
) -> None:
    """From the press to the new status; only the service's records are by nobody."""
    await rows(HEALTHY)
    await home.press(key, HEALTHY, Context(user_id=hass_admin_user.id))
    await home.wait(120)
    made = await rows(HEALTHY)
    log = home.entity_id("event", "activity", HEALTHY)
    nobody = [row for row in made if row.get("context_user_id") != hass_admin_user.id]
    assert {row["entity_id"] for row in nobody} == {log}
    # By the next change nobody requested anything.
    home.simulator.world.arm(home.location_id(HEALTHY), "away")
    await home.wait(70)
    later = await rows(HEALTHY)
    assert later
    assert not [row for row in later if "context_user_id" in row]


@pytest.mark.usefixtures("settled")
async def test_all_that_an_automations_sync_changes_has_its_context(home: Home) -> None:
    """By it, Activity says of each row which automation it was."""
    hass = home.hass
    target = {"device_id": device_id(home, HEALTHY)}
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "alias": "Nightly sync",
                "triggers": {"trigger": "event", "event_type": "night"},
                "actions": {"action": "panelsync.sync_panel", "target": target},
            }
        },
    )
    triggered = async_capture_events(hass, "automation_triggered")
    told = async_capture_events(hass, EVENT_PANELSYNC)
    changed: list[Event[Any]] = async_capture_events(hass, EVENT_STATE_CHANGED)
    hass.bus.async_fire("night")
    await home.wait(120)
    (automation,) = triggered
    by_sync = {
        home.entity_id(platform, key, HEALTHY)
        for platform, key in (
            ("sensor", "sync_status"),
            ("sensor", "last_panel_sync"),
            ("event", "sync"),
        )
    }
    ours = [event for event in changed if event.data["entity_id"] in by_sync]
    assert {event.data["entity_id"] for event in ours} == by_sync
    assert [event.data["type"] for event in told] == ["started", "succeeded"]
    assert {event.context.id for event in (*ours, *told)} == {automation.context.id}


async def test_the_new_status_is_one_row(home: Home, rows: Rows) -> None:
    """The service's own word is from before the sync until it is read again."""
    await home.wait(5)
    await rows(STALE)
    await home.press("sync_panel", STALE)
    await home.wait(60)
    made = await rows(STALE)
    assert of_states(home, made, "sensor", "sync_status") == ["syncing", "in_sync"]


@pytest.mark.usefixtures("settled")
async def test_a_failed_sync_says_nothing_twice(home: Home, rows: Rows) -> None:
    home.simulator.switches.panel_sync_result = "failed"
    await rows(HEALTHY)
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    made = await rows(HEALTHY)
    started, ended = in_words(made)
    assert " started" in started
    assert " failed" in ended
    assert of_states(home, made, "sensor", "sync_status") == ["syncing", "failed"]


async def test_a_refused_press_is_one_line(home: Home, rows: Rows) -> None:
    await rows(ARMED)
    with pytest.raises(HomeAssistantError):
        await home.press("sync_panel", ARMED)
    await home.wait(5)
    made = await rows(ARMED)
    (refused,) = in_words(made)
    assert "Nothing was sent" in refused
    assert [row for row in made if "message" not in row] == [
        row for row in made if row["entity_id"].startswith("button.")
    ]


async def test_the_event_log_is_read_as_people_say_it(home: Home, rows: Rows) -> None:
    world, location = home.simulator.world, home.location_id(HEALTHY)
    world.arm(location, "stay")
    await home.wait(70)
    home.freezer.tick(5)
    world.disarm(location)
    await home.wait(70)
    log = home.location(HEALTHY).log.records
    assert in_words(await rows(HEALTHY)) == [
        f"{record.text}, {record.originator}" for record in log[-2:]
    ]
    assert "Disarmed" in log[-1].text
    assert "Dana Keller" in log[-1].originator


async def test_a_reload_says_nothing_in_words(home: Home, rows: Rows) -> None:
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    home.simulator.world.disarm(home.location_id(HEALTHY))
    await home.wait(70)
    assert in_words(await rows(HEALTHY))
    await home.reload()
    await home.wait(120)
    assert in_words(await rows(HEALTHY)) == []


async def test_a_reload_shows_no_moment_in_sync(home: Home) -> None:
    """The pending user changes are counted a moment after the states were read."""
    assert home.state("sensor", "sync_status", HEALTHY).state == "changes_waiting"
    entity_id = home.state("sensor", "sync_status", HEALTHY).entity_id
    shown = async_capture_events(home.hass, EVENT_STATE_CHANGED)
    await home.reload()
    await home.wait(5)
    states = [
        event.data["new_state"].state
        for event in shown
        if event.data["entity_id"] == entity_id
    ]
    assert states[-1] == "changes_waiting"
    assert "in_sync" not in states

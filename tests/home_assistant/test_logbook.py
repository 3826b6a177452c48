"""What Activity says of a run: who asked, how it ended, and on what that rests."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from homeassistant.components.recorder.db_schema import EventData
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.json import json_loads
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.panelsync.announcements import (
    BATCHES,
    AllEnded,
    AllStarted,
    BatchResult,
    async_announce,
)
from custom_components.panelsync.client import SyncKind
from custom_components.panelsync.const import EVENT_PANELSYNC
from custom_components.panelsync.logbook import message
from simulator import SimulatorOptions

from .home import ARMED, HEALTHY, OFFLINE, STALE, Home
from .quiet import until

pytestmark = pytest.mark.usefixtures("logbook")


def lines(home: Home) -> list[dict[str, Any]]:
    """Return the Activity lines of all that was told, but for starts and ends of all."""
    return [
        line
        for event, line in zip(home.told, all_lines(home), strict=True)
        if event.data["type"] not in ("started", "all_ended")
    ]


def all_lines(home: Home) -> list[dict[str, Any]]:
    """Return the Activity lines of all that was told."""
    _, describe = home.hass.data["logbook"].external_events[EVENT_PANELSYNC]
    return [describe(event) for event in home.told]


async def test_a_press_shows_at_once_and_who_pressed(home: Home) -> None:
    """The service still holds its answer."""
    user = MockUser(is_owner=True).add_to_hass(home.hass)
    home.simulator.faults.add("devices/security/synchronize", "timeout")
    press = asyncio.create_task(
        home.press("sync_panel", STALE, context=Context(user_id=user.id))
    )
    await until(lambda: home.location(STALE).starts["panel"] == 1)
    (line,) = all_lines(home)
    assert line["message"].startswith("Panel sync started")
    assert line["entity_id"] == home.entity_id("event", "sync", STALE)
    assert home.told[-1].data["type"] == "started"
    assert home.told[-1].context.user_id == user.id
    assert home.state("sensor", "sync_status", STALE).state == "syncing"
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    await press


async def test_a_refusal_does_not_replace_the_last_outcome(home: Home) -> None:
    await home.press("sync_panel", STALE)
    await home.wait(30)
    before = home.state("event", "sync", STALE)
    status = home.state("sensor", "sync_status", STALE).state
    with pytest.raises(HomeAssistantError):
        await home.press("sync_panel", STALE)
    assert home.told[-1].data["type"] == "refused"
    assert home.state("event", "sync", STALE) == before
    assert home.state("sensor", "sync_status", STALE).state == status


async def test_all_locations_have_one_result(home: Home) -> None:
    await home.press("sync_panel_all")
    await home.wait(90)
    (ended,) = [event for event in home.told if event.data["type"] == "all_ended"]
    assert ended.data["done"] == ["Mill House", "Lake Cabin"]
    assert list(ended.data["failed"]) == ["Hill Farm"]
    assert list(ended.data["left_out"]) == ["Harbour Shop"]
    message = all_lines(home)[home.told.index(ended)]["message"]
    assert message == (
        "Panel sync at several locations: succeeded at Mill House, Lake Cabin;"
        " failed or unconfirmed at Hill Farm; skipped: Harbour Shop"
    )


async def test_a_proven_sync(home: Home) -> None:
    user = MockUser(is_owner=True).add_to_hass(home.hass)
    await home.press("sync_panel", STALE, context=Context(user_id=user.id))
    await home.wait(60)
    (line,) = lines(home)
    assert line["name"] == "PanelSync"
    assert line["message"].startswith("Panel sync succeeded (entry in the event log")
    assert line["entity_id"] == home.entity_id("event", "sync", STALE)
    assert home.told[-1].context.user_id == user.id
    assert home.state("event", "sync", STALE).context.user_id == user.id


@pytest.mark.parametrize(
    ("key", "index", "message"),
    [
        ("sync_panel", ARMED, "Panel sync: Nothing was sent. Harbour Shop"),
        ("sync_panel", OFFLINE, "Panel sync failed: "),
        ("sync_users", OFFLINE, "User sync failed: "),
    ],
)
async def test_what_did_not_work(
    home: Home, key: str, index: int, message: str
) -> None:
    with pytest.raises(HomeAssistantError):
        await home.press(key, index)
    (line,) = lines(home)
    assert line["message"].startswith(message)
    assert "{" not in line["message"]
    assert home.location(index).name in line["message"]


async def test_a_refresh_tells_both_times(home: Home) -> None:
    await home.press("refresh_status", HEALTHY)
    await home.wait(30)
    (line,) = lines(home)
    assert line["message"].startswith("Status refresh succeeded (reply from the panel")
    assert ". Requested: " in line["message"]
    assert "latest report: " in line["message"]
    assert home.state("event", "sync", HEALTHY).attributes["report_time"] is not None


async def test_a_report_of_another_day_is_told_with_its_date(home: Home) -> None:
    """A panel may have been silent for days."""
    await home.press("refresh_status", HEALTHY)
    await home.wait(30)
    (ended,) = [event for event in home.told if event.data["type"] == "succeeded"]
    old = {**ended.data, "report_time": "2025-11-01T12:00:00+00:00"}
    assert "latest report: 2025-11-01 " in message(home.hass, old)
    assert "latest report: 20" not in message(home.hass, ended.data)


async def test_a_refresh_whose_report_has_no_time_says_so(home: Home) -> None:
    """Ticks of 0 are no time."""
    home.location(HEALTHY).service.report_time = datetime.min.replace(tzinfo=UTC)
    await home.wait(70)
    await home.press("refresh_status", HEALTHY)
    await home.wait(30)
    (line,) = lines(home)
    assert line["message"].startswith("Status refresh succeeded (reply from the panel")
    assert line["message"].endswith(", latest report without a time")
    assert home.state("sensor", "last_panel_report", HEALTHY).state == "unknown"


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_an_open_end(home: Home) -> None:
    await home.press("sync_panel", HEALTHY)
    await home.wait(660, step=15)
    (line,) = lines(home)
    assert line["message"] == "Panel sync unconfirmed: not confirmed within 10 minutes"


async def test_all_locations_in_one_line(home: Home) -> None:
    await home.press("sync_panel_all")
    message = next(
        line["message"] for line in lines(home) if "started at" in line["message"]
    )
    assert message.startswith("Panel sync started at Mill House, Lake Cabin. Skipped: ")
    assert "Harbour Shop" in message
    assert "Hill Farm" in message


@pytest.mark.parametrize("options", [SimulatorOptions(locations=2)])
async def test_nobody_is_left_out_where_all_started(home: Home) -> None:
    await home.press("sync_panel_all")
    (message,) = [
        line["message"] for line in lines(home) if "started at" in line["message"]
    ]
    assert message == "Panel sync started at Mill House, Lake Cabin"


@pytest.mark.parametrize("options", [SimulatorOptions(locations=1)])
async def test_what_became_of_many_locations_is_recorded(home: Home) -> None:
    """A recorder keeps nothing at all of an event that is too large for it."""
    names = [f"{number} {'\N{HOUSE BUILDING}' * 90}" for number in range(100)]
    reasons = dict.fromkeys(names, f"The panel is offline: {'ü' * 500}")
    async_announce(
        home.hass,
        BATCHES,
        AllStarted(home.entry, SyncKind.PANEL, tuple(names), reasons, None),
    )
    result = BatchResult(tuple(names), reasons, reasons)
    async_announce(
        home.hass, BATCHES, AllEnded(home.entry, SyncKind.PANEL, result, None)
    )
    started, ended = home.told
    for event in home.told:
        recorded = EventData.shared_data_bytes_from_event(event, None)
        assert json_loads(recorded) == event.data
    assert started.data["more_started"] == 100 - len(started.data["started"]) > 0
    for part in ("done", "failed", "left_out"):
        assert ended.data[part]
        assert ended.data[f"more_{part}"] == 100 - len(ended.data[part]) > 0
    first, second = [line["message"] for line in all_lines(home)]
    assert first.endswith(f" and {started.data['more_left_out']} more")
    assert second.endswith(f" and {ended.data['more_left_out']} more")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"type": 7},
        {"type": "record"},
        {"type": "old_records", "count": 2, "entity_id": None},
        {"type": "succeeded", "kind": "panel"},
        {"type": "started", "kind": "everything"},
        {"type": "all_ended", "kind": "panel", "done": 7},
        {"type": "refused", "placeholders": None},
    ],
)
@pytest.mark.parametrize("options", [SimulatorOptions(locations=1)])
async def test_an_event_whose_data_were_lost_spoils_no_page(
    home: Home, data: dict[str, Any]
) -> None:
    """Nobody but PanelSync should fire it, and not all of it is always recorded."""
    home.hass.bus.async_fire(EVENT_PANELSYNC, data)
    await home.settle()
    (line,) = all_lines(home)
    assert line["message"] == (
        "2 older records were not shown as events"
        if "count" in data
        else "The details of this event are not available"
    )


async def test_older_records_are_counted(home: Home) -> None:
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    home.simulator.world.arm(home.location_id(HEALTHY), "stay")
    home.freezer.tick(3600)
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.wait(10)
    assert [line["message"] for line in lines(home)] == [
        "1 older record was not shown as an event"
    ]

"""What Activity says of a run: who asked, how it ended, and on what that rests."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.panelsync.const import EVENT_PANELSYNC
from simulator import SimulatorOptions

from .home import ARMED, HEALTHY, OFFLINE, STALE, Home


@pytest.fixture(autouse=True)
async def logbook(hass: Any) -> None:
    hass.config.components.add("recorder")
    assert await async_setup_component(hass, "logbook", {})


def lines(home: Home) -> list[dict[str, Any]]:
    """Return the Activity lines of all that was told."""
    _, describe = home.hass.data["logbook"].external_events[EVENT_PANELSYNC]
    return [describe(event) for event in home.told]


async def test_a_proven_sync(home: Home) -> None:
    user = MockUser(is_owner=True).add_to_hass(home.hass)
    await home.press("sync_panel", STALE, context=Context(user_id=user.id))
    await home.wait(60)
    (line,) = lines(home)
    assert line["name"] == "PanelSync"
    assert line["message"].startswith("Sync panel succeeded: the event log says so")
    assert line["entity_id"] == home.entity_id("event", "sync", STALE)
    assert home.told[-1].context.user_id == user.id
    assert home.state("event", "sync", STALE).context.user_id == user.id


@pytest.mark.parametrize(
    ("key", "index", "message"),
    [
        ("sync_panel", ARMED, "Sync panel refused: Nothing was sent: Harbour Shop"),
        ("sync_panel", OFFLINE, "Sync panel failed: "),
        ("sync_users", OFFLINE, "Sync users failed: "),
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
    assert line["message"].startswith("Refresh status succeeded: the panel answered")
    assert "(asked " in line["message"]
    assert "newest report " in line["message"]
    assert home.state("event", "sync", HEALTHY).attributes["report_time"] is not None


async def test_a_refresh_whose_report_has_no_time_says_so(home: Home) -> None:
    """Ticks of 0 are no time."""
    home.location(HEALTHY).service.report_time = datetime.min.replace(tzinfo=UTC)
    await home.wait(70)
    await home.press("refresh_status", HEALTHY)
    await home.wait(30)
    (line,) = lines(home)
    assert line["message"].startswith("Refresh status succeeded: the panel answered")
    assert line["message"].endswith(", the newest report has no time)")
    assert home.state("sensor", "last_panel_report", HEALTHY).state == "unknown"


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_an_open_end(home: Home) -> None:
    await home.press("sync_panel", HEALTHY)
    await home.wait(660, step=15)
    (line,) = lines(home)
    assert line["message"] == "Sync panel unconfirmed: no proof came within 10 minutes"


async def test_all_locations_in_one_line(home: Home) -> None:
    await home.press("sync_panel_all")
    message = next(
        line["message"] for line in lines(home) if "started at" in line["message"]
    )
    assert message.startswith(
        "Sync panel started at Mill House, Lake Cabin. Left out: "
    )
    assert "Harbour Shop" in message
    assert "Hill Farm" in message


@pytest.mark.parametrize("options", [SimulatorOptions(locations=2)])
async def test_nobody_is_left_out_where_all_started(home: Home) -> None:
    await home.press("sync_panel_all")
    (message,) = [
        line["message"] for line in lines(home) if "started at" in line["message"]
    ]
    assert message == "Sync panel started at Mill House, Lake Cabin"


async def test_older_records_are_counted(home: Home) -> None:
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    home.simulator.world.arm(home.location_id(HEALTHY), "stay")
    home.freezer.tick(3600)
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.wait(10)
    assert [line["message"] for line in lines(home)] == [
        "1 older record was not shown as an event"
    ]

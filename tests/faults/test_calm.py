"""Calm in trouble: availability, events, log lines, and routes that go and come back."""

import logging
from typing import Any

from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from simulator import SimulatorOptions
from tests.home_assistant.conftest import (  # noqa: F401
    StartHome,
    custom_integrations,
    pauses_pass_at_once,
)
from tests.home_assistant.home import HEALTHY, STALE, Home

WATCHED = [
    ("sensor", "arming_state"),
    ("sensor", "sync_status"),
    ("event", "sync"),
    ("event", "activity"),
    ("button", "sync_panel"),
]


def states(home: Home, index: int) -> dict[str, str]:
    return {key: home.state(platform, key, index).state for platform, key in WATCHED}


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give what PanelSync said above debug."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.panelsync")
        and record.levelno > logging.DEBUG
    ]


@pytest.mark.parametrize("fault", ["503", "refuse", "empty", "html", "unknown_code"])
async def test_a_short_outage_is_not_seen(
    home: Home, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    before = states(home, HEALTHY)
    caplog.clear()
    changed = async_capture_events(home.hass, "state_changed")
    home.simulator.faults.add("/TC2API.TCResource/", fault, 100_000)
    await home.wait(150)
    home.simulator.faults.clear()
    await home.wait(150)
    assert states(home, HEALTHY) == before
    names = [event.data["entity_id"] for event in changed]
    assert not [name for name in names if name.startswith("event.")]
    assert not [name for name in names if "arming_state" in name]
    assert lines(caplog) == []


async def test_one_location_in_trouble_leaves_the_others_alone(home: Home) -> None:
    before = states(home, STALE)
    home.simulator.faults.add(f"locations/{home.location_id(HEALTHY)}/", "503", 100_000)
    await home.wait(900)
    assert home.state("sensor", "arming_state", HEALTHY).state == "unavailable"
    assert states(home, STALE) == before


# What is gone, and how each kind must end; without a way to start it is refused.
LADDER: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    (
        "SOAP gone",
        {"soap": "missing"},
        {"sync_panel": "succeeded", "sync_users": "succeeded", "refresh_status": "succeeded"},
    ),
    (
        "event log gone",
        {"events_candidate": 0},
        {"sync_panel": "finished", "sync_users": "succeeded", "refresh_status": "succeeded"},
    ),
    (
        "job status gone",
        {"job_status_candidate": 0},
        {"sync_panel": "succeeded", "sync_users": "succeeded", "refresh_status": "succeeded"},
    ),
    (
        "all three gone",
        {"soap": "missing", "events_candidate": 0, "job_status_candidate": 0},
        {"sync_panel": "unconfirmed", "sync_users": "succeeded", "refresh_status": "succeeded"},
    ),
    (
        "all three gone and no other way to sync users",
        {"soap": "missing", "events_candidate": 0, "job_status_candidate": 0, "user_sync_candidate": 0},
        {"sync_panel": "unconfirmed", "sync_users": "refused", "refresh_status": "succeeded"},
    ),
]  # fmt: skip


@pytest.mark.parametrize("options", [SimulatorOptions(profile="rest")])
@pytest.mark.parametrize(
    ("gone", "outcomes"),
    [item[1:] for item in LADDER],
    ids=[item[0] for item in LADDER],
)
async def test_ladder(
    start_home: StartHome,
    simulator: Any,
    gone: dict[str, Any],
    outcomes: dict[str, str],
) -> None:
    simulator.switches.change(gone)
    home = await start_home()
    for key, wanted in outcomes.items():
        if wanted == "refused":
            with pytest.raises(HomeAssistantError) as refused:
                await home.press(key, HEALTHY)
            assert refused.value.translation_key == "refused_no_user_sync_way"
        else:
            await home.press(key, HEALTHY)
        await home.wait(700, step=15)
        told = home.outcomes(HEALTHY)[-1]
        # Honest: as much as can still be seen, and never more.
        assert told["outcome"] == wanted, key
        assert (told["reason"] == "no_user_sync_way") == (wanted == "refused")
    assert home.location(HEALTHY).starts == {
        "panel": 1,
        "users": outcomes["sync_users"] != "refused",
    }


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_a_way_that_comes_back_is_found_within_the_hour(home: Home) -> None:
    with pytest.raises(HomeAssistantError) as refused:
        await home.press("sync_users", HEALTHY)
    assert refused.value.translation_key == "refused_no_user_sync_way"
    home.simulator.switches.user_sync_candidate = 1
    home.simulator.switches.events_candidate = 1
    # The account is read every quarter of an hour and looks for what is gone hourly.
    await home.wait(80 * 60, step=30)
    await home.press("sync_users", HEALTHY)
    await home.wait(120)
    assert home.outcomes(HEALTHY)[-1]["outcome"] == "succeeded"


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_a_way_that_comes_back_is_found_by_a_reload(home: Home) -> None:
    with pytest.raises(HomeAssistantError) as refused:
        await home.press("sync_users", HEALTHY)
    assert refused.value.translation_key == "refused_no_user_sync_way"
    home.simulator.switches.change({"soap": "on"})
    await home.reload()
    await home.wait(10)
    await home.press("sync_users", HEALTHY)
    await home.wait(120)
    assert home.outcomes(HEALTHY)[-1]["outcome"] == "succeeded"

"""Two Home Assistants and the vendor's app on one account at once.

See docs/architecture.md#checks-before-a-start.

Both homes are whole ones, each with its own directory and stores. The app is a plain
HTTP client that knows the protocol alone: it signs in and starts syncs by itself.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.panelsync.logbook import message
from simulator import Simulator
from tests.home_assistant.conftest import pauses_pass_at_once  # noqa: F401
from tests.home_assistant.home import HEALTHY, STALE, Home
from tests.simulator.door import Clock, Door

from .homes import living, service, wait
from .report import WHOLE, Report


@dataclass
class Street:
    """Two homes and the vendor's app, which signs in when it is first used."""

    simulator: Simulator
    homes: tuple[Home, Home]
    app: Door

    async def wait(self, seconds: float, step: float = 15) -> None:
        """Let time pass in both homes."""
        await wait(list(self.homes), seconds, step)


@asynccontextmanager
async def opened(
    directory: Path,
    freezer: FrozenDateTimeFactory,
    profile: str = "rest",
    **switches: Any,
) -> AsyncIterator[Street]:
    """Start two homes on one account of one service."""
    async with (
        service(freezer, profile) as simulator,
        living(directory / "first", simulator, freezer) as first,
        living(directory / "second", simulator, freezer) as second,
        aiohttp.ClientSession() as http,
    ):
        simulator.switches.change(switches)
        street = Street(simulator, (first, second), Door(simulator, http, Clock()))
        for home in street.homes:
            await home.start()
            assert home.entry.state is ConfigEntryState.LOADED
        await street.wait(60)
        yield street


@pytest.fixture
async def street(
    request: pytest.FixtureRequest, tmp_path: Path, freezer: FrozenDateTimeFactory
) -> AsyncIterator[Street]:
    """Open a street; parametrize indirectly with a profile."""
    async with opened(tmp_path, freezer, getattr(request, "param", "rest")) as one:
        yield one


without_a_log = pytest.mark.parametrize("street", ["bare"], indirect=True)


def told(home: Home, index: int) -> list[tuple[str, str]]:
    return [(item["outcome"], item["reason"]) for item in home.outcomes(index)]


def lines(home: Home, sort: str) -> list[str]:
    """Give the Activity lines of the events of one type."""
    return [
        message(home.hass, event.data)
        for event in home.told
        if event.data["type"] == sort
    ]


def statuses(street: Street) -> list[str]:
    return [home.state("sensor", "sync_status", STALE).state for home in street.homes]


def flows(home: Home) -> list[Any]:
    """Give what asks a person to sign in again."""
    return [
        flow
        for flow in home.hass.config_entries.flow.async_progress()
        if flow["context"]["source"] == "reauth"
    ]


# Sessions last two hours here. Side by side, each home signs in once for each of them.
# Where a sign-in throws the others out, the homes' are spaced by 5, 10, 20, ... minutes
# up to 4 hours (docs/architecture.md#sign-in-discipline): at 0, 5, 15, 35, 75 and 155
# minutes.
WARS = [(True, 1, 2 * 4), *([(False, 3, 2 * 2), (True, 3, 2 * 6)] if WHOLE else [])]


@pytest.mark.parametrize(("ends_old", "hours", "most"), WARS, ids=str)
async def test_no_sign_in_war(
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
    record_property: Report,
    ends_old: bool,
    hours: int,
    most: int,
) -> None:
    async with opened(
        tmp_path, freezer, new_sign_in_ends_old=ends_old, session_seconds=2 * 3600.0
    ) as street:
        by_app = 0
        end = datetime.now(UTC) + timedelta(hours=hours)
        while datetime.now(UTC) < end:
            # Somebody looks into the app every half hour, which signs in anew.
            status, _ = await street.app.sign_in()
            assert status == 200
            by_app += 1
            await street.app.status()
            await street.wait(30 * 60, step=150)
        found = len(street.simulator.accounts.sign_ins) - by_app
        record_property("sign_ins", found)
        assert found <= most
        assert street.simulator.switches.account == "open"
        a_minute = Counter(
            when.strftime("%H:%M") for when in street.simulator.accounts.sign_ins
        )
        assert max(a_minute.values()) <= 3
        # Nobody was asked for a password, and nothing was started.
        assert not any(flows(home) for home in street.homes)
        assert not any(
            sum(place.starts.values())
            for place in street.simulator.world.locations.values()
        )
        # Peace brings both back, with nobody's help.
        street.simulator.switches.new_sign_in_ends_old = False
        await street.wait((4.25 if hours > 1 else 1.5) * 3600, step=300)
        for home in street.homes:
            assert home.state("sensor", "arming_state", HEALTHY).state == "disarmed"


async def test_a_sync_by_the_app_shows_in_both_as_nobodys_run(street: Street) -> None:
    before = datetime.now(UTC)
    name = street.homes[0].location(STALE).name
    await street.app.start_panel(name)
    await street.app.users_sync(name)
    await street.wait(180)
    for home in street.homes:
        for key in ("last_panel_sync", "last_user_sync"):
            seen = home.state("sensor", key, STALE).state
            assert datetime.fromisoformat(seen) >= before, key
        activity = home.state("event", "activity", STALE)
        assert activity.attributes["event_type"] == "sync"
        assert "Sync Success" in activity.attributes["text"]
        # Whose it was stands there as the service wrote it, and it is no run.
        assert activity.attributes["originator"]
        assert told(home, STALE) == []
        assert home.state("event", "sync", STALE).state == "unknown"
        # The log has told it already.
        assert lines(home, "panel_sync_noticed") == []
    # The service's own word for it comes with the account's next read.
    await street.wait(900)
    assert statuses(street) == ["in_sync", "in_sync"]


@without_a_log
async def test_without_a_log_the_configuration_number_tells(street: Street) -> None:
    before = datetime.now(UTC)
    assert statuses(street) == ["sync_required", "sync_required"]
    await street.app.start_panel(street.homes[0].location(STALE).name)
    await street.wait(180)
    for home in street.homes:
        seen = home.state("sensor", "last_panel_sync", STALE).state
        assert datetime.fromisoformat(seen) >= before
        (line,) = lines(home, "panel_sync_noticed")
        assert "started elsewhere" in line
        assert told(home, STALE) == []
        # Once, also after a reload.
        await home.reload()
    await street.wait(900)
    assert statuses(street) == ["in_sync", "in_sync"]
    assert [len(lines(home, "panel_sync_noticed")) for home in street.homes] == [1, 1]


@without_a_log
async def test_what_one_home_proves_the_other_notices(street: Street) -> None:
    """One's own rise of the number is no foreign sync, however it was proven."""
    await street.homes[0].press("sync_panel", STALE)
    await street.wait(900)
    assert told(street.homes[0], STALE) == [("succeeded", "proven")]
    assert lines(street.homes[0], "panel_sync_noticed") == []
    assert told(street.homes[1], STALE) == []
    assert len(lines(street.homes[1], "panel_sync_noticed")) == 1


async def press(home: Home, key: str) -> str | None:
    try:
        await home.press(key, STALE)
    except HomeAssistantError as error:
        return error.translation_key
    return None


async def test_both_press_at_once(street: Street) -> None:
    """The service takes one of the two starts, and neither home sends a third one."""
    answers = await asyncio.gather(
        *(press(home, "sync_panel") for home in street.homes)
    )
    await street.wait(180)
    assert None in answers
    ends = [told(home, STALE) for home in street.homes]
    # The code that answers the second start is in no list: it is followed, and the
    # log proves a panel sync after it, whoever started that.
    assert [end for (end,) in ends] == [("succeeded", "proven")] * 2
    sent = [
        item
        for item in street.simulator.received
        if item.method == "POST" and item.path.lower().endswith("/synchronize")
    ]
    assert len(sent) == 2
    await street.wait(900)
    assert statuses(street) == ["in_sync", "in_sync"]


async def test_a_press_while_the_apps_sync_runs(street: Street) -> None:
    await street.app.start_panel(street.homes[0].location(STALE).name)
    assert await press(street.homes[0], "sync_panel") is None
    await street.wait(180)
    # An unknown code is followed, and the app's sync proves what was asked for.
    assert told(street.homes[0], STALE) == [("succeeded", "proven")]
    assert told(street.homes[1], STALE) == []
    location = street.homes[0].location(STALE)
    assert location.starts["panel"] == 2

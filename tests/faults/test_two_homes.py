"""Two Home Assistants and the vendor's app on one account at once.

See docs/architecture.md#checks-before-a-start.

Both homes are whole ones, each with its own directory and stores. The app is a plain
HTTP client that knows the protocol alone: it signs in and starts syncs by itself.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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


@asynccontextmanager
async def two_homes(
    simulator: Simulator, directory: Path, freezer: FrozenDateTimeFactory
) -> AsyncIterator[tuple[Home, Home]]:
    """Start two homes on one account."""
    async with (
        living(directory / "first", simulator, freezer) as first,
        living(directory / "second", simulator, freezer) as second,
    ):
        for home in (first, second):
            await home.start()
            assert home.entry.state is ConfigEntryState.LOADED
        await wait([first, second], 60)
        yield first, second


@asynccontextmanager
async def vendors_app(simulator: Simulator) -> AsyncIterator[Door]:
    """Hold the vendor's app; it signs in when it is first used."""
    async with aiohttp.ClientSession() as http:
        yield Door(simulator, http, Clock())


def told(home: Home, index: int) -> list[tuple[str, str]]:
    return [(item["outcome"], item["reason"]) for item in home.outcomes(index)]


def lines(home: Home, sort: str) -> list[str]:
    """Give the Activity lines of the events of one type."""
    return [
        message(home.hass, event.data)
        for event in home.told
        if event.data["type"] == sort
    ]


def statuses(homes: tuple[Home, Home]) -> list[str]:
    return [home.state("sensor", "sync_status", STALE).state for home in homes]


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
WARS = [
    (True, 1, 2 * 4),
    *([(False, 3, 2 * 2), (True, 3, 2 * 6)] if WHOLE else []),
]


@pytest.mark.parametrize(
    ("ends_old", "hours", "most"),
    WARS,
    ids=str,
)
async def test_no_sign_in_war(
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
    record_property: Report,
    ends_old: bool,
    hours: int,
    most: int,
) -> None:
    async with service(freezer) as simulator:
        simulator.switches.new_sign_in_ends_old = ends_old
        simulator.switches.session_seconds = 2 * 3600.0
        async with (
            two_homes(simulator, tmp_path, freezer) as homes,
            vendors_app(simulator) as app,
        ):
            by_app = 0
            end = datetime.now(UTC) + timedelta(hours=hours)
            while datetime.now(UTC) < end:
                # Somebody looks into the app every half hour, which signs in anew.
                status, _ = await app.sign_in()
                assert status == 200
                by_app += 1
                await app.status()
                await wait(list(homes), 30 * 60, step=150)
            found = len(simulator.accounts.sign_ins) - by_app
            record_property("sign_ins", found)
            assert found <= most
            assert simulator.switches.account == "open"
            a_minute = Counter(
                when.strftime("%H:%M") for when in simulator.accounts.sign_ins
            )
            assert max(a_minute.values()) <= 3
            # Nobody was asked for a password, and nothing was started.
            assert not any(flows(home) for home in homes)
            assert not any(
                sum(place.starts.values())
                for place in simulator.world.locations.values()
            )
            # Peace brings both back, with nobody's help.
            simulator.switches.new_sign_in_ends_old = False
            await wait(list(homes), (4.25 if hours > 1 else 1.5) * 3600, step=300)
            for home in homes:
                assert home.state("sensor", "arming_state", HEALTHY).state == "disarmed"


async def test_a_sync_by_the_app_shows_in_both_as_nobodys_run(
    tmp_path: Path, freezer: FrozenDateTimeFactory
) -> None:
    async with (
        service(freezer) as simulator,
        two_homes(simulator, tmp_path, freezer) as homes,
        vendors_app(simulator) as app,
    ):
        before = datetime.now(UTC)
        name = homes[0].location(STALE).name
        await app.start_panel(name)
        await app.users_sync(name)
        await wait(list(homes), 180)
        for home in homes:
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
        await wait(list(homes), 900)
        assert statuses(homes) == ["in_sync", "in_sync"]


async def test_without_a_log_the_configuration_number_tells(
    tmp_path: Path, freezer: FrozenDateTimeFactory
) -> None:
    async with (
        service(freezer, "bare") as simulator,
        two_homes(simulator, tmp_path, freezer) as homes,
        vendors_app(simulator) as app,
    ):
        before = datetime.now(UTC)
        assert homes[0].state("sensor", "sync_status", STALE).state == "sync_required"
        await app.start_panel(homes[0].location(STALE).name)
        await wait(list(homes), 180)
        for home in homes:
            seen = home.state("sensor", "last_panel_sync", STALE).state
            assert datetime.fromisoformat(seen) >= before
            (line,) = lines(home, "panel_sync_noticed")
            assert "started elsewhere" in line
            assert told(home, STALE) == []
            # Once, also after a reload.
            await home.reload()
        await wait(list(homes), 900)
        assert statuses(homes) == ["in_sync", "in_sync"]
        assert [len(lines(home, "panel_sync_noticed")) for home in homes] == [1, 1]


async def test_what_one_home_proves_the_other_notices(
    tmp_path: Path, freezer: FrozenDateTimeFactory
) -> None:
    """One's own rise of the number is no foreign sync, however it was proven."""
    async with (
        service(freezer, "bare") as simulator,
        two_homes(simulator, tmp_path, freezer) as homes,
    ):
        await homes[0].press("sync_panel", STALE)
        await wait(list(homes), 900)
        assert told(homes[0], STALE) == [("succeeded", "proven")]
        assert lines(homes[0], "panel_sync_noticed") == []
        assert told(homes[1], STALE) == []
        assert len(lines(homes[1], "panel_sync_noticed")) == 1


async def press(home: Home, key: str) -> str | None:
    try:
        await home.press(key, STALE)
    except HomeAssistantError as error:
        return error.translation_key
    return None


async def test_both_press_at_once(
    tmp_path: Path, freezer: FrozenDateTimeFactory
) -> None:
    """The service takes one of the two starts, and neither home sends a third one."""
    async with (
        service(freezer) as simulator,
        two_homes(simulator, tmp_path, freezer) as homes,
    ):
        answers = await asyncio.gather(*(press(home, "sync_panel") for home in homes))
        await wait(list(homes), 180)
        assert None in answers
        ends = [told(home, STALE) for home in homes]
        # The code that answers the second start is in no list: it is followed, and the
        # log proves a panel sync after it, whoever started that.
        assert [end for (end,) in ends] == [("succeeded", "proven")] * 2
        sent = [
            item
            for item in simulator.received
            if item.method == "POST" and item.path.lower().endswith("/synchronize")
        ]
        assert len(sent) == 2
        await wait(list(homes), 900)
        assert statuses(homes) == ["in_sync", "in_sync"]


async def test_a_press_while_the_apps_sync_runs(
    tmp_path: Path, freezer: FrozenDateTimeFactory
) -> None:
    async with (
        service(freezer) as simulator,
        two_homes(simulator, tmp_path, freezer) as homes,
        vendors_app(simulator) as app,
    ):
        await app.start_panel(homes[0].location(STALE).name)
        assert await press(homes[0], "sync_panel") is None
        await wait(list(homes), 180)
        # An unknown code is followed, and the app's sync proves what was asked for.
        assert told(homes[0], STALE) == [("succeeded", "proven")]
        assert told(homes[1], STALE) == []
        location = homes[0].location(STALE)
        assert location.starts["panel"] == 2

"""What the service says and shows decides how a press ends, and nothing else does."""

import asyncio
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.panelsync.announcements import (
    Announcement,
    LocationRead,
    async_listen,
)
from custom_components.panelsync.client.remote.location_link import RemoteLink
from custom_components.panelsync.sync.registry import loaded_locations
from simulator import Simulator, SimulatorOptions
from simulator.world.ground import OTHER_PERSON

from .conftest import StartHome
from .flows import add_account, finish
from .home import HEALTHY, STALE, Home

pytestmark = pytest.mark.kind("answers")

CODE = {"user_code": "083519", "installer_code": "4112", "changed": "2026-11-22"}


def last(home: Home, index: int = HEALTHY) -> tuple[str, str]:
    """Return outcome and reason of the newest run that was announced."""
    told = home.outcomes(index)[-1]
    return told["outcome"], told["reason"]


def starts(home: Home) -> int:
    """Count the user syncs that the service was asked to start."""
    sent = [*home.received("synchronize"), *home.received("tc2.asmx")]
    return sum(str(item.fields.get("StatusOnly")).lower() == "false" for item in sent)


# --- results of each item ------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [SimulatorOptions(profile="rest"), SimulatorOptions(profile="soap")],
    ids=["rest", "soap"],
)
@pytest.mark.parametrize("place", ["row", "envelope"])
async def test_a_code_refused_in_a_row_is_never_sent_again(
    simulator: Simulator, start_home: StartHome, place: Any
) -> None:
    """Wherever the refusal stands, the code is sent once."""
    simulator.switches.user_sync_refusal = place
    location = str(list(simulator.world.locations)[HEALTHY])
    home = await start_home(codes={location: CODE})
    for _ in range(2):
        with pytest.raises(HomeAssistantError):
            await home.press("sync_users", HEALTHY)
        await home.wait(120)
    assert [item["reason"] for item in home.outcomes(HEALTHY)] == [
        "code_refused",
        "code_refused_before",
    ]
    sent = [item for item in home.simulator.received if CODE["user_code"] in str(item)]
    assert len(sent) == 1
    assert starts(home) == 1


@pytest.mark.parametrize("code", [-4104, 4101, -4108])
async def test_a_panel_unreachable_in_a_row_is_told_at_once(
    home: Home, code: int
) -> None:
    home.simulator.faults.override(
        "user_sync", {"SynchronizationStatus[*].ResultCode": str(code)}
    )
    with pytest.raises(HomeAssistantError) as raised:
        await home.press("sync_users", HEALTHY)
    assert raised.value.translation_key == "failed_panel_unreachable"
    assert last(home) == ("failed", "panel_unreachable")


# --- evidence ------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["sync_panel", "sync_users"])
@pytest.mark.parametrize("slow", ["fullStatus", "Events", "account/users"])
async def test_a_slow_read_before_the_start_costs_no_evidence(
    home: Home, monkeypatch: pytest.MonkeyPatch, key: str, slow: str
) -> None:
    """What was read beside it has aged, and is read once more."""
    read = {
        "fullStatus": "read_status",
        "Events": "read_events",
        "account/users": "read_pending_user_changes",
    }[slow]
    others = {"read_status", "read_events", "read_pending_user_changes"} - {read}
    first = asyncio.Event()
    left = set(
        others if key == "sync_users" else others - {"read_pending_user_changes"}
    )

    def counted(name: str, method: Any) -> Any:
        async def call(link: RemoteLink, *parameters: Any) -> Any:
            if name == read and not first.is_set():
                # The others are done by then.
                await first.wait()
                home.freezer.tick(8)
            found = await method(link, *parameters)
            left.discard(name)
            if not left:
                first.set()
            return found

        return call

    await home.wait(70)
    for name in (read, *others):
        method = getattr(RemoteLink, name)
        monkeypatch.setattr(RemoteLink, name, counted(name, method))
    await home.press(key, HEALTHY)
    await home.wait(120)
    assert last(home) == ("succeeded", "proven")
    assert "log_record" in home.outcomes(HEALTHY)[-1]["evidence"]


async def test_a_log_read_for_a_mark_alone_is_not_the_last_look(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record without a time that comes with it is dated by the look before it."""
    reads: list[datetime] = []
    looks: list[datetime | None] = []
    log_was_read = asyncio.Event()
    read_events, read_status = RemoteLink.read_events, RemoteLink.read_status

    async def counted_log(link: RemoteLink, after: int | None) -> Any:
        found = await read_events(link, after)
        reads.append(dt_util.utcnow())
        log_was_read.set()
        return found

    async def slow_status(link: RemoteLink) -> Any:
        await log_was_read.wait()
        if len(reads) == 1:
            home.freezer.tick(8)
        return await read_status(link)

    @callback
    def note(announcement: Announcement) -> None:
        if isinstance(announcement, LocationRead):
            looks.append(announcement.log_read_before)

    await home.wait(70)
    location = next(
        manager.location
        for manager in loaded_locations(home.hass).values()
        if manager.location.location.location_id == home.location_id(HEALTHY)
    )
    async_listen(home.hass, location.identifier, note)
    monkeypatch.setattr(RemoteLink, "read_events", counted_log)
    monkeypatch.setattr(RemoteLink, "read_status", slow_status)
    await home.press("sync_panel", HEALTHY)
    await home.wait(70)
    # The second read was the mark's own.
    assert looks[1] == reads[0] < reads[1]


# --- what speaks against success -----------------------------------------------------


async def test_as_many_changes_as_before_are_no_success(home: Home) -> None:
    """The steps end well, and nothing was published."""
    home.simulator.switches.user_sync_result = "nothing"
    home.simulator.switches.sync_log = "missing"
    await home.press("sync_users", HEALTHY)
    await home.wait(120)
    assert last(home) == ("unconfirmed", "changes_still_pending")
    assert home.state("sensor", "sync_status", HEALTHY).state != "in_sync"


async def test_a_flag_that_stays_set_is_no_success(home: Home) -> None:
    home.simulator.switches.panel_sync_result = "nothing"
    home.simulator.switches.sync_log = "missing"
    await home.press("sync_panel", STALE)
    await home.wait(90)
    assert last(home, STALE) == ("unconfirmed", "sync_still_required")
    assert home.state("sensor", "sync_status", STALE).state == "sync_required"


@pytest.mark.parametrize("state", [0, 1, 3, 4, -1, "-4104"])
async def test_a_job_without_its_zones_is_no_success(home: Home, state: Any) -> None:
    """The job is complete, its zones are in a state that is no success."""
    home.simulator.switches.sync_log = "missing"
    home.simulator.faults.override("job_status", {"ZoneSyncState": f'"{state}"'})
    await home.press("sync_panel", HEALTHY)
    await home.wait(90)
    assert last(home) == ("unconfirmed", "zones_not_synced")


@pytest.mark.parametrize("state", ["2", "null"])
async def test_a_job_with_its_zones_or_none_known_is_finished(
    home: Home, state: str
) -> None:
    home.simulator.switches.sync_log = "missing"
    home.simulator.faults.override("job_status", {"ZoneSyncState": state})
    await home.press("sync_panel", HEALTHY)
    await home.wait(90)
    assert last(home) == ("finished", "nothing_to_prove")


# --- answers nobody understands ------------------------------------------------------


@pytest.mark.parametrize("key", ["sync_panel", "sync_users"])
async def test_an_unknown_code_is_followed_and_proven(home: Home, key: str) -> None:
    """The sync went on behind it, and the log says so."""
    home.simulator.faults.add("synchronize", "unknown_code")
    await home.press(key, HEALTHY)
    assert home.state("sensor", "sync_status", HEALTHY).state == "syncing"
    await home.wait(120)
    assert last(home) == ("succeeded", "proven")


@pytest.mark.parametrize("key", ["sync_panel", "sync_users"])
async def test_an_unknown_code_without_a_proof_is_unconfirmed(
    home: Home, key: str
) -> None:
    """Proof may still come later."""
    home.simulator.faults.add(
        "synchronize", "answer", body='{"ResultCode": -98765, "ResultData": "New"}'
    )
    await home.press(key, HEALTHY)
    await home.wait(660, step=15)
    assert last(home) == ("unconfirmed", "answer_unknown")
    part = "Zone" if key == "sync_panel" else "User"
    home.simulator.world.write_log(
        home.location_id(HEALTHY), f"{part} Sync Success Mill House", "Sam Field"
    )
    await home.wait(120, step=15)
    assert last(home) == ("succeeded", "proven")


@pytest.mark.parametrize("key", ["sync_panel", "sync_users"])
async def test_a_start_that_is_not_understood_is_told(home: Home, key: str) -> None:
    """HTTP 415 starts nothing, and no internet connection is to blame."""
    home.simulator.faults.add("synchronize", "answer", 9, status=415, body="{}")
    with pytest.raises(HomeAssistantError) as raised:
        await home.press(key, HEALTHY)
    assert raised.value.translation_key == "failed_not_understood"
    assert last(home) == ("failed", "not_understood")
    assert not sum(home.location(HEALTHY).starts.values())


async def test_a_refresh_that_is_not_understood_is_told(home: Home) -> None:
    home.simulator.faults.add("zones", "answer", 9, status=415, body="{}")
    await home.press("refresh_status", HEALTHY)
    await home.wait(30)
    assert last(home) == ("failed", "not_understood")


# --- too many requests ---------------------------------------------------------------


@pytest.mark.parametrize("key", ["sync_panel", "sync_users"])
@pytest.mark.parametrize(
    ("retry_after", "minutes"), [("600", 10), ("45", 2), ("nonsense", 2)]
)
async def test_a_service_that_wants_fewer_requests_is_told_with_its_wait(
    home: Home, key: str, retry_after: str, minutes: int
) -> None:
    home.simulator.faults.add("synchronize", "429", retry_after=retry_after)
    with pytest.raises(ServiceValidationError) as raised:
        await home.press(key, HEALTHY)
    assert raised.value.translation_key == "refused_rate_limited"
    placeholders = raised.value.translation_placeholders
    assert placeholders is not None
    assert placeholders["minutes"] == str(minutes)
    assert last(home) == ("refused", "rate_limited")
    assert sum(home.location(HEALTHY).starts.values()) == 0


@pytest.mark.parametrize("key", ["sync_panel", "sync_users"])
async def test_a_wait_of_a_few_seconds_is_waited(home: Home, key: str) -> None:
    home.simulator.faults.add("synchronize", "429", retry_after="5")
    await home.press(key, HEALTHY)
    await home.wait(120)
    assert last(home) == ("succeeded", "proven")
    assert sum(home.location(HEALTHY).starts.values()) == 1


async def test_a_start_answered_401_is_not_called_unsent(home: Home) -> None:
    """No new session can be had: what became of the start is not known."""
    home.simulator.faults.add("synchronize", "401", 10, after=True)
    home.simulator.faults.add("token", "503", 1000)
    home.simulator.faults.add("sessiondetails", "401", 1000)
    await home.press("sync_panel", HEALTHY)
    assert home.location(HEALTHY).starts["panel"] == 1
    await home.wait(660, step=15)
    assert last(home) == ("unconfirmed", "answer_unknown")
    assert home.location(HEALTHY).starts["panel"] == 1


# --- states --------------------------------------------------------------------------


@pytest.mark.parametrize("zones", ["[]", "null", "{}", '""'])
async def test_without_zones_nobody_knows_how_many_are_open(
    home: Home, zones: str
) -> None:
    home.open_zone(HEALTHY)
    await home.wait(61)
    assert home.state("sensor", "open_zones", HEALTHY).state == "1"
    home.simulator.faults.override("full_status", {"PanelStatus.Zones": zones})
    await home.wait(61)
    assert home.state("sensor", "open_zones", HEALTHY).state == "unknown"


# --- cookies -------------------------------------------------------------------------


@pytest.mark.parametrize("switch", ["set", "trusted"])
async def test_no_account_gets_the_cookie_of_another(
    hass: HomeAssistant, simulator: Simulator, switch: Any
) -> None:
    """Two accounts at one service, and a service that believes a cookie."""
    simulator.switches.session_cookie = switch
    first = await finish(hass, await add_account(hass, simulator))
    other = OTHER_PERSON.lower().replace(" ", ".")
    second = await finish(
        hass,
        await add_account(hass, simulator, username=other),
    )
    assert first.unique_id != second.unique_id
    assert {first.title, second.title} == {simulator.options.user, other}
    assert not any(item.cookies for item in simulator.received)
    await hass.config_entries.async_reload(first.entry_id)
    assert not any(item.cookies for item in simulator.received)

"""Repairs: raised for a cause, mended through the dialog's own door, gone with the cause."""

from collections.abc import Awaitable, Callable
import json
import re
from typing import Any

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.panelsync.client import Difference, Watch
from custom_components.panelsync.client.comparison import Contradiction, Shown
from custom_components.panelsync.const import DOMAIN
from custom_components.panelsync.issues.panel import async_show_mismatch
from custom_components.panelsync.repairs import async_create_fix_flow
from simulator import Simulator, SimulatorOptions

from .automations import device_id
from .conftest import StartHome, StartHouse
from .flows import SECTION, account_input
from .home import ARMED, HEALTHY, OFFLINE, STALE, Home
from .house import House
from .test_languages import ALL
from .test_texts import read

CODE = {"user_code": "7391", "installer_code": "4112", "changed": "2026-11-22"}
OLD = pytest.mark.parametrize("options", [SimulatorOptions(profile="old")])
# A user sync asks in words of its own.
CONFIRM = {"sync_panel": "confirm", "sync_users": "confirm_users"}


class Dialog:
    """The dialog of one repair, over HTTP as the frontend does it."""

    def __init__(self, home: Home, client: Any) -> None:
        """Take a signed-in browser."""
        self.home = home
        self.client = client
        self.flow_id = ""
        self.issue: ir.IssueEntry

    async def open(self, issue: ir.IssueEntry) -> dict[str, Any]:
        """Open the repair of an issue."""
        answer = await self.client.post(
            "/api/repairs/issues/fix",
            json={"handler": DOMAIN, "issue_id": issue.issue_id},
        )
        assert answer.status == 200, await answer.text()
        shown: dict[str, Any] = await answer.json()
        self.flow_id = shown["flow_id"]
        self.issue = issue
        check_words(issue, shown)
        return shown

    async def submit(self, **typed: str) -> dict[str, Any]:
        """Press the button."""
        answer = await self.client.post(
            f"/api/repairs/issues/fix/{self.flow_id}", json=typed
        )
        assert answer.status == 200, await answer.text()
        shown: dict[str, Any] = await answer.json()
        check_words(self.issue, shown)
        return shown

    async def end(self, seconds: float = 120) -> dict[str, Any]:
        """Let time pass, and return what the dialog shows then."""
        await self.home.wait(seconds)
        return await self.submit()


def check_words(issue: ir.IssueEntry, shown: dict[str, Any]) -> None:
    """Check that the frontend has words in each language for what it is to show."""
    step = shown.get("step_id")
    words: dict[str, list[tuple[Any, ...]]] = {
        "form": [("step", step, "title"), ("step", step, "description")],
        "menu": [("step", step, "title"), ("step", step, "description")],
        "progress": [("progress", shown.get("progress_action"))],
        "abort": [("abort", shown.get("reason"))],
        "create_entry": [],
    }
    places = words[shown["type"]]
    places += [("error", key) for key in (shown.get("errors") or {}).values()]
    filled = (issue.translation_placeholders or {}) | (
        shown.get("description_placeholders") or {}
    )
    if shown["type"] == "create_entry" and filled.get("text"):
        places.append(("create_entry", "default"))
    for language in ALL:
        text: Any = read(f"translations/{language}.json")["issues"]
        for place in places:
            found = text[issue.translation_key]["fix_flow"]
            for key in place:
                found = found[key]
            assert not re.search(r"[{}]", found.format(**filled)), place
        title = text[issue.translation_key]["title"]
        assert title.format(**(issue.translation_placeholders or {}))


type MakeDialog = Callable[[Home], Awaitable[Dialog]]


@pytest.fixture
def make_dialog(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> MakeDialog:
    """Return how an administrator looks at the repairs of a home."""

    async def make(home: Home) -> Dialog:
        assert await async_setup_component(hass, "repairs", {})
        return Dialog(home, await hass_client())

    return make


@pytest.fixture
async def dialog(home: Home, make_dialog: MakeDialog) -> Dialog:
    """Return the dialog of an account as it usually is."""
    return await make_dialog(home)


def issues(home: Home, index: int | None = None) -> dict[str, ir.IssueEntry]:
    """Return the open issues of a location, or all of ours, by translation key."""
    place = "" if index is None else device_id(home, index)
    return {
        str(issue.translation_key): issue
        for issue in ir.async_get(home.hass).issues.values()
        if issue.domain == DOMAIN and issue.active and place in issue.issue_id
    }


def grants(home: Home) -> int:
    """Count the password sign-ins that the service received, refused ones too."""
    return sum(
        item.fields.get("grant_type") == "password" for item in home.simulator.received
    )


async def fail(home: Home, key: str, index: int) -> None:
    """Press, and expect it to fail at once."""
    with pytest.raises(HomeAssistantError):
        await home.press(key, index)
    await home.settle()


# --- sync failed ---------------------------------------------------------------


@pytest.mark.shows("repair-issues")
@pytest.mark.parametrize("key", ["sync_panel", "sync_users"])
async def test_a_failed_sync_is_raised_and_mended(
    home: Home, dialog: Dialog, key: str
) -> None:
    assert "sync_failed" not in issues(home, OFFLINE)
    await fail(home, key, OFFLINE)
    issue = issues(home, OFFLINE)["sync_failed"]
    assert issue.is_fixable
    assert issue.severity is ir.IssueSeverity.ERROR
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["location"] == home.location(OFFLINE).name
    assert "cannot reach the panel" in issue.translation_placeholders["text"]

    home.simulator.world.set_line(home.location_id(OFFLINE), connected=True)
    await home.wait(60)
    before = sum(home.location(OFFLINE).starts.values())
    shown = await dialog.open(issue)
    assert shown["step_id"] == CONFIRM[key]
    if key == "sync_users":
        assert "wait" in shown["description_placeholders"]["pending"]
    shown = await dialog.submit()
    assert (shown["type"], shown["progress_action"]) == ("progress", "syncing")
    shown = await dialog.end()
    assert shown["type"] == "create_entry"
    assert "succeeded" in shown["description_placeholders"]["text"]
    assert sum(home.location(OFFLINE).starts.values()) == before + 1
    assert issues(home, OFFLINE) == {}


async def test_a_repair_that_fails_says_why_and_stays_open(
    home: Home, dialog: Dialog
) -> None:
    await fail(home, "sync_panel", OFFLINE)
    await home.wait(60)
    await dialog.open(issues(home, OFFLINE)["sync_failed"])
    shown = await dialog.submit()
    assert (shown["type"], shown["reason"]) == ("abort", "not_repaired")
    assert "cannot reach the panel" in shown["description_placeholders"]["text"]
    assert "sync_failed" in issues(home, OFFLINE)


async def test_a_failure_that_comes_later_is_told_in_the_dialog(
    home: Home, dialog: Dialog
) -> None:
    home.simulator.switches.sync_log = "failed"
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    issue = issues(home, HEALTHY)["sync_failed"]
    await home.wait(60)
    await dialog.open(issue)
    assert (await dialog.submit())["type"] == "progress"
    shown = await dialog.end()
    assert (shown["type"], shown["reason"]) == ("abort", "not_repaired")
    assert "failed" in shown["description_placeholders"]["text"]
    assert "sync_failed" in issues(home, HEALTHY)


@pytest.mark.shows("repair-issues")
async def test_it_heals_by_a_success_of_anybody(home: Home) -> None:
    home.simulator.switches.sync_log = "failed"
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    assert "sync_failed" in issues(home, HEALTHY)
    home.simulator.switches.sync_log = "normal"
    await home.wait(60)
    await home.press("sync_panel", HEALTHY)
    # While it goes on nothing is decided.
    assert "sync_failed" in issues(home, HEALTHY)
    await home.wait(60)
    assert issues(home, HEALTHY) == {}


async def test_it_comes_back_after_a_restart_and_ends_after_a_day(home: Home) -> None:
    await fail(home, "sync_panel", OFFLINE)
    await home.reload()
    assert "sync_failed" in issues(home, OFFLINE)
    await home.wait(24 * 3600 + 120, step=3600)
    assert "sync_failed" not in issues(home, OFFLINE)


async def test_the_press_of_a_repair_is_that_of_the_person(
    home: Home, dialog: Dialog, hass_admin_user: User
) -> None:
    await fail(home, "sync_users", OFFLINE)
    await home.wait(60)
    await dialog.open(issues(home, OFFLINE)["sync_failed"])
    await dialog.submit()
    assert home.told[-1].context.user_id == hass_admin_user.id


async def test_nobody_but_an_administrator_opens_a_repair(
    home: Home,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    await fail(home, "sync_users", OFFLINE)
    client = await hass_client(hass_read_only_access_token)
    answer = await client.post(
        "/api/repairs/issues/fix",
        json={
            "handler": DOMAIN,
            "issue_id": issues(home, OFFLINE)["sync_failed"].issue_id,
        },
    )
    assert answer.status == 401
    sent = len(home.simulator.received)
    administrators = Dialog(home, await hass_client())
    await administrators.open(issues(home, OFFLINE)["sync_failed"])
    answer = await client.post(
        f"/api/repairs/issues/fix/{administrators.flow_id}", json={}
    )
    assert answer.status == 401
    assert len(home.simulator.received) == sent


@pytest.mark.parametrize("comes_back", [True, False])
async def test_a_repair_whose_entry_is_loaded_anew_refers_to_activity(
    home: Home, dialog: Dialog, *, comes_back: bool
) -> None:
    """The run goes on, and is followed by the entry as it is loaded next."""
    home.simulator.switches.panel_sync_seconds = 40
    await dialog.open(issues(home, STALE)["sync_required"])
    await dialog.submit(next_step_id="confirm")
    assert (await dialog.submit())["type"] == "progress"
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    if comes_back:
        await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.settle()
    shown = await dialog.submit()
    assert (shown["type"], shown["reason"]) == ("abort", "not_repaired")
    assert shown["description_placeholders"]["text"] == (
        'Panel sync started. You will find the outcome under "Activity"'
    )
    if comes_back:
        await home.wait(90)
        assert [told["outcome"] for told in home.outcomes(STALE)] == ["succeeded"]
        assert "sync_required" not in issues(home, STALE)


# --- sync required ---------------------------------------------------------------


async def test_sync_required_is_mended_by_a_panel_sync(
    home: Home, dialog: Dialog
) -> None:
    issue = issues(home, STALE)["sync_required"]
    assert issue.severity is ir.IssueSeverity.WARNING
    shown = await dialog.open(issue)
    assert (shown["type"], shown["step_id"]) == ("menu", "required")
    assert (await dialog.submit(next_step_id="confirm"))["step_id"] == "confirm"
    await dialog.submit()
    shown = await dialog.end()
    assert shown["type"] == "create_entry"
    assert home.location(STALE).starts == {"panel": 1, "users": 0}
    assert issues(home, STALE) == {}


async def test_sync_required_can_be_ignored_and_stays_so(
    home: Home, dialog: Dialog
) -> None:
    await dialog.open(issues(home, STALE)["sync_required"])
    shown = await dialog.submit(next_step_id="ignore")
    assert (shown["type"], shown["reason"]) == ("abort", "ignored")
    assert home.panel_starts() == []
    await home.wait(180)
    assert issues(home, STALE)["sync_required"].dismissed_version is not None
    await home.reload()
    assert issues(home, STALE)["sync_required"].dismissed_version is not None


async def change_panel(home: Home, start_house: StartHouse) -> House:
    """Let somebody program the panel of the healthy location, seen by its own link."""
    house = await start_house(serves=home)
    house.panel.set_panel(programming=True)
    await house.wait(15)
    house.panel.set_panel(programming=False)
    await house.wait(15)
    return house


async def test_a_changed_panel_may_need_no_sync(
    home: Home, dialog: Dialog, start_house: StartHouse
) -> None:
    await home.let_no_change_wait()
    assert "sync_required" not in issues(home, HEALTHY)
    house = await change_panel(home, start_house)
    shown = await dialog.open(issues(home, HEALTHY)["sync_required"])
    assert shown["type"] == "menu"
    assert shown["menu_options"] == ["confirm", "dismiss"]
    assert shown["description_placeholders"]["location"] == "Mill House"
    shown = await dialog.submit(next_step_id="dismiss")
    assert shown["type"] == "create_entry"
    assert "changed again" in shown["description_placeholders"]["text"]
    await house.wait(120)
    assert "sync_required" not in issues(home, HEALTHY)
    assert home.state("sensor", "sync_status", HEALTHY).state == "in_sync"
    assert home.panel_starts() == []


async def test_a_changed_panel_is_synced(
    home: Home, dialog: Dialog, start_house: StartHouse
) -> None:
    await change_panel(home, start_house)
    await dialog.open(issues(home, HEALTHY)["sync_required"])
    shown = await dialog.submit(next_step_id="confirm")
    assert shown["step_id"] == "confirm"
    await dialog.submit()
    shown = await dialog.end()
    assert shown["type"] == "create_entry"
    assert "sync_required" not in issues(home, HEALTHY)


async def test_a_dismissal_needs_the_account(
    home: Home, dialog: Dialog, start_house: StartHouse
) -> None:
    await change_panel(home, start_house)
    await dialog.open(issues(home, HEALTHY)["sync_required"])
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    shown = await dialog.submit(next_step_id="dismiss")
    assert (shown["type"], shown["reason"]) == ("abort", "not_loaded")


async def test_a_refused_repair_says_why(home: Home, dialog: Dialog) -> None:
    issue = issues(home, STALE)["sync_required"]
    home.simulator.world.arm(home.location_id(STALE), "away")
    await dialog.open(issue)
    await dialog.submit(next_step_id="confirm")
    shown = await dialog.submit()
    assert (shown["type"], shown["reason"]) == ("abort", "not_repaired")
    assert "armed" in shown["description_placeholders"]["text"]
    assert home.panel_starts() == []


# --- code refused ---------------------------------------------------------------


@pytest.fixture
async def refused(simulator: Simulator, start_home: StartHome) -> Home:
    """Return a home whose stored installer code the panel refused."""
    location = str(list(simulator.world.locations)[STALE])
    home = await start_home(codes={location: CODE | {"installer_code": "9999"}})
    await fail(home, "sync_panel", STALE)
    return home


@OLD
async def test_a_refused_code_is_replaced_and_the_panel_synced(
    refused: Home, make_dialog: MakeDialog
) -> None:
    home = refused
    assert "sync_failed" not in issues(home, STALE)
    issue = issues(home, STALE)["code_refused"]
    dialog = await make_dialog(home)
    shown = await dialog.open(issue)
    assert shown["step_id"] == "codes"
    asked = {field["name"] for field in shown["data_schema"]}
    assert "installer_code" in asked
    # No stored code comes back.
    assert "9999" not in json.dumps(shown)
    for typed, error in (
        ({}, "no_code"),
        ({"installer_code": "  "}, "no_code"),
        ({"installer_code": "12a4"}, "not_a_code"),
    ):
        shown = await dialog.submit(**typed)
        assert shown["errors"] == {"base": error}
    shown = await dialog.submit(installer_code=CODE["installer_code"])
    await home.settle()
    assert shown["step_id"] == "confirm"
    assert "code_refused" not in issues(home, STALE)
    await home.wait(60)
    assert (await dialog.submit())["type"] == "progress"
    shown = await dialog.end()
    assert shown["type"] == "create_entry"
    assert home.panel_starts()[-1].fields["installerCode"] == CODE["installer_code"]
    assert issues(home, STALE) == {}


@OLD
async def test_a_code_given_in_another_way_heals_it(
    refused: Home,
) -> None:
    home = refused
    location = str(home.location_id(STALE))
    home.hass.config_entries.async_update_entry(
        home.entry,
        data=home.entry.data | {"codes": {location: CODE | {"changed": "later"}}},
    )
    await home.reload()
    assert "code_refused" not in issues(home, STALE)
    # The sync itself is still to be done.
    assert "sync_failed" in issues(home, STALE)


@OLD
async def test_a_refused_code_is_no_less_refused_after_a_day(
    refused: Home,
) -> None:
    home = refused
    await home.wait(25 * 3600, step=3600)
    assert "code_refused" in issues(home, STALE)


@OLD
async def test_a_code_that_is_refused_again_is_asked_for_again(
    refused: Home, make_dialog: MakeDialog
) -> None:
    home = refused
    dialog = await make_dialog(home)
    await dialog.open(issues(home, STALE)["code_refused"])
    await dialog.submit(installer_code="9998")
    await home.wait(60)
    shown = await dialog.submit()
    assert (shown["type"], shown["reason"]) == ("abort", "not_repaired")
    assert "rejected" in shown["description_placeholders"]["text"]
    assert "9998" not in json.dumps(shown)
    sent = [item.fields["installerCode"] for item in home.panel_starts()]
    assert sent == ["9999", "9998"]
    # It is asked for once more, and meanwhile sent no more.
    shown = await dialog.open(issues(home, STALE)["code_refused"])
    assert shown["step_id"] == "codes"
    await home.wait(60)
    await fail(home, "sync_panel", STALE)
    assert len(home.panel_starts()) == 2


@pytest.mark.parametrize("key", ["sync_panel", "sync_users"])
async def test_a_refused_user_code_is_entered_and_checked(
    simulator: Any,
    start_home: StartHome,
    hass: HomeAssistant,
    make_dialog: MakeDialog,
    key: str,
) -> None:
    simulator.switches.prompt_user_code = True
    location = str(list(simulator.world.locations)[HEALTHY])
    home = await start_home(
        codes={location: {"user_code": "5550", "changed": "2026-11-22"}}
    )
    await fail(home, key, HEALTHY)
    dialog = await make_dialog(home)
    shown = await dialog.open(issues(home, HEALTHY)["code_refused"])
    assert [field["name"] for field in shown["data_schema"]] == ["user_code"]
    before = len(home.simulator.received)
    shown = await dialog.submit(user_code="5551")
    assert shown["errors"] == {"base": "invalid_code"}
    # One question to the service for one press of the button.
    assert len(home.simulator.received) == before + 1
    shown = await dialog.submit(user_code=CODE["user_code"])
    await home.settle()
    assert shown["step_id"] == CONFIRM[key]
    assert "code_refused" not in issues(home, HEALTHY)
    await home.wait(60)
    assert (await dialog.submit())["type"] == "progress"
    shown = await dialog.end()
    assert shown["type"] == "create_entry"
    assert CODE["user_code"] not in json.dumps(shown)
    assert issues(home, HEALTHY) == {}


# --- rights ---------------------------------------------------------------------


async def refuse(home: Home, key: str) -> None:
    """Press, and be refused with a code that nobody knows: it is followed to its end."""
    await home.press(key, HEALTHY)
    await home.wait(660, step=15)


async def test_missing_rights_are_told_only_after_a_refusal(home: Home) -> None:
    home.simulator.switches.rights = False
    await home.reload()
    await home.wait(5)
    assert "rights_missing" not in issues(home)
    # A user without rights is not refused by that alone.
    await home.press("sync_panel", HEALTHY)
    await home.wait(90)
    assert issues(home, HEALTHY) == {}
    home.simulator.switches.rights_needed = True
    await refuse(home, "sync_panel")
    issue = issues(home, HEALTHY)["rights_missing"]
    assert "sync_failed" not in issues(home, HEALTHY)
    # Once the user has them, nothing is left of it.
    home.simulator.switches.rights = True
    await home.reload()
    await home.wait(60)
    assert issues(home, HEALTHY) == {}
    assert ir.async_get(home.hass).async_get_issue(DOMAIN, issue.issue_id) is None


@pytest.mark.parametrize("key", ["sync_panel", "sync_users"])
async def test_missing_rights_are_given_and_the_sync_done(
    home: Home, dialog: Dialog, key: str
) -> None:
    home.simulator.switches.rights = False
    home.simulator.switches.rights_needed = True
    await home.reload()
    await refuse(home, key)
    shown = await dialog.open(issues(home, HEALTHY)["rights_missing"])
    assert shown["step_id"] == CONFIRM[key]
    home.simulator.switches.rights = True
    assert (await dialog.submit())["type"] == "progress"
    shown = await dialog.end()
    assert shown["type"] == "create_entry"
    assert issues(home, HEALTHY) == {}


async def test_missing_rights_heal_once_the_service_gives_them(home: Home) -> None:
    home.simulator.switches.rights = False
    home.simulator.switches.rights_needed = True
    await home.reload()
    await refuse(home, "sync_panel")
    assert "rights_missing" in issues(home, HEALTHY)
    home.simulator.switches.rights = True
    # The rights are read with the account's details, every 15 minutes.
    await home.wait(1000, step=20)
    assert issues(home, HEALTHY) == {}


# --- account locked ---------------------------------------------------------------


async def lock(home: Home) -> None:
    """Lock the account, and let the entry notice."""
    home.simulator.switches.account = "locked"
    home.simulator.accounts.end_sessions()
    await home.wait(400)


async def lock_for_long(home: Home) -> int:
    """Lock the account, load it anew, let sign-ins be due again; count those until now."""
    await lock(home)
    before = grants(home)
    await home.reload()
    await home.wait(1000, step=20)
    assert "account_locked" in issues(home)
    assert home.entry.state == ConfigEntryState.SETUP_RETRY
    return before


async def test_a_locked_account_is_checked_again(home: Home, dialog: Dialog) -> None:
    await lock_for_long(home)
    issue = issues(home)["account_locked"]
    shown = await dialog.open(issue)
    assert shown["description_placeholders"]["account"] == home.entry.title
    shown = await dialog.submit()
    assert shown["errors"] == {"base": "still_locked"}
    assert shown["description_placeholders"]["text"] not in ("", "-")
    assert "account_locked" in issues(home)
    home.simulator.switches.account = "open"
    # Sign-ins are spaced (docs/architecture.md#sign-in-discipline), and it says so.
    before = grants(home)
    shown = await dialog.submit()
    assert shown["step_id"] == "wait"
    minutes = int(shown["description_placeholders"]["minutes"])
    assert 1 <= minutes <= 20
    shown = await dialog.submit()
    assert shown["type"] == "create_entry"
    assert grants(home) == before
    assert home.entry.state == ConfigEntryState.SETUP_RETRY
    await home.wait(minutes * 60 + 1, step=30)
    assert grants(home) == before + 1
    assert home.entry.state == ConfigEntryState.LOADED
    assert "account_locked" not in issues(home)


async def test_a_locked_account_that_stays_locked_is_told_of_again(
    home: Home, dialog: Dialog
) -> None:
    """Waiting ends the repair; the next refusal brings it back."""
    await lock_for_long(home)
    await dialog.open(issues(home)["account_locked"])
    await dialog.submit()
    await dialog.submit()
    shown = await dialog.submit()
    assert shown["type"] == "create_entry"
    assert "account_locked" not in issues(home)
    await home.wait(1300, step=60)
    assert "account_locked" in issues(home)


async def test_waiting_for_an_account_that_is_removed_meanwhile(
    home: Home, dialog: Dialog
) -> None:
    await lock_for_long(home)
    await dialog.open(issues(home)["account_locked"])
    for _ in range(3):
        shown = await dialog.submit()
    assert shown["type"] == "create_entry"
    await home.hass.config_entries.async_remove(home.entry.entry_id)
    await home.wait(1300, step=60)
    assert not issues(home)


async def test_a_locked_account_is_explained_in_the_language(
    hass: HomeAssistant, start_home: StartHome, make_dialog: MakeDialog
) -> None:
    await hass.config.async_update(language="de")
    home = await start_home()
    dialog = await make_dialog(home)
    await lock_for_long(home)
    await dialog.open(issues(home)["account_locked"])
    shown = await dialog.submit()
    assert shown["errors"] == {"base": "still_locked"}
    told = shown["description_placeholders"]["text"]
    assert told.startswith("Total Connect meldet, dass das Konto gesperrt"), told
    # And while it waits, in how many minutes it tries again.
    shown = await dialog.submit()
    assert shown["step_id"] == "wait"


async def test_a_locked_account_that_is_switched_off_is_not_called_mended(
    home: Home, dialog: Dialog
) -> None:
    await lock(home)
    await dialog.open(issues(home)["account_locked"])
    await home.hass.config_entries.async_set_disabled_by(
        home.entry.entry_id, ConfigEntryDisabler.USER
    )
    shown = await dialog.submit()
    assert (shown["type"], shown["reason"]) == ("abort", "not_loaded")
    assert shown["description_placeholders"]["account"] == home.entry.title


async def test_a_locked_account_waits_for_a_person(home: Home, dialog: Dialog) -> None:
    """No sign-in is tried by itself, however open the account is.

    See docs/protocol/total-connect.md#result-codes.
    """
    before = await lock_for_long(home)
    home.simulator.switches.account = "open"
    await home.wait(300, step=20)
    assert grants(home) == before
    assert "account_locked" in issues(home)
    await dialog.open(issues(home)["account_locked"])
    shown = await dialog.submit()
    assert shown["type"] == "create_entry"
    assert home.entry.state == ConfigEntryState.LOADED
    assert grants(home) == before + 1
    assert "account_locked" not in issues(home)


async def test_a_word_of_a_person_is_one_sign_in(home: Home, dialog: Dialog) -> None:
    before = await lock_for_long(home)
    await dialog.open(issues(home)["account_locked"])
    shown = await dialog.submit()
    assert shown["errors"] == {"base": "still_locked"}
    assert "is locked" in shown["description_placeholders"]["text"]
    await home.wait(24 * 3600, step=600)
    assert grants(home) == before + 1
    assert "account_locked" in issues(home)


async def test_a_locked_account_that_was_unlocked_at_once_is_signed_in_to_later(
    home: Home, dialog: Dialog
) -> None:
    """A person was asked once: while a sign-in has to wait, it comes by itself then."""
    await lock(home)
    home.simulator.switches.account = "open"
    await dialog.open(issues(home)["account_locked"])
    shown = await dialog.submit()
    assert shown["step_id"] == "wait"
    shown = await dialog.submit()
    assert shown["type"] == "create_entry"
    await home.wait(600, step=60)
    assert home.entry.state == ConfigEntryState.LOADED
    assert "account_locked" not in issues(home)


async def test_reconfigure_signs_in_to_a_locked_account_at_once(
    home: Home, hass: HomeAssistant
) -> None:
    await lock(home)
    home.simulator.switches.account = "open"
    flow = await home.entry.start_reconfigure_flow(hass)
    typed = {SECTION: account_input(home.simulator)[SECTION]}
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], typed)
    assert result["reason"] == "reconfigure_successful"
    await home.settle()
    assert home.entry.state == ConfigEntryState.LOADED
    assert "account_locked" not in issues(home)


# --- a service without an answer ---------------------------------------------------

RESOURCES = "/TC2API.TCResource/api/"


@pytest.mark.kind("a dead service")
@pytest.mark.parametrize("options", [SimulatorOptions(locations=1)])
@pytest.mark.parametrize(
    ("route", "fault", "words"),
    [
        ("/", "503_maintenance", "planned maintenance"),
        ("/", "html", "web page"),
        ("/", "redirect", "web page"),
        ("/", "404", "404"),
        ("/", "410", "410"),
        ("/", "401", ""),
        ("/", "empty", "answered"),
        ("/", "reset", "broke"),
        ("/", '{"message": "planned maintenance"}', ""),
        # Whoever signs people in lives on.
        (RESOURCES, "503_maintenance", "planned maintenance"),
        (RESOURCES, "redirect", "web page"),
        (RESOURCES, "404", "404"),
        (RESOURCES, "401", "session"),
        (RESOURCES, '{"message": "planned maintenance"}', "planned maintenance"),
        (RESOURCES, '{"ResultCode": -1, "ResultData": "Retired"}', "Retired"),
        # The status page is green all the while.
        (f"{RESOURCES}v", "410", "410"),
    ],
)
async def test_a_day_without_an_answer_is_told(
    home: Home, route: str, fault: str, words: str
) -> None:
    """An address that was retired answers with friendly words for good."""
    began = dt_util.utcnow()
    if fault.startswith("{"):
        home.simulator.faults.add(route, "answer", 100_000, body=fault)
    else:
        home.simulator.faults.add(route, fault, 100_000)
    await home.wait(23 * 3600, step=1800)
    assert "no_answer" not in issues(home)
    # A restart does not begin to count anew.
    await home.reload()
    await home.wait(3600 + 1800, step=600)
    issue = issues(home)["no_answer"]
    assert issue.is_fixable is False
    assert issue.severity is ir.IssueSeverity.ERROR
    placeholders = issue.translation_placeholders
    assert placeholders is not None
    assert words in placeholders["text"]
    since = dt_util.parse_datetime(placeholders["since"])
    assert since is not None
    told = since.replace(tzinfo=dt_util.get_default_time_zone())
    assert abs((told - began).total_seconds()) < 1800
    home.simulator.faults.clear()
    await home.wait(5 * 3600, step=1800)
    assert "no_answer" not in issues(home)
    assert home.entry.state is ConfigEntryState.LOADED


@pytest.mark.kind("a dead service")
@pytest.mark.parametrize("options", [SimulatorOptions(locations=1)])
async def test_one_answer_a_day_is_no_outage(home: Home) -> None:
    for _ in range(2):
        home.simulator.faults.add("/", "503", 100_000)
        await home.wait(20 * 3600, step=3600)
        home.simulator.faults.clear()
        await home.wait(5 * 3600, step=3600)
    assert "no_answer" not in issues(home)


# --- mismatch ---------------------------------------------------------------------


def show_mismatch(home: Home, watched: Watch) -> None:
    """Show what a panel's link has compared."""
    location = home.entry.runtime_data.locations[home.location_id(ARMED)].location
    async_show_mismatch(home.hass, home.entry, location, watched)


async def test_a_lasting_mismatch_is_mended_by_a_refresh(
    home: Home, dialog: Dialog
) -> None:
    now = dt_util.utcnow()
    difference = Difference(1, Shown.DISARMED, Shown.ARMED_AWAY)
    differs = Watch(
        comparable=True, contradictions=(Contradiction(difference, now, 3, now),)
    )
    show_mismatch(home, differs)
    assert "mismatch" not in issues(home)
    await home.wait(130)
    show_mismatch(home, differs)
    issue = issues(home)["mismatch"]
    assert issue.translation_placeholders is not None
    assert "Panel: disarmed" in issue.translation_placeholders["differences"]
    # What cannot be compared ends nothing.
    show_mismatch(home, Watch())
    assert "mismatch" in issues(home)
    await dialog.open(issue)
    await dialog.submit()
    shown = await dialog.end(30)
    assert shown["type"] == "create_entry"
    assert "reply from the panel" in shown["description_placeholders"]["text"]
    assert home.panel_starts() == []
    show_mismatch(home, differs)
    assert "mismatch" in issues(home)
    show_mismatch(home, Watch(comparable=True))
    assert "mismatch" not in issues(home)


async def test_a_panel_that_the_service_lost_is_raised_and_asked(
    home: Home,
    hass: HomeAssistant,
    make_dialog: MakeDialog,
    start_house: StartHouse,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    house = await start_house(serves=home)
    home.simulator.world.set_line(home.location_id(HEALTHY), connected=False)
    home.simulator.world.arm(home.location_id(HEALTHY), "away")
    await house.wait(240)
    assert "mismatch" not in issues(home)
    await house.wait(300)
    issue = issues(home)["mismatch"]
    assert issue.translation_placeholders is not None
    assert "armed away" in issue.translation_placeholders["differences"]
    dialog = await make_dialog(home)
    assert (await dialog.open(issue))["step_id"] == "confirm"
    assert (await dialog.submit())["type"] == "progress"
    shown = await dialog.end(30)
    assert (shown["type"], shown["reason"]) == ("abort", "not_repaired")
    assert "cannot reach the panel" in shown["description_placeholders"]["text"]
    assert "mismatch" in issues(home)
    home.simulator.world.set_line(home.location_id(HEALTHY), connected=True)
    await house.wait(180)
    assert "mismatch" not in issues(home)


# --- entries that go ----------------------------------------------------------------


async def test_issues_go_with_their_entry(home: Home) -> None:
    assert "sync_required" in issues(home)
    await home.hass.config_entries.async_remove(home.entry.entry_id)
    assert issues(home) == {}


async def test_issues_go_while_an_entry_is_switched_off(home: Home) -> None:
    await home.hass.config_entries.async_set_disabled_by(
        home.entry.entry_id, ConfigEntryDisabler.USER
    )
    assert issues(home) == {}
    await home.hass.config_entries.async_set_disabled_by(home.entry.entry_id, None)
    await home.settle()
    assert "sync_required" in issues(home)


async def test_a_repair_of_an_entry_that_is_not_loaded_says_so(
    home: Home, dialog: Dialog
) -> None:
    await dialog.open(issues(home, STALE)["sync_required"])
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    await dialog.submit(next_step_id="confirm")
    shown = await dialog.submit()
    assert (shown["type"], shown["reason"]) == ("abort", "not_loaded")


async def test_a_repair_of_nothing_that_is_known(hass: HomeAssistant) -> None:
    with pytest.raises(ValueError, match="Nothing is known"):
        await async_create_fix_flow(hass, "gone", {"entry_id": "gone"})


async def test_no_id_of_the_service_is_in_an_issue_id(home: Home) -> None:
    for issue in issues(home).values():
        assert str(home.entry.unique_id) not in issue.issue_id
        for location in home.simulator.world.locations:
            assert str(location) not in issue.issue_id

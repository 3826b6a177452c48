"""The flows of an account that is there already, and flows that were left half-way."""

from datetime import UTC, datetime
from typing import Any, Literal

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.panelsync.const import DOMAIN
from simulator import Simulator, SimulatorOptions

from .conftest import StartHome
from .flows import (
    NOBODY,
    SECTION,
    account_input,
    add_account,
    addresses,
    answer,
    begin,
    defaults,
    finish,
    location_id,
    open_options,
    placeholders,
    sent,
    state,
    user_id,
)
from .home import HEALTHY, Home

type Way = Literal["reauth", "reconfigure", "user"]

WRONG = {"password": "Wrong-Secret-1"}
ONE_LOCATION = pytest.mark.parametrize("options", [SimulatorOptions(locations=1)])


def in_progress(hass: HomeAssistant) -> list[str]:
    """Return from where each flow in progress comes."""
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [flow["context"]["source"] for flow in flows]


async def reauth(home: Home) -> ConfigFlowResult:
    """Open the form that the refused password has brought up."""
    (flow,) = home.hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return await home.hass.config_entries.flow.async_configure(flow["flow_id"])


async def sign_in_anew(home: Home, way: Way, new: dict[str, str]) -> None:
    """Enter a right user name and password in one of the places for them."""
    hass, simulator = home.hass, home.simulator
    match way:
        case "user":
            form, typed = await begin(hass), account_input(simulator, **new)
        case "reauth":
            form, typed = await home.entry.start_reauth_flow(hass), new
        case "reconfigure":
            form = await home.entry.start_reconfigure_flow(hass)
            typed = addresses(simulator, **new)
    result = await answer(hass, form, typed)
    said = "account_updated" if way == "user" else f"{way}_successful"
    assert result["reason"] == said
    await home.settle()
    assert state(home.entry) is ConfigEntryState.LOADED


# --- signing in again --------------------------------------------------------------


@pytest.mark.shows("reauthentication-flow")
async def test_signing_in_again_goes_on_after_each_error(
    hass: HomeAssistant,
    start_home: StartHome,
    simulator: Simulator,
    freezer: FrozenDateTimeFactory,
) -> None:
    home = await start_home(password="old")
    assert state(home.entry) is ConfigEntryState.SETUP_ERROR
    result = await reauth(home)
    assert result["step_id"] == "reauth_confirm"
    assert placeholders(result)["username"] == simulator.options.user
    right = {"password": simulator.options.password}

    simulator.faults.add("TC2API.Auth/token", "refuse", 10)
    result = await answer(hass, result, right)
    assert result["errors"] == {"base": "cannot_connect"}
    simulator.faults.clear()
    simulator.switches.account = "locked"
    result = await answer(hass, result, right)
    assert result["errors"] == {"base": "account_locked"}
    simulator.switches.account = "open"
    # Three tries in five minutes are as many as there may be.
    freezer.tick(301)
    result = await answer(hass, result, WRONG)
    assert result["errors"] == {"base": "invalid_auth"}

    # The password is not put back.
    assert defaults(result) == {
        "username": simulator.options.user,
        "password": None,
    }
    result = await answer(hass, result, right)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    assert result["translation_domain"] == "homeassistant"
    before = sent(simulator, "TC2API.Auth/token")
    await home.settle()
    assert state(home.entry) is ConfigEntryState.LOADED
    assert home.entry.data[CONF_PASSWORD] == simulator.options.password
    assert home.entry.data["codes"] == {}
    assert in_progress(hass) == []
    # The entry takes the dialog's session.
    assert sent(simulator, "TC2API.Auth/token") == before


async def test_signing_in_again_waits_after_three_tries(
    hass: HomeAssistant,
    start_home: StartHome,
    simulator: Simulator,
    freezer: FrozenDateTimeFactory,
) -> None:
    """What Home Assistant tried by itself counts, and so does a dialog opened again."""
    home = await start_home(password="old")
    result = await reauth(home)
    for _ in range(2):
        result = await answer(hass, result, WRONG)
        assert result["errors"] == {"base": "invalid_auth"}
    before = sent(simulator, "TC2API.Auth/token")
    result = await answer(hass, await reauth(home), WRONG)
    assert result["errors"] == {"base": "too_many_sign_ins"}
    assert 0 < int(placeholders(result)["wait"]) <= 300
    assert sent(simulator, "TC2API.Auth/token") == before
    freezer.tick(301)
    result = await answer(hass, result, {"password": simulator.options.password})
    assert result["reason"] == "reauth_successful"


async def test_reconfigure_with_the_present_password_ends_the_question_for_it(
    hass: HomeAssistant, start_home: StartHome, simulator: Simulator
) -> None:
    home = await start_home(password="old")
    assert in_progress(hass) == ["reauth"]
    result = await home.entry.start_reconfigure_flow(hass)
    typed = addresses(simulator, password=simulator.options.password)
    result = await answer(hass, result, typed)
    assert result["reason"] == "reconfigure_successful"
    await home.settle()
    assert state(home.entry) is ConfigEntryState.LOADED
    assert home.entry.data[CONF_PASSWORD] == simulator.options.password
    assert in_progress(hass) == []


# --- reconfigure ---------------------------------------------------------------------


@ONE_LOCATION
async def test_reconfigure_goes_on_after_each_error(
    hass: HomeAssistant, start_home: StartHome, simulator: Simulator
) -> None:
    simulator.switches.prompt_user_code = True
    home = await start_home()
    result = await home.entry.start_reconfigure_flow(hass)
    result = await answer(hass, result, addresses(simulator, **WRONG))
    assert (result["step_id"], result["errors"]) == (
        "reconfigure",
        {"base": "invalid_auth"},
    )
    assert not defaults(result)["password"]
    right = {"password": simulator.options.password}
    wrong = {SECTION: {"web_url": NOBODY, "service_url": simulator.url}}
    result = await answer(hass, result, right | wrong)
    assert result["errors"] == {"base": "cannot_connect"}
    wrong = {SECTION: {"web_url": simulator.url, "service_url": "http://example.com"}}
    result = await answer(hass, result, right | wrong)
    assert result["errors"] == {"base": "insecure_url"}
    result = await answer(hass, result, addresses(simulator))
    assert result["step_id"] == "codes"
    simulator.switches.validate_user_true_for = "own"
    result = await answer(hass, result, {"user_code": "0001"})
    assert result["errors"] == {"base": "invalid_code"}
    result = await answer(hass, result, {"user_code": simulator.options.user_code})
    assert result["reason"] == "reconfigure_successful"
    await home.settle()
    assert state(home.entry) is ConfigEntryState.LOADED
    stored = home.entry.data["codes"][location_id(simulator, HEALTHY)]
    assert stored["user_code"] == simulator.options.user_code


CODES = {"user_code": "7391", "installer_code": "4112", "changed": "2026-11-22"}


@pytest.mark.kind("sign-ins")
@pytest.mark.parametrize("moved", ["web_url", "service_url"])
async def test_no_stored_secret_goes_to_another_address(
    hass: HomeAssistant,
    start_home: StartHome,
    simulator: Simulator,
    moved: Literal["web_url", "service_url"],
) -> None:
    """Neither password nor codes: they were given for the address they are stored with."""
    codes = {location_id(simulator, HEALTHY): CODES}
    home = await start_home(codes=codes)
    options = SimulatorOptions(
        password=simulator.options.password, clock=lambda: datetime.now(UTC)
    )
    async with Simulator(options) as other:
        other.switches.live_read_seconds = 0
        section = account_input(simulator)[SECTION] | {moved: other.url}
        result = await home.entry.start_reconfigure_flow(hass)
        result = await answer(hass, result, {SECTION: section})
        assert result["errors"] == {"password": "password_for_address"}
        assert not defaults(result)["password"]
        assert other.received == []
        assert home.entry.data["codes"] == codes

        # Website and service belong together: one gives the key for the other.
        typed = addresses(other, password=other.options.password)
        result = await answer(hass, result, typed)
        assert result["reason"] == "reconfigure_successful"
        await home.settle()
        assert home.entry.data[moved] == other.url
        assert home.entry.data["codes"] == {}
        assert not any(CODES["user_code"] in str(item) for item in other.received)
        assert await hass.config_entries.async_unload(home.entry.entry_id)


@pytest.mark.kind("sign-ins")
async def test_the_same_address_in_other_letters_keeps_the_secrets(
    hass: HomeAssistant, home: Home, simulator: Simulator
) -> None:
    section = {
        key: f" {value.replace('http', 'HTTP')}/ "
        for key, value in account_input(simulator)[SECTION].items()
    }
    result = await home.entry.start_reconfigure_flow(hass)
    result = await answer(hass, result, {SECTION: section})
    assert "password" not in (result.get("errors") or {})


# --- another user name -------------------------------------------------------------


@pytest.mark.kind("sign-ins")
@pytest.mark.parametrize("way", ["reauth", "reconfigure", "user"])
async def test_an_account_may_get_another_user_name(
    hass: HomeAssistant,
    start_home: StartHome,
    simulator: Simulator,
    way: Way,
) -> None:
    """The service knows the user by an id; codes and history stay."""
    codes = {location_id(simulator, HEALTHY): CODES}
    home = await start_home(codes=codes)
    new = {"username": "dana.renamed", "password": "New-Willow-23"}
    simulator.accounts.rename(simulator.options.user, new["username"])
    simulator.accounts.change_password(new["password"])
    await sign_in_anew(home, way, new)
    assert home.entry.data | new == home.entry.data
    assert home.entry.data["codes"] == codes
    assert home.entry.title == "dana.renamed"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


@pytest.mark.kind("sign-ins")
@pytest.mark.parametrize("way", ["reauth", "reconfigure", "user"])
async def test_a_right_password_counts_after_a_refused_one(
    hass: HomeAssistant,
    home: Home,
    simulator: Simulator,
    way: Way,
) -> None:
    """The entry has stopped at the old password; the dialog has tried the new one."""
    simulator.accounts.change_password("New-Willow-23")
    simulator.accounts.end_sessions()
    await home.wait(3600, step=60)
    new = {"username": simulator.options.user, "password": "New-Willow-23"}
    await sign_in_anew(home, way, new)


async def test_a_title_that_a_person_chose_stays(
    hass: HomeAssistant, home: Home, simulator: Simulator
) -> None:
    hass.config_entries.async_update_entry(home.entry, title="Grandma's house")
    new = {"username": "dana.renamed", "password": "New-Willow-23"}
    simulator.accounts.rename(simulator.options.user, new["username"])
    simulator.accounts.change_password(new["password"])
    result = await home.entry.start_reauth_flow(hass)
    await answer(hass, result, new)
    assert home.entry.title == "Grandma's house"


# --- an account that lost its locations -------------------------------------------


@pytest.mark.parametrize("way", ["reauth", "reconfigure"])
async def test_an_account_that_lost_its_locations_keeps_a_right_password(
    hass: HomeAssistant,
    home: Home,
    simulator: Simulator,
    way: Literal["reauth", "reconfigure"],
) -> None:
    """The password is what was asked for; locations may come back."""
    simulator.switches.locations_null = True
    if way == "reauth":
        hass.config_entries.async_update_entry(
            home.entry, data={**home.entry.data, CONF_PASSWORD: "old"}
        )
        result = await home.entry.start_reauth_flow(hass)
        typed = {"password": simulator.options.password}
    else:
        result = await home.entry.start_reconfigure_flow(hass)
        typed = addresses(simulator, password=simulator.options.password)
    result = await answer(hass, result, typed)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == f"{way}_successful"
    await home.settle()
    assert home.entry.data[CONF_PASSWORD] == simulator.options.password
    assert state(home.entry) is ConfigEntryState.LOADED
    assert home.state("sensor", "arming_state", HEALTHY).state == "unavailable"

    simulator.switches.locations_null = False
    await home.wait(15 * 60 + 60, step=60)
    assert home.state("sensor", "arming_state", HEALTHY).state == "disarmed"


# --- a second account --------------------------------------------------------------


async def test_a_second_account_stands_beside_the_first(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    first = await finish(hass, await add_account(hass, simulator))
    options = SimulatorOptions(
        seed=2,
        user="robin.vale",
        password="Harbour-17-Willow",
        locations=1,
        clock=lambda: datetime.now(UTC),
    )
    async with Simulator(options) as other:
        other.switches.live_read_seconds = 0
        assert user_id(other) != user_id(simulator)
        second = await finish(hass, await add_account(hass, other))
        assert first.unique_id != second.unique_id
        assert second.title == "robin.vale"
        assert [state(entry) for entry in (first, second)] == [
            ConfigEntryState.LOADED
        ] * 2
        assert len(first.runtime_data.locations) == 4
        assert len(second.runtime_data.locations) == 1
        # Each at its own service, with its own session.
        assert sent(simulator, "TC2API.Auth/token") == 1
        assert sent(other, "TC2API.Auth/token") == 1
        await hass.config_entries.async_unload(second.entry_id)
        assert state(first) is ConfigEntryState.LOADED


# --- flows that are left half-way --------------------------------------------------


async def test_a_flow_lost_half_way_does_not_stand_in_the_way(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    """The browser is gone and nobody can go back to the first flow."""
    lost = await add_account(hass, simulator)
    assert lost["step_id"] == "summary"
    entry = await finish(hass, await add_account(hass, simulator))
    assert entry.unique_id == user_id(simulator)
    assert in_progress(hass) == []
    assert hass.config_entries.async_entries(DOMAIN) == [entry]


@ONE_LOCATION
async def test_a_flow_is_taken_up_where_it_was_left(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    """As the browser does that loads its page anew: it asks for the step again."""
    simulator.switches.prompt_user_code = True

    async def again(result: ConfigFlowResult) -> ConfigFlowResult:
        shown = await hass.config_entries.flow.async_configure(result["flow_id"])
        assert shown["step_id"] == result["step_id"]
        return shown

    result = await answer(
        hass, await again(await begin(hass)), account_input(simulator, **WRONG)
    )
    result = await again(result)
    assert not result["errors"]
    result = await answer(hass, result, account_input(simulator))
    result = await again(result)
    assert result["step_id"] == "codes"
    assert result["description_placeholders"] == {"location": "Mill House"}
    result = await answer(hass, result, {"user_code": simulator.options.user_code})
    entry = await finish(hass, await again(result))
    stored = entry.data["codes"][location_id(simulator, HEALTHY)]
    assert stored["user_code"] == simulator.options.user_code
    assert sent(simulator, "TC2API.Auth/token") == 2


@ONE_LOCATION
async def test_a_reconfiguration_lost_half_way_does_not_stand_in_the_way(
    hass: HomeAssistant, start_home: StartHome, simulator: Simulator
) -> None:
    simulator.switches.prompt_user_code = True
    home = await start_home()
    lost = await home.entry.start_reconfigure_flow(hass)
    lost = await answer(hass, lost, addresses(simulator))
    assert lost["step_id"] == "codes"
    await home.settle()
    assert home.entry.data["codes"] == {}
    result = await home.entry.start_reconfigure_flow(hass)
    result = await answer(hass, result, addresses(simulator))
    assert result["step_id"] == "codes"
    assert in_progress(hass) == ["reconfigure"] * 2
    result = await answer(hass, result, {"user_code": simulator.options.user_code})
    assert result["reason"] == "reconfigure_successful"
    # What the other knows is older: it can no longer undo what was just given.
    assert in_progress(hass) == []
    await home.settle()
    stored = home.entry.data["codes"][location_id(simulator, HEALTHY)]
    assert stored["user_code"] == simulator.options.user_code


@pytest.mark.parametrize("with_a_code", [False, True])
@ONE_LOCATION
async def test_a_reconfiguration_leaves_what_was_given_elsewhere_meanwhile(
    hass: HomeAssistant,
    start_home: StartHome,
    simulator: Simulator,
    *,
    with_a_code: bool,
) -> None:
    """A repair replaces a code, and signing in again the password, while it is open."""
    simulator.switches.prompt_user_code = True
    simulator.switches.prompt_installer_code = True
    location = location_id(simulator, HEALTHY)
    refused = {"user_code": "5550", "installer_code": "9999", "changed": "2026-11-22"}
    home = await start_home(codes={location: refused})
    result = await home.entry.start_reconfigure_flow(hass)
    result = await answer(hass, result, addresses(simulator))
    assert result["step_id"] == "codes"
    replaced = {"user_code": "5551", "installer_code": "4112", "changed": "2026-11-23"}
    hass.config_entries.async_update_entry(
        home.entry,
        data=home.entry.data
        | {"codes": {location: replaced, "7": refused}, CONF_PASSWORD: "new"},
    )
    typed = {"user_code": simulator.options.user_code} if with_a_code else {}
    result = await answer(hass, result, typed)
    assert result["reason"] == "reconfigure_successful"
    stored = home.entry.data["codes"]
    assert stored["7"] == refused
    changed = stored[location]["changed"]
    assert stored[location] == replaced | typed | {"changed": changed}
    assert (changed != replaced["changed"]) == with_a_code
    # No other password was typed: the one stored last stays.
    assert home.entry.data[CONF_PASSWORD] == "new"
    await home.settle()


# --- options -------------------------------------------------------------------------


async def test_options_take_effect_at_once(
    hass: HomeAssistant, start_home: StartHome
) -> None:
    home = await start_home(user_sync_way="known")
    with pytest.raises(HomeAssistantError) as raised:
        await home.press("sync_users", HEALTHY)
    assert raised.value.translation_key == "refused_no_user_sync_way"
    loaded = home.entry.runtime_data
    result = await open_options(hass, home.entry, "user_sync")
    assert defaults(result) == {"user_sync_way": "known", "voice_user_sync": False}
    given = {"user_sync_way": "likely", "voice_user_sync": True}
    result = await hass.config_entries.options.async_configure(result["flow_id"], given)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await home.settle()
    assert home.entry.options == given
    assert home.entry.runtime_data is not loaded
    result = await open_options(hass, home.entry, "user_sync")
    assert defaults(result) == given
    await home.press("sync_users", HEALTHY)
    assert home.location(HEALTHY).starts["users"] == 1


# --- as the browser sees it ----------------------------------------------------------


class Dialog:
    """Forms over HTTP, as the browser fetches and sends them; none shows a secret."""

    def __init__(self, client: Any, path: str, *secrets: str) -> None:
        """Talk about flows of one sort."""
        self._client = client
        self._secrets = secrets
        self._path = f"/api/config/config_entries/{path}"

    async def open(self, **data: Any) -> dict[str, Any]:
        """Begin a flow."""
        return await self._post(self._path, data)

    async def send(self, step: dict[str, Any], **data: Any) -> dict[str, Any]:
        """Answer a form."""
        return await self._post(f"{self._path}/{step['flow_id']}", data)

    async def _post(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        reply = await self._client.post(path, json=data)
        assert reply.status == 200, await reply.text()
        seen = await reply.text()
        assert not any(secret in seen for secret in self._secrets)
        step: dict[str, Any] = await reply.json()
        return step


@pytest.mark.kind("sign-ins")
@ONE_LOCATION
async def test_no_secret_comes_back_to_the_browser(
    hass: HomeAssistant,
    simulator: Simulator,
    hass_client: ClientSessionGenerator,
) -> None:
    # All that serves pages comes before the first of them is asked for.
    assert await async_setup_component(hass, "config", {})
    assert await async_setup_component(hass, "usb", {})
    assert await async_setup_component(hass, "file_upload", {})
    simulator.switches.prompt_user_code = True
    simulator.switches.validate_user_true_for = "own"
    secrets = [simulator.options.password, "0001", simulator.options.user_code]
    dialog = Dialog(await hass_client(), "flow", *secrets)

    step = await dialog.open(handler=DOMAIN)
    step = await dialog.send(step, next_step_id="account")
    typed = account_input(simulator)
    step = await dialog.send(step, **typed)
    assert step["step_id"] == "codes"
    step = await dialog.send(step, user_code="0001")
    assert step["errors"] == {"base": "invalid_code"}
    (code,) = step["data_schema"]
    assert code["selector"]["text"]["type"] == "password"
    assert "default" not in code
    step = await dialog.send(step, user_code=simulator.options.user_code)
    assert step["step_id"] == "summary"
    step = await dialog.send(step, user_sync_way="known", teach=False)
    assert step["type"] == "create_entry"
    await hass.async_block_till_done(wait_background_tasks=True)

    entry_id = step["result"]["entry_id"]
    step = await dialog.open(handler=DOMAIN, entry_id=entry_id)
    assert step["step_id"] == "reconfigure"
    step = await dialog.send(step, **addresses(simulator))
    assert step["step_id"] == "codes"

    options = Dialog(await hass_client(), "options/flow", *secrets)
    step = await options.open(handler=entry_id)
    step = await options.send(step, next_step_id="user_sync")
    assert [field["name"] for field in step["data_schema"]] == [
        "user_sync_way",
        "voice_user_sync",
    ]

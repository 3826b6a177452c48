"""The config flow, through its public door, against a real server."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
import logging
from typing import Any, Literal
from unittest.mock import patch

from aiohttp import ClientSession, web
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.panelsync.capabilities import Capabilities, kind_lines, summary
from custom_components.panelsync.client import (
    ROUTES,
    Account,
    AccountLocked,
    ClientError,
    CredentialsRefused,
    Location,
    Panel,
    PanelUnreachable,
    Rights,
    RouteReport,
    RouteState,
    RouteUnavailable,
    ServiceRefused,
    ServiceUnreachable,
    SessionEnded,
    SignInPostponed,
    SyncKind,
    UnexpectedAnswer,
)
from custom_components.panelsync.client.models import Certainty
from custom_components.panelsync.const import DOMAIN
from custom_components.panelsync.flows.account import form_error
from custom_components.panelsync.plain_text import plain
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
    placeholders,
    sent,
    state,
    user_id,
)
from .home import HEALTHY, STALE


def test_a_panel_that_tells_little() -> None:
    location = Location(
        location_id=1,
        name="Barn",
        panel=Panel(2, "Panel", None, None, None, False, False),
        auto_sync=None,
        sync_status_supported=None,
        user_management_disabled=None,
        service_status=None,
    )
    rights = Rights(None, None, None)
    account = Account("7", "dana", rights, None, None, (location,))
    routes = tuple(
        RouteReport(
            route.purpose, route.key, Certainty.PROVEN, RouteState.UNTRIED, None
        )
        for route in ROUTES.values()
    )
    found = Capabilities({1: frozenset(SyncKind)}, frozenset(SyncKind), {1: None})
    told = summary(account, found, routes, lambda key, **filled: f"{key} {filled}")
    line = {"name": "Barn", "text": "fact_pending_unknown {}"}
    assert told["locations"] == f"- summary_line {plain(str(line))}"


@pytest.mark.parametrize("kind", SyncKind)
def test_only_a_user_sync_has_other_ways_to_choose(kind: SyncKind) -> None:
    routes = tuple(
        RouteReport(
            route.purpose, route.key, Certainty.PROVEN, RouteState.UNAVAILABLE, None
        )
        for route in ROUTES.values()
    )
    found = Capabilities({1: frozenset({kind})}, frozenset(), {})
    said = kind_lines(found, routes, lambda key, **filled: filled.get("text", key))
    ways = "kind_no_way_users" if kind is SyncKind.USERS else "kind_no_way"
    assert sorted(said) == sorted([ways, *["kind_no_panel_has_it"] * 2])


async def test_an_account_is_added(hass: HomeAssistant, simulator: Simulator) -> None:
    result = await add_account(hass, simulator)
    entry = await finish(hass, result)
    assert entry.title == simulator.options.user
    assert entry.unique_id == user_id(simulator)
    assert entry.data == {
        "username": simulator.options.user,
        "password": simulator.options.password,
        "web_url": simulator.url,
        "service_url": simulator.url,
        "codes": {},
    }
    assert entry.options == {"user_sync_way": "known"}
    # The entry takes the flow's session, and nothing is written at the service.
    assert sent(simulator, "TC2API.Auth/token") == 1
    assert sent(simulator, "synchronize") == 0
    assert not any(request.forbidden for request in simulator.received)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(
            SimulatorOptions(profile="rest"),
            {
                "kinds": [
                    (
                        "User sync: no known method works on this account; start it"
                        " in the Total Connect app, or teach PanelSync how this"
                        " account works"
                    ),
                    "Panel sync: available (documented)",
                    "Status refresh: available (confirmed by others)",
                ],
                "locations": [
                    (
                        "Mill House: syncs only when requested; 2 user changes"
                        " are waiting for a user sync"
                    ),
                    (
                        "Lake Cabin: syncs only when requested; no user changes"
                        " are waiting for a user sync"
                    ),
                    (
                        "Hill Farm: syncs by itself; use the buttons only after a failure;"
                        " 1 user change is waiting for a user sync"
                    ),
                ],
                "routes": [
                    "Event log: works here (seen working for others)",
                    "Pending user changes: works here (assumed)",
                ],
            },
            id="rest",
        ),
        pytest.param(
            SimulatorOptions(profile="soap"),
            {
                "kinds": ["User sync: available (documented)"],
                "locations": [
                    "Mill House: syncs only when requested; 2 user changes are"
                ],
                "routes": [
                    "Event log: works here (documented)",
                    "SOAP, the older interface: works here (documented)",
                ],
            },
            id="soap",
        ),
        pytest.param(
            SimulatorOptions(profile="bare"),
            {
                "kinds": ["Panel sync: available (documented)"],
                "locations": [
                    (
                        "Mill House: syncs only when requested; the number of pending user"
                        " changes is unknown"
                    )
                ],
                "routes": [
                    "Event log: not confirmed here yet (documented)",
                    "SOAP, the older interface: not confirmed here yet (documented)",
                ],
            },
            id="bare",
        ),
        pytest.param(
            SimulatorOptions(locations=13),
            {"locations": ["and 3 more"]},
            id="more locations than a form can show",
        ),
    ],
)
async def test_the_summary_tells_what_works(
    hass: HomeAssistant, simulator: Simulator, expected: dict[str, list[str]]
) -> None:
    result = await add_account(hass, simulator)
    assert result["step_id"] == "summary"
    assert placeholders(result)["user_name"] == simulator.options.user
    for key, lines in expected.items():
        for line in lines:
            assert f"- {line}" in placeholders(result)[key]
    await finish(hass, result)


@pytest.mark.parametrize("options", [SimulatorOptions(profile="old")])
async def test_the_summary_of_panels_without_user_sync(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    result = await add_account(hass, simulator)
    assert result["step_id"] == "codes"
    assert placeholders(result) == {"location": "Lake Cabin"}
    result = await answer(hass, result, {})
    assert (
        "- Lake Cabin: syncs only when requested; this panel does not support user"
        " syncs; the panel asks for a code" in placeholders(result)["locations"]
    )
    assert (
        "- User sync: not available: no panel on this account supports it"
        in placeholders(result)["kinds"]
    )
    await finish(hass, result)


@pytest.mark.parametrize(
    ("route", "fault", "line"),
    [
        (
            "account/users",
            "unknown_code",
            "the number of pending user changes is unknown",
        ),
        ("account/users", "refuse", "the number of pending user changes is unknown"),
        ("devices/0/Events", "401", "2 user changes are waiting for a user sync"),
    ],
)
async def test_a_read_that_fails_is_left_unknown(
    hass: HomeAssistant,
    simulator: Simulator,
    freezer: FrozenDateTimeFactory,
    route: str,
    fault: str,
    line: str,
) -> None:
    simulator.faults.add(route, fault, 500)
    result = await begin(hass)
    signing_in = asyncio.create_task(answer(hass, result, account_input(simulator)))
    while not signing_in.done():
        # The pauses between tries pass with the frozen clock.
        freezer.tick(0.05)
        await asyncio.sleep(0)
    result = signing_in.result()
    assert result["step_id"] == "summary"
    assert (
        f"- Mill House: syncs only when requested; {line}"
        in placeholders(result)["locations"]
    )
    simulator.faults.clear()
    await finish(hass, result)


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (CredentialsRefused(), "invalid_auth"),
        (AccountLocked(), "account_locked"),
        (SignInPostponed(timedelta(seconds=61)), "too_many_sign_ins"),
        (ServiceUnreachable(), "cannot_connect"),
        (UnexpectedAnswer(), "not_the_service"),
        (RouteUnavailable(), "not_the_service"),
        (ServiceRefused("no", code=None), "service_refused"),
        (PanelUnreachable("no", code=4101), "service_refused"),
        (SessionEnded(), "service_refused"),
        (ClientError(), "unknown"),
    ],
)
def test_every_error_of_the_client_has_its_form_error(
    error: ClientError, key: str
) -> None:
    assert form_error(error).key == key


@asynccontextmanager
async def serving(
    answered: Callable[[web.Request], Awaitable[web.Response]],
) -> AsyncGenerator[str]:
    """Run a web server that answers every request so; give its address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answered)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def html_server() -> AsyncGenerator[str]:
    """Run a web server that is not the service; give its address."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html>Welcome</html>", content_type="text/html")

    async with serving(page) as url:
        yield url


@pytest.fixture
async def another_address(simulator: Simulator) -> AsyncGenerator[str]:
    """Let the simulated service be there under another address, too."""

    async def forward(request: web.Request) -> web.Response:
        headers = {
            key: value
            for key, value in request.headers.items()
            if key.lower() in ("authorization", "content-type")
        }
        async with (
            ClientSession() as session,
            session.request(
                request.method,
                f"{simulator.url}{request.path_qs}",
                data=await request.read(),
                headers=headers,
            ) as reply,
        ):
            return web.Response(
                status=reply.status,
                body=await reply.read(),
                content_type=reply.content_type,
            )

    async with serving(forward) as url:
        yield url


@pytest.mark.shows("config-flow-test-coverage")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"password": "wrong"}, "invalid_auth"),
        ({"username": "nobody"}, "invalid_auth"),
        ({"password": "x" * 300}, "invalid_auth"),
        ({"web_url": NOBODY}, "cannot_connect"),
        ({"service_url": NOBODY}, "cannot_connect"),
        ({"web_url": "http://example.com"}, "insecure_url"),
        ({"service_url": "http://192.168.1.4"}, "insecure_url"),
        ({"service_url": "ftp://127.0.0.1"}, "insecure_url"),
        ({"service_url": "https://example.com/path"}, "insecure_url"),
        ({"service_url": "rubbish"}, "insecure_url"),
        ({"service_url": ""}, "insecure_url"),
    ],
)
async def test_what_was_typed_wrong_can_be_corrected(
    hass: HomeAssistant, simulator: Simulator, changes: dict[str, str], error: str
) -> None:
    typed = account_input(simulator, **changes)
    result = await answer(hass, await begin(hass), typed)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "account"
    assert result["errors"] == {"base": error}
    held = defaults(result)
    assert held["username"] == typed["username"]
    assert held["web_url"] == typed[SECTION]["web_url"]
    assert held["service_url"] == typed[SECTION]["service_url"]
    assert not held["password"]
    await finish(hass, await answer(hass, result, account_input(simulator)))


async def test_an_address_that_is_not_the_service(
    hass: HomeAssistant, simulator: Simulator, html_server: str
) -> None:
    result = await begin(hass)
    # A page in answer to the sign-in itself may as well be a captcha of the service.
    for part, error in (
        ("web_url", "not_the_service"),
        ("service_url", "sign_in_page"),
    ):
        typed = account_input(simulator, **{part: html_server})
        result = await answer(hass, result, typed)
        assert result["errors"] == {"base": error}, part
    await finish(hass, await answer(hass, result, account_input(simulator)))


@pytest.mark.shows("test-before-configure")
@pytest.mark.parametrize(
    ("route", "fault", "error"),
    [
        ("application.config.json", "404", "not_the_service"),
        ("application.config.json", "truncated", "not_the_service"),
        ("application.config.json", "missing_section", "not_the_service"),
        ("application.config.json", "refuse", "cannot_connect"),
        ("application.config.json", "huge", "not_the_service"),
        ("TC2API.Auth/token", "refuse", "cannot_connect"),
        ("TC2API.Auth/token", "captcha", "sign_in_page"),
        ("TC2API.Auth/token", "redirect", "sign_in_page"),
        ("TC2API.Auth/token", "503_maintenance", "cannot_connect"),
        ("TC2API.Auth/token", "429", "cannot_connect"),
        ("TC2API.Auth/token", "502_html", "cannot_connect"),
        ("sessiondetails", "html", "not_the_service"),
        # Signed in, and turned away at once.
        ("sessiondetails", "401", "service_refused"),
    ],
)
async def test_a_fault_of_the_service_passes(
    hass: HomeAssistant, simulator: Simulator, route: str, fault: str, error: str
) -> None:
    simulator.faults.add(route, fault, 10)
    result = await add_account(hass, simulator)
    assert result["errors"] == {"base": error}
    simulator.faults.clear()
    await finish(hass, await answer(hass, result, account_input(simulator)))


@pytest.mark.kind("sign-ins")
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, '{"captcha_required": true, "sitekey": "x"}'),
        (400, '{"error": "captcha_required"}'),
        (401, '{"error": "access_denied", "error_description": "Solve the reCAPTCHA"}'),
        (403, '{"Message": "Please complete the CAPTCHA first"}'),
    ],
)
async def test_a_captcha_has_its_own_words_in_any_form(
    hass: HomeAssistant, simulator: Simulator, status: int, body: str
) -> None:
    """Not only as a web page."""
    simulator.faults.add("TC2API.Auth/token", "answer", 10, status=status, body=body)
    result = await add_account(hass, simulator)
    assert result["errors"] == {"base": "sign_in_page"}


async def test_the_service_refuses_with_its_own_words(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    simulator.faults.add("sessiondetails", "unknown_code", 10)
    result = await add_account(hass, simulator)
    assert result["errors"] == {"base": "service_refused"}
    assert placeholders(result) == {
        "text": "Something new",
        "code": "-98765",
    }


@pytest.mark.parametrize("state", ["locked", "revoked"])
async def test_a_locked_account(
    hass: HomeAssistant, simulator: Simulator, state: Literal["locked", "revoked"]
) -> None:
    simulator.switches.account = state
    result = await add_account(hass, simulator)
    assert result["errors"] == {"base": "account_locked"}
    simulator.switches.account = "open"
    await finish(hass, await answer(hass, result, account_input(simulator)))


async def test_an_account_without_locations(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    simulator.switches.locations_null = True
    result = await add_account(hass, simulator)
    assert result["errors"] == {"base": "no_locations"}
    simulator.switches.locations_null = False
    await finish(hass, await answer(hass, result, account_input(simulator)))
    # The session that was just made is used on.
    assert sent(simulator, "TC2API.Auth/token") == 1


async def test_a_user_with_two_step_codes(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    """The service let the user in: that counts, and a note says what may come."""
    simulator.switches.two_step_codes = "told"
    result = await add_account(hass, simulator)
    assert "Two-factor authentication is turned on" in placeholders(result)["note"]
    await finish(hass, result)
    assert sent(simulator, "TC2API.Auth/token") == 1


async def test_a_list_of_locations_that_is_missing_once_is_asked_for_again(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    simulator.faults.add("sessiondetails", "missing_section")
    await finish(hass, await add_account(hass, simulator))
    assert sent(simulator, "TC2API.Auth/token") == 1


async def test_a_user_who_is_asked_for_a_two_step_code(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    """The service's own words are shown, and three tries are all there are."""
    simulator.switches.two_step_codes = "asked"
    result = await begin(hass)
    for _ in range(3):
        result = await answer(hass, result, account_input(simulator))
        assert result["errors"] == {"base": "service_refused"}
        assert placeholders(result)["text"] == "A one-time password is required"
    result = await answer(hass, result, account_input(simulator))
    assert result["errors"] == {"base": "too_many_sign_ins"}
    assert sent(simulator, "TC2API.Auth/token") == 3


async def test_too_many_sign_ins_in_one_flow(
    hass: HomeAssistant, simulator: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    result = await begin(hass)
    for _ in range(3):
        result = await answer(hass, result, account_input(simulator, password="wrong"))
        assert result["errors"] == {"base": "invalid_auth"}
    before = sent(simulator, "TC2API.Auth/token")
    result = await answer(hass, result, account_input(simulator))
    assert result["errors"] == {"base": "too_many_sign_ins"}
    assert placeholders(result) == {"wait": "300"}
    assert sent(simulator, "TC2API.Auth/token") == before
    freezer.tick(301)
    await finish(hass, await answer(hass, result, account_input(simulator)))


async def test_a_dialog_opened_anew_counts_on(
    hass: HomeAssistant, simulator: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    """Wrong passwords lock an account, in however many dialogs.

    See docs/protocol/total-connect.md#locked-accounts.
    """
    wrong = account_input(simulator, password="wrong")
    for _ in range(2):
        result = await answer(hass, await begin(hass), wrong)
        assert result["errors"] == {"base": "invalid_auth"}
        hass.config_entries.flow.async_abort(result["flow_id"])
    other = account_input(simulator, username="nobody")
    result = await answer(hass, await begin(hass), other)
    assert result["errors"] == {"base": "invalid_auth"}
    result = await answer(hass, result, wrong)
    assert result["errors"] == {"base": "invalid_auth"}
    before = sent(simulator, "TC2API.Auth/token")
    result = await answer(hass, result, account_input(simulator))
    assert result["errors"] == {"base": "too_many_sign_ins"}
    assert sent(simulator, "TC2API.Auth/token") == before
    freezer.tick(301)
    await finish(hass, await answer(hass, result, account_input(simulator)))


async def test_an_error_nobody_thought_of(
    hass: HomeAssistant, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    result = await begin(hass)
    with patch(
        "custom_components.panelsync.flows.account.RemoteService.fetch_account",
        side_effect=RuntimeError("surprise"),
    ):
        result = await answer(hass, result, account_input(simulator))
    assert result["errors"] == {"base": "unknown"}
    assert "Unexpected error while signing in" in caplog.text
    caplog.clear()
    await finish(hass, await answer(hass, result, account_input(simulator)))


@pytest.mark.shows("config-flow-test-coverage", "unique-config-entry")
async def test_an_account_is_added_once(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    await finish(hass, await add_account(hass, simulator))
    again = account_input(simulator, username=simulator.options.user.upper())
    result = await answer(hass, await begin(hass), again)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_a_flow_left_half_way_leaves_nothing(
    hass: HomeAssistant, simulator: Simulator, hass_storage: dict[str, Any]
) -> None:
    result = await add_account(hass, simulator)
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not hass.config_entries.async_entries(DOMAIN)
    assert not [key for key in hass_storage if key.startswith(DOMAIN)]
    # Nothing but how often it signed in, so that the next flow counts on.
    left = [key for key in hass.data if str(key).startswith(DOMAIN)]
    assert {*left} == {"panelsync_http_session", "panelsync_sign_ins"}
    assert simulator.options.password not in str(hass.data["panelsync_sign_ins"])
    assert "tokens" not in str(hass.data["panelsync_sign_ins"])


TWO_LOCATIONS = pytest.mark.parametrize("options", [SimulatorOptions(locations=2)])


def ask_for_codes(simulator: Simulator) -> None:
    """Let both panels ask for the user code and the second for the installer's too."""
    simulator.switches.prompt_user_code = True
    list(simulator.world.locations.values())[STALE].panel.prompts_installer_code = True


@TWO_LOCATIONS
async def test_codes_are_asked_where_a_panel_asks(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    ask_for_codes(simulator)
    result = await add_account(hass, simulator)

    assert result["step_id"] == "codes"
    assert placeholders(result) == {"location": "Mill House"}
    assert defaults(result) == {"user_code": None}
    simulator.switches.validate_user_true_for = "own"
    result = await answer(hass, result, {"user_code": "0001"})
    assert result["errors"] == {"base": "invalid_code"}
    assert sent(simulator, "validateUser") == 1
    assert placeholders(result) == {"location": "Mill House"}
    assert defaults(result) == {"user_code": None}
    result = await answer(hass, result, {"user_code": "seven"})
    assert result["errors"] == {"base": "not_a_code"}
    simulator.faults.add("validateUser", "refuse", 10)
    result = await answer(hass, result, {"user_code": simulator.options.user_code})
    assert result["errors"] == {"base": "code_check_unanswered"}
    simulator.faults.clear()
    result = await answer(hass, result, {"user_code": simulator.options.user_code})

    assert result["step_id"] == "codes"
    assert not result["errors"]
    assert placeholders(result) == {"location": "Lake Cabin"}
    assert defaults(result) == {"user_code": None, "installer_code": None}
    result = await answer(hass, result, {"installer_code": " 4112 "})
    entry = await finish(hass, result)

    codes = entry.data["codes"]
    assert codes == {
        location_id(simulator, HEALTHY): {
            "user_code": simulator.options.user_code,
            "installer_code": None,
            "changed": "2026-11-22T09:00:00+00:00",
        },
        location_id(simulator, STALE): {
            "user_code": None,
            "installer_code": "4112",
            "changed": "2026-11-22T09:00:00+00:00",
        },
    }


@pytest.mark.parametrize("options", [SimulatorOptions(locations=1)])
@pytest.mark.parametrize(
    ("fault", "errors"),
    [
        ("unknown_code", {"base": "code_not_checked"}),
        ("html", {"base": "code_check_unanswered"}),
        ("503", {"base": "code_check_unanswered"}),
        ("429", {"base": "code_check_unanswered"}),
        ("truncated", {"base": "code_check_unanswered"}),
    ],
)
async def test_a_code_that_is_not_checked_can_be_left_out(
    hass: HomeAssistant, simulator: Simulator, fault: str, errors: dict[str, str]
) -> None:
    simulator.switches.prompt_user_code = True
    result = await add_account(hass, simulator)
    simulator.faults.add("validateUser", fault, 10)
    result = await answer(hass, result, {"user_code": simulator.options.user_code})
    assert result["errors"] == errors
    # Whatever came of it, it was sent once: panels lock after a few wrong codes.
    assert sent(simulator, "validateUser") == 1
    assert placeholders(result)["location"] == "Mill House"
    entry = await finish(hass, await answer(hass, result, {}))
    assert entry.data["codes"] == {}


@pytest.mark.parametrize("options", [SimulatorOptions(locations=1)])
@pytest.mark.parametrize(
    ("account", "error"),
    [("open", "code_check_unanswered"), ("locked", "account_locked")],
)
async def test_a_session_that_ends_before_the_code_is_checked(
    hass: HomeAssistant,
    simulator: Simulator,
    account: Literal["open", "locked"],
    error: str,
) -> None:
    simulator.switches.prompt_user_code = True
    result = await add_account(hass, simulator)
    simulator.faults.add("validateUser", "401", 10)
    simulator.accounts.end_sessions()
    simulator.switches.account = account
    result = await answer(hass, result, {"user_code": simulator.options.user_code})
    assert (result["step_id"], result["errors"]) == ("codes", {"base": error})
    simulator.faults.clear()
    simulator.switches.account = "open"
    entry = await finish(hass, await answer(hass, result, {}))
    assert entry.data["codes"] == {}


@pytest.mark.parametrize("options", [SimulatorOptions(locations=1)])
async def test_a_code_that_nothing_can_check_is_kept(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    simulator.switches.prompt_user_code = True
    result = await add_account(hass, simulator)
    simulator.faults.add("validateUser", "404", 10)
    result = await answer(hass, result, {"user_code": simulator.options.user_code})
    entry = await finish(hass, result)
    stored = entry.data["codes"][location_id(simulator, HEALTHY)]
    assert stored["user_code"] == simulator.options.user_code


@pytest.mark.parametrize(
    "options",
    [SimulatorOptions(locations=2, user_code="90817263", installer_code="55443322")],
)
async def test_no_secret_is_logged(
    hass: HomeAssistant, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ask_for_codes(simulator)
    secrets = {"Wrong-Secret-1", "90817263", "55443322", simulator.options.password}
    result = await begin(hass)
    for password in ("Wrong-Secret-1", simulator.options.password):
        typed = account_input(simulator, password=password)
        result = await answer(hass, result, typed)
    simulator.faults.add("validateUser", "unknown_code", 1)
    for _ in range(2):
        result = await answer(hass, result, {"user_code": "90817263"})
    result = await answer(hass, result, {"installer_code": "55443322"})
    entry = await finish(hass, result)
    [stored, other] = entry.data["codes"].values()
    assert stored["user_code"] == "90817263"
    assert other["installer_code"] == "55443322"
    assert "panelsync" in caplog.text
    for secret in secrets:
        assert secret not in caplog.text


@pytest.mark.shows("reauthentication-flow")
async def test_signing_in_again_with_another_account(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    entry = other_entry(simulator)
    entry.add_to_hass(hass)
    result = await entry.start_reauth_flow(hass)
    result = await answer(hass, result, {"password": simulator.options.password})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "wrong_account"
    assert entry.data[CONF_PASSWORD] == "other"


def other_entry(simulator: Simulator) -> MockConfigEntry:
    """Return an entry of an account that the simulator's password does not open."""
    return MockConfigEntry(
        domain=DOMAIN,
        unique_id="another-user",
        data={
            CONF_USERNAME: simulator.options.user,
            CONF_PASSWORD: "other",
            "web_url": simulator.url,
            "service_url": simulator.url,
            "codes": {},
        },
    )


@pytest.mark.shows("reconfiguration-flow")
async def test_reconfigure_with_another_account(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    entry = other_entry(simulator)
    entry.add_to_hass(hass)
    result = await entry.start_reconfigure_flow(hass)
    result = await answer(
        hass, result, addresses(simulator, password=simulator.options.password)
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "wrong_account"


@pytest.mark.shows("reconfiguration-flow")
async def test_reconfigure_addresses(
    hass: HomeAssistant,
    start_home: StartHome,
    simulator: Simulator,
    another_address: str,
) -> None:
    home = await start_home()
    result = await home.entry.start_reconfigure_flow(hass)
    assert result["step_id"] == "reconfigure"
    assert placeholders(result) == {"username": simulator.options.user}
    assert defaults(result) == {
        "username": simulator.options.user,
        "password": None,
        "web_url": simulator.url,
        "service_url": simulator.url,
    }
    right = {"password": simulator.options.password}
    wrong = {SECTION: {"web_url": simulator.url, "service_url": NOBODY}}
    result = await answer(hass, result, right | wrong)
    assert result["errors"] == {"base": "cannot_connect"}
    assert defaults(result)["service_url"] == NOBODY
    moved = another_address
    section = {"web_url": simulator.url, "service_url": f"{moved}/"}
    result = await answer(hass, result, right | {SECTION: section})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert result["translation_domain"] == "homeassistant"
    await home.settle()
    assert state(home.entry) is ConfigEntryState.LOADED
    assert home.entry.data["service_url"] == moved
    assert home.entry.data[CONF_PASSWORD] == simulator.options.password
    assert home.entry.data[CONF_USERNAME] == simulator.options.user


@TWO_LOCATIONS
async def test_reconfigure_codes(
    hass: HomeAssistant,
    start_home: StartHome,
    simulator: Simulator,
    freezer: FrozenDateTimeFactory,
) -> None:
    key = location_id(simulator, STALE)
    ask_for_codes(simulator)
    stored = {"user_code": "1111", "installer_code": "2222", "changed": "before"}
    home = await start_home(codes={key: stored})
    result = await home.entry.start_reconfigure_flow(hass)
    result = await answer(hass, result, addresses(simulator))
    assert result["step_id"] == "codes"
    assert defaults(result) == {"user_code": None}
    result = await answer(hass, result, {})
    assert result["step_id"] == "codes"
    assert defaults(result) == {"user_code": None, "installer_code": None}
    freezer.tick(60)
    result = await answer(hass, result, {"user_code": simulator.options.user_code})
    assert result["reason"] == "reconfigure_successful"
    await home.settle()
    kept = home.entry.data["codes"][key]
    assert kept["user_code"] == simulator.options.user_code
    assert kept["installer_code"] == "2222"
    assert kept["changed"] > "2026-11-22T09:01"
    assert list(home.entry.data["codes"]) == [key]

    result = await home.entry.start_reconfigure_flow(hass)
    result = await answer(hass, result, addresses(simulator))
    result = await answer(hass, result, {"user_code": ""})
    result = await answer(hass, result, {"user_code": "", "installer_code": ""})
    assert result["reason"] == "reconfigure_successful"
    await home.settle()
    assert home.entry.data["codes"][key] == kept


async def test_a_refused_code_is_asked_even_where_no_panel_asks(
    hass: HomeAssistant, start_home: StartHome, simulator: Simulator
) -> None:
    home = await start_home()
    simulator.switches.stored_code_valid = False
    with pytest.raises(HomeAssistantError):
        await home.press("sync_panel", HEALTHY)
    result = await home.entry.start_reconfigure_flow(hass)
    result = await answer(hass, result, addresses(simulator))
    assert result["step_id"] == "codes"
    assert placeholders(result) == {"location": "Mill House"}
    result = await answer(hass, result, {"user_code": simulator.options.user_code})
    assert result["reason"] == "reconfigure_successful"
    await home.settle()
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    assert home.state("event", "sync", HEALTHY).attributes["event_type"] == "succeeded"

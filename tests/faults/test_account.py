"""Sign-in discipline through Home Assistant, with the sign-ins counted.

See docs/architecture.md#sign-in-discipline.

What a person and the service see of it: reloads, what is asked for, and that nothing is
asked twice.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest

from simulator import SimulatorOptions
from tests.home_assistant.conftest import custom_integrations, pauses_pass_at_once  # noqa: F401
from tests.home_assistant.home import HEALTHY, Home

from .report import Report

pytestmark = pytest.mark.kind("sign-ins")

type Act = Callable[[Home], Awaitable[None]]


@pytest.fixture
def options() -> SimulatorOptions:
    """Return an account of one location: who signs in is the account."""
    return SimulatorOptions(locations=1)


def grants(home: Home) -> int:
    """Count the password sign-ins that the service received, refused ones too."""
    return sum(
        item.fields.get("grant_type") == "password" for item in home.simulator.received
    )


def device_id(home: Home) -> str:
    """Return the device of a location."""
    device = dr.async_get(home.hass).async_get_device_by_identifier(
        ("panelsync", f"{home.entry.unique_id}_{home.location_id(HEALTHY)}"),
        home.entry.entry_id,
    )
    assert device is not None
    return device.id


async def an_hour(home: Home) -> None:
    await home.wait(3600, step=120)


async def hundred_reloads(home: Home) -> None:
    for _ in range(100):
        home.freezer.tick(36)
        await home.reload()


def ended_and(**switches: Any) -> Act:
    async def act(home: Home) -> None:
        await home.wait(600, step=120)
        home.simulator.switches.change(switches)
        home.simulator.accounts.end_sessions()
        await an_hour(home)

    return act


async def changed_password(home: Home) -> None:
    home.simulator.accounts.change_password("Another-Harbour-1")
    await ended_and()(home)


async def reloaded(home: Home) -> ConfigEntryState:
    """Load anew, and return how that ended, a minute later."""
    await home.reload()
    ended: ConfigEntryState = home.entry.state
    await home.wait(60, step=60)
    return ended


async def changed_and_reloaded(home: Home) -> None:
    await changed_password(home)
    assert {await reloaded(home) for _ in range(20)} == {ConfigEntryState.SETUP_ERROR}


async def restart(home: Home) -> None:
    """Load anew as after a restart: open repairs are not remembered."""
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    registry = ir.async_get(home.hass)
    for issue in list(registry.issues.values()):
        registry.async_delete(issue.domain, issue.issue_id)
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.settle()


def locked_and_then(state: str, *acts: Act) -> Act:
    async def act(home: Home) -> None:
        await home.wait(600, step=120)
        home.simulator.switches.change({"account": state})
        home.simulator.accounts.end_sessions()
        await home.wait(200, step=60)
        for one in acts:
            await one(home)

    return act


async def a_day(home: Home) -> None:
    await home.wait(24 * 3600, step=600)


async def storm(home: Home) -> None:
    home.simulator.faults.add("/TC2API.TCResource/", "401", 100_000)
    await an_hour(home)
    home.simulator.faults.clear()


async def asked_for_two_step_codes(home: Home) -> None:
    await ended_and(two_step_codes="asked")(home)
    home.simulator.switches.two_step_codes = "off"


async def refused_refresh(home: Home) -> None:
    home.simulator.accounts.forget_refresh_tokens()
    await an_hour(home)


@dataclass(frozen=True)
class Case:
    """What is done, what it may cost beside the set-up, and what a person sees."""

    act: Act
    sent: int
    asks_password: bool = False
    locked: bool = False


CASES = {
    "100 reloads in an hour": Case(hundred_reloads, 0),
    "a dead session": Case(ended_and(), 1),
    "a dead session, -102": Case(ended_and(dead_session_answer="-102"), 1),
    "a dead session, -30002": Case(ended_and(dead_session_answer="-30002"), 1),
    # 5, 10, 20, 40 minutes apart.
    "an hour of 401": Case(storm, 4),
    "a refused refresh": Case(refused_refresh, 1),
    "two-step codes": Case(ended_and(two_step_codes="told"), 1),
    "two-step codes asked for": Case(asked_for_two_step_codes, 4),
    "a locked account, -123": Case(ended_and(account="locked"), 1, locked=True),
    "a revoked account": Case(ended_and(account="revoked"), 1, locked=True),
    # -123 and "revoked" stop everything (docs/architecture.md#sign-in-discipline).
    "locked, reloaded, 24 h": Case(
        locked_and_then("locked", Home.reload, a_day), 1, locked=True
    ),
    "revoked, reloaded, 24 h": Case(
        locked_and_then("revoked", Home.reload, a_day), 1, locked=True
    ),
    # It says *locked*, at once (docs/architecture.md#sign-in-discipline).
    "locked, restarted": Case(locked_and_then("locked", restart), 1, locked=True),
    "revoked, restarted": Case(locked_and_then("revoked", restart), 1, locked=True),
    "a changed password": Case(changed_password, 1, asks_password=True),
    # docs/protocol/total-connect.md#token-endpoint: never tried again by itself, and
    # the password is asked for all the while.
    "a changed password, 20 reloads": Case(changed_and_reloaded, 1, asks_password=True),
}


@pytest.mark.parametrize("name", CASES)
async def test_sign_ins(home: Home, name: str, record_property: Report) -> None:
    case = CASES[name]
    before = grants(home)
    assert before == 1
    await case.act(home)
    sent = grants(home) - before
    record_property("sign_ins", sent)
    asked = [
        flow
        for flow in home.hass.config_entries.flow.async_progress()
        if flow["context"]["source"] == SOURCE_REAUTH
    ]
    locked = [
        issue
        for issue in ir.async_get(home.hass).issues.values()
        if issue.translation_key == "account_locked" and issue.active
    ]
    assert sent <= case.sent
    assert bool(asked) is case.asks_password
    assert bool(locked) is case.locked
    if not case.asks_password and not case.locked:
        assert home.entry.state is ConfigEntryState.LOADED
        await home.wait(90 * 60, step=600)
        assert home.state("sensor", "arming_state", HEALTHY).state == "disarmed"


async def test_what_is_asked_while_a_sign_in_waits_is_not_sent(home: Home) -> None:
    """Sign-ins are spaced. PanelSync says that it waits, and for how long."""
    home.simulator.accounts.end_sessions()
    sent = grants(home)
    for key in ("sync_panel", "sync_users", "refresh_status"):
        with pytest.raises(ServiceValidationError) as refused:
            await home.press(key, HEALTHY)
        assert refused.value.translation_key == "refused_sign_in_postponed"
        # 5 minutes after the first sign-in, which was some seconds ago.
        assert refused.value.translation_placeholders == {
            "location": home.location(HEALTHY).name,
            "minutes": "5",
        }
    await home.settle()
    assert [(told["outcome"], told["reason"]) for told in home.outcomes(HEALTHY)] == [
        ("refused", "sign_in_postponed")
    ] * 3
    # Past the grace of 180 s the entities are unavailable, and say why.
    await home.wait(260, step=20)
    location = home.entry.runtime_data.locations[home.location_id(HEALTHY)].location
    assert location.last_exception.translation_key == "update_sign_in_postponed"
    assert location.last_exception.translation_placeholders["minutes"] == "2"
    with pytest.raises(HomeAssistantError) as unread:
        await home.hass.services.async_call(
            "panelsync",
            "get_event_log",
            {"device_id": device_id(home)},
            blocking=True,
            return_response=True,
        )
    assert unread.value.translation_key == "update_sign_in_postponed"
    assert (grants(home), home.panel_starts()) == (sent, [])
    await home.wait(120, step=20)
    assert grants(home) == sent + 1
    assert home.state("sensor", "sync_status", HEALTHY).state == "changes_waiting"
    assert not any(
        issue.translation_key == "sync_failed"
        for issue in ir.async_get(home.hass).issues.values()
    )
    await home.press("sync_panel", HEALTHY)

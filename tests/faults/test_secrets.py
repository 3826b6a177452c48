"""Marked secrets through Home Assistant, at debug level: what came out is searched."""

import json
from typing import Any

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.panelsync.const import CONF_CODES
from custom_components.panelsync.diagnostics import async_get_config_entry_diagnostics
from simulator import SimulatorOptions
from tests.home_assistant.conftest import (  # noqa: F401
    StartHome,
    custom_integrations,
    options,
    pauses_pass_at_once,
    recorder_off,
    simulator,
    start_home,
)
from tests.home_assistant.home import HEALTHY, STALE

from .secrets import Watch

USER_CODE, INSTALLER_CODE = "83519274", "64028157"
KEYS = ("sync_panel", "sync_users", "refresh_status")
FAULTS = ("500_message", "401", "unknown_code", "truncated", "html", "wrong_types")


async def text_of(response: Any) -> str:
    """Give everything of a value as text."""
    return json.dumps(response, default=str)


def test_the_watch_finds_what_is_marked(watch: Watch) -> None:
    """A watch that sees nothing would pass every test."""
    watch.mark("Marked-Secret-1")
    watch.look("here", "nothing of it")
    assert not watch.leaks
    watch.look("here", "with Marked-Secret-1 in it")
    assert len(watch.leaks) == 1
    watch.leaks.clear()


@pytest.mark.parametrize(
    "options",
    [
        SimulatorOptions(
            profile=profile,
            password="Marked-Password-Harbour-58",
            user_code=USER_CODE,
            installer_code=INSTALLER_CODE,
        )
        for profile in ("rest", "soap")
    ],
    ids=["rest", "soap"],
)
async def test_no_secret_comes_out(
    start_home: StartHome,  # noqa: F811
    watch: Watch,
    simulator: Any,  # noqa: F811
    hass_storage: dict[str, Any],
) -> None:
    simulator.switches.prompt_user_code = True
    simulator.switches.prompt_installer_code = True
    codes = {
        str(location_id): {
            "user_code": USER_CODE,
            "installer_code": INSTALLER_CODE,
            "changed": "2026-11-22T09:00:00+00:00",
        }
        for location_id in simulator.world.locations
    }
    home = await start_home(**{CONF_CODES: codes})
    for fault in (None, *FAULTS):
        if fault is not None:
            for route in ("synchronize", "user_sync", "live_zones", "full_status"):
                simulator.faults.add(route, fault)
        for key in KEYS:
            for index in (HEALTHY, STALE):
                try:
                    await home.press(key, index)
                except HomeAssistantError as error:
                    watch.look("exception", f"{error!r} {error} {error.__cause__!r}")
        simulator.world.duress(home.location_id(HEALTHY))
        await home.wait(90)
        simulator.faults.clear()
    # A changed code is refused, and the service repeats nothing of it.
    simulator.accounts.end_sessions()
    await home.wait(400, step=15)
    await home.reload()
    found = await async_get_config_entry_diagnostics(home.hass, home.entry)
    watch.look("diagnostics", await text_of(found))
    for issue in ir.async_get(home.hass).issues.values():
        watch.look("repairs", repr(issue))
    for request in simulator.received:
        watch.look("address", request.path)
    history = hass_storage[f"panelsync.{home.entry.unique_id}.history"]
    watch.look("history", await text_of(history))
    for state in home.hass.states.async_all():
        watch.look("state", repr(state))
        assert "duress" not in repr(state).lower()
    # The codes were really sent, or this proves nothing.
    sent = await text_of([request.fields for request in simulator.received])
    assert USER_CODE in sent
    assert home.simulator.options.password in watch.marked

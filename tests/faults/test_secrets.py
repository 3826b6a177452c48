"""Marked secrets through Home Assistant, at debug level: what came out is searched."""

import asyncio
import base64
from collections.abc import Callable
import contextlib
from html import escape
import json
import logging
import sys
from typing import Any
from urllib.parse import quote

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.storage import Store
import pytest

from custom_components.panelsync.client import ServiceUnreachable
from custom_components.panelsync.const import CONF_CODES
from custom_components.panelsync.diagnostics import async_get_config_entry_diagnostics
from simulator import SimulatorOptions
from tests.home_assistant.conftest import (  # noqa: F401
    StartHome,
    custom_integrations,
    pauses_pass_at_once,
)
from tests.home_assistant.home import HEALTHY, STALE

from .secrets import Watch, normal

USER_CODE, INSTALLER_CODE = "83519274", "64028157"
KEYS = ("sync_panel", "sync_users", "refresh_status")
FAULTS = ("500_message", "401", "unknown_code", "truncated", "html", "wrong_types")


def text_of(response: Any) -> str:
    return json.dumps(response, default=str)


def look_at_what_is_left(
    watch: Watch, hass: HomeAssistant, history: dict[str, Any]
) -> None:
    """Search repairs, history and states as they stand."""
    for issue in ir.async_get(hass).issues.values():
        watch.look("repairs", repr(issue))
    watch.look("history", text_of(history))
    for state in hass.states.async_all():
        watch.look("state", repr(state))


SECRET = "Marked-Secret-1"


def to_a_log(_: HomeAssistant) -> None:
    logging.getLogger("aiohttp.client").debug("failed", exc_info=ValueError(SECRET))


def to_an_event(hass: HomeAssistant) -> None:
    hass.bus.async_fire("something", {"text": SECRET})


def to_a_state(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.something", "on", {"text": SECRET})


async def to_a_store(hass: HomeAssistant) -> None:
    await Store[dict[str, str]](hass, 1, "panelsync.1.history").async_save(
        {"a": SECRET}
    )


def to_a_repair(hass: HomeAssistant) -> None:
    ir.async_create_issue(
        hass,
        "somebody",
        "something",
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="something",
        translation_placeholders={"text": SECRET},
    )


def to_an_error(_: HomeAssistant) -> None:
    HomeAssistantError(translation_key="a", translation_placeholders={"text": SECRET})


def to_an_error_of_the_client(_: HomeAssistant) -> None:
    ServiceUnreachable(f"It said {SECRET}")


async def to_an_address(hass: HomeAssistant) -> None:
    with contextlib.suppress(aiohttp.ClientError):
        await async_get_clientsession(hass).get(
            "http://127.0.0.1:1/", params={"token": SECRET}
        )


async def to_arguments(_: HomeAssistant) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "--version", SECRET)
    await process.wait()


async def to_an_environment(_: HomeAssistant) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "--version", env={"PASSWORD": SECRET}
    )
    await process.wait()


@pytest.mark.parametrize(
    "leak",
    [
        to_a_log,
        to_an_event,
        to_a_state,
        to_a_store,
        to_a_repair,
        to_an_error,
        to_an_error_of_the_client,
        to_an_address,
        to_arguments,
        to_an_environment,
    ],
)
async def test_the_watch_finds_what_is_marked(
    hass: HomeAssistant, watch: Watch, leak: Callable[[HomeAssistant], Any]
) -> None:
    """A watch that sees nothing would pass every test: each way out is tried once."""
    watch.mark(SECRET)
    if (leaking := leak(hass)) is not None:
        await leaking
    assert watch.leaks
    watch.leaks.clear()


@pytest.mark.parametrize(
    "spell",
    [
        str.upper,
        " ".join,
        "\u00a0".join,
        "\u200b".join,
        lambda secret: quote(secret, safe=""),
        escape,
        json.dumps,
        lambda secret: base64.b64encode(secret.encode()).decode(),
        lambda secret: secret.encode().hex(),
    ],
)
async def test_the_watch_knows_every_spelling(
    watch: Watch, spell: Callable[[str], str]
) -> None:
    """What came out is compared in the form in which secrets are kept."""
    secret = "Marked <Secret>  &\t1"
    watch.mark(secret)
    watch.look("somewhere", f"It said {spell(secret)}!")
    assert watch.leaks
    watch.leaks.clear()


def asked_codes(simulator: Any) -> dict[str, Any]:
    """Let every panel ask for codes, and return them."""
    simulator.switches.prompt_user_code = True
    simulator.switches.prompt_installer_code = True
    return {
        str(location_id): {
            "user_code": USER_CODE,
            "installer_code": INSTALLER_CODE,
            "changed": "2026-11-22T09:00:00+00:00",
        }
        for location_id in simulator.world.locations
    }


BOTH = pytest.mark.parametrize(
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


@BOTH
async def test_no_secret_comes_out(
    start_home: StartHome, watch: Watch, simulator: Any, hass_storage: dict[str, Any]
) -> None:
    home = await start_home(**{CONF_CODES: asked_codes(simulator)})
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
    watch.look("diagnostics", text_of(found))
    for request in simulator.received:
        watch.look("address", request.path)
    history = hass_storage[f"panelsync.{home.entry.unique_id}.history"]
    look_at_what_is_left(watch, home.hass, history)
    assert "duress" not in repr(home.hass.states.async_all()).lower()
    # The codes were really sent, or this proves nothing.
    sent = text_of([request.fields for request in simulator.received])
    assert USER_CODE in sent
    assert normal(home.simulator.options.password) in watch.marked


@BOTH
async def test_a_refusal_that_repeats_what_it_was_sent_gives_nothing_away(
    start_home: StartHome, watch: Watch, simulator: Any, hass_storage: dict[str, Any]
) -> None:
    """Secrets never reach logs, whatever the service's own texts hold."""
    home = await start_home(**{CONF_CODES: asked_codes(simulator)})
    simulator.switches.refusals_repeat_secrets = True

    async def ask_for_all() -> None:
        for key in KEYS:
            with contextlib.suppress(HomeAssistantError):
                await home.press(key, HEALTHY)
        await home.entry.runtime_data.coordinator.async_refresh()
        await home.wait(70, step=10)

    for fault in ("unknown_code", "500_message", "500_999", "401"):
        simulator.faults.add("/TC2API.TCResource/", fault, 100_000)
        await ask_for_all()
        # It was really repeated, and taken out.
        if fault == "unknown_code":
            told = home.entry.runtime_data.coordinator.last_exception
            assert told.translation_placeholders["text"].lstrip("-").isdigit()
        simulator.faults.clear()
        await home.wait(600, step=60)
    simulator.switches.soap = "refused"
    simulator.faults.add("dashboard", "unknown_code", 100_000)
    await home.reload()
    await ask_for_all()
    simulator.switches.stored_code_valid = False
    await ask_for_all()
    simulator.accounts.forget_refresh_tokens()
    await home.wait(1800, step=60)
    simulator.switches.account = "revoked"
    simulator.accounts.end_sessions()
    await home.wait(2 * 3600, step=300)
    await home.reload()
    history = hass_storage[f"panelsync.{home.entry.unique_id}.history"]
    look_at_what_is_left(watch, home.hass, history)
    # What is stored beside the tokens is said again, so it must be fit for that.
    stored = hass_storage[f"panelsync.{home.entry.unique_id}.client"]["data"]
    assert stored["ledger"]["stop"]["locked"]
    watch.look("ledger", text_of(stored["ledger"]))
    assert stored["ledger"]["stop"]["text"] == ""

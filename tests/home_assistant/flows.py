"""What a test does in a config flow: open it, answer its forms, finish it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.panelsync.const import DOMAIN
from simulator import Simulator

SECTION = "advanced"
NOBODY = "http://127.0.0.1:1"
"""Port 1 of this machine: nothing listens there."""


def account_input(simulator: Simulator, **changes: str) -> dict[str, Any]:
    """Return what a person types for the simulator's account."""
    typed: dict[str, Any] = {
        "username": simulator.options.user,
        "password": simulator.options.password,
        "web_url": simulator.url,
        "service_url": simulator.url,
    } | changes
    return {
        "username": typed["username"],
        "password": typed["password"],
        SECTION: {key: typed[key] for key in ("web_url", "service_url")},
    }


def addresses(simulator: Simulator, **changes: str) -> dict[str, Any]:
    """Return what a person sends who changes nothing but this in Reconfigure."""
    return {SECTION: account_input(simulator)[SECTION]} | changes


def user_id(simulator: Simulator) -> str:
    """Return the id of the simulator's account."""
    return str(simulator.world.ids.numbered("login", 0))


def location_id(simulator: Simulator, index: int) -> str:
    """Return the id of the nth location as the entry stores it."""
    return str(list(simulator.world.locations)[index])


def sent(simulator: Simulator, part: str) -> int:
    """Return how many requests on paths with `part` the simulator received."""
    return sum(part.lower() in request.path.lower() for request in simulator.received)


async def begin(hass: HomeAssistant, step: str = "account") -> ConfigFlowResult:
    """Open the form of a new account, or of something else in the menu."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "user"
    assert result["menu_options"] == ["account", "panel", "panel_entity"]
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"next_step_id": step}
    )
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == step
    assert not result["errors"]
    return result


async def answer(
    hass: HomeAssistant, result: ConfigFlowResult, typed: Mapping[str, Any]
) -> ConfigFlowResult:
    """Send a form and return what comes next."""
    return await hass.config_entries.flow.async_configure(
        result["flow_id"], dict(typed)
    )


async def add_account(
    hass: HomeAssistant, simulator: Simulator, **changes: str
) -> ConfigFlowResult:
    """Send the form of a new account, and return what comes next."""
    return await answer(hass, await begin(hass), account_input(simulator, **changes))


def placeholders(result: ConfigFlowResult) -> Mapping[str, str]:
    """Return what fills in the texts of a form."""
    filled = result["description_placeholders"]
    assert filled is not None
    return filled


async def finish(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigEntry:
    """Go from the summary to the entry."""
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "summary", result["errors"]
    result = await answer(hass, result, {"user_sync_way": "known", "teach": False})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    entry: ConfigEntry = result["result"]
    assert state(entry) is ConfigEntryState.LOADED
    return entry


async def open_options(
    hass: HomeAssistant, entry: ConfigEntry, step: str
) -> ConfigFlowResult:
    """Choose one step of an account's options."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert result["type"] is FlowResultType.MENU
    return await hass.config_entries.options.async_configure(
        result["flow_id"], {"next_step_id": step}
    )


def state(entry: ConfigEntry) -> ConfigEntryState:
    """Return the state of an entry, which changes behind the back of a type checker."""
    return entry.state


def defaults(result: ConfigFlowResult) -> dict[str, Any]:
    """Return what a form already holds: defaults and suggestions, by field."""
    held: dict[str, Any] = {}
    form = result["data_schema"]
    assert form is not None
    for field, selector in form.schema.items():
        fields = selector.schema.schema if field == SECTION else [field]
        for marker in fields:
            value = marker.default() if callable(marker.default) else None
            suggested = (marker.description or {}).get("suggested_value")
            held[str(marker)] = value if suggested is None else suggested
    return held

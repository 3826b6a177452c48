"""What the system page shows of all accounts and local panels together."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .client import RouteState
from .const import CONF_SERVICE_URL, DOMAIN
from .coordinators.account import AccountCoordinator
from .coordinators.panel import PanelCoordinator
from .runtime import AccountConfigEntry, LocalPanelConfigEntry, by_kind


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Offer the facts."""
    register.async_register_info(
        system_health_info, f"/config/integrations/integration/{DOMAIN}"
    )


async def system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the facts over all entries; what takes time comes as a coroutine."""
    accounts: list[AccountConfigEntry] = []
    panels: list[LocalPanelConfigEntry] = []
    for entry in hass.config_entries.async_entries(DOMAIN, include_disabled=False):
        by_kind(entry, account=accounts.append, panel=panels.append)
    loaded: list[AccountCoordinator] = [
        entry.runtime_data.coordinator
        for entry in accounts
        if entry.state is ConfigEntryState.LOADED
    ]
    heard: list[PanelCoordinator] = [
        entry.runtime_data
        for entry in panels
        if entry.state is ConfigEntryState.LOADED and entry.runtime_data.data.available
    ]
    facts: dict[str, Any] = {}
    if accounts:
        facts |= {
            "service_reachable": system_health.async_check_can_reach_url(
                hass, accounts[0].data[CONF_SERVICE_URL]
            ),
            "accounts_loaded": f"{len(loaded)} / {len(accounts)}",
            "service_status": _service_status(loaded),
            "routes_gone": _unavailable_routes(loaded),
            "sign_ins_today": sum(account.service.sign_ins_today for account in loaded),
        }
    if panels:
        facts["local_links"] = f"{len(heard)} / {len(panels)}"
    return facts


def _service_status(accounts: list[AccountCoordinator]) -> str:
    """Return what the service says of itself, the lines that are not well first."""
    lines = {
        f"{line.name}: {line.status}": line.healthy
        for account in accounts
        for line in account.data.service_status
    }
    ordered = sorted(lines, key=lambda line: lines[line])
    return ", ".join(ordered) or "-"


def _unavailable_routes(accounts: list[AccountCoordinator]) -> str:
    gone = {
        route.route
        for account in accounts
        for route in account.service.routes()
        if route.state is RouteState.UNAVAILABLE
    }
    return ", ".join(sorted(gone)) or "-"

"""What PanelSync keeps in Home Assistant's own store, by the account's user id.

`memory` holds the client's tokens, its ledger of sign-ins and the routes that are gone:
the only place for secrets besides the config entry. `history` holds runs and positions
in the event logs, never a code.
"""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .const import DOMAIN

_VERSION = 1


def memory_store(hass: HomeAssistant, user_id: str) -> Store[dict[str, Any]]:
    """Return the store of the client's memory."""
    return Store(
        hass,
        _VERSION,
        f"{DOMAIN}.{user_id}.memory",
        private=True,
        atomic_writes=True,
    )


def history_store(hass: HomeAssistant, user_id: str) -> Store[dict[str, Any]]:
    """Return the store of runs and event-log positions."""
    return Store(hass, _VERSION, f"{DOMAIN}.{user_id}.history", atomic_writes=True)


async def async_save_memory(
    hass: HomeAssistant, user_id: str, memory: dict[str, Any]
) -> None:
    """Save what the client learned during a config flow, for the entry to take up."""
    await memory_store(hass, user_id).async_save(memory)


async def async_remove_stores(hass: HomeAssistant, user_id: str) -> None:
    """Forget everything about an account."""
    await memory_store(hass, user_id).async_remove()
    await history_store(hass, user_id).async_remove()

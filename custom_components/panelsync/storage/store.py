"""What PanelSync keeps in Home Assistant's own store, by the account's user id.

The client's holds tokens, the ledger of sign-ins and the routes that are unavailable: the
only place for secrets besides the config entry. The history holds runs and positions
in the event logs, never a code.
"""

import asyncio
from glob import escape
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER

_VERSION = 1
# Whose the content is: a file may be copied, restored from elsewhere, or overwritten.
_OWNER = "user_id"
# What was last saved, by the store's key: where the disk refuses it, it counts all the
# same until Home Assistant ends. A refused password is not sent again for a full disk.
_SAVED: HassKey[dict[str, dict[str, Any]]] = HassKey(f"{DOMAIN}_saved")
# The id comes from the service and becomes part of a file's name.
_USER_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class AccountStore:
    """One file of one account. What cannot be used of it counts as nothing."""

    def __init__(
        self, hass: HomeAssistant, user_id: str, name: str, *, private: bool = False
    ) -> None:
        """Prepare; nothing is read yet. Raises ValueError for what is no user id."""
        if not _USER_ID.fullmatch(user_id):
            raise ValueError("The id of the account's user is not one")
        self._hass = hass
        self._user_id = user_id
        self._store: Store[dict[str, Any]] = Store(
            hass,
            _VERSION,
            f"{DOMAIN}.{user_id}.{name}",
            private=private,
            atomic_writes=True,
        )
        self._saved = hass.data.setdefault(_SAVED, {})
        self._writing = asyncio.Lock()

    async def async_load(self) -> dict[str, Any] | None:
        """Return what was saved; None where nothing was, or nothing that can be used.

        What is no JSON at all Home Assistant sets aside by itself, and says so.
        """
        if (saved := self._saved.get(self._store.key)) is not None:
            return saved
        try:
            stored: Any = await self._store.async_load()
        except (
            HomeAssistantError,
            OSError,
            LookupError,
            TypeError,
            ValueError,
            NotImplementedError,
        ) as err:
            self.warn(f"cannot be read ({type(err).__name__})")
            return None
        if stored is None:
            return None
        if not isinstance(stored, dict) or stored.get(_OWNER) != self._user_id:
            self.warn("is not of this account")
            return None
        return stored

    def warn(self, reason: str) -> None:
        """Log that something in the store is not used."""
        LOGGER.warning(
            "The store %s %s. That is not used; at most runs from before are no longer"
            " shown",
            self._store.key,
            reason,
        )

    async def async_save(self, data: dict[str, Any]) -> None:
        """Write everything; what cannot be written is logged."""
        async with self._writing:
            await self._write(data)

    async def async_save_and_read(self, data: dict[str, Any]) -> dict[str, Any]:
        """Write everything, and return what is on the disk then.

        That is what was there before, or nothing, where it could not be written.
        """
        async with self._writing:
            await self._write(data)
            # Until its very end, a Home Assistant that stops only promises to write.
            if self._hass.is_stopping:
                return {}
            try:
                return await self._store.async_load() or {}
            except HomeAssistantError, OSError:
                return {}

    async def _write(self, data: dict[str, Any]) -> None:
        stored = self._saved[self._store.key] = {_OWNER: self._user_id} | data
        try:
            await self._store.async_save(stored)
        except OSError as err:
            # Home Assistant itself logs a file that it cannot write, and raises where
            # there is no directory for it. What is going on must not end with that.
            LOGGER.warning("The store %s cannot be written: %s", self._store.key, err)

    async def async_remove(self) -> None:
        """Remove the file, and what was set aside of it: it may hold tokens, too."""
        self._saved.pop(self._store.key, None)
        await self._store.async_remove()
        await self._hass.async_add_executor_job(self._remove_set_aside)

    def _remove_set_aside(self) -> None:
        path = Path(self._store.path)
        for aside in path.parent.glob(f"{escape(path.name)}.corrupt.*"):
            aside.unlink()


def client_store(hass: HomeAssistant, user_id: str) -> AccountStore:
    """Return the store of the client."""
    return AccountStore(hass, user_id, "client", private=True)


def history_store(hass: HomeAssistant, user_id: str) -> AccountStore:
    """Return the store of runs and event-log positions."""
    return AccountStore(hass, user_id, "history")


async def async_remove_stores(hass: HomeAssistant, user_id: str) -> None:
    """Forget everything about an account."""
    await client_store(hass, user_id).async_remove()
    await history_store(hass, user_id).async_remove()

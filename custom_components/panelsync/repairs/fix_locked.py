"""The repair of a locked account: only a person can unlock it, at the service."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..client import allowed_again, sign_in_wait
from ..const import DOMAIN
from ..errors import several
from ..identifiers import account_identifier
from ..messages import exception_text
from ..plain_text import plain_values
from ..storage.store import AccountStore, client_store


class LockedRepair(RepairsFlow):
    """Explains a locked account, and looks again when the person says so."""

    def __init__(self, entry: ConfigEntry) -> None:
        """Look at one account."""
        self._entry = entry

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Explain, and sign in once more after the person has unlocked the account."""
        placeholders = {"account": self._entry.title, "text": ""}
        errors: dict[str, str] = {}
        if user_input is not None:
            if self._entry.disabled_by is not None:
                return self.async_abort(
                    reason="not_loaded",
                    description_placeholders=plain_values(placeholders),
                )
            stored = await self._async_stored()
            if sign_in_wait(stored, dt_util.utcnow()):
                return await self.async_step_wait()
            await self._async_sign_in_again()
            if self._entry.state is ConfigEntryState.LOADED:
                return self.async_create_entry(data={})
            errors["base"] = "still_locked"
            placeholders["text"] = _why_not_loaded(self.hass, self._entry)
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders=plain_values(placeholders),
        )

    async def async_step_wait(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Say that no sign-in is tried yet, and offer to try it when it may be."""
        wait = sign_in_wait(await self._async_stored(), dt_util.utcnow())
        if user_input is None:
            return self.async_show_form(
                step_id="wait",
                data_schema=vol.Schema({}),
                description_placeholders={
                    "account": self._entry.title,
                    "minutes": several(wait.total_seconds() / 60),
                },
            )
        await self._async_sign_in_again()
        if self._entry.state is not ConfigEntryState.LOADED:
            self._async_reload_later(wait)
        return self.async_create_entry(data={})

    @callback
    def _async_reload_later(self, wait: timedelta) -> None:
        """Reload the account once its sign-in may be tried."""
        entries, entry_id = self.hass.config_entries, self._entry.entry_id

        @callback
        def reload(_: datetime) -> None:
            entry = entries.async_get_entry(entry_id)
            if entry is not None and entry.state is not ConfigEntryState.LOADED:
                entries.async_schedule_reload(entry_id)

        async_call_later(self.hass, wait, reload)

    @property
    def _store(self) -> AccountStore:
        return client_store(self.hass, account_identifier(self._entry))

    async def _async_stored(self) -> dict[str, Any]:
        return await self._store.async_load() or {}

    async def _async_sign_in_again(self) -> None:
        """Reload the account and let it sign in, which it has not since the lock."""
        await self._store.async_save(allowed_again(await self._async_stored()))
        await self.hass.config_entries.async_reload(self._entry.entry_id)


def _why_not_loaded(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """Return why an account is not loaded; `reason` itself is always English."""
    key = entry.error_reason_translation_key
    if entry.error_reason_translation_domain != DOMAIN or key is None:
        return entry.reason or "-"
    return exception_text(hass, key, entry.error_reason_translation_placeholders)

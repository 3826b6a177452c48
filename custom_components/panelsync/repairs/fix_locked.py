"""The repair of a locked account: only a person can unlock it, at the service."""

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
import voluptuous as vol

from ..client.remote.service import allowed_again
from ..const import DOMAIN
from ..messages import exception_text
from ..plain_text import plain_values
from ..storage.store import async_save_memory, memory_store


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

    async def _async_sign_in_again(self) -> None:
        """Load the account anew and let it sign in, which it has not since the lock."""
        user_id = str(self._entry.unique_id)
        memory = await memory_store(self.hass, user_id).async_load()
        await async_save_memory(self.hass, user_id, allowed_again(memory or {}))
        await self.hass.config_entries.async_reload(self._entry.entry_id)


def _why_not_loaded(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """Return why an account is not loaded; `reason` itself is always English."""
    key = entry.error_reason_translation_key
    if entry.error_reason_translation_domain != DOMAIN or key is None:
        return entry.reason or "-"
    return exception_text(hass, key, entry.error_reason_translation_placeholders)

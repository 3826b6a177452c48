"""The options of an account: user syncs, and what it was taught."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
import voluptuous as vol

from ..const import CONF_LEARNED
from ..messages import async_load_sayer
from .schemas import account_options_form
from .teach import (
    Teacher,
    has_recording,
    share_step,
    taught_step,
    teach_step,
    teacher_of,
    without_learned,
)


class AccountOptionsFlow(OptionsFlowWithReload):
    """Change how a user sync may be started, and teach how the account works."""

    _teacher: Teacher

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer what can be done; what was learned can be given on and forgotten."""
        learned = ["share", "forget"] if CONF_LEARNED in self._options else []
        return self.async_show_menu(
            step_id="init", menu_options=["user_sync", "teach", *learned]
        )

    @property
    def _options(self) -> Mapping[str, Any]:
        return self.config_entry.options

    async def async_step_user_sync(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how far a press may go; the entry is reloaded when that changed."""
        if user_input is not None:
            return self.async_create_entry(data={**self._options, **user_input})
        return self.async_show_form(
            step_id="user_sync", data_schema=account_options_form(self._options)
        )

    async def async_step_teach(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take a recording of the website; nothing given goes back to the menu."""
        entry = self.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        say = await async_load_sayer(self.hass)
        why: str | None = None
        if user_input is not None:
            if not has_recording(user_input):
                return await self.async_step_init()
            self._teacher = teacher_of(self.hass, entry)
            if (why := await self._teacher.async_teach(user_input, say)) is None:
                return await self.async_step_taught()
        return self.async_show_form(**teach_step(why))

    async def async_step_taught(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what was learned before it is used."""
        if user_input is not None:
            return self.async_create_entry(
                data={**self._options, **self._teacher.options()}
            )
        say = await async_load_sayer(self.hass)
        return self.async_show_form(**taught_step(self._teacher, say))

    async def async_step_share(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what was learned as a text that helps the next release know it."""
        if user_input is not None:
            return await self.async_step_init()
        return self.async_show_form(**share_step(self._options))

    async def async_step_forget(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Forget what was learned."""
        if user_input is not None:
            return self.async_create_entry(data=without_learned(self._options))
        return self.async_show_form(step_id="forget", data_schema=vol.Schema({}))

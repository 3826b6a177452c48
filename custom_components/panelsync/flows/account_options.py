"""The options of an account: user syncs, and what it was taught."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigFlowContext,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
import voluptuous as vol

from ..const import CONF_LEARNED
from .schemas import account_options_form
from .teach import Teacher, shared_text, teacher_of, without_learned
from .teach_steps import TeachSteps

SHARE_URL = "https://github.com/panelsync/panelsync/issues/new?template=service_way.yml"


class AccountOptionsFlow(
    TeachSteps[ConfigFlowContext, ConfigFlowResult], OptionsFlowWithReload
):
    """Change how a user sync may be started, and teach how the account works."""

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

    @override
    async def async_step_teach(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take a recording, of an account that is loaded."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        return await super().async_step_teach(user_input)

    @override
    def _new_teacher(self) -> Teacher:
        return teacher_of(self.hass, self.config_entry)

    @override
    async def _async_without_recording(self) -> ConfigFlowResult:
        return await self.async_step_init()

    @override
    async def _async_taught(self, learned: Mapping[str, Any]) -> ConfigFlowResult:
        return self.async_create_entry(data={**self._options, **learned})

    async def async_step_share(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what was learned as a text that helps the next release know it."""
        if user_input is not None:
            return await self.async_step_init()
        return self.async_show_form(
            step_id="share",
            data_schema=vol.Schema({}),
            description_placeholders={
                "url": SHARE_URL,
                "text": f"```\n{shared_text(self._options)}\n```",
            },
        )

    async def async_step_forget(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Forget what was learned."""
        if user_input is not None:
            return self.async_create_entry(data=without_learned(self._options))
        return self.async_show_form(step_id="forget", data_schema=vol.Schema({}))

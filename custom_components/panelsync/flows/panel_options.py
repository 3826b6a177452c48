"""The options of a local panel."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload

from .panel_forms import location_form


class PanelOptionsFlow(OptionsFlowWithReload):
    """Choose the location a panel serves, and what a mismatch does."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin; the step has a name of its own because an account's has other fields."""
        return await self.async_step_panel_options()

    async def async_step_panel_options(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask; the entry is reloaded when something changed."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="panel_options",
            data_schema=location_form(self.hass, self.config_entry.options),
        )

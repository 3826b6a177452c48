"""The repair of a user sync that no way is known for: a recording, then the sync."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.components.repairs.models import RepairsFlowContext
from homeassistant.config_entries import ConfigEntryState

from ..flows.teach import Teacher, teacher_of
from ..flows.teach_steps import TeachSteps
from ..messages import async_load_sayer
from .fix_sync import SyncRepair


class TeachRepair(TeachSteps[RepairsFlowContext, RepairsFlowResult], SyncRepair):
    """Learns from a recording how the account works, then syncs users."""

    @override
    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin with the recording."""
        return await self.async_step_teach()

    @override
    async def async_step_teach(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Take a recording, of an account that is loaded."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return self._abort_not_loaded()
        return await super().async_step_teach(user_input)

    @override
    def _new_teacher(self) -> Teacher:
        return teacher_of(self.hass, self._entry)

    @override
    async def _async_without_recording(self) -> RepairsFlowResult:
        say = await async_load_sayer(self.hass)
        return self._show_teach_form(say("learn_empty"))

    @override
    async def _async_taught(self, learned: Mapping[str, Any]) -> RepairsFlowResult:
        """Load the account with what was learned, and sync."""
        self.hass.config_entries.async_update_entry(
            self._entry, options={**self._entry.options, **learned}
        )
        await self.hass.config_entries.async_reload(self._entry.entry_id)
        return await self._async_confirm()

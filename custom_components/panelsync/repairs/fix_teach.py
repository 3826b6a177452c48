"""The repair of a user sync that no way is known for: a recording, then the sync."""

from typing import Any

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState

from ..flows.teach import Teacher, has_recording, taught_step, teach_step, teacher_of
from ..messages import async_load_sayer
from .fix_sync import SyncRepair


class TeachRepair(SyncRepair):
    """Learns from a recording how the account works, then syncs users."""

    _teacher: Teacher

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin with the recording."""
        return await self.async_step_teach()

    async def async_step_teach(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Take a recording of the website."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return self._not_repaired_not_loaded()
        say = await async_load_sayer(self.hass)
        why: str | None = None
        if user_input is not None:
            if not has_recording(user_input):
                why = say("learn_empty")
            else:
                self._teacher = teacher_of(self.hass, self._entry)
                why = await self._teacher.async_teach(user_input, say)
            if why is None:
                return await self.async_step_taught()
        return self.async_show_form(**teach_step(why))

    async def async_step_taught(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show what was learned before it is used, load the account with it, and sync."""
        if user_input is None:
            say = await async_load_sayer(self.hass)
            return self.async_show_form(**taught_step(self._teacher, say))
        self.hass.config_entries.async_update_entry(
            self._entry, options={**self._entry.options, **self._teacher.options()}
        )
        await self.hass.config_entries.async_reload(self._entry.entry_id)
        return await self._async_ask()

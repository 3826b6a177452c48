"""The two steps of each dialog that teaches: take a recording, show what was learned."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult
import voluptuous as vol

from ..messages import async_load_sayer
from .teach import Teacher, has_recording, teach_form

SERVICE_WAYS_URL = (
    "https://github.com/panelsync/panelsync/blob/main/docs/service-ways.md"
)


class TeachSteps[ContextT: FlowContext, ResultT: FlowResult[Any, Any]](
    FlowHandler[ContextT, ResultT]
):
    """A flow that teaches an account how it works."""

    _teacher: Teacher

    @abstractmethod
    def _new_teacher(self) -> Teacher:
        """Return a teacher of the account as it is now."""

    @abstractmethod
    async def _async_without_recording(self) -> ResultT:
        """Continue where nothing was given."""

    @abstractmethod
    async def _async_taught(self, learned: Mapping[str, Any]) -> ResultT:
        """Continue with the options that keep what was learned."""

    async def async_step_teach(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Take a recording of the website."""
        if user_input is None:
            return self._show_teach_form()
        if not has_recording(user_input):
            return await self._async_without_recording()
        self._teacher = self._new_teacher()
        say = await async_load_sayer(self.hass)
        if (why := await self._teacher.async_teach(user_input, say)) is not None:
            return self._show_teach_form(why)
        return await self.async_step_taught()

    def _show_teach_form(self, why: str | None = None) -> ResultT:
        """Show the form; `why` says why the last recording taught nothing."""
        return self.async_show_form(
            step_id="teach",
            data_schema=teach_form(),
            errors={} if why is None else {"base": "nothing_learned"},
            description_placeholders={"url": SERVICE_WAYS_URL, "why": why or ""},
        )

    async def async_step_taught(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Show what was learned before it is used."""
        if user_input is not None:
            return await self._async_taught(self._teacher.options())
        say = await async_load_sayer(self.hass)
        return self.async_show_form(
            step_id="taught",
            data_schema=vol.Schema({}),
            description_placeholders=self._teacher.placeholders(say),
        )

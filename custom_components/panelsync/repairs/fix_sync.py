"""The repair of a location: a sync, for the person who asks, and how it ended."""

import asyncio
from collections.abc import Mapping
from typing import override

from homeassistant.components.http import KEY_HASS_USER
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.http import current_request
import voluptuous as vol

from ..capabilities import pending_text
from ..client import OpenRun, Outcome, SyncKind
from ..const import DOMAIN
from ..identifiers import location_identifier
from ..messages import error_text, kind_name, outcome_message, sayer, started_message
from ..plain_text import plain, plain_values
from ..sync.batch import async_wait_for_outcomes
from ..sync.local_panel import async_dismiss_panel_change
from ..sync.manager import SyncManager
from ..sync.press import Press
from ..sync.registry import loaded_locations


class SyncRepair(RepairsFlow):
    """Syncs a location again, for the person who asks, and shows the outcome."""

    def __init__(
        self,
        entry: ConfigEntry,
        location_id: int,
        kind: SyncKind,
        shown: Mapping[str, str],
    ) -> None:
        """Repair one location by a sync; `shown` fills in the issue's text."""
        self._entry = entry
        self._location_id = location_id
        self._kind = kind
        self._shown = shown
        self._press: Press | None = None
        self._waiting: asyncio.Task[None] | None = None

    @property
    def _manager(self) -> SyncManager | None:
        """The location's syncs, None while its account is not loaded."""
        identifier = location_identifier(self._entry, self._location_id)
        return loaded_locations(self.hass).get(identifier)

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin."""
        return await self._async_confirm()

    async def _async_confirm(self) -> RepairsFlowResult:
        if self._kind is SyncKind.USERS:
            return await self.async_step_confirm_users()
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask whether to sync now."""
        if user_input is not None:
            return await self._async_begin()
        return self._form("confirm", self._placeholders())

    async def async_step_confirm_users(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask whether to sync users now, and say what that publishes."""
        if user_input is not None:
            return await self._async_begin()
        manager = self._manager
        pending = pending_text(
            None if manager is None else manager.location.pending, sayer(self.hass)
        )
        return self._form("confirm_users", self._placeholders(pending=pending))

    def _form(self, step_id: str, placeholders: Mapping[str, str]) -> RepairsFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema({}),
            description_placeholders=placeholders,
        )

    def _placeholders(self, **more: str) -> dict[str, str]:
        manager = self._manager
        return plain_values(
            {
                **self._shown,
                "location": self._entry.title
                if manager is None
                else manager.location.display_name,
                "kind": kind_name(self.hass, self._kind),
                **more,
            }
        )

    async def _async_begin(self) -> RepairsFlowResult:
        if (manager := self._manager) is None:
            return self._abort_not_loaded()
        self._press = await manager.async_begin(self._kind, _signed_in_person())
        if (error := self._press.error) is not None:
            return self._abort_not_repaired(error_text(self.hass, error))
        return await self.async_step_wait()

    async def async_step_wait(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Wait for the outcome; the run continues if the dialog is closed."""
        assert self._press is not None
        if self._waiting is None:
            # The dialog alone waits for this: the run belongs to its entry.
            self._waiting = asyncio.create_task(async_wait_for_outcomes([self._press]))
        if not self._waiting.done():
            return self.async_show_progress(
                step_id="wait",
                progress_action="syncing",
                progress_task=self._waiting,
                description_placeholders=self._placeholders(),
            )
        return self.async_show_progress_done(next_step_id="result")

    async def async_step_result(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show how it ended. Only what is proven counts as repaired."""
        assert self._press is not None
        record, location = self._press.record, self._press.location
        if isinstance(record, OpenRun):
            # Its account is being reloaded, and then follows the run.
            return self._abort_not_repaired(started_message(self.hass, self._kind))
        text = outcome_message(self.hass, location.report(record))
        if record.outcome is not Outcome.SUCCEEDED:
            return self._abort_not_repaired(text)
        return self.async_create_entry(
            data={}, description_placeholders={"text": plain(text)}
        )

    def _abort_not_repaired(self, text: str) -> RepairsFlowResult:
        return self.async_abort(
            reason="not_repaired", description_placeholders={"text": plain(text)}
        )

    def _abort_not_loaded(self) -> RepairsFlowResult:
        return self.async_abort(
            reason="not_loaded",
            description_placeholders={"account": plain(self._entry.title)},
        )


class RequiredRepair(SyncRepair):
    """Syncs a panel that was changed, or notes that a person said it needs none."""

    @override
    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Let the person choose."""
        manager = self._manager
        if manager is not None and manager.location.history.panel_changed_since_sync:
            return await self.async_step_changed()
        return await self.async_step_required()

    async def async_step_required(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask whether to sync.

        Home Assistant's own button to ignore shows only on repairs without a flow.
        """
        return self.async_show_menu(
            step_id="required",
            menu_options=["confirm", "ignore"],
            description_placeholders=self._placeholders(),
        )

    async def async_step_ignore(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Leave the location as it is."""
        ir.async_ignore_issue(self.hass, DOMAIN, self.issue_id, ignore=True)
        return self.async_abort(
            reason="ignored", description_placeholders=self._placeholders()
        )

    async def async_step_changed(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask whether the change of the panel needs a sync."""
        return self.async_show_menu(
            step_id="changed",
            menu_options=["confirm", "dismiss"],
            description_placeholders=self._placeholders(),
        )

    async def async_step_dismiss(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask for no sync until the panel is changed again."""
        if (manager := self._manager) is None:
            return self._abort_not_loaded()
        await async_dismiss_panel_change(manager)
        text = sayer(self.hass)("told_change_dismissed")
        return self.async_create_entry(
            data={}, description_placeholders={"text": plain(text)}
        )


def _signed_in_person() -> Context:
    """Return the context of whoever is signed in and sends this step.

    That person requested the sync, so their permissions count.
    """
    request = current_request.get()
    if request is None:
        raise Unauthorized
    return Context(user_id=request[KEY_HASS_USER].id)

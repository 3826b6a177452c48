"""The repair of a location: a sync, for the person who asks, and how it ended."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, override

from homeassistant.components.http import KEY_HASS_USER
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.http import current_request
from homeassistant.helpers.translation import async_get_translations
import voluptuous as vol

from ..bus_events import outcome_facts
from ..capabilities import pending_text, speaker
from ..client.models import Outcome, SyncKind
from ..client.sync.run import OpenRun
from ..const import DOMAIN
from ..messages import error_text, message, started_message
from ..sync.batch import Press, async_wait_for_outcomes
from .issues import kind_name

if TYPE_CHECKING:
    from ..coordinators.account import AccountCoordinator
    from ..coordinators.location import LocationCoordinator

if TYPE_CHECKING:
    from ..runtime import PanelSyncConfigEntry


class SyncRepair(RepairsFlow):
    """Syncs a location again, for the person who asks, and tells the outcome."""

    def __init__(
        self,
        entry: PanelSyncConfigEntry,
        location_id: int,
        kind: SyncKind,
        told: Mapping[str, str],
    ) -> None:
        """Mend one location by a sync of one kind; `told` fills in the issue's text."""
        self._entry = entry
        self._location_id = location_id
        self._kind = kind
        self._told = told
        self._press: Press | None = None
        self._waiting: asyncio.Task[None] | None = None

    @property
    def _coordinator(self) -> LocationCoordinator | None:
        """The location, None while its account is not loaded."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return None
        account: AccountCoordinator = self._entry.runtime_data
        return account.locations.get(self._location_id)

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin."""
        return await self._async_ask()

    async def _async_ask(self) -> RepairsFlowResult:
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
        texts = await async_get_translations(
            self.hass, self.hass.config.language, "common", {DOMAIN}
        )
        coordinator = self._coordinator
        pending = pending_text(
            None if coordinator is None else coordinator.pending,
            speaker(texts, f"component.{DOMAIN}.common."),
        )
        return self._form("confirm_users", self._placeholders(pending=pending))

    def _form(self, step_id: str, placeholders: Mapping[str, str]) -> RepairsFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema({}),
            description_placeholders=placeholders,
        )

    def _placeholders(self, **more: str) -> dict[str, str]:
        coordinator = self._coordinator
        return {
            **self._told,
            "location": self._entry.title
            if coordinator is None
            else coordinator.location.name,
            "kind": kind_name(self.hass, self._kind),
            **more,
        }

    async def _async_begin(self) -> RepairsFlowResult:
        if (coordinator := self._coordinator) is None:
            return self._not_repaired_not_loaded()
        account: AccountCoordinator = self._entry.runtime_data
        self._press = await account.runs.async_begin(
            coordinator, self._kind, _person_asking()
        )
        if (error := self._press.error) is not None:
            return self._not_repaired(error_text(self.hass, error))
        return await self.async_step_wait()

    async def async_step_wait(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Wait for the outcome; the run goes on where the dialog is closed."""
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
        """Tell how it ended. Only what is proven counts as repaired."""
        assert self._press is not None
        record, coordinator = self._press.record, self._press.coordinator
        if isinstance(record, OpenRun):
            # Its account is loaded anew, or will be, and then follows the run.
            return self._not_repaired(started_message(self.hass, self._kind))
        text = message(
            self.hass,
            outcome_facts(
                record,
                coordinator.location.name,
                coordinator.report_time,
            ),
        )
        if record.outcome is not Outcome.SUCCEEDED:
            return self._not_repaired(text)
        return self.async_create_entry(data={}, description_placeholders={"text": text})

    def _not_repaired(self, text: str) -> RepairsFlowResult:
        return self.async_abort(
            reason="not_repaired", description_placeholders={"text": text}
        )

    def _not_repaired_not_loaded(self) -> RepairsFlowResult:
        return self.async_abort(
            reason="not_loaded",
            description_placeholders={"account": self._entry.title},
        )


class RequiredRepair(SyncRepair):
    """Syncs a panel that was changed, or takes a person's word that it needs none."""

    @override
    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Let the person choose."""
        coordinator = self._coordinator
        if coordinator is not None and coordinator.history.panel_changed_since_sync:
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
        if (coordinator := self._coordinator) is None:
            return self._not_repaired_not_loaded()
        await coordinator.async_dismiss_panel_change()
        texts = await async_get_translations(
            self.hass, self.hass.config.language, "common", {DOMAIN}
        )
        say = speaker(texts, f"component.{DOMAIN}.common.")
        return self.async_create_entry(
            data={}, description_placeholders={"text": say("told_change_dismissed")}
        )


def _person_asking() -> Context:
    """Return the context of whoever is signed in and sends this step.

    A sync from a repair is that person's own wish, under the rules for that person.
    """
    request = current_request.get()
    if request is None:
        raise Unauthorized
    return Context(user_id=request[KEY_HASS_USER].id)

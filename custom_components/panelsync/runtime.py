"""What an entry is made of while it is loaded: coordinators, syncs, and who listens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_DEVICE
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from . import bus_events
from .announcements import (
    AccountRead,
    Announcement,
    LocationLoaded,
    LocationUnloaded,
    RunEnded,
    StatusUpdated,
    async_listen,
)
from .client import RemoteService
from .const import CONF_CODES, CONF_FAMILY, DOMAIN
from .coordinators.account import AccountCoordinator
from .coordinators.entity_link import ENTITY_FAMILY
from .coordinators.location import LOCATION_INTERVAL
from .coordinators.panel import PanelCoordinator
from .devices import async_update_location, async_update_panel
from .errors import translated
from .identifiers import account_identifier, find_device, location_identifier
from .issues import (
    account as account_issues,
    location as location_issues,
    panel as panel_issues,
)
from .issues.registry import async_end_problems
from .panel_codes import without_codes
from .storage.history import History
from .sync.local_panel import async_watch_local_panel
from .sync.locks import sync_locks
from .sync.manager import SyncManager
from .sync.registry import async_add_location, async_remove_location, loaded_locations

FIRST_POLL_SPACING = 0.6

type AccountConfigEntry = ConfigEntry[AccountRuntime]
type LocalPanelConfigEntry = ConfigEntry[PanelCoordinator]
type AnyConfigEntry = AccountConfigEntry | LocalPanelConfigEntry


def by_kind[Result](
    entry: AnyConfigEntry,
    *,
    account: Callable[[AccountConfigEntry], Result],
    panel: Callable[[LocalPanelConfigEntry], Result],
    panel_entity: Callable[[LocalPanelConfigEntry], Result] | None = None,
) -> Result:
    """Do what the kind of an entry needs; nothing else asks for it.

    A panel from another integration is a panel where nothing of its own is given.
    """
    if CONF_DEVICE not in entry.data:
        return account(cast("AccountConfigEntry", entry))
    if entry.data[CONF_FAMILY] == ENTITY_FAMILY and panel_entity is not None:
        panel = panel_entity
    return panel(cast("LocalPanelConfigEntry", entry))


@dataclass(slots=True)
class AccountRuntime:
    """An account while it is loaded."""

    hass: HomeAssistant
    coordinator: AccountCoordinator
    history: History
    locations: dict[int, SyncManager] = field(default_factory=dict)
    _watches: dict[int, list[CALLBACK_TYPE]] = field(default_factory=dict)
    _is_started: bool = False

    @property
    def entry(self) -> AccountConfigEntry:
        """The account's config entry."""
        return self.coordinator.config_entry

    @callback
    def async_all_locations(self) -> list[SyncManager]:
        """Return what "all locations" means.

        Raises ServiceValidationError where there is none.
        """
        switched_on = [
            manager
            for manager in self.locations.values()
            if manager.location.is_enabled
        ]
        if not switched_on:
            raise translated(
                ServiceValidationError, "no_locations", account=self.entry.title
            )
        return switched_on

    @callback
    def async_add_locations(self) -> None:
        """Give each location that has appeared its syncs."""
        for location_id, location in self.coordinator.locations.items():
            if location_id not in self.locations:
                self.locations[location_id] = SyncManager(
                    self.hass, location, self.history
                )
        if self._is_started:
            self.async_start_locations()

    @callback
    def async_start_locations(self) -> None:
        """Watch the new locations, and resume their runs once automations listen.

        A Home Assistant that starts arms its automations last: an outcome or an event
        that was announced before would reach nobody.
        """
        self._is_started = True
        new = {
            location_id: manager
            for location_id, manager in self.locations.items()
            if location_id not in self._watches
        }
        for location_id, manager in new.items():
            self._watches[location_id] = self._watch(manager)
            async_add_location(self.hass, manager)
            manager.location.async_update_status()

        @callback
        def resume(hass: HomeAssistant) -> None:
            self.entry.async_create_task(hass, self._async_resume(list(new.values())))

        if new:
            self.entry.async_on_unload(async_at_started(self.hass, resume))

    def _watch(self, manager: SyncManager) -> list[CALLBACK_TYPE]:
        @callback
        def reread(announcement: Announcement) -> None:
            # A run may have changed the sync indicator.
            if isinstance(announcement, RunEnded):
                self.entry.async_create_background_task(
                    self.hass,
                    self.coordinator.async_request_refresh(),
                    f"{DOMAIN} account",
                )

        location = manager.location
        return [
            location_issues.async_watch_location(self.hass, self.coordinator, location),
            bus_events.async_watch_location(self.hass, location),
            async_listen(self.hass, location.identifier, reread),
        ]

    async def _async_resume(self, managers: list[SyncManager]) -> None:
        """Resume the runs of locations and read their logs, spread over time."""
        for index, manager in enumerate(managers, 1):
            await manager.async_resume()
            # It may have been unloaded or removed while its run was stored.
            if manager in self.locations.values():
                self._async_read_soon(manager, index, len(managers))

    @callback
    def _async_read_soon(self, manager: SyncManager, index: int, count: int) -> None:
        location = manager.location
        interval = (location.update_interval or LOCATION_INTERVAL).total_seconds()

        async def read(_: datetime) -> None:
            await location.async_refresh()

        self._watches[location.location.location_id].append(
            async_call_later(
                self.hass,
                min(index * FIRST_POLL_SPACING, interval * index / count),
                read,
            )
        )

    @callback
    def async_account_announced(self, announcement: Announcement) -> None:
        """Follow which locations the account has."""
        if isinstance(announcement, AccountRead):
            self.async_add_locations()
            for manager in self.locations.values():
                async_update_location(manager.location)
            present = {item.location_id for item in announcement.account.locations}
            if present:
                self.entry.async_create_task(
                    self.hass, self._async_remove_missing(present)
                )

    async def _async_remove_missing(self, present: set[int]) -> None:
        """Remove what was missing from 3 non-empty reads over 24 hours."""
        now = dt_util.utcnow()
        changed = self.history.note_present(present, now)
        for location_id in self.history.overdue(now):
            identifier = location_identifier(self.entry, location_id)
            if (device := find_device(self.hass, self.entry, identifier)) is not None:
                dr.async_get(self.hass).async_remove_device(device.id)
            await self.async_forget_location(location_id)
        if changed:
            await self.history.async_save()

    async def async_forget_location(self, location_id: int) -> None:
        """Stop reading a location, and drop its history and its codes."""
        async_end_problems(self.hass, self.entry, location_id)
        self._leave(location_id)
        self.history.locations.pop(location_id, None)
        codes = without_codes(self.entry.data.get(CONF_CODES, {}), location_id)
        self.hass.config_entries.async_update_entry(
            self.entry, data={**self.entry.data, CONF_CODES: codes}
        )
        await self.coordinator.async_forget_location(location_id)
        await self.history.async_save()

    def _leave(self, location_id: int) -> None:
        for stop in self._watches.pop(location_id, ()):
            stop()
        if (manager := self.locations.pop(location_id, None)) is not None:
            manager.async_stop()
            async_remove_location(self.hass, manager)

    @callback
    def async_stop(self) -> None:
        """Stop with the entry."""
        for location_id in list(self.locations):
            self._leave(location_id)


async def async_load_account(
    hass: HomeAssistant, entry: AccountConfigEntry, service: RemoteService
) -> AccountRuntime:
    """Sign in and read every location; nothing is resumed yet."""
    history = History(hass, account_identifier(entry))
    await history.async_load()
    sync_locks(hass).restore(history.locations)
    coordinator = AccountCoordinator(hass, entry, service, history)
    account = AccountRuntime(hass, coordinator, history)
    identifier = account_identifier(entry)
    for stop in (
        account_issues.async_watch_account(hass, coordinator),
        async_listen(hass, identifier, account.async_account_announced),
        account.async_stop,
    ):
        entry.async_on_unload(stop)
    await coordinator.async_config_entry_first_refresh()
    return account


@callback
def async_watch_panel(hass: HomeAssistant, panel: PanelCoordinator) -> None:
    """Listen to a local panel, and let it follow the location that it serves."""
    entry, serves = panel.config_entry, panel.serves
    panel_issues.async_end_other_mismatch(hass, entry, serves)
    for stop in (
        panel_issues.async_watch_panel(hass, panel),
        bus_events.async_watch_panel(hass, panel),
        async_watch_local_panel(hass, panel),
    ):
        entry.async_on_unload(stop)
    async_update_panel(panel)
    if serves is None:
        return

    @callback
    def follow(announcement: Announcement | None = None) -> None:
        if isinstance(announcement, LocationLoaded | LocationUnloaded | None):
            manager = loaded_locations(hass).get(serves)
            panel.async_serve(None if manager is None else manager.location)
        if isinstance(announcement, LocationLoaded | LocationUnloaded | StatusUpdated):
            async_update_panel(panel)

    entry.async_on_unload(async_listen(hass, serves, follow))
    follow()

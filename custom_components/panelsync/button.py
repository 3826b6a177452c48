"""Buttons: the three syncs, at one location and at all of them."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client.models import SyncKind
from .coordinators.location import LocationCoordinator
from .coordinators.panel import PanelCoordinator
from .entity import (
    AccountEntity,
    LocationEntity,
    PanelEntity,
    async_add_location_entities,
)
from .runtime import AnyConfigEntry
from .sync.batch import async_press_all, raise_if_nothing_started
from .sync.manager import Runs

# Runs are guarded in `runs`; one slow press must not hold another location's.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PanelSyncButtonDescription(ButtonEntityDescription):
    """A button and what it syncs."""

    kind: SyncKind


BUTTONS = (
    PanelSyncButtonDescription(
        key="sync_users", translation_key="sync_users", kind=SyncKind.USERS
    ),
    PanelSyncButtonDescription(
        key="sync_panel", translation_key="sync_panel", kind=SyncKind.PANEL
    ),
    PanelSyncButtonDescription(
        key="refresh_status",
        translation_key="refresh_status",
        kind=SyncKind.REFRESH,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
)

ALL_BUTTONS = (
    PanelSyncButtonDescription(
        key="sync_users_all", translation_key="sync_users_all", kind=SyncKind.USERS
    ),
    PanelSyncButtonDescription(
        key="sync_panel_all", translation_key="sync_panel_all", kind=SyncKind.PANEL
    ),
    PanelSyncButtonDescription(
        key="refresh_status_all",
        translation_key="refresh_status_all",
        kind=SyncKind.REFRESH,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
)


REFRESH_PANEL = ButtonEntityDescription(
    key="refresh_status",
    translation_key="refresh_panel",
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnyConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of the account and of its locations, or of a local panel."""
    account = entry.runtime_data
    if isinstance(account, PanelCoordinator):
        async_add_entities([PanelRefreshButton(account, REFRESH_PANEL)])
        return
    async_add_entities(AllButton(account, description) for description in ALL_BUTTONS)
    async_add_location_entities(
        account,
        async_add_entities,
        lambda coordinator: [
            LocationButton(coordinator, account.runs, description)
            for description in BUTTONS
            if description.kind in coordinator.link.supported_kinds
        ],
    )


class LocationButton(LocationEntity, ButtonEntity):
    """Starts one run at its location."""

    entity_description: PanelSyncButtonDescription

    def __init__(
        self,
        coordinator: LocationCoordinator,
        runs: Runs,
        description: PanelSyncButtonDescription,
    ) -> None:
        """Hang on one location."""
        super().__init__(coordinator, description)
        self._runs = runs

    @override
    async def async_press(self) -> None:
        """Start the run; the outcome follows in the event entity and Activity."""
        await self._runs.async_press(
            self.coordinator, self.entity_description.kind, self._context
        )


class AllButton(AccountEntity, ButtonEntity):
    """Starts one run at each location of the account."""

    entity_description: PanelSyncButtonDescription

    @override
    async def async_press(self) -> None:
        """Start the runs; each location tells its own outcome."""
        presses = await async_press_all(
            self.hass,
            self.coordinator.async_all_locations(),
            self.entity_description.kind,
            self._context,
        )
        raise_if_nothing_started(presses)


class PanelRefreshButton(PanelEntity, ButtonEntity):
    """Waits until the panel was heard anew, and says so if it was not."""

    @property
    @override
    def available(self) -> bool:
        """Stay available: a press tells why the panel is not heard."""
        return True

    @override
    async def async_press(self) -> None:
        """Wait for the panel."""
        await self.coordinator.async_refresh_panel()

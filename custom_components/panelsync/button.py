"""Buttons: the three syncs, at one location and at all of them."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory, Platform

from .client import SyncKind
from .entity import TARGETED, AccountEntity, LocationEntity, PanelEntity, setup_platform
from .runtime import AccountRuntime
from .sync.batch import async_press_all, raise_if_nothing_started
from .sync.manager import SyncManager

# Syncs are guarded by locks; one slow press must not hold another location's.
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
        key="refresh_status", translation_key="refresh_status", kind=SyncKind.REFRESH
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
    ),
)


REFRESH_PANEL = ButtonEntityDescription(
    key="refresh_status",
    translation_key="refresh_panel",
    entity_category=EntityCategory.DIAGNOSTIC,
)


class AnsweringButton(ButtonEntity):
    """A button that stays available while its entry is loaded.

    An unavailable button is not pressed and says nothing, to an automation least of all;
    a press is answered with why nothing can start.
    """

    @property
    @override
    def available(self) -> bool:
        """Stay available."""
        return True


class LocationButton(AnsweringButton, LocationEntity):
    """Starts one run at its location."""

    _attr_supported_features = TARGETED
    entity_description: PanelSyncButtonDescription

    def __init__(
        self, manager: SyncManager, description: PanelSyncButtonDescription
    ) -> None:
        """Hang on one location."""
        super().__init__(manager.location, description)
        self._manager = manager

    @override
    async def async_press(self) -> None:
        """Start the run; the outcome follows in the event entity and Activity."""
        await self._manager.async_press(self.entity_description.kind, self._context)


class AllButton(AnsweringButton, AccountEntity):
    """Starts one run at each location of the account."""

    _attr_supported_features = TARGETED
    entity_description: PanelSyncButtonDescription

    def __init__(
        self, account: AccountRuntime, description: PanelSyncButtonDescription
    ) -> None:
        """Hang on the account."""
        super().__init__(account.coordinator, description)
        self._account = account

    @override
    async def async_press(self) -> None:
        """Start the runs; each location shows its own outcome."""
        presses = await async_press_all(
            self.hass,
            self._account.async_all_locations(),
            self.entity_description.kind,
            self._context,
        )
        raise_if_nothing_started(self.hass, presses)


class PanelRefreshButton(AnsweringButton, PanelEntity):
    """Waits for the next message from the panel; fails if none comes."""

    @override
    async def async_press(self) -> None:
        """Wait for the panel."""
        await self.coordinator.async_refresh_panel()


async_setup_entry = setup_platform(
    Platform.BUTTON,
    account=lambda account: (
        AllButton(account, description) for description in ALL_BUTTONS
    ),
    location=lambda manager: (
        LocationButton(manager, description)
        for description in BUTTONS
        if description.kind in manager.location.link.supported_kinds
    ),
    panel=lambda panel: (PanelRefreshButton(panel, REFRESH_PANEL),),
)

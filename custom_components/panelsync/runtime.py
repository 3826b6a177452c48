"""The typed config entries: an account, or a local panel."""

from typing import TYPE_CHECKING, TypeIs

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_DEVICE

if TYPE_CHECKING:
    from .coordinators.account import AccountCoordinator
    from .coordinators.panel import PanelCoordinator

type PanelSyncConfigEntry = ConfigEntry[AccountCoordinator]
type LocalPanelConfigEntry = ConfigEntry[PanelCoordinator]
type AnyConfigEntry = PanelSyncConfigEntry | LocalPanelConfigEntry


def is_local_panel(entry: AnyConfigEntry) -> TypeIs[LocalPanelConfigEntry]:
    """Tell a local panel's entry from an account's."""
    return CONF_DEVICE in entry.data

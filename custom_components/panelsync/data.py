"""The typed config entry of an account."""

from homeassistant.config_entries import ConfigEntry

from .coordinator import AccountCoordinator

type PanelSyncConfigEntry = ConfigEntry[AccountCoordinator]

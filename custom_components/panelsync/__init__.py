"""PanelSync: sync alarm panels with Total Connect 2.0 and prove the outcome."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .bus_events import async_watch_batches
from .client import Credentials, Hosts, RemoteService, UserSyncWay, load_learned
from .const import (
    CONF_CODES,
    CONF_LEARNED,
    CONF_SERVICE_URL,
    CONF_USER_SYNC_WAY,
    CONF_WEB_URL,
    DOMAIN,
)
from .coordinators.panel import PanelCoordinator
from .dashboard import async_setup_dashboard
from .devices import account_device_info
from .http_session import async_http_session
from .identifiers import account_identifier, is_device
from .migration import migrate
from .repairs.issues import async_end_problems
from .runtime import (
    AccountConfigEntry,
    AnyConfigEntry,
    LocalPanelConfigEntry,
    async_load_account,
    async_watch_panel,
    is_local_panel,
)
from .services import async_setup_services
from .storage.store import async_remove_stores, memory_store
from .voice.sentence_triggers import async_attach_sentences

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.SENSOR,
]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what belongs to no entry: the actions and the dashboard."""
    async_setup_services(hass)
    async_watch_batches(hass)
    await async_setup_dashboard(hass)
    return True


async def _async_remote_service(
    hass: HomeAssistant, entry: AccountConfigEntry
) -> RemoteService:
    store = memory_store(hass, account_identifier(entry))
    return RemoteService(
        async_http_session(hass),
        Hosts(entry.data[CONF_WEB_URL], entry.data[CONF_SERVICE_URL]),
        Credentials(entry.data[CONF_USERNAME], entry.data[CONF_PASSWORD]),
        memory=await store.async_load(),
        save=store.async_save,
        user_sync=UserSyncWay(entry.options.get(CONF_USER_SYNC_WAY, UserSyncWay.KNOWN)),
        learned=load_learned(entry.options.get(CONF_LEARNED)),
        now=dt_util.utcnow,
    )


async def async_migrate_entry(hass: HomeAssistant, entry: AnyConfigEntry) -> bool:
    """Bring an entry of an earlier release up to date."""
    return migrate(hass, entry)


async def async_setup_entry(hass: HomeAssistant, entry: AnyConfigEntry) -> bool:
    """Set up an account or a local panel."""
    if is_local_panel(entry):
        return await _async_setup_local_panel(hass, entry)
    return await _async_setup_account(hass, entry)


async def _async_setup_local_panel(
    hass: HomeAssistant, entry: LocalPanelConfigEntry
) -> bool:
    """Listen to a panel; it may take its time to be heard."""
    panel = PanelCoordinator(hass, entry)
    entry.runtime_data = panel
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    async_watch_panel(hass, panel)
    await panel.async_start()
    return True


async def _async_setup_account(hass: HomeAssistant, entry: AccountConfigEntry) -> bool:
    """Sign in, read every location, resume what was going on."""
    service = await _async_remote_service(hass, entry)
    account = await async_load_account(hass, entry, service)
    entry.runtime_data = account
    # The locations' devices hang below the account's, so it comes first.
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, **account_device_info(entry)
    )
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    account.async_start_locations()
    await async_attach_sentences(hass, entry)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: AnyConfigEntry) -> bool:
    """Unload an entry; a run that goes on is resumed when it is loaded again."""
    if entry.disabled_by is not None:
        async_end_problems(hass, entry)
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: AnyConfigEntry) -> None:
    """Log out at the service and forget everything about the account."""
    async_end_problems(hass, entry)
    if is_local_panel(entry):
        return
    service = await _async_remote_service(hass, entry)
    await service.sign_out()
    await async_remove_stores(hass, account_identifier(entry))


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: AnyConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Let a person delete a location that the account no longer has."""
    # Until the account is read nobody knows which locations it has.
    if is_local_panel(entry) or entry.state is not ConfigEntryState.LOADED:
        return False
    account = entry.runtime_data
    present = {item.location_id for item in account.coordinator.data.account.locations}
    for location_id, manager in list(account.locations.items()):
        if is_device(device, manager.location.identifier):
            if location_id in present:
                return False
            await account.async_forget_location(location_id)
            codes = dict(entry.data[CONF_CODES])
            codes.pop(str(location_id), None)
            hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_CODES: codes}
            )
            return True
    return not is_device(device, account_identifier(entry))

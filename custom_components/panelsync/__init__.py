"""PanelSync: sync alarm panels with Total Connect 2.0 and prove the outcome."""

from functools import partial

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_DEVICE, CONF_PASSWORD, CONF_USERNAME, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .bus_events import async_watch_batches
from .client import (
    FAMILIES,
    Ad2Settings,
    Address,
    Credentials,
    Family,
    Hosts,
    LinkSettings,
    RemoteService,
    UserSyncWay,
    load_learned,
)
from .const import (
    CONF_BAUDRATE,
    CONF_FAMILY,
    CONF_LEARNED,
    CONF_PARTITION,
    CONF_PARTITIONS,
    CONF_SERVICE_URL,
    CONF_USER_SYNC_WAY,
    CONF_WEB_URL,
    DOMAIN,
)
from .coordinators.entity_link import ENTITY_CAPABILITIES, EntityLink
from .coordinators.panel import PanelCoordinator
from .dashboard import async_setup_dashboard
from .devices import account_device_info
from .http_session import async_http_session
from .identifiers import account_identifier, is_device
from .issues.registry import async_end_problems
from .migration import migrate
from .runtime import (
    AccountConfigEntry,
    AnyConfigEntry,
    LocalPanelConfigEntry,
    async_load_account,
    async_watch_panel,
    by_kind,
)
from .services import async_setup_services
from .storage.store import async_remove_stores, client_store
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
    store = client_store(hass, account_identifier(entry))
    return RemoteService(
        async_http_session(hass),
        Hosts(entry.data[CONF_WEB_URL], entry.data[CONF_SERVICE_URL]),
        Credentials(entry.data[CONF_USERNAME], entry.data[CONF_PASSWORD]),
        stored=await store.async_load(),
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
    return await by_kind(
        entry,
        account=partial(_async_setup_account, hass),
        panel=partial(_async_setup_panel, hass),
        panel_entity=partial(_async_setup_panel_entity, hass),
    )


async def _async_setup_panel(hass: HomeAssistant, entry: LocalPanelConfigEntry) -> bool:
    """Listen to a panel by a link of its family."""
    family = FAMILIES[Family(entry.data[CONF_FAMILY])]
    partitions = {
        int(number): frozenset(keypads)
        for number, keypads in entry.data.get(CONF_PARTITIONS, {}).items()
    }
    link = family.build(
        LinkSettings(
            Address(entry.data[CONF_DEVICE], entry.data[CONF_BAUDRATE]),
            Ad2Settings(partitions),
        )
    )
    return await _async_listen(
        hass, entry, PanelCoordinator(hass, entry, link, family.capabilities)
    )


async def _async_setup_panel_entity(
    hass: HomeAssistant, entry: LocalPanelConfigEntry
) -> bool:
    """Follow the entity of a panel that another integration has brought."""
    link = EntityLink(hass, entry.data[CONF_DEVICE], entry.data.get(CONF_PARTITION))
    return await _async_listen(
        hass, entry, PanelCoordinator(hass, entry, link, ENTITY_CAPABILITIES)
    )


async def _async_listen(
    hass: HomeAssistant, entry: LocalPanelConfigEntry, panel: PanelCoordinator
) -> bool:
    """Listen to a panel; it may take its time to be heard."""
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
    # The locations' devices are below the account's, so it comes first.
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, **account_device_info(entry)
    )
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    account.async_start_locations()
    await async_attach_sentences(hass, entry)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: AnyConfigEntry) -> bool:
    """Unload an entry; a run in progress is resumed when it is loaded again."""
    if entry.disabled_by is not None:
        async_end_problems(hass, entry)
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: AnyConfigEntry) -> None:
    """Log out at the service and forget everything about the account."""
    async_end_problems(hass, entry)
    await by_kind(
        entry, account=partial(_async_forget_account, hass), panel=_async_nothing
    )


async def _async_nothing(entry: LocalPanelConfigEntry) -> None:
    """Nothing of a local panel is kept outside its entry."""


async def _async_forget_account(hass: HomeAssistant, entry: AccountConfigEntry) -> None:
    service = await _async_remote_service(hass, entry)
    await service.sign_out()
    await async_remove_stores(hass, account_identifier(entry))


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: AnyConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Let a person delete a location that the account no longer has."""
    if entry.state is not ConfigEntryState.LOADED:
        # Until the account is read nobody knows which locations it has.
        return False
    return await by_kind(
        entry,
        account=partial(_async_remove_location, device=device),
        panel=_async_keep_panel,
    )


async def _async_keep_panel(entry: LocalPanelConfigEntry) -> bool:
    """Keep a panel's only device."""
    return False


async def _async_remove_location(
    entry: AccountConfigEntry, *, device: dr.DeviceEntry
) -> bool:
    account = entry.runtime_data
    present = {item.location_id for item in account.coordinator.data.account.locations}
    for location_id, manager in list(account.locations.items()):
        if is_device(device, manager.location.identifier):
            if location_id in present:
                return False
            await account.async_forget_location(location_id)
            return True
    return not is_device(device, account_identifier(entry))

"""Actions: the three syncs with one result for each location, and the event log."""

from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
)
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.service import (
    async_get_device_and_config_entry,
    async_register_admin_service,
)
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .client import ActivityType, ClientError, EndedRun, EventRecord, SyncKind
from .const import DOMAIN
from .coordinators.location import LocationCoordinator
from .errors import event_log_error
from .identifiers import account_identifier, is_device
from .messages import outcome_message, started_message
from .outcome_report import OutcomeReport
from .runtime import AccountConfigEntry, by_kind
from .sync.batch import (
    async_press_all,
    async_wait_for_outcomes,
    batch_result,
    raise_if_nothing_started,
)
from .sync.manager import SyncManager
from .sync.permissions import async_check_control
from .sync.press import Press
from .sync.registry import loaded_locations

SERVICE_SYNC_USERS = "sync_users"
SERVICE_SYNC_PANEL = "sync_panel"
SERVICE_REFRESH_STATUS = "refresh_status"
SERVICE_GET_EVENT_LOG = "get_event_log"

SYNC_SERVICES = {
    SERVICE_SYNC_USERS: SyncKind.USERS,
    SERVICE_SYNC_PANEL: SyncKind.PANEL,
    SERVICE_REFRESH_STATUS: SyncKind.REFRESH,
}

ATTR_WAIT = "wait"
ATTR_TYPES = "types"
ATTR_SINCE = "since"
ATTR_LIMIT = "limit"

# The outcome of a run that goes on, in an action's answer.
STARTED = "started"
# What of an outcome's report an action answers.
RESULT_KEYS = ("outcome", "reason", "evidence", "duration")
# The link reads ten pages of 50 records at most.
MOST_RECORDS = 500
USUAL_RECORDS = 50

SYNC_SCHEMA = vol.All(
    vol.Schema(
        {
            **cv.TARGET_SERVICE_FIELDS,
            vol.Optional(ATTR_WAIT, default=False): cv.boolean,
        }
    ),
    cv.has_at_least_one_key(
        ATTR_ENTITY_ID, ATTR_DEVICE_ID, ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID
    ),
)

EVENT_LOG_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Optional(ATTR_TYPES, default=list): vol.All(
            cv.ensure_list, [vol.Coerce(ActivityType)]
        ),
        vol.Optional(ATTR_SINCE): cv.datetime,
        vol.Optional(ATTR_LIMIT, default=USUAL_RECORDS): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=MOST_RECORDS)
        ),
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions, once for all entries."""
    for name, kind in SYNC_SERVICES.items():
        hass.services.async_register(
            DOMAIN,
            name,
            _sync_handler(kind),
            schema=SYNC_SCHEMA,
            supports_response=SupportsResponse.OPTIONAL,
        )
    async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_GET_EVENT_LOG,
        _async_get_event_log,
        schema=EVENT_LOG_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


def _sync_handler(
    kind: SyncKind,
) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    return partial(_async_sync, kind)


async def _async_sync(kind: SyncKind, call: ServiceCall) -> ServiceResponse:
    """Start one run at each location, and give one result for each.

    Without a response it raises only if nothing started, so that no refusal is lost.
    """
    managers = _targeted(call.hass, call.data)
    locations = [manager.location for manager in managers]
    await async_check_control(call.hass, locations, kind, call.context)
    presses = await async_press_all(call.hass, managers, kind, call.context)
    if not call.return_response:
        raise_if_nothing_started(call.hass, presses)
    if call.data[ATTR_WAIT]:
        await async_wait_for_outcomes(presses)
    if not call.return_response:
        return None
    return {
        "results": [_result(call.hass, press) for press in presses],
        **batch_result(call.hass, presses).as_dict(),
    }


def _targeted(hass: HomeAssistant, target: ConfigType) -> list[SyncManager]:
    """Return the locations of a target, each once.

    A device or an entity that is named must be ours; areas, floors and labels also
    hold what is not, and give their locations alone.

    Raises ServiceValidationError where nothing of the target is a location.
    """
    selected = async_extract_referenced_entity_ids(
        hass, TargetSelection(target), primary_entities_only=False
    )
    named = [
        *TargetSelection(target).device_ids,
        *(_device_of(hass, entity_id) for entity_id in selected.referenced),
    ]
    found = {
        manager.location.identifier: manager for manager in _locations(hass, named)
    }
    beside = {
        device_id
        for entity_id in selected.indirectly_referenced
        if (entry := er.async_get(hass).async_get(entity_id)) is not None
        and (device_id := entry.device_id) is not None
    }
    for manager in loaded_locations(hass).values():
        if _device_id(manager.location) in beside | selected.referenced_devices:
            found[manager.location.identifier] = manager
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="target_without_location"
        )
    return list(found.values())


def _device_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the device of one of our entities; raises ServiceValidationError."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None or entry.platform != DOMAIN or entry.device_id is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_location",
            translation_placeholders={"device": entity_id},
        )
    return entry.device_id


def _locations(hass: HomeAssistant, device_ids: Iterable[str]) -> list[SyncManager]:
    """Return the locations of devices, each once; an account stands for all of its own.

    Raises ServiceValidationError for a device that is neither, or an account that has
    none.
    """
    found: dict[str, SyncManager] = {}
    for device_id in device_ids:
        device, entry = async_get_device_and_config_entry(hass, DOMAIN, device_id)
        locations = by_kind(
            entry, account=partial(_locations_of, device), panel=lambda _: []
        )
        if not locations:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_location",
                translation_placeholders={
                    "device": device.name_by_user or device.name or device_id
                },
            )
        for manager in locations:
            found[manager.location.identifier] = manager
    return list(found.values())


def _locations_of(
    device: dr.AnyDeviceEntry, entry: AccountConfigEntry
) -> list[SyncManager]:
    account = entry.runtime_data
    if is_device(device, account_identifier(entry)):
        return account.async_all_locations()
    return [
        manager
        for manager in account.locations.values()
        if is_device(device, manager.location.identifier)
    ]


def _device_id(coordinator: LocationCoordinator) -> str | None:
    device = coordinator.device
    return None if device is None else device.id


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _result(hass: HomeAssistant, press: Press) -> JsonObjectType:
    """Return what became of a press, as far as it is known now."""
    record, location = press.record, press.location
    reported = location.report_time
    result: JsonObjectType = {
        "location": press.location_name,
        ATTR_DEVICE_ID: _device_id(location),
        "kind": record.kind.value,
        "outcome": STARTED,
        "reason": None,
        "evidence": [],
        "duration": None,
        "report_time": _iso(reported),
        "message": started_message(hass, record.kind),
    }
    if isinstance(record, EndedRun):
        report = OutcomeReport.of(record, press.location_name, reported)
        known = report.as_dict()
        result |= {key: known[key] for key in RESULT_KEYS}
        result["message"] = outcome_message(hass, report)
    return result


async def _async_get_event_log(call: ServiceCall) -> ServiceResponse:
    """Read one location's event log, newest record first."""
    managers = _locations(call.hass, [call.data[ATTR_DEVICE_ID]])
    if len(managers) > 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="one_location_only"
        )
    coordinator = managers[0].location
    since = call.data.get(ATTR_SINCE)
    records = await _async_read_log(
        coordinator,
        call.data[ATTR_TYPES],
        None if since is None else dt_util.as_utc(since),
        call.data[ATTR_LIMIT],
    )
    return {
        "location": coordinator.location.name,
        ATTR_DEVICE_ID: _device_id(coordinator),
        "records": [
            {
                "time": _iso(record.time),
                "type": record.activity.value,
                "text": record.text,
                "originator": record.originator,
            }
            for record in records
        ],
    }


async def _async_read_log(
    coordinator: LocationCoordinator,
    types: list[ActivityType],
    since: datetime | None,
    limit: int,
) -> list[EventRecord]:
    """Read the newest page, and older ones where that is not enough.

    A record without a readable time is left out where a time is asked for. Raises
    HomeAssistantError where the log cannot be read.
    """

    def chosen(records: Iterable[EventRecord]) -> list[EventRecord]:
        return [
            record
            for record in records
            if (not types or record.activity in types)
            and (since is None or (record.time is not None and record.time >= since))
        ]

    def reaches_back(records: Iterable[EventRecord]) -> bool:
        return since is not None and any(
            record.time is not None and record.time < since for record in records
        )

    try:
        newest = await coordinator.link.read_events(None)
        if newest is None:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="event_log_gone",
                translation_placeholders={"location": coordinator.location.name},
            )
        records = {record.record_id: record for record in newest.records}
        if len(chosen(newest.records)) < limit and not reaches_back(newest.records):
            # No record is older than this one, so the link reads all it may.
            whole = await coordinator.link.read_events(0)
            older = () if whole is None else whole.records
            records |= {record.record_id: record for record in older}
    except ClientError as err:
        raise event_log_error(err, coordinator.location.name) from err
    return chosen(records[key] for key in sorted(records, reverse=True))[:limit]

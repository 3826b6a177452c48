"""Actions: the three syncs with one result for each location, and the event log."""

from functools import partial

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
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .client import EndedRun, SyncKind
from .const import DOMAIN
from .event_log_action import EVENT_LOG_SCHEMA, async_get_event_log
from .messages import outcome_message, started_message
from .service_targets import device_id_of, targeted_locations
from .sync.batch import (
    async_press_all,
    async_wait_for_outcomes,
    batch_result,
    raise_if_nothing_started,
)
from .sync.permissions import async_check_control
from .sync.press import Press

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
# The outcome of a run in progress, in an action's response.
STARTED = "started"
# What of an outcome's report an action answers.
RESULT_KEYS = (
    "outcome",
    "reason",
    "evidence",
    "duration",
    "changes",
    "more_changes",
    "made_live",
)
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


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions, once for all entries."""
    for name, kind in SYNC_SERVICES.items():
        hass.services.async_register(
            DOMAIN,
            name,
            partial(_async_sync, kind),
            schema=SYNC_SCHEMA,
            supports_response=SupportsResponse.OPTIONAL,
        )
    async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_GET_EVENT_LOG,
        async_get_event_log,
        schema=EVENT_LOG_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


async def _async_sync(kind: SyncKind, call: ServiceCall) -> ServiceResponse:
    """Start one run at each location, and give one result for each.

    Without a response it raises only if nothing started, so that no refusal is lost.
    """
    managers = targeted_locations(call.hass, call.data)
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


def _result(hass: HomeAssistant, press: Press) -> JsonObjectType:
    """Return what became of a press, as far as it is known now."""
    record, location = press.record, press.location
    reported = location.report_time
    result: JsonObjectType = {
        "location": location.display_name,
        ATTR_DEVICE_ID: device_id_of(location),
        "kind": record.kind.value,
        "outcome": STARTED,
        "reason": None,
        "evidence": [],
        "duration": None,
        "changes": [],
        "more_changes": 0,
        "made_live": None,
        "report_time": None if reported is None else reported.isoformat(),
        "message": started_message(hass, record.kind),
    }
    if isinstance(record, EndedRun):
        report = location.report(record)
        known = report.as_dict()
        result |= {key: known[key] for key in RESULT_KEYS}
        result["message"] = outcome_message(hass, report)
    return result

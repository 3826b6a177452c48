"""The action that reads a location's event log."""

from collections.abc import Iterable
from datetime import datetime

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .client import ActivityType, ClientError, EventRecord
from .coordinators.location import LocationCoordinator
from .errors import event_log_error, translated
from .service_targets import device_id_of, locations_of_devices

ATTR_TYPES = "types"
ATTR_SINCE = "since"
ATTR_LIMIT = "limit"

# The link reads ten pages of 50 records at most.
MOST_RECORDS = 500
USUAL_RECORDS = 50

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


async def async_get_event_log(call: ServiceCall) -> ServiceResponse:
    """Read one location's event log, newest record first."""
    managers = locations_of_devices(call.hass, [call.data[ATTR_DEVICE_ID]])
    if len(managers) > 1:
        raise translated(ServiceValidationError, "one_location_only")
    coordinator = managers[0].location
    since = call.data.get(ATTR_SINCE)
    records = await _async_read_log(
        coordinator,
        call.data[ATTR_TYPES],
        None if since is None else dt_util.as_utc(since),
        call.data[ATTR_LIMIT],
    )
    return {
        "location": coordinator.display_name,
        ATTR_DEVICE_ID: device_id_of(coordinator),
        "records": [
            {
                "time": None if record.time is None else record.time.isoformat(),
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

    A record without a readable time is left out where `since` is given. Raises
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

    name = coordinator.display_name
    try:
        newest = await coordinator.link.read_events(None)
        if newest is None:
            raise translated(HomeAssistantError, "event_log_gone", location=name)
        records = {record.record_id: record for record in newest.records}
        if len(chosen(newest.records)) < limit and not reaches_back(newest.records):
            # No record is older than this one, so the link reads all it may.
            whole = await coordinator.link.read_events(0)
            older = () if whole is None else whole.records
            records |= {record.record_id: record for record in older}
    except ClientError as err:
        raise event_log_error(err, name) from err
    return chosen(records[key] for key in sorted(records, reverse=True))[:limit]

"""Event entities of a location: outcomes of syncs, and the panel's activity."""

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import (
    CoordinatorEntity,
    DataUpdateCoordinator,
)

from .bus_events import async_tell_old_records, duration
from .client.local.status import PanelActivity
from .client.models import ActivityType, Outcome
from .client.sync.activity import NewRecords
from .client.sync.run import EndedRun
from .coordinators.location import LocationCoordinator
from .coordinators.panel import PanelCoordinator
from .entity import LocationEntity, PanelEntity, async_add_location_entities
from .runtime import AnyConfigEntry
from .sync.manager import Runs

PARALLEL_UPDATES = 0

SYNC = EventEntityDescription(
    key="sync", translation_key="sync", event_types=list(Outcome)
)
ACTIVITY = EventEntityDescription(
    key="activity", translation_key="activity", event_types=list(ActivityType)
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnyConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entities of each location, or of a local panel."""
    account = entry.runtime_data
    if isinstance(account, PanelCoordinator):
        async_add_entities([PanelActivityEvent(account, ACTIVITY)])
        return
    runs = account.runs
    async_add_location_entities(
        account,
        async_add_entities,
        lambda coordinator: [
            SyncEvent(coordinator, runs),
            ActivityEvent(coordinator, ACTIVITY),
        ],
    )


class CalmEvent[CoordinatorT: DataUpdateCoordinator[Any]](
    CoordinatorEntity[CoordinatorT], EventEntity
):
    """An event entity that only an event changes.

    It keeps its state while the service is away: what happened has happened, and a
    state that comes and goes would look like an event to automations.
    """

    @property
    @override
    def available(self) -> bool:
        """Stay available."""
        return True

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write nothing: only an event changes this state."""


class SyncEvent(CalmEvent[LocationCoordinator], LocationEntity):
    """Fires once for each outcome."""

    def __init__(self, coordinator: LocationCoordinator, runs: Runs) -> None:
        """Hang on one location."""
        super().__init__(coordinator, SYNC)
        self._runs = runs

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for outcomes."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self._runs.async_listen(
                self.coordinator.location.location_id, self._async_outcome
            )
        )

    @callback
    def _async_outcome(self, record: EndedRun, context: Context | None) -> None:
        reported = self.coordinator.report_time
        self._trigger_event(
            record.outcome,
            {
                "kind": record.kind,
                "reason": record.reason,
                "evidence": list(record.evidence),
                "asked": record.asked.isoformat(),
                "ended": record.ended.isoformat(),
                "report_time": None if reported is None else reported.isoformat(),
                "duration": duration(record),
                "service_code": record.service_code,
                "service_text": record.service_text,
            },
        )
        if context is not None:
            self.async_set_context(context)
        self.async_write_ha_state()


class ActivityEvent(CalmEvent[LocationCoordinator], LocationEntity):
    """Fires for each record the panel's event log grows by."""

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for new records."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_listen_records(self._async_records))

    @callback
    def _async_records(self, records: NewRecords) -> None:
        for record in records.fresh:
            self._trigger_event(
                record.activity,
                {
                    "text": record.text,
                    "originator": record.originator,
                    "time": None if record.time is None else record.time.isoformat(),
                },
            )
            self.async_write_ha_state()
        if records.old:
            async_tell_old_records(self.hass, self.entity_id, records.old)


class PanelActivityEvent(CalmEvent[PanelCoordinator], PanelEntity):
    """Fires for each thing that happens at a local panel."""

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for what happens."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.async_listen_activity(self._async_activity)
        )

    @callback
    def _async_activity(self, activity: PanelActivity) -> None:
        self._trigger_event(
            activity.type,
            {
                "text": activity.text,
                "time": activity.time.isoformat(),
                "partition": activity.partition,
                "zone": activity.zone,
                "user": activity.user,
            },
        )
        self.async_write_ha_state()

"""Event entities of a location: outcomes of syncs, and the panel's activity."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import Platform
from homeassistant.core import callback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .announcements import (
    Announcement,
    PanelActive,
    RecordsRead,
    RunEnded,
    async_listen,
)
from .client import ActivityType, Outcome
from .coordinators.location import LocationCoordinator
from .coordinators.panel import PanelCoordinator
from .entity import TARGETED, LocationEntity, PanelEntity, setup_platform

PARALLEL_UPDATES = 0

SYNC = EventEntityDescription(
    key="sync", translation_key="sync", event_types=list(Outcome)
)
# What of an outcome's report an automation reads from the event's state.
SYNC_ATTRIBUTES = (
    "kind",
    "reason",
    "evidence",
    "asked",
    "ended",
    "report_time",
    "duration",
    "service_code",
    "service_text",
    "changes",
    "more_changes",
    "made_live",
)
ACTIVITY = EventEntityDescription(
    key="activity", translation_key="activity", event_types=list(ActivityType)
)


class CalmEvent[CoordinatorT: (LocationCoordinator, PanelCoordinator)](
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

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to what is announced about the device."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_listen(self.hass, self.coordinator.identifier, self._async_announced)
        )

    @callback
    def async_entity_id_changed(self, old_entity_id: str) -> None:
        """Do nothing: no announcement goes by an entity id.

        Home Assistant asks for it from 2026.11 on, where an entity is added in a way of
        its own.
        """

    @callback
    def _async_announced(self, announcement: Announcement) -> None:
        """Trigger the event for what it is about."""
        raise NotImplementedError

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write nothing: only an event changes this state."""


class SyncEvent(CalmEvent[LocationCoordinator], LocationEntity):
    """Fires once for each outcome."""

    _attr_supported_features = TARGETED

    @override
    @callback
    def _async_announced(self, announcement: Announcement) -> None:
        if not isinstance(announcement, RunEnded):
            return
        if announcement.run.outcome is Outcome.REFUSED:
            # The last outcome stays: nothing was sent.
            return
        report = self.coordinator.report(announcement.run)
        known = report.as_dict()
        self._trigger_event(
            report.outcome, {key: known[key] for key in SYNC_ATTRIBUTES}
        )
        if announcement.context is not None:
            self.async_set_context(announcement.context)
        self.async_write_ha_state()


class ActivityEvent(CalmEvent[LocationCoordinator], LocationEntity):
    """Fires for each record the panel's event log grows by."""

    @override
    @callback
    def _async_announced(self, announcement: Announcement) -> None:
        if not isinstance(announcement, RecordsRead):
            return
        for record in announcement.records.fresh:
            self._trigger_event(
                record.activity,
                {
                    "text": record.text,
                    "originator": record.originator,
                    "time": None if record.time is None else record.time.isoformat(),
                },
            )
            self.async_write_ha_state()


class PanelActivityEvent(CalmEvent[PanelCoordinator], PanelEntity):
    """Fires for each thing that happens at a local panel."""

    @override
    @callback
    def _async_announced(self, announcement: Announcement) -> None:
        if not isinstance(announcement, PanelActive):
            return
        activity = announcement.activity
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


async_setup_entry = setup_platform(
    Platform.EVENT,
    location=lambda manager: (
        SyncEvent(manager.location, SYNC),
        ActivityEvent(manager.location, ACTIVITY),
    ),
    panel=lambda panel: (PanelActivityEvent(panel, ACTIVITY),),
)

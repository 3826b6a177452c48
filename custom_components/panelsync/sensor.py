"""Sensors of a location and of the account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    ATTR_STATE_CLASS,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import PERCENTAGE, EntityCategory, Platform
from homeassistant.core import callback
from homeassistant.helpers.typing import StateType

from .client import (
    ArmingState,
    Capability,
    LocalStatus,
    SyncKind,
    SyncStatus,
    ZoneStatus,
)
from .coordinators.account import AccountData
from .coordinators.location import LocationCoordinator
from .coordinators.panel import PanelCoordinator
from .entity import (
    AccountEntity,
    LocationEntity,
    PanelEntity,
    TargetedByKey,
    setup_platform,
)
from .sync.manager import SyncManager
from .zones import zone_names

PARALLEL_UPDATES = 0

# Nobody reads more names of open zones than this.
ZONES_NAMED = 50


@dataclass(frozen=True, kw_only=True)
class PanelSyncSensorDescription(SensorEntityDescription):
    """A sensor and where its state comes from; None is unknown.

    `follows_run`: while a run is in progress, its changes are of who requested the run.
    """

    value_fn: Callable[[LocationCoordinator], StateType | datetime]
    needs: SyncKind | None = None
    attributes_fn: Callable[[LocationCoordinator], Mapping[str, Any]] | None = None
    follows_run: bool = False


def _not_in_activity(_: LocationCoordinator) -> Mapping[str, Any]:
    """Return what keeps a time out of Activity, where its event stands already.

    Home Assistant leaves out sensors that have a state class, even one that is None.
    """
    return {ATTR_STATE_CLASS: None}


def _open_zones(coordinator: LocationCoordinator) -> int | None:
    zones = coordinator.data.status.zones
    # Without a list, or with an empty one, nothing is known of any zone.
    if not zones:
        return None
    return sum(1 for zone in zones if ZoneStatus.FAULTED in zone.status)


def _open_zone_names(coordinator: LocationCoordinator) -> Mapping[str, Any]:
    """Return the zones that are open, by name; silent ones are never among them."""
    return {
        "zones": [
            zone.name or str(zone.zone_id)
            for zone in coordinator.data.status.zones or ()
            if ZoneStatus.FAULTED in zone.status
        ][:ZONES_NAMED]
    }


def _names_at_the_panel(panel: PanelCoordinator) -> Mapping[str, Any]:
    """Return the zones that are open at a panel, by the names of the service's copy.

    A zone that the copy does not show may be a silent one.
    """
    numbers = sorted(panel.data.status.open_zones or ())
    if panel.serves is None:
        return {"zones": [str(number) for number in numbers][:ZONES_NAMED]}
    names = zone_names(panel.location)
    return {"zones": [names[n] for n in numbers if n in names][:ZONES_NAMED]}


SENSORS = (
    PanelSyncSensorDescription(
        key="sync_status",
        translation_key="sync_status",
        follows_run=True,
        device_class=SensorDeviceClass.ENUM,
        options=list(SyncStatus),
        value_fn=lambda coordinator: coordinator.data.sync_status,
        attributes_fn=lambda coordinator: {
            "syncs_by_itself": coordinator.location.auto_sync
        },
    ),
    PanelSyncSensorDescription(
        key="last_user_sync",
        translation_key="last_user_sync",
        follows_run=True,
        device_class=SensorDeviceClass.TIMESTAMP,
        needs=SyncKind.USERS,
        value_fn=lambda coordinator: coordinator.data.last_user_sync,
        attributes_fn=_not_in_activity,
    ),
    PanelSyncSensorDescription(
        key="last_panel_sync",
        translation_key="last_panel_sync",
        follows_run=True,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda coordinator: coordinator.data.last_panel_sync,
        attributes_fn=_not_in_activity,
    ),
    PanelSyncSensorDescription(
        key="last_panel_report",
        translation_key="last_panel_report",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda coordinator: coordinator.data.status.report_time,
        attributes_fn=_not_in_activity,
    ),
    PanelSyncSensorDescription(
        key="arming_state",
        translation_key="arming_state",
        device_class=SensorDeviceClass.ENUM,
        options=list(ArmingState),
        value_fn=lambda coordinator: coordinator.data.status.arming,
    ),
    PanelSyncSensorDescription(
        key="open_zones",
        translation_key="open_zones",
        value_fn=_open_zones,
        attributes_fn=_open_zone_names,
    ),
    PanelSyncSensorDescription(
        key="pending_user_changes",
        translation_key="pending_user_changes",
        follows_run=True,
        needs=SyncKind.USERS,
        value_fn=lambda coordinator: (
            None if (pending := coordinator.data.pending) is None else pending.count
        ),
    ),
    PanelSyncSensorDescription(
        key="sync_progress",
        translation_key="sync_progress",
        follows_run=True,
        native_unit_of_measurement=PERCENTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        needs=SyncKind.USERS,
        value_fn=lambda coordinator: coordinator.data.progress,
    ),
)


@dataclass(frozen=True, kw_only=True)
class LocalPanelSensorDescription(SensorEntityDescription):
    """A sensor of a local panel; None is unknown."""

    value_fn: Callable[[LocalStatus], StateType | datetime]
    needs: Capability
    attributes_fn: Callable[[PanelCoordinator], Mapping[str, Any]] | None = None


PANEL_SENSORS = (
    LocalPanelSensorDescription(
        key="arming_state",
        translation_key="arming_state",
        device_class=SensorDeviceClass.ENUM,
        options=list(ArmingState),
        needs=Capability.ARMING,
        value_fn=lambda status: status.arming,
    ),
    LocalPanelSensorDescription(
        key="open_zones",
        translation_key="open_zones",
        needs=Capability.OPEN_ZONES,
        value_fn=lambda status: (
            None if status.open_zones is None else len(status.open_zones)
        ),
        attributes_fn=_names_at_the_panel,
    ),
    LocalPanelSensorDescription(
        key="last_message",
        translation_key="last_message",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        needs=Capability.ARMING,
        value_fn=lambda status: status.last_message,
    ),
    LocalPanelSensorDescription(
        key="keypad_text",
        translation_key="keypad_text",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        needs=Capability.KEYPAD_TEXT,
        value_fn=lambda status: status.keypad_text,
    ),
)

SERVICE_STATUS = SensorEntityDescription(
    key="service_status",
    translation_key="service_status",
    device_class=SensorDeviceClass.ENUM,
    options=["operational", "attention"],
    entity_category=EntityCategory.DIAGNOSTIC,
)


def _service_status(data: AccountData) -> str | None:
    if not data.service_status:
        return None
    healthy = all(line.healthy for line in data.service_status)
    return "operational" if healthy else "attention"


class LocationSensor(TargetedByKey, LocationEntity, SensorEntity):
    """A sensor of a location."""

    entity_description: PanelSyncSensorDescription
    _unrecorded_attributes = frozenset({"zones"})

    def __init__(
        self, manager: SyncManager, description: PanelSyncSensorDescription
    ) -> None:
        """Hang on the location of a manager, which knows who requested its run."""
        super().__init__(manager.location, description)
        self._manager = manager

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Show what is new, and by whose request."""
        context = self._manager.run_context
        if context is not None and self.entity_description.follows_run:
            self.async_set_context(context)
        super()._handle_coordinator_update()

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the state, None where it is not known."""
        return self.entity_description.value_fn(self.coordinator)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what belongs to the state, and changes rarely."""
        attributes_fn = self.entity_description.attributes_fn
        return None if attributes_fn is None else attributes_fn(self.coordinator)


class ServiceStatusSensor(AccountEntity, SensorEntity):
    """Whether the service reports itself operational."""

    @property
    @override
    def native_value(self) -> str | None:
        """Return the state, None where the service says nothing of itself."""
        return _service_status(self.coordinator.data)


class PanelSensor(PanelEntity, SensorEntity):
    """A sensor of a local panel."""

    entity_description: LocalPanelSensorDescription
    _unrecorded_attributes = frozenset({"zones"})

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what belongs to the state, and changes with it."""
        attributes_fn = self.entity_description.attributes_fn
        return None if attributes_fn is None else attributes_fn(self.coordinator)

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the state, None where it is not known."""
        return self.entity_description.value_fn(self.coordinator.data.status)


async_setup_entry = setup_platform(
    Platform.SENSOR,
    account=lambda account: (ServiceStatusSensor(account.coordinator, SERVICE_STATUS),),
    location=lambda manager: (
        LocationSensor(manager, description)
        for description in SENSORS
        if description.needs is None
        or description.needs in manager.location.link.supported_kinds
    ),
    panel=lambda panel: (
        PanelSensor(panel, description)
        for description in PANEL_SENSORS
        if description.needs in panel.capabilities
    ),
)

"""Binary sensors of a location: connection, power, battery, tamper."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import Capability, PanelStatus, Reason
from .coordinators.location import LocationCoordinator
from .coordinators.panel import PanelCoordinator
from .entity import LocationEntity, PanelEntity, TargetedByKey, setup_platform
from .messages import differences_text
from .runtime import AnyConfigEntry
from .zones import PanelZone, async_watch_locations, async_watch_panel, known_zones

PARALLEL_UPDATES = 0

# The only `ConnectionStatus` that is known; it means connected
# (docs/protocol/total-connect.md#connection-and-sync-status).
_CONNECTED = 1


@dataclass(frozen=True, kw_only=True)
class PanelSyncBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor and where its state comes from; None is unknown."""

    value_fn: Callable[[LocationCoordinator], bool | None]


def _panel_connection(coordinator: LocationCoordinator) -> bool | None:
    """Return whether the panel is connected, None where that is not known.

    Not connected: the newest run could not reach the panel, and the service has
    stored nothing from it since.
    """
    reported = coordinator.data.status.report_time
    newest = max(
        coordinator.history.ended.values(),
        key=lambda run: run.requested,
        default=None,
    )
    if (
        newest is not None
        and newest.reason is Reason.PANEL_UNREACHABLE
        and (reported is None or reported < newest.requested)
    ):
        return False
    status = coordinator.location.service_status
    connected = status is not None and status.connection_status == _CONNECTED
    return True if connected else None


def _low_battery(status: PanelStatus) -> bool | None:
    if status.low_battery or status.battery_missing:
        return True
    return status.low_battery


BINARY_SENSORS = (
    PanelSyncBinarySensorDescription(
        key="panel_connection",
        translation_key="panel_connection",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_panel_connection,
    ),
    PanelSyncBinarySensorDescription(
        key="power",
        translation_key="power",
        device_class=BinarySensorDeviceClass.POWER,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda coordinator: (
            None if (loss := coordinator.data.status.ac_loss) is None else not loss
        ),
    ),
    PanelSyncBinarySensorDescription(
        key="battery",
        translation_key="battery",
        device_class=BinarySensorDeviceClass.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda coordinator: _low_battery(coordinator.data.status),
    ),
    PanelSyncBinarySensorDescription(
        key="tamper",
        translation_key="tamper",
        device_class=BinarySensorDeviceClass.TAMPER,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda coordinator: coordinator.data.status.cover_tampered,
    ),
)


@dataclass(frozen=True, kw_only=True)
class LocalPanelBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of a local panel; None is unknown."""

    value_fn: Callable[[PanelCoordinator], bool | None]
    exists_fn: Callable[[PanelCoordinator], bool] = lambda _: True
    attributes_fn: Callable[[PanelCoordinator], dict[str, str]] | None = None
    always_available: bool = False


def _differences(panel: PanelCoordinator) -> dict[str, str]:
    """Return what the panel and the service show differently."""
    differences = panel.watched.differences if panel.watched.mismatch else ()
    return {"differences": differences_text(panel.hass, differences)}


PANEL_BINARY_SENSORS = (
    LocalPanelBinarySensorDescription(
        key="panel_connection",
        translation_key="panel_connection",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda panel: panel.data.available,
        always_available=True,
    ),
    LocalPanelBinarySensorDescription(
        key="ready",
        translation_key="ready",
        value_fn=lambda panel: panel.data.status.ready,
        exists_fn=lambda panel: Capability.READY in panel.capabilities,
    ),
    LocalPanelBinarySensorDescription(
        key="power",
        translation_key="power",
        device_class=BinarySensorDeviceClass.POWER,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda panel: panel.data.status.ac_power,
        exists_fn=lambda panel: Capability.MAINS_POWER in panel.capabilities,
    ),
    LocalPanelBinarySensorDescription(
        key="battery",
        translation_key="battery",
        device_class=BinarySensorDeviceClass.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda panel: panel.data.status.battery_low,
        exists_fn=lambda panel: Capability.BATTERY in panel.capabilities,
    ),
    LocalPanelBinarySensorDescription(
        key="trouble",
        translation_key="trouble",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda panel: panel.data.status.trouble,
        exists_fn=lambda panel: Capability.TROUBLE in panel.capabilities,
    ),
    LocalPanelBinarySensorDescription(
        key="programming",
        translation_key="programming",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda panel: panel.data.status.programming,
        exists_fn=lambda panel: Capability.PROGRAMMING in panel.capabilities,
    ),
    LocalPanelBinarySensorDescription(
        key="status_mismatch",
        translation_key="status_mismatch",
        device_class=BinarySensorDeviceClass.PROBLEM,
        value_fn=lambda panel: panel.watched.mismatch,
        exists_fn=lambda panel: panel.serves is not None,
        attributes_fn=_differences,
        always_available=True,
    ),
)


class LocationBinarySensor(LocationEntity, BinarySensorEntity):
    """A binary sensor of a location."""

    entity_description: PanelSyncBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return the state, None where it is not known."""
        return self.entity_description.value_fn(self.coordinator)


class PanelBinarySensor(TargetedByKey, PanelEntity, BinarySensorEntity):
    """A binary sensor of a local panel."""

    entity_description: LocalPanelBinarySensorDescription
    _unrecorded_attributes = frozenset({"differences"})

    @property
    @override
    def extra_state_attributes(self) -> dict[str, str] | None:
        """Return what explains the state."""
        attributes = self.entity_description.attributes_fn
        return None if attributes is None else attributes(self.coordinator)

    @property
    @override
    def available(self) -> bool:
        """Whether the panel is heard; what is about the link always is available."""
        return self.entity_description.always_available or super().available

    @property
    @override
    def is_on(self) -> bool | None:
        """Return the state, None where it is not known."""
        return self.entity_description.value_fn(self.coordinator)


_setup_entry = setup_platform(
    Platform.BINARY_SENSOR,
    location=lambda manager: (
        LocationBinarySensor(manager.location, description)
        for description in BINARY_SENSORS
    ),
    panel=lambda panel: (
        *(
            PanelBinarySensor(panel, description)
            for description in PANEL_BINARY_SENSORS
            if description.exists_fn(panel)
        ),
        *(PanelZone(panel, number) for number in sorted(known_zones(panel))),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnyConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entities of an entry, and its zones as they come and go."""
    await _setup_entry(hass, entry, async_add_entities)
    runtime = entry.runtime_data
    if isinstance(runtime, PanelCoordinator):
        async_watch_panel(runtime, async_add_entities)
    else:
        async_watch_locations(hass, runtime, async_add_entities)

"""Binary sensors of a location: connection, power, battery, tamper."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client.models import PanelStatus, Reason
from .data import PanelSyncConfigEntry
from .entity import LocationEntity, async_add_location_entities
from .location_coordinator import LocationCoordinator

PARALLEL_UPDATES = 0

# The only `ConnectionStatus` that is known; it means connected (total-connect.md 2).
_CONNECTED = 1


@dataclass(frozen=True, kw_only=True)
class PanelSyncBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor and where its state comes from; None is unknown."""

    value_fn: Callable[[LocationCoordinator], bool | None]


def _panel_connection(coordinator: LocationCoordinator) -> bool | None:
    """Say connected or not only where that was told.

    Not connected: the newest run could not reach the panel, and the service has
    stored nothing from it since.
    """
    reported = coordinator.data.status.report_time
    newest = max(
        (run for run in coordinator.history.ended.values() if run.ended is not None),
        key=lambda run: run.asked,
        default=None,
    )
    if (
        newest is not None
        and newest.verdict is not None
        and newest.verdict.reason is Reason.PANEL_UNREACHABLE
        and (reported is None or reported < newest.asked)
    ):
        return False
    told = coordinator.location.service_status
    return True if told is not None and told.connection_status == _CONNECTED else None


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


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PanelSyncConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of each location."""
    async_add_location_entities(
        entry,
        async_add_entities,
        lambda coordinator: [
            LocationBinarySensor(coordinator, description)
            for description in BINARY_SENSORS
        ],
    )


class LocationBinarySensor(LocationEntity, BinarySensorEntity):
    """A binary sensor of a location."""

    entity_description: PanelSyncBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return the state, None where it was not told."""
        return self.entity_description.value_fn(self.coordinator)

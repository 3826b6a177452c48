"""Sensors of a location and of the account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    DOMAIN as SENSOR_DOMAIN,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import MATCH_ALL, PERCENTAGE, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_translations
from homeassistant.helpers.typing import StateType

from .capabilities import Say, kind_lines, location_lines, route_lines, speaker
from .client.local.family import Capability
from .client.local.status import LocalStatus
from .client.models import ArmingState, SyncKind, ZoneStatus
from .client.sync.status import SyncStatus
from .const import DOMAIN
from .coordinators.account import AccountState
from .coordinators.location import LocationCoordinator
from .coordinators.panel import PanelCoordinator
from .entity import (
    AccountEntity,
    LocationEntity,
    PanelEntity,
    async_add_location_entities,
    async_forget_entities,
)
from .runtime import AnyConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PanelSyncSensorDescription(SensorEntityDescription):
    """A sensor and where its state comes from; None is unknown."""

    value_fn: Callable[[LocationCoordinator], StateType | datetime]
    needs: SyncKind | None = None


def _open_zones(coordinator: LocationCoordinator) -> int | None:
    zones = coordinator.data.status.zones
    if zones is None:
        return None
    return sum(1 for zone in zones if ZoneStatus.FAULTED in zone.status)


SENSORS = (
    PanelSyncSensorDescription(
        key="sync_status",
        translation_key="sync_status",
        device_class=SensorDeviceClass.ENUM,
        options=list(SyncStatus),
        value_fn=lambda coordinator: coordinator.data.sync_status,
    ),
    PanelSyncSensorDescription(
        key="last_user_sync",
        translation_key="last_user_sync",
        device_class=SensorDeviceClass.TIMESTAMP,
        needs=SyncKind.USERS,
        value_fn=lambda coordinator: coordinator.data.last_user_sync,
    ),
    PanelSyncSensorDescription(
        key="last_panel_sync",
        translation_key="last_panel_sync",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda coordinator: coordinator.data.last_panel_sync,
    ),
    PanelSyncSensorDescription(
        key="last_panel_report",
        translation_key="last_panel_report",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda coordinator: coordinator.data.status.report_time,
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
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_open_zones,
    ),
    PanelSyncSensorDescription(
        key="pending_user_changes",
        translation_key="pending_user_changes",
        needs=SyncKind.USERS,
        value_fn=lambda coordinator: (
            None if (pending := coordinator.data.pending) is None else pending.count
        ),
    ),
    PanelSyncSensorDescription(
        key="sync_progress",
        translation_key="sync_progress",
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
        state_class=SensorStateClass.MEASUREMENT,
        needs=Capability.OPEN_ZONES,
        value_fn=lambda status: (
            None if status.open_zones is None else len(status.open_zones)
        ),
    ),
    LocalPanelSensorDescription(
        key="last_message",
        translation_key="last_message",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
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


def _service_status(state: AccountState) -> str | None:
    if not state.service_status:
        return None
    healthy = all(line.healthy for line in state.service_status)
    return "operational" if healthy else "attention"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnyConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the account and of its locations, or of a local panel."""
    account = entry.runtime_data
    if isinstance(account, PanelCoordinator):
        async_add_entities(
            PanelSensor(account, description)
            for description in PANEL_SENSORS
            if description.needs in account.capabilities
        )
        async_forget_entities(
            account,
            SENSOR_DOMAIN,
            [one for one in PANEL_SENSORS if one.needs not in account.capabilities],
        )
        return
    async_add_entities([ServiceStatusSensor(account, SERVICE_STATUS)])
    async_add_location_entities(
        account,
        async_add_entities,
        lambda coordinator: [
            LocationSensor(coordinator, description)
            for description in SENSORS
            if description.needs is None
            or description.needs in coordinator.link.supported_kinds
        ],
    )


class LocationSensor(LocationEntity, SensorEntity):
    """A sensor of a location."""

    entity_description: PanelSyncSensorDescription

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the state, None where it is not known."""
        return self.entity_description.value_fn(self.coordinator)


class ServiceStatusSensor(AccountEntity, SensorEntity):
    """What the service says of itself, and what works on this account."""

    # For people to read now; a history of it would only fill the database.
    _unrecorded_attributes = frozenset({MATCH_ALL})
    _say: Say | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Get the words of the person's language."""
        await super().async_added_to_hass()
        texts = await async_get_translations(
            self.hass, self.hass.config.language, "common", {DOMAIN}
        )
        self._say = speaker(texts, f"component.{DOMAIN}.common.")

    @property
    @override
    def native_value(self) -> str | None:
        """Return whether the service reports itself operational."""
        return _service_status(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what works on this account, in words for a person."""
        if self._say is None:
            return None
        routes, found = self.coordinator.data.routes, self.coordinator.findings()
        return {
            "locations": location_lines(
                self.coordinator.data.account, found, self._say
            ),
            "can_be_started": kind_lines(found, routes, self._say),
            "ways": route_lines(routes, self._say),
        }


class PanelSensor(PanelEntity, SensorEntity):
    """A sensor of a local panel."""

    entity_description: LocalPanelSensorDescription

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the state, None where it is not known."""
        return self.entity_description.value_fn(self.coordinator.data.status)

"""Zones as binary sensors, switched off until somebody wants them.

They come and go with the service's copy of a panel, and with what a local panel shows.
"""

from typing import override

from homeassistant.components.binary_sensor import (
    DOMAIN as BINARY_SENSOR_DOMAIN,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .announcements import Announcement, LocationRead, async_listen
from .client import Capability, PanelStatus, Zone
from .coordinators.location import LocationCoordinator
from .coordinators.panel import PanelCoordinator
from .entity import LocationEntity, PanelEntity
from .identifiers import find_device, find_entity, unique_id
from .runtime import AccountRuntime

# One answer may lack a zone that the next one has.
MISSING_READS = 2


def _key(number: int) -> str:
    return f"zone_{number}"


def _description(number: int) -> BinarySensorEntityDescription:
    return BinarySensorEntityDescription(
        key=_key(number), translation_key="zone", entity_registry_enabled_default=False
    )


class LocationZone(LocationEntity, BinarySensorEntity):
    """A zone of the service's copy: on while it is open."""

    def __init__(self, coordinator: LocationCoordinator, zone: Zone) -> None:
        """Hang on the location, by the zone's number."""
        super().__init__(coordinator, _description(zone.zone_id))
        self._number = zone.zone_id
        self._attr_translation_placeholders = {"zone": zone.name or str(zone.zone_id)}

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it is open, None where that is not known."""
        for zone in self.coordinator.data.status.zones or ():
            if zone.zone_id == self._number:
                return zone.is_open
        return None


class PanelZone(PanelEntity, BinarySensorEntity):
    """A zone of a local panel: on while it is open."""

    def __init__(self, coordinator: PanelCoordinator, number: int) -> None:
        """Hang on the panel, by the zone's number."""
        super().__init__(coordinator, _description(number))
        self._number = number
        self._attr_translation_placeholders = {"zone": str(number)}

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it is open, None where that is not known."""
        open_zones = self.coordinator.data.status.open_zones
        return None if open_zones is None else self._number in open_zones


class _LocationZones:
    """The zones of one location that have an entity."""

    def __init__(
        self,
        hass: HomeAssistant,
        location: LocationCoordinator,
        add: AddConfigEntryEntitiesCallback,
    ) -> None:
        """Begin with those that Home Assistant knows from before."""
        self._hass = hass
        self._location = location
        self._add = add
        self._known = _registered(hass, location.config_entry, location.identifier)
        self._added: set[int] = set()
        self._missing: dict[int, int] = {}

    @callback
    def async_announced(self, announcement: Announcement) -> None:
        """Take one read."""
        if isinstance(announcement, LocationRead):
            status = announcement.snapshot.status
            if status is not None:
                self.async_take(status)

    @callback
    def async_take(self, status: PanelStatus) -> None:
        """Add entities of new zones, and remove those of zones that are gone."""
        # An answer without a single zone says nothing of any.
        if not status.zones:
            return
        present = {zone.zone_id for zone in status.zones}
        if present == self._added == self._known:
            self._missing.clear()
            return
        identifier = self._location.identifier
        new = present - self._added
        self._added |= new
        self._known |= new
        self._add(
            LocationZone(self._location, zone)
            for zone in status.zones
            if zone.zone_id in new and not _is_off(self._hass, identifier, zone.zone_id)
        )
        self._missing = {
            number: self._missing.get(number, 0) + 1 for number in self._known - present
        }
        for number, reads in self._missing.items():
            if reads >= MISSING_READS:
                self._added.discard(number)
                self._known.discard(number)
                self._remove(number)

    def _remove(self, number: int) -> None:
        entity_id = find_entity(
            self._hass, BINARY_SENSOR_DOMAIN, self._location.identifier, _key(number)
        )
        if entity_id is not None:
            er.async_get(self._hass).async_remove(entity_id)


def _is_off(hass: HomeAssistant, identifier: str, number: int) -> bool:
    """Return whether a zone is known and switched off: then nothing has to be made."""
    entity_id = find_entity(hass, BINARY_SENSOR_DOMAIN, identifier, _key(number))
    entry = None if entity_id is None else er.async_get(hass).async_get(entity_id)
    return entry is not None and entry.disabled


def _registered(hass: HomeAssistant, entry: ConfigEntry, identifier: str) -> set[int]:
    """Return the numbers of zones that have an entity of a device."""
    if (device := find_device(hass, entry, identifier)) is None:
        return set()
    beginning = unique_id(identifier, "zone_")
    return {
        int(number)
        for known in er.async_entries_for_device(
            er.async_get(hass), device.id, include_disabled_entities=True
        )
        if known.domain == BINARY_SENSOR_DOMAIN
        and known.unique_id.startswith(beginning)
        and (number := known.unique_id.removeprefix(beginning)).isdecimal()
    }


@callback
def async_watch_locations(
    hass: HomeAssistant, account: AccountRuntime, add: AddConfigEntryEntitiesCallback
) -> None:
    """Let the zones of an account's locations, of later ones too, have entities."""
    watched: dict[int, CALLBACK_TYPE] = {}

    @callback
    def watch_new() -> None:
        for location_id in watched.keys() - account.locations.keys():
            watched.pop(location_id)()
        for location_id in account.locations.keys() - watched.keys():
            location = account.locations[location_id].location
            zones = _LocationZones(hass, location, add)
            if location.data is not None:
                zones.async_take(location.data.status)
            watched[location_id] = async_listen(
                hass, location.identifier, zones.async_announced
            )

    @callback
    def stop() -> None:
        for stop_listening in watched.values():
            stop_listening()

    watch_new()
    account.entry.async_on_unload(account.coordinator.async_add_listener(watch_new))
    account.entry.async_on_unload(stop)


def _heard_of(panel: PanelCoordinator) -> set[int]:
    """Return the zones that a local panel speaks of now."""
    status = panel.data.status
    return set(status.zones) | (status.open_zones or frozenset())


def known_zones(panel: PanelCoordinator) -> set[int]:
    """Return the zones of a local panel that were ever heard of."""
    if Capability.OPEN_ZONES not in panel.capabilities:
        return set()
    known = _registered(panel.hass, panel.config_entry, panel.identifier)
    return known | _heard_of(panel)


@callback
def async_watch_panel(
    panel: PanelCoordinator, add: AddConfigEntryEntitiesCallback
) -> None:
    """Let each zone that a local panel is the first time heard of have an entity."""
    known = known_zones(panel)

    @callback
    def add_new() -> None:
        if new := _heard_of(panel) - known:
            known.update(new)
            add(PanelZone(panel, number) for number in sorted(new))

    if Capability.OPEN_ZONES in panel.capabilities:
        panel.config_entry.async_on_unload(panel.async_add_listener(add_new))

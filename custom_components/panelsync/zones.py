"""Zones as binary sensors, switched off until somebody wants them.

They come and go with the service's copy of a panel, and with what a local panel shows.
The names are those of the service's copy, and follow it at once.
"""

from abc import abstractmethod
from collections.abc import Mapping
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
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .announcements import Announcement, LocationRead, StatusUpdated, async_listen
from .client import Capability, PanelStatus
from .const import DOMAIN
from .coordinators.location import LocationCoordinator
from .coordinators.panel import PanelCoordinator
from .entity import LocationEntity, PanelEntity
from .identifiers import find_device, find_entity, unique_id
from .messages import cached_texts
from .runtime import AccountRuntime

# One answer may lack a zone that the next one has.
MISSING_READS = 2


def _key(number: int) -> str:
    return f"zone_{number}"


def _description(number: int) -> BinarySensorEntityDescription:
    return BinarySensorEntityDescription(
        key=_key(number), translation_key="zone", entity_registry_enabled_default=False
    )


def zone_names(location: LocationCoordinator | None) -> dict[int, str]:
    """Return the names of the zones of the service's copy, by number.

    A zone without a name has its number. Silent zones are never among them.
    """
    if location is None or location.data is None:
        return {}
    zones = location.data.status.zones or ()
    return {zone.zone_id: zone.name or str(zone.zone_id) for zone in zones}


def _entity_name(hass: HomeAssistant, zone: str) -> str:
    """Return the name of a zone's entity in Home Assistant's language.

    While Home Assistant loads another language, the zone's name has to do.
    """
    key = f"component.{DOMAIN}.entity.{BINARY_SENSOR_DOMAIN}.zone.name"
    template = cached_texts(hass, "entity").get(key, "{zone}")
    return template.replace("{zone}", zone)


class ZoneSensor[CoordinatorT: (LocationCoordinator, PanelCoordinator)](
    CoordinatorEntity[CoordinatorT], BinarySensorEntity
):
    """A zone: on while it is open."""

    _number: int

    @abstractmethod
    def _zone_name(self) -> str | None:
        """Return the zone's name now, None while it is not known."""

    @callback
    @override
    def async_registry_entry_updated(self) -> None:
        """Take the zone's new name, from which Home Assistant made its own before."""
        if (name := self._zone_name()) is not None:
            self._attr_translation_placeholders = {"zone": name}
            if hasattr(self, "_attr_name"):
                del self._attr_name
            self.__dict__.pop("name", None)


class LocationZone(ZoneSensor[LocationCoordinator], LocationEntity):
    """A zone of the service's copy."""

    def __init__(self, coordinator: LocationCoordinator, number: int) -> None:
        """Hang on the location, by the zone's number."""
        super().__init__(coordinator, _description(number))
        self._number = number
        self._attr_translation_placeholders = {"zone": self._zone_name() or str(number)}

    @override
    def _zone_name(self) -> str | None:
        return zone_names(self.coordinator).get(self._number)

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it is open, None where that is not known."""
        for zone in self.coordinator.data.status.zones or ():
            if zone.zone_id == self._number:
                return zone.is_open
        return None


class PanelZone(ZoneSensor[PanelCoordinator], PanelEntity):
    """A zone of a local panel, by its name in the service's copy."""

    def __init__(self, coordinator: PanelCoordinator, number: int) -> None:
        """Hang on the panel, by the zone's number."""
        super().__init__(coordinator, _description(number))
        self._number = number
        name = self._zone_name()
        self._attr_translation_placeholders = {"zone": name or str(number)}
        if name is None and coordinator.serves is not None:
            # Until the location is read, the entity is called what it was before.
            entry = _entity(coordinator.hass, coordinator.identifier, number)
            if entry is not None and entry.original_name is not None:
                self._attr_name = entry.original_name

    @override
    def _zone_name(self) -> str | None:
        return zone_names(self.coordinator.location).get(self._number)

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it is open, None where that is not known."""
        open_zones = self.coordinator.data.status.open_zones
        return None if open_zones is None else self._number in open_zones


class _Names:
    """What Home Assistant calls the zones of one device, switched on or not."""

    def __init__(self, hass: HomeAssistant, identifier: str) -> None:
        """Begin with what its registry says."""
        self._hass = hass
        self._identifier = identifier
        self._names: dict[int, str] = {}

    @callback
    def async_take(self, names: Mapping[int, str]) -> None:
        """Rename what is named otherwise now; a name that a person chose stays."""
        registry = er.async_get(self._hass)
        for number, name in names.items():
            if self._names.get(number) == name:
                continue
            self._names[number] = name
            entry = _entity(self._hass, self._identifier, number)
            if entry is None:
                # It is added with this name.
                continue
            shown = _entity_name(self._hass, name)
            if entry.original_name != shown:
                registry.async_update_entity(entry.entity_id, original_name=shown)


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
        self._names = _Names(hass, location.identifier)

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
        self._names.async_take(zone_names(self._location))
        present = {zone.zone_id for zone in status.zones}
        if present == self._added == self._known:
            self._missing.clear()
            return
        identifier = self._location.identifier
        new = present - self._added
        self._added |= new
        self._known |= new
        self._add(
            LocationZone(self._location, number)
            for number in sorted(new)
            if not _is_off(self._hass, identifier, number)
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
        entry = _entity(self._hass, self._location.identifier, number)
        if entry is not None:
            er.async_get(self._hass).async_remove(entry.entity_id)


def _entity(
    hass: HomeAssistant, identifier: str, number: int
) -> er.RegistryEntry | None:
    """Return the entity of a device's zone, None before it exists."""
    entity_id = find_entity(hass, BINARY_SENSOR_DOMAIN, identifier, _key(number))
    return None if entity_id is None else er.async_get(hass).async_get(entity_id)


def _is_off(hass: HomeAssistant, identifier: str, number: int) -> bool:
    """Return whether a zone is known and switched off: then nothing has to be made."""
    entry = _entity(hass, identifier, number)
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

    if Capability.OPEN_ZONES not in panel.capabilities:
        return
    entry = panel.config_entry
    entry.async_on_unload(panel.async_add_listener(add_new))
    if panel.serves is None:
        return
    names = _Names(panel.hass, panel.identifier)

    @callback
    def rename(announcement: Announcement) -> None:
        if isinstance(announcement, StatusUpdated):
            copy = zone_names(panel.location)
            names.async_take({n: copy[n] for n in known & copy.keys()})

    entry.async_on_unload(async_listen(panel.hass, panel.serves, rename))

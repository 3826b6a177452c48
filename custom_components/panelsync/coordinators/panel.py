"""The coordinator of a local panel: pushed, and compared with the service's copy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, override

from homeassistant.const import CONF_DEVICE, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ..bus_events import async_tell_mismatch
from ..client.comparison import Difference, Watch, paused, watch
from ..client.errors import PanelUnreachable
from ..client.local.alarmdecoder.state import Ad2Settings
from ..client.local.base import LinkPhase, LinkState
from ..client.local.connection import Address
from ..client.local.family import FAMILIES, Capability, Family, LinkSettings
from ..client.local.status import PanelActivity
from ..client.models import SyncKind
from ..const import (
    CONF_BAUDRATE,
    CONF_FAMILY,
    CONF_LOCATION,
    CONF_PARTITIONS,
    CONF_REFRESH_ON_MISMATCH,
    DOMAIN,
    LOGGER,
)
from ..repairs.issues import async_end_other_mismatch, async_show_mismatch
from .location import LOCATION_INTERVAL, LocationCoordinator
from .registry import known_locations

if TYPE_CHECKING:
    from ..runtime import LocalPanelConfigEntry

# A panel repeats itself every few seconds: a line that only moves the time of the last
# one is told to the entities no more often than this.
QUIET_FOR = timedelta(seconds=60)

type ActivityListener = Callable[[PanelActivity], None]


def link_settings(entry: LocalPanelConfigEntry) -> LinkSettings:
    """Return where the entry's link leads."""
    return LinkSettings(
        Address(entry.data[CONF_DEVICE], entry.data[CONF_BAUDRATE]),
        Ad2Settings(
            {
                int(number): frozenset(keypads)
                for number, keypads in entry.data.get(CONF_PARTITIONS, {}).items()
            }
        ),
    )


class PanelCoordinator(DataUpdateCoordinator[LinkState]):
    """Listens to one panel and watches whether the service shows the same."""

    config_entry: LocalPanelConfigEntry

    def __init__(self, hass: HomeAssistant, entry: LocalPanelConfigEntry) -> None:
        """Prepare the link; nothing is opened yet."""
        super().__init__(hass, LOGGER, config_entry=entry, name=entry.title)
        family = FAMILIES[Family(entry.data[CONF_FAMILY])]
        self.capabilities = family.capabilities
        self.link = family.build(link_settings(entry))
        self.data = self.link.state
        self.serves: str | None = entry.options.get(CONF_LOCATION)
        self.watched = Watch()
        self._activity_listeners: list[ActivityListener] = []
        self._stop_status: CALLBACK_TYPE | None = None

    @property
    def location(self) -> LocationCoordinator | None:
        """The location this panel serves, while it is loaded."""
        if self.serves is None:
            return None
        return known_locations(self.hass).coordinators.get(self.serves)

    async def async_start(self) -> None:
        """Begin to listen, and stop with the entry."""
        entry = self.config_entry
        entry.async_on_unload(self.link.subscribe(self._async_pushed))
        entry.async_on_unload(
            self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_stop)
        )
        self._hang_below_location()
        async_end_other_mismatch(self.hass, entry, self.serves)
        if self.serves is not None:
            entry.async_on_unload(
                known_locations(self.hass).async_listen(self._async_location_changed)
            )
            entry.async_on_unload(self._async_leave_location)
            self._async_location_changed()
        await self.link.start()

    @callback
    def async_listen_activity(self, listener: ActivityListener) -> CALLBACK_TYPE:
        """Be told of what happens at the panel; returns how to stop."""
        self._activity_listeners.append(listener)
        return lambda: self._activity_listeners.remove(listener)

    def told_mismatch(self) -> dict[str, Any]:
        """Return what was told of a mismatch and with whom, as JSON-able values."""
        told = [difference.to_dict() for difference in self.watched.told]
        return {"location": self.serves, "told": told}

    @callback
    def async_restore_told(self, stored: Mapping[str, Any]) -> None:
        """Take up what the last life has told: what goes on since is no news.

        What is damaged or about another location is left; then it is told once more.
        """
        try:
            told = frozenset(map(Difference.from_dict, stored["told"]))
        except KeyError, TypeError, ValueError:
            return
        if stored.get("location") == self.serves:
            self.watched = Watch(told=told)

    async def async_refresh_panel(self) -> None:
        """Wait until the panel was heard anew, or say that it was not."""
        try:
            await self.link.refresh()
        except PanelUnreachable as err:
            if self.link.state.phase is LinkPhase.OFFLINE:
                why = "panel_not_connected"
            elif Capability.QUERY in self.capabilities:
                why = "panel_not_answering"
            else:
                why = "panel_not_heard"
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=why,
                translation_placeholders={"panel": self.config_entry.title},
            ) from err
        self.async_set_updated_data(self.link.state)

    @override
    async def _async_update_data(self) -> LinkState:
        """Return what was pushed: nothing is polled."""
        return self.link.state

    async def _async_stop(self, _: Event) -> None:
        """Close the link when Home Assistant stops: entries are not unloaded then."""
        await self.link.stop()

    @callback
    def _async_pushed(
        self, state: LinkState, activity: tuple[PanelActivity, ...]
    ) -> None:
        for one in activity:
            for listener in list(self._activity_listeners):
                listener(one)
        compared = self._compare()
        if compared or _says_more(self.data, state):
            self.async_set_updated_data(state)
        if (location := self.location) is not None:
            location.async_panel_changed(state.status.programming_left)

    @callback
    def _async_location_changed(self) -> None:
        """Follow the reads of the location as it comes, goes, or is loaded anew."""
        self._async_leave_location()
        if (location := self.location) is not None:
            self._stop_status = location.async_listen_status(self._async_service_read)
            location.async_panel_changed(self.link.state.status.programming_left)
        self._hang_below_location()
        self._compare()
        self.async_update_listeners()

    @callback
    def _async_leave_location(self) -> None:
        if self._stop_status is not None:
            self._stop_status()
            self._stop_status = None

    @callback
    def _async_service_read(self) -> None:
        self._hang_below_location()
        if self._compare():
            self.async_update_listeners()

    @callback
    def _hang_below_location(self) -> None:
        """Show the panel's device below its location's, where and once there is one."""
        registry = dr.async_get(self.hass)
        own = registry.async_get_device_by_identifier(
            (DOMAIN, self.config_entry.entry_id), self.config_entry.entry_id
        )
        parents: list[dr.DeviceEntry] = []
        if self.serves is not None:
            parents = registry.async_get_devices(identifiers={(DOMAIN, self.serves)})
        via = parents[0].id if parents else None
        if own is not None and own.via_device_id != via:
            registry.async_update_device(own.id, via_device_id=via)

    def _compare(self) -> bool:
        """Compare panel and service now; True where the answer is another one."""
        before, state = self.watched, self.link.state
        location = self.location
        if location is None or location.data is None or not state.available:
            self.watched = paused(before)
        else:
            self.watched = watch(
                before,
                state.status,
                location.data.status,
                dt_util.utcnow(),
                poll_every=location.update_interval or LOCATION_INTERVAL,
            )
        if location is not None:
            news = [one for one in self.watched.differences if one not in before.told]
            if news:
                self._mismatch(location, news, refresh=not before.told)
            async_show_mismatch(
                self.hass,
                self.config_entry,
                location,
                self.watched,
            )
        return before.mismatch is not self.watched.mismatch

    def _mismatch(
        self,
        location: LocationCoordinator,
        news: Sequence[Difference],
        *,
        refresh: bool,
    ) -> None:
        """Tell of a mismatch once, and refresh once where the person wants it."""
        async_tell_mismatch(self.hass, self.config_entry, news)
        if refresh and self.config_entry.options.get(CONF_REFRESH_ON_MISMATCH):
            self.config_entry.async_create_background_task(
                self.hass, self._async_refresh_service(location), f"{DOMAIN} mismatch"
            )

    async def _async_refresh_service(self, location: LocationCoordinator) -> None:
        try:
            runs = location.config_entry.runtime_data.runs
            await runs.async_press(location, SyncKind.REFRESH, None)
        except HomeAssistantError as err:
            LOGGER.debug("The service was not asked to refresh: %s", err)

    @override
    async def async_shutdown(self) -> None:
        """Close the link."""
        await super().async_shutdown()
        await self.link.stop()


def _says_more(before: LinkState, after: LinkState) -> bool:
    """Tell whether more has changed than the time of the last line."""
    heard, last = after.status.last_message, before.status.last_message
    if before.phase is not after.phase or heard is None or last is None:
        return True
    same = replace(after.status, last_message=last) == before.status
    return not same or heard - last >= QUIET_FOR

"""The coordinator of a local panel: pushed, and compared with the service's copy."""

from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
from typing import override

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ..announcements import (
    Announcement,
    PanelActive,
    PanelCompared,
    StatusUpdated,
    async_announce,
    async_listen,
)
from ..client import (
    Capability,
    LinkPhase,
    LinkState,
    LocalLink,
    PanelActivity,
    PanelUnreachable,
    Watch,
    suspended,
    watch,
)
from ..const import CONF_LOCATION, LOGGER
from ..errors import translated
from ..identifiers import is_enabled, panel_identifier
from .location import LOCATION_INTERVAL, LocationCoordinator

# A panel repeats itself every few seconds: the time of its last line is shown no more
# often than this.
LAST_MESSAGE_SHOWN_EVERY = timedelta(minutes=5)
# However fast a panel speaks, people and the recorder get this much of it.
MOST_WRITES = 5
WRITES_WINDOW = timedelta(seconds=1)


class PanelCoordinator(DataUpdateCoordinator[LinkState]):
    """Listens to one panel and watches whether the service shows the same."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        link: LocalLink,
        capabilities: frozenset[Capability],
    ) -> None:
        """Listen to a link that has these capabilities; nothing is opened yet."""
        super().__init__(
            hass, LOGGER, config_entry=entry, name=f"panel {entry.entry_id}"
        )
        self.link = link
        self.capabilities = capabilities
        self.data = link.state
        self.serves: str | None = entry.options.get(CONF_LOCATION)
        self.location: LocationCoordinator | None = None
        self.watched = Watch()
        self._stop_listening: CALLBACK_TYPE | None = None
        self._written: deque[datetime] = deque(maxlen=MOST_WRITES)
        self._write_later: CALLBACK_TYPE | None = None

    @property
    def identifier(self) -> str:
        """What identifies the panel's device, and begins its entities' ids."""
        return panel_identifier(self.config_entry)

    async def async_start(self) -> None:
        """Begin to listen, and stop with the entry."""
        entry = self.config_entry
        entry.async_on_unload(self.link.subscribe(self._async_pushed))
        entry.async_on_unload(
            self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_stop)
        )
        await self.link.start()

    @callback
    def async_serve(self, location: LocationCoordinator | None) -> None:
        """Compare with a location from now on; None while it is not loaded."""
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        self.location = location
        if location is not None:
            self._stop_listening = async_listen(
                self.hass, location.identifier, self._async_service_read
            )
        self._compare()
        self.async_update_listeners()

    async def async_refresh_panel(self) -> None:
        """Wait for the next message from the panel; raise if none comes."""
        try:
            await self.link.refresh()
        except PanelUnreachable as err:
            if self.link.state.phase is LinkPhase.OFFLINE:
                why = "panel_not_connected"
            elif Capability.QUERY in self.capabilities:
                why = "panel_not_answering"
            else:
                why = "panel_not_heard"
            panel = self.config_entry.title
            raise translated(HomeAssistantError, why, panel=panel) from err
        self.async_set_updated_data(self._shown(self.link.state, requested=True))

    @override
    async def _async_update_data(self) -> LinkState:
        """Return what was pushed: nothing is polled."""
        return self.link.state

    async def _async_stop(self, _: Event) -> None:
        """Close the link when Home Assistant stops: entries are not unloaded then."""
        await self.link.stop()

    def _announce(self, announcement: Announcement) -> None:
        async_announce(self.hass, self.identifier, announcement)

    @callback
    def _async_pushed(
        self, state: LinkState, activities: tuple[PanelActivity, ...]
    ) -> None:
        for activity in activities:
            self._announce(PanelActive(activity))
        shown = self._shown(state)
        if self._compare() or shown != self.data:
            self._write(shown)

    def _shown(self, state: LinkState, *, requested: bool = False) -> LinkState:
        """Return what is shown of a state: nobody reads what only counts time.

        `requested`: a person waits for the panel to be heard. A text that nobody has
        switched on, as that of a countdown, changes nothing.
        """
        status, last = state.status, self.data.status.last_message
        heard = status.last_message
        if (
            not requested
            and state.phase is self.data.phase
            and heard is not None
            and last is not None
            and heard - last < LAST_MESSAGE_SHOWN_EVERY
        ):
            status = replace(status, last_message=last)
        if not is_enabled(self.hass, SENSOR_DOMAIN, self.identifier, "keypad_text"):
            status = replace(status, keypad_text=None)
        return replace(state, status=status)

    def _write(self, shown: LinkState) -> None:
        """Show what is known now, at most five times a second."""
        if self._write_later is not None:
            return
        now = dt_util.utcnow()
        if len(self._written) == MOST_WRITES:
            wait = WRITES_WINDOW - (now - self._written[0])
            if timedelta(0) < wait <= WRITES_WINDOW:
                self._write_later = async_call_later(
                    self.hass, wait, self._async_write_later
                )
                return
        self._write_now(shown)

    def _write_now(self, shown: LinkState) -> None:
        self._written.append(dt_util.utcnow())
        self.async_set_updated_data(shown)

    @callback
    def _async_write_later(self, _: datetime) -> None:
        self._write_later = None
        self._write_now(self._shown(self.link.state))

    @callback
    def _async_service_read(self, announcement: Announcement) -> None:
        if isinstance(announcement, StatusUpdated) and self._compare():
            self.async_update_listeners()

    def _compare(self) -> bool:
        """Compare panel and service now; return whether the result changed."""
        before, state, location = self.watched, self.link.state, self.location
        if location is None or location.data is None or not state.available:
            self.watched = suspended(before)
        else:
            self.watched = watch(
                before,
                state.status,
                location.data.status,
                dt_util.utcnow(),
                poll_every=location.update_interval or LOCATION_INTERVAL,
            )
        news = tuple(
            difference
            for difference in self.watched.differences
            if difference not in before.announced
        )
        self._announce(PanelCompared(self.watched, news, not before.announced))
        return before.mismatch is not self.watched.mismatch

    @override
    async def async_shutdown(self) -> None:
        """Close the link."""
        await super().async_shutdown()
        self.async_serve(None)
        if self._write_later is not None:
            self._write_later()
            self._write_later = None
        await self.link.stop()

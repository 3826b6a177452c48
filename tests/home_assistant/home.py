"""What a test does in a home: press, wait, look."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import ATTR_ENTITY_ID, CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import Context, Event, HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.panelsync.const import (
    CONF_CODES,
    CONF_LEARNED,
    CONF_SERVICE_URL,
    CONF_USER_SYNC_WAY,
    CONF_VOICE_USER_SYNC,
    CONF_WEB_URL,
    DOMAIN,
    EVENT_PANELSYNC,
)
from custom_components.panelsync.coordinators.location import LocationCoordinator
from custom_components.panelsync.runtime import AccountRuntime
from simulator import Simulator
from simulator.world.location import Location

HEALTHY, STALE, ARMED, OFFLINE = range(4)


class Home:
    """A Home Assistant with one account entry against a simulator."""

    def __init__(
        self, hass: HomeAssistant, simulator: Simulator, freezer: FrozenDateTimeFactory
    ) -> None:
        """Prepare; nothing is set up yet."""
        self.hass = hass
        self.simulator = simulator
        self.freezer = freezer
        self.told: list[Event[Any]] = async_capture_events(hass, EVENT_PANELSYNC)
        self.entry: MockConfigEntry

    async def start(self, **changes: Any) -> None:
        """Add the account entry and let its first reads end."""
        options = {
            CONF_USER_SYNC_WAY: changes.pop(CONF_USER_SYNC_WAY, "likely"),
            CONF_VOICE_USER_SYNC: changes.pop(CONF_VOICE_USER_SYNC, False),
        }
        if CONF_LEARNED in changes:
            options[CONF_LEARNED] = changes.pop(CONF_LEARNED)
        data = {
            CONF_USERNAME: self.simulator.options.user,
            CONF_PASSWORD: self.simulator.options.password,
            CONF_WEB_URL: self.simulator.url,
            CONF_SERVICE_URL: self.simulator.url,
            CONF_CODES: {},
        }
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            title=self.simulator.options.user,
            unique_id=str(self.simulator.world.ids.numbered("login", 0)),
            data=data | changes,
            options=options,
        )
        self.entry.add_to_hass(self.hass)
        await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.settle()
        await self.wait(3)

    async def reload(self) -> None:
        """Reload the entry and let its first reads end."""
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.settle()

    async def let_no_change_wait(self) -> None:
        """Let no user change wait at any location, and Home Assistant know of it."""
        for location in self.simulator.world.locations.values():
            for user in location.users:
                user.out_of_sync = 0
        await self.reload()
        await self.wait(5)

    def forget(self) -> None:
        """Forget what a Home Assistant that ends forgets; its stores stay."""
        self.hass.data.pop("panelsync_saved", None)

    async def settle(self) -> None:
        """Let everything that is due happen."""
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def wait(self, seconds: float, step: float = 5) -> None:
        """Let time pass, in steps no longer than the shortest timer."""
        while seconds > 0:
            self.freezer.tick(min(step, seconds))
            seconds -= step
            async_fire_time_changed(self.hass)
            await self.settle()

    def location_id(self, index: int) -> int:
        """Return the id of the nth location of the world."""
        return int(list(self.simulator.world.locations)[index])

    def coordinator(self, index: int) -> LocationCoordinator:
        """Return the loaded coordinator of a location."""
        account: AccountRuntime = self.entry.runtime_data
        return account.locations[self.location_id(index)].location

    def identifier(self, index: int) -> str:
        """Return the identifier of a location's device, which panels name to serve it."""
        return f"{self.entry.unique_id}_{self.location_id(index)}"

    def entity_id(self, platform: str, key: str, index: int | None = None) -> str:
        """Return the entity of a location, or of the account where index is None."""
        place = "" if index is None else f"{self.location_id(index)}_"
        entity_id = er.async_get(self.hass).async_get_entity_id(
            platform, DOMAIN, f"{self.entry.unique_id}_{place}{key}"
        )
        assert entity_id is not None, f"no {platform} {key}"
        return entity_id

    def state(self, platform: str, key: str, index: int | None = None) -> State:
        """Return an entity's state."""
        state = self.hass.states.get(self.entity_id(platform, key, index))
        assert state is not None
        return state

    async def press(
        self, key: str, index: int | None = None, context: Context | None = None
    ) -> None:
        """Press a button and wait for its answer."""
        await self.hass.services.async_call(
            "button",
            "press",
            {ATTR_ENTITY_ID: self.entity_id("button", key, index)},
            blocking=True,
            context=context,
        )

    def location(self, index: int) -> Location:
        """Return the nth location of the world."""
        return list(self.simulator.world.locations.values())[index]

    def open_zone(self, index: int) -> None:
        """Open the first door of a location, at the panel."""
        location = self.location(index)
        zone = next(iter(location.panel.zones))
        self.simulator.world.set_zone(location.id, zone, is_open=True)

    def outcomes(self, index: int) -> list[dict[str, Any]]:
        """Return what was told of runs at a location, oldest first."""
        entity_id = self.entity_id("event", "sync", index)
        return [
            dict(event.data)
            for event in self.told
            if event.data.get(ATTR_ENTITY_ID) == entity_id and "outcome" in event.data
        ]

    def received_forbidden(self) -> list[Any]:
        """Return what no sync client may ever send."""
        return [request for request in self.simulator.received if request.forbidden]

    def panel_starts(self) -> list[Any]:
        """Return the panel-sync starts the service received, accepted or not."""
        return [item for item in self.received("synchronize") if item.method == "POST"]

    def received(self, part: str) -> list[Any]:
        """Return what the simulator received on paths that contain `part`."""
        return [
            request
            for request in self.simulator.received
            if part.lower() in request.path.lower()
        ]

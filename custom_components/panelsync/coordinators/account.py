"""The coordinator of an account: its session details and its locations."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ..capabilities import Findings
from ..client.errors import AccountLocked, ClientError
from ..client.models import Account, RouteReport, RouteState, ServiceStatus, SyncKind
from ..client.remote.service import RemoteService
from ..const import DOMAIN, LOGGER
from ..errors import no_locations_error, update_error
from ..repairs.issues import (
    async_end_location_troubles,
    async_show_account_locked,
    async_show_location_troubles,
)
from ..storage.history import History
from ..sync.manager import Runs
from .location import LOCATION_INTERVAL, LocationCoordinator
from .registry import known_locations

if TYPE_CHECKING:
    from ..runtime import PanelSyncConfigEntry

# Session details carry what changes rarely: locations, flags, the sync indicator.
ACCOUNT_INTERVAL = timedelta(minutes=15)
ROUTE_PROBE_INTERVAL = timedelta(hours=1)
# The ceiling of docs/architecture.md#idle-budget: two requests a poll, five a second
# for the whole account.
REQUESTS_PER_POLL = 2
REQUESTS_PER_SECOND = 5
FIRST_POLL_SPACING = 0.6
REMOVE_AFTER_READS = 3
REMOVE_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class AccountState:
    """The account as last read, and what it has taught us of the service."""

    account: Account
    service_status: tuple[ServiceStatus, ...]
    routes: tuple[RouteReport, ...]


def poll_interval(locations: int) -> timedelta:
    """Return the interval that keeps an account below its ceiling of requests."""
    return max(
        LOCATION_INTERVAL,
        timedelta(seconds=locations * REQUESTS_PER_POLL / REQUESTS_PER_SECOND),
    )


class AccountCoordinator(DataUpdateCoordinator[AccountState]):
    """Reads the account and keeps one coordinator for each of its locations."""

    config_entry: PanelSyncConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: PanelSyncConfigEntry,
        service: RemoteService,
        history: History,
    ) -> None:
        """Prepare for one account; nothing is read yet."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=entry.title,
            update_interval=ACCOUNT_INTERVAL,
            always_update=False,
        )
        self.service = service
        self.locations: dict[int, LocationCoordinator] = {}
        self.runs = Runs(hass, entry, history, self._async_run_ended)
        self._history = history
        self._probed: datetime | None = None
        self._unstarted: list[LocationCoordinator] = []
        self._started = False

    @callback
    def _async_run_ended(self) -> None:
        """Read the sync indicator anew: a run may have changed it."""
        self.config_entry.async_create_background_task(
            self.hass, self.async_request_refresh(), f"{DOMAIN} account"
        )

    @callback
    def async_all_locations(self) -> list[LocationCoordinator]:
        """Return what "all locations" means.

        Raises ServiceValidationError where there is none.
        """
        switched_on = [
            coordinator
            for coordinator in self.locations.values()
            if coordinator.is_switched_on
        ]
        if not switched_on:
            raise no_locations_error(self.config_entry.title)
        return switched_on

    @callback
    def findings(self) -> Findings:
        """Return what reads found on this account until now."""
        links = {key: item.link for key, item in self.locations.items()}
        return Findings(
            kinds={key: link.supported_kinds for key, link in links.items()},
            startable=frozenset(
                kind
                for kind in SyncKind
                if any(link.has_route(kind) for link in links.values())
            ),
            pending={key: item.pending for key, item in self.locations.items()},
        )

    @override
    async def _async_update_data(self) -> AccountState:
        try:
            account = await self.service.fetch_account()
        except ClientError as err:
            if isinstance(err, AccountLocked):
                async_show_account_locked(self.hass, self.config_entry, locked=True)
            raise update_error(err) from err
        async_show_account_locked(self.hass, self.config_entry, locked=False)
        await self._probe_routes(account)
        await self._take_locations(account)
        return AccountState(
            account=account,
            service_status=await self.service.fetch_service_status(),
            routes=self.service.routes(),
        )

    async def _take_locations(self, account: Account) -> None:
        interval = poll_interval(len(account.locations))
        new: list[LocationCoordinator] = []
        for location in account.locations:
            if (known := self.locations.get(location.location_id)) is not None:
                known.update_interval = interval
                known.async_take_location(location)
                continue
            new.append(
                LocationCoordinator(
                    self.hass,
                    self.config_entry,
                    self.service,
                    location,
                    self._history,
                    interval,
                    self.async_update_listeners,
                )
            )
        # States first, for all at once; the client keeps its own ceiling.
        await asyncio.gather(*(coordinator.async_refresh() for coordinator in new))
        for coordinator in new:
            self.locations[coordinator.location.location_id] = coordinator
        self._unstarted += new
        if self._started:
            self.async_start_locations()
        if account.locations:
            await self._remove_missing({item.location_id for item in account.locations})

    @callback
    def _async_leave(self) -> None:
        for coordinator in self.locations.values():
            known_locations(self.hass).async_remove(coordinator)

    @callback
    def async_start_locations(self) -> None:
        """Show the troubles of new locations; once automations listen, tell what is new.

        A Home Assistant that starts arms its automations last: an outcome or an event
        that was told before would reach nobody.
        """
        if not self._started:
            self._started = True
            self.config_entry.async_on_unload(self._async_leave)
        new, self._unstarted = self._unstarted, []
        for coordinator in new:
            known_locations(self.hass).async_add(coordinator)
            self._async_watch_troubles(coordinator)

        @callback
        def take_up(hass: HomeAssistant) -> None:
            self.config_entry.async_create_task(hass, self._async_take_up(new))

        self.config_entry.async_on_unload(async_at_started(self.hass, take_up))

    async def _async_take_up(self, new: list[LocationCoordinator]) -> None:
        """Resume the runs of new locations and read their logs, spread over time."""
        for index, coordinator in enumerate(new, 1):
            await self.runs.async_take_up(coordinator)
            self._async_read_soon(coordinator, index, len(new))

    @callback
    def _async_watch_troubles(self, coordinator: LocationCoordinator) -> None:
        """Show what is wrong at a location with every read, and with every run."""
        show = partial(self._async_show_troubles, coordinator)
        self.config_entry.async_on_unload(coordinator.async_listen_status(show))
        self.config_entry.async_on_unload(coordinator.async_add_listener(show))
        show()

    @callback
    def _async_show_troubles(self, coordinator: LocationCoordinator) -> None:
        async_show_location_troubles(
            self.hass,
            self.config_entry,
            coordinator.location,
            coordinator.history,
            None if coordinator.data is None else coordinator.data.sync_status,
            self.data.account.rights,
        )

    @callback
    def _async_read_soon(
        self, coordinator: LocationCoordinator, index: int, count: int
    ) -> None:
        interval = (coordinator.update_interval or LOCATION_INTERVAL).total_seconds()

        async def read(_: datetime) -> None:
            await coordinator.async_refresh()

        self.config_entry.async_on_unload(
            async_call_later(
                self.hass,
                min(index * FIRST_POLL_SPACING, interval * index / count),
                read,
            )
        )

    async def _remove_missing(self, present: set[int]) -> None:
        """Remove what was missing from 3 non-empty reads over 24 hours.

        See docs/architecture.md#entries-devices-entities.
        """
        now = dt_util.utcnow()
        changed = False
        for location_id, history in list(self._history.locations.items()):
            if location_id in present:
                changed |= history.missing_reads > 0
                history.missing_reads, history.missing_since = 0, None
                continue
            changed = True
            history.missing_reads += 1
            history.missing_since = history.missing_since or now
            if (
                history.missing_reads >= REMOVE_AFTER_READS
                and now - history.missing_since >= REMOVE_AFTER
            ):
                self._remove_device(location_id)
                await self.async_forget_location(location_id)
        if changed:
            await self._history.async_save()

    def _remove_device(self, location_id: int) -> None:
        registry = dr.async_get(self.hass)
        device = registry.async_get_device_by_identifier(
            (DOMAIN, f"{self.config_entry.unique_id}_{location_id}"),
            self.config_entry.entry_id,
        )
        if device is not None:
            registry.async_remove_device(device.id)

    async def async_forget_location(self, location_id: int) -> None:
        """Stop reading a location and drop its history."""
        async_end_location_troubles(self.hass, self.config_entry, location_id)
        self._history.locations.pop(location_id, None)
        if (coordinator := self.locations.pop(location_id, None)) is not None:
            known_locations(self.hass).async_remove(coordinator)
            await coordinator.async_shutdown()
        await self._history.async_save()

    async def _probe_routes(self, account: Account) -> None:
        """Find out at first, and hourly while something is gone, what lives.

        Only harmless reads are used (docs/architecture.md#gone-routes).
        """
        now = dt_util.utcnow()
        if not account.locations or (
            self._probed is not None
            and (
                now - self._probed < ROUTE_PROBE_INTERVAL or not self._something_gone()
            )
        ):
            return
        self._probed = now
        try:
            await self.service.probe_routes(account.locations[0])
        except ClientError as err:
            LOGGER.debug("Routes could not be probed: %s", err.reason)

    def _something_gone(self) -> bool:
        return any(route.state is RouteState.GONE for route in self.service.routes())

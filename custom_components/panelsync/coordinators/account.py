"""The coordinator of an account: its session details and its locations."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ..announcements import AccountRead, AccountRefused, Announcement, async_announce
from ..client import Account, ClientError, RemoteService, RouteState, ServiceStatus
from ..const import LOGGER
from ..errors import update_error
from ..identifiers import account_identifier
from ..storage.history import History
from .location import LOCATION_INTERVAL, LocationCoordinator

# Session details carry what changes rarely: locations, flags, the sync indicator.
ACCOUNT_INTERVAL = timedelta(minutes=15)
ROUTE_PROBE_INTERVAL = timedelta(hours=1)
# Two requests a poll, five a second for the whole account
# (docs/architecture.md#idle-budget).
REQUESTS_PER_POLL = 2
REQUESTS_PER_SECOND = 5


@dataclass(frozen=True, slots=True)
class AccountData:
    """The account as last read, and what the service says of itself."""

    account: Account
    service_status: tuple[ServiceStatus, ...]


def poll_interval(locations: int) -> timedelta:
    """Return the interval that keeps an account below its ceiling of requests."""
    return max(
        LOCATION_INTERVAL,
        timedelta(seconds=locations * REQUESTS_PER_POLL / REQUESTS_PER_SECOND),
    )


class AccountCoordinator(DataUpdateCoordinator[AccountData]):
    """Reads the account and keeps one coordinator for each of its locations."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        service: RemoteService,
        history: History,
    ) -> None:
        """Set up for one account; nothing is read yet."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            # What stands in the log is pasted in public.
            name=f"account {entry.entry_id}",
            update_interval=ACCOUNT_INTERVAL,
            always_update=False,
        )
        self.service = service
        self.locations: dict[int, LocationCoordinator] = {}
        self._history = history
        self._probed: datetime | None = None

    @override
    async def _async_update_data(self) -> AccountData:
        try:
            account = await self.service.fetch_account()
        except ClientError as err:
            self._announce(AccountRefused(err))
            raise update_error(err) from err
        # If all locations are missing at once, they return soon or not for a long time.
        known = bool(self._history.locations)
        self.update_interval = (
            LOCATION_INTERVAL if known and not account.locations else ACCOUNT_INTERVAL
        )
        await self._probe_routes(account)
        await self._read_new_locations(account)
        return AccountData(account, await self.service.fetch_service_status())

    @callback
    @override
    def _async_refresh_finished(self) -> None:
        if self.last_update_success:
            self._announce(AccountRead(self.data.account))

    def _announce(self, announcement: Announcement) -> None:
        identifier = account_identifier(self.config_entry)
        async_announce(self.hass, identifier, announcement)

    async def _read_new_locations(self, account: Account) -> None:
        interval = poll_interval(len(account.locations))
        new: dict[int, LocationCoordinator] = {}
        for location in account.locations:
            if (known := self.locations.get(location.location_id)) is not None:
                known.update_interval = interval
                known.async_set_location(location)
                continue
            new[location.location_id] = LocationCoordinator(
                self.hass,
                self.config_entry,
                self.service,
                location,
                self._history,
                interval,
            )
        # States first, for all at once; the client keeps its own ceiling.
        await asyncio.gather(
            *(coordinator.async_refresh() for coordinator in new.values())
        )
        self.locations |= new

    async def async_forget_location(self, location_id: int) -> None:
        """Stop reading a location."""
        if (coordinator := self.locations.pop(location_id, None)) is not None:
            await coordinator.async_shutdown()

    async def _probe_routes(self, account: Account) -> None:
        """Find out at first, and hourly while a route is unavailable, which ones work.

        Only harmless reads are used (docs/architecture.md#gone-routes).
        """
        now = dt_util.utcnow()
        if not account.locations or (
            self._probed is not None
            and (
                abs(now - self._probed) < ROUTE_PROBE_INTERVAL
                or not self._is_a_route_unavailable()
            )
        ):
            return
        self._probed = now
        try:
            await self.service.probe_routes(account.locations[0])
        except ClientError as err:
            LOGGER.debug("Routes could not be probed: %s", err.reason)

    def _is_a_route_unavailable(self) -> bool:
        return any(
            route.state is RouteState.UNAVAILABLE for route in self.service.routes()
        )

"""The coordinator of one location: status, event log, and the progress of its run."""

import asyncio
from datetime import datetime, timedelta
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ..announcements import (
    AccountRefused,
    Announcement,
    LocationRead,
    StatusUpdated,
    async_announce,
)
from ..client import (
    AccountLocked,
    ClientError,
    CodeRefused,
    CredentialsRefused,
    EndedRun,
    EventLog,
    JobStatus,
    Location,
    Mark,
    NoZones,
    PanelStatus,
    PendingUserChanges,
    RemoteService,
    Snapshot,
    SyncKind,
    UserSyncSteps,
    take_mark,
)
from ..const import LOGGER
from ..errors import update_error
from ..identifiers import account_identifier, find_device, location_identifier
from ..outcome_report import OutcomeReport
from ..panel_codes import stored_codes
from ..storage.history import History, LocationHistory
from .location_data import LocationData, location_data

# Home Assistant's own integration polls each 30 s without trouble; status and event log
# each 60 s stay below that (docs/protocol/total-connect.md#quirks).
LOCATION_INTERVAL = timedelta(seconds=60)
USER_COUNT_INTERVAL = timedelta(minutes=15)
GRACE = timedelta(seconds=180)
# A start's marks come from a read this young (docs/architecture.md#marks).
MARK_FRESH_FOR = timedelta(seconds=2)
# An outcome waits no longer to name what was changed, in seconds.
EFFECT_LIMIT = 5


def _has_aged(read: datetime | None, begun: datetime) -> bool:
    """Return whether something read since then is too old for a mark by now."""
    return (
        read is not None
        and read >= begun
        and abs(dt_util.utcnow() - read) > MARK_FRESH_FOR
    )


class LocationCoordinator(DataUpdateCoordinator[LocationData]):
    """Reads one location and announces what it reads."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        service: RemoteService,
        location: Location,
        history: History,
        interval: timedelta,
    ) -> None:
        """Set up for one location; nothing is read yet."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            # What stands in the log is pasted in public: an alias, as in diagnostics.
            name=service.trace.alias(location.location_id),
            update_interval=interval,
            always_update=False,
        )
        self.service = service
        self.location = location
        self.link = service.link(location)
        self.history = history.locations.setdefault(
            location.location_id, LocationHistory()
        )
        # The first reads of an account fetch states only; the logs follow immediately.
        self.states_only = True
        self.pending: PendingUserChanges | None = None
        self._location_read = dt_util.utcnow()
        self._log_read: datetime | None = None
        self._pending_read: datetime | None = None
        self._no_zones = NoZones()
        self._mismatching: set[str] = set()
        self._read: LocationRead | None = None

    @property
    def identifier(self) -> str:
        """What identifies the location's device, and begins its entities' ids."""
        return location_identifier(self.config_entry, self.location.location_id)

    @property
    def device(self) -> dr.DeviceEntry | None:
        """The location's device, None before it exists."""
        return find_device(self.hass, self.config_entry, self.identifier)

    @property
    def display_name(self) -> str:
        """The name a person chose for the location, else the service's."""
        device = self.device
        return (device and device.name_by_user) or self.location.name

    @property
    def is_enabled(self) -> bool:
        """Whether "all" means this location: a person may switch its device off."""
        device = self.device
        return device is None or not device.disabled

    @property
    def report_time(self) -> datetime | None:
        """When the service last stored anything from the panel, as far as known."""
        return None if self.data is None else self.data.status.report_time

    def report(self, run: EndedRun) -> OutcomeReport:
        """Return what is reported of a run that has ended here."""
        return OutcomeReport.of(run, self.display_name, self.report_time)

    @callback
    def async_set_location(self, location: Location) -> None:
        """Use what the account's newest read says of this location."""
        self._location_read = dt_util.utcnow()
        if location != self.location:
            self.location = location
            self.link = self.service.link(location)
            self.async_update_status()

    @callback
    def async_set_mismatch(self, panel: str, mismatch: bool) -> None:
        """Note whether a local panel, by its identifier, differs from the service."""
        if mismatch is not (panel in self._mismatching):
            self._mismatching ^= {panel}
            self.async_update_status()

    async def async_read_effect(self, kind: SyncKind) -> Snapshot:
        """Read once what a sync of a kind changes, as far as that answers soon."""
        if kind is SyncKind.USERS:
            self.async_request_pending()
        read = self._read_pending() if kind is SyncKind.USERS else self._read_status()
        # It goes on where we wait no longer: a token request that was sent is never
        # cut off (docs/architecture.md#sign-in-discipline).
        reading = self.config_entry.async_create_background_task(
            self.hass, read, f"{self.name} effect of a sync"
        )
        await asyncio.wait({reading}, timeout=EFFECT_LIMIT)
        answer = reading.result() if reading.done() else None
        return Snapshot(
            dt_util.utcnow(),
            answer if isinstance(answer, PanelStatus) else None,
            pending=answer if isinstance(answer, PendingUserChanges) else None,
        )

    @callback
    def async_update_status(self) -> None:
        """Show what follows from a run that began, moved or ended, or from new facts."""
        if self.data is not None:
            self.data = self._data(self.data.status)
        self.async_update_listeners()
        self._announce(StatusUpdated())

    @callback
    def async_request_pending(self) -> None:
        """Count the pending user changes with the next read."""
        self._pending_read = None

    async def async_read_mark(self, kind: SyncKind) -> Mark:
        """Read anew what is true just before a start, and return it.

        One slow read makes old what was read beside it: that is read once more. The next
        poll announces what is new in the log.
        """
        if kind is SyncKind.USERS:
            self.async_request_pending()
        begun = dt_util.utcnow()
        await self.async_refresh()
        status: PanelStatus | None = None if self.data is None else self.data.status
        position = self.history.position
        if status is not None and _has_aged(status.read_at, begun):
            again = await self._read_status()
            status = again if isinstance(again, PanelStatus) else None
            if status is not None:
                # Arming is decided on what the mark takes.
                self.data = self._data(status)
        if _has_aged(self._pending_read, begun):
            self.async_request_pending()
            await self._read_pending()
        log_read = self._log_read
        if _has_aged(log_read, begun):
            # Not announced, so the next poll still counts from the read before.
            log, log_read = await self._read_log()
            position = None if log is None else max(log.newest_id, position or 0)
        now = dt_util.utcnow()

        def fresh(read: datetime | None) -> bool:
            return read is not None and abs(now - read) <= MARK_FRESH_FOR

        return take_mark(
            now,
            status if status is not None and fresh(status.read_at) else None,
            position if fresh(log_read) else None,
            self.pending.count if self.pending and fresh(self._pending_read) else None,
        )

    def _announce(self, announcement: Announcement) -> None:
        async_announce(self.hass, self.identifier, announcement)

    def _data(self, status: PanelStatus) -> LocationData:
        return location_data(
            status,
            self.location,
            self.history,
            self.pending,
            counting=self.states_only and SyncKind.USERS in self.link.supported_kinds,
            zones_missing=self._no_zones.counts(status.read_at),
            mismatch=bool(self._mismatching),
            location_read=self._location_read,
            now=dt_util.utcnow(),
        )

    @override
    async def _async_update_data(self) -> LocationData:
        # The job first: only a status read after a finished job can prove it.
        job, steps, code_refused = await self._read_run()
        log_read_before = self._log_read
        status, (log, log_read), pending = await asyncio.gather(
            self._read_status(), self._read_log(), self._read_pending()
        )
        if log is not None:
            self._log_read = log_read
        now = dt_util.utcnow()
        answered = status if isinstance(status, PanelStatus) else None
        if answered is not None:
            self._no_zones = self._no_zones.after(answered)
        records = () if log is None else log.records
        self._read = LocationRead(
            Snapshot(now, answered, records, job, steps, pending, code_refused),
            log,
            log_read_before,
        )
        if isinstance(status, PanelStatus):
            return self._data(status)
        if not self._has_grace(status, now):
            raise update_error(status) from status
        LOGGER.debug("Kept the last status of %s: %s", self.name, status.reason)
        return self._data(self.data.status)

    @callback
    @override
    def _async_refresh_finished(self) -> None:
        """Announce what was read, and show what was concluded from it.

        A run is judged by it, and the history moves on, as it is announced.
        """
        if (read := self._read) is None:
            return
        self._read = None
        self._announce(read)
        if self.data is not None:
            self.data = self._data(self.data.status)
        self._announce(StatusUpdated())

    def _has_grace(self, err: ClientError, now: datetime) -> bool:
        """Return whether the last status still counts; a signed-out one never does."""
        if isinstance(err, CredentialsRefused) or self.data is None:
            return False
        interval = self.update_interval or LOCATION_INTERVAL
        return abs(now - self.data.status.read_at) <= max(GRACE, 2 * interval)

    async def _read_status(self) -> PanelStatus | ClientError:
        try:
            return await self.link.read_status()
        except ClientError as err:
            if isinstance(err, AccountLocked):
                account = account_identifier(self.config_entry)
                async_announce(self.hass, account, AccountRefused(err))
            return err

    async def _read_log(self) -> tuple[EventLog | None, datetime]:
        """Return what is new in the log, and when it was read."""
        log: EventLog | None = None
        if not self.states_only:
            try:
                log = await self.link.read_events(self.history.position)
            except ClientError as err:
                LOGGER.debug("No event log of %s: %s", self.name, err.reason)
        return log, dt_util.utcnow()

    async def _read_pending(self) -> PendingUserChanges | None:
        """Count pending user changes where that is due; None where it was not."""
        run = self.history.open_run
        now = dt_util.utcnow()
        due = (
            self._pending_read is None
            or abs(now - self._pending_read) >= USER_COUNT_INTERVAL
            or (run is not None and run.kind is SyncKind.USERS)
        )
        if (
            not due
            or self.states_only
            or SyncKind.USERS not in self.link.supported_kinds
        ):
            return None
        try:
            pending = await self.link.read_pending_user_changes()
        except ClientError as err:
            LOGGER.debug("No user counts of %s: %s", self.name, err.reason)
            return None
        self._pending_read = dt_util.utcnow()
        self.pending = pending
        return pending

    async def _read_run(
        self,
    ) -> tuple[JobStatus | None, UserSyncSteps | None, int | None]:
        """Read the progress of a run; last is with which code its panel code was refused."""
        run = self.history.open_run
        job: JobStatus | None = None
        steps: UserSyncSteps | None = None
        refused: int | None = None
        if run is None or run.kind is SyncKind.REFRESH or run.accepted is None:
            return job, steps, refused
        try:
            if run.job_id is not None:
                job = await self.link.read_job(run.job_id)
            if run.kind is SyncKind.USERS:
                codes = stored_codes(self.config_entry, run.location_id).codes
                steps = await self.link.read_user_sync(codes)
        except CodeRefused as err:
            refused = err.code
        except ClientError as err:
            LOGGER.debug("No progress of %s: %s", self.name, err.reason)
        return job, steps, refused

"""One location through the Remote Service."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ..errors import (
    CodeRefused,
    FeatureMissing,
    PanelUnreachable,
    RouteUnavailable,
    ServiceRefused,
    UnexpectedAnswer,
)
from ..models import (
    Codes,
    EventLog,
    JobStatus,
    LiveRead,
    Location,
    PanelStatus,
    PendingUserChanges,
    StartAnswer,
    UserSyncSteps,
)
from ..outcomes import SyncKind
from .api import PANEL_RETRY_DELAY, Exchange
from .decode import answers as decode
from .http.rest import fits, validated, validated_path
from .log_reader import LogReader
from .parameters import Parameters, parameters
from .route import NOTHING, DeviceAuthorization, Kind, Purpose, Route, Value
from .routes import ROUTES, SOAP_WAY, START_PURPOSE, steps_route
from .start_answer import is_of_the_last_sync, start_answer

STORED_CODE: Final = "-1"
"""What the service reads as "the code stored for this user".

See docs/protocol/total-connect.md#general-rules.
"""

NO_USER_SYNC_TYPES: Final = frozenset({5})
"""Panel types without user sync: Lynx Plus L3000.

See docs/protocol/total-connect.md#panel-types and
docs/protocol/total-connect.md#user-sync.
"""

REPEATED_CODES: Final = frozenset({4101, -4104, -4108})
UNKNOWN_JOB: Final = -501
SHORTEST_CODE: Final = 4


class RemoteLink:
    """Reaches one panel through the Remote Service.

    Every method may raise the errors of `errors.py`. Reads are repeated inside; starts
    are sent once (docs/architecture.md#a-start-is-sent-once).
    """

    def __init__(
        self, exchange: Exchange, location: Location, likely_ways: tuple[str, ...]
    ) -> None:
        """Take the likely ways of starting a user sync that the person allows."""
        self._exchange = exchange
        self._table = exchange.route_states.table
        self._likely_ways = likely_ways
        self._way: Route | None = None
        self._no_user_sync = False
        # The row of a user sync as it was last seen, and as it was when one started.
        self._row: UserSyncSteps | None = None
        self._row_at_start: UserSyncSteps | None = None
        self._names: tuple[str, ...] = ()
        self._codes: frozenset[str] = frozenset()
        self._log = LogReader(exchange)
        self.location = location

    @property
    def supported_kinds(self) -> frozenset[SyncKind]:
        """The sync kinds this panel has at all."""
        panel = self.location.panel
        if (
            self.location.user_management_disabled is True
            or panel.panel_type in NO_USER_SYNC_TYPES
            or self._no_user_sync
        ):
            return frozenset({SyncKind.PANEL, SyncKind.REFRESH})
        return frozenset(SyncKind)

    def has_route(self, kind: SyncKind) -> bool:
        """Return whether an available way to start this kind is known."""
        if kind is SyncKind.USERS:
            return bool(self._available_ways())
        now = self._exchange.now()
        return any(
            not self._exchange.route_states.is_unavailable(route, now)
            for route in self._table.routes_for(START_PURPOSE[kind])
        )

    async def read_status(self) -> PanelStatus:
        """Read the stored status."""
        found = await self._exchange.read_first(
            Purpose.STATUS,
            self._parameters,
            lambda fields: fields,
            complete=decode.has_panel_status,
        )
        if found is None:
            raise UnexpectedAnswer(
                "The service has no status of this location any more"
            )
        self._names = decode.names(found[1])
        status = decode.panel_status(found[1], self._exchange.now())
        await self._exchange.session.usable()
        return status

    async def read_live(self) -> LiveRead:
        """Ask the panel itself for its zones; 0 where it answered with none.

        Raises RouteUnavailable, PanelUnreachable, FeatureMissing among the others.
        """
        route = self._available(Purpose.LIVE_ZONES)
        fields = await self._exchange.read(
            route,
            *self._parameters(route),
            complete=lambda fields: decode.live_read(fields).zones > 0,
        )
        return decode.live_read(fields)

    async def read_events(self, after: int | None) -> EventLog | None:
        """Read log records newer than `after` (None: the newest page).

        None means that no route to the log is available.
        """
        return await self._log.read(self.location, after, self._names, self._codes)

    async def start(self, kind: SyncKind, codes: Codes) -> StartAnswer:
        """Start a panel or user sync, once (docs/architecture.md#a-start-is-sent-once).

        Raises ValueError for a refresh, which is a read. ServiceUnreachable with `sent`
        means that the sync may have started.
        """
        if kind is SyncKind.PANEL:
            return await self._start_panel(codes)
        if kind is SyncKind.USERS:
            return await self._start_users(codes)
        raise ValueError("A refresh is read, not started")

    async def _start_panel(self, codes: Codes) -> StartAnswer:
        route = self._available(Purpose.START_PANEL)
        self._note(codes)
        code = _stored(codes.user_code) or STORED_CODE
        installer = _stored(codes.installer_code)
        values: dict[str, Value] = {"userCode": code, "code": code}
        values["installer"] = installer or STORED_CODE
        if self.location.panel.prompts_installer_code and installer is not None:
            values["installerCode"] = installer
        is_unavailable = self._exchange.route_states.is_unavailable(
            route, self._exchange.now()
        )
        if is_unavailable or not fits(route, values):
            raise RouteUnavailable("The service no longer offers a panel sync")
        path_fields, fields = self._parameters(route, values)
        reply = await self._exchange.request(route, path_fields, fields)
        if (
            reply.integer("ResultCode") in REPEATED_CODES
            and reply.identifier("JobID") is None
        ):
            # The first call after idle is answered so, and nothing was begun
            # (docs/protocol/total-connect.md#quirks).
            await self._exchange.sleep(PANEL_RETRY_DELAY)
            reply = await self._exchange.request(route, path_fields, fields)
        job_id = reply.identifier("JobID")
        try:
            return start_answer(route, reply, self.location.panel.device_id, job_id)
        except PanelUnreachable:
            if job_id is None:
                raise
        return StartAnswer(route.key, job_id)

    async def _start_users(self, codes: Codes) -> StartAnswer:
        device = self._device(codes)
        self._way = self._row_at_start = None
        await self._exchange.soap_answers()
        for route in self._available_ways():
            if not fits(route, {"code": device.code}):
                continue
            try:
                reply = await self._exchange.request(
                    route, *self._user_sync_parameters(route, device)
                )
            except RouteUnavailable:
                # Nothing was begun (docs/architecture.md#a-start-is-sent-once).
                continue
            row = decode.user_sync_steps(reply, self.location.panel.device_id)
            shown, self._row = self._row, row
            self._row_at_start = row or shown
            try:
                answer = start_answer(
                    route,
                    reply,
                    device.device_id,
                    heeds_item=not is_of_the_last_sync(row, shown),
                )
            except FeatureMissing:
                self._no_user_sync = True
                raise
            # Where it is open what became of a start, a guess is sent nothing.
            if answer.code is None:
                self._way = route
            return answer
        raise RouteUnavailable("No way to start a user sync is known on this account")

    def _available_ways(self) -> list[Route]:
        """Return the ways that may start a user sync now, in order.

        See docs/architecture.md#ways-to-start-a-user-sync.
        """
        states, now = self._exchange.route_states, self._exchange.now()
        ways = [ROUTES[key] for key in self._likely_ways]
        if (learned := self._table.learned.get(Purpose.START_USERS)) is not None:
            ways.insert(0, learned)
        if self._exchange.soap_works:
            ways.insert(0, ROUTES[SOAP_WAY])
        return [route for route in ways if not states.is_unavailable(route, now)]

    async def read_job(self, job_id: str) -> JobStatus | None:
        """Read a job's state; None where it cannot be known."""
        try:
            validated_path(f"/{validated(Kind.WORD, 'job', job_id)}")
        except ValueError:
            return None
        values: dict[str, Value] = {"job": job_id, "jobId": job_id, "JobID": job_id}

        def fitting(route: Route) -> Parameters | None:
            return self._parameters(route, values) if fits(route, values) else None

        try:
            found = await self._exchange.read_first(
                Purpose.JOB_STATUS,
                fitting,
                lambda fields: decode.job_status(fields, self.location.panel.device_id),
            )
        except ServiceRefused as error:
            if error.code == UNKNOWN_JOB:
                return None
            raise
        return found[1] if found else None

    async def read_user_sync(self, codes: Codes) -> UserSyncSteps | None:
        """Read the user-sync row of this panel; None where it cannot be known.

        A guessed way is polled only after it took this link's own start: a service that
        does not know `StatusOnly` would start again.
        """
        if (route := self._steps_route()) is None:
            return None
        device = self._device(codes)
        if not fits(route, {"code": device.code}):
            return None
        try:
            fields = await self._exchange.read(
                route, *self._user_sync_parameters(route, device)
            )
        except RouteUnavailable:
            return None
        self._row = row = decode.user_sync_steps(fields, self.location.panel.device_id)
        if row is None or self._way is None or self._row_at_start is None:
            return row
        return replace(row, is_new=row != self._row_at_start)

    async def read_pending_user_changes(self) -> PendingUserChanges | None:
        """Read how many user changes wait; None where it cannot be known."""
        try:
            found = await self._exchange.read_first(
                Purpose.PENDING_CHANGES, self._parameters, decode.pending_changes
            )
        except ServiceRefused:
            # Not for this user or this panel: then the count is not known.
            return None
        return found[1] if found else None

    def _steps_route(self) -> Route | None:
        """Return the route that reads the steps: of the own start, else a known one."""
        learned = self._table.learned.get(Purpose.USER_SYNC_STEPS)
        if self._way is not None and self._way.key in ROUTES:
            return steps_route(self._way)
        if learned is not None:
            return learned
        return steps_route(ROUTES[SOAP_WAY]) if self._exchange.soap_works else None

    def _available(self, purpose: Purpose) -> Route:
        """Return the first available route of a purpose, else the last."""
        routes = self._table.routes_for(purpose)
        states, now = self._exchange.route_states, self._exchange.now()
        return next(
            (route for route in routes if not states.is_unavailable(route, now)),
            routes[-1],
        )

    def _parameters(
        self, route: Route, more: Mapping[str, Value] = NOTHING
    ) -> Parameters:
        return parameters(route, self.location, self._exchange.now(), more)

    def _user_sync_parameters(
        self, route: Route, device: DeviceAuthorization
    ) -> Parameters:
        return self._parameters(route, {"DeviceList": device, "code": device.code})

    def _note(self, codes: Codes) -> None:
        """Remember which codes a log may not repeat; a short one is any number."""
        self._codes = frozenset(
            code
            for code in (codes.user_code, codes.installer_code)
            if code and len(code) >= SHORTEST_CODE
        )

    def _device(self, codes: Codes) -> DeviceAuthorization:
        self._note(codes)
        return DeviceAuthorization(
            self.location.location_id,
            self.location.panel.device_id,
            _stored(codes.user_code) or STORED_CODE,
        )


def validated_code(code: str) -> str:
    """Return a code that a panel can have; raise CodeRefused for others."""
    try:
        return validated(Kind.CODE, "code", code.strip())
    except ValueError:
        raise CodeRefused("A code is made of digits") from None


def _stored(code: str | None) -> str | None:
    return validated_code(code) if code and code.strip() else None

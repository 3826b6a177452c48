"""One location through the Remote Service."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Final, override

from ..errors import (
    CodeRefused,
    FeatureMissing,
    PanelUnreachable,
    RouteGone,
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
from ..outcomes import CODE_REFUSED_CODES, SyncKind
from ..panel_link import PanelLink
from .api import NOTHING, PANEL_RETRY_DELAY, Exchange
from .decode import answers as decode
from .decode.event_log import LogPage, log_page
from .decode.fields import Fields
from .http.response import (
    ACCEPTED_CODES,
    ITEM_CODES,
    KNOWN_CODES,
    RouteMissing,
    business_error,
    raise_for_code,
)
from .http.rest import fits, validated, validated_path
from .repeated import repeats
from .route import DeviceAuthorization, Kind, Purpose, Route, Value
from .routes import ROUTES, SOAP_WAY, START_PURPOSE, steps_route

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
MOST_PAGES: Final = 10
SHORTEST_CODE: Final = 4
LOG_SPAN: Final = timedelta(days=7)
"""How far a log is read back whose route takes a span of time."""
_MOMENT: Final = "%Y-%m-%dT%H:%M:%S"
WHOLE_EACH: Final = 15
"""Of so many reads one is for the newest page, whatever the position says."""
BEGUN_ANEW_READS: Final = 3
"""How often in a row a log must end below the position: one answer means nothing."""

type Parameters = tuple[Mapping[str, Value], Mapping[str, Value]]


class RemoteLink(PanelLink):
    """Reaches one panel through the Remote Service."""

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
        self._log_reads = 0
        self._codes: frozenset[str] = frozenset()
        self._below_position = 0
        self.location = location

    @property
    @override
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

    @override
    def has_route(self, kind: SyncKind) -> bool:
        """Tell whether a living way to start this kind is known."""
        if kind is SyncKind.USERS:
            return bool(self._living_ways())
        now = self._exchange.now()
        return any(
            not self._exchange.route_states.gone(route, now)
            for route in self._table.routes_for(START_PURPOSE[kind])
        )

    @override
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
        return decode.panel_status(found[1], self._exchange.now())

    @override
    async def read_live(self) -> LiveRead:
        """Ask the panel itself for its zones; 0 where it answered with none.

        Raises RouteGone, PanelUnreachable, FeatureMissing among the others.
        """
        route = self._living(Purpose.LIVE_ZONES)
        fields = await self._exchange.read(
            route,
            *self._parameters(route),
            complete=lambda fields: decode.live_read(fields).zones > 0,
        )
        return decode.live_read(fields)

    @override
    async def read_events(self, after: int | None) -> EventLog | None:
        """Read log records newer than `after` (None: the newest page).

        None means that no route to the log lives.
        """
        first = await self._read_page(after)
        if first is None:
            return None
        route, page = first
        if after is not None and self._is_begun_anew(route, page, after):
            # Silent, so no record is needed.
            return EventLog((), max(page.ids), begun_anew=True)
        pages = [page] if after is None else await self._follow(route, page, after)
        private = (*self._exchange.session.private, *self._codes)
        newer = {
            record.record_id: record
            for page in pages
            for record in page.records
            if (after is None or record.record_id > after)
            and not repeats(f"{record.text} {record.originator}", private)
        }
        return EventLog(
            tuple(newer[record_id] for record_id in sorted(newer, reverse=True)),
            max([after or 0, *(record_id for page in pages for record_id in page.ids)]),
        )

    def _is_begun_anew(self, route: Route, page: LogPage, after: int) -> bool:
        """Tell whether the log ends below the position, and has done so for a while.

        A position only rises: without this a log that counts anew would stay unread.
        """
        if route.operation == "GetLiveEvents" or not page.ids:
            return False
        is_newest = not page.has_more or page.ids[0] > page.ids[-1]
        below = is_newest and max(page.ids) < after
        self._below_position = self._below_position + 1 if below else 0
        return self._below_position >= BEGUN_ANEW_READS

    async def _follow(self, route: Route, page: LogPage, after: int) -> list[LogPage]:
        """Read on until `after` is reached, in ten pages at most.

        Which way a log pages and is sorted is not known
        (docs/protocol/total-connect.md#event-records,
        docs/protocol/total-connect.md#what-is-not-known): towards older records is
        tried first; where that brings none, the log is entered at `after` and read
        towards newer ones.
        """
        pages = [page]
        if not page.has_more or not page.ids:
            return pages
        lowest = min(page.ids)
        if route.operation == "GetLiveEvents" or (
            lowest <= after and page.ids[0] < page.ids[-1]
        ):
            cursor = max(after, *page.ids)
        else:
            while lowest > after and page.has_more and len(pages) < MOST_PAGES:
                page = await self._read_more(route, lowest)
                pages.append(page)
                if min(page.ids, default=lowest) >= lowest:
                    break
                lowest = min(page.ids)
            else:
                return pages
            cursor = after
        while len(pages) < MOST_PAGES:
            page = await self._read_more(route, cursor)
            pages.append(page)
            highest = max(page.ids, default=cursor)
            if highest <= cursor or not page.has_more:
                break
            cursor = highest
        return pages

    async def _read_page(self, after: int | None) -> tuple[Route, LogPage] | None:
        whole = self._log_reads % WHOLE_EACH == 0
        self._log_reads += 1

        def parameters(route: Route) -> Parameters | None:
            if route.operation != "GetLiveEvents":
                return self._log_parameters(route, 0)
            # Newer than an id: without one it would begin at the oldest record.
            if after is None or whole:
                return None
            return self._log_parameters(route, after)

        found = await self._exchange.read_first(
            Purpose.EVENT_LOG, parameters, self._log_page
        )
        if found is not None or not whole or after is None:
            return found
        whole = False
        return await self._exchange.read_first(
            Purpose.EVENT_LOG, parameters, self._log_page
        )

    async def _read_more(self, route: Route, cursor: int) -> LogPage:
        fields = await self._exchange.read(route, *self._log_parameters(route, cursor))
        return self._log_page(fields) or LogPage((), (), has_more=False)

    def _log_page(self, fields: Fields) -> LogPage | None:
        page = log_page(fields, self.location.name, self._names)
        for record in () if page is None else page.records:
            if record.mention is None:
                self._exchange.trace.log_text(record.text)
        return page

    def _log_parameters(self, route: Route, cursor: int) -> Parameters:
        return self._parameters(route, {"LastEventIdReceived": cursor, "after": cursor})

    @override
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
        route = self._living(Purpose.START_PANEL)
        self._note(codes)
        code = _stored(codes.user_code) or STORED_CODE
        installer = _stored(codes.installer_code)
        values: dict[str, Value] = {"userCode": code, "code": code}
        values["installer"] = installer or STORED_CODE
        if self.location.panel.prompts_installer_code and installer is not None:
            values["installerCode"] = installer
        is_gone = self._exchange.route_states.gone(route, self._exchange.now())
        if is_gone or not fits(route, values):
            raise RouteGone("The service no longer offers a panel sync")
        path_fields, fields = self._parameters(route, values)
        reply = await self._exchange.request(route, path_fields, fields)
        if (
            reply.integer("ResultCode") in REPEATED_CODES
            and reply.identifier("JobID") is None
        ):
            # The first call after idle is answered so, and nothing was begun (8, quirks).
            await self._exchange.sleep(PANEL_RETRY_DELAY)
            reply = await self._exchange.request(route, path_fields, fields)
        job_id = reply.identifier("JobID")
        try:
            return self._answered(route, reply, job_id)
        except PanelUnreachable:
            if job_id is None:
                raise
        return StartAnswer(route.key, job_id)

    async def _start_users(self, codes: Codes) -> StartAnswer:
        device = self._device(codes)
        self._way = self._row_at_start = None
        await self._exchange.soap_lives()
        for route in self._living_ways():
            if not fits(route, {"code": device.code}):
                continue
            try:
                reply = await self._exchange.request(
                    route, *self._user_sync_parameters(route, device)
                )
            except RouteMissing:
                continue
            row = decode.user_sync_steps(reply, self.location.panel.device_id)
            shown, self._row = self._row, row
            self._row_at_start = row or shown
            try:
                answer = self._answered(
                    route, reply, heeds_item=not _is_of_the_last_sync(row, shown)
                )
            except FeatureMissing:
                self._no_user_sync = True
                raise
            # Where it is open what became of a start, a guess is sent nothing.
            if answer.code is None:
                self._way = route
            return answer
        raise RouteGone("No way to start a user sync is known on this account")

    def _answered(
        self,
        route: Route,
        reply: Fields,
        job_id: str | None = None,
        *,
        heeds_item: bool = True,
    ) -> StartAnswer:
        """Give the answer to a start; raise what its result means where it failed.

        What it says of this panel counts before what it says of the whole, but for a
        refused code: that is believed wherever it stands.
        """
        failure = _failure(reply)
        if isinstance(failure, CodeRefused):
            raise failure
        results = (
            decode.item_results(reply, self.location.panel.device_id)
            if heeds_item
            else []
        )
        for code, text in results:
            if code in ACCEPTED_CODES:
                continue
            error = ServiceRefused(text, code=code)
            if code in ITEM_CODES:
                raise business_error(code, text) or error
            failure = failure or error
        if failure is None:
            return StartAnswer(route.key, job_id)
        if failure.code in KNOWN_CODES and not results:
            raise failure
        return StartAnswer(route.key, job_id, failure.code, failure.text)

    def _living_ways(self) -> list[Route]:
        """Give the ways that may start a user sync now, in order.

        See docs/architecture.md#ways-to-start-a-user-sync.
        """
        states, now = self._exchange.route_states, self._exchange.now()
        ways = [ROUTES[key] for key in self._likely_ways]
        if (learned := self._table.learned.get(Purpose.START_USERS)) is not None:
            ways.insert(0, learned)
        if self._exchange.soap_works:
            ways.insert(0, ROUTES[SOAP_WAY])
        return [route for route in ways if not states.gone(route, now)]

    @override
    async def read_job(self, job_id: str) -> JobStatus | None:
        """Read a job's state; None where it cannot be known."""
        try:
            validated_path(f"/{validated(Kind.WORD, 'job', job_id)}")
        except ValueError:
            return None
        values: dict[str, Value] = {"job": job_id, "jobId": job_id, "JobID": job_id}

        def parameters(route: Route) -> Parameters | None:
            return self._parameters(route, values) if fits(route, values) else None

        try:
            found = await self._exchange.read_first(
                Purpose.JOB_STATUS, parameters, decode.job_status
            )
        except ServiceRefused as error:
            if error.code == UNKNOWN_JOB:
                return None
            raise
        return found[1] if found else None

    @override
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
        except RouteGone:
            return None
        self._row = row = decode.user_sync_steps(fields, self.location.panel.device_id)
        if row is None or self._way is None or self._row_at_start is None:
            return row
        return replace(row, is_new=row != self._row_at_start)

    @override
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
        """Give the route that reads the steps: of the own start, else a known one."""
        learned = self._table.learned.get(Purpose.USER_SYNC_STEPS)
        if self._way is not None and self._way.key in ROUTES:
            return steps_route(self._way)
        if learned is not None:
            return learned
        return steps_route(ROUTES[SOAP_WAY]) if self._exchange.soap_works else None

    def _living(self, purpose: Purpose) -> Route:
        """Give the first route of a purpose that is not gone, else the last one."""
        routes = self._table.routes_for(purpose)
        states, now = self._exchange.route_states, self._exchange.now()
        return next(
            (route for route in routes if not states.gone(route, now)), routes[-1]
        )

    def _parameters(
        self, route: Route, more: Mapping[str, Value] = NOTHING
    ) -> Parameters:
        """Give path fields and fields of a route; a field that has no value is left out."""
        location_id = self.location.location_id
        values: dict[str, Value] = {
            "location": location_id,
            "LocationID": location_id,
            "LocationId": location_id,
            "device": self.location.panel.device_id,
            **more,
        }
        if route.template is not None:
            now = self._exchange.now().astimezone(UTC)
            values["since"] = f"{now - LOG_SPAN:{_MOMENT}}"
            values["until"] = f"{now + timedelta(days=1):{_MOMENT}}"
        return (
            {name: values[name] for name in route.path_fields},
            {name: values[name] for name in route.fields if name in values},
        )

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


def _is_of_the_last_sync(
    row: UserSyncSteps | None, shown: UserSyncSteps | None
) -> bool:
    """Tell whether the row in the answer to a start is one of the sync before.

    A sync that has just started has made no step. Where no earlier row was seen, a
    refused code is believed all the same: sent again, it could lock the panel.
    """
    if row is None or not row.current:
        return False
    if shown is None:
        return row.result_code not in CODE_REFUSED_CODES
    return row == shown


def _failure(reply: Fields) -> ServiceRefused | None:
    """Give what an answer as a whole failed with, None where it did not."""
    try:
        raise_for_code(reply)
    except ServiceRefused as error:
        return error
    return None


def validated_code(code: str) -> str:
    """Give a code that a panel can have; raise CodeRefused, nothing sent, for others."""
    try:
        return validated(Kind.CODE, "code", code.strip())
    except ValueError:
        raise CodeRefused("A code is made of digits") from None


def _stored(code: str | None) -> str | None:
    return validated_code(code) if code and code.strip() else None

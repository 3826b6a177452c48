"""One run of one kind against one service, phase by phase, with a fault in one of them.

The scene does what a caller of the client does (docs/architecture.md#a-run): signs in,
takes marks, starts once, looks until the run has ended. Time is a clock moved by hand.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from custom_components.panelsync.client import (
    ClientError,
    Codes,
    Credentials,
    EndedRun,
    Hosts,
    Location,
    Mark,
    OpenRun,
    Outcome,
    RemoteService,
    Snapshot,
    SyncKind,
    SyncRun,
    UserSyncWay,
    take_mark,
)
from custom_components.panelsync.client.remote.location_link import RemoteLink
from simulator import Simulator, SimulatorOptions

from .broken import Wire, broken_wire

# Which of the four named locations a run of each kind is at: the panel sync where the
# flag is set, so that a proof is possible by status and by log.
INDEX: Final = {SyncKind.PANEL: 1, SyncKind.USERS: 0, SyncKind.REFRESH: 0}
BYSTANDER: Final = 2


class Part(StrEnum):
    """The phases of a run, the set-up before it included."""

    SET_UP = "set-up"
    MARK = "mark"
    START = "start"
    FOLLOW = "follow"
    LIVE = "live read"


PARTS: Final = {
    SyncKind.PANEL: (Part.SET_UP, Part.MARK, Part.START, Part.FOLLOW),
    SyncKind.USERS: (Part.SET_UP, Part.MARK, Part.START, Part.FOLLOW),
    SyncKind.REFRESH: (Part.SET_UP, Part.LIVE, Part.FOLLOW),
}


class Session(StrEnum):
    """What becomes of the session as a phase begins."""

    LIVES = "session lives"
    EXPIRES = "token expires"
    ENDS = "session ends"


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault in one phase of one kind, at one place of the service."""

    profile: str
    kind: SyncKind
    part: Part
    session: Session
    place: str
    fault: str
    lasting: bool

    def __str__(self) -> str:
        return (
            f"{self.profile}: {self.kind}, {self.part}, {self.session}: {self.place}"
            f" meets {self.fault} {'throughout' if self.lasting else 'once'}"
        )


@dataclass(slots=True)
class Seen:
    """What became of a cell."""

    outcome: str
    reason: str
    starts: int
    sent: int
    set_up_error: str | None = None
    bystander_errors: list[str] = field(default_factory=list)
    bystander_starts: int = 0
    forbidden: int = 0
    sign_ins: int = 0
    faults_met: int = 0
    recovered: str = ""
    places: dict[Part, dict[str, bool]] = field(default_factory=dict)


class Scene:
    """A client, the location of its run and a bystander, before one service."""

    def __init__(self, simulator: Simulator, kind: SyncKind, cell: Cell | None) -> None:
        self.simulator = simulator
        self.kind = kind
        self.cell = cell
        self.part: Part | None = None
        self.places: dict[Part, dict[str, bool]] = {}
        self.now = simulator.options.clock()
        self.saved: dict[str, Any] = {}
        self._met = False
        self.wire: Wire
        self.service: RemoteService
        self.locations: tuple[Location, ...] = ()
        self.seen = Seen("", "", 0, 0)

    def clock(self) -> datetime:
        return self.now

    def forward(self, **spans: float) -> None:
        self.now += timedelta(**spans)

    async def sleep(self, seconds: float) -> None:
        """Wait without taking time."""
        self.forward(seconds=seconds)

    async def save(self, stored: dict[str, Any]) -> None:
        """Keep what the client wants kept."""
        self.saved = copy.deepcopy(stored)

    @property
    def truth(self) -> Any:
        """The location of the run, at the simulator."""
        return list(self.simulator.world.locations.values())[INDEX[self.kind]]

    @property
    def link(self) -> RemoteLink:
        """The client's link to the location of the run."""
        return self.service.link(self.locations[INDEX[self.kind]])

    def fault(self, place: str, url: str) -> str | None:
        """Note what a request asks for, and give the fault it meets."""
        bystander = str(list(self.simulator.world.locations)[BYSTANDER])
        if bystander in url:
            return None
        if self.part is not None:
            scoped = str(self.truth.id) in url
            self.places.setdefault(self.part, {})[place] = scoped
        cell = self.cell
        if cell is None or cell.part is not self.part or cell.place != place:
            return None
        if self._met and not cell.lasting:
            return None
        self._met = True
        return cell.fault

    @asynccontextmanager
    async def phase(self, part: Part) -> AsyncIterator[None]:
        """Be in one phase; the fault ends with it."""
        self.part = part
        if self.cell is not None and self.cell.part is part:
            if self.cell.session is Session.ENDS:
                self.simulator.accounts.end_sessions()
            elif self.cell.session is Session.EXPIRES:
                self.forward(seconds=0.95 * self.simulator.switches.token_seconds)
        yield
        self.part = None
        if self.cell is not None and self.cell.part is part and part is not Part.SET_UP:
            await self._watch_bystander()
        self.simulator.faults.clear()

    async def _watch_bystander(self) -> None:
        """Read the other location right after the fault."""
        try:
            await self.service.link(self.locations[BYSTANDER]).read_status()
        except ClientError as error:
            self.seen.bystander_errors.append(repr(error))

    async def set_up(self) -> None:
        """Sign in, read the account and find out what lives."""
        self.service = RemoteService(
            self.wire,  # type: ignore[arg-type]
            Hosts(self.simulator.url, self.simulator.url),
            Credentials(self.simulator.options.user, self.simulator.options.password),
            now=self.clock,
            sleep=self.sleep,
            save=self.save,
            stored=self.saved,
            user_sync=UserSyncWay.LIKELY,
        )
        account = await self.service.fetch_account()
        self.locations = account.locations
        await self.service.fetch_service_status()
        await self.service.probe_routes(self.locations[INDEX[self.kind]])
        await self.link.read_status()

    async def run(self) -> EndedRun:
        """Do one run from mark to outcome."""
        position, pending, status = None, None, None
        if self.kind is not SyncKind.REFRESH:
            async with self.phase(Part.MARK):
                # As a caller that polls: one look at the log is already behind it.
                status = await quiet(self.link.read_status())
                log = await quiet(self.link.read_events(None))
                position = None if log is None else log.newest_id
                if self.kind is SyncKind.USERS:
                    count = await quiet(self.link.read_pending_user_changes())
                    pending = None if count is None else count.count
        mark = (
            Mark(self.now)
            if self.kind is SyncKind.REFRESH
            else take_mark(self.now, status, position, pending)
        )

        def begin() -> SyncRun:
            record = OpenRun(
                run_id="run",
                location_id=self.truth.id,
                kind=self.kind,
                requested=self.now,
                mark=mark,
            )
            return SyncRun(self.link, record, _nowhere, self.clock)

        if self.kind is SyncKind.REFRESH:
            async with self.phase(Part.LIVE):
                run = begin()
                await run.accept_refresh()
                ended = await run.refresh()
            async with self.phase(Part.FOLLOW):
                await quiet(self.link.read_status())
            return ended
        async with self.phase(Part.START):
            run = begin()
            await run.start(Codes())
        async with self.phase(Part.FOLLOW):
            while isinstance(run.record, OpenRun):
                early = self.now - run.record.requested < timedelta(minutes=1)
                self.forward(seconds=5 if early else 15)
                run.observe(await self._look(run.record, position))
        return run.record

    async def _look(self, record: OpenRun, position: int | None) -> Snapshot:
        job = steps = pending = None
        if record.accepted is not None and record.job_id is not None:
            job = await quiet(self.link.read_job(record.job_id))
        if record.accepted is not None and self.kind is SyncKind.USERS:
            steps = await quiet(self.link.read_user_sync(Codes()))
        status, log = await asyncio.gather(
            quiet(self.link.read_status()), quiet(self.link.read_events(position))
        )
        if self.kind is SyncKind.USERS:
            pending = await quiet(self.link.read_pending_user_changes())
        return Snapshot(
            self.now, status, () if log is None else log.records, job, steps, pending
        )


async def _nowhere(record: OpenRun | EndedRun) -> None:
    """Store nothing."""


async def quiet[T](reading: Awaitable[T]) -> T | None:
    """Read as a caller does who lives on without the answer."""
    try:
        return await reading
    except ClientError:
        return None


@asynccontextmanager
async def opened(
    profile: str,
    kind: SyncKind,
    cell: Cell | None = None,
    arrange: Callable[[Simulator], None] = lambda _: None,
) -> AsyncIterator[Scene]:
    """Open a scene before a fresh simulator."""
    holder: list[Scene] = []
    options = SimulatorOptions(
        profile=profile,  # type: ignore[arg-type]
        clock=lambda: holder[0].now if holder else datetime(2026, 11, 22, tzinfo=UTC),
    )
    async with Simulator(options) as simulator:
        scene = Scene(simulator, kind, cell)
        holder.append(scene)
        simulator.switches.live_read_seconds = 0
        simulator.world.stage_user(
            list(simulator.world.locations)[INDEX[SyncKind.USERS]], "Robin Vale"
        )
        arrange(simulator)
        async with broken_wire(simulator, scene.fault) as wire:
            scene.wire = wire
            yield scene


async def play(profile: str, kind: SyncKind, cell: Cell | None = None) -> Seen:
    """Set up, run, wait, and run once more: all that one cell is judged by."""
    async with opened(profile, kind, cell) as scene:
        seen = scene.seen
        try:
            async with scene.phase(Part.SET_UP):
                await scene.set_up()
        except ClientError as error:
            seen.set_up_error = type(error).__name__
            # What Home Assistant does by itself: set the entry up again, later.
            scene.part = None
            scene.simulator.faults.clear()
            scene.forward(minutes=11)
            await scene.set_up()
        # A while later: the last sign-in no longer keeps the next one waiting.
        scene.forward(minutes=6)
        record = await scene.run()
        seen.outcome, seen.reason = record.outcome, record.reason
        seen.starts = scene.truth.starts.get(kind, 0)
        seen.faults_met = scene.wire.faults
        seen.places = scene.places
        seen.sign_ins = sum(
            item.fields.get("grant_type") == "password"
            for item in scene.simulator.received
        )
        scene.cell = None
        await _recover(scene)
        seen.bystander_starts = sum(
            sum(location.starts.values())
            for location in scene.simulator.world.locations.values()
            if location is not scene.truth
        )
        seen.forbidden = sum(item.forbidden for item in scene.simulator.received)
        return seen


async def _recover(scene: Scene) -> None:
    """An hour later, with no fault and nobody's help: does a run succeed again?"""
    scene.forward(minutes=61)
    try:
        await scene.service.fetch_account()
        # As the account's coordinator does hourly while something is gone.
        await scene.service.probe_routes(scene.locations[INDEX[scene.kind]])
        await scene.link.read_status()
        record = await scene.run()
    except ClientError as error:
        scene.seen.recovered = repr(error)
        return
    proven = record.outcome is Outcome.SUCCEEDED
    scene.seen.recovered = "" if proven else str(record.judgement)


async def routes_of(profile: str, kind: SyncKind) -> list[Cell]:
    """Find every place each phase asks, by runs without a fault."""
    cells: list[Cell] = []
    plain = await play(profile, kind)
    for part in PARTS[kind]:
        known = plain.places.get(part, {})
        # The set-up is the same for every kind.
        if part is Part.SET_UP and kind is not SyncKind.PANEL:
            continue
        for session in Session:
            if session is not Session.LIVES and part is Part.SET_UP:
                continue
            # A token that expires needs minutes, and a run is followed for ten.
            if session is Session.EXPIRES and part is Part.FOLLOW:
                continue
            places = set(known)
            if session is not Session.LIVES:
                cell = Cell(profile, kind, part, session, "nowhere", "none", False)
                seen = await play(profile, kind, cell)
                places = set(seen.places.get(part, {})) - set(known)
            cells += [
                Cell(profile, kind, part, session, where, "", False)
                for where in sorted(places)
            ]
    return cells


def with_faults(cells: list[Cell], faults: tuple[str, ...]) -> list[Cell]:
    """Let every place meet every fault, once and throughout the phase."""
    return [
        replace(cell, fault=fault, lasting=lasting)
        for cell in cells
        for fault in faults
        for lasting in (False, True)
    ]

"""The link to the RS-232 port of a VISTA-128/250.

See docs/protocol/vista-rs232.md#port.
"""

import asyncio
from dataclasses import asdict, dataclass, field
from typing import Any, override

from ..base import Clock, LinkPhase, PushedLink, Timing, as_unreachable
from ..commands import VistaQuery
from ..connection import Address, Connection, LinkLost
from ..status import LocalStatus
from . import events
from .codec import PacketCounters, VistaSerialCodec
from .packets import (
    ArmingReport,
    Communication,
    Damaged,
    Packet,
    PanelEvent,
    ZonePartitions,
    ZoneReport,
)
from .redaction import redacted
from .state import VistaState, apply, has_started, lose

_ANSWERS: dict[VistaQuery, type] = {
    VistaQuery.ARMING: ArmingReport,
    VistaQuery.ZONES: ZoneReport,
    VistaQuery.ZONE_PARTITIONS: ZonePartitions,
}
_RESYNC = (VistaQuery.ARMING, VistaQuery.ZONES, VistaQuery.ZONE_PARTITIONS)
_MISSES = 2


def wants_arming(packet: Packet) -> bool:
    """Return whether the arming state should be asked for again."""
    return (
        isinstance(packet, PanelEvent)
        and packet.code in events.ARMING | events.DISARMING | events.OPENING
    )


def wants_zones(packet: Packet) -> bool:
    """Return whether an alarm may be over of which nothing else would tell.

    A short event names no partition
    (docs/protocol/vista-rs232.md#event-codes-of-bp-and-fbp-panels).
    """
    return (
        isinstance(packet, PanelEvent)
        and packet.partition == 0
        and packet.code in events.DISARMING | {events.CANCELLED}
    )


def wants_everything(packet: Packet) -> bool:
    """Return whether something was missed, or the panel answers again."""
    return (
        isinstance(packet, Damaged)
        or packet == Communication(on=True)
        or has_started(packet)
    )


def shows_readiness(packet: Packet) -> bool:
    """Return whether the panel does what none does in programming or in a test.

    Then it answers again, whatever was announced before (08XF,
    docs/protocol/vista-rs232.md#communication-off).
    """
    return isinstance(packet, PanelEvent) and packet.code in events.READY


@dataclass(slots=True)
class _Session:
    """One connection: what is asked and when, in seconds of the event loop."""

    connection: Connection
    codec: VistaSerialCodec
    judge_at: float
    resync_at: float
    poll_at: float
    data_at: float
    send_at: float = 0
    valid: bool = False
    suspended_at: float | None = None
    asked: VistaQuery | None = None
    asked_at: float = 0
    misses: int = 0
    wanted: dict[VistaQuery, None] = field(default_factory=dict)

    def want(self, *queries: VistaQuery) -> None:
        """Ask these when it is their turn, once."""
        self.wanted |= dict.fromkeys(queries)


class VistaSerialLink(PushedLink):
    """Listens to a VISTA RS-232 port and asks read-only queries, nothing else."""

    def __init__(
        self,
        address: Address,
        *,
        timing: Timing | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Describe the link; nothing is opened before `start`."""
        super().__init__(address, timing=timing, clock=clock)
        self._panel = VistaState()
        self.counters = PacketCounters()
        self._session: _Session | None = None

    async def refresh(self) -> None:
        """Ask the panel for arming and zones. Raises PanelUnreachable."""
        await self._query_soon(VistaQuery.ARMING, VistaQuery.ZONES)
        left = self._timing.refresh - self._timing.spacing
        await self._wait_for({ArmingReport, ZoneReport}, left)

    async def _query_soon(self, *queries: VistaQuery) -> None:
        loop = asyncio.get_running_loop()
        if (session := self._session) is None:
            return
        session.want(*queries)
        # The listening task may sleep until its next poll: send for it. A sleep may end
        # a rounding error too early.
        while (left := session.send_at - loop.time()) > 0:
            await asyncio.sleep(left)
        if session is self._session:
            with as_unreachable():
                self._send(session, loop.time())

    @override
    def heard(self) -> dict[str, Any]:
        return asdict(self.counters)

    def _record(self, data: bytes, packet: Packet) -> None:
        self.recording.add(redacted(data, packet), self._clock.now())

    @override
    def _known(self) -> LocalStatus:
        return self._panel.status()

    @override
    def _forget(self) -> None:
        self._panel = lose(self._panel)

    @override
    async def _serve(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        now, timing = loop.time(), self._timing
        codec = VistaSerialCodec(self.counters, heard=self._record)
        # To another adapter a query is key presses: first hear who it is, each time,
        # for between two connections another may have come to the address.
        session = _Session(
            connection,
            codec,
            judge_at=now + timing.listen,
            resync_at=now + timing.resync,
            poll_at=now + timing.poll,
            data_at=now,
        )
        session.want(*_RESYNC)
        self._session = session
        try:
            while True:
                due = self._next_check(session)
                if codec.pending:
                    due = min(due, session.data_at + timing.idle)
                data = await connection.read(due - loop.time())
                now = loop.time()
                if data:
                    session.data_at = now
                idle = now >= session.data_at + timing.idle
                packets = codec.flush() if idle else codec.feed(data)
                if codec.alarmdecoder_heard:
                    raise LinkLost("An AlarmDecoder is heard here, not a VISTA port")
                for packet in packets:
                    self._take(session, packet, loop.time())
                # Behind them: what was heard before the proof went is not known any more.
                self._trust(session, now)
                self._check(session, loop.time())
        finally:
            self._session = None

    def _trust(self, session: _Session, now: float) -> None:
        """Write only while the last thing that came proves what it came from."""
        if session.codec.proven and not session.valid:
            session.valid, session.send_at = True, now + self._timing.spacing
            session.connection.prove(VistaQuery)
            session.want(*_RESYNC)
        elif session.valid and not session.codec.proven:
            session.valid, session.asked, session.misses = False, None, 0
            session.judge_at = now + self._timing.listen
            session.connection.withdraw()
            self._forget()
            self._publish(LinkPhase.LISTENING)

    def _take(self, session: _Session, packet: Packet, now: float) -> None:
        # The notice that the panel answers again may be lost like any other packet.
        back = session.suspended_at is not None and shows_readiness(packet)
        if back:
            session.suspended_at = None
        if session.valid and (back or wants_everything(packet)):
            # Debounced: noise must not become a storm of queries.
            session.resync_at = min(session.resync_at, now + self._timing.response)
        if isinstance(packet, Damaged):
            self._apply(self._state.phase, packet)
            return
        if session.asked is not None and isinstance(packet, _ANSWERS[session.asked]):
            session.asked, session.misses = None, 0
            session.send_at = now + self._timing.spacing
        if wants_arming(packet):
            session.want(VistaQuery.ARMING)
        if wants_zones(packet):
            session.want(VistaQuery.ZONES)
        phase = self._state.phase
        match packet:
            case ArmingReport():
                session.poll_at = now + self._timing.poll
                phase = LinkPhase.ONLINE
            case Communication():
                session.suspended_at = None if packet.on else now
                if not packet.on:
                    session.asked = None
                    self._forget()
                    phase = LinkPhase.PANEL_SILENT
        self._apply(phase, packet)
        self._heard(type(packet))

    def _apply(self, phase: LinkPhase, packet: Packet) -> None:
        self._panel, activity = apply(self._panel, packet, self._clock.now())
        self._publish(phase, activity)

    def _next_check(self, session: _Session) -> float:
        if session.suspended_at is not None:
            return session.suspended_at + self._timing.suspended
        if not session.valid:
            return min(session.judge_at, session.data_at + self._timing.suspended)
        if session.asked is not None:
            return session.asked_at + self._timing.response
        due = min(session.poll_at, session.resync_at)
        return session.send_at if session.wanted else max(due, session.send_at)

    def _check(self, session: _Session, now: float) -> None:
        """Do what is due."""
        if session.suspended_at is not None:
            # Counted from the notice: a busy house is heard all the time.
            if now >= session.suspended_at + self._timing.suspended:
                raise LinkLost("The panel did not come back from programming or test")
            return
        if not session.valid:
            self._judge(session, now)
            return
        if (
            session.asked is not None
            and now >= session.asked_at + self._timing.response
        ):
            self._missed(session)
        if now >= session.resync_at:
            session.resync_at = now + self._timing.resync
            session.want(*_RESYNC)
        if now >= session.poll_at:
            session.poll_at = now + self._timing.poll
            session.want(VistaQuery.ARMING)
        self._send(session, now)

    def _judge(self, session: _Session, now: float) -> None:
        """Go on listening to a panel that has nothing to say, and to nothing else."""
        if now >= session.data_at + self._timing.suspended:
            raise LinkLost("Nothing was heard; a VISTA port speaks when a zone changes")
        if now >= session.judge_at:
            session.judge_at = now + self._timing.listen
            if session.codec.disturbed:
                raise LinkLost("What is heard is no VISTA RS-232 port, or another baud")

    def _missed(self, session: _Session) -> None:
        asked, session.asked = session.asked, None
        if asked is VistaQuery.ARMING:
            session.misses += 1
            if session.misses >= _MISSES:
                raise LinkLost("The panel does not answer: no VISTA, or another baud")
            session.want(asked)
        elif asked is not None:
            # An older panel may not know the others: nobody waits for more.
            self._heard(_ANSWERS[asked])

    def _send(self, session: _Session, now: float) -> None:
        if session.asked is not None or session.suspended_at is not None:
            return
        if not session.valid:
            return
        if now < session.send_at or not session.wanted:
            return
        query = next(iter(session.wanted))
        del session.wanted[query]
        session.asked, session.asked_at = query, now
        session.connection.write(query)

"""The link to an AlarmDecoder AD2, over serial or a bridge.

See docs/protocol/alarmdecoder.md#connection and
docs/protocol/alarmdecoder.md#required-of-the-link.
"""

import asyncio
from dataclasses import asdict, dataclass
import logging
from typing import Any, override

from ..base import Clock, LinkPhase, PushedLink, Timing, as_unreachable
from ..commands import Ad2Command
from ..connection import Address, Connection, LinkLost
from ..status import LocalStatus
from .codec import AlarmDecoderCodec, Counters
from .hindrance import hindrance
from .messages import (
    AdapterNotice,
    BridgeNotice,
    Config,
    Expander,
    Keypad,
    Message,
    Rejected,
    Relay,
    Report,
    RfSensor,
    Unknown,
    Version,
    WordReport,
)
from .redaction import redacted
from .state import Ad2Settings, apply, lose, start

_LOGGER = logging.getLogger(__name__)

# What only an adapter at the right baud can say. A bridge speaks for itself, and the
# rest is too short to be sure.
PROOF = (
    Keypad,
    Expander,
    Relay,
    RfSensor,
    Report,
    WordReport,
    Version,
    Config,
)
# What shows that an adapter that was heard before still lives.
_ALIVE = (*PROOF, AdapterNotice)
_HANDSHAKES = 2


@dataclass(slots=True)
class _Session:
    """One connection: what was heard when, in seconds of the event loop."""

    connection: Connection
    codec: AlarmDecoderCodec
    valid_at: float
    keypad_at: float
    valid: bool = False
    refused: int = 0
    asked_at: float | None = None
    handshakes: int = 0
    handshake_at: float | None = None

    @property
    def trusted(self) -> bool:
        """Return whether nothing but valid lines came since the first of them.

        Noise may be another baud: what is written now could be read as key presses.
        """
        return self.valid and self.codec.counters.refused == self.refused


class AlarmDecoderLink(PushedLink):
    """Listens to an AlarmDecoder; writes `V`, `C` and line ends, nothing else."""

    def __init__(
        self,
        address: Address,
        settings: Ad2Settings | None = None,
        *,
        timing: Timing | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Describe the link; nothing is opened before `start`."""
        super().__init__(address, timing=timing, clock=clock)
        self._panel = start(settings or Ad2Settings())
        self.counters = Counters()
        self.version: Version | None = None
        self.config: Config | None = None
        self._session: _Session | None = None
        self._repeats_missed = False
        self._logged_headers: set[str] = set()

    async def refresh(self) -> None:
        """Wait for the panel's next line; there is no query for it.

        See docs/protocol/alarmdecoder.md#what-a-local-link-can-do.

        Asks the adapter whether it lives. Raises PanelUnreachable after 15 s.
        """
        session = self._session
        if session is not None and session.trusted:
            with as_unreachable():
                session.connection.write(Ad2Command.VERSION)
        await self._wait_for({Keypad}, self._timing.refresh)

    @override
    def heard(self) -> dict[str, Any]:
        settings = {} if self.config is None else self.config.settings
        return {
            "hindrance": hindrance(self.counters, self.config),
            "deduplicates": self.config and self.config.deduplicates,
            "mode": settings.get("MODE"),
            **asdict(self.counters),
            "headers": sum(self.counters.headers.values()),
        }

    def _record(self, line: bytes, message: Message | Rejected) -> None:
        self.recording.add(redacted(line, message), self._clock.now())

    @override
    def _known(self) -> LocalStatus:
        return self._panel.status()

    @override
    def _forget(self) -> None:
        self._panel = lose(self._panel)

    @override
    async def _serve(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        session = _Session(
            connection,
            AlarmDecoderCodec(self.counters, heard=self._record),
            valid_at=now,
            keypad_at=now,
        )
        self._session = session
        try:
            while True:
                data = await connection.read(self._next_check(session) - loop.time())
                for message in session.codec.feed(data):
                    self._take(session, message, loop.time())
                self._check(session, loop.time())
        finally:
            self._session = None

    def _take(self, session: _Session, message: Message, now: float) -> None:
        if isinstance(message, PROOF) or (
            session.valid and isinstance(message, _ALIVE)
        ):
            session.valid_at, session.asked_at = now, None
            session.refused = self.counters.refused
            if not session.valid or message is AdapterNotice.READY:
                session.handshakes, session.handshake_at = 0, now
            session.valid = True
            session.connection.prove(Ad2Command)
        match message:
            case Keypad():
                session.keypad_at = now
            case Version():
                self.version = message
            case Config():
                self.config = message
                session.handshake_at = None
                self._miss_repeats(message)
            case (
                BridgeNotice.SERIAL_DISCONNECTED
                | BridgeNotice.SERIAL_CONNECTED
                | Unknown("SER2SOCK")
            ):
                # Another adapter, or another baud, may come back.
                session.valid, session.handshake_at = False, None
                session.connection.withdraw()
            case Unknown(header) if (
                header in self.counters.headers.keys() - self._logged_headers
            ):
                # Once for each; the counters have the rest.
                self._logged_headers.add(header)
                _LOGGER.debug(
                    "A message of an unknown kind came over the local link to %s: !%s",
                    self.address.public,
                    header,
                )
        self._panel, activity = apply(self._panel, message, self._clock.now())
        if isinstance(message, Keypad):
            self._publish(LinkPhase.ONLINE, activity)
            self._heard(Keypad)
        elif message is BridgeNotice.SERIAL_DISCONNECTED:
            self._publish(LinkPhase.LISTENING)
        else:
            self._publish(self._state.phase, activity)

    def _miss_repeats(self, config: Config) -> None:
        # A quiet panel is then as silent as a lost one
        # (docs/protocol/alarmdecoder.md#configuration-bits,
        # docs/protocol/alarmdecoder.md#failures-seen).
        if config.deduplicates and not self._repeats_missed:
            _LOGGER.warning(
                "The AlarmDecoder at %s leaves out repeated lines, so a quiet panel"
                " cannot be told from one that is lost, and is shown as unavailable."
                " Set DEDUPLICATE to N in the AlarmDecoder's own settings",
                self.address.public,
            )
        self._repeats_missed = config.deduplicates

    def _next_check(self, session: _Session) -> float:
        times = [session.valid_at + self._timing.quiet + self._timing.answer]
        if session.valid and session.asked_at is None:
            times.append(session.valid_at + self._timing.quiet)
        if session.valid and session.handshake_at is not None:
            times.append(session.handshake_at)
        if self._state.phase is not LinkPhase.PANEL_SILENT and session.valid:
            times.append(session.keypad_at + self._timing.panel_quiet)
        return min(times)

    def _check(self, session: _Session, now: float) -> None:
        """Do what is due. Writes only where valid lines are heard."""
        if now >= session.valid_at + self._timing.quiet + self._timing.answer:
            raise LinkLost("Nothing valid was heard: no AlarmDecoder, or another baud")
        if not session.valid:
            return
        if session.handshake_at is not None and now >= session.handshake_at:
            self._handshake(session, now)
        if session.asked_at is None and now >= session.valid_at + self._timing.quiet:
            session.asked_at = now
            # A line that did not end in all that time is noise, too.
            if session.trusted and not session.codec.pending:
                session.connection.write(Ad2Command.VERSION)
        if (
            now >= session.keypad_at + self._timing.panel_quiet
            and self._state.phase is not LinkPhase.PANEL_SILENT
        ):
            self._forget()
            self._publish(LinkPhase.PANEL_SILENT)

    def _handshake(self, session: _Session, now: float) -> None:
        if session.handshakes >= _HANDSHAKES:
            # Keypad lines are enough to go on without knowing the adapter.
            session.handshake_at = None
            return
        session.handshake_at = now + self._timing.handshake
        if not session.trusted:
            return
        session.handshakes += 1
        for command in (
            Ad2Command.LEAVE_PROMPT,
            Ad2Command.VERSION,
            Ad2Command.CONFIG,
        ):
            session.connection.write(command)

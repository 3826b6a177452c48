"""What all local links share: one task that listens, reconnects and calls back."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
import logging
import random
from typing import Any

from ..errors import PanelUnreachable
from .activity import ActivityBudget
from .connection import Address, Backoff, Connection, LinkLost, open_connection
from .recording import Recording
from .status import LocalStatus, PanelActivity

_LOGGER = logging.getLogger(__name__)


class LinkPhase(StrEnum):
    """How far a link has come."""

    OFFLINE = "offline"  # no connection
    LISTENING = "listening"  # connected; nothing valid was heard yet
    PANEL_SILENT = "panel_silent"  # the adapter answers, the panel behind it does not
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class LinkState:
    """What a link knows, and how far it has come."""

    phase: LinkPhase = LinkPhase.OFFLINE
    status: LocalStatus = field(default_factory=LocalStatus)

    @property
    def available(self) -> bool:
        """Return whether the panel itself is being heard."""
        return self.phase is LinkPhase.ONLINE


type Callback = Callable[[LinkState, tuple[PanelActivity, ...]], None]


def _utcnow() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long to wait for what, in seconds.

    See docs/protocol/alarmdecoder.md#required-of-the-link and
    docs/protocol/vista-rs232.md#habits.
    """

    quiet: float = 30  # without a valid line, then the adapter is asked
    answer: float = 10  # for its answer, then the link counts as dead
    panel_quiet: float = 60  # without a keypad line while the adapter answers
    handshake: float = 5
    refresh: float = 15
    listen: float = 12  # before the first query to a port that says nothing
    idle: float = 0.25  # without a byte, then half a packet is given up
    spacing: float = 0.5  # between queries
    poll: float = 30  # of the arming state over RS-232
    resync: float = 300
    response: float = 5
    suspended: float = 900  # a panel in programming does not answer
    backoff_first: float = 1
    backoff_longest: float = 60
    healthy: float = 60  # on line, then the next outage starts with a short wait


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, to be replaced in tests."""

    now: Callable[[], datetime] = _utcnow
    draw: Callable[[float, float], float] = random.uniform


@contextmanager
def as_unreachable() -> Iterator[None]:
    """Raise PanelUnreachable where the connection turns out to be lost."""
    try:
        yield
    except LinkLost as error:
        raise PanelUnreachable(error.text) from error


class PushedLink(ABC):
    """A link that listens in a task of its own and calls back with what it heard."""

    def __init__(
        self,
        address: Address,
        *,
        timing: Timing | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Describe the link; nothing is opened before `start`."""
        self.address = address
        self._timing = timing or Timing()
        self._clock = clock or Clock()
        self._state = LinkState()
        self._callbacks: list[Callback] = []
        self._task: asyncio.Task[None] | None = None
        self._waiters: dict[asyncio.Future[None], set[object]] = {}
        self._loss_logged = False
        self._budget = ActivityBudget()
        self.recording = Recording()

    @property
    def state(self) -> LinkState:
        """Return what is known now."""
        return self._state

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Call back after every change and activity; return how to stop that."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    async def start(self) -> None:
        """Begin to listen; returns at once."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="local link")

    async def stop(self) -> None:
        """Stop to listen and close the connection."""
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        self._give_up("The link was stopped")
        self._forget()
        self._publish(LinkPhase.OFFLINE)

    @abstractmethod
    async def _serve(self, connection: Connection) -> None:
        """Listen until the connection is lost; always ends with LinkLost."""

    @abstractmethod
    def heard(self) -> dict[str, Any]:
        """Return in numbers what was heard since the link was made, for diagnostics."""

    @abstractmethod
    def _known(self) -> LocalStatus:
        """Return what the link knows of the panel."""

    @abstractmethod
    def _forget(self) -> None:
        """Forget what is not known any more without a connection."""

    async def _run(self) -> None:
        backoff = Backoff(
            self._timing.backoff_first, self._timing.backoff_longest, self._clock.draw
        )
        loop = asyncio.get_running_loop()
        while True:
            online_since: float | None = None
            try:
                connection = await open_connection(self.address)
                try:
                    online_since = loop.time()
                    self._publish(LinkPhase.LISTENING)
                    await self._serve(connection)
                finally:
                    await connection.close()
            except LinkLost as error:
                self._lost(error)
            except Exception:
                # Whatever a panel may send, the link goes on.
                _LOGGER.exception("The local link failed in a way nobody foresaw")
                self._lost(LinkLost("An error that was not foreseen"))
            if online_since is not None and (
                loop.time() - online_since >= self._timing.healthy
            ):
                backoff.reset()
            await asyncio.sleep(backoff.next())

    def _lost(self, error: LinkLost) -> None:
        if not self._loss_logged:
            _LOGGER.warning(
                "The local link to %s is down: %s. It is tried again until it works",
                self.address.public,
                error,
            )
            self._loss_logged = True
        self._give_up(str(error))
        self._forget()
        self._publish(LinkPhase.OFFLINE)

    def _publish(
        self, phase: LinkPhase, activity: tuple[PanelActivity, ...] = ()
    ) -> None:
        """Call everybody back, if anything changed or happened."""
        if phase is LinkPhase.ONLINE and self._loss_logged:
            _LOGGER.info("The local link to %s works again", self.address.public)
            self._loss_logged = False
        elif (
            self._state.phase is LinkPhase.ONLINE
            and phase in {LinkPhase.LISTENING, LinkPhase.PANEL_SILENT}
            and not self._loss_logged
        ):
            _LOGGER.warning(
                "The panel is no longer heard over the local link to %s, which holds."
                " It is listened to until the panel is heard again",
                self.address.public,
            )
            self._loss_logged = True
        state = LinkState(phase, self._known())
        activity = self._budget.allow(activity, self._clock.now())
        if state == self._state and not activity:
            return
        self._state = state
        for callback in tuple(self._callbacks):
            try:
                callback(state, activity)
            except Exception:
                # One listener's mistake must not end the link for all others.
                _LOGGER.exception("A listener to the local link failed")

    async def _wait_for(self, kinds: set[object], timeout: float) -> None:
        """Wait until each of these was heard. Raises PanelUnreachable."""
        if self._state.phase is LinkPhase.OFFLINE:
            raise PanelUnreachable("There is no connection to the panel's adapter")
        waiter = asyncio.get_running_loop().create_future()
        self._waiters[waiter] = kinds
        try:
            async with asyncio.timeout(timeout):
                await waiter
        except TimeoutError as error:
            raise PanelUnreachable(
                f"The panel was not heard within {timeout:.0f} s"
            ) from error
        finally:
            self._waiters.pop(waiter, None)

    def _heard(self, kind: object) -> None:
        for waiter, kinds in self._waiters.items():
            kinds.discard(kind)
            if not kinds and not waiter.done():
                waiter.set_result(None)

    def _give_up(self, why: str) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_exception(PanelUnreachable(why))

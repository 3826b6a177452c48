"""Whether a run may start: a pure table of refusals, in order.

See docs/architecture.md#checks-before-a-start.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
import math

from ..models import ArmingState, PanelStatus
from ..outcomes import Reason, SyncKind

COOL_DOWN = timedelta(seconds=60)
STATUS_FRESH_FOR = timedelta(seconds=10)

# Panel sync is refused by the vendor while armed, on every panel
# (docs/protocol/total-connect.md#when-a-panel-sync-is-refused).
ARMED_STATES = frozenset(
    {
        ArmingState.ARMED_HOME,
        ArmingState.ARMED_AWAY,
        ArmingState.ARMED_NIGHT,
        ArmingState.ARMED_CUSTOM_BYPASS,
        ArmingState.ARMING,
        ArmingState.TRIGGERED,
    }
)


@dataclass(frozen=True, slots=True)
class Situation:
    """All that decides whether a run of one kind may start at one location now."""

    kind: SyncKind
    supported: bool
    running: SyncKind | None
    last_accepted: datetime | None
    has_route: bool
    code_missing: bool
    code_refused_before: bool
    requester_may: bool
    status: PanelStatus | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was sent; `wait` is how many seconds a cool-down still lasts."""

    reason: Reason
    wait: int | None = None


def is_armed(status: PanelStatus | None) -> bool:
    """Return whether a partition is known to be armed, arming or in alarm."""
    return status is not None and any(
        partition.arming in ARMED_STATES for partition in status.partitions
    )


def is_fresh(status: PanelStatus | None, now: datetime) -> bool:
    """Return whether a status is young enough to decide on and to take marks from."""
    # A status "from later" was read before the clock was set back: its age is unknown.
    return status is not None and abs(now - status.read_at) <= STATUS_FRESH_FOR


def _cool_down_left(situation: Situation, now: datetime) -> int | None:
    if situation.last_accepted is None:
        return None
    since = now - situation.last_accepted
    # A clock set back by a little must not open the guard, nor one by a lot lock it.
    if abs(since) >= COOL_DOWN:
        return None
    return math.ceil(min(COOL_DOWN, COOL_DOWN - since).total_seconds())


def _refusals(situation: Situation, now: datetime) -> Iterable[Refusal]:
    if not situation.supported:
        yield Refusal(Reason.NOT_SUPPORTED)
    if situation.running is not None:
        yield Refusal(Reason.ALREADY_RUNNING)
    if (wait := _cool_down_left(situation, now)) is not None:
        yield Refusal(Reason.COOLING_DOWN, wait)
    if situation.kind is SyncKind.PANEL and is_armed(situation.status):
        yield Refusal(Reason.PANEL_ARMED)
    if situation.code_missing:
        yield Refusal(Reason.CODE_MISSING)
    if situation.code_refused_before:
        yield Refusal(Reason.CODE_REFUSED_BEFORE)
    if not situation.has_route:
        yield Refusal(
            Reason.NO_USER_SYNC_WAY
            if situation.kind is SyncKind.USERS
            else Reason.ROUTE_UNAVAILABLE
        )
    if not situation.requester_may:
        yield Refusal(Reason.NOT_ADMINISTRATOR)


def find_refusal(situation: Situation, now: datetime) -> Refusal | None:
    """Return the first reason not to start, or None. Nothing is sent either way."""
    return next(iter(_refusals(situation, now)), None)

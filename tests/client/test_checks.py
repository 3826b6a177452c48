"""What refuses a start, and in which order."""

from dataclasses import replace
from datetime import datetime
from itertools import combinations
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.models import ArmingState, PanelStatus
from custom_components.panelsync.client.outcomes import Reason, SyncKind
from custom_components.panelsync.client.sync.preconditions import (
    Refusal,
    Situation,
    find_refusal,
    is_armed,
    is_fresh,
)

from .makers import NOW, after, status

FREE = Situation(
    kind=SyncKind.PANEL,
    supported=True,
    running=None,
    last_accepted=None,
    has_route=True,
    code_missing=False,
    code_refused_before=False,
    requester_may=True,
    status=status(),
)
ARMED = status(arming=(ArmingState.DISARMED, ArmingState.ARMED_AWAY))

# In the order of docs/architecture.md#checks-before-a-start.
REFUSALS: list[tuple[dict[str, Any], Refusal]] = [
    ({"supported": False}, Refusal(Reason.NOT_SUPPORTED)),
    ({"running": SyncKind.USERS}, Refusal(Reason.ALREADY_RUNNING)),
    ({"last_accepted": after(-20)}, Refusal(Reason.COOLING_DOWN, wait=40)),
    ({"status": ARMED}, Refusal(Reason.PANEL_ARMED)),
    ({"code_missing": True}, Refusal(Reason.CODE_MISSING)),
    ({"code_refused_before": True}, Refusal(Reason.CODE_REFUSED_BEFORE)),
    ({"has_route": False}, Refusal(Reason.ROUTE_UNAVAILABLE)),
    ({"requester_may": False}, Refusal(Reason.NOT_ADMINISTRATOR)),
]


@pytest.mark.parametrize("kind", SyncKind)
def test_nothing_in_the_way(kind: SyncKind) -> None:
    assert find_refusal(replace(FREE, kind=kind), NOW) is None


@pytest.mark.parametrize(("changes", "refusal"), REFUSALS)
def test_each_refusal(changes: dict[str, Any], refusal: Refusal) -> None:
    assert find_refusal(replace(FREE, **changes), NOW) == refusal


@pytest.mark.parametrize(("first", "second"), combinations(REFUSALS, 2))
def test_the_first_of_two_refusals_is_told(
    first: tuple[dict[str, Any], Refusal], second: tuple[dict[str, Any], Refusal]
) -> None:
    both = replace(FREE, **(second[0] | first[0]))
    assert find_refusal(both, NOW) == first[1]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (SyncKind.USERS, Reason.NO_USER_SYNC_WAY),
        (SyncKind.PANEL, Reason.ROUTE_UNAVAILABLE),
        (SyncKind.REFRESH, Reason.ROUTE_UNAVAILABLE),
    ],
)
def test_a_route_that_is_gone_has_its_own_reason(
    kind: SyncKind, reason: Reason
) -> None:
    situation = replace(FREE, kind=kind, has_route=False)
    assert find_refusal(situation, NOW) == Refusal(reason)


@pytest.mark.parametrize(
    ("state", "armed"),
    [
        (ArmingState.DISARMED, False),
        (ArmingState.DISARMING, False),
        (None, False),
        (ArmingState.ARMED_HOME, True),
        (ArmingState.ARMED_AWAY, True),
        (ArmingState.ARMED_NIGHT, True),
        (ArmingState.ARMED_CUSTOM_BYPASS, True),
        (ArmingState.ARMING, True),
        (ArmingState.TRIGGERED, True),
    ],
)
def test_any_partition_armed_refuses_a_panel_sync_alone(
    state: ArmingState | None, armed: bool
) -> None:
    seen = status(arming=(ArmingState.DISARMED, state))
    assert is_armed(seen) is armed
    refusal = Refusal(Reason.PANEL_ARMED) if armed else None
    for kind in SyncKind:
        situation = replace(FREE, kind=kind, status=seen)
        expected = refusal if kind is SyncKind.PANEL else None
        assert find_refusal(situation, NOW) == expected


@pytest.mark.parametrize(
    ("states", "arming"),
    [
        ((), None),
        ((None,), None),
        ((ArmingState.DISARMED,), ArmingState.DISARMED),
        ((ArmingState.DISARMED, None), None),
        ((ArmingState.DISARMED, ArmingState.DISARMING), ArmingState.DISARMING),
        ((None, ArmingState.ARMED_HOME), ArmingState.ARMED_HOME),
        ((ArmingState.ARMED_HOME, ArmingState.ARMED_AWAY), ArmingState.ARMED_AWAY),
        ((ArmingState.ARMED_AWAY, ArmingState.TRIGGERED), ArmingState.TRIGGERED),
    ],
)
def test_a_location_is_armed_if_any_partition_is(
    states: tuple[ArmingState | None, ...], arming: ArmingState | None
) -> None:
    assert status(arming=states).arming is arming


def test_an_unknown_arming_state_does_not_refuse() -> None:
    assert not is_armed(None)
    assert find_refusal(replace(FREE, status=None), NOW) is None
    assert find_refusal(replace(FREE, status=status(arming=())), NOW) is None


@pytest.mark.parametrize(
    ("seconds_ago", "wait"),
    [
        (0, 60),
        (0.5, 60),
        (20, 40),
        (59.2, 1),
        (60, None),
        (61, None),
        # A clock set back by a little opens nothing, and never waits longer than 60 s.
        (-0.001, 60),
        (-30, 60),
        # One set back by a lot locks nothing.
        (-60, None),
        (-3600, None),
    ],
)
def test_the_cool_down_lasts_60_seconds(seconds_ago: float, wait: int | None) -> None:
    situation = replace(FREE, last_accepted=after(-seconds_ago))
    expected = None if wait is None else Refusal(Reason.COOLING_DOWN, wait)
    assert find_refusal(situation, NOW) == expected


@given(
    last=st.datetimes(timezones=st.just(NOW.tzinfo)),
    now=st.datetimes(timezones=st.just(NOW.tzinfo)),
)
def test_no_clock_makes_a_wait_longer_than_the_cool_down(
    last: datetime, now: datetime
) -> None:
    refusal = find_refusal(replace(FREE, last_accepted=last), now)
    assert refusal is None or (refusal.wait is not None and 1 <= refusal.wait <= 60)


@pytest.mark.parametrize(
    ("seen", "fresh"),
    [
        (None, False),
        (status(after(-11)), False),
        (status(after(-10)), True),
        (status(after(0)), True),
        # Read "in an hour": the clock was set back, and its age is not known.
        (status(after(3600)), False),
    ],
)
def test_a_status_is_fresh_for_10_seconds(
    seen: PanelStatus | None, fresh: bool
) -> None:
    assert is_fresh(seen, NOW) is fresh

"""What is remembered of routes, and how often the service is asked: time passed in."""

import asyncio
from datetime import UTC, datetime, timedelta
import json
from operator import itemgetter

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.errors import ServiceUnreachable
from custom_components.panelsync.client.models import RouteState
from custom_components.panelsync.client.remote.http.rate_limit import (
    AT_ONCE,
    RATE,
    RESERVE,
    RateLimiter,
)
from custom_components.panelsync.client.remote.route_state import RouteStates
from custom_components.panelsync.client.remote.routes import ROUTES

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
EVENTS = ROUTES["events.v1"]
ZONES = ROUTES["zones"]
STATUS_V1 = ROUTES["full_status.v1"]
SOAP = ROUTES["soap"]


def test_a_missing_route_is_gone_at_once_for_a_day() -> None:
    """So is every other that only has another body.

    See docs/architecture.md#gone-routes.
    """
    states = RouteStates()
    states.missing(EVENTS, NOON)
    for key in ("events.v1", "events.v1_short", "events.v1_empty"):
        assert states.is_unavailable(ROUTES[key], NOON + timedelta(hours=23))
        assert not states.is_unavailable(ROUTES[key], NOON + timedelta(hours=24))
    assert not states.is_unavailable(ROUTES["events.v2"], NOON)
    states.try_again(EVENTS)
    assert not states.is_unavailable(EVENTS, NOON)


@pytest.mark.parametrize("key", ["events.v1", "start_panel"])
def test_what_a_clock_noted_that_was_ahead_is_tried_again(key: str) -> None:
    """A missing route answers at once and does nothing, so asking costs little."""
    states = RouteStates()
    states.missing(ROUTES[key], NOON + timedelta(days=30))
    assert not states.is_unavailable(ROUTES[key], NOON)
    states.missing(ROUTES[key], NOON)
    assert states.is_unavailable(ROUTES[key], NOON)


def test_what_nothing_works_without_is_never_gone() -> None:
    """There a 404 is an outage."""
    states = RouteStates()
    states.missing(STATUS_V1, NOON)
    assert not states.forbidden(STATUS_V1, NOON)
    states.mark_unsupported(STATUS_V1, NOON)
    assert not states.is_unavailable(STATUS_V1, NOON)


def test_a_forbidden_route_is_gone_the_second_time() -> None:
    """Ten minutes apart, with another route of the host answering in between."""
    states = RouteStates()
    assert states.forbidden(SOAP, NOON)
    assert states.is_backing_off(SOAP, NOON + 9 * MINUTE)
    assert not states.forbidden(SOAP, NOON + 9 * MINUTE)
    assert not states.is_backing_off(SOAP, NOON + 10 * MINUTE)
    states.answered(ZONES, NOON + 5 * MINUTE)
    assert states.forbidden(SOAP, NOON + 10 * MINUTE)
    assert states.is_unavailable(SOAP, NOON + 10 * MINUTE)


def test_an_outage_makes_nothing_gone() -> None:
    """Nothing else of the host answers, or nothing since the first time."""
    states = RouteStates()
    states.answered(ZONES, NOON - MINUTE)
    for minutes in range(0, 600, 11):
        states.forbidden(SOAP, NOON + minutes * MINUTE)
        states.forbidden(ZONES, NOON + minutes * MINUTE)
    late = NOON + 600 * MINUTE
    assert not states.is_unavailable(SOAP, late)
    assert not states.is_unavailable(ZONES, late)
    assert states.works(ZONES)
    assert not states.is_backing_off(ZONES, NOON + 595 * MINUTE)


def test_an_answer_clears_the_suspicion() -> None:
    """Forbidden, answered, forbidden again is no second time."""
    states = RouteStates()
    states.forbidden(ZONES, NOON)
    assert states.answered(ZONES, NOON + MINUTE)
    assert not states.answered(ZONES, NOON + MINUTE)
    states.answered(SOAP, NOON + 2 * MINUTE)
    states.forbidden(ZONES, NOON + 20 * MINUTE)
    assert not states.is_unavailable(ZONES, NOON + 20 * MINUTE)


def test_a_route_that_never_made_sense_is_gone() -> None:
    """One that worked before is not."""
    states = RouteStates()
    states.mark_unsupported(EVENTS, NOON)
    assert states.is_unavailable(EVENTS, NOON)
    states.answered(ZONES, NOON)
    states.mark_unsupported(ZONES, NOON)
    assert states.works(ZONES)


def test_states_are_stored_and_reported() -> None:
    """It comes back as it was; the report names each route that may be gone."""
    states = RouteStates()
    states.missing(EVENTS, NOON)
    states.answered(ZONES, NOON)
    states.forbidden(SOAP, NOON)
    again = RouteStates(json.loads(json.dumps(states.stored())))
    assert again.stored() == states.stored()
    reported = {line.route: line.state for line in again.report(NOON)}
    assert reported["events.v1"] is RouteState.UNAVAILABLE
    assert reported["zones"] is RouteState.WORKS
    assert reported["soap"] is RouteState.UNTRIED
    assert STATUS_V1.key not in reported
    reported = {
        line.route: line.state for line in again.report(NOON + timedelta(days=2))
    }
    assert reported["events.v1"] is RouteState.UNTRIED


@given(
    st.dictionaries(
        st.sampled_from([*ROUTES, "other"]),
        st.none() | st.dictionaries(
            st.sampled_from(["state", "since", "forbidden"]),
            st.none() | st.integers() | st.text(max_size=8)
            | st.sampled_from(["gone", "works", "2026-11-22T12:00:00", NOON.isoformat(), "9999-12-31T23:59:59+00:00"]),
        ),
    )
)  # fmt: skip
def test_rubbish_is_forgotten(stored: object) -> None:
    states = RouteStates(stored)
    states.report(NOON)
    for route in ROUTES.values():
        states.is_unavailable(route, NOON)
        states.is_backing_off(route, NOON)


class Seconds:
    """A monotonic clock that is moved by waiting."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@given(st.lists(st.floats(0, 5), max_size=400))
def test_the_ceiling_holds_over_any_minute(steps: list[float]) -> None:
    """One minute's worth at once, then five a second.

    See docs/architecture.md#idle-budget.
    """
    clock = Seconds()
    limiter = RateLimiter(clock, clock.sleep)
    sent = []
    for step in [0.0] * 320 + steps:
        clock.now += step
        sent.append(clock.now + limiter.reserve())
    assert sent[int(RESERVE) - 1] == pytest.approx(1000.0)
    assert all(
        moment - 1000.0 >= (number - RESERVE) / RATE - 1e-6
        for number, moment in enumerate(sent)
    )


async def test_a_wish_for_rest_is_heeded() -> None:
    """A short one is waited out, a long one fails the call, nothing sent."""
    clock = Seconds()
    limiter = RateLimiter(clock, clock.sleep)
    limiter.hold(timedelta(seconds=10))
    limiter.hold(timedelta(seconds=2))
    async with limiter.turn():
        assert clock.now == 1010.0
    limiter.hold(timedelta(minutes=5))
    with pytest.raises(ServiceUnreachable) as raised:
        async with limiter.turn():
            pass
    assert not raised.value.sent
    assert raised.value.retry_after == timedelta(minutes=5)
    clock.now += 280
    async with limiter.turn():
        assert clock.now == 1310.0
    assert AT_ONCE == 12


async def test_who_waited_together_starts_one_after_the_other() -> None:
    """A service that asked for fewer requests gets no dozen at the end of the wait."""
    clock = Seconds()
    sleepers: list[tuple[float, asyncio.Future[None]]] = []
    started: list[float] = []

    async def sleep(seconds: float) -> None:
        sleepers.append((clock.now + seconds, asyncio.Future()))
        await sleepers[-1][1]

    async def send(location: str) -> None:
        async with limiter.turn(location):
            started.append(clock.now - 1000.0)

    limiter = RateLimiter(clock, sleep)
    limiter.hold(timedelta(seconds=10), "700101")
    async with asyncio.TaskGroup() as requests:
        for _ in range(5):
            requests.create_task(send("700101"))
        requests.create_task(send("700102"))
        while len(started) < 6:
            # Nothing runs here but these tasks: each is where it sleeps.
            for _ in range(20):
                await asyncio.sleep(0)
            if sleepers:
                due = min(sleepers, key=itemgetter(0))
                sleepers.remove(due)
                clock.now = max(clock.now, due[0])
                due[1].set_result(None)
    assert started == pytest.approx([0.0, 10.0, 10.2, 10.4, 10.6, 10.8])


async def test_who_waited_elsewhere_starts_one_after_the_other_too() -> None:
    """A start that was refused waits by itself, and comes when the wait is over."""
    clock = Seconds()
    limiter = RateLimiter(clock, clock.sleep)
    limiter.hold(timedelta(seconds=10), "700101")
    clock.now += 10
    for spaced in (1010.0, 1010.2, 1010.4):
        async with limiter.turn("700101"):
            assert clock.now == pytest.approx(spaced)


@pytest.mark.kind("waits")
async def test_who_waits_for_a_turn_heeds_a_later_wish() -> None:
    """Another request may be told to wait meanwhile, also while all places are taken."""
    clock = Seconds()

    async def told_meanwhile(seconds: float) -> None:
        await clock.sleep(seconds)
        if clock.now == 1010.0:
            limiter.hold(timedelta(seconds=20))
        elif clock.now == 1030.0:
            limiter.hold(timedelta(minutes=5), "700101")

    limiter = RateLimiter(clock, told_meanwhile)
    limiter.hold(timedelta(seconds=10))
    async with limiter.turn("700102"):
        assert clock.now == 1030.0
    with pytest.raises(ServiceUnreachable) as raised:
        async with limiter.turn("700101"):
            pass
    assert not raised.value.sent


async def test_a_location_that_wants_rest_stops_no_other() -> None:
    """What the sign-in wants holds for all, and what is over for nobody."""
    clock = Seconds()
    limiter = RateLimiter(clock, clock.sleep)
    limiter.hold(timedelta(minutes=5), "700101")
    with pytest.raises(ServiceUnreachable):
        async with limiter.turn("700101"):
            pass
    for scope in ("700102", "dashboard", ""):
        async with limiter.turn(scope):
            assert clock.now == 1000.0
    clock.now += 301
    async with limiter.turn("700101"):
        assert clock.now == 1301.0
    limiter.hold(timedelta(minutes=1))
    for scope in ("", "700101", "700102"):
        with pytest.raises(ServiceUnreachable):
            async with limiter.turn(scope):
                pass

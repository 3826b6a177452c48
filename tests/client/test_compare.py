"""When panel and service count as different.

See docs/protocol/alarmdecoder.md#arming-compared and
docs/protocol/alarmdecoder.md#normal-lag.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.comparison import (
    Contradiction,
    Difference,
    Shown,
    Watch,
    compare,
    is_lasting,
    suspended,
    watch,
)
from custom_components.panelsync.client.local.status import LocalPartition, LocalStatus
from custom_components.panelsync.client.models import (
    ArmingState,
    PanelStatus,
    Partition,
)

from .makers import status

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DISARMED, AWAY, HOME, NIGHT = (
    ArmingState.DISARMED,
    ArmingState.ARMED_AWAY,
    ArmingState.ARMED_HOME,
    ArmingState.ARMED_NIGHT,
)
CODES = {
    *(10200, 10201, 10202, 10203, 10204, 10205, 10206, 10207, 10209, 10210, 10211),
    *(10212, 10213, 10214, 10215, 10218, 10219, 10220, 10221, 10223, 10226),
    *(10230, 10231, 10232, 10233),
}


def service(*codes: int | None, read_at: datetime = NOW) -> PanelStatus:
    """Return a status read with one partition for each code."""
    partitions = tuple(
        Partition(number, f"Partition {number}", None, code)
        for number, code in enumerate(codes, 1)
    )
    return replace(status(read_at, zones=None), partitions=partitions)


def panel(*partitions: LocalPartition, heard: datetime = NOW) -> LocalStatus:
    """Return a panel that was just heard."""
    return LocalStatus(partitions=partitions, last_message=heard)


def in_mode(
    mode: ArmingState | None,
    *,
    instant: bool | None = False,
    perimeter: bool | None = False,
    number: int | None = 1,
) -> LocalPartition:
    return LocalPartition(
        number,
        mode=mode,
        entry_delay_off=instant,
        perimeter_only=perimeter,
        alarm_memory=False,
    )


def differences(
    local: LocalStatus, remote: PanelStatus, now: datetime
) -> tuple[Difference, ...] | None:
    """Return what differs; None where nothing can be compared."""
    compared = compare(local, remote, now)
    return tuple(one for one in compared.values() if one) if compared else None


HOME_CODES = {10203, 10204, 10226, 10230, 10231, 10232, 10233}
NIGHT_CODES = {10218, 10219, 10220, 10221}
STAY_INSTANT = {10209, 10210}
ALARM = {10207, 10212, 10213, 10215}

AGREEMENT: list[tuple[LocalPartition, set[int]]] = [
    (in_mode(DISARMED), {10200, 10211, 10214}),
    (in_mode(AWAY), {10201, 10202, 10223}),
    (in_mode(AWAY, instant=True), {10205, 10206, 10223}),
    (in_mode(AWAY, instant=None), {10201, 10202, 10205, 10206, 10223}),
    (in_mode(HOME), HOME_CODES | {10223}),
    (in_mode(HOME, instant=None), HOME_CODES | STAY_INSTANT | {10223}),
    (
        in_mode(HOME, instant=None, perimeter=None),
        HOME_CODES | STAY_INSTANT | NIGHT_CODES | {10223},
    ),
    (in_mode(NIGHT, instant=True), STAY_INSTANT | {10223}),
    (in_mode(NIGHT, perimeter=True), NIGHT_CODES | STAY_INSTANT | {10223}),
    (replace(in_mode(AWAY), sounding=True), ALARM),
    (replace(in_mode(DISARMED), fire=True), ALARM),
    (replace(in_mode(DISARMED), alarm_memory=True), {10200, 10211, 10214} | ALARM),
    (replace(in_mode(DISARMED), alarm_memory=None), {10200, 10211, 10214} | ALARM),
    (replace(in_mode(AWAY), alarm_memory=True), {10201, 10202, 10223} | ALARM),
]


@pytest.mark.parametrize(("partition", "agreeing"), AGREEMENT)
def test_agreement(partition: LocalPartition, agreeing: set[int]) -> None:
    found = {
        code
        for code in CODES
        if differences(panel(partition), service(code), NOW) == ()
    }
    assert found == agreeing
    for code in CODES - agreeing:
        [difference] = differences(panel(partition), service(code), NOW) or ()
        assert difference.panel != difference.service


@pytest.mark.parametrize(
    "partition",
    [
        in_mode(ArmingState.ARMING),
        replace(in_mode(AWAY), entry_delay=True),
        replace(in_mode(AWAY), exit_until=NOW + timedelta(seconds=1)),
        in_mode(None),
    ],
)
def test_what_is_on_its_way_is_not_compared(partition: LocalPartition) -> None:
    found = [differences(panel(partition), service(code), NOW) for code in CODES]
    assert found == [None] * len(CODES)


@pytest.mark.parametrize("code", [0, None, 10307, 10308, 99999])
def test_codes_that_say_nothing(code: int | None) -> None:
    assert differences(panel(in_mode(AWAY)), service(code), NOW) is None


@pytest.mark.parametrize(
    "status",
    [
        LocalStatus((replace(in_mode(AWAY), programming=True),), last_message=NOW),
        LocalStatus((in_mode(AWAY),), downloading=True, last_message=NOW),
        LocalStatus((in_mode(AWAY),), communication_failure=True, last_message=NOW),
        LocalStatus((), last_message=NOW),
    ],
)
def test_a_panel_that_cannot_be_compared(status: LocalStatus) -> None:
    assert differences(status, service(10200), NOW) is None


def test_partitions_are_matched_by_number() -> None:
    status = panel(in_mode(HOME, number=2), in_mode(AWAY, number=1))
    assert differences(status, service(10201, 10203), NOW) == ()
    assert differences(status, service(10201, 10200), NOW) == (
        Difference(2, Shown.ARMED_HOME, Shown.DISARMED, partitions=2),
    )
    assert differences(panel(in_mode(AWAY, number=3)), service(10200), NOW) is None


def test_a_partition_without_a_number_must_be_the_only_one() -> None:
    alone = panel(in_mode(AWAY, number=None))
    assert differences(alone, service(10200), NOW) == (
        Difference(1, Shown.ARMED_AWAY, Shown.DISARMED),
    )
    assert differences(alone, service(10200, 10200), NOW) is None


def test_an_exit_delay_that_is_over() -> None:
    partition = replace(in_mode(AWAY), exit_until=NOW)
    assert differences(panel(partition), service(10200), NOW)


@pytest.mark.parametrize(
    ("partition", "code", "panel_shows", "service_shows"),
    [
        (in_mode(AWAY), 10200, Shown.ARMED_AWAY, Shown.DISARMED),
        (
            in_mode(AWAY, instant=True),
            10201,
            Shown.ARMED_AWAY_INSTANT,
            Shown.ARMED_AWAY,
        ),
        (
            in_mode(NIGHT, instant=True),
            10218,
            Shown.ARMED_HOME_INSTANT,
            Shown.ARMED_NIGHT,
        ),
    ],
)
def test_what_each_side_shows(
    partition: LocalPartition, code: int, panel_shows: Shown, service_shows: Shown
) -> None:
    assert differences(panel(partition), service(code), NOW) == (
        Difference(1, panel_shows, service_shows),
    )


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def heard(
    before: Watch,
    seconds: float,
    *,
    read: float,
    local: LocalPartition | None = None,
    code: int = 10200,
) -> Watch:
    """Compare at a line of the panel; the service was read at another time."""
    return watch(
        before,
        panel(local or in_mode(AWAY), heard=at(seconds)),
        service(code, read_at=at(read)),
        at(seconds),
    )


def looked(
    polls: Sequence[float], *, before: Watch | None = None, **shown: Any
) -> Watch:
    """Compare at each poll, both sides just heard."""
    watched = before or Watch()
    for seconds in polls:
        watched = heard(watched, seconds, read=seconds, **shown)
    return watched


def armed() -> Watch:
    """Compare when the panel was just armed, the service read shortly before."""
    disarmed = looked([-1], local=in_mode(DISARMED))
    return heard(disarmed, 0, read=-1)


@pytest.mark.parametrize(
    ("polls", "mismatch"),
    [
        ([], False),
        ([59, 119], False),
        ([59, 119, 179], False),
        ([59, 119, 179.9], False),
        ([59, 119, 180], True),
        ([59, 119, 179, 239], True),
        ([90, 180], False),
        ([90, 180, 200], True),
        ([1, 2, 3, 4, 5], False),
        ([200], False),
    ],
)
def test_never_before_180_seconds_and_3_polls(
    polls: list[float], mismatch: bool
) -> None:
    """The poll from before the panel was armed is none of the three."""
    assert looked(polls, before=armed()).mismatch is mismatch


@pytest.mark.parametrize(
    ("polls", "mismatch"),
    [([60, 120], False), ([60, 120, 180], True), ([90, 180], True), ([180], False)],
)
def test_a_poll_that_brings_the_difference_is_the_first(
    polls: list[float], mismatch: bool
) -> None:
    """Both agreed, then the service alone shows something else."""
    agreed = looked([-60], code=10201)
    assert looked([0, *polls], before=agreed).mismatch is mismatch


def test_a_poll_from_before_a_silence_does_not_count() -> None:
    # Who knows whether the panel was armed before the service was read or after?
    for first in (Watch(), suspended(looked([-60]))):
        assert looked([0, 60, 120], before=first).contradictions[0].polls == 2


def test_a_line_of_the_panel_is_no_poll() -> None:
    watched = looked([59], before=armed())
    for seconds in range(60, 150, 10):
        watched = heard(watched, seconds, read=59)
    assert [one.polls for one in watched.contradictions] == [1]


def test_the_time_may_pass_between_polls() -> None:
    watched = looked([59, 119, 179], before=armed())
    assert heard(watched, 181, read=179).mismatch


CONFIRMING = (59, 119, 179, 239)


def test_agreement_ends_it_at_once() -> None:
    watched = looked(CONFIRMING, before=armed())
    assert watched.mismatch
    for ended in (
        looked([240], code=10201, before=watched),
        looked([240], local=in_mode(DISARMED), before=watched),
    ):
        assert ended.mismatch is False
        assert ended.announced == frozenset()


def test_a_poll_that_agrees_between_begins_anew() -> None:
    watched = looked([119], code=10201, before=looked([59], before=armed()))
    assert looked([179, 239, 299], before=watched).mismatch is False
    assert looked([179, 239, 299, 359], before=watched).mismatch is True


def test_another_difference_begins_anew() -> None:
    watched = looked(CONFIRMING, before=armed())
    changed = looked([240], local=in_mode(HOME), before=watched)
    assert changed.mismatch is False
    [contradiction] = changed.contradictions
    assert (contradiction.since, contradiction.confirmed) == (at(240), None)
    assert changed.announced == frozenset()


def test_an_exit_delay_begins_anew() -> None:
    watched = looked([59, 119], before=armed())
    watched = looked([150], local=in_mode(ArmingState.ARMING), before=watched)
    assert watched.mismatch is None
    # Reads during the delay count no more than its time does.
    watched = looked([179], local=in_mode(ArmingState.ARMING), before=watched)
    watched = heard(watched, 180, read=179)
    assert [one.polls for one in watched.contradictions] == [0]
    assert looked([239, 299, 359], before=watched).mismatch is False
    assert looked([239, 299, 360], before=watched).mismatch is True


def both(seconds: float, first: ArmingState, second: ArmingState) -> tuple[Any, ...]:
    """Return two partitions just heard, which the service shows disarmed."""
    return (
        panel(in_mode(first), in_mode(second, number=2), heard=at(seconds)),
        service(10200, 10200, read_at=at(seconds)),
        at(seconds),
    )


def test_each_partition_has_a_time_of_its_own() -> None:
    watched = Watch()
    for seconds in (0, 60, 120, 180):
        watched = watch(watched, *both(seconds, AWAY, DISARMED))
    first = Difference(1, Shown.ARMED_AWAY, Shown.DISARMED, partitions=2)
    second = Difference(2, Shown.ARMED_HOME, Shown.DISARMED, partitions=2)
    assert watched.differences == (first,)
    # The normal lag of the other partition ends nothing.
    for seconds in (200, 260, 320, 370):
        watched = watch(watched, *both(seconds, AWAY, HOME))
        assert watched.differences == (first,)
    watched = watch(watched, *both(380, AWAY, HOME))
    assert watched.differences == (first, second)
    assert watched.announced == {first, second}
    watched = watch(watched, *both(390, DISARMED, HOME))
    assert watched.differences == (second,)
    assert watched.announced == {second}


@pytest.mark.parametrize(
    "silence",
    [
        suspended,
        lambda before: looked([300], local=in_mode(None), before=before),
        lambda before: looked([300], code=0, before=before),
    ],
)
def test_what_was_announced_is_no_news_after_a_silence(
    silence: Callable[[Watch], Watch],
) -> None:
    watched = looked(CONFIRMING, before=armed())
    assert watched.announced == set(watched.differences)
    quiet = silence(watched)
    assert quiet.mismatch is None
    again = looked([310, 370, 430], before=quiet)
    # Neither news nor gone: nobody knows what was while nobody looked.
    assert again.mismatch is None
    assert again.announced == watched.announced
    again = looked([490], before=again)
    assert again.mismatch is True
    assert set(again.differences) == watched.announced
    # But once both agreed, it is.
    assert looked([360], code=10201, before=quiet).announced == frozenset()


@pytest.mark.parametrize(
    ("line", "read", "every", "comparable"),
    [
        (0, 0, 60, True),
        (-60, -90, 60, True),
        (-60.1, 0, 60, False),
        (0, -90.1, 60, False),
        (0, -300, 200, True),
        (0, -300.1, 200, False),
    ],
)
def test_both_sides_must_be_fresh(
    line: float, read: float, every: float, comparable: bool
) -> None:
    watched = watch(
        Watch(),
        panel(in_mode(AWAY), heard=at(line)),
        service(10200, read_at=at(read)),
        NOW,
        poll_every=timedelta(seconds=every),
    )
    assert watched.comparable is comparable
    assert watched.mismatch is (False if comparable else None)


def test_a_panel_that_was_never_heard() -> None:
    status = LocalStatus((in_mode(AWAY),))
    assert watch(Watch(), status, service(10200), NOW).mismatch is None


def test_lasting() -> None:
    watched = looked(CONFIRMING, before=armed())
    assert watched.contradictions == (
        Contradiction(
            Difference(1, Shown.ARMED_AWAY, Shown.DISARMED), at(0), 4, at(239)
        ),
    )
    assert not is_lasting(watched, at(358.9))
    assert is_lasting(watched, at(359))
    assert looked([299], before=watched).contradictions[0].confirmed == at(239)
    assert not is_lasting(Watch(), at(359))


@given(
    st.lists(
        st.tuples(
            st.floats(0, 120),
            st.sampled_from([*sorted(CODES), 0, 10307]),
            st.sampled_from([AWAY, HOME, DISARMED, ArmingState.ARMING, None]),
            st.booleans(),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_no_mismatch_without_its_conditions(
    steps: list[tuple[float, int, ArmingState | None, bool, bool]],
) -> None:
    watched, now, code, read_at = Watch(), NOW, 10200, NOW
    since, reads, last = NOW, 0, None
    for gap, new_code, mode, polled, programming in steps:
        now += timedelta(seconds=gap)
        if polled:
            code, read_at = new_code, now
        partition = replace(in_mode(mode), programming=programming)
        local, remote = panel(partition, heard=now), service(code, read_at=read_at)
        watched = watch(watched, local, remote, now)
        fresh = now - read_at <= timedelta(seconds=90)
        found = differences(local, remote, now) if fresh else None
        if found != last:
            since, reads, last = now, 0, found
        reads += polled
        if watched.mismatch:
            assert found
            assert not programming
            assert mode is not ArmingState.ARMING
            assert now - since >= timedelta(seconds=180)
            assert reads >= 3

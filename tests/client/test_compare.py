"""When panel and service count as different: local-panel.md 6.1 and 6.3."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.compare import (
    Difference,
    Shown,
    Watch,
    differences,
    is_lasting,
    watch,
)
from custom_components.panelsync.client.local.status import LocalPartition, LocalStatus
from custom_components.panelsync.client.models import (
    ArmingState,
    PanelStatus,
    Partition,
)

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
    return PanelStatus(
        read_at=read_at,
        partitions=tuple(
            Partition(number, f"Partition {number}", None, code)
            for number, code in enumerate(codes, 1)
        ),
        zones=None,
        arming_code=None,
        sync_flag=None,
        configuration_number=None,
        report_time=None,
        ac_loss=None,
        low_battery=None,
        battery_missing=None,
        cover_tampered=None,
    )


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
    """Return a partition in a mode."""
    return LocalPartition(
        number,
        mode=mode,
        entry_delay_off=instant,
        perimeter_only=perimeter,
        alarm_memory=False,
    )


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


@pytest.mark.parametrize("code", sorted(CODES))
@pytest.mark.parametrize(
    "partition",
    [
        in_mode(ArmingState.ARMING),
        replace(in_mode(AWAY), entry_delay=True),
        replace(in_mode(AWAY), exit_until=NOW + timedelta(seconds=1)),
        in_mode(None),
    ],
)
def test_what_is_on_its_way_is_not_compared(
    partition: LocalPartition, code: int
) -> None:
    assert differences(panel(partition), service(code), NOW) is None


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
        Difference(2, Shown.ARMED_HOME, Shown.DISARMED),
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
    """Return a moment."""
    return NOW + timedelta(seconds=seconds)


def looked(
    polls: list[float],
    *,
    local: LocalPartition | None = None,
    code: int = 10200,
    before: Watch | None = None,
    every: float = 60,
) -> Watch:
    """Compare at each poll, both sides just heard."""
    watched = before or Watch()
    for seconds in polls:
        watched = watch(
            watched,
            panel(local or in_mode(AWAY), heard=at(seconds)),
            service(code, read_at=at(seconds)),
            at(seconds),
            poll_every=timedelta(seconds=every),
        )
    return watched


@pytest.mark.parametrize(
    ("polls", "mismatch"),
    [
        ([0], False),
        ([0, 60, 120], False),
        ([0, 60, 120, 179.9], False),
        ([0, 60, 120, 180], True),
        ([0, 90, 180], True),
        ([0, 180], False),
        ([0, 1, 2, 3, 4, 5], False),
    ],
)
def test_never_before_180_seconds_and_3_polls(
    polls: list[float], mismatch: bool
) -> None:
    assert looked(polls).mismatch is mismatch


def test_a_line_of_the_panel_is_no_poll() -> None:
    watched = looked([0, 60])
    for seconds in range(60, 150, 10):
        watched = watch(
            watched,
            panel(in_mode(AWAY), heard=at(seconds)),
            service(10200, read_at=at(60)),
            at(seconds),
        )
    assert watched.polls == 2
    assert not looked([181], before=replace(watched, polls=1)).mismatch


def test_the_time_may_pass_between_polls() -> None:
    watched = looked([0, 60, 120])
    watched = watch(
        watched,
        panel(in_mode(AWAY), heard=at(181)),
        service(10200, read_at=at(120)),
        at(181),
    )
    assert watched.mismatch


def test_agreement_ends_it_at_once() -> None:
    watched = looked([0, 60, 120, 180])
    assert looked([190], code=10201, before=watched).mismatch is False
    assert looked([190], local=in_mode(DISARMED), before=watched).mismatch is False


def test_another_difference_begins_anew() -> None:
    watched = looked([0, 60, 120, 180])
    changed = looked([200], local=in_mode(HOME), before=watched)
    assert changed.mismatch is False
    assert (changed.since, changed.polls) == (at(200), 1)


def test_an_exit_delay_begins_anew() -> None:
    watched = looked([0, 60, 120])
    watched = looked([150], local=in_mode(ArmingState.ARMING), before=watched)
    assert watched.mismatch is None
    assert looked([180, 240], before=watched).mismatch is False


@pytest.mark.parametrize(
    ("heard", "read", "every", "comparable"),
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
    heard: float, read: float, every: float, comparable: bool
) -> None:
    watched = watch(
        Watch(),
        panel(in_mode(AWAY), heard=at(heard)),
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
    watched = looked([0, 60, 120, 180])
    assert watched.confirmed == at(180)
    assert not is_lasting(watched, at(299.9))
    assert is_lasting(watched, at(300))
    assert looked([240], before=watched).confirmed == at(180)
    assert not is_lasting(Watch(), at(300))


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
    run: list[tuple[datetime, datetime]] = []
    last: object = None
    for gap, new_code, mode, polled, programming in steps:
        now += timedelta(seconds=gap)
        if polled:
            code, read_at = new_code, now
        partition = replace(in_mode(mode), programming=programming)
        local, remote = panel(partition, heard=now), service(code, read_at=read_at)
        watched = watch(watched, local, remote, now)
        found = differences(local, remote, now)
        if not found or found != last or now - read_at > timedelta(seconds=90):
            run = []
        last = found if now - read_at <= timedelta(seconds=90) else None
        run.append((now, read_at))
        if watched.mismatch:
            assert not programming
            assert mode is not ArmingState.ARMING
            assert now - run[0][0] >= timedelta(seconds=180)
            assert len({read for _, read in run}) >= 3

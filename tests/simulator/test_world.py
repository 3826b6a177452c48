"""The world by itself: from a seed, by the clock, and never out of order."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from simulator import Simulator, SimulatorOptions
from simulator.options import PROFILES, Profile
from simulator.switches import for_profile
from simulator.world.errors import UnknownThing
from simulator.world.ids import Ids
from simulator.world.timeline import Timeline
from simulator.world.world import World
from tests.simulator.door import Clock


def world(clock: Clock, **changes: Any) -> World:
    """Return a world whose clock stands."""
    options = replace(SimulatorOptions(), clock=clock, **changes)
    return World(options, for_profile(options.profile))


def truth(**changes: Any) -> dict[str, Any]:
    """Return the whole state of a fresh simulator."""
    return Simulator(replace(SimulatorOptions(), clock=Clock(), **changes)).state()


@pytest.mark.parametrize("profile", PROFILES)
def test_same_seed_same_world(profile: Profile) -> None:
    """One seed gives one world; another seed another one."""
    assert truth(profile=profile, locations=12) == truth(profile=profile, locations=12)
    assert truth(profile=profile, seed=2) != truth(profile=profile, seed=3)


def test_same_acts_same_world() -> None:
    """The same acts at the same times lead to the same state."""

    def played() -> Any:
        clock = Clock()
        simulator = Simulator(replace(SimulatorOptions(), clock=clock))
        place = simulator.world.named("Mill House").id
        simulator.world.add_sensor(place, "Shed")
        simulator.world.app_sync(place, "panel")
        simulator.world.arm(place)
        clock.forward(100)
        simulator.world.advance()
        return simulator.state()

    assert played() == played()


def test_it_does_not_matter_how_often_somebody_looks() -> None:
    """The world is a function of time: one long step equals many short ones."""
    states = []
    for steps in (1, 60):
        clock = Clock()
        simulator = Simulator(replace(SimulatorOptions(), clock=clock))
        place = simulator.world.named("Mill House").id
        simulator.world.app_sync(place, "panel")
        simulator.world.app_sync(place, "users")
        for _ in range(steps):
            clock.forward(60 / steps)
            simulator.world.advance()
        states.append(simulator.state())
    assert states[0] == states[1]


@given(
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.sampled_from(PROFILES),
    st.sampled_from(PROFILES),
)
def test_ids_of_two_worlds_never_meet(
    seed: int, other: int, profile: Profile, other_profile: Profile
) -> None:
    """Ids fit 32 bits and differ between seeds and between profiles."""
    one, two = Ids(seed, profile), Ids(other, other_profile)
    kinds = [(kind, n) for kind in ("location", "device", "login") for n in (0, 1, 899)]
    ids = {one.numbered(kind, n) for kind, n in kinds}
    assert len(ids) == 9
    assert all(0 < number < 2**31 for number in ids)
    if (seed, profile) != (other, other_profile):
        assert ids.isdisjoint(two.numbered(kind, n) for kind, n in kinds)
        assert one.guid("session", 0) != two.guid("session", 0)


def test_many_locations_are_varied() -> None:
    """A big account: unique names and ids, several families, some with nothing staged."""
    places = list(world(Clock(), locations=300).locations.values())
    assert len({place.id for place in places}) == 300
    assert len({place.name for place in places}) == 300
    assert len({place.panel.family.panel_type for place in places}) >= 5
    assert {place.staged_user_changes for place in places} == {0, 1, 2}
    healthy = places[4:]
    assert all(place.in_sync and place.panel.connected for place in healthy)


def test_panel_users_match_what_is_not_staged() -> None:
    """At first exactly the users without a staged change are on the panel."""
    for place in world(Clock(), locations=20).locations.values():
        known = {user.full_name for user in place.users if not user.out_of_sync}
        assert set(place.panel.users) == known


def test_unknown_things() -> None:
    """Verbs name what is not there."""
    one = world(Clock())
    place = one.named("Mill House").id
    with pytest.raises(UnknownThing, match="location 5"):
        one.arm(5)
    with pytest.raises(UnknownThing, match="zone 99"):
        one.set_zone(place, 99, is_open=True)
    with pytest.raises(UnknownThing, match="Nobody"):
        one.stage_user(place, "Nobody Known", removal=True)
    for zone in list(one.locations[place].panel.zones):
        one.remove_sensor(place, zone)
    with pytest.raises(UnknownThing, match="zone 1"):
        one.alarm(place)
    with pytest.raises(UnknownThing, match="Moon"):
        one.named("Moon")


def test_staging_a_known_user_again_counts_once() -> None:
    """One user is one pending change, however often it was changed."""
    one = world(Clock())
    place = one.named("Lake Cabin")
    for _ in range(3):
        one.stage_user(place.id, "Kim Noor")
    assert place.staged_user_changes == 1


@given(
    st.lists(st.floats(0, 100), max_size=20),
    st.lists(st.floats(0, 50), min_size=1, max_size=10),
    st.floats(0.5, 20),
)
def test_timeline_keeps_order(
    due: list[float], steps: list[float], speed: float
) -> None:
    """Everything due happens once, in order, at its own time, and nothing else does."""
    begin = Clock().now
    line = Timeline(begin, speed)
    happened: list[float] = []
    for seconds in due:
        line.after(seconds, lambda: happened.append((line.now - begin).total_seconds()))
    now = begin
    for step in steps:
        now += timedelta(seconds=step)
        line.advance(now)
    assert happened == sorted(happened)
    reached = (now - begin).total_seconds()
    times = [timedelta(seconds=seconds / speed).total_seconds() for seconds in due]
    assert happened == sorted(seconds for seconds in times if seconds <= reached)


def test_time_never_runs_back() -> None:
    """A clock set back changes nothing."""
    clock = Clock()
    one = world(clock)
    now = one.now
    clock.forward(-3600)
    one.advance()
    assert one.now == now

"""Our AD2 codec and the vendor's library on the same random life, line by line.

The library is connected to the simulated adapter over TCP; our codec takes the lines
that the library was recorded to have taken.
"""

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from random import Random

from custom_components.panelsync.client.local.alarmdecoder.codec import (
    AlarmDecoderCodec,
)
from custom_components.panelsync.client.local.alarmdecoder.messages import (
    Expander,
    Message,
    Report,
    RfSensor,
)
from custom_components.panelsync.client.local.alarmdecoder.state import (
    Ad2Settings,
    Ad2State,
    apply,
    start,
)
from custom_components.panelsync.client.local.status import LocalStatus, PanelActivity
from custom_components.panelsync.client.models import ArmingState
from simulator.panels.walk import Walk
from tests.peers.vendor_excuses import LONGEST_PAGE, Account
from tests.peers.vendor_house import NO_PARTITION, Events, Seen, connected

AHEAD = 200
LINES = 10_000
RESTORED_AFTER_PASSES = 3

LATER = "we take a zone for closed later, never earlier: a lost page closes none"
STUCK = "an expander's zone, once on a page too, stays with the library (nutech #51)"
TWICE = "we believe mains power when a second line says the same"
DIFFERENCES = {LATER, STUCK, TWICE}


class Ours:
    """Our codec, fed with the lines the library was fed with, at their own time."""

    def __init__(self) -> None:
        """Know nothing."""
        self.codec = AlarmDecoderCodec()
        self.state: Ad2State = start(Ad2Settings())
        self.activity: list[PanelActivity] = []
        self.messages: list[Message] = []

    def hear(self, line: str, seconds: float) -> LocalStatus:
        """Take one line and return what is known then."""
        at = datetime.fromtimestamp(seconds, UTC)
        for message in self.codec.feed(line.encode() + b"\r\n"):
            self.messages.append(message)
            self.state, activity = apply(self.state, message, at)
            self.activity += activity
        return self.state.status()


def arming(seen: Seen) -> ArmingState:
    """Return the library's flags in our words."""
    _, away, stay, instant, night, *_ = seen.flags
    if away:
        return ArmingState.ARMED_AWAY
    if not stay:
        return ArmingState.DISARMED
    return ArmingState.ARMED_NIGHT if instant or night else ArmingState.ARMED_HOME


def turns(values: list[bool]) -> list[bool]:
    """Return each value that is another one than the one before it."""
    return [after for before, after in pairwise(values) if before is not after]


def check_events(ours: Ours, theirs: Events) -> None:
    """Every event that one was told, the other was told too, in order."""
    heard = ours.messages
    assert theirs.lrr == [
        (f"{one.data:03}", str(one.partition), f"CID_{one.qualifier}{one.event}")
        for one in heard
        if isinstance(one, Report)
    ]
    assert theirs.expander == [
        (one.address, one.channel, one.value)
        for one in heard
        if isinstance(one, Expander)
    ]
    assert theirs.rf == [
        (one.serial, one.value) for one in heard if isinstance(one, RfSensor)
    ]
    assert len(theirs.lrr) > 100
    assert len(theirs.expander) > 100
    assert len(theirs.rf) > 100


async def test_the_same_life(socket_enabled: None) -> None:
    """Arming, ready, zones and events are equal but for what DIFFERENCES lists."""
    async with connected() as house:
        assert house.face.url.startswith("socket://")
        random = Random("beside")
        walk = Walk(house.local, Random("both"))
        while len(house.truths) < LINES:
            walk.step()
            house.forward(random.uniform(2, 90))
            await house.caught_up(AHEAD)
        await house.caught_up()
        truths, notes, events = house.truths, house.peer.notes, house.peer.events
    ours, account = Ours(), Account(truths)
    differ: list[tuple[int, str, object, object]] = []
    shown: list[int] = []
    armed: list[bool] = []
    sounding: list[tuple[bool, bool]] = []
    listed: Counter[str] = Counter()
    quiet = same = unknown = 0
    for index, (now, seen) in enumerate(zip(truths, notes, strict=True)):
        account.take(index, seen)
        status = ours.hear(seen.line, now.seconds)
        if not seen.line.startswith("[") or seen.line[30:38] == NO_PARTITION:
            continue
        (partition,) = status.partitions
        shown.append(index)
        ready, *_, alarm, ac, chime, bypass = seen.flags
        pairs: dict[str, tuple[object, object]] = {
            "ready": (partition.ready, ready),
            "ac": (status.ac_power, ac),
            "chime": (partition.chime, chime),
            "bypass": (partition.bypassed, bypass),
        }
        if not seen.exiting and not alarm:
            pairs["mode"] = (partition.mode, arming(seen))
        differ += [
            (index, name, mine, theirs)
            for name, (mine, theirs) in pairs.items()
            if mine is not None and mine != theirs
        ]
        unknown += any(mine is None for mine, _ in pairs.values())
        armed.append(partition.mode is not ArmingState.DISARMED)
        sounding.append((bool(partition.sounding), bool(alarm)))
        if account.is_quiet(now) and status.open_zones is not None:
            quiet += 1
            same += status.open_zones == seen.zones
            truly = now.open - now.bypassed
            assert truly <= status.open_zones, (index, now)
            for zone in status.open_zones - seen.zones:
                passes = (now.seconds - account.changed) / (now.pages * LONGEST_PAGE)
                assert zone not in truly, (index, now, status)
                assert passes < RESTORED_AFTER_PASSES, (index, now, status)
                listed[LATER] += 1
            for zone in seen.zones - status.open_zones:
                assert zone in account.expander, (index, now, seen)
                listed[STUCK] += 1
    assert {name for _, name, *_ in differ} <= {"ac"}
    before = dict(pairwise(reversed(shown)))
    for index, *_ in differ:
        assert truths[index].ac is not truths[before[index]].ac
        listed[TWICE] += 1
    assert {STUCK, TWICE} <= set(listed) <= DIFFERENCES, listed
    assert len(shown) > LINES * 0.8
    assert quiet > LINES * 0.05
    assert same > quiet * 0.9, (same, quiet)
    assert unknown < 5
    check_events(ours, events)
    # Armed and disarmed in turn: the library tells again when one sort becomes another.
    told = [kind == "arm" for kind, _ in events.arming]
    assert turns(armed) == turns([armed[0], *told])
    assert [mine for mine, _ in sounding] == [alarm for _, alarm in sounding]
    assert events.alarms == turns([alarm for _, alarm in sounding])
    assert len(events.alarms) > 20

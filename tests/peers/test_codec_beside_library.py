"""Our AD2 codec and the vendor's library on the same random life, line by line."""

from datetime import UTC, datetime
from itertools import pairwise
from random import Random

import pytest

from custom_components.panelsync.client.local.ad2_state import (
    Ad2Settings,
    Ad2State,
    apply,
    start,
)
from custom_components.panelsync.client.local.alarmdecoder import AlarmDecoderCodec
from custom_components.panelsync.client.local.status import LocalStatus, PanelActivity
from custom_components.panelsync.client.models import ActivityType, ArmingState
from simulator.panels.walk import Walk
from tests.peers.vendor_excuses import LONGEST_PAGE, Account
from tests.peers.vendor_house import NO_PARTITION, Seen, Truth, connected

AHEAD = 200
LINES = 10_000
RESTORED_AFTER_PASSES = 6


class Ours:
    """Our codec, fed with the lines the library was fed with, at their own time."""

    def __init__(self) -> None:
        """Know nothing."""
        self.codec = AlarmDecoderCodec()
        self.state: Ad2State = start(Ad2Settings())
        self.activity: list[PanelActivity] = []

    def hear(self, now: Truth) -> LocalStatus:
        """Take one line and return what is known then."""
        at = datetime.fromtimestamp(now.seconds, UTC)
        for message in self.codec.feed(now.line.encode() + b"\r\n"):
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


@pytest.mark.timeout(300)
async def test_the_same_life(socket_enabled: None) -> None:
    """Arming, ready, mains, chime and bypass are equal; zones are, once all was shown."""
    async with connected() as house:
        random = Random("beside")
        walk = Walk(house.local, Random("both"))
        while len(house.truths) < LINES:
            walk.step()
            house.forward(random.uniform(2, 90))
            await house.caught_up(AHEAD)
        await house.caught_up()
        truths, notes = house.truths, house.peer.notes
    ours, account = Ours(), Account(truths)
    differ: list[tuple[int, str, object, object]] = []
    shown: list[int] = []
    quiet = unknown = 0
    for index, (now, seen) in enumerate(zip(truths, notes, strict=True)):
        account.take(index, seen)
        status = ours.hear(now)
        if not now.line.startswith("[") or now.line[30:38] == NO_PARTITION:
            continue
        (partition,) = status.partitions
        shown.append(index)
        ready, *_, sounding, ac, chime, bypass = seen.flags
        pairs: dict[str, tuple[object, object]] = {
            "ready": (partition.ready, ready),
            "ac": (status.ac_power, ac),
            "chime": (partition.chime, chime),
            "bypass": (partition.bypassed, bypass),
        }
        if not seen.exiting and not sounding:
            pairs["mode"] = (partition.mode, arming(seen))
        differ += [
            (index, name, mine, theirs)
            for name, (mine, theirs) in pairs.items()
            if mine is not None and mine != theirs
        ]
        unknown += any(mine is None for mine, _ in pairs.values())
        if account.is_quiet(now) and status.open_zones is not None:
            quiet += 1
            assert now.open - now.bypassed <= status.open_zones, (index, now)
            surplus = status.open_zones - now.open
            # We take a zone for closed later than the library, never earlier: a page
            # that was lost must not close a window (local-panel.md 3.2).
            passes = (now.seconds - account.changed) / (now.pages * LONGEST_PAGE or 1)
            assert not surplus or passes < RESTORED_AFTER_PASSES, (index, now, status)
    # Mains power is believed when a second line says the same (local-panel.md 3.1).
    assert {name for _, name, *_ in differ} <= {"ac"}
    before = dict(pairwise(reversed(shown)))
    for index, *_ in differ:
        assert truths[index].ac is not truths[before[index]].ac
    assert len(shown) > LINES * 0.8
    assert quiet > LINES * 0.05
    assert unknown < 5
    told = [one.type for one in ours.activity]
    armed = [kind for kind, _ in house.peer.events.arming if kind == "arm"]
    assert told.count(ActivityType.ARMED) >= len(armed) * 0.9

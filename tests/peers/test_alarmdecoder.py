"""The vendor's library before the AD2 simulator over TCP: a random life, compared line by line."""

import asyncio
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import pytest

from simulator.panels.events import lrr_line
from simulator.panels.walk import Walk
from tests.peers.vendor_excuses import EXCUSES, NOT_SHOWN, SLOW, Account, Diary
from tests.peers.vendor_house import NO_PARTITION, connected

AHEAD = 200  # lines the library may be behind; a bridge's queue drops what is more


@dataclass(frozen=True)
class Life:
    """A life at the panel: how many lines of what, and which excuses the library needs for it, no fewer."""

    name: str
    lines: int
    only: frozenset[str]
    excuses: set[str]


LIVES = [
    Life("everything", 10_000, frozenset(), EXCUSES),
    Life(
        "doors",
        3_000,
        frozenset({"door", "close_all", "arm", "disarm", "chime"}),
        {NOT_SHOWN, SLOW},
    ),
]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
async def test_random_walk(life: Life, socket_enabled: None) -> None:
    """Every flag is equal on every line, every event is told, and zones differ only by what EXCUSES lists."""
    async with connected() as house:
        random = Random("walk")
        diary = Diary()
        walk = Walk(house.local, Random("life"), only=life.only)
        house.local.watch(diary)
        while len(house.truths) < life.lines:
            walk.step()
            house.forward(random.uniform(2, 90))
            await house.caught_up(AHEAD)
        await house.caught_up()
        truths, notes, heard = house.truths, house.peer.notes, house.peer.events
        assert house.face.heard_bytes == b"C\rV\r"
    assert [now.line for now in truths] == [seen.line for seen in notes]
    assert not any(seen.dead for seen in notes)
    account = Account(truths)
    flags_compared = 0
    for index, (now, seen) in enumerate(zip(truths, notes, strict=True)):
        account.take(index, seen)
        if now.line.startswith("[") and now.line[30:38] != NO_PARTITION:
            flags_compared += 1
            assert seen.flags == (
                now.ready,
                now.away,
                now.stay,
                now.instant,
                now.night,
                now.sounding,
                now.ac,
                now.chime,
                now.bypass,
            ), (index, now, seen)
            assert seen.exiting is now.exiting
        elif index and now.line.startswith("["):
            before = notes[index - 1]  # it takes no line for all keypads (mask 0)
            assert (seen.flags, seen.zones) == (before.flags, before.zones)
    assert flags_compared > life.lines * 0.8
    assert account.quiet > 300
    assert set(account.excused) == life.excuses, account.excused
    # Events: each that has a line was heard, in order, and arming, alarm and mains changed as often as in truth.
    lines = [lrr_line(event, version=2) for event in diary.events]
    assert [f"!LRR:{','.join(found)},ff" for found in heard.lrr] == [
        line for line in lines if line is not None
    ]
    shown = [
        now for now in truths if now.line[0] == "[" and now.line[30:38] != NO_PARTITION
    ]
    assert heard.alarms == changes([now.sounding for now in shown])
    assert heard.power == changes([now.ac for now in shown])
    assert heard.arming == [
        ("arm", stay) if away or stay else ("disarm", False)
        for away, stay in changes([(now.away, now.stay) for now in shown])
    ]
    assert [f"!EXP:{a:02d},{c:02d},{v:02d}" for a, c, v in heard.expander] == [
        now.line for now in truths if now.line.startswith("!EXP")
    ]
    assert [f"!RFX:{serial},{value:02x}" for serial, value in heard.rf] == [
        now.line for now in truths if now.line.startswith("!RFX")
    ]


def changes[T](values: list[T]) -> list[T]:
    """Return each value that is another one than the one before it."""
    return [after for before, after in pairwise(values) if before != after]


async def test_asks_for_faults(socket_enabled: None) -> None:
    """A panel that lists faults only after * makes the library press it, and then shows them."""
    async with connected(press_star=True) as house:
        house.local.set_zone(2, is_open=True)
        await house.caught_up()
        while not house.face.heard_bytes.endswith(b"*"):
            await asyncio.sleep(0.01)
        house.forward(1)
        texts = [now.line[61:93].strip() for now in house.truths if now.line[0] == "["]
        assert texts[0] == "****DISARMED****Hit * for faults"
        assert texts[-1] == "FAULT 02 BACK   DOOR"
        await house.caught_up()
        assert house.peer.notes[-1].zones == {2}
        house.forward(70)  # the list stays about a minute
        assert house.truths[-1].line[61:].startswith("****DISARMED****Hit * for")


async def test_reads_adapter(socket_enabled: None) -> None:
    """Version and configuration arrive; keys sent by the library work at the panel, and are told as sent."""
    async with connected() as house:
        peer, told = house.peer, list[bool]()
        peer.on_sending_received += lambda _, status, message: told.append(status)
        assert (peer.version_number, peer.address) == ("V2.2a.8.9b-306", 18)
        assert (peer.configbits, peer.emulate_lrr) == (0xFF00, True)
        await asyncio.to_thread(peer.send, f"{house.local.panel.user_code}3")
        while not told:
            await asyncio.sleep(0.01)
        assert told == [True]
        assert house.local.panel.partitions[1].mode == 10203


async def test_survives_damage(socket_enabled: None) -> None:
    """Lines cut, doubled and behind noise do not stop it.

    See docs/protocol/alarmdecoder.md#the-vendors-library.
    """
    async with connected() as house:
        for fault in ("behead", "duplicate", "nul", "lf"):
            await house.face.trouble(fault)
            house.forward(10)
        house.local.set_zone(2, is_open=True)
        while not house.peer.notes or house.peer.notes[-1].zones != {2}:
            await asyncio.sleep(0.01)

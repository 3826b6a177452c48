"""Zones learned from rotating pages, against rotations made by chance."""

from datetime import timedelta
from itertools import permutations
from random import Random

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.models import ZoneStatus

from .panel_habits import Keypad
from .site import ADDRESSES, START, Site, fault, keypad


def rotate(
    site: Site,
    zones: list[int],
    chance: Random,
    *,
    lost: float = 0,
    passes: int = 1,
    pace: float = 4,
) -> None:
    """Show the pages of open zones in order, some of them lost on the way."""
    for _ in range(passes):
        for zone in sorted(zones):
            if chance.random() >= lost:
                site.hear(fault(zone), every=0)
            site.wait(pace * chance.uniform(0.8, 1.2))


@pytest.mark.parametrize("seed", range(8))
def test_lost_lines_never_close_an_open_zone(seed: int) -> None:
    # 5 % of the lines lost, up to 40 open zones
    # (docs/protocol/alarmdecoder.md#habits-of-the-rotation).
    chance = Random(seed)
    site = Site()
    zones = chance.sample(range(1, 129), 5 * seed + 2)
    rotate(site, zones, chance, passes=3)
    for _ in range(max(20, 4000 // len(zones) // 4)):
        rotate(site, zones, chance, lost=0.05)
        assert site.open() == set(zones)


FAULT, CHECK, LOBAT = ZoneStatus.FAULTED, ZoneStatus.TROUBLE, ZoneStatus.LOW_BATTERY
KINDS = {
    FAULT: ("FAULT", "00000001000000000A--"),
    CHECK: ("CHECK", "00000001000000100A--"),
    LOBAT: ("LOBAT", "00000001000100000A--"),
}
type Pages = list[tuple[int, ZoneStatus]]


def show(
    site: Site, pages: Pages, chance: Random, *, lost: float = 0, passes: int = 1
) -> None:
    """Show pages of several kinds in the order they are given in."""
    for _ in range(passes):
        for zone, status in pages:
            word, flags = KINDS[status]
            if chance.random() >= lost:
                line = keypad(f"{word} {zone:02} ZONE", flags=flags, code=f"{zone:03}")
                site.hear(line, every=0)
            site.wait(4 * chance.uniform(0.8, 1.2))


def as_zones(pages: Pages) -> dict[int, ZoneStatus]:
    """Return what pages say of each zone."""
    zones: dict[int, ZoneStatus] = {}
    for zone, status in pages:
        zones[zone] = zones.get(zone, ZoneStatus(0)) | status
    return zones


# Where pages of other kinds join the rotation is not known
# (docs/protocol/alarmdecoder.md#rotation): kind by kind in any order, or zone by zone.
ORDERS = [*permutations(KINDS), None]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("seed", range(4))
def test_no_order_of_kinds_invents_a_restore(
    order: tuple[ZoneStatus, ...] | None, seed: int
) -> None:
    chance = Random(seed)
    site = Site.small()
    pages: Pages = [
        (zone, status)
        for status in KINDS
        for zone in chance.sample(range(1, 30), chance.randint(1, 6))
    ]
    if order is None:
        pages.sort(key=lambda page: page[0])
    else:
        pages.sort(key=lambda page: (order.index(page[1]), page[0]))
    start = chance.randrange(len(pages))
    pages = pages[start:] + pages[:start]
    show(site, pages, chance, passes=3)
    for _ in range(60):
        show(site, pages, chance, lost=0.05)
        assert site.seen().zones == as_zones(pages)
    assert site.activity == []


@pytest.mark.parametrize("order", ORDERS[:-1])
@pytest.mark.parametrize("closed", range(6))
def test_what_ended_is_gone_after_two_passes_in_any_order(
    order: tuple[ZoneStatus, ...], closed: int
) -> None:
    zones = {FAULT: (2, 30), CHECK: (10, 20), LOBAT: (5, 6)}
    pages: Pages = [(zone, status) for status in order for zone in zones[status]]
    site, chance = Site.small(), Random(closed)
    show(site, pages, chance, passes=6)
    assert site.seen().zones == as_zones(pages)
    del pages[closed]
    # The pass that was going on still shows it: two more without it, and its end.
    show(site, pages, chance, passes=3)
    assert site.seen().zones == as_zones(pages)


@pytest.mark.parametrize("count", [2, 3, 8, 40])
@pytest.mark.parametrize("pace", [2, 4, 6])
def test_a_closed_zone_is_gone_after_two_passes(count: int, pace: float) -> None:
    chance = Random(count)
    site = Site()
    zones = list(range(10, 10 + count))
    rotate(site, zones, chance, passes=10, pace=pace)
    assert site.open() == set(zones)
    closed = zones.pop(count // 2)
    # Passes of a single page need four; the page that closes the last pass is one more.
    rotate(site, zones, chance, passes=4 if count == 2 else 2, pace=pace)
    rotate(site, zones[:1], chance, pace=pace)
    assert site.open() == set(zones)
    assert closed not in site.seen().zones


def test_a_key_press_repeats_a_page_and_closes_nothing() -> None:
    # nutech 46
    site = Site()
    chance = Random(46)
    rotate(site, [5, 9, 23], chance, passes=5)
    for _ in range(20):
        site.hear(fault(5))
        site.hear(fault(9), every=1)
        site.hear(fault(9), every=1)
        site.hear(fault(9), every=4)
        site.hear(fault(23))
        assert site.open() == {5, 9, 23}


def test_a_page_that_is_held_closes_nothing() -> None:
    site = Site()
    rotate(site, [5, 9], Random(5), passes=5)
    site.hear(*[fault(5)] * 70, every=1)
    assert site.open() == {5, 9}


def test_a_page_that_comes_again_in_step_closes_nothing_at_once() -> None:
    site = Site()
    rotate(site, [5, 9], Random(5), passes=5)
    site.hear(*[fault(5)] * 4)
    assert site.open() == {5, 9}
    site.hear(*[fault(5)] * 2)
    assert site.open() == {5}


def test_a_gap_where_a_page_was_due_proves_nothing() -> None:
    site = Site()
    rotate(site, [5, 9, 23], Random(5), passes=5)
    for _ in range(4):
        site.hear(fault(5), every=8)
        site.hear(fault(23))
    assert site.open() == {5, 9, 23}


def test_a_fault_out_of_order_closes_nothing() -> None:
    # nutech 50
    site = Site()
    chance = Random(50)
    rotate(site, [5, 9, 23, 30], chance, passes=5)
    site.hear(fault(5), fault(9), fault(23), fault(7), fault(30))
    rotate(site, [5, 7, 9, 23, 30], chance, passes=3)
    assert site.open() == {5, 7, 9, 23, 30}


def test_a_hidden_list_makes_the_open_zones_unknown() -> None:
    site = Site.small()
    site.hear(1)
    assert site.open() == set()
    site.hear(5)
    assert site.open() is None
    site.hear(8)
    assert site.open() == {5}


@pytest.mark.parametrize(
    ("zones", "lasts"),
    # max(60 s, 3 x open zones x interval)
    [([5], 60), ([5, 9], 60), (list(range(10, 30)), 240)],
)
def test_what_a_list_showed_is_forgotten_when_it_stays_hidden(
    zones: list[int], lasts: int
) -> None:
    site = Site.small()
    site.hear(5, *[fault(zone) for zone in zones * 2])
    site.hear(keypad("LOBAT 24 DOOR", flags="00000001000100000A--", code="024"))
    # One page of 4 s was heard since the last open zone.
    site.hear(*[5] * (lasts // 10 - 1), every=10)
    assert site.open() == set(zones)
    site.hear(5, 5, every=10)
    assert site.open() is None
    assert site.seen().zones == {24: ZoneStatus.LOW_BATTERY}
    site.hear(fault(5))
    assert site.open() == {5}


@pytest.mark.parametrize("number", [5, 6, 7])
def test_every_wording_of_the_hidden_list(number: int) -> None:
    site = Site()
    site.hear(1, number)
    assert site.open() is None


def test_arming_makes_faults_old_and_disarming_does_not_bring_them_back() -> None:
    site = Site()
    site.hear(8, 15)
    assert site.open() is None
    assert site.seen().zones == {}
    site.hear(5)
    assert site.open() is None


def test_zones_are_known_after_a_clean_pass_without_a_ready_line() -> None:
    site = Site()
    rotate(site, [5, 9], Random(1), passes=5)
    assert site.state.partitions[0].faults.known


def test_passes_while_somebody_types_prove_nothing() -> None:
    site = Site()
    rotate(site, [5, 9, 23], Random(2), passes=4)
    for _ in range(30):
        site.hear(fault(5), b"!KPE:0012,18,01", fault(23), every=4)
        assert site.open() == {5, 9, 23}
    rotate(site, [5, 23], Random(2), passes=4)
    assert site.open() == {5, 23}


@pytest.mark.parametrize(
    "line",
    [
        keypad(
            "CHECK 107 EXPANSION", flags="00000001000000100A--", code="007", tail=255
        ),
        keypad("CHECK 7 EXPANSION", flags="00000001000000100A--", code="007", tail=255),
        keypad(
            "CHECK 100 RECEIVER", flags="00000001000000100A--", code="0bf", tail=255
        ),
        keypad("FAULT 05 KITCHEN", code="009"),
        keypad("FAULT 05 KITCHEN", flags="00000001000000003A--", code="005"),
        keypad("FAULT 05 KITCHEN", code="005", tail=255),
        keypad("FAULT 251 KITCHEN", code="251"),
        keypad("FAULT 00 KITCHEN", code="000"),
        keypad("GUASTO 05 CUCINA", code="005"),
    ],
)
def test_a_number_that_is_no_zone_opens_none(line: bytes) -> None:
    site = Site.small()
    site.hear(1, line)
    assert site.seen().zones == {}
    assert site.open() == set()


def test_zones_of_three_digits() -> None:
    site = Site()
    site.hear(1, fault(128))
    assert site.open() == {128}


@given(
    st.lists(
        st.tuples(
            st.integers(1, 12), st.floats(0, 30), st.sampled_from([1, 2]), st.booleans()
        ),
        max_size=60,
    )
)
def test_no_zone_is_open_that_was_never_shown(
    pages: list[tuple[int, float, int, bool]],
) -> None:
    site = Site()
    shown: set[int] = set()
    for zone, gap, partition, ready in pages:
        if ready:
            site.hear(1, every=gap)
        else:
            site.hear(fault(zone, addresses=ADDRESSES[partition]), every=gap)
            shown.add(zone)
            # A page that was just seen is an open zone, always.
            assert zone in (site.open() or ())
        assert set(site.seen().zones) <= shown
        assert all(one is ZoneStatus.FAULTED for one in site.seen().zones.values())


# What real rotations do (docs/protocol/alarmdecoder.md#habits-of-the-rotation).

BETWEEN = {
    200: keypad("SYSTEM LO BAT", flags="00000001000100003A--"),
    201: keypad(
        "CHECK 107 EXPANSION", flags="00000001000000100A--", code="007", tail=255
    ),
    202: keypad("HOME DISARMED    ZONES IN CHECK", flags="00000001000000003A--"),
    203: keypad("LOBAT 24 DOOR", flags="00000001000100000A--", code="024"),
    204: keypad("AC LOSS", flags="00000000000000003A--"),
    205: keypad("CHECK 31 SHED", flags="00000001000000100A--", code="031"),
    206: keypad("SYSTEM LOBAT", flags="00000001000100003A--", addresses=frozenset()),
    207: keypad("BYPAS 12 ATTIC", flags="00000011000000000A--", code="012"),
    208: keypad("COMM. FAILURE", flags="00000001000000003A--", code="0fc"),
    209: keypad("Busy - Standby", flags="00000001000000003A--"),
    210: keypad("BELL FAILURE", flags="00000001000000100A--", code="009", tail=255),
    # For another partition's keypads, in the place of a page of ours.
    212: keypad("SYSTEM LO BAT", flags="00000001000100003A--", addresses=ADDRESSES[2]),
    211: keypad("ETWAS ANDERES 7", flags="00000001000000000A--", code="007"),
}


def play(site: Site, shown: tuple[float, int]) -> None:
    """Hear one page at its time."""
    at, page = shown
    site.now = START + timedelta(seconds=at)
    site.hear(BETWEEN.get(page) or fault(page), every=0)


@pytest.mark.parametrize("every", [13, 20, 31])
@pytest.mark.parametrize("lasts", [2, 9])
@pytest.mark.parametrize("seed", range(3))
def test_an_hour_of_motion_restores_no_open_zone(
    every: int, lasts: int, seed: int
) -> None:
    chance = Random(seed * 100 + every)
    site, panel = Site.small(), Keypad(chance)
    windows = set(chance.sample(range(1, 40), 5))
    motion = chance.choice([zone for zone in range(1, 40) if zone not in windows])
    panel.open |= windows
    for shown in panel.until(60):
        play(site, shown)
    while panel.now < 3600:
        for shown in panel.until(panel.now + chance.expovariate(1 / every)):
            play(site, shown)
            assert windows <= (site.open() or set())
        for shown in panel.opens(motion):
            play(site, shown)
            assert motion in (site.open() or set())
        for shown in panel.until(panel.now + lasts):
            play(site, shown)
            assert windows <= (site.open() or set())
        panel.closes(motion)
    # And what really closes is gone after two whole passes, once it is quieter.
    panel.closes(min(windows))
    for shown in panel.until(panel.now + 2 * 6 * 4 * 1.2 + 6):
        play(site, shown)
    assert site.open() == windows - {min(windows)}


@pytest.mark.parametrize("others", [(page,) for page in BETWEEN] + [(200, 201, 205)])
@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("jitter", [0, 0.2])
def test_a_closed_zone_is_gone_within_two_rotations_with_any_page_among_them(
    others: tuple[int, ...], count: int, jitter: float
) -> None:
    chance = Random(count)
    site, panel = Site.small(), Keypad(chance, others=others, jitter=jitter)
    zones = chance.sample(range(1, 40), count)
    panel.open |= set(zones)
    for shown in panel.until(4 * 4 * (count + len(others))):
        play(site, shown)
    assert site.open() == set(zones)
    panel.closes(zones[0])
    rotation = panel.pace * (1 + jitter) * (count + len(others))
    for shown in panel.until(panel.now + 2 * rotation):
        play(site, shown)
    assert site.open() == set(zones[1:])
    assert "Panel battery low" not in {text for _, text in site.told}


@pytest.mark.parametrize("pace", [1.5, 2, 3, 5])
@pytest.mark.parametrize("seed", range(6))
def test_another_pace_delays_no_restore(pace: float, seed: int) -> None:
    """The other partition's page in our place makes every second gap long."""
    chance = Random(seed)
    site, panel = Site.small(), Keypad(chance, others=(212,), pace=pace, jitter=0.15)
    panel.open |= {5, 9}
    for shown in panel.until(pace * 12):
        play(site, shown)
    panel.closes(5)
    for shown in panel.until(panel.now + 2 * pace * 1.15 * 3):
        play(site, shown)
    assert site.open() == {9}


@pytest.mark.parametrize("late", [0.02, 0.55, 1.3, 2, 2.7, 3.4, 3.9])
@pytest.mark.parametrize("named", [False, True])
def test_the_other_partitions_pages_do_not_delay_a_restore(
    late: float, named: bool
) -> None:
    """Each partition turns its pages on its own, with the panel's battery among them."""
    site = Site() if named else Site.small()
    panel = Keypad(Random(7), others=(200,), jitter=0)
    of_another = [
        keypad(text, flags="10000001000100003A--", addresses=ADDRESSES[2])
        for text in ("SYSTEM LO BAT", "****DISARMED****  Ready to Arm")
    ]

    def hear(until: float) -> None:
        for at, page in panel.until(until):
            play(site, (at, page))
            site.now = START + timedelta(seconds=at + late)
            site.hear(of_another[int(at / 4) % 2], every=0)

    panel.open |= {4, 9, 21}
    hear(64)
    assert site.open() == {4, 9, 21}
    panel.closes(9)
    hear(64 + 2 * 16)
    assert site.open() == {4, 21}


@pytest.mark.parametrize("late", [0.55, 2, 2.9, 3.1])
@pytest.mark.parametrize("seed", range(3))
def test_lost_lines_beside_another_partition_restore_no_open_zone(
    late: float, seed: int
) -> None:
    """One of twenty lines is lost, and another partition shows the panel's battery."""
    chance, site = Random(seed), Site.small()
    panel = Keypad(chance, open={4, 9, 21}, others=(200,))
    of_another = keypad(
        "SYSTEM LO BAT", flags="00000001000100003A--", addresses=ADDRESSES[2]
    )
    wrong = 0
    for turn, (at, page) in enumerate(panel.until(3600)):
        if chance.random() > 0.05:
            play(site, (at, page))
        if turn % 2:
            site.now = START + timedelta(seconds=at + late)
            site.hear(of_another, every=0)
        wrong += at > 60 and not {4, 9, 21} <= (site.open() or set())
    assert wrong == 0


def test_a_list_that_goes_on_behind_what_opened_loses_nothing() -> None:
    # The pages of a real panel, with zones of our own.
    low = {
        zone: keypad(f"LOBAT {zone}", flags="00000001000100000A--", code=f"0{zone}")
        for zone in (23, 24, 25)
    }
    site = Site.small()
    for _ in range(3):
        site.hear(fault(2), *low.values())
    for _ in range(7):
        site.hear(fault(2), low[23], low[24], fault(5), *low.values(), fault(5))
        site.hear(*low.values())
        assert site.open() == {2, 5}
        assert set(site.seen().zones) == {2, 5, 23, 24, 25}
    assert site.told == []


def test_the_last_two_digits_of_a_zone_are_enough() -> None:
    site = Site.small()
    site.hear(1, keypad("FAULT 123 GATE", code="023"))
    assert site.open() == {123}
    site.hear(1, keypad("FAULT 123 GATE", code="024"))
    assert site.open() == set()

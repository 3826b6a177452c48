"""Every route, every fault, every phase of every sync kind.

See docs/architecture.md#a-run.

A plain test run takes a sample in which every two values of any two dimensions meet;
`scripts/trust` plays all cells. The cells are found by runs without a fault.
"""

import asyncio
from collections.abc import Iterable
from itertools import combinations
import logging
import random

import pytest

from custom_components.panelsync.client import SyncKind
from tests.moved_clock import moved_clock

from .broken import FAULTS
from .expected import misses, rule_for
from .report import WHOLE, Report
from .scene import PARTS, Cell, Part, Seen, play, routes_of, with_faults

PROFILES = ("rest", "soap")
# Many cells wait at once and few at the end, so that no core is idle.
AT_ONCE = 32
# What is played is cut into shares that two processes can divide evenly.
SHARES = 8

GROUPS = [
    (profile, kind, part)
    for profile in PROFILES
    for kind in SyncKind
    for part in PARTS[kind]
    # The set-up is the same for every kind.
    if part is not Part.SET_UP or kind is SyncKind.PANEL
]

_known: list[Cell] = []


async def all_cells() -> list[Cell]:
    """Find all cells, once in a process."""
    if not _known:
        for profile in PROFILES:
            for kind in SyncKind:
                _known.extend(with_faults(await routes_of(profile, kind), FAULTS))
    return _known


def pairwise(cells: Iterable[Cell]) -> list[Cell]:
    """Choose cells so that every pair of values that can meet does."""
    shuffled = list(cells)
    random.Random(2).shuffle(shuffled)
    chosen: list[Cell] = []
    met: set[tuple[object, ...]] = set()
    for cell in shuffled:
        values = enumerate(
            (
                f"{cell.profile} {cell.kind}",
                f"{cell.part} {cell.session}",
                cell.place,
                cell.fault,
                cell.lasting,
            )
        )
        pairs = set(combinations(values, 2))
        if pairs - met:
            met |= pairs
            chosen.append(cell)
    return chosen


def slow_first(cells: list[Cell]) -> list[Cell]:
    """Put in front what takes real time, so that the others play meanwhile."""
    return sorted(cells, key=lambda cell: (cell.fault != "drip", not cell.lasting))


@pytest.mark.parametrize("share", range(SHARES))
async def test_matrix(
    share: int, record_property: Report, caplog: pytest.LogCaptureFixture
) -> None:
    known = await all_cells()
    cells = slow_first(known if WHOLE else pairwise(known))[share::SHARES]
    places = asyncio.Semaphore(AT_ONCE)

    async def one(cell: Cell) -> tuple[Cell, Seen]:
        async with places:
            return cell, await play(cell.profile, cell.kind, cell)

    failures: list[str] = []
    with moved_clock():
        played = await asyncio.gather(*map(one, cells))
    for cell, seen in played:
        missed = misses(cell, seen)
        failures += [f"{cell}: {what} ({rule_for(cell).source})" for what in missed]
        row = f"{cell.part}, {cell.session}: {cell.place}".replace("tc2api.", "")
        record_property(
            "cell",
            (
                cell.profile,
                str(cell.kind),
                row,
                cell.fault,
                cell.lasting,
                str(seen.outcome),
            ),
        )
        record_property("cells", 1)
        record_property("faults", seen.faults_met)
        record_property("survived", 0 if missed else 1)
        record_property("starts", seen.starts)
    # A line is lost and one comes back in Home Assistant; the client adds none.
    failures += [
        f"a line in the log: {record.getMessage()}"
        for record in caplog.records
        if record.name.startswith("custom_components.panelsync")
        and record.levelno > logging.DEBUG
    ]
    assert not failures, "\n".join(failures)


async def test_every_cell_has_a_hand_written_expectation() -> None:
    cells = await all_cells()
    assert len(cells) > 3000
    # In every phase something is asked, and met by every fault.
    played = {(cell.profile, cell.kind, cell.part, cell.fault) for cell in cells}
    assert played == {(*group, fault) for group in GROUPS for fault in FAULTS}
    for cell in cells:
        rule_for(cell)


async def test_the_sample_lets_every_pair_meet() -> None:
    cells = await all_cells()
    sample = pairwise(cells)
    assert len(sample) < len(cells) / 3

    def pairs(chosen: list[Cell]) -> set[tuple[str, str]]:
        return {(cell.place, cell.fault) for cell in chosen}

    assert pairs(sample) == pairs(cells)

"""Every route, every fault, every phase of every sync kind (design 5, 6).

A plain test run takes a sample in which every two values of any two dimensions meet;
`scripts/trust` plays all cells. The cells are found by runs without a fault.
"""

import asyncio
from collections.abc import Iterable
from itertools import combinations
import random

import pytest

from custom_components.panelsync.client.models import SyncKind

from .broken import FAULTS
from .expected import misses, rule_for
from .report import WHOLE, Report
from .scene import PARTS, Cell, Part, Seen, play, routes_of, with_faults

PROFILES = ("rest", "soap")
AT_ONCE = 6
# The whole is cut into pieces that two processes can share evenly.
PIECES = 4 if WHOLE else 1

GROUPS = [
    (profile, kind, part)
    for profile in PROFILES
    for kind in SyncKind
    for part in PARTS[kind]
    # The set-up is the same for every kind.
    if part is not Part.SET_UP or kind is SyncKind.PANEL
]

_known: list[Cell] = []


@pytest.fixture
async def enable_event_loop_debug() -> None:
    """Let the loop watch itself in the sample alone, as it doubles the work.

    There every place meets every fault, so it sees what it would see in the whole.
    """
    asyncio.get_running_loop().set_debug(not WHOLE)


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


@pytest.mark.timeout(900)
@pytest.mark.parametrize("piece", range(PIECES))
@pytest.mark.parametrize(
    ("profile", "kind", "part"), GROUPS, ids=lambda value: str(value).replace(" ", "_")
)
async def test_matrix(
    profile: str, kind: SyncKind, part: Part, piece: int, record_property: Report
) -> None:
    known = await all_cells()
    cells = [
        cell
        for cell in (known if WHOLE else pairwise(known))
        if (cell.profile, cell.kind, cell.part) == (profile, kind, part)
    ][piece::PIECES]
    assert cells, "no route was asked in this phase"
    places = asyncio.Semaphore(AT_ONCE)

    async def one(cell: Cell) -> tuple[Cell, Seen]:
        async with places:
            return cell, await play(profile, kind, cell)

    failures: list[str] = []
    for cell, seen in await asyncio.gather(*map(one, cells)):
        missed = misses(cell, seen)
        failures += [f"{cell}: {what} ({rule_for(cell).source})" for what in missed]
        row = f"{part}, {cell.session}: {cell.place}".replace("tc2api.", "")
        record_property(
            "cell",
            (profile, str(kind), row, cell.fault, cell.lasting, str(seen.outcome)),
        )
        record_property("cells", 1)
        record_property("faults", seen.faults_met)
        record_property("survived", 0 if missed else 1)
        record_property("starts", seen.starts)
    assert not failures, "\n".join(failures)


async def test_every_cell_has_a_hand_written_expectation() -> None:
    cells = await all_cells()
    assert len(cells) > 3000
    for cell in cells:
        rule_for(cell)


async def test_the_sample_lets_every_pair_meet() -> None:
    cells = await all_cells()
    sample = pairwise(cells)
    assert len(sample) < len(cells) / 3

    def pairs(chosen: list[Cell]) -> set[tuple[str, str]]:
        return {(cell.place, cell.fault) for cell in chosen}

    assert pairs(sample) == pairs(cells)

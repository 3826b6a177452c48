"""What the tests of trust count, and how it is printed and written down."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
import os
from typing import Any, Final

from .broken import FAULTS

WHOLE: Final = os.environ.get("PANELSYNC_TRUST") == "whole"
"""Whether everything is played, or the sample of a plain test run."""
DOCUMENT: Final = os.environ.get("PANELSYNC_TRUST_DOCUMENT")
"""The page that is written anew."""

OUTCOMES: Final = ("succeeded", "finished", "unconfirmed", "failed", "refused")

type Counts = Counter[tuple[str, bool]]
type Report = Callable[[str, object], None]
"""pytest's `record_property`; what is told travels to the process that sums up."""

# Every number that is summed up, in the order in which it is printed.
NUMBERS: Final = {
    "cells": "cells of the matrix played",
    "faults": "requests that met a fault",
    "survived": "cells that ended as the table says, and recovered by themselves",
    "told": "places times faults in Home Assistant, told by one line lost and one back",
    "kills": "kills of a running Home Assistant survived",
    "stores": "damaged and foreign stores set aside",
    "starts": "most starts counted for one press",
    "inputs": "inputs tried on the decoders",
    "sign_ins": "sign-ins counted at the service in the sign-in tables",
    "outcomes": "presses of the soak, each with one outcome",
    "hostile": "cases of input from outside, each of a kind, that did no harm",
    "searched": "texts searched for marked secrets",
    "leaks": "leaks found",
}
LARGEST: Final = frozenset({"starts"})


def numbers(told: Iterable[tuple[str, Any]]) -> dict[str, int]:
    """Sum up what the tests told."""
    found: Counter[str] = Counter()
    for name, value in told:
        if name in LARGEST:
            found[name] = max(found[name], value)
        elif name in NUMBERS:
            found[name] += value
    return {name: found[name] for name in NUMBERS if name in found}


def tables(told: Sequence[tuple[str, Any]]) -> list[str]:
    """Count the kinds of input, and the outcomes of the matrix by what was asked for and by fault."""
    by_phase: defaultdict[tuple[str, ...], Counts] = defaultdict(Counter)
    by_fault: defaultdict[tuple[str, ...], Counts] = defaultdict(Counter)
    for name, value in told:
        if name == "cell":
            profile, kind, row, fault, lasting, outcome = value
            phase = row.partition(":")[0]
            by_phase[profile, kind, phase][outcome, lasting] += 1
            by_fault[fault,][outcome, lasting] += 1
    faults: dict[tuple[str, ...], Counts] = {
        (fault,): by_fault[fault,] for fault in FAULTS if (fault,) in by_fault
    }
    kinds = Counter(value for name, value in told if name == "kind")
    return [
        *_kinds(kinds),
        *_table(("service", "sync", "phase, session"), dict(sorted(by_phase.items()))),
        *_table(("fault",), faults),
    ]


def _kinds(kinds: Mapping[str, int]) -> list[str]:
    """Write how many cases of each kind of input from outside were played."""
    if not kinds:
        return []
    lines = ["| kind of input from outside | cases |", "| --- | --- |"]
    return [*lines, *(f"| {kind} | {kinds[kind]} |" for kind in sorted(kinds)), ""]


def _table(keys: tuple[str, ...], rows: Mapping[tuple[str, ...], Counts]) -> list[str]:
    """Write a table: in each cell how often where the fault came once, and lasted."""
    heads = (*keys, *(f"{outcome}: once / lasting" for outcome in OUTCOMES))
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for row, counts in rows.items():
        cells = (
            f"{counts[outcome, False]} / {counts[outcome, True]}"
            if counts[outcome, False] or counts[outcome, True]
            else ""
            for outcome in OUTCOMES
        )
        lines.append(f"| {' | '.join((*row, *cells))} |")
    return [*lines, ""]


def page(told: list[tuple[str, Any]], failed: int) -> str:
    """Return the page of the last whole run; nothing else stands on it."""
    lines = ["# Faults", "", "Written by `scripts/trust`.", ""]
    lines += ["| what | number |", "| --- | --- |"]
    lines += [f"| {NUMBERS[name]} | {value} |" for name, value in numbers(told).items()]
    lines += [f"| tests that failed | {failed} |", "", *tables(told)]
    return "\n".join(lines).rstrip() + "\n"

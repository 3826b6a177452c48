"""What the tests of trust count, and how it is printed and written down."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
import os
from pathlib import Path
from typing import Any, Final

from .broken import FAULTS

WHOLE: Final = os.environ.get("PANELSYNC_TRUST") == "whole"
"""Whether everything is played, or the sample of a plain test run."""
DOCUMENT: Final = os.environ.get("PANELSYNC_TRUST_DOCUMENT")
"""The page whose generated part is written anew."""

MARKER: Final = "<!-- Written by scripts/trust. Change nothing below this line. -->"

type Report = Callable[[str, object], None]
"""pytest's `record_property`; what is told travels to the process that sums up."""

LETTERS: Final = {
    "succeeded": "S",
    "finished": "D",
    "unconfirmed": "U",
    "failed": "F",
    "refused": "R",
}

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


def matrix(told: Iterable[tuple[str, Any]]) -> list[str]:
    """Give the matrix as tables of Markdown, one for each profile and kind."""
    tables: dict[tuple[str, str], dict[str, dict[str, list[str]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(lambda: ["·", "·"]))
    )
    for name, value in told:
        if name != "cell":
            continue
        profile, kind, row, fault, lasting, outcome = value
        tables[profile, kind][row][fault][lasting] = LETTERS[outcome]
    lines: list[str] = []
    for (profile, kind), rows in sorted(tables.items()):
        lines += [f"### Service `{profile}`, {kind}", ""]
        lines.append(f"| asked for | {' | '.join(FAULTS)} |")
        lines.append(f"| --- |{' --- |' * len(FAULTS)}")
        for row, faults in sorted(rows.items()):
            cells = ("".join(faults[fault]) for fault in FAULTS)
            lines.append(f"| {row} | {' | '.join(cells)} |")
        lines.append("")
    return lines


def write(document: Path, told: list[tuple[str, Any]], failed: int) -> None:
    """Write numbers and matrix below the marker of a page."""
    text = document.read_text()
    head, marker, _ = text.partition(MARKER)
    if not marker:
        raise ValueError(f"{document} lacks the line {MARKER!r}")
    lines = ["", "", "## Numbers of the last whole run", "", "| what | number |"]
    lines.append("| --- | --- |")
    lines += [f"| {NUMBERS[name]} | {value} |" for name, value in numbers(told).items()]
    lines += [f"| tests that failed | {failed} |", "", "## The matrix", ""]
    lines += matrix(told)
    document.write_text(head + marker + "\n".join(lines).rstrip() + "\n")

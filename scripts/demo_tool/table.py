"""The table at the end of a check."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One press and what came of it."""

    profile: str
    seed: int
    location: str
    kind: str
    outcome: str
    detail: str
    seconds: float
    expected: str
    good: bool
    note: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The row in words."""
        return (
            "ok" if self.good else "WRONG",
            self.profile,
            str(self.seed),
            self.location,
            self.kind,
            self.outcome,
            self.detail,
            f"{self.seconds:.1f}",
            self.expected,
        )

    @property
    def line(self) -> str:
        """The row as a line of progress."""
        note = "" if self.good else self.note
        return "  ".join(filter(None, (*self.cells, note)))


_HEAD = (
    "",
    "profile",
    "seed",
    "location",
    "kind",
    "outcome",
    "evidence or reason",
    "s",
    "expected",
)


def render(rows: Sequence[Row]) -> list[str]:
    """Return the table as lines, in the order of profile, seed, location and kind."""
    ordered = sorted(
        rows, key=lambda row: (row.profile, row.seed, row.location, row.kind)
    )
    body = [_HEAD, *(row.cells for row in ordered)]
    widths = [max(len(cells[column]) for cells in body) for column in range(len(_HEAD))]
    return [
        "  ".join(
            cell.ljust(width) for cell, width in zip(cells, widths, strict=True)
        ).rstrip()
        for cells in body
    ]


def print_table(rows: Sequence[Row]) -> None:
    """Print the table, and below it the notes of the rows that went wrong."""
    print("\n" + "\n".join(render(rows)) + "\n")
    for row in rows:
        if not row.good:
            print(f"WRONG: {row.line}")

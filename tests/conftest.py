"""What all tests share: the watch on secrets, and the sum of what trust's tests told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _pytest.terminal import TerminalReporter
import pytest

# Before the test package puts another `custom_components` in front.
import custom_components.panelsync  # noqa: F401
from tests.faults.report import DOCUMENT, NUMBERS, matrix, numbers, write
from tests.faults.secrets import Watch, watching


@pytest.fixture(autouse=True)
def watch(request: pytest.FixtureRequest) -> Iterator[Watch]:
    """Let no marked secret come out of any test, whatever it is about."""
    with watching() as found:
        yield found
    properties = request.node.user_properties
    properties += [("searched", found.searched), ("leaks", len(found.leaks))]
    assert not found.leaks, "a secret came out: " + "; ".join(found.leaks[:5])


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print the numbers, and the matrix where cells were played."""
    told: list[tuple[str, Any]] = [
        told
        # A teardown that passed has no name; only then everything has been told.
        for outcome in ("", "error")
        for report in terminalreporter.stats.get(outcome, [])
        if getattr(report, "when", "") == "teardown"
        for told in report.user_properties
    ]
    found = numbers(told)
    if not found:
        return
    terminalreporter.section("Trust")
    for name, value in found.items():
        terminalreporter.line(f"{value:>9}  {NUMBERS[name]}")
    if DOCUMENT is not None:
        for line in matrix(told):
            terminalreporter.line(line)
        failed = len(terminalreporter.stats.get("failed", []))
        write(Path(DOCUMENT), told, failed)

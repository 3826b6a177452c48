"""What all tests share: the sum of what the tests of trust told."""

from pathlib import Path
from typing import Any

from _pytest.terminal import TerminalReporter

from tests.faults.report import DOCUMENT, NUMBERS, matrix, numbers, write


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print the numbers, and the matrix where cells were played."""
    told: list[tuple[str, Any]] = [
        told
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if report.when == "call"
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

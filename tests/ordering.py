"""In which order the tests run, and how each that failed is run again."""

import random
import shlex

from _pytest.terminal import TerminalReporter
import pytest

OPTION = "--random-order"
# What takes ten seconds and more: begun last, one core would wait for the other.
LONGEST = (
    "tests/faults/test_matrix.py",
    "tests/faults/test_kill.py",
    "tests/peers/test_codec_beside_library.py",
    "tests/peers/test_alarmdecoder.py",
    "tests/faults/test_account.py",
    "tests/client/local/test_allowed_bytes.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer another order."""
    parser.addoption(
        OPTION,
        type=int,
        metavar="SEED",
        help="run the files, and the tests in each, in the order of a seed",
    )


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say how the order is had again."""
    seed = config.getoption(OPTION)
    return None if seed is None else f"random order: {OPTION}={seed}"


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Put the longest first, or everything in the order of the seed."""
    seed = config.getoption(OPTION)
    if seed is None:
        items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
        return
    # Each process that runs tests has to come to the same order.
    chance = random.Random(seed)
    files = sorted({item.nodeid.partition("::")[0] for item in items})
    places = {
        name: place for place, name in enumerate(chance.sample(files, len(files)))
    }
    chance.shuffle(items)
    items.sort(key=lambda item: places[item.nodeid.partition("::")[0]])


def pytest_terminal_summary(
    terminalreporter: TerminalReporter, config: pytest.Config
) -> None:
    """Name the command that repeats each failure."""
    names = dict.fromkeys(
        report.nodeid
        for outcome in ("failed", "error")
        for report in terminalreporter.stats.get(outcome, [])
    )
    if not names:
        return
    terminalreporter.section("Repeat with")
    for name in names:
        terminalreporter.line(f"scripts/test {shlex.quote(name)}")
    if (seed := config.getoption(OPTION)) is not None:
        terminalreporter.line(f"in the same order: scripts/test {OPTION} {seed}")

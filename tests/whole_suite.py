"""What only all tests together show: every text is asked for, every rule is kept.

Each test notes what it saw; `--whole` says that all of them run, so that what none of
them saw is a fault of the suite.
"""

from collections.abc import Iterator

from _pytest.terminal import TerminalReporter
import pytest

from .asked_texts import AskedTexts, noting, unused
from .quality.ledger import unshown

OPTION = "--whole"
_told: set[str] = set()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to hold the suite to what all tests together must show."""
    parser.addoption(OPTION, action="store_true", help="all tests run: miss nothing")


@pytest.fixture(autouse=True)
def rules(request: pytest.FixtureRequest) -> None:
    """Tell which rules of the quality scale a test shows, where it passes."""
    for mark in request.node.iter_markers("shows"):
        request.node.user_properties += [("shows", rule) for rule in mark.args]


@pytest.fixture(autouse=True)
def asked_texts(request: pytest.FixtureRequest) -> Iterator[AskedTexts]:
    """Let no test ask for a text that is not there, whatever it is about."""
    with noting() as asked:
        yield asked
    # What this process told once it need not tell again.
    request.node.user_properties += [
        ("text", place) for place in sorted(asked.places - _told)
    ]
    _told.update(asked.places)
    assert not asked.faults, "; ".join(sorted(set(asked.faults))[:5])


class WholeSuite:
    """Puts together what each test noted, in whatever process it ran."""

    def __init__(self) -> None:
        """Begin with nothing noted."""
        self.texts: set[str] = set()
        self.skipped: list[str] = []
        self.rules: set[str] = set()
        self.faults: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a test noted."""
        told = report.user_properties
        if report.when == "call" and report.passed:
            self.rules |= {str(value) for name, value in told if name == "shows"}
        if report.skipped:
            self.skipped.append(report.nodeid)
        if report.when == "teardown":
            self.texts |= {str(value) for name, value in told if name == "text"}

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail where all tests passed and yet something was seen by none."""
        # Without Node nobody is there to ask for those of the dashboard.
        no_page = any("tests/dashboard/" in name for name in self.skipped)
        self.faults = [
            f"no test asks for the text {text}"
            for text in unused(self.texts)
            if not (no_page and text.startswith("common.dashboard_"))
        ]
        self.faults += [
            f"no test shows the rule {rule}" for rule in unshown(self.rules)
        ]
        if self.faults and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Name what none of all tests saw."""
        if self.faults:
            terminalreporter.section("Seen by no test")
        for fault in self.faults:
            terminalreporter.line(fault)


def pytest_configure(config: pytest.Config) -> None:
    """Put together in the process that all others report to."""
    if config.getoption(OPTION) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(WholeSuite())

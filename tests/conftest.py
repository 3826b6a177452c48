"""What all tests share.

The watches on secrets and on listeners, and the sum of what trust's tests told.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _pytest.terminal import TerminalReporter
from homeassistant.components.http.server import HomeAssistantHTTP
from hypothesis import HealthCheck, settings
import pytest

# Before the test package puts another `custom_components` in front.
import custom_components.panelsync  # noqa: F401
from scripts import loopback
from tests.faults.report import DOCUMENT, NUMBERS, numbers, page, tables
from tests.faults.secrets import Watch, watching

pytest_plugins = ["tests.ordering", "tests.whole_suite"]

# The suite tries the same inputs on every machine, however slow it is. Others are drawn
# where somebody looks for what nobody thought of: `--hypothesis-profile=explore`.
settings.register_profile(
    "suite",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", settings.get_profile("suite"), derandomize=False)
settings.load_profile("suite")

# Before any test, and before the processes that share the tests between them.
loopback.guard()


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Leave the loop as Home Assistant runs it: its debug mode is half of the time."""


@pytest.fixture(autouse=True, scope="session")
def disable_http_server() -> Iterator[None]:
    """Let no Home Assistant here serve its pages.

    The test package makes mocks of it before every test, a hundredth of a second each.
    """

    async def not_served(_: HomeAssistantHTTP) -> None:
        pass

    with pytest.MonkeyPatch.context() as patches:
        for name in ("async_bind", "start"):
            patches.setattr(HomeAssistantHTTP, name, not_served)
        yield


@pytest.fixture(autouse=True)
def listeners() -> Iterator[list[str]]:
    """Let no test listen beyond loopback or on a fixed port, not even unnoticed."""
    loopback.refused.clear()
    yield loopback.refused
    assert not loopback.refused, "a listener was refused: " + loopback.refused[0]


@pytest.fixture(autouse=True)
def watch(request: pytest.FixtureRequest) -> Iterator[Watch]:
    """Let no marked secret come out of any test, whatever it is about."""
    with watching() as found:
        yield found
    properties = request.node.user_properties
    properties += [("searched", found.searched), ("leaks", len(found.leaks))]
    for mark in request.node.iter_markers("kind"):
        properties += [("hostile", 1), ("kind", mark.args[0])]
    assert not found.leaks, "a secret came out: " + "; ".join(found.leaks[:5])


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print the numbers, and the tables where cells were played."""
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
        for line in tables(told):
            terminalreporter.line(line)
        failed = len(terminalreporter.stats.get("failed", []))
        Path(DOCUMENT).write_text(page(told, failed))

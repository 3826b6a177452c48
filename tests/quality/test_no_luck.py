"""No test looks at a state once a step, and none tries for so long, then gives up.

What passes between two looks is seen or not by luck; `House.until`, `House.shows` and
`Shown` keep what was shown. What waits for so many real seconds hopes that the machine
is fast enough; waiting for an event has no limit but that of every test.

Read from the source, not run: on a machine where luck holds, such a loop does just what a
good one does.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
# Where the simulated clock is moved, and where nothing else has to be looked at.
MOVES = {"wait", "carry", "settle", "tick"}
STATES = {"state", "is_state", "mismatch", "connected"}


def awaited(loop: ast.AST) -> set[str]:
    """Return what is awaited in a loop; to let others go first is no waiting."""
    calls = [node.value for node in ast.walk(loop) if isinstance(node, ast.Await)]
    names = {ast.unparse(call) for call in calls} - {"asyncio.sleep(0)"}
    return {name.partition("(")[0].rpartition(".")[2] for name in names}


def luck(source: str) -> Iterator[int]:
    """Yield the line of each loop that luck decides: it repeats, not goes through things."""
    for loop in ast.walk(ast.parse(source)):
        if not isinstance(loop, ast.For | ast.While):
            continue
        counts = isinstance(loop, ast.For)
        if isinstance(loop, ast.For) and not ast.unparse(loop.target).startswith("_"):
            continue
        inside = list(ast.walk(loop))
        looks = any(isinstance(x, ast.Attribute) and x.attr in STATES for x in inside)
        ends = any(isinstance(node, ast.Break | ast.Return) for node in inside)
        waits = awaited(loop)
        if (looks and waits & MOVES) or (counts and ends and "sleep" in waits):
            yield loop.lineno


SAMPLED = """
while self.mismatch != state and waited < most:
    await self.house.wait(1)
    waited += 1
"""
SAMPLED_STATE = """
for _ in range(60):
    await home.wait(5)
    assert home.hass.states.get("binary_sensor.mismatch").state != "on"
"""
MARGIN = """
for _ in range(200):
    if link.available:
        break
    await asyncio.sleep(0.02)
"""
RECORDED = """
with house.shows("binary_sensor", "status_mismatch") as states:
    for _ in range(3):
        house.panel.arm("away")
        await house.wait(200)
assert "on" not in states
"""


@pytest.mark.parametrize(
    ("source", "lines"),
    [(SAMPLED, [2]), (SAMPLED_STATE, [2]), (MARGIN, [2]), (RECORDED, [])],
)
def test_luck_is_found(source: str, lines: list[int]) -> None:
    assert list(luck(source)) == lines


def test_no_test_needs_luck() -> None:
    found = [
        f"{path.relative_to(TESTS.parent)}:{line}"
        for path in sorted(TESTS.rglob("*.py"))
        for line in luck(path.read_text())
    ]
    assert found == []

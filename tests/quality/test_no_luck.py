"""No test looks at a state once a step, and none sleeps for a part of a second.

What passes between two looks is seen or not by luck; `House.until`, `House.shows` and
`Shown` keep what was shown. What waits for so many real seconds hopes that the machine
is fast enough; waiting for an event has no limit but that of every test.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
# Where the simulated clock is moved, and where nothing else has to be looked at.
MOVES = {"wait", "carry", "settle", "tick"}


def awaited(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield the name and the call of everything awaited below a node."""
    for each in ast.walk(node):
        if isinstance(each, ast.Await) and isinstance(each.value, ast.Call):
            called = each.value.func
            name = called.attr if isinstance(called, ast.Attribute) else ""
            yield getattr(called, "id", name), each.value


def repeats(loop: ast.AST) -> bool:
    """Tell whether a loop repeats one thing, and does not go through several."""
    if isinstance(loop, ast.For):
        return isinstance(loop.target, ast.Name) and loop.target.id.startswith("_")
    return isinstance(loop, ast.While)


def looks_at_a_state(loop: ast.AST) -> bool:
    """Tell whether a loop reads what an entity shows just now."""
    return any(
        isinstance(each, ast.Attribute)
        and each.attr in {"state", "is_state", "mismatch", "connected"}
        for each in ast.walk(loop)
    )


def gives_up(loop: ast.AST) -> bool:
    """Tell whether a loop may end early, and so ends late by its count alone."""
    return any(isinstance(each, ast.Break | ast.Return) for each in ast.walk(loop))


def luck(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and reason of everything in a test that luck decides."""
    for node in ast.walk(ast.parse(source)):
        if (
            repeats(node)
            and looks_at_a_state(node)
            and MOVES & {name for name, _ in awaited(node)}
        ):
            yield node.lineno, "looks at a state once a step"  # type: ignore[attr-defined]
        if isinstance(node, ast.For) and repeats(node) and gives_up(node):
            for name, call in awaited(node):
                if name == "sleep" and ast.unparse(call.args[0]) != "0":
                    yield node.lineno, "tries for so long, then gives up"


SAMPLED = """
async def seconds_until(self, state, most):
    waited = 0.0
    while self.mismatch != state and waited < most:
        await self.house.wait(1)
        waited += 1
"""
SAMPLED_STATE = """
async def test(home):
    for _ in range(60):
        await home.wait(5)
        assert home.hass.states.get("binary_sensor.mismatch").state != "on"
"""
MARGIN = """
async def test(link):
    for _ in range(200):
        if link.available:
            break
        await asyncio.sleep(0.02)
"""
RECORDED = """
async def test(house):
    with house.shows("binary_sensor", "status_mismatch") as states:
        for _ in range(3):
            house.panel.arm("away")
            await house.wait(200)
    assert "on" not in states
"""


@pytest.mark.parametrize("source", [SAMPLED, SAMPLED_STATE, MARGIN])
def test_luck_is_found(source: str) -> None:
    assert len(list(luck(source))) == 1


def test_a_record_is_no_luck() -> None:
    assert list(luck(RECORDED)) == []


def test_no_test_needs_luck() -> None:
    found = [
        f"{path.relative_to(TESTS.parent)}:{line} {why}"
        for path in sorted(TESTS.rglob("*.py"))
        for line, why in luck(path.read_text())
    ]
    assert found == []

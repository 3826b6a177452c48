"""The order of the simulator's rooms: each knows only those below it, and none knows the client."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "simulator"
MODULES = sorted(ROOT.rglob("*.py"))

# Lowest first. A module that stands in no room is one of its own.
ORDER = (
    "options",
    "switches",
    "world",
    "panels",
    "service",
    "faults",
    "received",
    "simulation",
    "http",
    "control",
    "server",
    "__init__",
    "__main__",
)


def room(module: Path) -> str:
    """Return the room of a module."""
    return module.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(module: Path) -> Iterator[str]:
    """Yield the full name of everything a module imports, wherever it does."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                assert not node.level, "imports are absolute here"
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names(module: Path) -> set[str]:
    """Return the modules of the simulator that one imports."""
    found = set[str]()
    for name in imported(module):
        parts = name.split(".")
        if parts[0] != "simulator":
            continue
        for length in range(len(parts), 0, -1):
            path = ROOT.parent.joinpath(*parts[:length])
            if path.with_suffix(".py").is_file():
                found.add(str(path.with_suffix(".py").relative_to(ROOT)))
                break
            if (path / "__init__.py").is_file():
                found.add(str((path / "__init__.py").relative_to(ROOT)))
                break
    return found


@pytest.mark.parametrize(
    "module", MODULES, ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_module_knows_what_is_below(module: Path) -> None:
    """A room imports from itself and from rooms below; nothing of the project's client or integration."""
    assert not any(name.startswith("custom_components") for name in imported(module))
    mine = room(module)
    for name in names(module):
        theirs = room(ROOT / name)
        allowed = ORDER.index(theirs) <= ORDER.index(mine)
        assert allowed, f"{module.name} of {mine} imports {name}"


def test_there_is_no_circle() -> None:
    """Following the imports never leads back, types included."""
    graph = {str(module.relative_to(ROOT)): names(module) for module in MODULES}
    done = set[str]()

    def follow(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for other in graph[name]:
                follow(other, (*path, name))
            done.add(name)

    for name in graph:
        follow(name, ())


def test_every_room_is_in_the_order() -> None:
    """The order knows all rooms, and no room that is gone."""
    assert {room(module) for module in MODULES} == set(ORDER)

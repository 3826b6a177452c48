"""The rooms as they are drawn, and the imports as they are."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
import re

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "panelsync": ROOT / "custom_components" / "panelsync",
    "simulator": ROOT / "simulator",
}
FULL_NAMES = {"panelsync": "custom_components.panelsync", "simulator": "simulator"}

type Graph = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Room:
    """A row of the table: a name, the paths it holds, the rooms it imports."""

    name: str
    paths: tuple[str, ...]
    imports: frozenset[str]

    def reach(self, path: str) -> int:
        """Return how closely this room names a file; 0: it is not here."""
        return max(
            (
                len(held)
                for held in self.paths
                if path == held or (held.endswith("/") and path.startswith(held))
            ),
            default=0,
        )


def drawn(page: str) -> tuple[Room, ...]:
    """Read the rooms of a page, in their order."""
    table = page.partition("\n## Rooms\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|`]+) \| (`[^|]+`) \|([^|]*)\|", table, re.MULTILINE)
    return tuple(
        Room(
            name.strip(),
            tuple(re.findall(r"`([^`]+)`", paths)),
            frozenset(part.strip() for part in imports.split(",") if part.strip()),
        )
        for name, paths, imports in rows
    )


def pictured(page: str) -> frozenset[tuple[str, str]]:
    """Read the arrows of the picture on a page."""
    picture = page.partition("```mermaid\n")[2].partition("```")[0]
    names = dict(re.findall(r"^ *(\w+)\[([^]]+)\]$", picture, re.MULTILINE))
    arrows = re.findall(r"^ *(\w+) --> (\w+)$", picture, re.MULTILINE)
    return frozenset((names[source], names[target]) for source, target in arrows)


def picture_of(rooms: Iterable[Room]) -> str:
    """Draw the rooms; an arrow that others imply is left out."""
    named = {room.name: room for room in rooms}

    def below(name: str) -> frozenset[str]:
        direct = named[name].imports
        return direct.union(*(below(other) for other in direct))

    lines = ["flowchart TD"]
    key = {name: re.sub(r"\W", "_", name) for name in named}
    lines += [f"    {key[name]}[{name}]" for name in named]
    for room in named.values():
        implied = frozenset[str]().union(*(below(other) for other in room.imports))
        lines += [
            f"    {key[room.name]} --> {key[other]}"
            for other in sorted(room.imports - implied)
        ]
    return "\n".join(lines) + "\n"


@cache
def modules() -> Mapping[str, Path]:
    """Return each module of the integration and of the simulator, by its name."""
    return {
        dotted(FULL_NAMES[short], folder, file): file
        for short, folder in PACKAGES.items()
        for file in sorted(folder.rglob("*.py"))
    }


def dotted(package: str, folder: Path, file: Path) -> str:
    """Return the name under which a file is imported."""
    parts = file.relative_to(folder).with_suffix("").parts
    return ".".join((package, *parts)).removesuffix(".__init__")


def short_path(name: str) -> str:
    """Return the path of a module as the table writes it."""
    file = modules()[name]
    for short, folder in PACKAGES.items():
        if file.is_relative_to(folder):
            return f"{short}/{file.relative_to(folder).as_posix()}"
    raise AssertionError(name)


def imported(source: str, module: str, *, is_package: bool) -> Iterator[str]:
    """Give everything that a source imports, for types alone or not, in full names."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=base, names=names, level=level):
                parts = package.split(".")
                start = parts[: len(parts) - level + 1] if level else []
                whole = ".".join([*start, *([base] if base else [])])
                yield from (f"{whole}.{alias.name}" for alias in names)


def all_imports(name: str) -> frozenset[str]:
    """Return what a module imports, from anywhere."""
    file = modules()[name]
    return frozenset(
        imported(file.read_text(), name, is_package=file.name == "__init__.py")
    )


@cache
def graph() -> Graph:
    """Return which module imports which of ours."""
    found = {}
    for name in modules():
        targets = set()
        for whole in all_imports(name):
            # The name is a module, or something in one.
            target = whole if whole in modules() else whole.rpartition(".")[0]
            if target in modules() and target != name:
                targets.add(target)
        found[name] = frozenset(targets)
    return found


def circle(arrows: Graph) -> list[str]:
    """Return a way from something back to itself; empty: there is none."""
    done: set[str] = set()

    def search(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for target in sorted(arrows.get(name, ())):
            if found := search(target, [*way, name]):
                return found
        done.add(name)
        return []

    for name in sorted(arrows):
        if found := search(name, []):
            return found
    return []


def room_of(path: str, rooms: Iterable[Room]) -> Room | None:
    """Return the room that names a file most closely."""
    best = max(rooms, key=lambda room: room.reach(path))
    return best if best.reach(path) else None


def arrows_between(rooms: tuple[Room, ...], imports: Graph) -> dict[str, set[str]]:
    """Return which room imports which, as the code is."""
    found: dict[str, set[str]] = {room.name: set() for room in rooms}
    for source, targets in imports.items():
        here = room_of(short_path(source), rooms)
        for target in targets:
            there = room_of(short_path(target), rooms)
            if here and there and here is not there:
                found[here.name].add(there.name)
    return found

"""The rooms are as docs/architecture.md#rooms draws them, in both directions."""

from collections.abc import Iterable

from .rooms import (
    PACKAGES,
    ROOT,
    Graph,
    Room,
    all_imports,
    arrows_between,
    circle,
    drawn,
    graph,
    imported,
    modules,
    picture_of,
    pictured,
    room_of,
    short_path,
)

PAGE = (ROOT / "docs" / "architecture.md").read_text()
ROOMS = drawn(PAGE)
CLIENT = "custom_components.panelsync.client"
DOORS = {CLIENT, f"{CLIENT}.remote.learning"}


def differences(rooms: tuple[Room, ...]) -> list[str]:
    """Name each arrow that is drawn or there, but not both."""
    actual = arrows_between(rooms, graph())
    return [
        f"{room.name} -> {other}: {why}"
        for room in rooms
        for why, others in (
            ("not drawn", actual[room.name] - room.imports),
            ("drawn, but not there", room.imports - actual[room.name]),
        )
        for other in sorted(others)
    ]


def starting_with(prefixes: Iterable[str], *packages: str) -> list[str]:
    """Name each import of another package by a module of ours."""
    return [
        f"{name}: {whole}"
        for name in modules()
        if name.startswith(tuple(prefixes))
        for whole in sorted(all_imports(name))
        if whole.partition(".")[0] in packages or whole.startswith(packages)
    ]


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Imports for types alone count as well."""
    assert circle(graph()) == []


def test_every_module_has_one_room() -> None:
    assert not [name for name in modules() if room_of(short_path(name), ROOMS) is None]
    names = [room.name for room in ROOMS]
    assert len(names) == len(set(names)) > 20
    held = [path for room in ROOMS for path in room.paths]
    assert len(held) == len(set(held))
    for path in held:
        package, _, rest = path.partition("/")
        assert (PACKAGES[package] / rest).exists(), path


def test_rooms_and_arrows_are_as_drawn() -> None:
    assert differences(ROOMS) == []


def test_a_room_imports_only_rooms_above_it_in_the_table() -> None:
    above: set[str] = set()
    for room in ROOMS:
        assert room.imports <= above, room.name
        above.add(room.name)


def test_the_picture_is_that_of_the_table() -> None:
    expected = picture_of(ROOMS)
    assert pictured(PAGE) == pictured(f"```mermaid\n{expected}```"), expected


def test_the_client_knows_nothing_of_home_assistant() -> None:
    outside = starting_with([CLIENT], "homeassistant", "voluptuous")
    outside += [
        f"{name}: {target}"
        for name, targets in graph().items()
        if name.startswith(CLIENT)
        for target in targets
        if not target.startswith(CLIENT)
    ]
    assert not outside


def past_the_doors(imports: Graph) -> list[str]:
    """Name each import of a module of the client that reaches past its doors."""
    return [
        f"{name}: {target}"
        for name, targets in imports.items()
        if not f"{name}.".startswith(f"{CLIENT}.")
        for target in targets
        if f"{target}.".startswith(f"{CLIENT}.") and target not in DOORS
    ]


def test_the_client_is_entered_by_its_doors() -> None:
    """Its modules can then be cut anew, and nothing outside it follows."""
    assert past_the_doors(graph()) == []
    used = frozenset[str]().union(*graph().values())
    assert used >= DOORS


def test_client_and_simulator_share_nothing() -> None:
    """Neither could notice a mistake that both have."""
    assert not starting_with(["custom_components"], "simulator")
    assert not starting_with(["simulator"], "custom_components", "homeassistant")


# --- The checks themselves notice -------------------------------------------------


def test_imports_of_every_form_are_seen() -> None:
    source = """
from typing import TYPE_CHECKING
import one.two
from . import near
from .here import thing
from ..above.there import Thing as Other
if TYPE_CHECKING:
    from .types import Type
def late():
    from .late import later
"""
    found = set(imported(source, "pack.room.module", is_package=False))
    assert found == {
        "typing.TYPE_CHECKING",
        "one.two",
        "pack.room.near",
        "pack.room.here.thing",
        "pack.above.there.Thing",
        "pack.room.types.Type",
        "pack.room.late.later",
    }
    assert set(imported("from . import a", "pack.room", is_package=True)) == {
        "pack.room.a"
    }


def test_a_circle_is_found() -> None:
    arrows = {"a": frozenset("b"), "b": frozenset("c"), "c": frozenset("b")}
    assert circle(arrows) == ["b", "c", "b"]
    assert circle({"a": frozenset("bc"), "b": frozenset("c")}) == []


def test_a_wrong_drawing_is_noticed() -> None:
    first, *others = (room for room in ROOMS if room.imports)
    for imports in (frozenset[str](), first.imports | {others[-1].name}):
        wrong = Room(first.name, first.paths, imports)
        rooms = tuple(wrong if room is first else room for room in ROOMS)
        assert differences(rooms)


def test_an_import_past_the_doors_is_noticed() -> None:
    sensor, models = "custom_components.panelsync.sensor", f"{CLIENT}.models"
    assert past_the_doors({sensor: frozenset({CLIENT, models})}) == [
        f"{sensor}: {models}"
    ]
    assert not past_the_doors({f"{CLIENT}.errors": frozenset({models})})

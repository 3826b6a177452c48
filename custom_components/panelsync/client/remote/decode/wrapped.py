"""An answer of a learned route, brought into the shape that the known routes have.

Names keep what they mean, but not their letter case, their separators, nor the objects they
are wrapped in (docs/protocol/total-connect.md#rest-paths): so what is looked for is
found wherever it stands, and nothing else of the answer counts.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from ..route import Purpose

DEEPEST: Final = 12

_ROWS: Final[Mapping[Purpose, tuple[str, frozenset[str]]]] = {
    Purpose.EVENT_LOG: ("events", frozenset({"eventrecordid"})),
    Purpose.PENDING_CHANGES: ("users", frozenset({"outofsynccount"})),
    Purpose.USER_SYNC_STEPS: (
        "synchronizationstatus",
        frozenset({"totalsteps", "currentstep"}),
    ),
    Purpose.START_USERS: (
        "synchronizationstatus",
        frozenset({"totalsteps", "currentstep"}),
    ),
}
"""The list that an answer is about, and what marks one of its rows."""

_OBJECTS: Final[Mapping[Purpose, frozenset[str]]] = {
    Purpose.JOB_STATUS: frozenset({"jobstate"}),
    Purpose.STATUS: frozenset({"panelstatus"}),
    Purpose.LIVE_ZONES: frozenset({"zonestatus"}),
    Purpose.START_PANEL: frozenset({"jobid"}),
}
_OUTCOME: Final = frozenset({"resultcode"})


def plain_names(value: object, depth: int = DEEPEST) -> object:
    """Return a value with names in lower case without separators, cut at a depth."""
    if not depth:
        return None
    if isinstance(value, Mapping):
        return {
            "".join(letter for letter in str(name).casefold() if letter.isalnum()): (
                plain_names(inner, depth - 1)
            )
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [plain_names(inner, depth - 1) for inner in value]
    return value


def _objects(value: object) -> Iterator[tuple[Mapping[str, object], object]]:
    """Yield objects and lists, outermost first, with the plain values around."""
    level: list[tuple[dict[str, object], object]] = [({}, value)]
    while level:
        inside: list[tuple[dict[str, object], object]] = []
        for around, item in level:
            yield around, item
            if isinstance(item, Mapping):
                plain = around | {
                    name: inner
                    for name, inner in item.items()
                    if not isinstance(inner, Mapping | list)
                }
                inside += [
                    (plain, inner)
                    for inner in item.values()
                    if isinstance(inner, Mapping | list)
                ]
            elif isinstance(item, list):
                inside += [
                    (around, inner)
                    for inner in item[:1]
                    if isinstance(inner, Mapping | list)
                ]
        level = inside


def _has(item: object, names: frozenset[str]) -> bool:
    return isinstance(item, Mapping) and names <= item.keys()


def _found(purpose: Purpose, tree: object) -> dict[str, object] | None:
    if purpose in _OBJECTS:
        for around, item in _objects(tree):
            if isinstance(item, Mapping) and _has(item, _OBJECTS[purpose]):
                return {**around, **item}
        return None
    if purpose not in _ROWS:
        return None
    name, marks = _ROWS[purpose]
    for around, item in _objects(tree):
        if isinstance(item, Mapping) and isinstance(item.get(name), Mapping | list):
            return {**around, **item}
    for around, item in _objects(tree):
        if isinstance(item, list) and any(_has(row, marks) for row in item):
            return {**around, name: item}
        if isinstance(item, Mapping) and _has(item, marks):
            return {**around, name: [item]}
    return None


def shows(purpose: Purpose, tree: object) -> bool:
    """Return whether an answer with plain names has the marks of this purpose."""
    if purpose in _OBJECTS:
        return _found(purpose, tree) is not None
    return any(_has(item, _ROWS[purpose][1]) for _, item in _objects(tree))


def unwrapped(purpose: Purpose, value: object) -> dict[str, object]:
    """Return what the purpose is about, with the result code; else all of it."""
    tree = plain_names(value)
    if (found := _found(purpose, tree)) is not None:
        return found
    for around, item in _objects(tree):
        if isinstance(item, Mapping) and _has(item, _OUTCOME):
            return {**around, **item}
    return dict(tree) if isinstance(tree, Mapping) else {}

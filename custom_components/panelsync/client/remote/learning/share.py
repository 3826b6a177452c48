"""What was learned, as a text that can be given to anybody.

Addresses, names of fields and sorts of values; never a value that was recorded, not
even a constant.
"""

from collections.abc import Iterable, Iterator, Mapping

from ..route import Route, Slot, Tree


def share_text(routes: Iterable[Route]) -> str:
    """Write routes down, a line for each address and each field."""
    return "\n".join(line for route in routes for line in _lines(route))


def _lines(route: Route) -> Iterator[str]:
    yield f"{route.purpose}: {route.method} {route.path} ({route.shape.value})"
    if route.template is not None:
        for name, leaf in _fields(route.template.query, ""):
            yield f"  ?{name} = {_sort(leaf)}"
        for name, leaf in _fields(route.template.body, ""):
            yield f"  {name} = {_sort(leaf)}"


def _fields(tree: Tree, name: str) -> Iterator[tuple[str, Tree]]:
    match tree:
        case Mapping() if tree:
            for inner_name, inner in tree.items():
                yield from _fields(
                    inner, f"{name}.{inner_name}" if name else inner_name
                )
        case tuple() if tree:
            yield from _fields(tree[0], f"{name}[]")
        case None | Mapping() | tuple() if not name:
            return
        case _:
            yield name, tree


def _sort(leaf: Tree) -> str:
    match leaf:
        case Slot():
            return f"<{leaf.field}>"
        case bool():
            return "flag"
        case int():
            return "number"
        case str() if leaf:
            return "word"
        case _:
            return "empty"

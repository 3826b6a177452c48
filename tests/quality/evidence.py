"""Evidence for a rule: how to see it, and how to take it away."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
import re

from .tree import Tree, calls, function


@dataclass(frozen=True)
class Evidence:
    """Something in the tree that shows a rule to be kept.

    `without` gives the same tree lacking it: there, `holds` must say no.
    """

    name: str
    holds: Callable[[Tree], bool]
    without: Callable[[Tree], Tree]


def file(path: str) -> Evidence:
    """Ask for a file."""
    return Evidence(path, lambda tree: path in tree, lambda tree: tree.without(path))


def says(path: str, text: str) -> Evidence:
    """Ask for a text in a file."""
    return Evidence(
        f"{path} says {text}",
        lambda tree: text in tree.text(path),
        lambda tree: tree.edited(path, re.escape(text), "…"),
    )


def defines(path: str, name: str) -> Evidence:
    """Ask for a function or method that does something."""
    return Evidence(
        f"{path} defines {name}",
        lambda tree: bool(function(tree.code(path), name).body),
        lambda tree: tree.edited(path, rf"def {name}\b", f"def other_{name}"),
    )


def uses(path: str, name: str, within: str | None = None) -> Evidence:
    """Ask for a call, in one function or anywhere in a module."""

    def holds(tree: Tree) -> bool:
        place: ast.AST = tree.code(path)
        return bool(calls(place if within is None else function(place, within), name))

    return Evidence(
        f"{within or path} calls {name}",
        holds,
        lambda tree: tree.edited(path, rf"\b{name}\(", f"other_{name}("),
    )


def shown_by(*tests: str) -> list[Evidence]:
    """Ask for tests, wherever they stand: pytest collects them and they assert."""

    def one(test: str) -> Evidence:
        def places(tree: Tree) -> list[str]:
            return [
                path
                for path in tree.paths("tests", ".py")
                if f"def {test}(" in tree.text(path)
            ]

        def holds(tree: Tree) -> bool:
            return any(
                isinstance(node, ast.Assert)
                for path in places(tree)
                for node in ast.walk(function(tree.code(path), test))
            )

        def without(tree: Tree) -> Tree:
            for path in places(tree):
                tree = tree.edited(path, rf"def {test}\(", "def no_test(")
            return tree

        return Evidence(test, holds, without)

    assert all(test.startswith("test_") for test in tests)
    return [one(test) for test in tests]


def every(
    name: str, holds: Callable[[Tree], bool], path: str, pattern: str, by: str = ""
) -> Evidence:
    """Ask for something that holds all over; an edit of one file ends it."""
    return Evidence(name, holds, lambda tree: tree.edited(path, pattern, by))

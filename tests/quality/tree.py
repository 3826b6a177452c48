"""The repository as texts in memory, so that a test can take something away from it."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
import json
from pathlib import Path
import re
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
INTEGRATION = "custom_components/panelsync"
# What the rules look into; a folder stands for all that is in it.
LOOKED_INTO = (
    ".ci",
    ".github",
    "blueprints",
    "custom_components",
    "docs",
    "scripts",
    "tests",
    "LICENSE",
    "README.md",
    "hacs.json",
    "pyproject.toml",
)


@cache
def parsed(text: str) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(text)


class Tree:
    """Files by their path from the root; one that is not there is empty."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Hold these files."""
        self._texts = dict(texts)

    def __contains__(self, path: str) -> bool:
        """Tell whether there is such a file."""
        return path in self._texts

    def paths(self, folder: str, suffix: str = "") -> list[str]:
        """Return the files of a folder and of those in it."""
        return sorted(
            path
            for path in self._texts
            if path.startswith(f"{folder}/") and path.endswith(suffix)
        )

    def text(self, path: str) -> str:
        """Return what is in a file."""
        return self._texts.get(path, "")

    def data(self, path: str) -> Any:
        """Return what a JSON or YAML file holds."""
        read = json.loads if path.endswith(".json") else yaml.safe_load
        return read(self.text(path) or "{}")

    def code(self, path: str) -> ast.Module:
        """Return the syntax tree of a module."""
        return parsed(self.text(path))

    def modules(self, folder: str = INTEGRATION) -> Iterator[tuple[str, ast.Module]]:
        """Return each module of a folder and of those in it."""
        for path in self.paths(folder, ".py"):
            yield path, self.code(path)

    def own_modules(self) -> Iterator[tuple[str, ast.Module]]:
        """Return each module of the integration that is not of its client."""
        for path, module in self.modules():
            if not path.startswith(f"{INTEGRATION}/client/"):
                yield path, module

    def without(self, path: str) -> Tree:
        """Return a tree that lacks a file."""
        assert path in self._texts, path
        return Tree({key: text for key, text in self._texts.items() if key != path})

    def with_text(self, path: str, text: str) -> Tree:
        """Return a tree with another text, or one more."""
        return Tree({**self._texts, path: text})

    def edited(self, path: str, pattern: str, by: str = "") -> Tree:
        """Return a tree where a file has something else wherever a pattern fits."""
        text, count = re.subn(pattern, by, self.text(path), flags=re.MULTILINE)
        assert count, f"{path} has no {pattern}"
        return self.with_text(path, text)


@cache
def whole_tree() -> Tree:
    """Return the working tree."""
    files = [
        file
        for place in LOOKED_INTO
        for file in (
            (ROOT / place).rglob("*") if (ROOT / place).is_dir() else [ROOT / place]
        )
        if file.is_file() and "__pycache__" not in file.parts
    ]
    return Tree(
        {
            file.relative_to(ROOT).as_posix(): file.read_text(errors="replace")
            for file in files
        }
    )


# --- looking into code -----------------------------------------------------------------


def name_of(node: ast.expr) -> str:
    """Return the last part of a name; what is no name has an empty one."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value) | ast.Call(func=value):
            return name_of(value)
    return ""


def calls(within: ast.AST, *names: str) -> list[ast.Call]:
    """Return the calls of functions or methods with one of these names."""
    return [
        node
        for node in ast.walk(within)
        if isinstance(node, ast.Call) and name_of(node.func) in names
    ]


type Body = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef


def function(within: ast.AST, name: str) -> Body:
    """Return the function or method of a name; an empty module where there is none."""
    for node in ast.walk(within):
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name == name
        ):
            return node
    return ast.Module([], [])


def classes(within: ast.AST) -> list[ast.ClassDef]:
    """Return the classes of a module."""
    return [node for node in ast.walk(within) if isinstance(node, ast.ClassDef)]


def keywords(call: ast.Call) -> dict[str, ast.expr]:
    """Return what a call gives by name."""
    return {given.arg: given.value for given in call.keywords if given.arg is not None}


def texts_in(node: ast.AST | None) -> set[str]:
    """Return the fixed texts that stand anywhere in an expression."""
    return {
        part.value
        for part in (ast.walk(node) if node is not None else ())
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def constants(within: ast.AST) -> dict[str, ast.expr]:
    """Return what a module or class assigns to names."""
    return {
        name_of(target): node.value
        for node in getattr(within, "body", ())
        if isinstance(node, ast.Assign)
        for target in node.targets
    }

"""The client could be published as a library: it leans on nothing of ours or of the home's."""

import ast
from pathlib import Path
import sys

import pytest

CLIENT = Path(__file__).parents[2] / "custom_components" / "panelsync" / "client"
MODULES = sorted(CLIENT.rglob("*.py"))
THIRD_PARTY = {"aiohttp", "cryptography", "defusedxml", "jwt", "serialx"}
BLOCKING = {"threading", "concurrent", "multiprocessing", "subprocess", "socket"}
EXECUTORS = {
    "run_in_executor",
    "to_thread",
    "async_add_executor_job",
    "ThreadPoolExecutor",
}


def imported(tree: ast.AST) -> set[tuple[int, str]]:
    """Give (level, top-level name) of every import, wherever it stands."""
    found: set[tuple[int, str]] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                found |= {(0, alias.name.partition(".")[0]) for alias in node.names}
            case ast.ImportFrom():
                found.add((node.level, (node.module or "").partition(".")[0]))
    return found


@pytest.mark.parametrize(
    "module", MODULES, ids=lambda path: str(path.relative_to(CLIENT))
)
def test_client_module_leans_on_little(module: Path) -> None:
    """Only the standard library, a few libraries and the client itself are imported."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    depth = len(module.relative_to(CLIENT).parts)
    for level, name in imported(tree):
        if level:
            assert level <= depth, f"{name} is outside of the client"
        else:
            allowed = name in THIRD_PARTY or name in sys.stdlib_module_names
            assert allowed, f"{name} is imported"
            assert name not in BLOCKING, f"{name} can block"
    words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    words |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not words & EXECUTORS
    assert not words & {"__import__", "import_module", "exec", "eval"}


def test_the_client_is_found() -> None:
    """The test above looked at something."""
    assert CLIENT / "remote" / "service.py" in MODULES


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import homeassistant.core", {(0, "homeassistant")}),
        ("def f():\n from simulator import world", {(0, "simulator")}),
        ("from ...const import DOMAIN", {(3, "const")}),
        ("from . import x", {(1, "")}),
    ],
)
def test_imports_are_seen(source: str, expected: set[tuple[int, str]]) -> None:
    """The look at imports sees every form of them."""
    assert imported(ast.parse(source)) == expected

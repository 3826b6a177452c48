"""The client could be published as a library: it leans on little, and never blocks.

That it leans on nothing of ours or of the home's is held by `tests/architecture`.
"""

import ast
import sys

import pytest

from tests.architecture.rooms import all_imports, modules

CLIENT = "custom_components.panelsync.client"
MODULES = [name for name in modules() if f"{name}.".startswith(f"{CLIENT}.")]
THIRD_PARTY = {"aiohttp", "cryptography", "defusedxml", "jwt", "serialx"}
BLOCKING = {"threading", "concurrent", "multiprocessing", "subprocess", "socket"}
EXECUTORS = {
    "run_in_executor",
    "to_thread",
    "async_add_executor_job",
    "ThreadPoolExecutor",
}


@pytest.mark.shows("async-dependency")
@pytest.mark.parametrize("module", MODULES)
def test_client_module_leans_on_little(module: str) -> None:
    """Only the standard library, a few libraries and the client itself are imported."""
    names = {whole.partition(".")[0] for whole in all_imports(module)}
    names.discard("custom_components")
    assert names <= THIRD_PARTY | sys.stdlib_module_names
    assert not names & BLOCKING
    # What no test comes to may block as well, so this is read, not run.
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    words |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not words & EXECUTORS
    assert not words & {"__import__", "import_module", "exec", "eval"}


def test_the_client_is_found() -> None:
    """The test above looked at something."""
    assert f"{CLIENT}.remote.service" in MODULES

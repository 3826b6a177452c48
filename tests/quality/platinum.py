"""What shows the Platinum rules to be kept."""

import ast

from .bronze import INIT
from .evidence import Evidence, every, file, says, shown_by, uses
from .tree import INTEGRATION, Tree, calls

CLIENT = f"{INTEGRATION}/client"
BLOCKING = {
    "concurrent",
    "multiprocessing",
    "requests",
    "serial",
    "socket",
    "subprocess",
    "threading",
    "urllib3",
}
EXECUTORS = ("run_in_executor", "to_thread", "ThreadPoolExecutor")


def never_blocks(tree: Tree) -> bool:
    """Tell whether the client imports nothing that blocks, and starts no thread."""
    modules = [module for _, module in tree.modules(CLIENT)]
    imported = {
        name.partition(".")[0]
        for module in modules
        for node in ast.walk(module)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    return (
        "asyncio" in imported
        and not imported & BLOCKING
        and not any(calls(module, *EXECUTORS) for module in modules)
    )


def session_is_given(tree: Tree) -> bool:
    """Tell whether the client takes its session and makes none."""
    return not any(
        calls(module, "ClientSession") for _, module in tree.modules(CLIENT)
    ) and "session: aiohttp.ClientSession" in tree.text(f"{CLIENT}/remote/service.py")


def entries_are_typed(tree: Tree) -> bool:
    """Tell whether entries are of our type, everywhere that anything is read from them.

    What Home Assistant calls takes an account or a local panel.
    """
    taken = [
        ast.unparse(argument.annotation)
        for _, module in tree.own_modules()
        for node in ast.walk(module)
        if isinstance(node, ast.AsyncFunctionDef)
        and node.name
        in (
            "async_setup_entry",
            "async_unload_entry",
            "async_remove_entry",
            "async_remove_config_entry_device",
            "async_get_config_entry_diagnostics",
            "async_get_device_diagnostics",
        )
        for argument in node.args.args
        if argument.arg == "entry" and argument.annotation is not None
    ]
    untyped = [
        path
        for path, module in tree.own_modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Subscript) and ast.unparse(node) == "ConfigEntry[Any]"
    ]
    return not untyped and bool(taken) and set(taken) == {"AnyConfigEntry"}


PLATINUM: dict[str, list[Evidence]] = {
    "async-dependency": [
        every(
            "the client never blocks",
            never_blocks,
            f"{CLIENT}/sync.py",
            r"\A",
            "import threading\n",
        ),
        *shown_by("test_client_module_leans_on_little"),
    ],
    "inject-websession": [
        every(
            "the client makes no session",
            session_is_given,
            f"{CLIENT}/sync.py",
            r"\Z",
            "\naiohttp.ClientSession()\n",
        ),
        uses(INIT, "async_get_clientsession"),
        uses(f"{INTEGRATION}/flow_account.py", "async_get_clientsession"),
    ],
    "strict-typing": [
        file(f"{INTEGRATION}/py.typed"),
        says("pyproject.toml", "\nstrict = true\n"),
        says("scripts/test", 'mypy" custom_components/panelsync'),
        every(
            "entries are of our type",
            entries_are_typed,
            f"{INTEGRATION}/button.py",
            "entry: AnyConfigEntry",
            "entry: ConfigEntry",
        ),
        every(
            "entries are typed within, too",
            entries_are_typed,
            f"{INTEGRATION}/runs.py",
            "entry: PanelSyncConfigEntry",
            "entry: ConfigEntry[Any]",
        ),
    ],
}

"""Lets a process, and every Python it starts, listen on free loopback ports alone.

A Home Assistant listens on every address and on port 8123 unless it is told otherwise:
a test that starts one would open a port to the network, and meet the Home Assistant of
whoever runs it. So nothing here may bind anything but a loopback address and a port that
the kernel hands out; what tries is refused with an exception before it listens. Only
streams listen: the multicast socket of a real Home Assistant is shared with all others.
"""

import json
import os
from pathlib import Path
import socket
import sys
from typing import Any

_CHILD = Path(__file__).with_name("child")
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_CHOSEN = "PANELSYNC_PORT"

# What this process was refused; a test that causes none ends with none.
refused: list[str] = []
_hooks: list[object] = []


class ListenerError(RuntimeError):
    """Something would listen beyond loopback, or on a port that is always the same.

    No `OSError`: many answer one by trying the next address.
    """


def refusal(address: object, first_free: int, chosen: int | None = None) -> str | None:
    """Return why an address may not be bound, None if it may.

    `first_free` is the lowest port that the kernel hands out by itself, `chosen` one
    that a person asked for. Only Internet addresses are tuples.
    """
    if not isinstance(address, tuple):
        return None
    host, port = address[:2]
    if host not in {"localhost", "::1"} and not str(host).startswith("127."):
        return f"{host or '0.0.0.0'}:{port} is open to the network"
    if 0 < port < first_free and port != chosen:
        return f"{host}:{port} is the same port for everyone"
    return None


def guard() -> None:
    """Hold this process and the Pythons it starts to the rule, for good.

    A process that was started by one under guard is under guard already.
    """
    if _hooks:
        return
    first_free = int(_RANGE.read_text().split()[0]) if _RANGE.exists() else 32768
    # Asked once: `os.environ` itself may be what a test changes.
    chosen = int(os.environ.get(_CHOSEN, "0")) or None

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "socket.bind" or arguments[0].type != socket.SOCK_STREAM:
            return
        if (why := refusal(arguments[1], first_free, chosen)) is not None:
            refused.append(why)
            raise ListenerError(f"PanelSync listens on free loopback ports only: {why}")

    sys.addaudithook(hook)
    _hooks.append(hook)
    os.environ["PYTHONPATH"] = python_path(os.environ.get("PYTHONPATH", ""))


def python_path(*others: str) -> str:
    """Return the module path of a Python under guard, with other folders after it."""
    names = os.pathsep.join((str(_CHILD), *others)).split(os.pathsep)
    return os.pathsep.join(dict.fromkeys(filter(None, names)))


def choose(port: int) -> None:
    """Allow the processes started from now on one port that a person asked for."""
    os.environ[_CHOSEN] = str(port)


def seed_http(configuration: Path, port: int = 0) -> None:
    """Make the Home Assistant of a fresh configuration folder listen on loopback.

    Port 0 is any free one. YAML or the environment could set the port alone, or for
    five minutes.
    """
    storage = configuration / ".storage"
    storage.mkdir(parents=True, exist_ok=True)
    stable = {
        "server_host": ["127.0.0.1"],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": "2026-11-22T09:00:00+00:00",
        "error": None,
        "error_message": None,
    }
    content = {
        "version": 2,
        "minor_version": 2,
        "key": "http",
        "data": {"stable": stable, "pending": None, "yaml_migration_done": True},
    }
    (storage / "http").write_text(json.dumps(content))

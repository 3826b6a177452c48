"""Nothing here listens beyond loopback or on a fixed port, whatever is started how."""

import asyncio
import json
from pathlib import Path
import socket
import subprocess
import sys

import pytest

from scripts.loopback import ListenerError, python_path, refusal, seed_http

ROOT = Path(__file__).parents[2]
LISTEN = "import socket; socket.create_server((%r, %d))"
GRANDCHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {LISTEN % ('0.0.0.0', 0)!r}], check=True)"
CHILD = """
import asyncio, pathlib, sys
from scripts.demo_tool.processes import Child
asyncio.run(Child("a child", pathlib.Path(sys.argv[1])).start(["true"]))
"""


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (("127.0.0.1", 0), None),
        (("127.0.0.2", 40000), None),
        (("localhost", 0), None),
        (("::1", 0, 0, 0), None),
        ("/run/some.socket", None),
        (("127.0.0.1", 8125), None),
        (("", 0), "0.0.0.0:0 is open to the network"),
        (("0.0.0.0", 0), "0.0.0.0:0 is open to the network"),
        (("::", 8123, 0, 0), ":::8123 is open to the network"),
        (("192.0.2.7", 40000), "192.0.2.7:40000 is open to the network"),
        (("127.0.0.1", 8123), "127.0.0.1:8123 is the same port for everyone"),
    ],
)
def test_the_rule(address: object, why: str | None) -> None:
    assert refusal(address, 32768, chosen=8125) == why


@pytest.mark.usefixtures("socket_enabled")
async def test_a_test_cannot_listen_elsewhere(listeners: list[str]) -> None:
    with pytest.raises(ListenerError, match="open to the network"):
        await asyncio.start_server(lambda *_: None, "0.0.0.0", 0)
    with socket.socket() as fixed, pytest.raises(ListenerError, match="same port"):
        fixed.bind(("127.0.0.1", 8123))
    # One that is swallowed fails the test all the same, at its end.
    assert len(listeners) == 2
    listeners.clear()


@pytest.mark.parametrize(
    "program", [LISTEN % ("0.0.0.0", 0), LISTEN % ("127.0.0.1", 8123), GRANDCHILD]
)
def test_no_more_can_a_process_that_a_test_starts(program: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ended.returncode
    assert "free loopback ports only" in ended.stderr


@pytest.mark.parametrize(
    "start",
    [
        "import benchmarks.home",
        CHILD,
    ],
    ids=["benchmarks", "demo"],
)
def test_nor_what_the_benchmarks_and_the_demo_start(start: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", f"{start}\n{GRANDCHILD}", str(tmp_path / "log")],
        env={"PATH": "/usr/bin:/bin"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode
    assert "free loopback ports only" in ended.stderr


def test_the_path_keeps_what_it_had() -> None:
    assert python_path("/a:/b", "/b").split(":")[1:] == ["/a", "/b"]


def test_a_home_assistant_is_told_where_to_listen(tmp_path: Path) -> None:
    seed_http(tmp_path)
    stored = json.loads((tmp_path / ".storage" / "http").read_text())
    assert stored["data"]["stable"]["server_host"] == ["127.0.0.1"]
    assert stored["data"]["stable"]["server_port"] == 0

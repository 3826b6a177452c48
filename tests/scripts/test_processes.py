"""Starting, watching and ending child processes, with real ones."""

import asyncio
import os
from pathlib import Path
import select
import signal
import socket

import pytest

from scripts.demo_tool.processes import Child, DemoError, free_port, python

READY = "print('warming up'); print('ready at 4711', flush=True); "
SLEEP = "import time; time.sleep(60)"


async def test_it_is_ready_when_it_says_so_and_ends_when_told(tmp_path: Path) -> None:
    child = Child("the thing", tmp_path / "logs" / "thing.log")
    running = [child.running]
    await child.start(python("-c", READY + SLEEP))
    try:
        found = await child.wait_for_line(r"ready at (\d+)", 20)
        assert found[1] == "4711"
        running.append(child.running)
    finally:
        await child.stop()
    running.append(child.running)
    assert running == [False, True, False]
    # Gently: it was not killed.
    assert child.exit_code == -signal.SIGTERM
    assert child.log.read_text() == "warming up\nready at 4711\n"


async def test_an_early_end_is_told_with_its_last_words(tmp_path: Path) -> None:
    child = Child("the thing", tmp_path / "thing.log")
    await child.start(python("-c", "raise SystemExit('no such port')"))
    with pytest.raises(
        DemoError, match=r"(?s)the thing ended while starting.*no such port"
    ):
        await child.wait_for_line("ready", 20)
    await child.stop()


async def test_a_silent_process_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    child = Child("the thing", tmp_path / "thing.log")
    await child.start(python("-c", SLEEP))
    try:
        with pytest.raises(DemoError, match="not ready after"):
            await child.wait_for_line("ready", 0.1)
    finally:
        await child.stop()


async def test_what_cannot_be_started_is_told(tmp_path: Path) -> None:
    child = Child("the thing", tmp_path / "thing.log")
    with pytest.raises(DemoError, match="the thing could not be started"):
        await child.start([str(tmp_path / "missing")])
    await child.stop()


@pytest.mark.parametrize("stubborn", [False, True])
async def test_what_the_process_started_ends_with_it(
    tmp_path: Path, *, stubborn: bool
) -> None:
    marker = tmp_path / "alive"
    grandchild = (
        "import os, pathlib, signal, time\n"
        f"if {stubborn}: signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"pathlib.Path({str(marker)!r}).write_text(str(os.getpid()))\n"
        "print('it is there', flush=True)\n"
        "time.sleep(3600)"
    )
    command = (
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', {grandchild!r}])\n" + SLEEP
    )
    child = Child("the thing", tmp_path / "thing.log")
    await child.start(python("-c", command))
    try:
        await child.wait_for_line("it is there", 60)
    finally:
        async with asyncio.timeout(60):
            await child.stop()
    assert has_ended(int(marker.read_text()))


def has_ended(pid: int) -> bool:
    """Wait until a process has ended, whoever inherited it; a minute at most."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ended, _, _ = select.select([process], [], [], 60)
    finally:
        os.close(process)
    return bool(ended)


@pytest.mark.usefixtures("socket_enabled")
def test_a_taken_port_is_not_free() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) not in (0, port)
    assert free_port(port) == port

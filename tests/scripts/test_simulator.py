"""The demo's simulated service leaves no process behind, however its start ends."""

import asyncio
from pathlib import Path
from typing import Never

import aiohttp
import pytest

from scripts.demo_tool import simulator
from scripts.demo_tool.processes import Child


@pytest.mark.usefixtures("socket_enabled")
async def test_a_start_that_is_interrupted_ends_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As by Ctrl-C before the service says where it is."""
    waiting: list[Child] = []
    waits = asyncio.Event()

    async def wait_for_ever(child: Child, *_: object) -> Never:
        waiting.append(child)
        waits.set()
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(simulator, "DATA", tmp_path)
    monkeypatch.setattr(Child, "wait_for_line", wait_for_ever)
    async with aiohttp.ClientSession() as http:
        start = asyncio.create_task(
            simulator.Simulator.start(
                http, profile="bare", seed=1, folder="run", speed=1.0
            )
        )
        await waits.wait()
        start.cancel()
        with pytest.raises(asyncio.CancelledError):
            await start
    (child,) = waiting
    running = child.running
    await child.stop()
    assert not running

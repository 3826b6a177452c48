"""`python -m simulator` as a person starts it."""

import asyncio
from pathlib import Path
import signal
import sys

import aiohttp
import pytest

from simulator import Simulator, SimulatorOptions
from simulator.__main__ import options_from

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_starts_serves_and_stops(number: signal.Signals) -> None:
    """It prints where it is, serves the world asked for, and ends cleanly on a signal."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "--port", "0", "--locations", "6", "--seed", "9",
        "--profile", "bare", "--speed", "5", "--latency", "0.01",
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = (await process.stdout.readline()).decode()
        url = line.split()[4].rstrip(",")
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{url}/control/state") as answer,
        ):
            state = await answer.json()
    finally:
        process.send_signal(number)
        ended = await process.wait()
    assert ended == 0
    assert f"{url}/control" in line
    assert (state["profile"], state["seed"], len(state["locations"])) == ("bare", 9, 6)
    assert (state["speed"], state["latency"]) == (5.0, 0.01)


async def test_a_taken_port_is_reported() -> None:
    """A port in use ends with a message that says what to do."""
    async with Simulator() as simulator:
        port = simulator.url.rpartition(":")[2]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "simulator", "--port", port,
            cwd=ROOT, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        _, errors = await process.communicate()
    assert process.returncode == 1
    assert b"--port" in errors


def test_command_line() -> None:
    """Every option reaches the world; nonsense ends with the usage."""
    options = options_from(["--user", "a.b", "--password", "x", "--host", "127.0.0.2"])
    assert (options.user, options.password, options.host) == ("a.b", "x", "127.0.0.2")
    for wrong in (["--profile", "best"], ["--speed", "0"], ["--locations", "-3"]):
        with pytest.raises(SystemExit):
            options_from(wrong)


async def test_url_only_while_started() -> None:
    """The address is known once it serves; stopping twice is fine."""
    simulator = Simulator(SimulatorOptions(locations=0))
    with pytest.raises(RuntimeError, match="start"):
        _ = simulator.url
    await simulator.start()
    assert simulator.url.startswith("http://127.0.0.1:")
    await simulator.stop()
    await simulator.stop()

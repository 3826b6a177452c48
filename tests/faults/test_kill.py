"""A running Home Assistant is killed at every stage of a run.

See docs/architecture.md#marks and docs/architecture.md#resuming.

The process is real and so is SIGKILL; the simulated service lives on and counts the
starts. What a run must end as is written by hand: nothing before the intent is on the
disk, judged or unconfirmed before the answer is, and as without the kill after it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
import json
from pathlib import Path
import signal
import sys
from typing import Any

import pytest

from simulator import Simulator, SimulatorOptions

from .report import WHOLE, Report
from .secrets import Watch, may_hold_secrets

ROOT = Path(__file__).parents[2]
HEALTHY, STALE = 0, 1
BEGIN = "2026-11-22T09:00:00+00:00"


@dataclass(frozen=True)
class Kill:
    """One press, one moment, and what must have become of it."""

    profile: str
    key: str
    index: int
    moment: str
    stage: str
    starts: int
    outcome: tuple[str, str] | None
    works: bool = True
    status: str | None = None

    def __str__(self) -> str:
        return f"{self.profile}-{self.key}-{self.moment}-{self.stage}"


PROVEN = ("succeeded", "proven")
INTERRUPTED = ("unconfirmed", "interrupted")
TIME_LIMIT = ("unconfirmed", "time_limit")

KILLS = [
    Kill("rest", "sync_panel", STALE, "before", "intent", 0, None),
    Kill("rest", "sync_panel", STALE, "after", "intent", 0, INTERRUPTED),
    Kill("rest", "sync_panel", STALE, "before", "followed", 1, PROVEN),
    Kill("rest", "sync_panel", STALE, "after", "followed", 1, PROVEN),
    Kill("rest", "sync_panel", STALE, "before", "seen", 1, PROVEN),
    Kill("rest", "sync_panel", STALE, "after", "seen", 1, PROVEN),
    Kill("rest", "sync_panel", STALE, "before", "ended", 1, PROVEN),
    # It has ended and was stored, but was not told: the next life tells it.
    Kill("rest", "sync_panel", STALE, "after", "ended", 1, PROVEN, status="in_sync"),
    # Told, but not stored that it was: once more is better than never.
    Kill("rest", "sync_panel", STALE, "before", "told", 1, PROVEN, status="in_sync"),
    Kill("rest", "sync_panel", STALE, "after", "told", 1, None, status="in_sync"),
    Kill("rest", "sync_users", HEALTHY, "before", "intent", 0, None),
    Kill("rest", "sync_users", HEALTHY, "after", "intent", 0, INTERRUPTED),
    Kill("rest", "sync_users", HEALTHY, "before", "followed", 1, PROVEN),
    Kill("rest", "sync_users", HEALTHY, "after", "followed", 1, PROVEN),
    Kill("rest", "sync_users", HEALTHY, "before", "seen", 1, PROVEN),
    Kill("rest", "sync_users", HEALTHY, "after", "seen", 1, PROVEN),
    Kill("rest", "sync_users", HEALTHY, "before", "ended", 1, PROVEN),
    Kill("rest", "sync_users", HEALTHY, "after", "ended", 1, PROVEN, status="in_sync"),
    # The same over SOAP.
    Kill("soap", "sync_panel", STALE, "before", "followed", 1, PROVEN),
    Kill("soap", "sync_panel", STALE, "after", "followed", 1, PROVEN),
    Kill("soap", "sync_users", HEALTHY, "after", "intent", 0, INTERRUPTED),
    Kill("soap", "sync_users", HEALTHY, "before", "followed", 1, PROVEN),
    Kill("soap", "sync_users", HEALTHY, "after", "followed", 1, PROVEN),
    # With no log and no job: what cannot be proven is never called a success.
    Kill("bare", "sync_panel", HEALTHY, "before", "intent", 0, None),
    Kill("bare", "sync_panel", HEALTHY, "after", "intent", 0, INTERRUPTED),
    Kill("bare", "sync_panel", HEALTHY, "before", "followed", 1, INTERRUPTED),
    Kill("bare", "sync_panel", HEALTHY, "after", "followed", 1, TIME_LIMIT),
    # A sync that the panel swallowed is no success either.
    Kill(
        "bare", "sync_panel", STALE, "before", "followed", 1, INTERRUPTED, works=False
    ),
    Kill("bare", "sync_panel", STALE, "after", "followed", 1, TIME_LIMIT, works=False),
    # Nothing is left to look for of a refresh.
    Kill("rest", "refresh_status", HEALTHY, "before", "followed", 0, None),
    Kill("rest", "refresh_status", HEALTHY, "after", "followed", 0, INTERRUPTED),
    Kill("rest", "refresh_status", HEALTHY, "before", "ended", 0, INTERRUPTED),
    Kill("rest", "refresh_status", HEALTHY, "after", "ended", 0, PROVEN),
    Kill("rest", "refresh_status", HEALTHY, "after", "told", 0, None),
]
SAMPLE = [kill for kill in KILLS if kill.stage in ("intent", "followed")][:3] + [
    kill for kill in KILLS if kill.outcome == INTERRUPTED and kill.starts
][:1]


@dataclass
class Place:
    """A simulated service, a directory for Home Assistant, and the clock they share."""

    simulator: Simulator
    directory: Path
    clock: Path
    watch: Watch

    async def live(self, **changes: Any) -> tuple[int, dict[str, Any]]:
        """Let a Home Assistant live; return how it ended and what it saw."""
        world = self.simulator.world
        job = {
            "url": self.simulator.url,
            "options": {
                "user": self.simulator.options.user,
                "password": self.simulator.options.password,
            },
            "user_id": world.ids.numbered("login", 0),
            "locations": list(world.locations),
            "directory": str(self.directory),
            "clock": str(self.clock),
            "press": None,
            "moment": "never",
            "stage": "",
            "index": 0,
            "wait": 60,
        } | changes
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.faults.kill_home",
            cwd=ROOT,
            # Arguments and environment of a process can be read by others.
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate(json.dumps(job).encode())
        # It logs everything there, down to what the HTTP client has to say.
        assert b"DEBUG" in err
        self.watch.look("log of the killed process", err.decode())
        await asyncio.to_thread(self._search_files)
        if process.returncode:
            if process.returncode == -signal.SIGKILL:
                return process.returncode, {}
            raise AssertionError(err.decode()[-3000:])
        return 0, json.loads(out.decode().splitlines()[-1])

    def _search_files(self) -> None:
        """Search every file that the process left, as the next life will find it."""
        for file in self.directory.rglob("*"):
            if file.is_file() and not may_hold_secrets(file.name):
                text = file.read_text(errors="replace")
                self.watch.look(f"file {file.name}", text)


@asynccontextmanager
async def place(profile: str, directory: Path, watch: Watch) -> AsyncIterator[Place]:
    """Start a service and make a directory for Home Assistant."""
    clock = directory / "clock"
    clock.write_text(BEGIN)
    last = datetime.fromisoformat(BEGIN)

    def now() -> datetime:
        nonlocal last
        # A file that is just being written reads as empty.
        if text := clock.read_text():
            last = datetime.fromisoformat(text)
        return last

    (directory / "custom_components").symlink_to(ROOT / "custom_components")
    options = SimulatorOptions(profile=profile, clock=now)  # type: ignore[arg-type]
    async with Simulator(options) as simulator:
        simulator.switches.live_read_seconds = 0
        yield Place(simulator, directory, clock, watch)


@pytest.mark.parametrize("kill", KILLS if WHOLE else SAMPLE, ids=str)
async def test_a_killed_run(
    kill: Kill, tmp_path: Path, record_property: Report, watch: Watch
) -> None:
    async with place(kill.profile, tmp_path, watch) as home:
        if not kill.works:
            home.simulator.switches.panel_sync_result = "nothing"
        ended, _ = await home.live(
            press=kill.key, index=kill.index, moment=kill.moment, stage=kill.stage
        )
        assert ended == -signal.SIGKILL, "the moment never came"
        ended, seen = await home.live(index=kill.index, wait=700)
        assert not ended
        location = list(home.simulator.world.locations.values())[kill.index]
        starts = sum(location.starts.values())
        told = [tuple(outcome) for outcome in seen["outcomes"]]
        assert told == ([] if kill.outcome is None else [kill.outcome])
        assert [seen["event"]] == ([outcome for outcome, _ in told] or [None])
        assert starts == kill.starts
        assert kill.status in (None, seen["status"])
        # Nothing is told again by the next restart, and nothing started.
        _, later = await home.live(index=kill.index)
        assert later["outcomes"] == []
        assert sum(location.starts.values()) == starts
        # Tokens survive a kill, too: one sign-in for all three lives.
        assert len(home.simulator.accounts.sign_ins) == 1
        record_property("kills", 1)
        record_property("starts", starts)

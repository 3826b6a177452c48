"""The child processes of the demo: started, watched, ended."""

import asyncio
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Mapping, Sequence
import contextlib
import os
from pathlib import Path
import re
import signal
import socket
import sys
from typing import Self

from scripts.loopback import guard

from .paths import ROOT

_STOP_SECONDS = 20


class DemoError(Exception):
    """Something the demo cannot go on without; the text is for a person."""


class Child:
    """One child process in a process group of its own, with its output in a file.

    A Ctrl-C at the terminal reaches only the demo itself, which then ends its
    children in the right order.
    """

    def __init__(self, name: str, log: Path) -> None:
        """Name the process; `log` takes its output."""
        self.name = name
        self.log = log
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()

    async def start(
        self, arguments: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> Self:
        """Start the process, or raise DemoError saying why it did not start."""
        guard()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *arguments,
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise DemoError(f"{self.name} could not be started: {error}") from error
        self._reader = asyncio.create_task(self._read(self._process))
        return self

    @property
    def exit_code(self) -> int | None:
        """What the process ended with, minus a signal's number; None if it has not."""
        return None if self._process is None else self._process.returncode

    @property
    def running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self._process is not None and self.exit_code is None

    async def wait_for_line(self, pattern: str, seconds: float) -> re.Match[str]:
        """Return the first match in the output, or raise DemoError.

        Lines before it are gone after that.
        """
        try:
            async with asyncio.timeout(seconds):
                while (line := await self._lines.get()) is not None:
                    if found := re.search(pattern, line):
                        return found
        except TimeoutError:
            raise DemoError(
                f"{self.name} was not ready after {seconds:.0f} s; its output: "
                f"{self.log}"
            ) from None
        raise DemoError(f"{self.name} ended while starting; {self.tail()}")

    def tail(self) -> str:
        """Return the end of the output, for an error text."""
        with contextlib.suppress(OSError):
            lines = self.log.read_text(errors="replace").splitlines()[-15:]
            return f"the end of {self.log}:\n  " + "\n  ".join(lines)
        return "it wrote nothing"

    async def stop(self) -> None:
        """End the process and all it started, gently first."""
        process = self._process
        if process is not None and process.returncode is None:
            _signal(process, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STOP_SECONDS):
                    await process.wait()
            # Whatever is left of what it started would keep the output open.
            _signal(process, signal.SIGKILL)
            await process.wait()
        if self._reader is not None:
            await self._reader

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None  # we asked for a pipe
        with self.log.open("wb") as log:
            async for line in process.stdout:
                log.write(line)
                log.flush()
                self._lines.put_nowait(line.decode(errors="replace").rstrip())
        self._lines.put_nowait(None)


def _signal(process: Process, number: signal.Signals) -> None:
    """Send a signal to the process and all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def python(*arguments: str) -> list[str]:
    """Return a command line of this same Python."""
    return [sys.executable, *arguments]


def free_port(wanted: int = 0) -> int:
    """Return a free TCP port of the loopback interface, the wanted one if it is."""
    for port in dict.fromkeys((wanted, 0)):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                listener.bind(("127.0.0.1", port))
                return int(listener.getsockname()[1])
    raise DemoError("No free TCP port was found on the loopback interface.")

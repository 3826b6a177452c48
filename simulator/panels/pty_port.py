"""A pseudo terminal as a serial device. Simulated.

Serial settings: docs/protocol/alarmdecoder.md#serial-settings.
"""

import asyncio
from contextlib import suppress
import os
from pathlib import Path
import select
import termios
import tty
from typing import Literal

from simulator.panels.ports import Hear

_LOOK_AGAIN = 0.02
_SPEEDS = {9600: termios.B9600, 19200: termios.B19200, 115200: termios.B115200}


class PtyPort:
    """A pseudo terminal. A host that sets another baud rate sends and gets noise, by `speed_is_right`."""

    def __init__(self, hear: Hear, baud: int, path: str = "") -> None:
        """Be a serial device of this baud rate, linked from `path`. Raises ValueError for a rate no adapter has."""
        if baud not in _SPEEDS:
            raise ValueError(
                f"baud is {baud}; use one of {', '.join(map(str, _SPEEDS))}"
            )
        self._hear = hear
        self._speed = _SPEEDS[baud]
        self._path = Path(path) if path else None
        self._master: int | None = None
        self._look: asyncio.TimerHandle | None = None
        self._reading = False
        self._frozen = False
        self._count = 0
        self.url = ""

    @property
    def hosts(self) -> int:
        """Return 1 while a host has the device open and was noticed."""
        return int(self._reading)

    async def open(self) -> None:
        """Make the device; each opening makes another path. Raises OSError."""
        self._master, slave = os.openpty()
        tty.setraw(slave)
        settings = termios.tcgetattr(slave)
        settings[4] = settings[5] = self._speed
        termios.tcsetattr(slave, termios.TCSANOW, settings)
        self.url = os.ttyname(slave)
        os.close(slave)
        if self._path is not None:
            self._unlink()
            self._path.symlink_to(self.url)
            self.url = str(self._path)
        os.set_blocking(self._master, False)
        self._frozen = False
        self._watch()

    async def close(self) -> None:
        """Take the device away, as pulling the cable does."""
        if self._look is not None:
            self._look.cancel()
        master, self._master = self._master, None
        if master is not None:
            if self._reading:
                asyncio.get_running_loop().remove_reader(master)
            self._reading = False
            os.close(master)
            self._unlink()

    def _unlink(self) -> None:
        """Take the link away; anything else at its place is left alone."""
        if self._path is not None and self._path.is_symlink():
            self._path.unlink()

    @property
    def speed_is_right(self) -> bool:
        """Return whether the host set the baud rate of the device."""
        return self._master is None or (
            termios.tcgetattr(self._master)[4:6] == [self._speed, self._speed]
        )

    def write(self, data: bytes) -> None:
        """Send; what nobody takes is lost, as on a real line."""
        if self._master is not None and self._taken() and not self._frozen:
            with suppress(BlockingIOError):
                os.write(self._master, data)

    def announce(self, event: Literal["gone", "back"]) -> None:
        """Say nothing: a serial device cannot announce itself."""

    def drop(self, *, reset: bool) -> None:
        """Do nothing: a serial device ends only by going away."""

    def freeze(self) -> None:
        """Neither read nor write from now on, until opened anew."""
        self._frozen = True

    def _taken(self) -> bool:
        """Return whether a host has the device open."""
        if self._master is None:
            return False
        poll = select.poll()
        poll.register(self._master, select.POLLHUP)
        return not poll.poll(0)

    def _watch(self) -> None:
        """Read as soon as a host is there; a device nobody has open cannot be waited on."""
        loop = asyncio.get_running_loop()
        if self._master is not None and self._taken() and not self._reading:
            loop.add_reader(self._master, self._read)
            self._reading = True
            self._count += 1
        if not self._reading:
            self._look = loop.call_later(_LOOK_AGAIN, self._watch)

    def _read(self) -> None:
        if self._master is None:
            return
        try:
            data = os.read(self._master, 4096)
        except BlockingIOError:
            return
        except OSError:  # the host closed it
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._master)
            self._reading = False
            self._watch()
        elif not self._frozen:
            self._hear(self._count, data)

"""What keys pressed at a keypad do to the panel. Simulated (docs/protocol/alarmdecoder.md#commands)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from simulator.panels.events import FIRST_OTHER_USER, PERSON
from simulator.panels.local import LocalPanel, Mode

PAUSE = timedelta(seconds=3)  # the longest one between two keys
_LONGEST = 16
_MODES: dict[str, Mode] = {
    "2": "away",
    "3": "stay",
    "33": "night",
    "4": "maximum",
    "7": "instant",
}
_PANIC = {1: "fire", 2: "panic", 3: "medical"}


class Keypad:
    """One keypad: collects keys and acts when they make a command."""

    def __init__(self, local: LocalPanel, partition: int) -> None:
        """Stand at the keypad of a partition."""
        self._local = local
        self._partition = partition
        self._keys = ""
        self._last: datetime | None = None

    def special(self, number: int) -> None:
        """Press a special key: fire, panic or medical; the fourth does nothing here."""
        if kind := _PANIC.get(number):
            self._local.emit(kind, partition=self._partition)

    def press(self, keys: str) -> None:
        """Press keys one after the other."""
        now = self._local.world.now
        longest = PAUSE / self._local.world.timeline.speed
        if self._last is not None and now - self._last > longest:
            self._keys = ""
        self._last = now
        for key in keys:
            self._keys = (self._keys + key)[-_LONGEST:]
            if self._act():
                self._keys = ""

    def _act(self) -> bool:
        """Do what the keys so far mean. Returns whether they were a command."""
        local, keys = self._local, self._keys
        if local.panel.programming:
            return True  # in programming, keys mean other things, and nothing here
        if keys == "*":
            local.list_faults(self._partition)
            return True
        if keys[0] == "#":
            return len(keys) == 2 and self._arm(keys[1], PERSON)
        if len(keys) < 5:
            return False
        code, command = keys[:4], keys[4:]
        user = self._user(code)
        if user is None:
            local.emit("wrong_code", partition=self._partition)
            return True
        simple: dict[str, Callable[[], None]] = {
            "1": lambda: local.disarm(partition=self._partition, user=user),
            "6#": lambda: local.bypass_open_zones(self._partition),
            "9": lambda: local.set_panel(chime=not local.panel.chime),
        }
        if command in simple:
            simple[command]()
            return True
        if command[0] == "6":
            return self._bypass(command[1:])
        return self._arm(command, user)

    def _arm(self, command: str, user: int) -> bool:
        """Arm as the command says; a second 3 after a 3 turns stay into night."""
        if command == "3":
            self._local.arm("stay", partition=self._partition, user=user)
            return False
        if command in _MODES:
            self._local.arm(_MODES[command], partition=self._partition, user=user)
        return True

    def _bypass(self, digits: str) -> bool:
        if len(digits) < 2:
            return False
        if digits.isdigit() and int(digits) in self._local.panel.zones:
            self._local.set_zone(int(digits), bypassed=True)
            self._local.list_bypasses(self._partition)
        return True

    def _user(self, code: str) -> int | None:
        """Return the number of the user of a code."""
        panel = self._local.panel
        known = [panel.user_code, *panel.others]
        if code not in known:
            return None
        index = known.index(code)
        return PERSON if index == 0 else FIRST_OTHER_USER + index - 1

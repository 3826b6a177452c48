"""The AD2 adapter's firmware: what it answers, what it lets through, how it boots. Simulated.

Commands: docs/protocol/alarmdecoder.md#commands; answers: docs/protocol/alarmdecoder.md#adapter-lines; configuration:
docs/protocol/alarmdecoder.md#configuration-bits; boot: docs/protocol/alarmdecoder.md#handshake-and-boot. The exact
times of a boot, the answer to `E` and the text while storing are inventions.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from simulator.panels.alarmdecoder.lines import Format
from simulator.world.timeline import Timeline

type Channel = Literal["keypad", "expander", "rf", "lrr", "keys", "other"]
type Send = Callable[[bytes], None]
type Press = Callable[[int, str], None]
type Special = Callable[[int, int], None]

_FLAGS = "TX;RX;SM;VZ;RF;ZX;RE;AU;3X;CG;DD;MF;LR;KE;MK;CB;DS;ER;CR"
_OLD_FLAGS = "TX;RX;SM;VZ;RF;ZX;RE;AU;3X;CG;DD"
_KEYS, _PREFIX, _RF = 0x0002, 0x0008, 0x0100
_KEYPAD_KEYS = b"0123456789*#<>"
_IMMEDIATE = b"ER="
_LINE = b"VCKL!"
_BOOT_STEP = 0.5
_FAILED_TRIES = 5


def factory_settings(layout: Format) -> dict[str, str]:
    """Return the configuration as it leaves the factory; old firmware knows neither MODE nor COM."""
    settings = {
        "MODE": "A",
        "CONFIGBITS": "ff00",
        "ADDRESS": "18",
        "LRR": "N",
        "COM": "N",
        "EXP": "NNNNN",
        "REL": "NNNN",
        "MASK": "ffffffff",
        "DEDUPLICATE": "N",
    }
    if layout != "new":
        del settings["MODE"], settings["COM"]
    return settings


@dataclass(slots=True, kw_only=True)
class Firmware:
    """How this adapter was made and set; `settings` outlive a power cut.

    `lrr_version` 1 is firmware before 2.2a.8.6. `radio_on_bus`: a real communicator speaks, LRR lines come without
    emulation. `tries` is how often a key burst is sent until the panel takes it; 5 is a failure, and
    `failed_share` the share of bursts that fail whatever `tries` says. `two_digits`: see `keypad_line`.
    """

    serial: str = "00004d2f"
    version: str = "V2.2a.8.9b-306"
    layout: Format = "new"
    lrr_version: int = 2
    radio_on_bus: bool = False
    tries: int = 1
    failed_share: float = 0.0
    two_digits: bool = False
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Fill what was not set from the factory's settings. Raises ValueError for an unknown setting."""
        factory = factory_settings(self.layout)
        if unknown := self.settings.keys() - factory.keys():
            raise ValueError(f"this firmware has no setting {', '.join(unknown)}")
        self.settings = factory | self.settings


class Adapter:
    """The firmware at work: bytes in by `feed`, lines out by `say`."""

    def __init__(
        self,
        firmware: Firmware,
        timeline: Timeline,
        *,
        send: Send,
        press: Press,
        special: Special,
        random: Random,
    ) -> None:
        """Answer through `send`; keys go to `press` as (address, keys), special ones to `special`."""
        self.firmware = firmware
        self._timeline = timeline
        self._send = send
        self._press = press
        self._special = special
        self._random = random
        self._command: bytearray | None = None
        self._burst = ""
        self._specials: list[int] = []
        self._address: int | None = None
        self._last_keypad_line = ""
        self._boot = 0
        self.running = True

    # Out

    def say(self, channel: Channel, line: str, mask: str = "") -> None:
        """Send a line of the bus, as the configuration lets it through."""
        settings = self.firmware.settings
        bits = _hexadecimal(settings["CONFIGBITS"])
        if not self.running:
            return
        if channel == "keypad":
            if int(mask, 16) and not int(mask, 16) & _hexadecimal(settings["MASK"]):
                return
            if settings["DEDUPLICATE"] == "Y" and line == self._last_keypad_line:
                return
            self._last_keypad_line = line
            if bits & _PREFIX:
                line = f"!KPM:{line}"
        wanted = {
            "rf": bits & _RF,
            "keys": bits & _KEYS,
            "lrr": settings["LRR"] == "Y" or self.firmware.radio_on_bus,
        }
        if wanted.get(channel, True):
            self._line(line)

    def power_up(self) -> None:
        """Start as after a power cut: noise of the start, the boot lines, then ready.

        See docs/protocol/alarmdecoder.md#handshake-and-boot.
        """
        self._send(b"\0\0\0\0")
        self._start_boot()

    # In

    def feed(self, data: bytes) -> None:
        """Take bytes from the host; each one counts at once, a burst of keys is reported at its end."""
        for byte in data:
            self._take(byte)
        self._deliver()

    def _take(self, byte: int) -> None:
        if not self.running:
            if byte == ord("=") and self._boot:
                self._boot += 1
                self._line("!load")  # waits for new firmware, and says no more
            return
        if self._command is not None:
            self._collect(byte)
        elif byte in b"\r\n":
            self._deliver()
            self._address = None
        elif byte in _IMMEDIATE:
            self._at_once(byte)
        elif byte in _LINE:
            self._deliver()
            self._command = bytearray([byte])
        elif 1 <= byte <= 8:
            self._special_key(byte)
        elif byte in _KEYPAD_KEYS:
            self._burst += chr(byte)

    def _collect(self, byte: int) -> None:
        command = self._command
        if command is None:
            return
        if byte not in b"\r\n":
            command.append(byte)
            if command[:1] == b"K" and len(command) == 3:
                self._command = None
                self._address = _decimal(command[1:].decode("ascii", "replace"))
            return
        self._command = None
        self._do(command.decode("ascii", "replace"))

    def _do(self, command: str) -> None:
        letter, rest = command[0], command[1:]
        firmware = self.firmware
        if letter == "V" and not rest:
            flags = _FLAGS if firmware.layout == "new" else _OLD_FLAGS
            self._line(f"!VER:{firmware.serial},{firmware.version},{flags}")
        elif letter == "C" and not rest:
            pairs = "&".join(
                f"{key}={value}" for key, value in firmware.settings.items()
            )
            self._line(f"!CONFIG>{pairs}")
        elif letter == "C":
            self._store(rest)
        elif letter == "L":
            self._emulate(rest)
        else:
            self._line("!>null")

    def _store(self, pairs: str) -> None:
        self._line("!setting...")
        for pair in pairs.split("&"):
            key, _, value = pair.partition("=")
            if key in self.firmware.settings and value:
                self.firmware.settings[key] = value
                self._line(f"!>{key}={value}")
            else:
                self._line("!>null")

    def _emulate(self, rest: str) -> None:
        """Answer zone emulation as the bus would show it; the state digits conflict.

        See docs/protocol/alarmdecoder.md#commands.
        """
        if len(rest) == 3 and rest.isdigit():
            self.say("other", f"!>ZONE={rest}")
        else:
            self._line("!>null")

    def _at_once(self, byte: int) -> None:
        if byte == ord("E"):
            self._line("!ERR:00,0000,00")
        elif byte == ord("="):
            self._start_boot()

    def _special_key(self, number: int) -> None:
        """Three equal bytes in a row are one special key."""
        self._specials = [*self._specials, number][-3:]
        if self._specials == [number] * 3:
            self._specials = []
            self._special(self._key_address, number)
            self._line("!Sending.done")

    def _deliver(self) -> None:
        """Let the keys so far reach the panel, and report how many tries it took."""
        keys, self._burst = self._burst, ""
        if not keys:
            return
        firmware = self.firmware
        fails = self._random.random() < firmware.failed_share
        dots = _FAILED_TRIES if fails else min(max(firmware.tries, 1), _FAILED_TRIES)
        address = self._key_address
        if dots < _FAILED_TRIES:
            self._press(address, keys)
        self._line(f"!Sending{'.' * dots}done")
        self.say("keys", f"!KPE:{len(keys):04d},{address:02d},01")

    @property
    def _key_address(self) -> int:
        if self._address is not None:
            return self._address
        return _decimal(self.firmware.settings["ADDRESS"]) or 0

    def _start_boot(self) -> None:
        self.running, self._boot = False, self._boot + 1
        self._command, self._address, self._specials = None, None, []
        self._last_keypad_line = ""
        boot = self._boot
        pieces = [b"!boot", b".", b".", b".", b"done\r\n!Ready\r\n"]

        def step(index: int) -> None:
            if boot != self._boot:
                return
            self._send(pieces[index])
            if index + 1 < len(pieces):
                self._timeline.after(_BOOT_STEP, lambda: step(index + 1))
            else:
                self.running = True

        step(0)

    def _line(self, text: str) -> None:
        self._send(text.encode("ascii") + b"\r\n")


def _hexadecimal(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0


def _decimal(text: str) -> int | None:
    return int(text) if text.isdigit() else None

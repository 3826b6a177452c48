"""What an AlarmDecoder AD2 adapter can say, decoded.

See docs/protocol/alarmdecoder.md#keypad-lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MASK_BYTES = slice(1, 5)


class Rejection(StrEnum):
    """Why a line was not taken."""

    NOT_PRINTABLE = "not_printable"
    NOT_A_MESSAGE = "not_a_message"
    SHAPE = "shape"
    FIELDS = "fields"


class PanelKind(StrEnum):
    """The family the adapter says it speaks."""

    VISTA = "A"
    DSC = "D"


class AdapterNotice(StrEnum):
    """What the adapter says about itself."""

    BOOTING = "boot"
    READY = "Ready"
    LOADING = "load"


class BridgeNotice(StrEnum):
    """What the TCP bridge says about itself and its serial side."""

    CONNECTED = "Connected"
    SERIAL_CONNECTED = "SERIAL_CONNECTED"
    SERIAL_DISCONNECTED = "SERIAL_DISCONNECTED"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that is not a message."""

    reason: Rejection


@dataclass(frozen=True, slots=True)
class Keypad:
    """One keypad status line; a flag this firmware does not provide is None.

    The names follow the flag positions of docs/protocol/alarmdecoder.md#flags.
    `display` is flag 17, or the same two bits of the raw field where the firmware shows
    a dash.
    """

    ready: bool | None
    armed_away: bool | None
    armed_home: bool | None
    programming: bool | None
    beeps: int | None
    bypassed: bool | None
    ac_power: bool | None
    chime: bool | None
    alarm_memory: bool | None
    alarm_sounding: bool | None
    battery_low: bool | None
    entry_delay_off: bool | None
    fire: bool | None
    check: bool | None
    perimeter_only: bool | None
    display: int
    panel_kind: PanelKind | None
    code: str
    raw: bytes
    text: str

    @property
    def mask(self) -> int:
        """Return the addressed keypads: bit n is set for address n; 0 is system-wide."""
        return int.from_bytes(self.raw[MASK_BYTES], "little")


@dataclass(frozen=True, slots=True)
class Expander:
    """A zone expander's channel: 0 closed, 1 open, 2 wire trouble."""

    address: int
    channel: int
    value: int

    @property
    def zone(self) -> int | None:
        """Return the VISTA zone, or None for an address that has none."""
        if 7 <= self.address <= 11 and 1 <= self.channel <= 8:
            return self.address + self.channel + (self.address - 7) * 7 + 1
        return None


@dataclass(frozen=True, slots=True)
class Relay:
    """A relay module's output."""

    address: int
    channel: int
    value: int


@dataclass(frozen=True, slots=True)
class RfSensor:
    """One transmission of a wireless sensor."""

    serial: str
    value: int


@dataclass(frozen=True, slots=True)
class Report:
    """A long-range-radio report of new firmware: a Contact ID event.

    `data` is a user or a zone, as the event has it; partition 0 is the whole system.
    """

    data: int
    partition: int
    prefix: str
    qualifier: int
    event: int


@dataclass(frozen=True, slots=True)
class WordReport:
    """A long-range-radio report of old firmware: an event by name."""

    data: int
    partition: int
    word: str


@dataclass(frozen=True, slots=True)
class Version:
    """The adapter's answer to `V`."""

    serial: str
    version: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Config:
    """The adapter's answer to `C`: what it sent of the settings, as text."""

    settings: Mapping[str, str]

    @property
    def deduplicates(self) -> bool:
        """Return whether repeated lines are suppressed, and the heartbeat with them."""
        return self.settings.get("DEDUPLICATE") == "Y"


@dataclass(frozen=True, slots=True)
class Sending:
    """How the sending of keys ended; the keys are somebody else's, never ours."""

    delivered: bool


@dataclass(frozen=True, slots=True)
class Opaque:
    """A message whose content is not documented, or of no use here."""

    header: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message of a kind that is not known."""

    header: str


type Message = (
    Keypad
    | Expander
    | Relay
    | RfSensor
    | Report
    | WordReport
    | Version
    | Config
    | Sending
    | Opaque
    | Unknown
    | AdapterNotice
    | BridgeNotice
)

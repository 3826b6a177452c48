"""What every local link offers, and the table of panel families.

A new family is one codec and state, one link, and one line in `FAMILIES`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from .alarmdecoder.link import AlarmDecoderLink
from .alarmdecoder.state import Ad2Settings
from .base import Callback, LinkState
from .connection import Address
from .vista.link import VistaSerialLink


class Family(StrEnum):
    """The adapters and panels that are understood."""

    ALARMDECODER = "alarmdecoder"
    VISTA_SERIAL = "vista_serial"


class Capability(StrEnum):
    """What a family knows; an entity exists only where its capability does."""

    ARMING = "arming"
    READY = "ready"
    OPEN_ZONES = "open_zones"
    MAINS_POWER = "mains_power"
    BATTERY = "battery"
    TROUBLE = "trouble"
    PROGRAMMING = "programming"
    KEYPAD_TEXT = "keypad_text"
    QUERY = "query"  # a refresh asks the panel itself


class LocalLink(Protocol):
    """A link that is pushed to: it listens, and calls back after every change."""

    @property
    def state(self) -> LinkState:
        """What is known now, and how far the link has come."""

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Call back after every change and activity; return how to stop that."""

    async def start(self) -> None:
        """Begin to listen; returns at once."""

    async def stop(self) -> None:
        """Stop to listen and close the connection."""

    async def refresh(self) -> None:
        """Return once the panel was heard anew. Raises PanelUnreachable."""


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """Where a link leads and what a person has said of the site."""

    address: Address
    ad2: Ad2Settings = field(default_factory=Ad2Settings)


@dataclass(frozen=True, slots=True)
class FamilyLink:
    """One family: its bauds, most likely first, what it knows, how to build it."""

    baudrates: tuple[int, ...]
    capabilities: frozenset[Capability]
    build: Callable[[LinkSettings], LocalLink]


_COMMON = frozenset(Capability) - {Capability.KEYPAD_TEXT, Capability.QUERY}

# Bauds: docs/protocol/alarmdecoder.md#serial-settings.
FAMILIES: Mapping[Family, FamilyLink] = {
    Family.ALARMDECODER: FamilyLink(
        (115200, 19200),
        _COMMON | {Capability.KEYPAD_TEXT},
        lambda settings: AlarmDecoderLink(settings.address, settings.ad2),
    ),
    Family.VISTA_SERIAL: FamilyLink(
        (9600,),
        _COMMON | {Capability.QUERY},
        lambda settings: VistaSerialLink(settings.address),
    ),
}

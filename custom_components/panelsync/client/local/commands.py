"""Everything a local link can write. There is no other way to write a byte.

Each is read-only. To an AlarmDecoder other bytes would be key presses at the panel
(docs/protocol/alarmdecoder.md#commands), so the transport takes a member of these enums
and nothing else.
"""

from enum import Enum


class Ad2Command(Enum):
    """What an AlarmDecoder may be told, once a valid line was heard from it."""

    LEAVE_PROMPT = b"\r\n"
    VERSION = b"V\r"
    CONFIG = b"C\r"


class VistaQuery(Enum):
    """What a VISTA RS-232 port may be asked, with length and checksum."""

    ARMING = b"08as0064\r\n"
    ZONES = b"08zs004B\r\n"
    ZONE_PARTITIONS = b"08ZP008E\r\n"
    ZONE_NAMES = b"08ZD009A\r\n"
    EVENT_LOG = b"08LD00A8\r\n"


type Command = Ad2Command | VistaQuery

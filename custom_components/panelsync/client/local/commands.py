"""Everything a local link can write. There is no other way to write a byte.

Each is read-only. To an AlarmDecoder every other byte is a key press at the panel
(docs/protocol/alarmdecoder.md#commands), a digit of a VISTA query among them. So the
transport takes a member of these enums and nothing else, and only of the family that
was heard on this very connection (docs/architecture.md#nothing-before-proof).
"""

from enum import Enum


class Ad2Command(Enum):
    """What may be written to an AlarmDecoder that was heard on this connection."""

    LEAVE_PROMPT = b"\r\n"
    VERSION = b"V\r"
    CONFIG = b"C\r"


class VistaQuery(Enum):
    """What a VISTA RS-232 port may be asked, with length and checksum."""

    ARMING = b"08as0064\r\n"
    ZONES = b"08zs004B\r\n"
    ZONE_PARTITIONS = b"08ZP008E\r\n"


type Command = Ad2Command | VistaQuery

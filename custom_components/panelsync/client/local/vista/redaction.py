"""What of a VISTA's packet anybody may read: enough to replay it, and no more.

Silent alarms and their traces are left out, and so is what is not understood
(docs/architecture.md#silent-alarms).
"""

from ...silent_alarm import SILENT_VISTA_EVENTS
from .events import MEANINGS
from .packets import (
    Acknowledged,
    ArmingReport,
    Communication,
    Packet,
    PanelEvent,
    ZonePartitions,
    ZoneReport,
    checksum,
)

_IN_ALARM = 4
_BLOCK = 65


def redacted(data: bytes, packet: Packet) -> str | None:
    """Return what of a valid packet may be shown to anybody; None where nothing may."""
    match packet:
        case PanelEvent(code=code):
            known = code in MEANINGS and code not in SILENT_VISTA_EVENTS
            return data.decode("ascii") if known else None
        case ZoneReport():
            return _without_alarms(data.decode("ascii"))
        case ArmingReport() | ZonePartitions() | Communication() | Acknowledged():
            return data.decode("ascii")
    return None


def _without_alarms(packet: str) -> str:
    """Clear each zone's alarm: it may be a silent one."""
    body = packet[4:-4]
    block = 1 if len(body) == _BLOCK else 0
    digits = "".join(f"{int(digit, 16) & ~_IN_ALARM:X}" for digit in body[block:])
    cleared = packet[:4] + body[:block] + digits + packet[-4:-2]
    return f"{cleared}{checksum(cleared.encode()):02X}"

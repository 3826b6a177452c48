"""Why nothing is known of a panel whose AlarmDecoder is heard.

See docs/protocol/alarmdecoder.md#configuration-bits.
"""

from enum import StrEnum

from .codec import Counters
from .messages import Config


class Hindrance(StrEnum):
    """What keeps an adapter that is heard from telling of its panel."""

    OTHER_PANEL = "other_panel"  # it is set to another maker's panels
    NO_KEYPADS = "no_keypads"  # its address mask is empty
    EXPANDERS_ONLY = "expanders_only"  # expanders, relays and sensors, no keypad line
    UNKNOWN_LINES = "unknown_lines"  # keypad lines in a form nobody knows


def hindrance(counters: Counters, config: Config | None) -> Hindrance | None:
    """Return what stands in the way, from all that was heard and the settings."""
    settings = {} if config is None else config.settings
    if settings.get("MODE") == "D" or counters.other_panel:
        return Hindrance.OTHER_PANEL
    if settings.get("MASK", "1").strip("0") == "":
        return Hindrance.NO_KEYPADS
    if counters.keypads:
        return None
    if counters.unknown_lines:
        return Hindrance.UNKNOWN_LINES
    # A quiet panel's lines may all have been left out as repeats.
    if counters.channels and not (config is not None and config.deduplicates):
        return Hindrance.EXPANDERS_ONLY
    return None

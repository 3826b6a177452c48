"""Bytes of an AlarmDecoder AD2 adapter to messages: framing, bounds, counters."""

from collections.abc import Callable
from dataclasses import dataclass, field
import re

from .lines import decode_line
from .messages import (
    Expander,
    Keypad,
    Message,
    Opaque,
    PanelKind,
    Rejected,
    Rejection,
    Relay,
    RfSensor,
    Unknown,
)

# Twice the longest line there is (docs/protocol/alarmdecoder.md#framing).
MAX_LINE = 256
_MAX_HEADERS = 32
# A bridge's notice may break into a line.
TERMINATORS = re.compile(rb"[\r\n]+|(?=!SER2SOCK )")


@dataclass(slots=True)
class Counters:
    """What has come over one link since it was made, for diagnostics."""

    messages: int = 0
    refused: int = 0
    keypads: int = 0
    other_panel: int = 0
    channels: int = 0
    unknown_lines: int = 0
    headers: dict[str, int] = field(default_factory=dict)

    def count_header(self, header: str) -> None:
        """Count a message that is not understood; of at most 32 headers."""
        if header in self.headers or len(self.headers) < _MAX_HEADERS:
            self.headers[header] = self.headers.get(header, 0) + 1


class AlarmDecoderCodec:
    """The decoder of one connection: make a new one for the next.

    It holds at most 256 bytes between two calls and never raises.
    """

    def __init__(
        self,
        counters: Counters | None = None,
        *,
        heard: Callable[[bytes, Message | Rejected], None] | None = None,
    ) -> None:
        """Start before the first byte; counters may outlive the connection.

        `heard` gets each whole line with what it was taken for.
        """
        self.counters = counters or Counters()
        self._heard = heard
        self._pending = b""
        self._skipping = False
        self._first = True

    @property
    def pending(self) -> int:
        """Return how many bytes of an unfinished line are held."""
        return len(self._pending)

    def feed(self, data: bytes) -> tuple[Message, ...]:
        """Return the messages that these bytes complete, in order."""
        *lines, rest = TERMINATORS.split(self._pending + data)
        taken = [self._take(line) for line in lines]
        messages = tuple([message for message in taken if message is not None])
        if len(rest) > MAX_LINE:
            self.counters.refused += not self._skipping
            self._skipping, rest = True, b""
        # A skipped line's tail is not kept: only its terminator matters.
        self._pending = b"" if self._skipping else rest
        return messages

    def _take(self, line: bytes) -> Message | None:
        if self._skipping:
            self._skipping, self._first = False, False
            return None
        if not line:
            return None
        first, self._first = self._first, False
        if len(line) > MAX_LINE:
            self.counters.refused += 1
            return None
        message = decode_line(line)
        if self._heard is not None:
            self._heard(line, message)
        if isinstance(message, Rejected):
            # The first line after a connect is usually cut by joining in the middle.
            if not first:
                self.counters.refused += 1
                self.counters.unknown_lines += message.reason is Rejection.SHAPE
            return None
        self.counters.messages += 1
        if isinstance(message, Keypad):
            self.counters.keypads += 1
            self.counters.other_panel += message.panel_kind is PanelKind.DSC
        elif isinstance(message, (Expander, Relay, RfSensor)):
            self.counters.channels += 1
        elif isinstance(message, (Opaque, Unknown)):
            self.counters.count_header(message.header)
        return message

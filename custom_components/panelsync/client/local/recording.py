"""The last lines of a panel, for a report that anybody may read and replay."""

from collections import deque
from datetime import datetime

MOST_LINES = 200


class Recording:
    """Keeps the last lines with their times, and drops the oldest."""

    def __init__(self) -> None:
        """Begin without a line."""
        self._lines: deque[str] = deque(maxlen=MOST_LINES)

    def add(self, line: str | None, now: datetime) -> None:
        """Keep a line that may be shown to anybody; None keeps nothing."""
        if line is not None:
            self._lines.append(f"{now.isoformat(timespec='milliseconds')} {line}")

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the lines, the oldest first, as `scripts/replay` reads them."""
        return tuple(self._lines)

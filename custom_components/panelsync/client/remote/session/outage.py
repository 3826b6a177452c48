"""Since when a service has given no usable answer, and what it said last. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from ...foreign import clean_text
from ..route_state import moment


@dataclass(frozen=True, slots=True)
class Outage:
    """A time without a usable answer; `text` is the last failure in words.

    An address that was retired may answer with friendly words for ever, see
    docs/protocol/total-connect.md#service-status.
    """

    since: datetime
    text: str

    def goes_on(self, text: str) -> Self:
        """Return the outage with what was said last."""
        return replace(self, text=text)

    def stored(self) -> dict[str, str]:
        """Give values of JSON."""
        return {"since": self.since.isoformat(), "text": self.text}

    @classmethod
    def restored(cls, stored: object, now: datetime) -> Self | None:
        """Read what `stored()` gave; None for anything else.

        One that began "later" began now: the clock was ahead.
        """
        if not isinstance(stored, Mapping):
            return None
        since = moment(stored.get("since"))
        if since is None:
            return None
        return cls(min(since, now), clean_text(stored.get("text")) or "")

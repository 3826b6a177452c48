"""Since when a service has given no usable answer, and what it said last. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from ...foreign import clean_text
from ...serialization import from_json_or_none


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

    @classmethod
    def restored(cls, stored: object, now: datetime) -> Self | None:
        """Read what was stored of it; None for anything else.

        One that began "later" began now: the clock was ahead.
        """
        if (known := from_json_or_none(cls, stored)) is None:
            return None
        return cls(min(known.since, now), clean_text(known.text) or "")

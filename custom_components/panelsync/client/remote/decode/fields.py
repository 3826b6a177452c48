"""What the service answered, read with tolerance and never with a guess.

The service is inconsistent in letter case and in types
(docs/protocol/total-connect.md#general-rules).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from ... import foreign
from ...silent_alarm import mentions_silent_alarm
from .times import utc_time

LONGEST_FLAGS = 20_000


def flag(value: object) -> bool | None:
    """Return a truth value from true/false, 1/0 and their texts; None for all else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        value = {"true": 1, "false": 0}.get(value.strip().casefold(), value)
    number_sent = foreign.integer(value)
    return bool(number_sent) if number_sent in (0, 1) else None


def key_values(value: object) -> Fields:
    """Read a list like `A=1,B=x:y`: flags of modules, locations and devices.

    See docs/protocol/total-connect.md#location-flags.
    """
    pairs: dict[str, object] = {}
    if isinstance(value, str):
        for part in value[:LONGEST_FLAGS].split(","):
            key, separator, content = part.partition("=")
            if separator:
                pairs[key.strip()] = content.strip()
    return Fields(pairs)


class Fields:
    """An object of an answer; names are looked up without regard to letter case."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, object]) -> None:
        """Take the object as it came."""
        self._values = {str(name).casefold(): value for name, value in values.items()}

    def __contains__(self, name: str) -> bool:
        """Return whether a value other than null was sent under this name."""
        return self.get(name) is not None

    @property
    def values(self) -> Mapping[str, object]:
        """Everything as it came, the names in lower case."""
        return self._values

    def get(self, name: str) -> object:
        """Return the raw value, None where it is missing."""
        return self._values.get(name.casefold())

    def integer(self, name: str) -> int | None:
        """Return a whole number of 64 bits."""
        return foreign.integer(self.get(name))

    def positive(self, name: str) -> int | None:
        """Return an id that is a number."""
        return foreign.positive(self.get(name))

    def identifier(self, name: str) -> str | None:
        """Return an id that may become part of an address or of a file's name."""
        return foreign.identifier(self.get(name))

    def number(self, name: str) -> float | None:
        """Return a finite number."""
        return foreign.number(self.get(name))

    def flag(self, name: str) -> bool | None:
        """Return a truth value."""
        return flag(self.get(name))

    def time(self, name: str) -> datetime | None:
        """Return a time that is in UTC unless it says otherwise."""
        return utc_time(self.get(name))

    def text(self, name: str) -> str | None:
        """Return a text of one line, 500 characters at most."""
        return foreign.clean_text(self.get(name))

    def name(self, name: str) -> str | None:
        """Return the name of a person, a place or a thing, 100 characters at most."""
        return foreign.clean_name(self.get(name))

    def message(self, name: str) -> str | None:
        """Return a text for people; None also where it may speak of a silent alarm."""
        found = self.text(name)
        return None if mentions_silent_alarm(found) else found

    @property
    def explanation(self) -> str:
        """What the service says in an answer that is not the one asked for."""
        return self.message("Message") or self.message("ResultData") or ""

    def section(self, name: str) -> Fields | None:
        """Return the object of this name."""
        value = self.get(name)
        return Fields(value) if isinstance(value, Mapping) else None

    def rows(self, name: str) -> list[Fields] | None:
        """Return a list of objects, None where there is none.

        SOAP wraps lists in an element per row type
        (docs/protocol/total-connect.md#general-rules); an empty element is an empty
        list.
        """
        value = self.get(name)
        if isinstance(value, str) and not value.strip():
            return []
        if not isinstance(value, list | Mapping):
            return None
        if isinstance(value, Mapping) and "resultcode" in Fields(value).values:
            # One row that is not in a list.
            return [Fields(value)]
        return [Fields(row) for row in _objects(value) if isinstance(row, Mapping)]


def _objects(value: list[object] | Mapping[str, object]) -> Iterator[object]:
    if isinstance(value, list):
        yield from value
        return
    for wrapped in value.values():
        if isinstance(wrapped, list):
            yield from wrapped
        else:
            yield wrapped

"""Which location a person means, as people say names: pure functions over words.

Case, accents, articles, possessives, a plural too many, words written together or
apart, and words around the name do not matter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import re
from typing import Self
import unicodedata

_POSSESSIVE = re.compile(r"(?<=\w)['\u2019]s\b")
_WORD = re.compile(r"\w+")
_UMLAUT = re.compile(r"([aou])e")
# Shorter words lose too much with their last letter.
_SHORTEST_PLURAL = 4


def without_accents(text: str) -> str:
    """Return a text as somebody types it who has no accents on the keyboard."""
    folded = unicodedata.normalize("NFKD", text)
    return "".join(char for char in folded if not unicodedata.combining(char))


def _words(text: str) -> tuple[str, ...]:
    bare = without_accents(_POSSESSIVE.sub("s", text.casefold()))
    # "Buero" is "Büro" on a keyboard without umlauts.
    return tuple(_WORD.findall(_UMLAUT.sub(r"\1", bare)))


def _stem(word: str) -> str:
    return word.removesuffix("s") if len(word) >= _SHORTEST_PLURAL else word


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words as they are compared: `text` written together, and each without plural."""

    text: str
    stems: tuple[str, ...]

    @classmethod
    def of(cls, text: str, fillers: frozenset[str]) -> Self:
        """Return the words that count; a name made of fillers alone keeps them."""
        words = _words(text)
        counting = tuple(word for word in words if word not in fillers) or words
        return cls("".join(counting), tuple(map(_stem, counting)))

    @property
    def stem_text(self) -> str:
        """The words without their plurals, written together."""
        return "".join(self.stems)

    def holds(self, other: Self) -> bool:
        """Tell whether the other's words stand in this one, in a row."""
        size = len(other.stems)
        return size > 0 and any(
            self.stems[start : start + size] == other.stems
            for start in range(len(self.stems) - size + 1)
        )


def filler_words(fillers: Iterable[str]) -> frozenset[str]:
    """Return the single words of fillers, as they are compared."""
    return frozenset(word for filler in fillers for word in _words(filler))


def only_fillers(text: str, fillers: frozenset[str]) -> bool:
    """Tell whether a text names nothing."""
    return all(word in fillers for word in _words(text))


def is_one_of(text: str, phrases: Iterable[str], fillers: frozenset[str]) -> bool:
    """Tell whether a text is one of some fixed phrases."""
    spoken = Spoken.of(text, fillers).text
    return any(spoken == Spoken.of(phrase, fillers).text for phrase in phrases)


def trimmed(text: str, fillers: frozenset[str]) -> str:
    """Return a text without the fillers around it, as it was said otherwise."""
    said = text.split()
    while said and only_fillers(said[0], fillers):
        del said[0]
    while said and only_fillers(said[-1], fillers):
        del said[-1]
    return " ".join(said)


def find[T](
    text: str,
    names: Mapping[T, Iterable[str]],
    fillers: frozenset[str],
    *,
    strict: bool = False,
) -> list[T]:
    """Return who is meant: nobody where no name fits, several where more do.

    The closest way to fit decides: the whole name; the name but for plurals; a name
    among other words, unless `strict`; some words of a name.
    """
    spoken = Spoken.of(text, fillers)
    called = [
        (thing, Spoken.of(name, fillers))
        for thing, its_names in names.items()
        for name in its_names
        if _words(name)
    ]
    if not spoken.stems:
        return []
    among = [
        (thing, name) for thing, name in called if not strict and spoken.holds(name)
    ]
    ways = (
        [thing for thing, name in called if name.text == spoken.text],
        [thing for thing, name in called if name.stem_text == spoken.stem_text],
        # "Lake Cabin" is said, so "Cabin" is not.
        [
            thing
            for thing, name in among
            if not any(
                longer.holds(name) and longer.stems != name.stems for _, longer in among
            )
        ],
        [thing for thing, name in called if set(spoken.stems) <= set(name.stems)],
    )
    return list(dict.fromkeys(next(filter(None, ways), [])))

"""Which location a person means, as people say names: pure functions over words.

Case, accents, articles, possessives, a plural too many, words written together or
apart, and words around the name do not matter.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
import re
from typing import Self
import unicodedata

_POSSESSIVE = re.compile(r"(?<=\w)['\u2019]s\b")
_WORD = re.compile(r"\w+")
_UMLAUT = re.compile(r"([aou])e")
# Shorter words lose too much with their last letter.
_SHORTEST_PLURAL = 4
# Of the letters of a name, how many may be other ones: every fourth.
CLOSE = 0.75
# Nobody names a place by more; each way to leave out words around a name is looked at.
_MOST_WORDS = 30


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
    def of(cls, words: Sequence[str]) -> Self:
        """Return some words as they are compared."""
        return cls("".join(words), tuple(map(_stem, words)))

    @property
    def stem_text(self) -> str:
        """The words without their plurals, written together."""
        return "".join(self.stems)

    def holds(self, other: Self) -> bool:
        """Return whether the other's words stand in this one, in a row."""
        size = len(other.stems)
        return size > 0 and any(
            self.stems[start : start + size] == other.stems
            for start in range(len(self.stems) - size + 1)
        )

    def is_part_of(self, other: Self) -> bool:
        """Return whether all its words, in any order, are words of the other."""
        return (
            set(self.stems) <= set(other.stems)
            or self.text == other.text
            or self.stem_text == other.stem_text
        )


def _counting(words: Sequence[str], fillers: frozenset[str]) -> Spoken:
    """Return the words that count; what is made of fillers alone keeps them."""
    return Spoken.of([word for word in words if word not in fillers] or words)


def filler_words(fillers: Iterable[str]) -> frozenset[str]:
    """Return the single words of fillers, as they are compared."""
    return frozenset(word for filler in fillers for word in _words(filler))


def only_fillers(text: str, fillers: frozenset[str]) -> bool:
    """Return whether a text names nothing."""
    return all(word in fillers for word in _words(text))


def is_one_of(text: str, phrases: Iterable[str], fillers: frozenset[str]) -> bool:
    """Return whether a text is one of some fixed phrases."""
    spoken = _counting(_words(text), fillers).text
    return any(spoken == _counting(_words(phrase), fillers).text for phrase in phrases)


def trimmed(text: str, fillers: frozenset[str]) -> str:
    """Return a text without the fillers around it, as it was said otherwise."""
    said = text.split()
    while said and only_fillers(said[0], fillers):
        del said[0]
    while said and only_fillers(said[-1], fillers):
        del said[-1]
    return " ".join(said)


def named_in_full[T](
    text: str, names: Mapping[T, Iterable[str]], fillers: frozenset[str]
) -> list[T]:
    """Return who is named by all words of a name, with only fillers around it.

    A filler in a name is a word of it here. The longest name counts ("Barn Panel" is
    said, so "Barn" is not), then one without a plural too many.
    """
    said = _words(text)
    if len(said) > _MOST_WORDS:
        return []
    ways = [Spoken.of(words) for words in _without_edges(said, fillers)]
    as_said = {way.text: len(way.stems) for way in ways}
    as_stems = {way.stem_text: len(way.stems) for way in ways}

    def closeness(name: Spoken) -> tuple[int, bool]:
        return max(
            (as_said.get(name.text, 0), True),
            (as_stems.get(name.stem_text, 0), False),
        )

    fits = [(closeness(Spoken.of(words)), thing) for thing, words in _words_of(names)]
    closest = max((fit for fit, _ in fits), default=(0, True))
    # No word of a name was said where there is none in the closest fit.
    return _once(thing for fit, thing in fits if fit == closest and fit[0] > 0)


def find[T](
    text: str,
    names: Mapping[T, Iterable[str]],
    fillers: frozenset[str],
    *,
    strict: bool = False,
) -> list[T]:
    """Return who is meant: nobody where no name fits, several where more do.

    The closest way to fit decides: a name in full; all that was said is in a name,
    fillers aside; a name among other words, unless `strict`.
    """
    if in_full := named_in_full(text, names, fillers):
        return in_full
    words = _words(text)
    if not words:
        return []
    named = _words_of(names)
    said = _counting(words, fillers)
    bare = [(thing, _counting(name, fillers)) for thing, name in named]
    # A name without its fillers is no more than a part of it: whoever shares the part
    # may be meant as well.
    parts = [thing for thing, name in bare if said.is_part_of(name)]
    if parts or strict:
        return _once(parts)
    whole = [(thing, Spoken.of(name)) for thing, name in named]
    if among := _among(Spoken.of(words), whole):
        return _once(thing for thing, _ in among)
    heard = [name for _, name in _among(said, bare)]
    return _once(
        thing for thing, name in bare if any(part.is_part_of(name) for part in heard)
    )


def close_to(text: str, names: Sequence[str]) -> str | None:
    """Return the one name that a text is a misspelling of, None where none is.

    It is offered and never taken: a near name may be another house.
    """
    # It comes with Home Assistant's conversation, which not every home has.
    from gazetteer_matcher.fuzzy import extract

    plain = {"".join(_words(name)): name for name in names}
    near = extract("".join(_words(text)), plain, cutoff=CLOSE, limit=2)
    if not near or (len(near) == 2 and near[0].score == near[1].score):
        return None
    return plain[near[0].choice]


def _words_of[T](names: Mapping[T, Iterable[str]]) -> list[tuple[T, tuple[str, ...]]]:
    """Return the words of each name; one without any names nothing."""
    return [
        (thing, words)
        for thing, its_names in names.items()
        for name in its_names
        if (words := _words(name))
    ]


def _among[T](
    said: Spoken, named: Sequence[tuple[T, Spoken]]
) -> list[tuple[T, Spoken]]:
    """Return the names that stand among what was said."""
    held = [(thing, name) for thing, name in named if said.holds(name)]
    # "Lake Cabin" is said, so "Cabin" is not.
    return [
        (thing, name)
        for thing, name in held
        if not any(
            longer.holds(name) and longer.stems != name.stems for _, longer in held
        )
    ]


def _without_edges(
    words: Sequence[str], fillers: frozenset[str]
) -> Iterator[Sequence[str]]:
    """Return what is left of words with more and more fillers gone at both ends."""
    before = _leading(words, fillers)
    after = len(words) - _leading(words[::-1], fillers)
    return (
        words[start:end]
        for start in range(before + 1)
        for end in range(max(start + 1, after), len(words) + 1)
    )


def _leading(words: Sequence[str], fillers: frozenset[str]) -> int:
    """Count the fillers at the beginning."""
    return len(list(takewhile(fillers.__contains__, words)))


def _once[T](things: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(things))

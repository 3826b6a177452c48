"""What people say to PanelSync and what it answers: one file for each language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
import re
from typing import Any, Self

from homeassistant.core import HomeAssistant
from homeassistant.util import language as language_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.yaml import load_yaml_dict

from ..const import DOMAIN
from .matching import filler_words, without_accents

_FOLDER = Path(__file__).parent.parent / "sentences"
DEFAULT_LANGUAGE = "en"
# Nobody listens to a longer list.
MOST_NAMES = 4

# A file's own name for what is said in several ways: `<sync>`.
_PART = re.compile(r"<(?P<name>\w+)>")
# Not the names of lists: `{place}` and `{name}` are filled in, not spoken.
_WORD = re.compile(r"(?<!\{)\b\w+\b(?!\})")


def _spoken(sentences: Sequence[str], stored: Mapping[str, Any]) -> str:
    """Return all ways to request one thing, politely or not, with accents or without.

    They are one sentence to Home Assistant, which reads each when it is first spoken
    to: words that all have in common are so read once. Whoever types often leaves
    accents out, and a sentence trigger wants each letter.
    """
    sentence = f"[{stored['before']}] ({'|'.join(sentences)}) [{stored['after']}]"
    whole = _PART.sub(lambda part: str(stored["parts"][part["name"]]), sentence)
    return _WORD.sub(_either_spelling, whole)


def _either_spelling(word: re.Match[str]) -> str:
    bare = without_accents(word[0])
    return word[0] if bare == word[0] else f"({word[0]}|{bare})"


@dataclass(frozen=True, slots=True)
class Speech:
    """One language: sentences by what they request, and the texts of answers."""

    language: str
    sentences: Mapping[str, str]
    everywhere_sentences: Mapping[str, str]
    named_sentences: Mapping[str, str]
    fillers: frozenset[str]
    everywhere: Sequence[str]
    replies: Mapping[str, Sequence[str]]
    answers: Mapping[str, str]

    @classmethod
    def read(cls, language: str, stored: Mapping[str, Any]) -> Self:
        """Return the language of one file."""

        def spoken(group: str) -> dict[str, str]:
            return {
                kind: _spoken(sentences, stored)
                for kind, sentences in stored[group].items()
            }

        return cls(
            language=language,
            sentences=spoken("sentences"),
            everywhere_sentences=spoken("everywhere_sentences"),
            named_sentences=spoken("named_sentences"),
            fillers=filler_words(stored["fillers"]),
            everywhere=stored["everywhere"],
            replies=stored["replies"],
            answers=stored["answers"],
        )

    def say(self, key: str, **placeholders: object) -> str:
        """Return an answer, filled in."""
        return self.answers[key].format(**placeholders)

    def list_of(self, names: Sequence[str], joined_by: str = "and") -> str:
        """Return names as they are read out: "A, B and C"; many are counted."""
        if len(names) > MOST_NAMES:
            return self.say("count_of_locations", count=len(names))
        *first, last = names
        if not first:
            return last
        return self.say(joined_by, first=", ".join(first), last=last)

    def ago(self, passed: timedelta) -> str:
        """Return how long ago something was."""
        minutes = int(passed.total_seconds()) // 60
        for unit, size in (("days", 24 * 60), ("hours", 60), ("minutes", 1)):
            if (count := minutes // size) > 0:
                number = "one" if count == 1 else "many"
                return self.say(f"{unit}_{number}", count=count)
        return self.say("just_now")


def read_speeches() -> dict[str, Speech]:
    """Read every language from its file; this blocks."""
    return {
        path.stem: Speech.read(path.stem, load_yaml_dict(str(path)))
        for path in sorted(_FOLDER.glob("*.yaml"))
    }


SPEECHES: HassKey[dict[str, Speech]] = HassKey(f"{DOMAIN}_speeches")


async def async_load_speeches(hass: HomeAssistant) -> dict[str, Speech]:
    """Return every language, read once."""
    if SPEECHES not in hass.data:
        hass.data[SPEECHES] = await hass.async_add_executor_job(read_speeches)
    return hass.data[SPEECHES]


def speech_for(speeches: Mapping[str, Speech], language: str) -> Speech:
    """Return the nearest language, English where there is none."""
    near = language_util.matches(language, speeches)
    return speeches[near[0] if near else DEFAULT_LANGUAGE]

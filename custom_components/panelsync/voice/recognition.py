"""From a sentence to what it requests: pure, with the sentences of every language.

Home Assistant reports only that one of the sentences was said. Which it was, the sentence
with the most words of its own decides, in the language of who spoke before the others.
"""

from collections.abc import Iterable, Mapping
import re

from hassil import Intents, recognize_best
from hassil.intents import SlotList, TextSlotList

from .language import Speech, speech_for
from .matching import without_accents
from .requests import Request, RequestKind

_EVERYWHERE = "everywhere"
_APOSTROPHE = re.compile(r"['\u2019]")


def spoken_forms(name: str) -> list[str]:
    """Return the ways in which a name is typed or heard, in words alone."""
    forms = []
    for text in (name, without_accents(name)):
        for apostrophe in ("'", "", " "):
            bare = re.sub(r"[^\w' ]", " ", _APOSTROPHE.sub(apostrophe, text))
            forms.append(" ".join(bare.split()))
    return [form for form in dict.fromkeys(forms) if re.search(r"\w", form)]


class Recognizer:
    """All sentences of all languages."""

    def __init__(self, speeches: Mapping[str, Speech]) -> None:
        """Take the sentences; each language is parsed when it is first spoken."""
        self._speeches = speeches
        self._intents = {
            language: Intents.from_dict(_described(speech))
            for language, speech in speeches.items()
        }

    def request(self, text: str, language: str, names: Iterable[str]) -> Request | None:
        """Return what a sentence requests; `names` are those of the locations.

        None where no sentence fits.
        """
        forms = [(form, name) for name in names for form in spoken_forms(name)]
        slots: dict[str, SlotList] = {
            "name": TextSlotList.from_tuples(forms, allow_template=False)
        }
        nearest = speech_for(self._speeches, language).language
        # In one order, always: a set of names has another in each run.
        others = [name for name in self._speeches if name != nearest]
        for spoken in (nearest, *others):
            found = recognize_best(text, self._intents[spoken], slot_lists=slots)
            if found is not None:
                place = found.entities.get("name") or found.entities.get("place")
                return Request(
                    RequestKind(found.intent.name),
                    None if place is None else str(place.value).strip(),
                    _EVERYWHERE in found.entities,
                )
        return None


def _described(speech: Speech) -> dict[str, object]:
    """Return a language's sentences in the words of hassil."""
    return {
        "language": speech.language,
        "intents": {
            kind: {
                "data": [
                    {"sentences": [speech.sentences[kind]]},
                    *(
                        {"sentences": [sentence], "slots": {_EVERYWHERE: True}}
                        for sentence in _of(speech.everywhere_sentences, kind)
                    ),
                    *(
                        {"sentences": [sentence]}
                        for sentence in _of(speech.named_sentences, kind)
                    ),
                ]
            }
            for kind in RequestKind
        },
        "lists": {"place": {"wildcard": True}},
    }


def _of(sentences: Mapping[str, str], kind: str) -> list[str]:
    return [sentences[kind]] if kind in sentences else []

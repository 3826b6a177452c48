"""The files of sentences: every language says all there is, and nothing else."""

from datetime import timedelta
import re

import pytest

from custom_components.panelsync.voice.language import Speech, read_speeches, speech_for
from custom_components.panelsync.voice.matching import only_fillers, without_accents
from custom_components.panelsync.voice.requests import RequestKind
from tests.asked_texts import placeholders

from .test_languages import spoken

SPEECHES = read_speeches()
ENGLISH = SPEECHES["en"]


def test_the_languages_are_those_of_the_texts() -> None:
    assert set(SPEECHES) == {"en", "es", "fr", "de", "nl", "pt-BR"}


@pytest.mark.parametrize("speech", SPEECHES.values(), ids=SPEECHES)
def test_a_language_is_complete(speech: Speech) -> None:
    assert set(speech.sentences) == set(ENGLISH.sentences)
    assert set(speech.everywhere_sentences) == set(ENGLISH.everywhere_sentences)
    assert set(speech.named_sentences) == set(ENGLISH.named_sentences)
    assert set(speech.replies) == {"users", "panel", "yes", "no"}
    assert all(speech.sentences.values())
    assert set(speech.answers) == set(ENGLISH.answers)
    for key, text in speech.answers.items():
        assert placeholders(text) == placeholders(ENGLISH.answers[key]), key
        assert text == text.strip()
        assert "\u2014" not in text
        if speech is not ENGLISH:
            assert text != ENGLISH.answers[key], key
    assert speech.fillers
    for phrase in speech.everywhere:
        # It would name no place at all.
        assert not only_fillers(phrase, speech.fillers), phrase


@pytest.mark.parametrize("speech", SPEECHES.values(), ids=SPEECHES)
def test_the_word_for_everywhere_that_is_told_is_understood(speech: Speech) -> None:
    told = speech.answers["which_many"]
    understood = [
        phrase for phrase in speech.everywhere if re.search(rf"\b{phrase}\b", told)
    ]
    assert understood


@pytest.mark.parametrize("language", SPEECHES)
def test_sentences_are_specific(language: str) -> None:
    """A sentence trigger goes before everything else Home Assistant understands."""
    file = spoken(language)
    assert set(file["sentences"]) == set(RequestKind)
    for group, blank in (
        ("sentences", "place"),
        ("everywhere_sentences", "place"),
        ("named_sentences", "name"),
    ):
        for sentence in (one for each in file[group].values() for one in each):
            assert set(re.findall(r"\{(\w+)\}", sentence)) <= {blank}
            fixed = re.sub(r"\[.*?\]|\{.*?\}", "", sentence).split()
            # A name alone is specific enough: it is one of a few, and no wildcard.
            assert len(fixed) >= (1 if blank == "name" else 2), sentence
            if group == "everywhere_sentences":
                # A name may be left out: it is then everywhere.
                assert sentence.count("{") == sentence.count("[{place}]")


@pytest.mark.parametrize("language", SPEECHES)
def test_no_shorter_wording_hides_a_longer_one(language: str) -> None:
    """The first that fits counts: "codes|codes of users" takes "of users" as a name."""
    file = spoken(language)
    sentences = [
        sentence
        for group in ("sentences", "everywhere_sentences", "named_sentences")
        for every in file[group].values()
        for sentence in every
    ]
    choices = [
        group.split("|")
        for template in (
            f"[{file['before']}]",
            f"[{file['after']}]",
            *file["parts"].values(),
            *sentences,
        )
        for group in re.findall(r"[(\[]([^()\[\]]+)[)\]]", template)
    ]
    assert len(choices) > 20
    for words in choices:
        for place, word in enumerate(words):
            hidden = [one for one in words[place + 1 :] if one.startswith(f"{word} ")]
            assert hidden == [], word


@pytest.mark.parametrize("language", SPEECHES)
def test_every_part_is_said(language: str) -> None:
    file = spoken(language)
    named = re.findall(
        r"<(\w+)>",
        str([file[group] for group in file if group.endswith("sentences")]),
    )
    assert set(named) == set(file["parts"])


def test_words_are_understood_without_their_accents() -> None:
    for speech in SPEECHES.values():
        for sentence in speech.sentences.values():
            for word in re.findall(r"\w+", sentence):
                bare = without_accents(word)
                assert bare == word or f"({word}|{bare})" in sentence
    assert "(está|esta)" in SPEECHES["es"].sentences["status"]


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("en-GB", "en"),
        ("de-CH", "de"),
        ("pt", "pt-BR"),
        ("pt-BR", "pt-BR"),
        ("es-419", "es"),
        ("it", "en"),
        ("", "en"),
    ],
)
def test_the_nearest_language_is_spoken(asked: str, spoken: str) -> None:
    assert speech_for(SPEECHES, asked).language == spoken


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "a minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "an hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "a day ago"),
        (timedelta(days=40), "40 days ago"),
    ],
)
def test_how_long_ago(passed: timedelta, said: str) -> None:
    assert ENGLISH.ago(passed) == said


def test_lists_of_names() -> None:
    assert ENGLISH.list_of(["A"]) == "A"
    assert ENGLISH.list_of(["A", "B"]) == "A and B"
    assert ENGLISH.list_of(["A", "B", "C"], "or") == "A, B or C"
    assert ENGLISH.list_of(["A"] * 5) == "5 locations"

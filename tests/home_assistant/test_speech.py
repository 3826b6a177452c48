"""The files of sentences: every language says all there is, and nothing else."""

import ast
from datetime import timedelta
from pathlib import Path
import re
from string import Formatter

import pytest

from custom_components.panelsync.client.models import Outcome
from custom_components.panelsync.names import only_fillers
from custom_components.panelsync.sentence_triggers import INTENTS
from custom_components.panelsync.speech import Speech, read_speeches, speech_for

INTEGRATION = Path(__file__).parents[2] / "custom_components" / "panelsync"
SPEECHES = read_speeches()
ENGLISH = SPEECHES["en"]


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_languages_are_those_of_the_texts() -> None:
    assert set(SPEECHES) == {"en", "es", "fr", "de", "nl", "pt-BR"}


@pytest.mark.parametrize("speech", SPEECHES.values(), ids=SPEECHES)
def test_a_language_is_complete(speech: Speech) -> None:
    assert list(speech.sentences) == list(ENGLISH.sentences)
    assert all(speech.sentences.values())
    assert set(speech.answers) == set(ENGLISH.answers)
    for key, text in speech.answers.items():
        assert blanks(text) == blanks(ENGLISH.answers[key]), key
        assert text == text.strip()
        assert "\u2014" not in text
        if speech is not ENGLISH:
            assert text != ENGLISH.answers[key], key
    assert speech.fillers
    for phrase in speech.everywhere:
        # It would name no place at all.
        assert not only_fillers(phrase, speech.fillers), phrase


@pytest.mark.parametrize("speech", SPEECHES.values(), ids=SPEECHES)
def test_sentences_are_specific(speech: Speech) -> None:
    """A sentence trigger goes before everything else Home Assistant understands."""
    asks = {ask.removesuffix("_everywhere") for ask in speech.sentences}
    assert asks == set(INTENTS)
    for ask, sentences in speech.sentences.items():
        for sentence in sentences:
            assert set(re.findall(r"\{(\w+)\}", sentence)) <= {"place"}
            fixed = re.sub(r"\[.*?\]|\{.*?\}", "", sentence).split()
            assert len(fixed) >= 2 or "|" in sentence, sentence
            if ask.endswith("_everywhere"):
                assert "{" not in sentence


def test_every_answer_is_used() -> None:
    said = set()
    for module in ("answers.py", "voice.py", "speech.py"):
        for node in ast.walk(ast.parse((INTEGRATION / module).read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.add(node.value)
    said |= {outcome.value for outcome in Outcome}
    said |= {
        f"{unit}_{number}"
        for unit in ("minutes", "hours", "days")
        for number in ("one", "many")
    }
    said |= {f"last_{known}" for known in ("both", "panel", "users", "none")}
    assert set(ENGLISH.answers) <= said


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

"""Translations as Home Assistant's own checks want them, in every language.

The rules on texts and keys are those of `translations` in Home Assistant's hassfest;
which sections there may be, and that fields are explained, is in
`tests/home_assistant/test_texts.py`: every language has the places of English.
"""

from pathlib import PurePosixPath
import re

from homeassistant.generated.languages import LANGUAGES
import pytest

from tests.asked_texts import flat, placeholders

from .tree import INTEGRATION, whole_tree

FILES = whole_tree().paths(f"{INTEGRATION}/translations", ".json")
KEY = re.compile(r"(?!.*[-_]{2})[a-z0-9]([a-z0-9_-]*[a-z0-9])?")
ADDRESS = re.compile(
    r"\b((ftps?|https?|mqtts?|scp|socket|socks5)://|www\.)\w", re.IGNORECASE
)
# Where Home Assistant fills nothing in.
PLAIN = re.compile(r"\.(state|state_attributes|unit_of_measurement)\.|^selector\.")


def wrong(place: str, text: str) -> set[str]:
    """Return what Home Assistant would say against a text."""
    names = placeholders(text)
    found = {
        "key": not all(KEY.fullmatch(key) for key in place.split(".")),
        "empty": not text,
        "space": text != text.strip(),
        "html": re.search(r"</?\w+[^>]*>", text),
        "address": ADDRESS.search(text),
        "dash": "\u2014" in text,
        "quotes": re.search(r"'\{\w+\}'", text),
        "placeholder": not all(name.isidentifier() for name in names),
        "filled in": names and PLAIN.search(f"{place}."),
        # Only the build of Home Assistant itself looks such a key up.
        "reference": "[%" in text,
    }
    return {name for name, is_so in found.items() if is_so}


@pytest.mark.parametrize(
    ("place", "text", "expected"),
    [
        ("config.error.unknown", "It failed: {text}.", set()),
        ("config.error.Unknown", "It failed.", {"key"}),
        ("config.error.un__known", "It failed.", {"key"}),
        ("config.error._unknown", "It failed.", {"key"}),
        ("config.error.unknown", "", {"empty"}),
        ("config.error.unknown", "It failed. ", {"space"}),
        ("config.error.unknown", "It <b>failed</b>.", {"html"}),
        ("config.error.unknown", "It failed\u2014twice.", {"dash"}),
        ("config.error.unknown", "See https://example.com.", {"address"}),
        ("config.error.unknown", "See www.example.com.", {"address"}),
        ("config.error.unknown", "As MQTT://broker.example.", {"address"}),
        ("config.error.unknown", "No '{name}' here.", {"quotes"}),
        ("config.error.unknown", "No {a name} here.", {"placeholder"}),
        ("config.error.unknown", "[%key:common::state::on%]", {"reference"}),
        ("entity.sensor.a.state.on", "On {since}", {"filled in"}),
        ("entity.sensor.a.state_attributes.b.name", "{b}", {"filled in"}),
        ("entity.sensor.a.unit_of_measurement", "{b}", {"filled in"}),
        ("selector.a.options.b", "{b}", {"filled in"}),
        ("entity.sensor.a.name", "{b}", set()),
    ],
)
def test_what_is_wrong_is_seen(place: str, text: str, expected: set[str]) -> None:
    assert wrong(place, text) == expected


@pytest.mark.parametrize("path", FILES)
def test_no_text_is_wrong(path: str) -> None:
    found = {
        place: faults
        for place, text in flat(whole_tree().data(path))
        if (faults := wrong(place, text))
    }
    assert found == {}


@pytest.mark.parametrize("path", FILES)
def test_home_assistant_knows_the_language(path: str) -> None:
    assert PurePosixPath(path).stem in LANGUAGES


def test_nothing_is_where_only_the_build_of_home_assistant_looks() -> None:
    assert FILES
    assert f"{INTEGRATION}/strings.json" not in whole_tree()
    assert not whole_tree().paths(f"{INTEGRATION}/.translations")
    assert (
        "title"
        not in whole_tree().data(f"{INTEGRATION}/translations/en.json")["config"]
    )

"""What a text quotes is called so where a person looks for it, in every language."""

from collections import Counter
import re

import pytest

from .test_languages import ALL, ENGLISH, of_home_assistant, spoken, translated

# Pages and buttons of Home Assistant that texts name.
PAGES = (
    "panel.config",
    "panel.logbook",
    "ui.panel.config.dashboard.devices.main",
    "ui.panel.config.integrations.config_entry.configure",
    "ui.panel.config.integrations.config_entry.reconfigure",
    "ui.panel.config.integrations.config_flow.submit",
    "ui.panel.config.repairs.caption",
    "ui.panel.config.repairs.show_ignored",
    "ui.components.selectors.serial_port.enter_manually",
)
# Pages of the Total Connect website, which is in English everywhere, and our own name.
UNTRANSLATED = ("Users", "Events", "PanelSync")

# A quoted name; what is filled in is no name of ours.
QUOTED = {"de": r"„([^“{}]+)“", "fr": r"« ([^»{}]+) »"}
PLAIN = r'"([^"{}]+)"'


def quoted(language: str, text: str) -> Counter[str]:
    """Return the names a text quotes, and how often."""
    return Counter(re.findall(QUOTED.get(language, PLAIN), text))


def names(language: str) -> dict[str, set[str]]:
    """Return, for each English name, what it is called in a language."""
    english, pages = of_home_assistant("en"), of_home_assistant(language)
    found = translated(language)
    called: dict[str, set[str]] = {name: {name} for name in UNTRANSLATED}
    for key in PAGES:
        called.setdefault(english[key], set()).add(pages[key])
    for place, text in ENGLISH.items():
        called.setdefault(text, set()).add(found[place])
    return called


@pytest.mark.parametrize("language", ALL)
def test_a_quoted_name_is_that_of_what_it_names(language: str) -> None:
    called, found = names(language), translated(language)
    seen: Counter[str] = Counter()
    for place, text in ENGLISH.items():
        wanted, shown = quoted("en", text), quoted(language, found[place])
        assert wanted.total() == shown.total(), place
        for name, times in wanted.items():
            assert sum(shown[text] for text in called[name]) == times, (place, name)
        seen += wanted
    # Buttons, pages of Home Assistant, sections and pages of the website.
    assert {"Start", "Sync users", "Reconfigure", "Activity", "Users"} <= seen.keys()
    assert {"More settings", "Total Connect addresses", "Keep"} <= seen.keys()


@pytest.mark.parametrize("language", ALL)
def test_a_page_names_its_own_button(language: str) -> None:
    found = translated(language)
    submit = of_home_assistant(language)[
        "ui.panel.config.integrations.config_flow.submit"
    ]
    buttons = {submit} | {
        text for place, text in found.items() if place.endswith(".submit")
    }
    checked = 0
    for place, text in found.items():
        if not re.search(r"\.step\.\w+\.description$", place):
            continue
        own = found.get(f"{place.removesuffix('description')}submit", submit)
        named = buttons & quoted(language, text).keys()
        assert named <= {own}, place
        checked += len(named)
    assert checked > 10


@pytest.mark.parametrize("language", ALL)
def test_voice_sends_to_pages_by_their_names(language: str) -> None:
    english, pages = of_home_assistant("en"), of_home_assistant(language)
    answers = spoken(language)["answers"]
    for key in PAGES:
        for answer, text in spoken("en")["answers"].items():
            if re.search(rf"\b{re.escape(english[key])}\b", text):
                assert pages[key] in answers[answer], (answer, key)
    assert pages["panel.logbook"] in answers["started"]

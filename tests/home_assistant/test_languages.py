"""Every language says all that English says, and Home Assistant speaks it."""

import json
from pathlib import Path
import re
from typing import Any

import hass_frontend
from homeassistant.components import alarm_control_panel
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.panelsync.client import Difference, Evidence, SyncKind
from custom_components.panelsync.client.comparison import Shown
from custom_components.panelsync.const import DOMAIN, EVENT_PANELSYNC
from custom_components.panelsync.logbook import message
from custom_components.panelsync.messages import differences_text
from simulator import SimulatorOptions
from tests.asked_texts import flat, placeholders

from .conftest import StartHome
from .home import ARMED, HEALTHY, STALE, Home
from .test_actions import call
from .test_texts import INTEGRATION, read

ENGLISH = dict(flat(read("translations/en.json")))
LANGUAGES = ("de", "es", "fr", "nl", "pt-BR")
ALL = ("en", *LANGUAGES)

NAMES = {"PanelSync", "AlarmDecoder (AD2)", "VISTA-128/250 RS-232"}
NUMBERS = {"9600", "19200", "115200"}
FILLED_IN = {"{kind}", "{kind}: {reason}", "{name}: {text}", "{text}."}
# Words that are the same in both languages.
SAME = {
    "de": {
        "Alarm",
        "Normal",
        "Partition",
        "Partition {partition}: {shown}",
        "Text",
        "Zone",
        "Zone {zone}",
    },
    "es": {"Normal", "Panel"},
    "fr": {"Normal", "Partition", "Types", "Zone", "Zone {zone}"},
    "nl": {"Alarm", "Open", "Open zones", "Zone", "Zone {zone}", "alarm"},
    "pt-BR": {"Normal"},
}
# Words that are only English.
LEFT_OVER = re.compile(r"\b(the|and|with|this|from|your|cannot|must)\b", re.IGNORECASE)


def translated(language: str) -> dict[str, str]:
    """Return each text of a language with its place."""
    return dict(flat(read(f"translations/{language}.json")))


def test_every_language_is_here() -> None:
    files = {path.stem for path in (INTEGRATION / "translations").glob("*.json")}
    assert files == set(ALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_text_with_its_placeholders(language: str) -> None:
    found = translated(language)
    assert found.keys() - ENGLISH.keys() == set()
    assert ENGLISH.keys() - found.keys() == set()
    assert {
        place: text
        for place, text in found.items()
        if placeholders(text) != placeholders(ENGLISH[place])
    } == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_was_left_in_english(language: str) -> None:
    allowed = NAMES | NUMBERS | FILLED_IN | SAME[language]
    found = translated(language)
    same = {text for place, text in found.items() if text == ENGLISH[place]}
    assert same <= allowed
    assert [text for text in found.values() if LEFT_OVER.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_ends_and_breaks_as_in_english(language: str) -> None:
    for place, text in translated(language).items():
        english = ENGLISH[place]
        assert text.endswith(".") == english.endswith("."), place
        assert text.count("\n\n") == english.count("\n\n"), place
        assert text.count("**") == english.count("**"), place


@pytest.mark.parametrize("language", ALL)
def test_each_error_has_words_of_its_own(language: str) -> None:
    found = translated(language)
    for section in ("config.error.", "exceptions."):
        errors = [text for place, text in found.items() if place.startswith(section)]
        assert len(errors) >= 20
        assert len(set(errors)) == len(errors)


@pytest.mark.parametrize("language", ALL)
def test_a_thing_has_one_name(language: str) -> None:
    """A person finds under its name whatever a text sends them to."""
    found = translated(language)
    account = "config.step.account.sections.advanced.name"
    panel = "config.step.panel.sections.advanced.name"
    detect = "selector.family.options.auto"
    for name, places in {
        account: (
            "config.error.cannot_connect",
            "config.error.insecure_url",
            "config.error.not_the_service",
        ),
        panel: ("config.error.panel_silent", "config.error.panel_not_understood"),
        detect: ("config.step.panel.data_description.family",),
        "entity.button.sync_users.name": (
            "config.step.summary.data_description.user_sync_way",
            "options.step.user_sync.data_description.user_sync_way",
        ),
    }.items():
        for place in places:
            assert found[name] in found[place], place
    for button in ("sync_users", "sync_panel", "refresh_status"):
        name = found[f"entity.button.{button}.name"]
        assert found[f"services.{button}.name"] == name


def of_home_assistant(language: str) -> dict[str, str]:
    """Return the texts of Home Assistant's own pages."""
    folder = hass_frontend.where() / "static" / "translations"
    return {
        key: text
        for path in folder.glob(f"**/{language}-*.json")
        for key, text in json.loads(path.read_text()).items()
    }


@pytest.mark.parametrize("language", ALL)
def test_pages_of_home_assistant_are_called_as_it_calls_them(language: str) -> None:
    """Where a text sends a person to a page, they find it under this name."""
    english, pages = of_home_assistant("en"), of_home_assistant(language)
    found = translated(language)
    integrations = "ui.panel.config.integrations.config_entry"
    for page in (
        "panel.config",
        "panel.logbook",
        "ui.panel.config.dashboard.devices.main",
        f"{integrations}.configure",
        f"{integrations}.reconfigure",
    ):
        sending = [
            place
            for place, text in ENGLISH.items()
            if re.search(
                rf"(?i:under|with|in|choose|,) \"?{re.escape(english[page])}\b", text
            )
        ]
        assert sending, page
        for place in sending:
            assert pages[page] in found[place], place


def of_alarm_panels(language: str) -> dict[str, str]:
    """Return Home Assistant's own texts for alarm panels."""
    folder = Path(alarm_control_panel.__file__).parent / "translations"
    return dict(flat(json.loads((folder / f"{language}.json").read_text())))


@pytest.mark.parametrize("language", ALL)
def test_things_are_called_as_home_assistant_calls_them(language: str) -> None:
    own, found = of_alarm_panels(language), translated(language)
    states = "entity_component._.state."
    compared = {
        f"entity.sensor.arming_state.state.{place.removeprefix(states)}": text
        for place, text in own.items()
        if place.startswith(states)
    }
    # Not every language of Home Assistant has these yet.
    for section, of_panels in (("triggers", "armed"), ("conditions", "is_armed")):
        for field in ("behavior", "for"):
            text = own.get(f"{section}.{of_panels}.fields.{field}.name")
            compared |= {
                place: text
                for place in found
                if text
                and re.fullmatch(rf"{section}\.\w+\.fields\.{field}\.name", place)
            }
    assert len(compared) > (8 if language == "pt-BR" else 12)
    shown = {place: found.get(place, text) for place, text in compared.items()}
    assert shown == compared


@pytest.mark.parametrize("language", ALL)
async def test_home_assistant_shows_no_key(hass: HomeAssistant, language: str) -> None:
    """Home Assistant drops a text whose placeholders are not those of English."""
    told = read(f"translations/{language}.json")
    for category, tree in told.items():
        loaded = await async_get_translations(hass, language, category, {DOMAIN})
        prefix = f"component.{DOMAIN}.{category}."
        ours = {f"{prefix}{place}": text for place, text in flat(tree)}
        assert loaded == ours


# --- what is spoken -----------------------------------------------------------


def spoken(language: str) -> dict[str, Any]:
    """Return a language's file of sentences and answers."""
    return dict(load_yaml_dict(str(INTEGRATION / "sentences" / f"{language}.yaml")))


# --- what Activity and the actions tell ------------------------------------------


async def lines(home: Home) -> list[str]:
    """Return the Activity lines of all that was told.

    As the logbook does with older events, they are described outside the event loop.
    """
    _, describe = home.hass.data["logbook"].external_events[EVENT_PANELSYNC]
    return [
        (await home.hass.async_add_executor_job(describe, event))["message"]
        for event in home.told
        if event.data["type"] not in ("started", "all_ended")
    ]


async def at_home(hass: HomeAssistant, start_home: StartHome, language: str) -> Home:
    """Return a loaded account in a Home Assistant that speaks a language."""
    await hass.config.async_update(language=language)
    return await start_home()


@pytest.mark.parametrize(
    ("language", "proven", "refused"),
    [
        (
            "de",
            "Synchronisierung der Zentrale erfolgreich (Eintrag im Ereignisprotokoll",
            "Synchronisierung der Zentrale: Es wurde nichts gesendet. „Harbour Shop“",
        ),
        (
            "es",
            "Sincronización del panel de alarma: correcta (entrada en el registro de eventos",
            "Sincronización del panel de alarma: No se ha enviado nada. El panel de Harbour",
        ),
        (
            "sv",
            "Panel sync succeeded (entry in the event log",
            "Panel sync: Nothing was sent. Harbour Shop is armed",
        ),
    ],
)
async def test_activity_speaks_the_language(
    hass: HomeAssistant,
    logbook: None,
    start_home: StartHome,
    language: str,
    proven: str,
    refused: str,
) -> None:
    home = await at_home(hass, start_home, language)
    await home.press("sync_panel", STALE)
    await home.wait(60)
    with pytest.raises(HomeAssistantError):
        await home.press("sync_panel", ARMED)
    first, second = await lines(home)
    assert first.startswith(proven)
    assert second.startswith(refused)


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_an_open_end_in_another_language(
    hass: HomeAssistant, logbook: None, start_home: StartHome
) -> None:
    home = await at_home(hass, start_home, "nl")
    await home.press("sync_panel", HEALTHY)
    await home.wait(660, step=15)
    assert await lines(home) == [
        "Paneelsynchronisatie: onbevestigd (niet bevestigd binnen 10 minuten)"
    ]


async def test_those_left_out_are_told_why_in_the_language(
    hass: HomeAssistant, logbook: None, start_home: StartHome
) -> None:
    home = await at_home(hass, start_home, "fr")
    await home.press("sync_panel_all")
    (line,) = [line for line in await lines(home) if "lancée pour" in line]
    assert "Ignorés : Rien n'a été envoyé. La centrale de « Harbour" in line


async def test_the_language_can_be_changed(
    hass: HomeAssistant, logbook: None, home: Home
) -> None:
    await home.press("sync_panel", STALE)
    await home.wait(60)
    assert (await lines(home))[0].startswith("Panel sync succeeded")
    await hass.config.async_update(language="pt-BR")
    # Home Assistant reads a new language in its own time; English fills the gap.
    await async_get_translations(hass, "pt-BR", "common", {DOMAIN})
    await home.settle()
    assert (await lines(home))[0].startswith("Sincronização do painel bem-sucedida")


async def test_an_action_answers_in_the_language(
    hass: HomeAssistant, start_home: StartHome
) -> None:
    home = await at_home(hass, start_home, "de")
    answer = await call(home, "sync_panel", STALE)
    assert "Synchronisierung der Zentrale gestartet" in str(answer)
    await home.wait(60)


def test_every_word_of_activity_has_a_text() -> None:
    words = {f"told_by_{fact}" for fact in Evidence} | {
        f"kind_{kind}" for kind in SyncKind
    }
    assert words <= read("translations/en.json")["common"].keys()


async def test_a_mismatch_is_told_in_the_language(
    hass: HomeAssistant, start_home: StartHome
) -> None:
    await at_home(hass, start_home, "de")
    differs = (Difference(1, Shown.DISARMED, Shown.ARMED_AWAY_INSTANT),)
    told = differences_text(hass, differs)
    assert told == (
        "Zentrale: deaktiviert. "
        "Total Connect: aktiviert (abwesend) ohne Eintrittsverzögerung."
    )
    assert message(hass, {"type": "mismatch", "differences": told}) == (
        f"Zentrale und Total Connect zeigen unterschiedliche Status. {told}"
    )
    in_second = Difference(2, Shown.DISARMED, Shown.ALARM, partitions=3)
    assert differences_text(hass, [in_second]).startswith("Partition 2: Zentrale: ")

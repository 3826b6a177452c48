"""What gives a silent alarm away, and what only looks like it."""

from collections.abc import Callable

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.silent_alarm import (
    SILENT_EVENTS,
    mentions_silent_alarm,
)

pytestmark = pytest.mark.kind("silent alarms")

SIGNS = (
    # English
    "Duress Alarm-User 8",
    "Panel is in Duress Alarm (User 8)",
    "DURRESS",
    "ALARM 9 2DUrESS",
    "D\u00fcress",
    "Duresse",
    "Panic",
    "Distress code used",
    "Hold Up Alarm-Zone 99",
    "Holdup button",
    "stick-up",
    "Personal Attack Zone 8",
    "Ataque personal",
    "Ambush code",
    "Robbery in progress",
    "Silent Panic-Zone 95",
    "Panic (silent)",
    "Non-audible Panic-Zone 95",
    "Non audible alarm",
    "Inaudible panic",
    "Panic, audible: no",
    "24 Hour Silent",
    "24HourSilent",
    "Hostage",
    "Police emergency",
    "Under threat",
    "Stealth alarm",
    "Alarm without siren",
    "HUA zone 4",
    "PA button 2",
    "Attack alarm",
    "Forced disarm by user 3",
    "Disarmed under force",
    "Code used under intimidation",
    # German
    "Zwang",
    "Zwangscode benutzt",
    "Öffnung unter Zwang",
    "Überfall",
    "Ueberfallalarm",
    "Raubüberfall Filiale 3",
    "Bedrohungscode",
    "Nötigung",
    "Noetigung",
    "Stiller Alarm",
    "Stillalarm",
    "Stiller-Alarm Zone 4",
    "Alarm (still)",
    "Panikalarm, nicht hörbar",
    "unhörbare Panik",
    "Lautloser Alarm",
    "Geiselnahme",
    "Zwangsunscharfschaltung",
    "Amokalarm",
    "Bankraub",
    "Raubalarm Kasse",
    "Panikknopf 2",
    "Geheimer Alarm",
    "Alarm ohne Ton",
    "Erpressung",
    # French
    "Contrainte",
    "Code sous contrainte",
    "Agression",
    "Braquage",
    "Panique silencieuse",
    "Alarme silencieuse",
    "Alarme muette",
    "Alarme discrète",
    "Prise d'otage",
    "Braqueur",
    "Détresse",
    "Alerte attentat",
    "Alarme sans sirène",
    "Désarmement forcé",
    # Spanish
    "Coacción",
    "Código de coacción usado",
    "Atraco",
    "Asalto zona 3",
    "Código de amago",
    "Bajo amenaza",
    "Secuestro",
    "Pánico silencioso",
    "Alarma silenciosa",
    "Pánico no audible",
    "Bajo intimidación",
    "Alarma oculta",
    "Alarma sin sonido",
    "Desarmado bajo presión",
    # Dutch
    "Dwangcode",
    "Onder dwang uitgeschakeld",
    "Overvalalarm",
    "Overval knop 3",
    "Stil alarm",
    "Stille alarm",
    "Alarm stil",
    "Paniekalarm",
    "Paniekknop",
    "Onhoorbaar alarm",
    "Niet hoorbaar paniekalarm",
    "Geluidloos alarm",
    "Gijzeling",
    "Gedwongen uitschakeling",
    "Bedreiging",
    "Geheim alarm",
    "Alarm zonder geluid",
    # Portuguese
    "Coação",
    "Senha de coação",
    "Coacao",
    "Assalto",
    "Pânico silencioso",
    "Pânico inaudível",
    "Alarme silencioso",
    "Emboscada",
    "Alarme sem som",
    "Intimidação",
    "Refém",
    # Italian
    "Rapina",
    "Coercizione",
    # Contact ID
    "Event 121-User 8",
    "EVENT CODE: 122",
    "CID 1121",
    "cid_1121",
    "Contact ID 126",
    "E129 partition 1",
    "Evento 120",
    "Événement 124",
    "Ereignis 146 Zone 4",
    "121-User 8",
    "1121",
    "1121 01 008",
    "Evt 124",
    "E-121 user 8",
    "18 1121 01 008",
    "Contact ID: 1 121 01 008",
)
SPELLINGS = (
    str.upper,
    str.casefold,
    lambda text: f"Mill House: {text}.",
    lambda text: text.replace(" ", "  "),
    lambda text: text.replace(" ", "_"),
    "\u200b".join,
    lambda text: "".join(
        chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" and sign.isalpha() else sign
        for sign in text
    ),
)


@pytest.mark.parametrize("text", SIGNS)
def test_what_gives_a_silent_alarm_away_is_found(text: str) -> None:
    """In six languages, by word and by number, in whatever spelling."""
    assert mentions_silent_alarm(text)
    assert mentions_silent_alarm(None, "Disarmed", text)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spelling_makes_no_difference(spelling: Callable[[str], str]) -> None:
    """Letter case, blanks, underscores, zero-width and full-width signs."""
    # A number with something before it is no event's, and full-width ones are.
    missed = [
        text
        for text in SIGNS
        if not text[0].isdigit() and not mentions_silent_alarm(spelling(text))
    ]
    assert missed == []


@pytest.mark.parametrize(
    "word", ["duress", "holdup", "silent", "panic", "overval", "coacao"]
)
@pytest.mark.parametrize("between", [" ", ".", "-", "_", "  "])
def test_single_letters_are_one_word(word: str, between: str) -> None:
    """Displays and people space letters out."""
    assert mentions_silent_alarm(f"Alarm {between.join(word.upper())} user 8")


@pytest.mark.parametrize("place", range(1, 6))
def test_a_hyphen_within_a_word_hides_nothing(place: int) -> None:
    """As where a display breaks the line."""
    assert mentions_silent_alarm(f"{'duress'[:place]}-{'duress'[place:]} used")


@pytest.mark.parametrize(
    "text",
    [
        "Liz Wang",
        "LIZ-WANG",
        "L I Z W A N G",
        "Household Upstairs",
        "Household-Upstairs",
        "Hold Upton",
        "Bob Zwanziger",
        "Ben Stiller",
        "Alarm cancelled by Ben Stiller",
        "Alarm still active",
        "Zone 4 still in alarm",
        "Megan Rapinoe",
        "Hispanic Center door",
        "Rob Berry",
        "Am Bush",
        "Audible Panic",
        "Audible Panic-Zone 95",
        "Hörbare Panik",
        "Hoorbaar paniekalarm",
        "Pánico sonoro",
        "Pânico audível",
        "Alarm Silenced by user",
        "Police notified",
        "Armed Stay",
        "Disarmed-P1 Partition 1",
        "Zone Sync Success Mill House",
        "Zone 121 Bypassed",
        "121 Main Street",
        "Nora Attaway",
        "Ann Panicker",
        "Anna Geiselhart",
        "Attack Dog Lane",
        "Disarmed Air Force Base",
        "Forced Arm Away",
        "Front door forced open",
        "No sound from the doorbell",
        "Pa Smith",
        "18 1131 01 015",
        "User 122",
        "Zonas 1 e 121",
        "Event 1210",
        "Event 123",
        "Fire Alarm Zone 12",
        "Burglary alarm",
        "Alarma de robo",
        "Einbruchalarm",
        "Inbraakalarm",
        "Sensor 16: Hallway Smoke Detector Low Battery",
        "Update",
        "",
    ],
)
def test_people_places_and_ordinary_alarms_pass(text: str) -> None:
    """Whole words alone count, and never across their borders."""
    assert mentions_silent_alarm(text) is (text == "Event 123")


@given(
    st.sampled_from(
        ["Zwang", "Dwang", "Holdup", "Overval", "Duress", "Panic", "Silent"]
    ),
    st.integers(1, 5),
    st.sampled_from(["Liz", "Mia", "Uwe", "Otto"]),
)
def test_two_words_never_make_one(sign: str, place: int, name: str) -> None:
    head, tail = sign[:place], sign[place:]
    if tail and not (sign == "Holdup" and tail == "up") and len(head) > 1 < len(tail):
        assert not mentions_silent_alarm(f"{name}{head.lower()} {tail}a")


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    """Nothing breaks it, lone surrogates and format signs included."""
    mentions_silent_alarm(text)
    assert mentions_silent_alarm(f"{text} duress alarm")


def test_the_events_are_those_of_contact_id() -> None:
    """120 to 129 without the audible one, and 146."""
    assert {*range(120, 130), 146} - {123} == SILENT_EVENTS
    for event in (*range(120, 130), 146):
        for qualifier in ("", "1", "3", "6"):
            assert mentions_silent_alarm(f"Event {qualifier}{event}-User 8")

"""What is asked after a sync, what PanelSync asks back, and what it tells later."""

from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_mock_service,
)

from custom_components.panelsync.voice.language import read_speeches
from custom_components.panelsync.voice.recognition import Recognizer
from custom_components.panelsync.voice.requests import RequestKind
from simulator import SimulatorOptions

from .automations import device_id
from .conftest import StartHome
from .home import HEALTHY, STALE, Home
from .talk import Talk, notifications
from .test_voice import LANGUAGES, STARTED, rename, since, started

SATELLITE = "assist_satellite.kitchen"

pytestmark = pytest.mark.usefixtures("conversation")


@pytest.fixture
async def home(start_home: StartHome) -> Home:
    """Return a loaded account whose users may be synced by voice."""
    return await start_home(voice_user_sync=True)


@pytest.fixture
def talk(home: Home) -> Talk:
    """Return a conversation in English."""
    return Talk(home)


# --- questions after an outcome ---------------------------------------------------


async def test_how_the_newest_sync_went(home: Home, talk: Talk) -> None:
    assert await talk.say("did the sync at mill house work") == (
        "I have no record of a sync at Mill House."
    )
    await talk.say("sync the panel at hill farm")
    assert await talk.say("why did the sync at hill farm fail?") == (
        "The panel sync at Hill Farm failed just now:"
        " Total Connect cannot reach the panel."
        " Check that the panel is online, then try again."
    )
    await talk.say("refresh the status of mill house")
    await home.wait(130)
    assert await talk.say("did the last sync at the mill house work") == (
        "The refresh at Mill House succeeded 2 minutes ago."
    )
    # Of many, those that were synced, the newest first.
    assert await talk.say("did the sync work") == (
        "The refresh at Mill House succeeded 2 minutes ago."
        " The panel sync at Hill Farm failed 2 minutes ago:"
        " Total Connect cannot reach the panel."
    )


async def test_a_sync_that_is_still_running(home: Home, talk: Talk) -> None:
    home.simulator.switches.panel_sync_seconds = 40
    await talk.say("sync the panel at mill house")
    assert await talk.say("did the sync at mill house work") == (
        "The panel sync is still running at Mill House."
    )
    await home.wait(90)


async def test_which_locations_need_a_sync(home: Home, talk: Talk) -> None:
    answer = await talk.say("which locations need a sync?")
    assert "Lake Cabin needs a panel sync." in answer


async def test_how_many_user_changes_wait(home: Home, talk: Talk) -> None:
    assert await talk.say("how many user changes are waiting at mill house") == (
        "2 user changes are pending at Mill House."
    )
    answer = await talk.say("how many user changes are pending?")
    assert "at Mill House" in answer
    assert "Lake Cabin" not in answer


QUESTIONS = {
    "en": (
        "did the sync work",
        "why did the sync fail",
        "which locations need a sync",
        "how many user changes are waiting",
    ),
    "de": (
        "hat die Synchronisierung geklappt",
        "warum hat die Synchronisierung nicht geklappt",
        "welche Standorte müssen synchronisiert werden",
        "wie viele Benutzeränderungen stehen aus",
    ),
    "es": (
        "¿ha funcionado la sincronización?",
        "¿por qué falló la sincronización?",
        "¿qué ubicaciones necesitan sincronización?",
        "¿cuántos cambios de usuario hay pendientes?",
    ),
    "fr": (
        "est-ce que la synchronisation a marché ?",
        "pourquoi la synchronisation a échoué ?",
        "quels emplacements ont besoin d'une synchronisation ?",
        "combien de modifications d'utilisateurs sont en attente ?",
    ),
    "nl": (
        "is de synchronisatie gelukt?",
        "waarom is de synchronisatie mislukt?",
        "welke locaties moeten gesynchroniseerd worden?",
        "hoeveel gebruikerswijzigingen staan er open?",
    ),
    "pt-BR": (
        "a sincronização deu certo?",
        "por que a sincronização falhou?",
        "quais locais precisam de sincronização?",
        "quantas alterações de usuário estão pendentes?",
    ),
}
STARTS_NOTHING = {
    "en": ("sync everything", "sync mill house", "no"),
    "de": ("synchronisiere alles", "synchronisiere Mill House", "nein"),
    "es": ("sincroniza todo", "sincroniza Mill House", "no"),
    "fr": ("synchronise tout", "synchronise Mill House", "non"),
    "nl": ("synchroniseer alles", "synchroniseer Mill House", "nee"),
    "pt-BR": ("sincronize tudo", "sincronize Mill House", "não"),
}
EVERYTHING = {
    "en": "refresh all locations",
    "de": "aktualisiere alle Standorte",
    "es": "actualiza todas las ubicaciones",
    "fr": "actualise tous les emplacements",
    "nl": "ververs alle locaties",
    "pt-BR": "atualize todos os locais",
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_language_asks_and_is_asked(home: Home, language: str) -> None:
    speech = read_speeches()[language]
    talk = Talk(home, language)
    worked, why, needs, pending = [await talk.say(text) for text in QUESTIONS[language]]
    assert worked == why
    assert speech.say("no_outcome", location="Mill House") in worked
    assert speech.say("sync_required", location="Lake Cabin") in needs
    assert speech.say("pending_many", count=2, location="Mill House") in pending
    *which, no = STARTS_NOTHING[language]
    for text in which:
        assert await talk.say(text) != ""
        assert await talk.say(no) == speech.say("nothing_done")
    assert started(home) == set()
    await talk.say(EVERYTHING[language])
    assert {kind for kind, _ in since(home, set())} == {"refresh"}
    assert len(since(home, set())) == 4


# --- what PanelSync asks back ------------------------------------------------------


async def test_it_asks_which_sync_and_takes_the_answer(home: Home, talk: Talk) -> None:
    assert await talk.say("sync mill house") == (
        "Which sync at Mill House: the users or the panel?"
    )
    assert started(home) == set()
    await talk.say("the panel")
    assert since(home, set()) == {("panel", HEALTHY)}


async def test_it_asks_where_and_takes_the_answer(home: Home, talk: Talk) -> None:
    assert (await talk.say("sync the panel")).startswith("At which location")
    await talk.say("at the mill house, please")
    assert since(home, set()) == {("panel", HEALTHY)}


async def test_everywhere_is_an_answer(home: Home, talk: Talk) -> None:
    await talk.say("refresh the status")
    await talk.say("everywhere")
    assert len(since(home, set())) == 4


async def test_a_close_spelling_is_offered_and_never_taken(
    home: Home, talk: Talk
) -> None:
    assert await talk.say("sync the panel at the harbor shop") == (
        "I don't know a location called harbor shop. Did you mean Harbour Shop?"
    )
    assert started(home) == set()
    answer = await talk.say("yes")
    assert answer.endswith("The panel is armed. Disarm it, then try again.")


async def test_no_starts_nothing(home: Home, talk: Talk) -> None:
    await talk.say("sync the panel at the hil farm")
    assert await talk.say("no") == "Okay, nothing was started."
    assert started(home) == set()


async def test_an_answer_in_another_conversation_is_none(
    home: Home, talk: Talk
) -> None:
    await talk.say("sync the panel")
    assert await Talk(home).say("mill house") == "I hadn't asked you anything."
    assert started(home) == set()
    await talk.say("mill house")
    assert since(home, set()) == {("panel", HEALTHY)}


async def test_a_question_is_forgotten(home: Home, talk: Talk) -> None:
    await talk.say("sync the panel")
    await home.wait(70)
    # Home Assistant itself answers: nobody listens for a name any more.
    assert "Mill House" not in await talk.say("mill house")
    assert started(home) == set()


async def test_only_names_of_locations_are_taken_from_others(
    home: Home, talk: Talk
) -> None:
    assert "sync" not in await talk.say("sync my phone")
    rename(home, HEALTHY, name_by_user="My Phone")
    await home.settle()
    assert (await talk.say("sync my phone")).startswith("Which sync at My Phone")


# --- names ----------------------------------------------------------------------------


async def test_the_name_a_person_gave_beats_the_services(
    home: Home, talk: Talk
) -> None:
    rename(home, STALE, name_by_user="Mill House")
    assert await talk.say("is mill house in sync") == "Mill House needs a panel sync."


async def test_two_of_one_name_are_told_apart(home: Home, talk: Talk) -> None:
    valley = ar.async_get(home.hass).async_create("Valley")
    rename(home, HEALTHY, name_by_user="The Barn", area_id=valley.id)
    rename(home, STALE, name_by_user="The Barn")
    account = home.entry.title
    assert await talk.say("sync the panel at the barn") in (
        f"At which location: The Barn (Valley) or The Barn ({account})?",
        f"At which location: The Barn ({account}) or The Barn (Valley)?",
    )
    await talk.say("the barn valley")
    assert since(home, set()) == {("panel", HEALTHY)}


# --- who may know -----------------------------------------------------------------------


async def test_a_status_is_for_those_who_may_see_it(
    home: Home, talk: Talk, hass_read_only_user: MockUser
) -> None:
    visible = home.entity_id("sensor", "sync_status", HEALTHY)
    hass_read_only_user.mock_policy({"entities": {"entity_ids": {visible: True}}})
    context = Context(user_id=hass_read_only_user.id)
    answer = await talk.say("which locations need a sync", context)
    assert "Mill House" in answer
    assert "Lake Cabin" not in answer
    answer = await talk.say("is the lake cabin in sync", context)
    assert "needs" not in answer
    hass_read_only_user.mock_policy({})
    assert await talk.say("is mill house in sync", context) == (
        "Your Home Assistant user isn't allowed to see these locations."
    )


# --- told later -----------------------------------------------------------------------


def written(home: Home) -> list[str]:
    """Return what was written down for a person to read later."""
    return [message for _, message in notifications(home.hass)]


async def sync_for_long(talk: Talk) -> None:
    """Ask for a sync that lasts, and let it end."""
    home = talk.home
    home.simulator.switches.panel_sync_seconds = 40
    assert await talk.say("sync the panel at mill house") == STARTED
    assert home.outcomes(HEALTHY) == []
    await home.wait(90)
    assert home.outcomes(HEALTHY)[-1]["outcome"] == "succeeded"


async def test_a_long_sync_is_announced_where_it_was_asked_for(home: Home) -> None:
    calls = async_mock_service(home.hass, "assist_satellite", "announce")
    await sync_for_long(Talk(home, satellite=SATELLITE))
    (call,) = calls
    assert call.data == {
        "entity_id": SATELLITE,
        "message": "The panel sync succeeded at Mill House.",
    }
    assert written(home) == []


async def test_a_device_that_has_a_satellite_is_where_it_was_asked_for(
    home: Home,
) -> None:
    calls = async_mock_service(home.hass, "assist_satellite", "announce")
    entry = MockConfigEntry(domain="esphome")
    entry.add_to_hass(home.hass)
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("esphome", "kitchen")}
    )
    for domain in ("sensor", "assist_satellite"):
        er.async_get(home.hass).async_get_or_create(
            domain, "esphome", "kitchen", device_id=device.id, config_entry=entry
        )
    await sync_for_long(Talk(home, device=device.id))
    (call,) = calls
    assert call.data["entity_id"].startswith("assist_satellite.")


async def test_a_device_without_a_satellite_writes_it_down(home: Home) -> None:
    await sync_for_long(Talk(home, device=device_id(home, HEALTHY)))
    assert written(home) == ["The panel sync succeeded at Mill House."]


@pytest.mark.parametrize("options", [SimulatorOptions(profile="old")])
async def test_what_could_not_be_confirmed_is_said_so(home: Home, talk: Talk) -> None:
    await talk.say("refresh the status of mill house")
    await home.wait(60)
    answer = await talk.say("did the sync at mill house work")
    assert "could not be confirmed: This panel cannot be queried" in answer


def test_what_is_no_sentence_requests_nothing() -> None:
    recognizer = Recognizer(read_speeches())
    assert recognizer.request("open the pod bay doors", "en", []) is None
    # Another language than that of who speaks is understood, too.
    request = recognizer.request("ist alles synchron", "en", [])
    assert request is not None
    assert request.kind is RequestKind.STATUS


async def test_without_a_satellite_it_is_written_down(home: Home, talk: Talk) -> None:
    await sync_for_long(talk)
    assert written(home) == ["The panel sync succeeded at Mill House."]


async def test_a_satellite_that_cannot_announce(home: Home) -> None:
    def refuse(call: Any) -> None:
        raise HomeAssistantError("away")

    home.hass.services.async_register("assist_satellite", "announce", refuse)
    await sync_for_long(Talk(home, satellite=SATELLITE))
    assert written(home) == ["The panel sync succeeded at Mill House."]


async def test_what_was_answered_is_not_told_again(home: Home, talk: Talk) -> None:
    await talk.say("refresh the status of mill house")
    await home.wait(60)
    assert written(home) == []


@pytest.mark.parametrize("options", [SimulatorOptions(locations=1)])
async def test_an_alias_reaches_the_sentences_with_a_name(
    home: Home, talk: Talk
) -> None:
    er.async_get(home.hass).async_update_entity(
        home.entity_id("sensor", "sync_status", HEALTHY), aliases=["the boat place"]
    )
    assert await talk.say("is the boat place in sync") == (
        "User changes are pending at Mill House."
    )

"""Sentences as people say them, through the conversation's own door."""

import asyncio
from dataclasses import replace
from typing import Any

from homeassistant.components.conversation import async_converse
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.trigger import async_initialize_triggers
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.panelsync.const import (
    CONF_SERVICE_URL,
    CONF_USER_SYNC_WAY,
    CONF_WEB_URL,
    DOMAIN,
)
from custom_components.panelsync.voice.sentence_triggers import async_attach_sentences
from simulator import Simulator, SimulatorOptions

from .automations import device_id
from .conftest import StartHome
from .home import HEALTHY, STALE, Home
from .phrases import EVERY, NAMES, NOT_MEANT, WAYS
from .quiet import quiet
from .talk import Talk

STARTED = "Started. I'll tell you the outcome, and you'll find it under Activity."
LANGUAGES = ["en", "es", "fr", "de", "nl", "pt-BR"]

pytestmark = pytest.mark.usefixtures("conversation")


@pytest.fixture
async def home(start_home: StartHome) -> Home:
    """Return a loaded account whose users may be synced by voice."""
    return await start_home(voice_user_sync=True)


async def say(
    home: Home, text: str, language: str = "en", context: Context | None = None
) -> str:
    """Say one sentence in a conversation of its own, and return the answer."""
    return await Talk(home, language).say(text, context)


QUESTIONS = ("status", "last")


type Started = set[tuple[str, int, str]]


def started(home: Home) -> Started:
    """Return each run that was begun or refused: kind, location, when it was asked."""
    found: Started = set()
    for index in EVERY:
        if home.location_id(index) not in home.entry.runtime_data.locations:
            continue
        history = home.coordinator(index).history
        found |= {
            (record.kind.value, index, record.requested.isoformat())
            for record in (*history.ended.values(), history.open_run)
            if record is not None
        }
        found |= {(one["kind"], index, one["asked"]) for one in home.outcomes(index)}
    return found


def since(home: Home, before: Started) -> set[tuple[str, int]]:
    """Return what was begun or refused since then, by kind and location."""
    return {(kind, index) for kind, index, _ in started(home) - before}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_phrase_starts_what_it_says(home: Home, language: str) -> None:
    for (of, does, where), (text, *_) in WAYS.items():
        if of != language or does in QUESTIONS or HEALTHY not in where:
            continue
        before = started(home)
        starts = {str(kind): n for kind, n in home.location(HEALTHY).starts.items()}
        answer = await say(home, text, language)
        assert since(home, before) == {(does, index) for index in where}, text
        if does != "refresh":
            starts[does] += 1
        assert home.location(HEALTHY).starts == starts, text
        assert "{" not in answer
        # The cool-down ends.
        await home.wait(70, step=10)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_may_be_said_in_many_ways(home: Home, language: str) -> None:
    await home.let_no_change_wait()
    for index, name in NAMES.items():
        rename(home, index, name_by_user=name)
    rows = [
        (does, where, said)
        for (of, does, where), said in WAYS.items()
        if of == language
    ]
    assert {does for does, _, _ in rows} == {"users", "panel", "refresh", *QUESTIONS}
    # Questions first: they find every location as it was at the start.
    for does, where, said in sorted(rows, key=lambda row: row[0] not in QUESTIONS):
        for text in said:
            home.freezer.tick(1)
            before = started(home)
            answer = await say(home, text, language)
            assert "{" not in answer, text
            new = since(home, before)
            named = {index for index, name in NAMES.items() if name in answer}
            if does not in QUESTIONS:
                assert new == {(does, index) for index in where}, text
                assert where or len(named) > 1, text
                continue
            assert new == set(), text
            only_what_is_not_well = does == "status" and where == EVERY
            assert named == ({STALE} if only_what_is_not_well else set(where)), text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_only_sounds_alike_starts_nothing(home: Home, language: str) -> None:
    for text in NOT_MEANT[language]:
        await say(home, text, language)
    assert started(home) == set()


# --- what is said of an outcome ---------------------------------------------------


async def test_the_outcome_is_said_if_it_comes_soon(home: Home) -> None:
    answer = await say(home, "refresh the status of the mill house")
    assert answer == "The refresh succeeded at Mill House."
    answer = await say(home, "sync the panel at the hill farm")
    assert answer == (
        "The panel sync failed at Hill Farm: Total Connect cannot reach the panel."
        " Check that the panel is online, then try again."
    )


async def test_the_changes_that_go_live_are_counted(home: Home) -> None:
    answer = await say(home, "sync the users at mill house")
    assert answer.endswith("2 user changes were pending.")


async def test_a_refusal_is_said_with_its_cure(home: Home) -> None:
    answer = await say(home, "sync the panel at the harbour shop")
    assert answer == (
        "The panel sync didn't start at Harbour Shop: The panel is armed."
        " Disarm it, then try again."
    )
    assert home.panel_starts() == []


@pytest.mark.parametrize("options", [SimulatorOptions(profile="old")])
async def test_what_cannot_be_confirmed_is_said_so(home: Home) -> None:
    answer = await say(home, "refresh the status of mill house")
    assert answer == (
        "The refresh could not be confirmed at Mill House."
        " This panel cannot be queried; Total Connect's copy was read."
    )


async def test_several_outcomes_are_told_apart(home: Home) -> None:
    answer = await say(home, "sync the panel everywhere")
    assert answer == (
        "The panel sync did not work at Harbour Shop and Hill Farm."
        " You'll find the reasons under Activity."
        " The panel sync is still running at Lake Cabin and Mill House."
        " I'll tell you the outcome, and you'll find it under Activity."
    )


async def test_how_each_location_stands(home: Home) -> None:
    await home.let_no_change_wait()
    assert (
        await say(home, "is the lake cabin in sync") == "Lake Cabin needs a panel sync."
    )
    home.simulator.switches.panel_sync_seconds = 40
    await say(home, "sync the panel at lake cabin")
    assert await say(home, "is the lake cabin in sync") == (
        "A sync is in progress at Lake Cabin."
    )
    await say(home, "sync the panel at hill farm")
    assert await say(home, "is hill farm in sync") == (
        "The last sync at Hill Farm failed. The reason is in Activity."
    )
    assert await say(home, "is everything in sync") == (
        "2 of 4 locations are in sync."
        " The last sync at Hill Farm failed. The reason is in Activity."
        " A sync is in progress at Lake Cabin."
    )
    await say(home, "sync the panel at mill house")
    answer = await say(home, "is everything in sync")
    assert answer.startswith("1 of 4 locations is in sync.")


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_what_is_not_known_is_said_so(home: Home) -> None:
    assert await say(home, "when did the mill house last sync") == (
        "I have no record of a successful sync at Mill House."
    )


@pytest.mark.parametrize("options", [SimulatorOptions(locations=9)])
async def test_nobody_listens_to_long_lists(home: Home) -> None:
    answer = await say(home, "when was the last sync")
    assert answer.endswith("And 5 more, shown in Home Assistant.")
    answer = await say(home, "sync the panel at the moon")
    assert answer == "I don't know a location called moon. Your locations: 9 locations."


async def test_another_language_is_answered_in_english(home: Home) -> None:
    await home.let_no_change_wait()
    answer = await say(home, "is the mill house in sync", "it")
    assert answer == "Mill House is in sync."


async def test_what_cannot_be_read_is_said_so(home: Home) -> None:
    home.simulator.faults.add("fullStatus", "503", times=100_000)
    await home.wait(400, step=30)
    assert await say(home, "is the mill house in sync") == (
        "I can't read the status of Mill House right now. PanelSync keeps trying."
    )


async def test_everything_in_sync_is_one_sentence(home: Home) -> None:
    await home.let_no_change_wait()
    await say(home, "sync the panel at lake cabin")
    await home.wait(60)
    assert await say(home, "is everything in sync") == ("All 4 locations are in sync.")


# --- who is meant -----------------------------------------------------------------

OFFICES = ("Oficina Central", "Oficina Norte")
BUEROS = ("Büro Zentrale", "Büro Nord")


def rename(home: Home, index: int, **changes: Any) -> None:
    """Change the device of a location as a person does."""
    dr.async_get(home.hass).async_update_device(device_id(home, index), **changes)


async def test_an_unknown_name_is_answered_with_those_there_are(home: Home) -> None:
    answer = await say(home, "sync the panel at the beach hut")
    assert answer == (
        "I don't know a location called beach hut."
        " Your locations: Harbour Shop, Hill Farm, Lake Cabin and Mill House."
    )
    assert started(home) == set()


async def test_words_that_were_not_understood_start_nothing(home: Home) -> None:
    for text in (
        "sync the panel at the mill house and the lake cabin",
        "sync the users at the mill house tomorrow",
    ):
        assert (await say(home, text)).startswith("I don't know a location called")
    assert started(home) == set()


async def test_without_a_name_it_asks_which(home: Home) -> None:
    answer = await say(home, "sync the panel")
    assert answer == (
        "At which location: Harbour Shop, Hill Farm, Lake Cabin or Mill House?"
    )
    assert started(home) == set()


@pytest.mark.parametrize("options", [SimulatorOptions(locations=9)])
async def test_too_many_to_name_are_counted(home: Home) -> None:
    answer = await say(home, "sync the panel")
    assert answer == (
        "At which location? You have 9. Say the name of one, or say everywhere."
    )
    assert started(home) == set()


@pytest.mark.parametrize("options", [SimulatorOptions(locations=1)])
async def test_the_only_location_needs_no_name(home: Home) -> None:
    await say(home, "sync the panel")
    assert home.location(HEALTHY).starts["panel"] == 1


async def test_an_area_with_two_locations_asks_which(home: Home) -> None:
    area = ar.async_get(home.hass).async_create("Valley", aliases={"The Dale"})
    rename(home, HEALTHY, area_id=area.id)
    for text in ("refresh the status in the valley", "refresh the status in the dale"):
        assert await say(home, text) == "The refresh succeeded at Mill House."
        await home.wait(60)
    rename(home, STALE, area_id=area.id)
    assert await say(home, "refresh the status in the valley") == (
        "At which location: Lake Cabin or Mill House?"
    )


async def test_a_name_that_is_new_while_the_account_goes_is_not_learned(
    home: Home,
) -> None:
    rename(home, HEALTHY, name_by_user="Grandma's")
    assert await home.hass.config_entries.async_unload(home.entry.entry_id)
    await home.settle()
    assert home.panel_starts() == []
    assert await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.settle()
    assert "Grandma's" in await say(home, "is grandma's in sync")


async def test_a_renamed_device_and_an_alias_count(home: Home) -> None:
    await home.let_no_change_wait()
    rename(home, HEALTHY, name_by_user="Grandma's")
    assert await say(home, "is grandma's in sync") == "Grandma's is in sync."
    # The service's own name goes on to be understood.
    assert await say(home, "is mill house in sync") == "Grandma's is in sync."
    er.async_get(home.hass).async_update_entity(
        home.entity_id("sensor", "sync_status", STALE), aliases=["the boat place"]
    )
    assert (
        await say(home, "is the boat place in sync") == "Lake Cabin needs a panel sync."
    )
    # The names a person gave are read out where one has to be chosen.
    assert "Grandma's" in await say(home, "sync the panel")


@pytest.mark.parametrize(
    ("language", "names", "text", "where"),
    [
        # Without "central", a word for the panel, "oficina" fits both.
        ("es", OFFICES, "sincroniza los usuarios en la oficina", None),
        ("es", OFFICES, "sincroniza los usuarios en la oficina central", HEALTHY),
        ("es", OFFICES, "sincroniza los usuarios en la oficina norte", STALE),
        ("de", BUEROS, "synchronisiere die Benutzer im Büro", None),
        ("de", BUEROS, "synchronisiere die Benutzer im Büro Zentrale", HEALTHY),
        # A name may be such a word itself, and "all" one, too.
        ("es", ("Central", "Norte"), "sincroniza los usuarios en la central", HEALTHY),
        (
            "de",
            ("Zentrale", "Lager"),
            "synchronisiere die Benutzer in der Zentrale",
            HEALTHY,
        ),
        ("en", ("Barn", "Barn Panel"), "sync the users at the barn panel", STALE),
        ("en", ("Barn", "Barn Panel"), "sync the users at the barn", HEALTHY),
        ("en", ("Barn", "Every Place"), "sync the users at every place", STALE),
        ("en", ("The Barn", "Barn House"), "sync the users at the barn", HEALTHY),
        ("en", ("The Barn", "Barn House"), "sync the users at my barn", None),
    ],
)
async def test_names_of_words_that_are_left_out_elsewhere(
    home: Home, language: str, names: tuple[str, str], text: str, where: int | None
) -> None:
    for index, name in zip((HEALTHY, STALE), names, strict=True):
        rename(home, index, name_by_user=name)
    answer = await say(home, text, language)
    if where is None:
        assert started(home) == set()
        assert all(name in answer for name in names)
        assert "Hill Farm" not in answer
    else:
        assert since(home, set()) == {("users", where)}


async def test_all_panels_at_a_location_called_like_one(home: Home) -> None:
    rename(home, HEALTHY, name_by_user="Central")
    await say(home, "sincroniza todos los paneles de la central", "es")
    assert since(home, set()) == {("panel", HEALTHY)}


# --- who may ----------------------------------------------------------------------


async def test_users_only_with_the_option(start_home: StartHome) -> None:
    home = await start_home()
    answer = await say(home, "sync the users at mill house")
    assert answer.startswith("Nothing was sent to Mill House")
    assert 'turn on "Allow syncing users by voice"' in answer
    assert started(home) == set()
    assert home.location(HEALTHY).starts["users"] == 0
    await say(home, "sync the panel at mill house")
    assert home.location(HEALTHY).starts["panel"] == 1


async def test_a_known_person_must_be_administrator(
    home: Home, hass_read_only_user: MockUser
) -> None:
    context = Context(user_id=hass_read_only_user.id)
    answer = await say(home, "sync the users at mill house", context=context)
    assert answer.endswith("Ask an administrator to do it.")
    assert home.location(HEALTHY).starts["users"] == 0
    answer = await say(home, "sync the panel at mill house", context=context)
    assert answer.startswith("Nothing was sent: your Home Assistant user isn't allowed")
    assert home.panel_starts() == []


async def test_who_spoke_is_in_activity(home: Home, hass_admin_user: MockUser) -> None:
    context = Context(user_id=hass_admin_user.id)
    await say(home, "refresh the status of mill house", context=context)
    told = [event for event in home.told if event.data.get("kind") == "refresh"]
    # Its start and its outcome.
    assert [event.context.user_id for event in told] == [hass_admin_user.id] * 2


async def other_account(home: Home, simulator: Simulator) -> MockConfigEntry:
    """Load one more account, whose users may not be synced by voice."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="other",
        unique_id="other",
        data=home.entry.data
        | {CONF_WEB_URL: simulator.url, CONF_SERVICE_URL: simulator.url},
        options={CONF_USER_SYNC_WAY: "likely"},
    )
    entry.add_to_hass(home.hass)
    await home.hass.config_entries.async_setup(entry.entry_id)
    await home.settle()
    assert entry.state is ConfigEntryState.LOADED
    return entry


async def test_everywhere_leaves_out_where_it_is_not_allowed(
    home: Home, options: SimulatorOptions
) -> None:
    clock = home.simulator.options.clock
    async with Simulator(replace(options, seed=7, locations=1, clock=clock)) as second:
        second.switches.live_read_seconds = 0
        await other_account(home, second)
        answer = await say(home, "sync the users everywhere")
        assert "Nothing was sent to Mill House: this sync may not" in answer
        assert {index for _, index, _ in started(home)} == set(EVERY)
        [location] = second.world.locations.values()
        assert location.starts["users"] == 0


# --- one sentence, one run --------------------------------------------------------


async def test_voice_and_button_at_once_start_once(home: Home) -> None:
    button = home.hass.services.async_call(
        "button",
        "press",
        {"entity_id": home.entity_id("button", "sync_panel", HEALTHY)},
        blocking=True,
    )
    said = say(home, "sync the panel at mill house")
    results = await asyncio.gather(said, button, return_exceptions=True)
    assert home.location(HEALTHY).starts["panel"] == 1
    answers = " ".join(map(str, results))
    # Whichever came second.
    assert "A sync was already" in answers or "Another sync is still" in answers


async def test_two_accounts_answer_once(
    home: Home, hass: HomeAssistant, simulator: Simulator
) -> None:
    other = await other_account(home, simulator)
    # Both see the locations; one allows users by voice and so may be asked.
    await say(home, "sync the users at mill house")
    await home.wait(60)
    assert home.location(HEALTHY).starts["users"] == 1

    await hass.config_entries.async_unload(other.entry_id)
    assert await say(home, "is mill house in sync") == "Mill House is in sync."
    await hass.config_entries.async_unload(home.entry.entry_id)
    assert "Mill House" not in await say(home, "is mill house in sync")
    await hass.config_entries.async_setup(home.entry.entry_id)
    # Until its user changes are counted, nothing is claimed of a location.
    await home.wait(5)
    assert await say(home, "is mill house in sync") == "Mill House is in sync."


async def test_a_reload_in_the_middle_ends_the_waiting(home: Home) -> None:
    home.simulator.switches.panel_sync_seconds = 40
    task = asyncio.create_task(
        async_converse(home.hass, "sync the panel at mill house", None, Context(), "en")
    )
    await quiet()
    assert not task.done()
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    speech = (await task).response.speech["plain"]["speech"]
    assert speech == STARTED
    await home.wait(90)
    assert home.location(HEALTHY).starts["panel"] == 1


# --- secrets ----------------------------------------------------------------------


@pytest.mark.parametrize("options", [SimulatorOptions(profile="old")])
async def test_no_code_and_no_duress_is_ever_spoken(
    simulator: Simulator, start_home: StartHome
) -> None:
    location = list(simulator.world.locations.values())[STALE]
    codes = {"user_code": "739173", "installer_code": "411241", "changed": "now"}
    home = await start_home(voice_user_sync=True, codes={str(location.id): codes})
    simulator.world.duress(location.id)
    await home.wait(120)
    for text in (
        "sync the panel at lake cabin",
        "sync the users at lake cabin",
        "refresh the status of lake cabin",
        "is the lake cabin in sync",
        "when did the lake cabin last sync",
        "when was the last sync",
    ):
        answer = (await say(home, text)).casefold()
        assert "Lake Cabin".casefold() in answer or "activity" in answer
        for secret in ("739173", "411241", "duress", "hold-up"):
            assert secret not in answer


async def test_sentences_that_are_ended_while_they_are_set_stay_ended(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last account may be unloaded while a name is being learned."""

    async def ended_meanwhile(*given: Any) -> Any:
        stop = await async_initialize_triggers(*given)
        await home.hass.config_entries.async_unload(home.entry.entry_id)
        return stop

    monkeypatch.setattr(
        f"{async_attach_sentences.__module__}.async_initialize_triggers",
        ended_meanwhile,
    )
    dr.async_get(home.hass).async_update_device(
        device_id(home, HEALTHY), name_by_user="Old Mill"
    )
    await home.hass.async_block_till_done()
    assert home.entry.state is ConfigEntryState.NOT_LOADED
    assert "couldn't understand" in await say(home, "sync old mill")

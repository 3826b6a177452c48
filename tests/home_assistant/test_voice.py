"""Sentences as people say them, through the conversation's own door."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
import time
from typing import Any

from homeassistant.components.conversation import async_converse
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from .conftest import StartHome
from .home import ARMED, HEALTHY, OFFLINE, STALE, Home

LANGUAGES = ["en", "es", "fr", "de", "nl", "pt-BR"]


@pytest.fixture(autouse=True)
async def conversation(hass: HomeAssistant) -> None:
    """Let the person speak."""
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, component, {})


@pytest.fixture
async def home(start_home: StartHome) -> Home:
    """Return a loaded account whose users may be synced by voice."""
    return await start_home(voice_user_sync=True)


async def say(
    home: Home, text: str, language: str = "en", context: Context | None = None
) -> str:
    """Say a sentence, let time pass until the answer is there, and return it."""
    task = asyncio.create_task(
        async_converse(home.hass, text, None, context or Context(), language)
    )
    for _ in range(60):
        # Real time for the network, then a second of the frozen clock.
        await home.hass.async_add_executor_job(time.sleep, 0.02)
        if task.done():
            break
        home.freezer.tick(1)
        async_fire_time_changed(home.hass)
    return str((await task).response.speech["plain"]["speech"])


@dataclass(frozen=True)
class Phrase:
    """A sentence, and what it must do: a kind started at locations, or an answer."""

    language: str
    text: str
    does: str
    where: tuple[int, ...] = (HEALTHY,)


EVERY = (HEALTHY, STALE, ARMED, OFFLINE)

PHRASES = [
    Phrase("en", "sync the users at the mill house", "users"),
    Phrase("en", "Sync users in Mill House, please.", "users"),
    Phrase("en", "sync the mill house's users", "nothing"),
    Phrase("en", "sink the alarm users at mill house", "users"),
    Phrase("en", "synchronize all user codes everywhere", "users", EVERY),
    Phrase("en", "sync the panel at the millhouse", "panel"),
    Phrase("en", "Sync the alarm panel at the Mill", "panel"),
    Phrase("en", "sync all panels", "panel", EVERY),
    Phrase("en", "sync the panel at all locations", "panel", EVERY),
    Phrase("en", "refresh the status of Mill House", "refresh"),
    Phrase("en", "refresh the alarm status everywhere", "refresh", EVERY),
    Phrase("en", "is the mill house in sync?", "status"),
    Phrase("en", "does the mill house need a sync", "status"),
    Phrase("en", "is everything in sync", "status", EVERY),
    Phrase("en", "When did the Mill House last sync?", "last"),
    Phrase("en", "when was the last sync at mill house", "last"),
    Phrase("en", "when was the last sync", "last", EVERY),
    Phrase("es", "sincroniza los usuarios en Mill House", "users"),
    Phrase("es", "Sincroniza los usuarios de la Mill House, por favor", "users"),
    Phrase("es", "sincroniza los usuarios en todas partes", "users", EVERY),
    Phrase("es", "sincroniza el panel de Mill House", "panel"),
    Phrase("es", "sincroniza todos los paneles", "panel", EVERY),
    Phrase("es", "actualiza el estado de Mill House", "refresh"),
    Phrase("es", "¿Está Mill House sincronizada?", "status"),
    Phrase("es", "¿Mill House está sincronizado?", "status"),
    Phrase("es", "¿Está todo sincronizado?", "status", EVERY),
    Phrase("es", "¿Cuándo se sincronizó Mill House por última vez?", "last"),
    Phrase("es", "cuándo fue la última sincronización de Mill House", "last"),
    Phrase("fr", "synchronise les utilisateurs à Mill House", "users"),
    Phrase("fr", "synchronise les utilisateurs partout", "users", EVERY),
    Phrase("fr", "Synchronise la centrale de Mill House s'il te plaît", "panel"),
    Phrase("fr", "synchronise toutes les centrales", "panel", EVERY),
    Phrase("fr", "actualise l'état de Mill House", "refresh"),
    Phrase("fr", "actualise l\u2019état de la centrale à Mill House", "refresh"),
    Phrase("fr", "Est-ce que Mill House est à jour ?", "status"),
    Phrase("fr", "Mill House est-elle synchronisée ?", "status"),
    Phrase("fr", "Quand Mill House a-t-elle été synchronisée la dernière fois", "last"),
    Phrase("fr", "à quand remonte la dernière synchronisation de Mill House", "last"),
    Phrase("de", "Synchronisiere die Benutzer im Mill House", "users"),
    Phrase("de", "Benutzer im Mill House synchronisieren", "users"),
    Phrase("de", "synchronisiere alle Nutzer überall", "users", EVERY),
    Phrase("de", "Synchronisiere die Alarmzentrale im Mill House bitte", "panel"),
    Phrase("de", "alle Alarmanlagen synchronisieren", "panel", EVERY),
    Phrase("de", "Aktualisiere den Status vom Mill House", "refresh"),
    Phrase("de", "Ist das Mill House synchron?", "status"),
    Phrase("de", "Sind alle Standorte synchronisiert?", "status", EVERY),
    Phrase("de", "Wann wurde das Mill House zuletzt synchronisiert?", "last"),
    Phrase("nl", "synchroniseer de gebruikers in Mill House", "users"),
    Phrase("nl", "sync de gebruikers overal", "users", EVERY),
    Phrase("nl", "synchroniseer het paneel van Mill House alsjeblieft", "panel"),
    Phrase("nl", "synchroniseer alle panelen", "panel", EVERY),
    Phrase("nl", "ververs de status van Mill House", "refresh"),
    Phrase("nl", "werk de status van Mill House bij", "refresh"),
    Phrase("nl", "Is Mill House gesynchroniseerd?", "status"),
    Phrase("nl", "zijn alle locaties gesynchroniseerd", "status", EVERY),
    Phrase("nl", "Wanneer is Mill House voor het laatst gesynchroniseerd?", "last"),
    Phrase("pt-BR", "sincronize os usuários na Mill House", "users"),
    Phrase("pt-BR", "sincronizar usuarios em todos os lugares", "users", EVERY),
    Phrase("pt-BR", "sincronize o painel da Mill House, por favor", "panel"),
    Phrase("pt-BR", "sincronize todos os painéis", "panel", EVERY),
    Phrase("pt-BR", "atualize o status da Mill House", "refresh"),
    Phrase("pt-BR", "A Mill House está sincronizada?", "status"),
    Phrase("pt-BR", "todos os locais estão sincronizados", "status", EVERY),
    Phrase("pt-BR", "Quando a Mill House foi sincronizada pela última vez?", "last"),
]


def phrases() -> Iterator[Any]:
    for phrase in PHRASES:
        yield pytest.param(phrase, id=f"{phrase.language}-{phrase.text}")


def started(home: Home) -> list[tuple[str, int]]:
    """Return each run that was begun or refused, by kind and location."""
    by_id = {home.location_id(index): index for index in EVERY}
    runs = [
        (kind, by_id[coordinator.location.location_id])
        for coordinator in home.entry.runtime_data.locations.values()
        for kind in coordinator.history.accepted
    ]
    told = [(event["kind"], index) for index in EVERY for event in home.outcomes(index)]
    return sorted(set(runs) | set(told))


@pytest.mark.parametrize("phrase", phrases())
async def test_a_phrase_does_what_it_says(home: Home, phrase: Phrase) -> None:
    answer = await say(home, phrase.text, phrase.language)
    places = {home.location(index).name for index in phrase.where}
    if phrase.does in ("users", "panel", "refresh"):
        wanted = sorted((phrase.does, index) for index in phrase.where)
        assert started(home) == wanted, answer
    else:
        assert started(home) == []
    if phrase.does in ("status", "last"):
        if len(places) == 1:
            assert "Mill House" in answer
            assert "Lake Cabin" not in answer
        else:
            assert "Lake Cabin" in answer
    assert "{" not in answer

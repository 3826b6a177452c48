"""Questions and requests of many wordings: what a sentence means, before it is done.

The rows are what people say. What names nothing of ours, such as "did it work", is left
to others.
"""

from typing import Any

import pytest

from custom_components.panelsync.voice.language import read_speeches
from custom_components.panelsync.voice.recognition import Recognizer

NAMES = ("Mill House", "Lake Cabin")

WAYS: dict[tuple[str, str], tuple[str, ...]] = {
    ("en", "outcome"): (
        "did the sync work",
        "did my last sync work",
        "has the sync worked",
        "did the last sync succeed",
        "was the sync successful",
        "did the panel sync fail",
        "why did it fail",
        "why did the sync at mill house fail",
        "how did the last sync go",
        "did mill house sync ok",
        "did the sync go ok",
        "is the sync done",
        "has the sync finished",
        "what happened with the sync",
        "what went wrong with the sync",
        "did the user sync at the lake cabin work",
        "why was the sync not successful",
        "what was the outcome of the last sync",
    ),
    ("en", "needs_sync"): (
        "which locations need a sync",
        "what locations need syncing",
        "which location needs to be synced",
        "which panels need a sync",
        "what needs to be synced",
        "what's out of sync",
        "where do i need to sync",
        "which houses still need a sync",
    ),
    ("en", "pending"): (
        "how many user changes are waiting",
        "how many user changes are waiting at mill house",
        "how many changes are pending",
        "are there any user changes waiting",
        "how many user changes do i have",
        "how many pending user changes are there",
        "any user changes waiting",
        "are any user changes pending",
        "how many code changes are waiting",
        "how many users are waiting",
    ),
    ("en", "sync"): (
        "sync everything",
        "sync all locations",
        "sync all",
        "sync mill house",
        "sync the mill house please",
        "sync all my locations",
        "sync all of my houses",
        "synchronize everything please",
    ),
    ("en", "refresh"): (
        "refresh all locations",
        "refresh everything",
        "refresh all",
        "refresh mill house",
        "refresh all my locations",
        "update all locations",
        "refresh every location please",
        "refresh the status everywhere",
    ),
    ("de", "outcome"): (
        "hat die synchronisierung geklappt",
        "hat die synchronisation funktioniert",
        "war die synchronisierung erfolgreich",
        "warum ist sie fehlgeschlagen",
        "warum ist die synchronisierung fehlgeschlagen",
        "warum hat es nicht geklappt",
        "ist die synchronisierung fertig",
        "wie ist die synchronisierung gelaufen",
        "hat der sync im mill house geklappt",
        "wieso ging die synchronisierung nicht",
        "ist die letzte synchronisierung durchgelaufen",
    ),
    ("de", "needs_sync"): (
        "welche standorte müssen synchronisiert werden",
        "welche standorte brauchen eine synchronisierung",
        "welcher standort muss synchronisiert werden",
        "welche häuser brauchen eine synchronisierung",
        "wo muss synchronisiert werden",
        "welche zentralen sind nicht synchron",
        "wo fehlt eine synchronisierung",
        "was muss noch synchronisiert werden",
    ),
    ("de", "pending"): (
        "wie viele benutzeränderungen stehen aus",
        "wieviele benutzeränderungen warten",
        "wie viele änderungen stehen aus",
        "gibt es ausstehende benutzeränderungen",
        "wie viele benutzeränderungen sind offen",
        "stehen benutzeränderungen aus",
        "wie viele benutzeränderungen gibt es im mill house",
        "warten noch benutzeränderungen",
    ),
    ("de", "sync"): (
        "synchronisiere alles",
        "alles synchronisieren",
        "synchronisiere alle standorte",
        "alle standorte synchronisieren",
        "synchronisiere mill house",
        "mill house synchronisieren",
        "sync alles",
        "bitte das mill house synchronisieren",
    ),
    ("de", "refresh"): (
        "aktualisiere alle standorte",
        "alle standorte aktualisieren",
        "aktualisiere alles",
        "alles aktualisieren",
        "aktualisiere mill house",
        "mill house aktualisieren",
        "status überall aktualisieren",
    ),
    ("es", "outcome"): (
        "funcionó la sincronización",
        "ha funcionado la sincronización",
        "¿salió bien la sincronización?",
        "por qué falló",
        "por qué falló la sincronización",
        "por qué ha fallado la sincronización",
        "fue bien la sincronización",
        "cómo fue la sincronización",
        "ha terminado la sincronización",
        "se sincronizó bien mill house",
        "tuvo éxito la última sincronización",
        "qué pasó con la sincronización",
    ),
    ("es", "needs_sync"): (
        "qué ubicaciones necesitan sincronización",
        "qué ubicaciones necesitan una sincronización",
        "qué ubicaciones hay que sincronizar",
        "cuáles ubicaciones necesitan sincronizarse",
        "hay algo que sincronizar",
        "qué hay que sincronizar",
        "qué casas necesitan sincronizarse",
        "hay que sincronizar algo",
        "dónde hace falta sincronizar",
    ),
    ("es", "pending"): (
        "cuántos cambios de usuario hay pendientes",
        "cuántos cambios de usuarios están pendientes",
        "cuántos cambios hay pendientes",
        "hay cambios de usuario pendientes",
        "hay cambios pendientes en mill house",
        "cuántos cambios de usuario esperan",
        "quedan cambios de usuario pendientes",
    ),
    ("es", "sync"): (
        "sincroniza todo",
        "sincroniza todas las ubicaciones",
        "sincronizar todo",
        "sincroniza mill house",
        "sincroniza la mill house",
        "sincroniza todas las casas",
    ),
    ("es", "refresh"): (
        "actualiza todas las ubicaciones",
        "actualiza todo",
        "actualizar todas las ubicaciones",
        "actualiza mill house",
        "refresca todas las ubicaciones",
    ),
    ("fr", "outcome"): (
        "la synchronisation a-t-elle réussi",
        "est-ce que la synchronisation a marché",
        "la synchronisation a marché",
        "pourquoi a-t-elle échoué",
        "pourquoi la synchronisation a échoué",
        "pourquoi la synchronisation a-t-elle échoué",
        "pourquoi ça a échoué",
        "pourquoi ça n'a pas marché",
        "comment s'est passée la synchronisation",
        "la synchronisation est-elle terminée",
        "la dernière synchronisation a fonctionné",
        "est-ce que la synchro a marché",
    ),
    ("fr", "needs_sync"): (
        "quels emplacements doivent être synchronisés",
        "quels emplacements ont besoin d'une synchronisation",
        "quelles maisons ont besoin d'une synchronisation",
        "quel emplacement doit être synchronisé",
        "que faut-il synchroniser",
        "qu'est-ce qu'il faut synchroniser",
        "y a-t-il quelque chose à synchroniser",
        "faut-il synchroniser quelque chose",
        "quels sites faut-il synchroniser",
    ),
    ("fr", "pending"): (
        "combien de modifications d'utilisateurs sont en attente",
        "combien de modifications sont en attente",
        "combien de changements d'utilisateurs attendent",
        "y a-t-il des modifications en attente",
        "il y a combien de modifications en attente",
        "combien y a-t-il de modifications en attente",
        "est-ce qu'il y a des modifications d'utilisateurs en attente",
    ),
    ("fr", "sync"): (
        "synchronise tout",
        "synchronise tous les emplacements",
        "synchroniser tout",
        "tout synchroniser",
        "synchronise mill house",
        "synchronise la mill house",
    ),
    ("fr", "refresh"): (
        "actualise tous les emplacements",
        "actualise tout",
        "rafraîchis tous les emplacements",
        "actualise mill house",
        "actualiser tous les emplacements",
    ),
    ("nl", "outcome"): (
        "is de synchronisatie gelukt",
        "heeft de synchronisatie gewerkt",
        "waarom is het mislukt",
        "waarom is de synchronisatie mislukt",
        "waarom mislukte de synchronisatie",
        "hoe ging de synchronisatie",
        "is de laatste synchronisatie gelukt",
        "is de synchronisatie klaar",
        "was de synchronisatie geslaagd",
        "wat ging er mis met de synchronisatie",
    ),
    ("nl", "needs_sync"): (
        "welke locaties moeten gesynchroniseerd worden",
        "welke locaties moeten worden gesynchroniseerd",
        "welke locaties hebben een synchronisatie nodig",
        "welke locatie moet gesynchroniseerd worden",
        "wat moet er gesynchroniseerd worden",
        "welke huizen hebben een sync nodig",
        "waar moet ik synchroniseren",
    ),
    ("nl", "pending"): (
        "hoeveel gebruikerswijzigingen staan open",
        "hoeveel gebruikerswijzigingen wachten",
        "hoeveel wijzigingen staan er open",
        "zijn er openstaande gebruikerswijzigingen",
        "hoeveel gebruikerswijzigingen zijn er",
        "staan er gebruikerswijzigingen open",
    ),
    ("nl", "sync"): (
        "synchroniseer alles",
        "alles synchroniseren",
        "synchroniseer alle locaties",
        "alle locaties synchroniseren",
        "synchroniseer mill house",
        "sync alles",
        "synchroniseer het mill house",
    ),
    ("nl", "refresh"): (
        "ververs alle locaties",
        "vernieuw alle locaties",
        "vernieuw alles",
        "ververs alles",
        "alle locaties verversen",
        "vernieuw mill house",
        "werk alle locaties bij",
    ),
    ("pt-BR", "outcome"): (
        "a sincronização funcionou",
        "a sincronização deu certo",
        "deu certo a sincronização",
        "por que falhou",
        "por que a sincronização falhou",
        "porque a sincronização falhou",
        "por que não funcionou",
        "como foi a sincronização",
        "a sincronização terminou",
        "a última sincronização funcionou",
        "o que deu errado na sincronização",
    ),
    ("pt-BR", "needs_sync"): (
        "quais locais precisam de sincronização",
        "quais locais precisam ser sincronizados",
        "que locais precisam de uma sincronização",
        "qual local precisa de sincronização",
        "o que precisa ser sincronizado",
        "tem algo para sincronizar",
        "alguma coisa precisa ser sincronizada",
        "preciso sincronizar alguma coisa",
    ),
    ("pt-BR", "pending"): (
        "quantas alterações de usuários estão pendentes",
        "quantas alterações de usuário estão pendentes",
        "quantas alterações estão esperando",
        "há alterações pendentes",
        "tem alterações de usuários pendentes",
        "quantas mudanças de usuário estão pendentes",
        "existem alterações pendentes",
    ),
    ("pt-BR", "sync"): (
        "sincronize tudo",
        "sincroniza tudo",
        "sincronizar tudo",
        "sincronize todos os locais",
        "sincronize mill house",
        "sincronize a mill house",
    ),
    ("pt-BR", "refresh"): (
        "atualize todos os locais",
        "atualiza todos os locais",
        "atualize tudo",
        "atualizar todos os locais",
        "atualize mill house",
    ),
}


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    """Return all sentences of all languages."""
    return Recognizer(read_speeches())


@pytest.mark.parametrize(("way", "said"), WAYS.items(), ids=str)
def test_it_is_understood(
    recognizer: Recognizer, way: tuple[str, str], said: tuple[str, ...]
) -> None:
    language, kind = way
    understood: dict[str, Any] = {
        text: found.kind
        for text in said
        if (found := recognizer.request(text, language, NAMES)) is not None
    }
    assert understood == dict.fromkeys(said, kind)


@pytest.mark.parametrize(
    "text",
    [
        "did it work",
        "hat das geklappt",
        "is het gelukt",
        "deu certo",
        "refresh the page",
    ],
)
def test_what_names_nothing_of_ours_is_left_to_others(
    recognizer: Recognizer, text: str
) -> None:
    for language in ("en", "de", "es", "fr", "nl", "pt-BR"):
        assert recognizer.request(text, language, NAMES) is None

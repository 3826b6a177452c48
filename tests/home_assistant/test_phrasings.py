"""What people say in each language, beside the examples of the guide."""

import pytest

from custom_components.panelsync.voice.language import read_speeches
from custom_components.panelsync.voice.matching import only_fillers
from custom_components.panelsync.voice.recognition import Recognizer
from custom_components.panelsync.voice.requests import RequestKind

HOUSE = "Mill House"

SAID = {
    "en": {
        RequestKind.SYNC_PANEL: (
            "I need you to sync the panel",
            "go ahead and sync the panel",
            "let's sync the panel",
            "hey sync the panel",
            "resync the panel",
            "re-sync the panel",
            "sync up the alarm",
            "force a panel sync",
            "kick off a panel sync",
            "sync the security system",
            "sync the security panel",
            "sync up the panel",
            "sync the alarm at home",
            "sync the panel one more time",
        ),
        RequestKind.SYNC: (
            "sync everything",
            "run a sync",
            "sync both of them",
        ),
        RequestKind.SYNC_USERS: (
            "push the new codes",
            "send the codes",
            "update the codes",
            "sync the new code",
            "sync my pins",
        ),
        RequestKind.REFRESH: (
            "check the status",
            "get the latest status",
            "poll the panel",
        ),
        RequestKind.STATUS: (
            "is the mill house up to date",
            "is it in sync",
            "does anything need a sync",
            "is anything out of sync",
            "do any panels need a sync",
            "is the house in sync",
            "is a sync still running",
        ),
        RequestKind.NEEDS_SYNC: (
            "do I need to sync",
            "which locations need a sync",
            "what needs a sync",
        ),
        RequestKind.LAST_SYNC: (
            "how long ago was the mill house synced",
            "how long since the last sync",
            "what time did the mill house last sync",
            "when was it synced",
            "when did we last sync",
            "when were the users last synced",
        ),
        RequestKind.OUTCOME: (
            "did the sync work",
            "did it sync",
        ),
        RequestKind.PENDING: ("how many user changes are pending",),
    },
    "de": {
        RequestKind.SYNC_PANEL: (
            "ich will die Zentrale synchronisieren",
            "kannst du bitte mal die Zentrale synchronisieren",
            "gleich die Anlage ab",
            "starte die Synchronisierung der Alarmanlage",
            "synchronisiere die Zentrale erneut",
        ),
        RequestKind.SYNC: (
            "mach einen Sync",
            "synchronisiere alles",
            "starte eine Synchronisierung",
        ),
        RequestKind.SYNC_USERS: (
            "übertrage die neuen Codes",
            "schick die Codes",
            "Codes aktualisieren",
            "synchronisiere die PINs",
        ),
        RequestKind.REFRESH: (
            "frag den Status ab",
            "Status abfragen",
            "hol den aktuellen Status",
        ),
        RequestKind.STATUS: (
            "ist Mill House auf dem neuesten Stand",
            "wie ist der Sync-Status",
            "muss irgendwas synchronisiert werden",
            "sind alle Anlagen synchron",
            "ist irgendwas nicht synchron",
            "läuft noch eine Synchronisierung",
        ),
        RequestKind.NEEDS_SYNC: (
            "muss ich synchronisieren",
            "welche Standorte müssen synchronisiert werden",
            "was ist nicht synchron",
        ),
        RequestKind.LAST_SYNC: (
            "wann wurde zuletzt synchronisiert",
            "wann hast du zuletzt synchronisiert",
            "wann war der letzte Sync",
            "wie lange ist der letzte Sync her",
            "wann wurden die Benutzer zuletzt synchronisiert",
        ),
        RequestKind.OUTCOME: (
            "hat die Synchronisierung geklappt",
            "war die Synchronisierung erfolgreich",
        ),
        RequestKind.PENDING: ("wie viele Benutzeränderungen stehen aus",),
    },
    "fr": {
        RequestKind.SYNC_PANEL: (
            "je veux que tu synchronises la centrale",
            "veuillez synchroniser la centrale",
            "il faudrait synchroniser la centrale",
            "resynchronise la centrale",
            "synchronise à nouveau la centrale",
        ),
        RequestKind.SYNC: ("synchronise tout",),
        RequestKind.SYNC_USERS: (
            "envoie les codes",
            "mets à jour les codes",
            "synchronise mes codes",
            "synchronise les codes d'accès",
        ),
        RequestKind.REFRESH: (
            "interroge la centrale",
            "vérifie l'état",
        ),
        RequestKind.STATUS: (
            "est-ce qu'il faut synchroniser",
            "faut-il une synchro",
        ),
        RequestKind.LAST_SYNC: (
            "c'est quand la dernière synchro",
            "la dernière synchro c'était quand",
            "quand est-ce que la centrale a été synchronisée",
        ),
        RequestKind.OUTCOME: (
            "la synchro a marché",
            "est-ce que la synchronisation a réussi",
        ),
        RequestKind.NEEDS_SYNC: (
            "quels emplacements ont besoin d'une synchro",
            "qu'est-ce qui n'est pas synchronisé",
        ),
        RequestKind.PENDING: ("combien de modifications sont en attente",),
    },
    "es": {
        RequestKind.SYNC_PANEL: (
            "necesito sincronizar el panel",
            "me puedes sincronizar el panel",
            "quiero que sincronices el panel",
            "vuelve a sincronizar el panel",
            "resincroniza el panel",
            "sincroniza mi alarma",
            "sincroniza el sistema de seguridad",
        ),
        RequestKind.SYNC: ("sincroniza todo",),
        RequestKind.SYNC_USERS: (
            "manda los códigos",
            "actualiza los códigos",
            "sincroniza mis códigos",
        ),
        RequestKind.REFRESH: (
            "consulta el estado",
            "comprueba el estado",
        ),
        RequestKind.STATUS: (
            "hay que sincronizar",
            "hace falta sincronizar",
            "necesita el panel una sincronización",
        ),
        RequestKind.LAST_SYNC: (
            "cuándo se sincronizó",
            "cuánto hace de la última sincronización",
            "a qué hora se sincronizó",
            "cuándo fue la última sincronización de usuarios",
        ),
        RequestKind.NEEDS_SYNC: (
            "hay que sincronizar algo",
            "qué ubicaciones necesitan sincronización",
            "qué hay que sincronizar",
        ),
        RequestKind.OUTCOME: ("ha funcionado la sincronización",),
    },
    "nl": {
        RequestKind.SYNC_PANEL: (
            "graag het paneel synchroniseren",
            "kun je het paneel even synchroniseren",
            "synchroniseer de alarminstallatie",
            "synchroniseer de beveiliging",
            "start de synchronisatie van het alarm",
            "zou je het alarm kunnen synchroniseren",
            "synchroniseer het paneel opnieuw",
        ),
        RequestKind.SYNC: (
            "doe een sync",
            "synchroniseer alles",
        ),
        RequestKind.SYNC_USERS: (
            "stuur de codes naar het alarm",
            "werk de codes bij",
            "synchroniseer mijn pincodes",
        ),
        RequestKind.REFRESH: (
            "vraag de status op",
            "haal de status op",
            "update de status",
        ),
        RequestKind.STATUS: (
            "is Mill House up-to-date",
            "is er een sync nodig",
            "moet er iets gesynchroniseerd worden",
        ),
        RequestKind.NEEDS_SYNC: (
            "moet ik synchroniseren",
            "welke locaties moeten gesynchroniseerd worden",
        ),
        RequestKind.LAST_SYNC: (
            "wanneer was de laatste sync",
            "hoe lang geleden is er gesynchroniseerd",
            "wanneer is er voor het laatst gesynchroniseerd",
        ),
        RequestKind.OUTCOME: ("is de synchronisatie gelukt",),
    },
    "pt-BR": {
        RequestKind.SYNC_PANEL: (
            "preciso sincronizar o painel",
            "quero sincronizar o painel",
            "dá pra sincronizar o painel",
            "tem como sincronizar o painel",
            "ressincroniza o painel",
            "sincronize o painel de novo",
        ),
        RequestKind.SYNC: (
            "faz a sincronização",
            "sincroniza tudo",
        ),
        RequestKind.SYNC_USERS: (
            "sincroniza as senhas",
            "manda as senhas",
            "atualiza as senhas",
            "sincroniza meus códigos",
        ),
        RequestKind.REFRESH: (
            "verifica o status",
            "consulta o status",
            "puxa o status",
        ),
        RequestKind.STATUS: (
            "tá sincronizado",
            "precisa sincronizar",
            "tem que sincronizar",
            "como está a sincronização",
        ),
        RequestKind.LAST_SYNC: (
            "faz quanto tempo que sincronizou",
            "há quanto tempo sincronizou",
            "quando sincronizou pela última vez",
            "quando foi a última sincronização de usuários",
        ),
        RequestKind.NEEDS_SYNC: (
            "quais locais precisam de sincronização",
            "o que precisa ser sincronizado",
            "o que falta sincronizar",
        ),
        RequestKind.OUTCOME: (
            "a sincronização funcionou",
            "já sincronizou",
        ),
    },
}

SPEECHES = read_speeches()
RECOGNIZER = Recognizer(SPEECHES)


@pytest.mark.parametrize(
    ("language", "kind", "phrase"),
    [
        (language, kind, phrase)
        for language, kinds in SAID.items()
        for kind, phrases in kinds.items()
        for phrase in phrases
    ],
)
def test_it_is_understood_and_names_no_place(
    language: str, kind: RequestKind, phrase: str
) -> None:
    """A word that names nothing is not taken for the name of a location."""
    request = RECOGNIZER.request(phrase, language, [HOUSE])
    assert request is not None
    assert request.kind is kind
    speech = SPEECHES[language]
    place = (request.place or "").casefold().removeprefix("the ")
    assert (
        place in ("", HOUSE.casefold())
        or only_fillers(place, speech.fillers)
        or place in {words.casefold() for words in speech.everywhere}
    ), place

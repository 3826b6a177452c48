"""Log texts and messages on syncs, with everything redacted that is no word on syncs.

Only words of a closed list are shown, so that no name, place or code can be among them.
Used for texts that the client cannot judge, to learn how other languages put them.
"""

import re
from typing import Final
import unicodedata

REDACTED: Final = "…"
LONGEST: Final = 200

# A text that has none of these says nothing of a sync, and is not kept at all.
_SYNC: Final = ("sync", "sinc", "abgleich")

# Beginnings of words, without accents, long enough not to begin a name. English,
# Spanish, French, German, Dutch, Portuguese.
_BEGINNINGS: Final = tuple(
    re.findall(
        r"\w+",
        "sync sincron abgleich success succesvol sucesso exitos reussi erfolg"
        " voltooi complet abgeschlossen conclu finaliz terminad termine geslaagd"
        " unsuccess incomplet fehlgeschlagen fehler mislukt fallid fallad falhou"
        " falha failed failure failing echoue echec erreur error required requerid"
        " requis necessar necesari necessit erforderlich vereist nodig pending"
        " pendient pendente ausstehend started starting iniciad gestartet gestart"
        " commenc request solicit angefordert aangevraagd demande automat manual"
        " manuel update aktualisier actualiz actualis atualiz bijgewerkt zonen zonas"
        " panneau central usuari utilisateur benutzer gebruiker particion partition"
        " configur konfigur progress unable cannot connect cancel interrupt timeout",
    )
)
# Whole words, too short to be the beginning of anything.
_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "zone zona user users panel painel paneel anlage codes code in out of not no non"
        " nicht niet pas nao sin sans ohne zonder without is was has been wurde werd foi"
        " fue a ete est the de del da do des du der die das het la le los les y e et und"
        " en with con avec mit met com to for on by device system service ok exito"
        " correcta correctamente correctement korrekt correct now again done ready",
    )
)


def unrecognized_sync_text(text: str) -> str | None:
    """Return a text on a sync, all other words redacted; None for other texts."""
    plain = _plain(text)
    if not any(beginning in plain for beginning in _SYNC):
        return None
    return redacted(text)


def redacted(text: str) -> str:
    """Return a text with every word redacted that is not known to be about syncs."""
    shown = [
        word if _is_known(word) else REDACTED
        for word in re.findall(r"[^\W_]+", _plain(text[:LONGEST]))
    ]
    kept = [
        word
        for before, word in zip(["", *shown], shown, strict=False)
        if word != REDACTED or before != REDACTED
    ]
    return " ".join(kept)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(
        character for character in decomposed if not unicodedata.combining(character)
    )


def _is_known(word: str) -> bool:
    return word in _WORDS or (word.isalpha() and word.startswith(_BEGINNINGS))

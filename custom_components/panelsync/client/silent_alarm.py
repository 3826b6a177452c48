"""What may give a silent alarm away: one list for the service, keypads and RS-232.

Duress, hold-up, ambush and silent panic call for help without anybody at the site
knowing. What speaks of one is dropped before it can reach a state, an event, an error,
a log line or a repair. Every door that lets a foreign text in asks
`mentions_silent_alarm`; who has the number of a Contact ID event asks `SILENT_EVENTS`,
and who has the code of a VISTA's own event asks `SILENT_VISTA_EVENTS`.

Words are compared whole, without accents, letter case and doubled letters. A hyphen
within a word counts and does not count ("hold-up", "du-ress", "Panic-Zone"), and single
letters in a row are one word ("D U R E S S"). Nothing is found across the border of two
words: "Liz Wang" and "Household Upstairs" pass. The words are English, German, French,
Spanish, Dutch, Portuguese and some Italian. In doubt a text is dropped: what is missing
costs less than what is shown.

See docs/architecture.md#silent-alarms.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
import re
from typing import Final
import unicodedata

from .foreign import INVISIBLE

SILENT_EVENTS: Final = frozenset({120, 121, 122, 124, 125, 126, 127, 128, 129, 146})
"""Contact ID events of silent alarms. 123 is a panic that is audible by definition."""

SILENT_VISTA_EVENTS: Final = frozenset({0x11, 0x12, 0x21, 0x22})
"""Codes of duress and silent alarms on a VISTA's RS-232 port, and of their ends.

See docs/protocol/vista-rs232.md#silent-events.
"""

_LONGEST: Final = 4000


def _once(word: str) -> str:
    """Write a doubled letter once: people and panels often get it wrong."""
    return re.sub(r"(.)\1+", r"\1", word)


def _list(words: str) -> tuple[str, ...]:
    return tuple(_once(word) for word in words.split())


# A word that begins like this.
_BEGINNINGS: Final = _list(
    "duress distress detress intimidac intimidati coerc coaccion coacao coacoes coagid coactiv contraint"
    " constrangiment notigung noetigung bedroh bedreig threat minacci extorsi extorsao"
    " hostage gijzel kidnap entfuhr entfuehr secuestr sequestr amok zwangs"
    " gedwongen asaltad asaltan assaltad assaltan atracador braqu ambush hinterhalt hinderlaag robbery robberies bankraub erpress raububerfall"
    " uberfall ueberfall overval agression aggression agressao agresion"
    " silent silencios silencieu silenzi lautlos gerauschlos geluidlo geruislo"
    " stillalarm stillealarm stilleralarm stillesalarm stillepaniek stillepanik"
    " inaudi unaudi nonaudi unhorba unhoerba onhoorba"
)
# A word that is this, or one of these with a tail such as "Zwangscode".
_WHOLE: Final = _list(
    "zwang dwang holdup holdups holdingup stickup menace menaces amenaza amenazas ameaca"
    " ameacas amago amagos otage otages rehen rehenes refem refens emboscada emboscadas"
    " atraco atracos asalto asaltos assalto assaltos rapina rapine antirapina antiatraco"
    " antiasalto antiagression silencio silence attaque geisel geiseln raub hua"
)
_TAILS: Final = _list(
    "alarm code kode button key tast knop meld zone signal notruf pin situation gebruiker"
    " benutzer user nahm ruf schalt druck pedal drukker sender"
)
_UP: Final = frozenset({"hold", "holding", "stick"})
"""Before "up" as a word of its own."""
# A hold-up as British panels and Spanish ones call it: "personal attack".
_PERSONAL: Final = _once("personal")
_ATTACK: Final = _list("attack ataque")
# A name may begin with a panic: "Panicker".
_PANIC: Final = _list(
    "panic panics panik paniek panique paniques panico panicos panicoalarm"
)

_AUDIBLE: Final = _list("audib audiv horbar hoerbar sonor loud")
_NEGATIONS: Final = frozenset(
    _list(
        "non not no never without un in on nicht kein keine ohne niet geen zonder nao pas"
        " sans sin sem"
    )
)
# Said of many things, and of a silent alarm where an alarm stands beside it.
_QUIET: Final = frozenset(
    _list(
        "stille stilles stillen stillem quiet mute muet muette muda mudo discret discrete"
        " discreta discreto covert stealth secret geheim geheimer geheime hidden oculta oculto"
        " verdeckter verborgen tonloser tonlos police polizei policia politie attentat"
    )
)
# Short for hold-up and for personal attack, where an alarm or a button stands beside it.
_SHORT: Final = frozenset(_list("hu pa attack ataque"))
# What a silent alarm does without.
_SOUND: Final = frozenset(
    _list(
        "siren sirens sirene sirenes sirena sirenas sirenen sound sounds bell bells sounder ton"
        " sonido son geluid som"
    )
)
_DISARMED: Final = _list(
    "disarm desarm desactiv unscharf entscharf uitschak uitgeschak"
)
_FORCED: Final = frozenset(
    _list(
        "forced forcibly forzado forzada forzadamente force erzwungen forcado forcada coerced"
    )
)
# "Disarmed by force"
_BY_FORCE: Final = frozenset(_list("by under with con por bajo par sous com"))
_FORCE: Final = frozenset(_list("force fuerza forca presion pression pressao pressure"))
# Also a person's name and an English adverb: "Alarm still active", "Ben Stiller".
_STILL: Final = frozenset(_list("still stil stiller"))
_ALARM: Final = _list("alarm alert notruf emergenc urgenc noodoproep")

# The number of an event, with its qualifier (new, restored, still there) or without.
_NUMBER: Final = r"[136]?(?:12\d|146)(?!\d)"
_EVENT: Final = re.compile(
    r"(?<![^\W_])(?:events?|evt|ereignis|evenement|evento|gebeurtenis|meldung|cid|contact[\W_]*id|code|codigo)"
    rf"[\W_]*(?:(?:code|id|nr|no|number|type)[\W_]*)?{_NUMBER}"
    rf"|(?<![^\W_])[er]-?{_NUMBER}"
    # The whole of a Contact ID message, and one with its parts apart: "18 1121 01 008".
    rf"|(?<!\d)(?:18|98)[\W_]?{_NUMBER}[\W_]?\d\d[\W_]?\d{{3}}(?!\d)"
    rf"|(?:cid|contact[\W_]*id)[\W_]*[136][\W_]+{_NUMBER}"
    rf"|^\W*{_NUMBER}\W*(?:$|\d\d\b|user|usuario|benutzer|utilisateur|gebruiker|zone|zona)",
    re.ASCII,
)

_CHUNK: Final = re.compile(r"[^\W_]+(?:[-_'`\u00b4\u2018\u2019\u2010-\u2013]+[^\W_]+)*")
_PART: Final = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|[^\W_]")
_LOOKALIKES: Final = str.maketrans("015", "ois")


def mentions_silent_alarm(*texts: str | None, audible: bool = False) -> bool:
    """Return whether any of these texts may speak of a silent alarm.

    `audible`: the siren is known to sound, so a mere panic is known to everybody.
    """
    return any(_mentions(text[:_LONGEST], audible) for text in texts if text)


# Zones are read again each minute, with the names they had before.
@lru_cache(maxsize=4096)
def _mentions(text: str, audible: bool) -> bool:
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(character)
        and unicodedata.category(character) != "Cf"
        and character not in INVISIBLE
    )
    if _EVENT.search(plain.casefold()):
        return True
    parts = [
        [part.casefold() for part in _PART.findall(chunk)]
        for chunk in _CHUNK.findall(plain)
    ]
    words = [_once(part) for found in parts for part in found if part.isalpha()]
    return (
        any(map(_is_sign, words))
        or any(map(_is_sign, _joined(parts)))
        or any(_holds_sign(word, audible) for word in _spelled(words))
        or any(first in _UP and second == "up" for first, second in pairwise(words))
        or (_PERSONAL in words and any(word.startswith(_ATTACK) for word in words))
        or _is_quiet_alarm(words)
        or _is_without_sound(words)
        or _is_forced(words)
        or _is_silent_panic(words, audible)
    )


def _is_sign(word: str) -> bool:
    return (
        word.startswith(_BEGINNINGS)
        or "uberfal" in word
        or "ueberfal" in word
        or _is_one_of(word, _WHOLE)
    )


def _is_one_of(word: str, signs: Sequence[str]) -> bool:
    """Return whether a word is one of these, or one with a tail."""
    for sign in signs:
        if word == sign:
            return True
        if word.startswith(sign):
            tail = word[len(sign) :]
            # Where one letter ends the one and begins the other, it was written once.
            if any(end.startswith(_TAILS) for end in (tail, tail[1:], sign[-1] + tail)):
                return True
    return False


def _joined(parts: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the words that hyphens, digits for letters and the like took apart."""
    for found in parts:
        if len(found) < 2:
            continue
        yield _once("".join(found).translate(_LOOKALIKES))
        for is_word, run in groupby(found, str.isalpha):
            if is_word:
                yield _once("".join(run))
        for first, second in pairwise(found):
            yield _once(first + second)


def _spelled(words: Sequence[str]) -> Iterator[str]:
    """Yield the words that are spelled in single letters."""
    run = ""
    for word in (*words, "--"):
        if len(word) == 1:
            run += word
            continue
        if len(run) > 3:
            yield _once(run)
        run = ""


def _holds_sign(spelled: str, audible: bool) -> bool:
    # Where one spelled word ends and the next begins cannot be seen.
    return spelled.startswith(_WHOLE if audible else (*_WHOLE, *_PANIC)) or any(
        sign in spelled for sign in _BEGINNINGS
    )


def _is_quiet_alarm(words: Sequence[str]) -> bool:
    for index, (first, second) in enumerate(pairwise(words)):
        if second.startswith(_ALARM) and first in _QUIET | _STILL:
            return True
        if first in _SHORT and second.startswith((*_ALARM, *_TAILS[:6])):
            return True
        if first.startswith(_ALARM) and (
            second in _QUIET or (second in _STILL and index + 2 == len(words))
        ):
            return True
    return False


def _is_without_sound(words: Sequence[str]) -> bool:
    return any(word.startswith((*_ALARM, *_PANIC)) for word in words) and any(
        first in _NEGATIONS and second in _SOUND for first, second in pairwise(words)
    )


def _is_forced(words: Sequence[str]) -> bool:
    """Return whether somebody was made to disarm: a door may be forced, too."""
    if not any(word.startswith(_DISARMED) for word in words):
        return False
    return any(
        (first in _FORCED and second.startswith(_DISARMED))
        or (first.startswith(_DISARMED) and second in _FORCED)
        or (first in _BY_FORCE and second in _FORCE)
        for first, second in pairwise(words)
    )


def _is_silent_panic(words: Sequence[str], audible: bool) -> bool:
    """Return whether a panic is not said to be audible, or anything to be inaudible."""
    for index, word in enumerate(words):
        if not word.startswith(_AUDIBLE):
            continue
        around = (*words[max(0, index - 2) : index], *words[index + 1 : index + 2])
        if _NEGATIONS.intersection(around):
            return True
        audible = True
    return not audible and any(_is_one_of(word, _PANIC) for word in words)

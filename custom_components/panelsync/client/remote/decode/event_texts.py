"""What the texts of an event log say: of a sync, and of the panel. Pure.

Whole words decide, and names decide nothing: they are cut out before anything is sorted.
"""

from collections.abc import Iterable, Sequence
import re
from typing import Final
import unicodedata

from ...arming_codes import ARMING_STATES
from ...models import ActivityType, ArmingState, SyncMention
from ...outcomes import SyncKind


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# docs/protocol/total-connect.md#words-of-the-event-log, failure words first.
FAILURE_WORDS: Final = _set(
    "unsuccessful unsuccessfully not cannot no never unable incomplete incompletely"
    " without denied refused rejected aborted cancelled canceled invalid impossible"
    " cant couldnt didnt wasnt werent isnt wont hasnt havent doesnt dont"
)
FAILURE_STARTS: Final = ("fail", "error", "unsuccess")
SUCCESS_WORDS: Final = _set(
    "success succeeded successful successfully complete completed"
)
# docs/protocol/total-connect.md#words-that-veto
# Words of a beginning, a future, a condition, a part or a past prove nothing, whatever
# stands beside them.
UNFINISHED_WORDS: Final = _set(
    "will shall would should could might must can going soon shortly later next until"
    " when once if before pending queue queued queueing waiting awaiting await"
    " progress progressing processing process underway ongoing running continuing"
    " initiated initiate initiating initiates initiation started start starting starts"
    " begin begins beginning began begun launched launching triggered request requested"
    " requesting requests sent send sending submitted submitting scheduled schedule"
    " scheduling planned expected expect expecting estimated accepted acknowledged received"
    " attempt attempting attempted try trying retry retrying retried resumed resuming"
    " required require requires needed needs need wanted prepared preparing partial"
    " partially partly almost nearly last previous previously ago"
    # French writes "complete" as English does.
    " non pas jamais sans sera seront serait doit devrait peut presque bientot"
)
# "50 % complete", "step 3 of 8 complete".
_PART_DONE: Final = re.compile(
    r"(?<!\d)(?!100(?!\d))\d+(?:[.,]\d+)?\s*(?:%|percent)"
    r"|(?<!\d)(?P<done>\d+)\s*(?:of|out of|/)\s*(?!(?P=done)(?!\d))\d+"
)
# What may stand before the word of success. Any other word makes it the success of
# something else: of a handshake, of a setting that was saved.
_PLAIN_WORDS: Final = _set(
    "the a of to from with for and all your is was were has have had been are data code codes"
    " list operation operations device devices security sensor sensors system location"
    " locations remote service services manual manually automatic automatically auto re"
    " name names partition partitions status state result event events"
)
# What takes a success back behind it, or makes it that of another day or of a trial.
_RETRACTING: Final = _set(
    "revoked undone rolled reverted reversed withdrawn false untrue simulated simulation"
    " test demo trial dry disabled enabled setting settings preference preferences changed"
    " saved notification notifications alert alerts rate but however though although except"
    " exception exceptions warning warnings lost missing skipped ignored timeout timed"
    " expired stopped deferred postponed delayed paused applying tomorrow morgen demain"
    " manana amanha placed removed only some"
)
# "in 5 minutes"
_IN_FUTURE: Final = re.compile(r"(?<!\w)in (?:a|an|about|\d+)(?!\w)")
# "zone 3", "user 8": one of many.
_SINGLE: Final = re.compile(r"(?<!\w)(?:zone|user|panel)\s*(?:no\.?|#)?\s*\d")
# A failure that did not happen.
_NO_FAILURE: Final = re.compile(
    r"(?<!\w)(?:no|without(?: any)?|zero|sans|sin|ohne|sem|zonder) (?:error|fail|problem)\w*"
    # "zone 0 failed" counts no failures, it names one.
    r"|(?<!\w)(?<!zone )(?<!user )(?<!panel )(?<!sensor )(?<!device )(?<!partition )"
    r"0 (?:error|fail|problem)\w*"
    # Only with nothing after the count: "error: no response" is one that happened.
    r"|(?<!\w)(?:error|failure)s?\s*[:=]\s*(?:0|no|none|zero|false)"
    r"(?=\s*(?:[,;)\]]|\.?\s*$))"
)
PANEL_WORDS: Final = _set("zone zones panel panels")
AUTOMATION_WORDS: Final = _set("automation")
USER_WORDS: Final = _set("user users")

_APOSTROPHES: Final = re.compile("['`\u00b4\u2018\u2019]")
_HYPHENS: Final = re.compile("[-\u2010-\u2013]")
_CHUNK: Final = re.compile("[^\\W_]+(?:[-\u2010-\u2013][^\\W_]+)*")

# What speaks of an alarm as over, tried or not there, in the service's languages.
_OVER: Final = _set(
    "restore restored restoral restores restoration reset cleared clear canceled cancelled"
    " cancel cancellation aborted abort ended silenced acknowledged resolved normal secure"
    " secured bypass bypassed bypasses unbypass unbypassed shunt shunted test tests tested"
    " testing drill walktest chime enabled disabled memory history false no not"
    " off over ended finished stopped gone inactive deactivated ready after verified"
    " verification delay ok rst rstr timeout reminder scheduled"
    " added removed deleted changed renamed edited updated configured replaced"
    " restaurado restaurada restablecido restablecida restablecimiento cancelado cancelada"
    " anulado anulada anulacion prueba pruebas omitido omitida"
    " retabli retablie retablissement annule annulee essai contourne contournee"
    " zuruckgesetzt wiederhergestellt ruckstellung aufgehoben beendet abgebrochen probe"
    " uberbruckt gesperrt aktiviert deaktiviert scharf unscharf"
    " kein keine keinen nicht ohne aus vorbei ende quittiert bestatigt behoben gepruft"
    " prufung gestoppt geloscht geloescht inaktiv falscher speicher bereit ruhe nach"
    " hersteld herstel geannuleerd beeindigd overbrugd proef geactiveerd gedeactiveerd"
    " ingeschakeld uitgeschakeld"
    " geen niet zonder uit voorbij einde bevestigd gecontroleerd verholpen gestopt gereset"
    " opgeheven afgemeld afgelopen inactief vals valse geheugen historie gereed"
    " restauracao restabelecido restabelecida cancelamento teste testes inibido"
)
_TROUBLE: Final = _set(
    "trouble troubles tamper tampered tampering battery batteries supervision supervisory"
    " fault faults faulted loss lost low failure failures failed fail failing error errors"
    " offline jam jammed jamming missing malfunction defect defective dirty maintenance"
    " clean check expired expiration eol replace replacement dead weak disconnected"
    " unreachable"
    " averia averias fallo fallos falla fallas sabotaje bateria baterias pila perdida"
    " defaut defauts panne anomalie sabotage batterie pile faible perte"
    " storung stoerung fehler schwach ausfall verlust manipulation"
    " storing fout batterij zwak laag uitval"
    " falha falhas defeito violacao sabotagem baixa fraca"
)
# Things with the word alarm in their name.
_NO_ALARMS: Final = tuple(
    f"alarm {thing}"
    for thing in (
        *("system", "panel", "company", "center", "centre", "monitoring", "dealer"),
        *("keypad", "code", "clock", "service", "app", "call", "report", "light"),
    )
)
_ALARM: Final = _set("alarm alarms burglary intrusion intruder panic")
# Also in the names of doors and detectors.
_DANGER: Final = _set("fire smoke medical co carbon gas flood heat emergency")
_STATES: Final = _set(
    "open opened opens close closed closes door window detector sensor turned on company"
    " contact contacts pump light lights lighting temperature thermostat extinguisher visit"
)
# What is announced of an arming has not happened.
_ANNOUNCED: Final = _set(
    "will shall would should scheduled schedule pending reminder requested request soon"
    " expected planned about later next tomorrow"
)
_NOT_DONE: Final = _set(
    "not unable cannot refused denied rejected aborted invalid never"
)


def _tokenize(text: str) -> list[str]:
    """Return the words of letters; one with a hyphen as a whole, and its parts.

    "Un-successful" is one word, "Alarm-Zone 3" are two.
    """
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKD", text).casefold())
    if not plain.isascii():
        plain = "".join(
            character for character in plain if not unicodedata.combining(character)
        )
    plain = re.sub(r"\b(?:could|can) not\b", "cannot", plain)
    words: list[str] = []
    for chunk in _CHUNK.findall(plain):
        joined = _HYPHENS.sub("", chunk)
        for part in (joined, chunk) if joined != chunk else (chunk,):
            words += re.findall(r"[^\W\d_]+", part)
    return words


def _name_pattern(name: str) -> str:
    return rf"(?<!\w){re.escape(name)}(?!\w)"


def without_tail(text: str, name: str) -> str:
    """Cut a name off the end of a text, where the service puts a location's."""
    words, wanted = " ".join(text.split()), " ".join(name.split())
    if not wanted:
        return words
    tail = re.search(_name_pattern(wanted) + r"\W*$", words, re.IGNORECASE)
    return words[: tail.start()].strip() if tail else words


def without_name(text: str, name: str) -> str:
    """Cut a name out: at the end if it stands there, else wherever."""
    words, wanted = " ".join(text.split()), " ".join(name.split())
    if not wanted:
        return words
    cut = without_tail(words, wanted)
    if cut != words:
        return cut
    return re.sub(_name_pattern(wanted), " ", words, flags=re.IGNORECASE)


def without_names(text: str, names: Iterable[str]) -> str:
    """Cut names out, the longest first; where nothing is left, the text is no name."""
    found, folded = text, text.casefold()
    for name in sorted(set(names), key=len, reverse=True):
        if name.casefold() not in folded:
            continue
        cut = without_name(found, name)
        if _tokenize(cut):
            found, folded = cut, cut.casefold()
    return found


def _is_failure(word: str) -> bool:
    return word in FAILURE_WORDS or word.startswith(FAILURE_STARTS)


def mention(text: str, location_name: str) -> SyncMention | None:
    """Return what a text says of a sync; None where it proves nothing.

    Words of what is not finished veto, failure comes before success, and a success
    counts where nothing makes it another's; the first word of a kind names the part.
    The automation part alone proves no panel sync, but its failure is one of the panel
    sync it belongs to.
    """
    plain = _NO_FAILURE.sub(" ", without_name(text, location_name).casefold())
    words = _tokenize(plain)
    if not any(word.startswith("sync") for word in words):
        return None
    kinds = PANEL_WORDS | AUTOMATION_WORDS | USER_WORDS
    part = next((word for word in words if word in kinds), None)
    if part is None or UNFINISHED_WORDS.intersection(words):
        return None
    kind = SyncKind.USERS if part in USER_WORDS else SyncKind.PANEL
    if any(_is_failure(word) for word in words):
        return SyncMention(kind, success=False)
    if part not in AUTOMATION_WORDS and _is_success(plain):
        return SyncMention(kind, success=True)
    return None


def _is_success(plain: str) -> bool:
    """Return whether nothing of a text makes its success another one than the sync's."""
    if "?" in plain or any(
        form.search(plain) for form in (_PART_DONE, _IN_FUTURE, _SINGLE)
    ):
        return False
    words = _tokenize(_HYPHENS.sub(" ", plain))
    at = next((at for at, word in enumerate(words) if word in SUCCESS_WORDS), None)
    if at is None or _RETRACTING.intersection(words[at:]):
        return False
    known = PANEL_WORDS | AUTOMATION_WORDS | USER_WORDS | _PLAIN_WORDS
    return all(word in known or word.startswith("sync") for word in words[:at])


def activity(event_type: int | None, text: str, names: Iterable[str]) -> ActivityType:
    """Sort a record by its words, and by its number where that is one of arming.

    Names are those of the location, its zones and its partitions. What was not done is
    no arming, and what is trouble, over, bypassed or a test is no alarm, whatever the
    number says.
    """
    words = _tokenize(without_names(text, (*names, *_NO_ALARMS)))
    if any(word.startswith("sync") for word in words):
        return ActivityType.SYNC
    found = _by_number(event_type) or _by_words(words)
    failed = any(word in _NOT_DONE or word.startswith(FAILURE_STARTS) for word in words)
    if found in (ActivityType.ARMED, ActivityType.DISARMED):
        if failed:
            return ActivityType.TROUBLE
        return ActivityType.OTHER if _ANNOUNCED.intersection(words) else found
    if _OVER.intersection(words):
        return ActivityType.OTHER
    if failed or _TROUBLE.intersection(words):
        return ActivityType.TROUBLE
    return found or ActivityType.OTHER


def _by_number(event_type: int | None) -> ActivityType | None:
    match None if event_type is None else ARMING_STATES.get(event_type):
        case ArmingState.DISARMED:
            return ActivityType.DISARMED
        case ArmingState.TRIGGERED:
            return ActivityType.ALARM
        case ArmingState.ARMING | ArmingState.DISARMING | None:
            return None
        case _:
            return ActivityType.ARMED


def _by_words(words: Sequence[str]) -> ActivityType | None:
    """Take the first word that says something."""
    for word in words:
        if word in ("disarm", "disarmed"):
            return ActivityType.DISARMED
        if word == "armed":
            return ActivityType.ARMED
        if word in _ALARM or (word in _DANGER and not _STATES.intersection(words)):
            return ActivityType.ALARM
    return None

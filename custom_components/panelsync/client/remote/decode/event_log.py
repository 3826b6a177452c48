"""The event log: records, what their texts say of a sync, and what must never be told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
import re
from typing import Final
import unicodedata

from ...models import ActivityType, ArmingState, EventRecord, SyncKind, SyncMention
from .answers import ARMING, identity
from .fields import Fields

LONGEST_TEXT: Final = 500

# docs/protocol/total-connect.md#words-of-the-event-log, failure words first.
FAILURE_WORDS: Final = frozenset(
    [
        "unsuccessful",
        "unsuccessfully",
        "not",
        "cannot",
        "no",
        "never",
        "unable",
        "incomplete",
        "incompletely",
        "without",
        "denied",
        "refused",
        "rejected",
        "aborted",
        "cancelled",
        "canceled",
    ]
)
CONTRACTIONS: Final = frozenset(
    ["cant", "couldnt", "didnt", "wasnt", "werent", "isnt", "wont", "hasnt", "havent"]
)
FAILURE_STARTS: Final = ("fail", "error")
SUCCESS_WORDS: Final = frozenset(
    ["success", "succeeded", "successful", "successfully", "complete", "completed"]
)
PANEL_WORDS: Final = frozenset(["zone", "zones", "panel", "panels"])
AUTOMATION_WORDS: Final = frozenset(("automation",))
USER_WORDS: Final = frozenset(["user", "users"])

# Looked for in a text of letters and digits alone, without accents, so that spacing,
# hyphens and accents make no difference. Rather too many: what is dropped here could
# tell an intruder that help was called.
SECRET_SIGNS: Final = re.compile(
    r"dur+es{2,}|hold(?:ing)?up|h0ldup|stickup|ambush|robbery|"
    r"sil+ent|silenc|silenzi|sesiz|stil+eralarm|stilalarm|"
    r"coac+i?[oa]|coerc|contrain|souslamenace|agres+ion|braquage|atraco|amago|asalto|"
    r"as+alto|rapina|minac+ia|uberfal|ueberfal|bedroh|notigung|noetigung|zwang"
)
PANIC: Final = re.compile(r"pani[ck]|paniqu")
AUDIBLE: Final = re.compile(r"aud+i[bv]")

# Apostrophes and hyphens: "un-successful" is one word.
_JOINERS: Final = re.compile("['`\u00b4\u2018\u2019\u2010\u2011-]")

_DATE: Final = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?Z?",
    re.ASCII,
)


def is_secret(texts: Iterable[str], location_name: str) -> bool:
    """Tell whether any of a record's texts speaks of duress, hold-up or silent panic.

    The location's name counts as text, unless it is itself such a word: then it is cut
    off the end, where the service puts it.
    """
    name_is_sign = _has_sign(location_name)
    return any(
        _has_sign(_without_tail(text, location_name) if name_is_sign else text)
        for text in texts
    )


def _has_sign(text: str) -> bool:
    letters = _letters(text)
    return bool(
        SECRET_SIGNS.search(letters)
        or (PANIC.search(letters) and not AUDIBLE.search(letters))
    )


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _name_pattern(location_name: str) -> str:
    return rf"(?<!\w){re.escape(' '.join(location_name.split()))}(?!\w)"


def _without_tail(text: str, location_name: str) -> str:
    words = " ".join(text.split())
    tail = re.search(_name_pattern(location_name) + r"\W*$", words, re.IGNORECASE)
    return words[: tail.start()].strip() if tail else words


def without_name(text: str, location_name: str) -> str:
    """Cut the location's name off: at the end if it stands there, else wherever."""
    words = " ".join(text.split())
    if not location_name.strip():
        return words
    cut = _without_tail(words, location_name)
    if cut != words:
        return cut
    return re.sub(_name_pattern(location_name), " ", words, flags=re.IGNORECASE)


def _words(text: str) -> list[str]:
    plain = _JOINERS.sub("", unicodedata.normalize("NFKC", text).casefold())
    return re.findall(r"[^\W\d_]+", plain)


def _is_failure(word: str) -> bool:
    # "couldnt", "wasnt": contractions without their apostrophe.
    return (
        word in FAILURE_WORDS or word.startswith(FAILURE_STARTS) or word in CONTRACTIONS
    )


def mention(text: str, location_name: str) -> SyncMention | None:
    """Tell what a text says of a sync; None where it proves nothing.

    Whole words, failure before success; the first word of a kind names the part. The
    automation part alone proves no panel sync, but its failure is one of the panel
    sync it belongs to (docs/protocol/total-connect.md#job-state,
    docs/protocol/total-connect.md#words-of-the-event-log).
    """
    words = _words(without_name(text, location_name))
    if not any(word.startswith("sync") for word in words):
        return None
    kinds = PANEL_WORDS | AUTOMATION_WORDS | USER_WORDS
    part = next((word for word in words if word in kinds), None)
    if part is None:
        return None
    kind = SyncKind.USERS if part in USER_WORDS else SyncKind.PANEL
    if any(_is_failure(word) for word in words):
        return SyncMention(kind, success=False)
    if part not in AUTOMATION_WORDS and any(word in SUCCESS_WORDS for word in words):
        return SyncMention(kind, success=True)
    return None


_ACTIVITY_WORDS: Final = (
    (ActivityType.DISARMED, re.compile(r"disarm(ed)?")),
    (ActivityType.ARMED, re.compile(r"armed")),
    (ActivityType.ALARM, re.compile(r"alarms?|burglary|fire|smoke|medical|co")),
    (
        ActivityType.TROUBLE,
        re.compile(
            r"troubles?|tamper(ed)?|battery|supervision|fault|loss|failures?|offline|jam"
        ),
    ),
)


def activity(event_type: int | None, text: str, location_name: str) -> ActivityType:
    """Sort a record: by its number where that is one of arming, else by its words.

    See docs/protocol/total-connect.md#event-records.
    """
    words = _words(without_name(text, location_name))
    if any(word.startswith("sync") for word in words):
        return ActivityType.SYNC
    arming = None if event_type is None else ARMING.get(event_type)
    match arming:
        case ArmingState.DISARMED:
            return ActivityType.DISARMED
        case ArmingState.TRIGGERED:
            return ActivityType.ALARM
        case ArmingState.ARMING | ArmingState.DISARMING | None:
            pass
        case _:
            return ActivityType.ARMED
    for sort, pattern in _ACTIVITY_WORDS:
        if any(pattern.fullmatch(word) for word in words):
            return sort
    return ActivityType.OTHER


def record_time(text: str | None) -> datetime | None:
    """Read `RecDateTimeGMT`, in 12 or 24 hours; None for all else.

    See docs/protocol/total-connect.md#event-records.
    """
    found = _DATE.fullmatch(text or "")
    if found is None:
        return None
    year, month, day, hour, minute, second = (
        int(part or 0) for part in found.groups()[:6]
    )
    half = (found[7] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class LogPage:
    """One answer of the log: every id in the order received, and the records fit to tell."""

    ids: tuple[int, ...]
    records: tuple[EventRecord, ...]
    has_more: bool


def log_page(fields: Fields, location_name: str) -> LogPage | None:
    """Read one page; None where the answer has no list of events.

    Records of duress, hold-up and silent panic end here: their ids count, nothing else.
    """
    rows = fields.rows("Events")
    if rows is None:
        return None
    ids: list[int] = []
    records: list[EventRecord] = []
    for row in rows:
        record_id = identity(row, "EventRecordId")
        if record_id is None:
            continue
        ids.append(record_id)
        told = [
            row.text(name) or "" for name in ("Event", "Originator", "Notice", "Notes")
        ]
        if is_secret(told, location_name):
            continue
        event_type = row.integer("EventType")
        records.append(
            EventRecord(
                record_id=record_id,
                text=told[0][:LONGEST_TEXT],
                originator=told[1][:LONGEST_TEXT],
                time=record_time(row.text("RecDateTimeGMT")),
                event_type=event_type,
                activity=activity(event_type, told[0], location_name),
                mention=mention(told[0], location_name),
            )
        )
    return LogPage(tuple(ids), tuple(records), fields.flag("HasMore") is True)

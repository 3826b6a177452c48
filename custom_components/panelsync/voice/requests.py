"""What can be requested by voice, and what is asked back until it is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from .language import Speech
from .matching import is_one_of

# A person who has not answered by then has turned to something else.
ANSWER_WITHIN = timedelta(seconds=60)


class RequestKind(StrEnum):
    """What can be requested by voice; `SYNC` does not say which sync is meant."""

    SYNC = "sync"
    SYNC_USERS = "sync_users"
    SYNC_PANEL = "sync_panel"
    REFRESH = "refresh"
    STATUS = "status"
    LAST_SYNC = "last_sync"
    OUTCOME = "outcome"
    NEEDS_SYNC = "needs_sync"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Request:
    """What a sentence requests; `place` is a location as it was said.

    `everywhere`: the sentence means all locations where none is named.
    """

    kind: RequestKind
    place: str | None = None
    everywhere: bool = False


_KINDS = {"users": RequestKind.SYNC_USERS, "panel": RequestKind.SYNC_PANEL}


@dataclass(frozen=True, slots=True)
class Question:
    """What is still to be known of a request.

    `offered` is the one location that may have been meant: "yes" takes it.
    """

    request: Request
    offered: str | None = None


@dataclass(frozen=True, slots=True)
class _Open:
    question: Question
    until: datetime
    keys: frozenset[str]


@dataclass(slots=True)
class OpenQuestions:
    """The questions that are open, each in its own conversation."""

    _open: list[_Open] = field(default_factory=list)

    def open(
        self, said: Mapping[str, Any], question: Question, now: datetime
    ) -> datetime:
        """Remember a question; returns when it is forgotten."""
        keys = _keys(said)
        self._open = [item for item in self._open if not item.keys & keys]
        self._open.append(_Open(question, now + ANSWER_WITHIN, keys))
        return now + ANSWER_WITHIN

    def take(self, said: Mapping[str, Any], now: datetime) -> Question | None:
        """Return the question that a sentence may answer, and close it."""
        keys = _keys(said)
        for item in self._open:
            if item.keys & keys and now < item.until:
                self._open.remove(item)
                return item.question
        return None

    def forget(self, now: datetime) -> bool:
        """Forget what nobody answered; return whether any question is left."""
        self._open = [item for item in self._open if now < item.until]
        return bool(self._open)


def _keys(said: Mapping[str, Any]) -> frozenset[str]:
    """Return what identifies a conversation: a satellite starts a new one."""
    names = ("conversation_id", "satellite_id", "device_id")
    return frozenset(str(said[name]) for name in names if said.get(name))


def answered(question: Question, text: str, speech: Speech) -> Request | None:
    """Return the request as an answer completes it; None where the answer is no."""

    def means(replies: Sequence[str]) -> bool:
        return is_one_of(text, replies, speech.fillers)

    # "No" may be a word that is left out elsewhere, so it is compared as it is.
    if is_one_of(text, speech.replies["no"], frozenset()):
        return None
    request = question.request
    if question.offered is not None and means(speech.replies["yes"]):
        return replace(request, place=question.offered)
    if request.kind is RequestKind.SYNC:
        for reply, kind in _KINDS.items():
            if is_one_of(text, speech.replies[reply], frozenset()):
                return replace(request, kind=kind)
    if means(speech.everywhere):
        return replace(request, place=None, everywhere=True)
    return replace(request, place=text)

"""Learn from a recording of the vendor's website what it requests, and how.

Pure: bytes in, routes out. Meant to run outside the event loop, since a recording may
have 20 MB. Nothing of it is kept but the routes, and they hold none of its values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import re
from typing import Final

from ..decode.wrapped import shows
from ..http.response import MISUNDERSTOOD_CODES
from ..learned_rules import STARTS, NotLearned, leaves, plain
from ..route import Purpose, Route, Template
from . import har, pasted
from .build import Known, build
from .calls import (
    LARGEST_RECORDING,
    Call,
    Raw,
    Reason,
    RecordingRefused,
    Unreadable,
    is_below,
    take_apart,
)
from .recognise import frozen, purpose_of
from .share import share_text

__all__ = [
    "LARGEST_RECORDING",
    "WANTED",
    "Known",
    "Lesson",
    "Reason",
    "Refusal",
    "learn",
    "share_text",
]

WANTED: Final = (
    Purpose.START_USERS,
    Purpose.USER_SYNC_STEPS,
    Purpose.JOB_STATUS,
    Purpose.PENDING_CHANGES,
    Purpose.EVENT_LOG,
)
"""What no release knows for sure, in the order in which people are told."""

MOST_REFUSALS: Final = 8
_HARMLESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.\[\]/-]{0,59}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not learned; `detail` names a field, a host, a verb or a word."""

    reason: Reason
    purpose: Purpose | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a recording taught, and what was refused."""

    routes: tuple[Route, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def learn(recording: bytes | str, known: Known, mark: str) -> Lesson:
    """Learn from a HAR file or from copied requests.

    `mark` (hexadecimal digits) tells the routes of this lesson from those of another.
    Never raises for what stands in the recording.
    """
    try:
        raws = list(_calls(recording, known.hosts.service))
    except RecordingRefused as refused:
        return Lesson(refusals=(Refusal(refused.reason),))
    jobs = frozenset(job for raw in raws for job in _job_ids(raw.answer))
    best: dict[Purpose, tuple[int, Route]] = {}
    refusals: dict[Refusal, None] = {}
    for raw in raws:
        purpose: Purpose | None = None
        try:
            call = take_apart(raw)
            purpose = purpose_of(call, known.unavailable)
            if purpose is None:
                continue
            _check_answer(call, purpose)
            route = build(call, purpose, known, jobs, mark)
        except (Unreadable, NotLearned) as refused:
            if purpose is None and not _is_ours(raw, known):
                continue
            refusal = Refusal(Reason(refused.reason), purpose, _shown(refused.detail))
            refusals[refusal] = None
            continue
        score = _score(call, route)
        if purpose not in best or score > best[purpose][0]:
            best[purpose] = score, route
    kept = tuple(refusal for refusal in refusals if refusal.purpose not in best)
    if not best and not kept:
        kept = (Refusal(Reason.NO_SYNC),)
    return Lesson(tuple(route for _, route in best.values()), kept[:MOST_REFUSALS])


def _calls(recording: bytes | str, service: str) -> Iterator[Raw]:
    if len(recording) > LARGEST_RECORDING:
        raise RecordingRefused(Reason.TOO_LARGE)
    text = recording if isinstance(recording, str) else _decoded(recording)
    if not text.strip("\ufeff \t\r\n"):
        raise RecordingRefused(Reason.EMPTY)
    if har.is_har(text):
        return har.calls(text, service)
    return pasted.calls(text.lstrip("\ufeff"))


def _decoded(recording: bytes) -> str:
    wide = recording.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return recording.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise RecordingRefused(Reason.BROKEN) from None


def _job_ids(answer: object) -> Iterator[str]:
    """Yield the job ids that an answer names."""
    level: list[object] = [answer]
    while level:
        inside: list[object] = []
        for item in level:
            if isinstance(item, Mapping):
                job = item.get("jobid")
                if isinstance(job, str | int) and not isinstance(job, bool) and job:
                    yield str(job)
                inside += item.values()
            elif isinstance(item, list):
                inside += item
        level = [item for item in inside if isinstance(item, Mapping | list)]


def _is_ours(raw: Raw, known: Known) -> bool:
    """Return whether a call that cannot be read would matter if it could."""
    if not is_below(raw.url, known.hosts.service):
        return False
    path = raw.url.partition("?")[0].casefold()
    return "sync" in path or any(shows(purpose, raw.answer) for purpose in WANTED)


def _check_answer(call: Call, purpose: Purpose) -> None:
    """Refuse a start that the service itself did not understand."""
    if call.answered and purpose in STARTS:
        for name, value in leaves(frozen(call.answer)):
            if plain(name) == "resultcode" and value in MISUNDERSTOOD_CODES:
                raise Unreadable(Reason.FAILED)


def _score(call: Call, route: Route) -> int:
    """Prefer what was answered, can page, and reads the log of the panel."""
    score = 4 * call.answered + 2 * ("after" in route.fields)
    template = route.template or Template()
    for tree in (template.query, template.body):
        for name, leaf in leaves(tree):
            score += plain(name) == "filterclass" and str(leaf) == "1"
    return score


def _shown(detail: str) -> str:
    """Return a detail that people may see; what could be a value of theirs is left out."""
    if not detail:
        return ""
    harmless = _HARMLESS.fullmatch(detail)
    digits = sum(letter.isdigit() for letter in detail)
    return detail if harmless and digits <= 2 else "?"

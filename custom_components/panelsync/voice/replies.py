"""From runs and states to what is said aloud, each location by its person's name."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ..client.models import Outcome, Reason, SyncKind
from ..client.sync.run import EndedRun
from ..client.sync.status import SyncStatus
from ..const import DOMAIN
from ..coordinators.location import LocationCoordinator
from ..errors import outcome_placeholders
from ..sync.press import Press
from .language import MOST_NAMES, Speech

SYNC_NAMES = {
    SyncKind.USERS: "sync_users",
    SyncKind.PANEL: "sync_panel",
    SyncKind.REFRESH: "refresh",
}

_STATUS_ANSWERS = {
    SyncStatus.IN_SYNC: "in_sync",
    SyncStatus.SYNC_REQUIRED: "sync_required",
    SyncStatus.SYNCING: "syncing",
    SyncStatus.FAILED: "failed",
    SyncStatus.UNCONFIRMED: "last_unconfirmed",
    None: "status_unknown",
}
_DID_NOT_WORK = (Outcome.REFUSED, Outcome.FAILED)

type Texts = Mapping[str, str]
"""Home Assistant's translations of ours, in the language that is spoken."""


def of_presses(
    speech: Speech,
    texts: Texts,
    kind: SyncKind,
    presses: Sequence[Press],
) -> str:
    """Return what is said of one press at one or many locations."""
    by_outcome: dict[Outcome | None, list[Press]] = {}
    for press in presses:
        record = press.record
        outcome = record.outcome if isinstance(record, EndedRun) else None
        key = Outcome.FAILED if outcome in _DID_NOT_WORK else outcome
        by_outcome.setdefault(key, []).append(press)
    if by_outcome.keys() == {None}:
        said = [speech.say("started")]
    else:
        said = [
            _of_one_outcome(speech, texts, kind, outcome, group)
            for outcome, group in by_outcome.items()
        ]
    return " ".join([*said, *_waiting_changes(speech, presses)])


def _of_one_outcome(
    speech: Speech,
    texts: Texts,
    kind: SyncKind,
    outcome: Outcome | None,
    presses: Sequence[Press],
) -> str:
    words = {
        "sync": speech.say(SYNC_NAMES[kind]),
        "places": speech.list_of([press.location.display_name for press in presses]),
    }
    if outcome is None:
        return speech.say("goes_on", **words)
    only = presses[0].record if len(presses) == 1 else None
    match outcome, only:
        case Outcome.FAILED, EndedRun():
            return _why_not(texts, only, presses[0].location.display_name)
        case Outcome.FAILED, _:
            return speech.say("did_not_work", **words)
        case Outcome.UNCONFIRMED, EndedRun():
            return f"{speech.say(outcome, **words)} {_reason(texts, only.reason)}."
    return speech.say(outcome, **words)


def _why_not(texts: Texts, record: EndedRun, display_name: str) -> str:
    """Return the whole text of what refused or failed: what, why, what to do."""
    key = f"{record.outcome}_{record.reason}"
    message = texts[f"component.{DOMAIN}.exceptions.{key}.message"]
    return message.format(**outcome_placeholders(record, display_name))


def _reason(texts: Texts, reason: Reason) -> str:
    place = f"component.{DOMAIN}.entity.event.sync.state_attributes.reason.state"
    return texts[f"{place}.{reason}"]


def _waiting_changes(speech: Speech, presses: Sequence[Press]) -> list[str]:
    """Say how many user changes a user sync makes live, where that is known."""
    count = sum(
        press.record.mark.pending or 0
        for press in presses
        if press.record.kind is SyncKind.USERS and press.error is None
    )
    if count == 0:
        return []
    return [speech.say("waiting_one" if count == 1 else "waiting_many", count=count)]


def of_statuses(speech: Speech, coordinators: Sequence[LocationCoordinator]) -> str:
    """Return how the sync of one or many locations stands."""
    if len(coordinators) == 1:
        return _of_status(speech, coordinators[0])
    others = [
        coordinator
        for coordinator in coordinators
        if not coordinator.last_update_success
        or coordinator.data.sync_status is not SyncStatus.IN_SYNC
    ]
    total = len(coordinators)
    if not others:
        return speech.say("all_in_sync", count=total)
    first = speech.say("some_in_sync", count=total - len(others), total=total)
    return " ".join(
        [first, *_some(speech, [_of_status(speech, other) for other in others])]
    )


def _of_status(speech: Speech, coordinator: LocationCoordinator) -> str:
    name = coordinator.display_name
    if not coordinator.last_update_success:
        return speech.say("unavailable", location=name)
    return speech.say(_STATUS_ANSWERS[coordinator.data.sync_status], location=name)


def _some(speech: Speech, sentences: Sequence[str]) -> list[str]:
    """Return as many sentences as anybody listens to, and how many are left."""
    left = len(sentences) - MOST_NAMES
    if left <= 0:
        return list(sentences)
    return [*sentences[:MOST_NAMES], speech.say("more", count=left)]


def of_last_syncs(
    speech: Speech,
    coordinators: Sequence[LocationCoordinator],
    now: datetime,
) -> str:
    """Return when panel and users of one or many locations were last synced."""
    return " ".join(
        _some(
            speech,
            [_of_last_sync(speech, item, now) for item in coordinators],
        )
    )


def _of_last_sync(
    speech: Speech, coordinator: LocationCoordinator, now: datetime
) -> str:
    known = {
        name: speech.ago(now - moment)
        for name, kind in (("panel", SyncKind.PANEL), ("users", SyncKind.USERS))
        if (moment := coordinator.history.last_success(kind)) is not None
    }
    match tuple(known):
        case ("panel", "users"):
            key = "last_both"
        case (only,):
            key = f"last_{only}"
        case _:
            key = "last_none"
    return speech.say(key, location=coordinator.display_name, **known)

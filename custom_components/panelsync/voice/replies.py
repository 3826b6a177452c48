"""From runs and states to what is said aloud, each location by its person's name."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ..capabilities import speaker
from ..client import EndedRun, OpenRun, Outcome, Reason, SyncKind, SyncStatus
from ..const import DOMAIN
from ..coordinators.location import LocationCoordinator
from ..errors import outcome_placeholders
from ..messages import effect_texts
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
    SyncStatus.CHANGES_WAITING: "changes_waiting",
    SyncStatus.MISMATCH: "mismatch",
    None: "status_unknown",
}
_DID_NOT_WORK = (Outcome.REFUSED, Outcome.FAILED)

# What a person does next, in the few words that a speaker can say. The whole text is in
# Activity and at the button.
NEXT_STEPS = {
    Reason.NOT_SUPPORTED: "ask_dealer",
    Reason.ALREADY_RUNNING: "wait_for_outcome",
    Reason.COOLING_DOWN: "try_in_seconds",
    Reason.PANEL_ARMED: "disarm",
    Reason.CODE_MISSING: "enter_code",
    Reason.CODE_REFUSED_BEFORE: "enter_code",
    Reason.ROUTE_UNAVAILABLE: "use_app",
    Reason.NO_USER_SYNC_WAY: "use_app",
    Reason.NOT_ADMINISTRATOR: "ask_administrator",
    Reason.NOT_RECORDED: "free_space",
    Reason.NOT_LOADED: "reload",
    Reason.SIGN_IN_POSTPONED: "try_in_minutes",
    Reason.RATE_LIMITED: "try_in_minutes",
    Reason.CODE_REFUSED: "enter_code",
    Reason.PANEL_UNREACHABLE: "check_panel",
    Reason.FEATURE_MISSING: "ask_dealer",
    Reason.SERVICE_REFUSED: "use_app",
    Reason.SERVICE_UNREACHABLE: "check_internet",
    Reason.NOT_UNDERSTOOD: "use_app",
    Reason.SIGN_IN_FAILED: "sign_in",
    Reason.ACCOUNT_LOCKED: "unlock",
    Reason.JOB_FAILED: "check_panel",
    Reason.LOG_FAILURE: "check_panel",
}

# What of our texts is spoken, too.
TEXT_CATEGORIES = ("entity", "options", "common")

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
        key = Outcome.FAILED if _did_not_work(record) else outcome
        by_outcome.setdefault(key, []).append(press)
    if by_outcome.keys() == {None}:
        said = [speech.say("started")]
    else:
        said = [
            _of_one_outcome(speech, texts, kind, outcome, group)
            for outcome, group in by_outcome.items()
        ]
    # What many changed is too much to listen to.
    only = presses[0].record if len(presses) == 1 else None
    if isinstance(only, EndedRun) and (changed := _changed(texts, only)):
        return " ".join([*said, *changed])
    return " ".join([*said, *_waiting_changes(speech, presses)])


def _of_one_outcome(
    speech: Speech,
    texts: Texts,
    kind: SyncKind,
    outcome: Outcome | None,
    presses: Sequence[Press],
) -> str:
    filled_in = {
        "sync": speech.say(SYNC_NAMES[kind]),
        "places": speech.list_of([press.location.display_name for press in presses]),
    }
    if outcome is None:
        return speech.say("goes_on", **filled_in)
    only = presses[0].record if len(presses) == 1 else None
    match outcome, only:
        case Outcome.FAILED, EndedRun():
            refused = only.outcome is Outcome.REFUSED
            why = speech.say(
                "refused" if refused else "failed_now",
                reason=_reason(texts, only.reason),
                **filled_in,
            )
            return f"{why} {_next_step(speech, only)}"
        case Outcome.FAILED, _:
            return speech.say("did_not_work", **filled_in)
        case Outcome.UNCONFIRMED, EndedRun():
            said = speech.say(outcome, **filled_in)
            return f"{said} {_reason(texts, only.reason)}."
    return speech.say(outcome, **filled_in)


def _next_step(speech: Speech, run: EndedRun) -> str:
    """Return what to do after a run that was refused or failed."""
    return speech.say(NEXT_STEPS[run.reason], **outcome_placeholders(run, ""))


def _reason(texts: Texts, reason: Reason) -> str:
    place = f"component.{DOMAIN}.entity.event.sync.state_attributes.reason.state"
    return texts[f"{place}.{reason}"]


def _waiting_changes(speech: Speech, presses: Sequence[Press]) -> list[str]:
    """Say how many user changes a user sync makes live, where that is known."""
    count = sum(
        press.record.mark.pending or 0
        for press in presses
        if press.record.kind is SyncKind.USERS and not _did_not_work(press.record)
    )
    if count == 0:
        return []
    return [speech.say("waiting_one" if count == 1 else "waiting_many", count=count)]


def _did_not_work(record: OpenRun | EndedRun) -> bool:
    return isinstance(record, EndedRun) and record.outcome in _DID_NOT_WORK


def _changed(texts: Texts, record: EndedRun) -> list[str]:
    """Say what a sync changed."""
    say = speaker(texts, f"component.{DOMAIN}.common.")
    return [f"{sentence}." for sentence in effect_texts(say, record.effect)]


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
    synced = total - len(others)
    key = "some_in_sync_one" if synced == 1 else "some_in_sync_many"
    first = speech.say(key, count=synced, total=total)
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


def of_outcomes(
    speech: Speech,
    texts: Texts,
    coordinators: Sequence[LocationCoordinator],
    now: datetime,
) -> str:
    """Return how the newest sync of one or many locations went, the newest first."""
    newest = [(_newest_run(item), item) for item in coordinators]
    synced = [(run, item) for run, item in newest if run is not None]
    synced.sort(key=lambda pair: pair[0].requested, reverse=True)
    spoken = synced if len(coordinators) > 1 and synced else newest
    said = _some(
        speech, [_of_outcome(speech, texts, run, item, now) for run, item in spoken]
    )
    if len(spoken) == 1 and isinstance(only := spoken[0][0], EndedRun):
        said += _changed(texts, only)
        if _did_not_work(only):
            said.append(_next_step(speech, only))
    return " ".join(said)


def _newest_run(coordinator: LocationCoordinator) -> OpenRun | EndedRun | None:
    history = coordinator.history
    runs = [*history.ended.values()]
    if history.open_run is not None:
        return history.open_run
    return max(runs, key=lambda run: run.ended, default=None)


def _of_outcome(
    speech: Speech,
    texts: Texts,
    run: OpenRun | EndedRun | None,
    coordinator: LocationCoordinator,
    now: datetime,
) -> str:
    place = coordinator.display_name
    if run is None:
        return speech.say("no_outcome", location=place)
    sync = speech.say(SYNC_NAMES[run.kind])
    if not isinstance(run, EndedRun):
        return speech.say("running", sync=sync, location=place)
    filled_in = {"sync": sync, "location": place, "ago": speech.ago(now - run.ended)}
    match run.outcome:
        case Outcome.SUCCEEDED | Outcome.FINISHED:
            return speech.say(f"{run.outcome}_ago", **filled_in)
        case Outcome.UNCONFIRMED:
            key = "unconfirmed_ago"
        case _:
            key = "failed_ago"
    reason = _reason(texts, run.reason)
    return speech.say(key, reason=reason, **filled_in)


def of_needs(speech: Speech, coordinators: Sequence[LocationCoordinator]) -> str:
    """Return which locations need somebody to act, each with what it needs."""
    needy = [
        coordinator
        for coordinator in coordinators
        if not coordinator.last_update_success
        or coordinator.data.sync_status not in (SyncStatus.IN_SYNC, SyncStatus.SYNCING)
    ]
    if not needy:
        return speech.say("needs_none")
    return " ".join(_some(speech, [_of_status(speech, item) for item in needy]))


def of_pending(speech: Speech, coordinators: Sequence[LocationCoordinator]) -> str:
    """Return how many user changes are pending, only where there are any of many."""
    waiting = [
        item for item in coordinators if item.pending is None or item.pending.count > 0
    ]
    if len(coordinators) > 1 and not waiting:
        names = [item.display_name for item in coordinators]
        return speech.say("pending_none", location=speech.list_of(names, "or"))
    spoken = waiting if len(coordinators) > 1 else coordinators
    return " ".join(_some(speech, [_of_pending(speech, item) for item in spoken]))


def _of_pending(speech: Speech, coordinator: LocationCoordinator) -> str:
    pending = coordinator.pending
    if pending is None:
        return speech.say("pending_unknown", location=coordinator.display_name)
    form = {0: "none", 1: "one"}.get(pending.count, "many")
    return speech.say(
        f"pending_{form}", count=pending.count, location=coordinator.display_name
    )

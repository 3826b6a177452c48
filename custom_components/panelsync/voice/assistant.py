"""What is requested by voice or by a language model: who is meant, may they, do it, say it.

Nothing here takes, speaks or changes a code.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.intent import IntentResponseErrorCode
from homeassistant.util import dt as dt_util

from ..client import EndedRun, SyncKind
from ..const import CONF_VOICE_USER_SYNC, DOMAIN
from ..coordinators.location import LocationCoordinator
from ..messages import async_load_texts
from ..sync.batch import async_press_all, async_wait_for_outcomes
from ..sync.permissions import async_check_control, async_readable
from ..sync.press import Press
from ..sync.registry import loaded_locations
from . import replies
from .facts import async_outcome_facts, location_facts, press_facts
from .language import MOST_NAMES, Speech
from .locations import async_locations, distinct_names, may_sync_users, names_of
from .matching import close_to, find, is_one_of, named_in_full, only_fillers, trimmed
from .requests import Question, Request, RequestKind

# The first look after the start comes after 5 s; nobody likes to wait much longer.
SPOKEN_WAIT = 7.0

_KINDS = {
    RequestKind.SYNC_USERS: SyncKind.USERS,
    RequestKind.SYNC_PANEL: SyncKind.PANEL,
    RequestKind.REFRESH: SyncKind.REFRESH,
}
_OPTION_NAME = f"component.{DOMAIN}.options.step.user_sync.data.{CONF_VOICE_USER_SYNC}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said; `facts` is the same for a program, one for each location.

    `question` is what PanelSync asks back; `running` are the syncs whose outcome is
    still to come.
    """

    text: str
    error: IntentResponseErrorCode | None = None
    facts: tuple[Mapping[str, Any], ...] = ()
    question: Question | None = None
    running: tuple[Press, ...] = ()


@dataclass(frozen=True, slots=True)
class VoiceRequest:
    """Who requests what, and how.

    `spoken`: a person said the sentence word for word; else a language model chose it.
    """

    request: Request
    speech: Speech
    context: Context
    spoken: bool


async def async_answer(hass: HomeAssistant, voice_request: VoiceRequest) -> Answer:
    """Do what is requested and say what became of it, or ask back."""
    requested = voice_request.request.kind
    starts = requested is RequestKind.SYNC or requested in _KINDS
    chosen = await _async_choose(hass, voice_request, to_start=starts)
    if isinstance(chosen, Answer):
        return chosen
    if requested is RequestKind.SYNC:
        return _which_sync(voice_request, chosen)
    if (kind := _KINDS.get(requested)) is not None:
        return await _async_sync(hass, kind, chosen, voice_request)
    texts = await async_load_texts(
        hass, voice_request.speech.language, *replies.TEXT_CATEGORIES
    )
    now = dt_util.utcnow()
    match requested:
        case RequestKind.LAST_SYNC:
            text = replies.of_last_syncs(voice_request.speech, chosen, now)
        case RequestKind.OUTCOME:
            text = replies.of_outcomes(voice_request.speech, texts, chosen, now)
        case RequestKind.NEEDS_SYNC:
            text = replies.of_needs(voice_request.speech, chosen)
        case RequestKind.PENDING:
            text = replies.of_pending(voice_request.speech, chosen)
        case _:
            text = replies.of_statuses(voice_request.speech, chosen)
    facts = [location_facts(item) for item in chosen]
    # Whoever speaks hears no records, and of many nobody reads them.
    if (
        requested is RequestKind.OUTCOME
        and not voice_request.spoken
        and len(chosen) <= MOST_NAMES
    ):
        facts = await asyncio.gather(*map(async_outcome_facts, chosen))
    return Answer(text, facts=tuple(facts))


def _which_sync(
    voice_request: VoiceRequest, chosen: Sequence[LocationCoordinator]
) -> Answer:
    """Ask which sync is meant: a user sync makes changes live, a panel sync does not."""
    places = voice_request.speech.list_of([item.display_name for item in chosen])
    place = (
        chosen[0].display_name
        if len(chosen) == 1
        else voice_request.speech.everywhere[0]
    )
    return Answer(
        voice_request.speech.say("which_sync", places=places),
        IntentResponseErrorCode.NO_VALID_TARGETS,
        question=Question(replace(voice_request.request, place=place)),
    )


async def _async_sync(
    hass: HomeAssistant,
    kind: SyncKind,
    chosen: Sequence[LocationCoordinator],
    voice_request: VoiceRequest,
) -> Answer:
    """Start one run at each location that is meant, and say what became of it."""
    allowed = [item for item in chosen if _may_start(item, kind, voice_request.spoken)]
    barred = [item.display_name for item in chosen if item not in allowed]
    # Before anything is waited for: an entry may be unloaded meanwhile.
    known = loaded_locations(hass)
    managers = [known[location.identifier] for location in allowed]
    texts = await async_load_texts(
        hass, voice_request.speech.language, *replies.TEXT_CATEGORIES
    )
    said = []
    if barred:
        said.append(
            voice_request.speech.say(
                "not_allowed",
                places=voice_request.speech.list_of(barred),
                option=texts[_OPTION_NAME],
            )
        )
    if not allowed:
        return Answer(said[0], IntentResponseErrorCode.FAILED_TO_HANDLE)
    try:
        await async_check_control(hass, allowed, kind, voice_request.context)
    except Unauthorized:
        return Answer(
            voice_request.speech.say("not_permitted"),
            IntentResponseErrorCode.FAILED_TO_HANDLE,
        )
    presses = await async_press_all(hass, managers, kind, voice_request.context)
    with suppress(TimeoutError):
        async with asyncio.timeout(SPOKEN_WAIT):
            await async_wait_for_outcomes(presses)
    said.insert(0, replies.of_presses(voice_request.speech, texts, kind, presses))
    nothing_started = all(press.error is not None for press in presses)
    return Answer(
        " ".join(said),
        IntentResponseErrorCode.FAILED_TO_HANDLE if nothing_started else None,
        tuple(press_facts(press) for press in presses),
        running=tuple(
            press for press in presses if not isinstance(press.record, EndedRun)
        ),
    )


def _may_start(coordinator: LocationCoordinator, kind: SyncKind, spoken: bool) -> bool:
    """Return whether the account's option is needed, and if so, whether it is on."""
    free = kind is SyncKind.REFRESH or (spoken and kind is SyncKind.PANEL)
    return free or may_sync_users(coordinator)


async def _async_choose(
    hass: HomeAssistant, voice_request: VoiceRequest, *, to_start: bool
) -> list[LocationCoordinator] | Answer:
    """Return the locations that are meant, or ask back.

    Something is started only where every word was understood.
    """
    speech, request = voice_request.speech, voice_request.request
    place = request.place or ""
    locations = async_locations(hass)
    if not locations:
        return Answer(
            speech.say("no_location"), IntentResponseErrorCode.NO_VALID_TARGETS
        )
    if not to_start:
        locations = await async_readable(hass, locations, voice_request.context)
        if not locations:
            return Answer(
                speech.say("status_not_permitted"),
                IntentResponseErrorCode.FAILED_TO_HANDLE,
            )
    names = names_of(hass, locations)
    # First, as a name may be made of words that are left out elsewhere, or of "all".
    found = named_in_full(place, names, speech.fillers)
    if not found:
        if only_fillers(place, speech.fillers):
            if request.everywhere or not to_start or len(locations) == 1:
                return locations
            return _ask_which(voice_request, locations)
        if is_one_of(place, speech.everywhere, speech.fillers):
            return locations
        found = find(place, names, speech.fillers, strict=to_start)
    if not found:
        return _unknown(voice_request, place, locations)
    if len(found) > 1:
        return _ask_which(voice_request, found)
    return found


def _ask_which(
    voice_request: VoiceRequest, coordinators: Sequence[LocationCoordinator]
) -> Answer:
    """Ask at which location; the area or the account distinguishes two of the same name."""
    speech = voice_request.speech
    if len(coordinators) > MOST_NAMES:
        text = speech.say("which_many", count=len(coordinators))
    else:
        names = distinct_names(coordinators)
        text = speech.say("which", places=speech.list_of(names, "or"))
    return Answer(
        text,
        IntentResponseErrorCode.NO_VALID_TARGETS,
        question=Question(replace(voice_request.request, place=None)),
    )


def _unknown(
    voice_request: VoiceRequest, place: str, locations: Sequence[LocationCoordinator]
) -> Answer:
    """Say that a name is not known, and offer the one that sounds like it."""
    speech = voice_request.speech
    spoken = trimmed(place, speech.fillers)
    names = [item.display_name for item in locations]
    if (near := close_to(spoken, names)) is not None:
        return Answer(
            speech.say("did_you_mean", spoken=spoken, places=near),
            IntentResponseErrorCode.NO_VALID_TARGETS,
            question=Question(replace(voice_request.request, place=None), offered=near),
        )
    return Answer(
        speech.say("unknown", spoken=spoken, places=speech.list_of(names)),
        IntentResponseErrorCode.NO_VALID_TARGETS,
        question=Question(replace(voice_request.request, place=None)),
    )

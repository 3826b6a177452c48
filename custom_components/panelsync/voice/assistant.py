"""What is requested by voice or by a language model: who is meant, may they, do it, say it.

Nothing here takes, speaks or changes a code.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.helpers.intent import IntentResponseErrorCode
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..client import EndedRun, SyncKind
from ..const import CONF_VOICE_USER_SYNC, DOMAIN
from ..coordinators.location import LocationCoordinator
from ..identifiers import find_entity
from ..sync.batch import async_press_all, async_wait_for_outcomes
from ..sync.permissions import async_check_control
from ..sync.press import Press
from ..sync.registry import loaded_locations
from . import replies
from .language import MOST_NAMES, Speech
from .matching import close_to, find, is_one_of, named_in_full, only_fillers, trimmed
from .requests import Ask, Question, Request

# The first look after the start comes after 5 s; nobody likes to wait much longer.
SPOKEN_WAIT = 7.0

_KINDS = {
    Ask.SYNC_USERS: SyncKind.USERS,
    Ask.SYNC_PANEL: SyncKind.PANEL,
    Ask.REFRESH: SyncKind.REFRESH,
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
class Asked:
    """Who requests what, and how.

    `spoken` tells a sentence said word for word from a language model's own choice.
    """

    request: Request
    speech: Speech
    context: Context
    spoken: bool


async def async_answer(hass: HomeAssistant, asked: Asked) -> Answer:
    """Do what is requested and say what became of it, or ask back."""
    ask = asked.request.ask
    starts = ask is Ask.SYNC or ask in _KINDS
    chosen = await _async_choose(hass, asked, to_start=starts)
    if isinstance(chosen, Answer):
        return chosen
    if ask is Ask.SYNC:
        return _which_sync(asked, chosen)
    if (kind := _KINDS.get(ask)) is not None:
        return await _async_sync(hass, kind, chosen, asked)
    texts = await async_texts(hass, asked.speech.language)
    now = dt_util.utcnow()
    match ask:
        case Ask.LAST_SYNC:
            text = replies.of_last_syncs(asked.speech, chosen, now)
        case Ask.OUTCOME:
            text = replies.of_outcomes(asked.speech, texts, chosen, now)
        case Ask.NEEDS_SYNC:
            text = replies.of_needs(asked.speech, chosen)
        case Ask.PENDING:
            text = replies.of_pending(asked.speech, chosen)
        case _:
            text = replies.of_statuses(asked.speech, chosen)
    return Answer(text, facts=tuple(_facts(item) for item in chosen))


def _which_sync(asked: Asked, chosen: Sequence[LocationCoordinator]) -> Answer:
    """Ask which sync is meant: a user sync makes changes live, a panel sync does not."""
    places = asked.speech.list_of([item.display_name for item in chosen])
    place = chosen[0].display_name if len(chosen) == 1 else asked.speech.everywhere[0]
    return Answer(
        asked.speech.say("which_sync", places=places),
        IntentResponseErrorCode.NO_VALID_TARGETS,
        question=Question(replace(asked.request, place=place)),
    )


async def _async_sync(
    hass: HomeAssistant,
    kind: SyncKind,
    chosen: Sequence[LocationCoordinator],
    asked: Asked,
) -> Answer:
    """Start one run at each location that is meant, and say what became of it."""
    allowed = [item for item in chosen if _may_start(item, kind, asked.spoken)]
    barred = [item.display_name for item in chosen if item not in allowed]
    texts = await async_texts(hass, asked.speech.language)
    said = []
    if barred:
        said.append(
            asked.speech.say(
                "not_allowed",
                places=asked.speech.list_of(barred),
                option=texts[_OPTION_NAME],
            )
        )
    if not allowed:
        return Answer(said[0], IntentResponseErrorCode.FAILED_TO_HANDLE)
    known = loaded_locations(hass)
    managers = [known[location.identifier] for location in allowed]
    try:
        await async_check_control(hass, allowed, kind, asked.context)
    except Unauthorized:
        return Answer(
            asked.speech.say("not_permitted"), IntentResponseErrorCode.FAILED_TO_HANDLE
        )
    presses = await async_press_all(hass, managers, kind, asked.context)
    with suppress(TimeoutError):
        async with asyncio.timeout(SPOKEN_WAIT):
            await async_wait_for_outcomes(presses)
    said.insert(0, replies.of_presses(asked.speech, texts, kind, presses))
    nothing_started = all(press.error is not None for press in presses)
    return Answer(
        " ".join(said),
        IntentResponseErrorCode.FAILED_TO_HANDLE if nothing_started else None,
        tuple(_press_facts(press) for press in presses),
        running=tuple(
            press for press in presses if not isinstance(press.record, EndedRun)
        ),
    )


def _may_start(coordinator: LocationCoordinator, kind: SyncKind, spoken: bool) -> bool:
    """Tell whether the account's option is needed, and if so, whether it is on."""
    free = kind is SyncKind.REFRESH or (spoken and kind is SyncKind.PANEL)
    return free or _has_option(coordinator)


def _has_option(coordinator: LocationCoordinator) -> bool:
    return bool(coordinator.config_entry.options.get(CONF_VOICE_USER_SYNC, False))


@callback
def async_may_sync_anywhere(hass: HomeAssistant) -> bool:
    """Tell whether any account lets a language model start syncs."""
    loaded = loaded_locations(hass).values()
    return any(_has_option(manager.location) for manager in loaded)


async def _async_choose(
    hass: HomeAssistant, asked: Asked, *, to_start: bool
) -> list[LocationCoordinator] | Answer:
    """Return the locations that are meant, or ask back.

    Something is started only where every word was understood.
    """
    speech, request = asked.speech, asked.request
    place = request.place or ""
    locations = async_locations(hass)
    if not locations:
        return Answer(
            speech.say("no_location"), IntentResponseErrorCode.NO_VALID_TARGETS
        )
    if not to_start:
        locations = await _async_readable(hass, locations, asked.context)
        if not locations:
            return Answer(
                speech.say("status_not_permitted"),
                IntentResponseErrorCode.FAILED_TO_HANDLE,
            )
    names = _names_of(hass, locations)
    # First, as a name may be made of words that are left out elsewhere, or of "all".
    found = named_in_full(place, names, speech.fillers)
    if not found:
        if only_fillers(place, speech.fillers):
            if request.everywhere or not to_start or len(locations) == 1:
                return locations
            return _ask_which(asked, locations)
        if is_one_of(place, speech.everywhere, speech.fillers):
            return locations
        found = find(place, names, speech.fillers, strict=to_start)
    if not found:
        return _unknown(asked, place, locations)
    if len(found) > 1:
        return _ask_which(asked, found)
    return found


async def _async_readable(
    hass: HomeAssistant, locations: list[LocationCoordinator], context: Context
) -> list[LocationCoordinator]:
    """Return the locations whose status the person may see; nobody sees them all."""
    if context.user_id is None:
        return locations
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        return []
    return [
        location
        for location in locations
        if (entity_id := _status_entity(hass, location)) is not None
        and user.permissions.check_entity(entity_id, POLICY_READ)
    ]


def _ask_which(asked: Asked, coordinators: Sequence[LocationCoordinator]) -> Answer:
    """Ask at which location; two of one name are told apart by area or account."""
    speech = asked.speech
    if len(coordinators) > MOST_NAMES:
        text = speech.say("which_many", count=len(coordinators))
    else:
        names = _told_apart(coordinators)
        text = speech.say("which", places=speech.list_of(names, "or"))
    return Answer(
        text,
        IntentResponseErrorCode.NO_VALID_TARGETS,
        question=Question(replace(asked.request, place=None)),
    )


def _told_apart(coordinators: Sequence[LocationCoordinator]) -> list[str]:
    names = [item.display_name for item in coordinators]
    return [
        name
        if names.count(name) == 1
        else f"{name} ({_area_name(item) or item.config_entry.title})"
        for name, item in zip(names, coordinators, strict=True)
    ]


def _unknown(
    asked: Asked, place: str, locations: Sequence[LocationCoordinator]
) -> Answer:
    """Say that a name is not known, and offer the one that sounds like it."""
    speech = asked.speech
    spoken = trimmed(place, speech.fillers)
    names = [item.display_name for item in locations]
    if (near := close_to(spoken, names)) is not None:
        return Answer(
            speech.say("did_you_mean", spoken=spoken, places=near),
            IntentResponseErrorCode.NO_VALID_TARGETS,
            question=Question(replace(asked.request, place=None), offered=near),
        )
    return Answer(
        speech.say("unknown", spoken=spoken, places=speech.list_of(names)),
        IntentResponseErrorCode.NO_VALID_TARGETS,
        question=Question(replace(asked.request, place=None)),
    )


@callback
def async_locations(hass: HomeAssistant) -> list[LocationCoordinator]:
    """Return each loaded location that is switched on once, by name.

    Where two accounts see one, the account that may sync users by voice counts.
    """
    by_id: dict[int, LocationCoordinator] = {}
    for manager in loaded_locations(hass).values():
        coordinator = manager.location
        location_id = coordinator.location.location_id
        if not coordinator.is_switched_on:
            continue
        if location_id not in by_id or _has_option(coordinator):
            by_id[location_id] = coordinator
    return sorted(by_id.values(), key=lambda item: item.display_name.casefold())


@callback
def async_names(hass: HomeAssistant) -> list[str]:
    """Return all names of all locations, each once."""
    names = _names_of(hass, async_locations(hass))
    return list(dict.fromkeys(name for of_one in names.values() for name in of_one))


def _names_of(
    hass: HomeAssistant, locations: Iterable[LocationCoordinator]
) -> dict[LocationCoordinator, list[str]]:
    """Return the names of each location; one a person gave beats the service's.

    A location that a person called like another one is at the service is the one that
    is meant by it. Where two are called alike, area and account tell them apart.
    """
    locations = list(locations)
    display_names = [item.display_name for item in locations]
    given = {
        location: [
            *_given_names(hass, location),
            *(
                f"{location.display_name} {apart}"
                for apart in (_area_name(location), location.config_entry.title)
                if apart is not None and display_names.count(location.display_name) > 1
            ),
        ]
        for location in locations
    }
    taken = {
        name.casefold(): location for location, names in given.items() for name in names
    }
    return {
        location: [
            *names,
            *(
                name
                for name in (location.location.name,)
                if taken.get(name.casefold(), location) is location
            ),
        ]
        for location, names in given.items()
    }


def _given_names(
    hass: HomeAssistant, coordinator: LocationCoordinator
) -> Iterable[str]:
    """Return what people call a location.

    Besides its name: its area with the area's aliases, and the aliases of its sync
    status (a device can have none).
    """
    if coordinator.display_name != coordinator.location.name:
        yield coordinator.display_name
    device = coordinator.device
    if device is not None and device.area_id is not None:
        area = ar.async_get(hass).async_get_area(device.area_id)
        if area is not None:
            yield area.name
            yield from area.aliases
    entity_id = _status_entity(hass, coordinator)
    entry = None if entity_id is None else er.async_get(hass).async_get(entity_id)
    if entry is not None:
        yield from (alias for alias in entry.aliases if isinstance(alias, str))


def _area_name(coordinator: LocationCoordinator) -> str | None:
    device = coordinator.device
    if device is None or device.area_id is None:
        return None
    area = ar.async_get(coordinator.hass).async_get_area(device.area_id)
    return None if area is None else area.name


def _status_entity(hass: HomeAssistant, coordinator: LocationCoordinator) -> str | None:
    return find_entity(hass, "sensor", coordinator.identifier, "sync_status")


async def async_texts(hass: HomeAssistant, language: str) -> dict[str, str]:
    """Return Home Assistant's texts of ours that are said, too."""
    texts: dict[str, str] = {}
    for category in ("entity", "exceptions", "options"):
        texts |= await async_get_translations(hass, language, category, {DOMAIN})
    return texts


def _press_facts(press: Press) -> dict[str, Any]:
    ended = press.record if isinstance(press.record, EndedRun) else None
    return {
        "location": press.location.display_name,
        "kind": press.record.kind,
        "outcome": "started" if ended is None else ended.outcome,
        "reason": None if ended is None else ended.reason,
        "evidence": [] if ended is None else list(ended.evidence),
    }


def _facts(coordinator: LocationCoordinator) -> dict[str, Any]:
    readable = coordinator.last_update_success
    history = coordinator.history
    last = {
        f"last_{kind}_sync": history.last_success(kind)
        for kind in (SyncKind.PANEL, SyncKind.USERS)
    }
    pending = coordinator.pending
    return {
        "location": coordinator.display_name,
        "sync_status": coordinator.data.sync_status if readable else None,
        "pending_user_changes": None if pending is None else pending.count,
        "last_outcomes": [
            {
                "kind": ended.kind,
                "outcome": ended.outcome,
                "reason": ended.reason,
                "evidence": list(ended.evidence),
                "ended": ended.ended.isoformat(),
            }
            for ended in history.ended.values()
        ],
        **{
            name: None if moment is None else moment.isoformat()
            for name, moment in last.items()
        },
    }

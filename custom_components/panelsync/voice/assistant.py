"""What is asked by voice or by a language model: who is meant, may they, do it, say it.

Nothing here takes, speaks or changes a code.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.helpers.intent import IntentResponseErrorCode
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..client.models import SyncKind
from ..client.sync.run import EndedRun
from ..const import CONF_VOICE_USER_SYNC, DOMAIN
from ..coordinators.location import LocationCoordinator
from ..identifiers import find_entity
from ..sync.batch import async_press_all, async_wait_for_outcomes
from ..sync.permissions import async_check_control
from ..sync.press import Press
from ..sync.registry import loaded_locations
from . import replies as answers
from .language import MOST_NAMES, Speech
from .matching import find, is_one_of, named_in_full, only_fillers, trimmed

# The first look after the start comes after 5 s; nobody likes to wait much longer.
SPOKEN_WAIT = 7.0

_OPTION_NAME = f"component.{DOMAIN}.options.step.init.data.{CONF_VOICE_USER_SYNC}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said; `facts` is the same for a program, one for each location."""

    text: str
    error: IntentResponseErrorCode | None = None
    facts: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, where and how.

    `place` is the name of a location as it was said, None where none was. `spoken`
    tells a sentence said word for word from a language model's own choice.
    """

    speech: Speech
    place: str | None
    context: Context
    spoken: bool


async def async_sync(hass: HomeAssistant, kind: SyncKind, asked: Asked) -> Answer:
    """Start one run at each location that is meant, and say what became of it."""
    chosen = _choose(hass, asked, to_start=True)
    if isinstance(chosen, Answer):
        return chosen
    allowed = [item for item in chosen if _may_start(item, kind, asked.spoken)]
    barred = [item.display_name for item in chosen if item not in allowed]
    texts = await _async_texts(hass, asked.speech.language)
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
    said.insert(0, answers.of_presses(asked.speech, texts, kind, presses))
    nothing_started = all(press.error is not None for press in presses)
    return Answer(
        " ".join(said),
        IntentResponseErrorCode.FAILED_TO_HANDLE if nothing_started else None,
        tuple(_press_facts(press) for press in presses),
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


@callback
def async_status(hass: HomeAssistant, asked: Asked) -> Answer:
    """Say how the sync of the locations that are meant stands."""
    chosen = _choose(hass, asked, to_start=False)
    if isinstance(chosen, Answer):
        return chosen
    return Answer(
        answers.of_statuses(asked.speech, chosen),
        facts=tuple(_facts(item) for item in chosen),
    )


@callback
def async_last_sync(hass: HomeAssistant, asked: Asked) -> Answer:
    """Say when the locations that are meant were last synced."""
    chosen = _choose(hass, asked, to_start=False)
    if isinstance(chosen, Answer):
        return chosen
    return Answer(
        answers.of_last_syncs(asked.speech, chosen, dt_util.utcnow()),
        facts=tuple(_facts(item) for item in chosen),
    )


def _choose(
    hass: HomeAssistant, asked: Asked, *, to_start: bool
) -> list[LocationCoordinator] | Answer:
    """Return the locations that are meant, or ask back.

    Something is started only where every word was understood.
    """
    speech, place = asked.speech, asked.place or ""
    locations = async_locations(hass)
    if not locations:
        return _ask_back(speech.say("no_location"))
    names = _names_of(hass, locations)
    # First, as a name may be made of words that are left out elsewhere, or of "all".
    found = named_in_full(place, names, speech.fillers)
    if not found:
        if only_fillers(place, speech.fillers):
            if not to_start or len(locations) == 1:
                return locations
            return _ask_back(_which(hass, speech, locations))
        if is_one_of(place, speech.everywhere, speech.fillers):
            return locations
        found = find(place, names, speech.fillers, strict=to_start)
    if not found:
        there_are = speech.list_of([item.display_name for item in locations])
        spoken = trimmed(place, speech.fillers)
        return _ask_back(speech.say("unknown", spoken=spoken, places=there_are))
    if len(found) > 1:
        return _ask_back(_which(hass, speech, found))
    return found


def _which(
    hass: HomeAssistant, speech: Speech, coordinators: Sequence[LocationCoordinator]
) -> str:
    if len(coordinators) > MOST_NAMES:
        return speech.say("which_many", count=len(coordinators))
    names = [coordinator.display_name for coordinator in coordinators]
    return speech.say("which", places=speech.list_of(names, "or"))


def _ask_back(text: str) -> Answer:
    return Answer(text, IntentResponseErrorCode.NO_VALID_TARGETS)


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
    return sorted(by_id.values(), key=lambda item: item.location.name.casefold())


@callback
def async_is_named(hass: HomeAssistant, place: str, speech: Speech) -> bool:
    """Tell whether a location is named in full, be it by words left out elsewhere."""
    names = _names_of(hass, async_locations(hass))
    return bool(named_in_full(place, names, speech.fillers))


def _names_of(
    hass: HomeAssistant, locations: Iterable[LocationCoordinator]
) -> dict[LocationCoordinator, list[str]]:
    return {location: list(_names(hass, location)) for location in locations}


def _names(hass: HomeAssistant, coordinator: LocationCoordinator) -> Iterable[str]:
    """Return what a location may be called.

    Besides its names: its area with the area's aliases, and the aliases of its sync
    status (a device can have none).
    """
    yield coordinator.location.name
    yield coordinator.display_name
    device = coordinator.device
    if device is not None and device.area_id is not None:
        area = ar.async_get(hass).async_get_area(device.area_id)
        if area is not None:
            yield area.name
            yield from area.aliases
    entity_id = find_entity(hass, "sensor", coordinator.identifier, "sync_status")
    entry = None if entity_id is None else er.async_get(hass).async_get(entity_id)
    if entry is not None:
        yield from (alias for alias in entry.aliases if isinstance(alias, str))


async def _async_texts(hass: HomeAssistant, language: str) -> dict[str, str]:
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
    last = {
        f"last_{kind}_sync": coordinator.history.last_success(kind)
        for kind in (SyncKind.PANEL, SyncKind.USERS)
    }
    return {
        "location": coordinator.display_name,
        "sync_status": coordinator.data.sync_status if readable else None,
        **{
            name: None if moment is None else moment.isoformat()
            for name, moment in last.items()
        },
    }

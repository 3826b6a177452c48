"""Intents: what a sentence, a language model or a person's own sentences may ask."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
import voluptuous as vol

from .client.models import SyncKind
from .const import DOMAIN
from .voice.assistant import Answer, Asked, async_last_sync, async_status, async_sync
from .voice.language import async_load_speeches, speech_for

SYNC_USERS = "PanelSyncSyncUsers"
SYNC_PANEL = "PanelSyncSyncPanel"
REFRESH = "PanelSyncRefreshStatus"
STATUS = "PanelSyncGetSyncStatus"
LAST_SYNC = "PanelSyncGetLastSync"

SLOT_LOCATION = "location"
_LOCATION_HINT = (
    "Name of one location. For all of them say: everywhere."
    " May be left out where there is only one."
)

# Sentences reach intents by these; all else chose the intent by itself.
_SPOKEN_PLATFORMS = (DOMAIN, "conversation")


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents."""
    for handler in (
        SyncIntent(
            SYNC_USERS,
            SyncKind.USERS,
            "Start a user sync: makes waiting user and code changes of an alarm panel"
            " live, which changes who can disarm the house. Only on explicit request",
        ),
        SyncIntent(
            SYNC_PANEL,
            SyncKind.PANEL,
            "Start a panel sync: brings the zones, partitions and names of an alarm"
            " panel and the service's copy into line; either side may change. Only on"
            " explicit request",
        ),
        SyncIntent(
            REFRESH,
            SyncKind.REFRESH,
            "Ask an alarm panel for its present state; changes nothing",
        ),
        StatusIntent(),
        LastSyncIntent(),
    ):
        intent.async_register(hass, handler)


class LocationIntent(intent.IntentHandler):
    """An intent about one location or all of them."""

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        """Return the one slot: the location's name."""
        return {
            vol.Optional(SLOT_LOCATION, description=_LOCATION_HINT): (
                intent.non_empty_string
            )
        }

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Ask, and answer in the language of the question."""
        hass = intent_obj.hass
        slots: Mapping[str, Any] = self.async_validate_slots(intent_obj.slots)
        speeches = await async_load_speeches(hass)
        answer = await self._async_answer(
            hass,
            Asked(
                speech=speech_for(speeches, intent_obj.language),
                place=slots.get(SLOT_LOCATION, {}).get("value"),
                context=intent_obj.context,
                spoken=intent_obj.platform in _SPOKEN_PLATFORMS,
            ),
        )
        response = intent_obj.create_response()
        if answer.error is not None:
            response.async_set_error(answer.error, answer.text)
        else:
            response.async_set_speech(answer.text)
        if answer.facts:
            response.async_set_speech_slots({"locations": list(answer.facts)})
        return response

    async def _async_answer(self, hass: HomeAssistant, asked: Asked) -> Answer:
        raise NotImplementedError


class SyncIntent(LocationIntent):
    """Starts runs of one kind."""

    def __init__(self, intent_type: str, kind: SyncKind, description: str) -> None:
        """Take the kind it starts."""
        self.intent_type = intent_type
        self.description = description
        self._kind = kind

    @override
    async def _async_answer(self, hass: HomeAssistant, asked: Asked) -> Answer:
        return await async_sync(hass, self._kind, asked)


class StatusIntent(LocationIntent):
    """Tells how the sync stands."""

    intent_type = STATUS
    description = (
        "Tell whether an alarm panel and its service are in sync, and when panel and"
        " users were last synced"
    )

    @override
    async def _async_answer(self, hass: HomeAssistant, asked: Asked) -> Answer:
        return async_status(hass, asked)


class LastSyncIntent(LocationIntent):
    """Tells when a location was last synced."""

    intent_type = LAST_SYNC
    description = "Tell when an alarm panel and its users were last synced"

    @override
    async def _async_answer(self, hass: HomeAssistant, asked: Asked) -> Answer:
        return async_last_sync(hass, asked)

"""Intents: what a sentence, a language model or a person's own sentences may request."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
import voluptuous as vol

from ..const import DOMAIN
from .announcing import async_announce_outcomes
from .assistant import VoiceRequest, async_answer
from .language import async_load_speeches, speech_for
from .requests import Request, RequestKind

SYNC_USERS = "PanelSyncSyncUsers"
SYNC_PANEL = "PanelSyncSyncPanel"
REFRESH = "PanelSyncRefreshStatus"
STATUS = "PanelSyncGetSyncStatus"
LAST_SYNC = "PanelSyncGetLastSync"
OUTCOME = "PanelSyncGetOutcome"
NEEDS_SYNC = "PanelSyncGetNeedsSync"
PENDING = "PanelSyncGetPendingChanges"

SLOT_LOCATION = "location"
_LOCATION_HINT = (
    "Name of one location. For all of them say: everywhere."
    " May be left out where there is only one."
)

# Sentences reach intents by these; all else chose the intent by itself.
_SPOKEN_PLATFORMS = (DOMAIN, "conversation")

_DESCRIPTIONS = {
    SYNC_USERS: (
        "Start a user sync: makes pending user and code changes of an alarm panel live,"
        " which changes who can disarm the house. Only on explicit request"
    ),
    SYNC_PANEL: (
        "Start a panel sync: brings the zones, partitions and names of an alarm panel"
        " and the service's copy into line; either side may change. Only on explicit"
        " request"
    ),
    REFRESH: "Ask an alarm panel for its current status; changes nothing",
    STATUS: (
        "Tell whether an alarm panel and its service are in sync, and when panel and"
        " users were last synced"
    ),
    LAST_SYNC: "Tell when an alarm panel and its users were last synced",
    OUTCOME: (
        "Tell how the newest sync of an alarm panel went, why it failed, and what the"
        " event log says"
    ),
    NEEDS_SYNC: "Tell which locations need a sync",
    PENDING: "Tell how many user changes are pending at a location",
}
_KINDS = {
    SYNC_USERS: RequestKind.SYNC_USERS,
    SYNC_PANEL: RequestKind.SYNC_PANEL,
    REFRESH: RequestKind.REFRESH,
    STATUS: RequestKind.STATUS,
    LAST_SYNC: RequestKind.LAST_SYNC,
    OUTCOME: RequestKind.OUTCOME,
    NEEDS_SYNC: RequestKind.NEEDS_SYNC,
    PENDING: RequestKind.PENDING,
}


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents."""
    for intent_type, description in _DESCRIPTIONS.items():
        intent.async_register(
            hass, LocationIntent(intent_type, _KINDS[intent_type], description)
        )


class LocationIntent(intent.IntentHandler):
    """An intent about one location or all of them."""

    def __init__(self, intent_type: str, kind: RequestKind, description: str) -> None:
        """Take what it requests."""
        self.intent_type = intent_type
        self.description = description
        self._kind = kind

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
        """Do it, and answer in the language of the question."""
        hass = intent_obj.hass
        slots: Mapping[str, Any] = self.async_validate_slots(intent_obj.slots)
        speeches = await async_load_speeches(hass)
        voice_request = VoiceRequest(
            Request(self._kind, slots.get(SLOT_LOCATION, {}).get("value")),
            speech_for(speeches, intent_obj.language),
            intent_obj.context,
            spoken=intent_obj.platform in _SPOKEN_PLATFORMS,
        )
        answer = await async_answer(hass, voice_request)
        async_announce_outcomes(
            hass, answer, voice_request, intent_obj.satellite_id, intent_obj.device_id
        )
        response = intent_obj.create_response()
        if answer.error is not None:
            response.async_set_error(answer.error, answer.text)
        else:
            response.async_set_speech(answer.text)
        if answer.facts:
            response.async_set_speech_slots({"locations": list(answer.facts)})
        return response

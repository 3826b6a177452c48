"""Outcomes that come after the answer, announced where they were requested."""

import asyncio
from functools import partial

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..client import EndedRun
from ..const import DOMAIN
from ..messages import async_load_texts
from ..plain_text import plain
from ..sync.press import Press
from . import replies
from .assistant import Answer, VoiceRequest

_SATELLITE = "assist_satellite"
_ANNOUNCE = "announce"


@callback
def async_announce_outcomes(
    hass: HomeAssistant,
    answer: Answer,
    voice_request: VoiceRequest,
    satellite_id: str | None,
    device_id: str | None,
) -> None:
    """Tell each outcome that is still to come, once: at the satellite, else in writing."""
    where = satellite_id or _satellite_of(hass, device_id)
    for press in answer.running:
        if press.outcome is not None:
            press.outcome.add_done_callback(
                partial(_announce, hass, press, voice_request, where)
            )


@callback
def _announce(
    hass: HomeAssistant,
    press: Press,
    voice_request: VoiceRequest,
    satellite_id: str | None,
    outcome: asyncio.Future[EndedRun],
) -> None:
    # Cancelled where the entry was unloaded: the outcome is in Activity later.
    if not outcome.cancelled():
        press.location.config_entry.async_create_task(
            hass,
            _async_announce(hass, press, outcome.result(), voice_request, satellite_id),
            f"{DOMAIN} announce {press.record.location_id}",
        )


async def _async_announce(
    hass: HomeAssistant,
    press: Press,
    record: EndedRun,
    voice_request: VoiceRequest,
    satellite_id: str | None,
) -> None:
    texts = await async_load_texts(
        hass, voice_request.speech.language, *replies.TEXT_CATEGORIES
    )
    text = replies.of_presses(voice_request.speech, texts, record.kind, [press])
    if satellite_id is not None and hass.services.has_service(_SATELLITE, _ANNOUNCE):
        try:
            await hass.services.async_call(
                _SATELLITE,
                _ANNOUNCE,
                {"entity_id": satellite_id, "message": text},
                blocking=True,
                context=voice_request.context,
            )
        except HomeAssistantError:
            # The satellite is away or cannot announce: then it is written down.
            pass
        else:
            return
    persistent_notification.async_create(
        hass,
        plain(text),
        title="PanelSync",
        notification_id=f"{DOMAIN}_{record.run_id}",
    )


@callback
def _satellite_of(hass: HomeAssistant, device_id: str | None) -> str | None:
    if device_id is None:
        return None
    for entity in er.async_entries_for_device(er.async_get(hass), device_id):
        if entity.domain == _SATELLITE:
            return entity.entity_id
    return None

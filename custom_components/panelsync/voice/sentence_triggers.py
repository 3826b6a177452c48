"""Sentences people say, registered once while any account is loaded.

A sentence trigger is the only door for an integration's own sentences
(docs/architecture.md#home-assistant). All languages are registered: a home may speak several.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.helpers import intent
from homeassistant.helpers.script import ScriptRunResult
from homeassistant.helpers.trigger import (
    async_initialize_triggers,
    async_validate_trigger_config,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from ..intent import LAST_SYNC, REFRESH, SLOT_LOCATION, STATUS, SYNC_PANEL, SYNC_USERS
from .assistant import async_is_named
from .language import DEFAULT_LANGUAGE, Speech, async_load_speeches, speech_for
from .matching import only_fillers

CONVERSATION = "conversation"
_EVERYWHERE = "_everywhere"
INTENTS = {
    "sync_users": SYNC_USERS,
    "sync_panel": SYNC_PANEL,
    "refresh": REFRESH,
    "status": STATUS,
    "last_sync": LAST_SYNC,
}


class SentenceTriggers:
    """The sentences of all languages, there while an account is loaded."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare; nothing is registered yet."""
        self._hass = hass
        self._accounts = 0
        self._registering = asyncio.Lock()
        self._stop: CALLBACK_TYPE | None = None
        self._speeches: dict[str, Speech] = {}
        self._asks: list[str] = []
        self._fitting: dict[str, list[str]] = {}

    async def async_attach(self, entry: ConfigEntry) -> None:
        """Listen for the sentences until the last account is unloaded."""
        self._accounts += 1
        entry.async_on_unload(self._async_let_go)
        async with self._registering:
            if self._stop is None and CONVERSATION in self._hass.config.components:
                await self._async_register()

    @callback
    def _async_let_go(self) -> None:
        self._accounts -= 1
        if self._accounts == 0 and self._stop is not None:
            self._stop()
            self._stop = None

    async def _async_register(self) -> None:
        self._speeches = await async_load_speeches(self._hass)
        self._asks = list(self._speeches[DEFAULT_LANGUAGE].sentences)
        triggers: list[ConfigType] = []
        for ask in self._asks:
            commands = [speech.sentences[ask] for speech in self._speeches.values()]
            config = {"platform": CONVERSATION, "id": ask, "command": commands}
            triggers += await async_validate_trigger_config(self._hass, [config])
            # Each is parsed, which takes some milliseconds: others have a turn.
            await asyncio.sleep(0)
        self._stop = await async_initialize_triggers(
            self._hass, triggers, self._async_said, DOMAIN, DOMAIN, LOGGER.log
        )

    async def _async_said(
        self, variables: dict[str, Any], context: Context | None = None
    ) -> ScriptRunResult | None:
        """Answer one sentence."""
        trigger = variables["trigger"]
        asked_by = trigger["user_input"]["context"]["id"]
        fitting = self._fitting.setdefault(asked_by, [])
        fitting.append(trigger["id"])
        # All that fit a sentence are called at once; one answers, in the files' order.
        await asyncio.sleep(0)
        self._fitting.pop(asked_by, None)
        if trigger["id"] != min(fitting, key=self._asks.index):
            return None
        return ScriptRunResult(await self._async_answer(trigger), None, {})

    async def _async_answer(self, trigger: Mapping[str, Any]) -> str:
        said = trigger["user_input"]
        ask: str = trigger["id"]
        speech = speech_for(self._speeches, said["language"])
        place: str | None = trigger["slots"].get("place")
        if (
            ask.endswith(_EVERYWHERE)
            and only_fillers(place or "", speech.fillers)
            and not async_is_named(self._hass, place or "", speech)
        ):
            place = speech.everywhere[0]
        response = await intent.async_handle(
            self._hass,
            DOMAIN,
            INTENTS[ask.removesuffix(_EVERYWHERE)],
            {} if place is None else {SLOT_LOCATION: {"value": place}},
            text_input=trigger["sentence"],
            context=Context(**said["context"]),
            language=said["language"],
            assistant=CONVERSATION,
            device_id=trigger["device_id"],
        )
        return str(response.speech["plain"]["speech"])


_KEY: HassKey[SentenceTriggers] = HassKey(f"{DOMAIN}_sentence_triggers")


async def async_attach_sentences(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Listen for sentences as long as this or another account is loaded."""
    if _KEY not in hass.data:
        hass.data[_KEY] = SentenceTriggers(hass)
    await hass.data[_KEY].async_attach(entry)

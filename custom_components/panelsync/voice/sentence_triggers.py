"""Sentences people say, registered once while any account is loaded.

A sentence trigger is the only door for an integration's own sentences
(docs/architecture.md#home-assistant). All languages are registered: a home may speak several.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Context, Event, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.helpers.chat_session import current_session
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.script import ScriptRunResult
from homeassistant.helpers.trigger import (
    async_initialize_triggers,
    async_validate_trigger_config,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from .announcing import async_announce_outcomes
from .assistant import VoiceRequest, async_answer
from .language import Speech, async_load_speeches, speech_for
from .locations import async_names
from .requests import OpenQuestions, Request, answered

if TYPE_CHECKING:
    from .recognition import Recognizer

CONVERSATION = "conversation"
# What may stand around a name in an answer: "at the mill house".
_AROUND = 3


class _Door:
    """Some sentences that Home Assistant listens for; they can be changed."""

    def __init__(
        self,
        hass: HomeAssistant,
        said: Callable[..., Any],
    ) -> None:
        self._hass = hass
        self._said = said
        self._sentences: tuple[str, ...] = ()
        self._changing = asyncio.Lock()
        self._stop: CALLBACK_TYPE | None = None

    async def async_set(self, sentences: Sequence[str]) -> None:
        """Listen for these sentences from now on, and for no others."""
        async with self._changing:
            if self._sentences == (wanted := tuple(sentences)):
                return
            self.close()
            self._sentences = wanted
            if not wanted:
                return
            triggers = await async_validate_trigger_config(
                self._hass, [{"platform": CONVERSATION, "command": list(wanted)}]
            )
            stop = await async_initialize_triggers(
                self._hass, triggers, self._said, DOMAIN, DOMAIN, LOGGER.log
            )
            if self._sentences is wanted:
                self._stop = stop
            elif stop is not None:
                # Closed meanwhile, with the last account.
                stop()

    @callback
    def close(self) -> None:
        """Listen for nothing any more."""
        self._sentences = ()
        if self._stop is not None:
            self._stop()
            self._stop = None


class SentenceTriggers:
    """The sentences of all languages, there while an account is loaded."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare; nothing is registered yet."""
        self._hass = hass
        self._accounts = 0
        self._fixed = _Door(hass, self._async_said)
        self._named = _Door(hass, self._async_said)
        self._replies = _Door(hass, self._async_replied)
        self._questions = OpenQuestions()
        self._speeches: dict[str, Speech] = {}
        self._recognizer: Recognizer | None = None
        # One sentence may come through two doors at once; it is answered once.
        self._answering: set[str] = set()
        self._is_naming = False
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._stop_forgetting: CALLBACK_TYPE | None = None

    async def async_attach(self, entry: ConfigEntry) -> None:
        """Listen for the sentences until the last account is unloaded."""
        self._accounts += 1
        entry.async_on_unload(self._async_detach)
        if CONVERSATION not in self._hass.config.components:
            return
        if self._recognizer is None:
            # hassil comes with Home Assistant's conversation, which is there now.
            from .recognition import Recognizer

            self._speeches = await async_load_speeches(self._hass)
            self._recognizer = Recognizer(self._speeches)
        await self._fixed.async_set(
            [
                sentence
                for speech in self._speeches.values()
                for group in (speech.sentences, speech.everywhere_sentences)
                for sentence in group.values()
            ]
        )
        if not self._unsubscribe:
            self._follow_names()
        await self._async_name()

    @callback
    def _async_detach(self) -> None:
        self._accounts -= 1
        if self._accounts == 0:
            for door in (self._fixed, self._named, self._replies):
                door.close()
            while self._unsubscribe:
                self._unsubscribe.pop()()
            if self._stop_forgetting is not None:
                self._stop_forgetting()
                self._stop_forgetting = None

    @callback
    def _follow_names(self) -> None:
        """Learn the names again whenever a device or an area changes."""

        @callback
        def changed(_: Event[Any]) -> None:
            # Devices come many at a time; their names are learned together.
            if not self._is_naming:
                self._is_naming = True
                self._hass.async_create_task(self._async_name(), eager_start=False)

        @callback
        def is_ours(event: dr.EventDeviceRegistryUpdatedData) -> bool:
            device = dr.async_get(self._hass).async_get(event["device_id"])
            return device is None or any(
                identifier[0] == DOMAIN for identifier in device.identifiers
            )

        self._unsubscribe = [
            self._hass.bus.async_listen(
                dr.EVENT_DEVICE_REGISTRY_UPDATED, changed, event_filter=is_ours
            ),
            self._hass.bus.async_listen(ar.EVENT_AREA_REGISTRY_UPDATED, changed),
        ]

    async def _async_name(self) -> None:
        self._is_naming = False
        if not self._accounts:
            return
        forms = self._forms()
        await self._named.async_set(
            [
                sentence.replace("{name}", f"({forms})")
                for speech in self._speeches.values()
                for sentence in speech.named_sentences.values()
            ]
            if forms
            else []
        )

    def _forms(self) -> str:
        from .recognition import spoken_forms

        names = async_names(self._hass)
        return "|".join(
            dict.fromkeys(form for name in names for form in spoken_forms(name))
        )

    async def _async_said(
        self, variables: dict[str, Any], context: Context | None = None
    ) -> ScriptRunResult | None:
        """Answer one sentence."""
        said = _said(variables)
        if not self._is_first(said) or self._recognizer is None:
            return None
        request = self._recognizer.request(
            said["text"], said["language"], async_names(self._hass)
        )
        if request is None:
            return None
        return await self._async_answer(request, said)

    async def _async_replied(
        self, variables: dict[str, Any], context: Context | None = None
    ) -> ScriptRunResult | None:
        """Take the answer to a question, in the conversation in which it was asked."""
        said = _said(variables)
        if not self._is_first(said):
            return None
        speech = speech_for(self._speeches, said["language"])
        now = dt_util.utcnow()
        question = self._questions.take(said, now)
        await self._async_listen_for_replies(now)
        if question is None:
            return ScriptRunResult(speech.say("no_question"), None, {})
        request = answered(question, said["text"], speech)
        if request is None:
            return ScriptRunResult(speech.say("nothing_done"), None, {})
        return await self._async_answer(request, said)

    def _is_first(self, said: Mapping[str, Any]) -> bool:
        sentence_id = str(said["context"]["id"])
        if sentence_id in self._answering:
            return False
        self._answering.add(sentence_id)
        # Both doors have been gone through by then.
        self._hass.loop.call_soon(self._answering.discard, sentence_id)
        return True

    async def _async_answer(
        self, request: Request, said: Mapping[str, Any]
    ) -> ScriptRunResult:
        voice_request = VoiceRequest(
            request,
            speech_for(self._speeches, said["language"]),
            Context(**said["context"]),
            spoken=True,
        )
        answer = await async_answer(self._hass, voice_request)
        async_announce_outcomes(
            self._hass,
            answer,
            voice_request,
            said.get("satellite_id"),
            said.get("device_id"),
        )
        if answer.question is not None:
            now = dt_util.utcnow()
            until = self._questions.open(said, answer.question, now)
            await self._async_listen_for_replies(now)
            self._forget_at(until)
        return ScriptRunResult(answer.text, None, {})

    @callback
    def _forget_at(self, until: datetime) -> None:
        async def forget(now: datetime) -> None:
            self._stop_forgetting = None
            await self._async_listen_for_replies(now)

        if self._stop_forgetting is not None:
            self._stop_forgetting()
        self._stop_forgetting = async_track_point_in_utc_time(self._hass, forget, until)

    async def _async_listen_for_replies(self, now: datetime) -> None:
        """Listen for names and short words only while a question is open."""
        forms = self._forms()
        if not self._questions.forget(now) or not self._accounts or not forms:
            await self._replies.async_set([])
            return
        await self._replies.async_set(
            [_reply_sentence(speech, forms) for speech in self._speeches.values()]
        )


def _said(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sentence, who said it and where.

    The first one of a conversation does not know which one it begins, the session does.
    """
    said: dict[str, Any] = dict(variables["trigger"]["user_input"])
    if (session := current_session.get()) is not None:
        said["conversation_id"] = session.conversation_id
    return said


def _reply_sentence(speech: Speech, forms: str) -> str:
    around = f"[({'|'.join(sorted(speech.fillers))})]"
    replies = [reply for group in speech.replies.values() for reply in group]
    short = "|".join([*speech.everywhere, *replies])
    before = " ".join([around] * _AROUND)
    return f"{before} ({forms}|{short}) {around}"


_KEY: HassKey[SentenceTriggers] = HassKey(f"{DOMAIN}_sentence_triggers")


async def async_attach_sentences(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Listen for sentences as long as this or another account is loaded."""
    if _KEY not in hass.data:
        hass.data[_KEY] = SentenceTriggers(hass)
    await hass.data[_KEY].async_attach(entry)

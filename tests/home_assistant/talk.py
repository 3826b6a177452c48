"""A person who speaks to Home Assistant, sentence by sentence."""

import asyncio
from dataclasses import dataclass

from homeassistant.components.conversation import async_converse
from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.core import Context, HomeAssistant
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from .home import Home
from .quiet import quiet


async def passing[T](home: Home, task: asyncio.Task[T]) -> T:
    """Let time pass until a task has its result."""
    while not task.done():
        await quiet()
        home.freezer.tick(2.5)
        async_fire_time_changed(home.hass)
    return await task


def notifications(hass: HomeAssistant) -> list[tuple[str, str]]:
    """Return titles and texts of the notifications that Home Assistant shows."""
    shown = _async_get_or_create_notifications(hass).values()
    return [(str(item["title"]), str(item["message"])) for item in shown]


@dataclass
class Talk:
    """One conversation."""

    home: Home
    language: str = "en"
    satellite: str | None = None
    device: str | None = None
    conversation_id: str | None = None

    async def say(self, text: str, context: Context | None = None) -> str:
        """Say a sentence, let time pass until the answer is there, and return it."""
        task = asyncio.create_task(
            async_converse(
                self.home.hass,
                text,
                self.conversation_id,
                context or Context(),
                self.language,
                device_id=self.device,
                satellite_id=self.satellite,
            )
        )
        result = await passing(self.home, task)
        self.conversation_id = result.conversation_id
        return str(result.response.speech["plain"]["speech"])

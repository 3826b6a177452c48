"""A person who speaks to Home Assistant, sentence by sentence."""

import asyncio
from dataclasses import dataclass

from homeassistant.components.conversation import async_converse
from homeassistant.core import Context
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from .home import Home
from .quiet import quiet


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
        while not task.done():
            await quiet()
            self.home.freezer.tick(2.5)
            async_fire_time_changed(self.home.hass)
        result = await task
        self.conversation_id = result.conversation_id
        return str(result.response.speech["plain"]["speech"])

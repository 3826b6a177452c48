"""Activity lines: how each run ended, and on what that rests."""

from collections.abc import Callable

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN, EVENT_OUTCOME
from .messages import message


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Describe the one event PanelSync fires."""

    @callback
    def describe(event: Event) -> dict[str, str]:
        entry = {
            LOGBOOK_ENTRY_NAME: "PanelSync",
            LOGBOOK_ENTRY_MESSAGE: message(hass, event.data),
        }
        if (entity_id := event.data.get(ATTR_ENTITY_ID)) is not None:
            entry[LOGBOOK_ENTRY_ENTITY_ID] = entity_id
        return entry

    async_describe_event(DOMAIN, EVENT_OUTCOME, describe)

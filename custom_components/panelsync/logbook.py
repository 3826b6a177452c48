"""Activity lines: what happened, in one sentence each."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Event, HomeAssistant, callback

from .bus_events import ATTR_TYPE, BusEventType
from .client import SyncKind
from .const import DOMAIN, EVENT_PANELSYNC
from .messages import all_ended_message, all_started_message, outcome_message, sayer
from .outcome_report import OutcomeReport


def record_text(text: str, originator: str) -> str:
    """Return a record of the event log as people read it: "Disarmed, Dana Keller"."""
    if not originator or originator.casefold() in text.casefold():
        return text
    return f"{text}, {originator}"


def message(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return one sentence for a bus event.

    Raises KeyError, TypeError, ValueError or AttributeError for data that are not ours.
    """
    say = sayer(hass)
    match data[ATTR_TYPE]:
        case BusEventType.RECORD:
            return record_text(data["text"], data["originator"])
        case BusEventType.OLD_RECORDS:
            number = "one" if data["count"] == 1 else "many"
            return say(f"told_old_records_{number}", count=data["count"])
        case BusEventType.MISMATCH:
            return say("told_mismatch", differences=data["differences"])
        case BusEventType.PANEL_SYNC_NOTICED:
            return say("told_noticed")
        case BusEventType.ALL_STARTED:
            return all_started_message(hass, data)
        case BusEventType.ALL_ENDED:
            return all_ended_message(hass, data)
        case BusEventType.STARTED:
            return say("started", kind=say(f"kind_{SyncKind(data['kind'])}"))
    return outcome_message(hass, OutcomeReport.from_dict(data))


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Describe the one event PanelSync fires."""

    @callback
    def describe(event: Event) -> dict[str, str]:
        try:
            text = message(hass, event.data)
        except KeyError, TypeError, ValueError, AttributeError:
            # Anybody may fire events, and a recorder keeps nothing of a large one: that
            # must not cost the whole page.
            text = sayer(hass)("told_unknown")
        entry = {LOGBOOK_ENTRY_NAME: "PanelSync", LOGBOOK_ENTRY_MESSAGE: text}
        if (entity_id := event.data.get(ATTR_ENTITY_ID)) is not None:
            entry[LOGBOOK_ENTRY_ENTITY_ID] = entity_id
        return entry

    async_describe_event(DOMAIN, EVENT_PANELSYNC, describe)

"""Every state that was shown, recorded as it came.

A state that passes may come and go within one step of the clock: who looks once a step
sees it or not by luck. So a test asks what was shown, never what is shown just now.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)


class Shown:
    """The states of all entities of one Home Assistant, from now on."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin to record."""
        self._hass = hass
        self._states: list[State] = []
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._record)

    @callback
    def _record(self, event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None:
            self._states.append(state)

    @contextmanager
    def during(self, entity_id: str) -> Iterator[list[str]]:
        """Give the state before the block, and after the block all states within it too."""
        begun = len(self._states)
        present = self._hass.states.get(entity_id)
        found = [] if present is None else [present.state]
        yield found
        found += [
            state.state
            for state in self._states[begun:]
            if state.entity_id == entity_id
        ]

    def mark(self) -> int:
        """Return where the record has come to."""
        return len(self._states)

    def first(self, entity_id: str, wanted: str, mark: int) -> datetime | None:
        """Return when an entity first showed a state after a mark, None if it did not."""
        return next(
            (
                state.last_updated
                for state in self._states[mark:]
                if (state.entity_id, state.state) == (entity_id, wanted)
            ),
            None,
        )

"""Triggers: how syncs ended, and what calls for one."""

from typing import override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.event import ATTR_EVENT_TYPE, DOMAIN as EVENT_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    EntityTargetStateTriggerBase,
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
)

from .client import Outcome, SyncStatus
from .targets import own_entities


def _ended(outcome: Outcome) -> type[Trigger]:
    """Return a trigger that fires when a sync ends with an outcome."""
    specs = {EVENT_DOMAIN: DomainSpec()}

    class SyncEndedTrigger(StatelessEntityTriggerBase):
        """Fires on our own sync events of one outcome."""

        _domain_specs = specs

        @override
        def entity_filter(self, entities: set[str]) -> set[str]:
            """Leave only our own sync events."""
            return own_entities(self._hass, entities, EVENT_DOMAIN, "sync")

        @override
        def is_valid_state(
            self, state: State, report_not_triggered: NotTriggeredReasonReporter
        ) -> bool:
            """Return whether the event is of the outcome."""
            return bool(state.attributes.get(ATTR_EVENT_TYPE) == outcome)

    return SyncEndedTrigger


def _became(platform: str, key: str, state: str) -> type[Trigger]:
    """Return a trigger that fires when entities of one key take a state."""
    specs = {platform: DomainSpec()}
    states = {state}

    class StateTrigger(EntityTargetStateTriggerBase):
        """Fires when our own entities of one key take a state.

        The base never fires from unknown or unavailable.
        """

        _domain_specs = specs
        _to_states = states

        @override
        def entity_filter(self, entities: set[str]) -> set[str]:
            """Leave only our own entities of the key."""
            return own_entities(self._hass, entities, platform, key)

    return StateTrigger


TRIGGERS = {
    "sync_succeeded": _ended(Outcome.SUCCEEDED),
    "sync_failed": _ended(Outcome.FAILED),
    "sync_unconfirmed": _ended(Outcome.UNCONFIRMED),
    "sync_required": _became(SENSOR_DOMAIN, "sync_status", SyncStatus.SYNC_REQUIRED),
    "status_mismatch": _became(BINARY_SENSOR_DOMAIN, "status_mismatch", STATE_ON),
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return PanelSync's triggers."""
    return TRIGGERS

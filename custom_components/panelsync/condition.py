"""Conditions: how the sync of a location stands."""

from typing import override

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .client import SyncStatus
from .targets import own_entities


def _stands(status: SyncStatus) -> type[Condition]:
    """Return a condition that passes where the sync status is this one."""
    specs = {SENSOR_DOMAIN: DomainSpec()}
    states: set[str | bool] = {status}

    class SyncStatusCondition(EntityStateConditionBase):
        """Tests our own sync status sensors."""

        _domain_specs = specs
        _states = states

        @override
        def entity_filter(self, entities: set[str]) -> set[str]:
            """Leave only our own sync status."""
            return own_entities(self._hass, entities, SENSOR_DOMAIN, "sync_status")

        @override
        def _should_include(self, _state: State) -> bool:
            """Count locations of which nothing is known, too.

            "All are in sync" must not pass because one of them cannot be read.
            """
            return True

        @override
        def _check_all_match_state(self, states: list[State]) -> bool:
            """Pass for none where there is none: nothing was found to be in sync."""
            return bool(states) and super()._check_all_match_state(states)

    return SyncStatusCondition


CONDITIONS = {
    "is_in_sync": _stands(SyncStatus.IN_SYNC),
    "is_syncing": _stands(SyncStatus.SYNCING),
    "needs_sync": _stands(SyncStatus.SYNC_REQUIRED),
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return PanelSync's conditions."""
    return CONDITIONS

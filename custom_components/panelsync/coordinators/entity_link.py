"""The panel's own view from another integration: its alarm entity, as a link.

It offers what a link of a panel family offers and takes the entity's states for what
the panel says. Nothing is ever sent to the entity but the request to update itself.
"""

from collections.abc import Callable
from dataclasses import replace

from homeassistant.components.alarm_control_panel import (
    DOMAIN as ALARM_DOMAIN,
    AlarmControlPanelState as State,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import async_update_entity
from homeassistant.helpers.event import (
    EventStateChangedData,
    async_track_state_change_event,
)
from homeassistant.util import dt as dt_util

from ..client import (
    ArmingState,
    Callback,
    Capability,
    LinkPhase,
    LinkState,
    LocalPartition,
    LocalStatus,
    PanelActivity,
    PanelUnreachable,
    happenings,
)
from ..const import DOMAIN

ENTITY_FAMILY = "entity"
ENTITY_CAPABILITIES = frozenset({Capability.ARMING})
# Their entities show the service's copy, which is what the panel is compared with.
OF_THE_SERVICE = frozenset({"totalconnect", DOMAIN})

_MODES = {
    State.DISARMED: ArmingState.DISARMED,
    State.ARMED_HOME: ArmingState.ARMED_HOME,
    State.ARMED_AWAY: ArmingState.ARMED_AWAY,
    State.ARMED_VACATION: ArmingState.ARMED_AWAY,
    State.ARMED_NIGHT: ArmingState.ARMED_NIGHT,
    State.ARMING: ArmingState.ARMING,
}


def alarm_entity(hass: HomeAssistant, registry_id: str) -> er.RegistryEntry | None:
    """Return the alarm entity that was picked, under whatever name it has now."""
    entry = er.async_get(hass).async_get(registry_id)
    return entry if entry is not None and entry.domain == ALARM_DOMAIN else None


class EntityLink:
    """An alarm entity of another integration in the place of a panel's wire."""

    def __init__(
        self, hass: HomeAssistant, registry_id: str, partition: int | None
    ) -> None:
        """Describe the link; nothing is followed before `start`.

        `partition` is the one that the entity shows; None where there is only one.
        """
        self._hass = hass
        self._registry_id = registry_id
        self._partition = partition
        self._callbacks: list[Callback] = []
        self._status: LocalStatus | None = None
        self._stop_state: CALLBACK_TYPE | None = None
        self._stop_registry: CALLBACK_TYPE | None = None
        self._mode: ArmingState | None = None

    @property
    def state(self) -> LinkState:
        """Return what the entity shows now: it holds until it shows something else."""
        if self._status is None:
            return LinkState()
        now = dt_util.utcnow()
        return LinkState(LinkPhase.ONLINE, replace(self._status, last_message=now))

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Call back after every change and activity; return how to stop that."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    async def start(self) -> None:
        """Begin to follow the entity, also to another name."""
        self._stop_registry = self._hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED, self._registry_updated
        )
        self._follow()

    async def stop(self) -> None:
        """Stop to follow."""
        for stop in (self._stop_state, self._stop_registry):
            if stop is not None:
                stop()
        self._stop_state = self._stop_registry = None
        self._show(None)

    async def refresh(self) -> None:
        """Let the entity update itself. Raises PanelUnreachable where it is not there."""
        entity = alarm_entity(self._hass, self._registry_id)
        if entity is None:
            raise PanelUnreachable("The entity was removed")
        await async_update_entity(self._hass, entity.entity_id)
        if self._status is None:
            raise PanelUnreachable("The entity is unavailable")

    @callback
    def _registry_updated(
        self, event: Event[er.EventEntityRegistryUpdatedData]
    ) -> None:
        entity = alarm_entity(self._hass, self._registry_id)
        changed = event.data["entity_id"], event.data.get("old_entity_id")
        if entity is None or entity.entity_id in changed:
            self._follow()

    @callback
    def _follow(self) -> None:
        if self._stop_state is not None:
            self._stop_state()
            self._stop_state = None
        entity = alarm_entity(self._hass, self._registry_id)
        if entity is None:
            self._show(None)
            return
        self._stop_state = async_track_state_change_event(
            self._hass, [entity.entity_id], self._state_changed
        )
        state = self._hass.states.get(entity.entity_id)
        self._show(state.state if state is not None else None)

    @callback
    def _state_changed(self, event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        self._show(state.state if state is not None else None)

    def _show(self, shown: str | None) -> None:
        before, now = self._status, dt_util.utcnow()
        self._status = self._read(shown)
        activity: tuple[PanelActivity, ...] = ()
        if before is not None and self._status is not None:
            activity = tuple(
                PanelActivity(activity.type, activity.text, now, activity.partition)
                for activity in happenings(before, self._status)
            )
        if before == self._status and not activity:
            return
        for notify in tuple(self._callbacks):
            notify(self.state, activity)

    def _read(self, shown: str | None) -> LocalStatus | None:
        """Return what a state says; None while it says nothing of the panel."""
        try:
            state = State(shown) if shown is not None else None
        except ValueError:
            # Unavailable, unknown, or a state that is not known here.
            state = None
        if state is None:
            self._mode = None
            return None
        if state is State.TRIGGERED or state is State.PENDING:
            # The mode behind an alarm or an entry delay is the one before it.
            mode = self._mode
        else:
            mode = self._mode = _MODES.get(state)
        partition = LocalPartition(
            self._partition,
            mode=mode,
            sounding=state is State.TRIGGERED,
            fire=False,
            entry_delay=state is State.PENDING,
        )
        return LocalStatus((partition,))

"""The step of the config flow for a panel that another integration has brought."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.alarm_control_panel import DOMAIN as ALARM_DOMAIN
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_DEVICE, CONF_ENTITY_ID
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig
import voluptuous as vol

from ..const import (
    CONF_BAUDRATE,
    CONF_FAMILY,
    CONF_LOCATION,
    CONF_PARTITION,
    CONF_PARTITIONS,
    CONF_REFRESH_ON_MISMATCH,
)
from ..coordinators.entity_link import ENTITY_FAMILY, OF_THE_SERVICE, alarm_entity
from ..sync.registry import loaded_locations
from .panel_forms import location_form
from .partitions import MOST_PARTITIONS, numbers

_OPTIONS = (CONF_LOCATION, CONF_REFRESH_ON_MISMATCH)


class PanelEntityFlow(ConfigFlow):
    """Add or reconfigure a panel that is an entity of another integration."""

    async def async_step_panel_entity(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a panel that another integration has brought to Home Assistant."""
        errors: dict[str, str] = {}
        shown: dict[str, str] = {}
        reconfiguring = self.source == SOURCE_RECONFIGURE
        stored = self._get_reconfigure_entry() if reconfiguring else None
        options = {} if stored is None else stored.options
        partition = None if stored is None else stored.data.get(CONF_PARTITION)
        if user_input is not None:
            entity = er.async_get(self.hass).async_get(user_input[CONF_ENTITY_ID])
            options = {key: user_input[key] for key in user_input if key in _OPTIONS}
            picked = user_input.get(CONF_PARTITION)
            partition = None if picked is None else int(picked)
            if entity is None or alarm_entity(self.hass, entity.id) is None:
                errors[CONF_ENTITY_ID] = "entity_without_id"
            elif entity.platform in OF_THE_SERVICE:
                errors[CONF_ENTITY_ID] = "entity_of_service"
            elif CONF_LOCATION not in options:
                errors[CONF_LOCATION] = "location_missing"
            elif (which := self._partitions_to_pick(options, partition)) is not None:
                errors[CONF_PARTITION] = "partition_to_pick"
                shown = {"partitions": which}
            else:
                self._async_abort_entries_match({CONF_DEVICE: entity.id})
                data = {
                    CONF_DEVICE: entity.id,
                    CONF_FAMILY: ENTITY_FAMILY,
                    CONF_BAUDRATE: 0,
                    CONF_PARTITIONS: {},
                    CONF_PARTITION: partition,
                }
                if stored is not None:
                    return self.async_update_reload_and_abort(
                        stored, data=data, options=options
                    )
                state = self.hass.states.get(entity.entity_id)
                title = state.name if state is not None else entity.entity_id
                return self.async_create_entry(title=title, data=data, options=options)
        schema = vol.Schema(
            {
                vol.Required(CONF_ENTITY_ID): EntitySelector(
                    EntitySelectorConfig(domain=ALARM_DOMAIN)
                ),
                vol.Optional(
                    CONF_PARTITION,
                    description={
                        "suggested_value": None if partition is None else str(partition)
                    },
                ): numbers(1, MOST_PARTITIONS, multiple=False),
            }
        ).extend(location_form(self.hass, options).schema)
        return self.async_show_form(
            step_id="panel_entity",
            data_schema=schema,
            errors=errors,
            description_placeholders=shown,
        )

    def _partitions_to_pick(
        self, options: Mapping[str, Any], partition: int | None
    ) -> str | None:
        """Return the partitions of the location where none of them was picked.

        A location that is not loaded has none to name; one with a single partition
        needs no pick.
        """
        manager = loaded_locations(self.hass).get(options[CONF_LOCATION])
        data = None if manager is None else manager.location.data
        known = [] if data is None else [p.partition_id for p in data.status.partitions]
        if not known or partition in known or (partition is None and len(known) == 1):
            return None
        return ", ".join(map(str, sorted(known)))

"""The step of the config flow for a panel that another integration has brought."""

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
    CONF_PARTITIONS,
    CONF_REFRESH_ON_MISMATCH,
)
from ..coordinators.entity_link import ENTITY_FAMILY, OF_THE_SERVICE, alarm_entity
from .panel_forms import location_form

_OPTIONS = (CONF_LOCATION, CONF_REFRESH_ON_MISMATCH)


class PanelEntityFlow(ConfigFlow):
    """Add or reconfigure a panel that is an entity of another integration."""

    async def async_step_panel_entity(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a panel that another integration has brought to Home Assistant."""
        errors: dict[str, str] = {}
        reconfiguring = self.source == SOURCE_RECONFIGURE
        options = self._get_reconfigure_entry().options if reconfiguring else {}
        if user_input is not None:
            entity = er.async_get(self.hass).async_get(user_input[CONF_ENTITY_ID])
            options = {key: user_input[key] for key in user_input if key in _OPTIONS}
            if entity is None or alarm_entity(self.hass, entity.id) is None:
                errors[CONF_ENTITY_ID] = "entity_without_id"
            elif entity.platform in OF_THE_SERVICE:
                errors[CONF_ENTITY_ID] = "entity_of_service"
            elif CONF_LOCATION not in options:
                errors[CONF_LOCATION] = "location_missing"
            else:
                self._async_abort_entries_match({CONF_DEVICE: entity.id})
                data = {
                    CONF_DEVICE: entity.id,
                    CONF_FAMILY: ENTITY_FAMILY,
                    CONF_BAUDRATE: 0,
                    CONF_PARTITIONS: {},
                }
                if reconfiguring:
                    return self.async_update_reload_and_abort(
                        self._get_reconfigure_entry(), data=data, options=options
                    )
                state = self.hass.states.get(entity.entity_id)
                title = state.name if state is not None else entity.entity_id
                return self.async_create_entry(title=title, data=data, options=options)
        schema = vol.Schema(
            {
                vol.Required(CONF_ENTITY_ID): EntitySelector(
                    EntitySelectorConfig(domain=ALARM_DOMAIN)
                )
            }
        ).extend(location_form(self.hass, options).schema)
        return self.async_show_form(
            step_id="panel_entity", data_schema=schema, errors=errors
        )

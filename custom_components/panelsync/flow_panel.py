"""The steps of the config flow that set up a local panel."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    SerialPortSelector,
    TextSelector,
)
from homeassistant.helpers.service_info.usb import UsbServiceInfo
import voluptuous as vol

from .client.local.link import FAMILIES, Family
from .client.local.probe import Found, probe
from .const import (
    CONF_ADVANCED,
    CONF_BAUDRATE,
    CONF_FAMILY,
    CONF_LOCATION,
    CONF_PARTITIONS,
    CONF_REFRESH_ON_MISMATCH,
)
from .known_locations import known_locations
from .partitions import parse_partitions, write_partitions

AUTO = "auto"
TITLES = {
    Family.ALARMDECODER: "AlarmDecoder",
    Family.VISTA_SERIAL: "VISTA RS-232",
}
BAUDRATES = sorted({str(rate) for link in FAMILIES.values() for rate in link.baudrates})


def panel_form(typed: Mapping[str, Any]) -> vol.Schema:
    """Return the form of a panel's link, filled with what was typed."""
    advanced = typed.get(CONF_ADVANCED, {})
    return vol.Schema(
        {
            vol.Required(
                CONF_DEVICE, default=typed.get(CONF_DEVICE, vol.UNDEFINED)
            ): SerialPortSelector(),
            vol.Required(CONF_FAMILY, default=typed.get(CONF_FAMILY, AUTO)): _select(
                "family", [AUTO, *Family]
            ),
            vol.Required(CONF_ADVANCED): section(
                vol.Schema(
                    {
                        vol.Required(
                            CONF_BAUDRATE, default=advanced.get(CONF_BAUDRATE, AUTO)
                        ): _select("baudrate", [AUTO, *BAUDRATES]),
                        vol.Optional(
                            CONF_PARTITIONS,
                            description={
                                "suggested_value": advanced.get(CONF_PARTITIONS)
                            },
                        ): TextSelector(),
                    }
                ),
                {"collapsed": True},
            ),
        }
    )


def _select(translation_key: str, options: list[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=options,
            translation_key=translation_key,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def location_form(hass: HomeAssistant, options: Mapping[str, Any]) -> vol.Schema:
    """Return the form that asks which location a panel belongs to."""
    known = known_locations(hass).coordinators
    served = options.get(CONF_LOCATION)
    labels = {key: item.location.name for key, item in known.items()}
    if served is not None and served not in labels:
        # Its account is not loaded now; it stays chosen.
        labels[served] = served
    return vol.Schema(
        {
            vol.Optional(
                CONF_LOCATION, description={"suggested_value": served}
            ): SelectSelector(
                SelectSelectorConfig(
                    options=[
                        SelectOptionDict(value=key, label=label)
                        for key, label in labels.items()
                    ],
                    mode=SelectSelectorMode.DROPDOWN,
                )
            ),
            vol.Required(
                CONF_REFRESH_ON_MISMATCH,
                default=options.get(CONF_REFRESH_ON_MISMATCH, False),
            ): BooleanSelector(),
        }
    )


class PanelFlow(ConfigFlow):
    """Add or reconfigure a local panel."""

    _panel: dict[str, Any]
    _panel_title: str
    _discovered: Mapping[str, Any] = {}
    _gave_way = False

    @override
    async def async_step_usb(self, discovery_info: UsbServiceInfo) -> ConfigFlowResult:
        """Take up an adapter that was plugged in; it is listened to first."""
        await self.async_set_unique_id(
            discovery_info.serial_number
            or f"{discovery_info.vid}:{discovery_info.pid}:{discovery_info.device}"
        )
        self._abort_if_unique_id_configured({CONF_DEVICE: discovery_info.device})
        self._async_abort_entries_match({CONF_DEVICE: discovery_info.device})
        self._discovered = {CONF_DEVICE: discovery_info.device}
        self.context["title_placeholders"] = {
            "name": discovery_info.description or discovery_info.device
        }
        return await self.async_step_panel()

    async def async_step_panel(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where the panel's adapter is, and listen to it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._async_abort_entries_match({CONF_DEVICE: user_input[CONF_DEVICE]})
            errors = await self._async_listen(user_input)
            if not errors:
                return await self.async_step_panel_location()
        return self.async_show_form(
            step_id="panel",
            data_schema=panel_form(user_input or self._discovered),
            errors=errors,
        )

    async def _async_listen(self, user_input: Mapping[str, Any]) -> dict[str, str]:
        """Find out what is there; returns the errors of the form."""
        advanced = user_input[CONF_ADVANCED]
        try:
            partitions = parse_partitions(advanced.get(CONF_PARTITIONS, ""))
        except ValueError:
            return {"base": "invalid_partitions"}
        family, baudrate = user_input[CONF_FAMILY], advanced[CONF_BAUDRATE]
        found = await probe(
            user_input[CONF_DEVICE],
            None if family == AUTO else Family(family),
            baudrate=None if baudrate == AUTO else int(baudrate),
        )
        if not isinstance(found, Found):
            return {"base": f"panel_{found.failure}"}
        self._panel = {
            CONF_DEVICE: user_input[CONF_DEVICE],
            CONF_FAMILY: found.family,
            CONF_BAUDRATE: found.address.baudrate,
            CONF_PARTITIONS: partitions,
        }
        self._panel_title = TITLES[found.family]
        if found.version is not None and found.version.serial.strip("0fF"):
            await self.async_set_unique_id(found.version.serial)
            if self.source != SOURCE_RECONFIGURE:
                self._abort_if_unique_id_configured(
                    {CONF_DEVICE: self._panel[CONF_DEVICE]}
                )
        return {}

    async def async_step_panel_location(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which location the panel belongs to, and finish."""
        if user_input is not None:
            return self.async_create_entry(
                title=self._panel_title, data=self._panel, options=user_input
            )
        return self.async_show_form(
            step_id="panel_location", data_schema=location_form(self.hass, {})
        )

    async def async_step_reconfigure_panel(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another address or other settings of the same panel."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            # The port is ours alone: what listens on it now gives way to the probe.
            self._gave_way = True
            await self.hass.config_entries.async_unload(entry.entry_id)
            errors = await self._async_listen(user_input)
            if not errors:
                if entry.unique_id is not None and self.unique_id is not None:
                    self._abort_if_unique_id_mismatch(reason="wrong_panel")
                self._gave_way = False
                return self.async_update_reload_and_abort(
                    entry, data=self._panel, unique_id=self.unique_id
                )
        stored = {
            CONF_DEVICE: entry.data[CONF_DEVICE],
            CONF_FAMILY: entry.data[CONF_FAMILY],
            CONF_ADVANCED: {
                CONF_BAUDRATE: str(entry.data[CONF_BAUDRATE]),
                CONF_PARTITIONS: write_partitions(entry.data[CONF_PARTITIONS]),
            },
        }
        return self.async_show_form(
            step_id="reconfigure_panel",
            data_schema=panel_form(user_input or stored),
            errors=errors,
        )

    @callback
    @override
    def async_remove(self) -> None:
        """Load the entry again where a reconfiguration was given up half-way."""
        if self._gave_way:
            entry = self._get_reconfigure_entry()
            self.hass.config_entries.async_schedule_reload(entry.entry_id)


class PanelOptionsFlow(OptionsFlowWithReload):
    """Choose the location a panel serves, and what a mismatch does."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin; the step has a name of its own because an account's has other fields."""
        return await self.async_step_panel_options()

    async def async_step_panel_options(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask; the entry is reloaded when something changed."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="panel_options",
            data_schema=location_form(self.hass, self.config_entry.options),
        )

"""The steps of the config flow that set up a local panel."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, override

from homeassistant.components.alarm_control_panel import DOMAIN as ALARM_DOMAIN
from homeassistant.components.usb import (
    get_serial_by_id,
    usb_unique_id_from_service_info,
)
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.const import CONF_DEVICE, CONF_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    SerialPortSelector,
    TextSelector,
)
from homeassistant.helpers.service_info.usb import UsbServiceInfo
import voluptuous as vol

from ..client import (
    FAMILIES,
    Address,
    Family,
    Found,
    NotFound,
    ProbeFailure,
    may_ask,
    probe,
)
from ..const import (
    CONF_ADVANCED,
    CONF_BAUDRATE,
    CONF_FAMILY,
    CONF_LOCATION,
    CONF_PARTITIONS,
    CONF_REFRESH_ON_MISMATCH,
    DOMAIN,
)
from ..coordinators.entity_link import ENTITY_FAMILY, OF_THE_SERVICE, alarm_entity
from ..plain_text import plain
from ..sync.registry import loaded_locations
from .partitions import parse_partitions, write_partitions

AUTO = "auto"
CONF_ASK = "ask"
_OPTIONS = (CONF_LOCATION, CONF_REFRESH_ON_MISMATCH)
EXAMPLE_URL = "socket://192.168.1.20:10000"
TITLES = {
    Family.ALARMDECODER: "AlarmDecoder",
    Family.VISTA_SERIAL: "VISTA RS-232",
}
BAUDRATES = sorted({str(rate) for link in FAMILIES.values() for rate in link.baudrates})


def panel_form(typed: Mapping[str, Any]) -> vol.Schema:
    """Return the form of a panel's link, filled with what was typed."""
    advanced = typed.get(CONF_ADVANCED, {})
    device = typed.get(CONF_DEVICE)
    # A password in an address never comes back into a form.
    if device is None or Address(device, 0).public != device:
        device = vol.UNDEFINED
    return vol.Schema(
        {
            vol.Required(CONF_DEVICE, default=device): SerialPortSelector(),
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
    served = options.get(CONF_LOCATION)
    return vol.Schema(
        {
            vol.Optional(
                CONF_LOCATION, description={"suggested_value": served}
            ): SelectSelector(
                SelectSelectorConfig(
                    options=[
                        SelectOptionDict(value=key, label=label)
                        for key, label in _location_labels(hass, served).items()
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


def _location_labels(hass: HomeAssistant, served: str | None) -> dict[str, str]:
    """Return what each location is called, with its account where two are alike."""
    places = {
        key: (manager.location.display_name, manager.location.config_entry.title)
        for key, manager in loaded_locations(hass).items()
    }
    if served is not None and served not in places:
        # Its account is not loaded now; it stays chosen.
        places[served] = _called_while_away(hass, served)
    alike = Counter(name for name, _ in places.values())
    return {
        key: f"{name} ({account})" if account and alike[name] > 1 else name
        for key, (name, account) in places.items()
    }


def _called_while_away(hass: HomeAssistant, served: str) -> tuple[str, str]:
    """Return name and account of a location that is not loaded, as far as known."""
    devices = dr.async_get(hass).async_get_devices(identifiers={(DOMAIN, served)})
    if not devices:
        return served, ""
    entry = hass.config_entries.async_get_entry(devices[0].config_entry_id)
    name = devices[0].name_by_user or devices[0].name or served
    return name, entry.title if entry else ""


class PanelFlow(ConfigFlow):
    """Add or reconfigure a local panel."""

    _typed: Mapping[str, Any] | None = None
    _listening: asyncio.Task[Found | NotFound] | None = None
    _heard: Found
    _gave_way = False
    _asked = False

    @override
    async def async_step_usb(self, discovery_info: UsbServiceInfo) -> ConfigFlowResult:
        """Take up an adapter that was plugged in; it is listened to first."""
        await self.async_set_unique_id(
            discovery_info.serial_number
            or usb_unique_id_from_service_info(discovery_info)
        )
        self._abort_if_unique_id_configured()
        # A path that stays the same wherever the adapter is plugged in.
        device = await self.hass.async_add_executor_job(
            get_serial_by_id, discovery_info.device
        )
        for path in (device, discovery_info.device):
            self._async_abort_entries_match({CONF_DEVICE: path})
        self._typed = {CONF_DEVICE: device}
        self.context["title_placeholders"] = {
            "name": discovery_info.description or device
        }
        return await self.async_step_panel()

    async def async_step_panel(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where the panel's adapter is."""
        if user_input is not None:
            return await self._async_typed("panel", user_input)
        return self._show_panel_form("panel")

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

    async def async_step_reconfigure_panel(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another address or other settings of the same panel."""
        if user_input is not None:
            return await self._async_typed("reconfigure_panel", user_input)
        stored = self._get_reconfigure_entry().data
        if stored[CONF_FAMILY] == ENTITY_FAMILY:
            return await self.async_step_panel_entity()
        self._typed = {
            CONF_DEVICE: stored[CONF_DEVICE],
            CONF_FAMILY: stored[CONF_FAMILY],
            CONF_ADVANCED: {
                CONF_BAUDRATE: str(stored[CONF_BAUDRATE]),
                CONF_PARTITIONS: write_partitions(stored[CONF_PARTITIONS]),
            },
        }
        return self._show_panel_form("reconfigure_panel")

    async def _async_typed(
        self, step_id: str, user_input: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Take what was typed and begin to listen."""
        self._typed = typed = {
            **user_input,
            CONF_DEVICE: user_input[CONF_DEVICE].strip(),
        }
        self._async_abort_entries_match({CONF_DEVICE: typed[CONF_DEVICE]})
        try:
            parse_partitions(typed[CONF_ADVANCED].get(CONF_PARTITIONS, ""))
        except ValueError:
            return self._show_panel_form(step_id, "invalid_partitions")
        if self.source == SOURCE_RECONFIGURE:
            # The port is ours alone: what listens on it now gives way to the probe.
            self._gave_way = True
            entry = self._get_reconfigure_entry()
            await self.hass.config_entries.async_unload(entry.entry_id)
        return await self._async_begin_to_listen()

    async def _async_begin_to_listen(self, *, ask: bool = False) -> ConfigFlowResult:
        """Listen to what was typed; `ask` is the person's yes to one query."""
        if TYPE_CHECKING:
            assert self._typed is not None
        baudrate = self._typed[CONF_ADVANCED][CONF_BAUDRATE]
        self._listening = self.hass.async_create_background_task(
            probe(
                self._typed[CONF_DEVICE],
                self._typed_family,
                baudrate=None if baudrate == AUTO else int(baudrate),
                ask_mute_port=ask,
            ),
            f"{DOMAIN} probe",
        )
        return await self.async_step_listen()

    @property
    def _typed_family(self) -> Family | None:
        if TYPE_CHECKING:
            assert self._typed is not None
        family = self._typed[CONF_FAMILY]
        return None if family == AUTO else Family(family)

    async def async_step_ask_panel(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a yes to one query to a mute port: at an AlarmDecoder it types."""
        if user_input is None:
            return self.async_show_form(
                step_id="ask_panel",
                data_schema=vol.Schema(
                    {vol.Required(CONF_ASK, default=False): BooleanSelector()}
                ),
            )
        if not user_input[CONF_ASK]:
            return self._show_failure(NotFound(ProbeFailure.SILENT))
        self._asked = True
        return await self._async_begin_to_listen(ask=True)

    async def async_step_listen(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Listen; at each speed that takes a while."""
        if TYPE_CHECKING:
            assert self._listening is not None
        if not self._listening.done():
            return self.async_show_progress(
                step_id="listen",
                progress_action="listen",
                progress_task=self._listening,
            )
        return self.async_show_progress_done(next_step_id="listened")

    async def async_step_listened(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on with what was found, or back to the form."""
        if TYPE_CHECKING:
            assert self._listening is not None
            assert self._typed is not None
        found = self._listening.result()
        if isinstance(found, NotFound):
            if (
                found.failure is ProbeFailure.SILENT
                and not self._asked
                and may_ask(self._typed[CONF_DEVICE], self._typed_family)
            ):
                return await self.async_step_ask_panel()
            return self._show_failure(found)
        self._heard = found
        # No other number stays the same; without one nothing identifies the adapter.
        await self.async_set_unique_id(_serial_number(found), raise_on_progress=False)
        if self.source == SOURCE_RECONFIGURE:
            return self._reconfigured()
        self._abort_if_unique_id_configured({CONF_DEVICE: found.address.url})
        return await self.async_step_panel_location()

    def _show_failure(self, found: NotFound) -> ConfigFlowResult:
        reconfiguring = self.source == SOURCE_RECONFIGURE
        step_id = "reconfigure_panel" if reconfiguring else "panel"
        return self._show_panel_form(step_id, f"panel_{found.failure}", found.detail)

    def _reconfigured(self) -> ConfigFlowResult:
        """Keep what was found, if it is the same adapter."""
        entry = self._get_reconfigure_entry()
        if entry.unique_id is None:
            self._abort_if_unique_id_configured()
        elif self.unique_id is not None:
            self._abort_if_unique_id_mismatch(reason="wrong_panel")
        self._gave_way = False
        return self.async_update_reload_and_abort(
            entry, data=self._panel_data(), unique_id=self.unique_id or entry.unique_id
        )

    async def async_step_panel_location(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which location the panel belongs to, and finish."""
        if user_input is not None:
            return self.async_create_entry(
                title=TITLES[self._heard.family],
                data=self._panel_data(),
                options=user_input,
            )
        return self.async_show_form(
            step_id="panel_location", data_schema=location_form(self.hass, {})
        )

    def _panel_data(self) -> dict[str, Any]:
        if TYPE_CHECKING:
            assert self._typed is not None
        return {
            CONF_DEVICE: self._heard.address.url,
            CONF_FAMILY: self._heard.family,
            CONF_BAUDRATE: self._heard.address.baudrate,
            CONF_PARTITIONS: parse_partitions(
                self._typed[CONF_ADVANCED].get(CONF_PARTITIONS, "")
            ),
        }

    def _show_panel_form(
        self, step_id: str, error: str | None = None, detail: str = ""
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=panel_form(self._typed or {}),
            errors={"base": error} if error else {},
            description_placeholders={"example": EXAMPLE_URL, "detail": plain(detail)},
        )

    @callback
    @override
    def async_remove(self) -> None:
        """Load the entry again where a reconfiguration was given up half-way."""
        entry_id = self.context.get("entry_id")
        if (
            self._gave_way
            and entry_id is not None
            and self.hass.config_entries.async_get_entry(entry_id) is not None
        ):
            self.hass.config_entries.async_schedule_reload(entry_id)


def _serial_number(found: Found) -> str | None:
    """Return the adapter's serial number; adapters that have none say 0 or f."""
    if found.version is None or not found.version.serial.strip("0fF"):
        return None
    return found.version.serial


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

"""The steps of the config flow that set up a local panel."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, override

from homeassistant.components.usb import (
    get_serial_by_id,
    usb_unique_id_from_service_info,
)
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_DEVICE
from homeassistant.core import callback
from homeassistant.helpers.selector import BooleanSelector
from homeassistant.helpers.service_info.usb import UsbServiceInfo
import voluptuous as vol

from ..client import Family, Found, NotFound, ProbeFailure, may_ask, probe
from ..const import CONF_ADVANCED, CONF_BAUDRATE, CONF_FAMILY, CONF_PARTITIONS, DOMAIN
from ..plain_text import plain_values
from .panel_entity import PanelEntityFlow
from .panel_forms import AUTO, location_form, panel_form, panel_title
from .partitions import partition_rows, read_partitions
from .schemas import FormError

CONF_ASK = "ask"
EXAMPLE_URL = "socket://192.168.1.20:10000"
TITLES = {
    Family.ALARMDECODER: "AlarmDecoder",
    Family.VISTA_SERIAL: "VISTA RS-232",
}


class PanelFlow(PanelEntityFlow):
    """Add or reconfigure a local panel."""

    _typed: Mapping[str, Any] | None = None
    _partitions: dict[str, list[int]]
    _listening: asyncio.Task[Found | NotFound] | None = None
    _heard: Found
    _gave_way = False
    _queried = False

    @override
    async def async_step_usb(self, discovery_info: UsbServiceInfo) -> ConfigFlowResult:
        """Begin with an adapter that was plugged in; it is listened to first."""
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

    async def async_step_reconfigure_panel(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another address or other settings of the same panel."""
        if user_input is not None:
            return await self._async_typed("reconfigure_panel", user_input)
        stored = self._get_reconfigure_entry().data
        self._typed = {
            CONF_DEVICE: stored[CONF_DEVICE],
            CONF_FAMILY: stored[CONF_FAMILY],
            CONF_ADVANCED: {
                CONF_BAUDRATE: str(stored[CONF_BAUDRATE]),
                CONF_PARTITIONS: partition_rows(stored[CONF_PARTITIONS]),
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
        partitions = read_partitions(typed[CONF_ADVANCED].get(CONF_PARTITIONS, ()))
        if isinstance(partitions, FormError):
            return self._show_panel_form(step_id, partitions)
        self._partitions = partitions
        if self.source == SOURCE_RECONFIGURE:
            # The port is ours alone: what listens on it now gives way to the probe.
            self._gave_way = True
            entry = self._get_reconfigure_entry()
            await self.hass.config_entries.async_unload(entry.entry_id)
        return await self._async_begin_to_listen()

    async def _async_begin_to_listen(
        self, *, may_query: bool = False
    ) -> ConfigFlowResult:
        """Listen to what was typed; `may_query` is the person's yes to one query."""
        if TYPE_CHECKING:
            assert self._typed is not None
        baudrate = self._typed[CONF_ADVANCED][CONF_BAUDRATE]
        self._listening = self.hass.async_create_background_task(
            probe(
                self._typed[CONF_DEVICE],
                self._typed_family,
                baudrate=None if baudrate == AUTO else int(baudrate),
                ask_mute_port=may_query,
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
        self._queried = True
        return await self._async_begin_to_listen(may_query=True)

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
                and not self._queried
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
        error = FormError(f"panel_{found.failure}", {"detail": found.detail})
        return self._show_panel_form(step_id, error)

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
                title=panel_title(self.hass, TITLES[self._heard.family], user_input),
                data=self._panel_data(),
                options=user_input,
            )
        return self.async_show_form(
            step_id="panel_location", data_schema=location_form(self.hass, {})
        )

    def _panel_data(self) -> dict[str, Any]:
        return {
            CONF_DEVICE: self._heard.address.url,
            CONF_FAMILY: self._heard.family,
            CONF_BAUDRATE: self._heard.address.baudrate,
            CONF_PARTITIONS: self._partitions,
        }

    def _show_panel_form(
        self, step_id: str, error: FormError | None = None
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=panel_form(self._typed or {}),
            errors={error.at: error.key} if error else {},
            description_placeholders={
                "example": EXAMPLE_URL,
                **plain_values(error.placeholders if error else {}),
            },
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

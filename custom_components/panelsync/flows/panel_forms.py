"""The forms of a local panel: its link, and the location it belongs to."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    SerialPortSelector,
)
import voluptuous as vol

from ..client import FAMILIES, Address, Family
from ..const import (
    CONF_ADVANCED,
    CONF_BAUDRATE,
    CONF_FAMILY,
    CONF_LOCATION,
    CONF_PARTITIONS,
    CONF_REFRESH_ON_MISMATCH,
)
from ..identifiers import device_identifiers
from ..sync.registry import loaded_locations
from .partitions import PARTITIONS

AUTO = "auto"
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
                        ): PARTITIONS,
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


def panel_title(hass: HomeAssistant, adapter: str, options: Mapping[str, Any]) -> str:
    """Return what to call a panel: by its location and adapter, as far as known."""
    location = _location_labels(hass, None).get(options.get(CONF_LOCATION, ""))
    return f"{location} {adapter}" if location else adapter


def _location_labels(hass: HomeAssistant, served: str | None) -> dict[str, str]:
    """Return the name of each location, with its account where two are alike."""
    names = {
        key: (manager.location.display_name, manager.location.config_entry.title)
        for key, manager in loaded_locations(hass).items()
    }
    if served is not None and served not in names:
        # Its account is not loaded now; it stays chosen.
        names[served] = _names_while_unloaded(hass, served)
    alike = Counter(name for name, _ in names.values())
    return {
        key: f"{name} ({account})" if account and alike[name] > 1 else name
        for key, (name, account) in names.items()
    }


def _names_while_unloaded(hass: HomeAssistant, served: str) -> tuple[str, str]:
    """Return name and account of a location that is not loaded, as far as known."""
    devices = dr.async_get(hass).async_get_devices(
        identifiers=device_identifiers(served)
    )
    if not devices:
        return served, ""
    entry = hass.config_entries.async_get_entry(devices[0].config_entry_id)
    name = devices[0].name_by_user or devices[0].name or served
    return name, entry.title if entry else ""

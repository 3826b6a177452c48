"""The forms of the config flow. No password and no code is ever put back into one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ..client import DEFAULT_HOSTS, Panel, UserSyncWay
from ..const import (
    CONF_ADVANCED,
    CONF_INSTALLER_CODE,
    CONF_SERVICE_URL,
    CONF_TEACH,
    CONF_USER_CODE,
    CONF_USER_SYNC_WAY,
    CONF_VOICE_USER_SYNC,
    CONF_WEB_URL,
)

USERNAME = TextSelector(TextSelectorConfig(autocomplete="username"))
PASSWORD = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)
CODE = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)

DEFAULT_ADDRESSES = {
    CONF_WEB_URL: DEFAULT_HOSTS.web,
    CONF_SERVICE_URL: DEFAULT_HOSTS.service,
}


@dataclass(frozen=True, slots=True)
class FormError:
    """An error of a form by its translation key, with what fills in its text."""

    key: str
    placeholders: Mapping[str, str] = field(default_factory=dict)
    at: str = "base"


def _addresses_section(addresses: Mapping[str, str]) -> section:
    url = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
    return section(
        vol.Schema(
            {
                vol.Required(key, default=addresses[key]): url
                for key in (CONF_WEB_URL, CONF_SERVICE_URL)
            }
        ),
        {"collapsed": True},
    )


def account_form(typed: Mapping[str, Any]) -> vol.Schema:
    """Return the form of a new account, with what was typed except the password."""
    return vol.Schema(
        {
            vol.Required(
                CONF_USERNAME, default=typed.get(CONF_USERNAME, vol.UNDEFINED)
            ): USERNAME,
            vol.Required(CONF_PASSWORD): PASSWORD,
            vol.Required(CONF_ADVANCED): _addresses_section(
                typed.get(CONF_ADVANCED, DEFAULT_ADDRESSES)
            ),
        }
    )


def reauth_form(username: str) -> vol.Schema:
    """Return the form that asks for the present password, and for a changed name."""
    return vol.Schema(
        {
            vol.Required(CONF_USERNAME, default=username): USERNAME,
            vol.Required(CONF_PASSWORD): PASSWORD,
        }
    )


def reconfigure_form(username: str, addresses: Mapping[str, str]) -> vol.Schema:
    """Return the form to change user name, password and addresses.

    An empty password is kept.
    """
    return vol.Schema(
        {
            vol.Required(CONF_USERNAME, default=username): USERNAME,
            vol.Optional(CONF_PASSWORD): PASSWORD,
            vol.Required(CONF_ADVANCED): _addresses_section(addresses),
        }
    )


def given_codes(typed: Mapping[str, str]) -> dict[str, str]:
    """Return the codes that were typed, without blank padding and empty fields."""
    return {key: code.strip() for key, code in typed.items() if code.strip()}


def codes_form(panel: Panel) -> vol.Schema:
    """Return the form for the codes that a panel prompts for, else for a user code."""
    installer_code = panel.prompts_installer_code
    needed = {
        CONF_USER_CODE: panel.prompts_user_code or not installer_code,
        CONF_INSTALLER_CODE: installer_code,
    }
    return vol.Schema(
        {vol.Optional(key): CODE for key, is_needed in needed.items() if is_needed}
    )


def user_sync_form(chosen: Mapping[str, Any]) -> vol.Schema:
    """Return the form for the way to start a user sync, with what is chosen so far."""
    return vol.Schema(
        {
            vol.Required(
                CONF_USER_SYNC_WAY,
                default=chosen.get(CONF_USER_SYNC_WAY, UserSyncWay.KNOWN.value),
            ): SelectSelector(
                SelectSelectorConfig(
                    options=[way.value for way in UserSyncWay],
                    translation_key=CONF_USER_SYNC_WAY,
                    mode=SelectSelectorMode.LIST,
                )
            ),
        }
    )


def summary_form() -> vol.Schema:
    """Return the form of the set-up's last page."""
    return user_sync_form({}).extend(
        {vol.Required(CONF_TEACH, default=False): BooleanSelector()}
    )


def account_options_form(chosen: Mapping[str, Any]) -> vol.Schema:
    """Return the form of an account's options, with what is chosen so far."""
    return user_sync_form(chosen).extend(
        {
            vol.Required(
                CONF_VOICE_USER_SYNC, default=chosen.get(CONF_VOICE_USER_SYNC, False)
            ): BooleanSelector()
        }
    )

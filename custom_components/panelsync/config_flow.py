"""Config flow: an account, the codes its panels ask for, and what works on it."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult, OptionsFlow
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import callback

from .const import CONF_ADVANCED, DOMAIN
from .flows.account_flow import AccountFlow, same_addresses, stored_addresses
from .flows.account_options import AccountOptionsFlow
from .flows.panel import PanelFlow
from .flows.panel_options import PanelOptionsFlow
from .flows.schemas import FormError, account_form, reauth_form, reconfigure_form
from .migration import MINOR_VERSION, VERSION
from .runtime import AnyConfigEntry, by_kind


class PanelSyncConfigFlow(AccountFlow, PanelFlow, domain=DOMAIN):
    """Add or reconfigure an account or a local panel; sign in again."""

    VERSION = VERSION
    MINOR_VERSION = MINOR_VERSION

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: AnyConfigEntry) -> OptionsFlow:
        """Return the options flow."""
        return by_kind(
            config_entry,
            account=lambda _: AccountOptionsFlow(),
            panel=lambda _: PanelOptionsFlow(),
        )

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin to add an account or a local panel."""
        return self.async_show_menu(
            step_id="user", menu_options=["account", "panel", "panel_entity"]
        )

    async def async_step_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the account and sign in."""
        error: FormError | None = None
        if user_input is not None:
            self._typed_account = {
                CONF_USERNAME: user_input[CONF_USERNAME].strip(),
                CONF_PASSWORD: user_input[CONF_PASSWORD],
                **stored_addresses(user_input),
            }
            error = await self._async_sign_in(None)
            if error is None:
                return await self._async_renewed() or await self._async_ask_codes()
        return self._show_form("account", account_form(user_input or {}), error)

    async def _async_renewed(self) -> ConfigFlowResult | None:
        """End where the account is set up already; a new name or password is kept.

        Its codes belong to the addresses of its entry, so it stays with those.
        """
        entry = self.hass.config_entries.async_entry_for_domain_unique_id(
            DOMAIN, str(self.unique_id)
        )
        if (
            entry is None
            or not same_addresses(entry.data, self._typed_account)
            or _who(entry.data) == _who(self._typed_account)
        ):
            self._abort_if_unique_id_configured()
            return None
        return await self._async_update(entry, reason="account_updated")

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Begin to sign in again, after the service refused the password."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the present user name and password of the same account."""
        entry = self._get_reauth_entry()
        error: FormError | None = None
        if user_input is not None:
            self._typed_account = {
                CONF_USERNAME: user_input[CONF_USERNAME].strip(),
                CONF_PASSWORD: user_input[CONF_PASSWORD],
            }
            error = await self._async_sign_in(entry)
            if error is None:
                return await self._async_update(entry)
        return self._show_form(
            "reauth_confirm",
            reauth_form(self._username(entry)),
            error,
            {"username": entry.data[CONF_USERNAME]},
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change an account, a local panel, or a panel from another integration."""
        return await by_kind(
            self._get_reconfigure_entry(),
            account=lambda entry: self._async_reconfigure_account(entry, user_input),
            panel=lambda _: self.async_step_reconfigure_panel(user_input),
            panel_entity=lambda _: self.async_step_panel_entity(user_input),
        )

    async def _async_reconfigure_account(
        self, entry: ConfigEntry, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Ask for another name, password or other addresses, then for codes."""
        addresses = stored_addresses({CONF_ADVANCED: entry.data})
        error: FormError | None = None
        if user_input is not None:
            addresses = stored_addresses(user_input)
            self._typed_account = {
                **addresses,
                CONF_USERNAME: user_input[CONF_USERNAME].strip(),
            }
            if password := user_input.get(CONF_PASSWORD):
                self._typed_account[CONF_PASSWORD] = password
            if not password and not same_addresses(entry.data, addresses):
                error = FormError("password_for_address", at=CONF_PASSWORD)
            else:
                error = await self._async_sign_in(entry)
            if error is None:
                return await self._async_ask_codes()
        return self._show_form(
            "reconfigure",
            reconfigure_form(self._username(entry), addresses),
            error,
            {"username": entry.data[CONF_USERNAME]},
        )


def _who(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return user name and password; the service takes names in any letter case."""
    return data[CONF_USERNAME].casefold(), data[CONF_PASSWORD]

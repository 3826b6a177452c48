"""What all ways to set up an account share: sign in, codes, what works, the entry."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowContext,
    ConfigFlowResult,
)
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.helpers.typing import UNDEFINED, UndefinedType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..capabilities import summary
from ..client import Location
from ..const import (
    CONF_ADVANCED,
    CONF_CODES,
    CONF_SERVICE_URL,
    CONF_TEACH,
    CONF_WEB_URL,
)
from ..identifiers import account_identifier
from ..messages import async_load_sayer
from ..panel_codes import stored_codes, with_codes
from ..plain_text import plain_values
from ..storage.history import History
from ..storage.store import client_store
from .account import AccountSignIn, SignInFailed, async_check_codes
from .schemas import FormError, codes_form, given_codes, summary_form
from .teach import Teacher
from .teach_steps import TeachSteps

ISSUES_URL = "https://github.com/panelsync/panelsync/issues"


class AccountFlow(TeachSteps[ConfigFlowContext, ConfigFlowResult], ConfigFlow):
    """Sign in, ask for codes, say what works, and make or change the entry."""

    _sign_in: AccountSignIn

    def __init__(self) -> None:
        """Begin with nothing typed."""
        self._typed_account: dict[str, Any] = {}
        self._given: dict[int, dict[str, str]] = {}
        self._asking: list[Location] = []
        self._options: dict[str, Any] = {}

    async def async_step_codes(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the codes of one location; each location in turn."""
        location = self._asking[0]
        error: FormError | None = None
        if user_input is not None:
            given = given_codes(user_input)
            error = await async_check_codes(self._sign_in.service, location, given)
            if error is None:
                self._given[location.location_id] = given
                self._asking.pop(0)
                return await self._async_after_codes()
        form = codes_form(location.panel)
        return self._show_form("codes", form, error, {"location": location.name})

    async def async_step_summary(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what works on this account, ask how to start a user sync."""
        if user_input is not None:
            self._options = {
                key: value for key, value in user_input.items() if key != CONF_TEACH
            }
            if user_input[CONF_TEACH]:
                return await self.async_step_teach()
            return await self._async_finish()
        found = await self._sign_in.look()
        say = await async_load_sayer(self.hass)
        return self.async_show_form(
            step_id="summary",
            data_schema=summary_form(),
            description_placeholders={
                "issues_url": ISSUES_URL,
                **summary(
                    self._sign_in.account, found, self._sign_in.service.routes(), say
                ),
            },
        )

    @override
    def _new_teacher(self) -> Teacher:
        return Teacher(
            self.hass,
            self._sign_in.service,
            self._sign_in.account.locations,
            self._data({}),
            {},
        )

    @override
    async def _async_without_recording(self) -> ConfigFlowResult:
        return await self._async_finish()

    @override
    async def _async_taught(self, learned: Mapping[str, Any]) -> ConfigFlowResult:
        self._options |= learned
        return await self._async_finish()

    async def _async_finish(self) -> ConfigFlowResult:
        account = self._sign_in.account
        await self._async_save_session()
        return self.async_create_entry(
            title=account.user_name or self._typed_account[CONF_USERNAME],
            data=self._data({}),
            options=self._options,
        )

    async def _async_save_session(self) -> None:
        """Hand what the client learned over to the entry."""
        store = client_store(self.hass, self._sign_in.account.user_id)
        await store.async_save(self._sign_in.stored)

    def _title(self, entry: ConfigEntry) -> str:
        """Return the entry's title: the service's user name, unless a person chose it."""
        if entry.title.casefold() != entry.data[CONF_USERNAME].casefold():
            return entry.title
        return self._sign_in.account.user_name or entry.title

    def _username(self, entry: ConfigEntry) -> str:
        """Return the user name as it was typed, else as it is stored."""
        typed: str = self._typed_account.get(CONF_USERNAME, entry.data[CONF_USERNAME])
        return typed

    async def _async_sign_in(self, entry: ConfigEntry | None) -> FormError | None:
        """Sign in with what was typed; an entry must stay with its account."""
        if not hasattr(self, "_sign_in"):
            stored = None
            if entry is not None:
                store = client_store(self.hass, account_identifier(entry))
                stored = await store.async_load()
            self._sign_in = AccountSignIn(self.hass, stored)
        data = self._data({} if entry is None else entry.data)
        try:
            account = await self._sign_in.sign_in(
                data[CONF_USERNAME], data[CONF_PASSWORD], data
            )
        except SignInFailed as err:
            return err.error
        if entry is None and not account.locations:
            # An entry that lost its locations keeps a right password: they may return.
            return FormError("no_locations")
        # A flow whose browser is gone would stand in the way until a restart.
        await self.async_set_unique_id(account.user_id, raise_on_progress=False)
        if entry is not None:
            self._abort_if_unique_id_mismatch(reason="wrong_account")
        return None

    async def _async_ask_codes(self) -> ConfigFlowResult:
        """Ask for the codes of each panel that wants one or has refused what was sent."""
        refused: set[int] = set()
        if self.source == SOURCE_RECONFIGURE:
            refused = await self._async_read_refused_codes(
                self._get_reconfigure_entry()
            )
        self._asking = [
            location
            for location in self._sign_in.account.locations
            if location.panel.prompts_user_code
            or location.panel.prompts_installer_code
            or location.location_id in refused
        ]
        return await self._async_after_codes()

    async def _async_read_refused_codes(self, entry: ConfigEntry) -> set[int]:
        """Return the locations with codes that the panel refused, or that are none."""
        history = History(self.hass, account_identifier(entry))
        await history.async_load()
        return {
            location_id
            for location_id, known in history.locations.items()
            if known.code_refused == stored_codes(entry, location_id).changed
        } | {
            location.location_id
            for location in self._sign_in.account.locations
            if stored_codes(entry, location.location_id).unusable
        }

    async def _async_after_codes(self) -> ConfigFlowResult:
        if self._asking:
            return await self.async_step_codes()
        if self.source == SOURCE_RECONFIGURE:
            return await self._async_update(self._get_reconfigure_entry())
        return await self.async_step_summary()

    def _data(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is stored with what was typed.

        Only what was typed is kept until the end: a repair or another flow may change
        the rest meanwhile. An empty field keeps what is stored then, unless it would go
        to another address: a secret belongs to the service that it was given for.
        """
        now = dt_util.utcnow()
        typed = {**stored, **self._typed_account}
        codes = stored.get(CONF_CODES, {}) if same_addresses(stored, typed) else {}
        for location_id, given in self._given.items():
            if given:
                codes = with_codes(codes, location_id, given, now)
        return {**typed, CONF_CODES: codes}

    async def _async_update(
        self, entry: ConfigEntry, reason: str | UndefinedType = UNDEFINED
    ) -> ConfigFlowResult:
        """Hand the new session over and reload the entry with what was typed.

        Other flows of the entry hold what was true before, and end.
        """
        for flow in self._async_in_progress(
            include_uninitialized=True, match_context={"entry_id": entry.entry_id}
        ):
            self.hass.config_entries.flow.async_abort(flow["flow_id"])
        await self._async_save_session()
        return self.async_update_reload_and_abort(
            entry,
            title=self._title(entry),
            data=self._data(entry.data),
            reason=reason,
        )

    def _show_form(
        self,
        step_id: str,
        form: vol.Schema,
        error: FormError | None,
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=form,
            errors={error.at: error.key} if error else {},
            description_placeholders={
                **plain_values(placeholders or {}),
                **plain_values(error.placeholders if error else {}),
            },
        )


def same_addresses(data: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether both sets of data name the same website and service."""
    return all(
        str(data.get(key)).casefold() == str(other.get(key)).casefold()
        for key in (CONF_WEB_URL, CONF_SERVICE_URL)
    )


def stored_addresses(typed: Mapping[str, Any]) -> dict[str, str]:
    """Return the two addresses of a form, as they are stored."""
    section = typed[CONF_ADVANCED]
    return {
        key: section[key].strip().rstrip("/")
        for key in (CONF_WEB_URL, CONF_SERVICE_URL)
    }

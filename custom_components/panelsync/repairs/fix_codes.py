"""The repair of a refused code: another one, then the sync."""

from collections.abc import Mapping

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.util import dt as dt_util

from ..const import CONF_CODES
from ..coordinators.location import LocationCoordinator
from ..flows.account import async_check_codes
from ..flows.schemas import FormError, codes_form, given_codes
from ..panel_codes import with_codes
from ..plain_text import plain_values
from .fix_sync import SyncRepair


class CodeRepair(SyncRepair):
    """Takes the code that a panel asks for in place of a refused one, then syncs."""

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin with the code."""
        return await self.async_step_codes()

    async def async_step_codes(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask for the codes; a user code is checked with the service once."""
        if (manager := self._manager) is None:
            return self._abort_not_loaded()
        error: FormError | None = None
        if user_input is not None:
            given = given_codes(user_input)
            error = await self._async_check(manager.location, given)
            if error is None:
                await self._async_keep(given)
                return await self._async_confirm()
        return self.async_show_form(
            step_id="codes",
            data_schema=codes_form(manager.location.location.panel),
            errors={"base": error.key} if error else {},
            description_placeholders={
                **self._placeholders(),
                **plain_values(error.placeholders if error else {}),
            },
        )

    async def _async_check(
        self, location: LocationCoordinator, given: Mapping[str, str]
    ) -> FormError | None:
        if not given:
            return FormError("no_code")
        return await async_check_codes(location.service, location.location, given)

    async def _async_keep(self, given: Mapping[str, str]) -> None:
        """Store the codes and load the account with them."""
        data = self._entry.data
        codes = with_codes(
            data.get(CONF_CODES, {}), self._location_id, given, dt_util.utcnow()
        )
        self.hass.config_entries.async_update_entry(
            self._entry, data={**data, CONF_CODES: codes}
        )
        await self.hass.config_entries.async_reload(self._entry.entry_id)

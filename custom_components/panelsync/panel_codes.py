"""The codes a person stored for a location's panel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.config_entries import ConfigEntry

from .client import Codes, Panel, SyncKind
from .const import CONF_CHANGED, CONF_CODES, CONF_INSTALLER_CODE, CONF_USER_CODE


@dataclass(frozen=True, slots=True)
class StoredCodes:
    """Codes as stored; `changed` differs from one set to the next, empty for none."""

    codes: Codes
    changed: str

    def missing(self, panel: Panel, kind: SyncKind) -> bool:
        """Return whether the panel asks for a code that is not stored."""
        if kind is SyncKind.REFRESH:
            return False
        if panel.prompts_user_code and not self.codes.user_code:
            return True
        return (
            kind is SyncKind.PANEL
            and panel.prompts_installer_code
            and not self.codes.installer_code
        )


def stored_codes(entry: ConfigEntry, location_id: int) -> StoredCodes:
    """Return the codes of one location."""
    stored = entry.data.get(CONF_CODES, {}).get(str(location_id), {})
    return StoredCodes(
        Codes(stored.get(CONF_USER_CODE), stored.get(CONF_INSTALLER_CODE)),
        stored.get(CONF_CHANGED, ""),
    )


def with_codes(
    stored: Mapping[str, Any], location_id: int, given: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """Return the stored codes of all locations with those given for one.

    A code that is not given is kept. The time stamp shows a run that a code which was
    refused has been changed.
    """
    key = str(location_id)
    nothing = {CONF_USER_CODE: None, CONF_INSTALLER_CODE: None}
    known = stored.get(key, nothing)
    return {**stored, key: {**known, **given, CONF_CHANGED: now.isoformat()}}

"""The codes a person stored for a location's panel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.config_entries import ConfigEntry

from .client import Codes, Panel, SyncKind
from .const import CONF_CHANGED, CONF_CODES, CONF_INSTALLER_CODE, CONF_USER_CODE

# Panel codes have 4 to 8 digits; more than this is a typing error.
MOST_DIGITS = 12


def is_code(text: str) -> bool:
    """Return whether a text can be a panel code at all: digits, and not too many."""
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


@dataclass(frozen=True, slots=True)
class StoredCodes:
    """Codes as stored; `changed` differs from one set to the next, empty for none.

    What can be no code is left out of them; `unusable` names where it stands.
    """

    codes: Codes
    changed: str
    unusable: frozenset[str] = frozenset()

    def missing(self, panel: Panel, kind: SyncKind) -> bool:
        """Return whether the panel asks for a code that is not stored."""
        if kind is SyncKind.REFRESH:
            return False
        if panel.prompts_user_code and not self.codes.user_code:
            return True
        if CONF_USER_CODE in self.unusable and not panel.prompts_installer_code:
            # It was given for a reason; the code stored at the service is another one.
            return True
        return (
            kind is SyncKind.PANEL
            and panel.prompts_installer_code
            and not self.codes.installer_code
        )


def stored_codes(entry: ConfigEntry, location_id: int) -> StoredCodes:
    """Return the codes of one location."""
    stored = entry.data.get(CONF_CODES, {}).get(str(location_id), {})
    given = {key: stored.get(key) for key in (CONF_USER_CODE, CONF_INSTALLER_CODE)}
    usable = {
        key: code.strip() if isinstance(code, str) and is_code(code.strip()) else None
        for key, code in given.items()
    }
    return StoredCodes(
        Codes(usable[CONF_USER_CODE], usable[CONF_INSTALLER_CODE]),
        stored.get(CONF_CHANGED, ""),
        frozenset(key for key, code in given.items() if code and not usable[key]),
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


def without_codes(stored: Mapping[str, Any], location_id: int) -> dict[str, Any]:
    """Return the stored codes of all locations but one."""
    return {key: codes for key, codes in stored.items() if key != str(location_id)}

"""What an entry of an earlier release becomes."""

from homeassistant.core import HomeAssistant, callback

from .client import UserSyncWay, dump_learned, learned_from_path
from .const import CONF_LEARNED, CONF_USER_SYNC_WAY
from .runtime import AnyConfigEntry

VERSION = 1
MINOR_VERSION = 2

# What the choice "this path" of the first releases left in an entry's options.
_PATH = "path"
_CONF_PATH = "user_sync_path"


@callback
def migrate(hass: HomeAssistant, entry: AnyConfigEntry) -> bool:
    """Turn a pasted path into a learned way; the entry can be used in any case.

    Home Assistant itself refuses an entry of a later major version.
    """
    if entry.minor_version < MINOR_VERSION:
        options = dict(entry.options)
        path = options.pop(_CONF_PATH, None)
        if options.get(CONF_USER_SYNC_WAY) == _PATH:
            options[CONF_USER_SYNC_WAY] = UserSyncWay.KNOWN.value
            if learned := learned_from_path(str(path or ""), "0"):
                options[CONF_LEARNED] = dump_learned(learned)
        hass.config_entries.async_update_entry(
            entry, options=options, minor_version=MINOR_VERSION
        )
    return True

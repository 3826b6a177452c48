"""Repairs that do the work themselves and tell how it ended."""

from collections.abc import Mapping

from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from ..client.models import SyncKind
from ..const import DOMAIN
from .issues import Trouble


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: Mapping[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow that mends an issue."""
    from .fix_codes import CodeRepair
    from .fix_locked import LockedRepair
    from .fix_sync import RequiredRepair, SyncRepair

    data = data or {}
    entry = hass.config_entries.async_get_entry(str(data.get("entry_id")))
    if entry is None:
        raise ValueError(f"Nothing is known of the issue {issue_id}")
    trouble = Trouble(str(data["trouble"]))
    if trouble is Trouble.ACCOUNT_LOCKED:
        return LockedRepair(entry)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    repairs = {
        Trouble.CODE_REFUSED: CodeRepair,
        Trouble.SYNC_REQUIRED: RequiredRepair,
    }
    return repairs.get(trouble, SyncRepair)(
        entry,
        int(data["location_id"] or 0),
        SyncKind(str(data["kind"])),
        (issue and issue.translation_placeholders) or {},
    )

"""Repairs that do the work themselves and show how it ended."""

from collections.abc import Mapping

from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from ..client import SyncKind
from ..const import DOMAIN
from ..issues.problems import Problem
from .fix_codes import CodeRepair
from .fix_locked import LockedRepair
from .fix_sync import RequiredRepair, SyncRepair
from .fix_teach import TeachRepair


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: Mapping[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow that repairs an issue."""
    data = data or {}
    entry = hass.config_entries.async_get_entry(str(data.get("entry_id")))
    if entry is None:
        raise ValueError(f"Nothing is known of the issue {issue_id}")
    problem = Problem(str(data["problem"]))
    if problem is Problem.ACCOUNT_LOCKED:
        return LockedRepair(entry)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    repairs = {
        Problem.CODE_REFUSED: CodeRepair,
        Problem.NO_USER_SYNC_WAY: TeachRepair,
        Problem.SYNC_REQUIRED: RequiredRepair,
    }
    return repairs.get(problem, SyncRepair)(
        entry,
        int(data["location_id"] or 0),
        SyncKind(str(data["kind"])),
        (issue and issue.translation_placeholders) or {},
    )

"""Issues in Home Assistant's registry: their ids, how they look, and their end."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..plain_text import plain_values
from .problems import Problem

RELEASES_URL = "https://github.com/panelsync/panelsync/releases"

_WARNINGS = (Problem.SYNC_REQUIRED, Problem.MISMATCH, Problem.TOO_MANY_LOCATIONS)
_NOT_FIXABLE = (Problem.NO_ANSWER, Problem.TOO_MANY_LOCATIONS)


def issue_id_of(problem: Problem, *parts: str) -> str:
    """Return an issue's id; it shows in diagnostics, so it has no id of the service."""
    return "_".join((problem, *parts))


@callback
def raise_issue(
    hass: HomeAssistant,
    issue_id: str,
    problem: Problem,
    placeholders: dict[str, str],
    data: dict[str, str | int | float | None],
) -> None:
    """Raise an issue; `data` is for its repair, and for ending it with its entry."""
    is_warning = problem in _WARNINGS
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"problem": problem, **data},
        is_fixable=problem not in _NOT_FIXABLE,
        learn_more_url=RELEASES_URL if problem is Problem.NO_ANSWER else None,
        severity=ir.IssueSeverity.WARNING if is_warning else ir.IssueSeverity.ERROR,
        translation_key=problem,
        translation_placeholders=plain_values(placeholders),
    )


@callback
def async_end_problems(
    hass: HomeAssistant, entry: ConfigEntry, location_id: int | None = None
) -> None:
    """End everything about an entry that is removed or switched off, or a location of it."""
    for issue in list(ir.async_get(hass).issues.values()):
        data = issue.data or {}
        if (
            issue.domain == DOMAIN
            and entry.entry_id in (data.get("entry_id"), data.get("panel_entry_id"))
            and location_id in (None, data.get("location_id"))
        ):
            ir.async_delete_issue(hass, DOMAIN, issue.issue_id)

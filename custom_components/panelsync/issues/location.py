"""The issues of a location: what its runs and its state show, by `problems.py`."""

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..announcements import Announcement, RunEnded, StatusUpdated, async_listen
from ..client import COUNTED_KINDS, EndedRun, Reason, SyncKind
from ..const import DOMAIN
from ..coordinators.account import AccountCoordinator
from ..coordinators.location import LocationCoordinator
from ..messages import kind_name, reason_text
from ..outcome_report import OutcomeReport
from ..panel_codes import stored_codes
from .problems import LocationFacts, Problem, location_problems
from .registry import issue_id_of, raise_issue

# What may show at a location, with the kind that repairs it.
_LOCATION_PROBLEMS = (
    *((Problem.SYNC_FAILED, kind) for kind in COUNTED_KINDS),
    *((Problem.RIGHTS_MISSING, kind) for kind in COUNTED_KINDS),
    *((Problem.CODE_REFUSED, kind) for kind in COUNTED_KINDS),
    (Problem.SYNC_REQUIRED, SyncKind.PANEL),
)


@callback
def async_watch_location(
    hass: HomeAssistant, account: AccountCoordinator, location: LocationCoordinator
) -> CALLBACK_TYPE:
    """Raise what is wrong at a location, and end what is no longer."""

    @callback
    def show(announcement: Announcement) -> None:
        match announcement:
            case StatusUpdated():
                _show_location_problems(hass, account, location)
                if location.link.has_route(SyncKind.USERS):
                    _show_no_user_sync_way(hass, location, is_missing=False)
            case RunEnded(EndedRun(reason=Reason.NO_USER_SYNC_WAY)):
                _show_no_user_sync_way(hass, location, is_missing=True)

    return async_listen(hass, location.identifier, show)


def _show_location_problems(
    hass: HomeAssistant, account: AccountCoordinator, coordinator: LocationCoordinator
) -> None:
    entry, location = coordinator.config_entry, coordinator.location
    facts = LocationFacts(
        coordinator.history,
        None if coordinator.data is None else coordinator.data.sync_status,
        stored_codes(entry, location.location_id).changed,
        account.data.account.rights,
    )
    problems = location_problems(facts, dt_util.utcnow())
    device = coordinator.device
    if problems is None or device is None:
        return
    for problem, kind in _LOCATION_PROBLEMS:
        issue_id = issue_id_of(problem, kind, device.id)
        if (problem, kind) not in problems:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
            continue
        placeholders = {
            "location": coordinator.display_name,
            "kind": kind_name(hass, kind),
        }
        if (record := problems[problem, kind]) is not None:
            placeholders["text"] = _failure_text(hass, coordinator.report(record))
        raise_issue(
            hass,
            issue_id,
            problem,
            placeholders,
            {
                "entry_id": entry.entry_id,
                "location_id": location.location_id,
                "kind": kind,
            },
        )


def _show_no_user_sync_way(
    hass: HomeAssistant, coordinator: LocationCoordinator, *, is_missing: bool
) -> None:
    """Raise that a press found no way to start a user sync, and end it with one."""
    if (device := coordinator.device) is None:
        return
    issue_id = issue_id_of(Problem.NO_USER_SYNC_WAY, device.id)
    if not is_missing:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    location = coordinator.location
    raise_issue(
        hass,
        issue_id,
        Problem.NO_USER_SYNC_WAY,
        {"location": coordinator.display_name},
        {
            "entry_id": coordinator.config_entry.entry_id,
            "location_id": location.location_id,
            "kind": SyncKind.USERS,
        },
    )


def _failure_text(hass: HomeAssistant, report: OutcomeReport) -> str:
    """Return why a run failed, or could not be confirmed."""
    text = reason_text(hass, report)
    return f"{text[:1].upper()}{text[1:]}."

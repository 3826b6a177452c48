"""What a person can repair: raised as issues, ended when their cause has ended."""

from datetime import timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..announcements import (
    AccountRead,
    AccountRefused,
    Announcement,
    PanelCompared,
    RunEnded,
    StatusUpdated,
    async_listen,
)
from ..client import (
    COUNTED_KINDS,
    Account,
    AccountLocked,
    EndedRun,
    Reason,
    SyncKind,
    Watch,
    is_lasting,
)
from ..const import DOMAIN
from ..coordinators.account import AccountCoordinator
from ..coordinators.location import LocationCoordinator
from ..coordinators.panel import PanelCoordinator
from ..identifiers import account_identifier
from ..messages import differences_text, kind_name, reason_text
from ..outcome_report import OutcomeReport
from ..panel_codes import stored_codes
from ..plain_text import plain_values
from .problems import LocationFacts, Problem, location_problems

NO_ANSWER_FOR = timedelta(days=1)
RELEASES_URL = "https://github.com/panelsync/panelsync/releases"

_WARNINGS = (Problem.SYNC_REQUIRED, Problem.MISMATCH, Problem.TOO_MANY_LOCATIONS)
_NOT_FIXABLE = (Problem.NO_ANSWER, Problem.TOO_MANY_LOCATIONS)
# What may show at a location, with the kind that repairs it.
_LOCATION_PROBLEMS = (
    *((Problem.SYNC_FAILED, kind) for kind in COUNTED_KINDS),
    *((Problem.RIGHTS_MISSING, kind) for kind in COUNTED_KINDS),
    *((Problem.CODE_REFUSED, kind) for kind in COUNTED_KINDS),
    (Problem.SYNC_REQUIRED, SyncKind.PANEL),
)


def _issue_id(problem: Problem, *parts: str) -> str:
    """Return an issue's id; it shows in diagnostics, so it has no id of the service."""
    return "_".join((problem, *parts))


@callback
def _failure_text(hass: HomeAssistant, report: OutcomeReport) -> str:
    """Return why a run failed, or could not be confirmed."""
    text = reason_text(hass, report)
    return f"{text[:1].upper()}{text[1:]}."


@callback
def async_watch_account(
    hass: HomeAssistant, account: AccountCoordinator
) -> CALLBACK_TYPE:
    """Raise that an account is locked or gets no answer, and end it once it is served."""
    entry = account.config_entry
    issue_id = _issue_id(Problem.ACCOUNT_LOCKED, entry.entry_id)
    no_answer = _issue_id(Problem.NO_ANSWER, entry.entry_id)

    @callback
    def show(announcement: Announcement) -> None:
        match announcement:
            case AccountRead(account=read):
                ir.async_delete_issue(hass, DOMAIN, issue_id)
                ir.async_delete_issue(hass, DOMAIN, no_answer)
                _show_locations_left_out(hass, entry, read)
            case AccountRefused(AccountLocked()):
                _raise(
                    hass,
                    issue_id,
                    Problem.ACCOUNT_LOCKED,
                    {"account": entry.title},
                    {"entry_id": entry.entry_id},
                )
            case AccountRefused():
                _show_no_answer(hass, account, no_answer)

    return async_listen(hass, account_identifier(entry), show)


def _show_no_answer(
    hass: HomeAssistant, account: AccountCoordinator, issue_id: str
) -> None:
    """Raise that the service has given no usable answer for a day.

    Nothing here can repair it: the address may have been retired for good.
    """
    entry, outage = account.config_entry, account.service.outage
    if outage is None or dt_util.utcnow() - outage.since < NO_ANSWER_FOR:
        return
    _raise(
        hass,
        issue_id,
        Problem.NO_ANSWER,
        {
            "account": entry.title,
            "since": dt_util.as_local(outage.since).strftime("%Y-%m-%d %H:%M"),
            "text": outage.text or "-",
        },
        {"entry_id": entry.entry_id},
    )


def _show_locations_left_out(
    hass: HomeAssistant, entry: ConfigEntry, account: Account
) -> None:
    """Raise that the service names more locations than an account can have."""
    issue_id = _issue_id(Problem.TOO_MANY_LOCATIONS, entry.entry_id)
    if not account.locations_left_out:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    _raise(
        hass,
        issue_id,
        Problem.TOO_MANY_LOCATIONS,
        {
            "account": entry.title,
            "shown": str(len(account.locations)),
            "left_out": str(account.locations_left_out),
        },
        {"entry_id": entry.entry_id},
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


@callback
def async_watch_panel(hass: HomeAssistant, panel: PanelCoordinator) -> CALLBACK_TYPE:
    """Raise a mismatch of a local panel that lasts, and end one that is over."""

    @callback
    def show(announcement: Announcement) -> None:
        if isinstance(announcement, PanelCompared) and panel.location is not None:
            async_show_mismatch(
                hass, panel.config_entry, panel.location, announcement.watched
            )

    return async_listen(hass, panel.identifier, show)


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
        issue_id = _issue_id(problem, kind, device.id)
        if (problem, kind) not in problems:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
            continue
        placeholders = {
            "location": coordinator.display_name,
            "kind": kind_name(hass, kind),
        }
        if (record := problems[problem, kind]) is not None:
            placeholders["text"] = _failure_text(hass, coordinator.report(record))
        _raise(
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
    issue_id = _issue_id(Problem.NO_USER_SYNC_WAY, device.id)
    if not is_missing:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    location = coordinator.location
    _raise(
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


@callback
def async_show_mismatch(
    hass: HomeAssistant,
    panel_entry: ConfigEntry,
    location: LocationCoordinator,
    watched: Watch,
) -> None:
    """Raise a mismatch that lasts, and end one that is over.

    While the two cannot be compared an open one stays.
    """
    issue_id = _issue_id(Problem.MISMATCH, panel_entry.entry_id)
    if watched.mismatch is False:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    elif is_lasting(watched, dt_util.utcnow()):
        _raise(
            hass,
            issue_id,
            Problem.MISMATCH,
            {
                "location": location.display_name,
                "differences": differences_text(hass, watched.differences),
            },
            {
                "entry_id": location.config_entry.entry_id,
                "location_id": location.location.location_id,
                "kind": SyncKind.REFRESH,
                "panel_entry_id": panel_entry.entry_id,
                "serves": location.identifier,
            },
        )


@callback
def async_end_other_mismatch(
    hass: HomeAssistant, panel_entry: ConfigEntry, serves: str | None
) -> None:
    """End a mismatch with a location that the panel serves no more."""
    issue_id = _issue_id(Problem.MISMATCH, panel_entry.entry_id)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    if issue is not None and (issue.data or {}).get("serves") != serves:
        ir.async_delete_issue(hass, DOMAIN, issue_id)


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


def _raise(
    hass: HomeAssistant,
    issue_id: str,
    problem: Problem,
    placeholders: dict[str, str],
    data: dict[str, str | int | float | None],
) -> None:
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

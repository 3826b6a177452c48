"""Troubles a person can mend: raised as repair issues, gone when their cause is gone.

What is wrong at a location is a pure function of its history and state; `repairs/__init__.py`
mends it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from ..client.comparison import Watch, is_lasting
from ..client.models import Location, Outcome, Reason, Rights, SyncKind
from ..client.sync.run import EndedRun
from ..client.sync.status import COUNTED_KINDS, SyncStatus, standing
from ..const import DOMAIN
from ..errors import outcome_error
from ..messages import BUTTON_KEYS, differences_text, error_text
from ..panel_codes import stored_codes
from ..storage.history import LocationHistory

if TYPE_CHECKING:
    from ..coordinators.location import LocationCoordinator
    from ..runtime import AnyConfigEntry, LocalPanelConfigEntry, PanelSyncConfigEntry


class Trouble(StrEnum):
    """What can be mended; each is a translation key."""

    SYNC_FAILED = "sync_failed"
    SYNC_REQUIRED = "sync_required"
    CODE_REFUSED = "code_refused"
    RIGHTS_MISSING = "rights_missing"
    ACCOUNT_LOCKED = "account_locked"
    MISMATCH = "mismatch"


# What may show at a location, with the kind that mends it.
_LOCATION_TROUBLES = (
    *((Trouble.SYNC_FAILED, kind) for kind in COUNTED_KINDS),
    *((Trouble.RIGHTS_MISSING, kind) for kind in COUNTED_KINDS),
    *((Trouble.CODE_REFUSED, kind) for kind in COUNTED_KINDS),
    (Trouble.SYNC_REQUIRED, SyncKind.PANEL),
)


@dataclass(frozen=True, slots=True)
class LocationFacts:
    """All that tells what is wrong at a location.

    `codes_changed` is the time stamp of the stored codes; `rights` are those of the
    account's user.
    """

    history: LocationHistory
    sync_status: SyncStatus | None
    codes_changed: str
    rights: Rights


def lacks_rights(rights: Rights, kind: SyncKind) -> bool:
    """Tell whether the service says that the user may not.

    See docs/protocol/total-connect.md#user-and-rights.

    Such a user was seen to sync all the same, so this explains a refusal and is never
    one itself.
    """
    if rights.master:
        return False
    if kind is SyncKind.USERS:
        return rights.user_administration is False
    return rights.configuration_administration is False


def _failure(
    facts: LocationFacts, kind: SyncKind, now: datetime
) -> tuple[Trouble, EndedRun] | None:
    history = facts.history
    record = history.ended.get(kind)
    if record is None:
        return None
    reason = record.reason
    if reason is Reason.CODE_REFUSED and history.code_refused == facts.codes_changed:
        # However long ago: the code is not sent again until it is changed.
        return Trouble.CODE_REFUSED, record
    if standing(record, history.seen_success.get(kind), now) is not Outcome.FAILED:
        return None
    if reason is Reason.SERVICE_REFUSED and lacks_rights(facts.rights, kind):
        return Trouble.RIGHTS_MISSING, record
    return Trouble.SYNC_FAILED, record


def location_troubles(
    facts: LocationFacts, now: datetime
) -> Mapping[tuple[Trouble, SyncKind], EndedRun | None] | None:
    """Return what is wrong, with the run that told it; None while a run decides it."""
    if facts.history.open_run is not None:
        return None
    found: dict[tuple[Trouble, SyncKind], EndedRun | None] = {}
    for kind in COUNTED_KINDS:
        if (failure := _failure(facts, kind, now)) is not None:
            found[failure[0], kind] = failure[1]
    if facts.sync_status is SyncStatus.SYNC_REQUIRED:
        found[Trouble.SYNC_REQUIRED, SyncKind.PANEL] = None
    return found


@callback
def kind_name(hass: HomeAssistant, kind: SyncKind) -> str:
    """Return what the button of a kind is called."""
    texts = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    return texts[f"component.{DOMAIN}.entity.button.{BUTTON_KEYS[kind]}.name"]


@callback
def failure_text(hass: HomeAssistant, record: EndedRun, location: str) -> str:
    """Return in words why a run failed."""
    error = outcome_error(record, location)
    return "" if error is None else f"{error_text(hass, error)}."


@callback
def async_show_location_troubles(
    hass: HomeAssistant,
    entry: PanelSyncConfigEntry,
    location: Location,
    history: LocationHistory,
    status: SyncStatus | None,
    rights: Rights,
) -> None:
    """Raise what is wrong at a location, and end what is no longer."""
    facts = LocationFacts(
        history, status, stored_codes(entry, location.location_id).changed, rights
    )
    troubles = location_troubles(facts, dt_util.utcnow())
    place = _place(hass, entry, location.location_id)
    if troubles is None or place is None:
        return
    for trouble, kind in _LOCATION_TROUBLES:
        issue_id = f"{trouble}_{kind}_{place}"
        if (trouble, kind) not in troubles:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
            continue
        placeholders = {"location": location.name, "kind": kind_name(hass, kind)}
        if (record := troubles[trouble, kind]) is not None:
            placeholders["text"] = failure_text(hass, record, location.name)
        _raise(
            hass,
            issue_id,
            trouble,
            placeholders,
            {
                "entry_id": entry.entry_id,
                "location_id": location.location_id,
                "kind": kind,
            },
        )


@callback
def async_end_location_troubles(
    hass: HomeAssistant, entry: PanelSyncConfigEntry, location_id: int
) -> None:
    """End everything about a location that is gone."""
    _end(hass, entry_id=entry.entry_id, location_id=location_id)


@callback
def async_show_account_locked(
    hass: HomeAssistant, entry: PanelSyncConfigEntry, locked: bool
) -> None:
    """Raise that an account is locked, or end it: the service serves it again."""
    issue_id = f"{Trouble.ACCOUNT_LOCKED}_{entry.entry_id}"
    if not locked:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    _raise(
        hass,
        issue_id,
        Trouble.ACCOUNT_LOCKED,
        {"account": entry.title},
        {"entry_id": entry.entry_id},
    )


@callback
def async_show_mismatch(
    hass: HomeAssistant,
    panel_entry: LocalPanelConfigEntry,
    location: LocationCoordinator,
    watched: Watch,
) -> None:
    """Raise a mismatch that lasts, and end one that is over.

    While the two cannot be compared an open one stays.
    """
    issue_id = f"{Trouble.MISMATCH}_{panel_entry.entry_id}"
    if watched.mismatch is False:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    elif is_lasting(watched, dt_util.utcnow()):
        _raise(
            hass,
            issue_id,
            Trouble.MISMATCH,
            {
                "location": location.location.name,
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
    hass: HomeAssistant, panel_entry: LocalPanelConfigEntry, serves: str | None
) -> None:
    """End a mismatch with a location that the panel serves no more."""
    issue_id = f"{Trouble.MISMATCH}_{panel_entry.entry_id}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    if issue is not None and (issue.data or {}).get("serves") != serves:
        ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_end_troubles(hass: HomeAssistant, entry: AnyConfigEntry) -> None:
    """End everything about an entry that is removed or switched off."""
    _end(hass, entry_id=entry.entry_id)
    _end(hass, panel_entry_id=entry.entry_id)


def _place(
    hass: HomeAssistant, entry: PanelSyncConfigEntry, location_id: int
) -> str | None:
    """Return the id of a location's device, None before it exists.

    Issue ids go into diagnostics, so the service's own ids must not be in them.
    """
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, f"{entry.unique_id}_{location_id}"), entry.entry_id
    )
    return None if device is None else device.id


def _raise(
    hass: HomeAssistant,
    issue_id: str,
    trouble: Trouble,
    placeholders: dict[str, str],
    data: dict[str, str | int | float | None],
) -> None:
    waits = trouble in (Trouble.SYNC_REQUIRED, Trouble.MISMATCH)
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"trouble": trouble, **data},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING if waits else ir.IssueSeverity.ERROR,
        translation_key=trouble,
        translation_placeholders=placeholders,
    )


def _end(hass: HomeAssistant, **wanted: str | int) -> None:
    for issue in list(ir.async_get(hass).issues.values()):
        if issue.domain == DOMAIN and wanted.items() <= (issue.data or {}).items():
            ir.async_delete_issue(hass, DOMAIN, issue.issue_id)

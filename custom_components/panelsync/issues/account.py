"""The issues of an account: it is locked, gets no answer, or has too many locations."""

from datetime import timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..announcements import AccountRead, AccountRefused, Announcement, async_listen
from ..client import Account, AccountLocked
from ..const import DOMAIN
from ..coordinators.account import AccountCoordinator
from ..identifiers import account_identifier
from .problems import Problem
from .registry import issue_id_of, raise_issue

NO_ANSWER_FOR = timedelta(days=1)


@callback
def async_watch_account(
    hass: HomeAssistant, account: AccountCoordinator
) -> CALLBACK_TYPE:
    """Raise that an account is locked or gets no answer, and end it once it is served."""
    entry = account.config_entry
    issue_id = issue_id_of(Problem.ACCOUNT_LOCKED, entry.entry_id)
    no_answer = issue_id_of(Problem.NO_ANSWER, entry.entry_id)

    @callback
    def show(announcement: Announcement) -> None:
        match announcement:
            case AccountRead(account=read):
                ir.async_delete_issue(hass, DOMAIN, issue_id)
                ir.async_delete_issue(hass, DOMAIN, no_answer)
                _show_locations_left_out(hass, entry, read)
            case AccountRefused(AccountLocked()):
                raise_issue(
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
    raise_issue(
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
    issue_id = issue_id_of(Problem.TOO_MANY_LOCATIONS, entry.entry_id)
    if not account.locations_left_out:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    raise_issue(
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

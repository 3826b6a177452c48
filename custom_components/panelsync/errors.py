"""From the client's errors and outcomes to translated Home Assistant errors, once."""

import math

from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    HomeAssistantError,
    ServiceValidationError,
)
from homeassistant.helpers.update_coordinator import UpdateFailed

from .client import (
    AccountLocked,
    ClientError,
    CredentialsRefused,
    EndedRun,
    OpenRun,
    Outcome,
    Reason,
    SignInPage,
    SignInPostponed,
)
from .const import DOMAIN


def update_error(err: ClientError) -> UpdateFailed | ConfigEntryAuthFailed:
    """Return what a coordinator raises for a failed read.

    Only a refused password asks for a new one; a locked account does not, since the
    password may be right.
    """
    if isinstance(err, CredentialsRefused):
        return ConfigEntryAuthFailed(
            translation_domain=DOMAIN, translation_key="update_signed_out"
        )
    if isinstance(err, SignInPostponed):
        return _postponed(UpdateFailed, err)
    match err:
        case AccountLocked():
            key = "account_locked"
        case SignInPage():
            key = "update_sign_in_page"
        case _:
            key = "update_failed"
    return UpdateFailed(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"text": _service_text(err.code, err.text)},
    )


def no_locations_error(account: str) -> ServiceValidationError:
    """Return what is raised where all locations of an account were meant: it has none."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="no_locations",
        translation_placeholders={"account": account},
    )


def event_log_error(err: ClientError, location: str) -> HomeAssistantError:
    """Return what is raised where an event log could not be read."""
    if isinstance(err, SignInPostponed):
        return _postponed(HomeAssistantError, err)
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="event_log_failed",
        translation_placeholders={
            "location": location,
            "text": _service_text(err.code, err.text),
        },
    )


def outcome_error(
    record: OpenRun | EndedRun, location: str
) -> HomeAssistantError | None:
    """Return the error of a press that ended immediately, None if it did not fail.

    The caller can put a refusal right; a failure is nobody's mistake here.
    """
    if isinstance(record, OpenRun):
        return None
    if record.outcome not in (Outcome.REFUSED, Outcome.FAILED):
        return None
    refused = record.outcome is Outcome.REFUSED
    error = ServiceValidationError if refused else HomeAssistantError
    return error(
        translation_domain=DOMAIN,
        translation_key=f"{record.outcome}_{record.reason}",
        translation_placeholders=outcome_placeholders(record, location),
    )


def outcome_placeholders(record: EndedRun, location: str) -> dict[str, str]:
    """Return the words that fill in the text of an outcome."""
    placeholders = {"location": location}
    if record.reason is Reason.COOLING_DOWN:
        placeholders["wait"] = several(record.wait or 0)
    if record.reason in (Reason.SIGN_IN_POSTPONED, Reason.RATE_LIMITED):
        placeholders["minutes"] = _minutes(record.wait or 0)
    if record.outcome is not Outcome.REFUSED:
        placeholders["text"] = _service_text(record.service_code, record.service_text)
    return placeholders


def _postponed[E: HomeAssistantError](kind: type[E], err: SignInPostponed) -> E:
    """Return an error of a kind that says how long PanelSync still waits."""
    return kind(
        translation_domain=DOMAIN,
        translation_key="update_sign_in_postponed",
        translation_placeholders={"minutes": _minutes(err.wait.total_seconds())},
    )


def _minutes(seconds: float) -> str:
    """Put a wait into minutes, rounded up: none ends sooner than it says."""
    return several(seconds / 60)


def several(count: float) -> str:
    """Round a count up to at least two: a text has but the plural for it."""
    return str(max(2, math.ceil(count)))


def _service_text(code: int | None, text: str) -> str:
    """Combine the service's text and number, as far as it gave any."""
    if code is None:
        return text or "-"
    return f"{text} ({code})" if text else str(code)

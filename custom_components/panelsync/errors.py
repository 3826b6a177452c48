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


def translated[ErrorT: HomeAssistantError](
    error: type[ErrorT], key: str, /, **placeholders: str
) -> ErrorT:
    """Return an error with one of our texts, filled in; each of ours is made here."""
    return error(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def update_error(err: ClientError) -> UpdateFailed | ConfigEntryAuthFailed:
    """Return what a coordinator raises for a failed read.

    Only a refused password asks for a new one; a locked account does not, since the
    password may be right.
    """
    if isinstance(err, CredentialsRefused):
        return translated(ConfigEntryAuthFailed, "update_signed_out")
    if isinstance(err, SignInPostponed):
        return _postponed(UpdateFailed, err)
    match err:
        case AccountLocked():
            key = "account_locked"
        case SignInPage():
            key = "update_sign_in_page"
        case _:
            key = "update_failed"
    return translated(UpdateFailed, key, text=service_text(err.code, err.text))


def event_log_error(err: ClientError, location: str) -> HomeAssistantError:
    """Return what is raised where an event log could not be read."""
    if isinstance(err, SignInPostponed):
        return _postponed(HomeAssistantError, err)
    return translated(
        HomeAssistantError,
        "event_log_failed",
        location=location,
        text=service_text(err.code, err.text),
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
    return translated(
        error,
        f"{record.outcome}_{record.reason}",
        **outcome_placeholders(record, location),
    )


def outcome_placeholders(record: EndedRun, location: str) -> dict[str, str]:
    """Return the values that fill in the text of an outcome."""
    placeholders = {"location": location}
    if record.reason is Reason.COOLING_DOWN:
        placeholders["wait"] = several(record.wait or 0)
    if record.reason in (Reason.SIGN_IN_POSTPONED, Reason.RATE_LIMITED):
        placeholders["minutes"] = _minutes(record.wait or 0)
    if record.outcome is not Outcome.REFUSED:
        placeholders["text"] = service_text(record.service_code, record.service_text)
    return placeholders


def _postponed[ErrorT: HomeAssistantError](
    error: type[ErrorT], err: SignInPostponed
) -> ErrorT:
    """Return an error that says how long PanelSync still waits."""
    minutes = _minutes(err.wait.total_seconds())
    return translated(error, "update_sign_in_postponed", minutes=minutes)


def _minutes(seconds: float) -> str:
    """Put a wait into minutes, rounded up: none ends sooner than it says."""
    return several(seconds / 60)


def several(count: float) -> str:
    """Round a count up to at least two: a text has but the plural for it."""
    return str(max(2, math.ceil(count)))


def service_text(code: int | None, text: str) -> str:
    """Combine the service's text and number, as far as it gave any."""
    if code is None:
        return text or "-"
    return f"{text} ({code})" if text else str(code)

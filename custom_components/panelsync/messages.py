"""What is told of a run, in Home Assistant's language: for Activity and for actions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .capabilities import Say, speaker
from .client.comparison import Difference
from .client.models import Evidence, Outcome, Reason, SyncKind
from .const import DOMAIN

BUTTON_KEYS = {
    SyncKind.USERS: "sync_users",
    SyncKind.PANEL: "sync_panel",
    SyncKind.REFRESH: "refresh_status",
}


def _texts(hass: HomeAssistant, category: str) -> Mapping[str, str]:
    """Return our texts of a category; Home Assistant fills gaps with English.

    They are read from what was loaded at set-up, so this may be called from any
    thread: the logbook describes its lines outside the event loop.
    """
    return async_get_cached_translations(
        hass, hass.config.language, category, DOMAIN
    ) or async_get_cached_translations(hass, "en", category, DOMAIN)


def sayer(hass: HomeAssistant) -> Say:
    """Return a function that gives one of our common texts, filled in."""
    return speaker(_texts(hass, "common"), f"component.{DOMAIN}.common.")


def exception_text(
    hass: HomeAssistant, key: str, placeholders: Mapping[str, str] | None
) -> str:
    """Return an error's text in Home Assistant's language.

    `str` of an error is always English (`async_get_exception_message`).
    """
    text = _texts(hass, "exceptions")[f"component.{DOMAIN}.exceptions.{key}.message"]
    return text.format(**placeholders or {})


def error_text(hass: HomeAssistant, error: HomeAssistantError) -> str:
    """Return what one of our own errors says, in Home Assistant's language."""
    assert error.translation_key is not None
    return exception_text(
        hass, error.translation_key, error.translation_placeholders
    ).rstrip(".")


def differences_text(hass: HomeAssistant, differences: Iterable[Difference]) -> str:
    """Return what panel and service show differently, in Home Assistant's language."""
    say = sayer(hass)
    return " ".join(_difference_text(say, difference) for difference in differences)


def _difference_text(say: Say, difference: Difference) -> str:
    shown = say(
        "shown_on_both",
        panel=say(f"shown_{difference.panel}"),
        service=say(f"shown_{difference.service}"),
    )
    if difference.partitions == 1:
        return shown
    return say("shown_in_partition", partition=difference.partition, shown=shown)


def started_message(hass: HomeAssistant, kind: SyncKind) -> str:
    """Return one sentence for a run that goes on."""
    say = sayer(hass)
    return say("told_started", kind=say(f"kind_{kind}"))


def message(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return one sentence for what `tell` fires; `outcome_facts` is enough."""
    say = sayer(hass)
    if (count := data.get("old_records")) is not None:
        number = "one" if count == 1 else "many"
        return say(f"told_old_records_{number}", count=count)
    if (differences := data.get("differences")) is not None:
        return say("told_mismatch", differences=differences)
    if "noticed" in data:
        return say("told_noticed")
    kind = say(f"kind_{data['kind']}")
    if "started" in data:
        return _all_message(say, kind, data)
    outcome, reason = Outcome(data["outcome"]), Reason(data["reason"])
    match outcome:
        case Outcome.SUCCEEDED | Outcome.FINISHED:
            later = "_later" if data["upgraded"] else ""
            evidence = _evidence(say, data["evidence"])
            told = say(f"told_{outcome}{later}", kind=kind, evidence=evidence)
        case Outcome.UNCONFIRMED:
            why = say(f"told_because_{reason}")
            told = say("told_unconfirmed", kind=kind, reason=why)
        case Outcome.FAILED | Outcome.REFUSED:
            why = exception_text(hass, f"{outcome}_{reason}", data["placeholders"])
            return say(f"told_{outcome}", kind=kind, reason=why.rstrip("."))
    if reason is Reason.LIVE_READ_UNSUPPORTED or Evidence.LIVE_READ in data["evidence"]:
        return _with_refresh_times(say, told, data)
    return told


def _evidence(say: Say, evidence: Sequence[str]) -> str:
    """Name each proof: "one, two and three" in few words."""
    *first, last = [say(f"told_by_{item}") for item in evidence]
    if not first:
        return last
    return say("told_and", first=", ".join(first), last=last)


def _with_refresh_times(say: Say, told: str, data: Mapping[str, Any]) -> str:
    """Tell both times of a refresh: when it was asked, how new the report is."""
    asked = _clock(data["asked"])
    if data["report_time"] is None:
        return say("told_without_report", told=told, asked=asked)
    reported = _clock(data["report_time"])
    return say("told_with_report", told=told, asked=asked, reported=reported)


def _clock(text: str) -> str:
    return dt_util.as_local(datetime.fromisoformat(text)).strftime("%H:%M:%S")


def _all_message(say: Say, kind: str, data: Mapping[str, Any]) -> str:
    told = say("told_started_at", kind=kind, locations=", ".join(data["started"]))
    if data["left_out"]:
        left_out = "; ".join(data["left_out"].values())
        return say("told_left_out", told=told, left_out=left_out)
    return told

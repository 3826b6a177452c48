"""Texts in Home Assistant's language: for Activity, actions, repairs and errors."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_get_translations,
)
from homeassistant.util import dt as dt_util

from .capabilities import Say, speaker
from .client import (
    Change,
    Changed,
    Difference,
    Effect,
    Evidence,
    Outcome,
    Reason,
    SyncKind,
    Thing,
)
from .const import DOMAIN
from .outcome_report import OutcomeReport

# More are read by nobody; they stand in the event.
CHANGES_NAMED = 3
_CLOCK = "%H:%M:%S"

BUTTON_KEYS = {
    SyncKind.USERS: "sync_users",
    SyncKind.PANEL: "sync_panel",
    SyncKind.REFRESH: "refresh_status",
}


def cached_texts(hass: HomeAssistant, category: str) -> Mapping[str, str]:
    """Return our texts of a category; Home Assistant fills gaps with English.

    They are read from what was loaded at set-up, so this may be called from any
    thread: the logbook describes its lines outside the event loop.
    """
    return async_get_cached_translations(
        hass, hass.config.language, category, DOMAIN
    ) or async_get_cached_translations(hass, "en", category, DOMAIN)


def sayer(hass: HomeAssistant) -> Say:
    """Return a function that gives one of our common texts, filled in."""
    return speaker(cached_texts(hass, "common"), f"component.{DOMAIN}.common.")


async def async_load_texts(
    hass: HomeAssistant, language: str, *categories: str
) -> dict[str, str]:
    """Return our texts of some categories in any language; they are read first."""
    texts: dict[str, str] = {}
    for category in categories:
        texts |= await async_get_translations(hass, language, category, {DOMAIN})
    return texts


async def async_load_sayer(hass: HomeAssistant) -> Say:
    """Return that function before anything of ours is set up."""
    texts = await async_get_translations(hass, hass.config.language, "common", {DOMAIN})
    return speaker(texts, f"component.{DOMAIN}.common.")


def kind_name(hass: HomeAssistant, kind: SyncKind) -> str:
    """Return the name of a kind of sync."""
    return sayer(hass)(f"kind_{kind}")


def exception_text(
    hass: HomeAssistant, key: str, placeholders: Mapping[str, str] | None
) -> str:
    """Return an error's text in Home Assistant's language.

    `str` of an error is always English (`async_get_exception_message`).
    """
    text = cached_texts(hass, "exceptions")[
        f"component.{DOMAIN}.exceptions.{key}.message"
    ]
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
    """Return one sentence for a run in progress."""
    say = sayer(hass)
    return say("told_started", kind=say(f"kind_{kind}"))


def reason_text(hass: HomeAssistant, report: OutcomeReport) -> str:
    """Return why a run was refused, failed or could not be confirmed."""
    if report.outcome is Outcome.UNCONFIRMED:
        return sayer(hass)(f"told_because_{report.reason}")
    key = f"{report.outcome}_{report.reason}"
    return exception_text(hass, key, report.placeholders).rstrip(".")


def outcome_message(hass: HomeAssistant, report: OutcomeReport) -> str:
    """Return one sentence for how a run ended, with its evidence."""
    say = sayer(hass)
    kind = say(f"kind_{report.kind}")
    match report.outcome:
        case Outcome.SUCCEEDED | Outcome.FINISHED:
            later = "_later" if report.upgraded else ""
            evidence = _evidence(say, report.evidence)
            text = say(f"told_{report.outcome}{later}", kind=kind, evidence=evidence)
            text = ". ".join([text, *effect_texts(say, report.effect)])
        case Outcome.UNCONFIRMED:
            why = reason_text(hass, report)
            text = say("told_unconfirmed", kind=kind, reason=why)
        case Outcome.FAILED | Outcome.REFUSED:
            why = reason_text(hass, report)
            return say(f"told_{report.outcome}", kind=kind, reason=why)
    if (
        report.reason is Reason.LIVE_READ_UNSUPPORTED
        or Evidence.LIVE_READ in report.evidence
    ):
        return _with_refresh_times(say, text, report)
    return text


def effect_texts(say: Say, effect: Effect) -> list[str]:
    """Return what a sync changed, in short sentences without their full stops."""
    sentences = [
        say(f"told_{thing}_{change}", names=_changed_names(say, changed))
        for thing in Thing
        for change in Change
        if (
            changed := [
                item
                for item in effect.changes
                if item.thing is thing and item.change is change
            ]
        )
    ]
    if effect.more:
        sentences.append(say("told_more_changes", count=effect.more))
    if effect.made_live:
        number = "one" if effect.made_live == 1 else "many"
        sentences.append(say(f"told_made_live_{number}", count=effect.made_live))
    return sentences


def _changed_names(say: Say, changed: Sequence[Changed]) -> str:
    """Name things by number and name: "6 Jetty Door, 7 Boathouse and 2 more"."""
    names = [
        f"{item.number} {item.before} → {item.name}"
        if item.before and item.name
        else f"{item.number} {item.name}".rstrip()
        for item in changed
    ]
    shown = ", ".join(names[:CHANGES_NAMED])
    return _and_more(say, shown, len(names) - CHANGES_NAMED)


def _and_more(say: Say, shown: str, left: int) -> str:
    """Say how many more there are than those that are shown."""
    return f"{shown} {say('and_more_locations', count=left)}" if left > 0 else shown


def _evidence(say: Say, evidence: Sequence[Evidence]) -> str:
    """Name each proof: "one, two and three" in few words."""
    *first, last = [say(f"told_by_{item}") for item in evidence]
    if not first:
        return last
    return say("told_and", first=", ".join(first), last=last)


def _with_refresh_times(say: Say, text: str, report: OutcomeReport) -> str:
    """Add both times of a refresh: when it was requested, how new the report is."""
    requested = dt_util.as_local(report.requested)
    asked = requested.strftime(_CLOCK)
    if report.report_time is None:
        return say("told_without_report", told=text, asked=asked)
    reported = dt_util.as_local(report.report_time)
    # A panel may have been silent for days: its hour alone would look like today's.
    shown = _CLOCK if reported.date() == requested.date() else f"%Y-%m-%d {_CLOCK}"
    return say(
        "told_with_report", told=text, asked=asked, reported=reported.strftime(shown)
    )


def all_ended_message(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return one sentence for how syncs at several locations ended."""
    say = sayer(hass)
    parts = [
        say(
            f"told_all_{part}",
            locations=_and_more(say, ", ".join(data[part]), data[f"more_{part}"]),
        )
        for part in ("done", "failed", "left_out")
        if data[part]
    ]
    return say(
        "told_all_ended", kind=say(f"kind_{data['kind']}"), result="; ".join(parts)
    )


def all_started_message(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return one sentence for where runs were started, and why not elsewhere."""
    say = sayer(hass)
    text = say(
        "told_started_at",
        kind=say(f"kind_{data['kind']}"),
        locations=_and_more(say, ", ".join(data["started"]), data["more_started"]),
    )
    if left_out := data["left_out"]:
        reasons = _and_more(say, "; ".join(left_out.values()), data["more_left_out"])
        return say("told_left_out", told=text, left_out=reasons)
    return text

"""Every value that chooses a text is said, however seldom it comes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest

from custom_components.panelsync.bus_events import BusEventType
from custom_components.panelsync.capabilities import (
    Capabilities,
    Say,
    kind_lines,
    route_lines,
)
from custom_components.panelsync.client import (
    ROUTES,
    Change,
    Changed,
    Difference,
    Effect,
    Evidence,
    Outcome,
    Purpose,
    Reason,
    RouteReport,
    RouteState,
    SyncKind,
    SyncStatus,
    Thing,
)
from custom_components.panelsync.client.comparison import Shown
from custom_components.panelsync.client.models import Certainty
from custom_components.panelsync.client.remote.learned_rules import FIELDS, LEARNED
from custom_components.panelsync.client.remote.learning import (
    Reason as NotLearned,
    Refusal,
)
from custom_components.panelsync.flows.teach import refusal_text, route_text
from custom_components.panelsync.logbook import message
from custom_components.panelsync.messages import (
    async_load_texts,
    differences_text,
    effect_texts,
    outcome_message,
    sayer,
)
from custom_components.panelsync.outcome_report import OutcomeReport
from custom_components.panelsync.storage.history import LocationHistory
from custom_components.panelsync.voice import replies
from custom_components.panelsync.voice.language import read_speeches
from simulator import SimulatorOptions

from .conftest import StartHome
from .home import Home
from .talk import Talk
from .test_texts import failures, record, refusals

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SPEECHES = read_speeches()
ENGLISH = SPEECHES["en"]
# A speaker needs little more than ten seconds for so many letters.
LONGEST_REPLY = 190
REASONS = "component.panelsync.entity.event.sync.state_attributes.reason.state"
# Why a run whose command went out may stay without a proof.
UNCONFIRMED = {
    *Reason,
} - refusals() - failures() - {Reason.PROVEN, Reason.NOTHING_TO_PROVE} | {
    Reason.ROUTE_UNAVAILABLE
}


@pytest.fixture
def say(hass: HomeAssistant, home: Home) -> Say:
    """Return what fills our common texts in."""
    return sayer(hass)


def check(texts: Iterable[str]) -> None:
    """Each says something of its own, whole and filled in."""
    said = list(texts)
    assert len(set(said)) == len(said) > 0
    assert [text for text in said if not text or "{" in text] == []


def report(outcome: Outcome, reason: Reason, **more: Any) -> OutcomeReport:
    """Return the report of a run that ended so."""
    ended = OutcomeReport.of(record(outcome, reason), "Mill House", None)
    return replace(ended, **more)


def test_every_outcome_is_said(hass: HomeAssistant, home: Home) -> None:
    proven = {"evidence": (Evidence.SYNC_FLAG,)}
    check(
        outcome_message(hass, ended)
        for ended in (
            *(report(Outcome.UNCONFIRMED, reason) for reason in UNCONFIRMED),
            *(report(Outcome.REFUSED, reason) for reason in refusals()),
            *(report(Outcome.FAILED, reason) for reason in failures()),
            report(Outcome.SUCCEEDED, Reason.PROVEN, **proven),
            report(Outcome.SUCCEEDED, Reason.PROVEN, upgraded=True, **proven),
            report(Outcome.FINISHED, Reason.PROVEN, **proven),
        )
    )


def test_what_else_is_in_activity_is_said(hass: HomeAssistant, home: Home) -> None:
    check(
        message(hass, event)
        for event in (
            {"type": BusEventType.OLD_RECORDS, "count": 1},
            {"type": BusEventType.OLD_RECORDS, "count": 7},
            {"type": BusEventType.MISMATCH, "differences": "Something"},
            {"type": BusEventType.PANEL_SYNC_NOTICED},
        )
    )


def test_every_state_of_a_partition_is_said(hass: HomeAssistant, home: Home) -> None:
    check(
        differences_text(hass, [Difference(1, shown, Shown.ALARM, number)])
        for shown in Shown
        for number in (1, 2)
    )


def test_every_change_is_said(say: Say) -> None:
    check(
        effect_texts(say, Effect((Changed(thing, change, 7, "Jetty", "Pier"),)))[0]
        for thing in Thing
        for change in Change
    )


@pytest.mark.parametrize("reason", NotLearned)
def test_why_nothing_was_learned_is_said(say: Say, reason: NotLearned) -> None:
    check(refusal_text(Refusal(reason, purpose, "x"), say) for purpose in LEARNED)


def test_what_was_learned_is_said(say: Say) -> None:
    check(
        route_text(replace(ROUTES["logout"], purpose=purpose, fields=FIELDS), say)
        for purpose in LEARNED
    )


@pytest.mark.parametrize("state", RouteState)
@pytest.mark.parametrize("certainty", Certainty)
def test_what_works_on_an_account_is_said(
    say: Say, state: RouteState, certainty: Certainty
) -> None:
    routes = tuple(
        RouteReport(purpose, "learned", certainty, state, None) for purpose in Purpose
    )
    every = frozenset(SyncKind)
    check(route_lines(routes, say))
    for kinds, startable in ((every, every), (every, frozenset[SyncKind]())):
        check(kind_lines(Capabilities({1: kinds}, startable, {}), routes, say))
    check(kind_lines(Capabilities({}, every, {}), routes, say))


# --- by voice ------------------------------------------------------------------


def place(name: str = "Mill House", **known: Any) -> Any:
    """Return what a reply reads of a location."""
    status = known.pop("status", SyncStatus.IN_SYNC)
    usual = {"last_update_success": True, "history": LocationHistory(), "pending": None}
    data = SimpleNamespace(sync_status=status)
    return SimpleNamespace(**{"display_name": name, "data": data} | usual | known)


def test_every_status_is_answered() -> None:
    statuses = (*SyncStatus, None)
    check(replies.of_statuses(ENGLISH, [place(status=status)]) for status in statuses)
    check([replies.of_needs(ENGLISH, [place()])])


def test_every_last_sync_is_answered() -> None:
    known = {SyncKind.USERS: NOW, SyncKind.PANEL: NOW}
    check(
        replies.of_last_syncs(
            ENGLISH, [place(history=LocationHistory(proven=proven))], NOW
        )
        for proven in (
            known,
            {SyncKind.USERS: NOW},
            {SyncKind.PANEL: NOW},
            {},
        )
    )


def test_every_number_of_pending_changes_is_answered() -> None:
    waiting = [place(pending=SimpleNamespace(count=count)) for count in range(3)]
    check(replies.of_pending(ENGLISH, [each]) for each in (*waiting, place()))
    check([replies.of_pending(ENGLISH, [waiting[0], waiting[0]])])


async def test_every_outcome_is_answered(hass: HomeAssistant, home: Home) -> None:
    texts = await async_load_texts(hass, "en", *replies.TEXT_CATEGORIES)

    def answer(outcome: Outcome, reason: Reason) -> str:
        ended = replace(record(outcome, reason), ended=NOW - timedelta(hours=2))
        history = LocationHistory(ended={SyncKind.PANEL: ended})
        return replies.of_outcomes(ENGLISH, texts, [place(history=history)], NOW)

    check(
        [
            answer(Outcome.SUCCEEDED, Reason.PROVEN),
            answer(Outcome.FINISHED, Reason.PROVEN),
            answer(Outcome.UNCONFIRMED, Reason.TIME_LIMIT),
            answer(Outcome.FAILED, Reason.JOB_FAILED),
        ]
    )


@pytest.mark.parametrize("options", [SimulatorOptions(locations=1)])
async def test_who_has_no_location_is_told(
    hass: HomeAssistant, start_home: StartHome
) -> None:
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, component, {})
    home = await start_home()
    registry = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, home.entry.entry_id):
        registry.async_update_device(device.id, disabled_by=dr.DeviceEntryDisabler.USER)
    assert await Talk(home).say("sync the panel") == ENGLISH.say("no_location")


def test_every_press_of_two_is_answered() -> None:
    def answer(outcome: Outcome) -> str:
        press: Any = SimpleNamespace(
            record=record(outcome, Reason.PROVEN), location=place(), error=None
        )
        return replies.of_presses(ENGLISH, {}, SyncKind.PANEL, [press, press])

    check(answer(outcome) for outcome in Outcome if outcome is not Outcome.REFUSED)


@pytest.mark.parametrize("language", SPEECHES)
async def test_why_nothing_came_of_it_is_short_enough_to_listen_to(
    hass: HomeAssistant, home: Home, language: str
) -> None:
    """A speaker says the reason and the next step; the whole text is for a screen."""
    speech = SPEECHES[language]
    texts = await async_load_texts(hass, language, *replies.TEXT_CATEGORIES)
    ended = [
        *(record(Outcome.REFUSED, reason) for reason in refusals()),
        *(record(Outcome.FAILED, reason) for reason in failures()),
    ]
    for run in ended:
        press: Any = SimpleNamespace(record=run, location=place())
        said = replies.of_presses(speech, texts, SyncKind.PANEL, [press])
        step = speech.say(replies.NEXT_STEPS[run.reason], wait="61", minutes="2")
        ending = f"{texts[f'{REASONS}.{run.reason}']}. {step}"
        assert said.endswith(ending)
        assert "Mill House" in said
        assert len(said) <= LONGEST_REPLY
        assert said.count(". ") == 1
        history = LocationHistory(ended={SyncKind.PANEL: run})
        later = replies.of_outcomes(speech, texts, [place(history=history)], NOW)
        assert later.endswith(ending)

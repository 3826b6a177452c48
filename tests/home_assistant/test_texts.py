"""Texts and icons: every one that is needed is there, and every one is used.

Texts of flows, repairs and errors, and those that we read, are noted in every test when
they are asked for: `tests/asked_texts.py`.
"""

from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import SelectSelector
import pytest
import voluptuous as vol

from custom_components.panelsync.client import (
    FAMILIES,
    ActivityType,
    EndedRun,
    Evidence,
    Family,
    Judgement,
    Mark,
    Outcome,
    ProbeFailure,
    Reason,
    SyncKind,
    UserSyncWay,
    errors as client_errors,
)
from custom_components.panelsync.const import DOMAIN
from custom_components.panelsync.errors import outcome_error, update_error
from custom_components.panelsync.issues.problems import Problem
from custom_components.panelsync.messages import sayer
from tests.asked_texts import AskedTexts, unused
from tests.client.test_checks import REFUSALS

from .conftest import StartHouse
from .home import Home

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / DOMAIN
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def read(path: str) -> Any:
    """Return a JSON file of the integration."""
    return json.loads((INTEGRATION / path).read_text())


TEXTS = read("translations/en.json")
ICONS = read("icons.json")


# --- what is asked for ---------------------------------------------------------

SPOKEN = {"config.step.user.title": "Hello", "common.sum": "{count} of {all}"}


def asked(**named: Any) -> AskedTexts:
    """Return what is noted of a result of a flow, where there are two texts alone."""
    noted = AskedTexts(SPOKEN)
    empty = {"step_id": "user", "data_schema": None, "errors": None}
    noted.result("config", empty | named)
    return noted


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        ({"type": "form"}, []),
        ({"type": "form", "step_id": "more"}, ["config.step.more.title"]),
        ({"type": "form", "errors": {"base": "bad"}}, ["config.error.bad"]),
        (
            {"type": "form", "data_schema": vol.Schema({vol.Required("pin"): str})},
            ["config.step.user.data.pin", "config.step.user.data_description.pin"],
        ),
        (
            {"type": "menu", "menu_options": ["one"]},
            ["config.step.user.menu_options.one"],
        ),
        ({"type": "abort", "reason": "over"}, ["config.abort.over"]),
        ({"type": "abort", "reason": "o", "translation_domain": "homeassistant"}, []),
        ({"type": "progress", "progress_action": "go"}, ["config.progress.go"]),
        (
            {
                "type": "form",
                "data_schema": vol.Schema(
                    {
                        vol.Required("more"): section(
                            vol.Schema(
                                {
                                    vol.Required("way"): SelectSelector(
                                        {"options": ["up"], "translation_key": "ways"}
                                    )
                                }
                            )
                        )
                    }
                ),
            },
            [
                "config.step.user.sections.more.name",
                "config.step.user.sections.more.data.way",
                "config.step.user.sections.more.data_description.way",
                "selector.ways.options.up",
            ],
        ),
    ],
)
def test_what_a_flow_shows_without_a_text_is_noticed(
    shown: dict[str, Any], missing: list[str]
) -> None:
    faults = asked(**shown | {"type": FlowResultType(shown["type"])}).faults
    assert faults == [f"{place} has no text" for place in missing]


def test_a_text_that_is_not_filled_is_noticed() -> None:
    noted = AskedTexts(SPOKEN)
    noted.ask("common.sum", {"count": 1})
    assert noted.faults == ["common.sum is not told its all"]
    assert unused(noted.places, SPOKEN) == ["config.step.user.title"]


async def test_what_is_raised_or_read_without_a_text_is_noticed(
    hass: HomeAssistant, home: Home, asked_texts: AskedTexts
) -> None:
    HomeAssistantError(translation_domain=DOMAIN, translation_key="surprise")
    with pytest.raises(KeyError):
        sayer(hass)("surprise")
    assert asked_texts.faults == [
        "exceptions.surprise.message has no text",
        "common.surprise has no text",
    ]
    # What every test ends with, this one has caused itself.
    asked_texts.faults.clear()
    assert sayer(hass)("told_and", first="one", last="two")
    assert "common.told_and" in asked_texts.places


# --- repairs -----------------------------------------------------------------


# A field may be left empty where codes are first asked for.
ONLY_IN_REPAIRS = {"no_code"}


@pytest.mark.shows("repair-issues")
def test_every_repair_has_its_texts() -> None:
    assert set(TEXTS["issues"]) == {problem.value for problem in Problem}
    usual = TEXTS["issues"][Problem.SYNC_FAILED]["fix_flow"]
    for problem, issue in TEXTS["issues"].items():
        if "fix_flow" not in issue:
            # Nothing here can mend it.
            assert issue["description"]
            continue
        flow = issue["fix_flow"]
        for step in flow["step"].values():
            assert step["title"]
            if "menu_options" in step:
                continue
            assert step["submit"]
            assert set(step.get("data", {})) == set(step.get("data_description", {}))
        if problem == Problem.ACCOUNT_LOCKED:
            assert set(flow["error"]) == {"still_locked"}
            assert set(flow["abort"]) == {"not_loaded"}
            continue
        # A required sync alone can be left.
        only = {"ignored"} if problem == Problem.SYNC_REQUIRED else set()
        assert set(flow["abort"]) == set(usual["abort"]) | only
        assert set(flow["progress"]) == set(usual["progress"])
        assert flow["create_entry"]["default"] == "{text}."
        # What is mended by a panel sync or a refresh never asks for a user sync.
        asks_users = problem not in (Problem.SYNC_REQUIRED, Problem.MISMATCH)
        assert ("confirm_users" in flow["step"]) == asks_users
    codes = TEXTS["issues"]["code_refused"]["fix_flow"]
    assert "duress" in codes["step"]["codes"]["description"]
    in_the_flow = TEXTS["config"]["error"]
    for key, text in codes["error"].items():
        assert key in ONLY_IN_REPAIRS or in_the_flow[key] == text


# --- the flow ----------------------------------------------------------------

# Of an account, of a panel; the set-up and a repair share those that teach.
TEACHING = ("teach", "taught")


@pytest.mark.parametrize("failure", ProbeFailure)
def test_every_failure_of_a_probe_has_an_error(
    failure: ProbeFailure, asked_texts: AskedTexts
) -> None:
    asked_texts.ask(f"config.error.panel_{failure}", {"detail": "busy"})
    assert asked_texts.faults == []


def test_teaching_says_the_same_everywhere() -> None:
    repair = TEXTS["issues"]["no_user_sync_way"]["fix_flow"]
    for step in TEACHING:
        text = TEXTS["config"]["step"][step]
        assert TEXTS["options"]["step"][step] == text
        own = repair["step"][step]["submit"]
        # A repair has a button of its own, and its text names that one.
        said = text["description"].replace('"Submit"', f'"{own}"')
        assert repair["step"][step] == text | {"description": said, "submit": own}
    error = {"nothing_learned": TEXTS["config"]["error"]["nothing_learned"]}
    assert TEXTS["options"]["error"] == repair["error"] == error


@pytest.mark.shows("config-flow")
def test_every_field_has_a_name_and_an_explanation() -> None:
    shown = (*TEXTS["config"]["step"].values(), *TEXTS["options"]["step"].values())
    for step in shown:
        assert step["title"]
        assert step["description"]
        if "menu_options" in step:
            continue
        for fields in (step, *step.get("sections", {}).values()):
            assert set(fields.get("data", ())) == set(
                fields.get("data_description", ())
            )


def test_every_way_of_a_user_sync_can_be_chosen() -> None:
    options = TEXTS["selector"]["user_sync_way"]["options"]
    assert set(options) == {way.value for way in UserSyncWay}


def test_every_family_and_speed_can_be_chosen() -> None:
    families = TEXTS["selector"]["family"]["options"]
    assert set(families) == {"auto", *(family.value for family in Family)}
    rates = {str(rate) for family in FAMILIES.values() for rate in family.baudrates}
    assert set(TEXTS["selector"]["baudrate"]["options"]) == {"auto", *rates}


def test_every_kind_of_activity_can_be_chosen(asked_texts: AskedTexts) -> None:
    """In `services.yaml`, which Home Assistant's page reads."""
    for kind in ActivityType:
        asked_texts.ask(f"selector.activity_type.options.{kind}")
    assert asked_texts.faults == []


def test_forms_for_codes_warn_of_duress_codes() -> None:
    assert "duress" in TEXTS["config"]["step"]["codes"]["description"]


# --- entities ----------------------------------------------------------------


@pytest.mark.shows("entity-translations", "icon-translations")
async def test_every_entity_has_its_texts_and_icon(
    hass: HomeAssistant, home: Home, start_house: StartHouse
) -> None:
    # An AlarmDecoder has all that a local panel can have.
    house = await start_house(serves=home)
    registry = er.async_get(hass)
    seen: dict[str, set[str]] = {}
    for entry in (
        *er.async_entries_for_config_entry(registry, home.entry.entry_id),
        *er.async_entries_for_config_entry(registry, house.entry.entry_id),
    ):
        key = entry.translation_key
        assert key is not None, entry.entity_id
        seen.setdefault(entry.domain, set()).add(key)
        told = TEXTS["entity"][entry.domain][key]
        assert told["name"]
        assert ICONS["entity"][entry.domain][key]["default"]
        for state in (entry.capabilities or {}).get("options", ()):
            assert told["state"][state], f"{key} {state}"
        for state in (entry.capabilities or {}).get("event_types", ()):
            assert told["state_attributes"]["event_type"]["state"][state]
    for tree in (TEXTS["entity"], ICONS["entity"]):
        assert {domain: set(keys) for domain, keys in tree.items()} == seen


async def test_every_attribute_has_a_name(home: Home, start_house: StartHouse) -> None:
    await home.press("sync_panel", 0)
    await home.wait(60)
    house = await start_house()
    house.panel.arm("stay", exit_delay=False)
    await house.wait(2)
    for state, key, elsewhere in (
        (home.state("event", "sync", 0), "sync", set[str]()),
        # The service's event log has one more than a panel's own.
        (house.state("event", "activity"), "activity", {"originator"}),
    ):
        told = TEXTS["entity"]["event"][key]["state_attributes"]
        assert attributes(state) | elsewhere == set(told)


def attributes(state: State) -> set[str]:
    """Return the attributes of an event that are not Home Assistant's own."""
    return set(state.attributes) - {
        "device_class",
        "event_types",
        "friendly_name",
        "supported_features",
    }


def test_every_word_of_an_outcome_has_a_text() -> None:
    told = TEXTS["entity"]["event"]["sync"]["state_attributes"]
    for key, known in {
        "event_type": Outcome,
        "kind": SyncKind,
        "reason": Reason,
        "evidence": Evidence,
    }.items():
        assert set(told[key]["state"]) == {word.value for word in known}


# --- errors ------------------------------------------------------------------


def record(outcome: Outcome, reason: Reason) -> EndedRun:
    """Return a run that ended so."""
    return EndedRun(
        run_id="1",
        location_id=1,
        kind=SyncKind.PANEL,
        requested=NOW,
        mark=Mark(NOW),
        judgement=Judgement(outcome, reason),
        ended=NOW,
        service_code=4101,
        service_text="We are unable to connect",
        wait=61,
    )


def refusals() -> set[Reason]:
    """Return every reason that a check can give."""
    # Those that are found out before or after the checks: an account that is gone, an
    # intent that cannot be written down, a session or a service that has to wait.
    return {refusal.reason for *_, refusal in REFUSALS} | {
        Reason.NO_USER_SYNC_WAY,
        Reason.NOT_LOADED,
        Reason.NOT_RECORDED,
        Reason.SIGN_IN_POSTPONED,
        Reason.RATE_LIMITED,
    }


def failures() -> set[Reason]:
    """Return every reason with which a run can fail."""
    known = [client_errors.ClientError]
    for error in known:
        known += error.__subclasses__()
    reasons = {error.reason for error in known} | {
        Reason.LOG_FAILURE,
        Reason.JOB_FAILED,
    }
    # A route that is gone refuses a start, and leaves a refresh unconfirmed; what has to
    # wait refuses both.
    return reasons - {
        Reason.ROUTE_UNAVAILABLE,
        Reason.SIGN_IN_POSTPONED,
        Reason.RATE_LIMITED,
    }


@pytest.mark.shows("exception-translations")
@pytest.mark.parametrize(
    ("outcome", "reasons"),
    [(Outcome.REFUSED, refusals()), (Outcome.FAILED, failures())],
)
def test_every_reason_has_its_error(outcome: Outcome, reasons: set[Reason]) -> None:
    prefix = f"{outcome}_"
    told = {
        key.removeprefix(prefix)
        for key in TEXTS["exceptions"]
        if key.startswith(prefix)
    }
    assert told == {reason.value for reason in reasons}


async def test_errors_are_filled_in(hass: HomeAssistant, home: Home) -> None:
    seen = set()
    for outcome, reasons in (
        (Outcome.REFUSED, refusals()),
        (Outcome.FAILED, failures()),
    ):
        for reason in reasons:
            error = outcome_error(record(outcome, reason), "Mill House")
            text = str(error)
            assert "Mill House" in text, reason
            assert not re.search(r"[{}]|None|exceptions", text), text
            assert text not in seen
            seen.add(text)
    for failure in (
        client_errors.ServiceUnreachable("No answer"),
        client_errors.AccountLocked("Locked", code=-123),
        client_errors.CredentialsRefused("No", code=-100),
        client_errors.SignInPostponed(timedelta(seconds=61)),
    ):
        text = str(update_error(failure))
        assert text
        assert not re.search(r"[{}]|None|exceptions", text), text


# --- what Home Assistant's own checks want --------------------------------------


def test_translation_sections_are_known() -> None:
    text = {str: str}
    names = vol.Schema(
        {
            "name": str,
            vol.Optional("state"): text,
            vol.Optional("state_attributes"): {
                str: {vol.Optional("name"): str, vol.Optional("state"): text}
            },
            vol.Optional("unit_of_measurement"): str,
        }
    )
    section = {
        vol.Optional("name"): str,
        vol.Optional("description"): str,
        vol.Optional("data"): text,
        vol.Optional("data_description"): text,
    }
    step = {
        vol.Optional("title"): str,
        **section,
        vol.Optional("sections"): {str: section},
        vol.Optional("menu_options"): text,
        vol.Optional("menu_option_descriptions"): text,
        vol.Optional("submit"): str,
    }
    described = {"name": str, "description": str}
    offered: dict[Any, Any] = {
        str: {**described, vol.Optional("fields"): {str: described}}
    }
    vol.Schema(
        {
            "common": text,
            "conditions": offered,
            "config": {
                "abort": text,
                "error": text,
                "progress": text,
                "step": {str: step},
            },
            "entity": {str: {str: names}},
            "exceptions": {str: {"message": str}},
            "issues": {
                str: {
                    "title": str,
                    # What nobody can repair is only described.
                    vol.Exclusive("description", "body"): str,
                    vol.Exclusive("fix_flow", "body"): {
                        "step": {str: step},
                        vol.Optional("abort"): text,
                        vol.Optional("create_entry"): text,
                        vol.Optional("error"): text,
                        vol.Optional("progress"): text,
                    },
                }
            },
            "system_health": {"info": text},
            "options": {"abort": text, "error": text, "step": {str: step}},
            "selector": {
                str: {
                    vol.Optional("options"): text,
                    vol.Optional("fields"): {str: {"name": str, "description": str}},
                }
            },
            "services": offered,
            "triggers": offered,
        },
        required=True,
    )(TEXTS)

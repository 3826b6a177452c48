"""Texts and icons: every one that is needed is there, and every one is used."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import re
import string
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations
import pytest
import voluptuous as vol
import yaml

from custom_components.panelsync.client import (
    FAMILIES,
    ActivityType,
    ArmingState,
    EndedRun,
    Evidence,
    Family,
    Judgement,
    Mark,
    Outcome,
    PanelStatus,
    ProbeFailure,
    Reason,
    Situation,
    SyncKind,
    UserSyncWay,
    errors as client_errors,
    find_refusal,
)
from custom_components.panelsync.client.models import Partition
from custom_components.panelsync.const import DOMAIN
from custom_components.panelsync.errors import outcome_error, update_error
from custom_components.panelsync.issues.problems import Problem

from .conftest import MakeHouse
from .home import Home

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / DOMAIN
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def read(path: str) -> Any:
    """Return a JSON file of the integration."""
    return json.loads((INTEGRATION / path).read_text())


TEXTS = read("translations/en.json")
ICONS = read("icons.json")


def texts(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Return each text with its place."""
    if isinstance(tree, str):
        yield ".".join(path), tree
        return
    for key, value in tree.items():
        yield from texts(value, (*path, key))


def placeholders(text: str) -> set[str]:
    """Return the placeholders of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def calls(modules: str = "**/*.py") -> Iterator[ast.Call]:
    """Return every call in the integration's own modules."""
    paths = [path for part in modules.split() for path in INTEGRATION.glob(part)]
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield node


def words(node: ast.expr | None) -> set[str]:
    """Return the fixed texts an expression may give."""
    if isinstance(node, ast.IfExp):
        return words(node.body) | words(node.orelse)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.List):
        return {word for element in node.elts for word in words(element)}
    return set()


def argument(name: str, keyword: str, modules: str = "**/*.py") -> set[str]:
    """Return the fixed texts given to a keyword in calls of a name."""
    return {
        word
        for call in calls(modules)
        if isinstance(call.func, ast.Name | ast.Attribute)
        and (call.func.id if isinstance(call.func, ast.Name) else call.func.attr)
        == name
        for given in call.keywords
        if given.arg == keyword
        for word in words(given.value)
    }


def first(name: str, place: int = 0) -> set[str]:
    """Return the fixed texts that are the first argument in calls of a name."""
    return {
        word
        for call in calls()
        if isinstance(call.func, ast.Name | ast.Attribute)
        and (call.func.id if isinstance(call.func, ast.Name) else call.func.attr)
        == name
        and len(call.args) > place
        for word in words(call.args[place])
    }


# --- repairs -----------------------------------------------------------------


# A field may be left empty where codes are first asked for.
ONLY_IN_REPAIRS = {"no_code"}


def test_every_repair_has_its_texts() -> None:
    assert set(TEXTS["issues"]) == {trouble.value for trouble in Problem}
    aborts = argument("async_abort", "reason", "repairs/*.py")
    progress = argument("async_show_progress", "progress_action", "repairs/*.py")
    forms = argument("async_show_form", "step_id", "repairs/*.py") | first("_form")
    menus = argument("async_show_menu", "step_id", "repairs/*.py")
    choices = argument("async_show_menu", "menu_options", "repairs/*.py")
    told, offered = set(), set()
    for trouble, issue in TEXTS["issues"].items():
        if "fix_flow" not in issue:
            # Nothing here can mend it.
            assert issue["description"]
            continue
        flow = issue["fix_flow"]
        told |= set(flow["step"])
        for step in flow["step"].values():
            assert step["title"]
            if "menu_options" in step:
                offered |= set(step["menu_options"])
                continue
            assert step["submit"]
            assert set(step.get("data", {})) == set(step.get("data_description", {}))
        if trouble == Problem.ACCOUNT_LOCKED:
            assert set(flow["error"]) == {"still_locked"}
            assert set(flow["abort"]) == {"not_loaded"}
            continue
        # A required sync alone can be left.
        only = set() if trouble == Problem.SYNC_REQUIRED else {"ignored"}
        assert set(flow["abort"]) == aborts - only
        assert set(flow["progress"]) == progress
        assert flow["create_entry"]["default"] == "{text}."
        # What is mended by a panel sync or a refresh never asks for a user sync.
        asks_users = trouble not in (Problem.SYNC_REQUIRED, Problem.MISMATCH)
        assert ("confirm_users" in flow["step"]) == asks_users
    assert told == forms | menus | TEACHING
    assert offered == choices
    codes = TEXTS["issues"]["code_refused"]["fix_flow"]
    assert "duress" in codes["step"]["codes"]["description"]
    in_the_flow = TEXTS["config"]["error"]
    for key, text in codes["error"].items():
        assert key in ONLY_IN_REPAIRS or in_the_flow[key] == text


# --- the flow ----------------------------------------------------------------

FLOWS = "config_flow.py flows/*.py"
# Of an account, of a panel; the set-up and a repair share those that teach.
TEACHING = {"teach", "taught"}
OPTIONS_STEPS = {"init", "user_sync", "share", "forget", "panel_options"}


def test_every_form_error_has_a_text_and_every_text_is_used() -> None:
    of_panels = {f"panel_{failure}" for failure in ProbeFailure}
    of_entities = {"entity_of_service", "entity_without_id", "location_missing"}
    expected = first("FormError") | of_panels | of_entities | {"nothing_learned"}
    assert set(TEXTS["config"]["error"]) == expected - ONLY_IN_REPAIRS
    repair = TEXTS["issues"]["code_refused"]["fix_flow"]["error"]
    assert repair.keys() >= ONLY_IN_REPAIRS


def test_every_step_and_abort_has_a_text() -> None:
    steps = first("_show_form") | first("_show_panel_form")
    steps |= argument("async_show_form", "step_id", FLOWS)
    steps |= argument("async_show_menu", "step_id", FLOWS)
    steps |= argument("Step", "step_id", FLOWS)
    assert steps >= OPTIONS_STEPS | TEACHING
    assert set(TEXTS["config"]["step"]) == steps - OPTIONS_STEPS
    assert set(TEXTS["options"]["step"]) == OPTIONS_STEPS | TEACHING
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
    # Home Assistant has its own text for the end of a reauth or reconfigure flow.
    aborts = argument("_abort_if_unique_id_mismatch", "reason") | {"already_configured"}
    aborts |= argument("async_update_reload_and_abort", "reason")
    aborts |= argument("_async_update", "reason")
    assert set(TEXTS["config"]["abort"]) == aborts
    shown = argument("async_show_progress", "progress_action", FLOWS)
    assert set(TEXTS["config"]["progress"]) == shown


def test_every_choice_of_the_menu_has_its_texts() -> None:
    choices = argument("async_show_menu", "menu_options", FLOWS)
    of_account = {"user_sync", "teach", "share", "forget"}
    assert choices == {"account", "panel", "panel_entity", "user_sync", "teach"}
    for menu, offered in (
        (TEXTS["config"]["step"]["user"], choices - of_account),
        (TEXTS["options"]["step"]["init"], of_account),
    ):
        assert set(menu["menu_options"]) == offered
        assert set(menu["menu_option_descriptions"]) == offered


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


def test_forms_for_codes_warn_of_duress_codes() -> None:
    assert "duress" in TEXTS["config"]["step"]["codes"]["description"]


# --- entities ----------------------------------------------------------------


async def test_every_entity_has_its_texts_and_icon(
    hass: HomeAssistant, home: Home, make_house: MakeHouse
) -> None:
    # An AlarmDecoder has all that a local panel can have.
    house = make_house("ad2")
    served = f"{home.entry.unique_id}_{home.location_id(0)}"
    await house.start(await house.open(), options={"location": served})
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


async def test_every_attribute_has_a_name(hass: HomeAssistant, home: Home) -> None:
    await home.press("sync_panel", 0)
    await home.wait(60)
    for platform, key, index in (("event", "sync", 0),):
        told = TEXTS["entity"][platform][key]["state_attributes"]
        held = set(home.state(platform, key, index).attributes)
        of_home_assistant = {"event_types", "friendly_name", "device_class", "options"}
        assert held - of_home_assistant == set(told)


async def test_every_attribute_of_a_local_panel_has_a_name(
    make_house: MakeHouse,
) -> None:
    house = make_house("ad2")
    await house.start(await house.open())
    house.panel.arm("stay", exit_delay=False)
    await house.wait(2)
    told = TEXTS["entity"]["event"]["activity"]["state_attributes"]
    held = set(house.state("event", "activity").attributes)
    # The service's event log has one more: its originator.
    own = held - {"event_types", "friendly_name"}
    assert own | {"originator"} == set(told)


def test_every_word_of_an_outcome_has_a_text() -> None:
    told = TEXTS["entity"]["event"]["sync"]["state_attributes"]
    for key, known in {
        "event_type": Outcome,
        "kind": SyncKind,
        "reason": Reason,
        "evidence": Evidence,
    }.items():
        assert set(told[key]["state"]) == {word.value for word in known}


# --- actions, triggers, conditions ---------------------------------------------


@pytest.mark.parametrize(
    ("section", "icon"),
    [("services", "service"), ("triggers", "trigger"), ("conditions", "condition")],
)
def test_everything_offered_has_its_texts_and_icon(section: str, icon: str) -> None:
    described = yaml.safe_load((INTEGRATION / f"{section}.yaml").read_text())
    offered = {key: told for key, told in described.items() if key[0] != "."}
    assert set(TEXTS[section]) == set(ICONS[section]) == set(offered)
    for key, told in offered.items():
        assert set(TEXTS[section][key].get("fields", {})) == set(told.get("fields", {}))
        assert re.fullmatch(r"mdi:[a-z0-9-]+", ICONS[section][key][icon])


def test_every_choice_of_a_selector_has_a_text() -> None:
    services = yaml.safe_load((INTEGRATION / "services.yaml").read_text())
    choice = services["get_event_log"]["fields"]["types"]["selector"]["select"]
    assert set(choice["options"]) == {sort.value for sort in ActivityType}
    texts = TEXTS["selector"][choice["translation_key"]]["options"]
    assert set(texts) == set(choice["options"])


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
    armed = PanelStatus(
        read_at=NOW,
        partitions=(Partition(1, "", ArmingState.ARMED_AWAY, 10201),),
        zones=(),
        arming_code=None,
        sync_flag=None,
        configuration_number=None,
        report_time=None,
        ac_loss=None,
        low_battery=None,
        battery_missing=None,
        cover_tampered=None,
    )
    fine = Situation(
        kind=SyncKind.PANEL,
        supported=True,
        running=None,
        last_accepted=None,
        has_route=True,
        code_missing=False,
        code_refused_before=False,
        requester_may=True,
        status=None,
    )
    given = {
        found.reason
        for situation in (
            replace(fine, supported=False),
            replace(fine, running=SyncKind.USERS),
            replace(fine, last_accepted=NOW),
            replace(fine, has_route=False),
            replace(fine, has_route=False, kind=SyncKind.USERS),
            replace(fine, code_missing=True),
            replace(fine, code_refused_before=True),
            replace(fine, requester_may=False),
            replace(fine, status=armed),
        )
        if (found := find_refusal(situation, NOW)) is not None
    }
    assert len(given) == 9
    # Those that are found out before or after the checks: an account that is gone, an
    # intent that cannot be written down, a session or a service that has to wait.
    return given | {
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
        Reason.ROUTE_GONE,
        Reason.SIGN_IN_POSTPONED,
        Reason.RATE_LIMITED,
    }


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


def test_every_error_that_is_raised_has_a_text() -> None:
    raised = {
        word
        for call in calls()
        if isinstance(call.func, ast.Name) and call.func.id == "translated"
        for word in words(call.args[1])
    }
    assert raised
    assert raised <= set(TEXTS["exceptions"])


async def test_what_is_said_in_the_summary_is_loaded(hass: HomeAssistant) -> None:
    loaded = await async_get_translations(hass, "en", "common", {DOMAIN})
    assert {key.rpartition(".")[2] for key in loaded} == set(TEXTS["common"])


# --- what Home Assistant's own checks want --------------------------------------

SLUG = re.compile(r"(?!.*[-_]{2})[a-z0-9]([a-z0-9_-]*[a-z0-9])?")


def test_texts_are_as_home_assistant_wants_them() -> None:
    for place, text in texts(TEXTS):
        assert text == text.strip(), place
        assert text, place
        assert "<" not in text, place
        assert "://" not in text, place
        assert not re.search(r"'\{\w+\}'", text), place
        assert all(name.isidentifier() for name in placeholders(text)), place
        assert "\u2014" not in text, place
        assert all(SLUG.fullmatch(key) for key in place.split(".")), place
        if ".state." in place or place.startswith("selector"):
            assert not placeholders(text), place


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
    }
    repair_step: dict[Any, Any] = {**step, vol.Optional("submit"): str}
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
                        "step": {str: repair_step},
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

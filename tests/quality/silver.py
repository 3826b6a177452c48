"""What shows the Silver rules to be kept."""

import ast

from .bronze import ENTITY, FLOW, INIT, MANIFEST, README, TEXTS
from .evidence import Evidence, defines, every, says, shown_by, uses
from .tree import INTEGRATION, Tree, classes, constants, function

PLATFORMS = ("binary_sensor", "button", "event", "sensor")


def nothing_is_swallowed(tree: Tree) -> bool:
    """Tell whether each error that is caught on a press's way is raised as ours."""
    caught = [
        handler
        for name in ("button", "press", "services")
        for handler in ast.walk(tree.code(f"{INTEGRATION}/{name}.py"))
        if isinstance(handler, ast.ExceptHandler)
    ]
    return bool(caught) and all(
        any(isinstance(node, ast.Raise) for node in ast.walk(handler))
        for handler in caught
    )


def labels(tree: Tree, flow: str) -> set[str]:
    """Return what the fields of a flow are called."""
    return {
        label
        for step in tree.data(TEXTS).get(flow, {}).get("step", {}).values()
        for form in (step, *step.get("sections", {}).values())
        for label in form.get("data", {}).values()
    }


def fields_documented(flow: str) -> Evidence:
    """Ask for the name of each field of a flow in a table of the README."""

    def holds(tree: Tree) -> bool:
        rows = [
            row.partition("|")[2].partition("|")[0]
            for row in tree.text(README).splitlines()
            if row.startswith("|")
        ]
        found = labels(tree, flow)
        return bool(found) and all(
            any(label in {part.strip() for part in row.split(",")} for row in rows)
            for label in found
        )

    return every(
        "each field is in the README", holds, README, r"^\| Way to start a user sync \|"
    )


def stays_honest(tree: Tree) -> bool:
    """Tell whether each base entity goes unavailable with its coordinator."""
    bases = [one for one in classes(tree.code(ENTITY)) if one.name.endswith("Entity")]
    panel = [one for one in bases if one.name == "PanelEntity"]
    return (
        bool(panel)
        and all(
            any(
                ast.unparse(base).startswith("CoordinatorEntity[") for base in one.bases
            )
            for one in bases
        )
        and bool(function(panel[0], "available").body)
    )


def platforms_are_parallel(tree: Tree) -> bool:
    """Tell whether each platform says how many of its calls may go on at once."""
    return all(
        ast.unparse(found.get("PARALLEL_UPDATES", ast.Constant(None))) == "0"
        for found in (
            constants(tree.code(f"{INTEGRATION}/{platform}.py"))
            for platform in PLATFORMS
        )
    )


SILVER: dict[str, list[Evidence]] = {
    "action-exceptions": [
        every(
            "what is caught is raised",
            nothing_is_swallowed,
            f"{INTEGRATION}/services.py",
            r"^        raise event_log_error\(.*$",
            "        return []",
        ),
        uses(f"{INTEGRATION}/button.py", "raise_if_nothing_started"),
        *shown_by(
            "test_without_a_response_a_refusal_raises",
            "test_without_a_response_a_failure_raises_as_the_worlds",
            "test_an_event_log_that_cannot_be_read",
        ),
        *shown_by("test_armed_panel"),
        *shown_by("test_refresh_says_that_nothing_was_heard"),
    ],
    "config-entry-unloading": [
        uses(INIT, "async_unload_platforms", within="async_unload_entry"),
        *shown_by("test_unload_and_reload_leave_nothing"),
        *shown_by("test_an_unloaded_entry_lets_the_port_go"),
    ],
    "docs-configuration-parameters": [fields_documented("options")],
    "docs-installation-parameters": [fields_documented("config")],
    "entity-unavailable": [
        every(
            "each base entity follows its coordinator",
            stays_honest,
            ENTITY,
            r"def available\(",
            "def other(",
        ),
        *shown_by("test_one_sick_location_leaves_the_others_alone"),
        *shown_by(
            "test_a_lost_link_is_told_once_and_comes_back_by_itself",
        ),
    ],
    "integration-owner": [
        every(
            "somebody owns it",
            lambda tree: bool(tree.data(MANIFEST).get("codeowners")),
            MANIFEST,
            r'"@\w+"',
        ),
    ],
    "log-when-unavailable": [
        *shown_by("test_a_long_outage_is_logged_once_each_way"),
        *shown_by(
            "test_a_lost_link_is_told_once_and_comes_back_by_itself",
        ),
        *shown_by("test_a_long_outage_is_told_once_and_its_end_once"),
    ],
    "parallel-updates": [
        every(
            f"{platform} says so",
            platforms_are_parallel,
            f"{INTEGRATION}/{platform}.py",
            "^PARALLEL_UPDATES",
            "OTHER",
        )
        for platform in PLATFORMS
    ],
    "reauthentication-flow": [
        defines(FLOW, "async_step_reauth"),
        uses(FLOW, "_abort_if_unique_id_mismatch"),
        *shown_by(
            "test_signing_in_again",
            "test_signing_in_again_with_another_account",
        ),
        *shown_by("test_a_refused_password_asks_for_a_new_one"),
    ],
    "test-coverage": [
        says("scripts/test", "scripts/module_coverage.py"),
        *shown_by("test_a_module_nobody_tests_is_named"),
    ],
}

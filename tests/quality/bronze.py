"""What shows the Bronze rules to be kept."""

import ast

from .evidence import Evidence, defines, every, file, says, shown_by, uses
from .tree import INTEGRATION, Tree, calls, classes, function, keywords

ACTIONS = "docs/actions.md"
AUTOMATIONS = "docs/automations.md"
ENTITY = f"{INTEGRATION}/entity.py"
FLOW = f"{INTEGRATION}/config_flow.py"
INIT = f"{INTEGRATION}/__init__.py"
MANIFEST = f"{INTEGRATION}/manifest.json"
PANEL_FLOW = f"{INTEGRATION}/flow_panel.py"
README = "README.md"
TEXTS = f"{INTEGRATION}/translations/en.json"


def offered(tree: Tree, section: str) -> dict[str, set[str]]:
    """Return the actions, triggers or conditions with the fields of each."""
    described = tree.data(f"{INTEGRATION}/{section}.yaml")
    return {
        key: set(told.get("fields", ()))
        for key, told in described.items()
        if not key.startswith(".")
    }


def documented(section: str, page: str) -> Evidence:
    """Ask for a page that names each of a section's entries and each field."""

    def holds(tree: Tree) -> bool:
        found, text = offered(tree, section), tree.text(page)
        return bool(found) and all(
            f"`panelsync.{key}`" in text
            and all(f"`{field}`" in text for field in fields)
            for key, fields in found.items()
        )

    last = {"services": "get_event_log", "triggers": "sync_failed"}
    key = last.get(section, "needs_sync")
    return every(f"{page} names all", holds, page, rf"`panelsync\.{key}`", "`it`")


def only_services_registers(tree: Tree) -> bool:
    """Tell whether actions are registered in one place, and not by an entry."""
    places = {
        path
        for path, module in tree.own_modules()
        if calls(
            module, "async_register_admin_service", "async_register_entity_service"
        )
        or any(
            len(call.args) > 1
            and ast.unparse(call.func).endswith("services.async_register")
            for call in calls(module, "async_register")
        )
    }
    entry = function(tree.code(INIT), "async_setup_entry")
    return places == {f"{INTEGRATION}/services.py"} and not calls(
        entry, "async_setup_services"
    )


def coordinators_have_intervals(tree: Tree) -> bool:
    """Tell whether each coordinator polls at an interval of ours or says it is pushed."""
    found = [
        (module, one)
        for _, module in tree.own_modules()
        for one in classes(module)
        if any("DataUpdateCoordinator[" in ast.unparse(base) for base in one.bases)
        and one.name.endswith("Coordinator")
    ]
    pushed = "nothing is polled"
    return bool(found) and all(
        any("update_interval" in keywords(call) for call in calls(one, "__init__"))
        or pushed in (ast.get_docstring(function(one, "_async_update_data")) or "")
        for _, one in found
    )


def errors_are_tested(tree: Tree) -> bool:
    """Tell whether the flows' tests name each error and abort of the flows."""
    tests = "".join(
        tree.text(path) for path in tree.paths("tests/home_assistant") if "flow" in path
    )
    texts = tree.data(TEXTS)
    words = {
        word
        for flow, sort in (
            ("config", "error"),
            ("config", "abort"),
            ("options", "error"),
        )
        for word in texts[flow][sort]
    }
    return all(f'"{word}"' in tests for word in words)


def fields_are_explained(tree: Tree) -> bool:
    """Tell whether each field of each form has an explanation."""
    texts = tree.data(TEXTS)
    forms = [
        form
        for flow in ("config", "options")
        for step in texts.get(flow, {}).get("step", {}).values()
        for form in (step, *step.get("sections", {}).values())
    ]
    return bool(forms) and all(
        set(form.get("data", ())) == set(form.get("data_description", ()))
        for form in forms
    )


def requirements_are_told(tree: Tree) -> bool:
    """Tell whether each library stands in our list with its licence."""
    rows = [
        line
        for line in tree.text("docs/dependencies.md").splitlines()
        if line.startswith("|") and "licence" in line
    ]
    names = [
        requirement.partition(">")[0].partition("=")[0]
        for requirement in tree.data(MANIFEST).get("requirements", ())
    ]
    return bool(names) and all(
        any(row.startswith(f"| {name} |") for row in rows) for name in names
    )


def listens_in_time(tree: Tree) -> bool:
    """Tell whether entities listen once they are added, and stop when removed."""
    event = tree.code(f"{INTEGRATION}/event.py")
    listening = [
        call
        for call in ast.walk(event)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr.startswith("async_listen")
    ]
    given_back = [
        call
        for one in classes(event)
        for stop in calls(function(one, "async_added_to_hass"), "async_on_remove")
        for call in stop.args
    ]
    return bool(listening) and all(call in given_back for call in listening)


def entities_say(tree: Tree, what: str) -> bool:
    """Tell whether each base entity sets an attribute of itself."""
    bases = [one for one in classes(tree.code(ENTITY)) if one.name.endswith("Entity")]
    return bool(bases) and all(f"{what} = " in ast.unparse(one) for one in bases)


def unique_ids_are_stable(tree: Tree) -> bool:
    """Tell whether each base entity has an id that holds no domain and no address."""
    text = tree.text(ENTITY)
    return (
        entities_say(tree, "self._attr_unique_id")
        and '_attr_unique_id = f"{DOMAIN}' not in text
        and text.count("_attr_unique_id = f") == text.count("_attr_unique_id")
    )


def nothing_in_domain_data(tree: Tree) -> bool:
    """Tell whether no entry keeps its things under the domain."""
    return not any(
        isinstance(node, ast.Subscript)
        and ast.unparse(node.value).endswith("hass.data")
        and ast.unparse(node.slice) == "DOMAIN"
        for _, module in tree.own_modules()
        for node in ast.walk(module)
    )


BRAND = [
    file(f"{INTEGRATION}/brand/{theme}{picture}{size}.png")
    for theme in ("", "dark_")
    for picture in ("icon", "logo")
    for size in ("", "@2x")
]

BRONZE: dict[str, list[Evidence]] = {
    "action-setup": [
        uses(INIT, "async_setup_services", within="async_setup"),
        every(
            "only services.py registers",
            only_services_registers,
            INIT,
            r"^async def async_setup_entry\(.*:\n",
            r"\g<0>    async_setup_services(hass)\n",
        ),
        uses(f"{INTEGRATION}/services.py", "async_get_device_and_config_entry"),
        *shown_by(
            "test_the_actions_are_there_without_any_entry",
            "test_an_entry_that_is_not_loaded",
        ),
    ],
    "appropriate-polling": [
        every(
            "each coordinator has an interval",
            coordinators_have_intervals,
            f"{INTEGRATION}/coordinator.py",
            "update_interval=",
            "other=",
        ),
        says(
            f"{INTEGRATION}/location_coordinator.py",
            "LOCATION_INTERVAL = timedelta(seconds=60)",
        ),
    ],
    "brands": BRAND,
    "common-modules": [
        says(f"{INTEGRATION}/coordinator.py", "(DataUpdateCoordinator["),
        says(ENTITY, "(CoordinatorEntity["),
    ],
    "config-flow": [
        says(MANIFEST, '"config_flow": true'),
        defines(FLOW, "async_step_user"),
        every(
            "each field is explained",
            fields_are_explained,
            TEXTS,
            '"data_description"',
            '"data_other"',
        ),
        says(FLOW, "options=self._options"),
    ],
    "config-flow-test-coverage": [
        says("scripts/test", "--fail-under=100"),
        every(
            "each error is tested",
            errors_are_tested,
            TEXTS,
            '"two_step_codes"',
            '"another_error"',
        ),
        *shown_by(
            "test_what_was_typed_wrong_can_be_corrected",
            "test_an_account_is_added_once",
        ),
        *shown_by(
            "test_every_error_and_then_the_entry",
            "test_the_same_address_is_not_added_again",
        ),
    ],
    "dependency-transparency": [
        every(
            "each library is told of",
            requirements_are_told,
            "docs/dependencies.md",
            r"^\| defusedxml \|",
            "| it |",
        ),
    ],
    "docs-actions": [
        says(README, f"({ACTIONS})"),
        documented("services", ACTIONS),
    ],
    "docs-conditions": [
        says(README, f"({AUTOMATIONS})"),
        documented("conditions", AUTOMATIONS),
        says(AUTOMATIONS, "  - condition: panelsync."),
    ],
    "docs-high-level-description": [
        says(README, "brings the three sync buttons of a [Total Connect 2.0]("),
    ],
    "docs-installation-instructions": [
        says(README, "## Installation"),
        says(README, "You need Home Assistant"),
        says(README, "**With HACS**"),
        says(README, "**By hand**"),
    ],
    "docs-removal-instructions": [says(README, "## Removal")],
    "docs-triggers": [
        says(README, f"({AUTOMATIONS})"),
        documented("triggers", AUTOMATIONS),
        says(AUTOMATIONS, "  - trigger: panelsync."),
    ],
    "entity-event-setup": [
        every(
            "each subscription ends with its entity",
            listens_in_time,
            f"{INTEGRATION}/event.py",
            "async_on_remove",
            "async_keep",
        ),
    ],
    "entity-unique-id": [
        every(
            "each base entity has a stable id",
            unique_ids_are_stable,
            ENTITY,
            r"_attr_unique_id = f\"\{entry.entry_id\}",
            '_attr_unique_id = f"{DOMAIN}',
        ),
    ],
    "has-entity-name": [
        every(
            "each base entity has it",
            lambda tree: entities_say(tree, "_attr_has_entity_name"),
            ENTITY,
            r"    _attr_has_entity_name = True\n",
        ),
    ],
    "runtime-data": [
        says(f"{INTEGRATION}/data.py", "PanelSyncConfigEntry = ConfigEntry["),
        says(INIT, "entry.runtime_data = account"),
        says(INIT, "entry.runtime_data = panel"),
        every(
            "nothing lies under the domain",
            nothing_in_domain_data,
            INIT,
            r"entry\.runtime_data = account",
            "hass.data[DOMAIN] = account",
        ),
    ],
    "test-before-configure": [
        uses(FLOW, "_async_sign_in", within="async_step_account"),
        uses(PANEL_FLOW, "probe", within="_async_typed"),
        *shown_by("test_a_fault_of_the_service_passes"),
    ],
    "test-before-setup": [
        uses(INIT, "async_config_entry_first_refresh", within="_async_setup_account"),
        says(f"{INTEGRATION}/errors.py", "return ConfigEntryAuthFailed("),
        *shown_by("test_a_panel_that_is_not_there_at_first"),
    ],
    "unique-config-entry": [
        uses(FLOW, "async_set_unique_id"),
        uses(FLOW, "_abort_if_unique_id_configured", within="async_step_account"),
        uses(PANEL_FLOW, "async_set_unique_id", within="async_step_listened"),
        uses(PANEL_FLOW, "_async_abort_entries_match", within="_async_typed"),
    ],
}

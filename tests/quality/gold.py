"""What shows the Gold rules to be kept."""

import ast

from .bronze import AUTOMATIONS, ENTITY, FLOW, INIT, MANIFEST, PANEL_FLOW, README, TEXTS
from .entities import (
    ICONS,
    each_entity,
    has_category,
    has_device_class,
    has_right_default,
    icons_are_translated,
    names_are_translated,
)
from .evidence import Evidence, defines, every, file, says, shown_by, uses
from .tree import INTEGRATION, Tree, calls, constants, keywords, texts_in

COORDINATOR = f"{INTEGRATION}/coordinator.py"
PANELS = "docs/panels.md"
TROUBLE = f"{INTEGRATION}/trouble.py"

ERRORS = (
    "ConfigEntryAuthFailed",
    "ConfigEntryError",
    "ConfigEntryNotReady",
    "HomeAssistantError",
    "ServiceValidationError",
    "UpdateFailed",
)


def errors_are_translated(tree: Tree) -> bool:
    """Tell whether each error that is made has a translation, and that a text."""
    told = tree.data(TEXTS).get("exceptions", {})
    made = [
        keywords(call)
        for _, module in tree.own_modules()
        for call in calls(module, *ERRORS, "error")
    ]
    return bool(made) and all(
        {"translation_domain", "translation_key"} <= set(given)
        and (
            isinstance(given["translation_key"], ast.JoinedStr)
            or texts_in(given["translation_key"]) <= set(told)
        )
        for given in made
    )


def devices_are_described(tree: Tree) -> bool:
    """Tell whether each device says what it is and who made it."""
    made = [set(keywords(call)) for call in calls(tree.code(ENTITY), "DeviceInfo")]
    wanted = {"identifiers", "manufacturer", "model", "name"}
    return (
        bool(made)
        and all(wanted <= given for given in made)
        and any("serial_number" in given for given in made)
        and any("configuration_url" in given for given in made)
    )


def names_are_documented(tree: Tree) -> bool:
    """Tell whether the README names each entity."""
    names = tree.data(TEXTS).get("entity", {})
    text = tree.text(README)
    return bool(names) and all(
        told["name"] in text for keys in names.values() for told in keys.values()
    )


def panels_are_documented(tree: Tree) -> bool:
    """Tell whether a page names each model that a device may be shown as."""
    known = constants(tree.code(ENTITY))
    models = [
        model
        for table in ("PANEL_MODELS", "FAMILY_MODELS")
        for model in texts_in(known.get(table))
    ]
    text = tree.text(PANELS)
    return bool(models) and all(model in text for model in models)


def issues_can_be_mended(tree: Tree) -> bool:
    """Tell whether each issue can be fixed, and has its texts."""
    made = [keywords(call) for call in calls(tree.code(TROUBLE), "async_create_issue")]
    [troubles] = [
        node
        for node in ast.walk(tree.code(TROUBLE))
        if isinstance(node, ast.ClassDef) and node.name == "Trouble"
    ]
    return (
        bool(made)
        and all(
            "translation_key" in given and ast.unparse(given["is_fixable"]) == "True"
            for given in made
        )
        and {text for value in constants(troubles).values() for text in texts_in(value)}
        == set(tree.data(TEXTS).get("issues", {}))
    )


def blueprint(name: str) -> list[Evidence]:
    """Ask for a blueprint and a link to it."""
    path = f"blueprints/automation/panelsync/{name}.yaml"
    return [file(path), says(AUTOMATIONS, f"(../{path})")]


GOLD: dict[str, list[Evidence]] = {
    "devices": [
        every(
            "each device is described",
            devices_are_described,
            ENTITY,
            "serial_number=",
            "other=",
        ),
        *shown_by(
            "test_each_location_is_a_device_below_the_account",
        ),
    ],
    "diagnostics": [
        defines(f"{INTEGRATION}/diagnostics.py", "async_get_config_entry_diagnostics"),
        defines(f"{INTEGRATION}/diagnostics.py", "async_get_device_diagnostics"),
        *shown_by(
            "test_nothing_that_belongs_to_a_person_is_shown",
        ),
    ],
    "discovery": [
        every(
            "the manifest names adapters",
            lambda tree: bool(tree.data(MANIFEST).get("usb")),
            MANIFEST,
            '"usb": ',
            '"other": ',
        ),
        uses(PANEL_FLOW, "async_set_unique_id", within="async_step_usb"),
        *shown_by("test_an_adapter_is_discovered"),
    ],
    "discovery-update-info": [
        says(PANEL_FLOW, "_abort_if_unique_id_configured({CONF_DEVICE:"),
        *shown_by("test_an_adapter_found_at_another_port_moves_its_entry"),
    ],
    "docs-data-update": [
        says(README, "\n## How often it looks\n"),
        says(README, "reads the status of each location once a minute"),
        says(README, "A local panel tells every change by itself"),
    ],
    "docs-examples": [
        says(README, f"({AUTOMATIONS}#blueprints)"),
        *blueprint("mismatch"),
        *blueprint("nightly_refresh"),
        *blueprint("sync_failed"),
        *blueprint("users_reminder"),
    ],
    "docs-known-limitations": [says(README, "\n## Limits\n")],
    "docs-supported-devices": [
        every(
            "each panel is named",
            panels_are_documented,
            PANELS,
            "Vista with LTEM",
        ),
        says(README, f"({PANELS})"),
    ],
    "docs-supported-functions": [
        says(README, "\n## What you get\n"),
        every(
            "each entity is named", names_are_documented, README, "Pending user changes"
        ),
    ],
    "docs-troubleshooting": [says(README, "\n## Troubleshooting\n")],
    "docs-use-cases": [says(README, "\n## What it is good for\n")],
    "dynamic-devices": [
        uses(ENTITY, "async_add_listener", within="async_add_location_entities"),
        *shown_by("test_a_new_location_appears_without_reload"),
    ],
    "entity-category": [
        every(
            "each entity has its category",
            lambda tree: each_entity(tree, has_category),
            f"{INTEGRATION}/sensor.py",
            r"^ +entity_category=EntityCategory.DIAGNOSTIC,\n",
        ),
    ],
    "entity-device-class": [
        every(
            "each sensor has its class",
            lambda tree: each_entity(tree, has_device_class, "binary_sensor", "sensor"),
            f"{INTEGRATION}/binary_sensor.py",
            "device_class=BinarySensorDeviceClass.TAMPER,",
        ),
    ],
    "entity-disabled-by-default": [
        every(
            "noisy entities are off",
            lambda tree: each_entity(tree, has_right_default),
            f"{INTEGRATION}/sensor.py",
            "entity_registry_enabled_default=False,",
        ),
    ],
    "entity-translations": [
        every(
            "each entity has a name",
            names_are_translated,
            TEXTS,
            '"open_zones"',
            '"other"',
        ),
    ],
    "exception-translations": [
        every(
            "each error has a text",
            errors_are_translated,
            TEXTS,
            '"no_locations"',
            '"other"',
        ),
        *shown_by("test_every_reason_has_its_error"),
    ],
    "icon-translations": [
        every(
            "each entity has an icon",
            icons_are_translated,
            ICONS,
            '"tamper"',
            '"other"',
        )
    ],
    "reconfiguration-flow": [
        defines(FLOW, "async_step_reconfigure"),
        defines(PANEL_FLOW, "async_step_reconfigure_panel"),
        *shown_by(
            "test_reconfigure_addresses", "test_reconfigure_with_another_account"
        ),
        *shown_by("test_reconfigure"),
    ],
    "repair-issues": [
        every(
            "each issue can be mended",
            issues_can_be_mended,
            TROUBLE,
            "is_fixable=True",
            "is_fixable=False",
        ),
        defines(f"{INTEGRATION}/repairs.py", "async_create_fix_flow"),
        *shown_by(
            "test_a_failed_sync_is_raised_and_mended",
            "test_it_heals_by_a_success_of_anybody",
        ),
    ],
    "stale-devices": [
        uses(COORDINATOR, "async_remove_device"),
        defines(INIT, "async_remove_config_entry_device"),
        *shown_by(
            "test_a_missing_location_stays_for_a_day",
            "test_a_person_may_delete_what_is_gone",
        ),
    ],
}

"""What shows each rule of Home Assistant's quality scale to be kept.

The page, or a heading of it, that a person reads; `TESTS` where tests say with the mark
`shows` that they show the rule: they look at what PanelSync does, not at how it is written.
https://developers.home-assistant.io/docs/core/integration-quality-scale/rules
"""

from collections.abc import Set as AbstractSet
from typing import Final

type Rules = dict[str, tuple[str, ...]]

TESTS: Final = "tests"

BRONZE: Final[Rules] = {
    "action-setup": (TESTS,),
    "appropriate-polling": (TESTS,),
    "brands": (TESTS,),
    "common-modules": (TESTS,),
    "config-flow": (TESTS,),
    "config-flow-test-coverage": (TESTS,),
    "dependency-transparency": (TESTS,),
    "docs-actions": ("docs/actions.md", TESTS),
    "docs-conditions": ("docs/automations.md", TESTS),
    "docs-high-level-description": ("README.md",),
    "docs-installation-instructions": ("README.md#Installation",),
    "docs-removal-instructions": ("README.md#Removal",),
    "docs-triggers": ("docs/automations.md", TESTS),
    "entity-event-setup": (TESTS,),
    "entity-unique-id": (TESTS,),
    "has-entity-name": (TESTS,),
    "runtime-data": (TESTS,),
    "test-before-configure": (TESTS,),
    "test-before-setup": (TESTS,),
    "unique-config-entry": (TESTS,),
}
SILVER: Final[Rules] = {
    "action-exceptions": (TESTS,),
    "config-entry-unloading": (TESTS,),
    "docs-configuration-parameters": (TESTS,),
    "docs-installation-parameters": (TESTS,),
    "entity-unavailable": (TESTS,),
    "integration-owner": (TESTS,),
    "log-when-unavailable": (TESTS,),
    "parallel-updates": (TESTS,),
    "reauthentication-flow": (TESTS,),
    "test-coverage": (TESTS,),
}
GOLD: Final[Rules] = {
    "devices": (TESTS,),
    "diagnostics": (TESTS,),
    "discovery": (TESTS,),
    "discovery-update-info": (TESTS,),
    "docs-data-update": ("README.md#Update intervals",),
    "docs-examples": ("docs/automations.md#Blueprints",),
    "docs-known-limitations": ("README.md#Limits",),
    "docs-supported-devices": (TESTS,),
    "docs-supported-functions": ("README.md#What you get", TESTS),
    "docs-troubleshooting": ("README.md#Troubleshooting",),
    "docs-use-cases": ("README.md#Use cases",),
    "dynamic-devices": (TESTS,),
    "entity-category": (TESTS,),
    "entity-device-class": (TESTS,),
    "entity-disabled-by-default": (TESTS,),
    "entity-translations": (TESTS,),
    "exception-translations": (TESTS,),
    "icon-translations": (TESTS,),
    "reconfiguration-flow": (TESTS,),
    "repair-issues": (TESTS,),
    "stale-devices": (TESTS,),
}
PLATINUM: Final[Rules] = {
    "async-dependency": (TESTS,),
    "inject-websession": (TESTS,),
    "strict-typing": (TESTS,),
}
TIERS: Final = {
    "Bronze": BRONZE,
    "Silver": SILVER,
    "Gold": GOLD,
    "Platinum": PLATINUM,
}
LEDGER: Final = {
    rule: shown for rules in TIERS.values() for rule, shown in rules.items()
}


def unshown(rules: AbstractSet[str]) -> list[str]:
    """Return which rules tests should show, and none of these does."""
    return [
        rule for rule, shown in LEDGER.items() if TESTS in shown and rule not in rules
    ]

"""What shows each rule of Home Assistant's quality scale to be kept.

A test by its name, wherever it stands, or the heading of a page. The tests look at what
PanelSync does, the pages are for people: nothing here knows how the code is written.
https://developers.home-assistant.io/docs/core/integration-quality-scale/rules
"""

from typing import Final

type Rules = dict[str, tuple[str, ...]]

BRONZE: Final[Rules] = {
    "action-setup": (
        "test_the_actions_are_there_without_any_entry",
        "test_an_entry_that_is_not_loaded",
    ),
    "appropriate-polling": ("test_each_location_is_polled_once_a_minute",),
    "brands": ("test_brand",),
    "common-modules": ("test_common_modules_are_where_they_are_looked_for",),
    "config-flow": (
        "test_the_manifest",
        "test_every_field_has_a_name_and_an_explanation",
    ),
    "config-flow-test-coverage": (
        "test_the_flows_are_tested_whole",
        "test_what_was_typed_wrong_can_be_corrected",
        "test_an_account_is_added_once",
        "test_every_error_and_then_the_entry",
        "test_the_same_address_is_not_added_again",
    ),
    "dependency-transparency": ("test_each_library_is_explained",),
    "docs-actions": ("docs/actions.md", "test_what_is_offered_is_documented"),
    "docs-conditions": ("docs/automations.md", "test_what_is_offered_is_documented"),
    "docs-high-level-description": ("README.md",),
    "docs-installation-instructions": ("README.md#Installation",),
    "docs-removal-instructions": ("README.md#Removal",),
    "docs-triggers": ("docs/automations.md", "test_what_is_offered_is_documented"),
    "entity-event-setup": ("test_unload_and_reload_leave_nothing",),
    "entity-unique-id": ("test_every_entity_is_as_the_scale_wants_it",),
    "has-entity-name": ("test_every_entity_is_as_the_scale_wants_it",),
    "runtime-data": (
        "test_entries_are_of_our_type",
        "test_an_entry_keeps_its_own_things",
    ),
    "test-before-configure": ("test_a_fault_of_the_service_passes",),
    "test-before-setup": ("test_a_panel_that_is_not_there_at_first",),
    "unique-config-entry": (
        "test_an_account_is_added_once",
        "test_the_same_address_is_not_added_again",
    ),
}
SILVER: Final[Rules] = {
    "action-exceptions": (
        "test_without_a_response_a_refusal_raises",
        "test_without_a_response_a_failure_raises_as_the_worlds",
        "test_an_event_log_that_cannot_be_read",
        "test_armed_panel",
        "test_refresh_says_that_nothing_was_heard",
    ),
    "config-entry-unloading": (
        "test_unload_and_reload_leave_nothing",
        "test_an_unloaded_entry_lets_the_port_go",
    ),
    "docs-configuration-parameters": ("test_every_field_is_documented",),
    "docs-installation-parameters": ("test_every_field_is_documented",),
    "entity-unavailable": (
        "test_one_sick_location_leaves_the_others_alone",
        "test_a_lost_link_is_told_once_and_comes_back_by_itself",
    ),
    "integration-owner": ("test_the_manifest",),
    "log-when-unavailable": (
        "test_a_long_outage_is_logged_once_each_way",
        "test_a_lost_link_is_told_once_and_comes_back_by_itself",
        "test_a_long_outage_is_told_once_and_its_end_once",
    ),
    "parallel-updates": ("test_platforms_say_how_many_at_once",),
    "reauthentication-flow": (
        "test_signing_in_again",
        "test_signing_in_again_with_another_account",
        "test_a_refused_password_asks_for_a_new_one",
    ),
    "test-coverage": ("test_a_module_nobody_tests_is_named",),
}
GOLD: Final[Rules] = {
    "devices": (
        "test_each_location_is_a_device_below_the_account",
        "test_every_device_says_what_it_is",
    ),
    "diagnostics": ("test_nothing_that_belongs_to_a_person_is_shown",),
    "discovery": ("test_an_adapter_is_discovered",),
    "discovery-update-info": ("test_an_adapter_found_at_another_port_moves_its_entry",),
    "docs-data-update": ("README.md#How often it looks",),
    "docs-examples": ("docs/automations.md#Blueprints",),
    "docs-known-limitations": ("README.md#Limits",),
    "docs-supported-devices": ("test_every_device_says_what_it_is",),
    "docs-supported-functions": (
        "README.md#What you get",
        "test_every_entity_is_documented",
    ),
    "docs-troubleshooting": ("README.md#Troubleshooting",),
    "docs-use-cases": ("README.md#What it is good for",),
    "dynamic-devices": ("test_a_new_location_appears_without_reload",),
    "entity-category": ("test_every_entity_is_as_the_scale_wants_it",),
    "entity-device-class": ("test_every_entity_is_as_the_scale_wants_it",),
    "entity-disabled-by-default": ("test_every_entity_is_as_the_scale_wants_it",),
    "entity-translations": ("test_every_entity_has_its_texts_and_icon",),
    "exception-translations": (
        "test_every_reason_has_its_error",
        "test_every_error_that_is_raised_has_a_text",
    ),
    "icon-translations": ("test_every_entity_has_its_texts_and_icon",),
    "reconfiguration-flow": (
        "test_reconfigure_addresses",
        "test_reconfigure_with_another_account",
        "test_reconfigure",
    ),
    "repair-issues": (
        "test_every_repair_has_its_texts",
        "test_a_failed_sync_is_raised_and_mended",
        "test_it_heals_by_a_success_of_anybody",
    ),
    "stale-devices": (
        "test_a_missing_location_stays_for_a_day",
        "test_a_person_may_delete_what_is_gone",
    ),
}
PLATINUM: Final[Rules] = {
    "async-dependency": (
        "test_client_module_leans_on_little",
        "test_every_requirement_is_typed",
    ),
    "inject-websession": ("test_the_client_is_given_its_session",),
    "strict-typing": (
        "test_entries_are_of_our_type",
        "test_every_requirement_is_typed",
    ),
}
TIERS: Final = {
    "Bronze": BRONZE,
    "Silver": SILVER,
    "Gold": GOLD,
    "Platinum": PLATINUM,
}

"""Actions, triggers and conditions are described as Home Assistant's checks want it.

The rules are those of `services`, `triggers` and `conditions` in Home Assistant's
hassfest, for a custom integration: every key of a file is a slug, so none begins with a
dot as in the files of Home Assistant itself.
"""

from collections.abc import Iterator
import re
from typing import Any

from homeassistant.helpers.selector import validate_selector
import pytest
import voluptuous as vol

from custom_components.panelsync.condition import CONDITIONS
from custom_components.panelsync.entity import TARGETED
from custom_components.panelsync.trigger import TRIGGERS

from .tree import INTEGRATION, whole_tree

TEXTS: dict[str, Any] = whole_tree().data(f"{INTEGRATION}/translations/en.json")
SECTIONS = ("services", "triggers", "conditions")

FILTER = {
    vol.Optional("integration"): str,
    vol.Optional("domain"): vol.Any(str, [str]),
    vol.Optional("device_class"): vol.Any(str, [str]),
    vol.Optional("supported_features"): [vol.Match(r"^\w+\.\w+\.\w+$")],
}
TARGET = {vol.Optional("entity"): vol.Any(FILTER, [FILTER])}
FIELD = {
    vol.Optional("required"): bool,
    vol.Optional("example"): object,
    vol.Optional("default"): object,
    vol.Required("selector"): validate_selector,
}
ENTRY = {
    vol.Optional("target"): TARGET,
    vol.Optional("fields"): {vol.Match(r"^[a-z0-9_]+$"): FIELD},
}
SCHEMA = vol.Schema({vol.Match(r"^[a-z0-9]+(_[a-z0-9]+)*$"): ENTRY})


def described(section: str) -> dict[str, dict[str, Any]]:
    """Return what a section offers."""
    return dict(whole_tree().data(f"{INTEGRATION}/{section}.yaml"))


def fields() -> Iterator[tuple[str, dict[str, Any]]]:
    """Return each field of everything that is offered."""
    for section in SECTIONS:
        for key, told in described(section).items():
            for name, field in told.get("fields", {}).items():
                yield f"{section} {key} {name}", field


@pytest.mark.parametrize("section", SECTIONS)
def test_it_is_described(section: str) -> None:
    SCHEMA(whole_tree().data(f"{INTEGRATION}/{section}.yaml"))
    assert described(section)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"SyncUsers": {}},
        {".sync_fields": {}},
        {"sync-users": {}},
        {"sync__users": {}},
        {"sync_users": {"surprise": 1}},
        {"sync_users": {"fields": {"wait": {"required": True}}}},
        {"sync_users": {"fields": {"wait": {"selector": {"surprise": {}}}}}},
        {"sync_users": {"fields": {"wait": {"filter": {}, "selector": {"text": {}}}}}},
        {"sync_users": {"target": {"surprise": {}}}},
    ],
)
def test_a_spoilt_description_is_refused(spoilt: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        SCHEMA(spoilt)


def test_what_code_offers_is_described() -> None:
    assert set(described("triggers")) == set(TRIGGERS)
    assert set(described("conditions")) == set(CONDITIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_name_and_an_explanation_for_each(section: str) -> None:
    told = TEXTS[section]
    assert set(told) == set(described(section))
    for key, entry in described(section).items():
        assert told[key]["name"], key
        assert told[key]["description"], key
        for field in entry.get("fields", {}):
            assert told[key]["fields"][field]["name"], f"{key} {field}"
            assert told[key]["fields"][field]["description"], f"{key} {field}"


def test_titles_read_like_those_of_home_assistant() -> None:
    """As its documentation wants triggers and conditions to be called."""
    for key, told in TEXTS["triggers"].items():
        assert told["description"].startswith("Triggers when"), key
    for key, told in TEXTS["conditions"].items():
        assert told["description"].startswith("Tests if "), key
        assert re.match(r"(is|needs)_", key)


def test_choices_have_texts() -> None:
    """A select by key would show that key, where its choices have no texts."""
    found = 0
    for place, field in fields():
        select = field["selector"].get("select") or {}
        if "options" not in select:
            continue
        found += 1
        texts = TEXTS["selector"][select["translation_key"]]["options"]
        assert set(texts) == set(select["options"]), place
    assert found


def test_no_field_looks_at_another() -> None:
    """`context` would have to name a field or the target, and fit its selector."""
    assert all("context" not in field for _, field in fields())


def test_only_our_own_things_can_be_chosen() -> None:
    """What a target may be is known by the mark that only our entities bear."""
    for section in SECTIONS:
        for key, entry in described(section).items():
            if "target" not in entry:
                continue
            chosen = entry["target"]["entity"]
            (mark,) = chosen["supported_features"]
            assert mark.endswith(f".{TARGETED.name}"), key
            # The editor counts none where it is to look at the integration.
            assert "integration" not in chosen, key
    for key, entry in described("services").items():
        if "target" in entry:
            continue
        device = entry["fields"]["device_id"]["selector"]["device"]
        assert device["filter"] == [{"integration": "panelsync"}], key

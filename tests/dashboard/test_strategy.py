"""The dashboard, generated as a page generates it, from registries of many shapes."""

from collections.abc import Callable, Iterator
from copy import deepcopy
import json
from pathlib import Path
import shutil
import subprocess
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from tests.asked_texts import AskedTexts

_FOLDER = Path("custom_components/panelsync")
_FILE = (_FOLDER / "dashboard/panelsync-dashboard.js").resolve()
_NODE = shutil.which("node")

# Each text that the page asked for, with the names of what it was filled with.
_asked: dict[str, list[str]] = {}


@pytest.fixture(autouse=True)
def texts_of_the_page(asked_texts: AskedTexts) -> Iterator[None]:
    """Note what the page asks for as what Home Assistant is asked for elsewhere."""
    _asked.clear()
    yield
    for place, filled in _asked.items():
        # It does without a text where there may be none, as for a state of a later day.
        asked_texts.ask(place, dict.fromkeys(filled), must=False)


pytestmark = pytest.mark.skipif(_NODE is None, reason="needs Node to run JavaScript")


def _entity(device: str, key: str, **more: Any) -> dict[str, Any]:
    platform = "button" if key.startswith(("sync_", "refresh_")) else "sensor"
    platform = "event" if key == "sync" else platform
    platform = "sensor" if key == "sync_status" else platform
    return {
        "entity_id": f"{platform}.{device}_{key}",
        "device_id": device,
        "platform": "panelsync",
        "translation_key": key,
    } | more


def _device(name: str, via: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "name": name.title(),
        "name_by_user": None,
        "area_id": None,
        "via_device_id": via,
    } | more


_LOCATION = (
    "sync_status",
    "sync_users",
    "sync_panel",
    "refresh_status",
    "sync",
    "pending_user_changes",
    "arming_state",
)


def _hass(pending: str = "2") -> dict[str, Any]:
    """Return two locations of an account, one with a panel, and a panel alone."""
    devices = [
        _device("account"),
        _device("mill", "account"),
        _device("barn", "account", area_id="yard"),
        _device("adapter", "mill"),
        _device("alone"),
        _device("lamp"),
    ]
    entities = [
        *(_entity("account", f"{key}_all") for key in _LOCATION[1:4]),
        _entity("account", "service_status"),
        *(_entity("mill", key) for key in _LOCATION),
        *(_entity("barn", key) for key in _LOCATION),
        *(_entity("adapter", key) for key in ("status_mismatch", "arming_state")),
        _entity("alone", "arming_state"),
        _entity("lamp", "sync_status", platform="hue"),
    ]
    return {
        "language": "en",
        "locale": {"language": "en"},
        "devices": {device["id"]: device for device in devices},
        "areas": {"yard": {"name": "Yard", "icon": None, "floor_id": None}},
        "floors": {},
        "entities": {entity["entity_id"]: entity for entity in entities},
        "states": {
            f"sensor.{place}_pending_user_changes": {"state": count}
            for place, count in (("mill", pending), ("barn", "1"))
        },
    }


def _texts(language: str = "en") -> dict[str, Any]:
    path = _FOLDER / f"translations/{language}.json"
    texts: dict[str, Any] = json.loads(path.read_text())
    return texts


def _run(
    hass: dict[str, Any],
    *,
    language: str = "en",
    before: dict[str, Any] | None = None,
    failing: int = 0,
) -> dict[str, Any]:
    assert _NODE is not None
    given = {
        "hass": hass,
        "texts": _texts(language),
        "before": before,
        "failing": failing,
    }
    done = subprocess.run(
        [_NODE, Path(__file__).with_name("run.mjs"), _FILE],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    _asked.update(found.pop("asked"))
    return found


def _cards(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        card
        for view in dashboard["views"]
        for section in view.get("sections", [])
        for card in section["cards"]
    ]


def test_it_is_listed_once_under_add_dashboard() -> None:
    found = _run(_hass())
    assert found["tag"] == "ll-strategy-dashboard-panelsync"
    (listed,) = found["strategies"]
    assert (listed["type"], listed["strategyType"]) == ("panelsync", "dashboard")


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "nl", "pt-BR"])
def test_it_speaks_the_language_of_who_looks(language: str) -> None:
    found, words = _run(_hass(), language=language), _texts(language)["common"]
    headings = [card.get("heading") for card in _cards(found["dashboard"])]
    assert words["dashboard_all_locations"] in headings
    (listed,) = found["strategies"]
    assert listed["description"] == words["dashboard_description"]
    # A page that has no texts yet describes nothing, and breaks nothing.
    assert found["early"] == ""


@pytest.mark.parametrize(
    ("reason", "evidence"),
    [
        ("proven", ["log_record", "job_state"]),
        ("panel_unreachable", []),
        (None, None),
        ("of a later version", ["of a later version", "sync_flag"]),
    ],
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_an_outcome_says_why_in_a_text_that_is_not_cut(
    language: str, reason: str | None, evidence: list[str] | None
) -> None:
    hass = _hass()
    given = {"reason": reason, "evidence": evidence}
    hass["states"]["event.mill_sync"] = {
        "state": "2026-11-22T09:00:00",
        "attributes": {key: value for key, value in given.items() if value is not None},
    }
    said = [
        card["content"]
        for card in _cards(_run(hass, language=language)["dashboard"])
        if card["type"] == "markdown"
    ]
    named = _texts(language)["entity"]["event"]["sync"]["state_attributes"]
    words = [named["reason"]["state"].get(reason)]
    words += [named["evidence"]["state"].get(fact) for fact in evidence or ()]
    expected = " · ".join(word for word in words if word)
    assert said == ([expected] if expected else [])


def test_every_button_asks_before_it_acts() -> None:
    buttons = [
        card
        for card in _cards(_run(_hass())["dashboard"])
        if card.get("entity", "").startswith("button.")
    ]
    assert len(buttons) == 9
    for card in buttons:
        for action in ("tap_action", "icon_tap_action"):
            assert card[action]["perform_action"] == "button.press"
            assert card[action]["target"] == {"entity_id": card["entity"]}
            assert "{" not in card[action]["confirmation"]["text"]


@pytest.mark.parametrize(
    ("pending", "at_mill", "everywhere"),
    [
        ("0", "makes 0 user changes at Mill live", "makes 1 user change live"),
        ("1", "makes 1 user change at Mill live", "makes 2 user changes live"),
        ("2", "makes 2 user changes at Mill live", "makes 3 user changes live"),
        (
            "unknown",
            "the pending user and code changes at Mill",
            "pending user and code",
        ),
        ("unavailable", "the pending user and code changes at Mill", "pending user"),
    ],
)
def test_a_user_sync_says_how_many_changes_it_makes_live(
    pending: str, at_mill: str, everywhere: str
) -> None:
    asked = {
        card["entity"]: card["tap_action"]["confirmation"]["text"]
        for card in _cards(_run(_hass(pending))["dashboard"])
        if "tap_action" in card
    }
    assert at_mill in asked["button.mill_sync_users"]
    assert everywhere in asked["button.account_sync_users_all"]


def test_a_status_has_one_colour_in_each_state() -> None:
    cards = [
        card
        for card in _cards(_run(_hass())["dashboard"])
        if card.get("entity") == "sensor.mill_sync_status"
    ]
    shown = [state for card in cards for state in card["visibility"][0]["state"]]
    assert len(shown) == len(set(shown))
    states = _texts()["entity"]["sensor"]["sync_status"]["state"]
    assert states.keys() | {"unknown", "unavailable"} <= set(shown)


def test_a_panel_stands_beside_its_location_and_one_alone_has_a_view() -> None:
    first, alone = _run(_hass())["dashboard"]["views"]
    titles = [section["cards"][0]["heading"] for section in first["sections"]]
    # Barn is in an area, and those come before locations without one.
    assert titles == ["Barn", "Mill", "Adapter", "All locations", "Activity"]
    assert alone["sections"][0]["cards"][0]["heading"] == "Alone"


def test_only_what_is_ours_and_visible_is_shown() -> None:
    hass = _hass()
    hass["entities"]["sensor.mill_arming_state"]["hidden"] = True
    shown = {card.get("entity") for card in _cards(_run(hass)["dashboard"])}
    assert "sensor.mill_arming_state" not in shown
    assert not any(str(entity).startswith("sensor.lamp") for entity in shown)


def _headings(view: dict[str, Any]) -> list[str]:
    return [section["cards"][0]["heading"] for section in view["sections"]]


def test_what_a_person_hides_does_not_change_what_a_device_is() -> None:
    hass = _hass()
    for entity_id, entity in hass["entities"].items():
        entity["hidden"] = "account" in entity_id or entity_id.endswith("sync_status")
    first, _ = _run(hass)["dashboard"]["views"]
    assert _headings(first) == ["Barn", "Mill", "Adapter", "All locations", "Activity"]


def test_locations_are_shown_without_the_device_of_their_account() -> None:
    hass = _hass()
    hass["devices"]["account"]["disabled_by"] = "user"
    (view,) = _run(hass)["dashboard"]["views"]
    assert _headings(view) == ["Barn", "Mill", "Adapter", "Alone", "Activity"]


def test_a_location_without_user_syncs_is_not_counted() -> None:
    hass = _hass()
    for key in ("sync_users", "pending_user_changes"):
        hass["entities"] = {
            entity_id: entity
            for entity_id, entity in hass["entities"].items()
            if not entity_id.endswith(f"barn_{key}")
        }
    (text,) = [
        card["tap_action"]["confirmation"]["text"]
        for card in _cards(_run(hass)["dashboard"])
        if card.get("entity") == "button.account_sync_users_all"
    ]
    assert "makes 2 user changes live" in text


def test_texts_that_could_not_be_loaded_are_loaded_again() -> None:
    assert _run(_hass(), failing=1)["dashboard"]["views"]


def test_a_name_given_by_a_person_is_the_one_that_is_shown() -> None:
    hass = _hass()
    hass["devices"]["mill"]["name_by_user"] = "Old Mill"
    headings = {card.get("heading") for card in _cards(_run(hass)["dashboard"])}
    assert "Old Mill" in headings
    assert "Mill" not in headings


def test_a_home_without_panelsync_is_told_where_to_begin() -> None:
    hass = _hass() | {"entities": {}, "devices": {}}
    (view,) = _run(hass)["dashboard"]["views"]
    assert view["cards"][1]["tap_action"]["navigation_path"].endswith("/panelsync")


def _renamed(hass: dict[str, Any]) -> None:
    hass["devices"]["mill"]["name_by_user"] = "Old Mill"


def _changed(hass: dict[str, Any]) -> None:
    hass["states"]["sensor.mill_pending_user_changes"]["state"] = "7"


def _ended(hass: dict[str, Any]) -> None:
    hass["states"]["event.mill_sync"] = {"state": "2026-11-22T09:00:00"}


def _unrelated(hass: dict[str, Any]) -> None:
    hass["states"]["sensor.kitchen"] = {"state": "21"}


@pytest.mark.parametrize(
    ("change", "again"),
    [(_renamed, True), (_changed, True), (_ended, True), (_unrelated, False)],
)
def test_it_follows_what_changes_and_nothing_else(
    change: Callable[[dict[str, Any]], None], again: bool
) -> None:
    before, now = _hass(), _hass()
    change(now)
    assert _run(now, before=before)["again"] is again


@settings(max_examples=10)
@given(st.data())
def test_no_shape_of_the_registries_breaks_it(data: st.DataObject) -> None:
    hass = deepcopy(_hass())
    for registry in ("entities", "devices", "states", "areas"):
        for key in data.draw(st.sets(st.sampled_from(sorted(hass[registry])))):
            del hass[registry][key]
    assert _run(hass)["dashboard"]["views"]

"""Sorting Home Assistant's registries into an account and its locations."""

from typing import Any

from scripts.demo_tool.dashboard import dashboard
from scripts.demo_tool.panels import LocalPanel
from scripts.demo_tool.registry import Account, Place, arrange


def row(
    unique_id: str, entity_id: str, device: str, platform: str = "panelsync"
) -> Any:
    return {
        "unique_id": unique_id,
        "entity_id": entity_id,
        "device_id": device,
        "platform": platform,
    }


DEVICES = [
    {"id": "d-account", "name": "dana.keller", "name_by_user": None},
    {"id": "d-mill", "name": "Mill House", "name_by_user": None},
]
ENTITIES = [
    row("77_501_sync_panel", "button.mill_sync_panel", "d-mill"),
    row("77_501_sync_users", "button.mill_sync_users", "d-mill"),
    row("77_501_sync", "event.mill_sync", "d-mill"),
    row("77_sync_users_all", "button.all_users", "d-account"),
    # Strangers: another account, another integration, a location that left
    row("777_501_sync_panel", "button.other", "d-x"),
    row("77_501_refresh_status", "button.foreign", "d-x", platform="other"),
    row("77_502_sync_panel", "button.gone", "d-x"),
]


def account() -> Account:
    return arrange("77", {501: "Mill House"}, ENTITIES, DEVICES)


def test_arrange() -> None:
    found = account()
    assert found.device.name == "dana.keller"
    assert found.device.device_id == "d-account"
    assert found.device.entities["sync_users_all"] == "button.all_users"
    assert found.locations.keys() == {501}
    place = found.locations[501]
    assert place.device_id == "d-mill"
    assert place.entities == {
        "sync_panel": "button.mill_sync_panel",
        "sync_users": "button.mill_sync_users",
        "sync": "event.mill_sync",
    }


def test_a_location_without_entities_has_no_device() -> None:
    place = arrange("77", {9: "Hill Farm"}, ENTITIES, DEVICES).locations[9]
    assert (place.device_id, place.entities) == (None, {})


def test_every_button_of_the_dashboard_asks_for_confirmation() -> None:
    (view,) = dashboard([account()])["views"]
    cards = [card for section in view["sections"] for card in section["cards"]]
    buttons = [
        card for card in cards if str(card.get("entity", "")).startswith("button.")
    ]
    assert {card["entity"] for card in buttons} == {
        "button.mill_sync_panel",
        "button.mill_sync_users",
        "button.all_users",
    }
    for card in buttons:
        for action in ("tap_action", "icon_tap_action"):
            assert card[action]["perform_action"] == "button.press"
            assert card[action]["target"] == {"entity_id": card["entity"]}
            assert card[action]["confirmation"]["text"]


def test_the_dashboard_shows_only_what_exists() -> None:
    (view,) = dashboard([account()])["views"]
    shown = {
        card["entity"]
        for section in view["sections"]
        for card in section["cards"]
        if "entity" in card
    }
    known = {entity["entity_id"] for entity in ENTITIES[:4]}
    assert shown == known
    (log,) = [c for s in view["sections"] for c in s["cards"] if c["type"] == "logbook"]
    assert log["target"] == {"device_id": ["d-account", "d-mill"], "entity_id": []}


def test_a_local_panel_has_a_section_behind_its_location() -> None:
    found = account()
    place = Place(
        "AlarmDecoder",
        "d-panel",
        {
            "status_mismatch": "binary_sensor.mismatch",
            "arming_state": "sensor.panel_arming",
            "last_message": "sensor.last_message",
        },
    )
    panel = LocalPanel("ad2", "tcp", 501, found.locations[501], place)
    (view,) = dashboard([found], [panel])["views"]
    heading, *cards = view["sections"][1]["cards"]
    assert heading["heading"] == "Mill House: AlarmDecoder"
    assert [card["entity"] for card in cards] == [
        "binary_sensor.mismatch",
        "sensor.panel_arming",
        "sensor.last_message",
    ]
    (log,) = [c for s in view["sections"] for c in s["cards"] if c["type"] == "logbook"]
    assert log["target"]["entity_id"] == [
        "binary_sensor.mismatch",
        "sensor.panel_arming",
    ]

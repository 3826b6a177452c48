"""Sorting Home Assistant's registries into an account and its locations."""

from typing import Any

from scripts.demo_tool.registry import Account, arrange


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

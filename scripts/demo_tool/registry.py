"""Finds PanelSync's entities by what identifies them, never by a guessed name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .home import Home


@dataclass(frozen=True, slots=True)
class Place:
    """The device of a location or of an account, with its entities by key."""

    name: str
    device_id: str | None
    entities: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """The account's own device and its locations by id."""

    user_id: str
    device: Place
    locations: dict[int, Place]


async def find_account(home: Home, state: Mapping[str, Any]) -> Account:
    """Return an account of the simulator's state as Home Assistant shows it."""
    entities = await home.command("config/entity_registry/list")
    devices = await home.command("config/device_registry/list")
    names = {int(place["id"]): str(place["name"]) for place in state["locations"]}
    return arrange(str(state["user_id"]), names, entities, devices)


async def find_panel(home: Home, entry_id: str) -> Place:
    """Return the device of a local panel's entry."""
    rows = [
        row
        for row in await home.command("config/entity_registry/list")
        if row["config_entry_id"] == entry_id
    ]
    devices = await home.command("config/device_registry/list")
    device_id = rows[0]["device_id"] if rows else None
    names = {row["id"]: row.get("name_by_user") or row["name"] for row in devices}
    entities = {
        str(row["unique_id"]).removeprefix(f"{entry_id}_"): str(row["entity_id"])
        for row in rows
    }
    return Place(str(names.get(device_id, "")), device_id, entities)


def arrange(
    user_id: str,
    names: Mapping[int, str],
    entities: Iterable[Mapping[str, Any]],
    devices: Iterable[Mapping[str, Any]],
) -> Account:
    """Sort registry rows by unique id, `{user}_{location}_{key}` or `{user}_{key}`."""
    device_names = {
        row["id"]: row.get("name_by_user") or row.get("name") or "" for row in devices
    }
    own: dict[str, str] = {}
    own_device: str | None = None
    keyed: dict[int, dict[str, str]] = {location_id: {} for location_id in names}
    keyed_device: dict[int, str | None] = dict.fromkeys(names)
    for row in entities:
        unique_id = str(row["unique_id"])
        if row["platform"] != "panelsync" or not unique_id.startswith(f"{user_id}_"):
            continue
        rest = unique_id.removeprefix(f"{user_id}_")
        head, _, key = rest.partition("_")
        if head.isdigit():
            if int(head) in keyed:
                keyed[int(head)][key] = row["entity_id"]
                keyed_device[int(head)] = row["device_id"]
        else:
            own[rest] = row["entity_id"]
            own_device = row["device_id"]
    return Account(
        user_id,
        Place(device_names.get(own_device, ""), own_device, own),
        {
            location_id: Place(name, keyed_device[location_id], keyed[location_id])
            for location_id, name in names.items()
        },
    )

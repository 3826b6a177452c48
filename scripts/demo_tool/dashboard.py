"""The demo's dashboard, as a pure function of what Home Assistant registered."""

from collections.abc import Iterable, Sequence
from typing import Any

from .home import Home
from .panels import LocalPanel
from .registry import Account, Place

URL_PATH = "panel-sync"

# What a button asks before it acts.
CONFIRM = {
    "sync_users": "This publishes the user and code changes that wait at {name}.",
    "sync_panel": (
        "This brings the panel at {name} and the service's copy of it into line."
        " Your dealer's settings decide which side counts."
    ),
    "refresh_status": "This asks the panel at {name} for its present status.",
    "sync_users_all": (
        "This publishes the user and code changes that wait, at every location."
    ),
    "sync_panel_all": (
        "This brings every panel and the service's copy of it into line."
        " Your dealer's settings decide which side counts."
    ),
    "refresh_status_all": "This asks every panel for its present status.",
}
_BUTTONS = ("sync_users", "sync_panel", "refresh_status")
_PANEL = ("open_zones", "ready", "panel_connection", "last_message")
_HAPPENS = ("status_mismatch", "arming_state", "activity", "panel_connection")
_LAST = ("last_user_sync", "last_panel_sync", "last_panel_report", "arming_state")


def dashboard(
    accounts: Iterable[Account], panels: Sequence[LocalPanel] = ()
) -> dict[str, Any]:
    """Return the configuration of a dashboard with one view per account.

    A local panel has a section behind that of the location it serves.
    """
    return {"views": [_view(account, panels) for account in accounts]}


async def make_dashboard(
    home: Home, accounts: Iterable[Account], panels: Sequence[LocalPanel] = ()
) -> str:
    """Make the dashboard in a Home Assistant and return its address."""
    await home.command(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        mode="storage",
        title="PanelSync",
        icon="mdi:shield-sync",
        show_in_sidebar=True,
        require_admin=False,
    )
    await home.command(
        "lovelace/config/save", url_path=URL_PATH, config=dashboard(accounts, panels)
    )
    return f"{home.url}/{URL_PATH}"


def _view(account: Account, panels: Sequence[LocalPanel]) -> dict[str, Any]:
    sections = []
    for place in account.locations.values():
        sections.append(_location_section(place))
        sections += [_panel_section(one) for one in panels if one.location == place]
    return {
        "title": account.device.name or "Account",
        "path": account.user_id,
        "type": "sections",
        "max_columns": 3,
        "sections": [
            *sections,
            _account_section(account),
            _activity_section(account, panels),
        ],
    }


def _location_section(place: Place) -> dict[str, Any]:
    cards: list[dict[str, Any]] = [_heading(place.name, "mdi:shield-home")]
    cards += _tiles(place, ("sync_status",), columns="full")
    cards += _button_tiles(place, _BUTTONS, columns=4, vertical=True)
    cards += _tiles(
        place,
        ("sync",),
        columns="full",
        state_content=["kind", "event_type", "last_changed"],
    )
    cards += _tiles(place, _LAST, columns=6)
    return {"type": "grid", "cards": cards}


def _panel_section(panel: LocalPanel) -> dict[str, Any]:
    """Show what the panel says of itself beside what the service shows."""
    title = f"{panel.location.name}: {panel.place.name}"
    cards: list[dict[str, Any]] = [_heading(title, "mdi:lan-connect")]
    cards += _tiles(panel.place, ("status_mismatch",), columns="full")
    for place, name in (
        (panel.place, "At the panel"),
        (panel.location, "At the service"),
    ):
        tiles = _tiles(place, ("arming_state",), columns=6)
        cards += [tile | {"name": name} for tile in tiles]
    cards += _button_tiles(panel.location, ("refresh_status",), columns="full")
    cards += _tiles(panel.place, _PANEL, columns=6)
    return {"type": "grid", "cards": cards}


def _account_section(account: Account) -> dict[str, Any]:
    cards: list[dict[str, Any]] = [_heading("All locations", "mdi:home-group")]
    cards += _button_tiles(
        account.device, [f"{key}_all" for key in _BUTTONS], columns="full"
    )
    cards += _tiles(account.device, ("service_status",), columns="full")
    return {"type": "grid", "cards": cards}


def _activity_section(account: Account, panels: Sequence[LocalPanel]) -> dict[str, Any]:
    places = (account.device, *account.locations.values())
    devices = [place.device_id for place in places if place.device_id]
    # Of a panel only what happens: the time of its last message moves all day.
    entities = [
        panel.place.entities[key]
        for panel in panels
        for key in _HAPPENS
        if key in panel.place.entities
    ]
    logbook = {
        "type": "logbook",
        "hours_to_show": 24,
        "target": {"device_id": devices, "entity_id": entities},
        "grid_options": {"columns": "full", "rows": 8},
    }
    heading = _heading("Activity", "mdi:format-list-bulleted")
    return {"type": "grid", "cards": [heading, logbook]}


def _heading(text: str, icon: str) -> dict[str, Any]:
    return {
        "type": "heading",
        "heading": text,
        "heading_style": "title",
        "icon": icon,
    }


def _tiles(
    place: Place, keys: Sequence[str], *, columns: int | str, **options: Any
) -> list[dict[str, Any]]:
    """Return a tile for each of the keys that the device has.

    It shows the entity's own name: the section's heading names the device.
    """
    return [
        {
            "type": "tile",
            "entity": place.entities[key],
            "name": {"type": "entity"},
            "grid_options": {"columns": columns},
            **options,
        }
        for key in keys
        if key in place.entities
    ]


def _button_tiles(
    place: Place, keys: Sequence[str], *, columns: int | str, vertical: bool = False
) -> list[dict[str, Any]]:
    """Return a tile for each button that the device has; each asks before it acts."""
    present = [key for key in keys if key in place.entities]
    tiles = _tiles(place, present, columns=columns, vertical=vertical, hide_state=True)
    for key, tile in zip(present, tiles, strict=True):
        press = {
            "action": "perform-action",
            "perform_action": "button.press",
            "target": {"entity_id": tile["entity"]},
            "confirmation": {"text": CONFIRM[key].format(name=place.name)},
        }
        tile |= {"tap_action": press, "icon_tap_action": press}
    return tiles

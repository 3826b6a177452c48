"""Icons and brand pictures."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any

import hass_frontend
import pytest
import voluptuous as vol

from .tree import INTEGRATION, ROOT, whole_tree

ICONS: dict[str, Any] = whole_tree().data(f"{INTEGRATION}/icons.json")

ICON = vol.Match(r"^mdi:[a-z0-9]+(-[a-z0-9]+)*$")
STATES = {vol.Match(r"^[a-z0-9_]+$"): ICON}
SHOWN = {
    vol.Required("default"): ICON,
    vol.Optional("state"): STATES,
    vol.Optional("range"): {vol.Coerce(float): ICON},
}
SCHEMA = vol.Schema(
    {
        "conditions": {str: {vol.Required("condition"): ICON}},
        "entity": {
            str: {str: {**SHOWN, vol.Optional("state_attributes"): {str: SHOWN}}}
        },
        "services": {str: {vol.Required("service"): ICON}},
        "triggers": {str: {vol.Required("trigger"): ICON}},
    },
    required=True,
)


def groups(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return each group of a default icon and those of states."""
    for entities in tree["entity"].values():
        for entity in entities.values():
            yield entity
            yield from entity.get("state_attributes", {}).values()


def test_icons_are_where_home_assistant_looks() -> None:
    SCHEMA(ICONS)


@pytest.mark.parametrize("section", ["services", "triggers", "conditions"])
def test_everything_offered_has_an_icon(section: str) -> None:
    assert set(ICONS[section]) == set(
        whole_tree().data(f"{INTEGRATION}/{section}.yaml")
    )


def test_no_state_repeats_the_usual_icon() -> None:
    for group in groups(ICONS):
        assert group["default"] not in group.get("state", {}).values(), group


def test_every_icon_can_be_drawn() -> None:
    """A name that does not exist shows nothing at all."""
    pictures = Path(hass_frontend.where()) / "static" / "mdi" / "iconList.json"
    drawn = {icon["name"] for icon in json.loads(pictures.read_text())}
    named = set(re.findall(r"mdi:([a-z0-9-]+)", json.dumps(ICONS)))
    for path in whole_tree().paths("blueprints", ".yaml"):
        named |= set(re.findall(r"mdi:([a-z0-9-]+)", whole_tree().text(path)))
    assert len(named) > 40
    assert named - drawn == set()


def png_size(path: Path) -> tuple[int, int]:
    """Return width and height from a PNG's header."""
    header = path.read_bytes()[:24]
    assert header.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(header[16:20]), int.from_bytes(header[20:24])


@pytest.mark.shows("brands")
@pytest.mark.parametrize("prefix", ["", "dark_"])
@pytest.mark.parametrize(("name", "size"), [("icon", (256, 256)), ("logo", (960, 256))])
def test_brand(prefix: str, name: str, size: tuple[int, int]) -> None:
    brand = ROOT / INTEGRATION / "brand"
    assert png_size(brand / f"{prefix}{name}.png") == size
    double = png_size(brand / f"{prefix}{name}@2x.png")
    assert double == (2 * size[0], 2 * size[1])
    assert (ROOT / "docs" / "brand" / f"{prefix}{name}.svg").exists()

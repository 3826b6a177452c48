"""Manifest, icons and pictures, as Home Assistant and HACS want them."""

import ast
from collections.abc import Iterable, Iterator
import json
from pathlib import Path
import re
import sys
from typing import Any

from awesomeversion import AwesomeVersion
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
import pytest
import voluptuous as vol

from custom_components.panelsync.const import DOMAIN

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / DOMAIN
ICONS = json.loads((INTEGRATION / "icons.json").read_text())
MANIFEST = json.loads((INTEGRATION / "manifest.json").read_text())


def icon_groups(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return each group of a default icon and those of states."""
    for entities in tree.values():
        for entity in entities.values():
            yield entity
            yield from entity.get("state_attributes", {}).values()


def test_icons_are_as_home_assistant_wants_them() -> None:
    assert set(ICONS) == {"conditions", "entity", "services", "triggers"}
    for group in icon_groups(ICONS["entity"]):
        assert set(group) <= {"default", "state", "state_attributes"}
        states = group.get("state", {})
        for icon in (group["default"], *states.values()):
            assert re.fullmatch(r"mdi:[a-z0-9-]+", icon)
        assert group["default"] not in states.values()


def test_the_manifest() -> None:
    keys = list(MANIFEST)
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])
    vol.Schema(
        {
            "domain": DOMAIN,
            "name": "PanelSync",
            vol.Optional("after_dependencies"): [str],
            "codeowners": [vol.Match(r"^@\w+$")],
            "config_flow": True,
            vol.Optional("dependencies"): [str],
            "documentation": vol.Match(r"^https://(?!www\.home-assistant\.io)"),
            "integration_type": vol.In(["hub", "service"]),
            "iot_class": "cloud_polling",
            "issue_tracker": vol.Match(r"^https://"),
            "requirements": [vol.Match(r"^[A-Za-z0-9_-]+(>=|==)[0-9.]+(,<[0-9.]+)?$")],
            # Numbers in upper case, descriptions in lower case: so hassfest matches.
            "usb": [
                {
                    "description": vol.Match(r"^[a-z0-9* ]+$"),
                    "pid": vol.Match(r"^[0-9A-F]{4}$"),
                    "vid": vol.Match(r"^[0-9A-F]{4}$"),
                }
            ],
            "version": str,
        },
        required=True,
    )(MANIFEST)
    assert AwesomeVersion(MANIFEST["version"]).valid
    assert f'version = "{MANIFEST["version"]}"' in (ROOT / "pyproject.toml").read_text()


def imported_components() -> set[str]:
    """Return which integrations of Home Assistant ours imports."""
    found = set()
    for path in INTEGRATION.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                parts = node.module.split(".")
                if parts == ["homeassistant", "components"]:
                    found |= {alias.name for alias in node.names}
                elif parts[:2] == ["homeassistant", "components"]:
                    found.add(parts[2])
    # A file of ours by that name declares it, as Home Assistant sees it.
    return {name for name in found if not (INTEGRATION / f"{name}.py").exists()}


def test_dependencies_are_declared() -> None:
    declared = {
        *MANIFEST.get("dependencies", ()),
        *MANIFEST.get("after_dependencies", ()),
        *(platform.value for platform in Platform),
    }
    assert imported_components() <= declared


def packages(lines: Iterable[str]) -> set[str]:
    """Return the names of the packages in requirement lines."""
    return {re.split(r"[<>=\[ ]", line, maxsplit=1)[0].lower() for line in lines}


def test_imports_are_required() -> None:
    """What is imported comes with Home Assistant or stands in the manifest."""
    with_home_assistant = {
        "aiohttp",
        "cryptography",
        "homeassistant",
        "voluptuous",
    }
    found = set()
    for path in INTEGRATION.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add((node.module or "").split(".")[0])
    outside = found - sys.stdlib_module_names - with_home_assistant
    assert outside <= packages(MANIFEST["requirements"])


async def test_home_assistant_reads_the_manifest(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, DOMAIN)
    assert integration.config_flow
    assert integration.version == MANIFEST["version"]
    assert integration.has_translations


def test_hacs() -> None:
    hacs = json.loads((ROOT / "hacs.json").read_text())
    vol.Schema(
        {
            vol.Required("name"): "PanelSync",
            vol.Optional("homeassistant"): vol.Match(r"^\d{4}\.\d{1,2}\.\d(b0)?$"),
        }
    )(hacs)
    assert sorted(path.name for path in INTEGRATION.parent.iterdir()) == [DOMAIN]


def png_size(path: Path) -> tuple[int, int]:
    """Return width and height from a PNG's header."""
    header = path.read_bytes()[:24]
    assert header.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(header[16:20]), int.from_bytes(header[20:24])


@pytest.mark.parametrize("prefix", ["", "dark_"])
@pytest.mark.parametrize(("name", "size"), [("icon", (256, 256)), ("logo", (960, 256))])
def test_brand(prefix: str, name: str, size: tuple[int, int]) -> None:
    brand = INTEGRATION / "brand"
    assert png_size(brand / f"{prefix}{name}.png") == size
    double = png_size(brand / f"{prefix}{name}@2x.png")
    assert double == (2 * size[0], 2 * size[1])
    assert (ROOT / "docs" / "brand" / f"{prefix}{name}.svg").exists()

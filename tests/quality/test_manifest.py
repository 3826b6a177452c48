"""The manifest and what it promises, as Home Assistant's own checks want them.

The rules are those of `manifest`, `requirements`, `dependencies`, `usb` and `config_flow`
in Home Assistant's hassfest.
"""

import ast
from collections.abc import Iterable
from importlib.metadata import distribution
import inspect
import json
from pathlib import Path
import re
import sys
from typing import Any

import aiohttp
from awesomeversion import AwesomeVersion
import homeassistant
from homeassistant import components
from homeassistant.const import Platform
from homeassistant.util.yaml import load_yaml_dict
from packaging.requirements import Requirement
import pytest
import voluptuous as vol

from custom_components.panelsync.client import RemoteService

from .tree import INTEGRATION, ROOT, whole_tree

DOMAIN = "panelsync"
MANIFEST: dict[str, Any] = whole_tree().data(f"{INTEGRATION}/manifest.json")
# What must not be installed beside a running Home Assistant.
FORBIDDEN = {
    "async-timeout",
    "codecov",
    "pyserial",
    "pyserial-asyncio",
    "pyserial-asyncio-fast",
    "pytest",
    "setuptools",
    "wheel",
}
WITH_HOME_ASSISTANT = {"aiohttp", "cryptography", "homeassistant", "jwt", "voluptuous"}


def requirement(text: str) -> str:
    """Return a requirement where it is one: name, comparison, no spaces."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+(==|>=|~=)[0-9.]+(,<[0-9.]+)?", text):
        raise vol.Invalid(f"{text} is no requirement")
    return text


SCHEMA = vol.Schema(
    {
        "domain": DOMAIN,
        "name": "PanelSync",
        vol.Optional("after_dependencies"): [str],
        "codeowners": vol.All([vol.Match(r"^@[\w/-]+$")], vol.Length(min=1)),
        "config_flow": True,
        vol.Optional("dependencies"): [str],
        "documentation": vol.Match(
            r"^https://(?!(www\.)?home-assistant\.io/integrations)"
        ),
        "integration_type": vol.In(
            ["device", "entity", "hardware", "helper", "hub", "service", "system"]
        ),
        "iot_class": vol.In(
            [
                "assumed_state",
                "calculated",
                "cloud_polling",
                "cloud_push",
                "local_polling",
                "local_push",
            ]
        ),
        "issue_tracker": vol.Match(r"^https://"),
        "requirements": [requirement],
        # Numbers in upper case, descriptions in lower case: so they are compared.
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
)


def packages(lines: Iterable[str]) -> set[str]:
    """Return the names of the packages in requirement lines."""
    return {re.split(r"[<>=~\[ ]", line, maxsplit=1)[0].lower() for line in lines}


def test_the_manifest() -> None:
    SCHEMA(MANIFEST)
    assert INTEGRATION.endswith(f"/{MANIFEST['domain']}")
    keys = list(MANIFEST)
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])


@pytest.mark.parametrize(
    "spoilt",
    [
        {"surprise": 1},
        {"documentation": "https://www.home-assistant.io/integrations/panelsync"},
        {"documentation": "http://example.com"},
        {"iot_class": "cloud"},
        {"integration_type": "account"},
        {"requirements": ["serialx >= 1.11"]},
        {"codeowners": []},
        {"usb": [{"description": "*AD2USB*", "pid": "6001", "vid": "0403"}]},
        {"usb": [{"description": "*ad2usb*", "pid": "6001", "vid": "04d8"}]},
    ],
)
def test_a_spoilt_manifest_is_refused(spoilt: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        SCHEMA(MANIFEST | spoilt)


def test_the_version_is_the_projects() -> None:
    assert AwesomeVersion(MANIFEST["version"]).valid
    assert f'version = "{MANIFEST["version"]}"' in whole_tree().text("pyproject.toml")


def test_no_integration_of_home_assistant_has_this_name() -> None:
    (core,) = components.__path__
    assert (Path(core) / "totalconnect").is_dir()
    assert not (Path(core) / DOMAIN).exists()


def test_every_json_file_is_valid_and_says_nothing_twice() -> None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), keys
        return dict(pairs)

    paths = [*whole_tree().paths(INTEGRATION, ".json"), "hacs.json"]
    assert len(paths) > 7
    for path in paths:
        json.loads(whole_tree().text(path), object_pairs_hook=once)


def test_no_yaml_file_says_anything_twice(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Home Assistant takes the last one, and only its log tells of the others."""
    (tmp_path / "twice.yaml").write_text("a: 1\na: 2\n")
    assert load_yaml_dict(str(tmp_path / "twice.yaml")) == {"a": 2}
    assert "duplicate key" in caplog.text
    caplog.clear()
    paths = [
        path
        for folder in (INTEGRATION, "blueprints")
        for path in whole_tree().paths(folder, ".yaml")
    ]
    assert len(paths) > 10
    for path in paths:
        assert load_yaml_dict(str(ROOT / path))
    assert "duplicate key" not in caplog.text


# --- libraries -----------------------------------------------------------------


def imported_names() -> set[str]:
    """Return the packages that the integration imports."""
    found = set()
    for _, module in whole_tree().modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add((node.module or "").split(".")[0])
    return found


def of_home_assistant(integration: str) -> dict[str, Any]:
    """Return the manifest of one of Home Assistant's integrations."""
    (core,) = components.__path__
    return dict(json.loads((Path(core) / integration / "manifest.json").read_text()))


def test_what_is_imported_is_required() -> None:
    """It comes with Home Assistant or stands in the manifest, and nothing else does."""
    outside = imported_names() - sys.stdlib_module_names - WITH_HOME_ASSISTANT
    brought = {
        name.replace("-", "_")
        for integration in (*MANIFEST["dependencies"], *MANIFEST["after_dependencies"])
        for name in packages(of_home_assistant(integration).get("requirements", ()))
    }
    assert outside - brought == packages(MANIFEST["requirements"]) - brought


@pytest.mark.parametrize("name", sorted(packages(MANIFEST["requirements"])))
def test_a_library_does_no_harm(name: str) -> None:
    """It is allowed, and puts nothing beside itself into the place of all libraries."""
    assert name not in FORBIDDEN
    found = distribution(name)
    needed = [Requirement(line) for line in found.requires or ()]
    with_it = {
        one.name.lower()
        for one in needed
        if one.marker is None or one.marker.evaluate({"extra": ""})
    }
    assert not with_it & FORBIDDEN
    places = {file.parts[0] for file in found.files or ()}
    assert places
    assert not places & {"tests", "test", "docs", "py.typed"}


def test_no_library_of_home_assistant_is_held_back() -> None:
    """Home Assistant pins some of them; an upper limit of ours would stand in its way."""
    constraints = Path(homeassistant.__file__).with_name("package_constraints.txt")
    shared = packages(constraints.read_text().splitlines())
    assert "serialx" in shared
    for line in MANIFEST["requirements"]:
        assert not packages([line]) & shared or "<" not in line, line


# --- other integrations ----------------------------------------------------------


def imported_components() -> set[str]:
    """Return which integrations of Home Assistant ours imports."""
    found = set()
    for _, module in whole_tree().modules():
        for node in ast.walk(module):
            if isinstance(node, ast.ImportFrom) and node.module:
                parts = node.module.split(".")
                if parts == ["homeassistant", "components"]:
                    found |= {alias.name for alias in node.names}
                elif parts[:2] == ["homeassistant", "components"]:
                    found.add(parts[2])
    # A file or a folder of ours by that name declares it, as Home Assistant sees it.
    return {
        name
        for name in found
        if f"{INTEGRATION}/{name}.py" not in whole_tree()
        and not whole_tree().paths(f"{INTEGRATION}/{name}")
    }


def test_dependencies_are_declared() -> None:
    declared = {
        *MANIFEST["dependencies"],
        *MANIFEST["after_dependencies"],
        *(platform.value for platform in Platform),
        # Always there, says `dependencies` of hassfest.
        "persistent_notification",
    }
    assert imported_components() <= declared
    # A list of adapters is matched by this one.
    assert "usb" in MANIFEST["dependencies"]


# --- types -------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(packages(MANIFEST["requirements"])))
def test_every_requirement_is_typed(name: str) -> None:
    """The rule `strict-typing`: each library marks its types as its own (PEP 561)."""
    files = {file.name for file in distribution(name).files or ()}
    assert "py.typed" in files


# What Home Assistant calls with an entry, in `quality_scale_validation/runtime_data` of
# hassfest; an options flow is given one as well.
CALLED_WITH_AN_ENTRY = {
    "async_get_config_entry_diagnostics",
    "async_get_device_diagnostics",
    "async_get_options_flow",
    "async_migrate_entry",
    "async_remove_config_entry_device",
    "async_remove_entry",
    "async_setup_entry",
    "async_unload_entry",
}


def test_entries_are_of_our_type() -> None:
    seen = 0
    for path, module in whole_tree().modules():
        for node in ast.walk(module):
            if (
                isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
                and node.name in CALLED_WITH_AN_ENTRY
            ):
                typed = [
                    ast.unparse(argument.annotation)
                    for argument in node.args.args
                    if argument.annotation is not None
                ]
                seen += 1
                assert any(
                    re.fullmatch(r"[A-Za-z]+ConfigEntry", name) for name in typed
                ), f"{path} {node.name}"
    assert seen > 8


def test_the_client_is_given_its_session() -> None:
    """The rule `inject-websession`: it makes none, so Home Assistant's is used."""
    made = [
        path
        for path, _ in whole_tree().modules(f"{INTEGRATION}/client")
        if "ClientSession(" in whole_tree().text(path)
    ]
    assert made == []
    taken = inspect.signature(RemoteService).parameters["session"].annotation
    assert taken is aiohttp.ClientSession

"""The manifest and what it promises, as Home Assistant's own checks want them.

The rules are those of `manifest`, `requirements`, `dependencies`, `usb` and `config_flow`
in Home Assistant's hassfest.
"""

import annotationlib
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.metadata import distribution
import json
from pathlib import Path
import re
import sys
from types import UnionType
from typing import Any, get_args, get_origin

from awesomeversion import AwesomeVersion
import homeassistant
from homeassistant import components
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.util.yaml import load_yaml_dict
from packaging.requirements import Requirement
import pytest
import voluptuous as vol

from tests.architecture.rooms import all_imports, modules

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


@pytest.mark.shows("config-flow", "integration-owner")
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


def imported() -> set[str]:
    """Return everything that the integration imports, in full names."""
    ours = [name for name in modules() if name.startswith("custom_components.")]
    assert len(ours) > 100
    return {whole for name in ours for whole in all_imports(name)}


def of_home_assistant(integration: str) -> dict[str, Any]:
    """Return the manifest of one of Home Assistant's integrations."""
    (core,) = components.__path__
    return dict(json.loads((Path(core) / integration / "manifest.json").read_text()))


def test_what_is_imported_is_required() -> None:
    """It comes with Home Assistant or stands in the manifest, and nothing else does."""
    names = {whole.partition(".")[0] for whole in imported()} - {"custom_components"}
    outside = names - sys.stdlib_module_names - WITH_HOME_ASSISTANT
    brought = {
        name.replace("-", "_")
        for integration in (*MANIFEST["dependencies"], *MANIFEST["after_dependencies"])
        for name in packages(of_home_assistant(integration).get("requirements", ()))
    }
    assert outside - brought == packages(MANIFEST["requirements"]) - brought


@pytest.mark.shows("async-dependency", "strict-typing")
@pytest.mark.parametrize("name", sorted(packages(MANIFEST["requirements"])))
def test_a_library_does_no_harm(name: str) -> None:
    """It is allowed and typed (PEP 561), and puts nothing but itself among all libraries."""
    assert name not in FORBIDDEN
    found = distribution(name)
    needed = [Requirement(line) for line in found.requires or ()]
    with_it = {
        other.name.lower()
        for other in needed
        if other.marker is None or other.marker.evaluate({"extra": ""})
    }
    assert not with_it & FORBIDDEN
    assert "py.typed" in {file.name for file in found.files or ()}
    places = {file.parts[0] for file in found.files or ()}
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
    prefix = "homeassistant.components."
    found = {
        whole.removeprefix(prefix).partition(".")[0]
        for whole in imported()
        if whole.startswith(prefix)
    }
    # A file or a folder of ours by that name declares it, as Home Assistant sees it.
    ours = {name.removeprefix(f"custom_components.{DOMAIN}.") for name in modules()}
    return found - ours


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


def hooks() -> Iterator[tuple[str, Any]]:
    """Yield what Home Assistant calls with an entry, in every module and class of ours."""
    for name in modules():
        if not name.startswith("custom_components."):
            continue
        module = import_module(name)
        for owner in (module, *vars(module).values()):
            if owner is module or isinstance(owner, type):
                for hook in CALLED_WITH_AN_ENTRY & set(vars(owner)):
                    if (called := getattr(owner, hook)).__module__ == name:
                        yield f"{name} {hook}", called


def keeps_something(kind: Any) -> bool:
    """Return whether a type is an entry that says what it keeps, or some such entries."""
    kind = getattr(kind, "__value__", kind)
    if isinstance(kind, UnionType):
        return all(map(keeps_something, get_args(kind)))
    return get_origin(kind) is ConfigEntry


@pytest.mark.shows("runtime-data", "strict-typing")
def test_entries_are_of_our_type() -> None:
    found = {
        name: any(map(keeps_something, annotationlib.get_annotations(hook).values()))
        for name, hook in hooks()
    }
    assert len(found) > 8
    assert [name for name, typed in found.items() if not typed] == []


def test_an_entry_of_any_type_is_noticed() -> None:
    assert keeps_something(ConfigEntry[int])
    assert keeps_something(ConfigEntry[int] | ConfigEntry[str])
    assert not keeps_something(ConfigEntry)
    assert not keeps_something(ConfigEntry[int] | None)

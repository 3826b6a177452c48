"""The repository as HACS wants it, and its workflows."""

import stat
from typing import Any

import pytest
import voluptuous as vol

from .tree import INTEGRATION, ROOT, whole_tree

MANIFEST: dict[str, Any] = whole_tree().data(f"{INTEGRATION}/manifest.json")
HACS: dict[str, Any] = whole_tree().data("hacs.json")
WORKFLOWS = whole_tree().paths(".github/workflows")

HACS_SCHEMA = vol.Schema(
    {
        vol.Required("name"): str,
        vol.Optional("content_in_root"): bool,
        vol.Optional("country"): vol.Any(str, [str]),
        vol.Optional("filename"): str,
        vol.Optional("hide_default_branch"): bool,
        vol.Optional("hacs"): str,
        vol.Optional("homeassistant"): vol.Match(r"^\d{4}\.\d{1,2}\.\d+(b\d+)?$"),
        vol.Optional("persistent_directory"): str,
        vol.Optional("render_readme"): bool,
        vol.Optional("zip_release"): bool,
    }
)


def test_hacs_knows_the_repository() -> None:
    HACS_SCHEMA(HACS)
    assert HACS["name"] == MANIFEST["name"]
    assert "filename" in HACS or not HACS.get("zip_release")
    with pytest.raises(vol.Invalid):
        HACS_SCHEMA(HACS | {"surprise": True})


def test_the_oldest_home_assistant_is_the_same_everywhere() -> None:
    year, month, _ = HACS["homeassistant"].split(".")
    assert f"Home Assistant {year}.{month} or later" in whole_tree().text("README.md")


def test_one_integration_in_the_repository() -> None:
    found = [path.name for path in (ROOT / "custom_components").iterdir()]
    assert found == [MANIFEST["domain"]]


def test_hacs_finds_what_it_shows() -> None:
    assert f"{INTEGRATION}/brand/icon.png" in whole_tree()
    assert whole_tree().text("README.md").startswith(f"# {MANIFEST['name']}\n")


def test_the_licence_is_one_that_is_recognised() -> None:
    """GitHub recognises the whole text of it, HACS asks for one that OSI approved."""
    text = whole_tree().text("LICENSE")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert 'license = "Apache-2.0"' in whole_tree().text("pyproject.toml")


# --- workflows -----------------------------------------------------------------

STEP = vol.Schema(
    vol.Any(
        {
            vol.Required("uses"): vol.Match(r"^[\w.-]+/[\w./-]+@[\w.-]+$"),
            vol.Optional("if"): str,
            vol.Optional("name"): str,
            vol.Optional("with"): dict,
        },
        {vol.Required("run"): str, vol.Optional("name"): str},
    )
)
WORKFLOW = vol.Schema(
    {
        "name": str,
        # What YAML reads for the word "on".
        True: {
            vol.Required("push"): dict,
            vol.Required("pull_request"): vol.Any(None, dict),
            vol.Optional("schedule"): [{"cron": str}],
        },
        "permissions": {"contents": "read"},
        "jobs": {
            str: {
                vol.Required("name"): str,
                vol.Required("runs-on"): "ubuntu-latest",
                vol.Optional("timeout-minutes"): int,
                vol.Required("steps"): [STEP],
            }
        },
    },
    required=True,
)


@pytest.mark.parametrize("path", WORKFLOWS)
def test_a_workflow_is_valid_and_runs_what_is_there(path: str) -> None:
    workflow = WORKFLOW(whole_tree().data(path))
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            if "run" in step:
                command = ROOT / step["run"].split()[0]
                assert command.stat().st_mode & stat.S_IXUSR, step


def test_hacs_and_hassfest_look_without_exceptions() -> None:
    used = {
        step["uses"].partition("@")[0]: step.get("with", {})
        for path in WORKFLOWS
        for job in whole_tree().data(path)["jobs"].values()
        for step in job["steps"]
        if "uses" in step
    }
    assert used["home-assistant/actions/hassfest"] == {}
    assert used["hacs/action"] == {"category": "integration"}


@pytest.mark.shows("config-flow-test-coverage")
def test_the_flows_are_tested_whole() -> None:
    """The rule `config-flow-test-coverage`."""
    script = whole_tree().text("scripts/test")
    assert "--fail-under=100" in script
    assert f"{INTEGRATION}/config_flow.py,{INTEGRATION}/flows/*.py" in script

"""The pages name everything that a person sees, chooses or calls."""

from collections.abc import Iterator
import re
from typing import Any

import pytest

from .tree import INTEGRATION, whole_tree

TEXTS: dict[str, Any] = whole_tree().data(f"{INTEGRATION}/translations/en.json")
README = whole_tree().text("README.md")


@pytest.mark.shows("docs-actions", "docs-conditions", "docs-triggers")
@pytest.mark.parametrize(
    ("section", "page"),
    [
        ("services", "docs/actions.md"),
        ("triggers", "docs/automations.md"),
        ("conditions", "docs/automations.md"),
    ],
)
def test_what_is_offered_is_documented(section: str, page: str) -> None:
    assert f"({page})" in README
    text = whole_tree().text(page)
    offered = whole_tree().data(f"{INTEGRATION}/{section}.yaml")
    for key, told in offered.items():
        assert f"`panelsync.{key}`" in text, key
        for field in told.get("fields", ()):
            assert f"`{field}`" in text, f"{key} {field}"


def labels(flow: str) -> Iterator[str]:
    """Yield what the fields of a flow are called."""
    for step in TEXTS[flow]["step"].values():
        for form in (step, *step.get("sections", {}).values()):
            yield from form.get("data", {}).values()


@pytest.mark.shows("docs-configuration-parameters", "docs-installation-parameters")
@pytest.mark.parametrize("flow", ["config", "options"])
def test_every_field_is_documented(flow: str) -> None:
    first = [row.split("|")[1] for row in README.splitlines() if row.startswith("|")]
    named = {part.strip() for cell in first for part in cell.split(",")}
    assert set(labels(flow)) <= named


@pytest.mark.shows("docs-supported-functions")
def test_every_entity_is_documented() -> None:
    names = [
        told["name"] for keys in TEXTS["entity"].values() for told in keys.values()
    ]
    assert [name for name in names if name not in README] == []


@pytest.mark.shows("dependency-transparency")
def test_each_library_is_explained() -> None:
    page = whole_tree().text("docs/dependencies.md")
    rows = [row for row in page.splitlines() if row.startswith("|")]
    for line in whole_tree().data(f"{INTEGRATION}/manifest.json")["requirements"]:
        name = re.split(r"[<>=~]", line)[0]
        [row] = [row for row in rows if row.startswith(f"| {name} |")]
        assert "licence" in row, name

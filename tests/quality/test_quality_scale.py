"""Each rule of the quality scale that is called done is shown by what `ledger.py` names."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
import re
from typing import Any

import pytest

from .ledger import TIERS
from .tree import INTEGRATION, ROOT, whole_tree

# How many rules Home Assistant has in each tier (2026.10).
SIZES = {"Bronze": 20, "Silver": 10, "Gold": 21, "Platinum": 3}
LEDGER = {rule: shown for rules in TIERS.values() for rule, shown in rules.items()}


@cache
def asserting_tests() -> frozenset[str]:
    """Return the names of all tests that can fail."""
    return frozenset(
        node.name
        for path in Path(ROOT, "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and any(
            isinstance(each, ast.Assert)
            or (isinstance(each, ast.Attribute) and each.attr == "raises")
            for each in ast.walk(node)
        )
    )


def section(page: str, heading: str) -> str:
    """Return what stands below a heading of a page; all of it where none is named."""
    if not heading:
        return page
    pattern = rf"^(#+) {re.escape(heading)}\n(.*?)(?=^#|\Z)"
    found = re.search(pattern, page, re.MULTILINE | re.DOTALL)
    return found[2] if found else ""


def missing(shown: str, tests: frozenset[str], pages: Mapping[str, str]) -> bool:
    """Tell whether what should show a rule is not there."""
    page, _, heading = shown.partition("#")
    if page.endswith(".md"):
        return len(section(pages.get(page, ""), heading).split()) < 20
    return shown not in tests


def rules() -> dict[str, Any]:
    """Return what we say of each rule."""
    return dict(whole_tree().data(f"{INTEGRATION}/quality_scale.yaml")["rules"])


def test_every_rule_has_evidence_or_an_excuse() -> None:
    done: set[str] = set()
    for rule, told in rules().items():
        status = told if isinstance(told, str) else told["status"]
        if not isinstance(told, str):
            assert set(told) == {"status", "comment"}, rule
            assert told["comment"].strip(), rule
        assert status == "done" or isinstance(told, dict), rule
        assert status in ("done", "exempt", "todo"), rule
        if status == "done":
            done.add(rule)
    assert done == {rule for rule, shown in LEDGER.items() if shown}
    assert set(rules()) == set(LEDGER)


def test_the_rules_stand_in_their_tiers() -> None:
    assert {tier: len(shown) for tier, shown in TIERS.items()} == SIZES
    assert list(rules()) == [rule for tier in TIERS.values() for rule in sorted(tier)]


@pytest.mark.parametrize("rule", LEDGER)
def test_what_shows_it_is_there(rule: str) -> None:
    named = {shown.partition("#")[0] for shown in LEDGER[rule]}
    pages = {page: whole_tree().text(page) for page in named}
    assert [one for one in LEDGER[rule] if missing(one, asserting_tests(), pages)] == []


def test_what_is_not_there_is_noticed() -> None:
    pages = {"README.md": "# A\n\n## Removal\n\n## Other\n\n" + "word " * 30}
    assert missing("test_nothing", frozenset({"test_other"}), pages)
    assert missing("README.md#Removal", frozenset(), pages)
    assert missing("none.md", frozenset(), pages)
    assert not missing("README.md#Other", frozenset(), pages)
    assert not missing("test_other", frozenset({"test_other"}), pages)

"""Each rule of the quality scale that is called done is shown by what `ledger.py` names.

Whether tests show it is known when all of them have passed: `tests/whole_suite.py`.
"""

from collections.abc import Mapping
import re
from typing import Any

import pytest

from .ledger import LEDGER, TESTS, TIERS, unshown
from .tree import INTEGRATION, whole_tree

# How many rules Home Assistant has in each tier (2026.10).
SIZES = {"Bronze": 20, "Silver": 10, "Gold": 21, "Platinum": 3}


def section(page: str, heading: str) -> str:
    """Return what stands below a heading of a page; all of it where none is named."""
    if not heading:
        return page
    pattern = rf"^(#+) {re.escape(heading)}\n(.*?)(?=^#|\Z)"
    found = re.search(pattern, page, re.MULTILINE | re.DOTALL)
    return found[2] if found else ""


def missing(shown: str, pages: Mapping[str, str]) -> bool:
    """Return whether a page does not say what should show a rule."""
    page, _, heading = shown.partition("#")
    return len(section(pages.get(page, ""), heading).split()) < 20


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
    named = set(LEDGER[rule]) - {TESTS}
    paths = {shown.partition("#")[0] for shown in named}
    pages = {path: whole_tree().text(path) for path in paths}
    assert [shown for shown in sorted(named) if missing(shown, pages)] == []


def test_what_is_not_there_is_noticed() -> None:
    pages = {"README.md": "# A\n\n## Removal\n\n## Other\n\n" + "word " * 30}
    assert missing("README.md#Removal", pages)
    assert missing("none.md", pages)
    assert not missing("README.md#Other", pages)
    shown = {rule for rule in LEDGER if TESTS in LEDGER[rule]}
    assert unshown(shown) == []
    assert unshown(shown - {"brands"}) == ["brands"]


def test_tests_show_rules_that_there_are(request: pytest.FixtureRequest) -> None:
    marked = {
        rule
        for item in request.session.items
        for mark in item.iter_markers("shows")
        for rule in mark.args
    }
    assert {rule for rule in marked if TESTS not in LEDGER.get(rule, ())} == set()

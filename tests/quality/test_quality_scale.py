"""Each rule of the quality scale that is called done is seen in the tree.

What shows a rule is listed in `bronze.py`, `silver.py`, `gold.py` and `platinum.py`.
Nothing is believed that could not fail: each piece of evidence is taken away in turn,
and its check must notice.
"""

from typing import Any

import pytest

from .bronze import BRONZE
from .evidence import Evidence
from .gold import GOLD
from .platinum import PLATINUM
from .silver import SILVER
from .tree import INTEGRATION, whole_tree

TIERS = {"Bronze": BRONZE, "Silver": SILVER, "Gold": GOLD, "Platinum": PLATINUM}
EVIDENCE = {rule: shown for tier in TIERS.values() for rule, shown in tier.items()}
# How many rules Home Assistant has in each tier (2026.10).
SIZES = {"Bronze": 20, "Silver": 10, "Gold": 21, "Platinum": 3}
PIECES = [
    pytest.param(piece, id=f"{rule}: {piece.name}")
    for rule, shown in EVIDENCE.items()
    for piece in shown
]


def rules() -> dict[str, Any]:
    """Return what we say of each rule."""
    told: dict[str, Any] = whole_tree().data(f"{INTEGRATION}/quality_scale.yaml")
    return dict(told["rules"])


def test_every_rule_has_evidence_or_an_excuse() -> None:
    done: set[str] = set()
    exempt: set[str] = set()
    for rule, told in rules().items():
        status = told if isinstance(told, str) else told["status"]
        assert status in ("done", "exempt"), rule
        if not isinstance(told, str):
            assert set(told) == {"status", "comment"}, rule
            assert told["comment"].strip(), rule
        assert status == "done" or isinstance(told, dict), rule
        (done if status == "done" else exempt).add(rule)
    assert done == {rule for rule, shown in EVIDENCE.items() if shown}
    assert len(done | exempt) == sum(SIZES.values()) == 54


def test_the_rules_stand_in_their_tiers() -> None:
    assert {tier: len(shown) for tier, shown in TIERS.items()} == SIZES
    assert list(rules()) == [rule for tier in TIERS.values() for rule in sorted(tier)]


@pytest.mark.parametrize("piece", PIECES)
def test_the_evidence_is_there(piece: Evidence) -> None:
    assert piece.holds(whole_tree())


@pytest.mark.parametrize("piece", PIECES)
def test_it_is_noticed_when_it_is_gone(piece: Evidence) -> None:
    assert not piece.holds(piece.without(whole_tree()))

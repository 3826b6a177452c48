"""The simulator's README names all that there is to play with."""

from pathlib import Path
import re

import pytest

from simulator.control import local, locations, stand_in
from simulator.options import PROFILES
from simulator.panels.face import TROUBLES
from simulator.service.hidden import PURPOSES
from simulator.website.copies import SHAPES
from simulator.website.har import BROWSERS

ROOT = Path(__file__).parents[2] / "simulator"
NAMED = set(re.findall(r"[\w/-]+", (ROOT / "README.md").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(locations.VERBS, id="verbs at a location"),
        pytest.param(local.VERBS, id="verbs at a panel"),
        pytest.param(
            {name.rpartition("/")[2] for name in stand_in.VERBS}, id="verbs of all"
        ),
        pytest.param(PROFILES, id="profiles"),
        pytest.param(TROUBLES, id="troubles"),
        pytest.param((*PURPOSES, *SHAPES, *BROWSERS), id="recording"),
        pytest.param(
            {f"{path.parent.name}/" for path in ROOT.glob("*/__init__.py")}, id="rooms"
        ),
    ],
)
def test_all_is_named(names: set[str]) -> None:
    """Whoever reads it finds everything, under its name."""
    words = NAMED | {part for name in NAMED for part in name.split("/")}
    assert {name for name in names if name not in words} == set()

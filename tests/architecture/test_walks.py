"""The walks of docs/architecture.md#walks lead through files that are there."""

import re

import pytest

from .rooms import PACKAGES, ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text()
WALKS = {
    name: re.findall(r"^\| ([\w/]+\.py) \| (.+) \|$", text, re.MULTILINE)
    for name, text in re.findall(
        r"^### (.+)\n((?:(?!^#).*\n)+)", PAGE.partition("\n## Walks\n")[2], re.MULTILINE
    )
}


def test_each_of_the_five_is_walked() -> None:
    assert list(WALKS) == [
        "A press",
        "A poll",
        "A keypad line",
        "A repair",
        "A sentence",
    ]


@pytest.mark.parametrize("walk", WALKS)
def test_a_walk_is_short_and_true(walk: str) -> None:
    """At most 12 files, each once, and each name in its file."""
    steps = WALKS[walk]
    assert 4 < len(steps) <= 12
    assert len({file for file, _ in steps}) == len(steps)
    for file, what in steps:
        source = (PACKAGES["panelsync"] / file).read_text()
        for name in re.findall(r"`(\w+)`", what):
            assert re.search(rf"\b{name}\b", source), f"{file}: {name}"

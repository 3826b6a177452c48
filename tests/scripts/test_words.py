"""The words a walk looks for."""

import pytest

from scripts.demo_tool.words import Words


def test_a_text_is_filled_in() -> None:
    text = Words("de").ours("issues.sync_required.title", location="Mill House")
    assert "Mill House" in text
    assert "{" not in text


@pytest.mark.parametrize(("paragraph", "marked"), [(0, False), (1, True)])
def test_one_paragraph_is_looked_for_as_it_is_shown(
    paragraph: int, marked: bool
) -> None:
    text = Words("en").ours("config.step.codes.description", paragraph, location="X")
    assert "\n" not in text
    assert "**" not in text
    assert ("duress" in text) is marked


def test_an_unknown_text_is_an_error() -> None:
    with pytest.raises(KeyError):
        Words("en").ours("config.step.nothing.title")

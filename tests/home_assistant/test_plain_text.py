"""Foreign texts at the door out: they read the same and mean nothing to Markdown."""

import pytest

from custom_components.panelsync.plain_text import plain


@pytest.mark.parametrize(
    ("text", "start"), [("1. first", "1."), ("2) second", "2)"), ("# title", "#")]
)
def test_a_beginning_is_no_list_and_no_heading(text: str, start: str) -> None:
    assert not plain(text).startswith(start)
    assert plain(text).endswith(text.split(" ")[1])


def test_a_number_within_a_line_stays() -> None:
    assert plain("Door 1 open") == "Door 1 open"

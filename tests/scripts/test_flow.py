"""Filling in PanelSync's forms as Home Assistant's REST interface describes them."""

from typing import Any

import pytest

from scripts.demo_tool.flow import fill
from scripts.demo_tool.processes import DemoError

KNOWN = {"username": "dana", "password": "x", "web_url": "http://a", "user_code": "1"}


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ([], {}),
        (
            [
                {"name": "username", "required": True},
                {"name": "password", "required": True},
                {
                    "name": "advanced",
                    "type": "expandable",
                    "required": True,
                    "schema": [
                        {"name": "web_url", "required": True, "default": "https://b"},
                        {"name": "other", "optional": True},
                    ],
                },
            ],
            {
                "username": "dana",
                "password": "x",
                "advanced": {"web_url": "http://a"},
            },
        ),
        ([{"name": "way", "required": True, "default": "known"}], {"way": "known"}),
        ([{"name": "user_code", "optional": True}], {"user_code": "1"}),
    ],
)
def test_fill(schema: list[dict[str, Any]], values: dict[str, Any]) -> None:
    assert fill(schema, KNOWN) == values


def test_a_required_field_nobody_knows_is_named() -> None:
    with pytest.raises(DemoError, match="'colour'"):
        fill([{"name": "colour", "required": True}], KNOWN)

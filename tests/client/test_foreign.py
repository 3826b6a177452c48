"""The door through which values from outside become ours."""

import json
import unicodedata

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.foreign import (
    LONGEST_NAME,
    LONGEST_TEXT,
    clean_name,
    clean_text,
    identifier,
    integer,
    number,
    positive,
)

ANYTHING = st.text(st.characters(codec=None), max_size=700)


@pytest.mark.kind("texts")
@given(ANYTHING)
def test_every_text_can_be_shown_and_saved(value: str) -> None:
    """One line, short, and no sign that changes how others are read."""
    for found, longest in (
        (clean_text(value), LONGEST_TEXT),
        (clean_name(value), LONGEST_NAME),
    ):
        assert found is not None
        assert len(found) <= longest
        assert found == " ".join(found.split())
        found.encode()
        assert json.loads(json.dumps(found)) == found
        assert not {unicodedata.category(sign) for sign in found} & {
            "Cs",
            "Cc",
            "Cf",
            "Zl",
            "Zp",
        }
        # What passed once passes again.
        assert clean_text(found) == found


@pytest.mark.kind("texts")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Casa \ud83c", "Casa"),
        ("\udf89 Casa", "Casa"),
        ("Caf\u00e9 \U0001f3e0", "Caf\u00e9 \U0001f3e0"),
        ("a\u202eb\u2066c\u200dd\ufefe\ufefff", "abcdf"),
        ("Mill\r\n## House\x00\x1b[31m", "Mill ## House [31m"),
        ("Mill\u2028House\u00a0Two", "Mill House Two"),
        ("\u3164\u2800\u00ad\u034f\ufe0f", ""),
        ("\u200b" * 500 + "x", ""),
        ("x" * 30_000, "x" * 100),
        (" Kitchen   Door ", "Kitchen Door"),
        (12, "12"),
        (2**63, None),
        (1.0, None),
        (True, None),
        (None, None),
        (["a"], None),
    ],
    ids=range(16),
)
def test_names_are_cleaned(value: object, expected: str | None) -> None:
    assert clean_name(value) == expected


@pytest.mark.kind("amounts")
def test_the_work_is_bounded_by_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a text is, only its beginning is looked at."""
    looked = 0
    category = unicodedata.category

    def counted(sign: str) -> str:
        nonlocal looked
        looked += 1
        return category(sign)

    monkeypatch.setattr(unicodedata, "category", counted)
    clean_text("\u00e9" * 3_000_000)
    assert looked <= 4 * LONGEST_TEXT


@pytest.mark.kind("numbers")
@given(st.integers())
def test_integers_have_64_bits(value: int) -> None:
    """As a number, as text and as a float; beyond that they are unknown."""
    fits = -(2**63) <= value < 2**63
    assert integer(value) == (value if fits else None)
    assert integer(str(value)) == (value if fits else None)
    assert positive(value) == (value if fits and value > 0 else None)


@pytest.mark.kind("numbers")
@pytest.mark.parametrize(
    "value",
    [
        2**63,
        -(2**63) - 1,
        2**70,
        10**25,
        10**400,
        float(2**63),
        1e300,
        float("inf"),
        float("-inf"),
        float("nan"),
        "9" * 19,
        "9" * 30,
        "9" * 100_000,
        "1e3",
        "1E3",
        "0x10",
        "1_000",
        "\u0661\u0662",
        "1,000",
        "1.5",
        "NaN",
        "Infinity",
        "",
        " ",
        "- 1",
        True,
        None,
        [1],
        {},
    ],
    ids=range(29),
)
def test_what_is_no_whole_number_of_64_bits_is_unknown(value: object) -> None:
    assert integer(value) is None
    assert positive(value) is None


@pytest.mark.kind("numbers")
@given(st.floats() | st.integers() | st.text(max_size=80))
def test_numbers_are_finite(value: float | str) -> None:
    found = number(value)
    assert found is None or abs(found) < float("inf")


@pytest.mark.kind("numbers")
@pytest.mark.parametrize("value", ["inf", "1e5", "1_0", "nan", "9" * 400, 10**400])
def test_numbers_are_written_plainly(value: object) -> None:
    """Digits and one point."""
    assert number(value) is None


@pytest.mark.kind("ids")
@given(ANYTHING)
def test_an_id_is_harmless_in_a_file_name(value: str) -> None:
    """Letters, digits and hyphens alone."""
    found = identifier(value)
    if found is not None:
        assert found.isascii()
        assert found.replace("-", "").isalnum()
        assert found[0] != "-"
        assert len(found) <= 64


@pytest.mark.kind("ids")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("4400001", "4400001"),
        (4400001, "4400001"),
        (" 4400001 ", "4400001"),
        (
            "9f5d2c1e-0d9b-4c55-9f1e-5b0a2d6f7a11",
            "9f5d2c1e-0d9b-4c55-9f1e-5b0a2d6f7a11",
        ),
        ("/../../../pwn/x", None),
        ("..", None),
        ("*", None),
        ("[a-z]", None),
        ("a b", None),
        ("a\n", "a"),
        ("a\x00b", None),
        ("\u0661", None),
        ("a" * 65, None),
        ("", None),
        (0, None),
        (-5, None),
        (2**63, None),
        (True, None),
        (None, None),
    ],
)
def test_ids_match_a_narrow_pattern(value: object, expected: str | None) -> None:
    assert identifier(value) == expected

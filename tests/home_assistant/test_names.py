"""Which location a name means: a table, and what holds for any words."""

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.names import (
    filler_words,
    find,
    is_one_of,
    only_fillers,
    trimmed,
)

FILLERS = filler_words(["the", "at", "in", "la", "de", "l", "por favor"])
HOMES = {
    "mill": ["Mill House"],
    "lake": ["Lake Cabin"],
    "cabin": ["Cabin"],
    "shop": ["Dana's Shop", "the corner place"],
    "north": ["Büro Nord"],
    "west": ["Büro West"],
    "workshop": ["L'Atelier"],
    "beach": ["Casa de la Playa"],
}

CASES = [
    ("Mill House", ["mill"]),
    ("the mill house", ["mill"]),
    ("at the MILL HOUSE", ["mill"]),
    ("the millhouse", ["mill"]),
    ("mill house's", ["mill"]),
    ("the mill houses", ["mill"]),
    ("the mill", ["mill"]),
    ("the big mill house", ["mill"]),
    ("the lake cabin", ["lake"]),
    ("cabin", ["cabin"]),
    ("the old lake cabin", ["lake"]),
    ("danas shop", ["shop"]),
    ("dana\u2019s shop", ["shop"]),
    ("the corner place", ["shop"]),
    ("buro nord", ["north"]),
    ("Buero Nord", ["north"]),
    ("büro", ["north", "west"]),
    ("atelier", ["workshop"]),
    ("casa de la playa por favor", ["beach"]),
    ("playa", ["beach"]),
    ("mill house and lake cabin", ["mill", "lake"]),
    ("the hill", []),
    ("the", []),
    ("", []),
    ("?!", []),
]


@pytest.mark.parametrize(("text", "meant"), CASES)
def test_who_is_meant(text: str, meant: list[str]) -> None:
    assert find(text, HOMES, FILLERS) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("the mill house", ["mill"]),
        ("the mill", ["mill"]),
        ("the big mill house", []),
        ("mill house and lake cabin", []),
    ],
)
def test_strictly_no_other_word_may_be_said(text: str, meant: list[str]) -> None:
    assert find(text, HOMES, FILLERS, strict=True) == meant


def test_fixed_phrases_and_fillers() -> None:
    assert is_one_of("at all the houses", ["all houses"], FILLERS)
    assert not is_one_of("all the barns", ["all houses"], FILLERS)
    assert only_fillers("at the", FILLERS)
    assert not only_fillers("at the barn", FILLERS)
    assert trimmed("at the Barn in the field", FILLERS) == "Barn in the field"
    assert trimmed("at the", FILLERS) == ""


NAMES = st.text(min_size=1).filter(lambda text: any(map(str.isalnum, text)))


@given(
    st.dictionaries(st.integers(), st.lists(NAMES, min_size=1), min_size=1), st.data()
)
def test_a_whole_name_always_finds_its_own(
    homes: dict[int, list[str]], data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sorted(homes)))
    name = data.draw(st.sampled_from(homes[key]))
    for strict in (False, True):
        assert key in find(name, homes, FILLERS, strict=strict)
        assert key in find(name.upper().lower(), homes, FILLERS, strict=strict) or (
            # A few letters have no way back from upper case.
            name.upper().lower().casefold() != name.casefold()
        )


@given(st.text(), st.dictionaries(st.integers(), st.lists(st.text())))
def test_any_text_finds_each_once_at_most(
    text: str, homes: dict[int, list[str]]
) -> None:
    found = find(text, homes, FILLERS)
    assert len(found) == len(set(found))
    assert set(found) <= set(homes)
    # What is understood strictly is understood otherwise, too.
    if find(text, homes, FILLERS, strict=True):
        assert found

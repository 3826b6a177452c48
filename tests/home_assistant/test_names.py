"""Which location a name means: a table, and what holds for any words."""

import re

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.voice.matching import (
    filler_words,
    find,
    is_one_of,
    named_in_full,
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


SPANISH = filler_words(["la", "de", "del", "en", "central", "panel"])
OFFICES = {"central": ["Oficina Central"], "norte": ["Oficina Norte"]}
ENGLISH = filler_words(["the", "at", "my", "in", "panel", "system"])
BARNS = {"barn": ["Barn"], "panel": ["Barn Panel"], "system": ["The System"]}


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("text", "names", "fillers", "meant"),
    [
        ("en la oficina", OFFICES, SPANISH, ["central", "norte"]),
        ("en la oficina central", OFFICES, SPANISH, ["central"]),
        ("la oficina norte", OFFICES, SPANISH, ["norte"]),
        ("el panel de la oficina", OFFICES, SPANISH | {"el"}, ["central", "norte"]),
        ("la oficina del norte", OFFICES, SPANISH, ["norte"]),
        ("the barn", BARNS, ENGLISH, ["barn"]),
        ("at the barn panel", BARNS, ENGLISH, ["panel"]),
        ("the panel at the barn", BARNS, ENGLISH, ["barn"]),
        ("the barn system", BARNS, ENGLISH, ["barn"]),
        ("at the system", BARNS, ENGLISH, ["system"]),
    ],
)
def test_a_filler_in_a_name_is_part_of_it(
    text: str,
    names: dict[str, list[str]],
    fillers: frozenset[str],
    meant: list[str],
    *,
    strict: bool,
) -> None:
    assert find(text, names, fillers, strict=strict) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # Only a part of a name fits, and it fits another name, too.
        ("la oficina grande", ["central", "norte"]),
        ("la vieja oficina central", ["central"]),
    ],
)
def test_among_other_words_a_part_of_a_name_is_no_whole_one(
    text: str, meant: list[str]
) -> None:
    assert find(text, OFFICES, SPANISH) == meant
    assert find(text, OFFICES, SPANISH, strict=True) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("zentrale", ["hq"]),
        ("in der Zentrale", ["hq"]),
        ("die Zentrale in der Zentrale", ["hq"]),
        ("in der", []),
        ("zentrale lager", ["store"]),
        ("lager", ["store"]),
        ("das große Lager", []),
        ("überall", []),
        ("", []),
        (" ".join(["der"] * 1000), []),
    ],
)
def test_named_in_full(text: str, meant: list[str]) -> None:
    german = filler_words(["in", "der", "die", "das", "Zentrale"])
    names = {"hq": ["Zentrale"], "store": ["Lager", ""]}
    assert named_in_full(text, names, german) == meant


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


WORDS = st.sampled_from(["mill", "lake", "house", "barn", *sorted(ENGLISH)])


def said(words: list[str]) -> str:
    return " ".join(words)


def is_in_full(text: str, name: str) -> bool:
    """Return whether a text is a name with nothing but fillers around it."""
    filler = f"(?:{'|'.join(ENGLISH)})"
    return bool(re.fullmatch(f"(?:{filler} )*{name}(?: {filler})*", text))


@given(
    text=st.lists(WORDS, min_size=1, max_size=4).map(said),
    homes=st.dictionaries(
        st.integers(0, 9), st.lists(WORDS, min_size=1, max_size=3).map(said), min_size=2
    ),
    strict=st.booleans(),
)
def test_whoever_fits_as_well_is_found_as_well(
    text: str, homes: dict[int, str], *, strict: bool
) -> None:
    found = find(
        text, {key: [name] for key, name in homes.items()}, ENGLISH, strict=strict
    )
    in_full = {key for key, name in homes.items() if is_in_full(text, name)}
    counting = set(text.split()) - ENGLISH
    if in_full:
        # A longer name hides a shorter one, and nothing else does.
        longest = max(len(homes[key].split()) for key in in_full)
        assert set(found) == {
            key for key in in_full if len(homes[key].split()) == longest
        }
    elif counting:
        fitting = {key for key, name in homes.items() if counting <= set(name.split())}
        assert fitting <= set(found)
        assert not fitting or fitting == set(found)

"""The one door through which texts, numbers and ids from outside become ours.

A service or a panel is hostile until its values passed here: whatever does not is None,
and what passed can be shown, stored, compared and counted without harm. Pure.

See docs/architecture.md#input-from-outside.
"""

import math
import re
from typing import Final
import unicodedata

LONGEST_NAME: Final = 100
LONGEST_TEXT: Final = 500

_LARGEST: Final = 2**63 - 1
# More digits than 64 bits have, with room for leading zeros.
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,30}(?:\.0+)?", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?", re.ASCII)
# An id is part of file names and addresses.
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}", re.ASCII)
_LONGEST_NUMBER: Final = 64

# Lone surrogates cannot be saved, control and format characters change how what stands around
# them is read; private and unassigned characters show nothing.
_UNREADABLE: Final = frozenset({"Cs", "Cf", "Co", "Cn"})
_BLANK: Final = frozenset({"Cc", "Zs", "Zl", "Zp"})
# Though Unicode counts them as letters, marks or symbols.
INVISIBLE: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
)


def clean_text(value: object, longest: int = LONGEST_TEXT) -> str | None:
    """Return a text of one line with single spaces, `longest` characters at most.

    No lone surrogate, control, bidirectional or zero-width character is left. A whole number
    becomes text; all else is None.
    """
    if not isinstance(value, str):
        number_sent = None if isinstance(value, float) else integer(value)
        return None if number_sent is None else str(number_sent)
    # Cut before anything works on it, with room for what falls away.
    text = value[: 4 * longest]
    # Most texts are plain: no character of theirs falls away.
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_cleaned, text))
    return " ".join(text.split())[:longest].rstrip()


def clean_name(value: object) -> str | None:
    """Return the name of a person, a place or a thing: a short text."""
    return clean_text(value, LONGEST_NAME)


def _cleaned(character: str) -> str:
    if " " <= character <= "~":
        return character
    category = unicodedata.category(character)
    if category in _BLANK:
        return " "
    hidden = (
        category in _UNREADABLE
        or character in INVISIBLE
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )
    return "" if hidden else character


def integer(value: object) -> int | None:
    """Return a whole number of 64 bits, also from text; None for all else.

    What is larger can be neither stored nor counted with.
    """
    match value:
        case bool():
            return None
        case int():
            found = value
        case float() if math.isfinite(value) and value.is_integer():
            found = int(value)
        case str() if len(value) <= _LONGEST_NUMBER and _INTEGER.fullmatch(
            value.strip()
        ):
            found = int(value.strip().partition(".")[0])
        case _:
            return None
    return found if -_LARGEST - 1 <= found <= _LARGEST else None


def number(value: object) -> float | None:
    """Return a finite number, also from text; None for all else."""
    if isinstance(value, str):
        digits = value.strip() if len(value) <= _LONGEST_NUMBER else ""
        return float(digits) if _NUMBER.fullmatch(digits) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if math.isfinite(result) else None


def positive(value: object) -> int | None:
    """Return an id that is a number: positive, of 64 bits; None for all else."""
    found = integer(value)
    return found if found is not None and found > 0 else None


def identifier(value: object) -> str | None:
    """Return an id as text: letters, digits and hyphens, 64 at most; None for all else.

    Nothing else may become part of a file's name or an address.
    """
    if isinstance(value, str):
        value = value.strip() if len(value) <= _LONGEST_NUMBER * 2 else ""
        return value if _IDENTIFIER.fullmatch(value) else None
    found = positive(value)
    return None if found is None else str(found)

"""Foreign texts where Home Assistant reads Markdown and HTML: they stay what they are.

Descriptions of repairs and dialogs are Markdown, their titles are not, and both are
filled in with the same texts. A backslash would be seen in a title. So signs that could
become markup give way to signs that look the same.
"""

from collections.abc import Mapping
import re
from typing import Final

_LOOKALIKES: Final = str.maketrans(
    {
        "<": "\u2039",
        ">": "\u203a",
        "[": "(",
        "]": ")",
        "`": "\u2019",
        "*": "\u2217",
        "~": "\u223c",
        "\\": "\u2216",
        "|": "\u2223",
        "{": "(",
        "}": ")",
    }
)
# At the edge of a word it is emphasis, within a word it is not.
_UNDERSCORES: Final = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
# At the beginning of a line it would be a heading, a list or a rule.
_BEGINNING: Final = re.compile(
    r"^[ \t]*(?:[#+=-]+(?=\s)|[=-]{2,}$|\d+[.)](?=\s))", re.MULTILINE
)
_ENTITY: Final = re.compile(r"&(?=#?\w+;)")
_LINK: Final = re.compile(r"\b([a-z][a-z0-9+.-]*):(?=//)|\b(www)\.", re.IGNORECASE)
_SCRIPT: Final = re.compile(r"\b(javascript|data|vbscript|mailto):", re.IGNORECASE)
_HEADINGS: Final = str.maketrans(
    {"#": "\uff03", "+": "\uff0b", "=": "\uff1d", "-": "\u2010"}
)


def plain(text: str) -> str:
    """Return a text that reads the same and is no Markdown, no HTML and no link."""
    shown = _ENTITY.sub("\uff06", text.translate(_LOOKALIKES))
    shown = _UNDERSCORES.sub(lambda found: "\u02cd" * len(found[0]), shown)
    shown = _LINK.sub(
        lambda found: f"{found[1]}\uff1a" if found[1] else f"{found[2]}\u2024", shown
    )
    shown = _SCRIPT.sub("\\1\uff1a", shown)
    return _BEGINNING.sub(_no_beginning, shown)


def plain_values(placeholders: Mapping[str, str]) -> dict[str, str]:
    """Return placeholders whose values are plain."""
    return {name: plain(value) for name, value in placeholders.items()}


def _no_beginning(found: re.Match[str]) -> str:
    start = found[0].strip()
    if start[0].isdigit():
        return f"{start[:-1]}\u2024"
    return start.translate(_HEADINGS)

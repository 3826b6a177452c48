"""Whether a foreign text repeats a secret, in whatever spelling. Pure.

A service may give back what it was sent: with other blanks, letter case or signs that
cannot be seen, or written for a URL, HTML, JSON or base64. Both sides are brought into
one form before they are compared, so that no spelling of the one escapes the other.
"""

import binascii
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import unescape
import json
import re
from typing import Final
import unicodedata
from urllib.parse import unquote

_NONE: Final = frozenset({"", "-1"})
"""What stands for nothing, and for the code stored at the service."""
_DEPTH: Final = 3
"""How often a spelling may itself be spelled anew."""
_MOST: Final = 64
_TOKEN: Final = 200
"""Longer secrets are tokens: no person has typed them."""
_TOKEN_SIGN: Final = 32

_UNSEEN: Final = dict.fromkeys((*range(0x21), 0x7F))
_FOR_ADDRESSES: Final = str.maketrans("-_", "+/")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{4,}={0,2}", re.ASCII)
_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2}[\s:,-]?){3,}", re.ASCII)
_JSON_ESCAPE: Final = re.compile(
    r"(?:\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[\"\\/bfnrt]))+"
)


def repeats(text: str, secrets: Iterable[str]) -> bool:
    """Return whether a text holds one of these secrets."""
    wanted = {sign for secret in set(secrets) - _NONE for sign in _signs(secret)}
    if not wanted:
        return False
    return any(secret in found for found in _read(text) for secret in wanted)


@lru_cache(maxsize=64)
def _signs(secret: str) -> frozenset[str]:
    """Give what shows that a text holds this secret, a token also where it is cut."""
    if len(secret) < _TOKEN:
        return frozenset({plain(secret)}) - _NONE
    return frozenset(
        plain(part[:_TOKEN_SIGN])
        for part in secret.split(".")
        if len(part) >= _TOKEN_SIGN
    )


def plain(text: str) -> str:
    """Bring a text into the form in which texts are compared.

    Without letter case, accents, blanks and signs that cannot be seen.
    """
    if text.isascii():
        # The same, of all that the rest does to these signs.
        return text.translate(_UNSEEN).lower()
    # Some letters have no way back from their capital: a dotless i becomes an I, too.
    folded = unicodedata.normalize("NFKD", text).upper().casefold()
    return "".join(
        sign
        for sign in unicodedata.normalize("NFKD", folded)
        if unicodedata.category(sign)[0] not in "CZM"
    )


def _read(text: str) -> set[str]:
    """Read a text in every way it may be written."""
    found, new = {text}, {text}
    for _ in range(_DEPTH):
        new = {decoded for spelled in new for decoded in _decoded(spelled)} - found
        found |= new
        if not new or len(found) > _MOST:
            break
    return {plain(spelled) for spelled in found}


def _decoded(text: str) -> Iterator[str]:
    if "%" in text or "+" in text:
        yield unquote(text)
        yield unquote(text.replace("+", " "))
    if "&" in text:
        yield unescape(text)
    if "\\" in text:
        yield _JSON_ESCAPE.sub(_unescaped, text)
    # Wrapped lines and blanks in between belong to the same piece.
    joined = "".join(text.split())
    for found in {*_BASE64.findall(text), *_BASE64.findall(joined)}:
        yield from _unpacked(found)
    for found in _HEX.findall(text):
        yield from _texts(bytes.fromhex(re.sub(r"[\s:,-]", "", found)))


def _unescaped(found: re.Match[str]) -> str:
    return str(json.loads(f'"{found[0].replace("\\x", "\\u00")}"'))


def _unpacked(found: str) -> Iterator[str]:
    letters = found.rstrip("=").translate(_FOR_ADDRESSES)
    # A piece that lost its beginning is read from each of its places.
    for start in range(4):
        piece = letters[start:]
        piece = piece[: len(piece) - (len(piece) % 4 == 1)]
        with_end = piece + "=" * (-len(piece) % 4)
        try:
            yield from _texts(binascii.a2b_base64(with_end, strict_mode=True))
        except binascii.Error, ValueError:
            continue


def _texts(data: bytes) -> Iterator[str]:
    yield data.decode("utf-8", "ignore")
    if b"\0" in data:
        yield data.decode("utf-16-le", "ignore")

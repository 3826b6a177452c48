"""Whether a foreign text repeats a secret, in whatever spelling. Pure.

A service may give back what it was sent: with other spaces, letter case or characters that
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

from .foreign import INVISIBLE

_NONE: Final = frozenset({"", "-1"})
"""What stands for nothing, and for the code stored at the service."""
_DEPTH: Final = 3
"""How often a spelling may itself be spelled anew."""
_MOST: Final = 300
_TOKEN: Final = 200
"""Longer secrets are tokens: no person has typed them."""
_TOKEN_MARKER: Final = 32

_UNSEEN: Final = dict.fromkeys((*range(0x21), 0x7F))
_FOR_ADDRESSES: Final = str.maketrans("-_", "+/")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{4,}={0,2}", re.ASCII)
_HEX: Final = re.compile(
    r"(?:(?:0x|\\x|[=%])?[0-9A-Fa-f]{2}[\s:,;-]{0,2}){3,}", re.ASCII | re.IGNORECASE
)
_HEX_JOINT: Final = re.compile(r"0x|\\x|[=%\s:,;-]", re.IGNORECASE)
_DECIMAL: Final = re.compile(
    r"(?<!\d)\d{1,3}(?:[\s,;]{1,2}\d{1,3}){2,}(?!\d)", re.ASCII
)
_JSON_ESCAPE: Final = re.compile(
    r"(?:\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[\"\\/bfnrt]))+"
)
_CODE_POINT: Final = re.compile(
    r"\\u\{(?P<braced>[0-9A-F]{1,6})\}|[%U][u+](?P<four>[0-9A-F]{4})|\\(?P<octal>[0-3][0-7]{2})",
    re.ASCII | re.IGNORECASE,
)
# "4-7-1-1"
_SPELLED: Final = re.compile(r"[^\W_](?:([-._,:;/|*])[^\W_])(?:\1[^\W_])+")


def repeats(text: str, secrets: Iterable[str]) -> bool:
    """Return whether a text holds one of these secrets."""
    wanted = {marker for secret in set(secrets) - _NONE for marker in _markers(secret)}
    if not wanted:
        return False
    shortest = min(map(len, wanted))
    return any(secret in found for found in _read(text, shortest) for secret in wanted)


@lru_cache(maxsize=64)
def _markers(secret: str) -> frozenset[str]:
    """Return what shows that a text holds this secret, a token also where it is cut."""
    if len(secret) < _TOKEN:
        return frozenset({plain(secret)}) - _NONE
    return frozenset(
        plain(part[:_TOKEN_MARKER])
        for part in secret.split(".")
        if len(part) >= _TOKEN_MARKER
    )


def plain(text: str) -> str:
    """Bring a text into the form in which texts are compared.

    Without letter case, accents, spaces and characters that cannot be seen.
    """
    if text.isascii():
        # The same, of all that the rest does to these characters.
        return text.translate(_UNSEEN).lower()
    # Some letters have no way back from their capital: a dotless i becomes an I, too.
    folded = unicodedata.normalize("NFKD", text).upper().casefold()
    return "".join(
        # Digits of all scripts.
        str(unicodedata.digit(character)) if character.isdigit() else character
        for character in unicodedata.normalize("NFKD", folded)
        if unicodedata.category(character)[0] not in "CZM"
        and character not in INVISIBLE
    )


def _read(text: str, shortest: int) -> set[str]:
    """Read a text in every way it may be written; what is too short is of no interest."""
    read, new = {plain(text)}, {text}
    seen = set(new)
    for _ in range(_DEPTH):
        new = {decoded for spelled in new for decoded in _decoded(spelled)} - seen
        seen |= new
        plainly = {spelled: plain(spelled) for spelled in new}
        new = {
            spelled for spelled, read_as in plainly.items() if len(read_as) >= shortest
        }
        read |= set(plainly.values())
        if not new or len(seen) > _MOST:
            break
    return read


def _decoded(text: str) -> Iterator[str]:
    yield from _as_a_whole(text)
    # Wrapped lines and spaces in between belong to the same piece.
    joined = "".join(text.split())
    for found in {*_BASE64.findall(text), *_BASE64.findall(joined)}:
        yield from _unpacked(found)
    for found in _HEX.findall(text):
        yield from _texts(bytes.fromhex(_HEX_JOINT.sub("", found)))
    for found in _DECIMAL.findall(text):
        codes = [int(code) for code in re.findall(r"\d+", found)]
        yield from _texts(bytes(code for code in codes if code < 256))


def _as_a_whole(text: str) -> Iterator[str]:
    if "%" in text or "+" in text:
        yield unquote(text)
        yield unquote(text.replace("+", " "))
        yield unquote(text, "latin-1")
    if "=" in text:
        # As in a mail.
        yield unquote(text.replace("=", "%"))
    if "&" in text:
        yield unescape(text)
    if "\\" in text:
        yield _JSON_ESCAPE.sub(_unescaped, text)
    if not text.isascii():
        # UTF-8 that was read as another encoding.
        for encoding in ("latin-1", "cp1252"):
            yield text.encode(encoding, "ignore").decode("utf-8", "ignore")
    if "\\" in text or "%" in text or "+" in text:
        yield _CODE_POINT.sub(_of_code_point, text)
    yield _SPELLED.sub(lambda found: found[0].replace(found[1], ""), text)


def _of_code_point(found: re.Match[str]) -> str:
    if found["octal"]:
        return chr(int(found["octal"], 8))
    code = int(found["braced"] or found["four"], 16)
    return chr(code) if code < 0x110000 else ""


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
        yield data.decode("utf-16-be", "ignore")

"""A secret is found in whatever spelling a service gives it back."""

import base64
from collections.abc import Callable
from html import escape
import json
from urllib.parse import quote, quote_plus

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.foreign import INVISIBLE
from custom_components.panelsync.client.remote.http.response import clean
from custom_components.panelsync.client.repeated import plain, repeats

pytestmark = pytest.mark.kind("repeated secrets")

PASSWORDS = (
    "correct  horse",
    "tab\there",
    "zero\u200bwidth",
    "p\u00e4ss<w>&rd\"'",
    "a+b c%20d\\x",
)
TOKEN = ".".join(
    ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "eyJpZHMiOiJh" * 30, "c2ln" * 12)
)

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "upper": str.upper,
    "one blank": lambda secret: " ".join(secret.split()),
    "no blanks": lambda secret: "".join(secret.split()),
    "more blanks": "  ".join,
    "no-break": "\u00a0".join,
    "zero width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "URL": lambda secret: quote(secret, safe=""),
    "all of URL": lambda secret: "".join(f"%{byte:02x}" for byte in secret.encode()),
    "form": quote_plus,
    "twice URL": lambda secret: quote(quote(secret, safe=""), safe=""),
    "HTML": escape,
    "all of HTML": lambda secret: "".join(f"&#{ord(sign)};" for sign in secret),
    "hexadecimal HTML": lambda secret: "".join(f"&#x{ord(sign):x};" for sign in secret),
    "JSON": json.dumps,
    "all of JSON": lambda secret: "".join(f"\\u{ord(sign):04x}" for sign in secret),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 of a URL": lambda secret: (
        base64.urlsafe_b64encode(secret.encode()).decode().rstrip("=")
    ),
    "base64 of more": lambda secret: base64.b64encode(
        f"dana:{secret}!".encode()
    ).decode(),
    "base64 of UTF-16": lambda secret: base64.b64encode(
        secret.encode("utf-16-le")
    ).decode(),
    "base64 in a URL": lambda secret: quote(
        base64.b64encode(secret.encode()).decode(), safe=""
    ),
    "base64 of UTF-16, the other end first": lambda secret: base64.b64encode(
        secret.encode("utf-16-be")
    ).decode(),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "capital hexadecimal": lambda secret: secret.encode().hex().upper(),
    "hexadecimal bytes": lambda secret: ", ".join(
        f"0x{byte:02X}" for byte in secret.encode()
    ),
    "escaped bytes": lambda secret: "".join(
        f"\\x{byte:02x}" for byte in secret.encode()
    ),
    "octal bytes": lambda secret: "".join(f"\\{byte:03o}" for byte in secret.encode()),
    "decimal bytes": lambda secret: ",".join(f"{byte}" for byte in secret.encode()),
    "a mail": lambda secret: "".join(f"={byte:02X}" for byte in secret.encode()),
    "old URL": lambda secret: "".join(f"%u{ord(sign):04X}" for sign in secret),
    "code points": lambda secret: "".join(f"\\u{{{ord(sign):x}}}" for sign in secret),
    "misread": lambda secret: secret.encode().decode("latin-1"),
    "full width": lambda secret: "".join(
        chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in secret
    ),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", PASSWORDS)
def test_a_repeated_password_drops_the_text(secret: str, spelling: str) -> None:
    spelled = SPELLINGS[spelling](secret)
    for text in (spelled, f"Wrong password {spelled} for user", f"[{spelled}]"):
        assert repeats(text, [secret])
        assert clean(text, [secret]) == ""


def test_every_letter_is_the_same_in_any_case() -> None:
    """Of all scripts: a dotless i shares its capital with i."""
    for letter in map(chr, range(0x1F000)):
        spellings = {letter.upper(), letter.lower(), letter.title(), letter.casefold()}
        if spellings != {letter}:
            assert {plain(spelled) for spelled in spellings} == {plain(letter)}


@given(
    st.text(
        st.characters(
            codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters=INVISIBLE
        ),
        min_size=4,
        max_size=30,
    ),
    st.sampled_from(sorted(SPELLINGS)),
)
def test_any_password_is_found(secret: str, spelling: str) -> None:
    """In any spelling that a reader could undo."""
    if spelling in ("all of JSON", "old URL") and max(secret) > "\uffff":
        spelling = "JSON"
    if spelling == "full width" and not secret.isascii():
        return
    assert repeats(f"It was {SPELLINGS[spelling](secret)} .", ["other", secret])


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"Bearer {TOKEN}",
        TOKEN[:100],
        TOKEN.split(".")[1][:80],
        quote(TOKEN),
        base64.b64encode(TOKEN.encode()).decode(),
    ],
)
def test_a_token_is_found_also_where_it_is_cut(text: str) -> None:
    """What it begins with leads to its session, too."""
    assert repeats(text, [TOKEN])


@pytest.mark.parametrize(
    "code",
    [
        "1 2 3 4",
        "12-34".replace("-", "\u200b"),
        "1234",
        "1-2-3-4",
        "1.2.3.4",
        "\u0661\u0662\u0663\u0664",
        "49 50 51 52",
        "&#49;&#50;&#51;&#52;",
    ],
)
def test_a_code_is_found(code: str) -> None:
    assert repeats(f"Code {code} is wrong", ["1234"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("du\u115fress at the door", ""),
        ("hun\u3164ter\u115f22", ""),
        ("hunter\u280022 " * 30, ""),
        (f"{'a' * 195} hunter22", ""),
        (4711, ""),
        (4712, "4712"),
        (True, ""),
    ],
)
def test_what_would_be_shown_is_what_is_searched(text: object, shown: str) -> None:
    """Without what cannot be seen, beyond where it is cut, and a number like a text."""
    assert clean(text, ["hunter22", "4711"]) == shown


@pytest.mark.parametrize("secrets", [(), ("", "-1"), ("hunter22",)])
def test_other_texts_stay(secrets: tuple[str, ...]) -> None:
    """What holds no secret is shown; -1 stands for the stored code."""
    text = "The panel is not available at this time (-1)"
    assert not repeats(text, secrets)
    assert clean(text, secrets) == text


@given(st.text(st.characters(codec=None), max_size=300))
def test_no_text_breaks_the_search(text: str) -> None:
    """And what is left of it is fit to be shown."""
    assert clean(text, ["hunter22"]).isprintable()

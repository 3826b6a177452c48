"""Copied requests as text: quotes, escapes and options of each shell, and no shell."""

import pytest

from custom_components.panelsync.client.remote.learning.calls import (
    Raw,
    RecordingRefused,
)
from custom_components.panelsync.client.remote.learning.pasted import calls

U = "https://a/b"


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        (f"curl {U}", Raw("GET", U)),
        (f"curl.exe -s {U} -o x", Raw("GET", U)),
        (f"curl --request=PATCH --url={U}", Raw("PATCH", U)),
        (f"curl {U} --data-raw=a=1", Raw("POST", U, "", "a=1")),
        (f"curl -XPUT {U} -H'Content-Type: x' -da=1", Raw("PUT", U, "x", "a=1")),
        (f"curl {U} -d a=1 -d 'b=2'", Raw("POST", U, "", "a=1&b=2")),
        (f"curl -G {U}?a=1 -d b=2", Raw("GET", f"{U}?a=1&b=2")),
        (f"curl {U} -H 'Content-Type: x' -d a\\ b\\'", Raw("POST", U, "x", "a b'")),
        (f'curl {U} -H \'X: y\' \\\n -d "a\\"\\$\\\nb"', Raw("POST", U, "", 'a"$b')),
        (f"curl {U} -d $'a\\x21\\u0022\\n\\'\\\\'", Raw("POST", U, "", "a!\"\n'\\")),
        (f'curl {U} -d "a\\b"', Raw("POST", U, "", "a\\b")),
        (f'curl "{U}" -d "a\\"b""c"', Raw("POST", U, "", 'a"b"c')),
        (f'curl ^"{U}^" ^\r\n -d ^"a^%b^\\^"^"', Raw("POST", U, "", 'a%b"')),
        (f"Invoke-RestMethod -Uri '{U}' -Body 'a''b'", Raw("POST", U, "", "a'b")),
        (
            f'Invoke-WebRequest -Uri "{U}" -Method PUT -Body "a`n`"""`$"',
            Raw("PUT", U, "", 'a\n""$'),
        ),
        (f'fetch("{U}")', Raw("GET", U)),
        (f'fetch("{U}", {{"headers": 7, "method": "PUT"}})', Raw("PUT", U)),
        (
            f'fetch("{U}", {{"headers": {{"A": 1, "CONTENT-TYPE": "x"}}, "body": "y"}})',
            Raw("GET", U, "x", "y"),
        ),
    ],
)
def test_a_request_is_read_as_its_shell_would(text: str, raw: Raw) -> None:
    """Verb, address, content type and body; nothing else is looked at."""
    assert list(calls(text)) == [raw]


@pytest.mark.parametrize(
    "text",
    [
        "curl -X POST",
        f"curl {U} -d $'a",
        f'curl {U} -d "a',
        f'curl ^"{U}',
        f"curl {U} --data-urlencode a=1",
        f"curl {U} -T /etc/passwd",
        f"curl {U} {U}",
        f'fetch("{U}", 7)',
        f'fetch("{U}", {{"method": 1}})',
        f'fetch("{U}", {{"body": {{}}}})',
        f'fetch("{U}", {{"body": "a", "body": "b"}})',
        "Invoke-WebRequest 'x",
        "curl a;" * 501,
    ],
)
def test_what_no_browser_copies_is_refused(text: str) -> None:
    with pytest.raises(RecordingRefused):
        list(calls(text))


def test_a_long_word_takes_no_long_time() -> None:
    """A megabyte in one word is read once, not once for each letter."""
    word = "a" * 1_000_000
    for quoted in (word, f"'{word}'", f'"{word}"', f"$'{word}'"):
        assert list(calls(f"curl {U} -d {quoted}")) == [Raw("POST", U, "", word)]

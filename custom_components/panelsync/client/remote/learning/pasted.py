"""Requests that were copied one by one: as cURL for bash or cmd, PowerShell or fetch.

What stands there is read as text: no shell is asked, and no file is opened.
"""

from collections.abc import Iterator, Mapping
import json
import re
from typing import Final

from .calls import OTHER_VERB, Raw, Reason, RecordingRefused, load

MOST_REQUESTS: Final = 500
LARGEST_PASTE: Final = 1024 * 1024

_FETCH: Final = re.compile(r"\bfetch\s*\(\s*(?=\")")
_POWERSHELL: Final = re.compile(
    r"\b(?:Invoke-WebRequest|Invoke-RestMethod)\b", re.IGNORECASE
)
_CURL: Final = re.compile(r"^\s*curl(?:\.exe)?\s", re.IGNORECASE)

_DATA: Final = frozenset(
    {"-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json"}
)
_WITH_VALUE: Final = frozenset(
    {
        *("-A", "--user-agent", "-b", "--cookie", "-e", "--referer", "-u", "--user"),
        *("-o", "--output", "-x", "--proxy", "-c", "--cookie-jar", "-m", "--max-time"),
        *("--connect-timeout", "--cacert", "--cert", "--key", "--resolve"),
    }
)


def calls(text: str) -> Iterator[Raw]:
    """Yield the copied requests in a text; raises RecordingRefused."""
    if len(text) > LARGEST_PASTE:
        raise RecordingRefused(Reason.TOO_LARGE)
    if OTHER_VERB.search(text):
        raise RecordingRefused(Reason.BROKEN)
    if _CURL.match(text):
        found = _curl(text)
    elif _POWERSHELL.search(text):
        found = _powershell(text)
    elif _FETCH.search(text):
        found = _fetch(text)
    else:
        raise RecordingRefused(Reason.BROKEN)
    if len(found) > MOST_REQUESTS:
        raise RecordingRefused(Reason.TOO_MANY_CALLS)
    yield from found


def _curl(text: str) -> list[Raw]:
    tokens = _cmd_tokens(text) if _is_cmd(text) else _bash_tokens(text)
    commands: list[list[str]] = []
    for token in tokens:
        if token is None or (
            token.casefold() in ("curl", "curl.exe")
            and (not commands or not commands[-1])
        ):
            commands.append([])
        elif commands:
            commands[-1].append(token)
    return [_curl_request(words) for words in commands if words]


def _is_cmd(text: str) -> bool:
    return bool(re.search(r'\^"|\^\r?\n', text)) or bool(
        re.match(r'\s*curl(?:\.exe)?\s+"', text, re.IGNORECASE) and '\\"' in text
    )


def _pieces(form: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of each piece; raises RecordingRefused at a quote left open."""
    end = 0
    for found in form.finditer(text):
        if found.start() != end:
            break
        end = found.end()
        yield (kind := str(found.lastgroup)), found[kind]
    if end != len(text):
        raise RecordingRefused(Reason.BROKEN)


_BASH: Final = re.compile(
    r"'(?P<single>[^']*+)'"
    r"|\$'(?P<ansi>(?:[^'\\]|\\.)*+)'"
    r'|"(?P<double>(?:[^"\\]|\\.)*+)"'
    r"|(?P<continued>\\\r?\n)"
    r"|\\(?P<escaped>.)"
    r"|(?P<blank>[\s;&])"
    r"|(?P<plain>[^\s;&'\"\\$]+|\$(?!'))",
    re.DOTALL,
)
_ANSI: Final = re.compile(
    r"\\(?:u(?P<u>[0-9A-Fa-f]{1,4})|x(?P<x>[0-9A-Fa-f]{1,2})|(?P<letter>.))", re.DOTALL
)
_ANSI_LETTERS: Final = dict(zip("nrtabf", "\n\r\t\a\b\f", strict=True))
_DOUBLE: Final = re.compile(r'\\(?:\n|([\\"$`]))')

_CMD: Final = re.compile(
    r'"(?P<quoted>(?:\\["\\]|""|[^"])*+)"'
    r'|\\(?P<escaped>["\\])'
    r"|(?P<blank>\s+)"
    r'|(?P<plain>[^\s"\\]+|\\)',
)
_QUOTED: Final = re.compile(r'\\(["\\])|""')


def _said(kind: str, piece: str) -> str:
    """Return what a piece of a command says, without its escapes."""
    match kind:
        case "ansi":
            return _ANSI.sub(_ansi, piece)
        case "double":
            return _DOUBLE.sub(lambda found: found[1] or "", piece)
        case "quoted":
            return _QUOTED.sub(lambda found: found[1] or '"', piece)
        case _:
            return piece


def _ansi(found: re.Match[str]) -> str:
    if code := found["u"] or found["x"]:
        return chr(int(code, 16))
    return _ANSI_LETTERS.get(found["letter"], found["letter"])


def _bash_tokens(text: str) -> list[str | None]:
    """Split words as bash does; None stands between two commands."""
    tokens: list[str | None] = []
    word: str | None = None
    for kind, piece in _pieces(_BASH, text):
        if kind == "blank":
            if word is not None:
                tokens.append(word)
                word = None
            if piece in ";&\n" and tokens and tokens[-1] is not None:
                tokens.append(None)
        elif kind != "continued":
            word = word or ""
            word += _said(kind, piece)
    return tokens if word is None else [*tokens, word]


def _cmd_tokens(text: str) -> list[str | None]:
    """Split words as cmd and the C library do; None stands between two commands."""
    text = re.sub(r"\^\r?\n", " ", text)
    if '^"' in text:
        text = re.sub(r"\^(.)", r"\1", text, flags=re.DOTALL)
    tokens: list[str | None] = []
    for line in re.split(r"(?<=[^\\])\r?\n|\s&\s(?=\s*curl)", text):
        word: str | None = None
        for kind, piece in _pieces(_CMD, line):
            if kind == "blank":
                if word is not None:
                    tokens.append(word)
                word = None
            else:
                word = word or ""
                word += _said(kind, piece)
        if word is not None:
            tokens.append(word)
        tokens.append(None)
    return tokens


def _curl_request(words: list[str]) -> Raw:
    method, url, kind = "", "", ""
    bodies: list[str] = []
    in_query = False
    rest = iter(words)
    for word in rest:
        option, joined, value = word.partition("=")
        if not (word.startswith("--") and joined):
            option, value = word, ""
        if re.match(r"-[dHX][^-]", word):
            option, value = word[:2], word[2:]
        if not word.startswith("-"):
            if url:
                raise RecordingRefused(Reason.BROKEN)
            url = word
        elif option in ("-X", "--request"):
            method = value or next(rest, "")
        elif option == "--url":
            url = value or next(rest, "")
        elif option in ("-H", "--header"):
            name, _, content = (value or next(rest, "")).partition(":")
            if name.strip().casefold() == "content-type":
                kind = content.strip()
        elif option in _DATA:
            body = value or next(rest, "")
            if body.startswith("@"):
                raise RecordingRefused(Reason.BROKEN)
            bodies.append(body)
            if option == "--json":
                kind = kind or "application/json"
        elif option in ("-F", "--form", "--data-urlencode", "-T", "--upload-file"):
            raise RecordingRefused(Reason.BROKEN)
        elif option in ("-G", "--get"):
            in_query = True
        elif option in _WITH_VALUE:
            _ = value or next(rest, "")
    if not url:
        raise RecordingRefused(Reason.BROKEN)
    text = "&".join(bodies) if bodies else None
    if in_query:
        query = [part for part in (url.partition("?")[2], *bodies) if part]
        url, text = f"{url.partition('?')[0]}?{'&'.join(query)}", None
    return Raw(method or ("GET" if text is None else "POST"), url, kind, text)


_PS_TOKEN: Final = re.compile(
    r'"(?P<double>(?:[^"`]|`.|"")*)"'
    r"|'(?P<single>(?:[^']|'')*)'"
    r"|(?P<open>@\{)|(?P<close>\})"
    r"|(?P<word>[^\s\"'{}()]+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_PS_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a"}


def _powershell(text: str) -> list[Raw]:
    """Read each Invoke-WebRequest; whatever prepares a session before it is left."""
    found: list[dict[str, str]] = []
    parameter, depth = "", 0
    for token in _PS_TOKEN.finditer(text):
        word = token["word"]
        if token["other"] in ('"', "'"):
            raise RecordingRefused(Reason.BROKEN)
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth = max(0, depth - 1)
            parameter = ""
        elif depth:
            continue
        elif word and _POWERSHELL.fullmatch(word):
            found.append({})
            parameter = ""
        elif word and word.startswith("-"):
            parameter = word.casefold()
        elif parameter and found:
            value = _ps_string(token) if word is None else word
            if value is None or value.startswith("["):
                continue
            found[-1].setdefault(parameter, value)
            parameter = ""
    if not found or any("-uri" not in request for request in found):
        raise RecordingRefused(Reason.BROKEN)
    return [
        Raw(
            request.get("-method") or ("POST" if "-body" in request else "GET"),
            request["-uri"],
            request.get("-contenttype", ""),
            request.get("-body"),
        )
        for request in found
    ]


def _ps_string(token: re.Match[str]) -> str | None:
    if (double := token["double"]) is not None:
        return re.sub(
            r'`(.)|""',
            lambda found: _PS_ESCAPES.get(found[1], found[1]) if found[1] else '"',
            double,
            flags=re.DOTALL,
        )
    single = token["single"]
    return None if single is None else single.replace("''", "'")


def _fetch(text: str) -> list[Raw]:
    found: list[Raw] = []
    decoder = json.JSONDecoder()
    for begin in _FETCH.finditer(text):
        try:
            url, end = decoder.raw_decode(text, begin.end())
            comma = re.compile(r"\s*,\s*").match(text, end)
            settings: object = {}
            if comma:
                _, last = decoder.raw_decode(text, comma.end())
                settings = load(text[comma.end() : last])
        except ValueError, RecursionError:
            raise RecordingRefused(Reason.BROKEN) from None
        if not isinstance(settings, Mapping):
            raise RecordingRefused(Reason.BROKEN)
        method, body = settings.get("method", "GET"), settings.get("body")
        headers = settings.get("headers")
        kind = next(
            (
                str(value)
                for name, value in (
                    headers.items() if isinstance(headers, Mapping) else ()
                )
                if str(name).casefold() == "content-type"
            ),
            "",
        )
        if not isinstance(method, str) or not isinstance(body, str | None):
            raise RecordingRefused(Reason.BROKEN)
        found.append(Raw(method, str(url), kind, body))
    return found

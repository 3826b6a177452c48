"""One request as a browser copies it: for bash, cmd and PowerShell, and as JavaScript. Pure."""

from collections.abc import Callable
import json
from typing import Literal, get_args

from simulator.website.exchange import Exchange

type Shape = Literal["bash", "cmd", "powershell", "fetch"]

SHAPES: tuple[Shape, ...] = get_args(Shape.__value__)


def copied(exchange: Exchange, shape: Shape) -> str:
    """Return the request in one of the shapes."""
    return _COPIERS[shape](exchange)


def _headers(exchange: Exchange) -> list[tuple[str, str]]:
    kind = [("content-type", exchange.body_type)] if exchange.body_type else []
    return [*exchange.headers, *kind]


def _curl(
    exchange: Exchange, quote: Callable[[str], str], end: str, body_flag: str
) -> str:
    lines = [f"curl {quote(exchange.url)}"]
    # A browser names the verb only where curl would choose another one.
    if exchange.method != ("POST" if exchange.body else "GET"):
        lines.append(f"-X {quote(exchange.method)}")
    for name, value in _headers(exchange):
        flag = "-b" if name == "cookie" else "-H"
        lines.append(
            f"{flag} {quote(value if name == 'cookie' else f'{name}: {value}')}"
        )
    if exchange.body:
        lines.append(f"{body_flag} {quote(exchange.body)}")
    return f" {end}\n  ".join(lines)


def _bash(exchange: Exchange) -> str:
    def quote(text: str) -> str:
        if any(character in text for character in "'!\n") or not text.isascii():
            inner = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
            return f"$'{inner.replace('!', chr(92) + 'u0021')}'"
        return f"'{text}'"

    return _curl(exchange, quote, "\\", "--data-raw")


def _cmd(exchange: Exchange) -> str:
    def quote(text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        shown = "".join(
            f"^{character}" if not (character.isalnum() or character in " _-:=/.,") else character
            for character in escaped
        )  # fmt: skip
        return f'^"{shown}^"'

    return _curl(exchange, quote, "^", "--data-raw")


def _powershell(exchange: Exchange) -> str:
    def quote(text: str) -> str:
        return '"' + text.replace("`", "``").replace('"', '`"').replace("$", "`$") + '"'

    lines = ["$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession"]
    for name, value in exchange.headers:
        if name == "user-agent":
            lines.append(f"$session.UserAgent = {quote(value)}")
        if name == "cookie":
            key, _, cookie = value.partition("=")
            made = f"New-Object System.Net.Cookie({quote(key)}, {quote(cookie)}, {quote('/')})"
            lines.append(f"$session.Cookies.Add(({made}))")
    parts = [f"Invoke-WebRequest -UseBasicParsing -Uri {quote(exchange.url)}"]
    if exchange.method != "GET":
        parts.append(f"-Method {quote(exchange.method)}")
    parts.append("-WebSession $session")
    rows = "\n".join(
        f"  {quote(name)}={quote(value)}"
        for name, value in exchange.headers
        if name not in ("user-agent", "cookie")
    )
    parts.append(f"-Headers @{{\n{rows}\n}}")
    if exchange.body:
        parts.append(f"-ContentType {quote(exchange.body_type)}")
        parts.append(f"-Body {quote(exchange.body)}")
    return "\n".join([*lines, " `\n".join(parts)])


def _fetch(exchange: Exchange) -> str:
    options = {
        "headers": {
            name: value
            for name, value in _headers(exchange)
            if name not in ("cookie", "user-agent", "origin")
        },
        "referrer": f"{dict(exchange.headers).get('origin', '')}/",
        "body": exchange.body or None,
        "method": exchange.method,
        "mode": "cors",
        "credentials": "include",
    }
    return f"fetch({json.dumps(exchange.url)}, {json.dumps(options, indent=2)});"


_COPIERS: dict[Shape, Callable[[Exchange], str]] = {
    "bash": _bash,
    "cmd": _cmd,
    "powershell": _powershell,
    "fetch": _fetch,
}

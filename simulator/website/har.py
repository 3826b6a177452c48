"""Exchanges as an HTTP archive (HAR 1.2), as each browser writes it. Pure."""

from base64 import b64encode
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, urlsplit

from simulator.website.exchange import Exchange, Headers

type Json = dict[str, Any]
type Browser = Literal["chrome", "edge", "firefox", "safari"]

BROWSERS: tuple[Browser, ...] = get_args(Browser.__value__)
_CREATORS: dict[Browser, Json] = {
    "chrome": {"name": "WebInspector", "version": "537.36"},
    "edge": {"name": "WebInspector", "version": "537.36"},
    "firefox": {"name": "Firefox", "version": "145.0"},
    "safari": {"name": "WebKit Web Inspector", "version": "1.0"},
}
_SECRET_HEADERS = ("authorization", "cookie", "set-cookie")
_TEXTS = ("json", "text/", "javascript", "xml")


def archive(
    exchanges: list[Exchange], browser: Browser, *, sanitized: bool = False
) -> Json:
    """Return the archive; `sanitized` leaves out cookies and authorization, as Chrome does by default."""
    pages = [
        {
            "startedDateTime": exchanges[0].time.isoformat(),
            "id": "page_1",
            "title": "Total Connect 2.0",
            "pageTimings": {"onContentLoad": 412.7, "onLoad": 901.2},
        }
    ]
    return {
        "log": {
            "version": "1.2",
            "creator": _CREATORS[browser],
            "pages": pages,
            "entries": [
                _entry(exchange, browser, sanitized=sanitized) for exchange in exchanges
            ],
        }
    }


def _entry(exchange: Exchange, browser: Browser, *, sanitized: bool) -> Json:
    def headers(given: Headers) -> list[Json]:
        return [
            {"name": name, "value": value}
            for name, value in given
            if not (sanitized and name in _SECRET_HEADERS)
        ]

    given = [*exchange.headers]
    if exchange.body_type:
        given.append(("content-type", exchange.body_type))
    request: Json = {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": "http/2.0",
        "headers": headers(given),
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(
                urlsplit(exchange.url).query, keep_blank_values=True
            )
        ],
        "cookies": [] if sanitized else _cookies(exchange.headers, "cookie"),
        "headersSize": -1,
        "bodySize": len(exchange.body),
    }
    if exchange.body:
        request["postData"] = _posted(exchange)
    response = {
        "status": exchange.status,
        "statusText": "OK" if exchange.status == 200 else "",
        "httpVersion": "http/2.0",
        "headers": headers(exchange.answer_headers),
        "cookies": [] if sanitized else _cookies(exchange.answer_headers, "set-cookie"),
        "content": _content(exchange, browser),
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(exchange.answer)
        if exchange.compressed is None
        else exchange.compressed,
    }
    entry: Json = {
        "startedDateTime": exchange.time.isoformat(),
        "time": 87.3,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"blocked": 1.2, "send": 0.1, "wait": 85.0, "receive": 1.0},
        "pageref": "page_1",
        "serverIPAddress": "192.0.2.7",
    }
    if browser in ("chrome", "edge"):
        entry |= {"_resourceType": exchange.kind, "_priority": "High"}
        entry["_initiator"] = {"type": "script", "stack": {"callFrames": []}}
    if exchange.kind == "websocket":
        message = {"type": "receive", "time": 1.0, "opcode": 1, "data": "{}\u001e"}
        entry["_webSocketMessages"] = [message]
    if exchange.status == 0:
        response["_error"] = "net::ERR_NAME_NOT_RESOLVED"
    return entry


def _posted(exchange: Exchange) -> Json:
    posted: Json = {"mimeType": exchange.body_type, "text": exchange.body}
    if exchange.body_type.endswith("urlencoded"):
        posted["params"] = [
            {"name": name, "value": value}
            for name, value in parse_qsl(exchange.body, keep_blank_values=True)
        ]
    return posted


def _content(exchange: Exchange, browser: Browser) -> Json:
    """Return the body as a browser keeps it: text, or base64 where it is none or Safari pleases."""
    content: Json = {"size": len(exchange.answer), "mimeType": exchange.answer_type}
    if exchange.compressed is not None:
        content["compression"] = len(exchange.answer) - exchange.compressed
    if not exchange.answer or exchange.status == 304:
        return content
    text = any(part in exchange.answer_type for part in _TEXTS)
    if text and not (browser == "safari" and len(exchange.answer) % 2):
        content["text"] = exchange.answer.decode()
    else:
        content |= {"text": b64encode(exchange.answer).decode(), "encoding": "base64"}
    return content


def _cookies(headers: Headers, name: str) -> list[Json]:
    found = [value.partition(";")[0] for header, value in headers if header == name]
    pairs = (cookie.partition("=") for cookie in found)
    return [{"name": key, "value": value} for key, _, value in pairs]

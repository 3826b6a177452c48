"""What else a browser records on such a visit: the page, pictures, scripts, other hosts, preflights, failures."""

from collections.abc import Iterator
from datetime import datetime
import json
from random import Random

from simulator.website.exchange import Exchange

USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)


def page(time: datetime, base: str, cookie: str) -> Exchange:
    """Return the document itself, which sets the site's cookie."""
    return Exchange(
        time=time,
        method="GET",
        url=f"{base}/login",
        kind="document",
        answer=b"<!doctype html><html><head><title>Total Connect 2.0</title></head><body></body></html>",
        answer_type="text/html",
        answer_headers=[
            ("set-cookie", f"ASP.NET_SessionId={cookie}; path=/; HttpOnly")
        ],
    )


def assets(time: datetime, base: str, random: Random) -> Iterator[Exchange]:
    """Yield scripts, styles, pictures and fonts; some come from the cache, one is inside its own address."""
    for path, kind, content_type, size in (
        ("static/js/main.8f3a.js", "script", "application/javascript", 4000),
        ("static/css/main.css", "stylesheet", "text/css", 900),
        ("static/media/logo.png", "image", "image/png", 700),
        ("static/media/font.woff2", "font", "font/woff2", 1200),
    ):
        yield Exchange(
            time=time,
            method="GET",
            url=f"{base}/{path}",
            kind=kind,
            answer=random.randbytes(size) if kind in ("image", "font") else b"x" * size,
            answer_type=content_type,
            status=304 if kind == "stylesheet" else 200,
        )
    yield Exchange(
        time=time,
        method="GET",
        url="data:image/gif;base64,R0lGODlhAQABAAAAACw=",
        kind="image",
        answer=b"GIF89a",
        answer_type="image/gif",
    )


def others(time: datetime, base: str, location_id: int) -> Iterator[Exchange]:
    """Yield calls to other hosts and other purposes, and one that failed."""
    seen = {"event": "sync_users_click", "site": location_id, "DeviceList": []}
    yield Exchange(
        time=time,
        method="POST",
        url="https://metrics.example.invalid/collect?v=2",
        kind="ping",
        body=json.dumps(seen),
        body_type="application/json",
        status=204,
        answer_type="",
    )
    yield Exchange(
        time=time,
        method="GET",
        url=f"{base}/TC2API.TCResource/api/v1/notificationLists",
        answer=b'{"NotificationLists":[],"ResultCode":0}',
    )
    yield Exchange(
        time=time,
        method="GET",
        url=f"{base}/TC2HubService/SignalRHub?id=simulated",
        kind="websocket",
        status=101,
        answer_type="",
    )
    yield Exchange(
        time=time,
        method="GET",
        url="https://video.example.invalid/thumbnail.jpg",
        kind="image",
        status=0,
        answer_type="",
    )


def preflight(time: datetime, url: str, method: str, origin: str) -> Exchange:
    """Return the question a browser asks before a call to another origin."""
    return Exchange(
        time=time,
        method="OPTIONS",
        url=url,
        kind="preflight",
        headers=[("access-control-request-method", method), ("origin", origin)],
        answer_headers=[("access-control-allow-methods", "*")],
        status=204,
        answer_type="",
    )

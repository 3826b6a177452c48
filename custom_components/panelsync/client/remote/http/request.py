"""One HTTP request: bounded in time and size, redirects never followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from ...errors import ServiceUnreachable, UnexpectedAnswer

LARGEST_BODY: Final = 4 * 1024 * 1024
CONNECT_SECONDS: Final = 15.0
LONGEST_RETRY_AFTER: Final = timedelta(minutes=15)
"""Nobody is held back longer by one answer, whatever it says."""


@dataclass(frozen=True, slots=True)
class Request:
    """What goes out; the body and the headers may hold secrets.

    `scope` is what a `Retry-After` holds back: one location, or one route of the
    account. Empty, it is the sign-in, and so everything.
    """

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes | None
    deadline: float
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back, whole."""

    status: int
    content_type: str
    body: bytes
    retry_after: timedelta | None

    @property
    def is_page(self) -> bool:
        """Whether a web page came, or a redirect to one, in place of data."""
        start = self.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        return (
            300 <= self.status < 400
            or start.startswith((b"<!doctype html", b"<html"))
            or ("html" in self.content_type and not start.startswith((b"{", b"<?xml")))
        )


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read a `Retry-After` header: seconds or a date; None for all else.

    It is 15 minutes at most.
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        # Any number of digits is read, but not all of them.
        digits = value.lstrip("0")[:9]
        return min(timedelta(seconds=int(digits or 0)), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError, TypeError, OverflowError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta(0)), LONGEST_RETRY_AFTER)


async def send(
    session: aiohttp.ClientSession, request: Request, now: datetime
) -> Response:
    """Send a request and read its answer.

    Raises ServiceUnreachable, with `sent` False only where no byte left, and
    UnexpectedAnswer for a body over 4 MiB. Their texts name only the kind of error:
    what aiohttp says may quote headers.
    """
    try:
        async with session.request(
            request.method,
            request.url,
            params=request.query,
            headers=request.headers,
            data=request.body,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(
                total=request.deadline, connect=None, sock_connect=CONNECT_SECONDS
            ),
        ) as response:
            body = bytearray()
            async for chunk in response.content.iter_chunked(64 * 1024):
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise UnexpectedAnswer("The answer is larger than 4 MiB")
            return Response(
                response.status,
                response.headers.get("Content-Type", "").lower(),
                bytes(body),
                retry_after(response.headers.get("Retry-After"), now),
            )
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise ServiceUnreachable(
            f"No connection to the service ({type(error).__name__})", sent=False
        ) from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise ServiceUnreachable(
            f"The connection broke ({type(error).__name__})"
        ) from None

"""The calls of a HAR file, as the browsers save it."""

import base64
import binascii
from collections.abc import Iterator, Mapping
import re
from typing import Final
from urllib.parse import urlencode

from .calls import (
    DEEPEST_RECORDING,
    LARGEST_BODY,
    MOST_CALLS,
    OTHER_VERB,
    Raw,
    Reason,
    RecordingRefused,
    is_below,
    load,
    load_answer,
)

_VERBS: Final = 10
_CONTENT_TYPE: Final = re.compile("content-type", re.IGNORECASE)


def is_har(text: str) -> bool:
    """Return whether a text can be a HAR file, and is no pasted request."""
    return text.lstrip("\ufeff \t\r\n").startswith("{")


def calls(text: str, service: str) -> Iterator[Raw]:
    """Yield the calls of a HAR file that reached a server and were answered well.

    Only what `service` itself answered is read. Raises RecordingRefused for what is no
    HAR file.
    """
    har = load(text.lstrip("\ufeff"), DEEPEST_RECORDING)
    log = har.get("log") if isinstance(har, Mapping) else None
    entries = log.get("entries") if isinstance(log, Mapping) else None
    if not isinstance(entries, list):
        raise RecordingRefused(Reason.BROKEN)
    if len(entries) > MOST_CALLS:
        raise RecordingRefused(Reason.TOO_MANY_CALLS)
    if not entries:
        raise RecordingRefused(Reason.EMPTY)
    for entry in entries:
        if isinstance(entry, Mapping) and (raw := _call(entry, service)) is not None:
            yield raw


def _call(entry: Mapping[str, object], service: str) -> Raw | None:
    request, response = entry.get("request"), entry.get("response")
    if not isinstance(request, Mapping) or not isinstance(response, Mapping):
        return None
    method, url = request.get("method"), request.get("url")
    if not isinstance(method, str) or not isinstance(url, str):
        return None
    status = response.get("status")
    if not isinstance(status, int) or not 200 <= status < 300:
        return None
    if len(method) > _VERBS or method.upper() in ("OPTIONS", "HEAD", "CONNECT"):
        return None
    headers = request.get("headers")
    method = _header(headers, OTHER_VERB) or method
    if (posted := _posted(request.get("postData"), headers)) is None:
        return None
    content_type, body = posted
    size = request.get("bodySize")
    if body is None and isinstance(size, int) and size > 0:
        # It was sent and left out of the recording.
        return None
    content = response.get("content")
    answer = None
    if isinstance(content, Mapping) and is_below(url, service):
        answer = _answer(content)
    return Raw(method, url, content_type, body, answer, answered=answer is not None)


def _posted(posted: object, headers: object) -> tuple[str, str | None] | None:
    """Return type and text of a body; None for one that cannot be read."""
    if not isinstance(posted, Mapping):
        return "", None
    kind = posted.get("mimeType")
    if not isinstance(kind, str) or not kind:
        kind = _header(headers, _CONTENT_TYPE)
    text = posted.get("text")
    if isinstance(text, str) and text:
        if posted.get("encoding") == "base64" and (text := _decoded(text)) is None:
            return None
        return kind, text
    params = posted.get("params")
    if not isinstance(params, list):
        return kind, None
    pairs = [
        (name, value)
        for item in params
        if isinstance(item, Mapping)
        and isinstance(name := item.get("name"), str)
        and isinstance(value := item.get("value", ""), str)
    ]
    return kind, urlencode(pairs, errors="replace") if pairs else None


def _header(headers: object, wanted: re.Pattern[str]) -> str:
    for header in headers if isinstance(headers, list) else ():
        if isinstance(header, Mapping):
            name, value = header.get("name"), header.get("value")
            if wanted.fullmatch(str(name)) and isinstance(value, str):
                return value
    return ""


def _answer(content: Mapping[str, object]) -> object:
    text = content.get("text")
    if not isinstance(text, str) or not text or len(text) > 2 * LARGEST_BODY:
        return None
    kind = content.get("mimeType")
    if isinstance(kind, str) and kind.casefold().startswith(
        ("image/", "font/", "video/", "audio/")
    ):
        return None
    if content.get("encoding") == "base64":
        text = _decoded(text) or ""
    return load_answer(text)


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8-sig")
    except binascii.Error, ValueError:
        return None

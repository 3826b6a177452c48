"""One call of a recording, read with suspicion: everything in it is hostile."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
import json
import re
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from ..decode.wrapped import plain_names

LARGEST_RECORDING: Final = 20 * 1024 * 1024
LARGEST_BODY: Final = 4 * 1024 * 1024
LARGEST_REQUEST: Final = 64 * 1024
LONGEST_ADDRESS: Final = 4096
MOST_CALLS: Final = 20_000
OTHER_VERB: Final = re.compile(r"x-(?:http-)?method(?:-override)?", re.IGNORECASE)
"""The headers with which a call is another than its verb says."""
DEEPEST: Final = 40
DEEPEST_RECORDING: Final = 200
"""A browser adds who called whom, a level for each."""


class Reason(StrEnum):
    """Why a recording, or one call of it, is not learned from; a translation key each."""

    TOO_LARGE = "too_large"
    EMPTY = "empty"
    BROKEN = "broken"
    TOO_DEEP = "too_deep"
    TOO_MANY_CALLS = "too_many_calls"
    NO_SYNC = "no_sync"
    OTHER_HOST = "other_host"
    NOT_ENCRYPTED = "not_encrypted"
    VERB = "verb"
    KNOWN_ROUTE = "known_route"
    FORBIDDEN_WORD = "forbidden_word"
    ACTS = "acts"
    ADDRESS = "address"
    FIELD = "field"
    TWICE = "twice"
    SECRET_IN_ADDRESS = "secret_in_address"
    FORCE_IMPORT = "force_import"
    ONLY_READS = "only_reads"
    SHAPE = "shape"
    TOO_MANY_FIELDS = "too_many_fields"
    STATUS_ONLY = "status_only"
    NO_JOB = "no_job"
    NO_PLACE = "no_place"
    BODY = "body"
    FAILED = "failed"


class RecordingRefused(ValueError):
    """The recording as a whole cannot be read."""

    def __init__(self, reason: Reason) -> None:
        """Keep why."""
        super().__init__(reason.value)
        self.reason = reason


class Unreadable(ValueError):
    """One call cannot be read, or not in one way only."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        """Keep why, and what it is about."""
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Raw:
    """One call as it stands in the recording.

    `answer` is None where none was recorded: then a call is known by its request alone.
    """

    method: str
    url: str
    content_type: str = ""
    body: str | None = None
    answer: object = None
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call, taken apart. A form's fields and a query keep their order."""

    method: str
    address: SplitResult
    query: Mapping[str, str]
    form: Mapping[str, str] | None
    json: object
    answer: object
    answered: bool


def load(text: str | bytes, deepest: int = DEEPEST) -> object:
    """Read JSON in which nothing can be read in two ways.

    Raises RecordingRefused; a name that stands twice in one object counts as broken.
    """

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise RecordingRefused(Reason.BROKEN)
        return found

    def no_number(_: str) -> object:
        raise RecordingRefused(Reason.BROKEN)

    try:
        value: object = json.loads(
            text, object_pairs_hook=once, parse_constant=no_number
        )
    except RecursionError:
        raise RecordingRefused(Reason.TOO_DEEP) from None
    except RecordingRefused:
        raise
    except ValueError:
        raise RecordingRefused(Reason.BROKEN) from None
    _measure(value, deepest)
    return value


def _measure(value: object, deepest: int) -> None:
    level = [value]
    for _ in range(deepest):
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise RecordingRefused(Reason.TOO_DEEP)


def load_answer(text: str) -> object:
    """Read a recorded answer, its names made plain.

    None for what is no JSON, too large or not unambiguous.
    """
    start = text[:64].lstrip("\ufeff \t\r\n")
    if len(text) > LARGEST_BODY or not start.startswith(("{", "[")):
        return None
    try:
        return plain_names(load(text.lstrip("\ufeff")))
    except RecordingRefused:
        return None


def is_below(url: str, service: str) -> bool:
    """Return whether an address begins with that of the service, to spare work."""
    return url[: len(service) + 1].casefold() == f"{service}/".casefold()


def take_apart(raw: Raw) -> Call:
    """Read address and body of a call; raises Unreadable."""
    # Blanks and line ends are dropped by some readers, and kept by others.
    if len(raw.url) > LONGEST_ADDRESS or not re.fullmatch(r"[!-~]+", raw.url):
        raise Unreadable(Reason.ADDRESS)
    try:
        address = urlsplit(raw.url)
        _ = address.port
        query = _pairs(address.query)
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(Reason.ADDRESS) from None
    form: Mapping[str, str] | None = None
    body: object = None
    if raw.body is not None and raw.body.strip():
        if len(raw.body) > LARGEST_REQUEST:
            raise Unreadable(Reason.BODY)
        kind = raw.content_type.partition(";")[0].strip().casefold()
        if kind.endswith("json") or (
            raw.body.lstrip()[:1] in ("{", "[") and "form" not in kind
        ):
            body = _json(raw.body)
        elif kind in ("", "application/x-www-form-urlencoded"):
            form = _pairs(raw.body.strip())
        else:
            raise Unreadable(Reason.BODY, kind)
    return Call(
        raw.method.upper(), address, query, form, body, raw.answer, raw.answered
    )


def _json(text: str) -> object:
    try:
        value = load(text)
    except RecordingRefused as refused:
        deep = refused.reason is Reason.TOO_DEEP
        raise Unreadable(Reason.TOO_DEEP if deep else Reason.BODY) from None
    if not isinstance(value, dict | list):
        raise Unreadable(Reason.BODY)
    return value


def _pairs(text: str) -> dict[str, str]:
    if not text:
        return {}
    try:
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=100,
        )
    except ValueError:
        raise Unreadable(Reason.BODY) from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise Unreadable(Reason.TWICE, name)
        found[name] = value
    return found

"""What went over the wire lately, fit to be shown to anybody.

Redacted at the source: no address, no body and no text of an answer is ever kept, and a
location is known by an alias. What remains tells which routes were tried when, how they
answered and of what shape the answers are: what is needed to settle the open questions
of docs/protocol/total-connect.md#what-is-not-known.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from itertools import islice
import secrets
import time
from typing import Final

from .decode.fields import Fields
from .decode.known_names import known_name
from .decode.log_texts import unrecognized_sync_text
from .http.request import Response
from .http.response import KNOWN_CODES
from .route import NOTHING, Route, Value, location_of

KEPT: Final = 100
"""How many exchanges are remembered."""
MOST_ANSWERS: Final = 100
MOST_CODES: Final = 50
MOST_TEXTS: Final = 20

DEEPEST: Final = 5
WIDEST: Final = 60


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One request and how it was answered.

    `seconds` includes the wait for a turn. `failure` names the sort of error; without a
    status no answer came.
    """

    time: datetime
    route: str
    method: str
    location: str | None
    seconds: float
    status: int | None
    code: int | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A result code that no list of codes explains.

    See docs/protocol/total-connect.md#result-codes.
    """

    code: int
    route: str
    count: int
    last: datetime


class Seen:
    """What becomes known of one exchange while it goes on."""

    def __init__(self) -> None:
        """Begin before the answer."""
        self.status: int | None = None
        self.code: int | None = None
        self.shape: str | None = None

    def answered(self, answer: Response) -> Response:
        """Note that an answer came, and pass it on."""
        self.status = answer.status
        return answer

    def read(self, fields: Fields) -> Fields:
        """Note code and shape of what was read of the answer, and pass it on."""
        self.code = fields.integer("ResultCode")
        self.shape = shape(fields.values)
        return fields


class Trace:
    """The last exchanges of one account, the shapes of its answers, what was not known."""

    def __init__(
        self,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with nothing; `now` tells the time, `clock` measures how long it takes."""
        self._now = now
        self._clock = clock
        # Aliases hold for one run of the program and lead back to nothing.
        self._key = secrets.token_bytes(16)
        self._exchanges: deque[Exchanged] = deque(maxlen=KEPT)
        self._answers: dict[tuple[str, int | None, int | None], str] = {}
        self._codes: dict[int, UnknownCode] = {}
        self._texts: dict[str, None] = {}

    def alias(self, number: int) -> str:
        """Return the name under which a location stands here."""
        digest = blake2s(str(number).encode(), key=self._key, digest_size=3)
        return f"location-{digest.hexdigest()}"

    @contextmanager
    def exchange(
        self,
        route: Route,
        path_fields: Mapping[str, Value] = NOTHING,
        fields: Mapping[str, Value] = NOTHING,
    ) -> Iterator[Seen]:
        """Remember one exchange, however it ends."""
        seen, requested, begun = Seen(), self._now(), self._clock()
        failure: str | None = None
        try:
            yield seen
        except BaseException as error:
            failure = type(error).__name__
            code = getattr(error, "code", None)
            seen.code = code if isinstance(code, int) else seen.code
            raise
        finally:
            number = location_of(path_fields, fields)
            self._exchanges.append(
                Exchanged(
                    requested,
                    route.key,
                    route.method,
                    None if number is None else self.alias(number),
                    round(self._clock() - begun, 3),
                    seen.status,
                    seen.code,
                    failure,
                )
            )
            self._learn(route.key, seen)

    def _learn(self, route: str, seen: Seen) -> None:
        if seen.shape is not None:
            answer = (route, seen.status, seen.code)
            _keep(self._answers, answer, seen.shape, MOST_ANSWERS)
        if seen.code is not None and seen.code not in KNOWN_CODES:
            known = self._codes.get(seen.code)
            count = 1 if known is None else known.count + 1
            code = UnknownCode(seen.code, route, count, self._now())
            _keep(self._codes, seen.code, code, MOST_CODES)

    def log_text(self, text: str) -> None:
        """Remember a log text that speaks of a sync and could not be judged."""
        if (redacted_text := unrecognized_sync_text(text)) is not None:
            _keep(self._texts, redacted_text, None, MOST_TEXTS)

    @property
    def exchanges(self) -> tuple[Exchanged, ...]:
        """The last exchanges, oldest first."""
        return tuple(self._exchanges)

    @property
    def answers(self) -> dict[str, dict[str, str]]:
        """The shapes of answers by route, then by HTTP status and result code."""
        found: dict[str, dict[str, str]] = {}
        for (route, status, code), sketch in sorted(
            self._answers.items(), key=lambda item: str(item[0])
        ):
            found.setdefault(route, {})[f"{status}/{code}"] = sketch
        return found

    @property
    def unknown_codes(self) -> tuple[UnknownCode, ...]:
        """The result codes met that no list explains, the newest last."""
        return tuple(self._codes.values())

    @property
    def unrecognized_texts(self) -> tuple[str, ...]:
        """The log texts on syncs that could not be judged, the newest last."""
        return tuple(self._texts)


def _keep[K, V](store: dict[K, V], key: K, value: V, most: int) -> None:
    """Put a value last and let the oldest go."""
    store.pop(key, None)
    store[key] = value
    while len(store) > most:
        del store[next(iter(store))]


def shape(value: object, depth: int = DEEPEST) -> str:
    """Sketch a value: known names of fields and sorts of values, never a value itself.

    Fields whose names are not known are counted, since a name may be data; what is in
    them is sketched. A list is sketched by its length and its first element.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "flag"
        case int() | float():
            return "number"
        case str():
            return "text" if value else "empty"
        case Mapping() if depth:
            return f"{{{', '.join(_fields(value, depth - 1))}}}"
        case list() if depth:
            first = f" of {shape(value[0], depth - 1)}" if value else ""
            return f"[{len(value)}{first}]"
        case _:
            return "..."


def _fields(value: Mapping[object, object], depth: int) -> Iterator[str]:
    unknown = 0
    for name, inner in islice(value.items(), WIDEST):
        if (known := known_name(name)) is not None:
            yield f"{known}: {shape(inner, depth)}"
            continue
        unknown += 1
        if isinstance(inner, Mapping | list):
            yield f"?: {shape(inner, depth)}"
    if unknown:
        yield f"{unknown} unknown"
    if len(value) > WIDEST:
        yield "..."

"""Ways of a service whose newer addresses nobody has written down: each world draws its own. All of it is invented.

Only names are known: those of the SOAP ancestors' parameters and answers (docs/protocol/total-connect.md#rest-paths).
Address, verb, letter case, places of ids, wrappers, kind of body and content type come from the seed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
import re
from typing import Any, Literal, get_args

from simulator.service.answers import Json
from simulator.service.calls import lowered

type Purpose = Literal["user_sync", "user_sync_steps", "job_status", "users", "events"]
type Kind = Literal["location", "device", "job", "code", "position", "rows"]
type Encoding = Literal["json", "form", ""]
type Spelling = Callable[[str], str]

_ENCODINGS: tuple[Encoding, ...] = ("json", "form")
PURPOSES: tuple[Purpose, ...] = get_args(Purpose.__value__)

_SPELLINGS: dict[str, Spelling] = {
    "pascal": str,
    "camel": lambda name: name[:1].lower() + name[1:],
    "lower": str.lower,
    "upper": str.upper,
}
_REQUEST_WRAPPERS = ("request", "model", "input")
_ANSWER_WRAPPERS = ((), (), ("data",), ("result",), ("response", "payload"))
_BASES = ("api/v1", "api/v2", "api/v3", "api/v4", "api", "api/v1/account")
_WORDS: dict[Purpose, tuple[str, ...]] = {
    "user_sync": ("users/sync", "people/synchronize", "members/push", "sync/users"),
    "user_sync_steps": ("users/sync/steps", "people/progress", "members/push/state"),
    "job_status": ("jobs", "sync/jobs", "tasks", "synchronization/state"),
    "users": ("people", "members", "users/list", "roster"),
    "events": ("history", "activity", "journal/search", "records"),
}
_LOCATION_NAMES = ("LocationID", "LocationId", "LocID", "SiteID")
_DEVICE_NAMES = ("DeviceID", "DeviceId", "PanelDeviceID")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request: its name as sent, and what it holds: a value of a kind, or always the same."""

    name: str
    kind: Kind | None = None
    constant: str | int | bool | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One address of one purpose, and how it is spoken to."""

    purpose: Purpose
    method: str
    path: str  # below the base, with `{location}`, `{device}` and `{job}`
    query: tuple[Field, ...]
    body: tuple[Field, ...]
    encoding: Encoding
    spelling: str
    wrapper: str | None
    answer_wrapper: tuple[str, ...]
    answer_spelling: str
    content_type: str

    def request(self, values: Mapping[Kind, Any]) -> tuple[str, Json, Json]:
        """Return path, query and body of a request with these values."""
        path = self.path
        for kind, value in values.items():
            path = path.replace(f"{{{kind}}}", str(value))
        body = _filled(self.body, values)
        if self.wrapper is not None:
            body = {self.wrapper: body}
        return path, _filled(self.query, values), body

    def read(self, query: Json, body: Json, encoding: str) -> Json | None:
        """Return the values a request brings by their kinds; None if it is not as this service wants it."""
        if self.encoding and encoding != self.encoding:
            return None
        if self.wrapper is not None:
            inner = lowered(body).get(self.wrapper.lower())
            body = inner if isinstance(inner, dict) else {}
        values: Json = {}
        for fields, given in (
            (self.query, lowered(query)),
            (self.body, lowered(body)),
        ):
            for field in fields:
                if field.name.lower() not in given:
                    return None
                value = given[field.name.lower()]
                if field.kind is not None:
                    values[field.kind] = value
                elif str(value).lower() != str(field.constant).lower():
                    return None
        return values

    def rows(self, location_id: int, device_id: int, code: str) -> list[Json]:
        """Return the list of panels that a start brings, with one panel."""
        row = {
            "LocationID": location_id,
            "DeviceID": device_id,
            "AuthorizingCode": code,
        }
        return [_spelt(row, _SPELLINGS[self.spelling])]

    def answer(self, payload: Any) -> Any:
        """Return an answer as this address writes it."""
        spelt = _spelt(payload, _SPELLINGS[self.answer_spelling])
        for name in reversed(self.answer_wrapper):
            spelt = {name: spelt}
        return spelt


def _filled(fields: tuple[Field, ...], values: Mapping[Kind, Any]) -> Json:
    return {
        field.name: field.constant if field.kind is None else values[field.kind]
        for field in fields
    }


def _spelt(value: Any, spell: Spelling) -> Any:
    if isinstance(value, dict):
        return {spell(name): _spelt(item, spell) for name, item in value.items()}
    if isinstance(value, list):
        return [_spelt(item, spell) for item in value]
    return value


def draw(seed: int) -> dict[Purpose, Way]:
    """Return the ways of a world. Its steps may stand at the address of the start, distinguished by `StatusOnly`."""
    drawer = _Drawer(Random(f"{seed}/hidden"))
    start = drawer.start()
    return {
        "user_sync": start,
        "user_sync_steps": drawer.steps(start),
        "job_status": drawer.job(),
        "users": drawer.users(),
        "events": drawer.events(),
    }


class _Drawer:
    """Draws one way after the other."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._spelling = random.choice(tuple(_SPELLINGS))

    def start(self) -> Way:
        """Draw the start of a user sync: a list of panels, or one panel by its ids."""
        random = self._random
        status = Field(self._name("StatusOnly"), constant=False)
        places: tuple[str, ...] = ()
        query: tuple[Field, ...] = ()
        encoding: Encoding = "json"
        if random.random() < 0.5:
            body = [Field(self._name("DeviceList"), "rows"), status]
        else:
            places, query, inside = self._placed("location", "device")
            body = [*inside, Field(self._name("AuthorizingCode"), "code"), status]
            encoding = random.choice(_ENCODINGS)
        if random.random() < 0.5:
            body.append(Field(self._name("AdditionalInput"), constant=""))
        random.shuffle(body)
        return self._way(
            "user_sync",
            random.choice(("POST", "PUT")),
            places,
            query,
            tuple(body),
            encoding,
        )

    def steps(self, start: Way) -> Way:
        """Draw the steps: the start's address with `StatusOnly` true, or a reading address of their own."""
        if self._random.random() < 0.5:
            body = tuple(
                Field(field.name, constant=True)
                if field.name.lower() == "statusonly"
                else field
                for field in start.body
            )
            return replace(start, purpose="user_sync_steps", body=body)
        places, query, inside = self._placed("location", "device", in_body=False)
        return self._way("user_sync_steps", "GET", places, query, inside, "")

    def job(self) -> Way:
        places, query, inside = self._placed("location", "job", in_body=False)
        return self._way("job_status", "GET", places, query, inside, "")

    def users(self) -> Way:
        places, query, inside = self._placed("location", in_body=False)
        if self._random.random() < 0.5:
            query += (Field(self._name("AdditionalInput"), constant=""),)
        return self._way("users", "GET", places, query, inside, "")

    def events(self) -> Way:
        """Draw the event log: reads with many parameters are POST, seldom GET."""
        random = self._random
        by_get = random.random() < 0.3
        places, query, inside = self._placed("location", in_body=not by_get)
        fields = (
            Field(self._name("LastEventIdReceived"), "position"),
            Field(self._name("FilterClass"), constant=1),
            Field(self._name("MaxRecords"), constant=random.choice((50, 100))),
            Field(self._name("DateFormat"), constant=0),
            Field(self._name("TimeFormat"), constant=1),
            Field(self._name("ShowHidden"), constant=False),
        )
        if by_get:
            return self._way("events", "GET", places, query + fields, (), "")
        encoding = random.choice(_ENCODINGS)
        return self._way("events", "POST", places, query, inside + fields, encoding)

    def _name(self, name: str) -> str:
        return _SPELLINGS[self._spelling](name)

    def _placed(
        self, *kinds: Literal["location", "device", "job"], in_body: bool = True
    ) -> tuple[tuple[str, ...], tuple[Field, ...], tuple[Field, ...]]:
        """Return which ids stand in the path, and the fields of those in the query and in the body."""
        names = {
            "location": self._random.choice(_LOCATION_NAMES),
            "device": self._random.choice(_DEVICE_NAMES),
            "job": "JobID",
        }
        places: list[str] = []
        query: list[Field] = []
        body: list[Field] = []
        for kind in kinds:
            where = self._random.choice(
                ("path", "body") if in_body else ("path", "query")
            )
            if where == "path":
                places.append(kind)
            else:
                found = Field(self._name(names[kind]), kind)
                (body if where == "body" else query).append(found)
        return tuple(places), tuple(query), tuple(body)

    def _way(
        self,
        purpose: Purpose,
        method: str,
        places: tuple[str, ...],
        query: tuple[Field, ...],
        body: tuple[Field, ...],
        encoding: Encoding,
    ) -> Way:
        random = self._random
        wrapped = encoding == "json" and random.random() < 0.3
        return Way(
            purpose=purpose,
            method=method,
            path=self._path(purpose, places),
            query=query,
            body=body,
            encoding=encoding,
            spelling=self._spelling,
            wrapper=random.choice(_REQUEST_WRAPPERS) if wrapped else None,
            answer_wrapper=random.choice(_ANSWER_WRAPPERS),
            answer_spelling=random.choice(tuple(_SPELLINGS)),
            content_type=random.choice(("application/json", "text/json")),
        )

    def _path(self, purpose: Purpose, places: tuple[str, ...]) -> str:
        """Return an address: a base, the ids with or without their words, and what it is for."""
        parts = [self._random.choice(_BASES)]
        words = {"location": "locations/", "device": "devices/", "job": ""}
        ids = [f"{words[place]}{{{place}}}" for place in places if place != "job"]
        parts += [*ids, self._random.choice(_WORDS[purpose])]
        parts += ["{job}"] if "job" in places else []
        pieces = re.split(r"(\{\w+\})", "/".join(parts))
        spell = self._random.choice((str, str.lower, str.title))
        return "".join(
            piece if piece.startswith("{") else spell(piece) for piece in pieces
        )

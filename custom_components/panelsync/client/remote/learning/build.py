"""From a recognised call to a route: each value is explained, or the call is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
import re
from typing import Final

from ..hosts import Hosts
from ..learned import route_of
from ..learned_rules import (
    DATE_FORMATS,
    LEARNED,
    NotLearned,
    code_field,
    plain,
    validate_constant,
    validate_method,
)
from ..route import Leaf, Purpose, Route, Shape, Slot, Template, Tree
from ..routes import TABLE
from .calls import Call, Reason, Unreadable

_CODE: Final = re.compile(r"-1|[0-9]{1,12}|")
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CURSOR: Final = re.compile(r"lasteventid\w*|lastreceived\w*|cursor")
_CACHE_BUSTERS: Final = frozenset(
    {"", "t", "ts", "timestamp", "nocache", "cachebuster"}
)
_OTHER_ROW: Final = re.compile(r"\[[1-9][0-9]*\][.\[]")


@dataclass(frozen=True, slots=True)
class Known:
    """What is ours: the addresses of the account, and its panels by location.

    `unavailable` are the purposes whose known ways are no longer there, `names` those of
    the person and of the places: no route may hold one.
    """

    hosts: Hosts
    panels: Mapping[int, int]
    unavailable: frozenset[Purpose] = frozenset()
    names: frozenset[str] = frozenset()


class _Explained:
    """The values of one call, explained one by one."""

    def __init__(
        self, purpose: Purpose, panels: Mapping[int, int], jobs: frozenset[str]
    ) -> None:
        self._purpose = purpose
        self._may = LEARNED[purpose]
        self._panels = panels
        self._devices = {device: location for location, device in panels.items()}
        self._jobs = jobs
        self.locations: set[int] = set()

    def path(self, path: str) -> str:
        """Put places where values of ours stand in the path."""
        parts = path.rstrip("/").split("/")
        for index, part in enumerate(parts):
            before = parts[index - 1].casefold() if index else ""
            field = self._ours(before, part)
            if field is None and "job" in self._may and _GUID.fullmatch(part):
                field = "job"
            if field in ("location", "device", "job"):
                parts[index] = f"{{{field}}}"
        return "/".join(parts)

    def tree(self, value: object, name: str = "") -> Tree:
        """Put slots where values of ours stand; a list of panels keeps its first row."""
        if isinstance(value, Mapping):
            return {
                str(inner_name): self.tree(inner, str(inner_name))
                for inner_name, inner in value.items()
            }
        if isinstance(value, list):
            return self._list(value, name)
        return self.leaf(name, value)

    def _list(self, value: list[object], name: str) -> Tree:
        here = self.locations
        rows = []
        for inner in value:
            # One call may cover several locations, a row each.
            self.locations = set(here) if isinstance(inner, Mapping) else here
            rows.append(self.tree(inner, name))
            if len(self.locations) > 1 and not here:
                raise Unreadable(Reason.NO_PLACE)
        self.locations = here
        if rows and any(isinstance(row, Mapping | Slot) for row in rows):
            if any(row != rows[0] for row in rows):
                raise Unreadable(Reason.FIELD, name)
            rows = rows[:1]
        return tuple(rows)

    def leaf(self, name: str, value: object) -> Leaf:
        """Return the slot of one value, or the value as a constant."""
        known = plain(name)
        if (field := code_field(known)) is not None:
            return self._code(name, field, value)
        if isinstance(value, float):
            raise Unreadable(Reason.FIELD, name)
        if "after" in self._may and _CURSOR.fullmatch(known):
            if re.fullmatch(r"-?[0-9]{0,20}", "" if value is None else str(value)):
                return Slot("after", "text" if isinstance(value, str) else "")
            raise Unreadable(Reason.FIELD, name)
        if isinstance(value, int | str) and not isinstance(value, bool):
            field = self._ours(known, str(value))
            is_number = isinstance(value, int)
            if field is None and known.endswith("jobid") and _is_job(str(value)):
                field = "job"
            if field is not None and field in self._may:
                if field == "job":
                    return Slot(field, "number" if is_number else "")
                return Slot(field, "" if is_number else "text")
            if (slot := self._moment(known, value)) is not None:
                return slot
        if not isinstance(value, bool | int | str | None):
            raise Unreadable(Reason.FIELD, name)
        validate_constant(name, value)
        return value

    def _code(self, name: str, field: str, value: object) -> Leaf:
        words = "" if value is None else str(value)
        if field not in self._may or not _CODE.fullmatch(words):
            raise Unreadable(Reason.FIELD, name)
        if field == "installer" and not words:
            return None if value is None else ""
        if isinstance(value, int):
            return Slot(field, "number")
        return Slot(field, "" if words and field == "code" else "blank")

    def _moment(self, known: str, value: object) -> Slot | None:
        begins = known in ("startdatetime", "startdate", "fromdate", "begindate")
        ends = known in ("enddatetime", "enddate", "todate")
        if not (begins or ends) or not isinstance(value, str) or not value:
            return None
        words = re.sub(r"\.[0-9]{3}Z$", ".000Z", value)
        for form in DATE_FORMATS:
            try:
                datetime.strptime(words, form)
            except ValueError:
                continue
            return Slot("since" if begins else "until", form)
        return None

    def _ours(self, near: str, words: str) -> str | None:
        """Return which value of ours this is; `near` is the name that stands beside it."""
        if words in self._jobs and "job" in self._may:
            return "job"
        if not re.fullmatch(r"[0-9]{1,20}", words):
            return None
        number = int(words)
        is_location, is_device = number in self._panels, number in self._devices
        if is_location and is_device:
            is_location = "device" not in near and "panel" not in near
            is_device = not is_location
        if is_location:
            self.locations.add(number)
            return "location"
        if is_device:
            self.locations.add(self._devices[number])
            return "device"
        return None


def _is_job(words: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9-]{4,64}", words))


def check_host(call: Call, hosts: Hosts) -> None:
    """Refuse a call to any but the service of this account; raises Unreadable."""
    address = call.address
    if address.username is not None or address.password is not None:
        raise Unreadable(Reason.OTHER_HOST, address.hostname or "")
    port = f":{address.port}" if address.port not in (None, 443) else ""
    host = (address.hostname or "").rstrip(".")
    if f"{address.scheme}://{host}{port}" == _normal(hosts.service):
        return
    if address.scheme != "https" and f"https://{host}{port}" == hosts.service:
        raise Unreadable(Reason.NOT_ENCRYPTED)
    raise Unreadable(Reason.OTHER_HOST, host)


# A place may be called like a part of every address.
_COMMON_PARTS: Final = frozenset(
    part.casefold() for route in TABLE for part in route.path.split("/")
)


def _check_names(path: str, names: Iterable[str]) -> None:
    """Refuse an address with the name of a person or a place; raises Unreadable."""
    private = {name.casefold() for name in names} - _COMMON_PARTS
    if private.intersection(path.casefold().split("/")):
        raise Unreadable(Reason.ADDRESS)


def _normal(base: str) -> str:
    return base.casefold().removesuffix(":443")


def build(
    call: Call, purpose: Purpose, known: Known, jobs: Iterable[str], mark: str
) -> Route:
    """Return the route of a recognised call; raises Unreadable or NotLearned."""
    check_host(call, known.hosts)
    validate_method(purpose, call.method)
    if purpose is Purpose.JOB_STATUS and call.method != "GET" and not call.answered:
        # Nothing shows that this does not end or change the job.
        raise NotLearned(Reason.VERB, call.method)
    if call.address.fragment:
        raise Unreadable(Reason.ADDRESS)
    explained = _Explained(purpose, known.panels, frozenset(jobs))
    path = explained.path(call.address.path)
    _check_names(path, known.names)
    query: dict[str, Leaf] = {}
    for name, value in call.query.items():
        known_name = plain(name) if name.strip("_") else ""
        if call.method == "GET" and known_name in _CACHE_BUSTERS and value.isdigit():
            continue
        if code_field(known_name) and value not in ("", "-1"):
            raise NotLearned(Reason.SECRET_IN_ADDRESS, name)
        query[name] = value if code_field(known_name) else explained.leaf(name, value)
    body: Mapping[str, Tree] | tuple[Tree, ...] | None = None
    shape = Shape.GET
    if call.form is not None:
        shape = Shape.FORM
        body = {
            name: explained.leaf(name, value)
            for name, value in call.form.items()
            if not _OTHER_ROW.search(name)
        }
    elif call.json is not None:
        shape = Shape.JSON
        tree = explained.tree(call.json)
        assert isinstance(tree, Mapping | tuple)
        body = tree
    if body is not None and call.method == "GET":
        raise Unreadable(Reason.BODY)
    if len(explained.locations) > 1:
        raise Unreadable(Reason.NO_PLACE)
    return route_of(purpose, call.method, path, Template(query, body), shape, mark)

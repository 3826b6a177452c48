"""The routes of a world with hidden ways: its own addresses, answered like the ones of other worlds. Invented."""

from collections.abc import Callable
import re

from simulator.service import answers, operations
from simulator.service.answers import Json
from simulator.service.calls import Answer, Call, Route, lowered, whole_number
from simulator.service.hidden import Purpose, Way
from simulator.world.location import Location
from simulator.world.result_codes import INVALID_PARAMETER, LOCATION_NOT_VALID, Refusal
from simulator.world.world import World


def hidden_routes(world: World, ways: dict[Purpose, Way]) -> list[Route]:
    """Return a route for each way; the steps may share the one of the start."""
    hidden = _Hidden(world, ways)
    acts: dict[Purpose, Callable[[Way, Call], Answer]] = {
        "user_sync": hidden.user_sync,
        "user_sync_steps": hidden.steps,
        "job_status": hidden.job_status,
        "users": hidden.users,
        "events": hidden.events,
    }
    start = ways["user_sync"]
    return [
        _route(way, acts[purpose])
        for purpose, way in ways.items()
        if purpose != "user_sync_steps"
        or (way.method, way.path) != (start.method, start.path)
    ]


def _route(way: Way, act: Callable[[Way, Call], Answer]) -> Route:
    pattern = re.sub(
        r"\{(\w+)\}",
        lambda match: f"(?P<{_PARTS[match.group(1)]}>[^/]+)",
        re.escape(way.path).replace(r"\{", "{").replace(r"\}", "}"),
    )
    return Route(
        way.purpose,
        way.method,
        re.compile(pattern, re.IGNORECASE),
        lambda call: act(way, call),
    )


_PARTS = {"location": "location", "device": "device", "job": "jobid"}


class _Hidden:
    """What the hidden addresses do."""

    def __init__(self, world: World, ways: dict[Purpose, Way]) -> None:
        self._world = world
        self._ways = ways

    def user_sync(self, way: Way, call: Call) -> Answer:
        """Start a user sync, or return its steps if the request says so at the same address."""
        values = way.read(call.query, call.body, call.encoding)
        steps = self._ways["user_sync_steps"]
        if values is None and (steps.method, steps.path) == (way.method, way.path):
            return self.steps(steps, call)
        return self._users_answer(way, call, values, status_only=False)

    def steps(self, way: Way, call: Call) -> Answer:
        """Return how far a user sync is."""
        values = way.read(call.query, call.body, call.encoding)
        return self._users_answer(way, call, values, status_only=True)

    def _users_answer(
        self, way: Way, call: Call, values: Json | None, *, status_only: bool
    ) -> Answer:
        if values is None:
            return _refused(way)
        rows = values.get("rows")
        if rows is None:
            location, device = (
                _id(values, call, kind) for kind in ("location", "device")
            )
            rows = [operations.row(location, device, values.get("code"))]
        return _answer(
            way,
            operations.user_sync(self._world, call, rows, status_only=status_only),
        )

    def job_status(self, way: Way, call: Call) -> Answer:
        """Return the states of a job."""

        def one(location: Location, values: Json) -> Json:
            job_id = str(values.get("job") or call.path.get("jobid", ""))
            return operations.job_status(self._world, location, job_id)

        return self._at(way, call, one)

    def users(self, way: Way, call: Call) -> Answer:
        """List the users of a location."""
        return self._at(way, call, lambda location, _: answers.users([location]))

    def events(self, way: Way, call: Call) -> Answer:
        """Read a page of the event log."""

        def one(location: Location, _: Json) -> Json:
            body = call.body
            if way.wrapper is not None:
                body = lowered(body.get(way.wrapper.lower(), {}))
            plain = Call(call.session, call.path, call.query, body)
            return operations.events(self._world, location, plain)

        return self._at(way, call, one)

    def _at(
        self, way: Way, call: Call, answer: Callable[[Location, Json], Json]
    ) -> Answer:
        values = way.read(call.query, call.body, call.encoding)
        if values is None:
            return _refused(way)
        location = self._world.locations.get(_id(values, call, "location"))
        if location is None:
            return _answer(way, answers.refused(Refusal(LOCATION_NOT_VALID)))
        return _answer(way, answer(location, values))


def _id(values: Json, call: Call, kind: str) -> int:
    return whole_number(values.get(kind, call.path.get(kind)))


def _refused(way: Way) -> Answer:
    return _answer(way, answers.refused(Refusal(INVALID_PARAMETER)))


def _answer(way: Way, payload: Json) -> Answer:
    return Answer(way.answer(payload), content_type=way.content_type)

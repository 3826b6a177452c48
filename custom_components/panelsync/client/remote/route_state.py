"""What is known of the routes on one account: which work and which are unavailable.

See docs/architecture.md#gone-routes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from ..models import RouteReport, RouteState
from ..serialization import as_json, from_json_or_none
from .route import Host, Route
from .routes import RouteTable

FORBIDDEN_APART: Final = timedelta(minutes=10)
"""How far apart a route must be forbidden twice to be unavailable."""
UNAVAILABLE_FOR: Final = timedelta(days=1)
"""After this an unavailable route is tried again where nothing can probe it."""
START_UNAVAILABLE_FOR: Final = timedelta(hours=1)
"""The same for a start: only a press can try it, and a missing route does nothing."""


@dataclass(frozen=True, slots=True)
class RouteFact:
    """What is known of one route; `since` is when it became so."""

    state: RouteState = RouteState.UNTRIED
    since: datetime | None = None
    forbidden: datetime | None = None


UNKNOWN: Final = RouteFact()


class RouteStates:
    """The facts of all routes of one account. Time comes in as an argument."""

    def __init__(self, stored: object = None, table: RouteTable | None = None) -> None:
        """Take what `stored()` gave; anything else is forgotten."""
        self.table = table or RouteTable()
        self._facts: dict[str, RouteFact] = {}
        self._answered: dict[Host, tuple[str, datetime]] = {}
        if isinstance(stored, Mapping):
            for key, raw in stored.items():
                if (
                    key in self.table
                    and (fact := from_json_or_none(RouteFact, raw)) is not None
                ):
                    self._facts[key] = fact

    def stored(self) -> dict[str, dict[str, Any]]:
        """Return the facts as values of JSON."""
        return {key: as_json(fact) for key, fact in self._facts.items()}

    def fact(self, route: Route) -> RouteFact:
        """Return what is known of a route."""
        return self._facts.get(route.key, UNKNOWN)

    def works(self, route: Route) -> bool:
        """Return whether the route answered, and has not become unavailable since."""
        return self.fact(route).state is RouteState.WORKS

    def is_unavailable(self, route: Route, now: datetime) -> bool:
        """Return whether the route is known to be no longer there."""
        fact = self.fact(route)
        lasts = START_UNAVAILABLE_FOR if route.is_start else UNAVAILABLE_FOR
        return fact.state is RouteState.UNAVAILABLE and _lasts(fact.since, now, lasts)

    def is_backing_off(self, route: Route, now: datetime) -> bool:
        """Return whether a read waits: the route was forbidden and has never answered."""
        return not self.works(route) and _lasts(
            self.fact(route).forbidden, now, FORBIDDEN_APART
        )

    def answered(self, route: Route, now: datetime) -> bool:
        """Note that a route answered; return whether that is news."""
        self._answered[route.host] = (route.key, now)
        fact = self.fact(route)
        if fact.state is RouteState.WORKS and fact.forbidden is None:
            return False
        since = fact.since if fact.state is RouteState.WORKS else now
        self._facts[route.key] = RouteFact(RouteState.WORKS, since)
        return True

    def missing(self, route: Route, now: datetime) -> None:
        """Note that a route is not there; so is any other that only has another body."""
        if route.remembered:
            for twin in self.table.routes:
                if (twin.method, twin.path, twin.is_soap) == (
                    route.method,
                    route.path,
                    False,
                ):
                    self._facts[twin.key] = RouteFact(RouteState.UNAVAILABLE, now)
            self._facts[route.key] = RouteFact(RouteState.UNAVAILABLE, now)

    def mark_unsupported(self, route: Route, now: datetime) -> None:
        """Note that a route which never worked does not do what it was asked for."""
        if route.remembered and not self.works(route):
            self._facts[route.key] = RouteFact(RouteState.UNAVAILABLE, now)

    def forbidden(self, route: Route, now: datetime) -> bool:
        """Note a 403 or a web page; return whether anything changed.

        The route is unavailable at the second one, ten minutes after the first or later, if
        another route of the host answered in between. With nothing answering it is an
        outage.
        """
        fact = self.fact(route)
        if not route.remembered or _lasts(fact.forbidden, now, FORBIDDEN_APART):
            return False
        key, moment = self._answered.get(route.host, (route.key, now))
        proven = (
            key != route.key and fact.forbidden is not None and moment > fact.forbidden
        )
        if proven:
            self._facts[route.key] = RouteFact(RouteState.UNAVAILABLE, now)
        else:
            self._facts[route.key] = replace(fact, forbidden=now)
        return True

    def try_again(self, route: Route) -> None:
        """Forget that a route is unavailable, so that it is probed once more."""
        if self.fact(route).state is RouteState.UNAVAILABLE:
            self._facts[route.key] = UNKNOWN

    def report(self, now: datetime) -> tuple[RouteReport, ...]:
        """Return every route that may be there or not, for people."""
        return tuple(
            RouteReport(
                route.purpose.value,
                route.key,
                route.certainty,
                RouteState.UNAVAILABLE
                if self.is_unavailable(route, now)
                else _settled(self.fact(route).state),
                self.fact(route).since,
            )
            for route in self.table.routes
            if route.remembered
        )


def _lasts(since: datetime | None, now: datetime, span: timedelta) -> bool:
    """Return whether a span goes on; what a clock noted that was ahead has none."""
    return since is not None and timedelta(0) <= now - since < span


def _settled(state: RouteState) -> RouteState:
    return RouteState.UNTRIED if state is RouteState.UNAVAILABLE else state

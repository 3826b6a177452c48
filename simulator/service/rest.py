"""The REST interface of the simulated service.

See docs/protocol/total-connect.md#rest-paths.

A table of routes; `Handlers` decide the answers. Letter case of paths and of body keys
has no meaning (docs/protocol/total-connect.md#rest-paths). The likely routes are guesses and stand behind switches.
"""

from collections.abc import Callable
from functools import cache
import re

from simulator.service import details
from simulator.service.accounts import Accounts
from simulator.service.calls import Answer, Call, Route
from simulator.service.handlers import Handlers
from simulator.service.hidden import Purpose, Way
from simulator.service.hidden_routes import hidden_routes
from simulator.world.world import World


@cache
def _pattern(path: str) -> re.Pattern[str]:
    """Compile a path with names in braces, once for all simulators of a process."""
    parts = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
    return re.compile(parts, re.IGNORECASE)


class Rest:
    """All REST routes over one world."""

    def __init__(
        self,
        world: World,
        accounts: Accounts,
        ways: dict[Purpose, Way] | None = None,
    ) -> None:
        """Build the route table; `ways` are those of a world with hidden ones."""
        self._world = world
        self._handlers = Handlers(world, accounts)
        self._routes: list[Route] = []
        self._add_known()
        self._add_candidates()
        if ways:
            self._routes += hidden_routes(world, ways)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | int:
        """Return the route and the path's parts, or 404 or 405. `path` is without the base."""
        other_method = False
        for route in self._routes:
            match = route.pattern.fullmatch(path)
            if match is None or not route.present():
                continue
            if route.method == method:
                return route, match.groupdict()
            other_method = True
        return 405 if other_method else 404

    def _add(
        self,
        key: str,
        method: str,
        path: str,
        answer: Callable[[Call], Answer],
        present: Callable[[], bool] = lambda: True,
        *,
        needs_session: bool = True,
    ) -> None:
        self._routes.append(
            Route(key, method, _pattern(path), answer, present, needs_session)
        )

    def _switched(self, switch: str, *numbers: int) -> Callable[[], bool]:
        """Return whether a candidate is there: its number stands in the switch."""
        return lambda: getattr(self._world.switches, switch) in numbers

    def _add_known(self) -> None:
        """Add the paths that are known (docs/protocol/total-connect.md#rest-paths)."""
        add, at = self._add, "api/v1/locations/{location}"
        handlers = self._handlers
        add(
            "session_details",
            "GET",
            "api/v3/authentication/sessiondetails",
            handlers.session_details,
        )
        add("logout", "POST", "api/v3/authentication/logout", handlers.logout)
        add(
            "locations",
            "GET",
            "api/v1/locations",
            lambda _: Answer(details.locations_list(self._world)),
        )
        add("location_info", "GET", f"{at}/locationInfo", handlers.location_info)
        add(
            "full_status",
            "GET",
            "api/v[13]/locations/{location}/partitions/fullStatus",
            handlers.full_status,
        )
        add("status", "GET", f"{at}/partitions/status", handlers.status)
        add("metadata", "GET", f"{at}/devices/security/metadata", handlers.metadata)
        add("live_zones", "GET", f"{at}/partitions/zones/{{list}}", handlers.live_zones)
        add(
            "live_zones",
            "GET",
            f"{at}/devices/security/partitions/{{partition}}/zones/state",
            handlers.live_zones,
        )
        add(
            "partitions_config",
            "GET",
            f"{at}/devices/{{device}}/partitions/config",
            handlers.partitions_config,
        )
        current = "api/v1/account/user/current/locations/{location}/SecurityStatus"
        add("security_status", "GET", current, handlers.security_status)
        add(
            "zone_types",
            "GET",
            "api/v1/SecuritySystem/ZoneTypes",
            lambda _: Answer(details.zone_types()),
        )
        add(
            "synchronize",
            "POST",
            f"{at}/devices/security/synchronize",
            handlers.synchronize,
        )
        validate = "api/v1/account/users/current/validateUser/locations/{location}"
        add("validate_user", "POST", validate, handlers.validate_user)
        add(
            "dashboard",
            "GET",
            "api/Dashboard",
            lambda _: Answer(details.dashboard()),
            needs_session=False,
        )
        add(
            "version",
            "GET",
            "api/v1/services/version",
            handlers.version,
            needs_session=False,
        )
        old_style = "api/locations/{location}/SecuritySystem/{sequence}/{ticks}"
        add(
            "metadata",
            "GET",
            f"{old_style}/{{partition}}/GetPanelFullStatus",
            handlers.full_status,
        )
        add(
            "interface_schema",
            "GET",
            "api/v2/interfaceSchema/clientId/{app}/clientAppVersion",
            lambda _: Answer(details.interface_schema()),
        )
        add(
            "unacknowledged",
            "GET",
            f"{at}/devices/{{device}}/events/unacknowledged",
            handlers.unacknowledged,
        )

    def _add_candidates(self) -> None:
        """Add the guesses of 4.2 and 13.4, each behind its switch."""
        add, at = self._add, "api/v1/locations/{location}"
        handlers = self._handlers
        job = f"{at}/devices/security"
        for number, path in enumerate(
            (
                f"{job}/synchronize/{{jobid}}",
                f"{job}/synchronize",
                f"{job}/syncJobStatus/{{jobid}}",
                f"{job}/synchronize/{{jobid}}/status",
            ),
            1,
        ):
            add(
                "job_status",
                "GET",
                path,
                handlers.job_status,
                self._switched("job_status_candidate", number),
            )
        for number, path in enumerate(
            (
                "api/v1/account/users/synchronize",
                f"{at}/devices/{{device}}/users/synchronize",
                "api/v1/account/users/synchronizePanelUser",
            ),
            1,
        ):
            add(
                "user_sync",
                "POST",
                path,
                handlers.user_sync,
                self._switched("user_sync_candidate", number),
            )
        for version, numbers in (("v1", (1, 3)), ("v2", (2,))):
            path = f"api/{version}/locations/{{location}}/devices/{{device}}/Events"
            add(
                "events",
                "POST",
                path,
                handlers.events,
                self._switched("events_candidate", *numbers),
            )
        for number, path in enumerate(
            (
                "api/v1/account/users",
                "api/v1/account/users/locations/{location}",
                f"{at}/users",
            ),
            1,
        ):
            add(
                "users",
                "GET",
                path,
                handlers.users,
                self._switched("users_candidate", number),
            )

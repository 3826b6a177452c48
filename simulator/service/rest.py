"""The REST interface of the simulated service.

See docs/protocol/total-connect.md#rest-paths.

A table of routes; `Handlers` decide the answers. Letter case of paths and of body keys
has no meaning (docs/protocol/total-connect.md#rest-paths).
"""

from collections.abc import Callable
from functools import cache, partial
import re

from simulator.service.accounts import Accounts
from simulator.service.calls import Answer, Call, Route
from simulator.service.handlers import Handlers
from simulator.service.hidden import Purpose, Way
from simulator.service.hidden_routes import hidden_routes
from simulator.world.world import World

type Act = Callable[[Handlers, Call], Answer]

_AT = "api/v1/locations/{location}"
_SECURITY = f"{_AT}/devices/security"
_USERS = "api/v1/account/users"
_EVENTS = "locations/{location}/devices/{device}/Events"

# What is known to be there.
_KNOWN: tuple[tuple[str, str, str, Act], ...] = (
    ("session_details", "GET", "api/v3/authentication/sessiondetails", Handlers.session_details),
    ("logout", "POST", "api/v3/authentication/logout", Handlers.logout),
    ("locations", "GET", "api/v1/locations", Handlers.locations),
    ("location_info", "GET", f"{_AT}/locationInfo", Handlers.location_info),
    ("full_status", "GET", "api/v[13]/locations/{location}/partitions/fullStatus", Handlers.full_status),
    ("status", "GET", f"{_AT}/partitions/status", Handlers.status),
    ("metadata", "GET", f"{_SECURITY}/metadata", Handlers.metadata),
    ("metadata", "GET", "api/locations/{location}/SecuritySystem/{sequence}/{ticks}/{partition}/GetPanelFullStatus",
     Handlers.full_status),
    ("live_zones", "GET", f"{_AT}/partitions/zones/{{list}}", Handlers.live_zones),
    ("live_zones", "GET", f"{_SECURITY}/partitions/{{partition}}/zones/state", Handlers.live_zones),
    ("partitions_config", "GET", f"{_AT}/devices/{{device}}/partitions/config", Handlers.partitions_config),
    ("security_status", "GET", "api/v1/account/user/current/locations/{location}/SecurityStatus",
     Handlers.security_status),
    ("zone_types", "GET", "api/v1/SecuritySystem/ZoneTypes", Handlers.zone_types),
    ("unacknowledged", "GET", f"{_AT}/devices/{{device}}/events/unacknowledged", Handlers.unacknowledged),
    ("synchronize", "POST", f"{_SECURITY}/synchronize", Handlers.synchronize),
    ("validate_user", "POST", f"{_USERS}/current/validateUser/locations/{{location}}", Handlers.validate_user),
    ("dashboard", "GET", "api/Dashboard", Handlers.dashboard),
    ("version", "GET", "api/v1/services/version", Handlers.version),
    ("interface_schema", "GET", "api/v2/interfaceSchema/clientId/{app}/clientAppVersion", Handlers.interface_schema),
)  # fmt: skip
_WITHOUT_SESSION = ("dashboard", "version")

# Guesses, each there while the switch of its key has its number
# (docs/protocol/total-connect.md#likely-routes).
_LIKELY: tuple[tuple[str, str, str, Act, tuple[int, ...]], ...] = (
    ("job_status", "GET", f"{_SECURITY}/synchronize/{{jobid}}", Handlers.job_status, (1,)),
    ("job_status", "GET", f"{_SECURITY}/synchronize", Handlers.job_status, (2,)),
    ("job_status", "GET", f"{_SECURITY}/syncJobStatus/{{jobid}}", Handlers.job_status, (3,)),
    ("job_status", "GET", f"{_SECURITY}/synchronize/{{jobid}}/status", Handlers.job_status, (4,)),
    ("user_sync", "POST", f"{_USERS}/synchronize", Handlers.user_sync, (1,)),
    ("user_sync", "POST", f"{_AT}/devices/{{device}}/users/synchronize", Handlers.user_sync, (2,)),
    ("user_sync", "POST", f"{_USERS}/synchronizePanelUser", Handlers.user_sync, (3,)),
    ("events", "POST", f"api/v1/{_EVENTS}", Handlers.events, (1, 3)),
    ("events", "POST", f"api/v2/{_EVENTS}", Handlers.events, (2,)),
    ("users", "GET", _USERS, Handlers.users, (1,)),
    ("users", "GET", f"{_USERS}/locations/{{location}}", Handlers.users, (2,)),
    ("users", "GET", f"{_AT}/users", Handlers.users, (3,)),
)  # fmt: skip


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
        handlers = Handlers(world, accounts)
        self._routes = [
            Route(
                key,
                method,
                _pattern(path),
                partial(act, handlers),
                needs_session=key not in _WITHOUT_SESSION,
            )
            for key, method, path, act in _KNOWN
        ]
        self._routes += [
            Route(
                key,
                method,
                _pattern(path),
                partial(act, handlers),
                partial(self._switched, f"{key}_candidate", numbers),
            )
            for key, method, path, act, numbers in _LIKELY
        ]
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

    def _switched(self, switch: str, numbers: tuple[int, ...]) -> bool:
        """Return whether a guess is there: its number stands in the switch."""
        return getattr(self._world.switches, switch) in numbers

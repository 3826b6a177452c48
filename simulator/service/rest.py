"""The REST interface of the simulated service.

See docs/protocol/total-connect.md#rest-paths.

A table of routes over the world; it decides answers, the server sends them. Letter case of paths and of body keys
has no meaning (docs/protocol/total-connect.md#rest-paths). The likely routes are guesses and stand behind switches.
"""

from collections.abc import Callable
from functools import cache
import re

from simulator.service import answers, details
from simulator.service.accounts import Accounts
from simulator.service.calls import Answer, Call, Route, lowered, whole_number
from simulator.service.hidden import Purpose, Way
from simulator.service.hidden_routes import hidden_routes
from simulator.service.operations import events, user_sync
from simulator.world.location import Location
from simulator.world.result_codes import (
    INVALID_PARAMETER,
    LOCATION_NOT_VALID,
    NOT_SUPPORTED,
    SUCCESS,
    UNREACHABLE,
    Refusal,
)
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
        self._accounts = accounts
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
        add(
            "session_details",
            "GET",
            "api/v3/authentication/sessiondetails",
            self._session_details,
        )
        add("logout", "POST", "api/v3/authentication/logout", self._logout)
        add(
            "locations",
            "GET",
            "api/v1/locations",
            lambda _: Answer(details.locations_list(self._world)),
        )
        add("location_info", "GET", f"{at}/locationInfo", self._location_info)
        add(
            "full_status",
            "GET",
            "api/v[13]/locations/{location}/partitions/fullStatus",
            self._full_status,
        )
        add("status", "GET", f"{at}/partitions/status", self._status)
        add("metadata", "GET", f"{at}/devices/security/metadata", self._metadata)
        add("live_zones", "GET", f"{at}/partitions/zones/{{list}}", self._live_zones)
        add(
            "live_zones",
            "GET",
            f"{at}/devices/security/partitions/{{partition}}/zones/state",
            self._live_zones,
        )
        add(
            "partitions_config",
            "GET",
            f"{at}/devices/{{device}}/partitions/config",
            self._partitions_config,
        )
        current = "api/v1/account/user/current/locations/{location}/SecurityStatus"
        add("security_status", "GET", current, self._security_status)
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
            self._synchronize,
        )
        validate = "api/v1/account/users/current/validateUser/locations/{location}"
        add("validate_user", "POST", validate, self._validate_user)
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
            self._version,
            needs_session=False,
        )
        old_style = "api/locations/{location}/SecuritySystem/{sequence}/{ticks}"
        add(
            "metadata",
            "GET",
            f"{old_style}/{{partition}}/GetPanelFullStatus",
            self._full_status,
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
            self._unacknowledged,
        )

    def _add_candidates(self) -> None:
        """Add the guesses of 4.2 and 13.4, each behind its switch."""
        add, at = self._add, "api/v1/locations/{location}"
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
                self._job_status,
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
                self._user_sync,
                self._switched("user_sync_candidate", number),
            )
        for version, numbers in (("v1", (1, 3)), ("v2", (2,))):
            path = f"api/{version}/locations/{{location}}/devices/{{device}}/Events"
            add(
                "events",
                "POST",
                path,
                self._events,
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
                self._users,
                self._switched("users_candidate", number),
            )

    # Session and meta

    def _session_details(self, call: Call) -> Answer:
        assert call.session is not None
        return Answer(details.session_details(self._world, call.session))

    def _logout(self, call: Call) -> Answer:
        assert call.session is not None
        self._accounts.log_out(call.session)
        return Answer(answers.ok())

    def _version(self, _: Call) -> Answer:
        return Answer(
            {"ResultCode": SUCCESS, "ResultData": "TC2 API Version 6.26.1.41"}
        )

    # Status

    def _at(self, call: Call, answer: Callable[[Location], Answer]) -> Answer:
        """Answer for the location of the path, or say that it is not valid."""
        location = self._world.locations.get(call.number("location"))
        if location is None:
            return Answer(answers.refused(Refusal(LOCATION_NOT_VALID)))
        return answer(location)

    def _location_info(self, call: Call) -> Answer:
        def one(location: Location) -> Answer:
            return Answer(
                answers.ok(LocationID=location.id, LocationName=location.name)
            )

        return self._at(call, one)

    def _zones_null(self, switch: str) -> bool:
        """Return whether this answer loses its zones: the switch counts how many still do, -1 for ever."""
        left: int = getattr(self._world.switches, switch)
        if left > 0:
            setattr(self._world.switches, switch, left - 1)
        return left != 0

    def _full_status(self, call: Call) -> Answer:
        def one(location: Location) -> Answer:
            null = self._zones_null("null_status_zones")
            return Answer(answers.full_status(location, names=True, zones_null=null))

        return self._at(call, one)

    def _status(self, call: Call) -> Answer:
        return self._at(
            call,
            lambda location: Answer(
                answers.full_status(location, names=False, zones_null=False)
            ),
        )

    def _metadata(self, call: Call) -> Answer:
        def one(location: Location) -> Answer:
            status = answers.full_status(location, names=True, zones_null=False)[
                "PanelStatus"
            ]
            return Answer(answers.ok(PanelMetadataAndStatus=status))

        return self._at(call, one)

    def _security_status(self, call: Call) -> Answer:
        return self._at(
            call,
            lambda location: Answer(answers.security_status(location)),
        )

    def _partitions_config(self, call: Call) -> Answer:
        return self._at(
            call, lambda location: Answer(answers.partitions_config(location))
        )

    def _unacknowledged(self, call: Call) -> Answer:
        count = {"IsUnacknowledged": False, "UnacknowledgedEventsCount": 0}
        return self._at(call, lambda _: Answer(answers.ok(AwarenessEvent=count)))

    def _live_zones(self, call: Call) -> Answer:
        def one(location: Location) -> Answer:
            assert call.session is not None
            switches, seen = self._world.switches, call.session.live_reads
            if not location.panel.family.live_zones:
                return Answer(answers.refused(Refusal(NOT_SUPPORTED), ZoneStatus=None))
            refusal = self._world.syncs.unreachable(location)
            # The first read of a session nearly always fails, the second works (8, quirks).
            if (
                refusal is None
                and location.id not in seen
                and switches.first_live_read_unreachable
            ):
                refusal = Refusal(UNREACHABLE)
            seen.add(location.id)
            seconds = switches.live_read_seconds
            if refusal is not None:
                return Answer(
                    answers.refused(refusal, ZoneStatus=None), seconds=seconds
                )
            if self._zones_null("null_live_zones"):
                return Answer({"ZoneStatus": None}, seconds=seconds)
            self._world.live_read(location)
            return Answer(answers.live_zones(location), seconds=seconds)

        return self._at(call, one)

    def _validate_user(self, call: Call) -> Answer:
        def one(location: Location) -> Answer:
            code, panel = call.text("usercode"), location.panel
            known = code == panel.user_code
            if self._world.switches.validate_user_true_for == "anyone":
                known = known or code in panel.others
            return Answer({"IsDuplicate": known})

        return self._at(call, one)

    # Syncs

    def _synchronize(self, call: Call) -> Answer:
        def one(location: Location) -> Answer:
            assert call.session is not None
            code, installer = call.text("usercode"), call.text("installercode")
            started = self._world.syncs.start_panel(
                location, code, installer, call.session.login.full_name
            )
            if isinstance(started, Refusal):
                return Answer(answers.refused(started, JobID=None))
            return Answer({"JobID": started.job_id, **answers.ok()})

        return self._at(call, one)

    def _job_status(self, call: Call) -> Answer:
        def one(location: Location) -> Answer:
            job_id = call.path.get("jobid") or str(call.query.get("jobid", ""))
            found = self._world.syncs.job(job_id)
            if found is None or found[0] is not location:
                return Answer(answers.refused(Refusal(INVALID_PARAMETER)))
            return Answer(answers.job_status(found[1]))

        return self._at(call, one)

    def _user_sync(self, call: Call) -> Answer:
        assert call.session is not None
        if "location" in call.path:
            devices = [
                (
                    call.number("location"),
                    call.number("device"),
                    call.text("authorizingcode"),
                )
            ]
        else:
            listed = call.body.get("devicelist")
            rows = (
                [lowered(row) for row in listed if isinstance(row, dict)]
                if isinstance(listed, list)
                else []
            )
            devices = [
                (
                    whole_number(row.get("locationid")),
                    whole_number(row.get("deviceid")),
                    str(row.get("authorizingcode") or ""),
                )
                for row in rows
            ]
        return Answer(
            user_sync(
                self._world,
                devices,
                status_only=call.flag("statusonly"),
                person=call.session.login.full_name,
            )
        )

    # Log and users

    def _events(self, call: Call) -> Answer:
        def one(location: Location) -> Answer:
            if (
                self._world.switches.events_candidate == 3
                and "eventtypefilterlist" in call.body
            ):
                return Answer(
                    {"ResultCode": -999, "ResultData": "Unknown Error"}, status=500
                )
            return Answer(
                events(
                    self._world,
                    location,
                    call,
                    page_to=self._world.switches.events_page_to,
                )
            )

        return self._at(call, one)

    def _users(self, call: Call) -> Answer:
        number = call.number("location") or call.number("locationid")
        if number == 0:
            return Answer(answers.users(list(self._world.locations.values())))
        location = self._world.locations.get(number)
        if location is None:
            return Answer(answers.refused(Refusal(LOCATION_NOT_VALID)))
        return Answer(answers.users([location]))

"""What each REST route does with a call. Decides answers, sends nothing. Simulated."""

from collections.abc import Callable

from simulator.service import answers, details, operations
from simulator.service.accounts import Accounts
from simulator.service.calls import Answer, Call
from simulator.world.location import Location
from simulator.world.result_codes import (
    LOCATION_NOT_VALID,
    NOT_SUPPORTED,
    SUCCESS,
    UNREACHABLE,
    Refusal,
)
from simulator.world.world import World


class Handlers:
    """The routes' handlers over one world."""

    def __init__(self, world: World, accounts: Accounts) -> None:
        """Answer for this world and these accounts."""
        self._world = world
        self._accounts = accounts

    # Session and meta

    def session_details(self, call: Call) -> Answer:
        """Return who is signed in, and the locations."""
        assert call.session is not None
        return Answer(details.session_details(self._world, call.session))

    def logout(self, call: Call) -> Answer:
        """End the session."""
        assert call.session is not None
        self._accounts.log_out(call.session)
        return Answer(answers.ok())

    def locations(self, _: Call) -> Answer:
        """List the locations in short."""
        return Answer(details.locations_list(self._world))

    def zone_types(self, _: Call) -> Answer:
        """Return the kinds of zones."""
        return Answer(details.zone_types())

    def dashboard(self, _: Call) -> Answer:
        """Return the service's word on itself."""
        return Answer(details.dashboard())

    def interface_schema(self, _: Call) -> Answer:
        """Return what the apps ask for at their start."""
        return Answer(details.interface_schema())

    def version(self, _: Call) -> Answer:
        """Return the service's version."""
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

    def location_info(self, call: Call) -> Answer:
        """Return the name of a location."""

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

    def full_status(self, call: Call) -> Answer:
        """Return the service's copy with names."""

        def one(location: Location) -> Answer:
            null = self._zones_null("null_status_zones")
            return Answer(answers.full_status(location, names=True, zones_null=null))

        return self._at(call, one)

    def status(self, call: Call) -> Answer:
        """Return the service's copy without names."""
        return self._at(
            call,
            lambda location: Answer(
                answers.full_status(location, names=False, zones_null=False)
            ),
        )

    def metadata(self, call: Call) -> Answer:
        """Return the service's copy in its older wrapper."""

        def one(location: Location) -> Answer:
            status = answers.full_status(location, names=True, zones_null=False)[
                "PanelStatus"
            ]
            return Answer(answers.ok(PanelMetadataAndStatus=status))

        return self._at(call, one)

    def security_status(self, call: Call) -> Answer:
        """Return the status in the shape for several locations."""
        return self._at(
            call,
            lambda location: Answer(answers.security_status(location)),
        )

    def partitions_config(self, call: Call) -> Answer:
        """Return the partitions."""
        return self._at(
            call, lambda location: Answer(answers.partitions_config(location))
        )

    def unacknowledged(self, call: Call) -> Answer:
        """Count events that nobody acknowledged: none."""
        count = {"IsUnacknowledged": False, "UnacknowledgedEventsCount": 0}
        return self._at(call, lambda _: Answer(answers.ok(AwarenessEvent=count)))

    def live_zones(self, call: Call) -> Answer:
        """Read the zones from the panel."""

        def one(location: Location) -> Answer:
            assert call.session is not None
            switches, seen = self._world.switches, call.session.live_reads
            if not location.panel.family.live_zones:
                return Answer(answers.refused(Refusal(NOT_SUPPORTED), ZoneStatus=None))
            refusal = self._world.syncs.unreachable(location)
            # The first read of a session nearly always fails, the second works
            # (docs/protocol/total-connect.md#quirks).
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

    def validate_user(self, call: Call) -> Answer:
        """Return whether a code is in use."""

        def one(location: Location) -> Answer:
            code, panel = call.text("usercode"), location.panel
            known = code == panel.user_code
            if self._world.switches.validate_user_true_for == "anyone":
                known = known or code in panel.others
            return Answer({"IsDuplicate": known})

        return self._at(call, one)

    # Syncs

    def synchronize(self, call: Call) -> Answer:
        """Start a panel sync."""

        def one(location: Location) -> Answer:
            return Answer(operations.start_panel(self._world, location, call))

        return self._at(call, one)

    def job_status(self, call: Call) -> Answer:
        """Return the states of a job."""

        def one(location: Location) -> Answer:
            job_id = call.path.get("jobid") or str(call.query.get("jobid", ""))
            return Answer(operations.job_status(self._world, location, job_id))

        return self._at(call, one)

    def user_sync(self, call: Call) -> Answer:
        """Start a user sync, or return its steps."""
        rows = call.body.get("devicelist")
        if "location" in call.path:
            code = call.text("authorizingcode")
            rows = [operations.row(call.path["location"], call.path["device"], code)]
        status_only = call.flag("statusonly")
        return Answer(
            operations.user_sync(self._world, call, rows, status_only=status_only)
        )

    # Log and users

    def events(self, call: Call) -> Answer:
        """Read a page of the event log."""

        def one(location: Location) -> Answer:
            if (
                self._world.switches.events_candidate == 3
                and "eventtypefilterlist" in call.body
            ):
                return Answer(
                    {"ResultCode": -999, "ResultData": "Unknown Error"}, status=500
                )
            return Answer(operations.events(self._world, location, call))

        return self._at(call, one)

    def users(self, call: Call) -> Answer:
        """List users."""
        number = call.number("location") or call.number("locationid")
        if number == 0:
            return Answer(answers.users(list(self._world.locations.values())))
        location = self._world.locations.get(number)
        if location is None:
            return Answer(answers.refused(Refusal(LOCATION_NOT_VALID)))
        return Answer(answers.users([location]))

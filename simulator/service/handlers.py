"""What each REST route does with a call. Decides answers, sends nothing. Simulated."""

from collections.abc import Callable
from functools import wraps

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


def at_location(
    answer: Callable[[Handlers, Call, Location], Answer],
) -> Callable[[Handlers, Call], Answer]:
    """Answer for the location of the path, or say that it is not valid."""

    @wraps(answer)
    def handle(handlers: Handlers, call: Call) -> Answer:
        location = handlers.location(call)
        if location is None:
            return Answer(answers.refused(Refusal(LOCATION_NOT_VALID)))
        return answer(handlers, call, location)

    return handle


class Handlers:
    """The routes' handlers over one world."""

    def __init__(self, world: World, accounts: Accounts) -> None:
        """Answer for this world and these accounts."""
        self._world = world
        self._accounts = accounts

    def location(self, call: Call) -> Location | None:
        """Return the location of a call's path."""
        return self._world.locations.get(call.number("location"))

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

    @at_location
    def location_info(self, _: Call, location: Location) -> Answer:
        """Return the name of a location."""
        return Answer(answers.ok(LocationID=location.id, LocationName=location.name))

    def _zones_null(self, switch: str) -> bool:
        """Return whether this answer loses its zones: the switch counts how many still do, -1 for ever."""
        left: int = getattr(self._world.switches, switch)
        if left > 0:
            setattr(self._world.switches, switch, left - 1)
        return left != 0

    @at_location
    def full_status(self, _: Call, location: Location) -> Answer:
        """Return the service's copy with names."""
        null = self._zones_null("null_status_zones")
        return Answer(answers.full_status(location, names=True, zones_null=null))

    @at_location
    def status(self, _: Call, location: Location) -> Answer:
        """Return the service's copy without names."""
        return Answer(answers.full_status(location, names=False))

    @at_location
    def metadata(self, _: Call, location: Location) -> Answer:
        """Return the service's copy in its older wrapper."""
        status = answers.full_status(location)["PanelStatus"]
        return Answer(answers.ok(PanelMetadataAndStatus=status))

    @at_location
    def security_status(self, _: Call, location: Location) -> Answer:
        """Return the status in the shape for several locations."""
        return Answer(answers.security_status(location))

    @at_location
    def partitions_config(self, _: Call, location: Location) -> Answer:
        """Return the partitions."""
        return Answer(answers.partitions_config(location))

    @at_location
    def unacknowledged(self, _: Call, __: Location) -> Answer:
        """Count events that nobody acknowledged: none."""
        count = {"IsUnacknowledged": False, "UnacknowledgedEventsCount": 0}
        return Answer(answers.ok(AwarenessEvent=count))

    @at_location
    def live_zones(self, call: Call, location: Location) -> Answer:
        """Read the zones from the panel."""
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
            return Answer(answers.refused(refusal, ZoneStatus=None), seconds=seconds)
        if self._zones_null("null_live_zones"):
            return Answer({"ZoneStatus": None}, seconds=seconds)
        self._world.live_read(location)
        return Answer(answers.live_zones(location), seconds=seconds)

    @at_location
    def validate_user(self, call: Call, location: Location) -> Answer:
        """Return whether a code is in use."""
        code, panel = call.text("usercode"), location.panel
        known = code == panel.user_code
        if self._world.switches.validate_user_true_for == "anyone":
            known = known or code in panel.others
        return Answer({"IsDuplicate": known})

    # Syncs

    @at_location
    def synchronize(self, call: Call, location: Location) -> Answer:
        """Start a panel sync."""
        return Answer(operations.start_panel(self._world, location, call))

    @at_location
    def job_status(self, call: Call, location: Location) -> Answer:
        """Return the states of a job."""
        job_id = call.path.get("jobid") or str(call.query.get("jobid", ""))
        return Answer(operations.job_status(self._world, location, job_id))

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

    @at_location
    def events(self, call: Call, location: Location) -> Answer:
        """Read a page of the event log."""
        only_short = self._world.switches.events_candidate == 3
        if only_short and "eventtypefilterlist" in call.body:
            unknown = {"ResultCode": -999, "ResultData": "Unknown Error"}
            return Answer(unknown, status=500)
        return Answer(operations.events(self._world, location, call))

    def users(self, call: Call) -> Answer:
        """List users."""
        number = call.number("location") or call.number("locationid")
        if number == 0:
            return Answer(answers.users(list(self._world.locations.values())))
        location = self._world.locations.get(number)
        if location is None:
            return Answer(answers.refused(Refusal(LOCATION_NOT_VALID)))
        return Answer(answers.users([location]))

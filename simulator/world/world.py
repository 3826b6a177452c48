"""The one model of truth: every location of the account, and the verbs that change it. Simulated."""

from datetime import datetime
from itertools import count

from simulator.options import SimulatorOptions
from simulator.switches import Switches
from simulator.world.at_panel import PanelVerbs
from simulator.world.errors import UnknownThing
from simulator.world.event_log import AUDIT
from simulator.world.ground import OTHER_PERSON
from simulator.world.location import Kind, Run, ServiceUser
from simulator.world.result_codes import Refusal


class World(PanelVerbs):
    """All locations of one account, in the states of the demo, with all verbs. They happen now."""

    def __init__(self, options: SimulatorOptions, switches: Switches) -> None:
        """Build the world of the options at the clock's present time."""
        super().__init__(options, switches)
        self._set_the_scene()

    def copy_configuration(self, location_id: int) -> None:
        """Let the service have the panel's configuration at once, as after a panel sync long ago."""
        self.syncs.copy_configuration(self.location(location_id))

    def rename_location(self, location_id: int, name: str) -> None:
        """Give a location another name at the service, as long and as odd as it may be."""
        self.location(location_id).name = name

    def stage_user(
        self,
        location_id: int,
        name: str,
        *,
        removal: bool = False,
        person: str | None = None,
    ) -> None:
        """Stage a user change on the website: a new user, or the removal of a known one.

        `person` did it and stands in the admin log; without a name it is the account's own. The log's words are
        an invention.
        """
        location = self.location(location_id)
        first, _, last = name.partition(" ")
        for user in location.users:
            if user.full_name == name:
                user.out_of_sync, user.urgent, user.changed = 1, removal, self.now
                self._audit(f"User {'Deleted' if removal else 'Edited'} {name}", person)
                return
        if removal:
            raise UnknownThing(f"{location.name} has no user {name!r}")
        user_id = self.ids.scattered("staged user", location_id, len(location.users))
        location.users.append(
            ServiceUser(user_id, "", first, last, 2, self.now, out_of_sync=1)
        )
        self._audit(f"User Added {name}", person)

    def app_sync(self, location_id: int, kind: Kind) -> Run | Refusal:
        """Let another administrator start a sync in the vendor's own app."""
        location = self.location(location_id)
        if kind == "panel":
            return self.syncs.start_panel(
                location, "-1", location.panel.installer_code, OTHER_PERSON
            )
        return self.syncs.start_users(location, "-1", OTHER_PERSON)

    def write_log(
        self,
        location_id: int,
        text: str,
        originator: str,
        *,
        record_id: int | None = None,
        time: datetime | None = None,
    ) -> int:
        """Write any entry into a location's event log, by default with the next id and now. Returns its id."""
        location = self.location(location_id)
        when = self.now if time is None else time
        return location.log.write(when, text, originator, record_id=record_id).id

    def begin_logs_anew(self, first_id: int = 1) -> None:
        """Lose every record of every log; ids begin at `first_id` again, as after a move to another database."""
        self.advance()
        self._records = count(first_id)
        for log in (
            self.audit,
            *(location.log for location in self.locations.values()),
        ):
            log.records.clear()

    def add_location(self, name: str) -> int:
        """Let a new location appear on the account. Returns its id."""
        self.advance()
        return self._make(name).id

    def remove_location(self, location_id: int) -> None:
        """Take a location off the account."""
        self.location(location_id)
        del self.locations[location_id]

    def note_sign_in(self, person: str) -> None:
        """Write a password sign-in into the admin log, as owners saw it there.

        See docs/protocol/total-connect.md#locked-accounts.
        """
        self._audit("Login Website", person)

    def _audit(self, text: str, person: str | None) -> None:
        self.audit.write(self.now, text, person or self.person, filter_class=AUDIT)

    def _set_the_scene(self) -> None:
        """Bring the demo's locations into their states: healthy, sync required, armed, offline."""
        places = list(self.locations.values())
        if len(places) > 1:
            self.add_sensor(places[1].id, "Jetty  Door")
        if len(places) > 2:
            self.arm(places[2].id, "away", exit_delay=False)
        if len(places) > 3:
            self.set_line(places[3].id, connected=False)

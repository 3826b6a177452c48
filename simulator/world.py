"""The one model of truth: every location of the account, and the verbs that change it. Simulated.

Panel changes reach the service's copy only over the line; configuration reaches it only by a panel sync
(total-connect.md 12.5). What a restored line reports at once is an invention.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import count

from simulator.codes import Refusal
from simulator.ids import Ids
from simulator.location import Kind, Location, Run, ServiceUser
from simulator.options import SimulatorOptions
from simulator.panel import ALARM, ARMING, DISARMED, DISARMED_STATES, Arming, Zone
from simulator.population import full_name, make_location
from simulator.switches import Switches
from simulator.syncs import Syncs
from simulator.timeline import Timeline

OTHER_PERSON = "Robin Vale"


class UnknownThing(LookupError):
    """A verb named a location or zone that is not there."""


class World:
    """All locations of one account. Verbs happen now, by the clock the world was given."""

    def __init__(self, options: SimulatorOptions, switches: Switches) -> None:
        """Build the world of the options at the clock's present time."""
        self._options = options
        self._clock: Callable[[], datetime] = options.clock
        self.switches = switches
        self.ids = Ids(options.seed, options.profile)
        self.person = full_name(options.user)
        self.timeline = Timeline(options.clock(), options.speed)
        self.syncs = Syncs(self.timeline, switches, self.ids, OTHER_PERSON)
        self.locations: dict[int, Location] = {}
        self._records = count(self.ids.first_record())
        self._made = count()
        for _ in range(options.locations):
            self._make(None)
        self._set_the_scene()

    @property
    def now(self) -> datetime:
        """Return the moment the world has reached."""
        return self.timeline.now

    def advance(self, now: datetime | None = None) -> None:
        """Let everything due happen up to `now` (default: the clock's present)."""
        self.timeline.advance(now or self._clock())

    def location(self, location_id: int) -> Location:
        """Return a location, brought up to now. Raises UnknownThing."""
        self.advance()
        if location_id not in self.locations:
            raise UnknownThing(
                f"there is no location {location_id}; known: {sorted(self.locations)}"
            )
        return self.locations[location_id]

    def named(self, name: str) -> Location:
        """Return the location of a name. Raises UnknownThing."""
        self.advance()
        for location in self.locations.values():
            if location.name == name:
                return location
        raise UnknownThing(f"there is no location called {name!r}")

    # Verbs at the panel

    def arm(
        self, location_id: int, state: Arming = "away", *, exit_delay: bool = True
    ) -> None:
        """Arm every partition at the keypad; away passes through the exit delay first."""
        location = self.location(location_id)
        code = location.panel.family.armed[state]
        seconds = (
            self.switches.exit_delay_seconds if exit_delay and state == "away" else 0.0
        )
        for partition in location.panel.partitions.values():
            partition.arming = ARMING if seconds else code
        self._report(location)
        if seconds:
            self.timeline.after(seconds, lambda: self._end_exit_delay(location, code))
        else:
            self._log_arming(location, code)

    def disarm(self, location_id: int) -> None:
        """Disarm every partition at the keypad; ends an alarm too."""
        location = self.location(location_id)
        for partition in location.panel.partitions.values():
            partition.arming = DISARMED
        location.panel.in_alarm = False
        for zone in location.panel.zones.values():
            zone.alarm = False
        location.panel.update_readiness()
        self._report(location)
        self._log_arming(location, DISARMED)

    def alarm(self, location_id: int) -> None:
        """Let the first zone cause a burglary alarm."""
        location = self.location(location_id)
        zone = next(iter(location.panel.zones.values()))
        zone.alarm = True
        location.panel.in_alarm = True
        for partition in location.panel.partitions.values():
            partition.arming = ALARM
        self._report(location)
        self._log(
            location,
            f"Burglary Alarm-Zone {zone.id} {zone.name}",
            "Panel",
            event_type=ALARM,
        )

    def set_zone(self, location_id: int, zone_id: int, *, is_open: bool) -> None:
        """Open or close a door or window. Raises UnknownThing for a zone the panel does not have."""
        location = self.location(location_id)
        zone = location.panel.zones.get(zone_id)
        if zone is None:
            raise UnknownThing(
                f"{location.name} has no zone {zone_id}; known: {sorted(location.panel.zones)}"
            )
        zone.open = is_open
        location.panel.update_readiness()
        self._report(location)

    def add_sensor(self, location_id: int, name: str) -> int:
        """Add a sensor at the panel; the service only learns that something changed. Returns the zone's number."""
        location = self.location(location_id)
        number = max(location.panel.zones, default=0) + 1
        # Names are cut at 32 characters (total-connect.md 3.3).
        serial = f"{self.ids.scattered('sensor', location_id, number) % 0xFFFFFF:06X}"
        location.panel.zones[number] = Zone(number, name[:32], serial=serial)
        self._report(location)
        return number

    def duress(self, location_id: int) -> None:
        """Let somebody use the duress code and the hold-up button; texts are inventions."""
        location = self.location(location_id)
        self._log(location, "Duress Alarm-User 8", "Panel")
        self._log(location, "Hold Up Alarm-Zone 99", "Panel")
        self._log(location, "Silent Panic-Zone 95", "Panel")

    def set_line(self, location_id: int, *, connected: bool) -> None:
        """Cut or restore the panel's line; a restored panel reports at once how and what it is."""
        location = self.location(location_id)
        if location.panel.connected == connected:
            return
        location.panel.connected = connected
        if connected:
            self._report(location)

    # Verbs at the service

    def stage_user(self, location_id: int, name: str, *, removal: bool = False) -> None:
        """Stage a user change on the website: a new user, or the removal of a known one."""
        location = self.location(location_id)
        first, _, last = name.partition(" ")
        for user in location.users:
            if user.full_name == name:
                user.out_of_sync, user.urgent, user.changed = 1, removal, self.now
                return
        if removal:
            raise UnknownThing(f"{location.name} has no user {name!r}")
        user_id = self.ids.scattered("staged user", location_id, len(location.users))
        location.users.append(
            ServiceUser(user_id, "", first, last, 2, self.now, out_of_sync=1)
        )

    def app_sync(self, location_id: int, kind: Kind) -> Run | Refusal:
        """Let another administrator start a sync in the vendor's own app."""
        location = self.location(location_id)
        if kind == "panel":
            return self.syncs.start_panel(
                location, "-1", location.panel.installer_code, OTHER_PERSON
            )
        return self.syncs.start_users(location, "-1", OTHER_PERSON)

    def write_log(self, location_id: int, text: str, originator: str) -> int:
        """Write any entry into a location's event log. Returns its record id."""
        location = self.location(location_id)
        return location.log.write(self.now, text, originator).id

    def add_location(self, name: str) -> int:
        """Let a new location appear on the account. Returns its id."""
        self.advance()
        return self._make(name).id

    def remove_location(self, location_id: int) -> None:
        """Take a location off the account."""
        self.location(location_id)
        del self.locations[location_id]

    # Inside

    def _make(self, name: str | None) -> Location:
        index = next(self._made)
        location = make_location(
            self._options, self.ids, index, name, self.now, lambda: next(self._records)
        )
        self.locations[location.id] = location
        return location

    def _set_the_scene(self) -> None:
        """Bring the demo's locations into their states: healthy, sync required, armed, offline."""
        places = list(self.locations.values())
        if len(places) > 1:
            self.add_sensor(places[1].id, "Jetty  Door")
        if len(places) > 2:
            self.arm(places[2].id, "away", exit_delay=False)
        if len(places) > 3:
            self.set_line(places[3].id, connected=False)

    def _end_exit_delay(self, location: Location, code: int) -> None:
        still_arming = False
        for partition in location.panel.partitions.values():
            if partition.arming == ARMING:
                partition.arming, still_arming = code, True
        if still_arming:
            self._report(location)
            self._log_arming(location, code)

    def _report(self, location: Location) -> None:
        """Let the panel tell the service how it is, and whether its configuration is another one now."""
        panel, service = location.panel, location.service
        if not panel.connected:
            return
        service.arming = {
            partition.id: partition.arming for partition in panel.partitions.values()
        }
        service.in_alarm, service.ac_loss, service.low_battery = (
            panel.in_alarm,
            panel.ac_loss,
            panel.low_battery,
        )
        for zone_id, known in service.zones.items():
            actual = panel.zones.get(zone_id)
            if actual is not None:
                was_open = known.open
                known.take_status(actual)
                if not panel.reports_openings:
                    known.open = was_open  # openings come only with "Sensor Events" on (total-connect.md 3.3)
        if not location.in_sync:
            service.sync_flag = True
        if self.switches.report_moves_report_time:
            service.report_time = self.now

    def _log_arming(self, location: Location, code: int) -> None:
        text = location.panel.family.arming_text(code)
        kind = DISARMED if code in DISARMED_STATES else code
        for partition in location.panel.partitions.values():
            words = f"{text}-P{partition.id} Partition {partition.id}"
            self._log(location, words, self.person, event_type=kind, filter_type=1)

    def _log(
        self,
        location: Location,
        text: str,
        originator: str,
        *,
        event_type: int = 0,
        filter_type: int = 0,
    ) -> None:
        """Write a panel's own entry; without a line the service cannot know of it."""
        if location.panel.connected:
            location.log.write(
                self.now,
                text,
                originator,
                event_type=event_type,
                filter_type=filter_type,
            )

    def live_read(self, location: Location) -> None:
        """Let the service ask the panel how its zones are; only news counts as a report."""
        before = [zone.status for zone in location.service.zones.values()]
        for zone_id, known in location.service.zones.items():
            if zone_id in location.panel.zones:
                known.take_status(location.panel.zones[zone_id])
        if before != [zone.status for zone in location.service.zones.values()]:
            location.service.report_time = self.now

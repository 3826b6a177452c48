"""The one model of truth: every location of the account, and the verbs that change it. Simulated.

Panel changes reach the service's copy only over the line; configuration reaches it only by a panel sync
(docs/architecture.md#simulator). What a restored line reports at once is an invention.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from simulator.options import SimulatorOptions
from simulator.switches import Switches
from simulator.world import secrets
from simulator.world.errors import UnknownThing
from simulator.world.event_log import AUDIT, EventLog
from simulator.world.ids import Ids
from simulator.world.location import Kind, Location, Run, ServiceUser
from simulator.world.panel import (
    ALARM,
    ARMING,
    DISARMED,
    DISARMED_STATES,
    Arming,
    Panel,
    Partition,
    Zone,
)
from simulator.world.population import full_name, make_location
from simulator.world.result_codes import Refusal
from simulator.world.syncs import Syncs
from simulator.world.timeline import Timeline

OTHER_PERSON = "Robin Vale"


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
        # People on the panel's own wires: told of a change, and of an event without one.
        self.watchers: dict[int, list[Callable[[], None]]] = {}
        self.event_watchers: dict[int, list[Callable[[str, int], None]]] = {}
        self._records = count(self.ids.first_record())
        self.audit = EventLog(lambda: next(self._records))
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

    def until_next(self) -> float | None:
        """Return the real seconds until something happens by itself; None if nothing will."""
        due = self.timeline.next_due
        return None if due is None else (due - self._clock()).total_seconds()

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
        self.arm_partitions(
            location, list(location.panel.partitions.values()), code, seconds
        )

    def arm_partitions(
        self, location: Location, partitions: list[Partition], code: int, seconds: float
    ) -> None:
        """Arm some partitions as `code`, after `seconds` of exit delay."""
        ends = self.now + timedelta(seconds=seconds / self.timeline.speed)
        for partition in partitions:
            partition.arming, partition.mode = ARMING if seconds else code, code
            partition.delay_ends = ends if seconds else None
        self.report(location)
        if seconds:
            self.timeline.after(
                seconds, lambda: self._end_exit_delay(location, partitions, ends)
            )
        else:
            self._log_arming(location, code, partitions)

    def disarm(self, location_id: int) -> None:
        """Disarm every partition at the keypad; ends an alarm too."""
        location = self.location(location_id)
        self.disarm_partitions(location, list(location.panel.partitions.values()))

    def disarm_partitions(
        self, location: Location, partitions: list[Partition]
    ) -> None:
        """Disarm some partitions; what caused an alarm is remembered until the next time.

        See docs/protocol/alarmdecoder.md#flags.
        """
        panel, ids = location.panel, {partition.id for partition in partitions}
        for partition in partitions:
            partition.arming = partition.mode = DISARMED
            partition.delay_ends = None
        ours = [zone for zone in panel.zones.values() if zone.partition in ids]
        panel.alarm_memory.difference_update(zone.id for zone in ours)
        for zone in ours:
            if zone.alarm:
                panel.alarm_memory.add(zone.id)
            zone.alarm = zone.bypassed = False
        panel.in_alarm = any(
            partition.arming == ALARM for partition in panel.partitions.values()
        )
        panel.update_readiness()
        self.report(location)
        self._log_arming(location, DISARMED, partitions)

    def alarm(self, location_id: int, zone_id: int | None = None) -> None:
        """Let a zone, by default the first, cause a burglary alarm. Raises UnknownThing."""
        location = self.location(location_id)
        zone = self.zone(location, zone_id or next(iter(location.panel.zones)))
        zone.alarm = True
        location.panel.in_alarm = True
        for partition in location.panel.partitions.values():
            if zone_id is None or partition.id == zone.partition:
                partition.arming, partition.delay_ends = ALARM, None
        self.report(location)
        self._log(
            location,
            f"Burglary Alarm-Zone {zone.id} {zone.name}",
            "Panel",
            event_type=ALARM,
        )

    def set_zone(self, location_id: int, zone_id: int, *, is_open: bool) -> None:
        """Open or close a door or window. Raises UnknownThing for a zone the panel does not have."""
        location = self.location(location_id)
        self.zone(location, zone_id).open = is_open
        location.panel.update_readiness()
        self.report(location)

    def zone(self, location: Location, zone_id: int) -> Zone:
        """Return a zone of the panel. Raises UnknownThing."""
        zone = location.panel.zones.get(zone_id)
        if zone is None:
            raise UnknownThing(
                f"{location.name} has no zone {zone_id}; known: {sorted(location.panel.zones)}"
            )
        return zone

    def add_sensor(self, location_id: int, name: str) -> int:
        """Add a sensor at the panel; the service only learns that something changed. Returns the zone's number."""
        location = self.location(location_id)
        number = max(location.panel.zones, default=0) + 1
        # Names are cut at 32 characters (docs/protocol/total-connect.md#full-status).
        serial = f"{self.ids.scattered('sensor', location_id, number) % 0xFFFFFF:06X}"
        location.panel.zones[number] = Zone(number, name[:32], serial=serial)
        self.report(location)
        return number

    def duress(self, location_id: int) -> None:
        """Let somebody use the duress code and the hold-up button; texts are inventions."""
        location = self.location(location_id)
        for text in (
            "Duress Alarm-User 8",
            "Hold Up Alarm-Zone 99",
            "Silent Panic-Zone 95",
        ):
            self._log(location, text, "Panel")
            secrets.announce("duress_record", text)
        for watcher in tuple(self.event_watchers.get(location_id, ())):
            watcher("duress", 8)
            watcher("hold_up", 99)
            watcher("silent_panic", 95)

    def set_line(self, location_id: int, *, connected: bool) -> None:
        """Cut or restore the panel's line; a restored panel reports at once how and what it is."""
        location = self.location(location_id)
        if location.panel.connected == connected:
            return
        location.panel.connected = connected
        if connected:
            self.report(location)

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

    def note_sign_in(self, person: str) -> None:
        """Write a password sign-in into the admin log, as owners saw it there.

        See docs/protocol/total-connect.md#locked-accounts.
        """
        self.audit.write(self.now, "Login Website", person, filter_class=AUDIT)

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

    def _end_exit_delay(
        self, location: Location, partitions: list[Partition], ends: datetime
    ) -> None:
        """Arm what is still counting down to this end."""
        arming = [
            partition
            for partition in partitions
            if partition.arming == ARMING and partition.delay_ends == ends
        ]
        for partition in arming:
            partition.arming, partition.delay_ends = partition.mode, None
        if arming:
            self.report(location)
            self._log_arming(location, arming[0].mode, arming)

    def report(self, location: Location) -> None:
        """Let everybody on the panel's own wires see a change at once, and the service after its lag or never."""
        for watcher in tuple(self.watchers.get(location.id, ())):
            watcher()
        panel = location.panel
        if not panel.connected or location.reports_lost:
            return
        if location.report_lag:
            reported = panel.copy()
            self.timeline.after(
                location.report_lag, lambda: self._take_report(location, reported)
            )
        else:
            self._take_report(location, panel)

    def _take_report(self, location: Location, panel: Panel) -> None:
        """Let the service learn how the panel is or was, and whether its configuration is another one now."""
        service = location.service
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
                    known.open = was_open  # openings come only with "Sensor Events" on
        if not location.in_sync:
            service.sync_flag = True
        if self.switches.report_moves_report_time:
            service.report_time = self.now

    def _log_arming(
        self, location: Location, code: int, partitions: list[Partition]
    ) -> None:
        text = location.panel.family.arming_text(code)
        kind = DISARMED if code in DISARMED_STATES else code
        for partition in partitions:
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
        arming = {
            number: partition.arming
            for number, partition in location.panel.partitions.items()
        }
        # Refresh brings the panel's current state (docs/protocol/total-connect.md#refresh); that arming
        # comes along is a reading.
        if arming != location.service.arming or before != [
            zone.status for zone in location.service.zones.values()
        ]:
            location.service.arming = arming
            location.service.in_alarm = location.panel.in_alarm
            location.service.report_time = self.now

"""The ground of a world: its locations, its time, and how a panel's changes reach the service's copy. Simulated.

Panel changes reach the service's copy only over the line; configuration reaches it only by a panel sync
(docs/architecture.md#simulator). What a restored line reports at once is an invention.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import count

from simulator.options import SimulatorOptions
from simulator.switches import Switches
from simulator.world.errors import UnknownThing
from simulator.world.event_log import EventLog
from simulator.world.ids import Ids
from simulator.world.location import Location
from simulator.world.panel import Panel, Zone
from simulator.world.population import full_name, make_location
from simulator.world.syncs import Syncs
from simulator.world.timeline import Timeline

OTHER_PERSON = "Robin Vale"


class Ground:
    """All locations of one account, and the clock by which everything happens."""

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
        # People on the panel's own wires: each hears of a change, or of an event without one.
        self.watchers: dict[int, list[Callable[[], None]]] = {}
        self.event_watchers: dict[int, list[Callable[[str, int], None]]] = {}
        self._records = count(self.ids.first_record())
        self.audit = EventLog(lambda: next(self._records))
        self._made = count()
        for _ in range(options.locations):
            self._make(None)

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
        raise UnknownThing(f"there is no location with the name {name!r}")

    def zone(self, location: Location, zone_id: int) -> Zone:
        """Return a zone of the panel. Raises UnknownThing."""
        zone = location.panel.zones.get(zone_id)
        if zone is None:
            raise UnknownThing(
                f"{location.name} has no zone {zone_id}; known: {sorted(location.panel.zones)}"
            )
        return zone

    def _make(self, name: str | None) -> Location:
        index = next(self._made)
        location = make_location(
            self._options, self.ids, index, name, self.now, lambda: next(self._records)
        )
        self.locations[location.id] = location
        return location

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
        service.arming |= {
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
                    # Openings come only with "Sensor Events" on (docs/protocol/total-connect.md#zone-status).
                    known.open = was_open
        if not location.in_sync:
            service.sync_flag = True
        if self.switches.report_moves_report_time:
            service.report_time = self.now

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
        # Refresh brings the panel's current state (docs/protocol/alarmdecoder.md#panel-and-service-compared); that arming comes along is a reading.
        if arming.items() - location.service.arming.items() or before != [
            zone.status for zone in location.service.zones.values()
        ]:
            location.service.arming |= arming
            location.service.in_alarm = location.panel.in_alarm
            location.service.report_time = self.now

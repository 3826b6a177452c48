"""What people and sensors do at a panel. Simulated."""

from datetime import datetime, timedelta

from simulator.world import secrets
from simulator.world.errors import UnknownThing
from simulator.world.ground import Ground
from simulator.world.location import Location
from simulator.world.panel import (
    ALARM,
    ARMING,
    DISARMED,
    DISARMED_STATES,
    Arming,
    Partition,
    Zone,
)


class PanelVerbs(Ground):
    """A world with the verbs of the panels' side; they happen now."""

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
        zone = self.zone(location, zone_id or min(location.panel.zones, default=1))
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

    def add_sensor(
        self, location_id: int, name: str, zone_id: int | None = None
    ) -> int:
        """Add a sensor at the panel; the service only learns that something changed.

        Returns the zone's number, the next one if none was given.
        """
        location = self.location(location_id)
        number = zone_id or max(location.panel.zones, default=0) + 1
        # Names are cut at 32 characters (docs/protocol/total-connect.md#full-status).
        serial = f"{self.ids.scattered('sensor', location_id, number) % 0xFFFFFF:06X}"
        location.panel.zones[number] = Zone(number, name[:32], serial=serial)
        self.report(location)
        return number

    def remove_sensor(self, location_id: int, zone_id: int) -> None:
        """Take a sensor off the panel; the service only learns that something changed. Raises UnknownThing."""
        location = self.location(location_id)
        del location.panel.zones[self.zone(location, zone_id).id]
        location.panel.update_readiness()
        self.report(location)

    def rename_zone(self, location_id: int, zone_id: int, name: str) -> None:
        """Give a zone another name at the panel, as long and as odd as it may be. Raises UnknownThing."""
        location = self.location(location_id)
        self.zone(location, zone_id).name = name
        self.report(location)

    def add_partition(
        self, location_id: int, number: int, zones: list[int], name: str = ""
    ) -> None:
        """Add a partition at the panel, or name one anew, and move zones into it. Raises UnknownThing."""
        location = self.location(location_id)
        moved = [self.zone(location, zone_id) for zone_id in zones]
        partitions = location.panel.partitions
        partitions.setdefault(number, Partition(number, "")).name = name
        for zone in moved:
            zone.partition = number
        location.panel.update_readiness()
        self.report(location)

    def remove_partition(self, location_id: int, number: int) -> None:
        """Take a partition off the panel; its zones go to the first one left.

        Raises UnknownThing, and ValueError for the last one.
        """
        location = self.location(location_id)
        partitions = location.panel.partitions
        if number not in partitions:
            raise UnknownThing(
                f"{location.name} has no partition {number}; known: {sorted(partitions)}"
            )
        if len(partitions) == 1:
            raise ValueError("a panel keeps its last partition")
        del partitions[number]
        for zone in location.panel.zones.values():
            if zone.partition == number:
                zone.partition = min(partitions)
        location.panel.update_readiness()
        self.report(location)

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

    def _log_arming(
        self, location: Location, code: int, partitions: list[Partition]
    ) -> None:
        text = location.panel.family.arming_text(code)
        kind = DISARMED if code in DISARMED_STATES else code
        for partition in partitions:
            words = f"{text}-P{partition.id} Partition {partition.id}"
            self._log(location, words, self.person, event_type=kind, filter_type=1)

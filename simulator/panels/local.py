"""One panel as people and sensors in the house meet it: what the local faces share. Simulated.

The truth is the world's own panel; here are the verbs of the house, the events they make, and who hears of them.
That opening a door makes no alarm by itself is an invention: `entry` and `alarm` do.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, get_args

from simulator.panels import events
from simulator.panels.events import KINDS, PanelEvent
from simulator.panels.pages import Page, Ways, pages, seconds_until
from simulator.world.errors import UnknownThing
from simulator.world.location import Location
from simulator.world.panel import (
    ALARM,
    DISARMED_STATES,
    NOT_READY,
    Panel,
    Partition,
    Zone,
)
from simulator.world.world import World

type Mode = Literal["away", "stay", "night", "instant", "maximum"]

MODES: tuple[Mode, ...] = get_args(Mode.__value__)
ENTRY_SECONDS = 30.0
LIST_SECONDS = 60.0  # the list after `*` stays about a minute (docs/protocol/alarmdecoder.md#rotation)
_MODE_CODES: dict[Mode, int] = {"instant": 10209, "maximum": 10205, "night": 10218}
_KEPT = 500


@dataclass(frozen=True, slots=True)
class Pressed:
    """Keys that reached the panel as if somebody pressed them at a keypad; `<S1>` to `<S8>` are special ones."""

    time: datetime
    address: int
    keys: str


class Watcher(Protocol):
    """Somebody on the panel's wires."""

    def changed(self) -> None:
        """Take notice that the panel is another one now."""

    def happened(self, event: PanelEvent) -> None:
        """Take notice of an event."""


@dataclass(slots=True)
class _Listings:
    """What was asked for at the keypads of one partition."""

    faults: int = 0  # how many requests still hold the list open
    bypasses: int = 0


@dataclass(slots=True)
class _Shown:
    busy: str | None = None
    modules: set[int] = field(default_factory=set)


class LocalPanel:
    """One location's panel, seen from inside the house; all its faces share one of these."""

    def __init__(
        self, world: World, location_id: int, *, press_star: bool = False
    ) -> None:
        """Stand at the panel of a location; `press_star`: faults are listed only after `*`. Raises UnknownThing."""
        self.world = world
        self.location: Location = world.location(location_id)
        self.press_star = press_star
        self.zones_in_check = False
        self.pressed: list[Pressed] = []
        self.events: deque[PanelEvent] = deque(maxlen=_KEPT)
        self._watchers: list[Watcher] = []
        self._before = self.panel.copy()
        self._user = events.PERSON
        self._listings: dict[int, _Listings] = {}
        self._shown = _Shown()
        world.watchers.setdefault(location_id, []).append(self._look)
        world.event_watchers.setdefault(location_id, []).append(
            lambda kind, number: self.emit(kind, partition=1, number=number)
        )

    @property
    def panel(self) -> Panel:
        """Return the truth."""
        return self.location.panel

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Notify a watcher of every change from now on. Returns what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def pages(self, partition_id: int) -> tuple[Page, ...]:
        """Return what the keypads of a partition show in turn now. Raises UnknownThing."""
        partition = self.partition(partition_id)
        left = seconds_until(
            partition.delay_ends, self.world.now, self.world.timeline.speed
        )
        listing = self._listings.get(partition_id, _Listings())
        ways = Ways(
            self.press_star,
            listing.faults > 0,
            listing.bypasses > 0,
            self._shown.busy,
            tuple(sorted(self._shown.modules)),
            self.zones_in_check,
        )
        return pages(self.panel, partition, ways, left)

    def partition(self, number: int) -> Partition:
        """Return a partition. Raises UnknownThing."""
        if number not in self.panel.partitions:
            raise UnknownThing(
                f"there is no partition {number}; known: {sorted(self.panel.partitions)}"
            )
        return self.panel.partitions[number]

    # Arming

    def arm(
        self,
        mode: Mode = "away",
        *,
        partition: int | None = None,
        user: int = events.PERSON,
        exit_delay: bool = True,
    ) -> bool:
        """Arm one partition or all, as at the keypad. Returns False if one is not ready, and then does nothing."""
        chosen = self._chosen(partition)
        if any(part.arming in (NOT_READY, ALARM) for part in chosen):
            return False
        code = (
            self.panel.family.armed[mode]
            if mode in ("away", "stay")
            else _MODE_CODES[mode]
        )
        delayed = exit_delay and mode in ("away", "stay", "maximum")
        seconds = self.world.switches.exit_delay_seconds if delayed else 0.0
        self._user = user
        self.world.arm_partitions(self.location, chosen, code, seconds)
        return True

    def disarm(
        self, *, partition: int | None = None, user: int = events.PERSON
    ) -> None:
        """Disarm; after an alarm the first time silences it and the second clears the memory."""
        self._user = user
        self.world.disarm_partitions(self.location, self._chosen(partition))
        self._user = events.PERSON

    def entry(self, zone_id: int) -> None:
        """Come in by a door: its delay runs, then the alarm. Raises UnknownThing, ValueError if not armed."""
        zone = self.world.zone(self.location, zone_id)
        partition = self.partition(zone.partition)
        if partition.arming in (*DISARMED_STATES, ALARM) or partition.delay_ends:
            raise ValueError(f"partition {partition.id} is not armed and quiet")
        ends = self.world.now + timedelta(
            seconds=ENTRY_SECONDS / self.world.timeline.speed
        )
        partition.delay_ends = ends
        zone.open = True
        self.world.report(self.location)

        def run_out() -> None:
            known = self.location.id in self.world.locations
            if partition.delay_ends == ends and known:
                self.world.alarm(self.location.id, zone_id)

        self.world.timeline.after(ENTRY_SECONDS, run_out)

    def alarm(self, zone_id: int | None = None) -> None:
        """Let a zone cause an alarm. Raises UnknownThing."""
        self.world.alarm(self.location.id, zone_id)

    def bypass_open_zones(self, partition: int) -> None:
        """Bypass what is open, as code 6 # does."""
        for zone in self.panel.zones.values():
            if zone.partition == partition and zone.open:
                zone.bypassed = True
        self.panel.update_readiness()
        self.world.report(self.location)

    # The house

    def set_zone(
        self,
        zone_id: int,
        *,
        is_open: bool | None = None,
        trouble: bool | None = None,
        low_battery: bool | None = None,
        bypassed: bool | None = None,
    ) -> None:
        """Change how a zone is; what is None stays. Raises UnknownThing."""
        zone: Zone = self.world.zone(self.location, zone_id)
        wanted = {
            "open": is_open,
            "trouble": trouble,
            "low_battery": low_battery,
            "bypassed": bypassed,
        }
        for name, value in wanted.items():
            if value is not None:
                setattr(zone, name, value)
        self.panel.update_readiness()
        self.world.report(self.location)

    def set_panel(
        self,
        *,
        ac: bool | None = None,
        low_battery: bool | None = None,
        chime: bool | None = None,
        programming: bool | None = None,
        communication_failure: bool | None = None,
    ) -> None:
        """Change how the panel is; what is None stays."""
        wanted = {
            "ac_loss": None if ac is None else not ac,
            "low_battery": low_battery,
            "chime": chime,
            "programming": programming,
            "communication_failure": communication_failure,
        }
        for name, value in wanted.items():
            if value is not None:
                setattr(self.panel, name, value)
        self.world.report(self.location)

    def set_bus(self, text: str | None) -> None:
        """Let one text take the whole bus (`MODEM COMM`, `Busy - Standby`), or give it back with None."""
        self._shown.busy = text
        self._publish_change()

    def fail_module(self, address: int, *, failed: bool) -> None:
        """Let an ECP module fail or come back."""
        (self._shown.modules.add if failed else self._shown.modules.discard)(address)
        self.emit("module_failure", number=address, restored=not failed)
        self._publish_change()

    def add_partition(self, number: int, zones: list[int], name: str = "") -> None:
        """Add a partition and move zones into it. Raises UnknownThing."""
        self.world.add_partition(self.location.id, number, zones, name)

    def emit(
        self, kind: str, *, partition: int = 0, number: int = 0, restored: bool = False
    ) -> None:
        """Let the panel report an event of the table, without a change of state. Raises ValueError."""
        if kind not in KINDS:
            raise ValueError(f"there is no event {kind!r}; known: {', '.join(KINDS)}")
        self._publish(PanelEvent(kind, self.world.now, partition, number, restored))

    def press(self, address: int, keys: str) -> None:
        """Note that keys reached the panel from a keypad address, whether anything comes of them or not."""
        self.pressed.append(Pressed(self.world.now, address, keys))

    # Asked for at a keypad

    def list_faults(self, partition: int) -> None:
        """Show the list of faults for about a minute."""
        self._list(partition, "faults")

    def list_bypasses(self, partition: int) -> None:
        """Show the bypassed zones for about a minute."""
        self._list(partition, "bypasses")

    def _list(self, partition: int, name: Literal["faults", "bypasses"]) -> None:
        listings = self._listings.setdefault(partition, _Listings())

        def add(number: int) -> None:
            setattr(listings, name, getattr(listings, name) + number)
            self._publish_change()

        add(1)
        self.world.timeline.after(LIST_SECONDS, lambda: add(-1))

    # Publishing

    def _chosen(self, partition: int | None) -> list[Partition]:
        if partition is None:
            return list(self.panel.partitions.values())
        return [self.partition(partition)]

    def _look(self) -> None:
        """Compare with the last look, and publish what happened and that something did."""
        before, self._before = self._before, self.panel.copy()
        happened = events.changes(before, self._before, self._user, self.world.now)
        for event in happened:
            self._publish(event)
        if any(event.kind in ("arm_away", "arm_stay") for event in happened):
            self._user = events.PERSON
        self._publish_change()

    def _publish(self, event: PanelEvent) -> None:
        self.events.append(event)
        for watcher in tuple(self._watchers):
            watcher.happened(event)

    def _publish_change(self) -> None:
        for watcher in tuple(self._watchers):
            watcher.changed()

"""Every way in which the vendor's library may differ from the truth, and who says so.

See docs/protocol/alarmdecoder.md#the-vendors-library and
docs/protocol/alarmdecoder.md#rotation.

A difference is the library's fault, or a fact the wire does not show. Anything else fails.
"""

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from itertools import pairwise

from simulator.panels.events import PanelEvent
from tests.peers.vendor_house import NO_PARTITION, Seen, Truth

EXPIRE = 30.0
LONGEST_PAGE = 4.8
QUIET_PASSES = 3

NOT_SHOWN = "not shown for 30 s or since a change (nutech #68)"
BY_ORDER = "restored by order alone (nutech #46, #50, #54)"
EXPANDER = "expander zones are driven by pages too (nutech #51)"
CHECK = "a CHECK page is a fault, a module's number a zone"
ALARM_PAGE = "an ALARM page is a fault"
SLOW = "restored only by order or after 30 s"
ZONE_BATTERY = "a zone's low battery is taken for the panel's (flag 12)"
FIRE_TROUBLE = "trouble of a fire zone is taken for a fire (nutech #48)"
EXCUSES = {
    NOT_SHOWN,
    BY_ORDER,
    EXPANDER,
    CHECK,
    ALARM_PAGE,
    SLOW,
    ZONE_BATTERY,
    FIRE_TROUBLE,
}


def listed_number(line: str) -> int | None:
    """Return the number of a page that the library counts as a zone in fault."""
    check, text = line[15] == "1", line[61:93]
    if not check and not text.startswith(("FAULT", "ALARM")):
        return None
    return int(line[23:26])


@dataclass
class Diary:
    """Writes down the panel's own events."""

    events: list[PanelEvent] = field(default_factory=list)

    def changed(self) -> None:
        """Take no notice."""

    def happened(self, event: PanelEvent) -> None:
        """Write it down."""
        self.events.append(event)


@dataclass
class Account:
    """Goes along the lines and says for each zone difference which excuse covers it."""

    truths: list[Truth]
    excused: Counter[str] = field(default_factory=Counter)
    quiet: int = 0
    shown: dict[int, tuple[float, str]] = field(default_factory=dict)
    order: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=40))
    expander: dict[int, float] = field(default_factory=dict)
    changed: float = 0.0
    low: float = 0.0
    lit: tuple[float, bool] = (0.0, False)

    def take(self, index: int, seen: Seen) -> None:
        """Take the index-th line; raises AssertionError for a difference nothing excuses."""
        now = self.truths[index]
        if index and facts(self.truths[index - 1]) != facts(now):
            self.changed = now.seconds
        if now.line.startswith("!EXP:"):
            address, channel, _ = map(int, now.line[5:].split(","))
            self.expander[address + channel + (address - 7) * 7 + 1] = now.seconds
        if not now.line.startswith("["):
            return
        number = listed_number(now.line)
        if number is not None and now.line[30:38] != NO_PARTITION and not now.ready:
            self.shown[number] = (now.seconds, now.line[61:66])
            self.order.append((now.seconds, number))
        self.lamps(now, seen)
        truly = now.open - now.bypassed
        if self.is_quiet(now):
            stuck = {
                zone
                for zone, told in self.expander.items()
                if self.shown.get(zone, (0.0, ""))[0] >= told
            }
            assert seen.zones - stuck == truly - stuck, (index, now, seen)
            self.quiet += bool(truly)
            return
        for zone in truly - seen.zones:
            self.excused[self.missing(zone, now)] += 1
        for zone in seen.zones - truly:
            self.excused[self.surplus(zone, now)] += 1

    def lamps(self, now: Truth, seen: Seen) -> None:
        """Check battery and fire, which the library takes from lines that do not mean them."""
        if now.line[30:38] == NO_PARTITION:
            return
        if now.line[12] == "1":
            assert (now.low_zones and now.line[61:66] == "LOBAT") or now.low_panel
            self.low = now.seconds
        if now.line[14] == "1":
            self.lit = now.seconds, now.line[15] == "1"
        if seen.low_battery:
            assert now.seconds - self.low < EXPIRE + 11, now
            self.excused[ZONE_BATTERY] += not now.low_panel
        if seen.fire:
            when, trouble = self.lit
            assert now.seconds - when < EXPIRE + 11, now
            self.excused[FIRE_TROUBLE] += trouble

    def is_quiet(self, now: Truth) -> bool:
        """Return whether the wire has shown all there is, often enough, and nothing else."""
        return (
            now.disarmed
            and not (now.programming or now.memory or now.trouble or now.modules)
            and not now.bypassed
            and now.pages * LONGEST_PAGE < EXPIRE
            and now.seconds - self.changed
            > max(QUIET_PASSES * now.pages * LONGEST_PAGE, EXPIRE + LONGEST_PAGE)
        )

    def missing(self, zone: int, now: Truth) -> str:
        """Return why the library may not know of an open zone."""
        when, _ = self.shown.get(zone, (0.0, ""))
        if when < self.changed or now.seconds - when > EXPIRE:
            return NOT_SHOWN
        later = [number for at, number in self.order if at >= when]
        for before, after in pairwise(later):
            between = (
                before < zone < after
                if before < after
                else zone > before or zone < after
            )
            if before == after or between:  # a page twice in a row passes by all others
                return BY_ORDER
        raise AssertionError((zone, now, self.shown.get(zone), later))

    def surplus(self, zone: int, now: Truth) -> str:
        """Return why the library may hold a closed zone open."""
        when, word = self.shown.get(zone, (0.0, ""))
        if zone in self.expander and (
            zone in now.bypassed | now.trouble or when >= self.expander[zone]
        ):
            return EXPANDER
        if now.seconds - when <= EXPIRE + 2 * LONGEST_PAGE + 10:
            if word == "CHECK":
                return CHECK
            if word == "ALARM":
                return ALARM_PAGE
            return SLOW
        raise AssertionError((zone, now, self.shown.get(zone), self.expander.get(zone)))


def facts(now: Truth) -> Truth:
    """Return a truth without its time and line; a change of any of it lets a page come out of its turn."""
    return replace(now, seconds=0.0, line="")

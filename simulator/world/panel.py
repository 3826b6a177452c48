"""The truth: an alarm panel with its zones, partitions, users and codes. Simulated.

Families and their numbers: docs/protocol/total-connect.md#panel-types, docs/protocol/total-connect.md#arming-states and
docs/protocol/total-connect.md#zone-status; what each family can sync: docs/protocol/total-connect.md#panel-families.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

type Arming = Literal["away", "stay", "night"]

UNKNOWN = 0
DISARMED = 10200
ALARM = 10207
NOT_READY = 10214
ARMING = 10307
DISARMED_STATES = (DISARMED, 10211, NOT_READY)

BYPASSED, FAULTED, TROUBLE, LOW_BATTERY, IN_ALARM = 1, 2, 8, 64, 256


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of panel, with what it can do and the numbers it reports."""

    name: str
    panel_type: int
    variant: int
    security_panel_type: int | None
    auto_sync: bool
    sync_status: bool
    user_sync: bool
    live_zones: bool
    users_while_armed: bool
    armed: dict[Arming, int]

    def arming_text(self, code: int) -> str:
        """Return the words of an arming state as the event log has them.

        See docs/protocol/total-connect.md#event-records.
        """
        if code == self.armed["away"]:
            return "Armed Away"
        if code == self.armed["stay"]:
            return "Armed Stay"
        if code == self.armed["night"]:
            return "Armed Night"
        return "Disarmed" if code in DISARMED_STATES else "Armed"


_VISTA: dict[Arming, int] = {"away": 10201, "stay": 10203, "night": 10209}
_TOUCH: dict[Arming, int] = {"away": 10201, "stay": 10226, "night": 10218}
_PRO: dict[Arming, int] = {"away": 10201, "stay": 10230, "night": 10218}

VISTA_LTEM = Family("VISTA with LTEM", 15, 1, 15, False, True, True, True, True, _VISTA)
VISTA_21IP = Family("VISTA-21iP", 2, 1, None, False, True, True, True, True, _VISTA)
LYNX_TOUCH = Family(
    "LYNX Touch 7000", 8, 0, None, True, True, True, True, False, _TOUCH
)
LYRIC = Family("Lyric", 10, 1, None, True, True, True, True, False, _TOUCH)
PRO_A7 = Family("ProA7Plus", 12, 1, 12, True, True, True, True, False, _PRO)
# The old panel: no user sync, zone details -120, both sync flags 0 (docs/protocol/total-connect.md#panel-families).
LYNX_PLUS = Family(
    "LYNX Plus L3000", 5, 1, None, False, False, False, False, False, _VISTA
)


@dataclass(slots=True)
class Zone:
    """One sensor: what it is (configuration) and how it is (status)."""

    id: int
    name: str
    type_id: int = 1
    device_type: int = 0
    partition: int = 1
    serial: str = ""
    open: bool = False
    low_battery: bool = False
    trouble: bool = False
    bypassed: bool = False
    alarm: bool = False

    @property
    def configuration(self) -> tuple[int, str, int, int, int, str]:
        """Return what a panel sync carries over."""
        return (
            self.id,
            self.name,
            self.type_id,
            self.device_type,
            self.partition,
            self.serial,
        )

    @property
    def status(self) -> int:
        """Return the status bits (docs/protocol/total-connect.md#zone-status)."""
        bits = (
            (self.bypassed, BYPASSED),
            (self.open, FAULTED),
            (self.trouble, TROUBLE),
            (self.low_battery, LOW_BATTERY),
            (self.alarm, IN_ALARM),
        )
        return sum(bit for is_set, bit in bits if is_set)

    def take_status(self, other: Zone) -> None:
        """Become as the other one is, keeping what this one is."""
        self.open, self.low_battery, self.trouble = (
            other.open,
            other.low_battery,
            other.trouble,
        )
        self.bypassed, self.alarm = other.bypassed, other.alarm


@dataclass(slots=True)
class Partition:
    """An area of the panel that is armed by itself.

    `mode` is what it is armed as, or will be: the panel keeps it while it counts down or is in alarm.
    `delay_ends` is when the exit or entry delay that is running ends.
    """

    id: int
    name: str
    arming: int = DISARMED
    mode: int = DISARMED
    delay_ends: datetime | None = None


@dataclass(slots=True)
class Panel:
    """One panel as it really is."""

    family: Family
    zones: dict[int, Zone]
    partitions: dict[int, Partition]
    users: list[str]
    user_code: str
    installer_code: str
    connected: bool = True
    has_automation: bool = False
    reports_openings: bool = True
    prompts_installer_code: bool = False
    in_alarm: bool = False
    ac_loss: bool = False
    low_battery: bool = False
    programming: bool = False
    chime: bool = False
    communication_failure: bool = False
    alarm_memory: set[int] = field(
        default_factory=set
    )  # zones, kept after the first disarm and cleared by the second
    wrong_codes: int = 0
    locked: bool = False
    others: dict[str, str] = field(
        default_factory=dict
    )  # codes of other people at this panel, by code

    @property
    def armed(self) -> bool:
        """Return whether any partition is armed, arming or in alarm."""
        return any(
            partition.arming not in DISARMED_STATES
            for partition in self.partitions.values()
        )

    def configuration(self) -> list[tuple[int, str, int, int, int, str]]:
        """Return what a panel sync would carry to the service."""
        return configuration(self.zones.values())

    def partition_names(self) -> dict[int, str]:
        """Return the names of the partitions by their numbers."""
        return {number: partition.name for number, partition in self.partitions.items()}

    def copy(self) -> Panel:
        """Return the panel as it is now, for a report that is still on its way."""
        return replace(
            self,
            zones=self.copy_zones(),
            partitions={
                number: replace(partition)
                for number, partition in self.partitions.items()
            },
        )

    def copy_zones(self) -> dict[int, Zone]:
        """Return the zones as they are now, as copies."""
        return {zone.id: replace(zone) for zone in self.zones.values()}

    def update_readiness(self) -> None:
        """Let disarmed partitions be ready or not by their open zones (10200 or 10214)."""
        for partition in self.partitions.values():
            if partition.arming in DISARMED_STATES:
                faulted = any(
                    zone.open and not zone.bypassed and zone.partition == partition.id
                    for zone in self.zones.values()
                )
                partition.arming = NOT_READY if faulted else DISARMED


def configuration(zones: Iterable[Zone]) -> list[tuple[int, str, int, int, int, str]]:
    """Return what zones are, in the order of their ids, without how they are."""
    return sorted(zone.configuration for zone in zones)

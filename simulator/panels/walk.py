"""A random life at one panel, from a seed: doors, arming, alarms, troubles, programming. Simulated."""

from collections.abc import Callable
from random import Random

from simulator.panels.local import MODES, LocalPanel
from simulator.world.panel import ALARM, DISARMED_STATES

_SECRET_EVENTS = ("duress", "silent_panic", "hold_up")
_PLAIN_EVENTS = ("periodic_test", "manual_test", "remote_programming", "module_added")


class Walk:
    """Does one thing after the other that people and sensors could do."""

    def __init__(
        self, local: LocalPanel, random: Random, *, only: frozenset[str] = frozenset()
    ) -> None:
        """Live at this panel; `only` names the things that happen, if not all."""
        self._local = local
        self._random = random
        self._modules: set[int] = set()
        verbs: dict[Callable[[], None], int] = {
            self._door: 30,
            self._close_all: 8,
            self._arm: 8,
            self._disarm: 10,
            self._entry: 2,
            self._alarm: 1,
            self._chime: 2,
            self._mains: 1,
            self._battery: 1,
            self._trouble: 2,
            self._zone_battery: 2,
            self._bypass: 2,
            self._programming: 1,
            self._communication: 1,
            self._module: 1,
            self._repair: 4,
            self._event: 2,
        }
        self._verbs = {
            verb: weight
            for verb, weight in verbs.items()
            if not only or _name(verb) in only
        }

    def step(self) -> str:
        """Do one thing. Returns its name."""
        if self._local.panel.programming:
            verb = self._programming
        else:
            verb = self._random.choices(
                tuple(self._verbs), tuple(self._verbs.values())
            )[0]
        verb()
        return _name(verb)

    @property
    def _disarmed(self) -> bool:
        return all(
            partition.arming in DISARMED_STATES
            for partition in self._local.panel.partitions.values()
        )

    def _zone(self) -> int:
        return self._random.choice(sorted(self._local.panel.zones))

    def _door(self) -> None:
        zone = self._zone()
        self._local.set_zone(zone, is_open=not self._local.panel.zones[zone].open)

    def _close_all(self) -> None:
        for zone in self._local.panel.zones.values():
            if zone.open:
                self._local.set_zone(zone.id, is_open=False)

    def _arm(self) -> None:
        if not self._disarmed:
            return
        self._close_all()
        self._local.arm(
            self._random.choice(MODES),
            user=self._random.randint(2, 8),
            exit_delay=self._random.random() < 0.7,
        )

    def _disarm(self) -> None:
        self._local.disarm(user=self._random.randint(2, 8))

    def _entry(self) -> None:
        part = self._local.panel.partitions[1]
        if part.arming not in (*DISARMED_STATES, ALARM) and part.delay_ends is None:
            self._local.entry(1)

    def _alarm(self) -> None:
        self._local.alarm(self._zone())

    def _chime(self) -> None:
        self._local.set_panel(chime=not self._local.panel.chime)

    def _mains(self) -> None:
        self._local.set_panel(ac=self._local.panel.ac_loss)

    def _battery(self) -> None:
        self._local.set_panel(low_battery=not self._local.panel.low_battery)

    def _trouble(self) -> None:
        zone = self._zone()
        self._local.set_zone(zone, trouble=not self._local.panel.zones[zone].trouble)

    def _zone_battery(self) -> None:
        zone = self._zone()
        low = self._local.panel.zones[zone].low_battery
        self._local.set_zone(zone, low_battery=not low)

    def _bypass(self) -> None:
        if self._disarmed:
            self._local.bypass_open_zones(1)

    def _programming(self) -> None:
        if self._disarmed:
            self._local.set_panel(programming=not self._local.panel.programming)

    def _communication(self) -> None:
        failed = self._local.panel.communication_failure
        self._local.set_panel(communication_failure=not failed)

    def _module(self) -> None:
        address = self._random.randint(7, 11)
        failed = address not in self._modules
        self._modules ^= {address}
        self._local.fail_module(address, failed=failed)

    def _repair(self) -> None:
        """Put right what is broken."""
        for zone in self._local.panel.zones.values():
            if zone.trouble or zone.low_battery:
                self._local.set_zone(zone.id, trouble=False, low_battery=False)
        for address in sorted(self._modules):
            self._local.fail_module(address, failed=False)
        self._modules.clear()
        self._local.set_panel(ac=True, low_battery=False, communication_failure=False)

    def _event(self) -> None:
        kind = self._random.choice((*_SECRET_EVENTS, *_PLAIN_EVENTS))
        self._local.emit(kind, partition=1, number=self._random.randint(1, 9))


def _name(verb: Callable[[], None]) -> str:
    return verb.__name__.lstrip("_")

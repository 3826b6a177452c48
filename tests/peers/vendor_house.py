"""A house whose AD2 the vendor's library reads over TCP, with the truth and the library's view of every line."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
import threading
from types import SimpleNamespace

from alarmdecoder import AlarmDecoder, decoder, zonetracking
from alarmdecoder.devices import SocketDevice
from alarmdecoder.devices.base_device import Device
from alarmdecoder.zonetracking import Zone as LibraryZone
import pytest

from simulator import SimulatorOptions
from simulator.panels import AlarmDecoderFace, Firmware, LocalPanel
from simulator.switches import for_profile
from simulator.world.panel import ALARM, ARMING, DISARMED_STATES, NOT_READY
from simulator.world.world import World
from tests.simulator.door import Clock

# RFX lines come, and the panel's events are told.
SETTINGS = {"CONFIGBITS": "ff00", "LRR": "Y"}
NO_PARTITION = "00000000"


@dataclass(frozen=True)
class Truth:
    """How the panel was when a line was sent, taken from the world, not from the page."""

    seconds: float
    line: str
    ready: bool
    away: bool
    stay: bool
    instant: bool
    night: bool
    exiting: bool
    sounding: bool
    memory: bool
    ac: bool
    chime: bool
    bypass: bool
    programming: bool
    disarmed: bool
    open: frozenset[int]
    bypassed: frozenset[int]
    trouble: frozenset[int]
    in_alarm: frozenset[int]
    low_zones: frozenset[int]
    low_panel: bool
    modules: frozenset[int]
    pages: int


@dataclass(frozen=True)
class Seen:
    """What the library held after a line."""

    line: str
    flags: tuple[bool | None, ...]
    exiting: bool
    low_battery: bool
    fire: bool
    zones: frozenset[int]
    dead: bool


@dataclass
class Events:
    """What the library told."""

    arming: list[tuple[str, bool]] = field(default_factory=list)
    alarms: list[bool] = field(default_factory=list)
    power: list[bool] = field(default_factory=list)
    lrr: list[tuple[str, str, str]] = field(default_factory=list)
    expander: list[tuple[int, int, int]] = field(default_factory=list)
    rf: list[tuple[str, int]] = field(default_factory=list)


class Peer(AlarmDecoder):  # type: ignore[misc]
    """The library, with a note of what it holds after each line; its clock is the line's own time."""

    def __init__(self, port: int, truths: list[Truth]) -> None:
        """Connect to a port on this machine."""
        super().__init__(SocketDevice(interface=("127.0.0.1", port)))
        self.truths = truths
        self.notes: list[Seen] = []
        self.events = Events()
        self.others = 0
        seen = self.events
        self.on_arm += lambda _, stay: seen.arming.append(("arm", stay))
        self.on_disarm += lambda _: seen.arming.append(("disarm", False))
        self.on_alarm += lambda _, zone: seen.alarms.append(True)
        self.on_alarm_restored += lambda _, zone, user: seen.alarms.append(False)
        self.on_power_changed += lambda _, status: seen.power.append(status)
        self.on_lrr_message += lambda _, message: seen.lrr.append(
            (message.event_data, message.partition, message.event_type)
        )
        self.on_expander_message += lambda _, message: seen.expander.append(
            (message.address, message.channel, message.value)
        )
        self.on_rfx_message += lambda _, message: seen.rf.append(
            (message.serial_number, message.value)
        )

    def now(self) -> float:
        """Return the world's time of the line in hand."""
        index = min(len(self.notes), len(self.truths) - 1)
        return self.truths[index].seconds if self.truths else 0.0

    def _handle_message(self, data: bytes) -> object:
        line = data.decode()
        if line.startswith(("!VER", "!CONFIG", "!SER2SOCK")):
            self.others += 1
            return super()._handle_message(data)
        dead = True
        try:
            answer = super()._handle_message(data)
            dead = False
        finally:
            zones = self._zonetracker.zones
            self.notes.append(
                Seen(
                    line,
                    (
                        self._ready_status,
                        self._armed_status,
                        self._armed_stay,
                        self._entry_delay_off_status,
                        self._perimeter_only_status,
                        self._alarm_status,
                        self._power_status,
                        self._chime_status,
                        bool(self._bypass_status),
                    ),
                    self._exit,
                    self._battery_status[0],
                    self._fire_status,
                    frozenset(
                        number
                        for number, zone in zones.items()
                        if zone.status not in (None, LibraryZone.CLEAR)
                    ),
                    dead,
                )
            )
        return answer


def truth(local: LocalPanel, line: bytes) -> Truth:
    """Return the truth of now about partition 1, the only one."""
    panel, part = local.panel, local.panel.partitions[1]
    zones = panel.zones.values()
    disarmed = part.arming in DISARMED_STATES
    mode = None if disarmed else part.mode
    return Truth(
        seconds=local.world.now.timestamp(),
        line=line.decode().strip(),
        ready=disarmed and part.arming != NOT_READY and not panel.programming,
        away=mode in (10201, 10205),
        stay=mode in (10203, 10209, 10218),
        instant=mode in (10205, 10209),
        night=mode == 10218,
        exiting=part.arming == ARMING,
        sounding=part.arming == ALARM,
        memory=bool(panel.alarm_memory),
        ac=not panel.ac_loss,
        chime=panel.chime,
        bypass=any(zone.bypassed for zone in zones),
        programming=panel.programming,
        disarmed=disarmed,
        open=frozenset(zone.id for zone in zones if zone.open),
        bypassed=frozenset(zone.id for zone in zones if zone.bypassed),
        trouble=frozenset(zone.id for zone in zones if zone.trouble),
        in_alarm=frozenset(zone.id for zone in zones if zone.alarm)
        | panel.alarm_memory,
        low_zones=frozenset(zone.id for zone in zones if zone.low_battery),
        low_panel=panel.low_battery,
        modules=frozenset(
            int(page.code) for page in local.pages(1) if page.text.startswith("CHECK 1")
        ),
        pages=len(local.pages(1)),
    )


@contextmanager
def library_time(now: Callable[[], float]) -> Iterator[None]:
    """Let the library's two clocks be the world's; nothing else of it is touched."""
    clock = SimpleNamespace(time=now)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zonetracking, "time", clock)
        patch.setattr(decoder, "time", clock)
        yield


@dataclass
class House:
    """A world that stands still between steps, and the library connected to its adapter."""

    clock: Clock
    local: LocalPanel
    face: AlarmDecoderFace
    peer: Peer
    truths: list[Truth]

    def forward(self, seconds: float) -> None:
        """Let time pass, each due thing at its own moment."""
        world, end = self.local.world, self.clock.now + timedelta(seconds=seconds)
        while (due := world.timeline.next_due) is not None and due <= end:
            self.clock.now = max(self.clock.now, due)
            world.advance()
        self.clock.now = end
        world.advance()

    async def caught_up(self, ahead: int = 0) -> None:
        """Wait until the library took all lines but `ahead`."""
        while len(self.truths) - len(self.peer.notes) > ahead:
            await asyncio.sleep(0.002)


def close(peer: Peer, before: set[threading.Thread]) -> None:
    """Close the library, and wait for its reader and its timers, which it leaves to themselves."""
    peer.close()
    for kind in (Device.ReadThread, threading.Timer):  # the reader makes the timers
        for thread in set(threading.enumerate()) - before:
            if isinstance(thread, kind):
                thread.join(15)


@asynccontextmanager
async def connected(
    *, press_star: bool = False, zones: int = 10
) -> AsyncIterator[House]:
    """Serve one panel, and let the library connect."""
    clock = Clock()
    world = World(SimulatorOptions(clock=clock), for_profile("rest"))
    location = world.named("Mill House")
    while len(location.panel.zones) < zones:
        world.add_sensor(location.id, f"Extra {len(location.panel.zones) + 1}")
    local = LocalPanel(world, location.id, press_star=press_star)
    truths: list[Truth] = []
    threads = set(threading.enumerate())
    firmware = Firmware(settings=dict(SETTINGS))
    async with AlarmDecoderFace(local, firmware=firmware) as face:
        port = int(face.url.rpartition(":")[2])
        peer = Peer(port, truths)
        with library_time(peer.now):
            await asyncio.to_thread(peer.open)
            while peer.others < 4:  # two greetings, version, configuration
                await asyncio.sleep(0.01)

            def note(line: bytes) -> None:
                if not line.startswith((b"!VER", b"!CONFIG")):
                    truths.append(truth(local, line))

            face.wire.taps.append(note)
            try:
                yield House(clock, local, face, peer, truths)
            finally:
                await asyncio.to_thread(close, peer, threads)

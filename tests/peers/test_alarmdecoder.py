"""The vendor's library before the AD2 simulator over TCP: 10 000 lines of a random walk, line by line.

`EXCUSES` lists every way in which the library may differ from the truth, with the place that says it is the
library (local-panel.md 0 and 3.2) or the wire itself, which does not show the fact (3.2). Anything else fails.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from random import Random
from threading import Lock
from types import SimpleNamespace

from alarmdecoder import AlarmDecoder, decoder, zonetracking
from alarmdecoder.devices import SocketDevice
from alarmdecoder.zonetracking import Zone as LibraryZone
import pytest

from simulator import SimulatorOptions
from simulator.panel import ALARM, ARMING, DISARMED_STATES, NOT_READY
from simulator.panels import AlarmDecoderFace, Firmware, LocalPanel
from simulator.panels.events import PanelEvent, lrr_line
from simulator.panels.walk import Walk
from simulator.switches import for_profile
from simulator.world import World
from tests.simulator.door import Clock

LINES = 10_000
AHEAD = 200  # lines the library may be behind; a bridge's queue drops what is more
EXPIRE = 30.0
LONGEST_PAGE = 4.8
QUIET_PASSES = 3
# Chosen so that RFX lines come and the panel's events are told.
NOT_SHOWN = "not shown for 30 s or since a change (3.2; nutech #68)"
BY_ORDER = "restored by order alone (3.2 rule 3; nutech #46, #50, #54)"
EXPANDER = "expander zones are driven by pages too (nutech #51)"
CHECK = "a CHECK page is a fault, a module's number a zone (3.2 rule 2, 2.3)"
ALARM_PAGE = "an ALARM page is a fault (3.2 rule 2)"
SLOW = "restored only by order or after 30 s (3.2 rules 3 and 5)"
ZONE_BATTERY = "a zone's low battery is taken for the panel's (2.1, flag 12)"
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
SETTINGS = {"CONFIGBITS": "ff00", "LRR": "Y"}


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
        self.lock = Lock()
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
        async with asyncio.timeout(30):
            while len(self.truths) - len(self.peer.notes) > ahead:
                await asyncio.sleep(0.002)


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
    firmware = Firmware(settings=dict(SETTINGS))
    async with AlarmDecoderFace(local, firmware=firmware) as face:
        port = int(face.url.rpartition(":")[2])
        peer = Peer(port, truths)
        with library_time(peer.now):
            await asyncio.to_thread(peer.open)
            async with asyncio.timeout(10):
                while peer.others < 4:  # two greetings, version, configuration
                    await asyncio.sleep(0.01)

            def note(line: bytes) -> None:
                if not line.startswith((b"!VER", b"!CONFIG")):
                    truths.append(truth(local, line))

            face.wire.taps.append(note)
            try:
                yield House(clock, local, face, peer, truths)
            finally:
                await asyncio.to_thread(peer.close)


def listed_number(line: str) -> int | None:
    """Return the number of a page that the library counts as a zone in fault (3.2, rule 2)."""
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
        if number is not None and now.line[30:38] != "00000000" and not now.ready:
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
        if now.line[30:38] == "00000000":
            return
        if now.line[12] == "1":
            assert now.low_zones
            assert now.line[61:66] == "LOBAT"
            self.low = now.seconds
        if now.line[14] == "1":
            self.lit = now.seconds, now.line[15] == "1"
        if seen.low_battery:
            # It never hears of the panel's own: that page is for all keypads, with mask 0.
            assert now.seconds - self.low < EXPIRE + 11, now
            self.excused[ZONE_BATTERY] += 1
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


@pytest.mark.timeout(300)
async def test_random_walk(socket_enabled: None) -> None:
    """Every flag is equal on every line, every event is told, and zones differ only by what EXCUSES lists."""
    async with connected() as house:
        random = Random("walk")
        walk, diary = Walk(house.local, Random("life")), Diary()
        house.local.watch(diary)
        while len(house.truths) < LINES:
            walk.step()
            house.forward(random.uniform(2, 90))
            await house.caught_up(AHEAD)
        await house.caught_up()
        truths, notes, heard = house.truths, house.peer.notes, house.peer.events
        assert house.face.heard_bytes == b"C\rV\r"
    assert [now.line for now in truths] == [seen.line for seen in notes]
    assert not any(seen.dead for seen in notes)
    account = Account(truths)
    flags_compared = 0
    for index, (now, seen) in enumerate(zip(truths, notes, strict=True)):
        account.take(index, seen)
        if now.line.startswith("[") and now.line[30:38] != "00000000":
            flags_compared += 1
            assert seen.flags == (
                now.ready,
                now.away,
                now.stay,
                now.instant,
                now.night,
                now.sounding,
                now.ac,
                now.chime,
                now.bypass,
            ), (index, now, seen)
            assert seen.exiting is now.exiting
        elif index and now.line.startswith("["):
            before = notes[index - 1]  # it takes no line for all keypads (mask 0)
            assert (seen.flags, seen.zones) == (before.flags, before.zones)
    assert flags_compared > LINES * 0.8
    assert account.quiet > 300
    assert set(account.excused) == EXCUSES, account.excused
    # Events: each that has a line was heard, in order, and arming, alarm and mains changed as often as in truth.
    lines = [lrr_line(event, version=2) for event in diary.events]
    assert [f"!LRR:{','.join(found)},ff" for found in heard.lrr] == [
        line for line in lines if line is not None
    ]
    shown = [
        now for now in truths if now.line[0] == "[" and now.line[30:38] != "00000000"
    ]
    assert heard.alarms == changes([now.sounding for now in shown])
    assert heard.power == changes([now.ac for now in shown])
    assert heard.arming == [
        ("arm", stay) if away or stay else ("disarm", False)
        for away, stay in changes([(now.away, now.stay) for now in shown])
    ]
    assert [f"!EXP:{a:02d},{c:02d},{v:02d}" for a, c, v in heard.expander] == [
        now.line for now in truths if now.line.startswith("!EXP")
    ]
    assert [f"!RFX:{serial},{value:02x}" for serial, value in heard.rf] == [
        now.line for now in truths if now.line.startswith("!RFX")
    ]


def changes[T](values: list[T]) -> list[T]:
    """Return each value that is another one than the one before it."""
    return [after for before, after in pairwise(values) if before != after]


async def test_asks_for_faults(socket_enabled: None) -> None:
    """A panel that lists faults only after * makes the library press it, and then shows them."""
    async with connected(press_star=True) as house:
        house.local.set_zone(2, is_open=True)
        await house.caught_up()
        async with asyncio.timeout(10):
            while not house.face.heard_bytes.endswith(b"*"):
                await asyncio.sleep(0.01)
        house.forward(1)
        texts = [now.line[61:93].strip() for now in house.truths if now.line[0] == "["]
        assert texts[0] == "****DISARMED****Hit * for faults"
        assert texts[-1] == "FAULT 02 BACK   DOOR"
        await house.caught_up()
        assert house.peer.notes[-1].zones == {2}
        house.forward(70)  # the list stays about a minute
        assert house.truths[-1].line[61:].startswith("****DISARMED****Hit * for")


async def test_reads_adapter(socket_enabled: None) -> None:
    """Version and configuration arrive; keys sent by the library work at the panel, and are told as sent."""
    async with connected() as house:
        peer, told = house.peer, list[bool]()
        peer.on_sending_received += lambda _, status, message: told.append(status)
        assert (peer.version_number, peer.address) == ("V2.2a.8.9b-306", 18)
        assert (peer.configbits, peer.emulate_lrr) == (0xFF00, True)
        await asyncio.to_thread(peer.send, f"{house.local.panel.user_code}3")
        async with asyncio.timeout(10):
            while not told:
                await asyncio.sleep(0.01)
        assert told == [True]
        assert house.local.panel.partitions[1].mode == 10203


async def test_survives_damage(socket_enabled: None) -> None:
    """Lines cut, doubled and behind noise do not stop it where local-panel.md 7.1 says they do not."""
    async with connected() as house:
        for fault in ("behead", "duplicate", "nul", "lf"):
            await house.face.trouble(fault)
            house.forward(10)
        house.local.set_zone(2, is_open=True)
        async with asyncio.timeout(10):
            while not house.peer.notes or house.peer.notes[-1].zones != {2}:
                await asyncio.sleep(0.01)

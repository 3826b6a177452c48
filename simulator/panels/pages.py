"""What a keypad shows: the panel's state as pages, and the order of the rotation. Simulated, pure.

Texts: docs/protocol/alarmdecoder.md#text-pages; flags: docs/protocol/alarmdecoder.md#flags; when which page comes:
docs/protocol/alarmdecoder.md#rotation and docs/protocol/alarmdecoder.md#line-rates.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from simulator.panels.events import FIRE
from simulator.world.panel import ALARM, ARMING, DISARMED_STATES, Panel, Partition, Zone

WIDTH = 32
_SYSTEM = 1000
QUIET, ROTATION, COUNTDOWN = 10.0, 4.0, 1.0

_AWAY, _MAXIMUM = (10201, 10202), (10205, 10206)
_INSTANT, _NIGHT = (10209, 10210), (10218,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One keypad page: the flags of docs/protocol/alarmdecoder.md#flags, the code, the text of 32 characters.

    `numbered` pages show a zone or module; `extra` is the tail of the raw field; `seconds` is how long it stands.
    """

    text: str
    code: str = "008"
    place: int = 0  # in the list: the status page, zones by number, then the system
    numbered: bool = False
    system_wide: bool = False
    ready: bool = False
    away: bool = False
    stay: bool = False
    backlight: bool = False
    programming: bool = False
    beeps: int = 0
    bypass: bool = False
    ac: bool = True
    chime: bool = False
    memory: bool = False
    sounding: bool = False
    low_battery: bool = False
    instant: bool = False
    fire: bool = False
    fire_sounding: bool = False
    check: bool = False
    night: bool = False
    cursor: int | None = None
    extra: str = "00000000"
    seconds: float = QUIET


@dataclass(frozen=True, slots=True)
class Ways:
    """How this panel shows things: the faults only after `*`, that list asked for, the bypass list asked for.

    `zones_in_check` is the page by which a 250BPT sums up its troubles. `busy` is a text that takes the whole bus (`MODEM COMM`, `Busy - Standby`); `modules` are failed ECP addresses.
    """

    press_star: bool = False
    listing: bool = False
    bypass_list: bool = False
    busy: str | None = None
    modules: tuple[int, ...] = ()
    zones_in_check: bool = False


def pages(
    panel: Panel, partition: Partition, ways: Ways, seconds_left: float
) -> tuple[Page, ...]:
    """Return the pages a partition's keypads show in turn; one page alone is repeated.

    `seconds_left` of the exit or entry delay, in the world's time.
    """
    base = _base(panel, partition)
    if ways.busy is not None:
        return (replace(base, text=_text(ways.busy), system_wide=True),)
    if panel.programming:
        return (
            replace(
                base,
                text=_text("Installer Code  20"),
                ready=False,
                programming=True,
                cursor=17,
            ),
        )
    ours = [
        zone
        for _, zone in sorted(panel.zones.items())
        if zone.partition == partition.id
    ]
    if partition.arming == ALARM:
        first = list(_alarm_pages(base, ours, {zone.id for zone in ours if zone.alarm}))
    elif partition.arming in DISARMED_STATES:
        first = _disarmed(base, panel, ours, ways)
    elif partition.delay_ends is not None:
        return (_delay(base, partition, max(0, round(seconds_left))),)
    else:
        first = [replace(base, text=_armed_text(partition.mode, bypass=base.bypass))]
    listed = [*first, *_joining(base, panel, partition, ours, ways)]
    # One list by zone number, whatever a page says of its zone (docs/protocol/alarmdecoder.md#habits-of-the-rotation).
    joined = sorted(listed, key=lambda page: page.place)
    if len(joined) == 1 and not joined[0].numbered:
        return (joined[0],)
    return tuple(replace(page, seconds=ROTATION) for page in joined)


def _base(panel: Panel, partition: Partition) -> Page:
    """Return the flags every page of the partition carries."""
    ours = [zone for zone in panel.zones.values() if zone.partition == partition.id]
    disarmed, sounding = partition.arming in DISARMED_STATES, partition.arming == ALARM
    armed = not disarmed and partition.mode not in DISARMED_STATES
    away = armed and partition.mode in (*_AWAY, *_MAXIMUM)
    return Page(
        text="",
        ready=disarmed and partition.arming != DISARMED_STATES[2],
        away=away,
        stay=armed and not away,
        backlight=sounding,  # invention: when the light is on is not known
        bypass=any(zone.bypassed for zone in ours),
        ac=not panel.ac_loss,
        chime=panel.chime,
        low_battery=panel.low_battery,
        memory=sounding or any(zone.id in panel.alarm_memory for zone in ours),
        sounding=sounding,
        instant=armed and partition.mode in (*_MAXIMUM, *_INSTANT),
        night=armed and partition.mode in _NIGHT,
    )


def _disarmed(base: Page, panel: Panel, ours: list[Zone], ways: Ways) -> list[Page]:
    remembered = panel.alarm_memory & {zone.id for zone in ours}
    if remembered:
        cancelled = replace(base, text=_text("ALARM CANCELED", "ENTER CODE"))
        return [cancelled, *_alarm_pages(base, ours, remembered)]
    if base.ready:
        words = (
            "DISARMED BYPASS"
            if base.bypass
            else "DISARMED CHIME"
            if base.chime
            else "****DISARMED****"
        )
        return [replace(base, text=_text(words, "  Ready to Arm"))]
    if ways.press_star and not ways.listing:
        return [replace(base, text=_text("****DISARMED****", "Hit * for faults"))]
    return [
        _zone_page(base, "FAULT", zone)
        for zone in ours
        if zone.open and not zone.bypassed
    ]


def _alarm_pages(base: Page, zones: list[Zone], chosen: set[int]) -> Iterator[Page]:
    """Yield the pages of zones in alarm; a fire stays a fire until it is silenced.

    See docs/protocol/alarmdecoder.md#raw-field.
    """
    for zone in zones:
        if zone.id not in chosen:
            continue
        fire = zone.type_id == FIRE
        page = _zone_page(base, "FIRE" if fire else "ALARM", zone)
        lit = fire and base.sounding
        yield replace(page, fire=lit, fire_sounding=lit, beeps=6 if lit else 0)


def _delay(base: Page, partition: Partition, left: int) -> Page:
    if partition.arming != ARMING:
        return replace(
            base,
            text=_text("DISARM SYSTEM", "OR ALARM OCCURS"),
            beeps=4,
            backlight=True,
            seconds=ROTATION,
        )
    words = _armed_text(partition.mode, bypass=False)[:16]
    beeps = 0 if base.stay else 4 if left > 10 else 5
    text = _text(words, f"May Exit Now  {left:02d}")
    return replace(base, text=text, beeps=beeps, seconds=COUNTDOWN)


def _armed_text(mode: int, *, bypass: bool) -> str:
    words = "ARMED ***STAY***"
    if mode in _AWAY:
        words = "ARMED ***AWAY***"
    elif mode in _MAXIMUM:
        words = "ARMED *MAXIMUM**"
    elif mode in _INSTANT:
        words = "ARMED *INSTANT**"
    elif mode in _NIGHT:
        words = "ARMED*NIGHT-STAY"
    away = mode in (*_AWAY, *_MAXIMUM)
    second = " ZONE BYPASSED" if bypass else "** ALL SECURE **" if away else ""
    return _text(words, second)


def _joining(
    base: Page, panel: Panel, partition: Partition, ours: list[Zone], ways: Ways
) -> Iterator[Page]:
    """Yield the pages that join whatever else is shown; those of the whole system come with partition 1."""
    for zone in ours:
        if zone.trouble:
            # A fire zone in trouble lights fire and check (docs/protocol/alarmdecoder.md#raw-field).
            page = _zone_page(base, "CHECK", zone)
            yield replace(page, check=True, fire=zone.type_id == FIRE)
    for zone in ours:
        if zone.low_battery:
            yield replace(_zone_page(base, "LOBAT", zone), low_battery=True)
    if ways.bypass_list:
        for zone in ours:
            if zone.bypassed:
                yield _zone_page(base, "BYPAS", zone)
    if ways.zones_in_check and any(zone.trouble for zone in ours):
        text = _text("HOME DISARMED", " ZONES IN CHECK")
        yield replace(base, text=text, code="020", ready=False, place=_SYSTEM)
    if panel.low_battery:
        yield replace(base, text=_text("SYSTEM LO BAT"), place=_SYSTEM)
    if partition.id != min(panel.partitions):
        return
    if panel.ac_loss:
        yield replace(base, text=_text("AC LOSS"), place=_SYSTEM)
    for address in ways.modules:
        # The number of a module is in the text only; its code looks like a zone's
        # (docs/protocol/alarmdecoder.md#numeric-code).
        yield replace(
            base,
            text=_text(f"CHECK 1{address:02d} WIRE", "EXPANSION"),
            code=f"{address:03d}",
            numbered=True,
            check=True,
            beeps=4,
            low_battery=False,
            extra="000100ff",
            place=_SYSTEM,
        )
    if panel.communication_failure:
        yield replace(
            base,
            text=_text("COMM. FAILURE"),
            code="0fc",
            system_wide=True,
            place=_SYSTEM,
        )


def _zone_page(base: Page, word: str, zone: Zone) -> Page:
    """Return a page of one zone: word, number, descriptor over both rows."""
    head = f"{word} {zone.id:02d} "
    first, *rest = zone.name.upper().split() or [""]
    text = _text(head + first[: 16 - len(head)], " ".join(rest)[:16])
    return replace(
        base,
        text=text,
        code=f"{zone.id:03d}",
        numbered=True,
        low_battery=False,
        place=zone.id,
    )


def _text(first: str, second: str = "") -> str:
    """Return two rows of 16; a longer first row runs on into the second."""
    return (first.ljust(16) + second).ljust(WIDTH)[:WIDTH]


def seconds_until(moment: datetime | None, now: datetime, speed: float) -> float:
    """Return the world's seconds from now to a moment; 0 for none."""
    return 0.0 if moment is None else (moment - now).total_seconds() * speed

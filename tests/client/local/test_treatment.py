"""What each invented line must do to what is known, and no more.

See docs/protocol/alarmdecoder.md#sample-lines.

The site is known to be well before: both partitions disarmed and ready, mains there,
batteries well, nothing open. Every field that a line does not name must stay.
"""

from dataclasses import fields
from typing import Any

import pytest

from custom_components.panelsync.client.local.alarmdecoder.state import Ad2Settings
from custom_components.panelsync.client.local.status import LocalPartition, LocalStatus
from custom_components.panelsync.client.models import ArmingState, ZoneStatus

from .samples import LINES
from .site import ADDRESSES, Site, keypad

READY_2 = keypad(
    "****DISARMED****  Ready", flags="10000001000000003A--", addresses=ADDRESSES[2]
)
# The text is compared where it is decided (test_ad2_state); a time is none of a line's.
APART = {"partitions", "keypad_text", "last_message", "programming_left"}

type Change = dict[str, Any]
type Told = tuple[str, str, int | None, int | None]


def site_that_is_well() -> Site:
    """Return a site of which everything is known, and nothing is wrong."""
    site = Site(Ad2Settings(ADDRESSES))
    for _ in range(8):
        site.hear(1, READY_2, every=5)
    site.wait(30)
    site.hear(1, READY_2)
    assert site.activity == []
    return site


def changes(before: LocalStatus, after: LocalStatus) -> Change:
    """Return what is not as it was; a partition's fields with its number."""
    found = _differing(before, after, "")
    for one, other in zip(before.partitions, after.partitions, strict=True):
        found |= _differing(one, other, f"{one.number}.")
    if before.programming_left != after.programming_left:
        found["programming_left"] = True
    return found


def _differing[T: (LocalStatus, LocalPartition)](
    before: T, after: T, prefix: str
) -> Change:
    return {
        f"{prefix}{field.name}": getattr(after, field.name)
        for field in fields(before)
        if field.name not in APART
        and getattr(before, field.name) != getattr(after, field.name)
    }


DISARMED, ARMING = ArmingState.DISARMED, ArmingState.ARMING
AWAY, HOME, NIGHT = (
    ArmingState.ARMED_AWAY,
    ArmingState.ARMED_HOME,
    ArmingState.ARMED_NIGHT,
)
NOT_READY: Change = {"1.ready": False}
MEMORY_UNKNOWN: Change = {"1.alarm_memory": None}
# What is open is not shown while armed, nor before the list is asked for.
HIDDEN: Change = NOT_READY | {"open_zones": None}


def is_open(zone: int, partition: int = 1) -> Change:
    """Return what the page of an open zone changes."""
    return {
        f"{partition}.ready": False,
        "zones": {zone: ZoneStatus.FAULTED},
        "open_zones": frozenset({zone}),
    }


def armed(mode: ArmingState, **more: Any) -> Change:
    """Return what an armed page of partition 1 changes."""
    return HIDDEN | {"1.mode": mode} | {f"1.{name}": it for name, it in more.items()}


def zone(number: int, status: ZoneStatus, **more: Any) -> Change:
    """Return what a page or report of one zone changes."""
    return {"zones": {number: status}} | {f"1.{name}": it for name, it in more.items()}


ARMED_AWAY: Told = ("armed", "Armed away", None, None)
ARMED_HOME: Told = ("armed", "Armed home", None, None)
ARMED_NIGHT: Told = ("armed", "Armed night", None, None)
SOUNDING = {"ready": False, "sounding": True, "alarm_memory": True}
_LOST = (
    "mode ready sounding fire alarm_memory entry_delay_off perimeter_only bypassed"
    " chime programming trouble"
)
NOTHING_KNOWN: Change = {
    **{f"{n}.{name}": None for n in (1, 2) for name in _LOST.split()},
    **dict.fromkeys(("open_zones", "ac_power", "battery_low", "communication_failure")),
}

TREATMENT: dict[int, tuple[Change, *tuple[Told, ...]]] = {
    # Ready and not ready
    1: ({},),
    2: ({"1.chime": True},),
    3: ({"1.bypassed": True},),
    # Mains lost: one line is not believed alone.
    4: ({"1.chime": True},),
    **dict.fromkeys((5, 6, 7), (HIDDEN,)),
    # Faults
    8: (is_open(5),),
    9: (is_open(9),),
    10: (is_open(23) | {"1.chime": True},),
    11: (is_open(5),),
    12: (is_open(12, partition=2),),
    # Arming
    13: (armed(ARMING, exit_seconds=60),),
    14: (armed(ARMING, exit_seconds=7),),
    15: (armed(AWAY), ARMED_AWAY),
    16: (armed(AWAY, bypassed=True), ARMED_AWAY),
    17: (armed(ARMING, exit_seconds=45),),
    18: (armed(HOME), ARMED_HOME),
    19: (armed(HOME, bypassed=True), ARMED_HOME),
    20: (armed(NIGHT, perimeter_only=True), ARMED_NIGHT),
    21: (armed(NIGHT, entry_delay_off=True), ARMED_NIGHT),
    22: (armed(AWAY, entry_delay_off=True), ARMED_AWAY),
    23: (armed(AWAY, entry_delay=True), ARMED_AWAY),
    24: ({"2.mode": HOME, "2.ready": False, "open_zones": None}, ARMED_HOME),
    # Alarms
    25: (
        zone(11, ZoneStatus.ALARM) | armed(AWAY, **SOUNDING, chime=True),
        ("alarm", "Alarm", 11, None),
        ARMED_AWAY,
    ),
    # The memory of an alarm nobody heard may be that of a silent one.
    26: (NOT_READY | MEMORY_UNKNOWN,),
    27: (NOT_READY | MEMORY_UNKNOWN,),
    28: (
        zone(10, ZoneStatus.ALARM, **SOUNDING, fire=True),
        ("alarm", "Fire alarm", 10, None),
    ),
    29: (
        zone(10, ZoneStatus.TROUBLE, ready=False, trouble=True),
        ("trouble", "Sensor trouble", 10, None),
    ),
    30: (zone(95, ZoneStatus.ALARM, **SOUNDING), ("alarm", "Alarm", 95, None)),
    31: (NOT_READY | MEMORY_UNKNOWN,),
    # Trouble, bypass, programming
    32: (
        zone(14, ZoneStatus.TROUBLE, ready=False, trouble=True),
        ("trouble", "Sensor trouble", 14, None),
    ),
    33: (NOT_READY | {"1.trouble": True},),
    34: (NOT_READY | {"1.trouble": True},),
    35: (
        zone(24, ZoneStatus.LOW_BATTERY, ready=False),
        ("trouble", "Sensor battery low", 24, None),
    ),
    36: ({"battery_low": True}, ("trouble", "Panel battery low", None, None)),
    37: ({},),
    38: (
        {"communication_failure": True},
        ("trouble", "Communication failed", None, None),
    ),
    39: ({"downloading": True},),
    40: (zone(7, ZoneStatus.BYPASSED, ready=False, bypassed=True),),
    41: (HIDDEN | {"1.programming": True},),
    42: ({},),
    # Other firmware and prefixes
    43: ({},),
    44: ({},),
    45: (
        armed(HOME, fire=None, trouble=None, entry_delay_off=None, perimeter_only=None),
        ARMED_HOME,
    ),
    46: ({},),
    47: ({},),
    # Expanders, relays, radio
    48: ({"zones": {19: ZoneStatus.FAULTED}, "open_zones": frozenset({19})},),
    49: ({},),
    50: ({"zones": {48: ZoneStatus.TROUBLE}},),
    51: ({},),
    52: ({},),
    53: ({},),
    54: ({},),
    # Reports
    55: ({}, ("other", "Armed away", None, 4)),
    56: ({}, ("trouble", "Mains power lost", None, None)),
    57: ({}, ("other", "Armed away", None, 4)),
    58: ({}, ("other", "Disarmed", None, 4)),
    59: ({}, ("other", "Armed stay", None, 4)),
    60: ({}, ("alarm", "Burglary alarm", 11, None)),
    61: ({}, ("other", "Burglary alarm: restored", 11, None)),
    62: ({}, ("trouble", "Mains power lost", None, None)),
    63: ({}, ("other", "Mains power lost: restored", None, None)),
    64: (
        zone(24, ZoneStatus.LOW_BATTERY),
        ("trouble", "Sensor battery low", 24, None),
    ),
    65: ({}, ("other", "Test", None, None)),
    66: ({}, ("other", "Programming started", None, None)),
    67: ({"programming_left": True}, ("other", "Programming ended", None, None)),
    68: ({},),
    69: (zone(7, ZoneStatus.BYPASSED), ("other", "Zone bypassed", 7, None)),
    # Adapter and bridge
    **dict.fromkeys(range(70, 78), ({},)),
    78: (NOTHING_KNOWN,),
    **dict.fromkeys(range(79, 86), ({},)),
    # Damaged or hostile; what is whole in them counts
    **dict.fromkeys((86, 87, 88, 89, *range(91, 96), *range(97, 111)), ({},)),
    90: (HIDDEN,),
    # Flags and raw field disagree: the flags are believed. Its mask names both
    # partitions.
    96: (is_open(5) | {"2.ready": False},),
}


def test_every_line_is_treated() -> None:
    assert set(TREATMENT) == set(LINES)


@pytest.mark.parametrize("number", TREATMENT)
def test_treatment(number: int) -> None:
    change, *told = TREATMENT[number]
    site = site_that_is_well()
    before = site.seen()
    site.hear(number)
    assert changes(before, site.seen()) == change
    assert [
        (str(one.type), one.text, one.zone, one.user) for one in site.activity
    ] == told

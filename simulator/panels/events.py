"""What a panel reports as events, in the numbers of each wire. Simulated, pure.

Contact ID codes: docs/protocol/alarmdecoder.md#contact-id; words of old adapter firmware:
docs/protocol/alarmdecoder.md#long-range-radio; codes of the RS-232 port: docs/protocol/vista-rs232.md#events. Where no
code is known for an event, the nearest one was taken; those rows are marked `nearest`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from simulator.world.panel import ALARM, ARMING, DISARMED_STATES, Panel, Partition

type Number = Literal["zone", "user", "none"]

ENTRY_EXIT, PERIMETER, INTERIOR, FIRE, CARBON_MONOXIDE = 1, 3, 4, 9, 14
STAY_CODES = (10203, 10209, 10218, 10226, 10230)
PERSON = 2  # invention: user 2 is the account's own person, user 1 the installer
FIRST_OTHER_USER = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event: Contact ID code, word of old firmware, and the pair of RS-232 codes (event, restore).

    `older` is the pair of a 128BP, 250BP or FBP. `restore_word` is what old firmware says at the end of it.
    """

    contact_id: str | None
    word: str | None
    code: str | None
    restore_code: str | None = None
    number: Number = "zone"
    older: tuple[str | None, str | None] = (None, None)
    restore_word: str | None = None
    closing: bool = False  # arming: Contact ID qualifier 3 where others have 1


KINDS = {
    "arm_away": Kind("401", "ARM_AWAY", "07", None, "user", closing=True, older=("18", None)),
    "arm_stay": Kind("441", "ARM_STAY", "B7", None, "user", closing=True, older=("15", None)),
    "quick_arm": Kind("408", "ARM_AWAY", "27", None, "user", closing=True, older=("18", None)),
    "disarm": Kind("401", "OPEN", "08", None, "user", older=("16", None)),
    "cancel": Kind("406", "CANCEL", None, None, "user", older=("20", None)),
    "burglary": Kind("130", "ALARM_BURGLARY", "31", "32", older=("04", None)),
    "perimeter": Kind("131", "ALARM_PERIMETER", "41", "42", older=("00", None)),
    "interior": Kind("132", "ALARM_INTERIOR", "51", "52", older=("01", None)),
    "entry_exit": Kind("134", "ALARM_ENTRY", "31", "32", older=("04", None)),
    "fire": Kind("110", "ALARM_FIRE", "01", "02", older=("06", None)),
    "smoke": Kind("111", "ALARM_FIRE", "C1", "C2", older=("06", None)),
    "carbon_monoxide": Kind("162", "ALARM_AUX", "B1", "B2"),
    "medical": Kind("100", "ALARM_AUX", "B1", "B2"),
    "panic": Kind("120", "ALARM_PANIC", "31", "32", older=("07", None)),
    "duress": Kind("121", "ALARM_DURESS", "11", "12", "user", older=("0C", None)),
    "silent_panic": Kind("122", "ALARM_SILENT", "21", "22", older=("08", None)),
    "audible_panic": Kind("123", "ALARM_PANIC", "31", "32", older=("07", None)),
    "hold_up": Kind("126", "ALARM_SILENT", "21", "22", older=("08", None)),  # RS-232: nearest
    "hold_up_trouble": Kind("129", "ALARM_SILENT", "21", "22", older=("08", None)),  # RS-232: nearest
    "ac_loss": Kind("301", "ACLOSS", "1B", "1C", "none", older=("1C", "1D"), restore_word="AC_RESTORE"),
    "low_battery": Kind("302", "LOWBAT", "29", "2A", "none", older=("1A", "1B"), restore_word="LOWBAT_RESTORE"),
    "power_up": Kind("305", "TROUBLE", "0E", None, "none"),
    "programming_changed": Kind("306", "TROUBLE", None, None, "none"),
    "module_failure": Kind("333", "TROUBLE", "A1", "A2", restore_word="TROUBLE_RESTORE"),
    "communication_failure": Kind("354", "TROUBLE", "D3", "D4", "none", restore_word="TROUBLE_RESTORE"),
    "fire_trouble": Kind("373", "TROUBLE", "C3", "C4", restore_word="TROUBLE_RESTORE"),
    "exit_error": Kind("374", "ALARM_EXIT_ERROR", "1F", None),
    "zone_trouble": Kind("380", "TROUBLE", "03", "04", restore_word="TROUBLE_RESTORE"),
    "zone_supervision": Kind("381", "TROUBLE", "63", "64", restore_word="TROUBLE_RESTORE"),
    "zone_tamper": Kind("383", "TROUBLE", "B3", "B4", restore_word="TROUBLE_RESTORE"),
    "zone_low_battery": Kind("384", "RFLOWBAT", "89", "8A", restore_word="RFLOWBAT_RESTORE"),
    "remote_programming": Kind("412", "TROUBLE", None, None, "none"),
    "wrong_code": Kind("461", "TROUBLE", None, None, "user"),
    "recent_close": Kind("459", "ARM_AWAY", "9E", None, "user"),
    "bypass": Kind("570", "BYPASS", "05", "06", older=("21", "22"), restore_word="BYPASS_RESTORE"),
    "manual_test": Kind("601", "TEST_CALL", "0D", None, "none", restore_word="TEST_RESTORE"),
    "periodic_test": Kind("602", "TEST_CALL", "1D", None, "none", restore_word="TEST_RESTORE"),
    "program_entry": Kind("627", "TROUBLE", "AD", None, "none"),
    "program_exit": Kind("628", "TROUBLE", "BD", None, "none"),
    "module_added": Kind("531", "TROUBLE", None, None, "none"),
    "zone_fault": Kind(None, None, "F5", "F6", older=("2B", "2C")),  # RS-232 only
}  # fmt: skip

_ALARMS = {
    ENTRY_EXIT: "entry_exit",
    PERIMETER: "perimeter",
    INTERIOR: "interior",
    FIRE: "smoke",
    CARBON_MONOXIDE: "carbon_monoxide",
}


@dataclass(frozen=True, slots=True)
class PanelEvent:
    """Something that happened at the panel; `number` is a zone, a user or nothing (0) as its kind says."""

    kind: str
    time: datetime
    partition: int = 0
    number: int = 0
    restored: bool = False


def alarm_kind(type_id: int) -> str:
    """Return the kind of alarm a zone of a type causes."""
    return _ALARMS.get(type_id, "burglary")


def changes(before: Panel, after: Panel, user: int, now: datetime) -> list[PanelEvent]:
    """Return what happened between two states of one panel, in a settled order; `user` did what a user did."""
    events: list[PanelEvent] = []

    def add(kind: str, partition: int = 0, number: int = 0, *, on: bool = True) -> None:
        events.append(PanelEvent(kind, now, partition, number, restored=not on))

    if before.programming != after.programming:
        add("program_entry" if after.programming else "program_exit")
    for zone_id, zone in after.zones.items():
        was = before.zones.get(zone_id)
        if was is None:
            continue
        facts = (
            ("zone_fault", was.open, zone.open),
            (
                "fire_trouble" if zone.type_id == FIRE else "zone_trouble",
                was.trouble,
                zone.trouble,
            ),
            ("zone_low_battery", was.low_battery, zone.low_battery),
            ("bypass", was.bypassed, zone.bypassed),
            (alarm_kind(zone.type_id), was.alarm, zone.alarm),
        )
        for kind, old, new in facts:
            if old != new:
                add(kind, zone.partition, zone_id, on=new)
    for number, partition in after.partitions.items():
        old_arming = before.partitions.get(number, Partition(number, "")).arming
        for kind in _arming_events(old_arming, partition.arming):
            add(kind, number, user)
    for kind, old, new in (
        ("ac_loss", before.ac_loss, after.ac_loss),
        ("low_battery", before.low_battery, after.low_battery),
        (
            "communication_failure",
            before.communication_failure,
            after.communication_failure,
        ),
    ):
        if old != new:
            add(kind, on=new)
    return events


def _arming_events(before: int, after: int) -> list[str]:
    """Return what a change of one partition's arming reports; an exit delay reports only its end."""
    counted = (*DISARMED_STATES, ARMING)
    if before in counted and after not in (*counted, ALARM):
        return ["arm_stay" if after in STAY_CODES else "arm_away"]
    if before not in counted and after in DISARMED_STATES:
        return ["cancel", "disarm"] if before == ALARM else ["disarm"]
    return []


def lrr_line(event: PanelEvent, *, version: int) -> str | None:
    """Return the long-range-radio line of an event without its end, or None if it has none.

    See docs/protocol/alarmdecoder.md#long-range-radio.
    """
    kind = KINDS[event.kind]
    if version == 1:
        word = kind.restore_word if event.restored else kind.word
        if word is None:
            return None
        return f"!LRR:{event.number:03d},{event.partition},{word}"
    if kind.contact_id is None:
        return None
    qualifier = 3 if kind.closing != event.restored else 1
    return (
        f"!LRR:{event.number:03d},{event.partition},CID_{qualifier}{kind.contact_id},ff"
    )

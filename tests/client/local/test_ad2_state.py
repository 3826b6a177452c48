"""What an AlarmDecoder's lines make known over time.

See docs/protocol/alarmdecoder.md#state and docs/protocol/alarmdecoder.md#sequences.
"""

from datetime import datetime, timedelta

import pytest

from custom_components.panelsync.client.comparison import Watch, watch
from custom_components.panelsync.client.local.activity import ActivityBudget
from custom_components.panelsync.client.local.alarmdecoder.state import Ad2Settings
from custom_components.panelsync.client.local.status import PanelActivity
from custom_components.panelsync.client.models import (
    ActivityType,
    ArmingState,
    ZoneStatus,
)

from ..test_compare import service
from .samples import LINES
from .site import ADDRESSES, START, Site, fault, keypad

AWAY, HOME, NIGHT = (
    ArmingState.ARMED_AWAY,
    ArmingState.ARMED_HOME,
    ArmingState.ARMED_NIGHT,
)
READY, HIDDEN = 1, 5
READY_2 = keypad(
    "****DISARMED****  Ready", flags="10000001000000003A--", addresses=ADDRESSES[2]
)
Q1 = (5, 8, 9, 10, 11, 9, 10, 8, 9, 10)


@pytest.fixture
def site() -> Site:
    return Site()


def shown(number: int) -> str:
    """Return the text of a sample line as it is shown: with single blanks."""
    return " ".join(LINES[number][61:93].decode().split())


def test_nothing_is_known_before_the_first_line(site: Site) -> None:
    status = site.seen()
    assert status.arming is None
    assert status.keypad_text is None
    assert status.last_message is None
    assert status.open_zones is None
    flags = {status.ready, status.programming, status.trouble, status.ac_power}
    assert flags == {None}
    assert {status.battery_low, status.communication_failure} == {None}
    assert [one.number for one in status.partitions] == [1, 2]


@pytest.mark.parametrize(
    ("number", "mode", "ready"),
    [
        (1, ArmingState.DISARMED, True),
        (2, ArmingState.DISARMED, True),
        (5, ArmingState.DISARMED, False),
        (13, ArmingState.ARMING, False),
        (14, ArmingState.ARMING, False),
        (15, AWAY, False),
        (16, AWAY, False),
        (17, ArmingState.ARMING, False),
        (18, HOME, False),
        (19, HOME, False),
        (20, NIGHT, False),
        (21, NIGHT, False),
        (22, AWAY, False),
        (44, ArmingState.DISARMED, True),
        (45, HOME, False),
        (46, ArmingState.DISARMED, True),
    ],
)
def test_arming_and_ready(
    site: Site, number: int, mode: ArmingState, ready: bool
) -> None:
    site.hear(number)
    partition = site.partition()
    assert (partition.mode, partition.arming, partition.ready) == (mode, mode, ready)
    assert site.partition(2).mode is None


@pytest.mark.parametrize(
    ("number", "seconds"), [(13, 60), (14, 7), (17, 45), (15, None)]
)
def test_exit_seconds(site: Site, number: int, seconds: int | None) -> None:
    site.hear(number)
    assert site.partition().exit_seconds == seconds


def test_flags_of_a_partition(site: Site) -> None:
    site.hear(3)
    assert site.partition().bypassed
    assert not site.partition().chime
    site.hear(2)
    assert site.partition().chime
    assert not site.partition().bypassed
    site.hear(22)
    assert site.partition().entry_delay_off
    site.hear(20)
    assert site.partition().perimeter_only
    site.hear(45)
    assert site.partition().perimeter_only is None
    assert site.partition().fire is None


def test_both_arming_flags_are_no_state(site: Site) -> None:
    site.hear(keypad("ARMED", flags="01100001000000003A--"))
    assert site.partition().mode is None


def test_missing_arming_flags_are_no_state(site: Site) -> None:
    line = keypad("ARMED", flags="00000001000000003A--").replace(b"[000", b"[0--", 1)
    site.hear(line)
    assert site.partition().mode is None


# Sequences.


def test_q1_a_rotation_restores_nothing(site: Site) -> None:
    site.hear(*Q1)
    assert site.open() == {5, 9, 23}


def test_q2_a_zone_missing_from_two_passes_is_restored(site: Site) -> None:
    site.hear(*Q1)
    site.hear(8, 10, 8)
    assert site.open() == {5, 9, 23}
    site.hear(10, 8)
    assert site.open() == {5, 23}


def test_q3_ready_restores_at_once(site: Site) -> None:
    site.hear(*Q1, READY)
    assert site.seen().zones == {}
    # Partition 2 was not heard.
    assert site.seen().ready is None
    assert site.open() is None
    site.hear(READY_2)
    assert site.open() == set()
    assert site.seen().ready


def test_q4_another_page_between_restores_nothing(site: Site) -> None:
    site.hear(*Q1)
    for _ in range(4):
        site.hear(8, 34, 9, 34, 10)
    assert site.open() == {5, 9, 23}
    assert 7 not in site.seen().zones
    assert site.partition().trouble


def test_q5_partitions_do_not_touch_each_other(site: Site) -> None:
    site.hear(5, 8, 12, 9, 12, 10)
    assert site.open() == {5, 9, 12, 23}
    site.hear(24)
    assert site.partition(2).mode is HOME
    assert site.partition(1).mode is ArmingState.DISARMED
    assert site.open() == {5, 9, 23}
    site.hear(READY)
    assert site.partition(2).mode is HOME


def test_q6_exit_delay_then_armed(site: Site) -> None:
    states = []
    for number in (13, 14, 15):
        site.hear(number)
        states.append(site.partition().arming)
    assert states == [ArmingState.ARMING, ArmingState.ARMING, AWAY]
    assert site.told == [("armed", "Armed away")]


def test_q7_from_entry_to_alarm_to_disarmed(site: Site) -> None:
    site.hear(15, 23)
    assert site.partition().entry_delay
    assert site.partition().arming is AWAY
    site.hear(25)
    assert not site.partition().entry_delay
    assert site.partition().arming is ArmingState.TRIGGERED
    assert site.partition().mode is AWAY
    site.hear(26)
    assert site.partition().arming is ArmingState.DISARMED
    assert site.partition().alarm_memory
    assert site.seen().zones == {11: ZoneStatus.ALARM}
    site.hear(27)
    assert site.partition().alarm_memory
    site.hear(1)
    assert not site.partition().alarm_memory
    assert site.seen().zones == {}
    assert site.told == [("alarm", "Alarm"), ("disarmed", "Disarmed")]
    assert site.activity[0].zone == 11


def test_q8_trouble_while_armed(site: Site) -> None:
    site.hear(18, 32)
    assert site.seen().zones == {14: ZoneStatus.TROUBLE}
    assert site.partition().trouble
    # The plain page comes in turn with it, and its flag is only its own.
    for _ in range(100):
        site.hear(18)
        assert site.partition().mode is HOME
        assert site.seen().zones == {14: ZoneStatus.TROUBLE}
        assert site.partition().trouble
        site.hear(32)
        site.hear(18)
    site.hear(*[18] * 6, every=10)
    assert site.seen().zones == {}
    assert not site.partition().trouble
    assert site.told == [("trouble", "Sensor trouble")]


@pytest.mark.parametrize(
    "others",
    [
        [keypad("CHECK 15 WINDOW", flags="00000001000000100A--", code="015")],
        [LINES[35]],
        [LINES[33], LINES[34]],
        [keypad("LOBAT 14 WINDOW", flags="00000001000100000A--", code="014")],
    ],
    ids=["two troubles", "a battery", "modules", "two of one zone"],
)
def test_several_troubles_while_armed_invent_no_arming(
    site: Site, others: list[bytes]
) -> None:
    for _ in range(5):
        site.hear(18, 32, *others)
        assert site.partition().mode is HOME
    assert {kind for kind, _ in site.told} == {"trouble"}
    site.hear(32)
    assert site.partition().mode is ArmingState.DISARMED
    assert site.told[-1] == ("disarmed", "Disarmed")


def test_disarming_under_a_trouble_is_believed_the_second_time(site: Site) -> None:
    site.hear(18, 32)
    assert site.partition().mode is HOME
    site.hear(32)
    assert site.partition().mode is ArmingState.DISARMED


def test_disarming_on_any_other_page_is_believed_at_once(site: Site) -> None:
    site.hear(18, 8)
    assert site.partition().mode is ArmingState.DISARMED


def test_q9_a_zone_battery_is_not_the_panels(site: Site) -> None:
    site.hear(35)
    assert site.seen().zones == {24: ZoneStatus.LOW_BATTERY}
    assert site.seen().battery_low is None
    for _ in range(20):
        site.hear(1, 35)
        assert site.seen().zones == {24: ZoneStatus.LOW_BATTERY}
    assert site.seen().battery_low is False
    site.hear(*[1] * 6, every=10)
    assert site.seen().zones == {}


SYSTEM_LO_BAT = keypad("SYSTEM LO BAT", flags="00000001000100003A--")
BATTERY_OF_OTHERS = keypad(
    "SYSTEM LO BAT", flags="00000001000100003A--", addresses=ADDRESSES[2]
)


@pytest.mark.parametrize("page", [36, SYSTEM_LO_BAT, BATTERY_OF_OTHERS])
def test_q10_the_panels_battery_is_low_while_its_page_is_shown(
    site: Site, page: int | bytes
) -> None:
    site.hear(1, page)
    assert site.seen().battery_low
    # Windows open and close: their pages do not carry the flag.
    for zones in ((5,), (5, 9), (9,), ()):
        for _ in range(8):
            site.hear(*(fault(zone) for zone in zones) if zones else (1,), page)
            assert site.seen().battery_low
    site.hear(*[1] * 14, every=10)
    assert site.seen().battery_low is False


def test_pages_of_the_battery_alone_say_so(site: Site) -> None:
    site.hear(*[SYSTEM_LO_BAT] * 3)
    assert site.seen().battery_low is True
    assert site.partition().mode is None


def test_a_trouble_is_told_once_whatever_its_page_takes_turns_with(site: Site) -> None:
    site.hear(*[1] * 20)
    for others in ((1,), (5,), (1,), (18,)):
        for _ in range(50):
            site.hear(*others, 34)
            assert site.partition().trouble
    assert [text for kind, text in site.told if kind == "trouble"] == []
    site.hear(*[1] * 8, every=10)
    assert site.partition().trouble is False


@pytest.mark.parametrize("event", [380, 381, 383, 384])
def test_a_reported_trouble_lasts_until_its_restore_is_reported(
    site: Site, event: int
) -> None:
    site.hear(1, b"!LRR:007,1,CID_1%d,ff" % event, *[1] * 100)
    assert set(site.seen().zones) == {7}
    site.hear(b"!LRR:007,1,CID_3%d,ff" % event)
    assert site.seen().zones == {}


def test_q11_fire_stays_while_the_pages_alternate(site: Site) -> None:
    memory = keypad("ALARM 11 GARAGE", flags="00000001010000000A--", code="011")
    site.hear(1)
    for _ in range(8):
        site.hear(28, memory)
        assert site.partition().fire
        assert site.partition().arming is ArmingState.TRIGGERED
    site.hear(1)
    assert site.partition().fire is False
    assert site.told[0] == ("alarm", "Fire alarm")
    assert [text for kind, text in site.told if kind == "alarm"] == ["Fire alarm"]


def test_fire_ends_30_seconds_after_its_last_page(site: Site) -> None:
    memory = keypad("ALARM 11 GARAGE", flags="00000001010000000A--", code="011")
    site.hear(28, *[memory] * 7)
    assert site.partition().fire
    site.hear(memory)
    assert site.partition().fire is False


def test_a_check_page_does_not_end_a_fire(site: Site) -> None:
    site.hear(28, 32)
    assert site.partition().fire


def test_q12_after_a_lost_connection(site: Site) -> None:
    site.hear(15, 15)
    assert site.seen().ac_power
    site.lose()
    assert site.seen().arming is None
    assert site.seen().ac_power is None
    site.wait(5)
    site.hear(15)
    assert site.partition().mode is AWAY
    assert site.open() is None
    assert site.told == []


# Alarms.


def test_a_smoke_detector_taken_away_is_no_fire(site: Site) -> None:
    site.hear(1, 29)
    assert site.partition().fire is False
    assert site.partition().arming is ArmingState.DISARMED
    assert site.seen().zones == {10: ZoneStatus.TROUBLE}


def test_the_trouble_of_a_fire_zone_beside_an_alarm_is_no_fire(site: Site) -> None:
    site.hear(keypad("CHECK 10 SMOKE", flags="00000001010001100A--", code="010"))
    assert site.partition().fire is False


def test_the_siren_is_not_over_because_another_page_is_shown(site: Site) -> None:
    memory = "00000001010000000A--"
    site.hear(
        25,
        keypad("FAULT 05 KITCHEN", flags=memory, code="005"),
        keypad("CHECK 107 EXPANSION", flags="00000001010000100A--", code="007"),
    )
    assert site.partition().arming is ArmingState.TRIGGERED
    site.hear(keypad("ALARM CANCELED", flags="00000001010000003A--"))
    assert site.partition().arming is ArmingState.DISARMED


def test_an_audible_panic_is_an_alarm(site: Site) -> None:
    site.hear(1, 30)
    assert site.partition().arming is ArmingState.TRIGGERED
    assert site.told == [("alarm", "Alarm")]


@pytest.mark.parametrize(
    "word", ["PANIC", "PANIK", "PANIEK", "PANIQUE", "PANICO", "P A N I C"]
)
def test_a_panic_that_sounds_is_an_alarm_in_any_language(site: Site, word: str) -> None:
    site.hear(1, keypad(f"{word} 97", flags="00000001011000000A--", code="097"))
    assert site.told == [("alarm", "Alarm")]


SILENT = {
    "sample": LINES[31],
    "duress": keypad("ALARM 92 DURESS", flags="00000001010000000A--", code="092"),
    "hold-up": keypad("HOLD-UP 96 DESK", flags="00000001010000000A--", code="096"),
    "no descriptor": keypad("ALARM 99", flags="00000001010000000A--", code="099"),
    "panic": keypad("PANIC 99", flags="00000001010000000A--", code="099"),
    "sounding": keypad("HOLDUP 96", flags="00000001011000000A--", code="096"),
    "Dutch": keypad("OVERVAL 97", flags="00000001010000000A--", code="097"),
    "Dutch panic": keypad("PANIEK KNOP 97", flags="00000001010000000A--", code="097"),
    "French": keypad("CONTRAINTE 97", flags="00000001010000000A--", code="097"),
    "Spanish": keypad("COACCION 97", flags="00000001010000000A--", code="097"),
    "Portuguese": keypad("SENHA DE COACAO", flags="00000001010000000A--", code="097"),
    "spelled": keypad("D U R E S S 97", flags="00000001010000000A--", code="097"),
    "hyphens": keypad("HOLD-UP 97", flags="00000001010000000A--", code="097"),
    "digits": keypad("DURE55 97", flags="00000001010000000A--", code="097"),
    "doubled": keypad("DURRESS 97", flags="00000001010000000A--", code="097"),
    "beside a row": keypad(
        "FAULT 97 KITCHENDURESS BUTTON", flags="00000001010000000A--", code="097"
    ),
    "across rows": keypad(
        "FAULT 97 BED DURESS BUTTON", flags="00000001010000000A--", code="097"
    ),
    "sounding in Dutch": keypad(
        "DWANGCODE 97", flags="00000001011000000A--", code="097"
    ),
    "German": keypad("STILLER ALARM 97", flags="00000001010000000A--", code="097"),
    "24 hours": keypad(
        "FAULT 97 24 HR SILENT", flags="00000001000000000A--", code="097"
    ),
    "inaudible": keypad("NON-AUDIBLE 97", flags="00000001011000000A--", code="097"),
    "duress report": LINES[68],
    "silent report": b"!LRR:099,1,CID_1122,ff",
    "hold-up report": b"!LRR:099,1,CID_1129,ff",
    "renamed report": b"!LRR:099,1,CID_1131,21",
    "silent burglary with a code": b"!LRR:012,1,CID_1146,34",
    "restored report": b"!LRR:001,1,CID_3121,ff",
    "word report": b"!LRR:099,1,ALARM_PANIC",
}


@pytest.mark.parametrize("line", SILENT.values(), ids=SILENT)
def test_silent_alarms_leave_no_trace(site: Site, line: bytes) -> None:
    site.hear(1, 1, 12)
    before = site.seen()
    site.hear(line)
    after = site.seen()
    assert site.activity == []
    assert after.keypad_text == before.keypad_text
    assert after.zones == before.zones
    assert after.open_zones == before.open_zones
    partition = site.partition()
    assert not partition.alarm_memory
    assert not partition.sounding
    assert not partition.fire
    assert partition.arming is ArmingState.DISARMED
    site.hear(keypad("****DISARMED****", flags="00000001010000003A--"))
    assert not site.partition().alarm_memory
    assert site.activity == []
    # The service may show the alarm: to call that a mismatch would tell of it.
    watched = Watch()
    for _ in range(30):
        site.hear(keypad("****DISARMED****", flags="10000001010000003A--"), every=10)
        watched = watch(
            watched, site.seen(), service(10207, 10200, read_at=site.now), site.now
        )
        assert watched.contradictions == ()
    assert watched.comparable


def test_the_pages_after_a_heard_alarm_are_shown(site: Site) -> None:
    site.hear(25, 26)
    assert site.seen().keypad_text == shown(26)


# The whole system.


def test_mains_power_needs_two_equal_lines(site: Site) -> None:
    site.hear(1)
    assert site.seen().ac_power is None
    site.hear(1)
    assert site.seen().ac_power is True
    site.hear(37)
    assert site.seen().ac_power is True
    site.hear(37)
    assert site.seen().ac_power is False
    assert site.told == [("trouble", "Mains power lost")]
    site.hear(1, 1)
    assert site.told[1:] == [("other", "Mains power lost: restored")]


def test_the_panels_battery_from_an_ordinary_line(site: Site) -> None:
    low = keypad("****DISARMED****  Ready to Arm", flags="10000001000100003A--")
    site.hear(*[1] * 9)
    assert site.seen().battery_low is False
    site.hear(low)
    assert site.seen().battery_low
    assert site.told == [("trouble", "Panel battery low")]


def test_communication_failure(site: Site) -> None:
    site.hear(1)
    assert site.seen().communication_failure is False
    site.hear(38)
    assert site.seen().communication_failure
    assert site.partition().ready
    site.hear(*[1] * 14)
    assert site.seen().communication_failure
    site.hear(1)
    assert site.seen().communication_failure is False


def test_communication_failure_by_report(site: Site) -> None:
    site.hear(1, b"!LRR:000,0,CID_1354,ff", *[1] * 20)
    assert site.seen().communication_failure
    site.hear(b"!LRR:000,0,CID_3354,ff")
    assert site.seen().communication_failure is False


@pytest.mark.parametrize("number", [36, 38, 39, 42])
def test_a_system_line_says_nothing_of_partitions(site: Site, number: int) -> None:
    site.hear(15)
    before = site.partition()
    site.hear(number)
    assert site.partition() == before
    assert site.partition(2).mode is None


def test_a_downloader_is_at_work_until_an_ordinary_line(site: Site) -> None:
    site.hear(1, 39, 42)
    assert site.seen().downloading
    site.hear(1)
    assert not site.seen().downloading


def test_programming(site: Site) -> None:
    site.hear(1, 8, 41)
    assert site.seen().programming
    assert site.seen().keypad_text is None
    assert site.open() is None
    assert site.partition().mode is ArmingState.DISARMED
    assert site.seen().programming_left is None
    ended = site.now
    site.hear(1)
    assert site.partition().programming is False
    assert site.seen().programming_left == ended
    assert site.told == [("other", "Programming ended")]
    site.lose()
    assert site.seen().programming_left == ended


@pytest.mark.parametrize("event", [306, 412, 416, 531, 532, 628])
def test_reports_of_a_changed_panel(site: Site, event: int) -> None:
    site.hear(b"!LRR:000,0,CID_1%d,ff" % event)
    assert site.seen().programming_left == START


@pytest.mark.parametrize("event", [301, 413, 602, 627])
def test_other_reports_change_nothing(site: Site, event: int) -> None:
    site.hear(b"!LRR:000,0,CID_1%d,ff" % event)
    assert site.seen().programming_left is None


def test_dsc_is_not_read_by_vista_rules(site: Site) -> None:
    site.hear(43)
    assert site.seen().last_message is None
    assert site.partition().mode is None


def test_the_text_is_that_of_the_first_partition_and_of_the_system(site: Site) -> None:
    site.hear(1, 24)
    assert site.seen().keypad_text == shown(1)
    site.hear(38)
    assert site.seen().keypad_text == shown(38)


# Expanders, wireless sensors, reports.


def test_an_expander_overrules_the_pages() -> None:
    site = Site.small()
    site.hear(1, b"!EXP:07,01,00", 9)
    assert site.open() == set()
    site.hear(b"!EXP:07,01,01")
    assert site.open() == {9}
    site.hear(1)
    assert site.open() == {9}
    site.hear(b"!EXP:07,01,02")
    assert site.seen().zones == {9: ZoneStatus.TROUBLE}


@pytest.mark.parametrize("line", [b"!EXP:06,01,01", b"!EXP:07,01,03", b"!REL:12,02,01"])
def test_other_channels_are_no_zones(site: Site, line: bytes) -> None:
    site.hear(line)
    assert site.seen().zones == {}


def test_who_armed(site: Site) -> None:
    site.hear(1, 15, 57, 1, 58)
    assert site.told == [
        ("armed", "Armed away"),
        ("other", "Armed away"),
        ("disarmed", "Disarmed"),
        ("other", "Disarmed"),
    ]
    assert [one.user for one in site.activity] == [None, 4, None, 4]


def test_a_report_and_a_page_of_one_thing_are_told_once(site: Site) -> None:
    site.hear(15, 25, 60)
    assert site.told == [("alarm", "Alarm")]
    site.wait(60)
    site.hear(60)
    assert site.told[1:] == [("alarm", "Burglary alarm")]


AWAY_2 = keypad(
    "ARMED ***AWAY***", flags="01000001000000003A--", addresses=ADDRESSES[2]
)
SIREN = keypad("ARMED ***AWAY***", flags="01000001011000003A--")
SIREN_2 = keypad(
    "ARMED ***AWAY***", flags="01000001011000003A--", addresses=ADDRESSES[2]
)
FIRE = keypad("ARMED ***AWAY***", flags="01000001011001003A--")
ALARM_11_IN_2 = keypad(
    "ALARM 11 GARAGE", flags="01000001111000000A--", code="011", addresses=ADDRESSES[2]
)


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        ([SIREN, SIREN_2], [("Alarm", 1, None), ("Alarm", 2, None)]),
        ([25, ALARM_11_IN_2], [("Alarm", 1, 11), ("Alarm", 2, 11)]),
        ([SIREN, FIRE], [("Alarm", 1, None), ("Fire alarm", 1, None)]),
        # The report names the zone of the siren that was heard: once, no other's.
        ([SIREN, 25, 60, 60], [("Alarm", 1, None)]),
        (
            [SIREN, 60, b"!LRR:012,1,CID_1131,ff"],
            [("Alarm", 1, None), ("Burglary alarm", 1, 12)],
        ),
        (
            [SIREN, b"!LRR:011,2,CID_1131,ff"],
            [("Alarm", 1, None), ("Burglary alarm", 2, 11)],
        ),
        (
            [SIREN, b"!LRR:010,1,CID_1110,ff"],
            [("Alarm", 1, None), ("Fire alarm", 1, 10)],
        ),
        ([FIRE, b"!LRR:010,1,CID_1111,ff"], [("Fire alarm", 1, None)]),
        ([FIRE, b"!LRR:010,1,ALARM_FIRE"], [("Fire alarm", 1, None)]),
        ([FIRE, b"!LRR:010,0,CID_1110,ff"], [("Fire alarm", 1, None)]),
        ([60, SIREN], [("Burglary alarm", 1, 11), ("Alarm", 1, None)]),
    ],
)
def test_each_alarm_is_told_once(
    site: Site, heard: list[int | bytes], told: list[tuple[str, int | None, int | None]]
) -> None:
    site.hear(15, AWAY_2, *heard)
    assert [(one.text, one.partition, one.zone) for one in site.activity] == told


def test_reports_of_zones(site: Site) -> None:
    site.hear(3, 69)
    assert site.seen().zones == {7: ZoneStatus.BYPASSED}
    site.hear(3)
    assert site.seen().zones == {7: ZoneStatus.BYPASSED}
    site.hear(b"!LRR:007,1,CID_3570,ff")
    assert site.seen().zones == {}
    site.hear(69, 1)
    assert site.seen().zones == {}
    site.hear(64, b"!LRR:025,2,CID_1383,ff")
    assert site.seen().zones == {24: ZoneStatus.LOW_BATTERY, 25: ZoneStatus.TAMPER}


@pytest.mark.parametrize(
    ("line", "sort", "words", "zone", "user"),
    [
        (b"!LRR:011,1,ALARM_BURGLARY", "alarm", "General alarm", 11, None),
        (b"!LRR:004,1,ARM_STAY", "other", "Armed stay", None, 4),
        (b"!LRR:004,1,OPEN", "other", "Disarmed", None, 4),
        (b"!LRR:000,1,ACLOSS", "trouble", "Mains power lost", None, None),
        (b"!LRR:024,1,RFLOWBAT", "trouble", "Sensor battery low", 24, None),
        (
            b"!LRR:024,1,RFLOWBAT_RESTORE",
            "other",
            "Sensor battery low: restored",
            24,
            None,
        ),
        (b"!LRR:000,1,AC_RESTORE", "other", "Mains power lost: restored", None, None),
        (
            b"!LRR:000,1,LOWBAT_RESTORE",
            "other",
            "Panel battery low: restored",
            None,
            None,
        ),
        (b"!LRR:007,1,TROUBLE_RESTORE", "other", "Sensor trouble: restored", 7, None),
        (b"!LRR:007,1,BYPASS_RESTORE", "other", "Zone bypassed: restored", 7, None),
        (b"!LRR:000,1,TEST_RESTORE", "other", "Test: restored", None, None),
        (b"!LRR:007,1,ALARM_RESTORE", "other", "General alarm: restored", 7, None),
        (b"!LRR:007,1,ALARM_FIRE_RESTORE", "other", "Fire alarm: restored", 7, None),
        (b"!LRR:007,1,ALARM_EXIT_ERROR", "trouble", "Zone trouble", 7, None),
    ],
)
def test_words_of_old_firmware(
    site: Site, line: bytes, sort: str, words: str, zone: int | None, user: int | None
) -> None:
    site.hear(line)
    (one,) = site.activity
    assert (one.type, one.text, one.zone, one.user) == (sort, words, zone, user)


@pytest.mark.parametrize(
    "line",
    [b"!LRR:007,1,CID_1999,ff", b"!LRR:007,1,DSC_1131,ff", b"!LRR:007,1,SOMETHING_NEW"],
)
def test_reports_of_no_known_meaning_are_told_to_nobody(
    site: Site, line: bytes
) -> None:
    site.hear(1, line)
    assert site.activity == []
    assert site.seen().zones == {}


def test_a_bypass_list(site: Site) -> None:
    site.hear(40)
    assert site.seen().zones == {7: ZoneStatus.BYPASSED}
    assert site.partition().bypassed
    site.hear(1)
    assert site.seen().zones == {}


# Partitions nobody has named.


def test_keypads_that_are_addressed_together_are_one_partition() -> None:
    site = Site(Ad2Settings())
    site.hear(1, 24)
    keypads = [one.keypads for one in site.seen().partitions]
    assert keypads == [ADDRESSES[1], ADDRESSES[2]]
    assert [one.mode for one in site.seen().partitions] == [ArmingState.DISARMED, HOME]
    assert {one.number for one in site.seen().partitions} == {None}


def test_two_partitions_that_share_a_keypad_stay_two() -> None:
    # Masks as 03000500 and 04000600: keypad 18 shows both.
    first, second = frozenset({0, 1, 16, 18}), frozenset({2, 17, 18})
    site = Site(Ad2Settings())
    for _ in range(20):
        site.hear(
            keypad("****DISARMED****", flags="10000001000000003A--", addresses=first),
            keypad("ARMED ***STAY***", flags="00100001000000003A--", addresses=second),
        )
    modes = {one.keypads: one.mode for one in site.seen().partitions}
    assert modes == {first: ArmingState.DISARMED, second: HOME}
    assert site.told == []


def test_one_partition_joined_in_the_middle_of_a_list_becomes_one() -> None:
    # One keypad is addressed apart from the others, with a beep.
    site = Site(Ad2Settings())
    whole = frozenset({16, 17, 18, 19})
    site.hear(
        fault(3, addresses=frozenset({19})),
        fault(3, addresses=whole - {19}),
        fault(3, addresses=whole),
        keypad("****DISARMED****", flags="10000001000000003A--", addresses=whole),
    )
    (partition,) = site.seen().partitions
    assert partition.keypads == whole
    assert partition.ready
    assert site.open() == set()


def test_a_line_for_two_unnamed_partitions_does_not_make_them_one() -> None:
    site = Site(Ad2Settings())
    both = keypad(
        "AC LOSS",
        flags="00000000000000003A--",
        addresses=ADDRESSES[1] | ADDRESSES[2] | {30},
    )
    site.hear(1, AWAY_2, both)
    assert [one.keypads for one in site.seen().partitions] == [
        ADDRESSES[1],
        ADDRESSES[2],
    ]
    assert [one.ready for one in site.seen().partitions] == [True, False]
    for _ in range(3):
        site.hear(1, AWAY_2)
    assert [one.mode for one in site.seen().partitions] == [ArmingState.DISARMED, AWAY]
    assert {kind for kind, _ in site.told} <= {"trouble", "other"}


READY_FLAGS, AWAY_FLAGS = "10000001000000003A--", "01000001000000003A--"
COMMON = {
    "AC LOSS": ("10000000000000003A--", "008"),
    "SYSTEM LO BAT": ("10000001000100003A--", "2fc"),
    "CHECK 107 RECEIVER": ("00000001000000100A--", "007"),
    "Busy - Standby": (READY_FLAGS, "008"),
}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("before", [0, 1, 2])
@pytest.mark.parametrize("text", COMMON)
def test_a_page_common_to_all_keypads_joins_no_partitions(
    text: str, before: int, named: bool
) -> None:
    # However many of the partitions were heard when it comes, and each time it does.
    first, second = frozenset({1, 16}), frozenset({2, 17})
    flags, code = COMMON[text]
    common = keypad(text, flags=flags, code=code, addresses=first | second, tail=0xFF)
    lines = [
        keypad("****DISARMED****", flags=READY_FLAGS, addresses=first),
        keypad("ARMED ***AWAY***", flags=AWAY_FLAGS, addresses=second),
    ]
    site = Site(Ad2Settings({1: first, 2: second} if named else {}))
    site.hear(*lines[:before], common)
    for _ in range(6):
        site.hear(common, *lines)
    modes = {one.keypads: (one.mode, one.ready) for one in site.seen().partitions}
    assert modes == {first: (ArmingState.DISARMED, True), second: (AWAY, False)}
    assert not {"armed", "disarmed"} & {kind for kind, _ in site.told}


SHARED = [
    # Three partitions, each of which shares keypad 18 with the others; a keypad that is
    # in two; and one that shows another partition than its own for a time (GOTO).
    [({0, 1, 16, 18}, {2, 17, 18}, {3, 18, 19})] * 3,
    [({1, 16}, {16, 2, 17})] * 3,
    [({1, 16}, {2, 17}), ({1}, {2, 16, 17}), ({1, 16}, {2, 17})],
    # The keypad they share is addressed alone: whose line that is nobody can say.
    [({1, 16, 18}, {2, 17, 18}), ({18}, {2, 17, 18}), ({1, 16, 18}, {18})],
]


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("turns", SHARED)
def test_a_shared_keypad_makes_no_partition_another(
    turns: list[tuple[set[int], ...]], named: bool
) -> None:
    shows = [
        ("****DISARMED****", READY_FLAGS, ArmingState.DISARMED),
        ("ARMED ***AWAY***", AWAY_FLAGS, AWAY),
        ("ARMED ***STAY***", "00100001000000003A--", HOME),
    ]
    numbered = {number: frozenset(mask) for number, mask in enumerate(turns[0], 1)}
    site = Site(Ad2Settings(numbered if named else {}))
    for masks in turns:
        for _ in range(3):
            for mask, (text, flags, _) in zip(masks, shows, strict=False):
                site.hear(keypad(text, flags=flags, addresses=frozenset(mask)))
    modes = [one.mode for one in site.seen().partitions]
    assert modes == [mode for _, _, mode in shows[: len(turns[0])]]
    assert site.told == []


def test_a_line_for_nobody_we_know_changes_no_partition(site: Site) -> None:
    site.hear(keypad("ARMED", flags="01000001000000003A--", addresses=frozenset({30})))
    assert site.partition(1).mode is site.partition(2).mode is None
    assert site.seen().last_message == START


def test_a_lobby_line_speaks_for_both() -> None:
    site = Site()
    both = ADDRESSES[1] | ADDRESSES[2]
    site.hear(keypad("ARMED", flags="01000001000000003A--", addresses=both))
    assert site.partition(1).mode is site.partition(2).mode is AWAY
    assert site.seen().arming is AWAY


# The panel as a whole.


def test_the_most_armed_partition_decides(site: Site) -> None:
    site.hear(1)
    assert site.seen().arming is None
    site.hear(READY_2)
    assert site.seen().arming is ArmingState.DISARMED
    assert site.seen().ready is True
    assert site.seen().trouble is site.seen().programming is False
    site.hear(24)
    assert site.seen().arming is HOME
    assert site.seen().ready is False


def test_an_adapter_that_lost_its_panel(site: Site) -> None:
    site.hear(1, 78)
    assert site.seen().arming is None
    assert site.seen().last_message is None


def test_troubles_from_before_the_connection_are_not_told(site: Site) -> None:
    zone = keypad("CHECK 16 SHED", flags="00000001000000100A--", code="016")
    site.hear(32, zone, 35, 8)
    assert site.told == []
    again: tuple[int | bytes, ...] = (8, 32, zone)
    site.hear(*again * 6)
    site.hear(keypad("CHECK 18 DEN", flags="00000001000000100A--", code="018"))
    assert site.told == [("trouble", "Sensor trouble")]
    site.hear(keypad("LOBAT 19 DEN", flags="00000001000100000A--", code="019"))
    assert site.told[1:] == [("trouble", "Sensor battery low")]


def test_what_is_too_much_is_counted_and_told_as_one() -> None:
    budget = ActivityBudget()

    def make(count: int, kind: ActivityType, at: datetime) -> list[str]:
        made = tuple(PanelActivity(kind, f"{n}", at) for n in range(count))
        return [one.text for one in budget.allow(made, at)]

    assert len(make(100, ActivityType.ARMED, START)) == 20
    assert make(1, ActivityType.ALARM, START) == ["0"]
    assert make(7, ActivityType.TROUBLE, START + timedelta(seconds=59)) == []
    later = START + timedelta(seconds=61)
    assert make(0, ActivityType.OTHER, later) == ["87 left out"]
    assert make(1, ActivityType.OTHER, later) == ["0"]
    assert make(0, ActivityType.OTHER, later + timedelta(minutes=5)) == []


@pytest.mark.parametrize("word", ["LOBAT", "LO BAT", "LOW BAT", "LOWBAT", "lo bat"])
def test_a_sensors_battery_however_it_is_written(word: str) -> None:
    site = Site.small()
    page = keypad(f"{word} 24 DOOR", flags="00000001000100000A--", code="024")
    site.hear(page, page)
    assert site.seen().zones == {24: ZoneStatus.LOW_BATTERY}
    assert not site.seen().battery_low


@pytest.mark.parametrize("addresses", [ADDRESSES[1], ADDRESSES[2], frozenset[int]()])
@pytest.mark.parametrize("flag", "01")
@pytest.mark.parametrize(
    "text", ["SYSTEM LO BAT", "SYSTEM LOBAT", "SYSTEM LOW BAT", "SYSTEM LOW BATTERY"]
)
def test_the_panels_battery_however_it_is_written(
    text: str, flag: str, addresses: frozenset[int]
) -> None:
    site = Site.small()
    flags = f"00000001000{flag}00003A--"
    site.hear(1, keypad(text, flags=flags, code="2fc", addresses=addresses))
    assert site.seen().battery_low


def test_one_damaged_digit_makes_no_partition() -> None:
    site = Site(Ad2Settings())
    ready = keypad("****DISARMED****", flags=READY_FLAGS, addresses=frozenset({0, 1}))
    away = keypad("ARMED ***AWAY***", flags=AWAY_FLAGS, addresses=frozenset({0, 1}))
    damaged = keypad("ARMED ***AWAY***", flags=AWAY_FLAGS, addresses=frozenset({0, 2}))
    site.hear(*[ready] * 5, *[away] * 3, damaged, *[ready] * 20)
    modes = {one.keypads: one.mode for one in site.seen().partitions}
    assert modes == {frozenset({0, 1}): ArmingState.DISARMED}


def test_no_more_partitions_than_a_panel_has() -> None:
    site = Site(Ad2Settings())
    for first in range(32):
        for second in range(first):
            line = keypad(
                "****DISARMED****",
                flags=READY_FLAGS,
                addresses=frozenset({first, second}),
            )
            site.hear(line, line, line)
    assert len(site.seen().partitions) <= 8
    assert len(site.state.doubtful) <= 8


def test_a_report_of_the_whole_system_ends_the_trouble_of_a_zone() -> None:
    site = Site()
    site.hear(1, b"!LRR:023,1,CID_1384,ff")
    assert site.seen().zones[23] is ZoneStatus.LOW_BATTERY
    site.hear(b"!LRR:023,0,CID_3384,ff")
    assert 23 not in site.seen().zones


@pytest.mark.parametrize(
    "text", ["CANCELED ALARM", "ALARM CANCELED", "CANCELLED ALARM"]
)
def test_the_end_of_an_alarm_that_nobody_heard_is_not_shown(text: str) -> None:
    site = Site()
    site.hear(1, 1, 1, keypad(text, flags="10000001010000003A--"))
    assert "ALARM" not in str(site.seen().keypad_text).upper()


def test_an_alarm_is_told_though_the_clock_was_set_back() -> None:
    site = Site()
    siren = keypad("ALARM 95 PANIC", flags="00000001011000003A--", code="095")
    site.hear(1, siren, 1, 1)
    site.wait(-3600)
    site.hear(siren)
    alarms = [one for one in site.activity if one.type is ActivityType.ALARM]
    assert len(alarms) == 2

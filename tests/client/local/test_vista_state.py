"""What the RS-232 port's packets make known over time.

See docs/protocol/vista-rs232.md#packets.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from custom_components.panelsync.client.comparison import compare
from custom_components.panelsync.client.local.status import (
    LocalPartition,
    LocalStatus,
    PanelActivity,
)
from custom_components.panelsync.client.local.vista.events import CANCELLED
from custom_components.panelsync.client.local.vista.link import (
    wants_arming,
    wants_everything,
    wants_zones,
)
from custom_components.panelsync.client.local.vista.packets import (
    ArmingReport,
    Communication,
    Damaged,
    Packet,
    PanelEvent,
    ZonePartitions,
    ZoneReport,
)
from custom_components.panelsync.client.local.vista.state import VistaState, apply, lose
from custom_components.panelsync.client.models import ArmingState, ZoneStatus

from ..test_compare import service
from .site import START
from .test_vista_serial import digits

MAPPED = ZonePartitions(1, (1,) * 40 + (2,) * 10 + (0,) * 14)
CLOSED = ZoneReport(1, digits())


def event(code: int, zone: int = 0, user: int = 0, partition: int = 1) -> PanelEvent:
    """Return an event."""
    return PanelEvent(code, zone, user, partition)


@dataclass
class Port:
    """Packets in, state and activity out."""

    state: VistaState = field(default_factory=VistaState)
    now: datetime = START
    activity: list[PanelActivity] = field(default_factory=list)

    def hear(self, *packets: Packet) -> None:
        """Hear packets, a second apart."""
        for packet in packets:
            self.state, activity = apply(self.state, packet, self.now)
            self.activity.extend(activity)
            self.now += timedelta(seconds=1)

    def seen(self) -> LocalStatus:
        """Return what is known."""
        return self.state.status()

    def open(self) -> set[int] | None:
        """Return the open zones."""
        zones = self.state.status().open_zones
        return None if zones is None else set(zones)

    def partition(self, number: int = 1) -> LocalPartition:
        """Return one partition."""
        return next(one for one in self.seen().partitions if one.number == number)

    @property
    def told(self) -> list[tuple[str, str]]:
        """Return the sort and the words of every activity."""
        return [(str(one.type), one.text) for one in self.activity]


@pytest.fixture
def port() -> Port:
    return Port()


def test_nothing_is_known_before_the_first_packet(port: Port) -> None:
    status = port.seen()
    assert status.open_zones is None
    assert status.last_message is None
    assert status.arming is None
    values = {status.ready, status.programming, status.trouble, status.ac_power}
    assert values | {status.battery_low, status.communication_failure} == {None}
    [only] = status.partitions
    assert only == LocalPartition(1)


@pytest.mark.parametrize(
    ("letter", "mode", "ready", "instant"),
    [
        ("A", ArmingState.ARMED_AWAY, False, False),
        ("M", ArmingState.ARMED_AWAY, False, True),
        ("H", ArmingState.ARMED_HOME, False, False),
        ("I", ArmingState.ARMED_NIGHT, False, True),
        ("D", ArmingState.DISARMED, True, None),
        ("N", ArmingState.DISARMED, False, None),
        ("B", ArmingState.DISARMED, True, None),
    ],
)
def test_arming(
    port: Port, letter: str, mode: ArmingState, ready: bool, instant: bool | None
) -> None:
    port.hear(MAPPED, ArmingReport(letter + "DDDDDDD"))
    partition = port.partition()
    assert (partition.mode, partition.ready) == (mode, ready)
    assert partition.entry_delay_off is instant
    assert port.partition(2).mode is ArmingState.DISARMED
    assert len(port.seen().partitions) == 2


def test_partitions_that_do_something_count_without_the_map(port: Port) -> None:
    port.hear(ArmingReport("DDHDDDDD"))
    assert [one.number for one in port.seen().partitions] == [3]


def test_changes_of_arming_are_told(port: Port) -> None:
    port.hear(ArmingReport("ADDDDDDD"))
    assert port.told == []
    port.hear(MAPPED, ArmingReport("DDDDDDDD"), ArmingReport("HDDDDDDD"))
    assert port.told == [("disarmed", "Disarmed"), ("armed", "Armed home")]


def test_an_exit_delay_is_allowed_for(port: Port) -> None:
    port.hear(MAPPED, ArmingReport("DDDDDDDD"))
    assert port.partition().exit_until is None
    port.hear(ArmingReport("ADDDDDDD"))
    until = START + timedelta(seconds=302)
    assert port.partition().exit_until == until
    port.hear(ArmingReport("ADDDDDDD"))
    assert port.partition().exit_until == until
    port.hear(ArmingReport("DDDDDDDD"))
    assert port.partition().exit_until is None


def test_the_zones_of_a_report(port: Port) -> None:
    port.hear(MAPPED, ZoneReport(1, digits(z1=2, z6=4, z21=1, z34=8)))
    # An alarm that nobody heard may be a silent one.
    assert port.seen().zones == {
        1: ZoneStatus.TROUBLE,
        21: ZoneStatus.FAULTED,
        34: ZoneStatus.BYPASSED,
    }
    assert port.open() == {21}
    assert port.partition().bypassed is port.partition().trouble is True
    assert port.partition(2).bypassed is port.partition(2).trouble is False
    assert port.partition().alarm_memory is None
    assert port.partition(2).alarm_memory is False
    port.hear(CLOSED)
    assert port.seen().zones == {}
    assert port.open() == set()
    assert port.partition().alarm_memory is False


def test_open_zones_need_every_zone_of_the_map(port: Port) -> None:
    port.hear(ZonePartitions(65, (1,) * 64), CLOSED)
    assert port.open() is None
    port.hear(ZoneReport(65, digits(z1=1)))
    assert port.open() == {65}


def test_an_open_zone_without_a_report_is_no_list(port: Port) -> None:
    port.hear(event(0xF5, 21))
    assert port.open() is None
    assert port.seen().zones == {21: ZoneStatus.FAULTED}


def test_a_zone_opens_and_closes(port: Port) -> None:
    port.hear(MAPPED, CLOSED, event(0xF5, 21))
    assert port.open() == {21}
    port.hear(event(0xF6, 21))
    assert port.open() == set()
    assert port.told == []


def test_damage_makes_the_zones_unknown(port: Port) -> None:
    port.hear(CLOSED, Damaged())
    assert port.open() is None
    port.hear(CLOSED)
    assert port.open() == set()


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        (0x03, ZoneStatus.TROUBLE, ("trouble", "Sensor trouble")),
        (0x05, ZoneStatus.BYPASSED, ("other", "Zone bypassed")),
        (0x63, ZoneStatus.TROUBLE, ("trouble", "Sensor supervision")),
        (0x89, ZoneStatus.LOW_BATTERY, ("trouble", "Sensor battery low")),
        (0xB3, ZoneStatus.TAMPER, ("trouble", "Sensor tamper")),
    ],
)
def test_events_of_zones(
    port: Port, code: int, status: ZoneStatus, told: tuple[str, str]
) -> None:
    port.hear(event(code, 21))
    assert port.seen().zones == {21: status}
    assert port.told == [told]
    assert port.activity[0].zone == 21
    port.hear(event(code + 1, 21))
    assert port.seen().zones == {}
    assert port.told[1:] == [("other", told[1] + ": restored")]


def test_what_only_events_tell_outlives_a_report(port: Port) -> None:
    port.hear(event(0x89, 21), event(0x03, 22), CLOSED)
    assert port.seen().zones == {21: ZoneStatus.LOW_BATTERY}


def test_an_alarm_until_disarmed(port: Port) -> None:
    port.hear(MAPPED, CLOSED, ArmingReport("ADDDDDDD"), event(0x31, 21))
    assert port.partition().arming is ArmingState.TRIGGERED
    assert port.partition().sounding
    assert port.seen().zones == {21: ZoneStatus.ALARM}
    assert port.told == [("alarm", "Audible alarm")]
    port.hear(event(0x08, 0, 4), ArmingReport("DDDDDDDD"))
    assert port.partition().arming is ArmingState.DISARMED
    assert port.partition().alarm_memory
    assert port.told[1:] == [("other", "Disarmed"), ("disarmed", "Disarmed")]
    assert port.activity[1].user == 4
    port.hear(ZoneReport(1, digits(z21=4)))
    assert port.partition().alarm_memory
    port.hear(CLOSED)
    assert port.partition().alarm_memory is False


def test_an_alarm_ends_with_the_report_and_with_the_arming(port: Port) -> None:
    port.hear(MAPPED, CLOSED, ArmingReport("ADDDDDDD"), event(0x41, 21), CLOSED)
    assert port.partition().arming is ArmingState.ARMED_AWAY
    port.hear(event(0x41, 22), ArmingReport("DDDDDDDD"))
    assert port.partition().arming is ArmingState.DISARMED


def test_alarms_without_a_zone_name_none(port: Port) -> None:
    """Also beside a silent one, which leaves only that more is uncertain."""
    port.hear(MAPPED, CLOSED, ArmingReport("ADDDDDDD"), event(0x11), event(0xB1))
    assert port.seen().zones == {}
    assert port.seen().arming is ArmingState.TRIGGERED


@pytest.mark.parametrize("zone", [0, 995])
@pytest.mark.parametrize("code", [0x01, 0x31, 0xC1])
def test_an_alarm_no_report_shows_ends_with_its_restore(
    port: Port, code: int, zone: int
) -> None:
    port.hear(MAPPED, CLOSED, ArmingReport("DDDDDDDD"), event(code, zone))
    port.hear(CLOSED, ArmingReport("DDDDDDDD"))
    assert port.partition().arming is ArmingState.TRIGGERED
    # Another partition's, and another sort of alarm, end nothing.
    port.hear(event(code + 1, zone, partition=2))
    port.hear(event(0x32 if code != 0x31 else 0x02, zone))
    assert port.partition().arming is ArmingState.TRIGGERED
    port.hear(event(code + 1, zone))
    assert port.partition().arming is ArmingState.DISARMED
    assert port.partition().alarm_memory
    port.hear(CLOSED)
    assert port.partition().alarm_memory is False


def test_a_siren_outlasts_the_restore_of_a_zone_that_is_reported(port: Port) -> None:
    port.hear(MAPPED, CLOSED, ArmingReport("ADDDDDDD"), event(0x31, 21))
    port.hear(Damaged(), event(0x32, 21))
    assert port.partition().arming is ArmingState.TRIGGERED
    port.hear(CLOSED)
    assert port.partition().arming is ArmingState.ARMED_AWAY


@pytest.mark.parametrize("code", [0x01, 0xC1, 0xD1])
def test_fire(port: Port, code: int) -> None:
    port.hear(MAPPED, ArmingReport("DDDDDDDD"), event(code, 45, partition=2))
    assert port.partition(2).fire
    assert not port.partition(2).sounding
    assert port.partition(1).fire is False
    assert port.seen().arming is ArmingState.TRIGGERED


def test_an_alarm_of_the_system_goes_to_the_zones_partition(port: Port) -> None:
    port.hear(MAPPED, event(0x31, 45, partition=0))
    assert port.partition(2).sounding
    assert not port.partition(1).sounding


@pytest.mark.parametrize("zone", [0, 30, 995])
@pytest.mark.parametrize("code", [0x11, 0x21])
def test_a_silent_alarm_is_no_mismatch(port: Port, code: int, zone: int) -> None:
    # The next report of the zones, which shows the alarm, may be minutes away.
    port.hear(MAPPED, CLOSED, ArmingReport("DDDDDDDD"), event(code, zone, 2))
    remote = service(10207, 10200, read_at=port.now)
    assert compare(port.seen(), remote, port.now) == {1: None, 2: None}
    assert port.seen().zones == {}
    assert not port.partition().alarm_memory


@pytest.mark.parametrize("code", [0x11, 0x12, 0x21, 0x22])
def test_silent_alarms_leave_no_trace(port: Port, code: int) -> None:
    port.hear(MAPPED, CLOSED, ArmingReport("DDDDDDDD"))
    before = port.seen()
    port.hear(event(code, 30, 2))
    port.hear(ZoneReport(1, digits(z30=4)))
    after = port.seen()
    assert port.activity == []
    assert after.zones == before.zones == {}
    assert after.arming is before.arming is ArmingState.DISARMED
    assert after.open_zones == before.open_zones
    assert not port.partition().alarm_memory


def test_the_system(port: Port) -> None:
    port.hear(event(0x1B), event(0x29), event(0xD3))
    status = port.seen()
    assert (status.ac_power, status.battery_low) == (False, True)
    assert status.communication_failure
    assert port.told == [
        ("trouble", "Mains power lost"),
        ("trouble", "Panel battery low"),
        ("trouble", "Communication failed"),
    ]
    port.hear(event(0x1C), event(0x2A), event(0xD4))
    status = port.seen()
    assert (status.ac_power, status.battery_low) == (True, False)
    assert status.communication_failure is False


def test_programming(port: Port) -> None:
    port.hear(event(0xAD))
    assert port.seen().programming
    ended = port.now
    port.hear(event(0xBD))
    assert port.seen().programming is False
    assert port.seen().programming_left == ended
    assert [text for _, text in port.told] == [
        "Programming started",
        "Programming ended",
    ]
    port.state = lose(port.state)
    assert port.seen().programming_left == ended
    assert port.seen().programming is None


def test_a_panel_that_answers_is_not_in_programming(port: Port) -> None:
    port.hear(ArmingReport("DDDDDDDD"))
    assert port.seen().programming is False
    port.hear(event(0xAD), ArmingReport("DDDDDDDD"))
    assert port.seen().programming


def test_the_map_outlives_the_connection(port: Port) -> None:
    port.hear(MAPPED, ArmingReport("ADDDDDDD"))
    port.state = lose(port.state)
    assert len(port.seen().partitions) == 2
    assert port.seen().arming is None


def test_unknown_events_change_nothing(port: Port) -> None:
    port.hear(event(0xEE, 21))
    assert port.activity == []
    assert port.seen().zones == {}


def test_troubles_from_before_the_connection_are_not_told(port: Port) -> None:
    port.hear(ZoneReport(1, digits(z5=2)))
    assert port.told == []
    port.hear(ZoneReport(1, digits(z5=2, z6=2)))
    assert port.told == [("trouble", "Sensor trouble")]


def test_a_panel_that_started_is_read_anew(port: Port) -> None:
    """What changed while it was off was told to nobody."""
    port.hear(CLOSED)
    assert port.seen().open_zones == frozenset()
    port.hear(event(0x0E))
    assert port.seen().open_zones is None
    assert port.told == [("other", "Panel started")]


def test_what_asks_for_more() -> None:
    assert wants_arming(event(0x07))
    assert wants_arming(event(0x08))
    assert not wants_arming(event(0x89))
    # Whether a partition is ready is told by the arming alone.
    assert all(wants_arming(event(code)) for code in (0xF5, 0xF6, 0x05, 0x06))
    assert wants_everything(Damaged())
    assert wants_everything(Communication(on=True))
    assert not wants_everything(Communication(on=False))
    assert wants_everything(event(0x0E))
    assert wants_everything(event(0x3E))


@pytest.mark.parametrize("code", [0x08, CANCELLED])
def test_a_short_event_may_end_an_alarm_unseen(code: int) -> None:
    assert wants_zones(event(code, user=1, partition=0))
    assert not wants_zones(event(0x08, user=1))
    assert not wants_zones(event(0x07, user=1, partition=0))


def test_a_disarming_without_a_partition_ends_the_alarm_of_the_only_one(
    port: Port,
) -> None:
    port.hear(ArmingReport("DDDDDDDD"), CLOSED, event(0x01, 3, partition=0))
    assert port.seen().arming is ArmingState.TRIGGERED
    port.hear(event(0x08, user=1, partition=0))
    assert port.seen().arming is ArmingState.DISARMED


def test_a_disarming_without_a_partition_ends_no_alarm_of_several(port: Port) -> None:
    port.hear(MAPPED, ArmingReport("DDDDDDDD"), CLOSED, event(0x01, 3, partition=0))
    port.hear(event(0x08, user=1, partition=0))
    assert port.partition(1).fire


def test_a_silent_alarm_without_a_zone_keeps_no_memory_of_another(port: Port) -> None:
    port.hear(ArmingReport("AAAAAAAA"), CLOSED, event(0x11), event(0x31, 3))
    port.hear(event(0x08), ArmingReport("DDDDDDDD"))
    assert port.partition().alarm_memory
    port.hear(CLOSED)
    assert port.partition().alarm_memory is None

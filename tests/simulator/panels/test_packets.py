"""RS-232 packets against the composed ones (docs/protocol/vista-rs232.md#composed-packets)."""

from datetime import UTC, datetime

from hypothesis import given, strategies as st
import pytest

from simulator.panels.events import KINDS, PanelEvent
from simulator.panels.pages import Page
from simulator.panels.vista import packets
from simulator.world.panel import (
    ALARM,
    ARMING,
    NOT_READY,
    VISTA_LTEM,
    Panel,
    Partition,
    Zone,
)

THEN = datetime(2026, 10, 16, 8, 32, tzinfo=UTC)


def panel(*partitions: tuple[int, int], zones: tuple[Zone, ...] = ()) -> Panel:
    """Return a panel with partitions of (arming, mode)."""
    return Panel(
        VISTA_LTEM,
        {zone.id: zone for zone in zones},
        {
            number: Partition(number, "", arming, mode)
            for number, (arming, mode) in enumerate(partitions, 1)
        },
        [],
        "1111",
        "2222",
    )


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (packets.packet("as"), b"08as0064"),
        (packets.packet("zs"), b"08zs004B"),
        (packets.packet("ZP"), b"08ZP008E"),
        (packets.packet("ZD"), b"08ZD009A"),
        (packets.packet("LD"), b"08LD00A8"),
        (packets.packet("FV", "KD"), b"0AFVKD0004"),
        (packets.packet("lc"), b"08lc0069"),
        (packets.ACKNOWLEDGED, b"08OK009E"),
        (packets.COMMUNICATION_OFF, b"08XF009A"),
        (packets.COMMUNICATION_ON, b"08XN0092"),
        (packets.arming(panel((NOT_READY, 0))), b"10ASNDDDDDDD0081"),
        (
            packets.arming(panel((10201, 10201), (10203, 10203))),
            b"10ASAHDDDDDD008A",
        ),
        (packets.arming(panel((10209, 10209))), b"10ASIDDDDDDD0086"),
        (packets.arming(panel((10205, 10205))), b"10ASMDDDDDDD0082"),
    ],
)
def test_packets_of_the_reference(made: bytes, expected: bytes) -> None:
    assert made == expected
    assert packets.unpack(expected) is not None


@pytest.mark.parametrize(
    ("arming", "mode", "letter"),
    [
        (ARMING, 10201, b"A"),
        (ALARM, 10203, b"H"),
        (ALARM, 10200, b"D"),
        (10218, 10218, b"H"),
        (10200, 10200, b"D"),
    ],
)
def test_letters(arming: int, mode: int, letter: bytes) -> None:
    assert packets.arming(panel((arming, mode)))[4:5] == letter


def test_bypassed_is_b() -> None:
    zone = Zone(1, "Door", bypassed=True)
    assert packets.arming(panel((10200, 10200), zones=(zone,)))[4:5] == b"B"


def test_zone_blocks() -> None:
    zones = (Zone(21, "A", open=True), Zone(34, "B", bypassed=True))
    blocks = packets.zone_status(panel((10200, 0), zones=zones), "bpt")
    assert (
        blocks[0] == b"49ZS1" + b"0" * 20 + b"1" + b"0" * 12 + b"8" + b"0" * 32 + b"4C"
    )
    assert [block[4:5] for block in blocks] == [b"1", b"2", b"3", b"4"]
    zones = (Zone(65, "A", trouble=True), Zone(70, "B", alarm=True))
    blocks = packets.zone_status(panel((10200, 0), zones=zones), "bpt")
    assert blocks[1] == b"49ZS12000040".replace(b"ZS1", b"ZS2") + b"0" * 59 + b"4E"
    (older,) = packets.zone_status(panel((10200, 0), zones=zones), "older")
    assert older[:4] == b"68ZS"
    assert len(older) == 0x68


def test_partition_map() -> None:
    zones = tuple(
        Zone(number, "", partition=1 if number <= 40 else 2) for number in range(1, 51)
    )
    first = packets.zone_partitions(panel((10200, 0), zones=zones), "bpt")[0]
    assert first == b"49ZP1" + b"1" * 40 + b"2" * 10 + b"0" * 16 + b"1C"


def test_descriptors() -> None:
    made = list(packets.descriptors([Zone(21, "Front  Door")]))
    assert made == [b'17zd021"FRONT DOOR"00A6', b'0Dzd000""007A']


EVENTS = [
    (PanelEvent("zone_fault", THEN, 1, 21), THEN, b"1BnqF5021000132081610260082"),
    (PanelEvent("zone_fault", THEN, 1, 21, restored=True), THEN.replace(minute=33), b"1BnqF6021000133081610260080"),
    (PanelEvent("arm_stay", THEN, 1, 4), THEN.replace(minute=30), b"1BnqB7000004130081610260085"),
    (PanelEvent("disarm", THEN, 1, 4), THEN.replace(hour=2, minute=16), b"1Bnq08000004116021610260098"),
    (PanelEvent("burglary", THEN, 1, 21), THEN.replace(hour=2, minute=15), b"1Bnq3102100011502161026009E"),
    (PanelEvent("ac_loss", THEN), THEN.replace(hour=9, minute=5), b"1Bnq1B00000010509161026008C"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "when", "expected"),
    EVENTS,
)
def test_events(event: PanelEvent, when: datetime, expected: bytes) -> None:
    assert packets.event(event, when, "bpt") == expected


def test_older_events() -> None:
    for event, begin in (
        (PanelEvent("disarm", THEN, 1, 4), b"14NQ16033208"),
        (PanelEvent("zone_fault", THEN, 1, 21), b"14NQ2B143208"),
        (PanelEvent("zone_fault", THEN, 1, 21, restored=True), b"14NQ2C143208"),
        (PanelEvent("burglary", THEN, 1, 1), b"14NQ04003208"),
        (PanelEvent("smoke", THEN, 1, 5), b"14NQ06043208"),
        (PanelEvent("duress", THEN, 1, 8), b"14NQ0C073208"),
        (PanelEvent("hold_up", THEN, 1, 99), b"14NQ08623208"),
        (PanelEvent("low_battery", THEN, restored=True), b"14NQ1B003208"),
        (PanelEvent("ac_loss", THEN), b"14NQ1C003208"),
    ):
        made = packets.event(event, THEN, "older")
        assert made is not None
        assert made[:12] == begin
    assert packets.event(PanelEvent("wrong_code", THEN), THEN, "older") is None


@pytest.mark.parametrize(
    ("page", "tail", "first"),
    [
        (Page(text="READY".ljust(32), ready=True), b"1", b"R"),
        (Page(text="CHECK".ljust(32), check=True), b"2", b"C"),
        (Page(text="ARMED".ljust(32), away=True, backlight=True), b"4", b"\xc1"),
    ],
)
def test_keypad_display(page: Page, tail: bytes, first: bytes) -> None:
    header, display = packets.keypad_display(page)
    assert header == b"0AFVKD0004"
    assert (display[:4], display[4:5], display[36:37]) == (b"29kd", first, tail)
    assert packets.unpack(display) is not None


@pytest.mark.parametrize(
    "raw",
    [
        b"10ASAHDDDDDD008B",
        b"11ASAHDDDDDD008A",
        b"",
        b"08",
        b"zzAS0000",
        b"08as00zz",
    ],
)
def test_damaged_packets_are_nothing(raw: bytes) -> None:
    assert packets.unpack(raw) is None


@given(st.text('abcXYZ0189"', max_size=100))
def test_packets_come_back(data: str) -> None:
    assert packets.unpack(packets.packet("qq", data)) == ("qq", data)


@given(st.binary(max_size=60))
def test_unpack_takes_anything(raw: bytes) -> None:
    packets.unpack(raw)


def test_every_event_is_well_formed() -> None:
    for kind in KINDS:
        for restored in (False, True):
            event = PanelEvent(kind, THEN, 1, 5, restored)
            body = packets.event_body(event, THEN)
            assert body is None or len(body) == 19, kind

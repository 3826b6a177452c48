"""Packets of the RS-232 port: every composed packet.

See docs/protocol/vista-rs232.md#composed-packets.
"""

import pytest

from custom_components.panelsync.client.local.commands import VistaQuery
from custom_components.panelsync.client.local.vista.codec import (
    MAX_PACKET,
    VistaSerialCodec,
)
from custom_components.panelsync.client.local.vista.events import MEANINGS, SHORT_CODES
from custom_components.panelsync.client.local.vista.packets import (
    Acknowledged,
    ArmingReport,
    Communication,
    Damaged,
    Other,
    Packet,
    PanelEvent,
    ZonePartitions,
    ZoneReport,
    checksum,
    decode_packet,
)
from custom_components.panelsync.client.silent_alarm import SILENT_VISTA_EVENTS

CRLF = b"\r\n"


def packet(kind: str, body: str = "") -> bytes:
    """Compose a valid packet."""
    head = f"{len(kind) + len(body) + 6:02X}{kind}{body}00".encode()
    return head + f"{checksum(head):02X}".encode()


ZONES_1 = b"49ZS10000000000000000000010000000000008000000000000000000000000000000004C"
ZONES_2 = b"49ZS12000040000000000000000000000000000000000000000000000000000000000004F"
MAP = b"49ZP11111111111111111111111111111111111111111222222222200000000000000001C"


def digits(**values: int) -> tuple[int, ...]:
    """Return the 64 digits of a block, nearly all 0."""
    zones = {int(key[1:]): value for key, value in values.items()}
    return tuple(zones.get(zone, 0) for zone in range(1, 65))


PACKETS: dict[bytes, Packet] = {
    b"10ASNDDDDDDD0081": ArmingReport("NDDDDDDD"),
    b"10ASAHDDDDDD008A": ArmingReport("AHDDDDDD"),
    b"10ASIDDDDDDD0086": ArmingReport("IDDDDDDD"),
    b"10ASMDDDDDDD0082": ArmingReport("MDDDDDDD"),
    ZONES_1: ZoneReport(1, digits(z21=1, z34=8)),
    ZONES_2: ZoneReport(1, digits(z1=2, z6=4)),
    MAP: ZonePartitions(1, (1,) * 40 + (2,) * 10 + (0,) * 14),
    b'17zd021"FRONT DOOR"00A6': Other("ZD"),
    b'0Dzd000""007A': Other("ZD"),
    b"1BnqF5021000132081610260082": PanelEvent(0xF5, 21, 0, 1),
    b"1BnqF6021000133081610260080": PanelEvent(0xF6, 21, 0, 1),
    b"1BnqB7000004130081610260085": PanelEvent(0xB7, 0, 4, 1),
    b"1Bnq08000004116021610260098": PanelEvent(0x08, 0, 4, 1),
    b"1Bnq3102100011502161026009E": PanelEvent(0x31, 21, 0, 1),
    b"1Bnq1B00000010509161026008C": PanelEvent(0x1B, 0, 0, 1),
    b"08XF009A": Communication(on=False),
    b"08XN0092": Communication(on=True),
    b"08OK009E": Acknowledged(),
    b"08lc0069": Other("LC"),
    b"10ASAHDDDDDD008B": Damaged(),
    b"11ASAHDDDDDD008A": Damaged(),
}


@pytest.mark.parametrize(("data", "expected"), PACKETS.items())
def test_packets(data: bytes, expected: Packet) -> None:
    assert decode_packet(data) == expected
    assert VistaSerialCodec().feed(CRLF + data + CRLF) == (
        (expected,) if expected != Damaged() else ()
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (packet("ZS", "0" * 96), ZoneReport(1, (0,) * 96)),
        (packet("zs", "2" + "1" * 64), ZoneReport(65, (1,) * 64)),
        (packet("ZS", "1" * 64), ZoneReport(1, (1,) * 64)),
        (packet("ZS", "1000000A"), Other("ZS")),
        (packet("ZS", "0" + "1" * 64), Other("ZS")),
        (packet("ZS", "5" + "1" * 64), Other("ZS")),
        (
            packet("ZS", "0" * 20 + "9" + "0" * 77),
            ZoneReport(1, (0,) * 20 + (9,) + (0,) * 77),
        ),
        # Seen of a panel that says 96 digits elsewhere: the first may be a block's.
        (packet("ZS", "1" + "0" * 96), Other("ZS")),
        (packet("ZP", "1" + "9" * 64), Other("ZP")),
        (packet("ZP", "1" * 96), ZonePartitions(1, (1,) * 96)),
        (packet("AS", "X" * 8), ArmingReport("XXXXXXXX")),
        (packet("AS", "X" * 7), ArmingReport("XXXXXXX?")),
        (packet("as", "a" * 8), ArmingReport("AAAAAAAA")),
        (packet("zd", "021FRONT"), Other("ZD")),
        (packet("nq", "F50210001"), Other("NQ")),
        (packet("nq", "F502100019908161026"), PanelEvent(0xF5, 21, 0, 1)),
        (packet("ld", "F502100013208161026"), Other("LD")),
        (packet("KD", "x" * 33), Other("KD")),
        (packet("!~", ""), Other("?")),
        (b"08as0064", Other("AS")),
        # What stands before the checksum says nothing.
        (b"08as1063", Other("AS")),
    ],
)
def test_further_packets(data: bytes, expected: Packet) -> None:
    assert decode_packet(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"0", b"08", b"08as0065", b"08as006G", b"08as1064", b"zzas0064"),
        *(b"08as0064 ", b"\xff8as0064", b"08\x00s0064"),
    ],
)
def test_damage(data: bytes) -> None:
    assert decode_packet(data) == Damaged()


def test_our_queries_are_valid_packets() -> None:
    for query in VistaQuery:
        assert query.value.endswith(CRLF)
        assert decode_packet(query.value[:-2]) != Damaged()


def good() -> list[bytes]:
    """Return the valid packets."""
    return [data for data, expected in PACKETS.items() if expected != Damaged()]


def hear(codec: VistaSerialCodec, stream: bytes, size: int) -> list[Packet]:
    """Return what is heard in reads of this size, none of which may leave too much."""
    heard: list[Packet] = []
    for start in range(0, len(stream), size):
        heard += codec.feed(stream[start : start + size])
        assert codec.pending <= MAX_PACKET
    return heard


def test_one_byte_per_read() -> None:
    codec = VistaSerialCodec()
    heard = hear(codec, b"".join(data + CRLF for data in good()), 1)
    assert heard == [PACKETS[data] for data in good()]
    assert codec.counters.packets == len(good())


def test_a_lost_terminator_costs_nothing() -> None:
    stream = b"".join(good())
    codec = VistaSerialCodec()
    assert codec.feed(stream + CRLF) == tuple(PACKETS[data] for data in good())


def test_every_single_damaged_byte_is_noticed() -> None:
    data = b"10ASAHDDDDDD008A"
    for place in range(len(data)):
        for byte in set(range(0x20, 0x7F)) - {data[place]}:
            damaged = data[:place] + bytes([byte]) + data[place + 1 :]
            # The checksum itself may be written in small letters.
            if damaged.upper() != data:
                assert decode_packet(damaged) == Damaged()


def test_half_a_packet_is_given_up_where_the_line_falls_silent() -> None:
    codec = VistaSerialCodec()
    assert codec.feed(b"08OK009E\r\n1BnqF502100") == (Acknowledged(),)
    assert codec.flush() == (Damaged(),)
    assert codec.pending == 0
    assert codec.flush() == ()
    assert codec.feed(b"08XN0092\r\n") == (Communication(on=True),)


def test_joined_in_the_middle_is_no_damage() -> None:
    codec = VistaSerialCodec()
    assert codec.feed(b"DDDD008A\r\n" + b"08OK009E\r\n") == (Acknowledged(),)
    assert codec.counters.damaged == 0
    assert codec.feed(b"DDDD008A\r\n") == (Damaged(),)
    assert codec.counters.damaged == 1


def test_joined_in_the_middle_costs_no_packet_behind_it_and_is_no_damage() -> None:
    codec = VistaSerialCodec()
    assert codec.feed(b"DDDD008A" + b"08OK009E\r\n") == (Acknowledged(),)
    assert codec.counters.damaged == 0


@pytest.mark.parametrize("size", [1, 100, 30_000])
def test_a_packet_without_end(size: int) -> None:
    stream = b"08OK009E\r\n" + b"9" * 20_000 + CRLF + b"08XN0092\r\n"
    heard = hear(VistaSerialCodec(), stream, size)
    assert heard == [Acknowledged(), Damaged(), Communication(on=True)]


@pytest.mark.parametrize("short", SHORT_CODES)
def test_every_short_event_has_a_meaning(short: int) -> None:
    # K9571 (10/03): code, number from 0, minute, hour, day, month.
    (event,) = VistaSerialCodec().feed(packet("NQ", f"{short:02X}1423102102") + CRLF)
    assert isinstance(event, PanelEvent)
    silent = short in {0x07, 0x08, 0x0C}
    assert (event.code in SILENT_VISTA_EVENTS) is silent
    assert silent or event.code in MEANINGS
    assert (event.zone, event.user) in {(21, 0), (0, 21), (0, 0)}
    assert not silent or (event.zone, event.user) == (0, 0)


def test_a_short_event_that_nobody_knows_is_none() -> None:
    assert decode_packet(packet("NQ", "9914231021" + "02")) == Other("NQ")


@pytest.mark.parametrize("size", [1, 7, 4096])
@pytest.mark.parametrize("stray", [b"x", b"\x00", b"1", b"B", b"ZZ", b"noise!"])
def test_stray_bytes_cost_no_packet(stray: bytes, size: int) -> None:
    alarm = b"1Bnq3102100011502161026009E"
    stream = b"08OK009E\r\n" + (stray + alarm + CRLF) * 20
    codec = VistaSerialCodec()
    heard = hear(codec, stream, size)
    events = [event for event in heard if isinstance(event, PanelEvent)]
    assert events == [PACKETS[alarm]] * 20
    # So few bytes leave no room for a packet that was lost.
    assert (Damaged() in heard) is (len(stray) > 2)
    assert codec.proven


@pytest.mark.parametrize(
    "text",
    [
        b'[10000001000000003A--],008,[f70600070008001c08020000000000],"08OK009E"',
        b'008,[f70600070008001c08020000000000],"08OK009E"',
        b'1c08020000000000],"08OK009E        "',
        b'x08OK009E                     "',
        b"!RFX:0481516,80",
    ],
)
def test_a_text_that_reads_like_a_packet_proves_nothing(text: bytes) -> None:
    codec = VistaSerialCodec()
    codec.feed(text + CRLF)
    assert not codec.proven


@pytest.mark.parametrize("size", [1, 7, 5000])
@pytest.mark.parametrize("noise", [b"~" * 300, b"FF" * 3000, b"\x00" * 70_000])
def test_no_amount_of_noise_costs_a_packet(noise: bytes, size: int) -> None:
    alarm = b"1Bnq3102100011502161026009E"
    stream = b"08OK009E\r\n" + noise + alarm + noise + alarm + CRLF + b"08XN0092\r\n"
    heard = hear(VistaSerialCodec(), stream, size)
    event = PACKETS[alarm]
    assert heard == [Acknowledged(), event, event, Damaged(), Communication(on=True)]


def test_a_packet_in_much_noise_proves_nothing() -> None:
    codec = VistaSerialCodec()
    codec.feed(b'1c08020000000000,"' + b"~" * 300 + b"08OK009E" + CRLF)
    assert not codec.proven


@pytest.mark.parametrize("size", [1, 1000])
def test_an_alarmdecoder_is_heard_in_a_line_without_end(size: int) -> None:
    codec = VistaSerialCodec()
    stream = b"~" * 600 + b'],008,[f706"' + b"~" * 600
    hear(codec, stream, size)
    assert codec.alarmdecoder_heard


@pytest.mark.parametrize("notice", [b"!SER2SOCK Connected", b'!\xff\xfd"'])
def test_a_notice_behind_half_a_packet_withdraws_the_proof(notice: bytes) -> None:
    codec = VistaSerialCodec()
    stream = b"08OK009E" + CRLF, b"1Bnq31021" + notice + CRLF
    proven = [codec.feed(line) and codec.proven for line in stream]
    assert proven == [True, False]
    assert not codec.alarmdecoder_heard

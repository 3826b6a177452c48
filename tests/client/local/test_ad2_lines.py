"""Every invented line, and every byte stream.

See docs/protocol/alarmdecoder.md#sample-lines and
docs/protocol/alarmdecoder.md#byte-streams.
"""

from typing import Any

import pytest

from custom_components.panelsync.client.local.alarmdecoder.codec import (
    MAX_LINE,
    AlarmDecoderCodec,
)
from custom_components.panelsync.client.local.alarmdecoder.lines import decode_line
from custom_components.panelsync.client.local.alarmdecoder.messages import (
    AdapterNotice,
    BridgeNotice,
    Config,
    Expander,
    Keypad,
    Message,
    Opaque,
    PanelKind,
    Rejected,
    Rejection,
    Relay,
    Report,
    RfSensor,
    Sending,
    Unknown,
    Version,
    WordReport,
)

from .samples import LINES

CRLF = b"\r\n"


def one(number: int) -> Message:
    """Return the message of one sample line."""
    message = decode_line(LINES[number])
    assert not isinstance(message, Rejected)
    return message


FLAGS = {
    1: {"ready", "ac_power"},
    2: {"ready", "ac_power", "chime"},
    3: {"ready", "bypassed", "ac_power"},
    4: {"ready", "chime"},
    5: {"ac_power"},
    13: {"armed_away", "ac_power"},
    18: {"armed_home", "ac_power"},
    20: {"armed_home", "ac_power", "perimeter_only"},
    21: {"armed_home", "ac_power", "entry_delay_off"},
    22: {"armed_away", "ac_power", "entry_delay_off"},
    25: {"armed_away", "ac_power", "chime", "alarm_memory", "alarm_sounding"},
    28: {"ac_power", "alarm_memory", "alarm_sounding", "fire"},
    29: {"ac_power", "fire", "check"},
    35: {"ac_power", "battery_low"},
    41: {"programming", "ac_power"},
}
ALL_FLAGS = {
    name for name, kind in Keypad.__annotations__.items() if kind == bool | None
}


@pytest.mark.parametrize(("number", "flags"), FLAGS.items())
def test_flags(number: int, flags: set[str]) -> None:
    line = one(number)
    assert isinstance(line, Keypad)
    assert {name for name in ALL_FLAGS if getattr(line, name)} == flags
    assert {name for name in ALL_FLAGS if getattr(line, name) is None} == set()


KEYPADS = [*range(1, 48), 87, 90, 96, 98]


@pytest.mark.parametrize("number", KEYPADS)
def test_every_good_keypad_line_is_taken(number: int) -> None:
    line = one(number)
    assert isinstance(line, Keypad)
    assert len(line.text) == (5 if number == 98 else 32)


@pytest.mark.parametrize(
    ("number", "mask"),
    [(1, {1, 2, 16, 17, 18}), (12, {19}), (36, set()), (43, {24})],
)
def test_the_mask_counts_addresses_from_the_lowest_bit(
    number: int, mask: set[int]
) -> None:
    line = one(number)
    assert isinstance(line, Keypad)
    assert {address for address in range(32) if line.mask >> address & 1} == mask


def test_dashes_are_unknown_and_never_set() -> None:
    line = one(45)
    assert isinstance(line, Keypad)
    assert line.fire is line.check is line.perimeter_only is None
    assert line.entry_delay_off is None
    assert line.display == 3
    assert line.panel_kind is None
    assert len(line.raw) == 12


@pytest.mark.parametrize(
    ("number", "kind"),
    [(1, PanelKind.VISTA), (43, PanelKind.DSC), (44, None), (46, None)],
)
def test_panel_kind(number: int, kind: PanelKind | None) -> None:
    line = one(number)
    assert isinstance(line, Keypad)
    assert line.panel_kind is kind


@pytest.mark.parametrize(("number", "beeps"), [(10, 1), (14, 5), (90, None)])
def test_beeps(number: int, beeps: int | None) -> None:
    line = one(number)
    assert isinstance(line, Keypad)
    assert line.beeps == beeps


def test_a_prefix_and_nuls_change_nothing() -> None:
    assert one(47) == one(87) == one(1)


OTHERS: dict[int, Any] = {
    48: Expander(8, 3, 1),
    49: Expander(8, 3, 0),
    50: Expander(11, 8, 2),
    51: Relay(12, 2, 1),
    52: RfSensor("0481516", 0x80),
    53: RfSensor("0481516", 0),
    54: RfSensor("0481516", 6),
    55: WordReport(4, 1, "ARM_AWAY"),
    56: WordReport(0, 1, "ACLOSS"),
    57: Report(4, 1, "CID", 3, 401),
    58: Report(4, 1, "CID", 1, 401),
    59: Report(4, 2, "CID", 3, 441),
    60: Report(11, 1, "CID", 1, 131),
    61: Report(11, 1, "CID", 3, 131),
    62: Report(0, 0, "CID", 1, 301),
    63: Report(0, 0, "CID", 3, 301),
    64: Report(24, 1, "CID", 1, 384),
    65: Report(0, 0, "CID", 1, 602),
    66: Report(0, 0, "CID", 1, 627),
    67: Report(0, 0, "CID", 1, 628),
    68: Report(1, 1, "CID", 1, 121),
    69: Report(7, 1, "CID", 1, 570),
    73: Sending(delivered=True),
    74: Sending(delivered=True),
    75: Sending(delivered=False),
    76: AdapterNotice.READY,
    77: Opaque("AUI"),
    78: BridgeNotice.SERIAL_DISCONNECTED,
    79: BridgeNotice.SERIAL_CONNECTED,
    80: BridgeNotice.CONNECTED,
    81: Opaque("KPE"),
    82: Opaque("CRC"),
    83: Opaque("ERR"),
    84: Opaque(">"),
    85: Unknown("XYZ"),
    103: Unknown("CONFIG"),
    104: Config({"ADDRESS": "18", "EXP": "NN", "MASK": "ffffffff"}),
    105: Config({"MODE": "Q", "ADDRESS": "18"}),
    106: Version("00004d2f", "", ()),
    107: Unknown("AUI"),
}


@pytest.mark.parametrize(("number", "message"), OTHERS.items())
def test_every_other_message(number: int, message: Message) -> None:
    assert one(number) == message


def test_handshake_answers() -> None:
    version, config, older = one(70), one(71), one(72)
    assert isinstance(version, Version)
    assert isinstance(config, Config)
    assert isinstance(older, Config)
    assert (version.serial, version.version) == ("00004d2f", "V2.2a.8.9b-306")
    assert version.flags[:2] == ("TX", "RX")
    assert len(version.flags) == 19
    assert config.settings["MODE"] == "A"
    assert "MODE" not in older.settings
    assert not config.deduplicates
    assert Config({"DEDUPLICATE": "Y"}).deduplicates


REJECTED = {
    88: Rejection.NOT_A_MESSAGE,
    89: Rejection.SHAPE,
    91: Rejection.SHAPE,
    92: Rejection.SHAPE,
    93: Rejection.SHAPE,
    94: Rejection.SHAPE,
    95: Rejection.SHAPE,
    97: Rejection.SHAPE,
    99: Rejection.FIELDS,
    100: Rejection.FIELDS,
    101: Rejection.FIELDS,
    102: Rejection.FIELDS,
    108: Rejection.NOT_PRINTABLE,
    110: Rejection.NOT_A_MESSAGE,
}


@pytest.mark.parametrize(("number", "reason"), REJECTED.items())
def test_every_damaged_line_is_rejected(number: int, reason: Rejection) -> None:
    assert decode_line(LINES[number]) == Rejected(reason)


def test_every_sample_has_its_test() -> None:
    tested = {*KEYPADS, *OTHERS, *REJECTED, 70, 71, 72, 86, 109}
    assert tested == set(LINES) == set(range(1, 111))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"!boot", AdapterNotice.BOOTING),
        (b"!boot....done", AdapterNotice.BOOTING),
        (b"!load", AdapterNotice.LOADING),
        (b"!bootleg", Unknown("bootleg")),
        (b"!", Unknown("")),
        (b"!SER2SOCK made up", Unknown("SER2SOCK")),
        (b"!setting....done", Opaque("setting")),
        (b"!>ADDRESS=18", Opaque(">")),
        (b"!Sending......done", Rejected(Rejection.FIELDS)),
        (b"!VER:zz", Rejected(Rejection.FIELDS)),
        (b"!VER:00004D2F,V2", Version("00004d2f", "V2", ())),
        (b"!LRR:004,1,CID_1131,45", Report(4, 1, "CID", 1, 145)),
        (b"!LRR:004,1,CID_1131,00", Report(4, 1, "CID", 1, 131)),
        # A report code must not turn a duress into something to show.
        (b"!LRR:004,1,CID_1121,31", Report(4, 1, "CID", 1, 121)),
        (b"!LRR:004,1,ARM_", Rejected(Rejection.FIELDS)),
        (b"!" + b"X" * 60, Unknown("X" * 16)),
    ],
)
def test_further_lines(line: bytes, message: Message | Rejected) -> None:
    assert decode_line(line) == message


@pytest.mark.parametrize(
    ("expander", "zone"),
    [
        (Expander(7, 1, 1), 9),
        (Expander(8, 3, 1), 19),
        (Expander(11, 8, 1), 48),
        (Expander(6, 1, 1), None),
        (Expander(12, 1, 1), None),
        (Expander(7, 9, 1), None),
        (Expander(7, 0, 1), None),
    ],
)
def test_expander_zones(expander: Expander, zone: int | None) -> None:
    assert expander.zone == zone


# Byte streams.


def test_b1_one_byte_per_read() -> None:
    codec = AlarmDecoderCodec()
    messages = [m for byte in LINES[1] + CRLF for m in codec.feed(bytes([byte]))]
    assert messages == [one(1)]


def test_b2_three_lines_in_one_read() -> None:
    stream = b"".join(LINES[number] + CRLF for number in (1, 8, 57))
    assert AlarmDecoderCodec().feed(stream) == (one(1), one(8), one(57))


def test_b3_split_between_cr_and_lf() -> None:
    codec = AlarmDecoderCodec()
    assert codec.feed(LINES[1] + b"\r") == (one(1),)
    assert codec.feed(b"\n") == ()
    assert codec.counters.refused == 0


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\n\r", b"\r\r\n", b"\r\n"])
def test_b4_any_terminator(end: bytes) -> None:
    codec = AlarmDecoderCodec()
    assert codec.feed(LINES[1] + end + LINES[8] + end) == (one(1), one(8))
    assert codec.counters.refused == 0


def test_b5_joined_in_the_middle_of_a_line() -> None:
    codec = AlarmDecoderCodec()
    assert codec.feed(LINES[1][-40:] + CRLF + LINES[8] + CRLF) == (one(8),)
    assert codec.counters.refused == 0
    assert codec.feed(LINES[1][-40:] + CRLF) == ()
    assert codec.counters.refused == 1


def test_b6_leading_nuls_and_ff() -> None:
    assert AlarmDecoderCodec().feed(b"\0" * 4 + b"\xff" * 3 + LINES[1] + CRLF) == (
        one(1),
    )


def test_b7_ff_inside_a_line() -> None:
    damaged = LINES[1][:50] + b"\xff" + LINES[1][51:]
    assert AlarmDecoderCodec().feed(damaged + CRLF) == ()


@pytest.mark.parametrize("size", [1, 100, 4096, 50_000])
def test_b8_and_109_a_line_without_end(size: int) -> None:
    codec = AlarmDecoderCodec()
    endless = LINES[1] + CRLF + b"A" * 20_000 + CRLF + LINES[8] + CRLF
    messages: list[Message] = []
    for start in range(0, len(endless), size):
        messages += codec.feed(endless[start : start + size])
        assert codec.pending <= MAX_LINE
    assert messages == [one(1), one(8)]
    assert codec.counters.refused == 1


def test_b9_half_a_line_does_not_survive_the_connection() -> None:
    first = AlarmDecoderCodec()
    assert first.feed(LINES[1][:60]) == ()
    again = AlarmDecoderCodec(first.counters)
    assert again.feed(LINES[1][60:] + CRLF) == ()
    assert first.counters.refused == 0


def test_b10_the_bridge_breaks_in() -> None:
    stream = LINES[1] + CRLF + LINES[8][:33] + CRLF + LINES[78] + CRLF
    codec = AlarmDecoderCodec()
    assert codec.feed(stream) == (one(1), BridgeNotice.SERIAL_DISCONNECTED)
    assert codec.counters.refused == 1


def test_b11_a_boot_is_one_notice() -> None:
    codec = AlarmDecoderCodec()
    parts = (b"!boot.", b".", b".", b"done\r\n", b"!Ready\r\n")
    messages = [message for part in parts for message in codec.feed(part)]
    assert messages == [AdapterNotice.BOOTING, AdapterNotice.READY]


def test_b14_no_character_above_seven_bits() -> None:
    for byte in range(0x80, 0x100):
        damaged = LINES[8][:70] + bytes([byte]) + LINES[8][71:]
        assert AlarmDecoderCodec().feed(damaged + CRLF) == ()


@pytest.mark.parametrize(
    "line",
    [
        LINES[1].replace(b"[f7", b"[f8"),
        LINES[1].replace(b'],"', b'0000],"'),
        LINES[1].replace(b'02000000000000],"', b'02],"').replace(b"0000000000", b""),
        b"!ABC:" + LINES[1],
        # Sixteen flags, twenty-four, letters nobody knows, and none of a flag.
        LINES[1].replace(b"3A--]", b"]"),
        LINES[1].replace(b"3A--]", b"3A------]"),
        LINES[1].replace(b"3A--]", b"3Zz?]"),
        LINES[1].replace(b"[10000", b"[1000-"),
        LINES[1].replace(b",008,", b",08,"),
        # A text that was trimmed, of one row, of four, and none at all.
        LINES[1].rstrip(b' "') + b'"',
        LINES[1][:61] + b'READY           "',
        LINES[1][:-1] + b" " * 32 + b'"',
        LINES[1][:61] + b'"',
    ],
)
def test_what_carries_no_meaning_is_taken_as_it_comes(line: bytes) -> None:
    keypad = decode_line(line)
    assert isinstance(keypad, Keypad)
    assert keypad.ready
    assert keypad.mask == one(1).mask  # type: ignore[union-attr]  # sample 1 is a keypad line


@pytest.mark.parametrize(
    "line",
    [
        # A lost sign in the flags, the raw field, and a padded text.
        LINES[1].replace(b"[1", b"["),
        LINES[1].replace(b"001c", b"01c"),
        LINES[1].replace(b"Ready", b"eady"),
        # The end of another line in the text.
        LINES[1][:80] + LINES[8],
    ],
)
def test_what_lost_a_sign_is_refused(line: bytes) -> None:
    assert line != LINES[1]
    assert decode_line(line) == Rejected(Rejection.SHAPE)


def test_counters() -> None:
    codec = AlarmDecoderCodec()
    numbers = (1, 43, 77, 77, 85, 86, 96, 92)
    codec.feed(b"".join(LINES[number] + CRLF for number in numbers))
    counters = codec.counters
    assert (counters.messages, counters.keypads) == (6, 3)
    assert (counters.refused, counters.other_panel) == (1, 1)
    assert counters.headers == {"AUI": 2, "XYZ": 1}


def test_only_some_unknown_headers_are_told_apart() -> None:
    codec = AlarmDecoderCodec()
    codec.feed(b"".join(b"!Z%d:1\r\n" % number for number in range(1000)))
    assert len(codec.counters.headers) == 32

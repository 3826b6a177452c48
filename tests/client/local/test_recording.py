"""What is kept of a panel's last lines: enough to replay, and nothing of a person."""

from datetime import timedelta
import re

import pytest

from custom_components.panelsync.client.local.alarmdecoder.codec import (
    AlarmDecoderCodec,
)
from custom_components.panelsync.client.local.alarmdecoder.messages import (
    Message,
    Rejected,
)
from custom_components.panelsync.client.local.alarmdecoder.redaction import (
    redacted as ad2_redacted,
)
from custom_components.panelsync.client.local.recording import MOST_LINES, Recording
from custom_components.panelsync.client.local.vista.codec import VistaSerialCodec
from custom_components.panelsync.client.local.vista.packets import Packet
from custom_components.panelsync.client.local.vista.redaction import (
    redacted as vista_redacted,
)
from scripts.replay_tool.player import replay

from .samples import LINES
from .site import START, keypad
from .test_ad2_state import SILENT
from .test_vista_serial import PACKETS, ZONES_2, packet

CRLF = b"\r\n"


def recorded(*lines: bytes) -> tuple[str, ...]:
    """Record an AlarmDecoder's lines, ten seconds apart."""
    recording, now = Recording(), START

    def heard(line: bytes, message: Message | Rejected) -> None:
        recording.add(ad2_redacted(line, message), now)

    codec = AlarmDecoderCodec(heard=heard)
    for line in lines:
        codec.feed(line + CRLF)
        now += timedelta(seconds=10)
    return recording.lines


def recorded_packets(*lines: bytes) -> tuple[str, ...]:
    """Record a VISTA's packets."""
    recording = Recording()

    def heard(data: bytes, found: Packet) -> None:
        recording.add(vista_redacted(data, found), START)

    codec = VistaSerialCodec(heard=heard)
    for line in lines:
        codec.feed(line + CRLF)
    return recording.lines


def test_a_recording_plays_as_the_lines_do() -> None:
    lines = [LINES[number] for number in (1, 8, 9, 10, 1, 14, 15, 17, 1, 57)]
    lines.append(
        keypad("ARMED ***AWAY***May Exit Now  45", flags="01000001000000003A--")
    )
    played = list(replay("\n".join(recorded(*lines))))
    whole = list(
        replay("\n".join(f"{10 * n}\t{line.decode()}" for n, line in enumerate(lines)))
    )
    assert len(whole) > 5
    assert played == whole


def test_descriptors_typed_keys_and_serials_are_left_out() -> None:
    shown = "\n".join(
        recorded(
            keypad(
                "FAULT 05 ANNA'S BEDROOM 1234", flags="00000001000000000A--", code="005"
            ),
            keypad("HELLO MARY 4711 Ready to Arm", flags="10000001000000003A--"),
            keypad("User Code 01=4711", flags="00001001000000003A--"),
            LINES[52],
            LINES[70],
            LINES[81],
            b"!KPE:4711",
            b"#4711",
            b"4711",
            b"!4711",
            b"!CODE4711:4711",
            LINES[1].replace(b"3A--]", b"3A-]").replace(b"Ready", b"4711 "),
        )
    )
    for secret in (
        "ANNA",
        "BEDROOM",
        "1234",
        "MARY",
        "4711",
        "0481516",
        "4d2f",
        "4D2F",
    ):
        assert secret not in shown
    assert "FAULT 05 xxxx'x xxxxxxx 0000" in shown
    assert "Ready to Arm" in shown
    # Of a refused line its shape alone.
    assert "[000000000000000000-],000,[" in shown


@pytest.mark.parametrize("line", SILENT.values(), ids=SILENT)
def test_no_trace_of_a_silent_alarm_is_kept(line: bytes) -> None:
    """Neither its own line, nor the memory that the pages after it show."""
    after = keypad("****DISARMED****", flags="00000001010000003A--")
    assert recorded(LINES[1], line, after)[1:] == recorded(
        LINES[1],
        b"",
        keypad("****DISARMED****", flags="00000001000000003A--"),
    )[1:] or line.startswith(b"!")
    shown = " ".join(recorded(line)).upper()
    assert not re.search(r"DURESS|HOLD|SILENT|PANI|OVERVAL|STILLER|CONTRAINTE", shown)
    assert not re.search(r"_[136]12\d", shown)


def test_packets_are_kept_without_names_alarms_and_silent_events() -> None:
    shown = recorded_packets(*PACKETS)
    joined = " ".join(shown)
    assert "FRONT DOOR" not in joined
    assert "10ASAHDDDDDD008A" in joined
    for code in ("11", "12", "21", "22", "EE"):
        assert recorded_packets(packet("nq", f"{code}02100411502161026")) == ()
    for code in ("07", "08", "0C"):
        assert recorded_packets(packet("NQ", f"{code}1423102102")) == ()
    assert recorded_packets(packet("kd", "DURESS".ljust(33))) == ()
    assert recorded_packets(packet("ld", "3102100411502161026")) == ()
    (zones,) = recorded_packets(ZONES_2)
    before, after = ZONES_2.decode(), zones.partition(" ")[2]
    assert before[5:11] == "200004"
    assert after[5:11] == "200000"
    (player,) = [
        line
        for line in replay(
            "\n".join(recorded_packets(ZONES_2, packet("AS", "DDDDDDDD")))
        )
        if "not understood" in line
    ]
    assert player == "2 lines and packets played, 0 of them not understood"


def test_the_oldest_lines_make_room() -> None:
    lines = recorded(*[LINES[1], LINES[8]] * MOST_LINES)
    assert len(lines) == MOST_LINES

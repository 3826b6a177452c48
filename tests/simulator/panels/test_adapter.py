"""The adapter's firmware, by bytes in and lines out.

See docs/protocol/alarmdecoder.md#other-lines and docs/protocol/alarmdecoder.md#commands.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from hypothesis import given, strategies as st
import pytest

from simulator.panels.alarmdecoder.adapter import Adapter, Firmware
from simulator.world.timeline import Timeline
from tests.simulator.door import Clock

VERSION = (
    "!VER:00004d2f,V2.2a.8.9b-306,"
    "TX;RX;SM;VZ;RF;ZX;RE;AU;3X;CG;DD;MF;LR;KE;MK;CB;DS;ER;CR"
)
CONFIG = (
    "!CONFIG>MODE=A&CONFIGBITS=ff00&ADDRESS=18&LRR=N&COM=N&EXP=NNNNN&REL=NNNN"
    "&MASK=ffffffff&DEDUPLICATE=N"
)


@dataclass
class Bench:
    """An adapter on a bench."""

    firmware: Firmware = field(default_factory=Firmware)
    data: bytes = b""

    def __post_init__(self) -> None:
        self.pressed: list[tuple[int, str]] = []
        self.specials: list[tuple[int, int]] = []
        self.timeline = Timeline(Clock().now, 1.0)
        self.adapter = Adapter(
            self.firmware,
            self.timeline,
            send=self.send,
            press=lambda address, keys: self.pressed.append((address, keys)),
            special=lambda address, number: self.specials.append((address, number)),
            random=Random(1),
        )

    def send(self, data: bytes) -> None:
        self.data += data

    def hear(self, *pieces: bytes) -> list[str]:
        self.data = b""
        for piece in pieces:
            self.adapter.feed(piece)
        return self.data.decode().split("\r\n")[:-1]

    def wait(self, seconds: float) -> None:
        self.timeline.advance(self.timeline.now + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("sent", "answers", "pressed"),
    [
        ([b"V\r"], [VERSION], []),
        ([b"\r\nV", b"\r\n"], [VERSION], []),
        ([b"C\r"], [CONFIG], []),
        ([b"V\rC\r"], [VERSION, CONFIG], []),
        ([b"E"], ["!ERR:00,0000,00"], []),
        ([b"R"], [], []),
        ([b"!\r"], ["!>null"], []),
        ([b"Vx\r"], ["!>null"], []),
        ([b"L101\r"], ["!>ZONE=101"], []),
        ([b"Lx\r"], ["!>null"], []),
        ([b"12V\r"], ["!Sending.done", VERSION], [(18, "12")]),
        ([b"1234"], ["!Sending.done"], [(18, "1234")]),
        ([b"K1912#\r*"], ["!Sending.done"] * 2, [(19, "12#"), (18, "*")]),
        ([b"K19", b"12", b"\r3"], ["!Sending.done"] * 2, [(19, "12"), (18, "3")]),
        ([b"Kx95\r"], ["!Sending.done"], [(18, "5")]),
        ([b"\x16\x03\x01 ab"], [], []),
    ],
)
def test_commands(
    sent: list[bytes], answers: list[str], pressed: list[tuple[int, str]]
) -> None:
    bench = Bench()
    assert bench.hear(*sent) == answers
    assert bench.pressed == pressed


def test_web_requests_press_keys() -> None:
    """A probe on this port is dangerous: its digits are keys (docs/protocol/alarmdecoder.md#ser2sock)."""
    bench = Bench()
    bench.hear(b"GET / HTTP/1.1\r\n\r\n")
    assert bench.pressed == [(18, "11")]


def test_special_keys_need_three_equal_bytes() -> None:
    bench = Bench()
    assert bench.hear(b"\x01\x01\x02\x02") == []
    assert bench.hear(b"\x02") == ["!Sending.done"]
    assert bench.specials == [(18, 2)]


@pytest.mark.parametrize(
    ("tries", "line", "pressed"),
    [
        (3, "!Sending...done", 1),
        (5, "!Sending.....done", 0),
        (9, "!Sending.....done", 0),
    ],
)
def test_tries(tries: int, line: str, pressed: int) -> None:
    bench = Bench(Firmware(tries=tries))
    assert bench.hear(b"1") == [line]
    assert len(bench.pressed) == pressed


def test_some_bursts_fail() -> None:
    bench = Bench(Firmware(failed_share=0.5))
    answers = [bench.hear(b"1")[0] for _ in range(40)]
    assert set(answers) == {"!Sending.done", "!Sending.....done"}
    assert len(bench.pressed) == answers.count("!Sending.done")


def test_settings_are_kept() -> None:
    bench = Bench(Firmware(settings={"ADDRESS": "31"}))
    answers = bench.hear(b"CDEDUPLICATE=Y&MASK=0000ff00&NONE=1&LRR=\r", b"C\r")
    assert answers[:5] == [
        "!setting...",
        "!>DEDUPLICATE=Y",
        "!>MASK=0000ff00",
        "!>null",
        "!>null",
    ]
    assert "ADDRESS=31&LRR=N" in answers[5]
    assert answers[5].endswith("MASK=0000ff00&DEDUPLICATE=Y")
    bench.hear(b"5")
    assert bench.pressed == [(31, "5")]
    with pytest.raises(ValueError, match="no setting COLOUR"):
        Firmware(settings={"COLOUR": "red"})


def test_old_firmware_has_neither_mode_nor_com() -> None:
    bench = Bench(Firmware(layout="oldest"))
    version, config = bench.hear(b"V\r", b"C\r")
    assert "MODE" not in config
    assert "COM" not in config
    assert version.endswith("DD")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, ["a", "a", "x", "0", "r"]),
        ({"MASK": "00ff0000"}, ["0", "r"]),
        ({"MASK": "zz"}, ["0", "r"]),
        ({"DEDUPLICATE": "Y"}, ["a", "x", "0", "r"]),
        ({"CONFIGBITS": "0000"}, ["a", "a", "x", "0"]),
        ({"CONFIGBITS": "0008"}, ["!KPM:a", "!KPM:a", "!KPM:x", "!KPM:0"]),
        ({"LRR": "Y", "CONFIGBITS": "0"}, ["a", "a", "x", "0", "l"]),
        ({"CONFIGBITS": "?"}, ["a", "a", "x", "0"]),
    ],
)
def test_what_is_let_through(settings: dict[str, str], said: list[str]) -> None:
    bench = Bench(Firmware(settings=settings))
    say = bench.adapter.say
    for line, mask in (("a", "06000700"),) * 2 + (("x", "06000700"), ("0", "00000000")):
        say("keypad", line, mask)
    say("rf", "r")
    say("lrr", "l")
    assert bench.data.decode().split() == said


def test_real_radio_needs_no_emulation() -> None:
    bench = Bench(Firmware(radio_on_bus=True))
    bench.adapter.say("lrr", "l")
    assert bench.data == b"l\r\n"


def test_keys_are_reported_where_asked_for() -> None:
    bench = Bench(Firmware(settings={"CONFIGBITS": "0002"}))
    assert bench.hear(b"123") == ["!Sending.done", "!KPE:0003,18,01"]


def test_boot() -> None:
    bench = Bench()
    bench.hear(b"=")
    assert bench.data == b"!boot"
    bench.wait(0.6)
    bench.adapter.say("other", "lost")
    bench.adapter.feed(b"V\r")
    assert bench.data == b"!boot."
    bench.wait(2)
    assert bench.data == b"!boot...done\r\n!Ready\r\n"
    assert bench.hear(b"V\r") == [VERSION]


def test_second_equals_sign_waits_for_firmware() -> None:
    bench = Bench()
    bench.hear(b"=")
    bench.adapter.feed(b"=")
    bench.wait(60)
    assert bench.data == b"!boot!load\r\n"
    assert bench.hear(b"V\r") == []
    bench.adapter.power_up()
    bench.wait(5)
    assert bench.data.endswith(b"!Ready\r\n")


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_takes_any_bytes(pieces: list[bytes]) -> None:
    bench = Bench()
    bench.hear(*pieces)
    bench.wait(5)
    bench.adapter.feed(b"\r\r")
    for _, keys in bench.pressed:
        assert set(keys) <= set("0123456789*#<>")

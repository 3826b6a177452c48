"""Keypad, expander and RF lines against the sample lines.

See docs/protocol/alarmdecoder.md#sample-lines.
"""

from dataclasses import dataclass

import pytest

from simulator.panels.alarmdecoder.lines import (
    Format,
    expander_line,
    keypad_line,
    mask_of,
    rf_line,
)
from simulator.panels.pages import Page

FIRST, SECOND = mask_of((1, 2, 16, 17, 18)), mask_of((19,))
TAIL = "000100ff"


def page(text: str, **changes: object) -> Page:
    return Page(text=text.ljust(32), **changes)  # type: ignore[arg-type]


def zone(text: str, code: str, **changes: object) -> Page:
    return page(text, code=code, numbered=True, **changes)


@dataclass(frozen=True)
class Sample:
    """A sample line by its number, and the page that it shows."""

    number: int
    page: Page
    line: str
    mask: str = FIRST
    layout: Format = "new"


SAMPLES = [
    Sample(1, page("****DISARMED****  Ready to Arm", ready=True),
           '[10000001000000003A--],008,[f70600070008001c08020000000000],"****DISARMED****  Ready to Arm  "'),
    Sample(2, page("****DISARMED****  Ready to Arm", ready=True, backlight=True, chime=True),
           '[10010001100000003A--],008,[f70600070008001c28020000000000],"****DISARMED****  Ready to Arm  "'),
    Sample(3, page("DISARMED BYPASS  Ready to Arm", ready=True, bypass=True),
           '[10000011000000003A--],008,[f70600070008001c18020000000000],"DISARMED BYPASS  Ready to Arm   "'),
    Sample(4, page("DISARMED CHIME   Ready to Arm", ready=True, chime=True, ac=False),
           '[10000000100000003A--],008,[f70600070008001c20020000000000],"DISARMED CHIME   Ready to Arm   "'),
    Sample(8, zone("FAULT 05 KITCHENWINDOW", "005", backlight=True),
           '[00010001000000000A--],005,[f70600070005000008020000000000],"FAULT 05 KITCHENWINDOW          "'),
    Sample(10, zone("FAULT 23 ATTIC  MOTION", "023", beeps=1, chime=True),
           '[00000101100000000A--],023,[f70600070023010028020000000000],"FAULT 23 ATTIC  MOTION          "'),
    Sample(12, zone("FAULT 12 SHED", "012"),
           '[00000001000000000A--],012,[f70000080012000008020000000000],"FAULT 12 SHED                   "', mask=SECOND),
    Sample(14, page("ARMED ***AWAY***May Exit Now  07", away=True, beeps=5),
           '[01000501000000003A--],008,[f70600070008050c0c020000000000],"ARMED ***AWAY***May Exit Now  07"'),
    Sample(20, page("ARMED*NIGHT-STAY", stay=True, night=True),
           '[00100001000000013A--],008,[f70600070008108c08020000000000],"ARMED*NIGHT-STAY                "'),
    Sample(21, page("ARMED *INSTANT**", stay=True, instant=True),
           '[00100001000010003A--],008,[f70600070008008c88020000000000],"ARMED *INSTANT**                "'),
    Sample(25, zone("ALARM 11 GARAGE DOOR", "011", away=True, chime=True, memory=True, sounding=True),
           '[01000001111000000A--],011,[f7060007001100002f020000000000],"ALARM 11 GARAGE DOOR            "'),
    Sample(28, zone("FIRE 10 SMOKE   HALL", "010", beeps=6, memory=True, sounding=True, fire=True, fire_sounding=True),
           '[00000601011001000A--],010,[f7060007001006210b020000000000],"FIRE 10 SMOKE   HALL            "'),
    Sample(29, zone("CHECK 10 SMOKE  HALL", "010", fire=True, check=True),
           '[00000001000001100A--],010,[f70600070010002208020000000000],"CHECK 10 SMOKE  HALL            "'),
    Sample(33, zone("CHECK 100 RF    RECEIVER", "0bf", check=True, extra=TAIL),
           '[00000001000000100A--],0bf,[f706000700bf0002080200000100ff],"CHECK 100 RF    RECEIVER        "'),
    Sample(34, zone("CHECK 107 WIRE  EXPANSION", "007", check=True, beeps=4, extra=TAIL),
           '[00000401000000100A--],007,[f706000700070402080200000100ff],"CHECK 107 WIRE  EXPANSION       "'),
    Sample(35, zone("LOBAT 24 SIDE   DOOR", "024", low_battery=True),
           '[00000001000100000A--],024,[f70600070024004008020000000000],"LOBAT 24 SIDE   DOOR            "'),
    Sample(36, page("SYSTEM LOBAT", code="2fc", system_wide=True, ready=True, backlight=True, low_battery=True),
           '[10010001000100003A--],2fc,[f700000000fc005c08020000000000],"SYSTEM LOBAT                    "'),
    Sample(37, page("AC LOSS", ready=True, ac=False),
           '[10000000000000003A--],008,[f70600070008001c00020000000000],"AC LOSS                         "'),
    Sample(38, page("COMM. FAILURE", code="0fc", system_wide=True, ready=True),
           '[10000001000000003A--],0fc,[f700000000fc001c08020000000000],"COMM. FAILURE                   "'),
    Sample(40, zone("BYPAS 07 SIDE   WINDOW", "007", bypass=True),
           '[00000011000000000A--],007,[f70600070007000018020000000000],"BYPAS 07 SIDE   WINDOW          "'),
    Sample(41, page("Installer Code  20", programming=True, cursor=17),
           '[00001001000000003A--],008,[f70600070008000c48011100000000],"Installer Code  20              "'),
    Sample(44, page("****DISARMED****  Ready to Arm", ready=True),
           '[1000000100000000----],008,[f70600070008001c08020000],"****DISARMED****  Ready to Arm  "', layout="old"),
    Sample(45, page("ARMED ***STAY***", stay=True),
           '[001000010000--------],008,[f70600070008008c08020000],"ARMED ***STAY***                "', layout="oldest"),
]  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample.number))
def test_keypad_line(sample: Sample) -> None:
    assert keypad_line(sample.page, sample.mask, sample.layout) == sample.line


@pytest.mark.parametrize(
    ("zone_id", "value", "line"),
    [
        (19, 1, "!EXP:08,03,01"),
        (48, 2, "!EXP:11,08,02"),
        (9, 0, "!EXP:07,01,00"),
        (8, 1, None),
        (49, 1, None),
    ],
)
def test_expander_line(zone_id: int, value: int, line: str | None) -> None:
    assert expander_line(zone_id, value) == line


def test_expander_numbers_follow_the_formula() -> None:
    for number in range(9, 49):
        line = expander_line(number, 1)
        assert line is not None
        address, channel, _ = map(int, line.removeprefix("!EXP:").split(","))
        assert address + channel + (address - 7) * 7 + 1 == number


@pytest.mark.parametrize(
    ("is_open", "low_battery", "value"),
    [
        (True, False, "80"),
        (False, False, "00"),
        (True, True, "82"),
        (False, True, "02"),
    ],
)
def test_rf_line(is_open: bool, low_battery: bool, value: str) -> None:
    line = rf_line("07590C", is_open=is_open, low_battery=low_battery)
    assert line == f"!RFX:0481548,{value}"

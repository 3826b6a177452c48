"""Keypad, expander and RF lines against the sample lines.

See docs/protocol/alarmdecoder.md#sample-lines.
"""

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


# (number of the sample, page, mask, format, line)
SAMPLES: list[tuple[int, Page, str, Format, str]] = [
    (
        1,
        page("****DISARMED****  Ready to Arm", ready=True),
        FIRST,
        "new",
        '[10000001000000003A--],008,[f70600070008001c08020000000000],"****DISARMED****  Ready to Arm  "',
    ),
    (
        2,
        page("****DISARMED****  Ready to Arm", ready=True, backlight=True, chime=True),
        FIRST,
        "new",
        '[10010001100000003A--],008,[f70600070008001c28020000000000],"****DISARMED****  Ready to Arm  "',
    ),
    (
        3,
        page("DISARMED BYPASS  Ready to Arm", ready=True, bypass=True),
        FIRST,
        "new",
        '[10000011000000003A--],008,[f70600070008001c18020000000000],"DISARMED BYPASS  Ready to Arm   "',
    ),
    (
        4,
        page("DISARMED CHIME   Ready to Arm", ready=True, chime=True, ac=False),
        FIRST,
        "new",
        '[10000000100000003A--],008,[f70600070008001c20020000000000],"DISARMED CHIME   Ready to Arm   "',
    ),
    (
        8,
        zone("FAULT 05 KITCHENWINDOW", "005", backlight=True),
        FIRST,
        "new",
        '[00010001000000000A--],005,[f70600070005000008020000000000],"FAULT 05 KITCHENWINDOW          "',
    ),
    (
        10,
        zone("FAULT 23 ATTIC  MOTION", "023", beeps=1, chime=True),
        FIRST,
        "new",
        '[00000101100000000A--],023,[f70600070023010028020000000000],"FAULT 23 ATTIC  MOTION          "',
    ),
    (
        12,
        zone("FAULT 12 SHED", "012"),
        SECOND,
        "new",
        '[00000001000000000A--],012,[f70000080012000008020000000000],"FAULT 12 SHED                   "',
    ),
    (
        14,
        page("ARMED ***AWAY***May Exit Now  07", away=True, beeps=5),
        FIRST,
        "new",
        '[01000501000000003A--],008,[f70600070008050c0c020000000000],"ARMED ***AWAY***May Exit Now  07"',
    ),
    (
        20,
        page("ARMED*NIGHT-STAY", stay=True, night=True),
        FIRST,
        "new",
        '[00100001000000013A--],008,[f70600070008108c08020000000000],"ARMED*NIGHT-STAY                "',
    ),
    (
        21,
        page("ARMED *INSTANT**", stay=True, instant=True),
        FIRST,
        "new",
        '[00100001000010003A--],008,[f70600070008008c88020000000000],"ARMED *INSTANT**                "',
    ),
    (
        25,
        zone(
            "ALARM 11 GARAGE DOOR",
            "011",
            away=True,
            chime=True,
            memory=True,
            sounding=True,
        ),
        FIRST,
        "new",
        '[01000001111000000A--],011,[f7060007001100002f020000000000],"ALARM 11 GARAGE DOOR            "',
    ),
    (
        28,
        zone(
            "FIRE 10 SMOKE   HALL",
            "010",
            beeps=6,
            memory=True,
            sounding=True,
            fire=True,
            fire_sounding=True,
        ),
        FIRST,
        "new",
        '[00000601011001000A--],010,[f7060007001006210b020000000000],"FIRE 10 SMOKE   HALL            "',
    ),
    (
        29,
        zone("CHECK 10 SMOKE  HALL", "010", fire=True, check=True),
        FIRST,
        "new",
        '[00000001000001100A--],010,[f70600070010002208020000000000],"CHECK 10 SMOKE  HALL            "',
    ),
    (
        33,
        zone("CHECK 100 RF    RECEIVER", "0bf", check=True, extra=TAIL),
        FIRST,
        "new",
        '[00000001000000100A--],0bf,[f706000700bf0002080200000100ff],"CHECK 100 RF    RECEIVER        "',
    ),
    (
        34,
        zone("CHECK 107 WIRE  EXPANSION", "007", check=True, beeps=4, extra=TAIL),
        FIRST,
        "new",
        '[00000401000000100A--],007,[f706000700070402080200000100ff],"CHECK 107 WIRE  EXPANSION       "',
    ),
    (
        35,
        zone("LOBAT 24 SIDE   DOOR", "024", low_battery=True),
        FIRST,
        "new",
        '[00000001000100000A--],024,[f70600070024004008020000000000],"LOBAT 24 SIDE   DOOR            "',
    ),
    (
        36,
        page(
            "SYSTEM LOBAT",
            code="2fc",
            system_wide=True,
            ready=True,
            backlight=True,
            low_battery=True,
        ),
        FIRST,
        "new",
        '[10010001000100003A--],2fc,[f700000000fc005c08020000000000],"SYSTEM LOBAT                    "',
    ),
    (
        37,
        page("AC LOSS", ready=True, ac=False),
        FIRST,
        "new",
        '[10000000000000003A--],008,[f70600070008001c00020000000000],"AC LOSS                         "',
    ),
    (
        38,
        page("COMM. FAILURE", code="0fc", system_wide=True, ready=True),
        FIRST,
        "new",
        '[10000001000000003A--],0fc,[f700000000fc001c08020000000000],"COMM. FAILURE                   "',
    ),
    (
        40,
        zone("BYPAS 07 SIDE   WINDOW", "007", bypass=True),
        FIRST,
        "new",
        '[00000011000000000A--],007,[f70600070007000018020000000000],"BYPAS 07 SIDE   WINDOW          "',
    ),
    (
        41,
        page("Installer Code  20", programming=True, cursor=17),
        FIRST,
        "new",
        '[00001001000000003A--],008,[f70600070008000c48011100000000],"Installer Code  20              "',
    ),
    (
        44,
        page("****DISARMED****  Ready to Arm", ready=True),
        FIRST,
        "old",
        '[1000000100000000----],008,[f70600070008001c08020000],"****DISARMED****  Ready to Arm  "',
    ),
    (
        45,
        page("ARMED ***STAY***", stay=True),
        FIRST,
        "oldest",
        '[001000010000--------],008,[f70600070008008c08020000],"ARMED ***STAY***                "',
    ),
]


@pytest.mark.parametrize(
    ("shown", "mask", "layout", "line"),
    [sample[1:] for sample in SAMPLES],
    ids=[str(sample[0]) for sample in SAMPLES],
)
def test_keypad_line(shown: Page, mask: str, layout: Format, line: str) -> None:
    assert keypad_line(shown, mask, layout) == line


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

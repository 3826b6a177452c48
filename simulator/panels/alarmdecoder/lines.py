"""Keypad pages as the adapter's lines. Simulated, pure (docs/protocol/alarmdecoder.md#flags)."""

from collections.abc import Iterable
from typing import Literal

from simulator.panels.pages import Page

type Format = Literal["new", "old", "oldest"]

_PLAIN = 3  # flag 17 of a page without a number


def mask_of(addresses: Iterable[int]) -> str:
    """Return keypad addresses as the mask of the raw field: byte n/8, bit n mod 8."""
    octets = bytearray(4)
    for address in addresses:
        octets[address // 8] |= 1 << address % 8
    return octets.hex()


def keypad_line(
    page: Page, mask: str, layout: Format = "new", *, two_digits: bool = False
) -> str:
    """Return a page as a keypad line without its end; every flag is a copy of a raw bit, as on the real bus.

    With `two_digits` the code is what the zone byte holds, and only the text says that zone 23 is 123.
    """
    display = 0 if page.numbered else _PLAIN
    flags = [
        page.ready,
        page.away,
        page.stay,
        page.backlight,
        page.programming,
        page.beeps,
        page.bypass,
        page.ac,
        page.chime,
        page.memory,
        page.sounding,
        page.low_battery,
        page.instant,
        page.fire,
        page.check,
        page.night,
        display,
    ]
    shown = "".join(f"{int(flag):x}" for flag in flags) + "A--"
    if layout == "old":
        shown = shown[:16] + "----"
    elif layout == "oldest":
        shown = shown[:12] + "--------"
    mask = "00000000" if page.system_wide else mask
    cursor = "02" + "00" if page.cursor is None else f"01{page.cursor:02x}"
    raw = (
        f"f7{mask}{page.code[-2:]}{page.beeps | page.night << 4:02x}"
        f"{_byte_7(page, display):02x}{_byte_8(page):02x}{cursor}{page.extra}"
    )
    if layout != "new":
        raw = raw[:24]
    code = f"0{page.code[-2:]}" if two_digits and page.numbered else page.code
    return f'[{shown}],{code},[{raw}],"{page.text}"'


def _byte_7(page: Page, display: int) -> int:
    bits = (
        (page.stay, 0x80),
        (page.low_battery, 0x40),
        (page.fire, 0x20),
        (page.ready, 0x10),
        (page.check, 0x02),
        (page.fire_sounding, 0x01),
    )
    return sum(bit for is_set, bit in bits if is_set) | display << 2


def _byte_8(page: Page) -> int:
    bits = (
        (page.instant, 0x80),
        (page.programming, 0x40),
        (page.chime, 0x20),
        (page.bypass, 0x10),
        (page.ac, 0x08),
        (page.away, 0x04),
        (page.memory, 0x02),
        (page.sounding, 0x01),
    )
    return sum(bit for is_set, bit in bits if is_set)


def expander_line(zone: int, value: int) -> str | None:
    """Return the line of a zone on an expander, zones 9 to 48; others have none.

    See docs/protocol/alarmdecoder.md#expanders-and-relays.
    """
    if not 9 <= zone <= 48:
        return None
    address, channel = divmod(zone - 9, 8)
    return f"!EXP:{address + 7:02d},{channel + 1:02d},{value:02d}"


def rf_line(serial: str, *, is_open: bool, low_battery: bool) -> str:
    """Return the line of an RF sensor on loop 1; the panel's hexadecimal serial becomes seven digits."""
    value = (0x80 if is_open else 0) | (0x02 if low_battery else 0)
    return f"!RFX:{int(serial, 16) % 10_000_000:07d},{value:02x}"

"""Our reading of keypad lines beside that of the vendor's library.

Where they differ the library is wrong, and the difference has its place here
(docs/protocol/alarmdecoder.md#flags, docs/protocol/alarmdecoder.md#numeric-code,
docs/protocol/alarmdecoder.md#sample-lines).
"""

from alarmdecoder.messages import Message as VendorMessage
from alarmdecoder.util import InvalidMessageError
from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.local.alarmdecoder.lines import decode_line
from custom_components.panelsync.client.local.alarmdecoder.messages import Keypad

from .samples import LINES
from .site import keypad

SAME = {
    "ready": "ready",
    "armed_away": "armed_away",
    "armed_home": "armed_home",
    "programming": "programming_mode",
    "bypassed": "zone_bypassed",
    "ac_power": "ac_power",
    "chime": "chime_on",
    "alarm_memory": "alarm_event_occurred",
    "alarm_sounding": "alarm_sounding",
    "battery_low": "battery_low",
    "entry_delay_off": "entry_delay_off",
    "fire": "fire_alarm",
    "check": "check_zone",
    "perimeter_only": "perimeter_only",
}
# The library takes a dash for set.
DASHES = {45: {"entry_delay_off", "fire", "check", "perimeter_only"}}
# It knows no panel type but A and D.
REFUSED = {46}
# It ends its reader thread.
DIES = {90, 92}


def differences(line: bytes) -> set[str]:
    """Return the flags that the two read in different ways."""
    ours = decode_line(line)
    assert isinstance(ours, Keypad)
    vendors = VendorMessage(line.decode())
    assert vendors.text == ours.text
    assert vendors.beeps == ours.beeps
    return {
        mine
        for mine, theirs in SAME.items()
        if bool(getattr(ours, mine)) is not bool(getattr(vendors, theirs))
    }


@pytest.mark.parametrize("number", [*range(1, 46), 96])
def test_sample_lines(number: int) -> None:
    assert differences(LINES[number]) == DASHES.get(number, set())


@pytest.mark.parametrize("number", sorted(REFUSED))
def test_lines_that_only_we_take(number: int) -> None:
    assert isinstance(decode_line(LINES[number]), Keypad)
    with pytest.raises(InvalidMessageError):
        VendorMessage(LINES[number].decode())


@pytest.mark.parametrize("number", sorted(DIES))
def test_lines_that_end_the_library(number: int) -> None:
    with pytest.raises(ValueError, match=r".*"):
        VendorMessage(LINES[number].decode())
    decode_line(LINES[number])


@given(
    st.text("01", min_size=15, max_size=15),
    st.integers(0, 7),
    st.sampled_from("03"),
    st.text(
        st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters='"'),
        max_size=32,
    ),
)
def test_lines_by_chance(flags: str, beeps: int, display: str, text: str) -> None:
    line = keypad(text, flags=f"{flags[:5]}{beeps}{flags[5:]}{display}A--")
    assert differences(line) == set()

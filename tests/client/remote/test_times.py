"""Times in every form in which such a service writes one."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from hypothesis import example, given, strategies as st
import pytest

from custom_components.panelsync.client.remote.decode.times import (
    EARLIEST,
    LATEST,
    TICKS_START,
    ticks_time,
    utc_time,
)

pytestmark = pytest.mark.kind("times")

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICKS = (NINE - TICKS_START) // timedelta(microseconds=1) * 10


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-22 09:00:00 AM",
        "2026-11-22 09:00:00",
        "2026-11-22 09:00",
        "2026-11-22T09:00:00",
        "2026-11-22T09:00:00Z",
        "2026-11-22t09:00:00z",
        "2026-11-22T09:00:00.000",
        "2026-11-22T09:00:00.0000000Z",
        "2026-11-22T10:00:00+01:00",
        "2026-11-22T10:00:00+0100",
        "2026-11-22T10:00:00+01",
        "2026-11-22T04:00:00.000-05:00",
        "2026-11-22 09:00:00 UTC",
        "2026-11-22 09:00:00 GMT",
        "2026/11/22 09:00:00",
        "20261122T090000Z",
        "20261122T090000",
        "20261122090000",
        "11/22/2026 09:00:00 AM",
        "11/22/2026 9:00:00 AM",
        "11/22/2026 9:00 AM",
        "11/22/26 9:00 AM",
        "22/11/26 09:00",
        "11/22/2026 9:00am",
        "11/22/2026 9:00 a.m.",
        "11/22/2026, 9:00:00 AM",
        "11/22/2026 09:00:00",
        "22/11/2026 09:00:00",
        "22/11/2026 09:00:00 AM",
        "22-11-2026 09:00",
        "22.11.2026 09:00:00",
        "Nov 22 2026  9:00AM",
        "Nov 22, 2026 9:00:00 AM",
        "November 22, 2026 9:00 AM",
        "Sunday, November 22, 2026 9:00:00 AM",
        "22 Nov 2026 09:00:00",
        "22-Nov-2026 09:00:00",
        "Sun, 22 Nov 2026 09:00:00 GMT",
        "Sun, 22 Nov 2026 04:00:00 -0500",
        "Sun Nov 22 09:00:00 2026",
        "/Date(1795338000000)/",
        "\\/Date(1795338000000)\\/",
        "/Date(1795338000000+0100)/",
        "/Date(1795338000000-0500)/",
        "new Date(1795338000000)",
        1795338000,
        1795338000.0,
        1795338000000,
        "1795338000",
        "1795338000000",
        TICKS,
        str(TICKS),
    ],
)
def test_each_form_is_read(value: object) -> None:
    assert utc_time(value) == NINE


@pytest.mark.parametrize(
    "value",
    [
        # Written in no form, or of no date.
        "yesterday",
        "",
        " ",
        None,
        True,
        [],
        {},
        "2026-11-22",
        "11/22/2026",
        "2026-13-22 09:00:00",
        "2026-02-30 09:00:00",
        "2026-11-22 24:30:00",
        "2026-11-22 15:00:00 PM",
        "2026-11-22 00:00:00 AM",
        "2026-11-22 09:00:00 +99:00",
        "13/13/2026 09:00:00",
        "Nov 22 09:00",
        "/Date(x)/",
        "/Date()/",
        "\u0662\u0660\u0662\u0666-11-22 09:00:00",
        "2026-11-22 09:00:00" + " " * 100,
        # Day or month first, and nothing to tell.
        "10/6/2026 15:49:07",
        "06-10-2026 15:49:07",
        "22-11-26 09:00:00",
        "11/22-2026 09:00:00",
        # Never.
        "1/1/1900 12:00:00 AM",
        "1900-01-01T00:00:00",
        "0001-01-01T00:00:00",
        "01/01/0001 00:00:00",
        "9999-12-31T23:59:59.9999999",
        "12/31/9999 11:59:59 PM",
        "1753-01-01 00:00:00",
        "1899-12-30 00:00:00",
        "1970-01-01T00:00:00Z",
        "2079-06-06 00:00:00",
        "2038-01-19 03:14:07",
        "/Date(-62135596800000)/",
        "/Date(253402300799999)/",
        "/Date(0)/",
        "/Date(99999999999999999)/",
        0,
        -1,
        1,
        2**31 - 1,
        2**62,
        2**63,
        10**400,
        "0",
        "9" * 19,
        float("nan"),
        float("inf"),
        1e300,
        3155378975999999999,
        864000000000,
    ],
)
def test_what_cannot_be_read_and_what_is_never_is_unknown(value: object) -> None:
    """Neither is guessed, and neither is now."""
    assert utc_time(value) is None


def test_an_american_clock_has_an_american_date() -> None:
    """Month first, where AM or PM stands behind it."""
    assert utc_time("10/6/2026 3:49:07 PM") == datetime(
        2026, 10, 6, 15, 49, 7, tzinfo=UTC
    )


@given(
    st.datetimes(
        EARLIEST.replace(tzinfo=None), datetime(2037, 12, 31), timezones=st.just(UTC)
    ).map(lambda moment: moment.replace(microsecond=0))
)
def test_every_moment_is_read_from_every_form(moment: datetime) -> None:
    """As .NET, SQL servers, browsers and mail write it."""
    since = moment - EPOCH
    for written in (
        f"{moment:%Y-%m-%d %I:%M:%S %p}",
        f"{moment:%Y-%m-%d %H:%M:%S}",
        f"{moment:%m/%d/%Y %I:%M:%S %p}",
        f"{moment:%b %d %Y %I:%M%p}"
        if not moment.second
        else f"{moment:%b %d %Y %I:%M:%S%p}",
        moment.isoformat(),
        format_datetime(moment, usegmt=True),
        f"/Date({since // timedelta(milliseconds=1)})/",
        since // timedelta(milliseconds=1),
        since // timedelta(seconds=1),
        (moment - TICKS_START) // timedelta(microseconds=1) * 10,
    ):
        assert utc_time(written) == moment


@given(
    st.text(max_size=80)
    | st.integers()
    | st.floats()
    | st.from_regex(r"[0-9/:. TZAPMapm+-]{0,40}", fullmatch=True)
)
def test_no_time_breaks_the_reading(value: object) -> None:
    """It is a moment of this service's life, in UTC, or unknown."""
    found = utc_time(value)
    assert found is None or (found.tzinfo is UTC and EARLIEST <= found < LATEST)


@given(st.integers())
@example(3_155_378_976_000_000_000)
@example(2**62 - 1)
def test_ticks_never_raise(ticks: int) -> None:
    """Ticks of year 1 or 9999 are unknown."""
    found = ticks_time(ticks)
    assert found is None or EARLIEST <= found < LATEST

"""One log line when a location is lost and one when it is back, whatever the fault.

The cells of the matrix show that the client itself writes no line above debug. Lines
are written by Home Assistant's coordinators, so here each fault lasts for a quarter of
an hour in a Home Assistant. Timeout, reset and drip sleep at the service, which nothing
can do on a clock moved by hand.
"""

import pytest

from simulator import SimulatorOptions
from tests.home_assistant.conftest import (  # noqa: F401
    StartHome,
    custom_integrations,
    home,
    options,
    pauses_pass_at_once,
    recorder_off,
    simulator,
    start_home,
)
from tests.home_assistant.home import HEALTHY, STALE, Home

from .broken import AFTER, BEFORE, BUSY, GONE
from .report import WHOLE
from .test_calm import lines

FAULTS = (
    *("refuse" if fault == "hang_up" else fault for fault in BEFORE),
    *(fault for fault in AFTER if fault not in ("timeout", "reset")),
    *GONE,
    *BUSY,
    "401",
    "missing_section",
    "unknown_code",
)

# This is an answer: what it does not tell is unknown, and nothing is lost (tc 8 quirks).
PARTIAL = ("wrong_types",)


@pytest.mark.parametrize("options", [SimulatorOptions(locations=2)], ids=["two"])
@pytest.mark.parametrize("fault", FAULTS if WHOLE else FAULTS[::3])
async def test_a_lost_location_is_told_once_and_its_return_once(
    home: Home,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
    fault: str,
) -> None:
    lost, other = (home.location(index).name for index in (HEALTHY, STALE))
    caplog.clear()
    home.simulator.faults.add(
        f"locations/{home.location_id(HEALTHY)}/", fault, 1_000_000
    )
    await home.wait(900, step=15)
    state = home.state("sensor", "arming_state", HEALTHY).state
    assert state == ("unknown" if fault in PARTIAL else "unavailable")
    home.simulator.faults.clear()
    # What was gone is looked for hourly; anything else is back with the next look.
    for _ in range(90):
        if home.state("sensor", "arming_state", HEALTHY).state == "disarmed":
            break
        await home.wait(60, step=30)
    assert home.state("sensor", "arming_state", HEALTHY).state == "disarmed"
    told = lines(caplog)
    assert len([line for line in told if lost in line]) == (
        0 if fault in PARTIAL else 2
    ), told
    assert not [line for line in told if other in line]

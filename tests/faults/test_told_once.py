"""One log line when something is lost and one when it is back, at every place.

The cells of the matrix show that the client itself writes no line above debug. Lines
are written by Home Assistant's coordinators, so here every place that is asked again and
again meets every fault for half an hour in a Home Assistant. What that costs, and whom,
stands in a table written by hand.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest

from simulator import Simulator, SimulatorOptions
from tests.home_assistant.conftest import (  # noqa: F401
    StartHome,
    custom_integrations,
    pauses_pass_at_once,
)
from tests.home_assistant.home import HEALTHY, STALE, Home

from .broken import FAULTS, GONE, broken_wire
from .expected import ACCOUNT, CONFIGURATION, TOKEN
from .report import WHOLE, Report
from .test_calm import lines

STATUS: Final = "GET /tc2api.tcresource/api/v3/locations/{id}/partitions/fullstatus"
OLDER_STATUS: Final = STATUS.replace("/v3/", "/v1/")
EVENTS: Final = "POST /tc2api.tcresource/api/v1/locations/{id}/devices/0/events"
PENDING: Final = "GET /tc2api.tcresource/api/v1/account/users"
SERVICE: Final = "GET /tc2api.tcresource/api/dashboard"


@dataclass(frozen=True)
class Place:
    """What is asked at HEALTHY or of the account, and what is lost without it."""

    name: str
    asked: tuple[str, ...]
    loses: frozenset[str]
    answered: tuple[str, ...] = ()
    session_ends: bool = False


NOTHING: Final = frozenset[str]()
HERE: Final = frozenset({"here"})
ALL: Final = frozenset({"account", "here", "there"})
# An answer of other types is still one: it leaves unknown what it does not tell.
PARTIAL: Final = ("wrong_types",)
# A slow answer is an answer (docs/protocol/total-connect.md#quirks: allow 60 s).
SLOW: Final = ("drip",)
# What is answered so is not offered at this address; the next way is taken
# (docs/protocol/total-connect.md#result-codes,
# docs/architecture.md#ways-to-start-a-user-sync).
NOT_OFFERED: Final = (*GONE, "403", "html", "redirect", "500_999")
PLACES: Final = (
    Place("status, one way", (STATUS,), HERE, (*SLOW, *PARTIAL, *NOT_OFFERED)),
    Place("status, all ways", (STATUS, OLDER_STATUS), HERE, (*SLOW, *PARTIAL)),
    # Beside the status: what they tell stays as it was.
    Place("event log", (EVENTS,), NOTHING),
    Place("pending user changes", (PENDING,), NOTHING),
    Place("service status", (SERVICE,), NOTHING),
    Place("account", (ACCOUNT,), frozenset({"account"}), SLOW),
    # Without a session nobody is let in.
    Place("token", (TOKEN,), ALL, SLOW, session_ends=True),
    Place("configuration", (CONFIGURATION,), ALL, SLOW, session_ends=True),
)
CELLS: Final = [(place, fault) for fault in FAULTS for place in PLACES]


@asynccontextmanager
async def ticking(freezer: FrozenDateTimeFactory) -> AsyncIterator[None]:
    """Let the frozen clock run on, as some faults are made of waiting."""

    async def tick() -> None:
        while True:
            await asyncio.to_thread(lambda: None)
            freezer.tick(0.01)

    task = asyncio.create_task(tick())
    try:
        yield
    finally:
        task.cancel()


@pytest.mark.shows("log-when-unavailable")
@pytest.mark.parametrize("options", [SimulatorOptions(locations=2)], ids=["two"])
@pytest.mark.parametrize(
    ("place", "fault"),
    # The sample lets every fault meet a place, and every place several faults.
    CELLS if WHOLE else CELLS[:: len(PLACES) + 1],
    ids=lambda value: getattr(value, "name", value),
)
async def test_a_loss_is_told_once_and_its_end_once(
    start_home: StartHome,
    simulator: Simulator,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    record_property: Report,
    place: Place,
    fault: str,
) -> None:
    lasts = False

    def meets(asked: str, url: str) -> str | None:
        elsewhere = str(list(simulator.world.locations)[STALE]) in url
        return fault if lasts and asked in place.asked and not elsewhere else None

    async with broken_wire(simulator, meets) as wire, ticking(freezer):
        with patch("custom_components.panelsync.async_http_session", return_value=wire):
            home = await start_home()
        # The sign-in is long enough ago that another one need not wait
        # (docs/architecture.md#sign-in-discipline).
        await home.wait(360, step=60)
        caplog.clear()
        lasts = True
        if place.session_ends:
            simulator.accounts.end_sessions()
        await home.wait(1900, step=60)
        if PENDING in place.asked:
            await home.wait(3600, step=60)
        assert wire.faults, "it was never asked"
        lost = NOTHING if fault in place.answered else place.loses
        state = home.state("sensor", "arming_state", HEALTHY).state
        assert (state == "unavailable") is ("here" in lost)
        lasts = False
        simulator.faults.clear()
        # What was gone is looked for hourly, and signing in is spaced
        # (docs/architecture.md#sign-in-discipline).
        for _ in range(90):
            await home.wait(60, step=60)
            if len(lines(caplog)) >= 2 * len(lost):
                break
        await home.wait(900, step=60)
        assert home.state("sensor", "arming_state", HEALTHY).state == "disarmed"
        _check(home, lines(caplog), lost)
        record_property("told", 1)
        await home.hass.config_entries.async_unload(home.entry.entry_id)


def _check(home: Home, told: list[str], lost: frozenset[str]) -> None:
    managers = home.entry.runtime_data.locations
    names = {
        "account": home.entry.entry_id,
        # No log names a house; the coordinator's alias leads back to nothing.
        "here": managers[home.location_id(HEALTHY)].location.name,
        "there": managers[home.location_id(STALE)].location.name,
    }
    for whose, name in names.items():
        about = [line for line in told if name in line]
        assert len(about) == (2 if whose in lost else 0), (whose, told)
    assert len(told) == 2 * len(lost), told

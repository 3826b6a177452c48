"""Local panels in the demo: added through their own flow, and held to the truth."""

import asyncio
from collections.abc import Callable, Sequence
import contextlib
from dataclasses import dataclass
import statistics
import time
from typing import Any, Literal, Self

from .flow import add_entry
from .home import Home
from .registry import Account, Place, find_panel
from .simulator import Simulator
from .table import Row

type Face = Literal["ad2", "vista"]
type Link = Literal["tcp", "pty"]

# The first location has an AlarmDecoder on the network, the second a VISTA on a
# serial port.
FACES: Sequence[tuple[Face, Link]] = (("ad2", "tcp"), ("vista", "pty"))
_FAMILIES = {"ad2": "alarmdecoder", "vista": "vista_serial"}

_HEARD_SECONDS = 60
_DOOR_SECONDS = 2
_DOORS = 20
_SHOWN_SECONDS = 1.0  # from a door to the state
_LATE_DOORS = 1  # a busy machine may stop any one of us for a moment
_LAG_SECONDS = 180  # a difference that is younger is normal lag
_MISMATCH_SECONDS = 300
_ENDED_SECONDS = 60


@dataclass(frozen=True, slots=True)
class LocalPanel:
    """A panel's own device, and the location it serves."""

    face: Face
    link: Link
    location_id: int
    location: Place
    place: Place


async def add_panels(
    home: Home, simulator: Simulator, account: Account
) -> list[LocalPanel]:
    """Give the first locations a local link each, as a person would; raises DemoError."""
    panels = []
    for (face, link), (location_id, location) in zip(
        FACES, account.locations.items(), strict=False
    ):
        url = await simulator.open_face(location_id, face, link)
        known = {
            "device": url,
            "family": _FAMILIES[face],
            "location": f"{account.user_id}_{location_id}",
        }
        # A VISTA says nothing of itself, and nothing is asked of a port that was not
        # heard: a door that is used makes it speak, as in any house.
        using = asyncio.create_task(_use_a_door(simulator, location_id))
        try:
            entry_id = await add_entry(home, "panel", known)
            await asyncio.sleep(2 * _DOOR_SECONDS)
        finally:
            using.cancel()
            await asyncio.gather(using, return_exceptions=True)
        await simulator.set_zone(location_id, 1, is_open=False)
        place = await find_panel(home, entry_id)
        panels.append(LocalPanel(face, link, location_id, location, place))
    return panels


async def _use_a_door(simulator: Simulator, location_id: int) -> None:
    """Open and close a door until somebody has heard of it."""
    while True:
        for is_open in (True, False):
            await simulator.set_zone(location_id, 1, is_open=is_open)
            await asyncio.sleep(_DOOR_SECONDS)


class States:
    """The newest state of every entity, as Home Assistant announces it."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._newest: dict[str, str] = {}
        self._moved = asyncio.Event()

    @classmethod
    async def listen(cls, home: Home) -> Self:
        """Take every state, and each change from now on."""
        states = cls()
        await home.listen("state_changed", states._take)
        for state in await home.rest("GET", "/api/states"):
            states._newest.setdefault(state["entity_id"], state["state"])
        return states

    async def until(self, entity_id: str, state: str, most: float) -> float:
        """Return how long it took until an entity had a state; `most` if it never had."""
        begun = time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(most):
                while self._newest.get(entity_id) != state:
                    await self._moved.wait()
                return time.monotonic() - begun
        return most

    def _take(self, data: dict[str, Any]) -> None:
        new = data["new_state"]
        self._newest[data["entity_id"]] = "" if new is None else new["state"]
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()


@dataclass(frozen=True, slots=True)
class PanelCheck:
    """Holds the panels' own links to the truth; `report` takes each judgement."""

    home: Home
    simulator: Simulator
    states: States
    report: Callable[[Row], None]

    async def doors(self, panel: LocalPanel) -> None:
        """Open a door before a panel again and again, and see how soon it shows."""
        await self._until(panel, "panel_connection", "on", _HEARD_SECONDS)
        await self._until(panel, "open_zones", "0", _HEARD_SECONDS)
        took = []
        for _ in range(_DOORS):
            begun = time.monotonic()
            await self.simulator.set_zone(panel.location_id, 1, is_open=True)
            await self._until(panel, "open_zones", "1", _HEARD_SECONDS)
            took.append(time.monotonic() - begun)
            await self.simulator.set_zone(panel.location_id, 1, is_open=False)
            await self._until(panel, "open_zones", "0", _HEARD_SECONDS)
        late = sum(seconds >= _SHOWN_SECONDS for seconds in took)
        good = late <= _LATE_DOORS
        usual = statistics.median(took)
        self._report(
            panel,
            f"{_DOORS} doors, {panel.face}, {panel.link}",
            usual,
            outcome="shown" if good else "late",
            detail=f"median {usual:.3f} s, longest {max(took):.3f} s",
            expected=f"shown in under {_SHOWN_SECONDS:.0f} s",
            good=good,
        )

    async def mismatch(self, panel: LocalPanel) -> None:
        """Let a panel and the service differ, and end that by a refresh."""
        await self.simulator.lose_reports(panel.location_id)
        await self._until(panel, "ready", "on", _HEARD_SECONDS)
        await self.simulator.arm_locally(panel.location_id)
        seen = await self._until(panel, "status_mismatch", "on", _MISMATCH_SECONDS)
        await self.home.press(panel.location.entities["refresh_status"])
        ended = await self._until(panel, "status_mismatch", "off", _ENDED_SECONDS)
        # Home Assistant may have heard of it a moment before we know that it was done.
        late_enough = seen >= _LAG_SECONDS - 1
        good = late_enough and seen < _MISMATCH_SECONDS and ended < _ENDED_SECONDS
        self._report(
            panel,
            "mismatch",
            seen,
            outcome="seen and ended" if good else "wrong",
            detail=f"ended {ended:.1f} s after a refresh",
            expected=f"seen after {_LAG_SECONDS} s, ended by a refresh",
            good=good,
        )

    def _report(
        self, panel: LocalPanel, kind: str, seconds: float, **judged: Any
    ) -> None:
        self.report(
            Row(
                profile=self.simulator.profile,
                seed=self.simulator.seed,
                location=panel.location.name,
                kind=kind,
                seconds=seconds,
                **judged,
            )
        )

    async def _until(
        self, panel: LocalPanel, key: str, state: str, most: float
    ) -> float:
        return await self.states.until(panel.place.entities[key], state, most)

"""Local panels in the demo: added through their own flow, and held to the truth."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
import time
from typing import Any, Literal

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
_SHOWN_SECONDS = 1.0  # from a door to the state
_LAG_SECONDS = 180  # a difference that is younger is normal lag
_MISMATCH_SECONDS = 300
_ENDED_SECONDS = 60
_LOOK_EVERY = 0.02


@dataclass(frozen=True, slots=True)
class LocalPanel:
    """A panel's own device, and the location it serves."""

    face: Face
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
        entry_id = await add_entry(home, "panel", known)
        place = await find_panel(home, entry_id)
        panels.append(LocalPanel(face, location_id, location, place))
    return panels


async def check_panels(
    home: Home,
    simulator: Simulator,
    panels: Sequence[LocalPanel],
    tell: Callable[[Row], None],
) -> None:
    """Open a door before each panel, then let one and the service differ."""

    def row(panel: LocalPanel, kind: str, seconds: float, **told: Any) -> None:
        tell(
            Row(
                profile=simulator.profile,
                seed=simulator.seed,
                location=panel.location.name,
                kind=kind,
                seconds=seconds,
                **told,
            )
        )

    for panel in panels:
        await _until(home, panel, "panel_connection", "on", _HEARD_SECONDS)
        await _until(home, panel, "open_zones", "0", _HEARD_SECONDS)
        await simulator.set_zone(panel.location_id, 1, is_open=True)
        took = await _until(home, panel, "open_zones", "1", _HEARD_SECONDS)
        row(
            panel,
            f"door, {panel.face}",
            took,
            outcome="shown" if took < _SHOWN_SECONDS else "late",
            detail="open_zones",
            expected=f"shown in under {_SHOWN_SECONDS:.0f} s",
            good=took < _SHOWN_SECONDS,
        )
        await simulator.set_zone(panel.location_id, 1, is_open=False)

    panel = panels[0]
    await simulator.lose_reports(panel.location_id)
    await _until(home, panel, "ready", "on", _HEARD_SECONDS)
    await simulator.arm_locally(panel.location_id)
    seen = await _until(home, panel, "status_mismatch", "on", _MISMATCH_SECONDS)
    await home.press(panel.location.entities["refresh_status"])
    ended = await _until(home, panel, "status_mismatch", "off", _ENDED_SECONDS)
    # Home Assistant may have heard of it a moment before we know that it was done.
    late_enough = seen >= _LAG_SECONDS - 1
    good = late_enough and seen < _MISMATCH_SECONDS and ended < _ENDED_SECONDS
    row(
        panel,
        "mismatch",
        seen,
        outcome="seen and ended" if good else "wrong",
        detail=f"ended {ended:.1f} s after a refresh",
        expected=f"seen after {_LAG_SECONDS} s, ended by a refresh",
        good=good,
    )


async def _until(
    home: Home, panel: LocalPanel, key: str, state: str, most: float
) -> float:
    """Return how long it took until an entity had a state; `most` if it never had."""
    begun = time.monotonic()
    path = f"/api/states/{panel.place.entities[key]}"
    while (waited := time.monotonic() - begun) < most:
        if (await home.rest("GET", path))["state"] == state:
            return waited
        await asyncio.sleep(_LOOK_EVERY)
    return most

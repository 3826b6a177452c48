"""`scripts/demo --check`: every button pressed, every outcome held to the truth."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
import time
from typing import Any

import aiohttp

from .flow import add_entry
from .home import CommandError, Home
from .outcomes import Outcomes
from .panels import PanelCheck, States, add_panels
from .press import Press, judge
from .registry import Account, Place, find_account
from .simulator import Simulator, known_fields
from .table import Row, print_table
from .truth import can_prove_without_change

PROFILES = ("rest", "soap", "bare", "old", "hidden")

_SPEED = 4.0  # of the simulated world
_OUTCOME_SECONDS = 150
# The 60 s of docs/architecture.md#checks-before-a-start, and a little.
_COOL_DOWN_SECONDS = 62
_BUTTONS = {
    "panel": "sync_panel",
    "users": "sync_users",
    "refresh": "refresh_status",
}
_NO_CHANGE_NO_PROOF = "a sensor was added first: nothing else could prove this sync"


@dataclass(frozen=True, slots=True)
class _Subject:
    """One account: its simulated service and what Home Assistant made of it."""

    simulator: Simulator
    account: Account
    switches: dict[str, Any]
    locations: list[dict[str, Any]]

    @property
    def any_user_sync(self) -> bool:
        """Whether any panel of the account has a user sync."""
        return any(place["supports_user_sync"] for place in self.locations)


class _Check:
    """The presses of one whole check, in one Home Assistant."""

    def __init__(self, home: Home, outcomes: Outcomes) -> None:
        self.rows: list[Row] = []
        self._home = home
        self._outcomes = outcomes
        self._pressed: dict[tuple[str, str], float] = {}

    async def account(self, subject: _Subject) -> None:
        """Press everything at one account; locations side by side, kinds in turn."""
        async with asyncio.TaskGroup() as group:
            for location_id in subject.account.locations:
                group.create_task(self._location(subject, location_id))
        await self._cool_down(subject, "users")
        await self._all_locations(subject)
        if can_prove_without_change(subject.switches) and subject.any_user_sync:
            await self._idle_service(subject)

    async def panels(self, simulator: Simulator) -> PanelCheck:
        """Return what holds the panels' own links to the truth."""
        states = await States.listen(self._home)
        return PanelCheck(self._home, simulator, states, self._report)

    async def _location(self, subject: _Subject, location_id: int) -> None:
        for kind in _BUTTONS:
            note = await self._prepare(subject, location_id, kind)
            await self._press(subject, location_id, kind, note=note)
        if (await subject.simulator.location(location_id))["armed"]:
            await subject.simulator.disarm(location_id)
            note = await self._prepare(subject, location_id, "panel")
            await self._press(
                subject, location_id, "panel", shown="panel, just disarmed", note=note
            )

    async def _prepare(self, subject: _Subject, location_id: int, kind: str) -> str:
        """Give a panel sync something to change where nothing else could prove it."""
        truth = await subject.simulator.location(location_id)
        if (
            kind != "panel"
            or can_prove_without_change(subject.switches)
            or not (truth["connected"] and truth["in_sync"])
            or truth["armed"]
        ):
            return ""
        await subject.simulator.add_sensor(location_id, "Attic Window")
        return _NO_CHANGE_NO_PROOF

    async def _all_locations(self, subject: _Subject) -> None:
        """Press "Sync users at all locations"."""
        button = subject.account.device.entities.get("sync_users_all")
        if button is None or not subject.any_user_sync:
            await self._nothing_to_start(subject, button)
            return
        locations = [
            location_id
            for location_id, place in subject.account.locations.items()
            if _BUTTONS["users"] in place.entities
        ]
        # The one press comes when the truth of every location was put down.
        ready = asyncio.Barrier(len(locations) + 1)

        async def press_once() -> str:
            await ready.wait()
            return await self._pressing(button)

        pressing = asyncio.create_task(press_once())

        async def press() -> str:
            await ready.wait()
            return await pressing

        async with asyncio.TaskGroup() as group:
            for location_id in locations:
                group.create_task(
                    self._press(
                        subject,
                        location_id,
                        "users",
                        shown="users, all locations",
                        press=press,
                    )
                )

    async def _nothing_to_start(self, subject: _Subject, button: str | None) -> None:
        """Press for all where no panel has a user sync: it must say so."""
        refusal = await self._pressing(button) if button else ""
        outcome = "no button" if button is None else "refused"
        self._report(
            Row(
                profile=subject.simulator.profile,
                seed=subject.simulator.seed,
                location="(account)",
                kind="users, all locations",
                outcome=outcome if refusal or button is None else "accepted",
                detail="",
                seconds=0.0,
                expected="no button or refused (no panel has a user sync)",
                good=not subject.any_user_sync and bool(refusal or button is None),
                note=refusal,
            )
        )

    async def _idle_service(self, subject: _Subject) -> None:
        """Let the service end its jobs with nothing done, while a door opens.

        That moves the report time, and must never be taken for a success.
        """
        simulator = subject.simulator
        location_id = next(
            place["id"]
            for place in subject.locations
            if place["connected"] and not place["armed"]
        )
        idle = {"panel_sync_result": "nothing", "user_sync_result": "nothing"}
        await simulator.switch(idle)
        await simulator.stage_user(location_id, "Robin Ashe")
        for kind in ("panel", "users"):
            await self._cool_down(subject, kind)
            door = asyncio.create_task(self._open_a_door(subject, location_id))
            await self._press(subject, location_id, kind, shown=f"{kind}, nothing done")
            await door

    async def _open_a_door(self, subject: _Subject, location_id: int) -> None:
        await asyncio.sleep(2)
        await subject.simulator.set_zone(location_id, 1, is_open=True)
        await asyncio.sleep(2)
        await subject.simulator.set_zone(location_id, 1, is_open=False)

    async def _press(
        self,
        subject: _Subject,
        location_id: int,
        kind: str,
        *,
        shown: str = "",
        note: str = "",
        press: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        """Press one location's button, or see what another press does there."""
        place: Place = subject.account.locations[location_id]
        before = await subject.simulator.location(location_id)
        button = place.entities.get(_BUTTONS[kind])
        begun = time.monotonic()
        seen = None
        if button is not None:
            self._pressed[subject.account.user_id, kind] = begun
            event = place.entities["sync"]
            self._outcomes.forget(event, kind)
            refusal = await (press() if press else self._pressing(button))
            note = ". ".join(filter(None, (note, refusal)))
            seen = await self._outcomes.wait(event, kind, _OUTCOME_SECONDS)
        self._report(
            judge(
                Press(
                    profile=subject.simulator.profile,
                    seed=subject.simulator.seed,
                    location=place.name,
                    kind=kind,
                    switches=subject.switches,
                    before=before,
                    after=await subject.simulator.location(location_id),
                    seen=seen,
                    seconds=(seen.at if seen else time.monotonic()) - begun,
                    has_button=button is not None,
                    shown=shown,
                    note=note,
                )
            )
        )

    async def _pressing(self, button: str) -> str:
        """Press a button; returns what Home Assistant says against it, or nothing."""
        try:
            await self._home.press(button)
        except CommandError as error:
            return str(error)
        return ""

    async def _cool_down(self, subject: _Subject, kind: str) -> None:
        """Wait until no location of the account is cooling down from a kind."""
        last = self._pressed.get((subject.account.user_id, kind), 0.0)
        await asyncio.sleep(max(0.0, last + _COOL_DOWN_SECONDS - time.monotonic()))

    def _report(self, row: Row) -> None:
        self.rows.append(row)
        print(row.line, flush=True)


async def check(seeds: Sequence[int], hass: Path) -> bool:
    """Run the whole check and return whether every outcome was allowed."""
    begun = time.monotonic()
    print(f"Seeds: {', '.join(map(str, seeds))} (--seed repeats them)", flush=True)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        home = await Home.start(http, "check", hass=hass)
        stack.push_async_callback(home.stop)
        print(f"Home Assistant runs at {home.url}", flush=True)
        subjects = []
        for profile in PROFILES:
            for seed in seeds:
                simulator = await Simulator.start(
                    http, profile=profile, seed=seed, folder="check", speed=_SPEED
                )
                stack.push_async_callback(simulator.child.stop)
                subjects.append(await _add(home, simulator))
        # A world of its own: what is done to its panels must not disturb the others.
        simulator = await Simulator.start(
            http,
            profile="rest",
            seed=max(seeds) + 1,
            folder="check",
            speed=1.0,
            locations=2,
        )
        stack.push_async_callback(simulator.child.stop)
        panels = await add_panels(
            home, simulator, (await _add(home, simulator)).account
        )
        run = _Check(home, await Outcomes.listen(home))
        by_panel = await run.panels(simulator)
        for panel in panels:
            # One by one, before all the presses: only the link itself is measured.
            await by_panel.doors(panel)
        async with asyncio.TaskGroup() as group:
            for subject in subjects:
                group.create_task(run.account(subject))
            group.create_task(by_panel.mismatch(panels[0]))
    print_table(run.rows)
    wrong = sum(not row.good for row in run.rows)
    print(
        f"{len(run.rows)} outcomes, {wrong} not as the truth dictates; "
        f"{time.monotonic() - begun:.0f} s; logs in .demo/check"
    )
    return not wrong


async def _add(home: Home, simulator: Simulator) -> _Subject:
    """Add one simulated account through the config flow."""
    known = known_fields(simulator)
    taught = simulator.profile == "hidden"
    if taught:
        # As a person would who recorded a visit to the website first.
        recording = await home.upload(await simulator.recording())
        known |= {"teach": True, "recording": recording}
    await add_entry(home, "account", known)
    state = await simulator.state()
    state["switches"]["taught"] = taught
    account = await find_account(home, state)
    print(
        f"Added the account of {simulator.profile}, seed {simulator.seed}", flush=True
    )
    return _Subject(simulator, account, state["switches"], state["locations"])

"""`scripts/demo --check`: every button pressed, every outcome held to the truth."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
import time
from typing import Any

import aiohttp

from .flow import add_account
from .home import CommandError, Home
from .outcomes import Outcomes, Seen
from .registry import Account, Place, find_account
from .simulator import Simulator, known_fields
from .table import Row, print_table
from .truth import allowed, can_prove_without_change, violation

PROFILES = ("rest", "soap", "bare", "old")

_SPEED = 4.0  # of the simulated world
_OUTCOME_SECONDS = 150
_COOL_DOWN_SECONDS = 60
_BUTTONS = {
    "panel": "sync_panel",
    "users": "sync_users",
    "refresh": "refresh_status",
}


@dataclass(frozen=True, slots=True)
class _Subject:
    """One account: its simulated service and what Home Assistant made of it."""

    simulator: Simulator
    account: Account
    switches: dict[str, Any]
    locations: list[dict[str, Any]]


class _Check:
    """The presses of one whole check, in one Home Assistant."""

    def __init__(self, home: Home, outcomes: Outcomes) -> None:
        self.rows: list[Row] = []
        self._home = home
        self._outcomes = outcomes
        self._last_users_press: dict[str, float] = {}

    async def account(self, subject: _Subject) -> None:
        """Press everything at one account; locations side by side, kinds in turn."""
        async with asyncio.TaskGroup() as group:
            for location_id, place in subject.account.locations.items():
                group.create_task(self._location(subject, location_id, place))
        await self._all_locations(subject)

    async def _location(
        self, subject: _Subject, location_id: int, place: Place
    ) -> None:
        for kind in _BUTTONS:
            await self._press_one(subject, location_id, place, kind)

    async def _press_one(
        self, subject: _Subject, location_id: int, place: Place, kind: str
    ) -> None:
        note = await self._prepare(subject, location_id, kind)
        before = await subject.simulator.location(location_id)
        button = place.entities.get(_BUTTONS[kind])
        if button is None:
            self._judge(subject, place, kind, before, before, None, 0.0, button=False)
            return
        event = place.entities["sync"]
        self._outcomes.forget(event, kind)
        pressed = time.monotonic()
        if kind == "users":
            self._last_users_press[subject.account.user_id] = pressed
        try:
            await self._home.press(button)
        except CommandError as error:
            note = f"{note} {error}".strip()
        seen = await self._outcomes.wait(event, kind, _OUTCOME_SECONDS)
        seconds = (seen.at if seen else time.monotonic()) - pressed
        after = await subject.simulator.location(location_id)
        self._judge(subject, place, kind, before, after, seen, seconds, note=note)

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
        return "a sensor was added at the panel first: no change, no proof."

    async def _all_locations(self, subject: _Subject) -> None:
        """Press "Sync users at all locations" once the cool-down is over."""
        account = subject.account
        button = account.device.entities.get("sync_users_all")
        if button is None:
            self.rows.append(_without_button(subject))
            return
        last = self._last_users_press.get(account.user_id, 0.0)
        await asyncio.sleep(max(0.0, last + _COOL_DOWN_SECONDS + 2 - time.monotonic()))
        places = {
            location_id: place
            for location_id, place in account.locations.items()
            if "sync_users" in place.entities
        }
        before = {key: await subject.simulator.location(key) for key in places}
        for place in places.values():
            self._outcomes.forget(place.entities["sync"], "users")
        pressed = time.monotonic()
        refusal = ""
        try:
            await self._home.press(button)
        except CommandError as error:
            refusal = str(error)
        if not places:
            self.rows.append(_nothing_to_start(subject, refusal))
            return

        async def one(location_id: int, place: Place) -> None:
            seen = await self._outcomes.wait(
                place.entities["sync"], "users", _OUTCOME_SECONDS
            )
            seconds = (seen.at if seen else time.monotonic()) - pressed
            after = await subject.simulator.location(location_id)
            self._judge(
                subject,
                place,
                "users",
                before[location_id],
                after,
                seen,
                seconds,
                note=refusal,
                shown="users (all)",
            )

        async with asyncio.TaskGroup() as group:
            for location_id, place in places.items():
                group.create_task(one(location_id, place))

    def _judge(
        self,
        subject: _Subject,
        place: Place,
        kind: str,
        before: dict[str, Any],
        after: dict[str, Any],
        seen: Seen | None,
        seconds: float,
        *,
        button: bool = True,
        note: str = "",
        shown: str = "",
    ) -> None:
        expected = allowed(kind, subject.switches, before, after)
        fault = violation(kind, seen.outcome, before, after) if seen else None
        if not button or not expected.button:
            good = not button and not expected.button
            outcome = "no button" if not button else "button"
        elif seen is None:
            good, outcome = False, "no outcome"
        else:
            outcome = seen.outcome
            good = (
                outcome in expected.outcomes
                and fault is None
                and (not expected.reasons or seen.reason in expected.reasons)
                and bool(seen.reason or not expected.needs_reason)
            )
        self.rows.append(
            Row(
                profile=subject.simulator.profile,
                seed=subject.simulator.seed,
                location=place.name,
                kind=shown or kind,
                outcome=outcome,
                detail=seen.detail if seen else "",
                seconds=seconds,
                expected=f"{expected.text} ({expected.why})",
                good=good,
                note=". ".join(filter(None, (fault, note))),
            )
        )
        print(self.rows[-1].line, flush=True)


async def check(seeds: Sequence[int]) -> bool:
    """Run the whole check and return whether every outcome was allowed."""
    begun = time.monotonic()
    print(f"Seeds: {', '.join(map(str, seeds))} (--seed repeats them)", flush=True)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        home = await Home.start(http, "check")
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
        run = _Check(home, await Outcomes.listen(home))
        async with asyncio.TaskGroup() as group:
            for subject in subjects:
                group.create_task(run.account(subject))
    print_table(run.rows)
    wrong = sum(not row.good for row in run.rows)
    print(
        f"{len(run.rows)} outcomes, {wrong} not as the truth dictates; "
        f"{time.monotonic() - begun:.0f} s; logs in .demo/check"
    )
    return not wrong


async def _add(home: Home, simulator: Simulator) -> _Subject:
    """Add one simulated account through the config flow."""
    await add_account(home, known_fields(simulator))
    state = await simulator.state()
    account = await find_account(home, state)
    print(
        f"Added the account of {simulator.profile}, seed {simulator.seed}", flush=True
    )
    return _Subject(simulator, account, state["switches"], state["locations"])


def _without_button(subject: _Subject) -> Row:
    """Judge that the account has no button for all: right if no panel could."""
    return _account_row(subject, "no button", "", good=not _any_user_sync(subject))


def _nothing_to_start(subject: _Subject, refusal: str) -> Row:
    """Judge a press for all where no location has a user sync: it must say so."""
    outcome = "refused" if refusal else "accepted"
    good = bool(refusal) and not _any_user_sync(subject)
    return _account_row(subject, outcome, refusal, good=good)


def _account_row(subject: _Subject, outcome: str, detail: str, *, good: bool) -> Row:
    return Row(
        profile=subject.simulator.profile,
        seed=subject.simulator.seed,
        location="(account)",
        kind="users (all)",
        outcome=outcome,
        detail=detail,
        seconds=0.0,
        expected="an outcome at each location"
        if _any_user_sync(subject)
        else "no button or refused (no panel has a user sync)",
        good=good,
    )


def _any_user_sync(subject: _Subject) -> bool:
    return any(place["supports_user_sync"] for place in subject.locations)

"""Presses at one location or at many, and waiting for their outcomes."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError

from ..announcements import BATCHES, AllEnded, AllStarted, BatchResult, async_announce
from ..client import FOLLOW_LIMIT, EndedRun, OpenRun, Outcome, SyncKind
from ..errors import translated
from ..messages import error_text, reason_text
from .manager import SyncManager
from .press import Press

ALL_AT_ONCE = 2
# A run gives up with its first look after 10 minutes; that outcome is waited for.
WAIT_LIMIT = FOLLOW_LIMIT + timedelta(seconds=30)


async def async_press_all(
    hass: HomeAssistant,
    managers: Sequence[SyncManager],
    kind: SyncKind,
    context: Context | None,
) -> list[Press]:
    """Start one run at each location, at most 2 at a time.

    Where several locations of one account were requested, Activity shows on the account
    where it started and who was left out.
    """
    slots = asyncio.Semaphore(ALL_AT_ONCE)

    async def begin(manager: SyncManager) -> Press:
        async with slots:
            return await manager.async_begin(kind, context)

    presses = await asyncio.gather(*map(begin, managers))
    for _, of_account in groupby(sorted(presses, key=_entry_id), key=_entry_id):
        _announce_several(hass, list(of_account), kind, context)
    return presses


def _entry_id(press: Press) -> str:
    return press.location.config_entry.entry_id


def _named(presses: Iterable[Press]) -> Iterator[tuple[str, Press]]:
    """Name the location of each press; those of one name are numbered."""
    used: Counter[str] = Counter()
    for press in presses:
        name = press.location.display_name
        used[name] += 1
        yield name if used[name] == 1 else f"{name} ({used[name]})", press


def _announce_several(
    hass: HomeAssistant,
    presses: Sequence[Press],
    kind: SyncKind,
    context: Context | None,
) -> None:
    started = [name for name, press in _named(presses) if press.error is None]
    if len(presses) < 2 or not started:
        return
    account = presses[0].location.config_entry
    left_out = {
        name: error_text(hass, press.error)
        for name, press in _named(presses)
        if press.error
    }
    async_announce(
        hass, BATCHES, AllStarted(account, kind, tuple(started), left_out, context)
    )

    outcomes = [press.outcome for press in presses if press.outcome is not None]
    under_way = set(outcomes)

    @callback
    def announce_end(outcome: asyncio.Future[EndedRun]) -> None:
        under_way.discard(outcome)
        if not under_way and not any(outcome.cancelled() for outcome in outcomes):
            result = batch_result(hass, presses)
            async_announce(hass, BATCHES, AllEnded(account, kind, result, context))

    for outcome in outcomes:
        outcome.add_done_callback(announce_end)


def batch_result(hass: HomeAssistant, presses: Sequence[Press]) -> BatchResult:
    """Return what became of presses, as far as it is known now.

    Runs in progress are in none of the three.
    """
    done: list[str] = []
    failed: dict[str, str] = {}
    left_out: dict[str, str] = {}
    for name, press in _named(presses):
        record = press.record
        if isinstance(record, OpenRun):
            continue
        if record.outcome in (Outcome.SUCCEEDED, Outcome.FINISHED):
            done.append(name)
            continue
        refused = record.outcome is Outcome.REFUSED
        reason = reason_text(hass, press.location.report(record))
        (left_out if refused else failed)[name] = reason
    return BatchResult(tuple(done), failed, left_out)


def raise_if_nothing_started(hass: HomeAssistant, presses: Sequence[Press]) -> None:
    """Raise where nothing started, naming each reason."""
    errors = [press.error for press in presses if press.error is not None]
    if len(errors) < len(presses):
        return
    if len(errors) == 1:
        raise errors[0]
    raise translated(
        ServiceValidationError,
        "nothing_started",
        reasons="; ".join(error_text(hass, error) for error in errors),
    )


async def async_wait_for_outcomes(presses: Sequence[Press]) -> None:
    """Wait until every run that was begun has ended, about 10 minutes at most.

    A run continues if the wait is cancelled.
    """
    outcomes = [press.outcome for press in presses if press.outcome is not None]
    if outcomes:
        await asyncio.wait(outcomes, timeout=WAIT_LIMIT.total_seconds())

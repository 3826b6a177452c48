"""Presses: what became of each, at one location or at many."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import entity_registry as er

from ..bus_events import async_tell_all
from ..client.models import SyncKind
from ..client.sync.judgement import FOLLOW_LIMIT
from ..client.sync.run import EndedRun, OpenRun
from ..const import DOMAIN
from ..coordinators.location import LocationCoordinator
from ..errors import outcome_error
from ..messages import BUTTON_KEYS, error_text

if TYPE_CHECKING:
    from .manager import Runs

ALL_AT_ONCE = 2
# A run gives up with its first look after 10 minutes; that outcome is waited for.
WAIT_LIMIT = FOLLOW_LIMIT + timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Press:
    """What became of one press at one location.

    `outcome` is there where a run was begun, and gives its record once it has ended;
    it is cancelled where the entry is unloaded first.
    """

    coordinator: LocationCoordinator
    begun: OpenRun | EndedRun
    outcome: asyncio.Future[EndedRun] | None = None

    @property
    def record(self) -> OpenRun | EndedRun:
        """The run as far as it is known now."""
        if self.outcome is None or not self.outcome.done() or self.outcome.cancelled():
            return self.begun
        return self.outcome.result()

    @property
    def location(self) -> str:
        """The location's name."""
        return self.coordinator.location.name

    @property
    def error(self) -> HomeAssistantError | None:
        """The translated error of a press that ended at once, else None."""
        return outcome_error(self.begun, self.location)


async def async_press_all(
    hass: HomeAssistant,
    coordinators: Sequence[LocationCoordinator],
    kind: SyncKind,
    context: Context | None,
) -> list[Press]:
    """Start one run at each location, at most 2 at a time.

    Where several locations of one account were asked for, Activity tells on the
    account where it started and who was left out.
    """
    places = asyncio.Semaphore(ALL_AT_ONCE)

    async def begin(coordinator: LocationCoordinator, runs: Runs) -> Press:
        async with places:
            return await runs.async_begin(coordinator, kind, context)

    presses = await asyncio.gather(
        *(
            # Taken now: an entry that is unloaded meanwhile has none any more.
            begin(coordinator, coordinator.config_entry.runtime_data.runs)
            for coordinator in coordinators
        )
    )
    by_entry = sorted(presses, key=_entry_id)
    for _, of_one in groupby(by_entry, key=_entry_id):
        _tell_several(hass, list(of_one), kind, context)
    return presses


def _entry_id(press: Press) -> str:
    return press.coordinator.config_entry.entry_id


def _tell_several(
    hass: HomeAssistant,
    presses: Sequence[Press],
    kind: SyncKind,
    context: Context | None,
) -> None:
    started = [press.location for press in presses if press.error is None]
    if len(presses) > 1 and started:
        async_tell_all(
            hass,
            presses[0].coordinator.config_entry,
            kind,
            started=started,
            left_out={
                press.location: error_text(hass, press.error)
                for press in presses
                if press.error
            },
            context=context,
        )


def raise_if_nothing_started(presses: Sequence[Press]) -> None:
    """Raise where nothing started, naming each reason."""
    errors = [press.error for press in presses if press.error is not None]
    if len(errors) < len(presses):
        return
    if len(errors) == 1:
        raise errors[0]
    hass = presses[0].coordinator.hass
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="nothing_started",
        translation_placeholders={
            "reasons": "; ".join(error_text(hass, error) for error in errors)
        },
    )


async def async_wait_for_outcomes(presses: Sequence[Press]) -> None:
    """Wait until every run that was begun has ended, about 10 minutes at most.

    A run goes on if the waiting is cancelled.
    """
    outcomes = [press.outcome for press in presses if press.outcome is not None]
    if outcomes:
        await asyncio.wait(outcomes, timeout=WAIT_LIMIT.total_seconds())


async def async_check_permission(
    hass: HomeAssistant,
    coordinators: Sequence[LocationCoordinator],
    kind: SyncKind,
    context: Context,
) -> None:
    """Raise Unauthorized unless the person may press the buttons of these locations.

    An automation has no user and passes. A user sync needs an administrator, which
    `runs` refuses by location and with words of its own.
    """
    if context.user_id is None or kind is SyncKind.USERS:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context)
    registry = er.async_get(hass)
    for coordinator in coordinators:
        entity_id = registry.async_get_entity_id(
            BUTTON_DOMAIN,
            DOMAIN,
            f"{coordinator.config_entry.unique_id}_{coordinator.location.location_id}"
            f"_{BUTTON_KEYS[kind]}",
        )
        # Without a button there is no such sync, and `runs` says so.
        if entity_id is not None and not user.permissions.check_entity(
            entity_id, POLICY_CONTROL
        ):
            raise Unauthorized(
                context=context, entity_id=entity_id, permission=POLICY_CONTROL
            )

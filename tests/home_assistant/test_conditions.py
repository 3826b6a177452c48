"""Our conditions, as an automation or a script asks them."""

from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import (
    async_from_config,
    async_validate_condition_config,
)
import pytest

from custom_components.panelsync.condition import CONDITIONS
from custom_components.panelsync.const import DOMAIN

from .automations import area_with, automate, device_id, registered
from .home import HEALTHY, STALE, Home


async def passes(
    home: Home, condition: str, behavior: str = "any", **target: Any
) -> bool:
    """Ask a condition as it stands in an automation."""
    config = cv.CONDITION_SCHEMA(
        {
            "condition": f"panelsync.{condition}",
            "target": target,
            "options": {"behavior": behavior},
        }
    )
    config = await async_validate_condition_config(home.hass, config)
    checker = await async_from_config(home.hass, config)
    return bool(checker.async_check())


async def test_a_location_on_its_way(home: Home) -> None:
    stale = device_id(home, STALE)

    async def standing() -> set[str]:
        return {key for key in CONDITIONS if await passes(home, key, device_id=stale)}

    assert await standing() == {"needs_sync"}
    await home.press("sync_panel", STALE)
    assert await standing() == {"is_syncing"}
    await home.wait(60)
    assert await standing() == {"is_in_sync"}


async def test_any_and_all_of_real_locations(home: Home) -> None:
    await home.let_no_change_wait()
    area = area_with(home, HEALTHY, STALE)
    assert await passes(home, "is_in_sync", "any", area_id=area)
    assert not await passes(home, "is_in_sync", "all", area_id=area)
    await home.press("sync_panel", STALE)
    await home.wait(60)
    # The devices hold other enum sensors too: they do not count.
    assert await passes(home, "is_in_sync", "all", area_id=area)


STATUSES = {
    "is_in_sync": "in_sync",
    "is_syncing": "syncing",
    "needs_sync": "sync_required",
}


@pytest.mark.parametrize("condition", CONDITIONS)
async def test_foreign_sensors_in_the_area(home: Home, condition: str) -> None:
    status = STATUSES[condition]
    ours = [
        registered(home, "sensor", DOMAIN, "sync_status", name) for name in ("a", "b")
    ]
    foreign = registered(home, "sensor", "other", "sync_status", "foreign")
    another = registered(home, "sensor", DOMAIN, "service_status", "another_key")
    everything = (*ours, foreign, another)
    area = area_with(home, entity_ids=everything)

    def now(*states: str) -> None:
        for entity_id, state in zip(everything, states, strict=True):
            home.hass.states.async_set(entity_id, state)

    now("failed", "failed", status, status)
    assert not await passes(home, condition, "any", area_id=area)
    for behavior in ("any", "all"):
        # Nothing of ours is aimed at, so nothing of ours stands so.
        assert not await passes(home, condition, behavior, entity_id=[foreign, another])
    now(status, "failed", "off", "off")
    assert await passes(home, condition, "any", area_id=area)
    assert not await passes(home, condition, "all", area_id=area)
    now(status, status, "off", "off")
    assert await passes(home, condition, "all", area_id=area)


@pytest.mark.parametrize("state", [STATE_UNAVAILABLE, STATE_UNKNOWN])
@pytest.mark.parametrize("condition", CONDITIONS)
async def test_what_is_not_known_does_not_match(
    home: Home, condition: str, state: str
) -> None:
    ours = [
        registered(home, "sensor", DOMAIN, "sync_status", name) for name in ("a", "b")
    ]
    home.hass.states.async_set(ours[0], STATUSES[condition])
    home.hass.states.async_set(ours[1], state)
    assert await passes(home, condition, "any", entity_id=ours)
    assert not await passes(home, condition, "all", entity_id=ours)
    assert not await passes(home, condition, "any", entity_id=ours[1])


async def test_for_how_long(home: Home) -> None:
    calls = await automate(
        home.hass,
        triggers=[{"trigger": "event", "event_type": "ask"}],
        conditions=[
            {
                "condition": "panelsync.needs_sync",
                "target": {"device_id": device_id(home, STALE)},
                "options": {"behavior": "any", "for": {"minutes": 10}},
            }
        ],
    )
    home.hass.bus.async_fire("ask")
    await home.settle()
    assert calls == []
    await home.wait(610)
    home.hass.bus.async_fire("ask")
    await home.settle()
    assert len(calls) == 1

"""System health: one page for all accounts and local panels."""

import asyncio
from typing import Any

from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.panelsync.const import DOMAIN
from simulator import SimulatorOptions

from .conftest import MakeHouse
from .home import HEALTHY, Home
from .test_texts import TEXTS


async def info(home: Home) -> dict[str, Any]:
    """Return what the page shows."""
    assert await async_setup_component(home.hass, "system_health", {})
    await home.settle()
    shown = await get_system_health_info(home.hass, DOMAIN)
    return {
        key: await value if asyncio.iscoroutine(value) else value
        for key, value in shown.items()
    }


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_the_page(home: Home) -> None:
    shown = await info(home)
    assert shown["service_reachable"] == "ok"
    assert shown["accounts_loaded"] == "1 / 1"
    assert shown["sign_ins_today"] == 1
    assert "events.v1" in shown["routes_gone"]
    assert ":" in shown["service_status"]
    assert "local_links" not in shown


async def test_a_gone_route_is_named(home: Home) -> None:
    before = (await info(home))["routes_gone"]
    home.simulator.faults.add("synchronize", "404", times=1)
    with pytest.raises(Exception, match="no longer offers"):
        await home.press("sync_panel", HEALTHY)
    assert (await info(home))["routes_gone"] != before


async def test_an_account_that_is_not_loaded_counts(home: Home) -> None:
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    shown = await info(home)
    assert shown["accounts_loaded"] == "0 / 1"
    assert shown["service_status"] == "-"


async def test_a_service_that_is_not_there(home: Home) -> None:
    home.hass.config_entries.async_update_entry(
        home.entry, data=home.entry.data | {"service_url": "http://127.0.0.1:9"}
    )
    reachable = (await info(home))["service_reachable"]
    assert reachable == {"type": "failed", "error": "unreachable"}


async def test_every_fact_has_a_name(home: Home) -> None:
    named = set(TEXTS["system_health"]["info"])
    assert set(await info(home)) | {"local_links"} == named


async def test_local_panels_are_counted(home: Home, make_house: MakeHouse) -> None:
    house = make_house("ad2", HEALTHY)
    await house.start(await house.open())
    assert (await info(home))["local_links"] == "1 / 1"
    await home.hass.config_entries.async_unload(house.entry.entry_id)
    assert (await info(home))["local_links"] == "0 / 1"

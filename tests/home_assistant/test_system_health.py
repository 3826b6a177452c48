"""System health: one page for all accounts and local panels."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.panelsync.const import DOMAIN
from simulator import SimulatorOptions

from .conftest import StartHouse
from .home import HEALTHY, Home
from .test_texts import TEXTS

type Page = Callable[[], Awaitable[dict[str, Any]]]


@pytest.fixture
async def page(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Page:
    """Return how to open the page, as the frontend does."""
    assert await async_setup_component(hass, "system_health", {})
    client = await hass_ws_client(hass)

    async def opened() -> dict[str, Any]:
        await hass.async_block_till_done(wait_background_tasks=True)
        await client.send_json_auto_id({"type": "system_health/info"})
        assert (await client.receive_json())["success"]
        shown: dict[str, Any] = {}
        while (event := (await client.receive_json())["event"])["type"] != "finish":
            if event["type"] == "initial":
                shown = event["data"][DOMAIN]
                # Where the entries are looked after.
                assert shown["manage_url"].endswith(f"/integration/{DOMAIN}")
            elif event["domain"] == DOMAIN:
                told = event["data"] if event["success"] else event["error"]
                shown["info"][event["key"]] = told
        return dict(shown["info"])

    return opened


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_the_page(home: Home, page: Page) -> None:
    shown = await page()
    assert shown["service_reachable"] == "ok"
    assert shown["accounts_loaded"] == "1 / 1"
    assert shown["sign_ins_today"] == 1
    assert "events.v1" in shown["routes_gone"]
    assert ":" in shown["service_status"]
    assert "local_links" not in shown


async def test_a_gone_route_is_named(home: Home, page: Page) -> None:
    before = (await page())["routes_gone"]
    home.simulator.faults.add("synchronize", "404", times=1)
    with pytest.raises(Exception, match="no longer offers"):
        await home.press("sync_panel", HEALTHY)
    assert (await page())["routes_gone"] != before


async def test_an_account_that_is_not_loaded_counts(home: Home, page: Page) -> None:
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    shown = await page()
    assert shown["accounts_loaded"] == "0 / 1"
    assert shown["service_status"] == "-"


async def test_a_service_that_is_not_there(home: Home, page: Page) -> None:
    home.hass.config_entries.async_update_entry(
        home.entry, data=home.entry.data | {"service_url": "http://127.0.0.1:9"}
    )
    reachable = (await page())["service_reachable"]
    assert reachable == {"type": "failed", "error": "unreachable"}


async def test_every_fact_has_a_name(home: Home, page: Page) -> None:
    named = set(TEXTS["system_health"]["info"])
    assert set(await page()) | {"local_links"} == named


async def test_local_panels_are_counted(
    home: Home, start_house: StartHouse, page: Page
) -> None:
    house = await start_house()
    assert (await page())["local_links"] == "1 / 1"
    await home.hass.config_entries.async_unload(house.entry.entry_id)
    assert (await page())["local_links"] == "0 / 1"

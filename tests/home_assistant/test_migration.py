"""Entries of earlier releases."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.panelsync.client import (
    dump_learned,
    learned_from_path,
    load_learned,
)
from custom_components.panelsync.const import DOMAIN
from simulator import Simulator

from .conftest import StartHome
from .flows import NOBODY
from .home import HEALTHY

PATH = "api/v1/locations/{locationId}/devices/{deviceId}/users/synchronize"


@pytest.mark.parametrize(
    ("options", "migrated", "taught"),
    [
        ({"user_sync_way": "known", "user_sync_path": None}, "known", 0),
        ({"user_sync_way": "likely", "user_sync_path": None}, "likely", 0),
        ({"user_sync_way": "path", "user_sync_path": PATH}, "known", 2),
        ({"user_sync_way": "path", "user_sync_path": "api/v1/arm/sync"}, "known", 0),
        ({"user_sync_way": "path"}, "known", 0),
    ],
)
async def test_an_entry_with_three_choices(
    hass: HomeAssistant, options: dict[str, Any], migrated: str, taught: int
) -> None:
    """A pasted path becomes a learned way; nothing else of it stays."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        unique_id="1",
        data={
            "username": "u",
            "password": "p",
            "web_url": NOBODY,
            "service_url": NOBODY,
            "codes": {},
        },
        options={**options, "voice_user_sync": True},
    )
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.minor_version == 2
    kept = dict(entry.options)
    assert len(load_learned(kept.pop("learned", None))) == taught
    assert kept == {"user_sync_way": migrated, "voice_user_sync": True}


async def test_an_entry_of_a_later_release_is_left_alone(hass: HomeAssistant) -> None:
    """Home Assistant tells the person so."""
    entry = MockConfigEntry(domain=DOMAIN, unique_id="1", version=2)
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.MIGRATION_ERROR


async def test_an_entry_of_a_later_minor_release_is_used_as_it_is(
    hass: HomeAssistant, start_home: StartHome
) -> None:
    """Minor versions stay readable."""
    home = await start_home(user_sync_way="known")
    options = {**home.entry.options, "later": 1}
    hass.config_entries.async_update_entry(home.entry, options=options, minor_version=3)
    await home.reload()
    assert home.entry.minor_version == 3
    assert home.entry.options == options
    assert home.entry.state is ConfigEntryState.LOADED


async def test_a_migrated_way_works(
    start_home: StartHome, simulator: Simulator
) -> None:
    """The press that worked with the pasted path goes on to work."""
    simulator.switches.user_sync_candidate = 2
    learned = dump_learned(learned_from_path(PATH, "0"))
    home = await start_home(user_sync_way="known", learned=learned)
    await home.press("sync_users", HEALTHY)
    assert home.location(HEALTHY).starts["users"] == 1

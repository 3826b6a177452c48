"""One press for all locations."""

from typing import Any

from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.panelsync.client.remote.location_link import RemoteLink
from custom_components.panelsync.const import DOMAIN
from custom_components.panelsync.voice.locations import async_locations
from simulator import Simulator, SimulatorOptions

from .automations import device_id
from .conftest import StartHome
from .home import ARMED, HEALTHY, OFFLINE, STALE, Home


async def test_users_everywhere(home: Home) -> None:
    await home.press("sync_users_all")
    await home.wait(120)
    for index in (HEALTHY, STALE, ARMED):
        assert home.outcomes(index)[-1]["outcome"] == "succeeded"
        assert home.location(index).starts["users"] == 1
    assert home.outcomes(OFFLINE)[-1]["outcome"] == "failed"


async def test_who_was_left_out_is_named(home: Home) -> None:
    await home.press("sync_panel", HEALTHY)
    await home.press("sync_panel_all")
    (told,) = [event.data for event in home.told if event.data["type"] == "all_started"]
    assert told["started"] == [home.location(STALE).name]
    left_out = told["left_out"]
    assert set(left_out) == {
        home.location(index).name for index in (HEALTHY, ARMED, OFFLINE)
    }
    assert all(reason for reason in left_out.values())
    assert home.location(HEALTHY).starts["panel"] == 1
    assert home.location(ARMED).starts["panel"] == 0


async def test_of_two_locations_with_one_name_none_is_lost(home: Home) -> None:
    registry = dr.async_get(home.hass)
    for index in (ARMED, OFFLINE):
        registry.async_update_device(device_id(home, index), name_by_user="Cabin")
    await home.press("sync_panel_all")
    (told,) = [event.data for event in home.told if event.data["type"] == "all_started"]
    assert set(told["left_out"]) == {"Cabin", "Cabin (2)"}
    assert len(set(told["left_out"].values())) == 2


async def test_refresh_everywhere(home: Home) -> None:
    await home.press("refresh_status_all")
    await home.wait(30)
    outcomes = [home.outcomes(index)[-1]["outcome"] for index in range(4)]
    assert outcomes == ["succeeded", "succeeded", "succeeded", "failed"]


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_nothing_started_names_each_reason(home: Home) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await home.press("sync_users_all")
    assert raised.value.translation_key == "nothing_started"
    message = str(raised.value)
    for index in range(4):
        assert home.location(index).name in message


@pytest.mark.parametrize("options", [SimulatorOptions(locations=12)])
async def test_at_most_two_start_at_a_time(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted where a start leaves: at the client's link."""
    under_way = most = 0
    real = RemoteLink.start

    async def counted(link: RemoteLink, *parameters: Any) -> Any:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await real(link, *parameters)
        finally:
            under_way -= 1

    monkeypatch.setattr(RemoteLink, "start", counted)
    await home.press("sync_users_all")
    assert most == 2


@pytest.mark.parametrize("options", [SimulatorOptions(profile="old")])
async def test_panels_without_user_sync_are_left_out(home: Home) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await home.press("sync_users_all")
    assert raised.value.translation_key == "nothing_started"
    told = [home.outcomes(index)[-1]["reason"] for index in range(4)]
    assert told == ["not_supported"] * 4
    assert all(home.location(index).starts["users"] == 0 for index in range(4))


@pytest.mark.parametrize("key", ["sync_users", "sync_panel", "refresh_status"])
async def test_an_account_that_lost_its_locations_says_so(
    simulator: Simulator, start_home: StartHome, key: str
) -> None:
    simulator.switches.locations_null = True
    home = await start_home()
    with pytest.raises(ServiceValidationError) as by_button:
        await home.press(f"{key}_all")
    with pytest.raises(ServiceValidationError) as by_action:
        await home.hass.services.async_call(
            DOMAIN, key, {"device_id": device_id(home)}, blocking=True
        )
    for raised in (by_button, by_action):
        assert raised.value.translation_key == "no_locations"
        assert simulator.options.user in str(raised.value)


async def test_a_location_that_is_switched_off_is_not_meant_by_all(home: Home) -> None:
    """A person disabled its device: its own buttons are gone, and all leaves it out."""
    registry = dr.async_get(home.hass)
    registry.async_update_device(
        device_id(home, STALE), disabled_by=dr.DeviceEntryDisabler.USER
    )
    await home.press("sync_users_all")
    await home.wait(60)
    starts = [home.location(index).starts["users"] for index in range(4)]
    assert starts == [1, 0, 1, 1]
    # Voice does not offer it either.
    offered = {item.location.location_id for item in async_locations(home.hass)}
    assert offered == {home.location_id(index) for index in (HEALTHY, ARMED, OFFLINE)}
    for index in (HEALTHY, ARMED, OFFLINE):
        registry.async_update_device(
            device_id(home, index), disabled_by=dr.DeviceEntryDisabler.USER
        )
    with pytest.raises(ServiceValidationError) as raised:
        await home.press("sync_users_all")
    assert raised.value.translation_key == "no_locations"

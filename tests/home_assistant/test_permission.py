"""Who may start what, by whatever door: button, action, script, websocket, automation."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.panelsync.const import DOMAIN

from .automations import device_id
from .home import HEALTHY, Home

KINDS = ["sync_users", "sync_panel", "refresh_status"]
ANYBODY = KINDS[1:]


async def person(home: Home, group_id: str) -> Context:
    """Return the context of somebody in one of Home Assistant's own groups."""
    group = await home.hass.auth.async_get_group(group_id)
    user = MockUser(groups=[group]).add_to_hass(home.hass)
    return Context(user_id=user.id)


# --- the doors -----------------------------------------------------------------


async def by_button(home: Home, key: str, context: Context) -> None:
    await home.press(key, HEALTHY, context=context)


async def by_button_for_all(home: Home, key: str, context: Context) -> None:
    await home.press(f"{key}_all", context=context)


async def by_action(home: Home, key: str, context: Context) -> None:
    await home.hass.services.async_call(
        DOMAIN,
        key,
        {"device_id": device_id(home, HEALTHY)},
        blocking=True,
        context=context,
    )


async def by_script(home: Home, key: str, context: Context) -> None:
    """Run a script that an administrator has made."""
    action = {
        "action": f"{DOMAIN}.{key}",
        "data": {"device_id": device_id(home, HEALTHY)},
    }
    assert await async_setup_component(
        home.hass, "script", {"script": {"sync": {"sequence": [action]}}}
    )
    await home.hass.services.async_call(
        "script", "sync", blocking=True, context=context
    )


type Door = Callable[[Home, str, Context], Awaitable[None]]
DOORS: list[Door] = [by_button, by_button_for_all, by_action, by_script]


@pytest.mark.parametrize("door", DOORS)
async def test_a_user_sync_is_for_administrators(home: Home, door: Door) -> None:
    """Somebody who may control every entity is still no administrator."""
    with pytest.raises(ServiceValidationError) as raised:
        await door(home, "sync_users", await person(home, GROUP_ID_USER))
    assert "only an administrator" in str(raised.value)
    (told,) = home.outcomes(HEALTHY)
    assert (told["outcome"], told["reason"]) == ("refused", "not_administrator")
    assert home.location(HEALTHY).starts["users"] == 0
    await door(home, "sync_users", await person(home, GROUP_ID_ADMIN))
    assert home.location(HEALTHY).starts["users"] == 1


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("key", ANYBODY)
async def test_the_others_are_for_who_may_control_the_entity(
    home: Home, door: Door, key: str
) -> None:
    await door(home, key, await person(home, GROUP_ID_USER))
    await home.wait(60)
    (told,) = home.outcomes(HEALTHY)
    assert told["outcome"] == "succeeded"


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("key", ANYBODY)
async def test_who_may_only_look_starts_nothing(
    home: Home, door: Door, key: str
) -> None:
    before = len(home.simulator.received)
    with pytest.raises(Unauthorized):
        await door(home, key, await person(home, GROUP_ID_READ_ONLY))
    await home.settle()
    assert home.outcomes(HEALTHY) == []
    assert len(home.simulator.received) == before


@pytest.mark.parametrize("key", KINDS)
async def test_an_automation_passes(home: Home, key: str) -> None:
    """It acts for nobody, even where somebody who may only look has set it off."""
    assert await async_setup_component(
        home.hass,
        "automation",
        {
            "automation": {
                "triggers": [{"trigger": "event", "event_type": "moved"}],
                "actions": [
                    {
                        "action": f"{DOMAIN}.{key}",
                        "data": {"device_id": device_id(home, HEALTHY)},
                    }
                ],
            }
        },
    )
    context = await person(home, GROUP_ID_READ_ONLY)
    home.hass.bus.async_fire("moved", context=context)
    await home.wait(90)
    (told,) = home.outcomes(HEALTHY)
    assert told["outcome"] == "succeeded"


@pytest.mark.parametrize("action", ["get_event_log", "sync_panel", "sync_users"])
async def test_the_websocket_says_why_not(
    home: Home,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
    action: str,
) -> None:
    client = await hass_ws_client(home.hass, hass_read_only_access_token)
    await client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": action,
            "service_data": {"device_id": device_id(home, HEALTHY)},
            "return_response": action == "get_event_log",
        }
    )
    answer: dict[str, Any] = await client.receive_json()
    assert not answer["success"]
    if action == "sync_users":
        assert answer["error"]["translation_key"] == "refused_not_administrator"
        assert answer["error"]["translation_domain"] == DOMAIN
    else:
        assert answer["error"]["message"] == "Unauthorized"
    assert home.location(HEALTHY).starts == {"panel": 0, "users": 0}


async def test_the_event_log_is_for_administrators_in_a_script_too(
    home: Home, hass: HomeAssistant
) -> None:
    action = {
        "action": f"{DOMAIN}.get_event_log",
        "data": {"device_id": device_id(home, HEALTHY)},
        "response_variable": "log",
    }
    stop = {"stop": "done", "response_variable": "log"}
    assert await async_setup_component(
        hass, "script", {"script": {"read": {"sequence": [action, stop]}}}
    )

    async def read(context: Context | None) -> Any:
        return await hass.services.async_call(
            "script", "read", blocking=True, return_response=True, context=context
        )

    with pytest.raises(Unauthorized):
        await read(await person(home, GROUP_ID_USER))
    for context in (None, await person(home, GROUP_ID_ADMIN)):
        assert (await read(context))["records"]

"""Everything that refuses a press: nothing is sent, and it says why.

See docs/architecture.md#checks-before-a-start.
"""

from typing import Any

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from simulator import SimulatorOptions

from .conftest import StartHome
from .flows import account_input, answer
from .home import ARMED, HEALTHY, STALE, Home

CODE = {"user_code": "7391", "installer_code": "4112", "changed": "2026-11-22"}


async def refused(home: Home, key: str, index: int, **press: Any) -> str:
    """Press, expect a refusal that was also told, and return its translation key."""
    with pytest.raises(ServiceValidationError) as raised:
        await home.press(key, index, **press)
    told = home.outcomes(index)[-1]
    assert told["outcome"] == "refused"
    assert raised.value.translation_key == f"refused_{told['reason']}"
    # The last outcome stays: nothing was sent.
    assert home.state("event", "sync", index).attributes["event_type"] != "refused"
    # The words are there, filled in.
    message = str(raised.value)
    assert home.location(index).name in message
    assert "{" not in message
    return str(told["reason"])


@pytest.mark.shows("action-exceptions")
@pytest.mark.parametrize("state", ["away", "stay", "night"])
async def test_each_way_of_arming_refuses(home: Home, state: Any) -> None:
    """The arming is read anew: the last poll still says disarmed."""
    home.simulator.world.arm(home.location_id(HEALTHY), state)
    assert home.state("sensor", "arming_state", HEALTHY).state == "disarmed"
    assert await refused(home, "sync_panel", HEALTHY) == "panel_armed"
    assert home.panel_starts() == []


async def test_alarm_refuses(home: Home) -> None:
    home.simulator.world.alarm(home.location_id(HEALTHY))
    assert await refused(home, "sync_panel", HEALTHY) == "panel_armed"


async def test_just_disarmed_is_not_refused(home: Home) -> None:
    """The arming is read anew: the last poll still says armed."""
    home.simulator.world.disarm(home.location_id(ARMED))
    home.freezer.tick(20)
    assert home.state("sensor", "arming_state", ARMED).state == "armed_away"
    await home.press("sync_panel", ARMED)
    assert home.location(ARMED).starts["panel"] == 1


async def test_already_running(home: Home) -> None:
    await home.press("sync_panel", HEALTHY)
    assert await refused(home, "sync_users", HEALTHY) == "already_running"
    assert await refused(home, "sync_panel", HEALTHY) == "already_running"
    assert home.location(HEALTHY).starts == {"panel": 1, "users": 0}


async def test_two_presses_at_once_start_once(home: Home) -> None:
    entity_id = home.entity_id("button", "sync_panel", HEALTHY)
    for _ in range(5):
        home.hass.async_create_task(
            home.hass.services.async_call(
                "button", "press", {"entity_id": entity_id}, blocking=False
            )
        )
    await home.wait(30)
    assert home.location(HEALTHY).starts["panel"] == 1


async def test_cooling_down(home: Home) -> None:
    await home.press("refresh_status", HEALTHY)
    await home.wait(10)
    with pytest.raises(ServiceValidationError) as raised:
        await home.press("refresh_status", HEALTHY)
    assert raised.value.translation_key == "refused_cooling_down"
    assert raised.value.translation_placeholders is not None
    assert 40 <= int(raised.value.translation_placeholders["wait"]) <= 50
    # Another kind is not held up, and the cool-down ends.
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    await home.press("refresh_status", HEALTHY)


@pytest.mark.parametrize("options", [SimulatorOptions(profile="old")])
async def test_code_missing(home: Home) -> None:
    assert await refused(home, "sync_panel", STALE) == "code_missing"
    assert home.panel_starts() == []


async def test_user_code_missing(simulator: Any, start_home: StartHome) -> None:
    """A panel that asks for it needs it for every sync; a refresh needs none."""
    simulator.switches.prompt_user_code = True
    home = await start_home()
    assert await refused(home, "sync_panel", HEALTHY) == "code_missing"
    assert await refused(home, "sync_users", HEALTHY) == "code_missing"
    assert home.location(HEALTHY).starts == {"panel": 0, "users": 0}
    await home.press("refresh_status", HEALTHY)


@pytest.mark.parametrize(
    "stored", ["12a4", "\u0661\u0662\u0663\u0664", "1" * 13, 1234, ["1"]]
)
async def test_a_stored_code_that_can_be_none_is_asked_for_again(
    start_home: StartHome, simulator: Any, stored: object
) -> None:
    """Nothing is sent, neither it nor the code stored at the service in its place."""
    location = str(list(simulator.world.locations)[HEALTHY])
    home = await start_home(codes={location: {"user_code": stored, "changed": "x"}})
    assert await refused(home, "sync_panel", HEALTHY) == "code_missing"
    assert await refused(home, "sync_users", HEALTHY) == "code_missing"
    assert home.panel_starts() == []
    result = await home.entry.start_reconfigure_flow(home.hass)
    result = await answer(home.hass, result, account_input(simulator))
    assert result["step_id"] == "codes"
    code = simulator.options.user_code
    await answer(home.hass, result, {"user_code": code})
    await home.settle()
    await home.press("sync_panel", HEALTHY)
    (start,) = home.panel_starts()
    assert start.fields["userCode"] == code


@pytest.mark.parametrize("options", [SimulatorOptions(profile="old")])
async def test_code_given(simulator: Any, start_home: StartHome) -> None:
    location = str(list(simulator.world.locations)[STALE])
    home = await start_home(codes={location: CODE})
    await home.press("sync_panel", STALE)
    (start,) = home.panel_starts()
    assert start.fields["installerCode"] == CODE["installer_code"]


@pytest.mark.parametrize("options", [SimulatorOptions(profile="old")])
async def test_a_refused_code_is_never_sent_again(
    simulator: Any, start_home: StartHome
) -> None:
    location = str(list(simulator.world.locations)[STALE])
    wrong = CODE | {"installer_code": "9999"}
    home = await start_home(codes={location: wrong})
    with pytest.raises(HomeAssistantError) as raised:
        await home.press("sync_panel", STALE)
    assert raised.value.translation_key == "failed_code_refused"
    await home.wait(120)
    assert await refused(home, "sync_panel", STALE) == "code_refused_before"
    # Also not after a reload, until another one is stored.
    await home.reload()
    assert await refused(home, "sync_panel", STALE) == "code_refused_before"
    assert len(home.panel_starts()) == 1
    home.hass.config_entries.async_update_entry(
        home.entry,
        data=home.entry.data | {"codes": {location: CODE | {"changed": "later"}}},
    )
    await home.reload()
    await home.press("sync_panel", STALE)
    assert len(home.panel_starts()) == 2


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_no_user_sync_way(home: Home) -> None:
    """The likely ways are all tried, none is there, and nothing was started."""
    assert await refused(home, "sync_users", HEALTHY) == "no_user_sync_way"
    tried = len(home.received("account/users/synchronize"))
    assert tried >= 1
    assert await refused(home, "sync_users", HEALTHY) == "no_user_sync_way"
    assert len(home.received("account/users/synchronize")) == tried


async def test_likely_ways_are_tried_only_by_choice(start_home: StartHome) -> None:
    home = await start_home(user_sync_way="known")
    assert await refused(home, "sync_users", HEALTHY) == "no_user_sync_way"
    assert home.location(HEALTHY).starts["users"] == 0
    assert home.received("users/synchronize") == []


async def test_panel_route_gone(home: Home) -> None:
    home.simulator.faults.add("synchronize", "404", times=1)
    assert await refused(home, "sync_panel", HEALTHY) == "route_gone"
    assert await refused(home, "sync_panel", HEALTHY) == "route_gone"
    assert len(home.panel_starts()) == 1


@pytest.mark.parametrize("how", ["asking", "panel"])
@pytest.mark.parametrize(
    "options",
    [SimulatorOptions(profile="rest"), SimulatorOptions(profile="soap")],
    ids=["rest", "soap"],
)
async def test_a_code_that_is_refused_later_is_never_sent_again(
    simulator: Any, start_home: StartHome, how: str
) -> None:
    """The start is taken; asking for steps, or the panel itself, refuses the code."""
    simulator.switches.late_code_refusal = how
    simulator.switches.sync_log = "missing"
    location = str(list(simulator.world.locations)[HEALTHY])
    home = await start_home(codes={location: CODE})
    await home.press("sync_users", HEALTHY)
    await home.wait(700)
    (told,) = home.outcomes(HEALTHY)
    assert (told["outcome"], told["reason"]) == ("failed", "code_refused")
    sent = [item for item in home.simulator.received if CODE["user_code"] in str(item)]
    # The start, the look that was refused, and none after it.
    assert len(sent) <= 3
    assert await refused(home, "sync_users", HEALTHY) == "code_refused_before"
    await home.reload()
    assert await refused(home, "sync_users", HEALTHY) == "code_refused_before"
    assert home.location(HEALTHY).starts["users"] == 1

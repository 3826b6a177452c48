"""Locations come, go, and are each other's concern in nothing."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from custom_components.panelsync.const import CONF_CODES, DOMAIN
from simulator import Simulator, SimulatorOptions

from .automations import device_id
from .conftest import StartHome
from .home import ARMED, HEALTHY, OFFLINE, STALE, Home
from .quiet import quiet
from .test_actions import call

QUARTER = 15 * 60


def device(home: Home, location_id: int) -> dr.DeviceEntry | None:
    """Return the device of a location, None where there is none."""
    found = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, f"{home.entry.unique_id}_{location_id}"), home.entry.entry_id
    )
    assert found is None or isinstance(found, dr.DeviceEntry)
    return found


@pytest.mark.shows("devices")
async def test_each_location_is_a_device_below_the_account(home: Home) -> None:
    registry = dr.async_get(home.hass)
    account = registry.async_get_device_by_identifier(
        (DOMAIN, str(home.entry.unique_id)), home.entry.entry_id
    )
    assert account is not None
    for index in (HEALTHY, STALE, ARMED, OFFLINE):
        found = device(home, home.location_id(index))
        assert found is not None
        assert found.name == home.location(index).name
        assert found.via_device_id == account.id


async def test_states_of_the_four_locations(home: Home) -> None:
    states = [
        home.state("sensor", "sync_status", index).state
        for index in (HEALTHY, STALE, ARMED)
    ]
    assert states == ["changes_waiting", "sync_required", "changes_waiting"]
    assert home.state("sensor", "arming_state", ARMED).state == "armed_away"
    assert home.state("sensor", "arming_state", HEALTHY).state == "disarmed"
    pending = home.state("sensor", "pending_user_changes", HEALTHY).state
    assert int(pending) > 0


@pytest.mark.parametrize(
    ("number", "state"), [(1, "in_sync"), (0, "unknown"), (7, "unknown")]
)
async def test_only_the_known_sync_status_means_in_sync(
    simulator: Simulator,
    start_home: StartHome,
    number: int,
    state: str,
) -> None:
    simulator.switches.sync_status = number
    home = await start_home()
    await home.let_no_change_wait()
    assert home.state("sensor", "sync_status", ARMED).state == state


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_sync_status_is_not_asked_where_unsupported(
    simulator: Simulator, start_home: StartHome
) -> None:
    simulator.switches.sync_status = 2
    simulator.switches.sync_status_supported = False
    home = await start_home()
    await home.let_no_change_wait()
    assert home.state("sensor", "sync_status", HEALTHY).state == "unknown"
    await home.press("sync_panel", STALE)
    await home.wait(60)
    # The last proven outcome decides.
    assert home.state("sensor", "sync_status", STALE).state == "in_sync"


@pytest.mark.shows("dynamic-devices")
async def test_a_new_location_appears_without_reload(home: Home) -> None:
    new = home.simulator.world.add_location("Orchard Barn")
    await home.wait(QUARTER + 60, step=60)
    assert device(home, new) is not None
    registry = er.async_get(home.hass)
    entity_id = registry.async_get_entity_id(
        "button", DOMAIN, f"{home.entry.unique_id}_{new}_sync_panel"
    )
    assert entity_id is not None
    state = home.hass.states.get(entity_id)
    assert state is not None
    assert state.state != "unavailable"


async def test_a_rename_at_the_service_reaches_the_device(home: Home) -> None:
    """Without a reload; what a person chose stays."""
    location = home.location(HEALTHY)
    location.name = "Water Mill"
    await home.wait(QUARTER + 60, step=60)
    found = device(home, home.location_id(HEALTHY))
    assert found is not None
    assert found.name == "Water Mill"
    dr.async_get(home.hass).async_update_device(found.id, name_by_user="Grandma's")
    location.name = "Wind Mill"
    await home.wait(QUARTER + 60, step=60)
    found = device(home, home.location_id(HEALTHY))
    assert found is not None
    assert (found.name, found.name_by_user) == ("Wind Mill", "Grandma's")
    assert "itself" not in str(found.model)


async def test_the_name_that_a_person_chose_is_used_wherever_a_sync_is_reported(
    home: Home,
) -> None:
    dr.async_get(home.hass).async_update_device(
        device_id(home, ARMED), name_by_user="Grandma's"
    )
    answer = await call(home, "sync_panel", ARMED, HEALTHY)
    assert list(answer["left_out"]) == ["Grandma's"]
    assert "Grandma's" in str(answer["results"])
    (refused,) = home.outcomes(ARMED)
    assert refused["location"] == refused["placeholders"]["location"] == "Grandma's"
    with pytest.raises(ServiceValidationError, match="Grandma's"):
        await home.press("sync_panel", ARMED)


async def test_a_location_that_syncs_by_itself_says_so(home: Home) -> None:
    """Where the sync is looked at, and not in the model's name."""
    for index, by_itself in ((HEALTHY, False), (OFFLINE, True)):
        state = home.state("sensor", "sync_status", index)
        assert state.attributes["syncs_by_itself"] is by_itself
        found = device(home, home.location_id(index))
        assert found is not None
        assert "(" not in str(found.model)


async def test_buttons_stay_available_and_answer(home: Home) -> None:
    """A press is answered with why nothing can start, to an automation as well."""
    home.simulator.faults.add("", "503", 100_000)
    await home.wait(600, step=60)
    assert home.state("sensor", "arming_state", HEALTHY).state == "unavailable"
    for key, index in (("sync_panel", HEALTHY), ("sync_panel_all", None)):
        assert home.state("button", key, index).state != "unavailable"
    await home.press("sync_panel", HEALTHY)
    with pytest.raises(HomeAssistantError) as raised:
        await home.press("sync_users", HEALTHY)
    assert raised.value.translation_key == "refused_already_running"


async def test_waiting_user_changes_are_read_each_quarter(home: Home) -> None:
    assert home.state("sensor", "sync_status", HEALTHY).state == "changes_waiting"
    for user in home.location(HEALTHY).users:
        user.out_of_sync = 0
    await home.wait(QUARTER + 60, step=60)
    assert home.state("sensor", "pending_user_changes", HEALTHY).state == "0"
    assert home.state("sensor", "sync_status", HEALTHY).state == "in_sync"


@pytest.mark.parametrize("key", ["refresh_status", "sync_panel"])
async def test_waiting_user_changes_are_read_with_each_run(
    home: Home, key: str
) -> None:
    for user in home.location(HEALTHY).users:
        user.out_of_sync = 0
    await home.press(key, HEALTHY)
    await home.wait(120)
    assert home.state("sensor", "pending_user_changes", HEALTHY).state == "0"


@pytest.mark.shows("stale-devices")
async def test_a_missing_location_stays_for_a_day(
    start_home: StartHome, simulator: Simulator
) -> None:
    code = {"user_code": "7391", "installer_code": None, "changed": "2026-11-22"}
    location = str(list(simulator.world.locations)[ARMED])
    home = await start_home(**{CONF_CODES: {location: code}})
    gone = home.location_id(ARMED)
    home.simulator.world.remove_location(gone)
    await home.wait(4 * QUARTER, step=QUARTER)
    assert device(home, gone) is not None
    assert location in home.entry.data[CONF_CODES]
    await home.wait(25 * 3600, step=QUARTER)
    assert device(home, gone) is None
    assert location not in home.entry.data[CONF_CODES]


async def test_an_account_that_answers_without_locations_removes_nothing(
    home: Home,
) -> None:
    home.simulator.switches.locations_null = True
    await home.wait(26 * 3600, step=4 * QUARTER)
    for index in range(4):
        assert device(home, home.location_id(index)) is not None


@pytest.mark.shows("stale-devices")
async def test_a_person_may_delete_what_is_gone(
    start_home: StartHome, simulator: Simulator, hass_ws_client: Any
) -> None:
    code = {"user_code": "7391", "installer_code": None, "changed": "2026-11-22"}
    location = str(list(simulator.world.locations)[ARMED])
    home = await start_home(**{CONF_CODES: {location: code}})
    assert await async_setup_component(home.hass, "config", {})
    gone = home.location_id(ARMED)
    found = device(home, gone)
    assert found is not None
    client = await hass_ws_client(home.hass)
    answer = await client.remove_device(found.id)
    assert not answer["success"]
    home.simulator.world.remove_location(gone)
    await home.wait(QUARTER + 5)
    client = await hass_ws_client(home.hass)
    answer = await client.remove_device(found.id)
    assert answer["success"], answer
    # Nothing asks for it, starts at it, or keeps its codes any more.
    before = len(home.simulator.received)
    await home.press("sync_users_all")
    await home.wait(QUARTER)
    asked = home.simulator.received[before:]
    assert asked
    assert not [item for item in asked if str(gone) in f"{item.path}{item.fields}"]
    assert str(gone) not in home.entry.data[CONF_CODES]


async def test_nothing_is_deleted_while_the_account_is_not_loaded(
    home: Home, hass_ws_client: Any
) -> None:
    """Which locations the account has is not known then."""
    assert await async_setup_component(home.hass, "config", {})
    found = device(home, home.location_id(ARMED))
    assert found is not None
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    client = await hass_ws_client(home.hass)
    answer = await client.remove_device(found.id)
    assert answer["error"]["message"].endswith("rejected by integration"), answer
    assert device(home, home.location_id(ARMED)) is not None


@pytest.mark.shows("entity-unavailable")
async def test_one_sick_location_leaves_the_others_alone(home: Home) -> None:
    sick = home.location_id(HEALTHY)
    home.simulator.faults.add(f"locations/{sick}/", "503", times=100_000)
    await home.wait(300, step=30)
    assert home.state("sensor", "arming_state", HEALTHY).state == "unavailable"
    assert home.state("sensor", "arming_state", STALE).state == "disarmed"
    home.simulator.faults.clear()
    await home.wait(70)
    assert home.state("sensor", "arming_state", HEALTHY).state == "disarmed"


async def test_a_short_outage_changes_nothing(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    changes: list[Any] = []
    home.hass.bus.async_listen("state_changed", changes.append)
    home.simulator.faults.add("fullStatus", "503", times=100_000)
    await home.wait(120)
    assert changes == []
    assert "rror fetching" not in caplog.text
    home.simulator.faults.clear()
    await home.wait(120)
    assert changes == []


@pytest.mark.shows("log-when-unavailable")
async def test_a_long_outage_is_logged_once_each_way(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    """The lines are pasted in public: they name neither the person nor the place."""
    location_id = home.location_id(HEALTHY)
    name = home.entry.runtime_data.locations[location_id].location.name
    home.simulator.faults.add("fullStatus", "503", times=100_000)
    await home.wait(600, step=30)
    home.simulator.faults.clear()
    await home.wait(120, step=30)
    lost = [line for line in caplog.messages if f"Error fetching {name}" in line]
    back = [line for line in caplog.messages if f"Fetching {name} data recov" in line]
    assert (len(lost), len(back)) == (1, 1)
    for line in (*lost, *back):
        assert home.location(HEALTHY).name not in line
        assert home.entry.title not in line


async def test_the_event_entities_survive_an_outage_untouched(home: Home) -> None:
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    before = home.state("event", "sync", HEALTHY)
    home.simulator.faults.add("fullStatus", "503", times=100_000)
    await home.wait(400, step=30)
    assert home.state("sensor", "sync_status", HEALTHY).state == "unavailable"
    assert home.state("event", "sync", HEALTHY).state == before.state
    home.simulator.faults.clear()
    await home.wait(120)
    assert home.state("event", "sync", HEALTHY).state == before.state


@pytest.mark.shows("entity-event-setup", "config-entry-unloading")
async def test_unload_and_reload_leave_nothing(home: Home) -> None:
    """Tasks, timers and sockets are counted by the test package at the end."""
    for _ in range(3):
        await home.reload()
    await home.press("sync_panel", HEALTHY)
    assert await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert home.entry.state is ConfigEntryState.NOT_LOADED
    # What was on its way when it was called off still arrives.
    await quiet()
    received = len(home.simulator.received)
    await home.wait(300, step=60)
    assert len(home.simulator.received) == received


async def test_reloads_do_not_sign_in_again(home: Home) -> None:
    signed_in = len(home.simulator.accounts.sign_ins)
    for _ in range(10):
        await home.reload()
    assert len(home.simulator.accounts.sign_ins) == signed_in


@pytest.mark.parametrize("is_down", [False, True])
async def test_removal_signs_out_and_forgets(
    home: Home, hass_storage: dict[str, Any], *, is_down: bool
) -> None:
    if is_down:
        home.simulator.faults.add("logout", "503", times=100)
    await home.hass.config_entries.async_remove(home.entry.entry_id)
    await home.settle()
    assert home.received("logout")
    assert not [key for key in hass_storage if key.startswith("panelsync")]


async def test_a_locked_account_asks_for_no_password(
    simulator: Simulator, start_home: StartHome
) -> None:
    simulator.switches.account = "locked"
    home = await start_home()
    assert home.entry.state is ConfigEntryState.SETUP_RETRY
    assert home.hass.config_entries.flow.async_progress() == []
    assert "locked" in str(home.entry.reason)


@pytest.mark.parametrize("options", [SimulatorOptions(profile="old")])
async def test_what_a_panel_lacks_has_no_entity(home: Home) -> None:
    registry = er.async_get(home.hass)
    ids = {item.unique_id for item in registry.entities.values()}
    prefix = f"{home.entry.unique_id}_{home.location_id(HEALTHY)}_"
    for key in ("sync_users", "last_user_sync", "pending_user_changes"):
        assert f"{prefix}{key}" not in ids
    assert f"{prefix}sync_panel" in ids

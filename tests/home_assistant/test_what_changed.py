"""What a sync changed, wherever its outcome is shown."""

from homeassistant.components.recorder.db_schema import MAX_STATE_ATTRS_BYTES
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.template import Template
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.panelsync.const import EVENT_PANELSYNC

from .home import HEALTHY, OFFLINE, Home
from .talk import Talk
from .test_actions import call_and_wait
from .test_repairs import Dialog, issues

pytestmark = pytest.mark.usefixtures("conversation", "logbook")


def last_line(home: Home) -> str:
    """Return what Activity says of the newest outcome."""
    _, describe = home.hass.data["logbook"].external_events[EVENT_PANELSYNC]
    outcomes = [event for event in home.told if "outcome" in event.data]
    return str(describe(outcomes[-1])["message"])


async def test_a_panel_sync_names_what_it_changed(home: Home) -> None:
    world, location = home.simulator.world, home.location(HEALTHY)
    first, second = list(location.panel.zones)[:2]
    # With single blanks, as any text from outside.
    removed = " ".join(location.panel.zones[second].name.split())
    old = " ".join(location.panel.zones[first].name.split())
    added = world.add_sensor(location.id, "Jetty Door")
    world.remove_sensor(location.id, second)
    world.rename_zone(location.id, first, "Boathouse <b>")
    world.add_partition(location.id, 2, [added], "Annex")
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    (told,) = home.outcomes(HEALTHY)
    assert told["outcome"] == "succeeded"
    assert [tuple(change.values()) for change in told["changes"]] == [
        ("zone", "added", added, "Jetty Door", ""),
        ("zone", "removed", second, removed, ""),
        ("zone", "renamed", first, "Boathouse <b>", old),
        ("partition", "added", 2, "Annex", ""),
    ]
    assert {tuple(change) for change in told["changes"]} == {
        ("thing", "change", "number", "name", "before")
    }
    assert last_line(home).endswith(
        f". New: {added} Jetty Door. Removed: {second} {removed}."
        f" Renamed: {first} {old} → Boathouse <b>. New partition: 2 Annex"
    )
    attributes = home.state("event", "sync", HEALTHY).attributes
    assert attributes["changes"] == told["changes"]
    assert attributes["made_live"] is None
    # A template shows them as they are.
    shown = Template("{{ changes }} {{ evidence }}", home.hass)
    assert "<" not in shown.async_render(attributes).replace("Boathouse <b>", "")


async def test_nothing_changed_says_nothing_of_changes(home: Home) -> None:
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    (told,) = home.outcomes(HEALTHY)
    assert (told["outcome"], told["changes"]) == ("succeeded", [])
    for word in ("New", "Removed", "Renamed"):
        assert word not in last_line(home)


async def test_many_changes_are_named_in_part(home: Home) -> None:
    location = home.location_id(HEALTHY)
    added = [
        home.simulator.world.add_sensor(location, f"Window {number}")
        for number in range(25)
    ]
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    (told,) = home.outcomes(HEALTHY)
    assert len(told["changes"]) == 20
    assert told["more_changes"] == 5
    assert last_line(home).endswith(
        f"New: {added[0]} Window 0, {added[1]} Window 1, {added[2]} Window 2"
        " and 17 more. Other changes: 5"
    )


async def test_a_silent_zone_is_not_named(home: Home) -> None:
    location = home.location_id(HEALTHY)
    home.simulator.world.add_sensor(location, "Silent Panic")
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    assert home.outcomes(HEALTHY)[0]["changes"] == []
    assert "Panic" not in last_line(home)


@pytest.mark.parametrize(
    ("kind", "route", "failing"),
    # A read is tried three times; with the users the steps of their sync fail.
    [("panel", "full_status", 3), ("users", "users", 6)],
)
async def test_what_the_log_proves_first_is_named_all_the_same(
    home: Home, kind: str, route: str, failing: int
) -> None:
    """The look that finds the record in the log gets no answer to what was changed."""
    location, simulator = home.location_id(HEALTHY), home.simulator
    waiting = int(home.state("sensor", "pending_user_changes", HEALTHY).state)
    added = simulator.world.add_sensor(location, "Jetty Door")
    await home.press(f"sync_{kind}", HEALTHY)
    while not home.outcomes(HEALTHY):
        simulator.faults.clear()
        simulator.faults.add(route, "503", failing)
        looked = len(simulator.received)
        await home.wait(5)
    reads = [item for item in simulator.received[looked:] if item.route == route]
    assert [item.fault for item in reads[:3]] == ["503"] * 3
    (told,) = home.outcomes(HEALTHY)
    assert (told["outcome"], told["evidence"][0]) == ("succeeded", "log_record")
    if kind == "panel":
        assert [change["number"] for change in told["changes"]] == [added]
    else:
        assert told["made_live"] == waiting
    attributes = home.state("event", "sync", HEALTHY).attributes
    assert attributes["changes"] == told["changes"]
    assert attributes["made_live"] == told["made_live"]


async def test_a_user_sync_says_how_many_changes_it_made_live(home: Home) -> None:
    waiting = int(home.state("sensor", "pending_user_changes", HEALTHY).state)
    assert waiting > 1
    names = [user.last_name for user in home.location(HEALTHY).users]
    await home.press("sync_users", HEALTHY)
    await home.wait(60)
    (told,) = home.outcomes(HEALTHY)
    assert told["made_live"] == waiting
    assert last_line(home).endswith(f". {waiting} user changes are live")
    assert not [name for name in names if name in repr(told)]
    assert home.state("event", "sync", HEALTHY).attributes["made_live"] == waiting


async def test_an_action_answers_with_what_changed(home: Home) -> None:
    added = home.simulator.world.add_sensor(home.location_id(HEALTHY), "Jetty Door")
    (result,) = (await call_and_wait(home, "sync_panel", HEALTHY))["results"]
    (change,) = result["changes"]
    assert (change["number"], change["name"]) == (added, "Jetty Door")
    assert (result["more_changes"], result["made_live"]) == (0, None)
    assert result["message"].endswith(f". New: {added} Jetty Door")


@pytest.mark.parametrize(
    ("language", "question", "said"),
    [
        ("en", "did the sync at mill house work", "New: {} Jetty Door."),
        (
            "de",
            "hat die Synchronisierung von Mill House geklappt",
            "Neu: {} Jetty Door.",
        ),
    ],
)
async def test_voice_says_what_changed(
    home: Home, language: str, question: str, said: str
) -> None:
    added = home.simulator.world.add_sensor(home.location_id(HEALTHY), "Jetty Door")
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    answer = await Talk(home, language).say(question)
    assert answer.endswith(said.format(added))


async def test_a_repair_says_what_changed(
    home: Home, hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    with pytest.raises(HomeAssistantError):
        await home.press("sync_panel", OFFLINE)
    dialog = Dialog(home, await hass_client())
    world, location = home.simulator.world, home.location_id(OFFLINE)
    world.set_line(location, connected=True)
    added = world.add_sensor(location, "Jetty <img> Door")
    await home.wait(60)
    (issue,) = issues(home, OFFLINE).values()
    await dialog.open(issue)
    await dialog.submit()
    shown = await dialog.end()
    assert shown["description_placeholders"]["text"].endswith(
        f". New: {added} Jetty \u2039img\u203a Door"
    )


async def test_long_names_leave_room_for_the_other_attributes(home: Home) -> None:
    """Of a state with more than 16 KiB of attributes, nothing at all is recorded."""
    world, location = home.simulator.world, home.location(HEALTHY)
    zones = [world.add_sensor(location.id, 100 * "🚪") for _ in range(20)]
    await home.press("sync_panel", HEALTHY)
    await home.wait(120)
    for zone in zones:
        world.rename_zone(location.id, zone, 100 * "🪟")
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    *_, told = home.outcomes(HEALTHY)
    assert told["outcome"] == "succeeded"
    assert 0 < len(told["changes"]) < len(zones)
    assert len(told["changes"]) + told["more_changes"] == len(zones)
    attributes = home.state("event", "sync", HEALTHY).attributes
    assert len(json_bytes(attributes)) < MAX_STATE_ATTRS_BYTES

"""A local panel in Home Assistant: shown at once, honest about its link, read only."""

import asyncio
from dataclasses import dataclass
import logging
from pathlib import Path
from typing import Any

from homeassistant.const import (
    ATTR_ENTITY_ID,
    EVENT_HOMEASSISTANT_STOP,
    MATCH_ALL,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from simulator.panels import AlarmDecoderFace, Firmware

from .conftest import MakeHouse, StartHouse
from .house import FaceName, House, Link
from .test_diagnostics import download_of

ADAPTERS = [("ad2", "tcp"), ("ad2", "pty"), ("vista", "tcp"), ("vista", "pty")]

SENSORS = {"arming_state", "open_zones", "last_message"}
# Off by default.
OFF = {"keypad_text", "last_message"}
BINARY_SENSORS = {
    "panel_connection",
    "ready",
    "power",
    "battery",
    "trouble",
    "programming",
}
# What speaks of the link, or of the past, has a state while nothing is heard.
ALWAYS = {"panel_connection", "refresh_status", "activity"}


def first_zone(house: House) -> int:
    """Return the number of a zone."""
    return next(iter(house.panel.panel.zones))


# --- what it shows -------------------------------------------------------------------


@pytest.mark.parametrize(("name", "link"), ADAPTERS)
async def test_a_zone_is_shown_in_under_a_second(
    start_house: StartHouse, name: FaceName, link: Link
) -> None:
    """The clock stands still: all of this is the way from the wire to the state."""
    house = await start_house(name, link=link)
    await house.wait(20)
    assert house.state("sensor", "open_zones").state == "0"
    assert house.state("binary_sensor", "ready").state == "on"
    shown = asyncio.Event()
    stop = async_track_state_change_event(
        house.hass,
        [house.state("sensor", "open_zones").entity_id],
        callback(lambda _: shown.set()),
    )
    house.panel.set_zone(first_zone(house), is_open=True)
    # However long a busy machine takes to carry it over the wire.
    await shown.wait()
    stop()
    assert house.state("sensor", "open_zones").state == "1"
    # A VISTA tells of readiness only when it is asked, each 30 s.
    await house.wait(3 if name == "ad2" else 32, step=1)
    assert house.state("binary_sensor", "ready").state == "off"


@pytest.mark.parametrize(
    ("name", "more"), [("ad2", {"keypad_text"}), ("vista", set[str]())]
)
async def test_entities_exist_where_the_link_can_tell(
    start_house: StartHouse, name: FaceName, more: set[str]
) -> None:
    house = await start_house(name)
    assert house.keys() == {
        "button": {"refresh_status"},
        "event": {"activity"},
        "sensor": SENSORS | more,
        "binary_sensor": BINARY_SENSORS,
    }
    for platform, keys in house.keys().items():
        for key in keys - OFF:
            state = house.state(platform, key).state
            assert state != STATE_UNAVAILABLE, key
    device = house.device
    assert device.name == house.entry.title
    assert device.manufacturer
    assert device.model
    assert device.serial_number is None


async def test_an_adapter_with_a_number_shows_it(start_house: StartHouse) -> None:
    house = await start_house(unique_id="00004d2f")
    assert house.device.serial_number == "00004d2f"


@pytest.mark.parametrize("name", ["ad2", "vista"])
async def test_arming_power_and_trouble(
    start_house: StartHouse, name: FaceName
) -> None:
    house = await start_house(name)
    activity = async_capture_events(house.hass, "state_changed")
    house.panel.arm("stay", exit_delay=False)
    house.panel.set_panel(ac=False)
    await house.wait(45, step=3)
    assert house.state("sensor", "arming_state").state == "armed_home"
    assert house.state("binary_sensor", "power").state == "off"
    house.panel.disarm()
    await house.wait(45, step=3)
    assert house.state("sensor", "arming_state").state == "disarmed"
    told = [
        event.data["new_state"].attributes["event_type"]
        for event in activity
        if event.data["entity_id"] == house.entity_id("event", "activity")
        and event.data["new_state"].attributes["event_type"]
    ]
    for kind in ("armed", "trouble", "disarmed"):
        assert told.count(kind) == 1, kind


async def test_keypad_text_is_off_by_default_and_blank_in_programming(
    hass: HomeAssistant, start_house: StartHouse
) -> None:
    house = await start_house()
    entity_id = house.entity_id("sensor", "keypad_text")
    assert entity_id is not None
    assert hass.states.get(entity_id) is None
    await house.enable("sensor", "keypad_text")
    assert "DISARMED" in house.state("sensor", "keypad_text").state
    house.panel.set_panel(programming=True)
    await house.wait(3, step=1)
    assert house.state("binary_sensor", "programming").state == "on"
    assert house.state("sensor", "keypad_text").state == "unknown"


async def test_a_quiet_panel_is_not_written_at_each_line(
    start_house: StartHouse,
) -> None:
    house = await start_house()
    await house.wait(60)
    before = house.face.wire.sent
    changes = async_capture_events(house.hass, "state_changed")
    await house.wait(600)
    assert house.face.wire.sent - before >= 55
    assert changes == []
    # Where it is wanted, the time of the last line is shown now and then.
    await house.enable("sensor", "last_message")
    await house.wait(120)
    changes.clear()
    await house.wait(600)
    moved = {event.data["entity_id"] for event in changes}
    assert moved == {house.entity_id("sensor", "last_message")}
    assert 1 <= len(changes) <= 2


# --- the cable is pulled -------------------------------------------------------------


@dataclass(frozen=True)
class Outage:
    """How a link goes, how soon that must show, and how it comes back."""

    name: FaceName
    link: Link
    trouble: str
    within: int
    back: str | None = None


OUTAGES = [
    Outage("ad2", "tcp", "reset", 0),
    Outage("ad2", "tcp", "eof", 0),
    Outage("ad2", "tcp", "half_open", 41),
    Outage("ad2", "tcp", "silence", 41, "talk"),
    Outage("ad2", "tcp", "serial_gone", 0, "serial_back"),
    Outage("ad2", "tcp", "power_off", 41, "power_on"),
    Outage("ad2", "pty", "unplug", 0, "plug"),
    Outage("ad2", "pty", "silence", 41, "talk"),
    Outage("ad2", "pty", "noise", 41, "clear"),
    Outage("ad2", "pty", "power_off", 41, "power_on"),
    Outage("vista", "tcp", "reset", 0),
    Outage("vista", "tcp", "eof", 0),
    Outage("vista", "tcp", "half_open", 41),
    Outage("vista", "tcp", "silence", 41, "talk"),
    Outage("vista", "tcp", "power_off", 41, "power_on"),
    Outage("vista", "pty", "unplug", 0, "plug"),
    Outage("vista", "pty", "silence", 41, "talk"),
    Outage("vista", "pty", "power_off", 41, "power_on"),
]


@pytest.mark.shows("entity-unavailable", "log-when-unavailable")
@pytest.mark.parametrize(
    "outage", OUTAGES, ids=lambda one: f"{one.name}-{one.link}-{one.trouble}"
)
async def test_a_lost_link_is_told_once_and_comes_back_by_itself(
    start_house: StartHouse,
    caplog: pytest.LogCaptureFixture,
    outage: Outage,
) -> None:
    house = await start_house(outage.name, link=outage.link)
    await house.wait(15)
    assert house.state("binary_sensor", "ready").state == "on"
    caplog.clear()

    await house.face.trouble(outage.trouble)
    await house.carry()
    await house.until("binary_sensor", "panel_connection", "off", outage.within + 1)
    everything = set().union(*house.keys().values())
    assert house.unavailable() == everything - ALWAYS - OFF

    # Meanwhile something changes: what was known before must not come back.
    house.panel.set_zone(first_zone(house), is_open=True)
    await house.wait(60)
    if outage.back is not None:
        assert not house.connected
        await house.face.trouble(outage.back)
    await house.until_heard(200)
    assert house.state("binary_sensor", "ready").state == "off"
    await house.wait(30, step=1)
    assert house.state("sensor", "open_zones").state == "1"

    assert link_levels(caplog) == [logging.WARNING, logging.INFO]

    # And the next time is an outage of its own.
    caplog.clear()
    await house.face.trouble(outage.trouble)
    await house.wait(outage.within + 5)
    if outage.back is not None:
        await house.face.trouble(outage.back)
    await house.until_heard(200)
    assert link_levels(caplog) == [logging.WARNING, logging.INFO]


def link_levels(caplog: pytest.LogCaptureFixture) -> list[int]:
    """Return the levels of what a person who reads the log was told: of the link alone."""
    told = [
        record
        for record in caplog.records
        if record.name.startswith("custom_components.panelsync")
        and record.levelno >= logging.INFO
    ]
    assert all("local link to" in record.getMessage() for record in told)
    return [record.levelno for record in told]


@pytest.mark.parametrize(("name", "link"), ADAPTERS)
async def test_a_short_power_cut_leaves_nothing_old(
    start_house: StartHouse, name: FaceName, link: Link
) -> None:
    """Shorter than the link would miss it; what comes after is what counts."""
    house = await start_house(name, link=link)
    await house.wait(60)
    await house.face.trouble("power_off")
    house.panel.set_zone(first_zone(house), is_open=True)
    await house.wait(8, step=1)
    await house.face.trouble("power_on")
    await house.wait(45, step=1)
    assert house.connected
    assert house.state("binary_sensor", "ready").state == "off"
    assert house.state("sensor", "open_zones").state == "1"


async def test_an_adapter_that_answers_for_a_silent_panel(
    start_house: StartHouse, caplog: pytest.LogCaptureFixture
) -> None:
    """The adapter lives, the panel's bus behind it is dead."""
    house = await start_house()
    caplog.clear()
    assert isinstance(house.face, AlarmDecoderFace)
    settings = house.face.adapter.firmware.settings
    settings["MASK"] = "00000000"
    await house.wait(75)
    assert not house.connected
    assert house.state("binary_sensor", "ready").state == STATE_UNAVAILABLE
    with pytest.raises(HomeAssistantError) as raised:
        await refresh(house, 20)
    assert raised.value.translation_key == "panel_not_heard"
    settings["MASK"] = "ffffffff"
    await house.until_heard()
    assert link_levels(caplog) == [logging.WARNING, logging.INFO]


@pytest.mark.shows("test-before-setup")
async def test_a_panel_that_is_not_there_at_first(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = make_house("ad2")
    path = tmp_path / "ttyUSB0"
    house.add_entry(str(path))
    assert await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.wait(30)
    assert not house.connected
    assert house.state("binary_sensor", "ready").state == STATE_UNAVAILABLE
    await house.open("pty", path)
    await house.until_heard()


@pytest.mark.parametrize("link", ["tcp", "pty"])
async def test_the_link_is_closed_when_home_assistant_stops(
    hass: HomeAssistant, start_house: StartHouse, link: Link
) -> None:
    house = await start_house(link=link)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await house.carry()
    assert not house.connected
    await house.wait(120)
    assert not house.connected


@pytest.mark.shows("config-entry-unloading")
async def test_an_unloaded_entry_lets_the_port_go(
    hass: HomeAssistant, start_house: StartHouse
) -> None:
    house = await start_house("vista", link="pty")
    await hass.config_entries.async_unload(house.entry.entry_id)
    sent = house.face.heard_bytes
    await house.wait(120)
    assert house.face.heard_bytes == sent
    await hass.config_entries.async_setup(house.entry.entry_id)
    await house.until_heard()
    assert await hass.config_entries.async_remove(house.entry.entry_id)


async def test_its_device_goes_only_with_its_entry(
    hass: HomeAssistant,
    start_house: StartHouse,
    hass_ws_client: WebSocketGenerator,
) -> None:
    assert await async_setup_component(hass, "config", {})
    house = await start_house("vista")
    client = await hass_ws_client(hass)
    answer = await client.remove_device(house.device.id)
    assert not answer["success"]
    assert answer["error"]["message"].endswith("rejected by integration"), answer
    assert house.connected


# --- refresh -------------------------------------------------------------------------


async def refresh(house: House, seconds: int) -> None:
    """Press the button while time passes; raises what the press raised."""
    pressing = asyncio.create_task(house.press_refresh())
    while not pressing.done() and seconds:
        await house.wait(1, settle=False)
        seconds -= 1
    pressing.result()


@pytest.mark.parametrize("name", ["ad2", "vista"])
async def test_refresh_ends_when_the_panel_was_heard(
    hass: HomeAssistant, start_house: StartHouse, name: FaceName
) -> None:
    house = await start_house(name)
    await house.wait(60)
    sent = house.face.wire.sent
    await refresh(house, 15)
    assert house.face.wire.sent > sent
    # After a reload, what the panel is asked at first keeps nobody waiting.
    await hass.config_entries.async_reload(house.entry.entry_id)
    await house.until_heard()
    await refresh(house, 15)


@pytest.mark.shows("action-exceptions")
@pytest.mark.parametrize(
    ("name", "why", "says"),
    [
        ("ad2", "panel_not_heard", "cannot query its panel"),
        ("vista", "panel_not_answering", "did not answer within 15 seconds"),
    ],
)
async def test_refresh_says_that_nothing_was_heard(
    start_house: StartHouse, name: FaceName, why: str, says: str
) -> None:
    house = await start_house(name)
    await house.wait(60)
    await house.face.trouble("silence")
    with pytest.raises(HomeAssistantError, match=says) as raised:
        await refresh(house, 20)
    assert raised.value.translation_key == why
    assert raised.value.translation_placeholders == {"panel": house.entry.title}
    await house.wait(45)
    assert not house.connected
    # While it is being listened to anew, nothing is known of the adapter either.
    with pytest.raises(HomeAssistantError, match=f"{says}|no connection"):
        await refresh(house, 20)


async def test_refresh_says_that_there_is_no_connection(
    start_house: StartHouse,
) -> None:
    house = await start_house(link="pty")
    await house.face.trouble("unplug")
    await house.carry()
    with pytest.raises(
        HomeAssistantError, match="no connection to AlarmDecoder"
    ) as err:
        await refresh(house, 5)
    assert err.value.translation_key == "panel_not_connected"


async def test_the_generic_update_action_does_no_harm(
    hass: HomeAssistant, start_house: StartHouse
) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    house = await start_house()
    await hass.services.async_call(
        "homeassistant",
        "update_entity",
        {ATTR_ENTITY_ID: house.entity_id("binary_sensor", "ready")},
        blocking=True,
    )
    await house.wait(15)
    assert house.state("binary_sensor", "ready").state == "on"


# --- what nobody may learn -----------------------------------------------------------

CONCEALED = ["duress", "hold_up", "hold_up_trouble", "silent_panic"]


@pytest.mark.parametrize(("name", "version"), [("ad2", 1), ("ad2", 2), ("vista", 2)])
@pytest.mark.parametrize("kind", CONCEALED)
async def test_duress_and_hold_up_reach_no_surface(
    hass: HomeAssistant,
    start_house: StartHouse,
    caplog: pytest.LogCaptureFixture,
    name: FaceName,
    version: Any,
    kind: str,
) -> None:
    firmware = Firmware(lrr_version=version, settings={"LRR": "Y"})
    house = await start_house(name, firmware=firmware)
    await house.wait(60)
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    happened = async_capture_events(hass, MATCH_ALL)
    sent = house.face.wire.sent
    for restored in (False, True):
        house.panel.emit(kind, partition=1, number=8, restored=restored)
        await house.wait(2)
    assert house.face.wire.sent > sent
    told = [
        event
        for event in happened
        if event.event_type not in ("state_reported", "time_changed")
        and event.data.get("entity_id") != house.entity_id("sensor", "last_message")
    ]
    assert told == []
    logged = "\n".join(
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.panelsync")
    ).lower()
    # An id that is drawn may well hold the digits of a code.
    logged = logged.replace(house.entry.entry_id.lower(), "")
    for word in ("duress", "hold", "panic", "silent", "121", "122", "126", "129"):
        assert word not in logged


# Pages of old and new panels; the last two of an alarm that nobody can hear.
CONCEALED_PAGES = [
    ("DURESS ALARM    USER 08", "duress"),
    ("HOLD-UP  08     COUNTER", "hold-up"),
    ("SILENT PANIC 08", "silent"),
    ("ALARM 08 COUNTER", "counter"),
    ("PANIC 08 BEDSIDE", "bedside"),
]


@pytest.mark.parametrize(("text", "word"), CONCEALED_PAGES)
async def test_a_page_that_gives_somebody_away_is_shown_nowhere(
    hass: HomeAssistant,
    start_house: StartHouse,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
    text: str,
    word: str,
) -> None:
    """Not even where a person wants to see what the keypads show."""
    house = await start_house()
    await house.enable("sensor", "last_message")
    await house.enable("sensor", "keypad_text")
    await house.wait(61)
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    happened = async_capture_events(hass, MATCH_ALL)
    shown = house.state("sensor", "keypad_text").state
    last = house.state("sensor", "last_message").state
    await house.wait(2, step=1)
    # Mains power and the memory of an alarm, but no siren.
    house.face.say(
        f'[00000001010000000A--],008,[f7060007000800000a020000000000],"{text:<32}"'
    )
    await house.carry()
    page = (await download_of(hass, hass_client, house.entry))["data"]
    assert page["link"]["last_message"] > last
    assert house.state("sensor", "keypad_text").state == shown
    everything = [
        page,
        [state.as_dict() for state in hass.states.async_all()],
        [event.data for event in happened],
        [record.getMessage() for record in caplog.records],
    ]
    assert word not in str(everything).lower()
    assert house.state("event", "activity").state == "unknown"


async def test_another_event_of_the_same_wire_is_told(start_house: StartHouse) -> None:
    house = await start_house(firmware=Firmware(settings={"LRR": "Y"}))
    house.panel.emit("low_battery")
    await house.wait(2)
    told = house.state("event", "activity").attributes
    assert told["event_type"] == "trouble"


# --- broken peers --------------------------------------------------------------------


async def test_lines_at_full_speed_are_shown_five_times_a_second(
    hass: HomeAssistant, start_house: StartHouse
) -> None:
    """Two valid lines in turn, as fast as they go: the recorder must not drown."""
    house = await start_house()
    await house.wait(30)
    changes = async_capture_events(hass, "state_changed")
    raw = '[f70600ff1008001c08020000000000],"****DISARMED****  Ready to Arm  "'
    away = '[f70600ff1008000c0c020000000000],"ARMED ***AWAY***                "'
    for _ in range(500):
        house.face.say(f"[10000001000000003A--],008,{raw}")
        house.face.say(f"[01000001000000003A--],008,{away}")
    await house.carry()
    entity_id = house.entity_id("sensor", "arming_state")
    arming = [event for event in changes if event.data["entity_id"] == entity_id]
    assert len(arming) <= 5
    # What it is in the end is shown in the end.
    await house.wait(2)
    assert house.state("sensor", "arming_state").state == "armed_away"

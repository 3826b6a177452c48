"""The config flow of a local panel, through its public door, against the simulated panel."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_RECONFIGURE,
    SOURCE_USB,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers.service_info.usb import UsbServiceInfo
from homeassistant.helpers.translation import async_get_translations
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.panelsync.const import DOMAIN
from custom_components.panelsync.flows import panel as flow_panel
from custom_components.panelsync.flows.partitions import (
    PARTITIONS,
    partition_rows,
    read_partitions,
)
from custom_components.panelsync.flows.schemas import FormError
from simulator import Simulator
from simulator.panels import AlarmDecoderFace, Firmware

from .conftest import MakeHouse, StartHome, StartHouse
from .flows import answer, begin, defaults, placeholders, state
from .house import FaceName, House, Link
from .test_voice import other_account, rename

SERIAL_NUMBER = "00004d2f"
NOBODY = "socket://127.0.0.1:1"
"""Port 1 of this machine: nothing listens there."""

ADAPTERS = [("ad2", "tcp"), ("ad2", "pty"), ("vista", "tcp"), ("vista", "pty")]


type Rows = list[dict[str, Any]]


def row(partition: int | str, *keypads: int | str) -> dict[str, Any]:
    """Return a row of the form: a partition with its keypads."""
    return {
        "partition": str(partition),
        "keypads": [str(keypad) for keypad in keypads],
    }


def typed(url: str, family: str = "auto", **advanced: str | Rows) -> dict[str, Any]:
    """Return what a person types."""
    return {
        "device": url,
        "family": family,
        "advanced": {"baudrate": "auto"} | advanced,
    }


async def listen(
    house: House,
    result: ConfigFlowResult,
    given_input: Mapping[str, Any],
    *,
    speaks: bool = True,
) -> ConfigFlowResult:
    """Send a form, let time pass while it is listened, return what comes next.

    A VISTA `speaks` while something happens in the house: it is never asked first.
    """
    flows = house.hass.config_entries.flow
    result = await answer(house.hass, result, given_input)
    while result["type"] is FlowResultType.SHOW_PROGRESS:
        assert result["progress_action"] == "listen"
        if speaks and house.name == "vista":
            house.panel.emit("manual_test")
        house.freezer.tick(1)
        await house.carry()
        result = await flows.async_configure(result["flow_id"])
    return result


async def find(house: House, url: str, family: str = "auto") -> ConfigFlowResult:
    """Add a panel by its address, and return what comes after it was listened to."""
    return await listen(house, await begin(house.hass, "panel"), typed(url, family))


async def finish(
    house: House, result: ConfigFlowResult, options: Mapping[str, Any] | None = None
) -> ConfigEntry:
    """Go from the last page to the entry, loaded and heard."""
    assert result["type"] is FlowResultType.FORM, result
    assert result["step_id"] == "panel_location", result["errors"]
    result = await answer(
        house.hass, result, {"refresh_on_mismatch": False, **(options or {})}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry: ConfigEntry = result["result"]
    house.entry = entry
    await house.carry()
    assert state(entry) is ConfigEntryState.LOADED
    return entry


async def reconfigure(house: House) -> ConfigFlowResult:
    """Open the form of an entry that is there."""
    result = await house.hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_RECONFIGURE, "entry_id": house.entry.entry_id},
    )
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "reconfigure_panel"
    return result


async def plug_in(
    hass: HomeAssistant,
    device: str = "/dev/ttyUSB7",
    serial_number: str | None = "DN03ABCD",
) -> ConfigFlowResult:
    """Let Home Assistant tell of an adapter that was plugged in."""
    info = UsbServiceInfo(
        device=device,
        vid="0403",
        pid="6001",
        serial_number=serial_number,
        manufacturer="FTDI",
        description="AD2USB",
    )
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USB}, data=info
    )


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """Return a house with an AlarmDecoder, and nothing opened."""
    return make_house("ad2")


@pytest.fixture
async def adapter(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> House:
    """Return a house whose adapter has a path by its number, whatever port it has."""
    url = await house.open("pty", tmp_path / "usb-FTDI_AD2USB")
    monkeypatch.setattr(flow_panel, "get_serial_by_id", lambda _: url)
    return house


# Rows that no panel can have, the error, and what its text names.
WRONG_PARTITIONS: list[tuple[Rows, str, dict[str, str]]] = [
    ([row(1, 16), row(1, 17)], "partition_twice", {"partition": "1"}),
    ([row(2)], "partition_without_keypads", {"partition": "2"}),
    (
        [row(1, 16, 17), row(2, 3), row(3, 4, 17)],
        "keypad_twice",
        {"keypad": "17", "partition": "3", "other": "1"},
    ),
]


# --- found -------------------------------------------------------------------


@pytest.mark.parametrize(("name", "link"), ADAPTERS)
async def test_a_panel_is_added(
    hass: HomeAssistant,
    make_house: MakeHouse,
    tmp_path: Path,
    name: FaceName,
    link: Link,
) -> None:
    house = make_house(name)
    url = await house.open(link, tmp_path / "ttyUSB0" if link == "pty" else None)
    family = "auto" if name == "ad2" else "vista_serial"
    result = await find(house, f" {url} ", family)
    entry = await finish(house, result)
    expected: dict[str, Any] = {
        "ad2": ("AlarmDecoder", "alarmdecoder", 115200, SERIAL_NUMBER),
        "vista": ("VISTA RS-232", "vista_serial", 9600, None),
    }
    title, stored, baudrate, unique_id = expected[name]
    assert entry.title == title
    assert entry.unique_id == unique_id
    assert entry.data == {
        "device": url,
        "family": stored,
        "baudrate": baudrate,
        "partitions": {},
    }
    assert entry.options == {"refresh_on_mismatch": False}
    await house.until_heard()


async def test_a_vista_that_speaks_is_found_without_a_word(
    hass: HomeAssistant, make_house: MakeHouse
) -> None:
    house = make_house("vista")
    url = await house.open()
    result = await answer(hass, await begin(hass, "panel"), typed(url))
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await house.carry()
    assert house.face.heard_bytes == b""
    house.panel.set_zone(next(iter(house.panel.panel.zones)), is_open=True)
    await house.carry()
    assert house.face.heard_bytes == b""
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    entry = await finish(house, result)
    assert entry.data["family"] == "vista_serial"


async def mute_port(house: House, path: Path) -> ConfigFlowResult:
    """Listen to a mute port of this machine, named as a VISTA's."""
    await house.open("pty", path)
    form = await begin(house.hass, "panel")
    return await listen(house, form, typed(str(path), "vista_serial"), speaks=False)


async def test_a_mute_port_is_asked_once_after_an_explicit_yes(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = make_house("vista")
    result = await mute_port(house, tmp_path / "ttyS0")
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "ask_panel"
    assert house.face.heard_bytes == b""
    assert defaults(result) == {"ask": False}
    result = await listen(house, result, {"ask": True}, speaks=False)
    assert house.face.heard_bytes == b"08as0064\r\n"
    entry = await finish(house, result)
    # The yes was for the dialog: the link listens again until the panel speaks.
    await house.wait(60)
    assert house.face.heard_bytes == b"08as0064\r\n"
    assert not house.connected
    await house.until_heard()
    assert entry.title == "VISTA RS-232"


async def test_without_a_yes_nothing_is_written(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = make_house("vista")
    path = tmp_path / "ttyS0"
    result = await mute_port(house, path)
    result = await answer(house.hass, result, {"ask": False})
    assert result["step_id"] == "panel"
    assert result["errors"] == {"base": "panel_silent"}
    assert house.face.heard_bytes == b""
    result = await listen(house, result, typed(str(path), "vista_serial"))
    await finish(house, result)
    assert house.face.heard_bytes == b""


async def test_a_quiet_alarmdecoder_named_as_a_vista_is_sent_nothing(
    house: House, tmp_path: Path
) -> None:
    """The one way to a key press is a person who says that it is none; then once."""
    path = tmp_path / "ttyUSB0"
    await house.open("pty", path)
    assert isinstance(house.face, AlarmDecoderFace)
    house.face.adapter.firmware.settings["DEDUPLICATE"] = "Y"
    await house.face.trouble("silence")
    given_input = typed(str(path), "vista_serial")
    result = await listen(house, await begin(house.hass, "panel"), given_input)
    assert result["step_id"] == "ask_panel"
    assert house.face.heard_bytes == b""
    result = await listen(house, result, {"ask": True})
    assert result["errors"] == {"base": "panel_silent"}
    sent = house.face.heard_bytes
    assert sent.count(b"08as0064") <= 1
    # It did not answer: it is not asked again, and the person is not, either.
    result = await listen(house, result, given_input)
    assert result["step_id"] == "panel"
    assert house.face.heard_bytes == sent
    house.face.heard.clear()


@pytest.mark.parametrize("family", ["auto", "vista_serial"])
async def test_nobody_is_asked_about_a_network_address(
    make_house: MakeHouse, family: str
) -> None:
    house = make_house("vista")
    url = await house.open()
    result = await listen(
        house, await begin(house.hass, "panel"), typed(url, family), speaks=False
    )
    assert result["step_id"] == "panel"
    assert result["errors"] == {"base": "panel_silent"}
    assert house.face.heard_bytes == b""


async def test_another_speed_is_found(house: House, tmp_path: Path) -> None:
    url = await house.open("pty", tmp_path / "ttyS0", baud=19200)
    result = await find(house, url, "alarmdecoder")
    entry = await finish(house, result)
    assert entry.data["baudrate"] == 19200
    await house.until_heard()


@pytest.mark.parametrize("serial", ["ffffffff", "00000000"])
async def test_an_adapter_without_a_number(house: House, serial: str) -> None:
    url = await house.open(firmware=Firmware(serial=serial))
    entry = await finish(house, await find(house, url))
    assert entry.unique_id is None


async def test_partitions_and_speed_are_taken_as_typed(
    hass: HomeAssistant, house: House
) -> None:
    url = await house.open()
    rows = [row(1, 16, 1), row(2, 19)]
    given_input = typed(url, "alarmdecoder", baudrate="19200", partitions=rows)
    entry = await finish(
        house, await listen(house, await begin(hass, "panel"), given_input)
    )
    assert entry.data["partitions"] == {"1": [1, 16], "2": [19]}
    assert entry.data["baudrate"] == 19200


# --- not found, then found ---------------------------------------------------------


@pytest.mark.shows("config-flow-test-coverage")
async def test_every_error_and_then_the_entry(
    hass: HomeAssistant, house: House
) -> None:
    url = await house.open()
    result = await begin(hass, "panel")
    assert placeholders(result)["example"].startswith("socket://")

    for rows, error, shown in WRONG_PARTITIONS:
        result = await listen(house, result, typed(url, partitions=rows))
        assert result["errors"] == {"advanced": error}
        assert placeholders(result).items() >= shown.items()
        assert defaults(result)["partitions"] == rows
    assert house.face.heard_bytes == b""

    result = await listen(house, result, typed(NOBODY))
    assert result["step_id"] == "panel"
    assert result["errors"] == {"base": "panel_cannot_open"}
    assert "127.0.0.1:1" in placeholders(result)["detail"]
    assert defaults(result) == {
        "device": NOBODY,
        "family": "auto",
        "baudrate": "auto",
        "partitions": None,
    }

    await house.face.trouble("silence")
    result = await listen(house, result, typed(url))
    assert result["errors"] == {"base": "panel_silent"}
    await house.face.trouble("talk")

    await house.face.trouble("serial_gone")
    result = await listen(house, result, typed(url))
    assert result["errors"] == {"base": "panel_adapter_gone"}
    await house.face.trouble("serial_back")

    await house.face.trouble("noise")
    result = await listen(house, result, typed(url))
    assert result["errors"] == {"base": "panel_not_understood"}
    assert house.face.heard_bytes == b""
    await house.face.trouble("clear")

    await finish(house, await listen(house, result, typed(url)))


async def test_a_bridge_that_another_program_holds(house: House) -> None:
    """It takes the connection and ends it."""

    async def end(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(end, "127.0.0.1", 0) as bridge:
        port = bridge.sockets[0].getsockname()[1]
        result = await find(house, f"socket://127.0.0.1:{port}")
    assert result["errors"] == {"base": "panel_closed"}


@pytest.mark.parametrize("url", ["nonsense://host", "socket://", "", "/dev/none"])
async def test_what_is_no_address(house: House, url: str) -> None:
    result = await find(house, url)
    assert result["errors"] == {"base": "panel_cannot_open"}


# --- there already -----------------------------------------------------------------


@pytest.mark.shows("config-flow-test-coverage", "unique-config-entry")
async def test_the_same_address_is_not_added_again(
    hass: HomeAssistant, house: House
) -> None:
    url = await house.open()
    house.add_entry(url)
    result = await answer(hass, await begin(hass, "panel"), typed(url))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert house.face.heard_bytes == b""


async def test_the_same_adapter_at_another_address_moves_its_entry(
    hass: HomeAssistant, house: House
) -> None:
    url = await house.open()
    house.add_entry(NOBODY, unique_id=SERIAL_NUMBER)
    result = await find(house, url)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert house.entry.data["device"] == url
    await hass.async_block_till_done()


# --- plugged in ----------------------------------------------------------------------


@pytest.mark.shows("discovery")
async def test_an_adapter_is_discovered(hass: HomeAssistant, adapter: House) -> None:
    house, url = adapter, adapter.face.url
    result = await plug_in(hass)
    assert result["step_id"] == "panel"
    assert defaults(result)["device"] == url
    [flow] = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["title_placeholders"] == {"name": "AD2USB"}
    assert flow["context"]["unique_id"] == "DN03ABCD"
    assert house.face.heard_bytes == b""
    entry = await finish(house, await listen(house, result, typed(url)))
    assert entry.unique_id == SERIAL_NUMBER
    assert entry.data["device"] == url

    # At each start of Home Assistant it is told again.
    for device in (url, "/dev/ttyUSB7"):
        result = await plug_in(hass, device)
        assert result["reason"] == "already_configured"


@pytest.mark.shows("discovery-update-info")
async def test_an_adapter_found_at_another_port_moves_its_entry(
    hass: HomeAssistant, adapter: House
) -> None:
    house, url = adapter, adapter.face.url
    house.add_entry(NOBODY, unique_id=SERIAL_NUMBER)
    result = await plug_in(hass)
    # Only the adapter itself can say that it is the same one.
    assert house.entry.data["device"] == NOBODY
    result = await listen(house, result, typed(url))
    assert result["reason"] == "already_configured"
    assert house.entry.data["device"] == url
    await hass.async_block_till_done()


async def test_an_adapter_without_usb_number_is_offered_once(
    hass: HomeAssistant,
) -> None:
    result = await plug_in(hass, serial_number=None)
    assert result["step_id"] == "panel"
    again = await plug_in(hass, serial_number=None)
    assert again["reason"] == "already_in_progress"


async def test_an_ignored_adapter_stays_ignored(hass: HomeAssistant) -> None:
    MockConfigEntry(
        domain=DOMAIN, unique_id="DN03ABCD", source=SOURCE_IGNORE, data={}
    ).add_to_hass(hass)
    result = await plug_in(hass)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


@pytest.mark.parametrize(
    "url",
    [
        "socket://dana:Secret-Key-4@127.0.0.1:1",
        "esphome://127.0.0.1:1/?key=Secret-Key-4",
    ],
)
async def test_a_secret_in_an_address_never_comes_back_into_a_form(
    hass: HomeAssistant, make_house: MakeHouse, url: str
) -> None:
    result = await make_house("ad2").add_entry(url).start_reconfigure_flow(hass)
    assert result["step_id"] == "reconfigure_panel"
    assert "Secret" not in str(defaults(result))


# --- reconfigure ---------------------------------------------------------------------


@pytest.mark.shows("reconfiguration-flow")
async def test_reconfigure(house: House, tmp_path: Path) -> None:
    await house.start(
        await house.open(),
        unique_id=SERIAL_NUMBER,
        data={"partitions": {"1": [16, 17]}},
    )
    await house.simulator.local.close_face(house.location_id, "ad2")
    url = await house.open("pty", tmp_path / "ttyUSB0")
    result = await reconfigure(house)
    assert result["step_id"] == "reconfigure_panel"
    assert defaults(result) == {
        "device": house.entry.data["device"],
        "family": "alarmdecoder",
        "baudrate": "115200",
        "partitions": [row(1, 16, 17)],
    }
    result = await listen(house, result, typed("/dev/none"))
    assert result["step_id"] == "reconfigure_panel"
    assert result["errors"] == {"base": "panel_cannot_open"}
    result = await listen(house, result, typed(url, partitions=[row(1, 16)]))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await house.until_heard()
    assert house.entry.data["device"] == url
    assert house.entry.data["partitions"] == {"1": [16]}
    assert house.entry.unique_id == SERIAL_NUMBER


async def test_the_same_port_is_free_for_the_probe(
    hass: HomeAssistant, make_house: MakeHouse, tmp_path: Path
) -> None:
    house = make_house("vista")
    url = await house.open("pty", tmp_path / "ttyS0")
    await house.start(url)
    result = await reconfigure(house)
    result = await listen(house, result, typed(url, "vista_serial"))
    assert result["reason"] == "reconfigure_successful"
    await house.until_heard()


@pytest.mark.parametrize("heard", [True, False])
async def test_reconfigure_given_up_half_way_loads_the_entry_again(
    hass: HomeAssistant, house: House, *, heard: bool
) -> None:
    url = await house.open()
    await house.start(url)
    before = dict(house.entry.data)
    result = await reconfigure(house)
    result = (
        await listen(house, result, typed(NOBODY))
        if heard
        else await answer(hass, result, typed(url))
    )
    assert state(house.entry) is ConfigEntryState.NOT_LOADED
    hass.config_entries.flow.async_abort(result["flow_id"])
    await house.until_heard()
    assert state(house.entry) is ConfigEntryState.LOADED
    assert house.entry.data == before


async def test_reconfigure_that_was_only_looked_at_leaves_the_link_alone(
    hass: HomeAssistant, start_house: StartHouse
) -> None:
    house = await start_house()
    result = await reconfigure(house)
    hass.config_entries.flow.async_abort(result["flow_id"])
    await house.carry()
    assert house.connected


async def test_an_entry_deleted_during_reconfigure(
    hass: HomeAssistant, start_house: StartHouse, caplog: pytest.LogCaptureFixture
) -> None:
    house = await start_house()
    result = await reconfigure(house)
    await listen(house, result, typed(NOBODY))
    await hass.config_entries.async_remove(house.entry.entry_id)
    hass.config_entries.flow.async_abort(result["flow_id"])
    await house.carry()
    assert not hass.config_entries.flow.async_progress()
    assert "Traceback" not in caplog.text


async def test_reconfigure_with_another_adapter(
    hass: HomeAssistant, make_house: MakeHouse
) -> None:
    house, other = make_house("ad2"), make_house("ad2", 1)
    await house.start(await house.open(), unique_id=SERIAL_NUMBER)
    url = await other.open(firmware=Firmware(serial="00004d30"))
    result = await reconfigure(house)
    result = await listen(house, result, typed(url))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "wrong_panel"
    await house.until_heard()
    assert house.entry.data["device"] == house.face.url


async def test_reconfigure_to_an_adapter_of_another_entry(
    hass: HomeAssistant, make_house: MakeHouse
) -> None:
    house, other = make_house("ad2"), make_house("ad2", 1)
    await house.start(await house.open())
    url = await other.open(firmware=Firmware(serial="00004d30"))
    other.add_entry(NOBODY, unique_id="00004d30")
    result = await reconfigure(house)
    result = await listen(house, result, typed(url))
    assert result["reason"] == "already_configured"
    await house.until_heard()
    result = await reconfigure(house)
    result = await answer(hass, result, typed(NOBODY))
    assert result["reason"] == "already_configured"
    assert house.connected


@pytest.mark.parametrize(
    ("serial", "known"),
    # One without a number was known by it before; another learns it.
    [("ffffffff", SERIAL_NUMBER), (SERIAL_NUMBER, None)],
)
async def test_an_entry_learns_and_keeps_its_number(
    house: House, serial: str, known: str | None
) -> None:
    url = await house.open(firmware=Firmware(serial=serial))
    await house.start(url, unique_id=known)
    result = await reconfigure(house)
    result = await listen(house, result, typed(url))
    assert result["reason"] == "reconfigure_successful"
    await house.carry()
    assert house.entry.unique_id == SERIAL_NUMBER


# --- the location --------------------------------------------------------------------


def offered(result: ConfigFlowResult) -> list[dict[str, str]]:
    """Return the locations that a form offers."""
    form = result["data_schema"]
    assert form is not None
    choices: list[dict[str, str]] = form.schema["location"].config["options"]
    return choices


async def options_of(house: House) -> ConfigFlowResult:
    """Open the options of a panel."""
    return await house.hass.config_entries.options.async_init(house.entry.entry_id)


async def test_the_location_is_chosen_from_the_account(
    start_home: StartHome, house: House
) -> None:
    home = await start_home()
    url = await house.open()
    result = await find(house, url)
    choices = offered(result)
    served = home.identifier(0)
    assert {"value": served, "label": "Mill House"} in choices
    assert len(choices) == len(home.simulator.world.locations)
    entry = await finish(house, result, {"location": served})
    assert entry.options == {"location": served, "refresh_on_mismatch": False}


async def test_locations_that_are_called_alike_are_told_apart(
    hass: HomeAssistant,
    start_home: StartHome,
    house: House,
    simulator: Simulator,
) -> None:
    home = await start_home()
    other = await other_account(home, simulator)
    served = home.identifier(0)
    house.add_entry(await house.open(), options={"location": served})
    choices = offered(await options_of(house))
    assert {"value": served, "label": f"Mill House ({home.entry.title})"} in choices
    labels = [choice["label"] for choice in choices]
    assert "Mill House (other)" in labels
    assert len(set(labels)) == 8

    # The name a person gave counts, and needs no more.
    rename(home, 0, name_by_user="Grandma's")
    choices = offered(await options_of(house))
    assert {"value": served, "label": "Grandma's"} in choices
    assert "Mill House" in [choice["label"] for choice in choices]

    # Also while its account is away.
    await hass.config_entries.async_unload(home.entry.entry_id)
    rename(home, 0, name_by_user="Lake Cabin")
    choices = offered(await options_of(house))
    assert {"value": served, "label": f"Lake Cabin ({home.entry.title})"} in choices
    assert "Lake Cabin (other)" in [choice["label"] for choice in choices]
    await hass.config_entries.async_unload(other.entry_id)


async def test_options(
    hass: HomeAssistant, start_home: StartHome, start_house: StartHouse
) -> None:
    home = await start_home()
    house = await start_house(serves=home)
    served = home.identifier(0)
    assert house.entity_id("binary_sensor", "status_mismatch") is not None
    # Also while the account is away, the location stays chosen and has its name.
    await hass.config_entries.async_unload(home.entry.entry_id)
    result = await options_of(house)
    assert result["step_id"] == "panel_options"
    assert defaults(result) == {"location": served, "refresh_on_mismatch": False}
    assert offered(result) == [{"value": served, "label": "Mill House"}]
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {"refresh_on_mismatch": True}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await house.until_heard()
    assert house.entry.options == {"refresh_on_mismatch": True}
    assert house.entity_id("binary_sensor", "status_mismatch") is None
    assert house.device.via_device_id is None


async def test_a_location_nobody_knows_stays_chosen(house: House) -> None:
    house.add_entry(await house.open(), options={"location": "7_12"})
    choices = offered(await options_of(house))
    assert choices == [{"value": "7_12", "label": "7_12"}]


# --- the keypads of each partition ------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], {}),
        (row(1, 16), {"1": [16]}),
        ([row(1, 16, 17), row(2, 18)], {"1": [16, 17], "2": [18]}),
        ([row(2, 18), row(1, 17, 16, 17)], {"2": [18], "1": [16, 17]}),
        ([row(8, 0), row(1, 31)], {"8": [0], "1": [31]}),
    ],
)
def test_partitions_are_read(
    rows: Rows | dict[str, Any], expected: dict[str, list[int]]
) -> None:
    assert read_partitions(PARTITIONS(rows)) == expected


@pytest.mark.parametrize(("rows", "error", "shown"), WRONG_PARTITIONS)
def test_partitions_that_cannot_be(
    rows: Rows, error: str, shown: dict[str, str]
) -> None:
    assert read_partitions(PARTITIONS(rows)) == FormError(error, shown, "advanced")


@pytest.mark.parametrize(
    "rows",
    [
        "1: 16",
        [row(0, 16)],
        [row(9, 16)],
        [row(1, 32)],
        [row(1, -3)],
        [row(1, "16, 17")],
        [row(1, "١٦")],
        [row("one", 16)],
        [{"partition": 1, "keypads": [16]}],
        [{"partition": "1"}],
        [{"keypads": ["16"]}],
        [row(1, 16) | {"location": "2"}],
    ],
)
async def test_rows_that_no_form_can_send(
    hass: HomeAssistant, house: House, rows: Any
) -> None:
    url = await house.open()
    with pytest.raises(InvalidData):
        await answer(hass, await begin(hass, "panel"), typed(url, partitions=rows))
    assert house.face.heard_bytes == b""


async def test_the_form_of_the_keypads_has_texts(
    hass: HomeAssistant, make_house: MakeHouse
) -> None:
    """A field of the rows that has none would show its key."""
    selector = PARTITIONS.serialize()["selector"]["object"]
    found = await async_get_translations(hass, "en", "selector", {DOMAIN})
    for field in selector["fields"]:
        key = f"component.{DOMAIN}.selector.{selector['translation_key']}.fields"
        assert found[f"{key}.{field}.name"]
        assert found[f"{key}.{field}.description"]
    assert {selector["label_field"], selector["description_field"]} <= set(
        selector["fields"]
    )


@given(st.dictionaries(st.integers(0, 31), st.integers(1, 8).map(str), max_size=32))
def test_partitions_are_shown_as_they_were_given(owners: dict[int, str]) -> None:
    partitions: dict[str, list[int]] = {}
    for keypad, partition in sorted(owners.items()):
        partitions.setdefault(partition, []).append(keypad)
    assert read_partitions(PARTITIONS(partition_rows(partitions))) == partitions

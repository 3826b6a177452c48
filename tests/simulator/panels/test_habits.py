"""Habits of real panels and adapters: the rotation, pages between, shared keypads, old words, bad peers."""

import asyncio

import pytest

from simulator.panels import Firmware
from simulator.panels.alarmdecoder.lines import mask_of
from simulator.panels.events import KINDS, PanelEvent, lrr_line
from tests.simulator.door import Door
from tests.simulator.panels.house import Host, House, ad2, tcp, turns, vista


def texts(host: Host) -> list[str]:
    """Return the texts of the keypad lines, without the blanks at their end."""
    return [line[61:93].rstrip() for line in host.lines if line.startswith("[")]


async def test_a_zone_that_opens_is_shown_at_once_and_the_list_goes_on_after_it() -> (
    None
):
    """As in the real lines: FAULT 02, LOBAT 03, LOBAT 04, and FAULT 05 cuts in; then the list goes on after 05."""
    house = House(zones=8)
    local = house.local
    for zone in local.panel.zones.values():
        zone.name = ""
    for number in (3, 4, 6, 7):
        local.set_zone(number, low_battery=True)
    async with ad2(house, raw=True) as face, tcp(face) as host:
        await turns()
        local.set_zone(2, is_open=True)
        while not texts(host) or texts(host)[-1] != "LOBAT 04":
            house.forward(1)
            await turns()
        shown = len(texts(host))
        local.set_zone(5, is_open=True)
        await turns()
        assert texts(host)[shown:] == ["FAULT 05"]
        for _ in range(40):
            house.forward(1)
        await turns()
        assert texts(host)[shown : shown + 8] == [
            "FAULT 05", "LOBAT 06", "LOBAT 07", "FAULT 02", "LOBAT 03", "LOBAT 04", "FAULT 05", "LOBAT 06",
        ]  # fmt: skip
        shown = len(texts(host))
        local.set_zone(2, is_open=False)
        for _ in range(60):
            house.forward(1)
        await turns()
        assert "FAULT 02" not in texts(host)[shown:]


async def test_pages_between() -> None:
    """The panel's low battery is a page for keypads, in each partition, with its flag on every status page."""
    house = House()
    local = house.local
    local.zones_in_check = True
    local.add_partition(2, [3])
    local.set_panel(low_battery=True)
    local.set_zone(1, trouble=True)
    local.fail_module(7, failed=True)
    local.set_zone(2, is_open=True)
    async with ad2(house, raw=True) as face, tcp(face) as host:
        for _ in range(60):
            house.forward(1)
        await turns()
        lines = {line[30:38] + line[61:93].rstrip(): line for line in host.lines}
        first, second = "06000700", "00000800"
        assert lines[first + "SYSTEM LO BAT"][12] == "1"
        assert lines[second + "SYSTEM LO BAT"][1] == "1"
        assert lines[second + "****DISARMED****  Ready to Arm"][12] == "1"
        assert lines[first + "FAULT 02 BACK   DOOR"][12] == "0"
        assert lines[first + "CHECK 107 WIRE  EXPANSION"][12:16] == "0001"
        assert lines[first + "HOME DISARMED    ZONES IN CHECK"][23:26] == "020"
        assert not any(line.startswith(second + "HOME") for line in lines)


async def test_keypads_of_two_partitions_in_common() -> None:
    """Masks may share a keypad."""
    house = House()
    house.local.add_partition(2, [3])
    keypads = {1: (0, 1, 16, 18), 2: (2, 17, 18)}
    masks = [mask_of(keypads[number]) for number in (1, 2)]
    assert masks == ["03000500", "04000600"]
    async with ad2(house, raw=True, keypads=keypads) as face, tcp(face) as host:
        house.forward(11)
        await turns()
        assert {line[30:38] for line in host.lines} == set(masks)


async def test_a_zone_byte_of_two_digits() -> None:
    """Only the text says that it is zone 123."""
    house = House()
    house.world.add_sensor(house.id, "Attic", 123)
    house.local.set_zone(123, is_open=True)
    firmware = Firmware(two_digits=True)
    async with ad2(house, raw=True, firmware=firmware) as face, tcp(face) as host:
        house.forward(11)
        await turns()
        line = host.lines[-1]
        assert (line[23:26], line[38:40]) == ("023", "23")
        assert texts(host)[-1] == "FAULT 123 ATTIC"


async def test_bytes_written_are_keys_pressed() -> None:
    """A quiet home without repeats: nothing is said for minutes, and what a host writes is pressed at the panel."""
    house = House()
    firmware = Firmware(settings={"DEDUPLICATE": "Y"})
    async with ad2(house, raw=True, firmware=firmware) as face, tcp(face) as host:
        house.forward(600)
        await turns()
        assert texts(host) == []  # its only line was said before the host came
        host.write(b"08as0064\r\n")
        await host.until("!Sending")
        host.write(b"\x02\x02\x02")
        while len(house.local.pressed) < 2:
            await asyncio.sleep(0.005)
    assert [(pressed.address, pressed.keys) for pressed in house.local.pressed] == [
        (18, "080064"),
        (18, "<S2>"),
    ]
    assert [event.kind for event in house.local.events] == ["wrong_code", "panic"]


async def test_old_words_of_an_end(subtests: pytest.Subtests) -> None:
    """Words that end in RESTORE, and the exit error that is no alarm."""
    now = House().world.now
    for kind, word in (
        ("ac_loss", "AC_RESTORE"),
        ("low_battery", "LOWBAT_RESTORE"),
        ("zone_low_battery", "RFLOWBAT_RESTORE"),
        ("zone_trouble", "TROUBLE_RESTORE"),
        ("bypass", "BYPASS_RESTORE"),
        ("periodic_test", "TEST_RESTORE"),
    ):
        with subtests.test(kind):
            event = PanelEvent(kind, now, 1, 3, restored=True)
            assert lrr_line(event, version=1) == f"!LRR:003,1,{word}"
    assert KINDS["exit_error"].word == "ALARM_EXIT_ERROR"
    burglary = PanelEvent("burglary", now, 1, 3, restored=True)
    assert lrr_line(burglary, version=1) is None


@pytest.mark.parametrize("kind", ["ad2", "vista"])
async def test_two_lines_in_turn_at_full_speed(kind: str) -> None:
    """More lines a second than any serial line carries, until it is calm again."""
    house = House()
    made = ad2(house, raw=True) if kind == "ad2" else vista(house)
    async with made as face, tcp(face) as host:
        await face.trouble("storm")
        while len(host.lines) < 2000:
            await asyncio.sleep(0.01)
        await face.trouble("calm")
        await turns()
        said = set(host.lines[100:1100])
        assert len(said) == 2
        known = len(host.data)
        await turns()
        assert len(host.data) == known


async def test_a_negotiation_that_never_ends() -> None:
    """A bridge of RFC 2217 begins a sub-negotiation and goes on with it; what the host says is heard."""
    house = House()
    async with ad2(house, link="rfc2217") as face:
        scheme, _, address = face.url.partition("://")
        assert scheme == "rfc2217"
        name, _, port = address.rpartition(":")
        reader, writer = await asyncio.open_connection(name, int(port))
        data = await reader.readexactly(50_000)
        assert data.startswith(b"\xff\xfd\x2c")
        assert b"\xff\xf0" not in data
        assert b"Ready" not in data
        writer.write(b"\xff\xfc\x2c")
        while not face.heard_bytes:
            await asyncio.sleep(0.005)
        assert face.heard_bytes == b"\xff\xfc\x2c"
        writer.close()


async def test_habits_by_the_control_interface(door: Door) -> None:
    """All of it is reachable from outside."""
    at = f"/locations/{door.id()}/local"
    await door.control(
        f"/locations/{door.id()}/sensors", {"name": "Attic", "zone": 123}
    )
    body = {
        "face": "ad2",
        "raw": True,
        "two_digits": True,
        "zones_in_check": True,
        "keypads": {"1": [0, 18]},
    }
    assert (await door.control(f"{at}/open", body))[0] == 200
    await door.control(f"{at}/zone", {"zone": 123, "open": True})
    face = door.simulator.local.face(door.id(), "ad2")
    async with tcp(face) as host:
        host.write(b"12")
        await host.until("!Sending")
        door.clock.forward(5)
        await host.until("FAULT 123 ATTIC")
        listed = next(line for line in host.lines if '"FAULT 123' in line)
        assert ",023,[f701000400" in listed
    _, shown = await door.control(at, method="GET")
    assert shown["keys_pressed"][0]["keys"] == "12"

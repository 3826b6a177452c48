"""The AD2 over TCP and as a serial device, through its public door."""

import asyncio
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path
from random import Random
import termios
from typing import Any

import pytest
import serialx

from simulator.panels import AlarmDecoderFace, Face, Firmware, PortOptions
from simulator.panels.walk import Walk
from tests.simulator.panels.house import House, ad2, serial, tcp, turns

READY = '"****DISARMED****  Ready to Arm  "'
WHOLE = f"[10000001000000003A--],008,[f70600070008001c08020000000000],{READY}"
LRR = Firmware(settings={"LRR": "Y", "CONFIGBITS": "fe00"})


async def test_greets_and_repeats(socket_enabled: None) -> None:
    house = House()
    async with ad2(house) as face, tcp(face) as host:
        await host.until("SERIAL_CONNECTED")
        assert host.lines == ["!SER2SOCK Connected", "!SER2SOCK SERIAL_CONNECTED"]
        house.forward(35)
        await host.until(READY)
        assert [line[60:] for line in host.lines[2:]] == [READY] * 3
        assert face.describe()["plugged"]


async def test_raw_with_terminal_bytes() -> None:
    house = House()
    async with ad2(house, raw=True, init=True) as face, tcp(face) as host:
        house.forward(10)
        await host.until(READY)
        assert host.data.startswith(b"!\xff\xfd\x22\r\n[")


async def test_ten_hosts_and_no_more() -> None:
    house = House()
    async with ad2(house) as face, AsyncExitStack() as stack:
        hosts = [await stack.enter_async_context(tcp(face)) for _ in range(10)]
        await asyncio.gather(*(host.until("Connected") for host in hosts))
        last = await stack.enter_async_context(tcp(face, refused=True))
        assert await last.until_end() in ("reset", "eof")
        assert last.data == b""


async def test_a_zone_comes_at_once_and_the_service_after_its_lag() -> None:
    house = House()
    location = house.local.location
    location.report_lag = 40.0

    def believed() -> bool:
        return location.service.zones[2].open

    async with ad2(house) as face, tcp(face) as host:
        house.world.set_zone(house.id, 2, is_open=True)
        await host.until('"FAULT 02 BACK   DOOR            "')
        assert not believed()
        house.forward(39)
        assert not believed()
        house.forward(2)
        assert believed()
        location.reports_lost = True
        house.world.set_zone(house.id, 2, is_open=False)
        house.forward(600)
        assert believed()
        house.world.live_read(location)
        assert not believed()


async def test_real_time_goes_on_by_itself() -> None:
    house = House()
    async with ad2(house) as face, tcp(face) as host:
        await host.until("SERIAL_CONNECTED")
        house.clock.forward(11)
        await host.until(READY)


async def test_pty() -> None:
    house = House()
    async with ad2(house, link="pty") as face:
        house.forward(20)  # nobody listens: lost
        async with serial(face) as host:
            house.local.set_zone(2, is_open=True)
            await host.until("FAULT 02")
            assert len(host.lines) == 2
            host.write(b"V\r")
            await host.until("!VER:")
        await turns()
        async with serial(face) as again:
            again.write(b"C\r")
            await again.until("!CONFIG>")
            assert [heard.host for heard in face.heard] == [1, 2]
        assert face.heard_bytes == b"V\rC\r"


async def test_pty_at_a_path_that_stays(tmp_path: Path) -> None:
    house, path = House(), tmp_path / "usb-AD2"
    face = AlarmDecoderFace(
        house.local, options=PortOptions(link="pty", path=str(path))
    )
    async with face:
        assert face.url == str(path)
        await face.trouble("unplug")
        assert not path.is_symlink()
        await face.trouble("plug")
        async with serial(face) as host:
            house.forward(10)
            await host.until(READY)
    assert not path.is_symlink()


@pytest.mark.parametrize("link", ["tcp", "pty"])
async def test_home_assistants_serial_library_opens_it(link: str) -> None:
    house = House()
    async with ad2(house, link=link) as face:
        reader, writer = await serialx.open_serial_connection(
            url=face.url, baudrate=115200
        )
        writer.write(b"V\r")
        while not (await reader.readline()).startswith(b"!VER:"):
            pass
        assert face.heard_bytes == b"V\r"
        writer.close()
        await turns()


async def test_wrong_baud_is_noise_both_ways() -> None:
    house = House()
    async with ad2(house, link="pty", seed=3) as face:
        async with serial(face, termios.B19200) as host:
            house.forward(60)
            host.write(b"V\r")
            while not (host.data and face.heard):
                await asyncio.sleep(0.005)
            assert host.data
            assert b"DISARMED" not in host.data
            assert [heard.understood for heard in face.heard] == [False]
            assert b"!VER" not in host.data
        async with serial(face, termios.B115200) as host:
            house.forward(10)
            await host.until(READY)


def test_no_such_baud() -> None:
    with pytest.raises(ValueError, match="baud is 300"):
        ad2(House(), link="pty", baud=300)


async def test_unplugged_pty_ends_and_comes_back_elsewhere() -> None:
    house = House()
    async with ad2(house, link="pty") as face:
        async with serial(face) as host:
            await face.trouble("unplug")
            assert await host.until_end() == "eof"
        await face.trouble("plug")
        async with serial(face) as host:
            house.forward(10)
            await host.until(READY)


async def test_unplugged_tcp_resets_and_comes_back_at_the_same_port() -> None:
    house = House()
    async with ad2(house) as face:
        before = face.url
        async with tcp(face) as host:
            await host.until("SERIAL_CONNECTED")
            await face.trouble("unplug")
            assert await host.until_end() == "reset"
        with pytest.raises(ConnectionRefusedError):
            async with tcp(face):
                pass
        await face.trouble("plug")
        assert face.url == before
        async with tcp(face) as host:
            await host.until("SERIAL_CONNECTED")


@pytest.mark.parametrize("how", ["reset", "eof"])
async def test_ends(how: str) -> None:
    async with ad2(House()) as face, tcp(face) as host:
        await host.until("SERIAL_CONNECTED")
        await face.trouble(how)
        assert await host.until_end() == how


async def test_half_open_hears_nothing_and_says_nothing() -> None:
    house = House()
    async with ad2(house) as face, tcp(face) as host:
        await host.until("SERIAL_CONNECTED")
        await face.trouble("half_open")
        host.write(b"V\r")
        house.forward(60)
        await turns()
        assert host.ended is None
        assert len(host.lines) == 2
        assert face.heard == []
        async with tcp(face) as other:
            house.forward(10)
            await other.until(READY)


async def test_silence_hears_but_says_nothing() -> None:
    house = House()
    async with ad2(house) as face, tcp(face) as host:
        await host.until("SERIAL_CONNECTED")
        await face.trouble("silence")
        host.write(b"V\r")
        house.forward(60)
        await turns()
        assert (len(host.lines), face.heard_bytes) == (2, b"V\r")
        await face.trouble("talk")
        house.forward(10)
        await host.until(READY)


async def test_serial_side_gone_and_back() -> None:
    house = House()
    async with ad2(house) as face, tcp(face) as host:
        await face.trouble("serial_gone")
        await host.until("SERIAL_DISCONNECTED")
        house.forward(60)
        async with tcp(face) as late:
            await late.until("SERIAL_DISCONNECTED")
        await face.trouble("serial_back")
        await host.until(READY)


async def test_power_cut() -> None:
    house = House()
    async with ad2(house) as face, tcp(face) as host:
        await host.until("SERIAL_CONNECTED")
        await face.trouble("power_off")
        house.forward(60)
        house.local.set_zone(2, is_open=True)
        await turns()
        assert len(host.lines) == 2
        await face.trouble("power_on")
        house.forward(12)
        lines = await host.until("FAULT 02")
        assert lines[2].strip("\0") == "!boot...done"
        assert lines[3] == "!Ready"
        assert b"\0\0\0\0!boot" in host.data


# fault -> what of three pages arrives as a good line
LINE_FAULTS: dict[str, int] = {
    "stray": 2,
    "stray_inside": 2,
    "drop": 2,
    "cut": 1,
    "behead": 2,
    "truncate": 2,
    "merge": 1,
    "duplicate": 4,
    "hole": 2,
    "flip": 2,
    "nul": 2,
    "lf": 1,
    "cr": 1,
    "lfcr": 1,
    "utf8": 2,
    "bytewise": 3,
    "garbage": 3,
    "overlong": 3,
}


@pytest.mark.parametrize("fault", LINE_FAULTS)
async def test_line_faults(fault: str) -> None:
    house = House()
    async with ad2(house, raw=True) as face, tcp(face) as host:
        await face.trouble(fault)
        house.forward(30)
        house.local.set_zone(2, is_open=True)
        await host.until('FAULT 02 BACK   DOOR            "\r\n')
        good = [line for line in host.lines if line == WHOLE]
        assert len(good) == min(LINE_FAULTS[fault], 4)


async def test_swap() -> None:
    house = House()
    async with ad2(house, raw=True, firmware=LRR) as face, tcp(face) as host:
        await face.trouble("swap")
        house.forward(10)
        house.local.set_zone(2, is_open=True)
        await host.until("Ready to Arm")
        assert [line[60:66] for line in host.lines if line[0] == "["] == [
            '"FAULT',
            '"****D',
        ]


async def test_noise_by_hand_and_lost_lines() -> None:
    house = House()
    async with ad2(house, raw=True) as face, tcp(face) as host:
        await face.trouble("noise")
        house.forward(10)
        await face.trouble("clear")
        face.wire.faults.lost_share = 1.0
        house.forward(50)
        face.wire.faults.lost_share = 0.0
        house.forward(10)
        await host.until(READY)
        assert host.data.count(b"Ready") == 1


async def test_unknown_trouble() -> None:
    async with ad2(House()) as face:
        with pytest.raises(ValueError, match="there is no trouble 'rain'"):
            await face.trouble("rain")
        with pytest.raises(ValueError, match="lines is 0"):
            await face.trouble("drop", 0)
        with pytest.raises(ValueError, match="there is no fault"):
            face.wire.spoil("rain")


def test_not_started() -> None:
    with pytest.raises(RuntimeError, match="not started"):
        _ = ad2(House()).url


async def test_stopping_twice() -> None:
    house = House()
    face: Face = ad2(house)
    await face.start()
    await face.stop()
    await face.stop()
    house.local.set_zone(2, is_open=True)
    assert face.wire.sent == 1


async def lines_of(house: House, face: AlarmDecoderFace, *acts: Any) -> list[str]:
    """Return what a host hears while things happen."""
    async with face, tcp(face) as host:
        for act in acts:
            act()
        face.wire.send(b"end\r\n")
        await host.until("end")
    return host.lines[:-1]


async def test_a_day() -> None:
    """Arming with exit delay, entry, alarm, and the two disarms, page by page and event by event."""
    house = House()
    local = house.local
    lines = await lines_of(
        house,
        ad2(house, raw=True, firmware=LRR),
        lambda: local.arm(user=4),
        lambda: house.forward(31),
        lambda: local.entry(1),
        lambda: house.forward(31),
        lambda: local.disarm(user=5),
        lambda: house.forward(9),
        lambda: local.set_zone(1, is_open=False),
        lambda: local.disarm(user=5),
    )
    texts = [line[61:93].strip() if line[0] == "[" else line for line in lines]
    kept = [
        text
        for index, text in enumerate(texts)
        if index == 0 or text != texts[index - 1]
    ]
    assert kept[0] == "ARMED ***AWAY***May Exit Now  30"
    assert [line[6] for line in lines if "May Exit" in line] == ["4"] * 20 + ["5"] * 10
    after = kept[30:]
    assert after[:8] == [
        "!LRR:004,1,CID_3401,ff",
        "ARMED ***AWAY***** ALL SECURE **",
        "DISARM SYSTEM   OR ALARM OCCURS",
        "!LRR:001,1,CID_1134,ff",
        "ALARM 01 FRONT  DOOR",
        "!LRR:001,1,CID_3134,ff",
        "!LRR:005,1,CID_1406,ff",
        "!LRR:005,1,CID_1401,ff",
    ]
    assert after[8] == "ALARM CANCELED  ENTER CODE"
    assert after[-1] == "****DISARMED****  Ready to Arm"
    alarm = next(line for line in lines if "ALARM 01" in line)
    assert (alarm[2], alarm[10], alarm[11]) == ("1", "1", "1")
    memory = next(line for line in lines if "CANCELED" in line)
    assert (memory[2], memory[10], memory[11]) == ("0", "1", "0")


async def test_secret_events_are_on_the_wire() -> None:
    house = House()
    acts = [
        lambda kind=kind: house.local.emit(kind, partition=1, number=8)
        for kind in ("duress", "hold_up", "hold_up_trouble", "silent_panic")
    ]
    lines = await lines_of(house, ad2(house, raw=True, firmware=LRR), *acts)
    assert lines == [
        f"!LRR:008,1,CID_1{code},ff" for code in ("121", "126", "129", "122")
    ]


async def test_old_words() -> None:
    house = House()
    old = Firmware(lrr_version=1, radio_on_bus=True, layout="old")
    local = house.local
    lines = await lines_of(
        house,
        ad2(house, raw=True, firmware=old),
        lambda: local.arm("stay", user=4, exit_delay=False),
        lambda: local.set_panel(ac=False),
        lambda: local.set_panel(ac=True),
    )
    assert [line for line in lines if line[0] == "!"] == [
        "!LRR:004,1,ARM_STAY",
        "!LRR:000,0,ACLOSS",
        "!LRR:000,0,AC_RESTORE",
    ]
    assert all(len(line) == 88 for line in lines if line[0] == "[")


async def test_sensors() -> None:
    house = House(zones=10)
    firmware = Firmware(settings={"CONFIGBITS": "ff08"})
    local = house.local
    serial_number = int(local.panel.zones[2].serial, 16) % 10_000_000
    lines = await lines_of(
        house,
        ad2(house, raw=True, firmware=firmware),
        lambda: local.set_zone(2, is_open=True, low_battery=True),
        lambda: local.set_zone(9, is_open=True),
        lambda: local.set_zone(9, is_open=False, trouble=True),
    )
    assert lines[0] == f"!RFX:{serial_number:07d},82"
    assert [line for line in lines if "EXP" in line] == [
        "!EXP:07,01,01",
        "!EXP:07,01,02",
    ]
    assert all(line.startswith("!KPM:[") for line in lines if "FAULT" in line)


async def test_two_partitions() -> None:
    house = House()
    local = house.local
    local.add_partition(2, [3])
    lines = await lines_of(
        house,
        ad2(house, raw=True, firmware=LRR),
        lambda: local.set_zone(3, is_open=True),
        lambda: local.arm("stay", partition=1, exit_delay=False),
    )
    assert lines[0][30:38] == "00000800"
    assert "FAULT 03" in lines[0]
    assert lines[1] == "!LRR:002,1,CID_3441,ff"
    assert lines[2][30:38] == "06000700"
    assert "ARMED ***STAY***" in lines[2]


async def test_a_partition_goes_with_its_keypads() -> None:
    house = House()
    house.local.add_partition(2, [3])
    lines = await lines_of(
        house,
        ad2(house, raw=True),
        lambda: house.world.remove_partition(house.id, 2),
        lambda: house.forward(15),
    )
    assert {line[30:38] for line in lines} == {"06000700"}


async def test_troubles_join_the_pages() -> None:
    house = House(name="Mill House")
    local = house.local
    local.panel.zones[5].type_id = 9
    lines = await lines_of(
        house,
        ad2(house, raw=True, firmware=LRR),
        lambda: local.set_zone(2, low_battery=True),
        lambda: local.set_zone(5, trouble=True),
        lambda: local.set_panel(
            ac=False, low_battery=True, communication_failure=True, chime=True
        ),
        lambda: local.fail_module(7, failed=True),
        lambda: house.forward(60),
    )
    found = {line[61:93].strip(): line for line in lines if line[0] == "["}
    assert found["CHECK 05 CELLAR SMOKE"][14:16] == "11"
    assert found["LOBAT 02 BACK   DOOR"][12] == "1"
    assert found["SYSTEM LO BAT"][12] == "1"
    assert found["SYSTEM LO BAT"][23:38] == "008,[f706000700"
    assert found["COMM. FAILURE"][23:26] == "0fc"
    assert found["CHECK 107 WIRE  EXPANSION"][23:26] == "007"
    assert found["AC LOSS"][8] == "0"
    assert {line for line in lines if line[0] == "!"} == {
        "!LRR:002,1,CID_1384,ff",
        "!LRR:005,1,CID_1373,ff",
        "!LRR:000,0,CID_1301,ff",
        "!LRR:000,0,CID_1302,ff",
        "!LRR:000,0,CID_1354,ff",
        "!LRR:007,0,CID_1333,ff",
    }


async def test_programming_and_busy() -> None:
    house = House()
    local = house.local
    lines = await lines_of(
        house,
        ad2(house, raw=True, firmware=LRR),
        lambda: local.set_panel(programming=True),
        lambda: local.set_panel(programming=False),
        lambda: local.set_bus("MODEM COMM"),
        lambda: local.set_bus(None),
    )
    assert [line if line[0] == "!" else line[60:74] for line in lines] == [
        "!LRR:000,0,CID_1627,ff",
        '"Installer Cod',
        "!LRR:000,0,CID_1628,ff",
        '"****DISARMED*',
        '"MODEM COMM   ',
        '"****DISARMED*',
    ]
    assert lines[1][5] == "1"
    assert lines[4][30:38] == "00000000"


async def test_fire() -> None:
    house = House()
    local = house.local
    lines = await lines_of(house, ad2(house, raw=True), lambda: local.alarm(5))
    assert "FIRE 05 CELLAR  SMOKE" in lines[0]
    assert lines[0][6] + lines[0][10:16] == "6110010"


async def test_keys_from_a_host_act_and_repeat_the_page() -> None:
    house = House()
    local = house.local
    local.add_partition(2, [3])
    async with ad2(house, raw=True, firmware=LRR) as face, tcp(face) as host:
        host.write(b"9")
        await host.until("!Sending.done")
        assert host.lines[0] == WHOLE  # nutech #46: a key repeats the page
        house.forward(4)
        host.write(f"K19{local.panel.user_code}7\r".encode())
        await host.until("INSTANT")
        assert [part.mode for part in local.panel.partitions.values()] == [10200, 10209]
        host.write(b"K31" + b"1\r" + b"K31\x02\x02\x02\r")  # no such keypad
        host.write(b"\x02\x02\x02")
        await host.until("CID_1120")
        assert host.data.count(b"CID_1120") == 1


async def test_rotation() -> None:
    """Ascending order, a new page at once, a closed zone leaves, ready at once, 4 s a page."""
    house = House()
    local = house.local
    times: list[tuple[float, str]] = []
    begin = house.clock.now

    def note(line: bytes) -> None:
        since = (house.clock.now - begin).total_seconds()
        times.append((since, line.decode()[61:69]))

    async with ad2(house, raw=True, firmware=LRR) as face:
        face.wire.taps.append(note)
        for zone in (2, 6, 3):
            local.set_zone(zone, is_open=True)
        house.forward(30)
        local.set_zone(3, is_open=False)
        local.set_panel(chime=True)
        house.forward(17)
        local.set_zone(2, is_open=False)
        local.set_zone(6, is_open=False)
    order = [text for _, text in times]
    assert order[:6] == [f"FAULT 0{zone}" for zone in (2, 6, 3, 6, 2, 3)]
    assert order[-1] == "DISARMED"
    assert times[-1][0] == 47.0
    assert "FAULT 03" not in order[-5:]
    gaps = [after[0] - before[0] for before, after in pairwise(times[2:8])]
    assert all(3.2 <= gap <= 4.8 for gap in gaps), times
    assert len(set(gaps)) > 1


async def test_bypassed_zone_is_not_listed() -> None:
    house = House()
    local = house.local
    lines = await lines_of(
        house,
        ad2(house, raw=True, firmware=LRR),
        lambda: local.set_zone(2, is_open=True),
        lambda: local.bypass_open_zones(1),
        lambda: local.arm("away", exit_delay=False),
        local.disarm,
    )
    texts = [line[61:93].strip() for line in lines if line[0] == "["]
    assert texts == [
        "FAULT 02 BACK   DOOR",
        "DISARMED BYPASS   Ready to Arm",
        "ARMED ***AWAY*** ZONE BYPASSED",
        "FAULT 02 BACK   DOOR",
    ]


async def test_random_life_gives_only_whole_lines() -> None:
    house = House(zones=12, press_star=True)
    walk, lines = Walk(house.local, Random(9)), list[bytes]()
    async with ad2(house, raw=True) as face:
        face.wire.taps.append(lines.append)
        for _ in range(400):
            walk.step()
            house.forward(7)
    keypad = [line for line in lines if line[:1] == b"["]
    assert len(keypad) > 500
    assert {len(line) for line in keypad} == {96}
    for line in keypad:
        assert int(line[42:44], 16) & 0x10 == (0x10 if line[1:2] == b"1" else 0)

"""The RS-232 port over TCP and as a serial device, through its public door (docs/protocol/vista-rs232.md#packets)."""

import asyncio
from random import Random
from typing import Any

import pytest

from simulator.panels.vista.packets import packet, unpack
from simulator.panels.walk import Walk
from tests.simulator.panels.house import Host, House, serial, tcp, turns, vista

END = b"\r\n"


async def ask(
    host: Host, kind: str, data: str = "", *, last: str = "OK"
) -> list[tuple[str, str]]:
    """Send a query and return the packets up to the one of a kind."""
    host.data = b""
    host.write(packet(kind, data) + END)
    while True:
        found = [unpack(line.encode("latin-1")) for line in host.lines]
        assert None not in found
        packets = [each for each in found if each is not None]
        if packets and packets[-1][0] == last:
            return packets
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("link", ["tcp", "pty"])
async def test_queries(link: str, socket_enabled: None) -> None:
    house = House()
    house.local.set_zone(2, is_open=True)
    async with vista(house, link=link) as face:
        opened: Any = tcp if link == "tcp" else serial
        async with opened(face) as host:
            assert await ask(host, "as") == [("AS", "NDDDDDDD"), ("OK", "")]
            status = await ask(host, "zs")
            assert [kind for kind, _ in status] == ["ZS"] * 4 + ["OK"]
            assert status[0][1][:7] == "1010000"
            zones = await ask(host, "ZP")
            assert zones[0][1][:9] == "1" + "111111" + "00"
            assert await ask(host, "zp") == zones
            names = await ask(host, "ZD", last="zd")
            while names[-1][1] != '000""':
                names = [
                    found for line in host.lines if (found := unpack(line.encode()))
                ]
                await asyncio.sleep(0.01)
            assert names[0] == ("OK", "")
            assert names[1] == ("zd", '001"FRONT DOOR"')
            assert len(names) == 8
            log = await ask(host, "LD", last="lc")
            assert log[1][1].startswith("F50020001")
            display = await ask(host, "KD", "1")
            assert [kind for kind, _ in display] == ["FV", "kd", "OK"]
            assert display[1][1] == "FAULT 02 BACK   DOOR            0"
        assert face.heard_bytes.startswith(b"08as0064\r\n")


async def test_older_panel() -> None:
    house = House()
    async with vista(house, model="older") as face, tcp(face) as host:
        status = await ask(host, "zs")
        assert (len(status[0][1]), len(status)) == (96, 2)
        house.local.set_zone(2, is_open=True)
        await host.until("14NQ2B01")


async def test_damaged_and_unknown_queries_get_no_answer() -> None:
    house = House()
    async with vista(house) as face, tcp(face) as host:
        for raw in (
            b"08as0065",
            b"09as0064",
            packet("xy"),
            packet("KD", "9"),
            packet("KD", "x"),
            b"A" * 600,
            b"",
        ):
            host.write(raw + END)
        assert await ask(host, "as") == [("AS", "DDDDDDDD"), ("OK", "")]


async def test_events_come_by_themselves() -> None:
    house = House()
    async with vista(house) as face, tcp(face) as host:
        local = house.local
        local.set_zone(2, is_open=True)
        local.set_zone(2, is_open=False)
        local.arm("stay", user=4, exit_delay=False)
        local.alarm(3)
        local.disarm(user=4)
        local.set_panel(ac=False)
        local.emit("duress", partition=1, number=7)
        local.emit("wrong_code")  # has no code here
        await host.until("1Bnq11")
        found = [unpack(line.encode()) for line in host.lines]
        assert [each and (each[0], each[1][:9]) for each in found] == [
            ("nq", "F50020001"),
            ("nq", "F60020001"),
            ("nq", "B70000041"),
            ("nq", "410030001"),
            ("nq", "420030001"),
            ("nq", "080000041"),
            ("nq", "1B0000001"),
            ("nq", "110000071"),
        ]


async def test_programming_cuts_communication() -> None:
    house = House()
    async with vista(house) as face, tcp(face) as host:
        house.local.set_panel(programming=True)
        lines = await host.until("08XF009A")
        assert lines[0].startswith("1BnqAD")
        host.write(packet("as") + END)
        await turns()
        assert "AS" not in host.data.decode()
        house.local.set_panel(programming=False)
        await host.until("08XN0092")
        assert (await ask(host, "as"))[0][0] == "AS"


async def test_power_cut() -> None:
    house = House()
    async with vista(house) as face, tcp(face) as host:
        await face.trouble("power_off")
        house.local.set_zone(2, is_open=True)
        host.write(packet("as") + END)
        await turns()
        assert host.data == b""
        await face.trouble("power_on")
        await host.until("1Bnq0E")
        await face.trouble("serial_gone")
        await face.trouble("serial_back")
        assert (await ask(host, "as"))[0] == ("AS", "NDDDDDDD")


async def test_slow_answers() -> None:
    house = House()
    async with vista(house) as face, tcp(face) as host:
        face_any: Any = face
        face_any.answer_seconds = 3.0
        host.write(packet("as") + END)
        await turns()
        assert host.data == b""
        house.forward(3)
        await host.until("08OK009E")


@pytest.mark.parametrize(
    ("kind", "code", "letter"),
    [("aa", "own", "A"), ("ah", "own", "H"), ("aa", "0000", "D")],
)
async def test_arming_commands_work(kind: str, code: str, letter: str) -> None:
    house = House()
    async with vista(house) as face, tcp(face) as host:
        code = house.local.panel.user_code if code == "own" else code
        await ask(host, kind, f"02{code}")
        assert (await ask(host, "as"))[0][1][0] == letter
        await ask(host, "ad", f"02{house.local.panel.user_code}")
        assert (await ask(host, "as"))[0][1][0] == "D"


async def test_both_faces_tell_one_story() -> None:
    """A random life: whatever happens, the port's arming is the truth's, and every packet is whole."""
    house = House(zones=10)
    walk = Walk(house.local, Random(5))
    async with vista(house) as face, tcp(face) as host:
        for _ in range(150):
            walk.step()
            house.forward(20)
            if house.local.panel.programming:
                continue
            answer = (await ask(host, "as"))[-2][1][0]
            part = house.local.panel.partitions[1]
            bypassed = any(zone.bypassed for zone in house.local.panel.zones.values())
            expected = {
                10200: "B" if bypassed else "D",
                10214: "N",
            }.get(part.arming) or {
                10201: "A",
                10203: "H",
                10205: "M",
                10209: "I",
                10218: "H",
                10200: "B" if bypassed else "D",
            }[part.mode]
            assert answer == expected

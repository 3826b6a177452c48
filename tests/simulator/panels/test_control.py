"""The local side of the control interface, and the faces of a served world."""

from typing import Any

import pytest

from simulator import SimulatorOptions
from simulator.__main__ import options_from
from simulator.options import FaceOption
from simulator.server import Simulator
from tests.simulator.door import Door
from tests.simulator.panels.house import tcp


async def act(door: Door, verb: str, **body: Any) -> dict[str, Any]:
    """Use a verb that must work."""
    status, answer = await door.control(f"/locations/{door.id()}/local/{verb}", body)
    assert status == 200, answer
    return answer


async def show(door: Door) -> dict[str, Any]:
    """Return the panel as it is locally."""
    status, answer = await door.control(f"/locations/{door.id()}/local", method="GET")
    assert status == 200, answer
    return answer


async def test_a_zone_opened_by_the_page_appears_on_the_stream(door: Door) -> None:
    url = (await act(door, "open", face="ad2", raw=True))["url"]
    assert url.startswith("socket://127.0.0.1:")
    face = door.simulator.local.face(door.id(), "ad2")
    await act(door, "service", lag=30, lost=False)
    async with tcp(face) as host:
        await door.control(f"/locations/{door.id()}/zones/2", {"open": True})
        await host.until("FAULT 02 BACK   DOOR")
        place = await door.state()
        assert place["zones"][1]["open"]
        assert not place["service"]["zones"][1]["open"]
        door.clock.forward(31)
        assert (await door.state())["service"]["zones"][1]["open"]
        host.write(b"V\r")
        await host.until("!VER")
    path = f"/locations/{door.id()}/local/ad2/received"
    _, heard = await door.control(path, method="GET")
    assert [(each["data"], each["understood"]) for each in heard["received"]] == [
        ("V\r", True)
    ]
    await door.control(path, method="DELETE")
    _, heard = await door.control(path, method="GET")
    assert heard == {"received": []}
    await act(door, "trouble", face="ad2", name="drop", lines=2)
    await act(door, "close", face="ad2")
    assert (await show(door))["faces"] == {}


async def test_vista_by_pty(door: Door) -> None:
    url = (await act(door, "open", face="vista", link="pty", model="older"))["url"]
    assert url.startswith("/dev/")
    assert (await show(door))["faces"]["vista"]["link"] == "pty"


async def test_adapter_as_wanted_and_any_line(door: Door) -> None:
    await act(
        door,
        "open",
        face="ad2",
        raw=True,
        layout="old",
        lrr_version=1,
        radio_on_bus=True,
        tries=5,
        failed_share=0.1,
        press_star=True,
    )
    async with tcp(door.simulator.local.face(door.id(), "ad2")) as host:
        await act(door, "zone", zone=2, open=True)
        await act(door, "event", kind="ac_loss")
        await act(door, "say", face="ad2", line="!AUI:6063020045436cf5ec010100")
        await host.until("!AUI:6063020045436cf5ec010100\r\n")
        assert "Hit * for faults" in host.data.decode()
        assert "!LRR:000,0,ACLOSS" in host.lines
        host.write(b"1")
        await host.until("!Sending.....done")
        await act(door, "trouble", face="ad2", name="flood", lines=100)
        end = "!Sending.....done\r\n" * 101
        await host.until(end)


async def test_verbs_change_the_panel(door: Door) -> None:
    await act(door, "partition", partition=2, zones=[3])
    await act(door, "zone", zone=2, trouble=True, low_battery=True, bypassed=True)
    await act(door, "panel", ac=False, low_battery=True, chime=True)
    await act(door, "panel", communication_failure=True, programming=True)
    await act(door, "bus", text="Busy - Standby")
    await act(door, "bus", text=None)
    await act(door, "module", address=7, failed=True)
    await act(door, "event", kind="duress", partition=1, number=8)
    seen = await show(door)
    assert (seen["ac"], seen["low_battery"], seen["chime"]) == (False, True, True)
    assert (seen["programming"], seen["communication_failure"]) == (True, True)
    assert [event["kind"] for event in seen["events"]] == [
        "zone_trouble",
        "zone_low_battery",
        "bypass",
        "ac_loss",
        "low_battery",
        "program_entry",
        "communication_failure",
        "module_failure",
        "duress",
    ]
    await act(door, "panel", programming=False)
    await act(door, "arm", mode="maximum", partition=2, user=4, exit_delay=False)
    seen = await show(door)
    assert seen["partitions"]["2"]["arming"] == 10205
    assert seen["partitions"]["1"]["arming"] == 10200
    assert (await door.state())["arming"] == "armed"
    await act(door, "entry", zone=3)
    assert (await show(door))["partitions"]["2"]["delay_ends"]
    await act(door, "alarm", zone=3)
    await act(door, "disarm", partition=2, user=4)
    assert (await show(door))["alarm_memory"] == [3]
    await act(door, "disarm")
    assert (await show(door))["alarm_memory"] == []


async def test_secret_events_are_on_both_sides(door: Door) -> None:
    await act(door, "open", face="vista")
    async with tcp(door.simulator.local.face(door.id(), "vista")) as host:
        await door.control(f"/locations/{door.id()}/duress", {})
        await host.until("1Bnq21095")
        assert "1Bnq11000008" in host.data.decode()
    assert "Duress Alarm-User 8" in await door.texts()


def test_command_line() -> None:
    options = options_from(["--ad2", "0:pty", "--ad2", "1", "--vista", "2:tcp:4000"])
    assert options.ad2 == (FaceOption(0, "pty"), FaceOption(1))
    assert options.vista == (FaceOption(2, "tcp", 4000),)


async def test_losing_the_services_copy_and_refreshing_it(door: Door) -> None:
    await act(door, "service", lost=True)
    await act(door, "arm", exit_delay=False)
    place = await door.state()
    assert (place["arming"], place["service"]["arming"]) == ("armed_away", "disarmed")
    door.simulator.switches.first_live_read_unreachable = False
    await door.live()
    assert (await door.state())["service"]["arming"] == "armed_away"


@pytest.mark.parametrize(
    ("verb", "body", "status", "words"),
    [
        ("dance", {}, 404, "there is no verb 'dance'"),
        ("zone", {}, 400, "'zone' is missing"),
        ("zone", {"zone": 99}, 404, "no zone 99"),
        ("zone", {"zone": True}, 400, "not of its type"),
        ("zone", {"zone": 1, "colour": 1}, 400, "there is no field 'colour'"),
        ("arm", {"mode": "sideways"}, 400, "mode is 'sideways'"),
        ("arm", {"partition": 7}, 404, "no partition 7"),
        ("entry", {"zone": 1}, 400, "not armed"),
        ("event", {"kind": "rain"}, 400, "there is no event"),
        ("service", {"lag": -1}, 400, "lag is -1"),
        ("open", {"face": "lynx"}, 400, "face is 'lynx'"),
        ("open", {"face": "ad2", "link": "usb"}, 400, "link is 'usb'"),
        ("open", {"face": "ad2", "baud": 300, "link": "pty"}, 400, "baud is 300"),
        ("open", {"face": "ad2", "settings": {"X": "1"}}, 400, "no setting X"),
        ("open", {"face": "vista", "model": "new"}, 400, "model is 'new'"),
        ("open", {"face": "ad2", "layout": "round"}, 400, "layout is 'round'"),
        ("open", {"face": "ad2", "lrr_version": 3}, 400, "lrr_version is 3"),
        ("say", {"face": "ad2"}, 400, "'line' is missing"),
        ("close", {"face": "ad2"}, 404, "no local face 'ad2'"),
        ("trouble", {"face": "ad2", "name": "drop"}, 404, "no local face"),
    ],
)
async def test_mistakes(
    door: Door, verb: str, body: dict[str, Any], status: int, words: str
) -> None:
    found, answer = await door.control(f"/locations/{door.id()}/local/{verb}", body)
    assert (found, words in answer["error"]) == (status, True), answer


async def test_more_mistakes(door: Door) -> None:
    base = f"{door.simulator.url}/control/locations/{door.id()}/local"
    for data in (b"{", b"[]"):
        async with door.http.post(f"{base}/disarm", data=data) as refused:
            assert refused.status == 400
    await act(door, "open", face="ad2")
    status, twice = await door.control(
        f"/locations/{door.id()}/local/open", {"face": "ad2"}
    )
    assert (status, "already" in twice["error"]) == (400, True)
    await act(door, "zone", zone=1, open=True)
    status, answer = await door.control(f"/locations/{door.id()}/local/arm", {})
    assert (status, answer["error"]) == (400, "the panel is not ready, or in alarm")


async def test_faces_of_the_options() -> None:
    options = SimulatorOptions(
        ad2=(FaceOption(0),), vista=(FaceOption(1, "pty"),), locations=2
    )
    async with Simulator(options) as simulator:
        listening = simulator.local.listening()
        assert [(place, name) for place, name, _ in listening] == [
            ("Mill House", "ad2"),
            ("Lake Cabin", "vista"),
        ]
        port = int(listening[0][2].rpartition(":")[2])
        with pytest.raises(OSError, match="address"):
            await Simulator(SimulatorOptions(ad2=(FaceOption(0, "tcp", port),))).start()
    assert simulator.local.listening() == []


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("0", FaceOption(0)),
        ("2:tcp", FaceOption(2, "tcp")),
        ("2:tcp:10000", FaceOption(2, "tcp", 10000)),
        ("1:pty", FaceOption(1, "pty")),
        ("1:pty:here/ad2", FaceOption(1, "pty", path="here/ad2")),
    ],
)
def test_face_options(text: str, option: FaceOption) -> None:
    assert FaceOption.parse(text) == option


@pytest.mark.parametrize("text", ["", "x", "1:usb", "1::5", "1:tcp:x", "-1"])
def test_wrong_face_options(text: str) -> None:
    with pytest.raises(ValueError, match="is not INDEX"):
        FaceOption.parse(text)


@pytest.mark.parametrize(
    ("faces", "words"),
    [
        ((FaceOption(4),), "there is no location 4"),
        ((FaceOption(0), FaceOption(0, "pty")), "location 0 has two faces of a kind"),
    ],
)
def test_a_face_needs_a_place(faces: tuple[FaceOption, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SimulatorOptions(ad2=faces)

"""Every byte the links ever write, heard by the simulated adapters.

To an AlarmDecoder any other byte is a key press at the panel. All places in the client
that write are found in its source, and each must have been reached here.
"""

import ast
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from random import Random
import re
import sys
from types import FrameType
from typing import Any

import pytest

from custom_components.panelsync.client.errors import PanelUnreachable
from custom_components.panelsync.client.local import connection as transport
from custom_components.panelsync.client.local.alarmdecoder.link import AlarmDecoderLink
from custom_components.panelsync.client.local.base import Clock, LinkPhase, Timing
from custom_components.panelsync.client.local.commands import Command
from custom_components.panelsync.client.local.connection import (
    Address,
    Connection,
    Unproven,
)
from custom_components.panelsync.client.local.family import Family, LocalLink
from custom_components.panelsync.client.local.probe import Found, NotFound, probe
from custom_components.panelsync.client.local.vista.link import VistaSerialLink
from simulator.panels import AlarmDecoderFace, Face, PortOptions, VistaSerialFace
from simulator.panels.face import Link
from simulator.panels.walk import Walk
from simulator.panels.wire import LINE_FAULTS
from tests.simulator.panels.house import House, ad2, vista

from .sources import until

LOCAL = Path(transport.__file__).parent
ALLOWED = {
    AlarmDecoderFace: re.compile(rb"(?:\r\n|V\r|C\r)*"),
    VistaSerialFace: re.compile(
        rb"(?:08as0064\r\n|08zs004B\r\n|08ZP008E\r\n|08ZD009A\r\n|08LD00A8\r\n)*"
    ),
}
BAUD = {AlarmDecoderFace: 115200, VistaSerialFace: 9600}
QUICK = Timing(
    quiet=0.3,
    answer=0.2,
    panel_quiet=0.7,
    handshake=0.1,
    refresh=0.3,
    listen=0.2,
    spacing=0.01,
    poll=0.3,
    resync=0.8,
    response=0.15,
    suspended=0.5,
    backoff_first=0.01,
    backoff_longest=0.05,
    healthy=0.2,
)

type Place = tuple[str, int]


def places() -> set[Place]:
    """Return where the client gives a command to a connection."""
    found: set[Place] = set()
    for file in LOCAL.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=target, attr="write" | "ask_mute_port")
                ) if ast.unparse(target).endswith("connection"):
                    found.add((file.relative_to(LOCAL).as_posix(), node.lineno))
    return found


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> set[Place]:
    """Note from where commands come; they go on as they are."""
    found: set[Place] = set()
    write, ask = Connection.write, Connection.ask_mute_port

    def note(caller: FrameType) -> None:
        file = Path(caller.f_code.co_filename)
        if file.is_relative_to(LOCAL):
            found.add((file.relative_to(LOCAL).as_posix(), caller.f_lineno))

    def noted(connection: Connection, command: Command) -> None:
        note(sys._getframe(1))
        write(connection, command)

    def noted_ask(connection: Connection) -> None:
        note(sys._getframe(1))
        ask(connection)

    monkeypatch.setattr(Connection, "write", noted)
    monkeypatch.setattr(Connection, "ask_mute_port", noted_ask)
    return found


def check(face: Face) -> None:
    """Fail where an adapter heard what is not allowed."""
    assert ALLOWED[type(face)].fullmatch(face.heard_bytes), face.heard_bytes
    if isinstance(face, AlarmDecoderFace):
        # At another baud nobody can know what a byte does; one that was right before
        # may be noticed to be wrong by asking.
        first = {heard.host: heard.understood for heard in reversed(face.heard)}
        assert all(first.values()), face.heard


@dataclass
class Scene:
    """One adapter at one house, and what opens it."""

    house: House
    face: Face

    @asynccontextmanager
    async def linked(
        self, timing: Timing = QUICK
    ) -> AsyncIterator[AlarmDecoderLink | VistaSerialLink]:
        """Run a link for the time of a scene."""
        family = type(self.face)
        assert family in BAUD
        kind = AlarmDecoderLink if family is AlarmDecoderFace else VistaSerialLink
        link = kind(
            Address(self.face.url, BAUD[family]),
            timing=timing,
            clock=Clock(draw=lambda _, longest: longest),
        )
        await link.start()
        try:
            await until(lambda: link.state.phase is not LinkPhase.OFFLINE)
            yield link
        finally:
            await link.stop()

    async def online(self, link: LocalLink) -> None:
        """Let the panel speak until it is heard."""
        while not link.state.available:
            self.speak()
            await asyncio.sleep(0.02)

    def speak(self) -> None:
        """Let time pass and something happen, for a VISTA is never asked first."""
        self.house.local.emit("manual_test")
        self.house.forward(11)

    async def understood(self, link: LocalLink) -> None:
        """Let the link ask once while all is well: it may ask again, and notice."""
        before = len(self.face.heard)
        refreshing = asyncio.create_task(link.refresh())
        await until(lambda: len(self.face.heard) > before)
        self.house.forward(11)
        await asyncio.gather(refreshing, return_exceptions=True)

    async def probed(self, family: Family | None = None) -> Found | NotFound:
        """Probe while the panel speaks."""
        probing = asyncio.create_task(probe(self.face.url, family, timing=QUICK))
        while not probing.done():
            await asyncio.sleep(0.02)
            self.speak()
        return await probing


async def found(scene: Scene) -> None:
    """Find out what it is; then, where it was named."""
    assert isinstance(await scene.probed(), Found | NotFound)
    kind = isinstance(scene.face, AlarmDecoderFace)
    family = Family.ALARMDECODER if kind else Family.VISTA_SERIAL
    assert isinstance(await scene.probed(family), Found)
    if family is Family.VISTA_SERIAL and scene.face.link == "pty":
        assert scene.face.heard == []
        url = scene.face.url
        found = await probe(url, family, ask_mute_port=True, timing=QUICK)
        assert isinstance(found, Found)


async def asked(scene: Scene) -> None:
    """Connect, refresh, and live through a quiet time."""
    async with scene.linked() as link:
        await scene.online(link)
        refreshing = asyncio.create_task(link.refresh())
        await asyncio.sleep(0.02)
        scene.house.forward(11)
        await refreshing
        if isinstance(link, VistaSerialLink):
            await until(lambda: link.state.status.open_zones is not None)
        await asyncio.sleep(1)


async def lost(scene: Scene) -> None:
    """Lose the connection and the adapter in every way, and come back."""
    ways = [("silence", "talk"), ("power_off", "power_on"), ("noise", "clear")]
    if scene.face.link == "tcp":
        ways += [("reset", ""), ("eof", ""), ("serial_gone", "serial_back")]
    else:
        ways += [("unplug", "plug")]
    async with scene.linked() as link:
        for away, back in ways:
            await scene.online(link)
            await scene.understood(link)
            await scene.face.trouble(away)
            refreshing = asyncio.create_task(link.refresh())
            if back:
                for _ in range(8):
                    scene.house.forward(11)
                    await asyncio.sleep(0.1)
                await scene.face.trouble(back)
            scene.house.forward(11)
            await asyncio.gather(refreshing, return_exceptions=True)
        await scene.online(link)


async def damaged(scene: Scene) -> None:
    """Hear damage of every kind between good lines."""
    async with scene.linked() as link:
        await scene.online(link)
        for fault in LINE_FAULTS:
            await scene.face.trouble(fault, lines=2)
            for _ in range(4):
                scene.house.forward(11)
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.4)


async def lived(scene: Scene) -> None:
    """Hear everything that can happen at a panel, programming among it."""
    walk = Walk(scene.house.local, Random("bytes"))
    async with scene.linked() as link:
        await scene.online(link)
        done = set()
        for _ in range(150):
            done.add(walk.step())
            scene.house.forward(5)
            await asyncio.sleep(0.01)
            if len(done) % 5 == 0:
                await asyncio.gather(link.refresh(), return_exceptions=True)
        assert {"arm", "disarm", "alarm", "programming"} <= done


SCENES = (found, asked, lost, damaged, lived)


@pytest.mark.real_clock
async def test_every_way_to_write(reached: set[Place], tmp_path: Path) -> None:
    async def play(
        kind: Callable[..., Face], link: Link, scene: Callable[[Scene], Any]
    ) -> None:
        house = House()
        path = str(tmp_path / kind.__name__) if link == "pty" else ""
        raw = kind is VistaSerialFace
        options = PortOptions(link=link, path=path, raw=raw)
        async with kind(house.local, options=options) as face:
            await scene(Scene(house, face))
            check(face)
            # A panel that spoke was found without a word.
            assert face.heard or (scene, link, kind) == (found, "tcp", VistaSerialFace)

    for scene in SCENES:
        async with asyncio.TaskGroup() as group:
            for kind in (AlarmDecoderFace, VistaSerialFace):
                group.create_task(play(kind, "tcp", scene))
                group.create_task(play(kind, "pty", scene))
    assert len(places()) == 6
    assert reached == places()


@pytest.mark.parametrize("family", [None, Family.ALARMDECODER])
async def test_nothing_at_a_wrong_baud(family: Family | None) -> None:
    house = House()
    async with ad2(house, link="pty", baud=9600) as face:
        scene = Scene(house, face)
        assert isinstance(await scene.probed(family), NotFound)
        async with scene.linked():
            for _ in range(60):
                house.forward(11)
                await asyncio.sleep(0.02)
        assert face.heard == []


@pytest.mark.parametrize("trouble", ["silence", "noise"])
async def test_nothing_where_nothing_is_heard(trouble: str) -> None:
    house = House()
    async with ad2(house) as face:
        await face.trouble(trouble)
        scene = Scene(house, face)
        assert isinstance(await scene.probed(), NotFound)
        async with scene.linked() as link:
            for _ in range(60):
                house.forward(11)
                await asyncio.sleep(0.02)
            with pytest.raises(PanelUnreachable):
                await link.refresh()
        assert face.heard == []


class Key(Enum):
    """What no link may ever send."""

    STAR = b"*"
    REBOOT = b"="
    ARM = b"0Eaa011234005C\r\n"


@pytest.mark.parametrize("kind", [ad2, vista])
@pytest.mark.parametrize("key", Key)
async def test_another_byte_would_be_noticed(kind: Any, key: Key) -> None:
    house = House()
    async with kind(house) as face:
        scene = Scene(house, face)
        async with scene.linked() as link:
            await scene.online(link)
            check(face)
            assert link._session is not None
            with pytest.raises(Unproven):
                link._session.connection.write(key)  # type: ignore[arg-type]
            link._session.connection._send(key)  # type: ignore[arg-type]
            await until(lambda: key.value in face.heard_bytes)
        with pytest.raises(AssertionError):
            check(face)


def test_there_is_no_other_way_to_write() -> None:
    """Only the transport holds the stream, and it takes commands."""
    for file in LOCAL.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute):
                text = ast.unparse(node)
                assert node.attr not in {"writelines", "sendall", "send_break"}, text
                assert "_writer" not in text or file.name == "connection.py", text
    source = ast.unparse(ast.parse((LOCAL / "connection.py").read_text()))
    assert source.count("_writer.write(") == 1
    assert "_writer.write(command.value)" in source

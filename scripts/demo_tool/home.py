"""A real Home Assistant in a process of its own, used as a person's browser would."""

import asyncio
from collections.abc import Callable
import contextlib
import json
from pathlib import Path
import shutil
from typing import Any, Self

import aiohttp

from scripts.loopback import python_path, seed_http

from .paths import ABSENT, COMPONENTS, DATA, HASS
from .processes import Child, DemoError, free_port

USER_NAME = "demo"
PASSWORD = "panelsync"  # of a throw-away Home Assistant on the loopback interface

_READY_SECONDS = 120
_CONFIGURATION = """\
# Written by the demo at every start.
homeassistant:
  name: PanelSync demo
  time_zone: UTC
  unit_system: metric
  country: NL
  latitude: 52.37
  longitude: 4.89
frontend:
config:
history:
logbook:
conversation:
recorder:
lovelace:
api:
usb:
repairs:
diagnostics:
system_health:
automation: !include automations.yaml
logger:
  default: warning
  logs:
    custom_components.panelsync: info
"""


class CommandError(Exception):
    """Home Assistant declined a websocket command."""

    def __init__(self, error: dict[str, Any]) -> None:
        """Keep what Home Assistant said."""
        super().__init__(error.get("message", "no reason given"))
        self.code = str(error.get("code"))
        self.translation_key = error.get("translation_key")


class Home:
    """One Home Assistant: its process, its REST interface and one websocket."""

    def __init__(self, http: aiohttp.ClientSession, folder: str, port: int) -> None:
        """Prepare one that keeps its data below `.demo/<folder>`."""
        self.url = f"http://127.0.0.1:{port}"
        self.folder = DATA / folder / "home"
        self.child = Child("Home Assistant", DATA / folder / "home-assistant.log")
        self.tokens: dict[str, Any] = {}
        self._port = port
        self._http = http
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._next_id = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._listeners: dict[int, Callable[[dict[str, Any]], None]] = {}

    @classmethod
    async def start(
        cls,
        http: aiohttp.ClientSession,
        folder: str,
        wanted_port: int = 0,
        hass: Path = HASS,
    ) -> Self:
        """Start a fresh one with its first user, signed in; raises DemoError.

        `hass` is the program of the Home Assistant to run.
        """
        home = cls(http, folder, free_port(wanted_port))
        home._write_configuration()
        await home.child.start(
            [str(hass), "-c", str(home.folder), "--skip-pip"],
            {"PYTHONPATH": python_path(str(ABSENT))},
        )
        try:
            await home._wait_until_answering()
            await home._make_user()
            await home._connect()
            await home._wait_until_running()
        except BaseException:
            await home.stop()
            raise
        return home

    async def stop(self) -> None:
        """Close the websocket and end the process."""
        try:
            if self._socket is not None:
                await self._socket.close()
            if self._reader is not None:
                await self._reader  # ends with the socket
        finally:
            await self.child.stop()

    async def rest(self, method: str, path: str, body: Any = None) -> Any:
        """Send one REST request as the user; raises DemoError for a bad answer."""
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        async with self._http.request(
            method, self.url + path, json=body, headers=headers
        ) as answer:
            if answer.status >= 400:
                raise DemoError(
                    f"Home Assistant answered {answer.status} to {method} {path}: "
                    f"{await answer.text()}"
                )
            return await answer.json()

    async def upload(self, content: bytes) -> str:
        """Upload a file as a form's file field does, and return its id."""
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        form = aiohttp.FormData()
        form.add_field("file", content, filename="recording.har")
        async with self._http.post(
            f"{self.url}/api/file_upload", data=form, headers=headers
        ) as answer:
            if answer.status >= 400:
                raise DemoError(f"Home Assistant took no file: {answer.status}")
            return str((await answer.json())["file_id"])

    async def command(self, kind: str, **fields: Any) -> Any:
        """Send one websocket command; raises CommandError where it is declined."""
        message_id, answer = self._expect_answer()
        await self._send({"id": message_id, "type": kind, **fields})
        return await answer

    async def listen(
        self, event_type: str, listener: Callable[[dict[str, Any]], None]
    ) -> None:
        """Call `listener` with the data of every event of a type from now on."""
        message_id, answer = self._expect_answer()
        self._listeners[message_id] = listener
        await self._send(
            {"id": message_id, "type": "subscribe_events", "event_type": event_type}
        )
        await answer

    async def press(self, entity_id: str) -> None:
        """Press a button entity; raises CommandError where the press is refused."""
        await self.command(
            "call_service",
            domain="button",
            service="press",
            target={"entity_id": entity_id},
        )

    def _write_configuration(self) -> None:
        """Lay out a fresh configuration folder.

        The set-up steps a first user is led through are marked as done, but for
        the making of that user.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        storage = self.folder / ".storage"
        storage.mkdir(parents=True)
        (self.folder / "configuration.yaml").write_text(_CONFIGURATION)
        # Where the editor keeps what is made in it.
        (self.folder / "automations.yaml").touch()
        (self.folder / "custom_components").symlink_to(COMPONENTS)
        steps_done = ["core_config", "analytics", "integration"]
        onboarding = _stored("onboarding", 4, 1, {"done": steps_done})
        (storage / "onboarding").write_text(onboarding)
        seed_http(self.folder, self._port)

    async def _wait_until_answering(self) -> None:
        try:
            async with asyncio.timeout(_READY_SECONDS):
                while True:
                    if not self.child.running:
                        raise DemoError(
                            f"Home Assistant ended while starting; {self.child.tail()}"
                        )
                    with contextlib.suppress(aiohttp.ClientError):
                        async with self._http.get(
                            f"{self.url}/api/onboarding"
                        ) as answer:
                            if answer.status == 200:
                                return
                    await asyncio.sleep(0.25)
        except TimeoutError:
            raise DemoError(
                f"Home Assistant did not answer within {_READY_SECONDS} s; "
                f"{self.child.tail()}"
            ) from None

    async def _make_user(self) -> None:
        client_id = f"{self.url}/"
        user = {
            "client_id": client_id,
            "name": "Demo",
            "username": USER_NAME,
            "password": PASSWORD,
            "language": "en",
        }
        async with self._http.post(
            f"{self.url}/api/onboarding/users", json=user
        ) as answer:
            answer.raise_for_status()
            code = (await answer.json())["auth_code"]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": client_id,
        }
        async with self._http.post(f"{self.url}/auth/token", data=form) as answer:
            answer.raise_for_status()
            self.tokens = await answer.json()

    async def _connect(self) -> None:
        self._socket = await self._http.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=0, heartbeat=30
        )
        await self._socket.receive_json()  # auth_required
        await self._send({"type": "auth", "access_token": self.tokens["access_token"]})
        welcome = await self._socket.receive_json()
        if welcome["type"] != "auth_ok":
            raise DemoError(f"Home Assistant did not let the demo in: {welcome}")
        self._reader = asyncio.create_task(self._read(self._socket))

    async def _wait_until_running(self) -> None:
        async with asyncio.timeout(_READY_SECONDS):
            while (await self.rest("GET", "/api/config"))["state"] != "RUNNING":
                await asyncio.sleep(0.25)
        try:
            await self.command("get_services")
        except CommandError as error:
            raise DemoError(
                "Home Assistant cannot describe its actions, so its pages would not "
                f"open: a library is missing. Look into {self.child.log}"
            ) from error

    def _expect_answer(self) -> tuple[int, asyncio.Future[Any]]:
        self._next_id += 1
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[self._next_id] = answer
        return self._next_id, answer

    async def _send(self, message: dict[str, Any]) -> None:
        assert self._socket is not None  # connected in `start`
        await self._socket.send_json(message)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            self._handle(json.loads(message.data))
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(DemoError("Home Assistant closed the connection."))
        self._answers.clear()

    def _handle(self, message: dict[str, Any]) -> None:
        message_id = message["id"]
        if message["type"] == "event" and message_id in self._listeners:
            self._listeners[message_id](message["event"]["data"])
        elif message["type"] == "result" and message_id in self._answers:
            answer = self._answers.pop(message_id)
            if answer.done():
                return  # nobody waits any more
            if message["success"]:
                answer.set_result(message["result"])
            else:
                answer.set_exception(CommandError(message["error"]))


def _stored(key: str, version: int, minor_version: int, data: dict[str, Any]) -> str:
    """Return a file of Home Assistant's storage folder."""
    return json.dumps(
        {"version": version, "minor_version": minor_version, "key": key, "data": data}
    )

"""A simulated service, a clock that is moved by hand, and the client before it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import socket
from typing import Any

import aiohttp
from aiohttp import web
import pytest

from custom_components.panelsync.client import Credentials, Hosts, RemoteService
from custom_components.panelsync.client.models import Location
from custom_components.panelsync.client.remote.location_link import RemoteLink
from simulator import Simulator, SimulatorOptions

PASSWORD = "Marked-Password-917"


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = field(
        default_factory=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC)
    )

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **spans: float) -> None:
        self.now += timedelta(**spans)


@dataclass
class Bench:
    """The client before one service; waiting moves the clock and takes no time."""

    url: str
    http: aiohttp.ClientSession
    clock: Clock = field(default_factory=Clock)
    saved: dict[str, Any] = field(default_factory=dict)
    saves: int = 0
    pauses: list[float] = field(default_factory=list)
    user: str = "dana.keller"

    async def save(self, stored: dict[str, Any]) -> None:
        """Keep what the client wants kept."""
        self.saved = copy.deepcopy(stored)
        self.saves += 1

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.forward(seconds=seconds)

    def service(self, *, password: str = PASSWORD, **options: Any) -> RemoteService:
        return RemoteService(
            self.http,
            Hosts(self.url, self.url),
            Credentials(self.user, password),
            now=self.clock,
            sleep=self.sleep,
            save=self.save,
            **options,
        )


async def known[T](reading: Awaitable[T | None]) -> T:
    """Return what a read found, which it must."""
    found = await reading
    assert found is not None
    return found


@pytest.fixture
def nobody() -> Iterator[str]:
    """Return an address at which nobody listens, and nobody else can."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}"


@dataclass
class World(Bench):
    """A bench before the simulator."""

    simulator: Simulator = field(kw_only=True)

    @property
    def switches(self) -> Any:
        return self.simulator.switches

    def received(self, part: str = "", method: str = "") -> list[Any]:
        """Give what the simulator received at paths with this part."""
        return [
            record
            for record in self.simulator.received
            if part.casefold() in record.path.casefold()
            and method in ("", record.method)
        ]

    def password_sign_ins(self) -> int:
        return sum(
            record.fields.get("grant_type") == "password"
            for record in self.received("/token", "POST")
        )

    async def control(self, path: str, body: Mapping[str, Any] | None = None) -> None:
        """Turn something in the simulated world."""
        url = f"{self.url}/control/{path}"
        async with self.http.post(url, json=body or {}) as answer:
            assert answer.status < 300, await answer.text()

    async def fault(self, route: str, name: str, times: int = 1) -> None:
        """Let the next requests of a route fail."""
        await self.control("faults", {"route": route, "fault": name, "times": times})

    @asynccontextmanager
    async def answering(
        self, part: str, answer: Callable[[int], web.Response]
    ) -> AsyncIterator[list[str]]:
        """Put a server in front of the simulator that answers itself where the path has `part`."""
        seen: list[str] = []

        async def handle(request: web.Request) -> web.Response:
            if part.casefold() in request.path.casefold():
                seen.append(request.path)
                return answer(len(seen))
            headers = {
                name: value
                for name, value in request.headers.items()
                if name in ("Authorization", "Content-Type", "SOAPAction")
            }
            async with self.http.request(
                request.method,
                self.simulator.url + request.path_qs,
                data=await request.read(),
                headers=headers,
                allow_redirects=False,
            ) as reply:
                return web.Response(
                    status=reply.status,
                    body=await reply.read(),
                    content_type=reply.content_type,
                )

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handle)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield seen
        finally:
            self.url = self.simulator.url
            await runner.cleanup()

    async def link(
        self, service: RemoteService, name: str = "Mill House"
    ) -> tuple[Location, RemoteLink]:
        account = await service.fetch_account()
        location = next(item for item in account.locations if item.name == name)
        return location, service.link(location)


@asynccontextmanager
async def open_world(profile: str = "rest", **options: Any) -> AsyncIterator[World]:
    """Start a simulator of a profile and stand before it."""
    clock = Clock()
    made = SimulatorOptions(
        profile=profile,  # type: ignore[arg-type]
        password=PASSWORD,
        clock=clock,
        **({"speed": 50.0} | options),
    )
    async with Simulator(made) as simulator, aiohttp.ClientSession() as http:
        yield World(simulator.url, http, clock, simulator=simulator)


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let the tests use real sockets on this machine."""


@pytest.fixture(params=["rest"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Stand before a simulator; parametrize indirectly with a profile."""
    async with open_world(request.param) as one:
        yield one

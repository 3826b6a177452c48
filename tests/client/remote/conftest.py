"""A simulated service, a clock that is moved by hand, and the client before it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
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
        """Return the time."""
        return self.now

    def forward(self, **spans: float) -> None:
        """Move on."""
        self.now += timedelta(**spans)


@dataclass
class Bench:
    """The client before one service; waiting moves the clock and takes no time."""

    url: str
    http: aiohttp.ClientSession
    clock: Clock = field(default_factory=Clock)
    saved: dict[str, Any] = field(default_factory=dict)
    pauses: list[float] = field(default_factory=list)
    user: str = "dana.keller"

    async def save(self, stored: dict[str, Any]) -> None:
        """Keep what the client wants kept."""
        self.saved = copy.deepcopy(stored)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        self.pauses.append(seconds)
        self.clock.forward(seconds=seconds)

    def service(self, *, password: str = PASSWORD, **options: Any) -> RemoteService:
        """Make a client of the account."""
        return RemoteService(
            self.http,
            Hosts(self.url, self.url),
            Credentials(self.user, password),
            now=self.clock,
            sleep=self.sleep,
            save=self.save,
            **options,
        )


@dataclass
class World(Bench):
    """A bench before the simulator."""

    simulator: Simulator = field(kw_only=True)

    @property
    def switches(self) -> Any:
        """Give the simulator's switches."""
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
        """Count the password grants the simulator received."""
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

    async def link(
        self, service: RemoteService, name: str = "Mill House"
    ) -> tuple[Location, RemoteLink]:
        """Give a location and its link."""
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

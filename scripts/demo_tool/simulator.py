"""One simulated service in a process of its own, and its control interface."""

from dataclasses import dataclass
from typing import Any, Self

import aiohttp

from simulator import SimulatorOptions

from .paths import DATA
from .processes import Child, DemoError, python

# A simulated account's own, and never part of a process's arguments for all that.
USER, PASSWORD = SimulatorOptions().user, SimulatorOptions().password

_READY_SECONDS = 60


@dataclass(slots=True)
class Simulator:
    """A running `python -m simulator`."""

    profile: str
    seed: int
    url: str
    child: Child
    http: aiohttp.ClientSession

    @classmethod
    async def start(
        cls,
        http: aiohttp.ClientSession,
        *,
        profile: str,
        seed: int,
        folder: str,
        speed: float,
        port: int = 0,
        locations: int = 4,
        latency: float = 0.0,
    ) -> Self:
        """Start one and wait until it is ready, or raise DemoError."""
        name = f"simulator-{profile}-{seed}"
        child = Child(name, DATA / folder / f"{name}.log")
        options = {
            "host": "127.0.0.1",
            "port": port,
            "locations": locations,
            "seed": seed,
            "latency": latency,
            "speed": speed,
            "profile": profile,
        }
        await child.start(
            python(
                "-m",
                "simulator",
                *(f"--{key}={value}" for key, value in options.items()),
            )
        )
        try:
            ready = await child.wait_for_line(
                r"http://127\.0\.0\.1:\d+", _READY_SECONDS
            )
        except BaseException:  # an interruption too leaves no process behind
            await child.stop()
            raise
        return cls(profile, seed, ready[0], child, http)

    @property
    def page(self) -> str:
        """The address of the page that plays the panel's side."""
        return f"{self.url}/control"

    async def state(self) -> dict[str, Any]:
        """Return the whole truth of this simulated world."""
        return await self._request("GET", "/control/state")

    async def location(self, location_id: int) -> dict[str, Any]:
        """Return the truth of one location."""
        state = await self.state()
        for location in state["locations"]:
            if location["id"] == location_id:
                return dict(location)
        raise DemoError(f"The simulator knows no location {location_id}.")

    async def add_sensor(self, location_id: int, name: str) -> None:
        """Let somebody enroll a sensor at the panel."""
        await self._act(location_id, "sensors", {"name": name})

    async def stage_user(self, location_id: int, name: str) -> None:
        """Let somebody add a user at the service, who waits for a user sync."""
        await self._act(location_id, "users", {"name": name})

    async def disarm(self, location_id: int) -> None:
        """Let somebody disarm at the keypad."""
        await self._act(location_id, "disarm", {})

    async def set_zone(self, location_id: int, zone: int, *, is_open: bool) -> None:
        """Open or close a door."""
        await self._act(location_id, f"zones/{zone}", {"open": is_open})

    async def set_line(self, location_id: int, *, connected: bool) -> None:
        """Cut the panel's line to the service, or mend it."""
        await self._act(location_id, "line", {"connected": connected})

    async def open_face(self, location_id: int, face: str, link: str) -> str:
        """Connect an adapter to a panel; returns what Home Assistant opens."""
        path = f"/control/locations/{location_id}/local/open"
        answer = await self._request("POST", path, {"face": face, "link": link})
        return str(answer["url"])

    async def lose_reports(self, location_id: int) -> None:
        """Let the service's copy no longer follow the panel."""
        await self._act(location_id, "local/service", {"lost": True})

    async def arm_locally(self, location_id: int) -> None:
        """Let somebody arm at the keypad, away and at once."""
        await self._act(location_id, "local/arm", {"exit_delay": False})

    async def recording(self) -> bytes:
        """Return what a browser saves of a visit to the simulated website."""
        async with self.http.get(f"{self.url}/control/har") as answer:
            if answer.status >= 400:
                raise DemoError(f"The simulator gave no recording: {answer.status}")
            return await answer.read()

    async def switch(self, switches: dict[str, Any]) -> None:
        """Change how the service behaves."""
        await self._request("POST", "/control/switches", switches)

    async def _act(self, location_id: int, verb: str, body: dict[str, Any]) -> None:
        await self._request("POST", f"/control/locations/{location_id}/{verb}", body)

    async def _request(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        async with self.http.request(method, self.url + path, json=body) as answer:
            if answer.status >= 400:
                raise DemoError(
                    f"The simulator answered {answer.status} to {method} {path}: "
                    f"{await answer.text()}"
                )
            return dict(await answer.json())


def known_fields(simulator: Simulator) -> dict[str, Any]:
    """Return what a person with this simulated account would type into the flow."""
    codes = SimulatorOptions()
    # A real service has a known way to start a user sync only over SOAP; trying
    # the likely ways is the person's own choice
    # (docs/architecture.md#ways-to-start-a-user-sync).
    way = "likely" if simulator.profile == "rest" else "known"
    return {
        "username": USER,
        "password": PASSWORD,
        "web_url": simulator.url,
        "service_url": simulator.url,
        "user_code": codes.user_code,
        "installer_code": codes.installer_code,
        "user_sync_way": way,
    }

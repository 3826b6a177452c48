"""A plain client for the simulator's tests: it knows the protocol, and nothing of the project's own client."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.padding import (
    AsymmetricPadding,
    PKCS1v15,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
import jwt

from simulator import Simulator, SimulatorOptions

type Json = dict[str, Any]

NAMESPACE = "https://services.alarmnet.com/TC2/"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = field(
        default_factory=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC)
    )

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def forward(self, seconds: float) -> None:
        """Move on."""
        self.now += timedelta(seconds=seconds)


@dataclass
class Door:
    """One client before one simulator."""

    simulator: Simulator
    http: aiohttp.ClientSession
    clock: Clock
    token: Json = field(default_factory=dict)

    @property
    def options(self) -> SimulatorOptions:
        """Return what the simulator was started with."""
        return self.simulator.options

    def id(self, name: str = "Mill House") -> int:
        """Return the id of a location."""
        return self.simulator.world.named(name).id

    async def config(self) -> Json:
        """Read the web application's configuration."""
        async with self.http.get(
            f"{self.simulator.url}/application.config.json"
        ) as answer:
            assert answer.status == 200
            return dict(await answer.json())

    async def token_request(
        self, fields: Json, *, basic: str | None = None
    ) -> tuple[int, Json]:
        """Ask the token endpoint."""
        headers = (
            {"Authorization": aiohttp.encode_basic_auth(basic, "")} if basic else {}
        )
        url = f"{self.simulator.url}/TC2API.Auth/token"
        async with self.http.post(url, data=fields, headers=headers) as answer:
            return answer.status, await answer.json()

    async def sign_in(
        self,
        *,
        user: str | None = None,
        password: str | None = None,
        in_basic: bool = False,
    ) -> tuple[int, Json]:
        """Sign in with a password; a success is kept for later calls."""
        first = (await self.config())["AppConfig"][0]
        fields = {
            "grant_type": "password",
            "username": encrypted(first, user or self.options.user),
            "password": encrypted(first, password or self.options.password),
        }
        client_id = first["tc2ClientId"]
        if in_basic:
            status, answer = await self.token_request(fields, basic=client_id)
        else:
            status, answer = await self.token_request(fields | {"client_id": client_id})
        if status == 200:
            self.token = answer
        return status, answer

    async def refresh(self, refresh_token: str | None = None) -> tuple[int, Json]:
        """Renew the token; a success is kept."""
        fields = {
            "grant_type": "refresh_token",
            "client_id": (await self.config())["AppConfig"][0]["tc2ClientId"],
            "refresh_token": refresh_token or self.token["refresh_token"],
        }
        status, answer = await self.token_request(fields)
        if status == 200:
            self.token = answer
        return status, answer

    async def call(
        self,
        method: str,
        path: str,
        *,
        form: Json | None = None,
        json: Json | None = None,
    ) -> tuple[int, Any]:
        """Call a REST path below the base; signs in first if need be."""
        if not self.token:
            await self.sign_in()
        headers = {"Authorization": f"Bearer {self.token['access_token']}"}
        url = f"{self.simulator.url}/TC2API.TCResource/{path}"
        async with self.http.request(
            method, url, data=form, json=json, headers=headers
        ) as answer:
            return answer.status, await answer.json(content_type=None)

    async def get(self, path: str) -> Any:
        """GET a path that must answer 200."""
        status, answer = await self.call("GET", path)
        assert status == 200, (status, answer)
        return answer

    async def post(self, path: str, body: Json, *, as_json: bool = False) -> Any:
        """POST to a path that must answer 200."""
        sent: dict[str, Json] = {"json" if as_json else "form": body}
        status, answer = await self.call("POST", path, **sent)
        assert status == 200, (status, answer)
        return answer

    async def details(self) -> Json:
        """Read session details."""
        path = "api/v3/authentication/sessiondetails?appId=16808&appVersion=3.53.2.118"
        return dict(await self.get(path))

    async def status(self, name: str = "Mill House") -> Json:
        """Read a location's PanelStatus."""
        answer = await self.get(
            f"api/v3/locations/{self.id(name)}/partitions/fullStatus"
        )
        return dict(answer["PanelStatus"])

    async def start_panel(self, name: str = "Mill House", **fields: str) -> Json:
        """Start a panel sync, form-encoded."""
        body = {"userCode": "-1"} | fields
        path = f"api/v1/locations/{self.id(name)}/devices/security/synchronize"
        return dict(await self.post(path, body))

    async def job(self, job_id: str, name: str = "Mill House") -> Json:
        """Ask for a job by the first candidate."""
        path = f"api/v1/locations/{self.id(name)}/devices/security/synchronize/{job_id}"
        return dict(await self.get(path))

    async def users_sync(
        self, *names: str, status_only: bool = False, code: str = "-1"
    ) -> Json:
        """Start or ask a user sync by the first candidate."""
        return dict(
            await self.post(
                "api/v1/account/users/synchronize",
                {
                    "DeviceList": self.device_list(*names, code=code),
                    "StatusOnly": status_only,
                },
                as_json=True,
            )
        )

    def device_list(self, *names: str, code: str = "-1") -> list[Json]:
        """Return the rows of a user sync."""
        places = [self.simulator.world.named(name) for name in names or ("Mill House",)]
        return [
            {
                "LocationID": place.id,
                "DeviceID": place.device_id,
                "AuthorizingCode": code,
            }
            for place in places
        ]

    async def users(self, name: str = "Mill House") -> Json:
        """Read a location's users by the first candidate."""
        path = f"api/v1/account/users?LocationID={self.id(name)}&AdditionalInput="
        return dict(await self.get(path))

    async def pending(self, name: str = "Mill House") -> int:
        """Return how many user changes the service says are waiting."""
        return sum(user["OutOfSyncCount"] for user in (await self.users(name))["Users"])

    async def log(self, name: str = "Mill House", **body: Any) -> list[Json]:
        """Read the event log."""
        path = f"api/v1/locations/{self.id(name)}/devices/0/Events"
        asked = {
            "FilterClass": 1,
            "MaxRecords": 50,
            "DateFormat": 0,
            "TimeFormat": 1,
        } | body
        return list((await self.post(path, asked, as_json=True))["Events"])

    async def texts(self, name: str = "Mill House") -> list[str]:
        """Return the log's texts written since the world began, newest first."""
        begin = Clock().now.strftime("%Y-%m-%d %H:%M:%S")
        return [
            row["Event"]
            for row in await self.log(name)
            if row["RecDateTimeGMT"] >= begin
        ]

    async def live(self, name: str = "Mill House") -> Json:
        """Read the zones from the panel."""
        return dict(
            await self.get(f"api/v1/locations/{self.id(name)}/partitions/zones/0")
        )

    def session_id(self) -> str:
        """Return the session id in the token."""
        return str(claims(self.token["access_token"])["ids"]).split(";")[0]

    async def soap_form(self, operation: str, **fields: Any) -> tuple[int, str]:
        """Call a SOAP operation by its form binding."""
        url = f"{self.simulator.url}/TC21api/tc2.asmx/{operation}"
        async with self.http.post(url, data=fields, allow_redirects=False) as answer:
            return answer.status, await answer.text()

    async def soap_envelope(
        self, operation: str, inner: str, **more: str
    ) -> tuple[int, str]:
        """Call a SOAP operation by envelope; `inner` is the XML of its parameters."""
        request = f'<{operation} xmlns="{NAMESPACE}">{inner}</{operation}>'
        text = (
            f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{request}</s:Body></s:Envelope>'
        )
        headers = {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{NAMESPACE}{operation}"',
        } | more
        url = f"{self.simulator.url}/TC21api/tc2.asmx"
        async with self.http.post(url, data=text, headers=headers) as answer:
            return answer.status, await answer.text()

    async def control(
        self, path: str, body: Json | None = None, *, method: str = "POST"
    ) -> tuple[int, Json]:
        """Use the control interface."""
        url = f"{self.simulator.url}/control{path}"
        async with self.http.request(method, url, json=body) as answer:
            return answer.status, await answer.json()

    async def state(self, name: str = "Mill House") -> Json:
        """Return the truth about one location."""
        _, state = await self.control("/state", method="GET")
        return next(place for place in state["locations"] if place["name"] == name)


def public_key(config: Json) -> RSAPublicKey:
    """Return the key of an `AppConfig`."""
    key = load_der_public_key(b64decode(config["tc2APIKey"]))
    assert isinstance(key, RSAPublicKey)
    return key


def encrypted(config: Json, text: str, padding: AsymmetricPadding | None = None) -> str:
    """Return a credential as it is sent, by default as the service wants it."""
    cipher = public_key(config).encrypt(text.encode(), padding or PKCS1v15())
    return b64encode(cipher).decode()


def claims(token: str) -> Json:
    """Return what a JWT says."""
    return jwt.decode(token, options={"verify_signature": False})


@asynccontextmanager
async def opened(
    options: SimulatorOptions | None = None, **changes: Any
) -> AsyncIterator[Door]:
    """Serve a world whose clock stands still, and stand before its door."""
    clock = Clock()
    wanted = replace(options or SimulatorOptions(), clock=clock, **changes)
    async with Simulator(wanted) as simulator, aiohttp.ClientSession() as http:
        simulator.switches.live_read_seconds = 0.0
        yield Door(simulator, http, clock)

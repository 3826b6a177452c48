"""A person at the vendor's website: signs in, presses the syncs, opens users and events. Every call is recorded.

The visit is made in a copy of the world, so that nothing happens to the world itself; ids and ways are the same.
"""

from dataclasses import replace
from datetime import datetime, timedelta
import gzip
import json
from random import Random
from typing import Any

from simulator.options import SimulatorOptions
from simulator.service.accounts import Session
from simulator.service.calls import Call, lowered
from simulator.service.details import APP_ID, application_config
from simulator.service.hidden import Kind, Purpose, Way
from simulator.service.rest import Rest
from simulator.simulation import Simulation
from simulator.website import noise
from simulator.website.exchange import Exchange, Headers, encoded, with_query
from simulator.world import secrets

type Json = dict[str, Any]

_STORED_CODE = "-1"
_LOOKS = 12


class Visit:
    """One visit; `exchanges` is what the browser saw, oldest first."""

    def __init__(
        self, simulation: Simulation, base: str, location_id: int | None = None
    ) -> None:
        """Begin a visit to the site at `base`, about a location, by default the first. Raises UnknownThing."""
        self._now = simulation.world.now
        options: SimulatorOptions = replace(
            simulation.options, clock=lambda: self._now, speed=1.0, ad2=(), vista=()
        )
        self._copy = Simulation(options)
        self._copy.world.syncs.first_job = 1000
        locations = self._copy.world.locations
        chosen = next(iter(locations)) if location_id is None else location_id
        self._location = self._copy.world.location(chosen)
        self._rest = Rest(self._copy.world, self._copy.accounts, self._copy.ways)
        self._base = base
        self._random = Random(f"{options.seed}/visit")
        self._session: Session | None = None
        self._token = ""
        self._cookie = f"{self._random.getrandbits(128):032x}"
        secrets.announce("cookie", self._cookie)
        self.exchanges: list[Exchange] = []

    @property
    def now(self) -> datetime:
        """Return the moment the visit has reached."""
        return self._now

    def go(self) -> list[Exchange]:
        """Do everything, from the sign-in to the sign-out. Returns what was recorded."""
        self._open_site()
        self._sign_in()
        self._read_details()
        if self._copy.ways:
            self._open_users()
            self._sync_users()
            self._sync_panel()
            self._open_events()
        self._disarm_by_the_way()
        self._api("POST", "api/v3/authentication/logout")
        return self.exchanges

    # What the person does

    def _open_site(self) -> None:
        self._keep(noise.page(self._now, self._base, self._cookie))
        for exchange in noise.assets(self._now, self._base, self._random):
            self._keep(exchange)
        config = application_config(self._copy.accounts)
        path = f"application.config.json?v={config['version']}"
        self._called("GET", path, answer=json.dumps(config).encode())

    def _sign_in(self) -> None:
        """Sign in as the site does: once in the clear to its own host, once for the token."""
        options, accounts = self._copy.options, self._copy.accounts
        granted = accounts.grant_to(options.user, self._copy.world.now)
        self._token = str(granted["access_token"])
        found = accounts.bearer(self._token, self._copy.world.now)
        assert isinstance(found, Session)
        self._session = found
        own = {"username": options.user, "password": options.password}
        form = {
            "grant_type": "password",
            "client_id": accounts.client_id,
            "username": accounts.encrypt(options.user),
            "password": accounts.encrypt(options.password),
        }
        for url, body, encoding, answer in (
            ("Login/PersistSession", own, "json", {"ok": True}),
            ("TC2API.Auth/token", form, "form", granted),
        ):
            cookie = f"ASP.NET_SessionId={self._cookie}; path=/; HttpOnly"
            self._called(
                "POST",
                url,
                body,
                encoding,
                answer=json.dumps(answer).encode(),
                answer_headers=[("set-cookie", cookie)],
            )

    def _read_details(self) -> None:
        query = {"appId": APP_ID, "appVersion": "3.53.2.118"}
        self._api("GET", "api/v3/authentication/sessiondetails", query=query)
        at = f"api/v3/locations/{self._location.id}"
        self._api("GET", f"{at}/partitions/fullStatus")
        self._api("GET", "api/v1/SecuritySystem/ZoneTypes")
        # The person's code, typed in for the keypad on the screen.
        validate = (
            f"api/v1/account/users/current/validateUser/locations/{self._location.id}"
        )
        code = self._copy.options.user_code
        self._api("POST", validate, body={"userCode": code}, encoding="json")
        for exchange in noise.others(self._now, self._base, self._location.id):
            self._keep(exchange)

    def _open_users(self) -> None:
        self._hidden("users")

    def _sync_users(self) -> None:
        """Press Sync users, and let the page ask for the steps until they are done."""
        self._hidden("user_sync")
        for _ in range(_LOOKS):
            self._hidden("user_sync_steps")
            if not self._location.running("users"):
                break
        self._hidden("users")

    def _sync_panel(self) -> None:
        """Press Sync panel, and let the page ask for the job until it is done."""
        path = f"api/v1/locations/{self._location.id}/devices/security/synchronize"
        body = {"userCode": _STORED_CODE, "installerCode": None, "forceImport": False}
        answer = self._api("POST", path, body=body, encoding="json")
        job_id = answer.get("JobID")
        for _ in range(_LOOKS):
            if job_id is None:
                return
            self._hidden("job_status", job=job_id)
            if not self._location.running("panel"):
                return

    def _open_events(self) -> None:
        """Open the events, some of which are nobody's business."""
        self._copy.world.duress(self._location.id)
        self._hidden("events")
        oldest = self._location.log.records[0].id if self._location.log.records else 0
        self._hidden("events", position=oldest)

    def _disarm_by_the_way(self) -> None:
        """Do something that must never be learned."""
        at = f"api/v3/locations/{self._location.id}/devices/{self._location.device_id}"
        self._called(
            "PUT",
            f"TC2API.TCResource/{at}/partitions/disArm",
            {"userCode": self._copy.options.user_code, "partitions": [1]},
            "json",
            answer=b'{"ResultCode":4500,"ResultData":"Session Initiated"}',
        )

    # The calls

    def _hidden(self, purpose: Purpose, *, job: str = "", position: int = 0) -> Json:
        way: Way = self._copy.ways[purpose]
        location = self._location
        values: dict[Kind, Any] = {
            "location": location.id,
            "device": location.device_id,
            "code": _STORED_CODE,
            "rows": way.rows(location.id, location.device_id, _STORED_CODE),
            "job": job,
            "position": position,
        }
        path, query, body = way.request(values)
        return self._api(
            way.method, path, query=query, body=body, encoding=way.encoding, way=way
        )

    def _api(
        self,
        method: str,
        path: str,
        *,
        query: Json | None = None,
        body: Json | None = None,
        encoding: str = "",
        way: Way | None = None,
    ) -> Json:
        """Call the service after its preflight; what it answers is what it would answer to anybody."""
        query, body = query or {}, body or {}
        url = with_query(f"TC2API.TCResource/{path}", query)
        asked = f"{self._base}/{url}"
        self._keep(noise.preflight(self._now, asked, method, self._base))
        self._copy.world.advance()
        found = self._rest.find(method, path)
        assert not isinstance(found, int), (method, path)
        route, parts = found
        call = Call(self._session, parts, lowered(query), lowered(body), encoding)
        answer = route.answer(call)
        raw = json.dumps(answer.payload).encode()
        self._called(
            method,
            url,
            body,
            encoding,
            status=answer.status,
            answer=raw,
            answer_type=answer.content_type,
            purpose=way.purpose if way else None,
            compressed=len(gzip.compress(raw)) if len(raw) > 1000 else None,
        )
        return dict(answer.payload)

    def _called(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        encoding: str = "",
        **more: Any,
    ) -> None:
        """Record a call of the page; `more` is what `Exchange` takes besides."""
        text, kind = encoded(body or {}, encoding)
        self._keep(
            Exchange(
                time=self._now,
                method=method,
                url=f"{self._base}/{path}",
                headers=self._headers(),
                body=text,
                body_type=kind,
                **more,
            )
        )

    def _headers(self) -> Headers:
        headers = [
            ("accept", "application/json, text/plain, */*"),
            ("accept-language", "en-US,en;q=0.9"),
            ("cookie", f"ASP.NET_SessionId={self._cookie}"),
            ("origin", self._base),
            ("user-agent", noise.USER_AGENT),
        ]
        if self._token:
            headers.insert(2, ("authorization", f"Bearer {self._token}"))
        return headers

    def _keep(self, exchange: Exchange) -> None:
        """Record one exchange; then a moment passes."""
        self.exchanges.append(exchange)
        seconds = 2.5 if exchange.purpose or exchange.method == "POST" else 0.2
        self._now += timedelta(seconds=seconds)

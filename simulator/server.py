"""Serves the stand-in over HTTP: the paths of both hosts, and the control interface. Simulated.

Paths and answers of errors: total-connect.md 0, 1, 8, 9.
"""

from asyncio import Event, sleep
from base64 import b64decode
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from simulator.control.interface import Control, describe
from simulator.faults import echo, rules as faults
from simulator.faults.sending import break_off, drip, hang_up
from simulator.http.arrival import Arrival, understand
from simulator.http.received import Received, keep
from simulator.options import FaceOption, SimulatorOptions
from simulator.panels import LocalFaces, PortOptions
from simulator.service import answers, details
from simulator.service.accounts import Accounts, Denied, Session
from simulator.service.calls import Call, Route, lowered
from simulator.service.reply import Reply, json_reply, message
from simulator.service.rest import Rest
from simulator.service.soap import Soap
from simulator.switches import for_profile
from simulator.world.result_codes import INVALID_SESSION, SESSION_NOT_VALID, Refusal
from simulator.world.world import OTHER_PERSON, World

_LIMIT = 8 * 1024 * 1024
_DENIED = "Authorization has been denied for this request."


class Simulator:
    """One simulated world behind one HTTP address."""

    def __init__(self, options: SimulatorOptions | None = None) -> None:
        """Build the world; nothing is served before `start`."""
        self.options = options or SimulatorOptions()
        self.switches = for_profile(self.options.profile)
        self.world = World(self.options, self.switches)
        other_user = OTHER_PERSON.lower().replace(" ", ".")
        self.accounts = Accounts(
            self.options, self.world.ids, self.switches, other_user
        )
        self.faults = faults.Faults()
        self.received: list[Received] = []
        self.latency = self.options.latency
        self.local = LocalFaces(self.world)
        self._rest = Rest(self.world, self.accounts)
        self._soap = Soap(self.world, self.accounts)
        self._stopping = Event()
        self._runner: web.AppRunner | None = None
        self._url: str | None = None

    @property
    def url(self) -> str:
        """Return the address, without a slash at its end. Raises RuntimeError before `start`."""
        if self._url is None:
            raise RuntimeError("the simulator is not started; await start() first")
        return self._url

    async def start(self) -> None:
        """Begin to serve. Raises OSError if the address cannot be used."""
        app = web.Application(client_max_size=_LIMIT)
        Control(self).add_routes(app)
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, self.options.host, self.options.port)
        try:
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        host, port = runner.addresses[0][:2]
        self._url = (
            f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        )
        try:
            await self._open_faces()
        except OSError:
            await self.stop()
            raise

    async def _open_faces(self) -> None:
        """Open the local faces of the options. Raises OSError."""
        ids = list(self.world.locations)

        def port(face: FaceOption, *, raw: bool) -> PortOptions:
            return PortOptions(link=face.link, port=face.port, path=face.path, raw=raw)

        for face in self.options.ad2:
            await self.local.open_alarmdecoder(ids[face.index], port(face, raw=False))
        for face in self.options.vista:
            await self.local.open_vista(ids[face.index], port(face, raw=True))

    async def stop(self) -> None:
        """Stop serving and free the address. Doing it twice does nothing."""
        self._stopping.set()
        await self.local.close()
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    def state(self) -> dict[str, Any]:
        """Return the whole truth, as the control interface shows it."""
        locations = []
        for location in self.world.locations.values():
            status = answers.connection_status(location, self.switches)["SyncStatus"]
            prompts = {
                "prompts_user_code": self.world.syncs.prompts_user_code(location),
                "prompts_installer_code": self.world.syncs.prompts_installer_code(
                    location
                ),
            }
            locations.append(
                describe(location, sync_status={"sync_status": status}, prompts=prompts)
            )
        return {
            "profile": self.options.profile,
            "seed": self.options.seed,
            "speed": self.options.speed,
            "now": self.world.now.isoformat(),
            "user_id": self.world.ids.numbered("login", 0),
            "switches": self.switches.as_dict(),
            "latency": self.latency,
            "faults": [
                {"route": rule.route, "fault": rule.fault, "times": rule.times}
                for rule in self.faults.rules
            ],
            "sign_ins": len(self.accounts.sign_ins),
            "sessions": sum(
                not session.ended for session in self.accounts.sessions.values()
            ),
            "locations": locations,
        }

    # One request

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        """Record, delay, spoil and answer one request."""
        raw = await request.read()
        self.world.advance()
        arrival = understand(self._rest, self.world.now, request, raw)
        record = arrival.record
        keep(self.received, record)
        record.fault = self.faults.take(record.route, request.path)
        if self.latency:
            await sleep(self.latency)
            self.world.advance()
        if record.fault == "refuse":
            return hang_up(request)
        reply = faults.instead(record.fault)
        if reply is None:
            reply, seconds = self._answer(arrival)
            if seconds:
                await sleep(seconds / self.options.speed)
            reply = faults.changed(record.fault, reply)
        if self.switches.refusals_repeat_secrets:
            reply = self._repeating(arrival, reply)
        if record.fault == "timeout":
            await self._stopping.wait()
            return hang_up(request)
        if record.fault == "reset":
            return await break_off(request, reply)
        record.status = reply.status
        if record.fault == "drip":
            return await drip(request, reply)
        return web.Response(
            status=reply.status,
            body=reply.body,
            headers=reply.headers,
            content_type=reply.content_type,
            charset="utf-8",
        )

    def _answer(self, arrival: Arrival) -> tuple[Reply, float]:
        """Let the service look at the request: what it answers, and how long the panel takes."""
        route = arrival.record.route
        if route == "config":
            return json_reply(details.application_config(self.accounts)), 0.0
        if route == "token":
            return self._token(arrival), 0.0
        if arrival.soap is not None:
            return self._soap.answer(arrival.soap), 0.0
        if arrival.record.forbidden:
            # Answered as if it worked, so that a test can see that it was ever sent.
            return json_reply(answers.ok()), 0.0
        if isinstance(arrival.found, int):
            return self._no_route(arrival), 0.0
        return self._rest_answer(arrival, *arrival.found)

    def _repeating(self, arrival: Arrival, reply: Reply) -> Reply:
        token = arrival.request.headers.get("Authorization", "").partition(" ")[2]
        secrets = echo.sent_secrets(arrival, self.accounts.session_id(token))
        return echo.repeating(reply, secrets)

    def _token(self, arrival: Arrival) -> Reply:
        if arrival.request.method != "POST" or arrival.record.encoding != "form":
            return json_reply({"error": "unsupported_grant_type"}, 400)
        fields = lowered(arrival.body)
        client_id = _basic_user(arrival.request)
        granted = self.accounts.grant(fields, client_id, self.world.now)
        if isinstance(granted, Denied):
            payload = {"error": granted.error}
            if granted.description is not None:
                payload["error_description"] = granted.description
            return json_reply(payload, 400)  # OWIN's default status (1.3, guess)
        session = self.accounts.bearer(granted["access_token"], self.world.now)
        if fields["grant_type"] == "password" and isinstance(session, Session):
            self.world.note_sign_in(session.login.full_name)
        return json_reply(granted)

    def _no_route(self, arrival: Arrival) -> Reply:
        uri = str(arrival.request.url)
        if arrival.found == 405:
            return message(
                405,
                f"The requested resource does not support http method '{arrival.request.method}'.",
            )
        status = self.switches.missing_route_status
        return message(
            status, f"No HTTP resource was found that matches the request URI '{uri}'."
        )

    def _rest_answer(
        self, arrival: Arrival, route: Route, path: dict[str, str]
    ) -> tuple[Reply, float]:
        session: Session | None = None
        if route.needs_session:
            session_or_reply = self._session(arrival.request)
            if isinstance(session_or_reply, Reply):
                return session_or_reply, 0.0
            session = session_or_reply
        if arrival.query and not arrival.body and arrival.request.method == "POST":
            # Misplaced parameters (total-connect.md 0, 8).
            return json_reply(
                {"ResultCode": -999, "ResultData": "Unknown Error"}, 500
            ), 0.0
        answer = route.answer(
            Call(session, path, lowered(arrival.query), lowered(arrival.body))
        )
        return json_reply(
            answers.vary(answer.payload, self.switches), answer.status
        ), answer.seconds

    def _session(self, request: web.Request) -> Session | Reply:
        """Return the session of the bearer token, or the answer a dead one gets (1.6)."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        session = (
            self.accounts.bearer(token, self.world.now)
            if kind.lower() == "bearer"
            else "expired"
        )
        if isinstance(session, Session):
            return session
        dead = self.switches.dead_session_answer
        if session == "expired" or dead == "401":
            return message(401, _DENIED)
        return json_reply(
            answers.refused(
                Refusal(INVALID_SESSION if dead == "-102" else SESSION_NOT_VALID)
            )
        )


def _basic_user(request: web.Request) -> str | None:
    """Return the name of HTTP Basic, where the client id may travel (1.3)."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        return b64decode(text).decode().partition(":")[0]
    except ValueError:
        return None

"""Serves the stand-in over HTTP: the paths of both hosts, and the control interface. Simulated.

Paths and answers of errors: total-connect.md 0, 1, 8, 9.
"""

from asyncio import Event, sleep
from base64 import b64decode
import json
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from aiohttp import web

from simulator import answers, faults
from simulator.accounts import Accounts, Denied, Session
from simulator.codes import INVALID_SESSION, SESSION_NOT_VALID, Refusal
from simulator.control import Control, describe
from simulator.options import SimulatorOptions
from simulator.received import Received, keep, masked
from simulator.reply import Reply, json_reply, message
from simulator.rest import Call, Rest, Route, lowered
from simulator.soap import Soap, SoapCall, read_call
from simulator.switches import for_profile
from simulator.world import OTHER_PERSON, World

_REST = "/tc2api.tcresource/"
_SOAP = "/tc21api/tc2.asmx"
_TOKEN = "/tc2api.auth/token"
_CONFIG = "/application.config.json"
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

    async def stop(self) -> None:
        """Stop serving and free the address. Doing it twice does nothing."""
        self._stopping.set()
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
        task = self._understand(request, raw)
        record = task.record
        keep(self.received, record)
        record.fault = self.faults.take(record.route, request.path)
        if self.latency:
            await sleep(self.latency)
            self.world.advance()
        if record.fault == "refuse":
            return _hang_up(request)
        reply = faults.instead(record.fault)
        if reply is None:
            reply, seconds = self._answer(task)
            if seconds:
                await sleep(seconds / self.options.speed)
            reply = faults.changed(record.fault, reply)
        if record.fault == "timeout":
            await self._stopping.wait()
            return _hang_up(request)
        if record.fault == "reset":
            return await _break_off(request, reply)
        record.status = reply.status
        if record.fault == "drip":
            return await self._drip(request, reply)
        return web.Response(
            status=reply.status,
            body=reply.body,
            headers=reply.headers,
            content_type=reply.content_type,
            charset="utf-8",
        )

    def _understand(self, request: web.Request, raw: bytes) -> _Task:
        """Find the route of a request and what it brings."""
        encoding = _encoding(request.content_type) if raw else ""
        query: dict[str, Any] = dict(request.query)
        path, lower = request.path, request.path.lower()
        body = _parse(encoding, raw)
        soap: SoapCall | None = None
        found: tuple[Route, dict[str, str]] | int = 404
        route, forbidden, parts = "unknown", False, dict[str, str]()
        if lower == _CONFIG:
            route = "config"
        elif lower == _TOKEN:
            route = "token"
        elif lower == _SOAP or lower.startswith(_SOAP + "/"):
            operation = path[len(_SOAP) + 1 :]
            soap = read_call(
                operation, encoding, raw, request.headers.get("SOAPAction")
            )
            body, forbidden = soap.fields, soap.forbidden
            route = f"soap:{soap.operation or '?'}"
        elif lower.startswith(_REST):
            below = path[len(_REST) :]
            found = self._rest.find(request.method, below)
            if not isinstance(found, int):
                route, parts = found[0].key, found[1]
            elif _changes_something(request.method, below):
                route, forbidden = "forbidden", True
        return _Task(
            Received(
                time=self.world.now.isoformat(),
                method=request.method,
                path=request.path_qs,
                route=route,
                location_id=_location_id(parts, query, body),
                fields=masked({**query, **body}),
                encoding=encoding,
                forbidden=forbidden,
            ),
            request,
            found,
            soap,
            query,
            body,
        )

    def _answer(self, task: _Task) -> tuple[Reply, float]:
        """Let the service look at the request: what it answers, and how long the panel takes."""
        route = task.record.route
        if route == "config":
            return json_reply(answers.application_config(self.accounts)), 0.0
        if route == "token":
            return self._token(task), 0.0
        if task.soap is not None:
            return self._soap.answer(task.soap), 0.0
        if task.record.forbidden:
            # Answered as if it worked, so that a test can see that it was ever sent.
            return json_reply(answers.ok()), 0.0
        if isinstance(task.found, int):
            return self._no_route(task), 0.0
        return self._rest_answer(task, *task.found)

    def _token(self, task: _Task) -> Reply:
        if task.request.method != "POST" or task.record.encoding != "form":
            return json_reply({"error": "unsupported_grant_type"}, 400)
        granted = self.accounts.grant(
            lowered(task.body), _basic_user(task.request), self.world.now
        )
        if isinstance(granted, Denied):
            payload = {"error": granted.error}
            if granted.description is not None:
                payload["error_description"] = granted.description
            return json_reply(payload, 400)  # OWIN's default status (1.3, guess)
        return json_reply(granted)

    def _no_route(self, task: _Task) -> Reply:
        uri = str(task.request.url)
        if task.found == 405:
            return message(
                405,
                f"The requested resource does not support http method '{task.request.method}'.",
            )
        status = self.switches.missing_route_status
        return message(
            status, f"No HTTP resource was found that matches the request URI '{uri}'."
        )

    def _rest_answer(
        self, task: _Task, route: Route, path: dict[str, str]
    ) -> tuple[Reply, float]:
        session: Session | None = None
        if route.needs_session:
            session_or_reply = self._session(task.request)
            if isinstance(session_or_reply, Reply):
                return session_or_reply, 0.0
            session = session_or_reply
        if task.query and not task.body and task.request.method == "POST":
            # Misplaced parameters (total-connect.md 0, 8).
            return json_reply(
                {"ResultCode": -999, "ResultData": "Unknown Error"}, 500
            ), 0.0
        answer = route.answer(
            Call(session, path, lowered(task.query), lowered(task.body))
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

    async def _drip(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        """Send the body in forty small pieces over two seconds."""
        response = web.StreamResponse(
            status=reply.status, headers={"Content-Type": reply.content_type}
        )
        response.content_length = len(reply.body)
        await response.prepare(request)
        piece = max(1, len(reply.body) // 40)
        for begin in range(0, len(reply.body), piece):
            await response.write(reply.body[begin : begin + piece])
            await sleep(0.05)
        await response.write_eof()
        return response


class _Task:
    """A request, its record and what was found for it."""

    __slots__ = ("body", "found", "query", "record", "request", "soap")

    def __init__(
        self,
        record: Received,
        request: web.Request,
        found: tuple[Route, dict[str, str]] | int,
        soap: SoapCall | None,
        query: dict[str, Any],
        body: dict[str, Any],
    ) -> None:
        self.record, self.request, self.found = record, request, found
        self.soap, self.query, self.body = soap, query, body


def _encoding(content_type: str) -> str:
    """Return the kind of a body; the service takes form, JSON and XML (total-connect.md 0)."""
    if content_type == "application/x-www-form-urlencoded":
        return "form"
    return (
        "json"
        if content_type.endswith("json")
        else "xml"
        if content_type.endswith("xml")
        else "other"
    )


def _parse(encoding: str, raw: bytes) -> dict[str, Any]:
    """Return the fields of a form or JSON body; anything else has none."""
    text = raw.decode("utf-8", "replace")
    if encoding == "form":
        return dict(parse_qsl(text, keep_blank_values=True))
    if encoding == "json":
        try:
            body = json.loads(text)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}
    return {}


def _basic_user(request: web.Request) -> str | None:
    """Return the name of HTTP Basic, where the client id may travel (1.3)."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        return b64decode(text).decode().partition(":")[0]
    except ValueError:
        return None


def _location_id(*places: dict[str, Any]) -> int | None:
    """Return the location a request is about, from its path, query or body."""
    for place in places:
        for name, value in place.items():
            if name.lower() in ("location", "locationid"):
                try:
                    return int(value)
                except TypeError, ValueError:
                    return None
    return None


_READING_POSTS = (
    "/events",
    "/validateuser",
    "/synchronize",
    "/synchronizepaneluser",
    "/token",
)


def _changes_something(method: str, path: str) -> bool:
    """Return whether an unknown request could change a panel or an account."""
    if method in ("PUT", "DELETE", "PATCH"):
        return True
    return method == "POST" and not path.lower().endswith(_READING_POSTS)


def _hang_up(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.StreamResponse()


async def _break_off(request: web.Request, reply: Reply) -> web.StreamResponse:
    """Send half the body, then drop the connection."""
    response = web.StreamResponse(
        status=reply.status, headers={"Content-Type": reply.content_type}
    )
    response.content_length = len(reply.body)
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    await sleep(0.02)  # let the half leave before the end
    return _hang_up(request) if request.transport is not None else response

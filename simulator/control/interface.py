"""The control interface: plays the panel's side and shows the truth. No part of the real service.

JSON over HTTP under /control, for loopback only.
"""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
import json
from pathlib import Path
from typing import Any

from aiohttp import web

from simulator.control.local import LocalControl
from simulator.control.truth import state
from simulator.service.calls import lowered
from simulator.simulation import Simulation
from simulator.world.errors import UnknownThing
from simulator.world.result_codes import Refusal

type Json = dict[str, Any]
type Verb = Callable[[int, Json], Json]

_PAGE = Path(__file__).with_name("page.html")


class Control:
    """The handlers of /control over one simulation."""

    def __init__(self, simulation: Simulation) -> None:
        """Act on this simulation."""
        self._simulation = simulation
        self._verbs: dict[str, Verb] = {
            "arm": self._arm,
            "disarm": self._disarm,
            "alarm": self._alarm,
            "sensors": self._add_sensor,
            "users": self._stage_user,
            "line": self._line,
            "app-sync": self._app_sync,
            "log": self._log,
            "duress": self._duress,
            "remove": self._remove,
        }

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into the application."""
        app.router.add_get("/control", self._guarded(self._page))
        app.router.add_get("/control/", self._guarded(self._page))
        app.router.add_get("/control/state", self._guarded(self._state))
        app.router.add_get("/control/received", self._guarded(self._received))
        app.router.add_delete("/control/received", self._guarded(self._clear_received))
        app.router.add_post("/control/locations", self._guarded(self._add_location))
        app.router.add_post(
            "/control/locations/{id}/zones/{zone}", self._guarded(self._set_zone)
        )
        app.router.add_post("/control/locations/{id}/{verb}", self._guarded(self._verb))
        LocalControl(self._simulation.local).add_routes(app, self._guarded)
        app.router.add_post("/control/switches", self._guarded(self._switches))
        app.router.add_post("/control/latency", self._guarded(self._latency))
        app.router.add_post("/control/faults", self._guarded(self._add_fault))
        app.router.add_delete("/control/faults", self._guarded(self._clear_faults))
        app.router.add_post("/control/sessions/end", self._guarded(self._end_sessions))
        app.router.add_post(
            "/control/tokens/expire", self._guarded(self._expire_tokens)
        )

    def _guarded(
        self, handler: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Let only this machine in, bring the world up to now, and turn mistakes into clear answers."""

        async def handle(request: web.Request) -> web.Response:
            if not is_loopback(request.remote):
                return _error(403, "the control interface answers this machine only")
            self._simulation.world.advance()
            try:
                return await handler(request)
            except UnknownThing as error:
                return _error(404, str(error))
            except KeyError as error:
                return _error(400, f"the field {error} is missing")
            except (TypeError, ValueError) as error:
                return _error(400, str(error))

        return handle

    # Looking

    async def _page(self, _: web.Request) -> web.Response:
        return web.Response(
            text=_PAGE.read_text(encoding="utf-8"), content_type="text/html"
        )

    async def _state(self, _: web.Request) -> web.Response:
        return web.json_response(state(self._simulation))

    async def _received(self, request: web.Request) -> web.Response:
        last = int(request.query.get("last", 0))
        if last < 0:
            raise ValueError(
                f"last is {last}; give how many records you want, 0 for all"
            )
        records = [record.as_dict() for record in self._simulation.received[-last:]]
        return web.json_response({"received": records})

    async def _clear_received(self, _: web.Request) -> web.Response:
        self._simulation.received.clear()
        return web.json_response({})

    # The world

    async def _add_location(self, request: web.Request) -> web.Response:
        body = await _body(request)
        return web.json_response(
            {"id": self._simulation.world.add_location(_text(body, "name"))}
        )

    async def _set_zone(self, request: web.Request) -> web.Response:
        body = await _body(request)
        location_id, zone = (
            int(request.match_info["id"]),
            int(request.match_info["zone"]),
        )
        self._simulation.world.set_zone(location_id, zone, is_open=_bool(body, "open"))
        return web.json_response({})

    async def _verb(self, request: web.Request) -> web.Response:
        name = request.match_info["verb"]
        verb = self._verbs.get(name)
        if verb is None:
            return _error(
                404,
                f"there is no verb {name!r}; known: zones/<id>, {', '.join(self._verbs)}",
            )
        answer = verb(int(request.match_info["id"]), await _body(request))
        return web.json_response(answer, status=409 if "refused" in answer else 200)

    def _arm(self, location_id: int, body: Json) -> Json:
        state = body.get("state", "away")
        if state not in ("away", "stay", "night"):
            raise ValueError(f"state is {state!r}; use away, stay or night")
        delay = _bool(body, "exit_delay") if "exit_delay" in body else True
        self._simulation.world.arm(location_id, state, exit_delay=delay)
        return {}

    def _disarm(self, location_id: int, _: Json) -> Json:
        self._simulation.world.disarm(location_id)
        return {}

    def _alarm(self, location_id: int, _: Json) -> Json:
        self._simulation.world.alarm(location_id)
        return {}

    def _add_sensor(self, location_id: int, body: Json) -> Json:
        return {
            "zone": self._simulation.world.add_sensor(location_id, _text(body, "name"))
        }

    def _stage_user(self, location_id: int, body: Json) -> Json:
        removal = _bool(body, "removal") if "removal" in body else False
        self._simulation.world.stage_user(
            location_id, _text(body, "name"), removal=removal
        )
        return {}

    def _line(self, location_id: int, body: Json) -> Json:
        self._simulation.world.set_line(location_id, connected=_bool(body, "connected"))
        return {}

    def _app_sync(self, location_id: int, body: Json) -> Json:
        kind = body["kind"]
        if kind not in ("users", "panel"):
            raise ValueError(f"kind is {kind!r}; use users or panel")
        started = self._simulation.world.app_sync(location_id, kind)
        if isinstance(started, Refusal):
            return {"refused": started.code, "text": started.text}
        return {"job_id": started.job_id}

    def _log(self, location_id: int, body: Json) -> Json:
        originator = str(body.get("originator", "Robin Vale"))
        return {
            "id": self._simulation.world.write_log(
                location_id, _text(body, "text"), originator
            )
        }

    def _duress(self, location_id: int, _: Json) -> Json:
        self._simulation.world.duress(location_id)
        return {}

    def _remove(self, location_id: int, _: Json) -> Json:
        self._simulation.world.remove_location(location_id)
        return {}

    # The stand-in itself

    async def _switches(self, request: web.Request) -> web.Response:
        self._simulation.switches.change(await _body(request))
        return web.json_response(self._simulation.switches.as_dict())

    async def _latency(self, request: web.Request) -> web.Response:
        seconds = (await _body(request))["seconds"]
        if (
            isinstance(seconds, bool)
            or not isinstance(seconds, int | float)
            or not 0 <= seconds <= 600
        ):
            raise ValueError(f"seconds is {seconds!r}; give a number from 0 to 600")
        self._simulation.latency = float(seconds)
        return web.json_response({"seconds": self._simulation.latency})

    async def _add_fault(self, request: web.Request) -> web.Response:
        body = await _body(request)
        times = body.get("times", 1)
        if isinstance(times, bool) or not isinstance(times, int):
            raise TypeError(f"times is {times!r}; give a whole number")
        self._simulation.faults.add(_text(body, "route"), _text(body, "fault"), times)
        return web.json_response({})

    async def _clear_faults(self, _: web.Request) -> web.Response:
        self._simulation.faults.clear()
        return web.json_response({})

    async def _end_sessions(self, _: web.Request) -> web.Response:
        return web.json_response({"ended": self._simulation.accounts.end_sessions()})

    async def _expire_tokens(self, _: web.Request) -> web.Response:
        expired = self._simulation.accounts.expire_tokens(self._simulation.world.now)
        return web.json_response({"expired": expired})


def is_loopback(remote: str | None) -> bool:
    """Return whether a request came from this machine."""
    try:
        return ip_address(remote or "").is_loopback
    except ValueError:
        return False


def _error(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise ValueError("the body is not JSON") from None
    if not isinstance(body, dict):
        raise TypeError("the body must be a JSON object")
    return lowered(body)


def _text(body: Json, name: str) -> str:
    value = body[name]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} must be a text that is not empty")
    return value


def _bool(body: Json, name: str) -> bool:
    value = body[name]
    if not isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}; give true or false")
    return value

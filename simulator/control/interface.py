"""The control interface: plays the panel's side and shows the truth. No part of the real service.

JSON over HTTP under /control, for loopback only.
"""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web

from simulator.control import locations, stand_in
from simulator.control.local import LocalControl
from simulator.control.locations import Site
from simulator.control.recording import Recording
from simulator.control.truth import state
from simulator.control.verbs import read_body, read_json
from simulator.simulation import Simulation
from simulator.world.errors import UnknownThing

type Handler = Callable[[web.Request], Awaitable[web.Response]]

_PAGE = Path(__file__).with_name("page.html")


class Control:
    """The handlers of /control over one simulation."""

    def __init__(self, simulation: Simulation) -> None:
        """Act on this simulation."""
        self._simulation = simulation

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into the application."""
        router, guarded = app.router, self._guarded
        router.add_get("/control", guarded(self._page))
        router.add_get("/control/", guarded(self._page))
        router.add_get("/control/state", guarded(self._state))
        router.add_get("/control/received", guarded(self._received))
        router.add_delete("/control/received", guarded(self._clear_received))
        recording = Recording(self._simulation)
        router.add_get("/control/har", guarded(recording.har))
        router.add_get("/control/har/copy", guarded(recording.copy))
        router.add_post("/control/switches", guarded(self._switches))
        router.add_delete("/control/faults", guarded(self._clear_faults))
        for name in stand_in.VERBS:
            router.add_post(f"/control/{name}", guarded(self._stand_in(name)))
        at = "/control/locations/{id}"
        router.add_post(f"{at}/zones/{{zone}}", guarded(self._set_zone))
        router.add_post(f"{at}/{{verb}}", guarded(self._at_location))
        LocalControl(self._simulation.local).add_routes(app, guarded)

    def _guarded(self, handler: Handler) -> Handler:
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

    # Acting

    def _stand_in(self, name: str) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            return await stand_in.VERBS[name].play(self._simulation, request)

        return handle

    async def _switches(self, request: web.Request) -> web.Response:
        self._simulation.switches.change(await read_json(request))
        return web.json_response(self._simulation.switches.as_dict())

    async def _clear_faults(self, _: web.Request) -> web.Response:
        self._simulation.faults.clear()
        return web.json_response({})

    async def _set_zone(self, request: web.Request) -> web.Response:
        body = await read_body(request, {"open": bool}, ("open",))
        location_id, zone = (int(request.match_info[name]) for name in ("id", "zone"))
        self._simulation.world.set_zone(location_id, zone, is_open=body["open"])
        return web.json_response({})

    async def _at_location(self, request: web.Request) -> web.Response:
        name = request.match_info["verb"]
        verb = locations.VERBS.get(name)
        if verb is None:
            known = ", ".join(locations.VERBS)
            raise UnknownThing(f"there is no verb {name!r}; known: zones/<id>, {known}")
        site = Site(self._simulation.world, int(request.match_info["id"]))
        return await verb.play(site, request)


def is_loopback(remote: str | None) -> bool:
    """Return whether a request came from this machine."""
    try:
        return ip_address(remote or "").is_loopback
    except ValueError:
        return False


def _error(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)

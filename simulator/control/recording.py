"""The website's recording: GET /control/har and /control/har/copy. No part of the real service."""

from aiohttp import web

from simulator.control.verbs import choice_of
from simulator.service.hidden import PURPOSES
from simulator.simulation import Simulation
from simulator.website.copies import SHAPES, copied
from simulator.website.exchange import Exchange
from simulator.website.har import BROWSERS, archive
from simulator.website.visit import Visit
from simulator.world.errors import UnknownThing


class Recording:
    """The handlers of /control/har over one simulation."""

    def __init__(self, simulation: Simulation) -> None:
        """Record visits to this simulation's website."""
        self._simulation = simulation

    async def har(self, request: web.Request) -> web.Response:
        """Answer the whole recording, without the purposes that `without` names."""
        without = [name for name in request.query.get("without", "").split(",") if name]
        for name in without:
            choice_of({"without": name}, "without", PURPOSES)
        browser = choice_of(request.query, "browser", BROWSERS, "chrome")
        kept = [
            exchange
            for exchange in self._visit(request)
            if exchange.purpose not in without
        ]
        sanitized = request.query.get("sanitized", "") == "true"
        return web.json_response(archive(kept, browser, sanitized=sanitized))

    async def copy(self, request: web.Request) -> web.Response:
        """Answer the first request of a purpose as a browser copies it."""
        purpose = choice_of(request.query, "purpose", PURPOSES)
        shape = choice_of(request.query, "as", SHAPES, "bash")
        for exchange in self._visit(request):
            if exchange.purpose == purpose:
                return web.Response(text=copied(exchange, shape))
        raise UnknownThing("this profile has no hidden ways; start with hidden")

    def _visit(self, request: web.Request) -> list[Exchange]:
        base = request.query.get("base", f"{request.scheme}://{request.host}")
        location = request.query.get("location")
        return Visit(
            self._simulation, base, None if location is None else int(location)
        ).go()

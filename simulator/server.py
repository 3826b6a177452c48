"""Serves a simulated world over HTTP: the paths of both hosts, and the control interface."""

from typing import Any, Self

from aiohttp import web

from simulator.control.interface import Control
from simulator.control.truth import state
from simulator.http.handler import RequestHandler
from simulator.options import FaceOption, SimulatorOptions
from simulator.panels import PortOptions
from simulator.simulation import Simulation

_LIMIT = 8 * 1024 * 1024


class Simulator(Simulation):
    """One simulated world behind one HTTP address."""

    def __init__(self, options: SimulatorOptions | None = None) -> None:
        """Build the world; nothing is served before `start`."""
        super().__init__(options)
        self._requests = RequestHandler(self)
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
        app.router.add_route("*", "/{path:.*}", self._requests.handle)
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
        self._requests.stop()
        await self.local.close()
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    def state(self) -> dict[str, Any]:
        """Return the whole truth, as the control interface shows it."""
        return state(self)

"""The control interface of the local side: /control/locations/{id}/local/... No part of any real panel.

`GET …/local` shows the panel and its faces; `POST …/local/{verb}` is one of `VERBS`;
`POST …/local/open`, `close`, `say` and `trouble` act on a face; `GET …/local/{face}/received` shows what hosts sent.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any, get_args

from aiohttp import web

from simulator.control.verbs import NUMBER, Json, Types, Verb, choice_of, read_body
from simulator.panels.alarmdecoder.adapter import Firmware
from simulator.panels.alarmdecoder.lines import Format
from simulator.panels.face import Link, PortOptions
from simulator.panels.faces import FaceName, LocalFaces
from simulator.panels.local import MODES, LocalPanel
from simulator.panels.vista.packets import Model
from simulator.world.errors import UnknownThing

type Handler = Callable[[web.Request], Awaitable[web.Response]]

_BASE = "/control/locations/{id}/local"
_NAMES: tuple[FaceName, ...] = get_args(FaceName.__value__)
_LINKS: tuple[Link, ...] = get_args(Link.__value__)
_LAYOUTS: tuple[Format, ...] = get_args(Format.__value__)
_MODELS: tuple[Model, ...] = get_args(Model.__value__)

_PORT: dict[str, Types] = {
    "port": int,
    "raw": bool,
    "terminal_init": bool,
    "path": str,
}
_FIRMWARE: dict[str, Types] = {
    "settings": dict,
    "layout": str,
    "lrr_version": int,
    "radio_on_bus": bool,
    "tries": int,
    "failed_share": NUMBER,
    "two_digits": bool,
}
_OPEN: dict[str, Types] = {
    "face": str,
    "link": str,
    "baud": int,
    "press_star": bool,
    "zones_in_check": bool,
    "keypads": dict,
    "model": str,
    **_PORT,
    **_FIRMWARE,
}


def _arm(local: LocalPanel, body: Json) -> None:
    mode = choice_of(body, "mode", MODES, "away")
    body.pop("mode", None)
    if not local.arm(mode, **body):
        raise ValueError("the panel is not ready, or in alarm")


def _zone(local: LocalPanel, body: Json) -> None:
    if "open" in body:
        body["is_open"] = body.pop("open")
    local.set_zone(body.pop("zone"), **body)


def _service(local: LocalPanel, body: Json) -> None:
    """Let the service's copy lag behind the panel, or get no reports at all."""
    if "lag" in body:
        if body["lag"] < 0:
            raise ValueError(f"lag is {body['lag']}; give seconds, 0 for none")
        local.location.report_lag = float(body["lag"])
    if "lost" in body:
        local.location.reports_lost = body["lost"]


VERBS: dict[str, Verb[LocalPanel]] = {
    "arm": Verb(_arm, {"mode": str, "partition": int, "user": int, "exit_delay": bool}),
    "disarm": Verb(
        lambda local, body: local.disarm(**body), {"partition": int, "user": int}
    ),
    "entry": Verb(
        lambda local, body: local.entry(body["zone"]), {"zone": int}, ("zone",)
    ),
    "alarm": Verb(lambda local, body: local.alarm(body.get("zone")), {"zone": int}),
    "zone": Verb(
        _zone,
        {
            "zone": int,
            "open": bool,
            "trouble": bool,
            "low_battery": bool,
            "bypassed": bool,
        },
        ("zone",),
    ),
    "panel": Verb(
        lambda local, body: local.set_panel(**body),
        {
            "ac": bool,
            "low_battery": bool,
            "chime": bool,
            "programming": bool,
            "communication_failure": bool,
        },
    ),
    "bus": Verb(
        lambda local, body: local.set_bus(body.get("text")),
        {"text": (str, type(None))},
    ),
    "module": Verb(
        lambda local, body: local.fail_module(body["address"], failed=body["failed"]),
        {"address": int, "failed": bool},
        ("address", "failed"),
    ),
    "partition": Verb(
        lambda local, body: local.add_partition(body["partition"], body["zones"]),
        {"partition": int, "zones": list},
        ("partition", "zones"),
    ),
    "event": Verb(
        lambda local, body: local.emit(body.pop("kind"), **body),
        {"kind": str, "partition": int, "number": int, "restored": bool},
        ("kind",),
    ),
    "service": Verb(_service, {"lag": NUMBER, "lost": bool}),
}


class LocalControl:
    """The handlers below .../local over the faces of one world."""

    def __init__(self, faces: LocalFaces) -> None:
        """Act on these faces."""
        self._faces = faces

    def add_routes(
        self, app: web.Application, guarded: Callable[[Handler], Handler]
    ) -> None:
        """Put the routes into the application; `guarded` lets in who may come and words the mistakes."""
        app.router.add_get(_BASE, guarded(self._show))
        app.router.add_get(f"{_BASE}/{{face}}/received", guarded(self._received))
        app.router.add_delete(f"{_BASE}/{{face}}/received", guarded(self._forget))
        app.router.add_post(f"{_BASE}/{{verb}}", guarded(self._verb))

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response(self._faces.describe(_location(request)))

    async def _received(self, request: web.Request) -> web.Response:
        face = self._faces.face(_location(request), _name(request.match_info))
        received = [
            asdict(heard)
            | {"time": heard.time.isoformat(), "data": heard.data.decode("latin-1")}
            for heard in face.heard
        ]
        return web.json_response({"received": received})

    async def _forget(self, request: web.Request) -> web.Response:
        name = _name(request.match_info)
        self._faces.face(_location(request), name).heard.clear()
        return web.json_response({})

    async def _verb(self, request: web.Request) -> web.Response:
        name, location_id = request.match_info["verb"], _location(request)
        match name:
            case "open":
                return await self._open(request, location_id)
            case "close":
                body = await read_body(request, {"face": str}, ("face",))
                await self._faces.close_face(location_id, _name(body))
            case "say":
                body = await read_body(
                    request, {"face": str, "line": str}, ("face", "line")
                )
                self._faces.face(location_id, _name(body)).say(body["line"])
            case "trouble":
                body = await read_body(
                    request, {"face": str, "name": str, "lines": int}, ("face", "name")
                )
                face = self._faces.face(location_id, _name(body))
                await face.trouble(body["name"], body.get("lines", 1))
            case _ if name in VERBS:
                return await VERBS[name].play(self._faces.panel(location_id), request)
            case _:
                known = ", ".join((*VERBS, "open", "close", "say", "trouble"))
                raise UnknownThing(f"there is no verb {name!r}; known: {known}")
        return web.json_response({})

    async def _open(self, request: web.Request, location_id: int) -> web.Response:
        body = await read_body(request, _OPEN, ("face",))
        name = _name(body)
        link = choice_of(body, "link", _LINKS, "tcp")
        port: Json = {"raw": name == "vista"} | _given(body, _PORT)
        options = PortOptions(link=link, **port)
        if name == "vista":
            model = choice_of(body, "model", _MODELS, "bpt")
            face = await self._faces.open_vista(location_id, options, model=model)
            return web.json_response({"url": face.url})
        choice_of(body, "layout", _LAYOUTS, "new")
        choice_of(body, "lrr_version", (1, 2), 2)
        panel = self._faces.panel(location_id)
        panel.press_star = body.get("press_star", False)
        panel.zones_in_check = body.get("zones_in_check", False)
        keypads = {
            int(number): tuple(addresses)
            for number, addresses in body.get("keypads", {}).items()
        }
        face = await self._faces.open_alarmdecoder(
            location_id,
            options,
            firmware=Firmware(**_given(body, _FIRMWARE)),
            keypads=keypads,
            **_given(body, ("baud",)),
        )
        return web.json_response({"url": face.url})


def _given(body: Json, names: Iterable[str]) -> Json:
    """Return those fields that a request brings; the others keep their defaults."""
    return {name: body[name] for name in names if name in body}


def _location(request: web.Request) -> int:
    return int(request.match_info["id"])


def _name(given: Mapping[str, Any]) -> FaceName:
    return choice_of(given, "face", _NAMES)

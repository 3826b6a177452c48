"""All local faces of one world: which panels have one, and where they listen. Simulated."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

from simulator.panels.alarmdecoder.adapter import Firmware
from simulator.panels.alarmdecoder.face import AlarmDecoderFace
from simulator.panels.face import Face, PortOptions
from simulator.panels.local import LocalPanel
from simulator.panels.vista.face import VistaSerialFace
from simulator.panels.vista.packets import Model
from simulator.world.errors import UnknownThing
from simulator.world.world import World

type FaceName = Literal["ad2", "vista"]


class LocalFaces:
    """The panels people stand before, each made when first asked for, and their faces."""

    def __init__(self, world: World) -> None:
        """Begin without any face."""
        self._world = world
        self._panels: dict[int, LocalPanel] = {}
        self._faces: dict[tuple[int, FaceName], Face] = {}

    def panel(self, location_id: int) -> LocalPanel:
        """Return the panel of a location. Raises UnknownThing."""
        if location_id not in self._panels:
            self._panels[location_id] = LocalPanel(self._world, location_id)
        return self._panels[location_id]

    def face(self, location_id: int, name: FaceName) -> Face:
        """Return a face that is open. Raises UnknownThing."""
        face = self._faces.get((location_id, name))
        if face is None:
            raise UnknownThing(
                f"location {location_id} has no local face {name!r} open"
            )
        return face

    async def open_alarmdecoder(
        self,
        location_id: int,
        options: PortOptions | None = None,
        *,
        firmware: Firmware | None = None,
        baud: int = 115200,
        keypads: Mapping[int, tuple[int, ...]] | None = None,
    ) -> Face:
        """Put an AD2 on a panel's bus. Raises UnknownThing, ValueError if it has one, OSError."""
        panel = self.panel(location_id)
        face = AlarmDecoderFace(
            panel, firmware=firmware, options=options, baud=baud, keypads=keypads
        )
        return await self._open(location_id, "ad2", face)

    async def open_vista(
        self,
        location_id: int,
        options: PortOptions | None = None,
        *,
        model: Model = "bpt",
    ) -> Face:
        """Connect a panel's RS-232 port. Raises UnknownThing, ValueError if it is connected, OSError."""
        face = VistaSerialFace(self.panel(location_id), model=model, options=options)
        return await self._open(location_id, "vista", face)

    async def close_face(self, location_id: int, name: FaceName) -> None:
        """Take a face away. Raises UnknownThing."""
        face = self.face(location_id, name)
        del self._faces[location_id, name]
        await face.stop()

    async def close(self) -> None:
        """Take every face away."""
        for location_id, name in tuple(self._faces):
            await self.close_face(location_id, name)

    def listening(self) -> list[tuple[str, FaceName, str]]:
        """Return location, kind and address of every open face."""
        return [
            (face.local.location.name, name, face.url)
            for (_, name), face in self._faces.items()
        ]

    def describe(self, location_id: int) -> dict[str, Any]:
        """Return a location's panel as it is locally, and its faces. Raises UnknownThing."""
        local = self.panel(location_id)
        panel = local.panel
        return {
            "faces": {
                name: face.describe()
                for (known, name), face in self._faces.items()
                if known == location_id
            },
            "partitions": {
                str(number): {
                    "arming": partition.arming,
                    "mode": partition.mode,
                    "delay_ends": partition.delay_ends.isoformat()
                    if partition.delay_ends
                    else None,
                    "pages": [page.text for page in local.pages(number)],
                }
                for number, partition in panel.partitions.items()
            },
            "keys_pressed": [
                asdict(pressed) | {"time": pressed.time.isoformat()}
                for pressed in local.pressed
            ],
            "programming": panel.programming,
            "chime": panel.chime,
            "ac": not panel.ac_loss,
            "low_battery": panel.low_battery,
            "communication_failure": panel.communication_failure,
            "alarm_memory": sorted(panel.alarm_memory),
            "report_lag": local.location.report_lag,
            "reports_lost": local.location.reports_lost,
            "events": [
                asdict(event) | {"time": event.time.isoformat()}
                for event in local.events
            ],
        }

    async def _open(self, location_id: int, name: FaceName, face: Face) -> Face:
        if (location_id, name) in self._faces:
            raise ValueError(f"location {location_id} has a face {name!r} already")
        await face.start()
        self._faces[location_id, name] = face
        return face

"""The panels' local faces over the same truth as the Remote Service stand-in. Everything in here is simulated.

Written from docs/protocol/README.md; what nobody knows is marked `invention` or `reading`.
"""

from simulator.panels.alarmdecoder.adapter import Firmware
from simulator.panels.alarmdecoder.face import AlarmDecoderFace
from simulator.panels.face import Face, PortOptions
from simulator.panels.faces import LocalFaces
from simulator.panels.local import LocalPanel
from simulator.panels.vista.face import VistaSerialFace

__all__ = [
    "AlarmDecoderFace",
    "Face",
    "Firmware",
    "LocalFaces",
    "LocalPanel",
    "PortOptions",
    "VistaSerialFace",
]

"""A stand-in for the outside world: the Remote Service and the panels behind it.

Everything in this package is a simulation. Facts come from docs/protocol/README.md;
what nobody knows and had to be chosen is marked `invention`.
"""

from simulator.options import SimulatorOptions
from simulator.server import Simulator

__all__ = ["Simulator", "SimulatorOptions"]

"""What one simulated world consists of, without an address: the truth, the service over it, and what goes wrong."""

from simulator.faults.rules import Faults
from simulator.options import SimulatorOptions
from simulator.panels import LocalFaces
from simulator.received import Received
from simulator.service.accounts import Accounts
from simulator.service.hidden import draw
from simulator.switches import for_profile
from simulator.world.ground import OTHER_PERSON
from simulator.world.world import World


class Simulation:
    """One simulated world and everything that tests and the control interface act on."""

    def __init__(self, options: SimulatorOptions | None = None) -> None:
        """Build the world of the options."""
        self.options = options or SimulatorOptions()
        self.switches = for_profile(self.options.profile)
        self.world = World(self.options, self.switches)
        other_user = OTHER_PERSON.lower().replace(" ", ".")
        self.accounts = Accounts(
            self.options, self.world.ids, self.switches, other_user
        )
        hidden = self.options.profile == "hidden"
        self.ways = draw(self.options.seed) if hidden else {}
        self.faults = Faults()
        self.received: list[Received] = []
        self.latency = self.options.latency
        self.local = LocalFaces(self.world)

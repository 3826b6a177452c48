"""`scripts/demo`: a running Home Assistant with PanelSync for a person to use."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from .dashboard import make_dashboard
from .flow import add_entry
from .home import PASSWORD, USER_NAME, Home
from .outcomes import read
from .panels import add_panels
from .registry import Account, find_account
from .simulator import Simulator, known_fields


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: its two processes, the account, the dashboard's address."""

    home: Home
    simulator: Simulator
    account: Account
    dashboard: str

    def device_page(self, device_id: str | None) -> str:
        """Return the address of a device's page."""
        return f"{self.home.url}/config/devices/device/{device_id}"


async def start_demo(
    stack: AsyncExitStack, *, port: int, profile: str, seed: int, hass: Path
) -> Demo:
    """Start everything, bound to the life of `stack`; raises DemoError."""
    http = await stack.enter_async_context(aiohttp.ClientSession())
    _say("starting the simulated service")
    simulator = await Simulator.start(
        http, profile=profile, seed=seed, folder="run", speed=1.0, latency=0.05
    )
    stack.push_async_callback(simulator.child.stop)
    _say("starting Home Assistant")
    home = await Home.start(http, "run", port, hass)
    stack.push_async_callback(home.stop)
    _say("adding PanelSync through its own set-up dialog")
    await add_entry(home, "account", known_fields(simulator))
    account = await find_account(home, await simulator.state())
    await add_panels(home, simulator, account)
    dashboard = await make_dashboard(home)
    return Demo(home, simulator, account, dashboard)


async def run_demo(*, port: int, profile: str, seed: int, hass: Path) -> None:
    """Run the demo until it is stopped, printing outcomes as they come."""
    async with AsyncExitStack() as stack:
        stack.callback(_say, "stopped; nothing is left running, the data is in .demo/")
        demo = await start_demo(stack, port=port, profile=profile, seed=seed, hass=hass)
        stack.callback(_say, "stopping")
        _print_addresses(demo)
        names = {
            place.entities["sync"]: place.name
            for place in demo.account.locations.values()
            if "sync" in place.entities
        }

        def print_outcome(change: dict[str, Any]) -> None:
            name = names.get(str(change["entity_id"]))
            if name and (seen := read(change["old_state"], change["new_state"])):
                _say(f"{name}: {seen.kind} {seen.outcome} ({seen.detail})")

        await demo.home.listen("state_changed", print_outcome)
        await asyncio.get_running_loop().create_future()


def _print_addresses(demo: Demo) -> None:
    place = next(iter(demo.account.locations.values()))
    print(
        f"""
  Home Assistant   {demo.home.url}
    user name      {USER_NAME}
    password       {PASSWORD}
  Dashboard        {demo.dashboard}
  {place.name:16} {demo.device_page(place.device_id)}
  Account          {demo.device_page(demo.account.device.device_id)}
  The panel's side {demo.simulator.page}

Press "Sync panel" on the page of {place.name} and watch the outcome come in.
Two panels have a link of their own: on the page of the panel's side press
"Lose reports" and "Arm away" at {place.name}. The service does not notice, and after
some four minutes the dashboard says that they differ. A refresh ends it.
Ctrl-C stops everything.
""",
        flush=True,
    )


def _say(text: str) -> None:
    print(f"demo: {text}", flush=True)

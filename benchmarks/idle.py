"""What an idle day costs the service, side by side with the peer.

    .venv/bin/python -m benchmarks.idle [--locations 4] [--hours 6]

A Home Assistant with PanelSync and then the library of Home Assistant's own integration,
polling as that integration does each 30 s, live through the same hours before the same
simulator. The clock is moved by hand; tokens expire and sessions end on it. Printed are
the requests for each location and hour, and the sign-ins with a password.
"""

import argparse
import asyncio
from collections import Counter
from datetime import UTC, datetime
import logging
import os

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

# What is first imported on a frozen clock takes the frozen classes for real ones.
import homeassistant.components.usb  # noqa: F401
from homeassistant.core import HomeAssistant

# Lets Home Assistant's own clock be frozen, too.
import pytest_homeassistant_custom_component.patch_time  # noqa: F401
from total_connect_client.client import TotalConnectClient

from custom_components.panelsync.client import RemoteService
from simulator import Simulator, SimulatorOptions
from tests.home_assistant.home import Home

from .home import home_assistant
from .peer import point_peer_at

BEGIN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PEER_INTERVAL = 30


def asked(simulator: Simulator) -> tuple[Counter[str], int]:
    """Return what was asked since the last look, by path, and the password sign-ins."""
    received = list(simulator.received)
    simulator.received.clear()
    sign_ins = sum(item.fields.get("grant_type") == "password" for item in received)
    return Counter(item.route or item.path for item in received), sign_ins


async def ours(
    hass: HomeAssistant,
    simulator: Simulator,
    clock: FrozenDateTimeFactory,
    hours: float,
) -> None:
    """Live through the hours with PanelSync, set up before them."""

    async def sleep(seconds: float) -> None:
        clock.tick(seconds)

    defaults = RemoteService.__init__.__kwdefaults__
    assert defaults is not None
    defaults["sleep"] = sleep
    home = Home(hass, simulator, clock)
    await home.start()
    await home.wait(60)
    asked(simulator)
    await home.wait(hours * 3600, step=5)


async def theirs(
    simulator: Simulator, clock: FrozenDateTimeFactory, hours: float
) -> None:
    """Live through the same hours with the peer, signed in before them."""

    def sign_in() -> TotalConnectClient:
        options = simulator.options
        client = TotalConnectClient(
            options.user, options.password, {"default": "-1"}, retry_delay=0
        )
        poll(client)
        return client

    def poll(client: TotalConnectClient) -> None:
        for location in client.locations.values():
            location.get_panel_meta_data()

    point_peer_at(simulator.url)
    client = await asyncio.to_thread(sign_in)
    asked(simulator)
    for _ in range(int(hours * 3600 / PEER_INTERVAL)):
        clock.tick(PEER_INTERVAL)
        await asyncio.to_thread(poll, client)


async def measure(locations: int, hours: float, clock: FrozenDateTimeFactory) -> None:
    """Measure both in turn and print the table."""
    options = SimulatorOptions(locations=locations, clock=lambda: datetime.now(UTC))
    per = {}
    for name in ("PanelSync", "total-connect-client"):
        clock.move_to(BEGIN)
        async with Simulator(options) as simulator:
            simulator.switches.live_read_seconds = 0
            if name == "PanelSync":
                async with home_assistant() as hass:
                    await ours(hass, simulator, clock, hours)
                    paths, sign_ins = asked(simulator)
            else:
                await theirs(simulator, clock, hours)
                paths, sign_ins = asked(simulator)
        per[name] = paths.total() / locations / hours
        print(f"{name:22} {per[name]:7.1f} requests for each location and hour")
        print(f"{'':22} {sign_ins:7} sign-ins with the password in {hours:g} h")
        for path, count in paths.most_common(6):
            print(f"{'':22} {count / locations / hours:7.1f} {path}")
    ratio = per["PanelSync"] / per["total-connect-client"]
    print(f"{'ratio':22} {ratio:7.3f} (at most 1)")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--locations", type=int, default=4)
    parser.add_argument("--hours", type=float, default=6)
    options = parser.parse_args()
    logging.getLogger("total_connect_client").setLevel(logging.ERROR)
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain http to loopback
    with freeze_time(BEGIN) as clock:
        assert isinstance(clock, FrozenDateTimeFactory)
        asyncio.run(measure(options.locations, options.hours, clock))


if __name__ == "__main__":
    main()

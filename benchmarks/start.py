"""From signing in to the status of every location, side by side with the peer.

    .venv/bin/python -m benchmarks.start [--locations 100] [--latency 0.1] [--rounds 3]

Both clients meet the same simulator, in a process of its own, in turn. Printed are the
median seconds of each, their ratio, and the ratio to the computed limit: the requests
that depend on each other, and one more for each dozen of locations.
"""

import argparse
import asyncio
from datetime import UTC, datetime
import logging
import os
from statistics import median
import time

import aiohttp
from total_connect_client.client import TotalConnectClient

from custom_components.panelsync.client import Credentials, Hosts, RemoteService

from .home import PASSWORD, USER, control, simulator
from .peer import point_peer_at

# Configuration, token, session details, then the statuses, 12 at a time
# (docs/architecture.md#numbers).
DEPENDENT_REQUESTS = 3
AT_ONCE = 12


async def _ours(url: str) -> int:
    async with aiohttp.ClientSession() as session:
        service = RemoteService(
            session,
            Hosts(url, url),
            Credentials(USER, PASSWORD),
            now=lambda: datetime.now(UTC),
        )
        account = await service.fetch_account()
        statuses = await asyncio.gather(
            *(service.link(location).read_status() for location in account.locations)
        )
    return len(statuses)


def ours(url: str) -> int:
    """Read everything with PanelSync's client."""
    return asyncio.run(_ours(url))


def theirs(url: str) -> int:
    """Read the same with the peer: only its addresses are changed."""
    point_peer_at(url)
    client = TotalConnectClient(
        USER, PASSWORD, {"default": "-1"}, retry_delay=0, load_details=False
    )
    for location in client.locations.values():
        # Without its partitions it throws a status away.
        location.get_partition_details()
        location.get_panel_meta_data()
    return len(client.locations)


def main() -> None:
    """Measure both in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--locations", type=int, default=100)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    logging.getLogger("total_connect_client").setLevel(logging.ERROR)
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain http to loopback
    took: dict[str, list[float]] = {"PanelSync": [], "total-connect-client": []}
    with simulator(options.locations) as (url,):
        control(url, "switches", {"good_sign_ins_a_minute": 1000})
        control(url, "latency", {"seconds": options.latency})
        for _ in range(options.rounds):
            for name, read in (("PanelSync", ours), ("total-connect-client", theirs)):
                begun = time.perf_counter()
                assert read(url) == options.locations
                took[name].append(time.perf_counter() - begun)
    medians = {name: median(seconds) for name, seconds in took.items()}
    limit = (DEPENDENT_REQUESTS + options.locations / AT_ONCE) * options.latency
    for name, seconds in medians.items():
        print(f"{name:22} {seconds:7.2f} s")
    ratio = medians["PanelSync"] / medians["total-connect-client"]
    print(f"{'ratio':22} {ratio:7.3f}     (at most 0.100)")
    print(f"{'computed limit':22} {limit:7.2f} s")
    over = medians["PanelSync"] / limit
    print(f"{'PanelSync / limit':22} {over:7.2f}     (at most 1.50)")


if __name__ == "__main__":
    main()

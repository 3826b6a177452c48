"""The library of Home Assistant's own integration against the simulator; only its addresses are changed."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from threading import Event, Thread
import time

import pytest
from total_connect_client import const
from total_connect_client.client import TotalConnectClient
from total_connect_client.const import ArmingState
from total_connect_client.exceptions import (
    AuthenticationError,
    BadResultCodeError,
    TotalConnectError,
    UsercodeInvalid,
)

from simulator import Simulator, SimulatorOptions

OPTIONS = SimulatorOptions(speed=50.0)


class Served:
    """A simulator in a thread with a loop of its own, so that a blocking client can talk to it."""

    def __init__(self, options: SimulatorOptions) -> None:
        """Start serving; returns when the address is known."""
        self.simulator = Simulator(options)
        self._ready = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        self._ready.wait(10)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        async with self.simulator:
            self._ready.set()
            await self._stop.wait()

    def close(self) -> None:
        """Stop and wait for the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)


@pytest.fixture(params=["rest", "bare", "soap"])
def served(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    socket_enabled: None,
) -> Iterator[Simulator]:
    """Serve one profile, and point the library's addresses at it."""
    server = Served(replace(OPTIONS, profile=request.param))
    url = server.simulator.url
    base = f"{url}/TC2API.TCResource/"
    client = "total_connect_client.client."
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # plain http to loopback
    monkeypatch.setattr(const, "HTTP_API_ENDPOINT_BASE", base)
    addresses = {
        "AUTH_CONFIG_ENDPOINT": f"{url}/application.config.json",
        "AUTH_TOKEN_ENDPOINT": f"{url}/TC2API.Auth/token",
        "HTTP_API_SESSION_DETAILS_ENDPOINT": f"{base}api/v3/authentication/sessiondetails",
        "HTTP_API_LOGOUT": f"{base}api/v3/authentication/logout",
    }
    for name, address in addresses.items():
        monkeypatch.setattr(client + name, address)
    yield server.simulator
    server.close()


def sign_in(
    *, password: str = OPTIONS.password, code: str = "-1"
) -> TotalConnectClient:
    """Sign in as the library does, without its pauses."""
    return TotalConnectClient(
        OPTIONS.user, password, {"default": code}, retry_delay=0, load_details=False
    )


def test_lists_locations(served: Simulator) -> None:
    """It signs in once and finds every location with its panel."""
    client = sign_in()
    names = [location.location_name for location in client.locations.values()]
    assert names == ["Mill House", "Lake Cabin", "Harbour Shop", "Hill Farm"]
    mill = client.locations[served.world.named("Mill House").id]
    assert mill.devices[mill.security_device_id].model_info() == (
        "Vista",
        "LTEM-PV/PIV",
    )
    assert len(served.accounts.sign_ins) == 1


def test_reads_status_zones_and_partitions(served: Simulator) -> None:
    """Its whole reading of details works, the first refused live read included."""
    client = sign_in()
    mill = client.locations[served.world.named("Mill House").id]
    mill.get_partition_details()
    mill.get_zone_details()
    mill.get_panel_meta_data()
    truth = served.world.named("Mill House")
    assert mill.arming_state is ArmingState.DISARMED
    assert list(mill.partitions) == [1]
    assert {zone.zoneid: zone.description for zone in mill.zones.values()} == {
        zone.id: zone.name for zone in truth.panel.zones.values()
    }
    live = [entry for entry in served.received if entry.route == "live_zones"]
    assert len(live) == 2  # 4101 first, then the zones
    harbour = client.locations[served.world.named("Harbour Shop").id]
    harbour.get_partition_details()
    harbour.get_panel_meta_data()
    assert harbour.arming_state.is_armed_away()


def test_sees_a_door_open(served: Simulator) -> None:
    """A door opened at the panel is faulted, and the ticks move."""
    client = sign_in()
    truth = served.world.named("Mill House")
    mill = client.locations[truth.id]
    mill.get_partition_details()
    mill.get_panel_meta_data()
    before = mill.last_updated_timestamp_ticks
    served.world.set_zone(truth.id, 1, is_open=True)
    mill.get_panel_meta_data()
    assert mill.zones[1].is_faulted()
    assert before is not None
    assert mill.last_updated_timestamp_ticks is not None
    assert mill.last_updated_timestamp_ticks > before


def test_starts_a_panel_sync(served: Simulator) -> None:
    """Its panel sync is accepted, runs, and brings the new sensor to the service."""
    client = sign_in()
    truth = served.world.named("Lake Cabin")
    cabin = client.locations[truth.id]
    cabin.get_partition_details()
    cabin.get_panel_meta_data()
    number = cabin.configuration_sequence_number
    assert 6 not in cabin.zones
    cabin.sync_panel()
    while 6 not in cabin.zones:
        time.sleep(0.05)
        cabin.get_panel_meta_data()
    assert cabin.zones[6].description == "Jetty  Door"
    assert number is not None
    assert cabin.configuration_sequence_number == number + 1


def test_armed_and_offline_panels_decline(served: Simulator) -> None:
    """Its sync raises with the service's code on an armed and on an unreachable panel."""
    client = sign_in()
    harbour = client.locations[served.world.named("Harbour Shop").id]
    with pytest.raises(BadResultCodeError, match="COMMAND_FAILED"):
        harbour.sync_panel()
    farm = client.locations[served.world.named("Hill Farm").id]
    with pytest.raises(TotalConnectError, match="panel"):
        farm.sync_panel()
    assert served.world.named("Hill Farm").starts["panel"] == 5  # it retries by itself


def test_codes(served: Simulator) -> None:
    """A code is known or not, and a wrong one is refused by the panel."""
    client = sign_in(code="0001")
    mill = client.locations[served.world.named("Mill House").id]
    assert mill.validate_usercode(OPTIONS.user_code)
    assert not mill.validate_usercode("1001")
    with pytest.raises(UsercodeInvalid):
        mill.sync_panel()


def test_wrong_password(served: Simulator) -> None:
    """A wrong password is its authentication error."""
    with pytest.raises(AuthenticationError):
        sign_in(password="not this one")


def test_refreshes_and_logs_out(served: Simulator) -> None:
    """It renews an expired token by itself, and its log-out is accepted."""
    served.switches.token_seconds = 1
    client = sign_in()
    mill = client.locations[served.world.named("Mill House").id]
    time.sleep(1.8)  # the library rounds the end of a token to whole seconds
    mill.get_partition_details()
    assert len(served.accounts.sign_ins) == 1
    grants = [
        entry.fields["grant_type"]
        for entry in served.received
        if entry.route == "token"
    ]
    assert grants[-1] == "refresh_token"
    client.log_out()
    assert all(session.ended for session in served.accounts.sessions.values())

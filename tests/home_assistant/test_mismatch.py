"""Panel and service side by side: when they differ, and what the panel's changes mean."""

from contextlib import AbstractContextManager
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.panelsync.const import DOMAIN, EVENT_PANELSYNC
from custom_components.panelsync.sync.local_panel import async_dismiss_panel_change
from simulator import Simulator

from .automations import automate, device_id
from .conftest import MakeHouse, StartHome
from .home import HEALTHY, STALE, Home
from .house import FaceName, House

DIFFERENCE = "Panel: armed away. Total Connect: disarmed."


class Both:
    """One location, seen by the service and by its own panel."""

    def __init__(self, home: Home, house: House) -> None:
        """Stand before both."""
        self.home = home
        self.house = house

    @property
    def identifier(self) -> str:
        """Return the identifier of the location's device."""
        return self.home.identifier(HEALTHY)

    async def start(self, **options: Any) -> None:
        """Load the panel's entry, which serves the location."""
        data = options.pop("data", {})
        await self.house.start(
            await self.house.open(),
            data=data,
            options={"location": self.identifier} | options,
        )

    @property
    def mismatch(self) -> str:
        """Return the state of the mismatch sensor."""
        return self.house.state("binary_sensor", "status_mismatch").state

    def lose_reports(self, *, lost: bool = True) -> None:
        """Let the service's copy no longer follow the panel."""
        self.home.location(HEALTHY).reports_lost = lost

    def differ(self) -> None:
        """Arm the panel without the service noticing."""
        self.lose_reports()
        assert self.house.panel.arm("away", exit_delay=False)

    def told(self) -> list[str]:
        """Return what was told of mismatches."""
        return [
            event.data["differences"]
            for event in self.home.told
            if event.data["type"] == "mismatch"
        ]

    async def come_to_differ(self) -> None:
        """Let a mismatch come up."""
        self.differ()
        await self.seconds_until("on", 300)

    async def seconds_until(self, state: str, most: float) -> float:
        """Let time pass until the mismatch sensor has shown a state."""
        return await self.house.until("binary_sensor", "status_mismatch", state, most)

    def shows(self) -> AbstractContextManager[list[str]]:
        """Give every state of the mismatch sensor until the end of a block."""
        return self.house.shows("binary_sensor", "status_mismatch")

    def status_reads(self) -> int:
        """Return how often the service was asked for this location's status."""
        return len(self.home.received(f"locations/{self.house.location_id}/partitions"))

    def live_reads(self) -> int:
        """Return how often the panel itself was asked by way of the service."""
        return len(
            [
                request
                for request in self.home.received("zones")
                if str(self.house.location_id) in request.path
            ]
        )

    def sync_status(self) -> str:
        """Return the location's sync status."""
        return self.home.state("sensor", "sync_status", HEALTHY).state

    async def program(self) -> None:
        """Let somebody change something in the panel's programming."""
        self.house.panel.set_panel(programming=True)
        await self.house.wait(20)
        self.house.panel.set_panel(programming=False)
        await self.house.wait(20)


@pytest.fixture
def make_both(start_home: StartHome, make_house: MakeHouse) -> Any:
    """Return how to load the account, and stand before its first panel."""

    async def make(name: FaceName = "ad2") -> Both:
        home = await start_home()
        await home.let_no_change_wait()
        return Both(home, make_house(name, HEALTHY))

    return make


@pytest.fixture
async def both(make_both: Any) -> Both:
    """Return a location whose panel is an AlarmDecoder, loaded with its account."""
    both: Both = await make_both()
    await both.start()
    return both


# --- when they differ ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["ad2", "vista"])
async def test_a_lasting_difference_is_told_once(
    hass: HomeAssistant, logbook: None, make_both: Any, name: FaceName
) -> None:
    both = await make_both(name)
    await both.start()
    await both.house.wait(61)
    assert both.mismatch == "off"
    both.differ()
    await both.house.wait(2)
    # Over RS-232 an exit delay cannot be seen, so the longest one is waited for.
    waited = await both.seconds_until("on", 300 if name == "ad2" else 600)
    assert waited >= 178
    await both.house.wait(600)
    assert both.mismatch == "on"
    assert both.told() == [DIFFERENCE]
    _, describe = hass.data["logbook"].external_events[EVENT_PANELSYNC]
    [event] = [event for event in both.home.told if event.data["type"] == "mismatch"]
    line = describe(event)
    assert DIFFERENCE in line["message"]
    assert line["entity_id"] == both.house.entity_id("binary_sensor", "status_mismatch")
    assert event.data["device_id"] == both.house.device.id


async def test_it_takes_three_reads_of_the_service(both: Both) -> None:
    """With many locations the reads are further apart than the 180 s."""
    coordinator = both.home.coordinator(HEALTHY)
    assert coordinator.update_interval is not None
    coordinator.update_interval = coordinator.update_interval * 3
    await both.house.wait(200)
    reads = both.status_reads()
    while both.status_reads() == reads:
        await both.house.wait(1)
    both.differ()
    assert await both.seconds_until("on", 900) > 300


async def test_normal_lag_is_no_mismatch(both: Both) -> None:
    both.home.location(HEALTHY).report_lag = 100
    with both.shows() as states:
        for _ in range(3):
            assert both.house.panel.arm("away", exit_delay=False)
            await both.house.wait(200)
            both.house.panel.disarm()
            await both.house.wait(200)
    assert "on" not in states
    assert both.told() == []


async def test_a_difference_ends_with_its_cause(both: Both) -> None:
    await both.come_to_differ()
    both.house.panel.disarm()
    await both.seconds_until("off", 5)
    # And another one is told anew.
    assert both.house.panel.arm("away", exit_delay=False)
    await both.seconds_until("on", 300)
    assert both.told() == [DIFFERENCE, DIFFERENCE]


async def test_never_during_exit_delay(both: Both) -> None:
    both.home.simulator.switches.exit_delay_seconds = 290
    both.lose_reports()
    assert both.house.panel.arm("away")
    with both.shows() as states:
        await both.house.wait(280)
    assert "on" not in states
    assert both.house.state("sensor", "arming_state").state == "arming"
    # The time of the delay does not count either.
    await both.house.wait(20)
    assert both.house.state("sensor", "arming_state").state == "armed_away"
    assert await both.seconds_until("on", 400) > 150


@pytest.mark.parametrize("name", ["ad2", "vista"])
async def test_never_during_programming(make_both: Any, name: FaceName) -> None:
    both = await make_both(name)
    await both.start()
    both.differ()
    both.house.panel.set_panel(programming=True)
    with both.shows() as states:
        await both.house.wait(500)
    assert "on" not in states
    assert both.told() == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ad2", "communication_failure"),
        ("vista", "communication_failure"),
        ("ad2", "MODEM COMM"),
    ],
)
async def test_never_while_something_explains_it(
    make_both: Any, name: FaceName, reason: str
) -> None:
    """A panel that cannot reach the service, or is being read by it, says so."""
    both = await make_both(name)
    await both.start()
    both.differ()
    await both.house.wait(150)

    def explain(*, there: bool) -> None:
        if reason == "communication_failure":
            both.house.panel.set_panel(communication_failure=there)
        else:
            both.house.panel.set_bus(reason if there else None)

    explain(there=True)
    with both.shows() as states:
        await both.house.wait(300)
    assert "on" not in states
    explain(there=False)
    # What came before it counts no more.
    assert await both.seconds_until("on", 600) >= 170


async def test_never_during_entry_delay_and_anew_with_the_alarm(both: Both) -> None:
    both.differ()
    await both.house.wait(165)
    assert both.mismatch == "off"
    both.house.panel.entry(next(iter(both.house.panel.panel.zones)))
    with both.shows() as states:
        await both.house.wait(25)
    assert "on" not in states
    await both.house.wait(10)
    assert both.house.state("sensor", "arming_state").state == "triggered"
    assert await both.seconds_until("on", 300) >= 165
    assert both.told() == ["Panel: alarm. Total Connect: disarmed."]


async def test_partitions_are_compared_by_number(make_both: Any) -> None:
    """The second partition differs; then the first does, for a while only."""
    both = await make_both()
    zone = list(both.house.panel.panel.zones)[-1]
    both.house.panel.add_partition(2, [zone])
    both.house.panel.world.copy_configuration(both.house.panel.location.id)
    await both.start(
        data={"partitions": {"2": [19], "1": [1, 2, 16, 17, 18]}},
        refresh_on_mismatch=False,
    )
    await both.house.wait(61)
    assert both.mismatch == "off"
    both.lose_reports()
    assert both.house.panel.arm("stay", partition=2, exit_delay=False)
    await both.seconds_until("on", 300)
    assert both.house.panel.arm("away", partition=1, exit_delay=False)
    with both.shows() as states:
        await both.house.wait(60)
    assert set(states) == {"on"}
    both.house.panel.disarm(partition=1)
    await both.house.wait(20)
    assert both.mismatch == "on"
    assert both.told() == ["Partition 2: Panel: armed home. Total Connect: disarmed."]
    both.house.panel.disarm(partition=2)
    await both.seconds_until("off", 20)


async def test_unknown_while_the_location_is_not_loaded(
    hass: HomeAssistant, both: Both
) -> None:
    await both.come_to_differ()
    await hass.config_entries.async_unload(both.home.entry.entry_id)
    await both.house.carry()
    assert both.mismatch == "unknown"
    await both.house.wait(120)
    assert both.mismatch == "unknown"
    assert both.house.connected
    await hass.config_entries.async_setup(both.home.entry.entry_id)
    await both.house.wait(2)
    # Neither gone nor lasting anew: whether it went on meanwhile nobody knows.
    assert both.mismatch == "unknown"
    assert await both.seconds_until("on", 300) > 170


async def test_unknown_while_a_side_is_silent(both: Both) -> None:
    await both.come_to_differ()
    await both.house.face.trouble("reset")
    await both.house.carry()
    assert both.mismatch == "unknown"
    await both.house.until_heard()
    await both.seconds_until("on", 300)
    both.home.simulator.faults.add("", "503", 10_000)
    await both.seconds_until("unknown", 200)
    both.home.simulator.faults.clear()
    await both.seconds_until("on", 600)


async def test_the_location_shows_it_too(both: Both) -> None:
    """`in_sync` would be untrue; what only one side knows is not in sync."""
    assert both.sync_status() == "in_sync"
    await both.come_to_differ()
    assert both.sync_status() == "mismatch"
    both.house.panel.disarm()
    await both.seconds_until("off", 5)
    assert both.sync_status() == "in_sync"


async def test_a_panel_that_is_gone_differs_no_more(
    hass: HomeAssistant, both: Both
) -> None:
    await both.come_to_differ()
    assert both.sync_status() == "mismatch"
    await hass.config_entries.async_unload(both.house.entry.entry_id)
    assert both.sync_status() == "in_sync"


# --- one refresh, where it is wanted -------------------------------------------------


async def test_without_the_option_nothing_is_asked(both: Both) -> None:
    both.differ()
    before = both.live_reads()
    await both.seconds_until("on", 300)
    await both.house.wait(600)
    assert both.live_reads() == before
    assert both.home.outcomes(HEALTHY) == []


async def test_a_refresh_ends_the_mismatch(make_both: Any) -> None:
    both = await make_both()
    await both.start(refresh_on_mismatch=True)
    await both.come_to_differ()
    await both.seconds_until("off", 30)
    [outcome] = both.home.outcomes(HEALTHY)
    assert (outcome["kind"], outcome["outcome"]) == ("refresh", "succeeded")
    assert both.told() == [DIFFERENCE]
    await both.house.wait(600)
    assert len(both.home.outcomes(HEALTHY)) == 1


async def test_a_refresh_that_does_not_help_is_not_repeated(make_both: Any) -> None:
    """Nor is a mismatch news each time that the link was down."""
    both = await make_both()
    await both.start(refresh_on_mismatch=True)
    both.home.simulator.faults.add("zones", "503", 10_000)
    await both.come_to_differ()
    await both.house.wait(900)
    assert both.mismatch == "on"
    assert len(both.home.outcomes(HEALTHY)) == 1
    await both.house.face.trouble("reset")
    await both.house.carry()
    assert both.mismatch == "unknown"
    await both.house.until_heard()
    assert await both.seconds_until("on", 300) > 170
    await both.house.wait(120)
    assert both.told() == [DIFFERENCE]
    assert len(both.home.outcomes(HEALTHY)) == 1


async def test_a_refresh_that_is_refused_stays_quiet(
    make_both: Any, caplog: pytest.LogCaptureFixture
) -> None:
    both = await make_both()
    await both.start(refresh_on_mismatch=True)
    both.differ()
    await both.house.wait(170)
    assert both.mismatch == "off"
    # Somebody refreshes by hand just before: a second one would come too soon.
    both.home.simulator.faults.add("zones", "503", 10_000)
    await both.home.press("refresh_status", HEALTHY)
    await both.seconds_until("on", 60)
    await both.house.wait(30)
    assert "Traceback" not in caplog.text


# --- the panel's programming was left ------------------------------------------------


@pytest.mark.parametrize("name", ["ad2", "vista"])
async def test_programming_left_asks_for_a_sync(make_both: Any, name: FaceName) -> None:
    both = await make_both(name)
    await both.start()
    assert both.sync_status() == "in_sync"
    await both.program()
    assert both.sync_status() == "sync_required"
    await both.house.wait(120)
    assert both.sync_status() == "sync_required"
    await both.home.press("sync_panel", HEALTHY)
    await both.home.wait(90)
    assert both.home.outcomes(HEALTHY)[-1]["outcome"] == "succeeded"
    assert both.sync_status() == "in_sync"
    await both.program()
    assert both.sync_status() == "sync_required"


async def test_a_dismissed_change_asks_no_more(both: Both) -> None:
    await both.program()
    manager = both.home.entry.runtime_data.locations[both.house.location_id]
    await async_dismiss_panel_change(manager)
    assert both.sync_status() == "in_sync"
    # The link still knows of it; a restart reads it anew.
    await both.house.wait(60)
    assert both.sync_status() == "in_sync"
    await both.home.reload()
    await both.house.wait(60)
    assert both.sync_status() == "in_sync"
    await both.program()
    assert both.sync_status() == "sync_required"


async def test_a_change_outlives_a_restart(
    hass: HomeAssistant, both: Both, hass_storage: dict[str, Any]
) -> None:
    await both.program()
    await hass.config_entries.async_unload(both.house.entry.entry_id)
    await both.home.reload()
    await both.home.wait(60)
    assert both.sync_status() == "sync_required"


async def test_a_change_while_the_account_is_away_counts(
    hass: HomeAssistant, both: Both
) -> None:
    await hass.config_entries.async_unload(both.home.entry.entry_id)
    await both.program()
    await hass.config_entries.async_setup(both.home.entry.entry_id)
    await both.home.wait(10)
    assert both.sync_status() == "sync_required"


# --- below the location's device -----------------------------------------------------


def hangs(both: Both) -> bool:
    """Return whether the panel's device hangs below the location's."""
    parent = both.house.device.via_device_id
    return parent is not None and parent == device_id(both.home, HEALTHY)


async def test_the_device_hangs_below_a_location_that_comes_later(
    hass: HomeAssistant,
    simulator: Simulator,
    freezer: FrozenDateTimeFactory,
    make_house: MakeHouse,
) -> None:
    home = Home(hass, simulator, freezer)
    house = make_house("ad2")
    served = f"{simulator.world.ids.numbered('login', 0)}_{house.location_id}"
    await house.start(await house.open(), options={"location": served})
    assert house.device.via_device_id is None
    assert house.state("binary_sensor", "status_mismatch").state == "unknown"
    await home.start()
    both = Both(home, house)
    assert hangs(both)
    await house.wait(60)
    assert both.mismatch == "off"


async def test_the_device_follows_the_option(hass: HomeAssistant, both: Both) -> None:
    other = both.home.identifier(STALE)
    for served, expected in ((other, False), ("7_12", False), (both.identifier, True)):
        hass.config_entries.async_update_entry(
            both.house.entry, options={"location": served}
        )
        await hass.config_entries.async_reload(both.house.entry.entry_id)
        await both.house.carry()
        assert hangs(both) is expected
        assert (both.house.device.via_device_id is None) is (served == "7_12")


async def test_the_panel_outlives_its_account(hass: HomeAssistant, both: Both) -> None:
    await hass.config_entries.async_remove(both.home.entry.entry_id)
    await both.house.wait(30)
    assert both.house.device.via_device_id is None
    assert both.house.connected
    assert both.mismatch == "unknown"


async def test_automations_hear_of_one_mismatch_once(
    hass: HomeAssistant, both: Both
) -> None:
    """Neither a reload of the account nor a lost link makes it news again."""
    entity_id = both.house.entity_id("binary_sensor", "status_mismatch")
    trigger = {
        "trigger": f"{DOMAIN}.status_mismatch",
        "target": {"entity_id": entity_id},
    }
    heard = await automate(hass, triggers=[trigger])
    await both.come_to_differ()
    assert len(heard) == 1
    await both.home.reload()
    await both.house.wait(5)
    await both.seconds_until("on", 300)
    await both.house.face.trouble("reset")
    await both.house.carry()
    await both.house.until_heard()
    await both.seconds_until("on", 300)
    assert len(heard) == 1


async def reload_panel(both: Both) -> None:
    """Reload the panel's entry and let it be heard again."""
    await both.home.hass.config_entries.async_reload(both.house.entry.entry_id)
    await both.house.carry()
    await both.house.until_heard()


def mismatch_repairs(hass: HomeAssistant) -> list[str]:
    """Return the repairs that are open for mismatches."""
    return [
        issue.issue_id
        for issue in ir.async_get(hass).issues.values()
        if issue.translation_key == "mismatch" and issue.active
    ]


async def test_a_mismatch_that_ended_while_the_panel_was_unloaded_is_over(
    hass: HomeAssistant, both: Both
) -> None:
    await both.come_to_differ()
    await hass.config_entries.async_unload(both.house.entry.entry_id)
    both.lose_reports(lost=False)
    both.house.panel.disarm()
    await both.home.wait(120)
    await hass.config_entries.async_setup(both.house.entry.entry_id)
    await both.house.carry()
    await both.house.until_heard()
    await both.seconds_until("off", 120)
    assert mismatch_repairs(hass) == []


async def test_a_mismatch_with_one_location_is_none_with_another(
    hass: HomeAssistant, both: Both
) -> None:
    """The repair goes with the location it was about."""
    await both.come_to_differ()
    await both.house.wait(240)
    assert len(mismatch_repairs(hass)) == 1
    other = both.home.identifier(STALE)
    hass.config_entries.async_update_entry(
        both.house.entry, options={"location": other}
    )
    await reload_panel(both)
    assert mismatch_repairs(hass) == []
    # It differs from that one, too, which is news.
    await both.seconds_until("on", 300)
    assert len(both.told()) == 2
    # A panel that serves no location any more has no repair either.
    await both.house.wait(240)
    assert len(mismatch_repairs(hass)) == 1
    hass.config_entries.async_update_entry(both.house.entry, options={})
    await reload_panel(both)
    assert mismatch_repairs(hass) == []

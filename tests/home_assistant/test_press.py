"""A press, through every layer, to its outcome, in each profile of the service."""

from dataclasses import dataclass
from typing import Any

from homeassistant.exceptions import HomeAssistantError
import pytest

from simulator import SimulatorOptions

from .home import ARMED, HEALTHY, OFFLINE, STALE, Home


@dataclass(frozen=True)
class Case:
    """What a press gives: its outcome and reason, and evidence that must be there."""

    profile: str
    key: str
    location: int
    outcome: str
    reason: str = "proven"
    evidence: str | None = None

    @property
    def raises(self) -> bool:
        """Return whether who pressed is told at once; a refresh is told when it ended."""
        return self.outcome in ("failed", "refused") and self.key != "refresh_status"


CASES = [
    # As until 2025: everything can be read over SOAP.
    Case("soap", "sync_panel", HEALTHY, "succeeded", evidence="log_record"),
    Case("soap", "sync_panel", STALE, "succeeded", evidence="configuration_number"),
    Case("soap", "sync_users", HEALTHY, "succeeded", evidence="log_record"),
    Case("soap", "sync_users", ARMED, "succeeded", evidence="log_record"),
    Case("soap", "refresh_status", HEALTHY, "succeeded", evidence="live_read"),
    # The likely REST ways exist.
    Case("rest", "sync_panel", HEALTHY, "succeeded", evidence="log_record"),
    Case("rest", "sync_panel", STALE, "succeeded", evidence="sync_flag"),
    Case("rest", "sync_users", HEALTHY, "succeeded", evidence="log_record"),
    Case("rest", "refresh_status", ARMED, "succeeded", evidence="live_read"),
    Case("rest", "sync_panel", OFFLINE, "failed", "panel_unreachable"),
    Case("rest", "sync_users", OFFLINE, "failed", "panel_unreachable"),
    Case("rest", "refresh_status", OFFLINE, "failed", "panel_unreachable"),
    # Nothing but what is documented: no log, no job, no SOAP.
    Case("bare", "sync_panel", STALE, "succeeded", evidence="configuration_number"),
    Case("bare", "sync_panel", HEALTHY, "unconfirmed", "time_limit"),
    Case("bare", "refresh_status", HEALTHY, "succeeded", evidence="live_read"),
    Case("bare", "refresh_status", OFFLINE, "failed", "panel_unreachable"),
    Case("bare", "sync_users", HEALTHY, "refused", "no_user_sync_way"),
    # An old panel cannot be asked for its zones (-120).
    Case("old", "refresh_status", HEALTHY, "unconfirmed", "live_read_unsupported"),
]


def named(case: Case) -> str:
    return f"{case.profile}-{case.key}-{case.location}-{case.outcome}"


@pytest.mark.parametrize(
    ("options", "case"),
    [
        pytest.param(SimulatorOptions(profile=case.profile), case, id=named(case))  # type: ignore[arg-type]
        for case in CASES
    ],
)
async def test_outcome(home: Home, case: Case) -> None:
    if not case.raises:
        await home.press(case.key, case.location)
    else:
        with pytest.raises(HomeAssistantError) as raised:
            await home.press(case.key, case.location)
        assert raised.value.translation_key == f"{case.outcome}_{case.reason}"
        assert raised.value.translation_placeholders is not None
        name = home.location(case.location).name
        assert raised.value.translation_placeholders["location"] == name
    await home.wait(660 if case.reason == "time_limit" else 90)
    (told,) = home.outcomes(case.location)
    assert (told["type"], told["outcome"]) == (case.outcome, case.outcome)
    assert told["reason"] == case.reason
    if case.evidence is not None:
        assert case.evidence in told["evidence"]
    # A refusal leaves the last outcome alone.
    event = home.state("event", "sync", case.location).attributes
    shown = None if case.outcome == "refused" else case.outcome
    assert event["event_type"] == shown
    assert home.received_forbidden() == []


async def test_sync_status_goes_through_syncing(home: Home) -> None:
    assert home.state("sensor", "sync_status", STALE).state == "sync_required"
    await home.press("sync_panel", STALE)
    assert home.state("sensor", "sync_status", STALE).state == "syncing"
    await home.wait(60)
    assert home.state("sensor", "sync_status", STALE).state == "in_sync"
    assert home.state("sensor", "last_panel_sync", STALE).state != "unknown"


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_nothing_done_and_a_door_moves_the_report_time(home: Home) -> None:
    """The report time moves at any door; it must not pass for a proof."""
    home.simulator.switches.panel_sync_result = "nothing"
    before = home.state("sensor", "last_panel_report", HEALTHY).state
    await home.press("sync_panel", HEALTHY)
    await home.wait(20)
    home.open_zone(HEALTHY)
    await home.wait(640)
    assert home.state("sensor", "last_panel_report", HEALTHY).state != before
    event = home.state("event", "sync", HEALTHY).attributes
    assert event["event_type"] == "unconfirmed"
    assert home.state("sensor", "sync_status", HEALTHY).state == "unconfirmed"


@pytest.mark.parametrize(
    "options", [SimulatorOptions(profile="rest"), SimulatorOptions(profile="soap")]
)
async def test_a_job_that_did_nothing_is_finished_at_most(home: Home) -> None:
    home.simulator.switches.panel_sync_result = "nothing"
    home.simulator.switches.sync_log = "missing"
    await home.press("sync_panel", HEALTHY)
    await home.wait(20)
    home.open_zone(HEALTHY)
    await home.wait(60)
    event = home.state("event", "sync", HEALTHY).attributes
    assert (event["event_type"], event["reason"]) == ("finished", "nothing_to_prove")
    assert event["evidence"] == ["job_state"]


@pytest.mark.parametrize("options", [SimulatorOptions(profile="soap")])
async def test_finished_rows_of_the_last_user_sync_prove_nothing(home: Home) -> None:
    await home.press("sync_users", HEALTHY)
    await home.wait(120)
    assert home.outcomes(HEALTHY)[-1]["outcome"] == "succeeded"
    # The next sync is swallowed, while the rows of the last one are still shown.
    home.simulator.switches.user_sync_result = "nothing"
    home.simulator.switches.user_rows = "linger"
    home.simulator.switches.sync_log = "missing"
    home.simulator.world.stage_user(home.location_id(HEALTHY), "Robin Vale")
    await home.press("sync_users", HEALTHY)
    await home.wait(660)
    assert home.outcomes(HEALTHY)[-1]["outcome"] != "succeeded"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("unsuccessful", "failed"),
        ("failed", "failed"),
        # A language we do not read proves nothing; the job alone is left.
        ("spanish", "finished"),
        ("missing", "finished"),
        ("late", "finished"),
    ],
)
async def test_log_texts(home: Home, text: Any, outcome: str) -> None:
    home.simulator.switches.sync_log = text
    await home.press("sync_panel", HEALTHY)
    await home.wait(40)
    assert home.outcomes(HEALTHY)[-1]["outcome"] == outcome


async def test_a_late_proof_upgrades_the_outcome_once(home: Home) -> None:
    home.simulator.switches.sync_log = "late"
    await home.press("sync_panel", HEALTHY)
    await home.wait(40)
    assert [item["outcome"] for item in home.outcomes(HEALTHY)] == ["finished"]
    await home.wait(600, step=30)
    told = home.outcomes(HEALTHY)
    assert [item["outcome"] for item in told] == ["finished", "succeeded"]
    assert told[-1]["upgraded"] is True


@pytest.mark.parametrize("options", [SimulatorOptions(profile="bare")])
async def test_a_start_answer_lost_is_never_sent_again(home: Home) -> None:
    home.simulator.faults.add("synchronize", "empty", times=1)
    await home.press("sync_panel", STALE)
    await home.wait(60)
    assert len(home.panel_starts()) == 1
    event = home.state("event", "sync", STALE).attributes
    assert event["event_type"] == "succeeded"

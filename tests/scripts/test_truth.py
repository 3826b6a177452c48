"""The judgement of the check: which outcomes the simulator's truth allows."""

from copy import deepcopy
from typing import Any

from hypothesis import given, strategies as st
import pytest

from scripts.demo_tool.truth import allowed, is_armed, violation

REST = {
    "soap": "forbidden",
    "user_sync_candidate": 1,
    "events_candidate": 1,
    "job_status_candidate": 1,
}
BARE = {**REST, "user_sync_candidate": 0, "events_candidate": 0} | {
    "job_status_candidate": 0
}
SOAP = {**BARE, "soap": "on"}
JOBS_ONLY = {**BARE, "job_status_candidate": 2}


def location(**changes: Any) -> dict[str, Any]:
    return {
        "panel_type": 15,
        "supports_user_sync": True,
        "connected": True,
        "arming": "disarmed",
        "staged_user_changes": 1,
        "service": {"configuration_number": 7, "sync_flag": False},
        "runs": [{"kind": "panel", "started": "old", "result": "done"}],
        "log": [{"id": 10, "text": "Zone Sync Success Mill House"}],
        **changes,
    }


def after(
    before: dict[str, Any],
    kind: str,
    result: str = "done",
    *,
    log: str | None = None,
    **changes: Any,
) -> dict[str, Any]:
    state = deepcopy(before) | changes
    state["runs"].append({"kind": kind, "started": "new", "result": result})
    if log:
        state["log"].append({"id": 11, "text": log})
    return state


IDLE = location()
ARMED = location(arming="armed_away")
OFFLINE = location(connected=False)
OLD = location(panel_type=5, supports_user_sync=False)
FLAGGED = location(service={"configuration_number": 7, "sync_flag": True})
ZONE_LOG = "Zone Sync Success Mill House"
USER_LOG = "User Sync Success Mill House"


@pytest.mark.parametrize(
    ("kind", "switches", "before", "later", "outcomes"),
    [
        # Refused before anything is sent
        ("panel", REST, ARMED, ARMED, {"refused"}),
        (
            "panel",
            REST,
            location(arming="armed_away", connected=False),
            ARMED,
            {"refused"},
        ),
        ("users", BARE, IDLE, IDLE, {"refused"}),
        ("users", BARE, OFFLINE, OFFLINE, {"refused"}),
        # Armed does not stop a user sync, nor a refresh
        ("users", REST, ARMED, after(ARMED, "users", log=USER_LOG), {"succeeded"}),
        ("refresh", REST, ARMED, ARMED, {"succeeded"}),
        # Offline
        ("panel", REST, OFFLINE, OFFLINE, {"failed", "unconfirmed"}),
        ("users", SOAP, OFFLINE, OFFLINE, {"failed", "unconfirmed"}),
        ("refresh", BARE, OFFLINE, OFFLINE, {"failed", "unconfirmed"}),
        # Refresh
        ("refresh", BARE, IDLE, IDLE, {"succeeded"}),
        ("refresh", REST, OLD, OLD, {"unconfirmed"}),
        # The service took the start and did nothing, or nothing was taken
        ("panel", REST, IDLE, IDLE, {"failed", "unconfirmed"}),
        ("users", REST, IDLE, IDLE, {"failed", "unconfirmed"}),
        (
            "panel",
            REST,
            IDLE,
            after(IDLE, "panel", "failed"),
            {"failed", "unconfirmed"},
        ),
        (
            "panel",
            REST,
            IDLE,
            after(IDLE, "panel", "nothing"),
            {"finished", "unconfirmed"},
        ),
        (
            "users",
            REST,
            IDLE,
            after(IDLE, "users", "nothing"),
            {"finished", "unconfirmed"},
        ),
        ("panel", BARE, IDLE, after(IDLE, "panel", "nothing"), {"unconfirmed"}),
        # Done, with a proof that this service can show
        ("panel", REST, IDLE, after(IDLE, "panel", log=ZONE_LOG), {"succeeded"}),
        ("panel", SOAP, IDLE, after(IDLE, "panel", log=ZONE_LOG), {"succeeded"}),
        (
            "panel",
            BARE,
            IDLE,
            after(
                IDLE, "panel", service={"configuration_number": 8, "sync_flag": False}
            ),
            {"succeeded"},
        ),
        (
            "panel",
            BARE,
            FLAGGED,
            after(
                FLAGGED,
                "panel",
                service={"configuration_number": 7, "sync_flag": False},
            ),
            {"succeeded"},
        ),
        ("users", REST, IDLE, after(IDLE, "users", log=USER_LOG), {"succeeded"}),
        (
            "users",
            REST,
            IDLE,
            after(IDLE, "users", staged_user_changes=0),
            {"succeeded"},
        ),
        # Done, but the proof cannot be read or is of another kind
        ("panel", BARE, IDLE, after(IDLE, "panel", log=ZONE_LOG), {"unconfirmed"}),
        (
            "panel",
            JOBS_ONLY,
            IDLE,
            after(IDLE, "panel", log=ZONE_LOG),
            {"finished", "unconfirmed"},
        ),
        (
            "panel",
            REST,
            IDLE,
            after(IDLE, "panel", log=USER_LOG),
            {"finished", "unconfirmed"},
        ),
        ("users", REST, IDLE, after(IDLE, "users"), {"finished", "unconfirmed"}),
    ],
)
def test_allowed_outcomes(
    kind: str,
    switches: dict[str, Any],
    before: dict[str, Any],
    later: dict[str, Any],
    outcomes: set[str],
) -> None:
    expected = allowed(kind, switches, before, later)
    assert expected.button
    assert expected.outcomes == outcomes


def test_a_refusal_must_name_its_own_reason() -> None:
    assert allowed("panel", REST, ARMED, ARMED).reasons == {"panel_armed"}
    assert allowed("users", BARE, IDLE, IDLE).reasons == {"no_user_sync_way"}
    assert allowed("panel", REST, OFFLINE, OFFLINE).needs_reason


def test_a_panel_without_user_sync_has_no_button() -> None:
    expected = allowed("users", REST, OLD, OLD)
    assert not expected.button
    assert expected.text == "no button"
    assert not expected.outcomes


@pytest.mark.parametrize(
    ("kind", "outcome", "later", "wrong"),
    [
        ("panel", "refused", IDLE, False),
        ("panel", "refused", after(IDLE, "panel"), True),
        ("panel", "succeeded", after(IDLE, "panel"), False),
        ("users", "succeeded", after(IDLE, "panel"), False),
        ("refresh", "succeeded", after(IDLE, "panel"), False),
    ],
)
def test_a_refused_press_sends_nothing(
    kind: str, outcome: str, later: dict[str, Any], wrong: bool
) -> None:
    assert bool(violation(kind, outcome, IDLE, later)) is wrong


def test_one_press_starts_one_sync() -> None:
    later = after(IDLE, "panel")
    later["runs"].append({"kind": "panel", "started": "newer", "result": "done"})
    assert violation("panel", "succeeded", IDLE, later) is not None


@pytest.mark.parametrize(
    ("arming", "armed"),
    [
        ("disarmed", False),
        ("armed_away", True),
        ("arming", True),
        ("triggered", True),
    ],
)
def test_is_armed(arming: str, armed: bool) -> None:
    assert is_armed(location(arming=arming)) is armed


@given(
    kind=st.sampled_from(["panel", "users"]),
    switches=st.sampled_from([REST, BARE, SOAP, JOBS_ONLY]),
    connected=st.booleans(),
    arming=st.sampled_from(["disarmed", "armed_away", "armed_home"]),
    result=st.sampled_from([None, "running", "nothing", "failed"]),
    number=st.integers(7, 9),
    record=st.sampled_from([None, ZONE_LOG, USER_LOG]),
)
def test_never_succeeded_where_the_service_did_nothing(
    kind: str,
    switches: dict[str, Any],
    connected: bool,
    arming: str,
    result: str | None,
    number: int,
    record: str | None,
) -> None:
    before = location(connected=connected, arming=arming)
    later = deepcopy(before)
    later["service"]["configuration_number"] = number
    if result:
        later = after(later, kind, result, log=record)
    assert "succeeded" not in allowed(kind, switches, before, later).outcomes

"""The judgement of the check: which outcomes the simulator's truth allows."""

from copy import deepcopy
from typing import Any

from hypothesis import given, strategies as st
import pytest

from scripts.demo_tool.truth import allowed, violation

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
        "supports_user_sync": True,
        "supports_live_read": True,
        "connected": True,
        "armed": False,
        "staged_user_changes": 1,
        "service": {"configuration_number": 7, "sync_flag": False},
        "runs": [{"kind": "panel", "job_id": "old", "result": "done"}],
        "starts": {"panel": 4, "users": 4},
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
    state["starts"][kind] += 1
    state["runs"].append({"kind": kind, "job_id": "new", "result": result})
    if log:
        state["log"].append({"id": 11, "text": log})
    return state


IDLE = location()
ARMED = location(armed=True)
OFFLINE = location(connected=False)
OLD = location(supports_live_read=False, supports_user_sync=False)
FLAGGED = location(service={"configuration_number": 7, "sync_flag": True})
ZONE_LOG = "Zone Sync Success Mill House"
USER_LOG = "User Sync Success Mill House"


ALLOWED = [
    # Refused before anything is sent
    ("panel", REST, ARMED, ARMED, {"refused"}),
    ("panel", REST, location(armed=True, connected=False), ARMED, {"refused"}),
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
    ("panel", REST, IDLE, after(IDLE, "panel", "failed"), {"failed", "unconfirmed"}),
    ("panel", REST, IDLE, after(IDLE, "panel", "nothing"), {"finished", "unconfirmed"}),
    ("users", REST, IDLE, after(IDLE, "users", "nothing"), {"finished", "unconfirmed"}),
    ("panel", BARE, IDLE, after(IDLE, "panel", "nothing"), {"unconfirmed"}),
    # Done, with a proof that this service can show
    ("panel", REST, IDLE, after(IDLE, "panel", log=ZONE_LOG), {"succeeded"}),
    ("panel", SOAP, IDLE, after(IDLE, "panel", log=ZONE_LOG), {"succeeded"}),
    ("panel", BARE, IDLE, after(IDLE, "panel", service={"configuration_number": 8, "sync_flag": False}), {"succeeded"}),
    ("panel", BARE, FLAGGED, after(FLAGGED, "panel", service={"configuration_number": 7, "sync_flag": False}), {"succeeded"}),
    ("users", REST, IDLE, after(IDLE, "users", log=USER_LOG), {"succeeded"}),
    ("users", REST, IDLE, after(IDLE, "users", staged_user_changes=0), {"succeeded"}),
    # Done, but the proof cannot be read or is of another kind
    ("panel", BARE, IDLE, after(IDLE, "panel", log=ZONE_LOG), {"unconfirmed"}),
    ("panel", JOBS_ONLY, IDLE, after(IDLE, "panel", log=ZONE_LOG), {"finished", "unconfirmed"}),
    ("panel", REST, IDLE, after(IDLE, "panel", log=USER_LOG), {"finished", "unconfirmed"}),
    ("users", REST, IDLE, after(IDLE, "users"), {"finished", "unconfirmed"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "switches", "before", "later", "outcomes"),
    ALLOWED,
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


def sent(panel: int = 0, users: int = 0) -> dict[str, Any]:
    return location(starts={"panel": 4 + panel, "users": 4 + users})


@pytest.mark.parametrize(
    ("kind", "outcome", "later", "wrong"),
    [
        ("panel", "refused", IDLE, False),
        ("panel", "refused", sent(panel=1), True),
        ("panel", "refused", sent(users=1), False),
        ("panel", "succeeded", after(IDLE, "panel"), False),
        ("panel", "failed", sent(panel=2), False),
        ("panel", "failed", sent(panel=3), True),
        ("users", "failed", sent(users=1), False),
        ("users", "failed", sent(users=2), True),
        ("users", "succeeded", after(after(IDLE, "panel"), "panel"), False),
        ("refresh", "succeeded", after(IDLE, "panel"), False),
    ],
)
def test_what_the_service_received_fits_the_outcome(
    kind: str, outcome: str, later: dict[str, Any], wrong: bool
) -> None:
    assert bool(violation(kind, outcome, IDLE, later)) is wrong


def test_one_press_begins_one_sync() -> None:
    later = after(IDLE, "panel")
    later["runs"].append({"kind": "panel", "job_id": "newer", "result": "done"})
    assert violation("panel", "succeeded", IDLE, later) is not None


@given(
    kind=st.sampled_from(["panel", "users"]),
    switches=st.sampled_from([REST, BARE, SOAP, JOBS_ONLY]),
    connected=st.booleans(),
    armed=st.booleans(),
    result=st.sampled_from([None, "running", "nothing", "failed"]),
    number=st.integers(7, 9),
    record=st.sampled_from([None, ZONE_LOG, USER_LOG]),
)
def test_never_succeeded_where_the_service_did_nothing(
    kind: str,
    switches: dict[str, Any],
    connected: bool,
    armed: bool,
    result: str | None,
    number: int,
    record: str | None,
) -> None:
    before = location(connected=connected, armed=armed)
    later = deepcopy(before)
    later["service"]["configuration_number"] = number
    if result:
        later = after(later, kind, result, log=record)
    assert "succeeded" not in allowed(kind, switches, before, later).outcomes

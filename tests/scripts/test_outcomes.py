"""Reading outcomes from changes of an event entity's state, and the table."""

from typing import Any

import pytest

from scripts.demo_tool.outcomes import Outcomes, read
from scripts.demo_tool.table import Row, render


def state(value: str, **attributes: Any) -> dict[str, Any]:
    return {"state": value, "attributes": attributes}


FIRST = "2026-01-01T10:00:00.000+00:00"
SECOND = "2026-01-01T10:05:00.000+00:00"
SUCCESS: dict[str, Any] = {
    "event_type": "succeeded",
    "kind": "panel",
    "reason": "proven",
    "evidence": ["log_record", "sync_flag"],
}


@pytest.mark.parametrize(
    ("old", "new", "is_event"),
    [
        (state("unknown"), state(FIRST, **SUCCESS), True),
        (state(FIRST, **SUCCESS), state(SECOND, **SUCCESS), True),
        (state(FIRST), state(FIRST, **SUCCESS), False),
        (state("unavailable"), state(FIRST, **SUCCESS), False),
        (None, state(FIRST, **SUCCESS), False),
        (state(FIRST), state("unavailable"), False),
        (state("unavailable"), state("unknown"), False),
        (state(FIRST), None, False),
    ],
)
def test_only_a_new_time_is_an_event(old: Any, new: Any, is_event: bool) -> None:
    assert (read(old, new) is not None) is is_event


def test_what_is_read() -> None:
    seen = read(state("unknown"), state(FIRST, **SUCCESS))
    assert seen is not None
    assert (seen.kind, seen.outcome, seen.reason) == ("panel", "succeeded", "proven")
    assert seen.detail == "log_record, sync_flag"


def test_without_evidence_the_reason_is_told() -> None:
    attributes = {
        "event_type": "failed",
        "kind": "users",
        "reason": "panel_unreachable",
    }
    seen = read(state("unknown"), state(FIRST, **attributes, evidence=[]))
    assert seen is not None
    assert seen.detail == "panel_unreachable"


async def test_outcomes_are_kept_by_entity_and_kind() -> None:
    outcomes = Outcomes()

    def change(entity_id: str, kind: str) -> dict[str, Any]:
        return {
            "entity_id": entity_id,
            "old_state": state("unknown"),
            "new_state": state(FIRST, **{**SUCCESS, "kind": kind}),
        }

    outcomes.take(change("event.mill", "panel"))
    outcomes.take(change("sensor.mill", "users"))
    assert await outcomes.wait("event.mill", "users", 0.01) is None
    seen = await outcomes.wait("event.mill", "panel", 0.01)
    assert seen is not None
    assert seen.kind == "panel"

    outcomes.take(change("event.mill", "panel"))
    outcomes.forget("event.mill", "panel")
    assert await outcomes.wait("event.mill", "panel", 0.01) is None


async def test_a_refusal_is_heard_though_no_state_changes() -> None:
    outcomes = Outcomes()
    refusal = {
        "type": "refused",
        "entity_id": "event.mill",
        "kind": "users",
        "reason": "no_user_sync_way",
    }
    outcomes.take_refusal(refusal)
    outcomes.take_refusal({"type": "all_started", "entity_id": None, "kind": "users"})
    outcomes.take_refusal({**SUCCESS, "type": "succeeded", "entity_id": "event.mill"})
    seen = await outcomes.wait("event.mill", "users", 0.01)
    assert seen is not None
    assert (seen.outcome, seen.detail) == ("refused", "no_user_sync_way")
    assert await outcomes.wait("event.mill", "panel", 0.01) is None


def test_the_table_is_in_order_and_marks_what_is_wrong() -> None:
    def row(location: str, *, good: bool) -> Row:
        return Row(
            profile="rest",
            seed=3,
            location=location,
            kind="panel",
            outcome="succeeded",
            detail="log_record",
            seconds=4.21,
            expected="succeeded (done)",
            good=good,
        )

    head, first, second = render([row("Mill", good=True), row("Cabin", good=False)])
    assert head.split()[:3] == ["profile", "seed", "location"]
    assert first.startswith("WRONG  rest")
    assert "4.2" in first
    assert second.startswith("ok ")
    assert second.index("Mill") == head.index("location")

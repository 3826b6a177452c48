"""The judgement of one press, and its row in the table."""

from typing import Any

import pytest

from scripts.demo_tool.outcomes import Seen
from scripts.demo_tool.press import Press, judge

from .test_truth import ARMED, IDLE, OFFLINE, OLD, REST, ZONE_LOG, after

DONE = after(IDLE, "panel", log=ZONE_LOG)


def seen(outcome: str, reason: str = "", *evidence: str) -> Seen:
    return Seen("panel", outcome, reason, evidence, at=0.0)


def press(kind: str = "panel", **changes: Any) -> Press:
    values: dict[str, Any] = {
        "profile": "rest",
        "seed": 5,
        "location": "Mill House",
        "kind": kind,
        "switches": REST,
        "before": IDLE,
        "after": DONE,
        "seen": seen("succeeded", "proven", "log_record"),
        "seconds": 5.0,
    }
    return Press(**values | changes)


JUDGED = [
    (press(), "succeeded", True),
    (press(seen=seen("finished", "nothing_to_prove")), "finished", False),
    (press(seen=None), "no outcome", False),
    (press(after=IDLE), "succeeded", False),
    (press(has_button=False, seen=None), "no button", False),
    (press("users", before=OLD, after=OLD, has_button=False, seen=None), "no button", True),
    (press("users", before=OLD, after=OLD, seen=seen("failed", "x")), "failed", False),
    (press(before=ARMED, after=ARMED, seen=seen("refused", "panel_armed")), "refused", True),
    (press(before=ARMED, after=ARMED, seen=seen("refused", "cooling_down")), "refused", False),
    (press(before=ARMED, after=ARMED | {"starts": {"panel": 5, "users": 4}}, seen=seen("refused", "panel_armed")), "refused", False),
    (press(before=OFFLINE, after=OFFLINE, seen=seen("failed", "unreachable")), "failed", True),
    (press(before=OFFLINE, after=OFFLINE, seen=seen("failed")), "failed", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "outcome", "good"),
    JUDGED,
)
def test_judge(one: Press, outcome: str, good: bool) -> None:
    row = judge(one)
    assert (row.outcome, row.good) == (outcome, good)


def test_the_row_tells_what_was_seen_and_what_was_allowed() -> None:
    row = judge(press(shown="panel, just disarmed", note="a note"))
    assert row.kind == "panel, just disarmed"
    assert row.detail == "log_record"
    assert row.expected == "succeeded (done, and the proof is there)"
    assert "a note" not in row.line


def test_a_wrong_row_tells_its_note_and_its_fault() -> None:
    sent = ARMED | {"starts": {"panel": 5, "users": 4}}
    row = judge(
        press(
            before=ARMED,
            after=sent,
            seen=seen("refused", "panel_armed"),
            note="the text of the refusal",
        )
    )
    assert row.line.startswith("WRONG")
    assert "yet 1 starts were sent" in row.line
    assert "the text of the refusal" in row.line

"""One press of a button and its judgement. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .outcomes import Seen
from .table import Row
from .truth import State, allowed, violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A press with the truth before and after it, and the outcome that was seen.

    `seen` is None where no outcome came in time. `shown` is the kind in the
    words of the table, where it is not the plain one.
    """

    profile: str
    seed: int
    location: str
    kind: str
    switches: Mapping[str, Any]
    before: State
    after: State
    seen: Seen | None
    seconds: float
    has_button: bool = True
    shown: str = ""
    note: str = ""


def judge(press: Press) -> Row:
    """Return the row of a press: good only if the truth allows what was seen."""
    expected = allowed(press.kind, press.switches, press.before, press.after)
    seen = press.seen
    fault: str | None = None
    if not press.has_button:
        outcome, good = "no button", not expected.button
    elif seen is None:
        outcome, good = "no outcome", False
    else:
        outcome = seen.outcome
        fault = violation(press.kind, outcome, press.before, press.after)
        good = (
            fault is None
            and outcome in expected.outcomes
            and (not expected.reasons or seen.reason in expected.reasons)
            and (bool(seen.reason) or not expected.needs_reason)
        )
    return Row(
        profile=press.profile,
        seed=press.seed,
        location=press.location,
        kind=press.shown or press.kind,
        outcome=outcome,
        detail=seen.detail if seen else "",
        seconds=press.seconds,
        expected=f"{expected.text} ({expected.why})",
        good=good,
        note=". ".join(filter(None, (fault, press.note))),
    )

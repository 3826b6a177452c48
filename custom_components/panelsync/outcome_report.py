"""What is reported of a run that has ended: the same in every place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from .client import (
    NOTHING_CHANGED,
    Effect,
    EndedRun,
    Evidence,
    Outcome,
    Reason,
    SyncKind,
    as_json,
    from_json,
)
from .errors import outcome_placeholders


@dataclass(frozen=True, slots=True)
class OutcomeReport:
    """How a run ended, the evidence for it, and when.

    `duration` is in seconds, None where nothing was started. `placeholders` fill in the
    text of a refusal or failure.
    """

    location: str
    kind: SyncKind
    outcome: Outcome
    reason: Reason
    evidence: tuple[Evidence, ...]
    upgraded: bool
    requested: datetime
    ended: datetime
    report_time: datetime | None
    duration: float | None
    service_code: int | None
    service_text: str
    placeholders: dict[str, str]
    effect: Effect = NOTHING_CHANGED

    @classmethod
    def of(cls, run: EndedRun, location: str, report_time: datetime | None) -> Self:
        """Return the report of a run at a location, by the name to show.

        `report_time` is when the service last stored anything from the panel.
        """
        started = run.accepted is not None
        return cls(
            location=location,
            kind=run.kind,
            outcome=run.outcome,
            reason=run.reason,
            evidence=run.evidence,
            upgraded=run.upgraded,
            requested=run.requested,
            ended=run.ended,
            report_time=report_time,
            duration=round((run.ended - run.requested).total_seconds(), 1)
            if started
            else None,
            service_code=run.service_code,
            service_text=run.service_text,
            placeholders=outcome_placeholders(run, location),
            effect=run.effect,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values."""
        report = as_json(self)
        effect = report.pop("effect")
        return report | {
            "asked": report.pop("requested"),
            "changes": effect["changes"],
            "more_changes": effect["more"],
            "made_live": effect["made_live"],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the report that these values were made of.

        Raises KeyError, TypeError or ValueError for others.
        """
        effect = {**data, "more": data["more_changes"]}
        return from_json(cls, {**data, "requested": data["asked"], "effect": effect})

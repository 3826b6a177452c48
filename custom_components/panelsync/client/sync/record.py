"""What is known of a run, and all that is stored of it.

A damaged record costs history, never a second start.
"""

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from ..outcomes import Evidence, Outcome, Reason, SyncKind
from .changes import NOTHING_CHANGED, Effect
from .judgement import Findings, Judgement, Mark

_PROVABLE_LATER: Final = (Outcome.UNCONFIRMED, Outcome.FINISHED)


class RunPhase(StrEnum):
    """How far a run that has not ended has come."""

    INTENT = "intent"
    FOLLOWED = "followed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is known of a run, whether it has ended or not; never a code.

    `accepted` is when the service accepted the start, or when its answer was lost.
    """

    run_id: str
    location_id: int
    kind: SyncKind
    requested: datetime
    mark: Mark
    requester: str | None = None
    accepted: datetime | None = None
    job_id: str | None = None
    route: str | None = None
    found: Findings = field(default_factory=Findings)
    service_code: int | None = None
    service_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun(Run):
    """A run that has not ended.

    `uncertainty` is why it is not known whether the service accepted the start.
    """

    phase: RunPhase = RunPhase.INTENT
    uncertainty: Reason | None = None

    def end(
        self,
        judgement: Judgement,
        ended: datetime,
        wait: int | None = None,
        changed: Effect = NOTHING_CHANGED,
    ) -> EndedRun:
        """Return the run as it ended, and what it `changed`."""
        known = {item.name: getattr(self, item.name) for item in fields(Run)}
        if judgement.outcome not in _PROVABLE_LATER:
            # What was before is compared once more only where a proof may still come.
            known["mark"] = replace(self.mark, layout=None)
        if judgement.outcome is Outcome.FAILED:
            # What was said of a lost answer is not why it failed.
            known |= {"service_code": self.found.failing_code, "service_text": ""}
        return EndedRun(
            **known, judgement=judgement, ended=ended, wait=wait, effect=changed
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedRun(Run):
    """A run that has ended, or one that was refused and never began.

    `upgraded`: a proof came after its end. `wait` is in seconds, where a cool-down or
    the sign-in still lasts.
    """

    judgement: Judgement
    ended: datetime
    upgraded: bool = False
    wait: int | None = None
    effect: Effect = NOTHING_CHANGED

    @property
    def outcome(self) -> Outcome:
        """How the run ended."""
        return self.judgement.outcome

    @property
    def reason(self) -> Reason:
        """Why it ended so."""
        return self.judgement.reason

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What the outcome rests on."""
        return self.judgement.evidence

    @property
    def code_refused(self) -> bool:
        """Whether the code that was sent for this run was refused."""
        return self.reason is Reason.CODE_REFUSED or self.found.code_refused is not None

    @property
    def awaits_proof(self) -> bool:
        """Whether a late proof may still upgrade this run, once."""
        return not self.upgraded and self.outcome in _PROVABLE_LATER

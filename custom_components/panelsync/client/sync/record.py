"""What is known of a run, and all that is stored of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from ..outcomes import Evidence, Outcome, Reason, SyncKind
from .changes import NOTHING_CHANGED, Effect
from .judgement import Findings, Judgement, Layout, Mark, Named
from .serialization import read_flag, read_integer, read_optional, read_text, read_time

_PROVABLE_LATER: Final = (Outcome.UNCONFIRMED, Outcome.FINISHED)


class RunPhase(StrEnum):
    """How far a run that has not ended has come."""

    INTENT = "intent"
    FOLLOWED = "followed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is known of a run, whether it has ended or not. JSON-able, without any code.

    `accepted` is when the service accepted the start, or when its answer was lost.
    """

    run_id: str
    location_id: int
    kind: SyncKind
    asked: datetime
    mark: Mark
    requester: str | None = None
    accepted: datetime | None = None
    job_id: str | None = None
    route: str | None = None
    found: Findings = field(default_factory=Findings)
    service_code: int | None = None
    service_text: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON-able values."""
        return _plain(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun(Run):
    """A run that has not ended.

    `uncertainty` is why it is not known whether the service accepted the start. A run
    that comes back from a store has not `looked`: it takes at least one look.
    """

    phase: RunPhase = RunPhase.INTENT
    uncertainty: Reason | None = None
    looked: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON-able values."""
        plain = Run.to_dict(self)
        del plain["looked"]
        return plain

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

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read a stored record.

        Raises `ValueError`, `TypeError` or `KeyError` where it is damaged; a damaged
        record costs history, never a second start.
        """
        return cls(
            **_read_run(stored),
            phase=RunPhase(stored["phase"]),
            uncertainty=read_optional(Reason, stored["uncertainty"]),
            looked=False,
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

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read a stored record; raises as that of `OpenRun`."""
        return cls(
            **_read_run(stored),
            judgement=_read_judgement(stored["judgement"]),
            ended=read_time(stored["ended"]),
            upgraded=read_flag(stored["upgraded"]),
            wait=read_optional(read_integer, stored["wait"]),
            effect=Effect.from_dict(stored["effect"]),
        )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, value in values.items():
        match value:
            case dict():
                plain[key] = _plain(value)
            case datetime():
                plain[key] = value.isoformat()
            case _:
                plain[key] = value
    return plain


def _read_run(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "run_id": read_text(stored["run_id"]),
        "location_id": read_integer(stored["location_id"]),
        "kind": SyncKind(stored["kind"]),
        "asked": read_time(stored["asked"]),
        "mark": _read_mark(stored["mark"]),
        "requester": read_optional(read_text, stored["requester"]),
        "accepted": read_optional(read_time, stored["accepted"]),
        "job_id": read_optional(read_text, stored["job_id"]),
        "route": read_optional(read_text, stored["route"]),
        "found": _read_findings(stored["found"]),
        "service_code": read_optional(read_integer, stored["service_code"]),
        "service_text": read_text(stored["service_text"]),
    }


def _read_mark(stored: Mapping[str, Any]) -> Mark:
    return Mark(
        taken=read_time(stored["taken"]),
        newest_record_id=read_optional(read_integer, stored["newest_record_id"]),
        configuration_number=read_optional(
            read_integer, stored["configuration_number"]
        ),
        sync_flag=read_optional(read_flag, stored["sync_flag"]),
        report_time=read_optional(read_time, stored["report_time"]),
        pending=read_optional(read_integer, stored["pending"]),
        layout=read_optional(_read_layout, stored["layout"]),
    )


def _read_layout(stored: Mapping[str, Any]) -> Layout:
    return Layout(
        zones=read_optional(_read_named, stored["zones"]),
        partitions=_read_named(stored["partitions"]),
    )


def _read_named(stored: Sequence[Sequence[Any]]) -> Named:
    return tuple((read_integer(number), read_text(name)) for number, name in stored)


def _read_findings(stored: Mapping[str, Any]) -> Findings:
    return Findings(
        job_state=read_optional(read_integer, stored["job_state"]),
        finished_at=read_optional(read_time, stored["finished_at"]),
        status_after_finish=read_flag(stored["status_after_finish"]),
        steps_running=read_flag(stored["steps_running"]),
        steps_result=read_optional(read_integer, stored["steps_result"]),
        progress=read_optional(read_integer, stored["progress"]),
        log_success=read_flag(stored["log_success"]),
        log_failure=read_flag(stored["log_failure"]),
        configuration_rose=read_flag(stored["configuration_rose"]),
        flag_cleared=read_flag(stored["flag_cleared"]),
        pending_cleared=read_flag(stored["pending_cleared"]),
        code_refused=read_optional(read_integer, stored["code_refused"]),
        pending_after=read_optional(read_integer, stored["pending_after"]),
        flag_after=read_optional(read_flag, stored["flag_after"]),
        zone_state=read_optional(read_integer, stored["zone_state"]),
    )


def _read_judgement(stored: Mapping[str, Any]) -> Judgement:
    return Judgement(
        Outcome(stored["outcome"]),
        Reason(stored["reason"]),
        tuple(Evidence(item) for item in stored["evidence"]),
    )

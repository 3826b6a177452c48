"""One run at one location, from press to outcome (design 5).

`RunRecord` is all that is known of a run and all that is stored of it; `SyncRun` sends
the start, once, and keeps the record. A run never polls: whoever reads the location
hands it snapshots.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
import math
from typing import Any, Self

from ..errors import (
    ClientError,
    FeatureMissing,
    RouteGone,
    ServiceUnreachable,
    SignInPostponed,
)
from ..models import Codes, Evidence, Outcome, PanelStatus, Reason, SyncKind
from ..panel_link import PanelLink
from .judgement import (
    FOLLOW_LIMIT,
    LATE_PROOF_LIMIT,
    Findings,
    Mark,
    Snapshot,
    Verdict,
    gather,
    judge,
)
from .serialization import flag, integer, moment, optional, text

type SaveRun = Callable[["RunRecord"], Awaitable[None]]
type Now = Callable[[], datetime]


class Phase(StrEnum):
    """How far a run has come; the order in which it is stored."""

    INTENT = "intent"
    FOLLOWED = "followed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """All that is known of one run. JSON-able by `to_dict`, without any code."""

    run_id: str
    location_id: int
    kind: SyncKind
    asked: datetime
    mark: Mark
    requester: str | None = None
    phase: Phase = Phase.INTENT
    accepted: datetime | None = None
    job_id: str | None = None
    route: str | None = None
    doubt: Reason | None = None
    looked: bool = True
    upgraded: bool = False
    found: Findings = field(default_factory=Findings)
    ended: datetime | None = None
    verdict: Verdict | None = None
    service_code: int | None = None
    service_text: str = ""
    # In seconds, where a cool-down or the sign-in still lasts.
    wait: int | None = None

    @property
    def outcome(self) -> Outcome | None:
        """The outcome, None while the run is going on."""
        return None if self.verdict is None else self.verdict.outcome

    @property
    def code_refused(self) -> bool:
        """Tell whether the code that was sent for this run was refused."""
        reason = None if self.verdict is None else self.verdict.reason
        return reason is Reason.CODE_REFUSED or self.found.code_refused is not None

    @property
    def awaits_proof(self) -> bool:
        """Tell whether a late proof may still upgrade this ended run, once."""
        return not self.upgraded and self.outcome in (
            Outcome.UNCONFIRMED,
            Outcome.FINISHED,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON-able values."""
        plain = _plain(asdict(self))
        del plain["looked"]
        return plain

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read a stored record.

        Raises `ValueError`, `TypeError` or `KeyError` where it is damaged; a damaged
        record costs history, never a second start.
        """
        record = cls(
            run_id=text(stored["run_id"]),
            location_id=integer(stored["location_id"]),
            kind=SyncKind(stored["kind"]),
            asked=moment(stored["asked"]),
            mark=_read_mark(stored["mark"]),
            requester=optional(text, stored["requester"]),
            phase=Phase(stored["phase"]),
            accepted=optional(moment, stored["accepted"]),
            job_id=optional(text, stored["job_id"]),
            route=optional(text, stored["route"]),
            doubt=optional(Reason, stored["doubt"]),
            # A run that comes back from a store takes at least one look (design 5.6).
            looked=False,
            upgraded=flag(stored["upgraded"]),
            found=_read_findings(stored["found"]),
            ended=optional(moment, stored["ended"]),
            verdict=optional(_read_verdict, stored["verdict"]),
            service_code=optional(integer, stored["service_code"]),
            service_text=text(stored["service_text"]),
            # An older version did not note it.
            wait=optional(integer, stored.get("wait")),
        )
        told = {record.verdict is not None, record.ended is not None}
        if told != {record.phase is Phase.ENDED}:
            raise ValueError("A stored run has an outcome only once it has ended")
        return record


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


def _read_mark(stored: Mapping[str, Any]) -> Mark:
    return Mark(
        taken=moment(stored["taken"]),
        newest_record_id=optional(integer, stored["newest_record_id"]),
        configuration_number=optional(integer, stored["configuration_number"]),
        sync_flag=optional(flag, stored["sync_flag"]),
        report_time=optional(moment, stored["report_time"]),
        pending=optional(integer, stored["pending"]),
    )


def _read_findings(stored: Mapping[str, Any]) -> Findings:
    return Findings(
        job_state=optional(integer, stored["job_state"]),
        finished_at=optional(moment, stored["finished_at"]),
        status_after_finish=flag(stored["status_after_finish"]),
        steps_running=flag(stored["steps_running"]),
        steps_result=optional(integer, stored["steps_result"]),
        progress=optional(integer, stored["progress"]),
        log_success=flag(stored["log_success"]),
        log_failure=flag(stored["log_failure"]),
        configuration_rose=flag(stored["configuration_rose"]),
        flag_cleared=flag(stored["flag_cleared"]),
        pending_cleared=flag(stored["pending_cleared"]),
        # An older version did not look for it.
        code_refused=optional(integer, stored.get("code_refused")),
    )


def _read_verdict(stored: Mapping[str, Any]) -> Verdict:
    return Verdict(
        Outcome(stored["outcome"]),
        Reason(stored["reason"]),
        tuple(Evidence(item) for item in stored["evidence"]),
    )


def take_mark(
    now: datetime,
    status: PanelStatus | None,
    newest_record_id: int | None,
    pending: int | None,
) -> Mark:
    """Put down what is true just before a start (design 5.2)."""
    return Mark(
        taken=now,
        newest_record_id=newest_record_id,
        configuration_number=None if status is None else status.configuration_number,
        sync_flag=None if status is None else status.sync_flag,
        report_time=None if status is None else status.report_time,
        pending=pending,
    )


class SyncRun:
    """One run on its way. `record` is always what was last stored."""

    def __init__(
        self, link: PanelLink, record: RunRecord, save: SaveRun, now: Now
    ) -> None:
        """Take up a new or a stored record."""
        self._link = link
        self._save = save
        self._now = now
        self.record = record

    async def _keep(self, **changes: Any) -> None:
        self.record = replace(self.record, **changes)
        await self._save(self.record)

    async def _end(self, verdict: Verdict, error: ClientError | None = None) -> None:
        changes: dict[str, Any] = {
            "phase": Phase.ENDED,
            "ended": self._now(),
            "verdict": verdict,
        }
        if error is not None:
            changes |= {"service_code": error.code, "service_text": error.text}
        elif verdict.outcome is Outcome.FAILED:
            # What was said of a lost answer is not why it failed.
            code = self.record.found.failing_code
            changes |= {"service_code": code, "service_text": ""}
        await self._keep(**changes)

    async def _postpone(self, error: SignInPostponed) -> None:
        """End a run of which nothing was sent: its sign-in has to wait (design 6)."""
        wait = math.ceil(error.wait.total_seconds())
        self.record = replace(self.record, accepted=None, wait=wait)
        await self._end(Verdict(Outcome.REFUSED, Reason.SIGN_IN_POSTPONED))

    async def start(self, codes: Codes) -> None:
        """Store the intent, send the start once, store the answer.

        Afterwards the record is followed, or ended where the service refused. A start
        whose answer was lost is followed too: it may have been accepted. Where `save`
        raises for the intent, nothing was sent.
        """
        await self._save(self.record)
        try:
            answer = await self._link.start(self.record.kind, codes)
        except RouteGone as err:
            reason = (
                Reason.NO_USER_SYNC_WAY
                if self.record.kind is SyncKind.USERS
                else Reason.ROUTE_GONE
            )
            await self._end(Verdict(Outcome.REFUSED, reason), err)
        except SignInPostponed as err:
            await self._postpone(err)
        except ServiceUnreachable as err:
            if err.sent:
                await self._keep(
                    phase=Phase.FOLLOWED,
                    accepted=self._now(),
                    doubt=Reason.ANSWER_LOST,
                    service_code=err.code,
                    service_text=err.text,
                )
            else:
                await self._end(Verdict(Outcome.FAILED, err.reason), err)
        except ClientError as err:
            await self._end(Verdict(Outcome.FAILED, err.reason), err)
        else:
            await self._keep(
                phase=Phase.FOLLOWED,
                accepted=self._now(),
                job_id=answer.job_id,
                route=answer.route,
            )

    async def accept_refresh(self) -> None:
        """Store that a refresh was accepted; `refresh` then asks the panel."""
        await self._keep(phase=Phase.FOLLOWED, accepted=self._now())

    async def refresh(self) -> None:
        """Ask the panel itself for its zones and end the run with what came back."""
        try:
            live = await self._link.read_live()
        except FeatureMissing as err:
            await self._end(
                Verdict(Outcome.UNCONFIRMED, Reason.LIVE_READ_UNSUPPORTED), err
            )
        except RouteGone as err:
            await self._end(Verdict(Outcome.UNCONFIRMED, Reason.ROUTE_GONE), err)
        except SignInPostponed as err:
            await self._postpone(err)
        except ClientError as err:
            await self._end(Verdict(Outcome.FAILED, err.reason), err)
        else:
            await self._end(
                Verdict(Outcome.SUCCEEDED, Reason.PROVEN, (Evidence.LIVE_READ,))
                if live.zones
                else Verdict(Outcome.UNCONFIRMED, Reason.NO_ZONES)
            )

    async def resume(self) -> None:
        """Take up a stored run that had not ended. Nothing is ever sent again.

        A refresh leaves nothing to look for, so it ends as interrupted at once.
        """
        if self.record.kind is SyncKind.REFRESH:
            await self._end(Verdict(Outcome.UNCONFIRMED, Reason.INTERRUPTED))
        elif self.record.phase is Phase.INTENT:
            await self._keep(phase=Phase.FOLLOWED, doubt=Reason.INTERRUPTED)

    async def observe(self, snapshot: Snapshot) -> bool:
        """Judge one snapshot; True when the run ended with it."""
        record = self.record
        # Two looks may overlap: the one that comes too late decides nothing.
        if record.phase is Phase.ENDED:
            return False
        # Without an answer to our start no job and no steps are ours (design 5.6).
        if record.accepted is None:
            snapshot = replace(snapshot, job=None, steps=None)
        found = gather(record.kind, record.mark, record.found, snapshot)
        overdue = record.looked and snapshot.taken - record.asked >= FOLLOW_LIMIT
        verdict = judge(
            record.kind, record.mark, found, now=snapshot.taken, overdue=overdue
        )
        if verdict is None:
            if found != record.found or not record.looked:
                await self._keep(found=found, looked=True)
            return False
        if verdict.reason is Reason.TIME_LIMIT and record.doubt is not None:
            verdict = replace(verdict, reason=record.doubt)
        self.record = replace(record, found=found, looked=True)
        await self._end(verdict)
        return True


def late_proof(record: RunRecord, snapshot: Snapshot) -> RunRecord | None:
    """Return the record with what a late look adds to it, None where that is nothing.

    An outcome is upgraded once, within 24 hours, and only to a proven one (design 5.4);
    the record then says so. All else, a late failure too, is kept beside the outcome,
    since success and failure after one mark prove nothing (5.5).
    """
    if not record.awaits_proof or snapshot.taken - record.asked > LATE_PROOF_LIMIT:
        return None
    # Job and steps are asked for while a run is open, so they are not this one's.
    snapshot = replace(snapshot, job=None, steps=None, code_refused=None)
    found = gather(record.kind, record.mark, record.found, snapshot)
    verdict = judge(record.kind, record.mark, found, now=snapshot.taken, overdue=False)
    if verdict is not None and verdict.outcome is Outcome.SUCCEEDED:
        return replace(
            record, found=found, verdict=verdict, upgraded=True, ended=snapshot.taken
        )
    return None if found == record.found else replace(record, found=found)

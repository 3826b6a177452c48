"""One run at one location, from press to outcome.

`OpenRun` and `EndedRun` are all that is known of a run and all that is stored of it;
`SyncRun` sends the start, once, and keeps the record. A run never polls: whoever reads
the location hands it snapshots.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
import math
from typing import Any, Final, Self

from ..errors import (
    ClientError,
    FeatureMissing,
    RateLimited,
    RouteGone,
    ServiceUnreachable,
    SignInPostponed,
    UnclearAnswer,
)
from ..models import Codes, Evidence, Outcome, PanelStatus, Reason, SyncKind
from ..panel_link import PanelLink
from .judgement import (
    FOLLOW_LIMIT,
    LATE_PROOF_LIMIT,
    Findings,
    Judgement,
    Mark,
    Snapshot,
    gather,
    judge,
)
from .serialization import read_flag, read_integer, read_optional, read_text, read_time

USUAL_WAIT: Final = timedelta(minutes=1)
"""How long to wait where the service asked for fewer requests and did not say."""

type SaveRun = Callable[["OpenRun | EndedRun"], Awaitable[None]]
type Now = Callable[[], datetime]


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
        self, judgement: Judgement, ended: datetime, wait: int | None = None
    ) -> EndedRun:
        """Return the run as it ended."""
        known = {item.name: getattr(self, item.name) for item in fields(Run)}
        if judgement.outcome is Outcome.FAILED:
            # What was said of a lost answer is not why it failed.
            known |= {"service_code": self.found.failing_code, "service_text": ""}
        return EndedRun(**known, judgement=judgement, ended=ended, wait=wait)

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
        return not self.upgraded and self.outcome in (
            Outcome.UNCONFIRMED,
            Outcome.FINISHED,
        )

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read a stored record; raises as that of `OpenRun`."""
        return cls(
            **_read_run(stored),
            judgement=_read_judgement(stored["judgement"]),
            ended=read_time(stored["ended"]),
            upgraded=read_flag(stored["upgraded"]),
            wait=read_optional(read_integer, stored["wait"]),
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
    )


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


def take_mark(
    now: datetime,
    status: PanelStatus | None,
    newest_record_id: int | None,
    pending: int | None,
) -> Mark:
    """Put down what is true just before a start."""
    return Mark(
        taken=now,
        newest_record_id=newest_record_id,
        configuration_number=None if status is None else status.configuration_number,
        sync_flag=None if status is None else status.sync_flag,
        report_time=None if status is None else status.report_time,
        pending=pending,
    )


class SyncRun:
    """One run on its way; `record` is all that is known of it.

    What it sends it stores before and after. What it observes the caller stores.
    """

    def __init__(
        self, link: PanelLink, record: OpenRun, save: SaveRun, now: Now
    ) -> None:
        """Begin with a new record, or resume a stored one."""
        self._link = link
        self._save = save
        self._now = now
        self.record: OpenRun | EndedRun = record

    async def _keep(self, record: OpenRun) -> None:
        self.record = record
        await self._save(record)

    async def _end(
        self,
        record: OpenRun,
        judgement: Judgement,
        error: ClientError | None = None,
        wait: int | None = None,
    ) -> EndedRun:
        ended = record.end(judgement, self._now(), wait)
        if error is not None:
            ended = replace(ended, service_code=error.code, service_text=error.text)
        self.record = ended
        await self._save(ended)
        return ended

    async def _postpone(
        self, record: OpenRun, error: SignInPostponed | RateLimited
    ) -> EndedRun:
        """End a run of which nothing was sent: it has to wait before it may be."""
        wait = (
            error.wait
            if isinstance(error, SignInPostponed)
            else error.retry_after or USUAL_WAIT
        )
        return await self._end(
            replace(record, accepted=None),
            Judgement(Outcome.REFUSED, error.reason),
            wait=math.ceil(wait.total_seconds()),
        )

    async def start(self, codes: Codes) -> None:
        """Store the intent, send the start once, store the answer.

        Afterwards the record is followed, or ended where the service refused. A start
        whose answer was lost is followed too: it may have been accepted. Where `save`
        raises for the intent, nothing was sent.
        """
        await self._save(self.record)
        try:
            answer = await self._link.start(self.record.kind, codes)
        except ClientError as err:
            await self._not_accepted(self._open, err)
        else:
            await self._keep(
                replace(
                    self._open,
                    phase=RunPhase.FOLLOWED,
                    accepted=self._now(),
                    job_id=answer.job_id,
                    route=answer.route,
                    uncertainty=None if answer.code is None else Reason.ANSWER_UNKNOWN,
                    service_code=answer.code,
                    service_text=answer.text,
                )
            )

    @property
    def _open(self) -> OpenRun:
        assert isinstance(self.record, OpenRun)
        return self.record

    async def _not_accepted(self, record: OpenRun, error: ClientError) -> None:
        match error:
            case RouteGone():
                reason = (
                    Reason.NO_USER_SYNC_WAY
                    if record.kind is SyncKind.USERS
                    else Reason.ROUTE_GONE
                )
                await self._end(record, Judgement(Outcome.REFUSED, reason), error)
            case SignInPostponed() | RateLimited():
                await self._postpone(record, error)
            case ServiceUnreachable(sent=True):
                is_unclear = isinstance(error, UnclearAnswer)
                await self._keep(
                    replace(
                        record,
                        phase=RunPhase.FOLLOWED,
                        accepted=self._now(),
                        uncertainty=Reason.ANSWER_UNKNOWN
                        if is_unclear
                        else Reason.ANSWER_LOST,
                        service_code=error.code,
                        service_text=error.text,
                    )
                )
            case _:
                await self._end(record, Judgement(Outcome.FAILED, error.reason), error)

    async def accept_refresh(self) -> None:
        """Store that a refresh was accepted; `refresh` then asks the panel."""
        await self._keep(
            replace(self._open, phase=RunPhase.FOLLOWED, accepted=self._now())
        )

    async def refresh(self) -> EndedRun:
        """Ask the panel itself for its zones and end the run with what came back."""
        record = self._open
        try:
            live = await self._link.read_live()
        except FeatureMissing as err:
            unsupported = Judgement(Outcome.UNCONFIRMED, Reason.LIVE_READ_UNSUPPORTED)
            return await self._end(record, unsupported, err)
        except RouteGone as err:
            gone = Judgement(Outcome.UNCONFIRMED, Reason.ROUTE_GONE)
            return await self._end(record, gone, err)
        except (SignInPostponed, RateLimited) as err:
            return await self._postpone(record, err)
        except ClientError as err:
            return await self._end(record, Judgement(Outcome.FAILED, err.reason), err)
        return await self._end(
            record,
            Judgement(Outcome.SUCCEEDED, Reason.PROVEN, (Evidence.LIVE_READ,))
            if live.zones
            else Judgement(Outcome.UNCONFIRMED, Reason.NO_ZONES),
        )

    async def resume(self) -> None:
        """Resume a stored run that had not ended. Nothing is ever sent again.

        A refresh leaves nothing to look for, so it ends as interrupted at once.
        """
        record = self._open
        if record.kind is SyncKind.REFRESH:
            await self._end(record, Judgement(Outcome.UNCONFIRMED, Reason.INTERRUPTED))
        elif record.phase is RunPhase.INTENT:
            await self._keep(
                replace(record, phase=RunPhase.FOLLOWED, uncertainty=Reason.INTERRUPTED)
            )

    def observe(self, snapshot: Snapshot) -> OpenRun | EndedRun | None:
        """Judge one snapshot; return the record where that changed it."""
        record = self.record
        # Two looks may overlap: the one that comes too late decides nothing.
        if isinstance(record, EndedRun):
            return None
        # Without an answer to our start no job and no steps are ours.
        if record.accepted is None:
            snapshot = replace(snapshot, job=None, steps=None)
        found = gather(record.kind, record.mark, record.found, snapshot)
        # Asked for long before now, or after: then the clock was set back since.
        overdue = record.looked and abs(snapshot.taken - record.asked) >= FOLLOW_LIMIT
        judgement = judge(
            record.kind, record.mark, found, now=snapshot.taken, overdue=overdue
        )
        looked = replace(record, found=found, looked=True)
        # What is seen while the answer to the start is awaited counts, and ends nothing.
        if judgement is None or record.phase is RunPhase.INTENT:
            self.record = looked
            return None if looked == record else looked
        if judgement.reason is Reason.TIME_LIMIT and record.uncertainty is not None:
            judgement = replace(judgement, reason=record.uncertainty)
        self.record = ended = looked.end(judgement, self._now())
        return ended


def late_proof(record: EndedRun, snapshot: Snapshot) -> EndedRun | None:
    """Return the record with what a late look adds to it, None where that is nothing.

    An outcome is upgraded once, within 24 hours, and only to a proven one; the record
    then says so. All else, a late failure too, is kept beside the outcome, since success
    and failure after one mark prove nothing.
    """
    if not record.awaits_proof or abs(snapshot.taken - record.asked) > LATE_PROOF_LIMIT:
        return None
    # Job and steps are asked for while a run is open, so they are not this run's.
    snapshot = replace(snapshot, job=None, steps=None, code_refused=None)
    found = gather(record.kind, record.mark, record.found, snapshot)
    judgement = judge(
        record.kind, record.mark, found, now=snapshot.taken, overdue=False
    )
    if judgement is not None and judgement.outcome is Outcome.SUCCEEDED:
        return replace(
            record,
            found=found,
            judgement=judgement,
            upgraded=True,
            ended=snapshot.taken,
        )
    return None if found == record.found else replace(record, found=found)

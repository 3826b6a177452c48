"""The judgement of a run: pure functions of marks and findings.

See docs/architecture.md#judgement.

Nothing here reads a clock or a wire. A run gathers findings from each snapshot with
`gather`, and `judge` says what they prove, or None while it is too early to say.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..models import (
    EventRecord,
    JobStatus,
    PanelStatus,
    PendingUserChanges,
    UserSyncSteps,
)
from ..outcomes import CODE_REFUSED_CODES, Evidence, Outcome, Reason, SyncKind

FOLLOW_LIMIT = timedelta(minutes=10)
LATE_PROOF_LIMIT = timedelta(hours=24)
# The log line of a sync is written some seconds after its job ends
# (docs/protocol/total-connect.md#job-state), so a finished job waits this long for its
# proof.
LOG_SETTLE = timedelta(seconds=15)

_JOB_COMPLETE = 2

# A row with one of these is still on its way
# (docs/protocol/total-connect.md#result-codes: "poll again").
_STEPS_GOING_ON = frozenset({0, 4500, 4501})


type Named = tuple[tuple[int, str], ...]
"""Things by their numbers, in order, with their names."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which zones and partitions a copy of a panel has; None where it has no list."""

    zones: Named | None
    partitions: Named


@dataclass(frozen=True, slots=True)
class Mark:
    """What was true just before the start. None: it could not be read."""

    taken: datetime
    newest_record_id: int | None = None
    configuration_number: int | None = None
    sync_flag: bool | None = None
    report_time: datetime | None = None
    pending: int | None = None
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One look at a location while a run is followed; a None was not readable.

    `code_refused` is the code with which the service refused our panel code as its
    steps were asked for.
    """

    taken: datetime
    status: PanelStatus | None = None
    records: tuple[EventRecord, ...] = ()
    job: JobStatus | None = None
    steps: UserSyncSteps | None = None
    pending: PendingUserChanges | None = None
    code_refused: int | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a run has seen since its mark.

    `pending_after` and `flag_after` are what was seen last, once the sync had finished.
    """

    job_state: int | None = None
    finished_at: datetime | None = None
    status_after_finish: bool = False
    steps_running: bool = False
    steps_result: int | None = None
    progress: int | None = None
    log_success: bool = False
    log_failure: bool = False
    configuration_rose: bool = False
    flag_cleared: bool = False
    pending_cleared: bool = False
    code_refused: int | None = None
    pending_after: int | None = None
    flag_after: bool | None = None
    zone_state: int | None = None

    @property
    def failing_code(self) -> int | None:
        """The service's own code of what failed, as far as there is one."""
        if self.code_refused is not None:
            return self.code_refused
        if self.job_state is not None and self.job_state < 0:
            return self.job_state
        return self.steps_result or None


@dataclass(frozen=True, slots=True)
class Judgement:
    """An outcome with its reason and what it rests on."""

    outcome: Outcome
    reason: Reason
    evidence: tuple[Evidence, ...] = ()


def _gather_log(
    kind: SyncKind, mark: Mark, found: Findings, records: tuple[EventRecord, ...]
) -> Findings:
    # Without a mark in the log no record can be told from an older one.
    if mark.newest_record_id is None:
        return found
    for record in records:
        mention = record.mention
        if record.record_id <= mark.newest_record_id or mention is None:
            continue
        if mention.kind is not kind:
            continue
        if mention.success:
            found = replace(found, log_success=True)
        else:
            found = replace(found, log_failure=True)
    return found


def _gather_job(found: Findings, job: JobStatus | None, now: datetime) -> Findings:
    if job is None or job.state is None:
        return found
    # What a job said last of itself stays said; only a failure may still follow.
    if found.job_state == _JOB_COMPLETE and job.state >= 0:
        return found
    found = replace(found, job_state=job.state, zone_state=job.zone_state)
    if job.state == _JOB_COMPLETE:
        found = replace(found, finished_at=found.finished_at or now)
    return found


def _gather_steps(
    found: Findings, steps: UserSyncSteps | None, now: datetime
) -> Findings:
    """Follow this run's own steps; a finished row of the last sync proves nothing.

    The service goes on showing the rows of the previous sync, so only rows that were
    seen below their total after our own start are ours, and a failure in one that was
    not there before. Once they ended, whatever follows is another sync's. See
    docs/protocol/total-connect.md#steps-of-a-user-sync.
    """
    if steps is None or found.steps_result is not None:
        return found
    if steps.result_code not in _STEPS_GOING_ON:
        if found.steps_running or steps.is_new:
            found = replace(found, steps_result=steps.result_code)
        return found
    if steps.current is None or steps.total is None or steps.total <= 0:
        return found
    if steps.current < steps.total:
        progress = max(0, 100 * steps.current // steps.total)
        return replace(found, steps_running=True, progress=progress)
    if not found.steps_running or steps.result_code:
        return found
    return replace(
        found,
        steps_result=0,
        progress=100,
        finished_at=found.finished_at or now,
    )


def _gather_status(mark: Mark, found: Findings, status: PanelStatus) -> Findings:
    # A slow look may bring a status from before the mark: it says nothing of the start.
    if status.read_at < mark.taken:
        return found
    if (
        mark.configuration_number is not None
        and status.configuration_number is not None
        and status.configuration_number > mark.configuration_number
    ):
        found = replace(found, configuration_rose=True)
    if mark.sync_flag is True and status.sync_flag is False:
        found = replace(found, flag_cleared=True)
    if found.finished_at is not None and status.read_at >= found.finished_at:
        found = replace(found, status_after_finish=True, flag_after=status.sync_flag)
    return found


def _gather_pending(
    mark: Mark, found: Findings, pending: PendingUserChanges | None
) -> Findings:
    if pending is None:
        return found
    if found.finished_at is not None:
        found = replace(found, pending_after=pending.count)
    if mark.pending and not pending.count:
        found = replace(found, pending_cleared=True)
    return found


def _gather_code(found: Findings, snapshot: Snapshot) -> Findings:
    """See whether the panel's code was refused, by whatever says so."""
    for code in (snapshot.code_refused, found.job_state, found.steps_result):
        if code in CODE_REFUSED_CODES:
            return replace(found, code_refused=code)
    return found


def gather(kind: SyncKind, mark: Mark, found: Findings, snapshot: Snapshot) -> Findings:
    """Add to the findings what one snapshot shows of a run of this kind."""
    found = _gather_job(found, snapshot.job, snapshot.taken)
    found = _gather_log(kind, mark, found, snapshot.records)
    if kind is SyncKind.USERS:
        found = _gather_steps(found, snapshot.steps, snapshot.taken)
        found = _gather_pending(mark, found, snapshot.pending)
    if snapshot.status is not None:
        found = _gather_status(mark, found, snapshot.status)
    return _gather_code(found, snapshot)


def _zones_let_status_prove(found: Findings) -> bool:
    """Return whether the zones' part of a job is complete, or not known.

    A job may be complete without it: docs/protocol/total-connect.md#job-state.
    """
    return (
        found.job_state != _JOB_COMPLETE
        or found.zone_state is None
        or found.zone_state == _JOB_COMPLETE
    )


def _job_lets_status_prove(found: Findings) -> bool:
    return found.job_state in (None, _JOB_COMPLETE) and _zones_let_status_prove(found)


def _proof(kind: SyncKind, found: Findings) -> tuple[Evidence, ...]:
    evidence: list[Evidence] = []
    if found.log_success:
        evidence.append(Evidence.LOG_RECORD)
    if kind is SyncKind.PANEL and _job_lets_status_prove(found):
        if found.configuration_rose:
            evidence.append(Evidence.CONFIGURATION_NUMBER)
        if found.flag_cleared:
            evidence.append(Evidence.SYNC_FLAG)
    if (
        kind is SyncKind.USERS
        and found.steps_running
        and found.steps_result == 0
        and found.pending_cleared
    ):
        evidence += [Evidence.USER_SYNC_STEPS, Evidence.PENDING_CLEARED]
    if evidence and found.job_state == _JOB_COMPLETE:
        evidence.append(Evidence.JOB_STATE)
    return tuple(evidence)


def _failure(found: Findings) -> tuple[Reason, Evidence] | None:
    if found.log_failure:
        return Reason.LOG_FAILURE, Evidence.LOG_RECORD
    refused = found.code_refused is not None
    reason = Reason.CODE_REFUSED if refused else Reason.JOB_FAILED
    if found.job_state is not None and found.job_state < 0:
        return reason, Evidence.JOB_STATE
    if found.steps_result or refused:
        return reason, Evidence.USER_SYNC_STEPS
    return None


def _finished_evidence(found: Findings) -> tuple[Evidence, ...]:
    evidence: list[Evidence] = []
    if found.job_state == _JOB_COMPLETE:
        evidence.append(Evidence.JOB_STATE)
    if found.steps_result == 0:
        evidence.append(Evidence.USER_SYNC_STEPS)
    return tuple(evidence)


def _speaks_against(kind: SyncKind, found: Findings) -> Reason | None:
    """Return what does not fit a sync that went well, None where all fits."""
    if kind is SyncKind.USERS:
        return Reason.CHANGES_STILL_PENDING if found.pending_after else None
    if not _zones_let_status_prove(found):
        return Reason.ZONES_NOT_SYNCED
    return Reason.SYNC_STILL_REQUIRED if found.flag_after else None


def _settled(mark: Mark, found: Findings, now: datetime) -> bool:
    if found.finished_at is None or not found.status_after_finish:
        return False
    settle = timedelta(0) if mark.newest_record_id is None else LOG_SETTLE
    return now - found.finished_at >= settle


def judge(
    kind: SyncKind, mark: Mark, found: Findings, *, now: datetime, overdue: bool
) -> Judgement | None:
    """Return what the findings prove, or None while the run should be followed on.

    `overdue`: the time limit has passed and at least one look was taken since.
    """
    proof = _proof(kind, found)
    failure = _failure(found)
    if proof and failure:
        return Judgement(
            Outcome.UNCONFIRMED,
            Reason.CONTRADICTION,
            tuple(dict.fromkeys((*proof, failure[1]))),
        )
    if proof:
        return Judgement(Outcome.SUCCEEDED, Reason.PROVEN, proof)
    if failure:
        return Judgement(Outcome.FAILED, failure[0], (failure[1],))
    if found.finished_at is not None and (overdue or _settled(mark, found, now)):
        evidence = _finished_evidence(found)
        if (reason := _speaks_against(kind, found)) is not None:
            return Judgement(Outcome.UNCONFIRMED, reason, evidence)
        return Judgement(Outcome.FINISHED, Reason.NOTHING_TO_PROVE, evidence)
    if overdue:
        return Judgement(Outcome.UNCONFIRMED, Reason.TIME_LIMIT)
    return None

"""What the findings of a run prove, and what they never prove."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.models import JobStatus, PendingUserChanges
from custom_components.panelsync.client.outcomes import (
    Evidence,
    Outcome,
    Reason,
    SyncKind,
)
from custom_components.panelsync.client.sync.judgement import (
    Findings,
    Judgement,
    Mark,
    Snapshot,
    gather,
    judge,
)

from .makers import (
    FOLLOWED_KINDS,
    NOW,
    after,
    log_record,
    marks,
    said,
    snapshots,
    status,
    steps,
)

USERS, PANEL = SyncKind.USERS, SyncKind.PANEL
MARK = Mark(
    taken=NOW,
    newest_record_id=100,
    configuration_number=7,
    sync_flag=True,
    report_time=NOW,
    pending=2,
)
# The mark of a place that shows nothing.
BLIND = Mark(taken=NOW)

PANEL_OK = log_record(101, said(PANEL, success=True))
PANEL_BAD = log_record(102, said(PANEL, success=False))
USERS_OK = log_record(101, said(USERS, success=True))
USERS_BAD = log_record(102, said(USERS, success=False))


def gathered(kind: SyncKind, mark: Mark, looks: Sequence[Snapshot]) -> Findings:
    found = Findings()
    for look in looks:
        found = gather(kind, mark, found, look)
    return found


def verdict(
    kind: SyncKind,
    looks: Sequence[Snapshot],
    *,
    mark: Mark = MARK,
    overdue: bool = False,
) -> Judgement | None:
    now = looks[-1].taken if looks else NOW
    return judge(kind, mark, gathered(kind, mark, looks), now=now, overdue=overdue)


def look(seconds: float = 5, **seen: Any) -> Snapshot:
    """Make a snapshot; number, flag and report are those of a status of its time."""
    shown = {
        name: seen.pop(name) for name in ("number", "flag", "report") if name in seen
    }
    if shown:
        seen["status"] = status(after(seconds), **shown)
    return replace(Snapshot(after(seconds)), **seen)


def proven(*evidence: Evidence) -> Judgement:
    return Judgement(Outcome.SUCCEEDED, Reason.PROVEN, evidence)


def failed(reason: Reason, evidence: Evidence) -> Judgement:
    return Judgement(Outcome.FAILED, reason, (evidence,))


def unconfirmed(reason: Reason, *evidence: Evidence) -> Judgement:
    return Judgement(Outcome.UNCONFIRMED, reason, evidence)


def finished(*evidence: Evidence) -> Judgement:
    return Judgement(Outcome.FINISHED, Reason.NOTHING_TO_PROVE, evidence)


def contradicted(*evidence: Evidence) -> Judgement:
    return Judgement(Outcome.UNCONFIRMED, Reason.CONTRADICTION, evidence)


LOG, NUMBER, FLAG = (
    Evidence.LOG_RECORD,
    Evidence.CONFIGURATION_NUMBER,
    Evidence.SYNC_FLAG,
)
JOB, STEPS, COUNT = (
    Evidence.JOB_STATE,
    Evidence.USER_SYNC_STEPS,
    Evidence.PENDING_CLEARED,
)
NONE_LEFT, ONE_LEFT, TWO_LEFT = map(PendingUserChanges, range(3))
DONE, RUNS, FAILS = JobStatus(2), JobStatus(1), JobStatus(-1)
BEGUN = look(steps=steps(1, 3))
ENDED = look(10, steps=steps(3, 3))

DECIDED: list[tuple[str, SyncKind, list[Snapshot], Judgement]] = [
    ("panel: log", PANEL, [look(records=(PANEL_OK,))], proven(LOG)),
    ("panel: number rose", PANEL, [look(number=8)], proven(NUMBER)),
    ("panel: flag cleared", PANEL, [look(flag=False)], proven(FLAG)),
    ("panel: number rose, job finished", PANEL, [look(number=8, job=DONE)], proven(NUMBER, JOB)),
    ("panel: number rose while the job ran, which then finished", PANEL, [look(number=8, job=RUNS), look(10, job=DONE)], proven(NUMBER, JOB)),
    ("panel: a log record needs no finished job", PANEL, [look(records=(PANEL_OK,), job=RUNS)], proven(LOG)),
    ("panel: everything at once", PANEL, [look(records=(PANEL_OK,), number=8, flag=False, job=DONE)], proven(LOG, NUMBER, FLAG, JOB)),
    ("users: log", USERS, [look(records=(USERS_OK,))], proven(LOG)),
    ("users: own steps and the count", USERS, [BEGUN, look(10, steps=steps(3, 3), pending=NONE_LEFT)], proven(STEPS, COUNT)),
    (
        "users: the count falls after the steps",
        USERS,
        [
            look(steps=steps(0, 3)),
            look(10, steps=steps(3, 3), pending=ONE_LEFT),
            look(15, pending=NONE_LEFT),
        ],
        proven(STEPS, COUNT),
    ),
    (
        "users: what another sync shows after ours ended changes nothing",
        USERS,
        [
            look(steps=steps(0, 3)),
            ENDED,
            look(15, steps=steps(1, 4, -4106), pending=NONE_LEFT),
        ],
        proven(STEPS, COUNT),
    ),
    ("failing log record", PANEL, [look(records=(PANEL_BAD,))], failed(Reason.LOG_FAILURE, LOG)),
    ("failing job state", PANEL, [look(job=FAILS)], failed(Reason.JOB_FAILED, JOB)),
    ("a failing job outweighs a moved number, which needs a finished one", PANEL, [look(job=FAILS, number=8)], failed(Reason.JOB_FAILED, JOB)),
    ("a finished job that then fails", PANEL, [look(job=DONE), look(10, job=FAILS)], failed(Reason.JOB_FAILED, JOB)),
    ("failing steps", USERS, [BEGUN, look(10, steps=steps(2, 3, 4101))], failed(Reason.JOB_FAILED, STEPS)),
    ("failing steps, the row emptied", USERS, [BEGUN, look(10, steps=steps(0, 0, 4101))], failed(Reason.JOB_FAILED, STEPS)),
    # A code that was refused is never sent again
    # (docs/architecture.md#a-start-is-sent-once,
    # docs/protocol/total-connect.md#result-codes).
    ("steps that end as the panel refuses the code", USERS, [BEGUN, look(10, steps=steps(2, 3, -4106))], failed(Reason.CODE_REFUSED, STEPS)),
    ("a job that ends as no code is stored", PANEL, [look(job=JobStatus(-4114))], failed(Reason.CODE_REFUSED, JOB)),
    ("the code is refused as steps are asked for", USERS, [look(code_refused=-4106)], failed(Reason.CODE_REFUSED, STEPS)),
    ("the code is refused as steps are asked for, and the log tells of success", USERS, [look(code_refused=-4106, records=(USERS_OK,))], contradicted(LOG, STEPS)),
    ("success and failure in the log", PANEL, [look(records=(PANEL_BAD, PANEL_OK))], contradicted(LOG)),
    ("success in the log, failing job", PANEL, [look(records=(PANEL_OK,), job=JobStatus(-3))], contradicted(LOG, JOB)),
    ("failing steps, success in the log", USERS, [BEGUN, look(10, steps=steps(1, 3, -4106), records=(USERS_OK,))], contradicted(LOG, STEPS)),
    ("job finished, nothing differed", PANEL, [look(job=DONE), look(21, number=7)], finished(JOB)),
    ("job finished, and the service still asks for a sync", PANEL, [look(job=DONE), look(21, number=7, flag=True)], unconfirmed(Reason.SYNC_STILL_REQUIRED, JOB)),
    ("job finished, its zones not", PANEL, [look(job=JobStatus(2, zone_state=3)), look(21, flag=None)], unconfirmed(Reason.ZONES_NOT_SYNCED, JOB)),
    (
        "job finished, its zones not, and the number rose",
        PANEL,
        [look(job=JobStatus(2, zone_state=-1)), look(21, number=8, flag=False)],
        unconfirmed(Reason.ZONES_NOT_SYNCED, JOB),
    ),
    ("job finished with its zones", PANEL, [look(job=JobStatus(2, zone_state=2)), look(21, flag=None)], finished(JOB)),
    (
        "own steps ended, and as many changes wait",
        USERS,
        [
            BEGUN,
            look(10, steps=steps(3, 3), pending=TWO_LEFT),
            look(26, flag=None, pending=TWO_LEFT),
        ],
        unconfirmed(Reason.CHANGES_STILL_PENDING, STEPS),
    ),
    ("a new row that tells of a failure", USERS, [look(steps=replace(steps(0, 6, -4104), is_new=True))], failed(Reason.JOB_FAILED, STEPS)),
    ("a new row that refuses the code", USERS, [look(steps=replace(steps(0, 0, -4106), is_new=True))], failed(Reason.CODE_REFUSED, STEPS)),
    ("a job that shows another state once it is finished stays finished", PANEL, [look(job=DONE), look(21, job=RUNS, flag=None)], finished(JOB)),
    ("own steps ended, the count unknown", USERS, [BEGUN, ENDED, look(26, number=8)], finished(STEPS)),
    ("job and own steps ended", USERS, [BEGUN, look(10, steps=steps(3, 3), job=DONE), look(26, flag=None)], finished(JOB, STEPS)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "looks", "expected"),
    [row[1:] for row in DECIDED],
    ids=[row[0] for row in DECIDED],
)
def test_what_is_decided_before_the_time_limit(
    kind: SyncKind, looks: list[Snapshot], expected: Judgement
) -> None:
    assert verdict(kind, looks) == expected


PROVES_NOTHING: list[tuple[str, SyncKind, Mark, list[Snapshot]]] = [
    ("nothing was seen", PANEL, MARK, [look()]),
    ("a kind that is not followed", SyncKind.REFRESH, MARK, [look(number=8)]),
    ("a report time that moves alone (any door does that)", PANEL, MARK, [look(number=7, flag=True, report=after(4))]),
    ("a record that is not newer than the mark", PANEL, MARK, [look(records=(replace(PANEL_OK, record_id=100), replace(PANEL_BAD, record_id=99)))]),
    ("records without a mark in the log", PANEL, BLIND, [look(records=(PANEL_OK, PANEL_BAD))]),
    ("records of the other kind", PANEL, MARK, [look(records=(USERS_OK, USERS_BAD))]),
    ("a text without meaning", PANEL, MARK, [look(records=(log_record(101),))]),
    ("a number without one in the mark", PANEL, BLIND, [look(number=8, flag=False)]),
    ("a number that fell, a flag that is still set", PANEL, MARK, [look(number=6, flag=True)]),
    ("a flag that was not set", PANEL, replace(MARK, sync_flag=False), [look(flag=False)]),
    ("a flag that is not sent any more", PANEL, MARK, [look(flag=None)]),
    ("a status read before the mark, told after it", PANEL, MARK, [look(status=status(after(-1), number=8, flag=False))]),
    ("number and flag while the job runs", PANEL, MARK, [look(number=8, flag=False, job=RUNS)]),
    ("number and flag in an unknown state of the job", PANEL, MARK, [look(number=8, flag=False, job=JobStatus(3))]),
    ("a job without a state", PANEL, MARK, [look(job=JobStatus(None))]),
    ("a job in an unknown state", PANEL, MARK, [look(job=JobStatus(3))]),
    ("a job that finished just now: its record is still on the way", PANEL, MARK, [look(job=DONE), look(10, number=7)]),
    ("a job that finished, and no status since", PANEL, MARK, [look(job=DONE, status=status(after(4), number=7)), look(60)]),
    ("number and flag prove no user sync", USERS, MARK, [look(number=8)]),
    ("finished rows of an earlier user sync", USERS, MARK, [look(steps=steps(3, 3)), look(10, steps=steps(3, 3), pending=NONE_LEFT)]),
    ("failed rows of an earlier user sync", USERS, MARK, [look(steps=steps(1, 3, -4106)), look(10, steps=steps(3, 3, -4106))]),
    ("the count alone", USERS, MARK, [look(pending=NONE_LEFT)]),
    ("own steps, and a count that was 0 already", USERS, replace(MARK, pending=0), [BEGUN, look(10, steps=steps(3, 3), pending=NONE_LEFT)]),
    ("own steps, and a count without one in the mark", USERS, BLIND, [BEGUN, look(10, steps=steps(3, 3), pending=NONE_LEFT)]),
    ("own steps, and a count that only fell", USERS, MARK, [BEGUN, look(10, steps=steps(3, 3), pending=ONE_LEFT)]),
    ("own steps not yet at their total", USERS, MARK, [BEGUN, look(10, steps=steps(2, 3), pending=NONE_LEFT)]),
    ("steps without numbers", USERS, MARK, [look(steps=steps(None, 3)), look(10, steps=steps(1, None))]),
    ("steps without sense", USERS, MARK, [look(steps=steps(-6, -5)), look(10, steps=steps(0, 0), pending=NONE_LEFT)]),
    ("a code that says: ask again", USERS, MARK, [look(steps=steps(1, 3, 4501)), look(10, steps=steps(2, 3, 4500))]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "mark", "looks"),
    [row[1:] for row in PROVES_NOTHING],
    ids=[row[0] for row in PROVES_NOTHING],
)
def test_what_proves_nothing(kind: SyncKind, mark: Mark, looks: list[Snapshot]) -> None:
    assert verdict(kind, looks, mark=mark) is None
    late = verdict(kind, looks, mark=mark, overdue=True)
    assert late is not None
    found = gathered(kind, mark, looks)
    finished = found.finished_at is not None and not found.pending_after
    assert late.outcome is (Outcome.FINISHED if finished else Outcome.UNCONFIRMED)


def test_past_the_time_limit_nothing_known_is_unconfirmed() -> None:
    assert verdict(PANEL, [look(600)], overdue=True) == Judgement(
        Outcome.UNCONFIRMED, Reason.TIME_LIMIT
    )


def test_without_a_log_a_finished_job_does_not_wait_for_a_record() -> None:
    looks = [look(5, job=DONE), look(6, status=status(after(6)))]
    ended = verdict(PANEL, looks, mark=BLIND)
    assert ended is not None
    assert ended.outcome is Outcome.FINISHED


@pytest.mark.parametrize(
    ("rows", "progress"),
    [
        ([], None),
        ([steps(3, 3)], None),
        ([steps(0, 3)], 0),
        ([steps(-1, 3)], 0),
        ([steps(1, 3)], 33),
        ([steps(1, 3), steps(2, 3)], 66),
        ([steps(1, 3), steps(3, 3)], 100),
        ([steps(1, 3), steps(3, 3), steps(0, 3)], 100),
    ],
)
def test_progress_is_of_our_own_steps(rows: list[object], progress: int | None) -> None:
    looks = [look(index, steps=row) for index, row in enumerate(rows)]
    assert gathered(USERS, MARK, looks).progress == progress


def log_speaks(kind: SyncKind, mark: Mark, looks: Sequence[Snapshot]) -> set[bool]:
    """Say which records newer than the mark name this kind: successes, failures."""
    if mark.newest_record_id is None:
        return set()
    return {
        entry.mention.success
        for seen in looks
        for entry in seen.records
        if entry.record_id > mark.newest_record_id
        and entry.mention is not None
        and entry.mention.kind is kind
    }


def service_shows(kind: SyncKind, mark: Mark, looks: Sequence[Snapshot]) -> bool:
    """Say whether something in the state of the service could be a proof.

    See docs/architecture.md#judgement.
    """
    if kind is PANEL:
        reads = [seen.status for seen in looks if seen.status is not None]
        return any(
            (
                mark.configuration_number is not None
                and read.configuration_number is not None
                and read.configuration_number > mark.configuration_number
            )
            or (mark.sync_flag is True and read.sync_flag is False)
            for read in reads
        )
    rows = [seen.steps for seen in looks if seen.steps is not None]
    began = [
        index
        for index, row in enumerate(rows)
        if row.current is not None and row.total is not None and row.current < row.total
    ]
    ended = [
        index
        for index, row in enumerate(rows)
        if row.result_code == 0
        and row.current is not None
        and row.total is not None
        and row.current >= row.total
    ]
    fell = any(seen.pending is not None and seen.pending.count == 0 for seen in looks)
    return bool(began and ended and min(began) < max(ended) and mark.pending and fell)


@given(
    kind=st.sampled_from(FOLLOWED_KINDS),
    mark=marks,
    looks=st.lists(snapshots, max_size=8),
    overdue=st.booleans(),
)
def test_no_outcome_without_its_ground(
    kind: SyncKind, mark: Mark, looks: list[Snapshot], overdue: bool
) -> None:
    ended = verdict(kind, looks, mark=mark, overdue=overdue)
    if ended is None:
        assert not overdue
        return
    log = log_speaks(kind, mark, looks)
    states = {seen.job.state for seen in looks if seen.job is not None} - {None}
    results = {seen.steps.result_code for seen in looks if seen.steps is not None}
    refused = any(seen.code_refused for seen in looks)
    match ended.outcome:
        case Outcome.SUCCEEDED:
            assert True in log or service_shows(kind, mark, looks)
            assert False not in log
            assert ended.evidence
            if kind is PANEL and states and True not in log:
                assert 2 in states
        case Outcome.FAILED:
            assert (
                False in log
                or any((state or 0) < 0 for state in states)
                or (kind is USERS and -4106 in results)
                or refused
            )
        case Outcome.FINISHED:
            assert not log
            assert 2 in states or (kind is USERS and 0 in results)
        case _:
            assert overdue or ended.reason is Reason.CONTRADICTION
    if {True, False} <= log:
        assert ended.outcome is Outcome.UNCONFIRMED


@given(
    kind=st.sampled_from(FOLLOWED_KINDS),
    mark=marks,
    looks=st.lists(snapshots, max_size=6),
)
def test_report_times_are_no_part_of_the_judgement(
    kind: SyncKind, mark: Mark, looks: list[Snapshot]
) -> None:
    still = [
        replace(
            seen,
            status=None
            if seen.status is None
            else replace(seen.status, report_time=None),
        )
        for seen in looks
    ]
    for overdue in (False, True):
        moved = verdict(kind, looks, mark=mark, overdue=overdue)
        unmoved = verdict(
            kind, still, mark=replace(mark, report_time=None), overdue=overdue
        )
        assert moved == unmoved


@given(
    mark=marks,
    looks=st.lists(snapshots, max_size=6),
    result=st.sampled_from([0, -4106]),
    total=st.integers(1, 4),
)
def test_finished_rows_of_an_earlier_user_sync_never_matter(
    mark: Mark, looks: list[Snapshot], result: int, total: int
) -> None:
    old = [replace(seen, steps=steps(total, total, result)) for seen in looks]
    none = [replace(seen, steps=None) for seen in looks]
    for overdue in (False, True):
        assert verdict(USERS, old, mark=mark, overdue=overdue) == verdict(
            USERS, none, mark=mark, overdue=overdue
        )


@given(
    kind=st.sampled_from(FOLLOWED_KINDS),
    mark=marks,
    looks=st.lists(snapshots, max_size=6),
)
def test_without_a_mark_in_the_log_no_record_matters(
    kind: SyncKind, mark: Mark, looks: list[Snapshot]
) -> None:
    blind = replace(mark, newest_record_id=None)
    silent = [replace(seen, records=()) for seen in looks]
    for overdue in (False, True):
        assert verdict(kind, looks, mark=blind, overdue=overdue) == verdict(
            kind, silent, mark=blind, overdue=overdue
        )

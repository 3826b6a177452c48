"""One run, from its intent to its outcome and a late proof."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import json
from typing import Any, override

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.errors import (
    AccountLocked,
    ClientError,
    CodeRefused,
    CredentialsRefused,
    FeatureMissing,
    PanelUnreachable,
    RateLimited,
    RouteUnavailable,
    ServiceRefused,
    ServiceUnreachable,
    SessionEnded,
    SignInPostponed,
    UnclearAnswer,
    UnexpectedAnswer,
)
from custom_components.panelsync.client.models import (
    Codes,
    JobStatus,
    LiveRead,
    PendingUserChanges,
    StartAnswer,
)
from custom_components.panelsync.client.outcomes import (
    Evidence,
    Outcome,
    Reason,
    SyncKind,
)
from custom_components.panelsync.client.serialization import as_json, from_json
from custom_components.panelsync.client.sync.judgement import (
    Findings,
    Judgement,
    Layout,
    Mark,
    Snapshot,
)
from custom_components.panelsync.client.sync.record import EndedRun, OpenRun, RunPhase
from custom_components.panelsync.client.sync.run import (
    PanelLink,
    SaveRun,
    SyncRun,
    late_proof,
    take_mark,
)

from .makers import (
    FOLLOWED_KINDS,
    NOW,
    after,
    completed,
    json_values,
    log_record,
    marks,
    moments,
    said,
    snapshots,
    status,
    steps,
)

USERS, PANEL, REFRESH = SyncKind.USERS, SyncKind.PANEL, SyncKind.REFRESH
CODES = Codes("4711-marked", "0815-marked")
MARK = Mark(NOW, newest_record_id=100, configuration_number=7, pending=2)
DONE = Snapshot(after(5), records=(log_record(101, said(PANEL, success=True)),))
FAILED = Snapshot(after(5), records=(log_record(102, said(PANEL, success=False)),))
QUIET = Snapshot(after(5), status=status(after(5), number=7))


def begun(kind: SyncKind, mark: Mark = MARK, requester: str | None = None) -> OpenRun:
    """Make a run of which nothing was sent yet."""
    return OpenRun(
        run_id="run-1",
        location_id=1,
        kind=kind,
        requested=NOW,
        mark=mark,
        requester=requester,
    )


def ended(run: SyncRun) -> EndedRun:
    assert isinstance(run.record, EndedRun)
    return run.record


def ends(run: SyncRun, seen: Snapshot) -> bool:
    return isinstance(run.observe(seen), EndedRun)


def followed(run: SyncRun) -> OpenRun:
    assert isinstance(run.record, OpenRun)
    assert run.record.phase is RunPhase.FOLLOWED
    return run.record


@dataclass
class Bench:
    """A run with everything it touches: a link, a store and a clock, all written down."""

    kind: SyncKind = PANEL
    answer: StartAnswer | ClientError = field(
        default_factory=lambda: StartAnswer("way", "job-1")
    )
    live: LiveRead | ClientError = field(default_factory=lambda: LiveRead(3))
    now: datetime = NOW
    record: OpenRun | None = None
    journal: list[tuple[str, Any]] = field(default_factory=list)

    def run(
        self, link: PanelLink | None = None, save: SaveRun | None = None
    ) -> SyncRun:
        """Go on with the bench's record, or with a new one."""
        record = self.record or begun(self.kind, requester="somebody")
        link = link or JournalLink(self)
        return SyncRun(link, record, save or self.save, lambda: self.now)

    async def started(self) -> SyncRun:
        """Start a run, or do the one read of a refresh."""
        run = self.run()
        if self.kind is REFRESH:
            await run.accept_refresh()
            await run.refresh()
        else:
            await run.start(CODES)
        return run

    async def save(self, record: OpenRun | EndedRun) -> None:
        self.journal.append(("save", record))

    @property
    def saved(self) -> list[OpenRun | EndedRun]:
        return [what for name, what in self.journal if name == "save"]

    def restored(self, index: int = 0) -> OpenRun:
        """Return what was stored of a run that had not ended, as it comes back."""
        record = self.saved[index]
        assert isinstance(record, OpenRun)
        return restored(record)

    @property
    def calls(self) -> list[str]:
        return [name for name, _ in self.journal]


class JournalLink(PanelLink):
    """Answers what the bench says, and reads nothing."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    @override
    async def start(self, kind: SyncKind, codes: Codes) -> StartAnswer:
        self._bench.journal.append(("start", (kind, codes)))
        if isinstance(self._bench.answer, ClientError):
            raise self._bench.answer
        return self._bench.answer

    @override
    async def read_live(self) -> LiveRead:
        self._bench.journal.append(("live", None))
        if isinstance(self._bench.live, ClientError):
            raise self._bench.live
        return self._bench.live


def restored[RunT: (OpenRun, EndedRun)](record: RunT) -> RunT:
    """Send a record through the store and back."""
    return from_json(type(record), json.loads(json.dumps(as_json(record))))


@pytest.mark.parametrize("kind", FOLLOWED_KINDS)
async def test_intent_is_stored_then_sent_once_then_the_answer_is_stored(
    kind: SyncKind,
) -> None:
    bench = Bench(kind)
    run = await bench.started()
    assert bench.calls == ["save", "start", "save"]
    intent, answered = bench.saved
    assert isinstance(intent, OpenRun)
    assert intent.phase is RunPhase.INTENT
    assert intent.accepted is None
    assert intent.mark == MARK
    assert intent.requester == "somebody"
    assert bench.journal[1][1] == (kind, CODES)
    assert answered.accepted == NOW
    assert (answered.job_id, answered.route) == ("job-1", "way")
    assert followed(run) == answered


async def test_a_store_that_fails_sends_nothing() -> None:
    bench = Bench()

    async def full(record: OpenRun | EndedRun) -> None:
        raise OSError("No space left")

    run = bench.run(save=full)
    with pytest.raises(OSError, match="No space left"):
        await run.start(CODES)
    assert bench.calls == []


ENDS_AT_START: list[tuple[ClientError, Outcome, Reason]] = [
    (RouteUnavailable(), Outcome.REFUSED, Reason.ROUTE_UNAVAILABLE),
    (CredentialsRefused(), Outcome.FAILED, Reason.SIGN_IN_FAILED),
    (AccountLocked(), Outcome.FAILED, Reason.ACCOUNT_LOCKED),
    (SessionEnded(), Outcome.FAILED, Reason.SIGN_IN_FAILED),
    (SignInPostponed(timedelta(minutes=5)), Outcome.REFUSED, Reason.SIGN_IN_POSTPONED),
    (ServiceUnreachable(sent=False), Outcome.FAILED, Reason.SERVICE_UNREACHABLE),
    (ServiceRefused("No", code=-999), Outcome.FAILED, Reason.SERVICE_REFUSED),
    (PanelUnreachable("Away", code=4101), Outcome.FAILED, Reason.PANEL_UNREACHABLE),
    (CodeRefused("Code", code=-4106), Outcome.FAILED, Reason.CODE_REFUSED),
    (FeatureMissing("Never", code=-120), Outcome.FAILED, Reason.FEATURE_MISSING),
]


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    ENDS_AT_START,
    ids=[type(row[0]).__name__ for row in ENDS_AT_START],
)
async def test_a_start_that_was_certainly_not_accepted_ends_the_run(
    error: ClientError, outcome: Outcome, reason: Reason
) -> None:
    bench = Bench(answer=error)
    run = await bench.started()
    assert bench.calls == ["save", "start", "save"]
    record = ended(run)
    assert bench.saved[-1] == record
    assert record.judgement == Judgement(outcome, reason)
    assert record.ended == NOW
    # Nothing was accepted, so nothing cools down.
    assert record.accepted is None
    assert (record.service_code, record.service_text) == (error.code, error.text)


@pytest.mark.parametrize("kind", list(SyncKind))
@pytest.mark.parametrize(
    ("error", "reason", "wait"),
    [
        (SignInPostponed(timedelta(seconds=297.4)), Reason.SIGN_IN_POSTPONED, 298),
        (
            RateLimited("Fewer", sent=False, retry_after=timedelta(seconds=90.2)),
            Reason.RATE_LIMITED,
            91,
        ),
        (RateLimited("Fewer", sent=False), Reason.RATE_LIMITED, 60),
    ],
)
async def test_what_has_to_wait_is_refused_with_its_wait(
    kind: SyncKind, error: ClientError, reason: Reason, wait: int
) -> None:
    """Refused means not sent; the wait outlives a restart.

    See docs/architecture.md#outcomes.
    """
    run = await Bench(kind, answer=error, live=error).started()
    assert ended(run).judgement == Judgement(Outcome.REFUSED, reason)
    assert ended(run).wait == wait
    assert restored(ended(run)).wait == wait
    assert run.record.accepted is None
    assert (run.record.service_code, run.record.service_text) == (None, "")


async def test_a_user_sync_without_a_way_says_so() -> None:
    run = await Bench(USERS, answer=RouteUnavailable()).started()
    assert ended(run).judgement == Judgement(Outcome.REFUSED, Reason.NO_USER_SYNC_WAY)


@pytest.mark.parametrize("kind", FOLLOWED_KINDS)
@pytest.mark.parametrize(
    "error", [ServiceUnreachable("Timed out"), UnexpectedAnswer("HTML", code=500)]
)
async def test_a_start_whose_answer_was_lost_is_followed_and_never_repeated(
    kind: SyncKind, error: ClientError
) -> None:
    bench = Bench(kind, answer=error)
    run = await bench.started()
    assert bench.calls == ["save", "start", "save"]
    assert followed(run)
    # It may have been accepted, so it cools down.
    assert run.record.accepted == NOW
    assert run.record.service_text == error.text
    assert not ends(run, Snapshot(after(599)))
    assert ends(run, Snapshot(after(600)))
    assert ended(run).judgement == Judgement(Outcome.UNCONFIRMED, Reason.ANSWER_LOST)
    assert bench.calls.count("start") == 1


@pytest.mark.parametrize("kind", FOLLOWED_KINDS)
@pytest.mark.parametrize(
    "answer",
    [
        StartAnswer("way", "job-1", -98765, "Something new"),
        UnclearAnswer("Something new", code=-98765),
    ],
)
async def test_an_answer_nobody_understands_is_followed_and_can_be_proven(
    kind: SyncKind, answer: StartAnswer | ClientError
) -> None:
    run = await Bench(kind, answer=answer).started()
    assert followed(run).accepted == NOW
    assert (run.record.service_code, run.record.service_text) == (
        -98765,
        "Something new",
    )
    assert not ends(run, Snapshot(after(599)))
    assert ends(run, Snapshot(after(600)))
    unknown = ended(run)
    assert unknown.judgement == Judgement(Outcome.UNCONFIRMED, Reason.ANSWER_UNKNOWN)
    proof = Snapshot(after(900), records=(log_record(101, said(kind, success=True)),))
    late = late_proof(unknown, proof)
    assert late is not None
    assert (late.outcome, late.upgraded) == (Outcome.SUCCEEDED, True)


async def test_a_lost_answer_may_still_be_proven() -> None:
    run = await Bench(answer=ServiceUnreachable()).started()
    assert ends(run, DONE)
    assert ended(run).outcome is Outcome.SUCCEEDED


async def test_what_is_seen_while_the_answer_is_awaited_counts() -> None:
    """The log may tell of the end before the start itself is answered."""
    bench = Bench()
    answered = asyncio.Event()
    journal_link = JournalLink(bench)

    class SlowLink(JournalLink):
        @override
        async def start(self, kind: SyncKind, codes: Codes) -> StartAnswer:
            await answered.wait()
            return await journal_link.start(kind, codes)

    run = bench.run(SlowLink(bench))
    starting = asyncio.ensure_future(run.start(CODES))
    while not bench.saved:
        await asyncio.sleep(0)
    # Nothing ends that is still being sent.
    assert not ends(run, DONE)
    answered.set()
    await starting
    assert followed(run).found.log_success
    assert ends(run, QUIET)
    assert ended(run).judgement == Judgement(
        Outcome.SUCCEEDED, Reason.PROVEN, (Evidence.LOG_RECORD,)
    )


async def test_following_returns_what_is_new_and_the_end() -> None:
    bench = Bench(USERS)
    run = await bench.started()
    assert run.observe(Snapshot(after(5), steps=steps(1, 4))) == followed(run)
    assert followed(run).found.progress == 25
    assert run.observe(Snapshot(after(10), steps=steps(1, 4))) is None
    bench.now = after(15)
    last = Snapshot(after(15), steps=steps(4, 4), pending=PendingUserChanges(0))
    assert run.observe(last) == ended(run)
    # Whoever hands it the looks stores what they change.
    assert bench.calls == ["save", "start", "save"]
    record = ended(run)
    assert record.outcome is Outcome.SUCCEEDED
    assert record.ended == after(15)
    assert record.found.progress == 100
    assert not record.awaits_proof


async def test_an_ended_run_takes_no_more_snapshots() -> None:
    bench = Bench()
    run = await bench.started()
    assert ends(run, DONE)
    before = run.record
    assert not ends(run, FAILED)
    assert run.record == before
    assert len(bench.saved) == 2


@pytest.mark.parametrize(
    ("live", "judgement"),
    [
        (
            LiveRead(3),
            Judgement(Outcome.SUCCEEDED, Reason.PROVEN, (Evidence.LIVE_READ,)),
        ),
        (LiveRead(0), Judgement(Outcome.UNCONFIRMED, Reason.NO_ZONES)),
        (
            FeatureMissing("Never", code=-120),
            Judgement(Outcome.UNCONFIRMED, Reason.LIVE_READ_UNSUPPORTED),
        ),
        (RouteUnavailable(), Judgement(Outcome.UNCONFIRMED, Reason.ROUTE_UNAVAILABLE)),
        (ServiceUnreachable(), Judgement(Outcome.FAILED, Reason.SERVICE_UNREACHABLE)),
        (UnexpectedAnswer(), Judgement(Outcome.FAILED, Reason.SERVICE_UNREACHABLE)),
        (
            PanelUnreachable("Away", code=4101),
            Judgement(Outcome.FAILED, Reason.PANEL_UNREACHABLE),
        ),
        (ServiceRefused(code=-999), Judgement(Outcome.FAILED, Reason.SERVICE_REFUSED)),
        (SessionEnded(), Judgement(Outcome.FAILED, Reason.SIGN_IN_FAILED)),
        (CredentialsRefused(), Judgement(Outcome.FAILED, Reason.SIGN_IN_FAILED)),
        (AccountLocked(), Judgement(Outcome.FAILED, Reason.ACCOUNT_LOCKED)),
        (
            SignInPostponed(timedelta(minutes=5)),
            Judgement(Outcome.REFUSED, Reason.SIGN_IN_POSTPONED),
        ),
    ],
)
async def test_a_refresh_ends_with_what_the_live_read_says(
    live: LiveRead | ClientError, judgement: Judgement
) -> None:
    bench = Bench(REFRESH, live=live)
    run = await bench.started()
    begun = bench.saved[0]
    assert isinstance(begun, OpenRun)
    assert (begun.phase, begun.accepted) == (RunPhase.FOLLOWED, NOW)
    assert bench.calls == ["save", "live", "save"]
    assert ended(run).judgement == judgement
    if isinstance(live, ClientError):
        assert run.record.service_code == live.code


async def resumed(
    kind: SyncKind = PANEL, *, answered: bool = False
) -> tuple[Bench, SyncRun]:
    """Stop between the intent and the answer, or after that, and go on later."""
    first = Bench(kind)
    await first.started()
    bench = Bench(kind, record=first.restored(-1 if answered else 0))
    run = bench.run()
    await run.resume()
    return bench, run


@pytest.mark.parametrize("kind", FOLLOWED_KINDS)
async def test_an_intent_without_an_answer_is_never_started(kind: SyncKind) -> None:
    bench, run = await resumed(kind)
    assert followed(run)
    assert run.record.accepted is None
    for second in (3600, 3605):
        run.observe(Snapshot(after(second)))
    assert ended(run).judgement == Judgement(Outcome.UNCONFIRMED, Reason.INTERRUPTED)
    assert "start" not in bench.calls
    assert "live" not in bench.calls


async def test_an_intent_without_an_answer_is_judged_by_mark_and_log() -> None:
    _, run = await resumed()
    assert ends(run, DONE)
    assert ended(run).outcome is Outcome.SUCCEEDED


async def test_an_intent_without_an_answer_claims_nobodys_steps_and_no_job() -> None:
    _, run = await resumed(USERS)
    run.observe(Snapshot(after(5), steps=steps(1, 3), job=JobStatus(2)))
    run.observe(Snapshot(after(10), steps=steps(3, 3), pending=PendingUserChanges(0)))
    run.observe(Snapshot(after(900)))
    assert ended(run).judgement == Judgement(Outcome.UNCONFIRMED, Reason.INTERRUPTED)


async def test_a_refresh_that_was_interrupted_ends_at_once() -> None:
    bench = Bench(REFRESH)
    await bench.run().accept_refresh()
    later = Bench(REFRESH, record=bench.restored(-1), now=after(60))
    run = later.run()
    await run.resume()
    assert ended(run).judgement == Judgement(Outcome.UNCONFIRMED, Reason.INTERRUPTED)
    assert ended(run).ended == after(60)
    assert later.calls == ["save"]


async def test_a_run_with_an_answer_is_followed_on_with_a_look_past_the_limit() -> None:
    bench, run = await resumed(answered=True)
    assert run.record.job_id == "job-1"
    # Home Assistant was away for an hour: the first look does not end it unproven.
    assert not ends(run, replace(QUIET, taken=after(3600)))
    assert ends(run, replace(QUIET, taken=after(3605)))
    assert ended(run).judgement == Judgement(Outcome.UNCONFIRMED, Reason.TIME_LIMIT)
    assert "start" not in bench.calls


@pytest.mark.parametrize("back", [600, 3600, 366 * 86400])
async def test_a_run_that_was_asked_for_in_the_future_is_overdue(back: int) -> None:
    """The clock was set back since: the location must not stay syncing for a year."""
    _, run = await resumed(answered=True)
    assert not ends(run, replace(QUIET, taken=after(-back)))
    assert ends(run, replace(QUIET, taken=after(-back - 5)))
    assert ended(run).judgement == Judgement(Outcome.UNCONFIRMED, Reason.TIME_LIMIT)


async def test_the_first_look_after_a_restart_may_prove() -> None:
    _, run = await resumed(answered=True)
    assert ends(run, replace(DONE, taken=after(3600)))
    assert ended(run).outcome is Outcome.SUCCEEDED


def ended_run(
    outcome: Outcome = Outcome.UNCONFIRMED, reason: Reason = Reason.TIME_LIMIT
) -> EndedRun:
    """Make a panel run that ended after ten minutes."""
    followed = replace(begun(PANEL), phase=RunPhase.FOLLOWED, accepted=NOW)
    return followed.end(Judgement(outcome, reason), after(600))


@pytest.mark.parametrize("outcome", [Outcome.UNCONFIRMED, Outcome.FINISHED])
def test_a_late_proof_upgrades_once(outcome: Outcome) -> None:
    upgraded = late_proof(ended_run(outcome), replace(DONE, taken=after(7200)))
    assert upgraded is not None
    assert upgraded.upgraded
    assert upgraded.ended == after(7200)
    assert upgraded.judgement == Judgement(
        Outcome.SUCCEEDED, Reason.PROVEN, (Evidence.LOG_RECORD,)
    )
    assert late_proof(upgraded, replace(FAILED, taken=after(7300))) is None
    assert late_proof(upgraded, replace(DONE, taken=after(7300))) is None


@pytest.mark.parametrize(
    "outcome", [Outcome.SUCCEEDED, Outcome.FAILED, Outcome.REFUSED]
)
def test_other_outcomes_are_final(outcome: Outcome) -> None:
    assert late_proof(ended_run(outcome), replace(DONE, taken=after(7200))) is None


@pytest.mark.parametrize(("hours", "proven"), [(23.9, True), (24, True), (24.1, False)])
def test_a_late_proof_counts_for_24_hours(hours: float, proven: bool) -> None:
    late = late_proof(ended_run(), replace(DONE, taken=after(hours * 3600)))
    assert (late is not None) is proven


def test_a_late_look_without_news_changes_nothing() -> None:
    assert late_proof(ended_run(), replace(QUIET, taken=after(7200))) is None


def test_a_late_failure_is_kept_and_spoils_a_later_success() -> None:
    spoilt = late_proof(ended_run(), replace(FAILED, taken=after(7200)))
    assert spoilt is not None
    assert not spoilt.upgraded
    assert spoilt.judgement == ended_run().judgement
    assert spoilt.ended == after(600)
    both = late_proof(spoilt, replace(DONE, taken=after(7300)))
    assert both is not None
    assert not both.upgraded
    assert both.judgement == ended_run().judgement


@pytest.mark.parametrize(
    "foreign",
    [
        {"job": JobStatus(-4104)},
        {"job": JobStatus(2)},
        {"steps": steps(1, 3)},
        {"code_refused": -4106},
    ],
    ids=str,
)
def test_what_another_run_is_asked_for_is_not_this_ones(foreign: Any) -> None:
    """Jobs, steps and codes are those of the run that is going on at the location."""
    seen = replace(QUIET, taken=after(7200), **foreign)
    assert late_proof(ended_run(), seen) is None
    proven = late_proof(ended_run(), replace(DONE, taken=after(7300), **foreign))
    assert proven is not None
    assert proven.judgement == Judgement(
        Outcome.SUCCEEDED, Reason.PROVEN, (Evidence.LOG_RECORD,)
    )


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        ({"job": JobStatus(-4104)}, -4104),
        ({"code_refused": -4114}, -4114),
        ({"records": FAILED.records}, None),
    ],
    ids=str,
)
async def test_a_failure_keeps_the_services_own_code_and_no_older_words(
    seen: Any, code: int | None
) -> None:
    run = await Bench(answer=ServiceUnreachable("The connection broke")).started()
    assert run.record.service_text == "The connection broke"
    run.observe(replace(QUIET, **seen))
    assert ended(run).outcome is Outcome.FAILED
    assert (run.record.service_code, run.record.service_text) == (code, "")


async def test_success_and_failure_after_one_mark_stay_unconfirmed() -> None:
    run = await Bench().started()
    assert ends(run, replace(DONE, records=DONE.records + FAILED.records))
    assert ended(run).judgement == Judgement(
        Outcome.UNCONFIRMED, Reason.CONTRADICTION, (Evidence.LOG_RECORD,)
    )
    late = late_proof(ended(run), replace(DONE, taken=after(900)))
    assert late is None or not late.upgraded


@given(
    kind=st.sampled_from(FOLLOWED_KINDS),
    mark=marks,
    looks=st.lists(snapshots, max_size=10),
    lost=st.booleans(),
)
def test_no_clock_and_no_order_of_looks_turns_an_outcome_but_one_late_proof(
    kind: SyncKind, mark: Mark, looks: list[Snapshot], lost: bool
) -> None:
    bench = Bench(kind, answer=ServiceUnreachable() if lost else StartAnswer("way"))
    bench.record = begun(kind, mark)
    run = bench.run()
    completed(run.start(CODES))
    for seen in looks:
        bench.now = seen.taken
        if ends(run, seen):
            break
    if isinstance(run.record, OpenRun):
        return
    record, upgrades = run.record, 0
    for seen in looks:
        assert not ends(run, seen)
    assert run.record == record
    assert bench.calls.count("start") == 1
    for seen in looks:
        late = late_proof(record, seen)
        if late is None:
            continue
        if late.outcome is not record.outcome or late.judgement != record.judgement:
            upgrades += 1
            assert record.outcome in (Outcome.UNCONFIRMED, Outcome.FINISHED)
            assert late.outcome is Outcome.SUCCEEDED
            assert late.upgraded
            assert seen.taken - record.requested <= timedelta(hours=24)
        record = late
    assert upgrades <= 1


def test_a_mark_is_what_was_read() -> None:
    read = status(number=7, flag=True, report=after(-60))
    assert take_mark(NOW, read, 100, 2) == Mark(
        NOW,
        100,
        7,
        True,
        after(-60),
        2,
        Layout(((0, "Zone 0"),), ((1, "Partition 1"),)),
    )
    assert take_mark(NOW, None, None, None) == Mark(NOW)


judgements = st.builds(
    Judgement,
    st.sampled_from(Outcome),
    st.sampled_from(Reason),
    st.lists(st.sampled_from(Evidence), unique=True).map(tuple),
)
findings = st.builds(
    Findings,
    job_state=st.none() | st.integers(-2, 4),
    finished_at=st.none() | moments,
    status_after_finish=st.booleans(),
    steps_running=st.booleans(),
    steps_result=st.none() | st.integers(-2, 0),
    progress=st.none() | st.integers(0, 100),
    log_success=st.booleans(),
    log_failure=st.booleans(),
    configuration_rose=st.booleans(),
    flag_cleared=st.booleans(),
    pending_cleared=st.booleans(),
    code_refused=st.none() | st.just(-4106),
)
open_runs = st.builds(
    OpenRun,
    run_id=st.text(max_size=8),
    location_id=st.integers(0, 2**40),
    kind=st.sampled_from(SyncKind),
    requested=moments,
    mark=marks,
    requester=st.none() | st.text(max_size=4),
    phase=st.sampled_from(RunPhase),
    accepted=st.none() | moments,
    job_id=st.none() | st.text(max_size=4),
    route=st.none() | st.text(max_size=4),
    uncertainty=st.none() | st.sampled_from(Reason),
    found=findings,
    service_code=st.none() | st.integers(-9999, 9999),
    service_text=st.text(max_size=8),
)


@st.composite
def ended_runs(draw: st.DrawFn) -> EndedRun:
    """Make any ended run that could be left in a store."""
    run = draw(open_runs).end(
        draw(judgements), draw(moments), draw(st.none() | st.integers(0, 900))
    )
    return replace(run, upgraded=draw(st.booleans()))


@given(open_run=open_runs, ended_run=ended_runs())
def test_a_record_comes_back_from_the_store_as_it_was(
    open_run: OpenRun, ended_run: EndedRun
) -> None:
    assert restored(open_run) == open_run
    assert restored(ended_run) == ended_run


@pytest.mark.parametrize(
    "answer", [StartAnswer("way", "job-1"), CodeRefused("Refused", code=-4106)]
)
async def test_no_code_is_ever_stored(answer: StartAnswer | ClientError) -> None:
    bench = Bench(answer=answer)
    run = await bench.started()
    run.observe(DONE)
    stored = [json.dumps(as_json(record)) for record in bench.saved]
    assert len(stored) >= 2
    assert not any("marked" in text for text in stored)
    assert "marked" not in repr(CODES)


values = json_values((), ["users", "ended", "2026-07-01", "2026-07-01T14:00:00"])


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """Break one thing in a stored record."""
    stored = json.loads(json.dumps(as_json(draw(open_runs | ended_runs()))))
    places: list[tuple[Any, Any]] = [(stored, key) for key in stored]
    for value in list(stored.values()):
        if isinstance(value, dict):
            places += [(value, key) for key in value]
    part, key = draw(st.sampled_from(places))
    if draw(st.booleans()):
        del part[key]
    else:
        part[key] = draw(values)
    return stored


@given(stored=damaged() | values, seen=snapshots)
def test_damage_is_noticed_or_harmless(stored: Any, seen: Snapshot) -> None:
    with suppress(ValueError, TypeError, KeyError):
        # What passed can be worked with, and stored again.
        ended = from_json(EndedRun, stored)
        late_proof(ended, seen)
        assert restored(ended) == ended
    with suppress(ValueError, TypeError, KeyError):
        record = from_json(OpenRun, stored)
        run = Bench(record=record).run()
        completed(run.resume())
        run.observe(seen)
        assert restored(record) == record


def broken(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(json.dumps(as_json(ended_run())))
    change(stored)
    return stored


@pytest.mark.parametrize(
    "change",
    [
        lambda stored: stored.clear(),
        lambda stored: stored.pop("mark"),
        lambda stored: stored["mark"].update(newest_record_id="100"),
        lambda stored: stored["mark"].update(newest_record_id=True),
        lambda stored: stored["mark"].update(sync_flag="no"),
        lambda stored: stored.update(requested="2026-07-01T14:00:00"),
        lambda stored: stored.update(requested="yesterday"),
        lambda stored: stored.update(location_id=float("inf")),
        lambda stored: stored.update(kind="arm"),
        lambda stored: stored.update(found=[]),
        lambda stored: stored["found"].update(log_success="false"),
        lambda stored: stored.update(judgement=None),
        lambda stored: stored.update(ended=None),
    ],
)
def test_damage_that_would_hurt_later_is_noticed_at_once(
    change: Callable[[dict[str, Any]], None],
) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        from_json(EndedRun, broken(change))

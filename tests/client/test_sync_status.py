"""The status of a location: one word, in a fixed order."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.models import ServiceSyncStatus
from custom_components.panelsync.client.outcomes import Outcome, Reason, SyncKind
from custom_components.panelsync.client.sync.judgement import Judgement, Mark
from custom_components.panelsync.client.sync.record import EndedRun
from custom_components.panelsync.client.sync.status import (
    NoZones,
    SyncFacts,
    SyncStatus,
    sync_status,
)

from .makers import NOW, after, status

DAY = 24 * 3600


def ended(kind: SyncKind, outcome: Outcome, at: datetime = NOW) -> EndedRun:
    return EndedRun(
        run_id="1",
        location_id=1,
        kind=kind,
        requested=at,
        mark=Mark(at),
        ended=at,
        judgement=Judgement(outcome, Reason.TIME_LIMIT),
    )


def runs(
    users: Outcome | None = None, panel: Outcome | None = None, *, at: datetime = NOW
) -> dict[SyncKind, EndedRun]:
    both = {SyncKind.USERS: users, SyncKind.PANEL: panel}
    return {
        kind: ended(kind, outcome, at)
        for kind, outcome in both.items()
        if outcome is not None
    }


def service(sync: int | None) -> ServiceSyncStatus:
    return ServiceSyncStatus(1, sync, None)


IDLE = SyncFacts(
    running=False,
    ended={},
    log_success={},
    sync_flag=False,
    zones_missing=False,
    service_status=service(1),
    sync_status_supported=True,
)


@pytest.mark.parametrize(
    ("proven", "shown"),
    [
        (NOW - timedelta(seconds=1), None),
        (NOW + timedelta(seconds=1), SyncStatus.IN_SYNC),
    ],
)
def test_a_word_from_before_a_proven_sync_is_old(
    proven: datetime, shown: SyncStatus | None
) -> None:
    later = NOW + timedelta(seconds=2)
    said = replace(IDLE, service_status=service(0), service_status_read=NOW)
    by_run = replace(said, ended=runs(panel=Outcome.SUCCEEDED, at=proven))
    assert sync_status(by_run, later) is shown
    by_log = replace(said, log_success={SyncKind.PANEL: proven})
    assert sync_status(by_log, later) is shown
    # A failure, or users alone, make nothing of it.
    for other in ({"users": Outcome.SUCCEEDED}, {"panel": Outcome.FINISHED}):
        ended = runs(**other, at=proven)
        assert sync_status(replace(said, ended=ended), later) is None


# Each row holds all that stands further down in the order as well.
ORDER: list[tuple[dict[str, Any], SyncStatus]] = [
    ({"service_status": service(1)}, SyncStatus.IN_SYNC),
    ({"ended": runs(users=Outcome.UNCONFIRMED)}, SyncStatus.UNCONFIRMED),
    ({"zones_missing": True}, SyncStatus.SYNC_REQUIRED),
    ({"sync_flag": True}, SyncStatus.SYNC_REQUIRED),
    ({"ended": runs(Outcome.UNCONFIRMED, Outcome.FAILED)}, SyncStatus.FAILED),
    ({"running": True}, SyncStatus.SYNCING),
]


@pytest.mark.parametrize("row", range(len(ORDER)))
def test_the_order(row: int) -> None:
    changes: dict[str, Any] = {}
    for more, _ in ORDER[: row + 1]:
        changes |= more
    assert sync_status(replace(IDLE, **changes), NOW) is ORDER[row][1]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"sync_flag": True}, SyncStatus.SYNC_REQUIRED),
        ({"sync_flag": None}, SyncStatus.IN_SYNC),
        ({"zones_missing": True}, SyncStatus.SYNC_REQUIRED),
        ({"ended": runs(users=Outcome.FAILED)}, SyncStatus.FAILED),
        ({"ended": runs(panel=Outcome.FAILED)}, SyncStatus.FAILED),
        ({"ended": runs(Outcome.FAILED, Outcome.SUCCEEDED)}, SyncStatus.FAILED),
        ({"ended": runs(panel=Outcome.UNCONFIRMED)}, SyncStatus.UNCONFIRMED),
        ({"ended": runs(Outcome.SUCCEEDED, Outcome.FINISHED)}, SyncStatus.IN_SYNC),
        # Only users and panel runs count.
        (
            {"ended": {SyncKind.REFRESH: ended(SyncKind.REFRESH, Outcome.FAILED)}},
            SyncStatus.IN_SYNC,
        ),
        # Any other number of the service is unknown.
        ({"service_status": service(0)}, None),
        ({"service_status": service(2)}, None),
        ({"service_status": service(7)}, None),
        ({"service_status": service(None)}, None),
        ({"service_status": None}, None),
        # A flag that was not sent is not a "no".
        ({"sync_status_supported": None}, SyncStatus.IN_SYNC),
    ],
)
def test_words(changes: dict[str, Any], word: SyncStatus | None) -> None:
    assert sync_status(replace(IDLE, **changes), NOW) is word


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, None),
        ({"service_status": service(7)}, None),
        ({"ended": runs(panel=Outcome.SUCCEEDED)}, SyncStatus.IN_SYNC),
        ({"ended": runs(panel=Outcome.SUCCEEDED, at=after(-9 * DAY))}, "in_sync"),
        ({"log_success": {SyncKind.USERS: after(-9 * DAY)}}, SyncStatus.IN_SYNC),
        ({"ended": runs(panel=Outcome.FINISHED)}, None),
        ({"ended": runs(panel=Outcome.FAILED)}, SyncStatus.FAILED),
        ({"sync_flag": True}, SyncStatus.SYNC_REQUIRED),
    ],
)
def test_where_the_service_has_no_sync_status_the_last_proof_decides(
    changes: dict[str, Any], word: SyncStatus | None
) -> None:
    facts = replace(IDLE, sync_status_supported=False, **changes)
    assert sync_status(facts, NOW) == word


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.UNCONFIRMED])
def test_a_bad_outcome_counts_for_less_than_24_hours(outcome: Outcome) -> None:
    facts = replace(IDLE, ended=runs(users=outcome))
    assert sync_status(facts, after(DAY - 1)) == outcome.value
    assert sync_status(facts, after(DAY)) is SyncStatus.IN_SYNC


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.UNCONFIRMED])
def test_a_newer_success_by_anybody_replaces_an_outcome_of_its_kind(
    outcome: Outcome,
) -> None:
    facts = replace(IDLE, ended=runs(users=outcome))

    def word(kind: SyncKind, at: datetime) -> SyncStatus | None:
        return sync_status(replace(facts, log_success={kind: at}), after(60))

    assert word(SyncKind.USERS, after(1)) is SyncStatus.IN_SYNC
    assert word(SyncKind.USERS, after(-1)) == outcome.value
    assert word(SyncKind.PANEL, after(1)) == outcome.value


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ({"pending": 0}, SyncStatus.IN_SYNC),
        ({"pending": None}, SyncStatus.IN_SYNC),
        ({"pending": 2}, SyncStatus.CHANGES_WAITING),
        ({"mismatch": True}, SyncStatus.MISMATCH),
        ({"mismatch": True, "pending": 2}, SyncStatus.MISMATCH),
        # Even where the service says nothing of itself.
        ({"pending": 2, "service_status": None}, SyncStatus.CHANGES_WAITING),
        ({"pending": 2, "sync_flag": True}, SyncStatus.SYNC_REQUIRED),
        ({"pending": 2, "running": True}, SyncStatus.SYNCING),
        ({"mismatch": True, "ended": runs(panel=Outcome.FAILED)}, SyncStatus.FAILED),
        (
            {"pending": 2, "ended": runs(users=Outcome.UNCONFIRMED)},
            SyncStatus.UNCONFIRMED,
        ),
    ],
)
def test_in_sync_is_not_said_while_something_waits_or_differs(
    known: dict[str, Any], status: SyncStatus
) -> None:
    assert sync_status(replace(IDLE, **known), NOW) is status


outcomes = st.none() | st.sampled_from([item for item in Outcome if item != "refused"])
facts_of_any_kind = st.builds(
    SyncFacts,
    running=st.booleans(),
    ended=st.builds(runs, outcomes, outcomes),
    log_success=st.dictionaries(
        st.sampled_from(SyncKind), st.sampled_from([after(-1), after(1)])
    ),
    sync_flag=st.sampled_from([None, True, False]),
    zones_missing=st.booleans(),
    service_status=st.none() | st.builds(service, st.none() | st.integers(0, 3)),
    sync_status_supported=st.sampled_from([None, True, False]),
)


@given(facts=facts_of_any_kind)
def test_in_sync_needs_a_ground_and_nothing_against_it(facts: SyncFacts) -> None:
    if sync_status(facts, after(2)) is not SyncStatus.IN_SYNC:
        return
    assert not any([facts.running, facts.sync_flag, facts.zones_missing])
    proven = facts.log_success or any(
        record.outcome is Outcome.SUCCEEDED for record in facts.ended.values()
    )
    if facts.sync_status_supported is False:
        assert proven
    else:
        assert facts.service_status is not None
        assert facts.service_status.sync_status == 1


@pytest.mark.parametrize(
    ("reads", "counts"),
    [
        ([], False),
        ([(0, 0), (180, 0)], False),
        ([(0, 0), (60, 0), (179, 0)], False),
        ([(0, 0), (60, 0), (180, 0)], True),
        ([(0, None), (60, 0), (180, None)], True),
        ([(0, 0), (60, 3), (120, 0), (180, 0)], False),
        ([(0, 0), (60, 0), (180, 0), (240, 1)], False),
    ],
)
def test_missing_zones_count_after_3_reads_over_180_seconds(
    reads: list[tuple[int, int | None]], counts: bool
) -> None:
    count = NoZones()
    last = 0
    for last, zones in reads:
        count = count.after(status(after(last), zones=zones))
    assert count.counts(after(last)) is counts

"""What the log has grown by, and whose success counts."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.models import EventLog, EventRecord
from custom_components.panelsync.client.outcomes import SyncKind
from custom_components.panelsync.client.sync.activity import (
    NewRecords,
    log_successes,
    mentions_user_change,
    new_records,
    panel_sync_elsewhere,
)

from .makers import NOW, after, log_record, records, said

LOOKED = after(-60)


def log_of(*entries: EventRecord) -> EventLog:
    return EventLog(entries, max((entry.record_id for entry in entries), default=0))


def test_a_log_that_cannot_be_read_tells_nothing() -> None:
    assert new_records(None, 5, NOW, LOOKED) == NewRecords()


def test_the_very_first_read_is_silent() -> None:
    assert (
        new_records(log_of(log_record(2), log_record(1)), None, NOW, LOOKED)
        == NewRecords()
    )


def test_records_after_the_position_come_oldest_first() -> None:
    log = log_of(log_record(9), log_record(7), log_record(8), log_record(6))
    new = new_records(log, 6, NOW, LOOKED)
    assert [record.record_id for record in new.fresh] == [7, 8, 9]
    assert new.old == 0


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("User 5 added", True),
        ("User Dana Keller was deleted", True),
        ("Code changed for user 3", True),
        ("User codes updated", True),
        ("Armed Away by user 3", False),
        ("Front Door added", False),
        ("", False),
    ],
)
def test_new_records_may_tell_of_a_user_change(text: str, tells: bool) -> None:
    log = log_of(log_record(7, text=text))
    assert mentions_user_change(log, 6) is tells
    # What is known already, or a first read, tells nothing new.
    assert not mentions_user_change(log, 7)
    assert not mentions_user_change(log, None)
    assert not mentions_user_change(None, 6)


def test_an_empty_log_has_a_position_too() -> None:
    assert len(new_records(log_of(log_record(1)), 0, NOW, LOOKED).fresh) == 1


@pytest.mark.parametrize(
    ("time", "looked", "fresh"),
    [
        (after(-300), None, True),
        (after(-301), after(-60), False),
        (after(60), None, True),
        # A time that is not known is not now: it is so after a look just before.
        (None, after(-60), True),
        (None, after(-360), True),
        (None, after(-361), False),
        (None, after(-4 * 3600), False),
        (None, None, False),
        # Nor is one of the future; and a look "from later" tells nothing.
        (after(301), after(-60), True),
        (after(301), None, False),
        (after(366 * 86400), after(-4 * 3600), False),
        (None, after(60), False),
    ],
)
def test_a_record_over_5_minutes_old_is_counted_and_not_fired(
    time: datetime | None, looked: datetime | None, fresh: bool
) -> None:
    new = new_records(log_of(log_record(1, time=time)), 0, NOW, looked)
    assert (len(new.fresh), new.old) == ((1, 0) if fresh else (0, 1))


def test_a_log_that_was_begun_anew_is_silent() -> None:
    log = replace(log_of(log_record(9), log_record(7)), begun_anew=True)
    assert new_records(log, 2**63 - 1, NOW, LOOKED) == NewRecords()
    assert new_records(log, 5, NOW, LOOKED) == NewRecords()


@given(
    entries=st.lists(records, unique_by=lambda entry: entry.record_id),
    positions=st.lists(st.integers(0, 13)),
)
def test_each_record_is_told_once_whatever_the_order_of_looks(
    entries: list[EventRecord], positions: list[int]
) -> None:
    told: list[int] = []
    looks = [0, *sorted(positions), 13]
    for position, end in pairwise(looks):
        seen = log_of(*(entry for entry in entries if entry.record_id <= end))
        new = new_records(seen, position, NOW, LOOKED)
        told += [record.record_id for record in new.fresh]
        assert len(new.fresh) + new.old == sum(
            position < entry.record_id <= end for entry in entries
        )
    assert told == sorted(set(told))


SUCCESS = said(SyncKind.USERS, success=True)
FAILURE = said(SyncKind.USERS, success=False)


@pytest.mark.parametrize(
    ("known", "record", "position", "expected"),
    [
        # A success by anybody counts, at the log's own time.
        (None, log_record(5, SUCCESS, time=after(-60)), 4, after(-60)),
        (None, log_record(5, SUCCESS, time=after(-60)), None, after(-60)),
        # Neither a failure nor a text without meaning does.
        (None, log_record(5, FAILURE), 4, None),
        (None, log_record(5), 4, None),
        # The newest one stays.
        (after(-10), log_record(5, SUCCESS, time=after(-60)), 4, after(-10)),
        (after(-90), log_record(5, SUCCESS, time=after(-60)), 4, after(-60)),
        # Without a readable time it happened after the last look; a first look has none.
        (None, log_record(5, SUCCESS, time=None), 4, LOOKED),
        (None, log_record(5, SUCCESS, time=None), 5, None),
        (None, log_record(5, SUCCESS, time=None), None, None),
        # A log whose clock runs ahead must not outdo every later run.
        (None, log_record(5, SUCCESS, time=after(120)), 4, NOW),
        (None, log_record(5, SUCCESS, time=after(7200)), 4, LOOKED),
        (None, log_record(5, SUCCESS, time=after(7200)), None, None),
    ],
)
def test_when_the_log_last_told_of_a_success(
    known: datetime | None,
    record: EventRecord,
    position: int | None,
    expected: datetime | None,
) -> None:
    before = {} if known is None else {SyncKind.USERS: known}
    found = log_successes(before, log_of(record), position, NOW, LOOKED)
    assert found == ({} if expected is None else {SyncKind.USERS: expected})


def test_without_a_log_what_was_known_stays() -> None:
    known = {SyncKind.PANEL: NOW}
    assert log_successes(known, None, 3, NOW, LOOKED) == known


def test_kinds_are_kept_apart() -> None:
    log = log_of(
        log_record(6, said(SyncKind.PANEL, success=True), time=after(-1)),
        log_record(5, SUCCESS, time=after(-2)),
    )
    assert log_successes({}, log, 4, NOW, LOOKED) == {
        SyncKind.PANEL: after(-1),
        SyncKind.USERS: after(-2),
    }


@given(entries=st.lists(records), position=st.none() | st.integers(0, 12))
def test_a_success_is_never_in_the_future(
    entries: list[EventRecord], position: int | None
) -> None:
    found = log_successes({}, log_of(*entries), position, NOW, LOOKED)
    assert all(moment <= NOW for moment in found.values())


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("before", "after", "accepted", "proven", "told"),
    [
        (None, 12, None, None, False),  # a first look
        (12, 12, None, None, False),
        (12, 11, None, None, False),  # counted anew
        (12, 13, None, None, True),
        (12, 15, None, None, True),
        (12, 13, ago(0), None, False),  # a run of ours is at work
        (12, 13, ago(10), None, False),
        (12, 13, ago(10.1), None, True),
        (12, 13, ago(60), ago(0), False),  # it has just proven a run of ours, late
        (12, 13, ago(60), ago(-0.1), False),
        (12, 13, ago(60), ago(59), True),
    ],
)
def test_whose_sync_a_configuration_number_shows(
    before: int | None,
    after: int,
    accepted: datetime | None,
    proven: datetime | None,
    told: bool,
) -> None:
    assert panel_sync_elsewhere(before, after, accepted, proven, NOW) is told

"""Values for the tests of the runs' pure core, and strategies over them."""

from collections.abc import Collection, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from custom_components.panelsync.client.models import (
    ActivityType,
    ArmingState,
    EventRecord,
    JobStatus,
    PanelStatus,
    Partition,
    PendingUserChanges,
    SyncMention,
    UserSyncSteps,
    Zone,
    ZoneStatus,
)
from custom_components.panelsync.client.outcomes import SyncKind
from custom_components.panelsync.client.sync.judgement import Mark, Snapshot

NOW = datetime(2026, 7, 1, 14, 0, tzinfo=UTC)
FOLLOWED_KINDS = (SyncKind.USERS, SyncKind.PANEL)


def after(seconds: float) -> datetime:
    """Give the moment so many seconds after `NOW`."""
    return NOW + timedelta(seconds=seconds)


def status(
    at: datetime = NOW,
    *,
    arming: tuple[ArmingState | None, ...] = (ArmingState.DISARMED,),
    zones: int | None = 1,
    flag: bool | None = None,
    number: int | None = None,
    report: datetime | None = None,
) -> PanelStatus:
    """Make a full-status read; `arming` is one state for each partition."""
    return PanelStatus(
        read_at=at,
        partitions=tuple(
            Partition(number, f"Partition {number}", state, None)
            for number, state in enumerate(arming, 1)
        ),
        zones=None
        if zones is None
        else tuple(
            Zone(number, f"Zone {number}", ZoneStatus(0), 1) for number in range(zones)
        ),
        arming_code=None,
        sync_flag=flag,
        configuration_number=number,
        report_time=report,
        ac_loss=None,
        low_battery=None,
        battery_missing=None,
        cover_tampered=None,
    )


def log_record(
    record_id: int,
    mention: SyncMention | None = None,
    *,
    time: datetime | None = NOW,
    text: str = "Text",
) -> EventRecord:
    """Make a record of the event log."""
    return EventRecord(record_id, text, "Somebody", time, ActivityType.OTHER, mention)


def said(kind: SyncKind, *, success: bool) -> SyncMention:
    """Say what a log text told of a sync."""
    return SyncMention(kind, success)


def steps(current: int | None, total: int | None, result: int = 0) -> UserSyncSteps:
    """Make a row of the user-sync status."""
    return UserSyncSteps(total, current, result, "")


def completed[T](coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never has to wait, without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    coroutine.close()
    raise AssertionError("The coroutine waited")


def json_values(
    names: Collection[str] = (), values: Collection[Any] = (), most: int = 15
) -> st.SearchStrategy[Any]:
    """Draw any value of JSON, more often with these names in objects and these values."""
    texts = st.text(max_size=8)
    keys = st.sampled_from(list(names)) | texts if names else texts
    plain = st.none() | st.booleans() | st.integers() | st.floats() | texts
    return st.recursive(
        st.sampled_from(list(values)) | plain if values else plain,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=6)
        ),
        max_leaves=most,
    )


_small = st.none() | st.integers(-1, 4)
_flags = st.sampled_from([None, True, False])
_seconds = st.integers(-7200, 90_000)
moments = st.builds(after, _seconds)
marks = st.builds(
    Mark,
    taken=st.just(NOW),
    newest_record_id=st.none() | st.integers(0, 6),
    configuration_number=_small,
    sync_flag=_flags,
    report_time=st.none() | moments,
    pending=st.none() | st.integers(0, 3),
)
statuses = st.builds(
    status,
    moments,
    flag=_flags,
    number=_small,
    report=st.none() | moments,
    zones=st.none() | st.integers(0, 2),
)
records = st.builds(
    log_record,
    st.integers(0, 12),
    st.none() | st.builds(SyncMention, st.sampled_from(SyncKind), st.booleans()),
    time=st.none() | moments,
)
snapshots = st.builds(
    Snapshot,
    taken=moments,
    status=st.none() | statuses,
    records=st.lists(records, max_size=3).map(tuple),
    job=st.none() | st.builds(JobStatus, st.none() | st.integers(-2, 4)),
    steps=st.none()
    | st.builds(
        UserSyncSteps,
        total=st.none() | st.integers(-1, 4),
        current=st.none() | st.integers(-1, 5),
        result_code=st.sampled_from([0, 0, 0, 4501, -4106]),
        text=st.just(""),
    ),
    pending=st.none() | st.builds(PendingUserChanges, st.integers(0, 3)),
    code_refused=st.sampled_from([None, None, None, -4106]),
)

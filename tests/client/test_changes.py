"""What a sync changed: the service's copy before and after."""

from dataclasses import replace
import json

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.models import (
    PendingUserChanges,
    Zone,
    ZoneStatus,
)
from custom_components.panelsync.client.outcomes import (
    Evidence,
    Outcome,
    Reason,
    SyncKind,
)
from custom_components.panelsync.client.serialization import as_json, from_json
from custom_components.panelsync.client.silent_alarm import mentions_silent_alarm
from custom_components.panelsync.client.sync.changes import (
    MOST_CHANGES,
    NOTHING_CHANGED,
    Change,
    Changed,
    Effect,
    Thing,
    differences,
    effect,
    layout,
)
from custom_components.panelsync.client.sync.judgement import (
    Judgement,
    Layout,
    Mark,
    Snapshot,
)
from custom_components.panelsync.client.sync.record import EndedRun, OpenRun

from .makers import NOW, after, status

PROVEN = Judgement(Outcome.SUCCEEDED, Reason.PROVEN, (Evidence.LOG_RECORD,))
OPEN_END = Judgement(Outcome.UNCONFIRMED, Reason.TIME_LIMIT)


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        ((), (), []),
        (((6, "Jetty Door"),), ((6, "Jetty Door"),), []),
        ((), ((6, "Jetty Door"),), [(Change.ADDED, 6, "Jetty Door", "")]),
        (((6, "Jetty Door"),), (), [(Change.REMOVED, 6, "Jetty Door", "")]),
        (((6, "Den"),), ((6, "Hall"),), [(Change.RENAMED, 6, "Hall", "Den")]),
        (((6, ""),), ((6, "Hall"),), [(Change.RENAMED, 6, "Hall", "")]),
        # A name that moves to another number is not the same zone.
        (
            ((1, "Den"), (2, "Hall")),
            ((1, "Hall"), (3, "Den")),
            [
                (Change.ADDED, 3, "Den", ""),
                (Change.REMOVED, 2, "Hall", ""),
                (Change.RENAMED, 1, "Hall", "Den"),
            ],
        ),
        # Without a list nothing is known of any zone.
        (None, ((1, "Den"),), []),
        (((1, "Den"),), None, []),
    ],
)
def test_zones_are_named_that_were_changed(
    before: tuple[tuple[int, str], ...] | None,
    now: tuple[tuple[int, str], ...] | None,
    found: list[tuple[Change, int, str, str]],
) -> None:
    assert differences(Layout(before, ()), Layout(now, ())) == tuple(
        Changed(Thing.ZONE, *change) for change in found
    )


def test_partitions_come_after_zones() -> None:
    found = differences(Layout((), ((1, "House"),)), Layout(((2, "Den"),), ()))
    assert [(item.thing, item.change) for item in found] == [
        (Thing.ZONE, Change.ADDED),
        (Thing.PARTITION, Change.REMOVED),
    ]


NAMES = st.sampled_from(["", "Den", "Hall", "Silent Panic", "Duress", "Hold-up"])
THINGS = st.dictionaries(st.integers(1, 8), NAMES)


@given(THINGS, THINGS)
def test_each_change_is_named_once_and_leads_to_what_is(
    zones: dict[int, str], later: dict[int, str]
) -> None:
    def named(things: dict[int, str]) -> Layout:
        return layout(
            replace(
                status(),
                zones=tuple(
                    Zone(number, name, ZoneStatus(0), 1)
                    for number, name in things.items()
                ),
            )
        )

    before, now = named(zones), named(later)
    shown = dict(before.zones or ())
    found = differences(before, now)
    assert len({item.number for item in found}) == len(found)
    for item in found:
        assert not mentions_silent_alarm(item.name, item.before)
        if item.change is Change.REMOVED:
            assert shown.pop(item.number) == item.name
            continue
        assert shown.get(item.number, "") == item.before
        shown[item.number] = item.name
    assert shown == dict(now.zones or ())


def looked(zones: int | None, at: float = 5) -> Snapshot:
    return Snapshot(after(at), status(after(at), zones=zones))


def test_only_what_is_proven_changed_anything() -> None:
    mark = Mark(NOW, layout=layout(status(zones=1)))
    found = effect(SyncKind.PANEL, mark, PROVEN, looked(2))
    assert found.changes == (Changed(Thing.ZONE, Change.ADDED, 1, "Zone 1"),)
    assert effect(SyncKind.PANEL, mark, OPEN_END, looked(2)) == NOTHING_CHANGED
    # What was read before the start, or not at all, says nothing of it.
    for unseen in (looked(2, -5), Snapshot(NOW)):
        assert effect(SyncKind.PANEL, mark, PROVEN, unseen) == NOTHING_CHANGED
    assert effect(SyncKind.PANEL, Mark(NOW), PROVEN, looked(2)) == NOTHING_CHANGED


def test_the_list_is_bounded() -> None:
    mark = Mark(NOW, layout=layout(status(zones=0)))
    found = effect(SyncKind.PANEL, mark, PROVEN, looked(MOST_CHANGES + 3))
    assert len(found.changes) == MOST_CHANGES
    assert found.more == 3


@pytest.mark.parametrize(
    ("before", "now", "made_live"),
    [
        (3, 0, 3),
        (3, 1, 2),
        (1, 4, None),
        (3, 3, None),
        (0, 0, 0),
        (None, 0, None),
        (3, None, None),
    ],
)
def test_a_user_sync_counts_what_it_made_live(
    before: int | None, now: int | None, made_live: int | None
) -> None:
    pending = None if now is None else PendingUserChanges(now)
    found = effect(
        SyncKind.USERS,
        Mark(NOW, pending=before),
        PROVEN,
        Snapshot(NOW, pending=pending),
    )
    assert found == Effect(made_live=made_live)


def open_run() -> OpenRun:
    return OpenRun(
        run_id="run",
        location_id=1,
        kind=SyncKind.PANEL,
        requested=NOW,
        mark=Mark(NOW, layout=layout(status(zones=2))),
    )


def test_a_store_gives_back_what_was_changed() -> None:
    run = open_run()
    assert from_json(OpenRun, json.loads(json.dumps(as_json(run)))).mark == run.mark
    changed = effect(run.kind, run.mark, PROVEN, looked(1))
    assert changed.changes
    ended = run.end(PROVEN, after(5), changed=changed)
    stored = json.loads(json.dumps(as_json(ended)))
    assert from_json(EndedRun, stored) == ended


def test_what_was_before_is_kept_while_a_proof_may_come() -> None:
    run = open_run()
    assert run.end(PROVEN, NOW).mark.layout is None
    assert run.end(OPEN_END, NOW).mark.layout == run.mark.layout

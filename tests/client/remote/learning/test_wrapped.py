"""Answers of learned routes, in whatever they are wrapped."""

import json

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.remote.decode import answers as decode
from custom_components.panelsync.client.remote.decode.event_log import log_page
from custom_components.panelsync.client.remote.decode.fields import Fields
from custom_components.panelsync.client.remote.decode.wrapped import (
    plain_names,
    shows,
    unwrapped,
)
from custom_components.panelsync.client.remote.http.response import parse_json
from custom_components.panelsync.client.remote.learned_rules import LEARNED
from custom_components.panelsync.client.remote.route import Purpose

from ...makers import json_values

ROW = {"deviceId": 880201, "total_steps": 6, "current-step": 2, "resultCode": 0}
RECORD = {"event_record_id": 5, "Event": "User Sync Success", "Originator": "x"}


@pytest.mark.parametrize(
    "answer",
    [
        {"SynchronizationStatus": [ROW]},
        {"d": {"synchronizationStatus": {"SyncStatus": [ROW]}}},
        {"result": {"rows": [ROW]}},
        [ROW],
        {"data": ROW},
        {k: v for k, v in ROW.items() if k != "deviceId"},
    ],
)
def test_steps_in_any_wrapper(answer: object) -> None:
    """A row that names no panel is that of the one asked for."""
    assert shows(Purpose.USER_SYNC_STEPS, plain_names(answer))
    fields = Fields(unwrapped(Purpose.USER_SYNC_STEPS, answer))
    steps = decode.user_sync_steps(fields, 880201)
    assert steps is not None
    assert (steps.total, steps.current, steps.result_code) == (6, 2, 0)


@pytest.mark.parametrize(
    "answer", [{"a": {"b": {"jobstate": 2, "ZoneSyncState": 1}}}, [{"Job-State": "2"}]]
)
def test_a_job_in_any_wrapper(answer: object) -> None:
    job = decode.job_status(Fields(unwrapped(Purpose.JOB_STATUS, answer)), 7)
    assert job is not None
    assert job.state == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"hasMore": True, "page": {"events": [RECORD]}},
        {"HAS_MORE": 1, "page": {"items": [RECORD]}},
    ],
)
def test_what_stands_around_a_list_counts(answer: object) -> None:
    """Whether there is more is said outside the list."""
    page = log_page(Fields(unwrapped(Purpose.EVENT_LOG, answer)), "Mill House")
    assert page is not None
    assert (page.ids, page.has_more) == ((5,), True)


def test_a_refusal_is_found_in_its_wrapper() -> None:
    """A result code under a wrapper is no success."""
    answer = {"response": {"ResultCode": -4106, "ResultData": "Invalid code"}}
    for purpose in (Purpose.START_USERS, Purpose.JOB_STATUS, Purpose.PENDING_CHANGES):
        assert Fields(unwrapped(purpose, answer)).integer("ResultCode") == -4106
    assert unwrapped(Purpose.START_USERS, {"Message": "x"}) == {"message": "x"}
    assert unwrapped(Purpose.START_USERS, [1]) == {}


def test_only_learned_answers_are_unwrapped() -> None:
    """What every release knows is read as it stands."""
    body = json.dumps({"d": {"JobState": 2}}).encode()
    plain, learned = parse_json(body), parse_json(body, Purpose.JOB_STATUS)
    assert plain is not None
    assert learned is not None
    assert "JobState" not in plain
    assert learned.integer("JobState") == 2
    assert parse_json(b"7", Purpose.JOB_STATUS) is None


VALUES = json_values(["Events", "Users", "JobState", "d", *ROW, *RECORD])


@given(st.sampled_from(list(LEARNED)), VALUES)
def test_any_answer_can_be_unwrapped(purpose: Purpose, answer: object) -> None:
    found = unwrapped(purpose, answer)
    assert all(isinstance(name, str) for name in found)
    shows(purpose, plain_names(answer))

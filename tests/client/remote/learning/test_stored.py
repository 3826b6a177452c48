"""What is kept of a lesson, and what is made of the path of earlier releases."""

import copy
from dataclasses import replace
from typing import Any

from hypothesis import given
import pytest

from custom_components.panelsync.client.models import Certainty
from custom_components.panelsync.client.remote.http import rest
from custom_components.panelsync.client.remote.learned import validate
from custom_components.panelsync.client.remote.learned_rules import NotLearned
from custom_components.panelsync.client.remote.learned_store import (
    dump_learned,
    learned_from_path,
    load_learned,
)
from custom_components.panelsync.client.remote.learning import learn
from custom_components.panelsync.client.remote.learning.share import share_text
from custom_components.panelsync.client.remote.route import (
    Host,
    Kind,
    Purpose,
    Shape,
    Slot,
    Template,
)

from ...makers import json_values
from .recordings import API, JOB, KNOWN, WHOLE, har
from .test_learn import sent

KEPT = dump_learned(learn(har(*WHOLE), KNOWN, "1f").routes)


@pytest.mark.parametrize(
    "change",
    [
        {"path": "/TC2API.TCResource/api/v2/locations/{location}/arm"},
        {"path": "/TC2API.TCResource/api/v1/locations/{location}/{code}/users/sync"},
        {"path": "https://evil.example/users/sync"},
        {"method": "DELETE"},
        {"shape": "soap_envelope"},
        {"shape": "form"},
        {"mark": "../x"},
        {"purpose": "sign_in"},
        {"purpose": "user_sync_steps"},
        {"body": {"StatusOnly": True, "L": {"$": ["location", ""]}}},
        {"body": {"StatusOnly": False, "forceImport": True}},
        {"body": {"StatusOnly": False, "L": {"$": ["password", ""]}}},
        {"body": {"StatusOnly": False, "L": {"$": ["location", "%s"]}}},
        {"body": 7},
        {"body": "x"},
        {"query": {"userCode": {"$": ["code", ""]}}},
        {"query": {"a": {"b": {"$": ["location", ""]}}}},
        {"query": []},
        {"query": 1.5},
    ],
)
def test_a_store_that_was_changed_gives_no_route_that_could_do_more(
    change: dict[str, Any],
) -> None:
    """What would not be learned today is left out, and the others stay."""
    changed = copy.deepcopy(KEPT)
    changed[0] |= change
    assert len(load_learned(changed)) == len(KEPT) - 1


@given(json_values([*KEPT[0], "$"]))
def test_anything_may_stand_in_a_store(raw: object) -> None:
    for route in (*load_learned(raw), *load_learned([raw])):
        assert validate(route) is route


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("api/v1/account/users/synchronize", "api/v1/account/users/synchronize"),
        (
            " /TC2API.TCResource/api/v2/locations/{LocationID}/devices/{deviceId}/userSync/ ",
            "api/v2/locations/41/devices/42/userSync",
        ),
    ],
)
def test_a_pasted_path_becomes_a_learned_way(path: str, url: str) -> None:
    """With the body it had, and the look at its steps beside it."""
    start, steps = learned_from_path(path, "0")
    row = {"LocationID": 41, "DeviceID": 42, "AuthorizingCode": "7391"}
    method, address, _, body = sent(start)
    assert method == "POST"
    assert address == f"https://rs.alarmnet.com/TC2API.TCResource/{url}"
    assert body == {
        "DeviceList": [row],
        "StatusOnly": False,
        "AdditionalInput": "",
        "userCodeDirectPush": False,
    }
    assert steps.purpose is Purpose.USER_SYNC_STEPS
    assert sent(steps)[3] == body | {"StatusOnly": True}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "https://evil.example/api/users/sync",
        "//evil.example/users/sync",
        "api/v1/users/sync?x=1",
        "api/v1/users/../sync",
        "api/v1/users/sync%2e",
        "api/v1/users/{userId}/synchronize",
        "api/v1/locations/{LocationID}/devices/security/synchronize",
        "api/v1/locations/700101/users/sync",
        "api/v1/locations/{locationId}/arm/sync",
    ],
)
def test_a_path_that_could_do_something_else_is_dropped(path: str) -> None:
    """Then only the known ways remain."""
    assert learned_from_path(path, "0") == ()


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (None, "shape"),
        (Template({}, (1, 2)), "field"),
        (Template({}, {"StatusOnly": False, "L": Slot("job")}), "field"),
        (Template({"x": {"y": Slot("location")}}, None), "shape"),  # type: ignore[dict-item]
        (Template({}, {f"f{n}": None for n in range(99)}), "too_many_fields"),
        (Template({}, (None,) * 99), "too_many_fields"),
    ],
)
def test_a_route_made_by_hand_is_checked(
    template: Template | None, reason: str
) -> None:
    """What is written down as a request was looked at just before."""
    route = load_learned(KEPT)[0]
    shape = Shape.GET if template is None or template.body is None else Shape.JSON
    changed = replace(route, template=template, shape=shape, verb="POST")
    with pytest.raises(NotLearned) as refused:
        validate(changed)
    assert refused.value.reason in (reason, "shape")
    with pytest.raises(NotLearned):
        rest.request(changed, "https://x", {}, {}, "token")


@pytest.mark.parametrize(
    "change",
    [
        {"fields": {"location": Kind.NUMBER}},
        {"certainty": Certainty.GUESSED},
        {"host": Host.WEB},
        {"constants": {"forceImport": True}},
        {"operation": "SendKey"},
        {"purpose": Purpose.SIGN_OUT},
        {"path": "/TC2API.TCResource/api/{code}/sync"},
    ],
)
def test_a_route_that_says_one_thing_and_is_another_is_refused(
    change: dict[str, Any],
) -> None:
    """Its fields, places and purpose must be those of its template."""
    with pytest.raises(NotLearned):
        validate(replace(load_learned(KEPT)[0], **change))


def test_what_is_shared_holds_no_value_of_the_recording() -> None:
    """Addresses, names of fields and sorts of values; not even a constant."""
    text = share_text(learn(har(*WHOLE), KNOWN, "1f").routes)
    assert text.startswith(
        "start_users: POST /TC2API.TCResource/api/v2/users/panelSync (json)\n"
        "  DeviceList[].LocationID = <location>\n"
        "  DeviceList[].DeviceID = <device>\n"
        "  DeviceList[].AuthorizingCode = <code>\n"
        "  StatusOnly = flag\n"
        "  AdditionalInput = empty\n"
    )
    assert "MaxRecords = number" in text
    assert "StartDateTime = <since>" in text
    for value in (*KNOWN.panels, *KNOWN.panels.values(), "Marked", " 50", "2026", JOB):
        assert str(value) not in text
    query = learn(f"curl '{API}/v9/state?jobId={JOB}&dateFormat=x'", KNOWN, "1f")
    assert share_text(query.routes).splitlines()[1:] == [
        "  ?jobId = <job>",
        "  ?dateFormat = word",
    ]

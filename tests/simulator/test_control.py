"""The control interface: names are a contract others rest on."""

from time import monotonic
from typing import Any

import pytest

from simulator.control.interface import is_loopback
from tests.simulator.door import Door


async def test_page(door: Door) -> None:
    """One HTML file that loads nothing from elsewhere."""
    for path in ("/control", "/control/"):
        async with door.http.get(door.simulator.url + path) as answer:
            assert answer.status == 200
            assert answer.content_type == "text/html"
            text = await answer.text()
    assert "http://" not in text
    assert "https://" not in text
    assert "src=" not in text


async def test_state_contract(door: Door) -> None:
    """The names of the state are all there."""
    _, state = await door.control("/state", method="GET")
    assert {"profile", "seed", "user_id", "switches", "latency", "locations"} <= set(
        state
    )
    place = state["locations"][0]
    assert {
        "id", "name", "panel_type", "supports_user_sync", "auto_sync", "connected", "arming",
        "zones", "users", "staged_user_changes", "service", "in_sync", "runs", "log", "reports_lost",
    } <= set(place)  # fmt: skip
    assert {
        "zones",
        "arming",
        "sync_flag",
        "configuration_number",
        "report_time",
    } <= set(place["service"])
    assert {"kind", "started", "finished", "result"} <= set(place["runs"][0])


@pytest.mark.parametrize(
    ("verb", "body", "key", "before", "after"),
    [
        ("arm", {"state": "stay"}, "arming", "disarmed", "armed_stay"),
        ("arm", {"state": "night"}, "arming", "disarmed", "armed_night"),
        ("arm", {"state": "away"}, "arming", "disarmed", "arming"),
        (
            "arm",
            {"state": "away", "exit_delay": False},
            "arming",
            "disarmed",
            "armed_away",
        ),
        ("alarm", {}, "arming", "disarmed", "alarm"),
        ("sensors", {"name": "Shed"}, "in_sync", True, False),
        ("users", {"name": "Kim Noor"}, "staged_user_changes", 2, 3),
        ("line", {"connected": False}, "connected", True, False),
        ("local/service", {"lost": True}, "reports_lost", False, True),
    ],
)
async def test_verbs(
    door: Door, verb: str, body: dict[str, Any], key: str, before: Any, after: Any
) -> None:
    """Each verb changes the truth it is about."""
    assert (await door.state())[key] == before
    status, _ = await door.control(f"/locations/{door.id()}/{verb}", body)
    assert status == 200
    assert (await door.state())[key] == after


async def test_zones_verb(door: Door) -> None:
    """A zone opens and closes; the service hears of it."""
    at = f"/locations/{door.id()}/zones/3"
    for is_open in (True, False):
        await door.control(at, {"open": is_open})
        state = await door.state()
        assert state["zones"][2]["open"] is is_open
        assert state["service"]["zones"][2]["open"] is is_open


@pytest.mark.parametrize("kind", ["users", "panel"])
async def test_app_sync(door: Door, kind: str) -> None:
    """A sync made in the vendor's app runs to its end, under another name."""
    status, _ = await door.control(f"/locations/{door.id()}/app-sync", {"kind": kind})
    assert status == 200
    door.clock.forward(60)
    state = await door.state()
    assert (state["runs"][-1]["kind"], state["runs"][-1]["result"]) == (kind, "done")
    assert (await door.log())[0]["Originator"] == "Robin Vale"


async def test_app_sync_refused(door: Door) -> None:
    """What the service declines there answers 409 with its code."""
    at = f"/locations/{door.id('Harbour Shop')}/app-sync"
    status, answer = await door.control(at, {"kind": "panel"})
    assert (status, answer["refused"]) == (409, -4502)


async def test_foreign_log(door: Door) -> None:
    """Any entry by anybody can be written."""
    body = {"text": "User Sync Success", "originator": "Somebody"}
    await door.control(f"/locations/{door.id()}/log", body)
    newest = (await door.log())[0]
    assert (newest["Event"], newest["Originator"]) == ("User Sync Success", "Somebody")


@pytest.mark.parametrize(
    ("path", "body", "status", "word"),
    [
        ("/locations/1/disarm", {}, 404, "location 1"),
        ("/locations/{l}/zones/99", {"open": True}, 404, "zone 99"),
        ("/locations/{l}/zones/1", {}, 400, "open"),
        ("/locations/{l}/zones/1", {"open": "yes"}, 400, "open"),
        ("/locations/{l}/zones/x", {"open": True}, 400, "x"),
        ("/locations/{l}/arm", {"state": "custom"}, 400, "custom"),
        ("/locations/{l}/sensors", {"name": " "}, 400, "name"),
        ("/locations/{l}/app-sync", {"kind": "refresh"}, 400, "refresh"),
        ("/locations/{l}/explode", {}, 404, "explode"),
        ("/latency", {"seconds": "1"}, 400, "seconds"),
        ("/latency", {"seconds": -1}, 400, "seconds"),
        ("/faults", {"route": "zones", "fault": "melt"}, 400, "melt"),
        ("/faults", {"route": "zones", "fault": "401", "times": 0}, 400, "times"),
        ("/faults", {"route": "zones", "fault": "401", "times": "1"}, 400, "times"),
    ],
)
async def test_mistakes_are_named(
    door: Door, path: str, body: dict[str, Any], status: int, word: str
) -> None:
    """A mistake answers with a status and names what is wrong."""
    got, answer = await door.control(path.format(l=door.id()), body)
    assert got == status
    assert word in answer["error"]


@pytest.mark.parametrize("body", [b"{", b"[]"])
async def test_body_must_be_an_object(door: Door, body: bytes) -> None:
    """Something else than a JSON object is refused."""
    async with door.http.post(
        f"{door.simulator.url}/control/switches", data=body
    ) as answer:
        assert answer.status == 400


async def test_received_and_clear(door: Door) -> None:
    """What was received is shown, the last few on request, and can be cleared."""
    await door.status()
    _, shown = await door.control("/received", method="GET")
    routes = [entry["route"] for entry in shown["received"]]
    assert routes == ["config", "token", "full_status"]
    _, shown = await door.control("/received?last=1", method="GET")
    assert [entry["route"] for entry in shown["received"]] == ["full_status"]
    assert (await door.control("/received?last=-1", method="GET"))[0] == 400
    await door.control("/received", method="DELETE")
    assert door.simulator.received == []


async def test_latency(door: Door) -> None:
    """Latency is taken by every request of the service, not of the control interface."""
    await door.control("/latency", {"seconds": 0.2})
    begin = monotonic()
    await door.config()
    assert monotonic() - begin >= 0.2
    await door.control("/latency", {"seconds": 600})
    _, state = await door.control("/state", method="GET")
    assert state["latency"] == 600


@pytest.mark.parametrize(
    ("remote", "inside"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("192.168.1.4", False),
        (None, False),
        ("", False),
    ],
)
def test_only_this_machine(remote: str | None, inside: bool) -> None:
    """The control interface is for loopback."""
    assert is_loopback(remote) is inside

"""Faults on the wire: each one as it arrives at a client."""

import asyncio
import json
from time import monotonic

import aiohttp
import pytest

from simulator.faults.rules import NAMES
from tests.simulator.door import Door


async def raw(
    door: Door, timeout: float = 10.0
) -> tuple[int, bytes, str, dict[str, str]]:
    """Read a status and return what arrived, undecoded."""
    if not door.token:
        await door.sign_in()
    path = f"api/v3/locations/{door.id()}/partitions/fullStatus"
    url = f"{door.simulator.url}/TC2API.TCResource/{path}"
    headers = {"Authorization": f"Bearer {door.token['access_token']}"}
    limit = aiohttp.ClientTimeout(total=timeout)
    async with door.http.get(
        url, headers=headers, timeout=limit, allow_redirects=False
    ) as answer:
        body = await answer.read()
        return answer.status, body, answer.content_type, dict(answer.headers)


async def set_fault(
    door: Door, fault: str, route: str = "full_status", times: int = 1
) -> None:
    """Set one fault through the control interface."""
    body = {"route": route, "fault": fault, "times": times}
    assert (await door.control("/faults", body))[0] == 200


@pytest.mark.parametrize(
    ("fault", "status", "kind", "word"),
    [
        ("401", 401, "application/json", b"denied"),
        ("403", 403, "text/html", b"Forbidden"),
        ("404", 404, "application/json", b"Message"),
        ("405", 405, "application/json", b"Message"),
        ("410", 410, "application/json", b"Gone"),
        ("429", 429, "application/json", b"Too many"),
        ("429_bare", 429, "application/json", b"Too many"),
        ("500_message", 500, "application/json", b"Please Try Again Later"),
        ("500_999", 500, "application/json", b"-999"),
        ("502_html", 502, "text/html", b"Bad Gateway"),
        ("503", 503, "text/html", b"Unavailable"),
        ("503_maintenance", 503, "application/json", b"planned maintenance"),
        ("html", 200, "text/html", b"maintenance"),
        ("captcha", 200, "text/html", b"captcha"),
        ("redirect", 302, "text/html", b"moved"),
        ("empty", 200, "application/json", b""),
        ("truncated", 200, "application/json", b"PanelStatus"),
        ("wrong_types", 200, "application/json", b"not 10200"),
        ("huge", 200, "application/json", b"Padding"),
        ("missing_section", 200, "application/json", b"ArmingState"),
        ("unknown_code", 200, "application/json", b"-98765"),
        ("xml_bomb", 200, "text/xml", b"<!ENTITY"),
    ],
)
async def test_spoilt_answers(
    door: Door, fault: str, status: int, kind: str, word: bytes
) -> None:
    """The fault comes once, as asked; the next answer is right again."""
    await set_fault(door, fault)
    got, body, content_type, headers = await raw(door)
    assert (got, content_type) == (status, kind)
    assert word in body
    assert headers.get("Retry-After") == ("2" if fault == "429" else None)
    if fault == "redirect":
        assert headers["Location"] == "/maintenance"
    assert door.simulator.received[-1].fault == fault
    assert json.loads((await raw(door))[1])["PanelStatus"]["Zones"]


async def test_shapes_of_spoilt_bodies(door: Door) -> None:
    """Truncated is no JSON, a section is gone, huge is over 4 MiB, types are all wrong."""
    bodies = {}
    for fault in ("truncated", "missing_section", "huge", "wrong_types", "empty"):
        await set_fault(door, fault)
        bodies[fault] = (await raw(door))[1]
    with pytest.raises(json.JSONDecodeError):
        json.loads(bodies["truncated"])
    assert "PanelStatus" not in json.loads(bodies["missing_section"])
    assert len(bodies["huge"]) > 4 * 1024 * 1024
    assert json.loads(bodies["huge"])["PanelStatus"]
    wrong = json.loads(bodies["wrong_types"])["PanelStatus"]
    assert isinstance(wrong["Zones"], dict)
    assert isinstance(wrong["LastUpdatedTimestampTicks"], str)
    assert bodies["empty"] == b""


@pytest.mark.parametrize("fault", ["refuse", "reset"])
async def test_broken_connections(door: Door, fault: str) -> None:
    """The connection ends without an answer, or in the middle of one; the record has status 0."""
    await door.sign_in()
    await set_fault(door, fault, times=5)  # the library may quietly ask again
    with pytest.raises(aiohttp.ClientError):
        await raw(door)
    assert door.simulator.received[-1].status == 0
    await door.control("/faults", method="DELETE")
    assert (await raw(door))[0] == 200


async def test_timeout(door: Door) -> None:
    """Nothing comes at all."""
    await door.sign_in()
    await set_fault(door, "timeout")
    with pytest.raises(asyncio.TimeoutError):
        await raw(door, timeout=0.3)


async def test_drip(door: Door) -> None:
    """The answer is whole, and takes its time."""
    await door.sign_in()
    await set_fault(door, "drip")
    begin = monotonic()
    _, body, _, _ = await raw(door)
    assert monotonic() - begin > 1
    assert json.loads(body)["PanelStatus"]


@pytest.mark.parametrize(
    ("fault", "started"),
    [
        ("refuse", 0),
        ("500_message", 0),
        ("503", 0),
        ("timeout", 1),
        ("reset", 1),
        ("empty", 1),
    ],
)
async def test_a_lost_answer_may_hide_a_start(
    door: Door, fault: str, started: int
) -> None:
    """Refused and status faults come before the service looks; the others lose the answer of a real start."""
    await door.sign_in()
    await set_fault(door, fault, "synchronize", times=9)
    path = f"api/v1/locations/{door.id()}/devices/security/synchronize"
    start = asyncio.create_task(door.call("POST", path, form={"userCode": "-1"}))
    if fault == "timeout":  # no answer ever comes
        while (await door.state())["starts"]["panel"] == 0:
            await asyncio.sleep(0)
        start.cancel()
    await asyncio.gather(start, return_exceptions=True)
    assert (await door.state())["starts"]["panel"] == started


async def test_by_path_part_and_times(door: Door) -> None:
    """A fault is for a route key or a part of a path, and for as many requests as asked."""
    await set_fault(door, "503", "FULLSTATUS", times=2)
    assert [(await raw(door))[0] for _ in range(3)] == [503, 503, 200]
    await set_fault(door, "html", "soap:KeepAlive")
    assert (await raw(door))[0] == 200
    assert (await door.soap_form("KeepAlive", SessionID="x"))[0] == 200


async def test_faults_of_sign_in(door: Door) -> None:
    """Configuration and token endpoint can fail too."""
    await set_fault(door, "502_html", "config")
    async with door.http.get(f"{door.simulator.url}/application.config.json") as answer:
        assert answer.status == 502
    await set_fault(door, "503", "token")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    url = f"{door.simulator.url}/TC2API.Auth/token"
    async with door.http.post(url, data=b"", headers=headers) as answer:
        assert answer.status == 503


async def test_state_shows_faults(door: Door) -> None:
    """What is set stands in the state."""
    await set_fault(door, "503", times=3)
    _, state = await door.control("/state", method="GET")
    assert state["faults"] == [{"route": "full_status", "fault": "503", "times": 3}]


def test_every_fault_is_tested() -> None:
    """The table above names every fault there is."""
    marks = test_spoilt_answers.pytestmark  # type: ignore[attr-defined]
    tested = {row[0] for row in marks[0].args[1]}
    # Tested in test_at_fault, because they take more than a name.
    tested |= {"held", "answer"}
    assert tested | {"refuse", "reset", "timeout", "drip"} == set(NAMES)

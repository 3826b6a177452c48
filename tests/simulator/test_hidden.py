"""Profile `hidden`: every newer way stands somewhere else, and the website's recording shows where."""

from base64 import b64decode
from collections import Counter
import json
import re
from typing import Any
from urllib.parse import parse_qsl

import pytest

from simulator import Simulator, SimulatorOptions
from simulator.service.hidden import PURPOSES, draw
from simulator.website.copies import SHAPES
from simulator.website.exchange import Exchange
from simulator.website.har import BROWSERS
from simulator.website.visit import Visit
from simulator.world import secrets
from tests.simulator.door import Clock, Door, opened
from tests.simulator.test_switches import (
    event_routes,
    job_routes,
    soap_status,
    user_routes,
    user_sync_routes,
)

type Json = dict[str, Any]

FORBIDDEN = {"arm", "disarm", "bypass", "code", "codes", "delete", "lock", "password"}


async def har(door: Door, query: str = "") -> list[Json]:
    """Return the entries of the recording."""
    async with door.http.get(f"{door.simulator.url}/control/har{query}") as answer:
        assert answer.status == 200, await answer.text()
        return list((await answer.json())["log"]["entries"])


def about(entries: list[Json], way: Any) -> list[Json]:
    """Return the entries of one hidden way."""
    pattern = re.sub(r"\{\w+\}", "[^/]+", way.path)
    return [
        entry
        for entry in entries
        if entry["request"]["method"] == way.method
        and re.search(f"TCResource/{pattern}(\\?|$)", entry["request"]["url"])
    ]


async def replayed(door: Door, entry: Json) -> tuple[int, Any]:
    """Send a recorded request again, with a token of one's own."""
    request = entry["request"]
    path = request["url"].partition("/TC2API.TCResource/")[2]
    posted = request.get("postData")
    sent: Json = {}
    if posted and posted["mimeType"] == "application/json":
        sent["json"] = json.loads(posted["text"])
    elif posted:
        sent["form"] = dict(parse_qsl(posted["text"], keep_blank_values=True))
    return await door.call(request["method"], path, **sent)


async def test_the_likely_ways_are_not_there() -> None:
    """Whatever could be guessed answers 404, and SOAP is gone."""
    async with opened(profile="hidden") as door:
        for look in (job_routes, user_sync_routes, event_routes, user_routes):
            # The second job candidate shares its address with the start, which is a POST.
            assert set(await look(door)) <= {404, 405}
        assert await soap_status(door) == 403
        assert (await door.status())["Zones"]


@pytest.mark.parametrize("seed", range(25))
async def test_what_was_recorded_works_again(seed: int) -> None:
    """Each recorded call, sent again by somebody else, does what it is for; nothing happened before that."""
    async with opened(profile="hidden", seed=seed) as door:
        entries = await har(door)
        location = door.simulator.world.named("Mill House")
        assert location.starts == {"panel": 0, "users": 0}
        ways = door.simulator.ways
        for name in ("users", "events", "user_sync_steps"):
            status, answer = await replayed(door, about(entries, ways[name])[-1])
            assert (status, location.starts["users"]) == (200, 0)
            assert re.search('"resultcode": 0', json.dumps(answer).lower())
        status, answer = await replayed(door, about(entries, ways["user_sync"])[0])
        assert (status, location.starts["users"]) == (200, 1)
        assert '"currentstep"' in json.dumps(answer).lower()
        job = about(entries, ways["job_status"])[0]
        started = (await door.start_panel())["JobID"]
        old = next(
            json.loads(entry["response"]["content"]["text"])["JobID"]
            for entry in entries
            if entry["request"]["url"].endswith("/devices/security/synchronize")
            and entry["request"]["method"] == "POST"
        )
        assert old != started
        job["request"]["url"] = job["request"]["url"].replace(old, started)
        status, answer = await replayed(door, job)
        assert '"jobstate": 1' in json.dumps(answer).lower()


async def test_another_shape_is_refused() -> None:
    """The address wants its own fields, kind of body and verb."""
    for seed in range(200):
        way = draw(seed)["user_sync"]
        if way.encoding == "json" and way.wrapper and "{location}" not in way.path:
            break
    async with opened(profile="hidden", seed=seed) as door:
        entry = about(await har(door), way)[0]
        body = json.loads(entry["request"]["postData"]["text"])
        assert list(body) == [way.wrapper]
        shapes: tuple[Json, ...] = (
            {"json": body[way.wrapper]},
            {"json": {}},
            {"form": {"x": "1"}},
        )
        for wrong in shapes:
            status, answer = await door.call(way.method, way.path, **wrong)
            assert (status, "-501" in json.dumps(answer)) == (200, True)
        other = "PUT" if way.method == "POST" else "POST"
        await door.call(other, way.path, json=body)
        assert door.simulator.received[-1].route != "user_sync"
        assert door.simulator.world.named("Mill House").starts["users"] == 0


def test_two_hundred_seeds_are_of_every_kind() -> None:
    """All shapes come up, no two ways of a world are the same, and no address holds a forbidden word."""
    kinds = Counter[str]()
    for seed in range(200):
        ways = draw(seed)
        assert set(ways) == set(PURPOSES)
        for purpose, way in ways.items():
            kinds[f"{purpose} {way.method} {way.encoding}"] += 1
            kinds[f"answer {way.answer_spelling} {way.answer_wrapper}"] += 1
            kinds[f"wrapper {way.wrapper is not None}"] += 1
            kinds[way.content_type] += 1
            assert not FORBIDDEN & set(re.split(r"\W+", way.path.lower()))
        start, steps = ways["user_sync"], ways["user_sync_steps"]
        kinds[f"shared {(start.method, start.path) == (steps.method, steps.path)}"] += 1
        others = {
            (way.method, way.path.lower()) for way in ways.values() if way is not steps
        }
        assert len(others) == len(PURPOSES) - 1
    for kind in (
        "user_sync POST form", "user_sync PUT json", "user_sync_steps GET ", "events GET ", "events POST form",
        "shared True", "shared False", "wrapper True", "text/json", "answer upper ('response', 'payload')",
    ):  # fmt: skip
        assert kinds[kind] > 3, kind


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_a_call_left_out(purpose: str) -> None:
    """The recording comes without any one of the calls."""
    async with opened(profile="hidden", seed=3) as door:
        whole, less = await har(door), await har(door, f"?without={purpose}")
        way = door.simulator.ways[purpose]  # type: ignore[index]
        missing = len(about(whole, way)) - len(about(less, way))
        assert missing >= 1
        assert len(whole) - len(less) == missing
        async with door.http.get(
            f"{door.simulator.url}/control/har?without=x"
        ) as answer:
            assert answer.status == 400


@pytest.mark.parametrize("browser", BROWSERS)
async def test_every_browser_and_its_noise(browser: str) -> None:
    """Pictures, scripts, preflights, other hosts, base64, compressed answers; and every kind of secret."""
    found = list[tuple[str, str]]()
    end = secrets.watch(lambda kind, text: found.append((kind, text)))
    async with opened(profile="hidden", seed=1) as door:
        entries = await har(door, f"?browser={browser}")
        text = json.dumps(entries)
        methods = Counter(entry["request"]["method"] for entry in entries)
        assert methods["OPTIONS"] > 5
        assert methods["PUT"] >= 1
        urls = [entry["request"]["url"] for entry in entries]
        assert any(url.startswith("data:") for url in urls)
        assert any("metrics.example.invalid" in url for url in urls)
        assert {304, 101, 0, 204} <= {entry["response"]["status"] for entry in entries}
        contents = [entry["response"]["content"] for entry in entries]
        coded = [item for item in contents if item.get("encoding") == "base64"]
        assert all(b64decode(item["text"]) for item in coded)
        assert any(item.get("compression", 0) > 0 for item in contents)
        assert door.options.password in text
        assert door.options.user_code in text
    end()
    decoded = text + "".join(
        b64decode(item["text"]).decode("latin-1") for item in coded
    )
    for kind in ("password", "code", "access_token", "refresh_token", "cookie", "duress_record"):  # fmt: skip
        assert any(secret in decoded for name, secret in found if name == kind), kind


async def test_sanitized() -> None:
    """Chrome leaves out cookies and authorization by default."""
    async with opened(profile="hidden") as door:
        for query, there in (("", True), ("?sanitized=true", False)):
            headers = {
                header["name"]
                for entry in await har(door, query)
                for header in entry["request"]["headers"]
            }
            assert ("authorization" in headers) is there
            assert ("cookie" in headers) is there


def start_of(seed: int) -> Exchange:
    """Return the start of a user sync of a world."""
    options = SimulatorOptions(profile="hidden", seed=seed, clock=Clock())
    visit = Visit(Simulator(options), "http://127.0.0.1:1").go()
    return next(exchange for exchange in visit if exchange.purpose == "user_sync")


@pytest.mark.parametrize("shape", SHAPES)
async def test_one_request_copied(shape: str) -> None:
    """The start of a user sync as text, in every shape a browser offers."""
    start = start_of(2)
    async with opened(profile="hidden", seed=2) as door:
        query = f"purpose=user_sync&as={shape}&base=http://127.0.0.1:1"
        async with door.http.get(
            f"{door.simulator.url}/control/har/copy?{query}"
        ) as answer:
            assert answer.status == 200
            text = await answer.text()
    plain = re.sub(r"[\^`\\]", "", text)
    assert start.url in plain
    assert start.body.replace('"', "") in plain.replace('"', "")
    first = {
        "bash": "curl '",
        "cmd": 'curl ^"',
        "powershell": "$session",
        "fetch": 'fetch("',
    }
    assert text.startswith(first[shape])
    assert text.count("\n") > 3


async def test_a_recording_of_another_profile() -> None:
    """Where nothing is hidden there is a visit, but no way to copy."""
    async with opened() as door:
        assert len(await har(door, f"?location={door.id('Lake Cabin')}")) > 10
        async with door.http.get(
            f"{door.simulator.url}/control/har/copy?purpose=events"
        ) as answer:
            assert answer.status == 404
        async with door.http.get(
            f"{door.simulator.url}/control/har?location=1"
        ) as answer:
            assert answer.status == 404

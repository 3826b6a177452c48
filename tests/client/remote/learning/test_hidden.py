"""From a recording of the stand-in's website to working ways, on drawn services.

Profile `hidden` draws address, verb, letter case, names, wrapper and content type of each
newer way from the seed. `PANELSYNC_TRUST=whole` tries 200 seeds.
"""

import json
import os
from typing import Any

import pytest

from custom_components.panelsync.client.errors import ClientError, RouteUnavailable
from custom_components.panelsync.client.models import Codes, Location, UserSyncWay
from custom_components.panelsync.client.outcomes import SyncKind
from custom_components.panelsync.client.remote.hosts import Hosts
from custom_components.panelsync.client.remote.learned_rules import plain
from custom_components.panelsync.client.remote.learned_store import (
    dump_learned,
    load_learned,
)
from custom_components.panelsync.client.remote.learning import (
    WANTED,
    Known,
    Lesson,
    learn,
)
from custom_components.panelsync.client.remote.location_link import RemoteLink
from custom_components.panelsync.client.remote.route import Purpose
from custom_components.panelsync.client.remote.service import RemoteService

from ..conftest import World, known, open_world

SEEDS = range(200 if os.environ.get("PANELSYNC_TRUST") == "whole" else 8)
NO = ("false", "0")
every_seed = pytest.mark.parametrize("seed", SEEDS)


async def recorded(world: World) -> bytes:
    async with world.http.get(f"{world.url}/control/har") as answer:
        assert answer.status == 200
        return await answer.read()


async def known_of(world: World, service: RemoteService) -> Known:
    """Say what is ours, as a flow does."""
    account = await service.fetch_account()
    panels = {item.location_id: item.panel.device_id for item in account.locations}
    return Known(Hosts(world.url, world.url), panels)


def purposes(lesson: Lesson) -> set[Purpose]:
    return {route.purpose for route in lesson.routes}


def user_syncs(world: World, location: Location) -> int:
    """Count the starts of a user sync that reached a location."""
    return world.simulator.world.locations[location.location_id].starts["users"]


async def nothing_is_known(link: RemoteLink) -> None:
    """Before anything was taught a press is refused and nothing of it can be read."""
    assert not link.has_route(SyncKind.USERS)
    with pytest.raises(RouteUnavailable):
        await link.start(SyncKind.USERS, Codes())
    assert await link.read_pending_user_changes() is None
    assert await link.read_events(None) is None
    assert await link.read_user_sync(Codes()) is None


async def everything_works(world: World, location: Location, link: RemoteLink) -> None:
    """Every purpose says what is true, and a press is one start."""
    await world.control(
        f"locations/{location.location_id}/users", {"name": "Kim Marsh"}
    )
    truth = world.simulator.world.locations[location.location_id]
    before = user_syncs(world, location)
    pending = await known(link.read_pending_user_changes())
    assert pending.count == truth.staged_user_changes > 0
    log = await known(link.read_events(None))
    answer = await link.start(SyncKind.USERS, Codes())
    assert answer.route.startswith("start_users.learned_")
    steps = await known(link.read_user_sync(Codes()))
    assert steps.total
    world.clock.forward(seconds=60)
    ended = await known(link.read_user_sync(Codes()))
    assert (ended.current, ended.result_code) == (ended.total, 0)
    pending = await known(link.read_pending_user_changes())
    assert pending.count == truth.staged_user_changes == 0
    assert user_syncs(world, location) == before + 1
    newer = await known(link.read_events(log.newest_id))
    assert any(
        record.mention is not None
        and record.mention.kind is SyncKind.USERS
        and record.mention.success
        for record in newer.records
    )
    job_id = (await link.start(SyncKind.PANEL, Codes())).job_id
    assert job_id is not None
    job = await link.read_job(job_id)
    world.clock.forward(seconds=60)
    done = await link.read_job(job_id)
    assert job is not None
    assert done is not None
    assert (job.state, done.state) == (1, 2)


@every_seed
async def test_after_teaching_everything_works(seed: int) -> None:
    """What a browser saved is enough, and nothing of it is kept but routes."""
    async with open_world("hidden", seed=seed) as world:
        recording = await recorded(world)
        service = world.service()
        location, link = await world.link(service)
        await nothing_is_known(link)
        known = await known_of(world, service)
        lesson = learn(recording, known, "1f")
        assert lesson.refusals == ()
        assert purposes(lesson) == set(WANTED)
        kept = json.dumps(dump_learned(lesson.routes))
        for secret in (world.simulator.options.password, str(location.location_id)):
            assert secret not in kept

        taught = world.service(
            stored=world.saved, learned=load_learned(json.loads(kept))
        )
        location, link = await world.link(taught)
        world.simulator.received.clear()
        await everything_works(world, location, link)
        sent = world.received()
        assert not any(record.forbidden for record in sent)
        assert sum(_starts_users(record.fields) for record in sent) == 1
        said = json.dumps([record.fields for record in sent]).casefold()
        assert '"forceimport": true' not in said
        assert '"forceimport": "true"' not in said


def _starts_users(fields: object) -> bool:
    """Return whether a request says, in whatever dress, that it does not only look."""
    if isinstance(fields, dict):
        return any(
            (plain(str(name)) == "statusonly" and str(value).casefold() in NO)
            or _starts_users(value)
            for name, value in fields.items()
        )
    return isinstance(fields, list) and any(map(_starts_users, fields))


@pytest.mark.parametrize(
    "fault", ["500_message", "html", "reset", "503_maintenance", "empty"]
)
async def test_a_learned_start_goes_out_once_whatever_becomes_of_it(fault: str) -> None:
    """Nor is a likely way tried after it, unless it was not there at all."""
    async with open_world("hidden", seed=1) as world:
        lesson = learn(
            await recorded(world), await known_of(world, world.service()), "1f"
        )
        _, link = await world.link(
            world.service(learned=lesson.routes, user_sync=UserSyncWay.LIKELY)
        )
        world.simulator.received.clear()
        await world.fault("user_sync", fault, 9)
        with pytest.raises(ClientError):
            await link.start(SyncKind.USERS, Codes())
        assert sum(_starts_users(one.fields) for one in world.received()) == 1


@every_seed
async def test_what_is_missing_in_the_recording_stays_unknown(seed: int) -> None:
    async with open_world("hidden", seed=seed) as world:
        recording = json.loads(await recorded(world))
        known = await known_of(world, world.service())
        entries = recording["log"]["entries"]
        alone = [purposes(learn(_har([entry]), known, "1f")) for entry in entries]
        for purpose in WANTED:
            left = [
                entry
                for entry, found in zip(entries, alone, strict=True)
                if purpose not in found
            ]
            lesson = learn(_har(left), known, "1f")
            assert lesson.refusals == ()
            assert purposes(lesson) == set(WANTED) - {purpose}


def _har(entries: list[dict[str, Any]]) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


async def test_a_learned_start_that_is_gone_is_not_sent_again() -> None:
    """Gone works as for all others; a lesson of today is tried again."""
    async with open_world("hidden", seed=5) as world:
        recording = await recorded(world)
        known = await known_of(world, world.service())
    async with open_world("bare", seed=1) as world:
        old = learn(recording, known, "1f").routes
        service = world.service(learned=old)
        location, link = await world.link(service)
        assert link.has_route(SyncKind.USERS)
        for _ in range(2):
            with pytest.raises(RouteUnavailable):
                await link.start(SyncKind.USERS, Codes())
        assert not link.has_route(SyncKind.USERS)
        (start,) = (route for route in old if route.is_start)
        assert len(world.received(start.path)) == 1
        again = learn(recording, known, "2e").routes
        service = world.service(stored=world.saved, learned=again)
        location, link = await world.link(service)
        assert link.has_route(SyncKind.USERS)
        assert user_syncs(world, location) == 0


async def test_what_a_learned_way_cannot_write_is_not_sent() -> None:
    """It sends numbers: a job that is none stays unknown, a code with a 0 is not cut."""
    async with open_world("hidden", seed=1) as world:
        known = await known_of(world, world.service())
        (location_id, device_id), *_ = known.panels.items()
        site = f"{world.url}/TC2API.TCResource/api/v9/locations/{location_id}"
        row = {"DeviceID": device_id, "AuthorizingCode": 4321, "StatusOnly": False}
        calls = [
            _call(f"{site}/users/sync", row, {"ResultCode": 0}),
            _call(f"{site}/users/look", {**row, "StatusOnly": True}, {"ResultCode": 0}),
            _call(f"{site}/progress", {"JobID": 987654}, {"JobState": 1}),
        ]
        lesson = learn(_har(calls), known, "1f")
        assert len(lesson.routes) == len(calls)
        _, link = await world.link(world.service(learned=lesson.routes))
        world.simulator.received.clear()
        assert await link.read_job("job-43") is None
        assert await link.read_user_sync(Codes("0839")) is None
        with pytest.raises(RouteUnavailable):
            await link.start(SyncKind.USERS, Codes("0839"))
        assert not world.received("/v9/")
        assert await link.read_job("43") is None
        assert len(world.received("/progress")) == 1


def _call(url: str, body: object, answer: object) -> dict[str, Any]:
    return {
        "request": {
            "method": "POST",
            "url": url,
            "postData": {"mimeType": "application/json", "text": json.dumps(body)},
        },
        "response": {"status": 200, "content": {"text": json.dumps(answer)}},
    }

"""The client against the simulated service, in each of its profiles."""

from contextlib import suppress
from typing import Any

from aiohttp import web
import pytest

from custom_components.panelsync.client.errors import (
    CodeRefused,
    FeatureMissing,
    PanelUnreachable,
    RouteUnavailable,
    ServiceRefused,
)
from custom_components.panelsync.client.models import (
    ActivityType,
    ArmingState,
    Codes,
    RouteState,
    SyncMention,
    UserSyncWay,
)
from custom_components.panelsync.client.outcomes import SyncKind
from custom_components.panelsync.client.remote.learned_store import learned_from_path
from custom_components.panelsync.client.remote.service import RemoteService

from .conftest import PASSWORD, World, known, open_world

PROFILES = ["rest", "soap", "bare", "old"]
LIKELY = UserSyncWay.LIKELY
every_profile = pytest.mark.parametrize("world", PROFILES, indirect=True)


def state(service: RemoteService, route: str) -> RouteState:
    """Tell what the account taught of a route."""
    return next(item.state for item in service.routes() if item.route == route)


def starts(world: World) -> list[Any]:
    """Give everything that starts a sync: a poll of a user sync says StatusOnly true."""
    return [
        record
        for record in world.simulator.received
        if record.method == "POST"
        and ("synchronize" in record.path or "SynchronizePanelUser" in record.route)
        and record.fields.get("StatusOnly") not in (True, "true")
    ]


@every_profile
async def test_account_and_status_are_read(world: World) -> None:
    """One sign-in gives the locations; each has a status from its own read."""
    service = world.service()
    account = await service.fetch_account()
    names = [location.name for location in account.locations]
    assert names == ["Mill House", "Lake Cabin", "Harbour Shop", "Hill Farm"]
    assert account.user_id == str(world.simulator.state()["user_id"])
    assert account.two_step_codes is False
    links = {item.name: service.link(item) for item in account.locations}
    mill = await links["Mill House"].read_status()
    assert mill.arming is ArmingState.DISARMED
    assert mill.zones
    assert mill.report_time is not None
    assert mill.read_at == world.clock.now
    assert (await links["Lake Cabin"].read_status()).sync_flag is True
    shop = await links["Harbour Shop"].read_status()
    assert shop.arming is ArmingState.ARMED_AWAY
    assert world.password_sign_ins() == service.sign_ins_today == 1


@every_profile
async def test_a_panel_sync_is_started_once(world: World) -> None:
    """Form-encoded, with the stored code and nothing else, `forceImport` least of all."""
    location, link = await world.link(world.service())
    answer = await link.start(SyncKind.PANEL, Codes())
    assert answer.job_id
    (start,) = world.received("devices/security/synchronize", "POST")
    assert start.encoding == "form"
    assert start.fields == {"userCode": "-1"}
    assert start.location_id == location.location_id
    assert link.has_route(SyncKind.PANEL)
    assert link.has_route(SyncKind.REFRESH)


@pytest.mark.parametrize(
    ("world", "route"),
    [("rest", "job.path"), ("soap", "job.soap"), ("bare", None)],
    indirect=["world"],
)
async def test_a_job_is_followed_where_it_can_be(
    world: World, route: str | None
) -> None:
    """REST candidates first, then SOAP, else not known; the way found is kept."""
    service = world.service()
    _, link = await world.link(service)
    job_id = (await link.start(SyncKind.PANEL, Codes())).job_id
    assert job_id
    before = await link.read_job(job_id)
    world.clock.forward(seconds=60)
    world.simulator.received.clear()
    after = await link.read_job(job_id)
    if route is None:
        assert before is after is None
        assert not world.received("synchronize/")
        return
    assert before is not None
    assert after is not None
    assert (before.state, after.state) == (1, 2)
    assert len(world.received()) == 1
    assert state(service, route) is RouteState.WORKS


@pytest.mark.parametrize("candidate", [1, 2, 3, 4])
async def test_every_candidate_of_the_job_status_is_found(
    world: World, candidate: int
) -> None:
    """Whichever the service has, it is found by harmless reads.

    See docs/protocol/total-connect.md#job-state.
    """
    world.switches.job_status_candidate = candidate
    _, link = await world.link(world.service())
    job_id = (await link.start(SyncKind.PANEL, Codes())).job_id
    assert job_id
    job = await known(link.read_job(job_id))
    assert job.state == 1
    assert len(starts(world)) == 1


@pytest.mark.parametrize("world", ["rest", "soap"], indirect=True)
async def test_an_unknown_job_is_not_known(world: World) -> None:
    """-501 is no failure of the sync."""
    _, link = await world.link(world.service())
    assert await link.read_job("00000000-0000-4000-8000-000000000000") is None
    assert await link.read_job("../../arm") is None


@every_profile
async def test_the_log_is_read_newer_than_a_mark(world: World) -> None:
    """The newest page first, then only what came after; None where no way lives."""
    location, link = await world.link(world.service())
    log = await link.read_events(None)
    if world.simulator.options.profile == "bare":
        assert log is None
        return
    assert log is not None
    ids = [record.record_id for record in log.records]
    assert ids == sorted(ids, reverse=True)
    assert log.newest_id == ids[0]
    nothing = await known(link.read_events(log.newest_id))
    assert (nothing.records, nothing.newest_id) == ((), log.newest_id)
    await world.control(
        f"locations/{location.location_id}/log",
        {"text": "User Sync Success Mill House", "originator": "Sam Field"},
    )
    newer = await known(link.read_events(log.newest_id))
    (record,) = newer.records
    assert record.mention == SyncMention(SyncKind.USERS, success=True)
    assert record.activity is ActivityType.SYNC
    assert record.originator == "Sam Field"
    assert newer.newest_id == record.record_id > log.newest_id


@pytest.mark.parametrize("world", ["rest", "soap"], indirect=True)
async def test_calls_for_help_stay_in_the_service(world: World) -> None:
    """Duress and hold-up records are counted and never told."""
    location, link = await world.link(world.service())
    log = await known(link.read_events(None))
    await world.control(f"locations/{location.location_id}/duress")
    newer = await known(link.read_events(log.newest_id))
    assert newer.records == ()
    assert newer.newest_id > log.newest_id


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("page_to", ["older", "newer"])
@pytest.mark.parametrize("world", ["rest", "soap"], indirect=True)
async def test_a_long_log_is_read_whichever_way_it_pages(
    world: World, page_to: str, newest_first: bool
) -> None:
    """Pages are followed while they bring new ids, and no further."""
    location, link = await world.link(world.service())
    log = await known(link.read_events(None))
    world.switches.events_newest_first = newest_first
    world.switches.events_page_to = page_to
    for number in range(120):
        world.clock.forward(seconds=1)
        await world.control(
            f"locations/{location.location_id}/log",
            {"text": f"Entry {number}", "originator": "Sam"},
        )
    world.simulator.received.clear()
    newer = await known(link.read_events(log.newest_id))
    assert len(world.received()) <= 10
    texts = [record.text for record in newer.records]
    assert len(set(texts)) == len(texts)
    assert texts[0] == "Entry 119"
    assert len(texts) == 120


@pytest.mark.parametrize("candidate", [1, 2, 3])
async def test_every_candidate_of_the_log_is_found(
    world: World, candidate: int
) -> None:
    """The full body, its v2 and the short body.

    See docs/protocol/total-connect.md#likely-routes.
    """
    world.switches.events_candidate = candidate
    _, link = await world.link(world.service())
    log = await known(link.read_events(None))
    world.simulator.received.clear()
    assert await link.read_events(log.newest_id) is not None
    assert len(world.received()) == 1


@pytest.mark.parametrize("candidate", [1, 2, 3])
async def test_every_candidate_of_the_users_list_is_found(
    world: World, candidate: int
) -> None:
    world.switches.users_candidate = candidate
    _, link = await world.link(world.service())
    pending = await known(link.read_pending_user_changes())
    assert pending.count > 0


@pytest.mark.parametrize("world", ["soap", "bare"], indirect=True)
async def test_pending_changes_by_soap_or_not_at_all(world: World) -> None:
    """SOAP knows them; without any way they are not known."""
    _, link = await world.link(world.service())
    pending = await link.read_pending_user_changes()
    assert (pending is not None) is (world.simulator.options.profile == "soap")


@every_profile
async def test_a_live_read_asks_the_panel(world: World) -> None:
    """The first 4101 is passed over quietly; an old panel cannot be asked."""
    _, link = await world.link(world.service())
    if world.simulator.options.profile == "old":
        with pytest.raises(FeatureMissing):
            await link.read_live()
        assert len(world.received("zones/0")) == 1
        return
    assert (await link.read_live()).zones > 0
    assert [record.route for record in world.received("zones/0")] != []
    assert world.pauses == [6.0]


async def test_an_offline_panel_is_asked_three_times(world: World) -> None:
    _, link = await world.link(world.service(), "Hill Farm")
    with pytest.raises(PanelUnreachable):
        await link.read_live()
    assert len(world.received("zones/0")) == 3
    world.pauses.clear()
    with pytest.raises(PanelUnreachable) as raised:
        await link.start(SyncKind.PANEL, Codes())
    assert raised.value.code in (4101, -4104, -4108)
    assert len(world.received("devices/security/synchronize")) == 2
    assert world.pauses == [6.0]


async def test_a_start_after_idle_is_repeated_once(world: World) -> None:
    """A complete 4101 without a job has begun nothing.

    See docs/architecture.md#a-start-is-sent-once.
    """
    world.switches.first_start_unreachable = True
    _, link = await world.link(world.service())
    answer = await link.start(SyncKind.PANEL, Codes())
    assert answer.job_id
    assert world.pauses == [6.0]


async def test_an_armed_refusal_is_told_with_its_code(world: World) -> None:
    _, link = await world.link(world.service(), "Harbour Shop")
    with pytest.raises(ServiceRefused) as raised:
        await link.start(SyncKind.PANEL, Codes())
    assert raised.value.code == world.switches.armed_refusal
    assert len(starts(world)) == 1


@pytest.mark.parametrize("kind", [SyncKind.PANEL, SyncKind.USERS])
@pytest.mark.parametrize("world", ["rest", "soap"], indirect=True)
async def test_a_wrong_code_is_sent_once(world: World, kind: SyncKind) -> None:
    """The panel counts wrong codes (docs/architecture.md#a-start-is-sent-once)."""
    service = world.service(user_sync=LIKELY)
    location, link = await world.link(service)
    await service.probe_routes(location)
    with pytest.raises(CodeRefused) as refused:
        await link.start(kind, Codes(user_code="6660"))
    assert "6660" not in repr(refused.value)
    assert len(starts(world)) == 1


async def test_a_code_that_is_none_is_never_sent(world: World) -> None:
    """Only digits can be a code."""
    _, link = await world.link(world.service(user_sync=LIKELY))
    for kind in (SyncKind.PANEL, SyncKind.USERS):
        with pytest.raises(CodeRefused):
            await link.start(kind, Codes(user_code="12 OR 1"))
    assert starts(world) == []
    with pytest.raises(ValueError, match="read, not started"):
        await link.start(SyncKind.REFRESH, Codes())


async def test_the_installer_code_goes_only_where_it_is_asked_for() -> None:
    """One old panel asks for it."""
    async with open_world("old") as world:
        service = world.service()
        account = await service.fetch_account()
        codes = Codes(installer_code=world.simulator.options.installer_code)
        for location in account.locations:
            world.simulator.received.clear()
            with suppress(ServiceRefused):
                await service.link(location).start(SyncKind.PANEL, codes)
            sent = world.received("synchronize")[0].fields
            assert ("installerCode" in sent) is location.panel.prompts_installer_code
        asking = [item.panel.prompts_installer_code for item in account.locations]
        assert any(asking)
        assert not all(asking)


@pytest.mark.parametrize("world", ["rest", "soap"], indirect=True)
async def test_a_user_sync_is_started_once_and_polled_harmlessly(world: World) -> None:
    """The poll has StatusOnly true; nothing it sends starts another sync."""
    service = world.service(user_sync=LIKELY)
    location, link = await world.link(service)
    await service.probe_routes(location)
    before = await known(link.read_pending_user_changes())
    assert before.count > 0
    answer = await link.start(SyncKind.USERS, Codes())
    soap = world.simulator.options.profile == "soap"
    assert answer.route == ("start_users.soap" if soap else "start_users.account")
    counts = []
    for _ in range(8):
        steps = await known(link.read_user_sync(Codes()))
        assert steps.total
        counts.append(steps.current or 0)
        world.clock.forward(seconds=0.06)
    assert steps is not None
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] == steps.total
    assert steps.result_code == 0
    after = await known(link.read_pending_user_changes())
    assert after.count == 0
    truth = await (await world.http.get(f"{world.url}/control/state")).json()
    runs = next(
        item["runs"]
        for item in truth["locations"]
        if item["id"] == location.location_id
    )
    assert [run["kind"] for run in runs].count("users") == 1


@pytest.mark.parametrize("candidate", [1, 2, 3])
async def test_likely_ways_are_tried_in_order(world: World, candidate: int) -> None:
    """Moving on only at a missing route; the missing ones are remembered."""
    world.switches.user_sync_candidate = candidate
    service = world.service(user_sync=LIKELY)
    _, link = await world.link(service)
    answer = await link.start(SyncKind.USERS, Codes())
    assert answer.route.startswith("start_users.")
    gone = [item for item in service.routes() if item.purpose == "start_users"]
    states = [item.state for item in gone]
    assert states.count(RouteState.UNAVAILABLE) == candidate - 1
    assert await link.read_user_sync(Codes()) is not None


@pytest.mark.parametrize("world", ["rest", "bare"], indirect=True)
async def test_without_a_living_way_nothing_is_sent(world: World) -> None:
    """Known ways only: SOAP is gone, so the press is refused."""
    service = world.service()
    location, link = await world.link(service)
    await service.probe_routes(location)
    assert not link.has_route(SyncKind.USERS)
    with pytest.raises(RouteUnavailable):
        await link.start(SyncKind.USERS, Codes())
    assert starts(world) == []
    assert await link.read_user_sync(Codes()) is None


async def test_a_path_that_was_once_pasted_is_a_learned_way(world: World) -> None:
    """With its places filled, and for the steps the same path."""
    world.switches.user_sync_candidate = 2
    path = "TC2API.TCResource/api/v1/locations/{locationId}/devices/{deviceId}/users/synchronize"
    location, link = await world.link(
        world.service(learned=learned_from_path(path, "0"))
    )
    assert link.has_route(SyncKind.USERS)
    answer = await link.start(SyncKind.USERS, Codes())
    assert answer.route == "start_users.learned_0"
    assert await link.read_user_sync(Codes()) is not None
    paths = {record.path for record in world.received("users/synchronize")}
    places = f"{location.location_id}/devices/{location.panel.device_id}"
    assert paths == {f"/TC2API.TCResource/api/v1/locations/{places}/users/synchronize"}


async def test_a_panel_without_user_sync_says_so() -> None:
    """By its type, by its account, and by -120."""
    async with open_world("old") as world:
        _, link = await world.link(world.service(user_sync=LIKELY))
        assert link.supported_kinds == {SyncKind.PANEL, SyncKind.REFRESH}
        with pytest.raises(FeatureMissing):
            await link.start(SyncKind.USERS, Codes())


@every_profile
async def test_probing_only_reads(world: World) -> None:
    """It tells what works, starts nothing, and its findings are kept over a restart."""
    service = world.service()
    location, _ = await world.link(service)
    await service.probe_routes(location)
    assert starts(world) == []
    assert not any(record.forbidden for record in world.simulator.received)
    soap = world.simulator.options.profile == "soap"
    assert (state(service, "soap") is RouteState.WORKS) is soap
    again = world.service(stored=world.saved)
    assert again.routes() == service.routes()
    await again.fetch_account()
    assert world.password_sign_ins() == 1


@pytest.mark.parametrize(
    "soap", ["forbidden", "missing", "fault", "invalid_session", "html", "redirect"]
)
async def test_soap_can_be_off_in_any_way(soap: str) -> None:
    """In each the client goes on without it, at no price in sign-ins."""
    async with open_world("bare") as world:
        world.switches.soap = soap
        service = world.service()
        location, link = await world.link(service)
        for _ in range(30):
            await service.probe_routes(location)
            assert await link.read_events(None) is None
            assert not link.has_route(SyncKind.USERS)
            world.clock.forward(hours=1)
        assert world.password_sign_ins() <= 8
        assert (await link.read_status()).zones


async def test_the_service_tells_of_itself(world: World) -> None:
    """Its dashboard, and nothing where it cannot be had."""
    service = world.service()
    lines = await service.fetch_service_status()
    assert [line.healthy for line in lines] == [True, True, True]
    await world.fault("Dashboard", "502_html")
    assert await service.fetch_service_status() == ()


async def test_what_the_dashboard_repeats_is_not_shown(world: World) -> None:
    """It goes into system health, which people paste in public."""
    rows = [
        {"ServiceName": "Security", "Status": f"good {PASSWORD}"},
        {"ServiceName": f"{'x' * 95} {PASSWORD}", "Status": "good"},
        {"ServiceName": "Video", "Status": "good"},
    ]
    async with world.answering(
        "Dashboard", lambda _: web.json_response({"systemStatus": rows})
    ):
        lines = await world.service().fetch_service_status()
    assert [line.name for line in lines] == ["Video"]


@pytest.mark.parametrize("valid_for", ["anyone", "own"])
async def test_a_user_code_is_checked(world: World, valid_for: str) -> None:
    """Asked once; a code that is none is not asked for."""
    world.switches.validate_user_true_for = valid_for
    service = world.service()
    location, _ = await world.link(service)
    assert await service.check_user_code(location, world.simulator.options.user_code)
    assert not await service.check_user_code(location, "0001")
    assert not await service.check_user_code(location, "letters")
    assert len(world.received("validateUser")) == 2


async def test_signing_out_ends_the_session(world: World) -> None:
    """Nothing is kept but the ledger."""
    service = world.service()
    await service.sign_in()
    await service.sign_out()
    assert world.received("logout")
    assert world.saved["tokens"] is None
    await service.sign_out()
    assert len(world.received("logout")) == 1


async def test_answers_of_another_shape_are_read(world: World) -> None:
    """Text numbers, other letter case, unknown fields, no locations at all."""
    world.switches.numbers_as_strings = True
    world.switches.letter_case = "upper"
    world.switches.extra_fields = True
    service = world.service(user_sync=LIKELY)
    location, link = await world.link(service)
    status = await link.read_status()
    assert status.arming is ArmingState.DISARMED
    assert status.zones
    assert (await link.read_live()).zones == len(status.zones)
    assert await link.read_events(None)
    answer = await link.start(SyncKind.PANEL, Codes())
    assert answer.job_id
    assert await link.read_job(answer.job_id)
    world.switches.letter_case = "lower"
    assert (await link.read_status()).zones
    world.switches.locations_null = True
    assert (await service.fetch_account()).locations == ()
    assert service.link(location) is link

"""What an answer says of one panel counts before what it says of the whole."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.errors import (
    ClientError,
    CodeRefused,
    FeatureMissing,
    PanelUnreachable,
    ServiceRefused,
)
from custom_components.panelsync.client.models import Codes, UserSyncWay
from custom_components.panelsync.client.outcomes import SyncKind
from custom_components.panelsync.client.remote.decode import answers as decode
from custom_components.panelsync.client.remote.decode.fields import Fields
from custom_components.panelsync.client.remote.location_link import RemoteLink

from ..makers import json_values
from .conftest import World, known

pytestmark = pytest.mark.kind("answers")

LIKELY = UserSyncWay.LIKELY
CODES = Codes("7391", "4112")


type Row = Mapping[str, Any]
type Answer = Callable[[int], web.Response]


def rows(world: World, *of_panel: Row, top: int = 0) -> Answer:
    """Answer user syncs with a code for the whole, and rows of the panel in turn."""
    device = next(iter(world.simulator.world.locations.values())).device_id

    def answer(number: int) -> web.Response:
        row = of_panel[min(number, len(of_panel)) - 1]
        items = [
            {"DeviceID": device + 1, "ResultCode": 0},
            {"DeviceID": device, "ResultData": "Words of the row", **row},
        ]
        return web.json_response(
            {"ResultCode": top, "ResultData": "Success", "SynchronizationStatus": items}
        )

    return answer


@asynccontextmanager
async def user_sync_of(
    world: World, answer: Answer
) -> AsyncIterator[tuple[RemoteLink, list[str]]]:
    """Stand before a service that answers user syncs so, and keeps what it was asked."""
    async with world.answering("account/users/synchronize", answer) as seen:
        _, link = await world.link(world.service(user_sync=LIKELY))
        yield link, seen


FRESH = {"TotalSteps": 6, "CurrentStep": 0}


@pytest.mark.parametrize(
    ("top", "row", "error"),
    [
        (0, {"ResultCode": -4106}, CodeRefused),
        (0, {"ResultCode": "-4114", **FRESH}, CodeRefused),
        (0, {"resultcode": -4104, **FRESH}, PanelUnreachable),
        (0, {"ResultCode": 4101}, PanelUnreachable),
        (0, {"ResultCode": -120}, FeatureMissing),
        (0, {"ResultCode": -4502}, ServiceRefused),
        (4500, {"ResultCode": -4106}, CodeRefused),
        # A refused code is believed wherever it stands.
        (-4106, {"ResultCode": 0, **FRESH}, CodeRefused),
        # Also in a row that was never seen: it is not sent again to find out.
        (0, {"ResultCode": -4106, "TotalSteps": 6, "CurrentStep": 2}, CodeRefused),
        (-4502, {}, ServiceRefused),
    ],
)
async def test_a_row_that_refuses_a_user_sync_counts(
    world: World, top: int, row: Row, error: type[ClientError]
) -> None:
    """Nothing is followed, and the words are those of the row."""
    async with user_sync_of(world, rows(world, row, top=top)) as (link, seen):
        with pytest.raises(error) as raised:
            await link.start(SyncKind.USERS, CODES)
        if row.keys() & {"ResultCode", "resultcode"} and top >= 0:
            assert raised.value.text == "Words of the row"
        assert len(seen) == 1


@pytest.mark.parametrize(
    ("top", "row", "code"),
    [
        (0, {"ResultCode": 0, **FRESH}, None),
        (0, {"ResultCode": 4500}, None),
        (0, {}, None),
        (0, {"ResultCode": -98765}, -98765),
        (-98765, {"ResultCode": 0, **FRESH}, -98765),
        (-98765, {}, -98765),
        (4101, {"ResultCode": 0, **FRESH}, 4101),
    ],
)
async def test_a_row_that_does_not_refuse_is_followed(
    world: World, top: int, row: Row, code: int | None
) -> None:
    """A code that nobody knows leaves it open; then a guessed way is not asked on."""
    async with user_sync_of(world, rows(world, row, top=top)) as (link, seen):
        assert (await link.start(SyncKind.USERS, CODES)).code == code
        await link.read_user_sync(CODES)
        assert len(seen) == (2 if code is None else 1)


async def test_a_row_that_is_in_no_list_counts(world: World) -> None:
    device = next(iter(world.simulator.world.locations.values())).device_id
    row = {"DeviceID": str(device), "ResultCode": "-4106"}
    body = {"ResultCode": 0, "SynchronizationStatus": row}
    async with user_sync_of(world, lambda _: web.json_response(body)) as (link, _):
        with pytest.raises(CodeRefused):
            await link.start(SyncKind.USERS, CODES)


@pytest.mark.parametrize(
    ("part", "section"), [("fullStatus", "PanelStatus"), ("zones/0", "ZoneStatus")]
)
async def test_a_section_that_failed_counts(
    world: World, part: str, section: str
) -> None:
    """Its zones are of nobody knows when."""
    inner = {"ResultCode": -4104, "ResultData": "Words", "Zones": [{"ZoneID": 1}]}
    body = {"ResultCode": 0, section: inner}
    async with world.answering(part, lambda _: web.json_response(body)):
        _, link = await world.link(world.service())
        with pytest.raises(PanelUnreachable) as raised:
            await (link.read_status() if section == "PanelStatus" else link.read_live())
        assert raised.value.text == "Words"


def test_of_several_rows_the_failed_one_counts() -> None:
    rows = [
        {"DeviceID": 7, "ResultCode": 0, "TotalSteps": 4, "CurrentStep": 4},
        {"DeviceID": 7, "ResultCode": -4106, "TotalSteps": 4, "CurrentStep": 1},
    ]
    steps = decode.user_sync_steps(Fields({"SynchronizationStatus": rows}), 7)
    assert steps is not None
    assert steps.result_code == -4106


def test_a_job_whose_panel_failed_failed() -> None:
    answer = {
        "JobState": 2,
        "SyncJobResult": [
            {"DeviceID": 8, "ResultCode": 0},
            {"DeviceID": 7, "ResultCode": -4104},
        ],
    }
    job = decode.job_status(Fields(answer), 7)
    assert job is not None
    assert job.state == -4104
    other = decode.job_status(Fields(answer), 8)
    assert other is not None
    assert other.state == 2


def test_a_user_that_could_not_be_read_leaves_the_count_unknown() -> None:
    users = [{"OutOfSyncCount": 0}, {"OutOfSyncCount": 0, "ResultCode": -400}]
    assert decode.pending_changes(Fields({"Users": users})) is None


async def test_rows_of_the_last_sync_refuse_nothing(world: World) -> None:
    """The service may go on showing how the last sync failed; a new row counts."""
    old = {"ResultCode": -4104, "TotalSteps": 6, "CurrentStep": 2}
    new = {"ResultCode": -4106, "TotalSteps": 4, "CurrentStep": 0}
    shown = ({"ResultCode": 0, **FRESH}, old, old, old, new)
    async with user_sync_of(world, rows(world, *shown)) as (link, _):
        await link.start(SyncKind.USERS, CODES)
        failed = await known(link.read_user_sync(CODES))
        assert failed.is_new
        await link.start(SyncKind.USERS, CODES)
        lingering = await known(link.read_user_sync(CODES))
        assert not lingering.is_new
        refused = await known(link.read_user_sync(CODES))
        assert (refused.is_new, refused.result_code) == (True, -4106)


@pytest.mark.parametrize("code", [-4104, 4101, -4502, -120])
async def test_a_row_of_a_sync_that_was_never_seen_refuses_nothing(
    world: World, code: int
) -> None:
    """After a restart no row is known: one with steps made is none of a fresh start."""
    old = {"ResultCode": code, "TotalSteps": 6, "CurrentStep": 2}
    async with user_sync_of(world, rows(world, old)) as (link, _):
        assert (await link.start(SyncKind.USERS, CODES)).code is None
        lingering = await known(link.read_user_sync(CODES))
        assert not lingering.is_new


@pytest.mark.parametrize(
    ("top", "row", "error"),
    [(0, -4106, CodeRefused), (0, -4502, ServiceRefused), (0, 0, None)],
)
async def test_a_row_of_a_panel_sync_counts(
    world: World, top: int, row: int, error: type[ClientError] | None
) -> None:
    answer = {
        "ResultCode": top,
        "JobID": "job-1",
        "Devices": [{"ResultCode": row, "ResultData": "No"}],
    }
    async with world.answering(
        "security/synchronize", lambda _: web.json_response(answer)
    ) as seen:
        _, link = await world.link(world.service())
        if error is None:
            assert (await link.start(SyncKind.PANEL, CODES)).job_id == "job-1"
        else:
            with pytest.raises(error):
                await link.start(SyncKind.PANEL, CODES)
        assert len(seen) == 1


@pytest.mark.parametrize("text", ["Not with 7391", 7391, "7391"])
async def test_no_row_repeats_a_secret(world: World, text: str | int) -> None:
    """What the service says in a row is taken apart like what it says of the whole."""
    row = {"ResultCode": -4502, "ResultData": text, "StatusText": text}
    async with user_sync_of(world, rows(world, row)) as (link, _):
        with pytest.raises(ServiceRefused) as raised:
            await link.start(SyncKind.USERS, CODES)
        assert "7391" not in raised.value.text


_json = json_values(["ResultCode", "DeviceID", "ResultData", "Rows", "Row"])


@given(st.dictionaries(st.sampled_from(["A", "B", "ResultCode"]), _json, max_size=3))
def test_any_answer_gives_results_of_the_panel_or_none(answer: dict[str, Any]) -> None:
    for code, text in decode.item_results(Fields(answer), 7):
        assert type(code) is int
        assert type(text) is str


@pytest.mark.parametrize("codes", [(4500, -4106), (0, -4106), (-4106, 0)])
async def test_one_of_several_rows_refuses(world: World, codes: list[int]) -> None:
    """One panel, several results: one that failed is not hidden by one that did not."""
    answer = {
        "ResultCode": 0,
        "SynchronizationStatus": [{"ResultCode": code} for code in codes],
    }
    async with user_sync_of(world, lambda _: web.json_response(answer)) as (link, _):
        with pytest.raises(CodeRefused):
            await link.start(SyncKind.USERS, CODES)

"""A log that counts anew is noticed, and no log repeats a secret."""

from contextlib import suppress

import pytest

from custom_components.panelsync.client.errors import CodeRefused
from custom_components.panelsync.client.models import Codes
from custom_components.panelsync.client.outcomes import SyncKind
from custom_components.panelsync.client.remote.log_reader import (
    BEGUN_ANEW_READS,
    WHOLE_EACH,
)

from .conftest import PASSWORD, World, known

pytestmark = pytest.mark.kind("ids")

BEYOND = 2**62


@pytest.mark.parametrize("world", ["rest", "soap"], indirect=True)
@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("beside", [[], [None, 0]])
async def test_a_position_beyond_the_log_is_given_up(
    world: World, newest_first: bool, beside: list[int | None]
) -> None:
    """Soon, whichever way the log is read; then it is read on from its end.

    A person may read the whole log in between.
    """
    world.switches.events_newest_first = newest_first
    _, link = await world.link(world.service())
    log = await known(link.read_events(None))
    found = None
    for _ in range(WHOLE_EACH * BEGUN_ANEW_READS + 1):
        for position in beside:
            assert await link.read_events(position) is not None
        found = await known(link.read_events(BEYOND))
        assert found.records == ()
        if found.begun_anew:
            break
        assert found.newest_id == BEYOND
    assert found is not None
    assert found.begun_anew
    assert found.newest_id == log.newest_id
    after = await known(link.read_events(log.newest_id))
    assert not after.begun_anew


async def test_one_answer_that_lacks_the_newest_is_nothing_new(world: World) -> None:
    """A page may be behind for a moment: the position stays, and nothing fires twice."""
    _, link = await world.link(world.service())
    log = await known(link.read_events(None))
    for _ in range(10):
        for position in (log.newest_id + 5, log.newest_id + 5, log.newest_id):
            found = await known(link.read_events(position))
            assert not found.begun_anew


@pytest.mark.parametrize(
    "text",
    [
        f"Password {PASSWORD} changed",
        f"Password {PASSWORD.upper()} changed",
        "Code 846201 used",
        "Code 84 62 01 used",
        f"{'Zone bypass ' * 41}now 846201 used",
    ],
)
async def test_a_record_that_repeats_a_secret_is_dropped(
    world: World, text: str
) -> None:
    """The password, and the codes that were sent; others stay."""
    location, link = await world.link(world.service())
    log = await known(link.read_events(None))
    with suppress(CodeRefused):
        await link.start(SyncKind.PANEL, Codes(user_code="846201"))
    world.simulator.world.write_log(location.location_id, text, "Dana Keller")
    world.simulator.world.write_log(location.location_id, "Doorbell", "dana.keller")
    found = await known(link.read_events(log.newest_id))
    texts = [record.text for record in found.records]
    assert not any("8462" in shown or shown.startswith(text[:400]) for shown in texts)
    assert "Doorbell" in texts

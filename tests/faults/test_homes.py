"""Two homes and the vendor's app on one account, at once.

See docs/architecture.md#checks-before-a-start.
"""

import copy
from datetime import timedelta
from typing import Any

import pytest

from custom_components.panelsync.client import (
    ClientError,
    Credentials,
    Hosts,
    RemoteService,
    SyncKind,
    UserSyncWay,
    log_successes,
)
from simulator.service.accounts import Accounts

from .report import Report
from .scene import Scene, opened

HOURS = 12


def second_home(scene: Scene) -> RemoteService:
    """Give another home's client: same account, its own store."""
    stored: dict[str, Any] = {}

    async def save(changed: dict[str, Any]) -> None:
        stored.update(copy.deepcopy(changed))

    return RemoteService(
        scene.wire,  # type: ignore[arg-type]
        Hosts(scene.simulator.url, scene.simulator.url),
        Credentials(scene.simulator.options.user, scene.simulator.options.password),
        now=scene.clock,
        sleep=scene.sleep,
        save=save,
        user_sync=UserSyncWay.LIKELY,
    )


def sign_ins(accounts: Accounts) -> int:
    """Count the sign-ins that were granted."""
    return len(accounts.sign_ins)


@pytest.mark.parametrize(
    ("exclusive", "most"),
    [
        # A session ends after 5 hours: 3 for each home in 12 hours.
        (False, 2 * 3),
        # Each sign-in throws the other out. What keeps this from being a war is the
        # spacing: 5, 10, 20, ... minutes up to 4 hours, for each of the two.
        (True, 2 * 9),
    ],
)
async def test_two_homes_do_not_fight_for_the_session(
    exclusive: bool, most: int, record_property: Report
) -> None:
    async with opened("rest", SyncKind.PANEL) as scene:
        scene.simulator.switches.new_sign_in_ends_old = exclusive
        await scene.set_up()
        homes = (scene.service, second_home(scene))
        read, failed = 0, 0
        end = scene.now + timedelta(hours=HOURS)
        while scene.now < end:
            scene.forward(minutes=1)
            for home in homes:
                try:
                    await home.link(scene.locations[1]).read_status()
                    read += 1
                except ClientError:
                    failed += 1
        found = sign_ins(scene.simulator.accounts)
        record_property("sign_ins", found)
        assert found <= most
        assert scene.simulator.switches.account == "open"
        assert read
        if not exclusive:
            assert not failed


async def test_a_foreign_sync_is_seen_and_no_proof_of_ours() -> None:
    async with opened("rest", SyncKind.PANEL) as scene:
        await scene.set_up()
        log = await scene.link.read_events(None)
        assert log is not None
        known = log_successes({}, log, None, scene.now, None)
        status = await scene.link.read_status()
        assert status.configuration_number is not None
        scene.simulator.world.app_sync(scene.truth.id, "panel")
        scene.forward(seconds=60)
        later = await scene.link.read_events(log.newest_id)
        assert later is not None
        found = log_successes(known, later, log.newest_id, scene.now, scene.now)
        assert found[SyncKind.PANEL] > known.get(
            SyncKind.PANEL, scene.now.min.replace(tzinfo=scene.now.tzinfo)
        )
        after = await scene.link.read_status()
        assert after.configuration_number is not None
        assert after.configuration_number > status.configuration_number
        # Only the foreign start was counted; ours is none.
        assert scene.truth.starts["panel"] == 1
        assert not any(item.route == "synchronize" for item in scene.simulator.received)


async def test_two_homes_press_at_once() -> None:
    """The second start while one runs is answered by a code of no list: not repeated."""
    async with opened("rest", SyncKind.PANEL) as scene:
        await scene.set_up()
        first = await scene.run()
        assert first.outcome == "succeeded"
        scene.service = second_home(scene)
        account = await scene.service.fetch_account()
        scene.locations = account.locations
        scene.simulator.world.app_sync(scene.truth.id, "panel")
        record = await scene.run()
        # It is followed, and the app's sync proves what was asked for.
        assert (record.outcome, record.reason) == ("succeeded", "proven")
        # Once by the first home, once by the app, once by the second home: none twice.
        assert scene.truth.starts["panel"] == 3

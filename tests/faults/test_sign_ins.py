"""The discipline of signing in over a day, and where tokens are lost or refused.

See docs/architecture.md#sign-in-discipline.

What is sent are the password grants that the service received, refused ones included.
`tests/faults/test_account.py` counts them through Home Assistant.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from custom_components.panelsync.client import SyncKind

from .report import Report
from .scene import Scene, opened, quiet

pytestmark = pytest.mark.kind("sign-ins")


async def read(scene: Scene) -> None:
    """Read all that an account's hour reads, once."""
    await scene.service.fetch_account()
    await scene.link.read_status()
    await scene.link.read_events(None)


async def a_day(scene: Scene) -> None:
    """Let a session end every 5 hours: 24 hours are 4 ended sessions."""
    scene.simulator.switches.session_seconds = 5 * 3600.0
    # The client's own pace moves the clock, too.
    over = scene.now + timedelta(days=1)
    while scene.now < over:
        scene.forward(minutes=5)
        await read(scene)


async def lost_refresh(scene: Scene) -> None:
    """Lose the answer that brought the next refresh token."""
    scene.forward(minutes=19)
    scene.simulator.faults.add("token", "empty")
    await read(scene)
    scene.forward(minutes=2)
    await read(scene)


async def busy_token(scene: Scene) -> None:
    """Let the token address ask for rest for an hour while the session is dead."""
    scene.forward(minutes=6)
    scene.simulator.accounts.end_sessions()
    scene.simulator.faults.add("token", "429", 10_000)
    for _ in range(60):
        scene.forward(minutes=1)
        await quiet(read(scene))
    scene.simulator.faults.clear()
    scene.forward(minutes=81)
    await read(scene)


@pytest.mark.parametrize(
    ("act", "most"),
    [
        (a_day, 1 + 4),
        (lost_refresh, 2),
        # 5, 10, 20, 40 minutes apart: at most 4 in the hour, and one when it is over.
        (busy_token, 1 + 4 + 1),
    ],
)
async def test_sign_ins(
    act: Callable[[Scene], Awaitable[None]], most: int, record_property: Report
) -> None:
    async with opened("rest", SyncKind.PANEL) as scene:
        await scene.set_up()
        await act(scene)
        sent = sum(
            item.fields.get("grant_type") == "password"
            for item in scene.simulator.received
        )
        record_property("sign_ins", sent)
        assert sent <= most
        await read(scene)

"""A start that cannot be written down first is not sent (docs/architecture.md#marks).

The disk fails for real: where the file of the history would be put, a directory stands.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState
from homeassistant.exceptions import ServiceValidationError
import pytest

from tests.home_assistant.conftest import pauses_pass_at_once  # noqa: F401
from tests.home_assistant.home import HEALTHY, STALE, Home

from .homes import living, service
from .report import Report

pytestmark = pytest.mark.kind("stores")

type Kind = Literal["panel", "users"]
type Trouble = Callable[[Path], AbstractContextManager[None]]
KINDS: list[tuple[str, Kind, int]] = [
    ("sync_panel", "panel", STALE),
    ("sync_users", "users", HEALTHY),
]


@contextmanager
def no_storage(directory: Path) -> Iterator[None]:
    """Let the directory of all stores be lost, and then come back."""
    storage = directory / ".storage"
    kept = storage.rename(directory / "kept")
    storage.touch()
    yield
    storage.unlink()
    kept.rename(storage)


@contextmanager
def no_room(directory: Path, name: str = "history") -> Iterator[None]:
    """Let nothing be written to the history, or another store, and then again."""
    (file,) = (directory / ".storage").glob(f"panelsync.*.{name}")
    kept = file.read_bytes()
    file.unlink()
    file.mkdir()
    (file / "in the way").touch()
    yield
    (file / "in the way").unlink()
    file.rmdir()
    file.write_bytes(kept)


@pytest.fixture
async def home(tmp_path: Path, freezer: FrozenDateTimeFactory) -> AsyncIterator[Home]:
    async with (
        service(freezer) as simulator,
        living(tmp_path, simulator, freezer) as started,
    ):
        await started.start()
        yield started


async def refused(home: Home, key: str, index: int) -> None:
    """Press, be refused with the reason, and see that it was told once."""
    before = len(home.outcomes(index))
    with pytest.raises(ServiceValidationError) as raised:
        await home.press(key, index)
    assert raised.value.translation_key == "refused_not_recorded"
    (told,) = home.outcomes(index)[before:]
    assert (told["outcome"], told["reason"]) == ("refused", "not_recorded")


@pytest.mark.parametrize("trouble", [no_room, no_storage])
@pytest.mark.parametrize(("key", "kind", "index"), KINDS)
async def test_a_full_disk_starts_nothing(
    home: Home,
    tmp_path: Path,
    record_property: Report,
    trouble: Trouble,
    key: str,
    kind: Kind,
    index: int,
) -> None:
    location = home.location(index)
    with trouble(tmp_path):
        await refused(home, key, index)
        # The place of the run is free again, and nothing is being followed.
        await home.wait(30)
        await refused(home, key, index)
        assert location.starts[kind] == 0
    await home.press(key, index)
    assert location.starts[kind] == 1
    await home.wait(60)
    assert home.outcomes(index)[-1]["outcome"] == "succeeded"
    record_property("starts", location.starts[kind])


@pytest.mark.parametrize("trouble", [no_room, no_storage])
async def test_a_start_that_was_refused_is_not_resumed(
    home: Home, tmp_path: Path, trouble: Trouble
) -> None:
    """A reload finds no run: nothing was sent, so there is no outcome to look for."""
    with trouble(tmp_path):
        await refused(home, "sync_panel", STALE)
        await home.reload()
        await home.wait(660, step=60)
    assert [item["outcome"] for item in home.outcomes(STALE)] == ["refused"]
    assert home.location(STALE).starts["panel"] == 0


@pytest.mark.parametrize("account", ["revoked", "locked"])
async def test_a_refused_sign_in_that_cannot_be_saved_counts_all_the_same(
    home: Home, tmp_path: Path, account: Literal["revoked", "locked"]
) -> None:
    """The password is not sent again by a reload: the account would be locked."""
    with no_room(tmp_path, "client"):
        home.simulator.switches.account = account
        home.simulator.accounts.end_sessions()
        await home.wait(900, step=60)
        before = sign_ins(home)
        for _ in range(3):
            await home.reload()
            await home.wait(60, step=30)
        assert sign_ins(home) == before
    home.simulator.switches.account = "open"


def sign_ins(home: Home) -> int:
    """Count the passwords that the service was sent."""
    return sum(
        item.fields.get("grant_type") == "password" for item in home.received("token")
    )


@pytest.mark.parametrize("trouble", [no_room, no_storage])
async def test_an_outcome_that_cannot_be_saved_is_told_once(
    home: Home, tmp_path: Path, trouble: Trouble
) -> None:
    """At once; a reload finds the run as it ended, not as the disk has it."""
    told = ["succeeded"]
    await home.press("sync_panel", STALE)
    with trouble(tmp_path):
        await home.wait(60)
        assert [item["outcome"] for item in home.outcomes(STALE)] == told
        await home.reload()
        await home.wait(60)
    await home.wait(60)
    assert [item["outcome"] for item in home.outcomes(STALE)] == told
    assert home.location(STALE).starts["panel"] == 1


@pytest.mark.parametrize("trouble", [no_room, no_storage])
async def test_a_refresh_starts_nothing_and_needs_no_record(
    home: Home, tmp_path: Path, trouble: Trouble
) -> None:
    with trouble(tmp_path):
        await home.press("refresh_status", HEALTHY)
        await home.wait(10)
    assert [item["outcome"] for item in home.outcomes(HEALTHY)] == ["succeeded"]


@pytest.mark.parametrize(("key", "kind", "index"), KINDS)
async def test_nothing_starts_while_home_assistant_stops(
    home: Home, tmp_path: Path, key: str, kind: Kind, index: int
) -> None:
    """It writes its stores at the very end only: a kill until then would forget."""
    home.hass.set_state(CoreState.stopping)
    await refused(home, key, index)
    home.hass.set_state(CoreState.running)
    assert home.location(index).starts[kind] == 0

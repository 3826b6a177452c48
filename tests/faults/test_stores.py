"""A damaged or foreign store is not used, with one warning at most, and costs only history.

Everything happens to real files in a real `.storage` between two lives of a Home
Assistant (docs/architecture.md#resuming, docs/architecture.md#sign-in-discipline).
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import json
import logging
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
import pytest

from custom_components.panelsync.storage.history import (
    LocationHistory,
    history_data,
    read_history,
)
from simulator import Simulator
from tests.home_assistant.conftest import pauses_pass_at_once  # noqa: F401
from tests.home_assistant.home import HEALTHY, STALE

from .homes import living, service
from .report import WHOLE, Report

type Harm = Callable[[Path], None]
STOLEN = "eyJhbGciOiJIUzI1NiJ9.eyJpZHMiOiJmb3JlaWduIn0.Rm9yZWlnbi1Ub2tlbg"


def text(content: str | bytes) -> Harm:
    def harm(file: Path) -> None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    return harm


def envelope(**changes: Any) -> Harm:
    """Change what Home Assistant wraps the content in."""

    def harm(file: Path) -> None:
        stored = json.loads(file.read_text()) | changes
        file.write_text(json.dumps({k: v for k, v in stored.items() if v is not ...}))

    return harm


def content(value: Any) -> Harm:
    return envelope(data=value)


def of_another_account(file: Path) -> None:
    """Let the file be another account's, with tokens that live far into the future."""
    stored = json.loads(file.read_text())
    stored["data"]["user_id"] = "4711"
    if (tokens := stored["data"].get("tokens")) is not None:
        tokens |= {"access": STOLEN, "refresh": STOLEN}
    file.write_text(json.dumps(stored))


def of_nobody(file: Path) -> None:
    """Leave out whose the content is."""
    of_another_account(file)
    stored = json.loads(file.read_text())
    del stored["data"]["user_id"]
    stored["data"].pop("account", None)
    file.write_text(json.dumps(stored))


def half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


def a_link_to_another(file: Path) -> None:
    """Let the file be a link to what belongs to something else."""
    other = file.with_name("another.integration")
    other.write_text(json.dumps({"version": 1, "key": other.name, "data": {"a": 1}}))
    file.unlink()
    file.symlink_to(other)


FOREIGN: dict[str, Harm] = {
    "a newer version": envelope(version=2),
    "a much newer version": envelope(version=99, minor_version=7),
    "an older version": envelope(version=0),
    "a version in words": envelope(version="one"),
    "no version": envelope(version=...),
    "no content": envelope(data=...),
    "a list": text("[1, 2]"),
    "a number": text("7"),
    "null": text("null"),
    "content of null": content(None),
    "content of a list": content([{"tokens": STOLEN}]),
    "content of a text": content("panelsync"),
    "content of another integration": content({"items": [], "tokens": {"a": 1}}),
    "of another account": of_another_account,
    "of nobody": of_nobody,
    "a link to another": a_link_to_another,
}
# Home Assistant itself sets aside what is no JSON at all, and says so.
BROKEN: dict[str, Harm] = {
    "half a file": half,
    "an empty file": text(""),
    "zeros after a power cut": text(b"\0" * 512),
    "bytes of no text": text(b"\xff\xfe\x80"),
}
SAMPLE = (
    ("client", "a newer version"),
    ("history", "a list"),
    ("client", "of another account"),
    ("history", "half a file"),
)


@dataclass
class Life:
    """What was seen of one life of a Home Assistant."""

    told: list[tuple[str, str]]
    warnings: list[str]


type Live = Callable[..., Awaitable[Life]]


@pytest.fixture
async def simulator(freezer: FrozenDateTimeFactory) -> AsyncIterator[Simulator]:
    """Run a service that outlives the homes."""
    async with service(freezer) as running:
        yield running


@pytest.fixture
def live(
    tmp_path: Path,
    simulator: Simulator,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> Live:
    """Return how to live once in the directory; what was stored is read at the start."""

    async def once(press: str | None = None) -> Life:
        caplog.clear()
        async with living(tmp_path, simulator, freezer) as home:
            await home.start()
            assert home.entry.state is ConfigEntryState.LOADED, home.entry.reason
            if press is not None:
                await home.press(press, STALE)
            await home.wait(60)
            return Life(
                [(item["outcome"], item["reason"]) for item in home.outcomes(STALE)],
                [
                    f"{record.name}: {record.getMessage()}"
                    for record in caplog.records
                    if record.levelno >= logging.WARNING
                    and ("panelsync" in record.name or "storage" in record.name)
                ],
            )

    return once


def stores(directory: Path, name: str) -> list[Path]:
    """Give the files of one store: itself, and what was set aside of it."""
    return sorted((directory / ".storage").glob(f"panelsync.*.{name}*"))


@pytest.mark.parametrize(
    ("name", "harm"),
    [(name, harm) for name in ("client", "history") for harm in FOREIGN | BROKEN]
    if WHOLE
    else SAMPLE,
)
async def test_it_is_not_used_with_one_warning_at_most(
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
    simulator: Simulator,
    live: Live,
    name: str,
    harm: str,
    record_property: Report,
) -> None:
    await live("sync_panel")
    (file,) = stores(tmp_path, name)
    (FOREIGN | BROKEN)[harm](file)
    before = len(simulator.accounts.sign_ins)
    freezer.tick(3600)
    life = await live()
    assert len(life.warnings) <= 1, life.warnings
    # Nothing was started, and nothing told that a person could take for news.
    assert life.told == []
    location = list(simulator.world.locations.values())[STALE]
    assert location.starts["panel"] == 1
    # A foreign token is never sent; a lost one costs one sign-in, history none.
    assert len(simulator.accounts.sign_ins) - before == (name == "client")
    stale = [item for item in simulator.received if item.status == 401]
    assert stale == []
    # The next life is like any other.
    again = await live("sync_panel")
    assert again.warnings == []
    assert len(again.told) == 1
    assert len(simulator.accounts.sign_ins) - before == (name == "client")
    record_property("stores", 1)


@contextmanager
def changing(file: Path) -> Iterator[Any]:
    stored = json.loads(file.read_text())
    yield stored["data"]
    file.write_text(json.dumps(stored))


WRONG: tuple[Any, ...] = (
    7, True, "", "2026-11-22T09:00:00", "seven", [], [1], {}, {"users": 1}, 1.5,
)  # fmt: skip


async def test_every_value_of_a_wrong_type_is_damage(
    tmp_path: Path, live: Live
) -> None:
    """Each value of a real history is replaced by each wrong one, in turn."""
    await live("sync_panel")
    (file,) = stores(tmp_path, "history")
    stored = json.loads(file.read_text())["data"]

    def again(histories: dict[int, LocationHistory]) -> Any:
        return json.loads(json.dumps(history_data(histories)))["locations"]

    whole, damaged = read_history(stored)
    assert not damaged
    assert again(whole) == stored["locations"]
    tried = 0
    for key, location in stored["locations"].items():
        places: list[tuple[dict[str, Any], str]] = [
            (location, name) for name in location
        ]
        places += [
            (part, name)
            for part in location.values()
            if isinstance(part, dict)
            for name in part
        ]
        for part, name in places:
            kept = part[name]
            for wrong in WRONG:
                part[name] = wrong
                read, damaged = read_history(stored)
                # Either it is noticed, or it is what a store may hold.
                assert damaged or again(read)[key] == location, f"{name}: {wrong!r}"
                tried += 1
            part[name] = kept
    assert tried > 100


async def test_damage_at_one_location_costs_that_history_alone(
    tmp_path: Path, simulator: Simulator, live: Live
) -> None:
    await live("sync_panel")
    (file,) = stores(tmp_path, "history")
    keys = list(map(str, simulator.world.locations))
    with changing(file) as stored:
        stored["locations"][keys[HEALTHY]]["position"] = "seven"
    (warning,) = (await live()).warnings
    assert "is damaged at 1 locations" in warning
    now = json.loads(file.read_text())["data"]["locations"]
    assert now[keys[STALE]]["ended"] == stored["locations"][keys[STALE]]["ended"]


async def test_a_run_of_another_location_is_damage(tmp_path: Path, live: Live) -> None:
    await live("sync_panel")
    (file,) = stores(tmp_path, "history")
    stored = json.loads(file.read_text())["data"]
    (owner,) = (key for key, one in stored["locations"].items() if one["ended"])
    stranger = next(key for key in stored["locations"] if key != owner)
    stored["locations"][stranger]["ended"] = stored["locations"][owner]["ended"]
    histories, damaged = read_history(stored)
    assert damaged == 1
    assert set(histories) == {int(key) for key in stored["locations"]} - {int(stranger)}


async def test_a_history_without_locations_is_not_used(
    tmp_path: Path, live: Live
) -> None:
    await live("sync_panel")
    (file,) = stores(tmp_path, "history")
    with changing(file) as stored:
        stored["locations"] = []
    life = await live()
    assert len(life.warnings) == 1, life.warnings
    assert life.told == []


async def test_an_ended_run_in_the_place_of_an_open_one_is_damage(
    tmp_path: Path, freezer: FrozenDateTimeFactory, simulator: Simulator, live: Live
) -> None:
    """It neither holds the place of the next run nor is told a second time."""
    await live("sync_panel")
    (file,) = stores(tmp_path, "history")
    with changing(file) as stored:
        location = stored["locations"][str(list(simulator.world.locations)[STALE])]
        location["open_run"] = location["ended"]["panel"]
    damaged = file.read_bytes()
    freezer.tick(120)
    life = await live()
    assert life.told == []
    assert len(life.warnings) == 1
    file.write_bytes(damaged)
    assert len((await live("sync_panel")).told) == 1


async def test_removing_the_account_removes_what_was_set_aside(
    tmp_path: Path, freezer: FrozenDateTimeFactory, simulator: Simulator, live: Live
) -> None:
    """What was set aside may hold tokens."""
    await live()
    (file,) = stores(tmp_path, "client")
    half(file)
    async with living(tmp_path, simulator, freezer) as home:
        await home.start()
        await home.wait(10)
        assert len(stores(tmp_path, "client")) == 2
        await home.hass.config_entries.async_remove(home.entry.entry_id)
        await home.settle()
    assert stores(tmp_path, "") == []


async def test_a_newer_minor_version_is_read(
    tmp_path: Path, simulator: Simulator, live: Live
) -> None:
    """Home Assistant's promise: only another major version cannot be read."""
    await live()
    for name in ("client", "history"):
        (file,) = stores(tmp_path, name)
        envelope(minor_version=9)(file)
    assert (await live()).warnings == []
    assert len(simulator.accounts.sign_ins) == 1

"""What the pages for authors of automations promise: examples, attributes, reasons."""

import re

from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
import yaml

from custom_components.panelsync.client import ActivityType, Outcome, Reason

from .conftest import StartHouse
from .home import HEALTHY, Home
from .test_texts import ROOT, attributes, failures, refusals

PAGES = {page: ROOT / "docs" / page for page in ("automations.md", "actions.md")}
EXAMPLES = [
    pytest.param(example, id=f"{page}-{number}")
    for page, path in PAGES.items()
    for number, example in enumerate(
        re.findall(r"```yaml\n(.*?)```", path.read_text(), re.DOTALL)
    )
]


def part(heading: str) -> str:
    """Return what stands below a heading of the page on automations."""
    text = PAGES["automations.md"].read_text()
    return re.split(r"\n##+ ", text.partition(f"# {heading}\n")[2])[0]


def rows(text: str) -> list[list[str]]:
    """Return the cells of each row of the tables in a text, without their heads."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in re.findall(r"^\|.*`.*\|$", text, re.MULTILINE)
    ]


def named(cells: str) -> set[str]:
    """Return every word that is written as code."""
    return set(re.findall(r"`(\w+)`", cells))


@pytest.mark.parametrize("example", EXAMPLES)
async def test_an_example_is_one_that_home_assistant_takes(
    home: Home, hass_ws_client: WebSocketGenerator, example: str
) -> None:
    assert await async_setup_component(home.hass, "automation", {})
    parts = yaml.safe_load(example)
    assert parts
    client = await hass_ws_client(home.hass)
    await client.send_json_auto_id({"type": "validate_config", **parts})
    answer = await client.receive_json()
    assert answer["success"], answer
    assert answer["result"] == {name: {"valid": True, "error": None} for name in parts}


async def test_the_example_of_an_activity_fires_for_its_type_alone(home: Home) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", part("Event log"), re.DOTALL)
    parts = yaml.safe_load(example)
    assert parts["triggers"][0]["entity_id"] == home.entity_id(
        "event", "activity", HEALTHY
    )
    calls = async_mock_service(home.hass, "notify", "send_message")
    assert await async_setup_component(home.hass, "automation", {"automation": parts})
    await home.settle()
    world, location = home.simulator.world, home.location_id(HEALTHY)
    world.arm(location, "stay")
    await home.wait(70)
    assert calls == []
    world.disarm(location)
    await home.wait(70)
    assert len(calls) == 1
    assert calls[0].data["message"].startswith("Disarmed")
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.wait(70)
    assert len(calls) == 1


async def test_every_attribute_of_a_sync_is_explained(home: Home) -> None:
    await home.press("sync_panel", HEALTHY)
    await home.wait(60)
    table = rows(part("Sync outcome"))
    assert {name for row in table for name in named(row[0])} == attributes(
        home.state("event", "sync", HEALTHY)
    )
    told = {next(iter(named(row[0]))): named(row[1]) for row in table}
    # A refusal leaves the last outcome alone and has an event of its own.
    assert told["event_type"] == {
        outcome.value for outcome in Outcome if outcome is not Outcome.REFUSED
    }


async def test_every_attribute_of_an_activity_is_explained(
    home: Home, start_house: StartHouse
) -> None:
    home.simulator.world.disarm(home.location_id(HEALTHY))
    house = await start_house()
    house.panel.arm("stay", exit_delay=False)
    await house.wait(70)
    text = part("Event log")
    types = re.search(r"Its event types are (.*?);", text, re.DOTALL)
    assert types is not None
    assert named(types[1]) == {sort.value for sort in ActivityType}
    location, _, panel = text.partition("At a **local panel**")
    for told, state in (
        (location, home.state("event", "activity", HEALTHY)),
        (panel, house.state("event", "activity")),
    ):
        explained = {name for row in rows(told) for name in named(row[0])}
        assert explained == attributes(state)


def test_every_reason_is_explained() -> None:
    table = rows(part("Reasons"))
    listed = [name for row in table for name in named(row[0])]
    assert sorted(listed) == sorted(reason.value for reason in Reason)
    for outcome, reasons in (
        (Outcome.REFUSED, refusals()),
        (Outcome.FAILED, failures()),
    ):
        ended_so = {
            Reason(name)
            for row in table
            for name in named(row[0])
            if outcome in row[1].split(", ")
        }
        assert ended_so == reasons

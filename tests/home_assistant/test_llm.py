"""The tools a language model gets, through Home Assistant's own door."""

import asyncio
import json
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent, llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from .conftest import StartHome
from .home import HEALTHY, STALE, Home
from .talk import passing

READ = {
    "panelsync__get_sync_status",
    "panelsync__get_sync_outcome",
    "panelsync__refresh_status",
}
SYNC = {"panelsync__sync_panel", "panelsync__sync_users"}


@pytest.fixture(autouse=True)
async def assist(hass: HomeAssistant) -> None:
    """Have the door for language models."""
    for component in ("homeassistant", "conversation", "llm"):
        assert await async_setup_component(hass, component, {})


async def assist_api(home: Home, context: Context | None = None) -> llm.APIInstance:
    return await llm.async_get_api(
        home.hass,
        llm.LLM_API_ASSIST,
        llm.LLMContext(
            platform="some_model",
            context=context or Context(),
            language="en",
            assistant="conversation",
            device_id=None,
        ),
    )


def ours(api: llm.APIInstance) -> dict[str, llm.Tool]:
    return {
        tool.name: tool for tool in api.tools if tool.name.startswith("panelsync__")
    }


async def call(
    home: Home, name: str, context: Context | None = None, **arguments: Any
) -> dict[str, Any]:
    """Call a tool and let time pass until it has answered."""
    api = await assist_api(home, context)
    task = asyncio.create_task(
        api.async_call_tool(llm.ToolInput(f"panelsync__{name}", arguments))
    )
    result = await passing(home, task)
    # What goes to a model is JSON.
    return dict(json.loads(json.dumps(result.data)))


def speech(result: dict[str, Any]) -> str:
    return str(result["speech"]["plain"]["speech"])


async def test_without_the_option_a_model_reads_and_refreshes(home: Home) -> None:
    api = await assist_api(home)
    assert set(ours(api)) == READ
    names = json.dumps(["Harbour Shop", "Hill Farm", "Lake Cabin", "Mill House"])
    assert names in api.api_prompt


async def test_with_the_option_it_may_sync(start_home: StartHome) -> None:
    home = await start_home(voice_user_sync=True)
    tools = ours(await assist_api(home))
    assert set(tools) == READ | SYNC
    annotations = {name: tool.annotations for name, tool in tools.items()}
    status = annotations["panelsync__get_sync_status"]
    assert status.read_only
    assert not status.destructive
    assert not status.open_world
    refresh = annotations["panelsync__refresh_status"]
    assert refresh.idempotent
    assert not refresh.read_only
    assert not refresh.destructive
    for name in SYNC:
        assert annotations[name].destructive
        assert not annotations[name].idempotent
        assert annotations[name].open_world


async def test_no_tool_can_take_a_code(start_home: StartHome) -> None:
    home = await start_home(voice_user_sync=True)
    for tool in ours(await assist_api(home)).values():
        assert {str(key) for key in tool.parameters.schema} == {"location"}
        assert tool.title
        assert tool.description


async def test_nothing_is_offered_without_an_account(home: Home) -> None:
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert ours(await assist_api(home)) == {}


async def test_status_is_told_with_facts(home: Home) -> None:
    result = await call(home, "get_sync_status", location="the lake cabin")
    assert speech(result) == "Lake Cabin needs a panel sync."
    [facts] = result["speech_slots"]["locations"]
    assert facts["location"] == "Lake Cabin"
    assert facts["sync_status"] == "sync_required"
    assert set(facts) == {
        "location",
        "sync_status",
        "pending_user_changes",
        "last_outcomes",
        "last_panel_sync",
        "last_users_sync",
    }
    result = await call(home, "get_sync_status")
    assert len(result["speech_slots"]["locations"]) == 4


async def test_an_outcome_comes_with_the_event_log(home: Home) -> None:
    """What the log says explains a sync; who caused a record, and silent ones, stay."""
    location, world = home.location_id(HEALTHY), home.simulator.world
    world.app_sync(location, "panel")
    world.duress(location)
    result = await call(home, "get_sync_outcome", location="Mill House")
    [facts] = result["speech_slots"]["locations"]
    records = facts["event_log"]
    assert any(record["type"] == "sync" for record in records)
    assert all(set(record) == {"time", "type", "text"} for record in records)
    assert "duress" not in str(records).casefold()
    times = [record["time"] for record in records]
    assert times == sorted(times, reverse=True)
    home.simulator.faults.add("Events", "503", times=50)
    result = await call(home, "get_sync_outcome", location="Mill House")
    assert result["speech_slots"]["locations"][0]["event_log"] is None


async def test_refresh_is_told_with_its_outcome(home: Home) -> None:
    result = await call(home, "refresh_status", location="Mill House")
    [facts] = result["speech_slots"]["locations"]
    assert facts == {
        "location": "Mill House",
        "kind": "refresh",
        "outcome": "succeeded",
        "reason": "proven",
        "evidence": ["live_read"],
    }


async def test_a_long_sync_is_told_as_started(start_home: StartHome) -> None:
    home = await start_home(voice_user_sync=True)
    result = await call(home, "sync_panel", location="Mill House")
    [facts] = result["speech_slots"]["locations"]
    assert (facts["outcome"], facts["reason"]) == ("started", None)
    assert home.location(HEALTHY).starts["panel"] == 1


@pytest.mark.parametrize("intent_type", ["PanelSyncSyncPanel", "PanelSyncSyncUsers"])
async def test_the_intent_itself_needs_the_option(home: Home, intent_type: str) -> None:
    """Whoever has kept a tool, or calls the intent, is refused all the same."""
    response = await intent.async_handle(
        home.hass,
        "some_model",
        intent_type,
        {"location": {"value": "Mill House"}},
        language="en",
    )
    assert response.response_type is intent.IntentResponseType.ERROR
    text = response.speech["plain"]["speech"]
    assert text.startswith("Nothing was sent to Mill House")
    assert home.location(HEALTHY).starts == {"panel": 0, "users": 0}


async def test_a_known_person_must_be_administrator(
    start_home: StartHome, hass_read_only_user: MockUser
) -> None:
    home = await start_home(voice_user_sync=True)
    context = Context(user_id=hass_read_only_user.id)
    result = await call(home, "sync_users", context, location="Mill House")
    assert result["response_type"] == "error"
    assert speech(result).endswith("Ask an administrator to do it.")
    assert home.location(HEALTHY).starts["users"] == 0


async def test_everywhere_means_each_location(start_home: StartHome) -> None:
    home = await start_home(voice_user_sync=True)
    result = await call(home, "sync_users", location="everywhere")
    assert len(result["speech_slots"]["locations"]) == 4
    assert home.location(STALE).starts["users"] == 1

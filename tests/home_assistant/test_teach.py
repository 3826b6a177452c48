"""Teaching an account from a recording: options, set-up, and the repair of a refusal."""

import io
import json
import threading
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.panelsync.client import Purpose, load_learned
from custom_components.panelsync.client.remote.learning import Lesson, Reason, Refusal
from custom_components.panelsync.diagnostics import async_get_config_entry_diagnostics
from simulator import Simulator, SimulatorOptions

from .conftest import StartHome
from .flows import add_account, answer, open_options
from .home import HEALTHY, Home
from .test_repairs import Dialog, issues

WAY = "/TC2API.TCResource/api/v1/account/users/synchronize"
MARKED = ("Marked-Token", "Marked-Cookie", "Marked-Password", "Marked-Answer")


def call(url: str, body: object, answer: object) -> dict[str, Any]:
    """Return an entry of a HAR file."""
    return {
        "request": {
            "method": "POST",
            "url": url,
            "headers": [{"name": "Authorization", "value": "Bearer Marked-Token"}],
            "cookies": [{"name": "s", "value": "Marked-Cookie"}],
            "postData": {"mimeType": "application/json", "text": json.dumps(body)},
        },
        "response": {
            "status": 200,
            "content": {"mimeType": "application/json", "text": json.dumps(answer)},
        },
    }


def recording(simulator: Simulator, **changes: Any) -> bytes:
    """Return what a browser would have saved of a user sync at this account."""
    location = next(iter(simulator.world.locations))
    device = simulator.world.locations[location].device_id
    row = {"LocationID": location, "DeviceID": device, "AuthorizingCode": "-1"}
    body = {"DeviceList": [row], "StatusOnly": False, "AdditionalInput": ""} | changes
    shown = {"TotalSteps": 4, "CurrentStep": 1, "DeviceName": "Marked-Answer"}
    reply = {"ResultCode": 0, "SynchronizationStatus": [{"DeviceID": device, **shown}]}
    entries = [
        call(simulator.url + WAY, body, reply),
        call(simulator.url + WAY, body | {"StatusOnly": True}, reply),
        call(f"{simulator.url}/TC2API.Auth/token", {"password": "Marked-Password"}, {}),
    ]
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


@pytest.fixture(autouse=True)
async def _all_that_is_served(hass: HomeAssistant) -> None:
    """All that serves pages comes before the first of them is asked for."""
    for component in ("config", "usb", "file_upload", "repairs"):
        assert await async_setup_component(hass, component, {})


async def upload(client: Any, content: bytes) -> str:
    """Upload a file as the file selector does, and return its id."""
    reply = await client.post("/api/file_upload", data={"file": io.BytesIO(content)})
    assert reply.status == 200, await reply.text()
    return str((await reply.json())["file_id"])


async def send(hass: HomeAssistant, result: Any, typed: dict[str, Any]) -> Any:
    """Send a form of the options."""
    return await hass.config_entries.options.async_configure(result["flow_id"], typed)


async def teach(home: Home, client: Any, content: bytes) -> Any:
    """Upload a recording in the options of an account, and return what they show then."""
    result = await open_options(home.hass, home.entry, "teach")
    return await send(home.hass, result, {"recording": await upload(client, content)})


def starts(simulator: Simulator) -> list[Any]:
    """Return what the service received at the address that was taught."""
    return [one for one in simulator.received if one.path == WAY]


@pytest.fixture
async def home(start_home: StartHome) -> Home:
    """Return an account with known and learned ways alone, and nothing learned."""
    return await start_home(user_sync_way="known")


async def test_a_recording_makes_the_button_work(
    hass: HomeAssistant,
    home: Home,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """From the refusal to a start that goes out once, shown before it is used."""
    with pytest.raises(HomeAssistantError) as refused:
        await home.press("sync_users", HEALTHY)
    assert refused.value.translation_key == "refused_no_user_sync_way"
    assert starts(home.simulator) == []

    result = await teach(home, await hass_client(), recording(home.simulator))
    assert result["step_id"] == "taught"
    shown = result["description_placeholders"]
    way = "POST api/v1/account/users/synchronize"
    given = "with your location, your panel, your code"
    assert shown["found"].splitlines() == [
        f"- Sync users: {way}, {given}",
        f"- Steps of a user sync: {way}, {given}",
    ]
    assert len(shown["missing"].splitlines()) == 3
    assert "job" not in str(home.entry.options)
    assert starts(home.simulator) == []
    result = await send(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await home.settle()
    await home.wait(3)

    await home.press("sync_users", HEALTHY)
    assert home.location(HEALTHY).starts["users"] == 1
    await home.wait(120)
    assert home.told[-1].data["outcome"] == "succeeded"
    assert (
        sum(one.fields.get("StatusOnly") is False for one in starts(home.simulator))
        == 1
    )

    found = json.dumps(await async_get_config_entry_diagnostics(hass, home.entry))
    assert "start_users.learned" in found
    for marked in MARKED:
        for place in (found, caplog.text, json.dumps(dict(home.entry.options))):
            assert marked not in place


async def test_what_is_taught_twice_adds_up_and_can_be_shared_and_forgotten(
    hass: HomeAssistant, home: Home
) -> None:
    """A copied request teaches more to what is known already."""
    menu = await hass.config_entries.options.async_init(home.entry.entry_id)
    assert menu["menu_options"] == ["user_sync", "teach"]
    hass.config_entries.options.async_abort(menu["flow_id"])
    location = next(iter(home.simulator.world.locations))
    log = f"{home.simulator.url}/TC2API.TCResource/api/v1/locations/{location}/devices/0/Events"
    users = f"{home.simulator.url}/TC2API.TCResource/api/v1/locations/{location}/users"
    for pasted in (f"curl '{log}' --json '{{\"FilterClass\":1}}'", f"curl '{users}'"):
        result = await open_options(hass, home.entry, "teach")
        result = await send(hass, result, {"request": pasted})
        assert result["step_id"] == "taught"
        assert (await send(hass, result, {}))["type"] is FlowResultType.CREATE_ENTRY
        await home.settle()
    kept = load_learned(home.entry.options["learned"])
    assert {route.purpose for route in kept} == {
        Purpose.EVENT_LOG,
        Purpose.PENDING_CHANGES,
    }
    assert home.entry.options["user_sync_way"] == "known"

    result = await open_options(hass, home.entry, "share")
    text = (result["description_placeholders"] or {})["text"]
    assert "event_log: POST /TC2API.TCResource/api/v1/locations/{location}" in text
    assert "FilterClass = number" in text
    assert str(location) not in text
    result = await send(hass, result, {})
    assert result["menu_options"] == ["user_sync", "teach", "share", "forget"]
    result = await send(hass, result, {"next_step_id": "forget"})
    assert (await send(hass, result, {}))["type"] is FlowResultType.CREATE_ENTRY
    await home.settle()
    assert "learned" not in home.entry.options
    assert home.entry.state is ConfigEntryState.LOADED


async def test_nothing_is_kept_of_a_recording_that_is_refused(
    hass: HomeAssistant,
    home: Home,
    hass_client: ClientSessionGenerator,
) -> None:
    """The form says why, in words, and never gives back what was pasted."""
    before = dict(home.entry.options)
    result = await open_options(hass, home.entry, "teach")
    file_id = await upload(await hass_client(), recording(home.simulator, Mystery="x"))
    for given, words in (
        ({"recording": file_id}, "Sync users: The field Mystery is unknown"),
        ({"recording": file_id}, "The recording is empty"),
        (
            {"request": "curl 'https://evil.example/users/sync' -d 'StatusOnly=false'"},
            "evil.example",
        ),
        ({"request": "hello"}, "neither a HAR file nor a copied request"),
    ):
        result = await send(hass, result, given)
        assert result["step_id"] == "teach"
        assert result["errors"] == {"base": "nothing_learned"}
        assert words in result["description_placeholders"]["why"]
        assert "hello" not in str(result["data_schema"].schema)
    result = await send(hass, result, {})
    assert result["type"] is FlowResultType.MENU
    assert home.entry.options == before


async def test_an_account_that_is_not_loaded_cannot_be_taught(
    hass: HomeAssistant, home: Home
) -> None:
    """Its locations are not known."""
    assert await hass.config_entries.async_unload(home.entry.entry_id)
    result = await open_options(hass, home.entry, "teach")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "not_loaded"


async def test_set_up_offers_to_teach(
    hass: HomeAssistant, simulator: Simulator, hass_client: ClientSessionGenerator
) -> None:
    """On its last page; what is learned there works from the first press."""
    client = await hass_client()
    result = await add_account(hass, simulator)
    assert result["step_id"] == "summary"
    result = await answer(hass, result, {"user_sync_way": "known", "teach": True})
    assert result["step_id"] == "teach"
    result = await answer(hass, result, {"request": "hello"})
    assert result["errors"] == {"base": "nothing_learned"}
    file_id = await upload(client, recording(simulator))
    result = await answer(hass, result, {"recording": file_id})
    assert result["step_id"] == "taught"
    result = await answer(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["options"]["user_sync_way"] == "known"
    assert "teach" not in result["options"]
    assert len(load_learned(result["options"]["learned"])) == 2
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_set_up_goes_on_without_a_recording(
    hass: HomeAssistant, simulator: Simulator
) -> None:
    """Whoever has none leaves the fields empty."""
    result = await add_account(hass, simulator)
    result = await answer(hass, result, {"user_sync_way": "known", "teach": True})
    result = await answer(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["options"] == {"user_sync_way": "known"}
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_the_repair_of_a_refusal_teaches_and_syncs(
    hass: HomeAssistant,
    home: Home,
    hass_client: ClientSessionGenerator,
) -> None:
    """From the issue to a proven sync; nothing is started before the person says so."""
    with pytest.raises(HomeAssistantError):
        await home.press("sync_users", HEALTHY)
    issue = issues(home, HEALTHY)["no_user_sync_way"]
    assert issue.translation_placeholders == {"location": home.location(HEALTHY).name}
    client = await hass_client()
    dialog = Dialog(home, client)
    assert (await dialog.open(issue))["step_id"] == "teach"
    assert (await dialog.submit())["errors"] == {"base": "nothing_learned"}
    file_id = await upload(client, recording(home.simulator))
    assert (await dialog.submit(recording=file_id))["step_id"] == "taught"
    assert (await dialog.submit())["step_id"] == "confirm_users"
    assert starts(home.simulator) == []
    await home.wait(3)
    assert "no_user_sync_way" not in issues(home, HEALTHY)
    assert (await dialog.submit())["type"] == "progress"
    assert (await dialog.end())["type"] == "create_entry"
    assert home.location(HEALTHY).starts["users"] == 1


async def test_the_repair_needs_a_loaded_account(
    hass: HomeAssistant, home: Home, hass_client: ClientSessionGenerator
) -> None:
    """It says where to look."""
    with pytest.raises(HomeAssistantError):
        await home.press("sync_users", HEALTHY)
    issue = issues(home, HEALTHY)["no_user_sync_way"]
    dialog = Dialog(home, await hass_client())
    assert await hass.config_entries.async_unload(home.entry.entry_id)
    assert (await dialog.open(issue))["reason"] == "not_loaded"


HIDDEN = pytest.mark.parametrize("options", [SimulatorOptions(profile="hidden")])


async def visit(simulator: Simulator, client: Any) -> dict[str, Any]:
    """Return what a browser saved of a visit to the simulated website."""
    async with client.session.get(f"{simulator.url}/control/har") as answer:
        assert answer.status == 200
        saved: dict[str, Any] = await answer.json()
        return saved


@HIDDEN
async def test_a_visit_to_the_website_is_all_it_takes(
    hass: HomeAssistant,
    home: Home,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The press that was refused is proven, and nothing of the visit is kept."""
    with pytest.raises(HomeAssistantError):
        await home.press("sync_users", HEALTHY)
    client = await hass_client()
    saved = await visit(home.simulator, client)
    before = home.location(HEALTHY).starts["users"]
    result = await teach(home, client, json.dumps(saved).encode())
    shown = result["description_placeholders"]
    assert len(shown["found"].splitlines()) == 5
    assert shown["missing"] == shown["refused"] == "Nothing."
    assert (await send(hass, result, {}))["type"] is FlowResultType.CREATE_ENTRY
    await home.settle()
    await home.wait(5)
    waiting = home.location(HEALTHY).staged_user_changes
    assert home.state("sensor", "pending_user_changes", HEALTHY).state == str(waiting)
    await home.press("sync_users", HEALTHY)
    await home.wait(120)
    assert home.told[-1].data["outcome"] == "succeeded"
    assert home.location(HEALTHY).starts["users"] == before + 1

    kept = json.dumps(dict(home.entry.options))
    found = json.dumps(await async_get_config_entry_diagnostics(hass, home.entry))
    for secret in _secrets(saved):
        for place in (kept, found, caplog.text):
            assert secret not in place


def _secrets(saved: dict[str, Any]) -> set[str]:
    """Return what of a recording nobody may find again: tokens, cookies, a password."""
    found: set[str] = set()
    for entry in saved["log"]["entries"]:
        request, content = entry["request"], entry["response"]["content"]
        found |= {cookie["value"] for cookie in request.get("cookies", ())}
        found |= {
            header["value"].removeprefix("Bearer ")
            for header in request.get("headers", ())
            if header["name"].casefold() == "authorization"
        }
        if "/token" in request["url"] and content.get("text", "").startswith("{"):
            answer = json.loads(content["text"])
            found |= {answer["access_token"], answer["refresh_token"]}
        if "PersistSession" in request["url"]:
            found.add(json.loads(request["postData"]["text"])["password"])
    assert len(found) > 3
    return found


@HIDDEN
async def test_the_dialog_says_what_is_missing(
    hass: HomeAssistant,
    home: Home,
    hass_client: ClientSessionGenerator,
) -> None:
    """Exactly the call that is not in the recording, and what to press for it."""
    client = await hass_client()
    saved = await visit(home.simulator, client)
    whole = saved["log"]["entries"]

    async def shown_for(entries: list[Any]) -> Any:
        content = json.dumps({"log": {"entries": entries}}).encode()
        result = await teach(home, client, content)
        hass.config_entries.options.async_abort(result["flow_id"])
        return result["description_placeholders"]

    alone: dict[str, list[Any]] = {}
    for entry in whole:
        name = (await shown_for([entry])).get("found", "").partition(":")[0]
        alone.setdefault(name, []).append(entry)
    for name, said in (
        ("- Sync users", "How a user sync is started"),
        ("- Steps of a user sync", "The progress of a user sync"),
        ("- Progress of a panel sync", "The progress of a panel sync"),
        ("- Pending user changes", "How many user changes are pending"),
        ("- Event log", "What the event log contains"),
    ):
        left = [entry for entry in whole if entry not in alone[name]]
        shown = await shown_for(left)
        assert len(shown["found"].splitlines()) == 4
        assert name not in shown["found"]
        assert shown["missing"].startswith(f"- {said}")
        assert len(shown["missing"].splitlines()) == 1


async def test_a_recording_is_read_outside_the_event_loop(
    hass: HomeAssistant, home: Home
) -> None:
    """It may have 20 MB."""
    threads: list[str] = []

    def learned(*_: Any) -> Lesson:
        threads.append(threading.current_thread().name)
        return Lesson(refusals=(Refusal(Reason.EMPTY),))

    with patch("custom_components.panelsync.flows.teach.learn", learned):
        result = await open_options(hass, home.entry, "teach")
        await send(hass, result, {"request": "curl x"})
    assert threads
    assert threading.current_thread().name not in threads

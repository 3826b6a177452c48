"""The life of a user sync at the simulated service (docs/protocol/total-connect.md#user-sync)."""

from tests.simulator.door import Door, opened


async def test_publishes_step_by_step(door: Door) -> None:
    """Two staged changes go live one after the other, and the rows tell the steps."""
    assert await door.pending() == 2
    started = await door.users_sync()
    assert started["ResultCode"] == 0
    row = started["SynchronizationStatus"][0]
    assert (row["CurrentStep"], row["TotalSteps"]) == (0, 6)
    seen = []
    for _ in range(6):
        door.clock.forward(3)
        row = (await door.users_sync(status_only=True))["SynchronizationStatus"][0]
        seen.append((row["CurrentStep"], await door.pending()))
    assert seen == [(1, 1), (2, 1), (3, 0), (4, 0), (5, 0), (6, 0)]
    assert row["ResultCode"] == 0
    assert await door.texts() == ["User Sync Success Mill House"]
    truth = await door.state()
    assert all(user["at_panel"] for user in truth["users"])
    assert truth["starts"]["users"] == 1
    assert truth["runs"][-1]["result"] == "done"


async def test_old_rows_are_still_shown(door: Door) -> None:
    """Before any start, a status question finds the finished rows of the last sync."""
    row = (await door.users_sync(status_only=True))["SynchronizationStatus"][0]
    assert (row["CurrentStep"], row["TotalSteps"], row["ResultCode"]) == (4, 4, 0)
    assert (await door.state())["starts"]["users"] == 0


async def test_missing_status_only_starts(door: Door) -> None:
    """A question without StatusOnly is a start, and it is counted."""
    body = {"DeviceList": door.device_list()}
    await door.post("api/v1/account/users/synchronize", body, as_json=True)
    assert (await door.state())["starts"]["users"] == 1


async def test_several_locations(door: Door) -> None:
    """One call covers several panels; a panel that cannot has its code in its row."""
    answer = await door.users_sync("Mill House", "Hill Farm")
    assert answer["ResultCode"] == 0
    codes = [row["ResultCode"] for row in answer["SynchronizationStatus"]]
    assert codes == [0, 4101]


async def test_refused_everywhere(door: Door) -> None:
    """Where no panel takes it, the whole answer carries the code."""
    assert (await door.users_sync("Hill Farm"))["ResultCode"] == 4101
    assert (await door.users_sync(code="0001"))["ResultCode"] == -4106
    assert (await door.state())["wrong_codes"] == 1


async def test_vista_armed_is_allowed_others_not(door: Door) -> None:
    """A VISTA takes users while armed; other families are assumed not to."""
    assert (await door.users_sync("Harbour Shop"))["ResultCode"] == 0
    farm = door.id("Hill Farm")
    await door.control(f"/locations/{farm}/line", {"connected": True})
    await door.control(f"/locations/{farm}/arm", {"state": "stay"})
    assert (await door.users_sync("Hill Farm"))["ResultCode"] == -4502


async def test_line_cut_fails_it(door: Door) -> None:
    """A lost line ends it with a code in the row; what is published stays published."""
    await door.users_sync()
    door.clock.forward(3)
    assert await door.pending() == 1
    await door.control(f"/locations/{door.id()}/line", {"connected": False})
    door.clock.forward(3)
    row = (await door.users_sync(status_only=True))["SynchronizationStatus"][0]
    assert (row["CurrentStep"], row["ResultCode"]) == (1, 4101)
    assert await door.pending() == 1
    assert (await door.texts())[0] == "User Sync Failed Mill House"


async def test_removal_is_urgent_until_published(door: Door) -> None:
    """A staged removal counts as urgent, and the user goes with the sync."""
    at = f"/locations/{door.id()}/users"
    people = (await door.state())["users"]
    known = next(
        user["name"] for user in people if user["type"] == 2 and not user["out_of_sync"]
    )
    await door.control(at, {"name": known, "removal": True})
    assert (await door.users())["UrgentSyncCount"] == 1
    await door.users_sync()
    door.clock.forward(60)
    assert (await door.users())["UrgentSyncCount"] == 0
    assert known not in [user["name"] for user in (await door.state())["users"]]


async def test_second_start_is_declined(door: Door) -> None:
    """One user sync at a time."""
    await door.users_sync()
    assert (await door.users_sync())["ResultCode"] == -4503


async def test_old_panel_has_none() -> None:
    """The old family answers -120 for users and for live zones."""
    async with opened(profile="old") as door:
        assert (await door.users_sync())["ResultCode"] == -120
        assert (await door.live())["ResultCode"] == -120
        assert (await door.start_panel())["ResultCode"] == 0


async def test_wrong_device_or_no_list(door: Door) -> None:
    """A device of another location, or no list at all, is an error and starts nothing."""
    rows = door.device_list()
    rows[0]["DeviceID"] += 1
    path = "api/v1/account/users/synchronize"
    answer = await door.post(
        path, {"DeviceList": rows, "StatusOnly": False}, as_json=True
    )
    assert answer["ResultCode"] == -4002
    assert (await door.post(path, {"StatusOnly": False}, as_json=True))[
        "ResultCode"
    ] == -501
    assert (await door.state())["starts"]["users"] == 0


async def test_second_candidate_takes_the_path(door: Door) -> None:
    """The candidate with ids in its path starts with a form body, and is asked the same way."""
    await door.control("/switches", {"user_sync_candidate": 2})
    place = door.simulator.world.named("Mill House")
    path = f"api/v1/locations/{place.id}/devices/{place.device_id}/users/synchronize"
    started = await door.post(path, {"AuthorizingCode": "-1", "StatusOnly": "false"})
    assert started["ResultCode"] == 0
    door.clock.forward(60)
    answer = await door.post(path, {"StatusOnly": "true"})
    assert answer["SynchronizationStatus"][0]["CurrentStep"] == 6
    assert await door.pending() == 0

"""The life of a panel sync at the simulated service.

See docs/protocol/total-connect.md#panel-sync and docs/protocol/total-connect.md#words-of-the-event-log.
"""

import pytest

from tests.simulator.door import Door, opened


async def test_brings_the_new_sensor(door: Door) -> None:
    """A sensor added at the panel reaches the service only by a sync, step by step."""
    before = await door.status("Lake Cabin")
    assert before["SyncSecDeviceFlag"] is True
    assert len(before["Zones"]) == 5
    started = await door.start_panel("Lake Cabin")
    assert started["ResultCode"] == 0
    job = started["JobID"]
    assert (await door.job(job, "Lake Cabin"))["JobState"] == 1
    door.clock.forward(11)
    assert len((await door.status("Lake Cabin"))["Zones"]) == 5
    assert await door.texts("Lake Cabin") == []
    door.clock.forward(1)
    after = await door.status("Lake Cabin")
    assert [zone["ZoneDescription"] for zone in after["Zones"]][-1] == "Jetty  Door"
    assert after["SyncSecDeviceFlag"] is False
    assert (
        after["ConfigurationSequenceNumber"]
        == before["ConfigurationSequenceNumber"] + 1
    )
    assert after["LastUpdatedTimestampTicks"] > before["LastUpdatedTimestampTicks"]
    answer = await door.job(job, "Lake Cabin")
    assert (
        answer["JobState"],
        answer["ZoneSyncState"],
        answer["AutomationSyncState"],
    ) == (2, 2, 0)
    newest = (await door.log("Lake Cabin"))[0]
    assert newest["Event"] == "Zone Sync Success Lake Cabin"
    assert newest["Originator"] == "Dana Keller"


async def test_unchanged_sync_moves_nothing(door: Door) -> None:
    """A sync that finds nothing is logged, and moves neither number nor report time."""
    before = await door.status()
    await door.start_panel()
    door.clock.forward(12)
    assert await door.texts() == ["Zone Sync Success Mill House"]
    door.clock.forward(8)
    assert (await door.texts())[0] == "Automation Sync Success Mill House"
    assert await door.status() == before


async def test_automation_part_follows(door: Door) -> None:
    """Where there is automation, the job runs on for eight seconds after the zones."""
    job = (await door.start_panel())["JobID"]
    door.clock.forward(13)
    answer = await door.job(job)
    assert (
        answer["JobState"],
        answer["ZoneSyncState"],
        answer["AutomationSyncState"],
    ) == (1, 2, 1)
    door.clock.forward(8)
    answer = await door.job(job)
    assert (answer["JobState"], answer["AutomationSyncState"]) == (2, 2)


async def test_speed_divides_durations() -> None:
    """Ten times the speed, a tenth of the time; stamps stay the clock's."""
    async with opened(speed=10.0) as door:
        job = (await door.start_panel("Lake Cabin"))["JobID"]
        door.clock.forward(1.1)
        assert (await door.job(job, "Lake Cabin"))["JobState"] == 1
        door.clock.forward(0.2)
        assert (await door.job(job, "Lake Cabin"))["JobState"] == 2
        assert (await door.log("Lake Cabin"))[0][
            "RecDateTimeGMT"
        ] == "2026-11-22 12:00:01"


async def test_declined_while_armed(door: Door) -> None:
    """An armed panel declines; a disarmed one does not."""
    assert (await door.start_panel("Harbour Shop"))["ResultCode"] == -4502
    await door.control(f"/locations/{door.id('Harbour Shop')}/disarm", {})
    assert (await door.start_panel("Harbour Shop"))["ResultCode"] == 0


async def test_offline_answers_in_turn(door: Door) -> None:
    """An unreachable panel answers its three codes in turn; the copy is still there."""
    codes = [(await door.start_panel("Hill Farm"))["ResultCode"] for _ in range(4)]
    assert codes == [4101, -4104, -4108, 4101]
    assert (await door.live("Hill Farm"))["ResultCode"] == -4104
    assert len((await door.status("Hill Farm"))["Zones"]) == 4
    assert (await door.state("Hill Farm"))["starts"]["panel"] == 4


async def test_line_cut_during_the_job_fails_it(door: Door) -> None:
    """A job that loses its panel ends with another state, and says so in the log."""
    job = (await door.start_panel("Lake Cabin"))["JobID"]
    await door.control(f"/locations/{door.id('Lake Cabin')}/line", {"connected": False})
    door.clock.forward(12)
    assert (await door.job(job, "Lake Cabin"))["JobState"] == 3
    assert (await door.texts("Lake Cabin"))[0] == "Zone Sync Failed Lake Cabin"
    assert (await door.state("Lake Cabin"))["in_sync"] is False


async def test_second_start_while_one_runs(door: Door) -> None:
    """The service runs one at a time, and every start is counted."""
    await door.start_panel()
    assert (await door.start_panel())["ResultCode"] == -4503
    assert (await door.state())["starts"]["panel"] == 2


async def test_wrong_codes_are_counted_and_lock(door: Door) -> None:
    """Three wrong codes lock the panel; then not even the right one works."""
    for _ in range(3):
        assert (await door.start_panel(userCode="0001"))["ResultCode"] == -4106
    assert (await door.start_panel(userCode=door.options.user_code))[
        "ResultCode"
    ] == -4106
    assert (await door.state())["locked"] is True


async def test_right_codes(door: Door) -> None:
    """The own code works, another person's does not, none at all neither."""
    other = next(iter(door.simulator.world.named("Mill House").panel.others))
    valid = await door.post(
        f"api/v1/account/users/current/validateUser/locations/{door.id()}",
        {"userCode": other},
    )
    assert valid == {"IsDuplicate": True}
    assert (await door.start_panel(userCode=other))["ResultCode"] == -4106
    assert (await door.start_panel(userCode=""))["ResultCode"] == -4114
    assert (await door.start_panel(userCode=door.options.user_code))["ResultCode"] == 0
    assert (await door.state())["wrong_codes"] == 0


@pytest.mark.parametrize("as_json", [False, True])
async def test_form_and_json_in_any_case(door: Door, as_json: bool) -> None:
    """Both body kinds are taken, and names without regard to case, paths too."""
    path = f"api/V1/Locations/{door.id()}/devices/SECURITY/Synchronize"
    answer = await door.post(
        path, {"USERCODE": "-1", "InstallerCode": ""}, as_json=as_json
    )
    assert answer["ResultCode"] == 0


async def test_unknown_job_and_location(door: Door) -> None:
    """A job nobody knows answers -501, a location nobody knows -4002."""
    assert (await door.job("9b1c2d3e-0001-4002-8003-a0b0c0d0e0f0"))[
        "ResultCode"
    ] == -501
    mine = (await door.start_panel())["JobID"]
    assert (await door.job(mine, "Lake Cabin"))["ResultCode"] == -501
    answer = await door.get("api/v3/locations/12/partitions/fullStatus")
    assert answer["ResultCode"] == -4002


async def test_query_string_start_is_an_error(door: Door) -> None:
    """Parameters of a POST belong in the body."""
    path = f"api/v1/locations/{door.id()}/devices/security/synchronize?userCode=-1"
    status, answer = await door.call("POST", path)
    assert (status, answer["ResultCode"]) == (500, -999)
    assert (await door.state())["starts"]["panel"] == 0

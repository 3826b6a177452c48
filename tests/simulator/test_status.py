"""Session details, status, live reads and the event log of the simulated service.

See docs/protocol/total-connect.md#session-details and docs/protocol/total-connect.md#status and
docs/protocol/total-connect.md#refresh and docs/protocol/total-connect.md#event-log.
"""

from datetime import datetime
from typing import Any

import pytest

from tests.simulator.door import Clock, Door, opened


async def test_the_four_locations(door: Door) -> None:
    """The default world is the demo's: healthy, sync required, armed, offline."""
    locations = (await door.details())["SessionDetailsResult"]["Locations"]
    seen = {
        place["LocationName"]: (
            place["PanelConnectionStatusInfo"][0]["ConnectionStatus"],
            place["PanelConnectionStatusInfo"][0]["SyncStatus"],
        )
        for place in locations
    }
    assert seen == {
        "Mill House": (1, 1),
        "Lake Cabin": (1, 0),
        "Harbour Shop": (1, 1),
        "Hill Farm": (0, 1),
    }
    pending = {name: await door.pending(name) for name in seen}
    assert pending == {
        "Mill House": 2,
        "Lake Cabin": 0,
        "Harbour Shop": 1,
        "Hill Farm": 1,
    }
    assert (await door.status("Harbour Shop"))["Partitions"][0]["ArmingState"] == 10201


async def test_flags(door: Door) -> None:
    """Flags are `k=v` texts; the panel is the device of class 1."""
    place = (await door.details())["SessionDetailsResult"]["Locations"][0]
    flags = dict(pair.split("=", 1) for pair in place["LocationModuleFlags"].split(","))
    assert flags["AutoSyncEnabled"] == "0"
    assert flags["SyncStatusSupported"] == "1"
    assert flags["CameraPartitionFTUE"] == "True"
    panel = next(
        device for device in place["DeviceList"] if device["DeviceClassID"] == 1
    )
    assert panel["DeviceID"] == place["SecurityDeviceID"]
    assert "PanelType=15" in panel["DeviceFlags"]


async def test_old_panels_say_so() -> None:
    """The old profile: type 5, no sync status, one panel that wants the installer code."""
    async with opened(profile="old") as door:
        locations = (await door.details())["SessionDetailsResult"]["Locations"]
        assert all(
            "SyncStatusSupported=0" in place["LocationModuleFlags"]
            for place in locations
        )
        flags = [place["DeviceList"][0]["DeviceFlags"] for place in locations]
        assert all("PanelType=5" in text for text in flags)
        prompting = [text for text in flags if "PromptForInstallerCode=1" in text]
        assert len(prompting) == 1
        assert (await door.start_panel("Lake Cabin"))["ResultCode"] == -4106
        code = door.options.installer_code
        assert (await door.start_panel("Lake Cabin", installerCode=code))[
            "ResultCode"
        ] == 0


async def test_full_status_has_no_code_and_ticks_in_utc(door: Door) -> None:
    """Success carries no ResultCode; ticks are whole UTC seconds since the year 1."""
    answer = await door.get(f"api/v3/locations/{door.id()}/partitions/fullStatus")
    assert "ResultCode" not in answer
    await door.control(f"/locations/{door.id()}/zones/1", {"open": True})
    ticks = (await door.status())["LastUpdatedTimestampTicks"]
    unix = (ticks - 621_355_968_000_000_000) / 10_000_000
    assert datetime.fromtimestamp(unix, Clock().now.tzinfo) == Clock().now


READS = [
    ("api/v1/locations/{l}/partitions/fullStatus", "PanelStatus"),
    ("api/v1/locations/{l}/partitions/status", "PanelStatus"),
    ("api/v1/locations/{l}/devices/security/metadata?lastSequenceNumber=0&lastUpdatedTimestampTicks=0&partitionId=1",
     "PanelMetadataAndStatus"),
    ("api/v1/account/user/current/locations/{l}/SecurityStatus", "lstLocationBasicInfo"),
    ("api/v1/locations/{l}/devices/{d}/partitions/config", "Partitions"),
    ("api/v1/locations", "locationDetailResult"),
    ("api/v1/locations/{l}/locationInfo", "LocationName"),
    ("api/v1/SecuritySystem/ZoneTypes", "ZoneTypeInfoList"),
    ("api/v1/locations/{l}/devices/{d}/events/unacknowledged", "AwarenessEvent"),
    ("api/Dashboard", "systemStatus"),
    ("api/locations/{l}/SecuritySystem/0/0/1/GetPanelFullStatus", "PanelStatus"),
    ("api/v2/interfaceSchema/clientId/16808/clientAppVersion?appVersion=1", "InterfaceSchemaConfigInfo"),
    ("api/v1/services/version", "ResultData"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "section"),
    READS,
)
async def test_other_reads(door: Door, path: str, section: str) -> None:
    """Every other known read answers its section."""
    place = door.simulator.world.named("Mill House")
    answer = await door.get(path.format(l=place.id, d=place.device_id))
    assert answer[section]


async def test_plain_status_has_no_names(door: Door) -> None:
    """The plain status is without zone names."""
    answer = await door.get(f"api/v1/locations/{door.id()}/partitions/status")
    assert all("ZoneDescription" not in zone for zone in answer["PanelStatus"]["Zones"])


async def test_a_door_moves_report_time_and_readiness(door: Door) -> None:
    """A door opened at the panel is seen, and only a report moves the ticks."""
    before = await door.status()
    door.clock.forward(60)
    assert await door.status() == before
    await door.control(f"/locations/{door.id()}/zones/2", {"open": True})
    after = await door.status()
    assert after["LastUpdatedTimestampTicks"] > before["LastUpdatedTimestampTicks"]
    assert after["Zones"][1]["ZoneStatus"] == 2
    assert after["Partitions"][0]["ArmingState"] == 10214
    assert after["ConfigurationSequenceNumber"] == before["ConfigurationSequenceNumber"]


async def test_exit_delay(door: Door) -> None:
    """Arming away passes through 10307; disarming meanwhile ends it."""
    at = f"/locations/{door.id()}"

    async def arming() -> int:
        return int((await door.status())["Partitions"][0]["ArmingState"])

    await door.control(f"{at}/arm", {"state": "away"})
    assert await arming() == 10307
    door.clock.forward(31)
    assert await arming() == 10201
    await door.control(f"{at}/disarm", {})
    await door.control(f"{at}/arm", {"state": "away"})
    door.clock.forward(10)
    await door.control(f"{at}/disarm", {})
    door.clock.forward(60)
    assert await arming() == 10200
    texts = await door.texts()
    assert texts[:3] == [
        "Disarmed-P1 Partition 1",
        "Disarmed-P1 Partition 1",
        "Armed Away-P1 Partition 1",
    ]


async def test_alarm(door: Door) -> None:
    """An alarm shows in state, zone bits and log; disarming ends it."""
    at = f"/locations/{door.id()}"
    await door.control(f"{at}/alarm", {})
    answer = await door.get(f"api/v3/locations/{door.id()}/partitions/fullStatus")
    assert answer["ArmingState"] == 10207
    assert answer["IsSensorTrippedAlarm"] is True
    assert answer["PanelStatus"]["Zones"][0]["ZoneStatus"] & 256
    assert (await door.log())[0]["EventType"] == 10207
    await door.control(f"{at}/disarm", {})
    assert (await door.status())["Zones"][0]["ZoneStatus"] == 0


async def test_line_cut_keeps_the_copy_and_restoring_reports(door: Door) -> None:
    """Without a line the copy grows stale; with the line it is right at once."""
    at = f"/locations/{door.id()}"
    await door.control(f"{at}/line", {"connected": False})
    before = await door.status()
    await door.control(f"{at}/zones/1", {"open": True})
    await door.control(f"{at}/sensors", {"name": "Shed"})
    assert await door.status() == before
    await door.control(f"{at}/line", {"connected": True})
    after = await door.status()
    assert after["Zones"][0]["ZoneStatus"] == 2
    assert after["SyncSecDeviceFlag"] is True


async def test_first_live_read_fails_then_works(door: Door) -> None:
    """4101 first in each session, then zones, for each location by itself."""
    assert (await door.live())["ResultCode"] == 4101
    answer = await door.live()
    assert "ResultCode" not in answer
    assert [zone["ZoneID"] for zone in answer["ZoneStatus"]["Zones"]] == [
        1,
        2,
        3,
        4,
        5,
        6,
    ]
    assert (await door.live("Lake Cabin"))["ResultCode"] == 4101
    await door.sign_in()
    assert (await door.live())["ResultCode"] == 4101


async def test_live_read_sees_what_is_not_reported(door: Door) -> None:
    """A panel that does not report openings still answers them when asked."""
    place = door.simulator.world.named("Mill House")
    place.panel.reports_openings = False
    await door.control(f"/locations/{place.id}/zones/1", {"open": True})
    assert (await door.status())["Zones"][0]["ZoneStatus"] == 0
    await door.live()
    assert (await door.live())["ZoneStatus"]["Zones"][0]["ZoneStatus"] == 2


async def test_new_and_removed_locations(door: Door) -> None:
    """Locations appear on and disappear from the account."""
    _, made = await door.control("/locations", {"name": "Sync House"})
    names = [
        x["LocationName"]
        for x in (await door.details())["SessionDetailsResult"]["Locations"]
    ]
    assert names[-1] == "Sync House"
    await door.control(f"/locations/{made['id']}/remove", {})
    assert len((await door.details())["SessionDetailsResult"]["Locations"]) == 4


# The event log


async def test_log_shapes(door: Door) -> None:
    """Newest first, 11-digit ids, times by the format codes."""
    rows = await door.log()
    ids = [row["EventRecordId"] for row in rows]
    assert ids == sorted(ids, reverse=True)
    assert all(len(str(number)) == 11 for number in ids)
    assert datetime.strptime(rows[0]["RecDateTimeGMT"], "%Y-%m-%d %H:%M:%S")
    twelve = await door.log(TimeFormat=0)
    assert datetime.strptime(twelve[0]["RecDateTimeGMT"], "%Y-%m-%d %I:%M:%S %p")
    american = await door.log(DateFormat=1)
    assert datetime.strptime(american[0]["RecDateTimeGMT"], "%m/%d/%Y %H:%M:%S")


async def test_log_pages(door: Door) -> None:
    """Pages go to older records while there are more, and never over 100."""
    at = f"/locations/{door.id()}/log"
    for number in range(120):
        await door.control(at, {"text": f"Note {number}"})
    path = f"api/v1/locations/{door.id()}/devices/0/Events"
    seen: list[int] = []
    more, last = True, 0
    while more:
        body: dict[str, Any] = {"MaxRecords": 500, "LastEventIdReceived": last}
        answer = await door.post(path, body, as_json=True)
        assert len(answer["Events"]) <= 100
        seen += [row["EventRecordId"] for row in answer["Events"]]
        more, last = answer["HasMore"], seen[-1]
    assert len(seen) == len(set(seen)) == 128
    assert seen == sorted(seen, reverse=True)


async def test_sign_ins_are_in_the_admin_log(door: Door) -> None:
    """Each password sign-in is one line there, a refresh none; the activity log has neither."""
    await door.sign_in()
    await door.sign_in(user="robin.vale")
    await door.refresh()
    rows = [(row["Event"], row["Originator"]) for row in await door.log(FilterClass=2)]
    assert rows == [("Login Website", "Robin Vale"), ("Login Website", "Dana Keller")]
    assert "Login Website" not in [row["Event"] for row in await door.log()]


async def test_duress_is_in_the_log(door: Door) -> None:
    """Duress, hold-up and silent panic are written, so that a client can be seen to hide them."""
    await door.control(f"/locations/{door.id()}/duress", {})
    words = " ".join(await door.texts()).lower()
    assert all(word in words for word in ("duress", "hold up", "silent panic"))


async def test_no_codes_anywhere_in_the_state(door: Door) -> None:
    """The control interface shows no code."""
    _, state = await door.control("/state", method="GET")
    text = str(state)
    panel = door.simulator.world.named("Mill House").panel
    assert f"'{panel.user_code}'" not in text
    assert f"'{panel.installer_code}'" not in text
    assert not any(f"'{code}'" in text for code in panel.others)

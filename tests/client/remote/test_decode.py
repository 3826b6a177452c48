"""From answers to models: what is there is read, what is not stays unknown."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
import pytest

from custom_components.panelsync.client.errors import ClientError, UnexpectedAnswer
from custom_components.panelsync.client.foreign import clean_text, integer, number
from custom_components.panelsync.client.models import (
    UNKNOWN_ZONE,
    ArmingState,
    JobStatus,
    PendingUserChanges,
    ServiceStatus,
    UserSyncSteps,
    ZoneStatus,
)
from custom_components.panelsync.client.remote.decode import answers as decode
from custom_components.panelsync.client.remote.decode.account import (
    account as decode_account,
)
from custom_components.panelsync.client.remote.decode.event_log import log_page
from custom_components.panelsync.client.remote.decode.fields import (
    Fields,
    flag,
    key_values,
)
from custom_components.panelsync.client.remote.session.tokens import application

from ..makers import json_values

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "as_integer", "as_flag", "as_number", "as_text"),
    [
        (5, 5, None, 5.0, "5"),
        ("5", 5, None, 5.0, "5"),
        (" 1 ", 1, True, 1.0, "1"),
        ("0", 0, False, 0.0, "0"),
        (1.0, 1, True, 1.0, None),
        ("1.0", 1, True, 1.0, "1.0"),
        (1.5, None, None, 1.5, None),
        ("-8.0", -8, None, -8.0, "-8.0"),
        (True, None, True, None, None),
        ("False", None, False, None, "False"),
        (None, None, None, None, None),
        ("", None, None, None, ""),
        (float("nan"), None, None, None, None),
        (float("inf"), None, None, None, None),
        ("\u0665", None, None, None, "\u0665"),
        (10**400, None, None, None, None),
        ([], None, None, None, None),
        ({}, None, None, None, None),
        (" Kitchen   Door ", None, None, None, "Kitchen Door"),
    ],
)
def test_values_are_read_or_unknown(
    value: object,
    as_integer: int | None,
    as_flag: bool | None,
    as_number: float | None,
    as_text: str | None,
) -> None:
    """Numbers may come as text; what is not clear is None."""
    assert integer(value) == as_integer
    assert flag(value) is as_flag
    assert number(value) == as_number
    assert clean_text(value) == as_text


def test_flag_lists_are_read() -> None:
    """By the first equals sign, with colons, slashes and unknown keys.

    See docs/protocol/total-connect.md#location-flags.
    """
    flags = key_values("A=1,B=x=y,C=1/1/1900 12:00:00 AM,D=True, E = 0 ,rubbish,=")
    assert (flags.flag("a"), flags.flag("D"), flags.flag("E")) == (True, True, False)
    assert flags.text("B") == "x=y"
    assert flags.text("C") == "1/1/1900 12:00:00 AM"
    assert "rubbish" not in flags
    assert key_values(None).get("A") is None


def details(**location: Any) -> Fields:
    """Make session details with one location."""
    return Fields(
        {
            "SessionDetailsResult": {
                "UserInfo": {"UserID": "4400001", "UserFeatureList": "Master=1"},
                "Locations": [
                    {"LocationID": 700101, "SecurityDeviceID": 880201} | location
                ],
            }
        }
    )


def test_a_bare_location_has_only_unknowns() -> None:
    (location,) = decode_account(details()).locations
    assert location.name == ""
    assert location.panel.device_id == 880201
    assert location.panel.panel_type is None
    assert location.panel.serial is None
    assert not location.panel.prompts_user_code
    assert location.auto_sync is None
    assert location.sync_status_supported is None
    assert location.user_management_disabled is None
    assert location.service_status is None
    account = decode_account(details())
    assert account.rights.master is True
    assert account.rights.user_administration is None
    assert account.two_step_codes is None
    assert account.user_id == "4400001"


def test_a_location_is_read() -> None:
    """The panel is the named device, else the one of class 1; lists may be wrapped."""
    devices = [
        {"DeviceID": 5, "DeviceClassID": 3},
        {
            "DeviceID": "880202",
            "DeviceClassID": "1",
            "DeviceName": "Security  System",
            "DeviceSerialNumber": "00D0",
            "DeviceFlags": "PromptForUserCode=1,PromptForInstallerCode=True,PanelVariant=1",
            "SecurityPanelTypeID": 15,
        },
    ]
    for found in (
        details(DeviceList=devices, SecurityDeviceID=None),
        details(DeviceList={"DeviceInfoBasic": devices}, SecurityDeviceID="880202"),
    ):
        (location,) = decode_account(found).locations
        assert location.panel.device_id == 880202
        assert location.panel.name == "Security System"
        assert location.panel.serial == "00D0"
        assert location.panel.panel_type == 15
        assert location.panel.prompts_user_code
        assert location.panel.prompts_installer_code
    (location,) = decode_account(
        details(
            LocationName=" Mill  House ",
            LocationModuleFlags="AutoSyncEnabled=0,SyncStatusSupported=1,TimezoneOffset=-8.0",
            DeviceList=[{"DeviceID": 880201, "DeviceFlags": "PanelType=12"}],
            PanelConnectionStatusInfo=[
                {"LocationID": 1, "SyncStatus": 9},
                {
                    "LocationID": 700101,
                    "ConnectionStatus": "1",
                    "SyncStatus": 7,
                    "SyncStatusMessage": "",
                },
            ],
        )
    ).locations
    assert location.name == "Mill House"
    assert (location.auto_sync, location.sync_status_supported) == (False, True)
    assert location.panel.panel_type == 12
    assert location.service_status is not None
    assert location.service_status.sync_status == 7
    assert location.service_status.message is None


@pytest.mark.parametrize(
    "location",
    [
        {"LocationID": None},
        {"LocationID": -1},
        {"LocationID": 2**64},
        {"SecurityDeviceID": None},
        {"SecurityDeviceID": 0, "DeviceList": [{"DeviceID": 3, "DeviceClassID": 3}]},
        {"SecurityDeviceID": -1, "DeviceList": "x"},
    ],
)
def test_a_location_without_a_panel_is_left_out(location: dict[str, Any]) -> None:
    """There is nothing to sync there."""
    assert decode_account(details(**location)).locations == ()


@pytest.mark.parametrize(
    "answer",
    [{}, {"SessionDetailsResult": None}, {"SessionDetailsResult": {"UserInfo": {}}}],
)
def test_an_account_without_a_user_is_refused(answer: dict[str, Any]) -> None:
    """Who is signed in must be known."""
    with pytest.raises(UnexpectedAnswer):
        decode_account(Fields(answer))


def status(**panel: Any) -> Fields:
    return Fields({"PanelStatus": panel, "ArmingState": 10200})


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (0, None), (10200, ArmingState.DISARMED), (10211, ArmingState.DISARMED),
        (10214, ArmingState.DISARMED), (10201, ArmingState.ARMED_AWAY),
        (10206, ArmingState.ARMED_AWAY), (10203, ArmingState.ARMED_HOME),
        (10226, ArmingState.ARMED_HOME), (10233, ArmingState.ARMED_HOME),
        (10209, ArmingState.ARMED_NIGHT), (10221, ArmingState.ARMED_NIGHT),
        (10223, ArmingState.ARMED_CUSTOM_BYPASS), (10207, ArmingState.TRIGGERED),
        (10215, ArmingState.TRIGGERED), (10307, ArmingState.ARMING),
        ("10308", ArmingState.DISARMING), (10299, None), (None, None), ("x", None),
    ],
)  # fmt: skip
def test_arming_is_read(code: object, expected: ArmingState | None) -> None:
    """By the table; an unknown code is unknown.

    See docs/protocol/total-connect.md#arming-states.
    """
    for name in ("ArmingState", "PartitionArmingState"):
        found = decode.panel_status(
            status(Partitions=[{"PartitionID": 2, name: code}, {"PartitionID": None}]),
            NOON,
        )
        (partition,) = found.partitions
        assert partition.arming is expected
        assert partition.arming_code == integer(code)


def test_a_status_is_read() -> None:
    """Zones keep their unknown bits; a zone that says nothing is unknown, not closed."""
    found = decode.panel_status(
        status(
            Zones=[
                {"ZoneID": 1, "ZoneDescription": "Front  Door ", "ZoneStatus": "66"},
                {"ZoneID": 2, "ZoneStatus": None},
                {"ZoneID": 3, "ZoneStatus": -1},
                {"ZoneID": 4, "ZoneStatus": 128 + 1024},
                {"ZoneDescription": "no id"},
            ],
            LastUpdatedTimestampTicks=638746327230000000,
            ConfigurationSequenceNumber="12",
            SyncSecDeviceFlag="true",
            IsInACLoss=0,
        ),
        NOON,
    )
    assert found.zones is not None
    assert [zone.zone_id for zone in found.zones] == [1, 2, 3, 4]
    assert found.zones[0].name == "Front Door"
    assert found.zones[0].status == ZoneStatus.FAULTED | ZoneStatus.LOW_BATTERY
    assert found.zones[1].status == found.zones[2].status == UNKNOWN_ZONE
    assert found.zones[3].status.value == 1152
    assert found.report_time == datetime(2025, 2, 8, 17, 32, 3, tzinfo=UTC)
    assert found.configuration_number == 12
    assert found.sync_flag is True
    assert found.ac_loss is False
    assert found.low_battery is None
    assert found.arming_code == 10200
    assert found.read_at == NOON


@pytest.mark.parametrize(
    ("inside", "outside", "expected"),
    [
        (None, None, None),
        (None, True, True),
        (False, None, False),
        (False, True, True),
        (True, False, True),
    ],
)
def test_a_tampered_cover_is_told_by_either_place(
    inside: bool | None, outside: bool | None, expected: bool | None
) -> None:
    """The flag stands twice in an answer.

    See docs/protocol/total-connect.md#full-status.
    """
    fields = Fields(
        {"PanelStatus": {"IsCoverTampered": inside}, "IsCoverTampered": outside}
    )
    assert decode.panel_status(fields, NOON).cover_tampered is expected


def test_missing_sections_are_partial_answers() -> None:
    """No zone list is None, an empty one is empty, no panel status is no answer."""
    assert decode.panel_status(status(Zones=None), NOON).zones is None
    assert decode.panel_status(status(Zones=[]), NOON).zones == ()
    assert decode.panel_status(status(), NOON).partitions == ()
    assert not decode.has_panel_status(Fields({}))
    with pytest.raises(UnexpectedAnswer):
        decode.panel_status(Fields({"PanelStatus": None}), NOON)
    assert decode.live_read(Fields({"ZoneStatus": None})).zones == 0
    assert decode.live_read(Fields({"ZoneStatus": {"Zones": None}})).zones == 0


def test_jobs_and_steps_are_read() -> None:
    """Only with a job state; only this panel's row, unknown texts kept."""
    assert decode.job_status(Fields({"ResultCode": 0}), 7) is None
    assert decode.job_status(Fields({"JobState": "7"}), 7) == JobStatus(7)
    rows = [{"DeviceID": 1, "TotalSteps": 3}, {"DeviceID": "2", "TotalSteps": "6", "CurrentStep": 2,
             "Description": " a  b ", "ResultCode": "-4106"}]  # fmt: skip
    fields = Fields({"SynchronizationStatus": rows})
    assert decode.user_sync_steps(fields, 2) == UserSyncSteps(6, 2, -4106, "a b")
    assert decode.user_sync_steps(fields, 3) is None
    assert decode.user_sync_steps(Fields({}), 2) is None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, None),
        ({"Users": [{"UserId": 1}]}, None),
        ({"Users": []}, PendingUserChanges(0)),
        (
            {
                "Users": [
                    {"OutOfSyncCount": "2"},
                    {"OutOfSyncCount": None},
                    {"OutOfSyncCount": -4},
                ],
                "UrgentSyncCount": "1",
            },
            PendingUserChanges(2),
        ),
    ],
)
def test_pending_changes_are_counted(
    answer: dict[str, Any], expected: PendingUserChanges | None
) -> None:
    assert decode.pending_changes(Fields(answer)) == expected


def test_the_dashboard_is_read() -> None:
    """GOOD or OPERATIONAL is healthy, all else is not."""
    rows = [
        {"ServiceName": "A", "Status": "Good"},
        {"ServiceName": "B", "Status": "DOWN"},
        {"ServiceName": "C"},
        {"Status": "GOOD"},
    ]
    assert decode.service_status(Fields({"systemStatus": rows})) == (
        ServiceStatus("A", "Good", healthy=True),
        ServiceStatus("B", "DOWN", healthy=False),
    )
    assert decode.service_status(Fields({})) == ()


NAMES = (
    "SessionDetailsResult", "UserInfo", "UserID", "Locations", "LocationID",
    "SecurityDeviceID", "DeviceList", "DeviceID", "DeviceFlags", "PanelStatus",
    "Zones", "ZoneID", "ZoneStatus", "Partitions", "PartitionID", "ArmingState",
    "LastUpdatedTimestampTicks", "Events", "EventRecordId", "Event", "HasMore",
    "RecDateTimeGMT", "Users", "OutOfSyncCount", "JobState", "systemStatus",
    "SynchronizationStatus", "ServiceName", "Status", "AppConfig", "tc2APIKey",
    "tc2ClientId", "brandInfo", "BrandName", "AppID", "RevisionNumber", "version",
)  # fmt: skip


@given(json_values(NAMES, most=25))
def test_no_answer_breaks_the_reading(answer: Any) -> None:
    """Any JSON object gives a model or one of the client's errors."""
    fields = Fields(answer if isinstance(answer, dict) else {"PanelStatus": answer})
    for read in (
        decode_account,
        lambda fields: decode.panel_status(fields, NOON),
        decode.live_read,
        lambda fields: decode.job_status(fields, 1),
        lambda fields: decode.user_sync_steps(fields, 1),
        decode.pending_changes,
        decode.code_is_valid,
        decode.service_status,
        lambda fields: log_page(fields, "Mill House"),
        application,
    ):
        with suppress(ClientError):
            read(fields)


def test_a_sum_beyond_64_bits_is_unknown() -> None:
    """Each number fits, and what they make together could not be stored."""
    rows = [{"OutOfSyncCount": 2**63 - 1}] * 3
    assert decode.pending_changes(Fields({"Users": rows})) is None

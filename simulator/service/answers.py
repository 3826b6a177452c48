"""The service's JSON answers, as values made from the world. Simulated.

Shapes: docs/protocol/total-connect.md.

Where a value for a healthy account is known, it is that one; ConnectionStatus 0 and SyncStatus 0 are inventions.
"""

from typing import Any

from simulator.switches import Switches
from simulator.world.location import Location, Run, ServiceUser
from simulator.world.panel import FAULTED, UNKNOWN, Zone
from simulator.world.result_codes import SUCCESS, TEXTS, Refusal
from simulator.world.timeline import ticks

type Json = dict[str, Any]


def ok(**extra: Any) -> Json:
    """Return an answer with code 0."""
    return {**extra, "ResultCode": SUCCESS, "ResultData": TEXTS[SUCCESS]}


def refused(refusal: Refusal, **extra: Any) -> Json:
    """Return a business failure."""
    return {**extra, "ResultCode": refusal.code, "ResultData": refusal.text}


def connection_status(location: Location, switches: Switches) -> Json:
    """Return the service's own word on line and sync; 1 and 1 on a healthy account.

    See docs/protocol/total-connect.md#session-details.
    """
    sync_status = (
        int(not location.service.sync_flag)
        if switches.sync_status is None
        else switches.sync_status
    )
    return {
        "LocationID": location.id,
        "LocationName": location.name,
        "PhotoURL": "",
        "ConnectionStatus": int(location.panel.connected),
        "SyncStatus": sync_status,
        "SyncStatusMessage": "" if sync_status == 1 else "Sync Required",
        "ConnectionType": 0,
        "SingnalStrength": None,
    }


def full_status(
    location: Location, *, names: bool = True, zones_null: bool = False
) -> Json:
    """Return the service's copy; no ResultCode on success. Without names it is the plain status.

    See docs/protocol/total-connect.md#full-status.
    """
    service = location.service
    zones = (
        None
        if zones_null
        else [_status_zone(zone, names=names) for zone in service.zones.values()]
    )
    trouble = {
        "IsAlarmResponded": False,
        "IsCoverTampered": False,
        "Bell1SupervisionFailure": False,
        "Bell2SupervisionFailure": False,
    }
    partitions = _partitions(location)
    return {
        "PanelStatus": {
            "Zones": zones,
            "PromptForImportSecuritySettings": False,
            **trouble,
            "SyncSecDeviceFlag": service.sync_flag,
            "LastUpdatedTimestampTicks": ticks(service.report_time),
            "ConfigurationSequenceNumber": service.configuration_number,
            "IsInACLoss": service.ac_loss,
            "IsInLowBattery": service.low_battery,
            "IsInRfJam": False,
            "IsInBatteryMissing": False,
            "Partitions": partitions,
        },
        "ArmingState": partitions[0]["ArmingState"],
        "IsSensorTrippedAlarm": service.in_alarm,
        **trouble,
    }


def _status_zone(zone: Zone, *, names: bool) -> Json:
    known: Json = {"ZoneID": zone.id}
    if names:
        known["ZoneDescription"] = zone.name
    known |= {
        "ZoneStatus": zone.status,
        "PartitionID": zone.partition,
        "CanBeBypassed": int(zone.type_id != 9),
        "AlarmTriggerTime": None,
        "AlarmTriggerTimeLocalized": None,
    }
    if names:
        return known | {"ZoneTypeID": zone.type_id, "DeviceType": zone.device_type}
    return known | {
        "IsBypassableZone": int(zone.type_id != 9),
        "IsSensingZone": 1,
        "ZoneTypeId": zone.type_id,
    }


def live_zones(location: Location) -> Json:
    """Return the answer of a live zone read (docs/protocol/total-connect.md#refresh)."""
    return {
        "ZoneStatus": {
            "Zones": [_live_zone(zone) for zone in location.service.zones.values()]
        }
    }


def _live_zone(zone: Zone) -> Json:
    extra = {
        "SensorSerialNumber": zone.serial,
        "LoopNumber": 1,
        "ResponseType": str(zone.type_id),
        "AlarmReportState": 1,
        "ZoneSupervisionType": 0,
        "ChimeState": 1,
        "DeviceType": zone.device_type,
    }
    return {
        "PartitionId": zone.partition,
        "Batterylevel": -1,
        "Signalstrength": -1,
        "zoneAdditionalInfo": extra,
        "CanBeBypassed": int(zone.type_id != 9),
        "ZoneFlags": None,
        "ZoneID": zone.id,
        "ZoneStatus": zone.status,
        "IsBypassableZone": 0,
        "IsSensingZone": 1,
        "ZoneTypeId": zone.type_id,
    }


def _partitions(location: Location) -> list[Json]:
    service = location.service
    return [
        _partition(number, name, service.arming.get(number, UNKNOWN))
        for number, name in service.partitions.items()
    ]


def _partition(number: int, name: str, arming: int) -> Json:
    return {
        "PartitionName": name,
        "IsStayArmed": False,
        "IsFireEnabled": False,
        "IsCommonEnabled": False,
        "IsLocked": False,
        "IsNewPartition": False,
        "IsNightStayEnabled": 0,
        "ExitDelayTimer": 0,
        "PartitionID": number,
        "PartitionArmingState": arming,
        "ArmingState": arming,
        "OverrideArmingState": 0,
        "OverrideTimeStamp": None,
        "IsAlarmResponded": False,
        "AlarmTriggerTime": None,
        "AlarmTriggerTimeLocalized": None,
    }


def partitions_config(location: Location) -> Json:
    """Return partition details; no ResultCode on success."""
    return {"Partitions": _partitions(location)}


def job_status(run: Run) -> Json:
    """Return the four states of a job (docs/protocol/total-connect.md#job-state)."""
    return ok(
        JobState=run.job_state,
        ZoneSyncState=run.zone_state,
        AutomationSyncState=run.automation_state,
        UserSyncState=run.user_state,
    )


def user_sync_row(location: Location, refusal: Refusal | None) -> Json:
    """Return the row of one panel in a user sync (docs/protocol/total-connect.md#steps-of-a-user-sync)."""
    row = location.user_row
    code = refusal.code if refusal else row.code if row else 0
    return {
        "DeviceID": location.device_id,
        "DeviceName": "Security System",
        "TotalSteps": row.total if row and not refusal else 0,
        "CurrentStep": row.current if row and not refusal else 0,
        "Description": "User synchronization",
        "StatusText": row.text if row and not refusal else "",
        "ResultCode": code,
        "ResultData": TEXTS.get(code, ""),
    }


def users(locations: list[Location]) -> Json:
    """Return the users of one or several locations with their pending changes.

    See docs/protocol/total-connect.md#pending-changes.
    """
    everybody = [user for location in locations for user in location.users]
    return ok(
        UrgentSyncCount=sum(user.urgent for user in everybody),
        UserManagementOptions={
            "IsOptedForUserCodeManagement": True,
            "IsUserCodeDisplayed": False,
        },
        Users=[_user(user) for user in everybody],
    )


def _user(user: ServiceUser) -> Json:
    master = user.user_type == 1
    return {
        "UserId": user.id,
        "UserName": user.user_name,
        "FirstName": user.first_name,
        "LastName": user.last_name,
        "Enabled": True,
        "IsValidated": True,
        "FeatureInfo": [
            {"FeatureId": 1, "FeatureName": "Master", "FeatureEnabled": master}
        ],
        "TimeStampUpdate": user.changed.strftime("%Y-%m-%dT%H:%M:%S"),
        "ImageId": -1,
        "PhotoURL": "",
        "UserTypeID": user.user_type,
        "OutOfSyncCount": user.out_of_sync,
    }


def security_status(location: Location) -> Json:
    """Return the status of one location in the several-locations shape.

    See docs/protocol/total-connect.md#status-endpoints.
    """
    zones = [
        {
            "ZoneID": zone.id,
            "ZoneDescription": zone.name,
            "ZoneStatus": zone.status,
            "IsFaulted": bool(zone.status & FAULTED),
            "IsBypassed": zone.bypassed,
            "PartitionID": zone.partition,
        }
        for zone in location.service.zones.values()
    ]
    inner = full_status(location)["PanelStatus"] | {"Zones": zones}
    row = {
        "LocationID": location.id,
        "LocationName": location.name,
        "ResultData": TEXTS[SUCCESS],
        "PanelMetadataAndStatus": inner,
    }
    return ok(lstLocationBasicInfo=[row])


def vary(value: Any, switches: Switches) -> Any:
    """Return the answer in the switched shape: other letter case, numbers as text, unknown fields."""
    if isinstance(value, dict):
        change = {"lower": str.lower, "upper": str.upper}.get(switches.letter_case, str)
        varied = {change(key): vary(item, switches) for key, item in value.items()}
        return (
            {"Zz_Unknown": {"Later": [1, None]}, **varied}
            if switches.extra_fields
            else varied
        )
    if isinstance(value, list):
        return [vary(item, switches) for item in value]
    if (
        switches.numbers_as_strings
        and isinstance(value, int | float)
        and not isinstance(value, bool)
    ):
        return str(value)
    return value

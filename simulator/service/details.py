"""What the simulated service says of the account and of itself.

See docs/protocol/total-connect.md#session-details and docs/protocol/total-connect.md#service-status.
"""

from typing import Any

from simulator.service.accounts import Accounts, Session
from simulator.service.answers import Json, connection_status, ok
from simulator.switches import Switches
from simulator.world.location import Location
from simulator.world.world import World

APP_ID = 16808
REVISION = "3.53.2"
VERSION = "7.0.0.118"
# Whose code is never shown; only the kinds of zone our panels have.
_ZONE_TYPES = {
    1: "Entry/Exit 1",
    3: "Perimeter",
    4: "Interior Follower",
    9: "Fire",
    14: "Carbon Monoxide",
}


def application_config(accounts: Accounts) -> Json:
    """Return the web application's configuration (docs/protocol/total-connect.md#web-application-configuration)."""
    return {
        "RevisionNumber": REVISION,
        "version": VERSION,
        "environment": "simulated",
        "AppConfig": [
            {"tc2APIKey": accounts.api_key, "tc2ClientId": accounts.client_id}
        ],
        "brandInfo": [
            {"BrandName": "otherbrand", "AppID": 11111},
            {"BrandName": "totalconnect", "AppID": APP_ID},
        ],
    }


def session_details(world: World, session: Session) -> Json:
    """Return session details with all locations."""
    switches = world.switches
    locations = None
    if not switches.locations_null:
        locations = [
            _location(world, location) for location in world.locations.values()
        ]
    flags = "Security=1,Video=0,Automation=1,GPS=1,VideoPIR=0,ReadState=1,IsAlexaEnabled=0,SPAEnabled=0"
    details = {
        "ModuleFlags": f"{flags},ShowPrivacyLink=0",
        "SessionID": session.id,
        "PrivacyStatementUrl": "https://example.invalid/privacy",
        "UserInfo": _user_info(switches, session),
        "Locations": locations,
    }
    return ok(SessionDetailsResult=details)


def _user_info(switches: Switches, session: Session) -> Json:
    right = int(switches.rights)
    return {
        "UserID": session.login.id,
        "Username": session.login.user,
        "Fullname": session.login.full_name,
        "Language": 0,
        "LocaleID": 0,
        "UserFeatureList": f"Master={right},User Administration={right},Configuration Administration={right}",
        "ClientPreferences": "",
        "IsEulaAccepted": True,
        "IsSMSEulaAccepted": False,
        "DateFormatID": 0,
        "TimeFormatID": 0,
        "PushNotificationStatus": 0,
        "HasResetPassword": True,
        "IsRootedDeviceAccepted": False,
        "IsLocalyticsEnabled": -1,
        "IsAppStoreLogEnabled": -1,
        "IsMarketingOptionEnabled": 1,
        "IsMarketingDefaultValue": 1,
        "IsMonitoringDefaultValue": -1,
        "IsOtpSupported": 1,
        "IsOtpEnabled": int(switches.two_step_codes != "off"),
        "UserOtpEmail": None,
        "ForceResetPassword": False,
        "UserCodeDirectPushEnabled": switches.user_code_direct_push,
    }


def _location(world: World, location: Location) -> Json:
    panel, family = location.panel, location.panel.family
    switches = world.switches
    supported = switches.sync_status_supported
    module_flags = {
        "Security": 1,
        "Video": 0,
        "Automation": int(panel.has_automation),
        "TemperatureUnits": "F",
        "SyncLocation": int(location.service.sync_flag),
        "TimezoneOffset": location.offset_hours,
        "AutoSyncEnabled": int(family.auto_sync),
        "SyncStatusSupported": int(
            family.sync_status if supported is None else supported
        ),
        "masterUserCodeSync": 0,
        "UserManagementDisabled": 0,
        "HomeCardUpdatedTimestamp": "1/1/1900 12:00:00 AM",
        "CameraPartitionFTUE": True,
    }
    device_flags = {
        "PromptForUserCode": int(world.syncs.prompts_user_code(location)),
        "PromptForInstallerCode": int(world.syncs.prompts_installer_code(location)),
        "PromptForImportSecuritySettings": 0,
        "AllowUserSlotEditing": 0,
        "CanBeSentToPanel": 1,
        "PartitionCount": len(location.service.partitions),
        "DuplicateUserSyncStatus": 0,
        "PanelType": family.panel_type,
        "PanelVariant": family.variant,
        "UserCodeLength": 4,
    }
    devices = [
        _device(
            location.device_id,
            "Security System",
            1,
            device_flags,
            family.security_panel_type,
        )
    ]
    if panel.has_automation:
        devices.append(
            _device(location.automation_device_id, "Automation", 3, {}, None)
        )
    return {
        "LocationID": location.id,
        "LocationName": location.name,
        "PhotoURL": "",
        "LocationModuleFlags": _flags(module_flags),
        "SecurityDeviceID": location.device_id,
        "LocationInfoSimple": _address(location),
        "PanelConnectionStatusInfo": [connection_status(location, switches)],
        "DeviceList": devices,
    }


def _address(location: Location) -> Json:
    return {
        "LocationId": location.id,
        "LocationName": location.name,
        "AccountId": 55000111,
        "PhotoId": -1,
        "TimeZoneId": 10,
        "PhotoURL": "",
        "SetDefaultLocationName": False,
        "SecuritySystemAlias": "",
        "SecuritySystemPanelDeviceID": location.device_id,
        "CountryID": 1,
        "StreetNumber": "",
        "StreetName": "1 Example Lane",
        "City": "Sampleton",
        "StateID": 30,
        "PostalCode": "00000",
        "TemperatureUnits": "F",
        "Latitude": None,
        "Longitude": None,
    }


def _device(
    device_id: int,
    name: str,
    device_class: int,
    flags: dict[str, Any],
    panel_type: int | None,
) -> Json:
    return {
        "DeviceID": device_id,
        "DeviceName": name,
        "DeviceClassID": device_class,
        "DeviceSerialNumber": f"00D02D{device_id % 0xFFFFFF:06X}",
        "DeviceFlags": _flags(flags),
        "SecurityPanelTypeID": panel_type,
        "DeviceSerialText": None,
        "DeviceType": None,
        "DeviceVariants": None,
        "RestrictedPanel": 0,
    }


def _flags(flags: dict[str, Any]) -> str:
    return ",".join(f"{name}={value}" for name, value in flags.items())


def locations_list(world: World) -> Json:
    """Return the short listing of locations."""
    listed = []
    for location in world.locations.values():
        device = {
            "id": location.device_id,
            "name": "Security System",
            "deviceClass": 1,
            "CanSupportArmNightStay": True,
            "userCodeAvailable": True,
        }
        listed.append(
            {
                "id": location.id,
                "name": location.name,
                "PhotoURL": "",
                "LocationModuleFlags": "Security=1",
                "devices": [device],
                "IsLocationToBeDisplayed": True,
            }
        )
    return {"locationDetailResult": listed}


def dashboard() -> Json:
    """Return the service's word on itself."""
    services = (
        (1, "Alarm Monitoring"),
        (2, "Total Connect"),
        (3, "Total Connect Video"),
    )
    rows = [
        {
            "ServiceId": n,
            "ServiceName": name,
            "Status": "GOOD",
            "Description": "OPERATIONAL",
        }
        for n, name in services
    ]
    return ok(systemStatus=rows)


def zone_types() -> Json:
    """Return the kinds of zones (docs/protocol/total-connect.md#status-endpoints)."""
    rows = [
        {
            "ZoneTypeId": number,
            "ZoneTypeDescription": text,
            "CanBeBypassed": number != 9,
        }
        for number, text in _ZONE_TYPES.items()
    ]
    return ok(ZoneTypeInfoList={"ZonesTypeInfo": rows})


def interface_schema() -> Json:
    """Return what the apps ask for at their start; nothing listens at these addresses."""
    return ok(
        InterfaceSchemaConfigInfo={
            "AppleDownloadURL": "",
            "AndroidDownloadURL": "",
            "LatestSupportedAppVersion": REVISION,
            "Whatsnew": "",
            "SignalrHubUrl": "https://example.invalid/hub",
            "GatewayUrl": "https://example.invalid/gateway",
        }
    )

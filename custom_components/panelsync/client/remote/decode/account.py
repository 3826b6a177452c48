"""From session details to the account: its user, its locations and their panels.

See docs/protocol/total-connect.md#session-details.
"""

from typing import Final

from ...errors import UnexpectedAnswer
from ...models import Account, Location, Panel, Rights, ServiceSyncStatus
from .fields import Fields, key_values

PANEL_CLASS: Final = 1
MOST_LOCATIONS: Final = 500
"""More than the largest account has; what comes beyond is invented."""


def lists_locations(fields: Fields) -> bool:
    """Return whether session details carry a list of locations, if only an empty one."""
    details = fields.section("SessionDetailsResult") or Fields({})
    rows = details.rows("Locations")
    # Rows that name no location are no empty list.
    return rows is not None and (
        not rows or any(row.positive("LocationID") for row in rows)
    )


def account(fields: Fields) -> Account:
    """Read the account.

    A location without a security panel is left out: there is nothing to sync. Raises
    UnexpectedAnswer where the answer does not say who is signed in.
    """
    details = fields.section("SessionDetailsResult") or Fields({})
    user = details.section("UserInfo") or Fields({})
    user_id = user.identifier("UserID")
    if user_id is None:
        raise UnexpectedAnswer(
            f"The session details do not name the user. {fields.explanation}".rstrip()
        )
    rights = key_values(user.get("UserFeatureList"))
    rows = details.rows("Locations") or []
    locations = {
        location.location_id: location
        for row in reversed(rows)
        if (location := _location(row)) is not None
    }
    shown = tuple(reversed(locations.values()))[:MOST_LOCATIONS]
    return Account(
        user_id=user_id,
        user_name=user.name("Username") or "",
        rights=Rights(
            master=rights.flag("Master"),
            user_administration=rights.flag("User Administration"),
            configuration_administration=rights.flag("Configuration Administration"),
        ),
        user_code_direct_push=user.flag("UserCodeDirectPushEnabled"),
        two_step_codes=user.flag("IsOtpEnabled"),
        locations=shown,
        locations_left_out=len(locations) - len(shown),
    )


def _location(row: Fields) -> Location | None:
    location_id = row.positive("LocationID")
    panel = _panel(row)
    if location_id is None or panel is None:
        return None
    flags = key_values(row.get("LocationModuleFlags"))
    return Location(
        location_id=location_id,
        name=row.name("LocationName") or "",
        panel=panel,
        auto_sync=flags.flag("AutoSyncEnabled"),
        sync_status_supported=flags.flag("SyncStatusSupported"),
        user_management_disabled=flags.flag("UserManagementDisabled"),
        service_status=_service_sync_status(row, location_id),
    )


def _panel(row: Fields) -> Panel | None:
    """Find the security panel: the device the location names, else the one of class 1."""
    wanted = row.positive("SecurityDeviceID")
    devices = row.rows("DeviceList") or []
    device = next(
        (d for d in devices if wanted and d.integer("DeviceID") == wanted), None
    )
    if device is None:
        device = next(
            (d for d in devices if d.integer("DeviceClassID") == PANEL_CLASS),
            Fields({}),
        )
    device_id = device.positive("DeviceID") or wanted
    if device_id is None:
        return None
    flags = key_values(device.get("DeviceFlags"))
    panel_type = flags.integer("PanelType")
    return Panel(
        device_id=device_id,
        name=device.name("DeviceName") or "",
        serial=device.name("DeviceSerialNumber") or None,
        panel_type=device.integer("SecurityPanelTypeID")
        if panel_type is None
        else panel_type,
        panel_variant=flags.integer("PanelVariant"),
        prompts_user_code=flags.flag("PromptForUserCode") is True,
        prompts_installer_code=flags.flag("PromptForInstallerCode") is True,
    )


def _service_sync_status(row: Fields, location_id: int) -> ServiceSyncStatus | None:
    for status in row.rows("PanelConnectionStatusInfo") or []:
        if status.integer("LocationID") in (location_id, None):
            return ServiceSyncStatus(
                connection_status=status.integer("ConnectionStatus"),
                sync_status=status.integer("SyncStatus"),
                message=status.message("SyncStatusMessage") or None,
            )
    return None

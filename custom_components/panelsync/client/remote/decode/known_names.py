"""The names of fields that an answer of the service is known to have.

Only these are ever shown: any other name may itself be data, of a person or a place
(docs/protocol/total-connect.md).
"""

from typing import Final

_NAMES: Final = (
    "access_token AccountId AdditionalInput AdminAccess AlarmReportState AlarmTriggerTime "
    "AlarmTriggerTimeLocalized Alias AndroidDownloadURL AnythingChanged AppConfig AppID "
    "AppleDownloadURL ArmingState AuthorizingCode AutomationSyncResults "
    "AutomationSyncState Batterylevel Bell1SupervisionFailure Bell2SupervisionFailure "
    "brandInfo BrandName CanBeBypassed ChimeState City ClientPreferences CommentState "
    "ConfigurationSequenceNumber ConnectionStatus ConnectionType CountryID CurrentStep "
    "DateFormatID Description DeviceAuthorizingCode DeviceClass DeviceClassID DeviceFlags "
    "DeviceID DeviceList DeviceName Devices DeviceSerialNumber DeviceSerialText "
    "DeviceType DeviceVariants Enabled EnableState error error_description Event "
    "EventClass EventFilterTypeID EventRecord EventRecordId EventRecords Events "
    "EventsResult EventType EventTypeFilterId EventTypeFilterName EventTypeFilters "
    "ExitDelayTimer expires_in FeatureEnabled FeatureId FeatureInfo FeatureName "
    "FilterClass FirmwareVersion FirstName ForceResetPassword Fullname GatewayUrl HasMore "
    "HasNotes HasResetPassword id ImageId InterfaceSchemaConfigInfo IsAlarmResponded "
    "IsAppStoreLogEnabled IsBypassableZone IsCommonEnabled IsCoverTampered IsDuplicate "
    "IsEntryDelayEnabled IsEulaAccepted IsExternalUser IsFireEnabled IsHidden IsInACLoss "
    "IsInBatteryMissing IsInEnrollmentMode IsInLowBattery IsInRfJam IsLocalyticsEnabled "
    "IsLocationToBeDisplayed IsLocked IsMarketingDefaultValue IsMarketingOptionEnabled "
    "IsMonitoringDefaultValue IsNewPartition IsNightStayEnabled "
    "IsOptedForUserCodeManagement IsOtpEnabled IsOtpSupported IsRootedDeviceAccepted "
    "IsSensingZone IsSensorTrippedAlarm IsSMSEulaAccepted IsStayArmed IsUserCodeDisplayed "
    "IsValidated JobID JobState Language LastName LastUpdatedTimestampTicks "
    "LatestSupportedAppVersion Latitude ListIdentifierID LocaleID locationDetailResult "
    "LocationID LocationInfoBasic LocationInfoSimple LocationModuleFlags LocationName "
    "Locations Longitude LoopNumber lstLocationBasicInfo LstPartitionDetails Message "
    "MessageDetail ModuleFlags Name Notes Notice Originator OutOfSyncCount "
    "OverrideArmingState OverrideTimeStamp PanelConnectionStatusInfo PanelInformation "
    "PanelMetadataAndStatus PanelStatus PanelStatusInfo PartitionArmingState "
    "PartitionDetails PartitionID PartitionInfo PartitionName Partitions PhotoId PhotoURL "
    "PostalCode PrevArmingState PrivacyStatementUrl PromptForImportSecuritySettings "
    "PushNotificationStatus RecDateLocal RecDateSuffix RecDateTimeGMT refresh_token "
    "ResponseType RestrictedPanel ResultCode ResultData RevisionNumber SecurityDeviceID "
    "SecurityPanelTypeID SecuritySystemAlias SecuritySystemPanelDeviceID "
    "SensorSerialNumber ServiceId ServiceName SessionDetailsResult SessionID "
    "SetDefaultLocationName SignalrHubUrl Signalstrength SingnalStrength StateID Status "
    "StatusText StreetName StreetNumber SyncDeviceFlag SynchronizationStatus "
    "SynchronizePanelUserResult SyncJobResult SyncSecDeviceFlag SyncStatus "
    "SyncStatusMessage systemStatus TemperatureUnits TimeFormatID "
    "TimeStampUpdate TimeZoneId token_type TotalSteps UrgentSyncCount userCodeAvailable "
    "UserCodeDirectPushEnabled UserDetails UserDetailsEx UserFeatureList UserID UserInfo "
    "UserManagementOptions UserName UserOtpEmail Users UserSyncState UserTypeID version "
    "Whatsnew zoneAdditionalInfo ZoneDescription ZoneFlags ZoneID ZoneInfo Zones "
    "ZonesInfo ZoneStatus ZoneStatusInfo ZoneSupervisionType ZoneSyncState "
    "ZoneTypeDescription ZoneTypeID"
)
_KNOWN: Final = {name.casefold(): name for name in _NAMES.split()}


def known_name(name: object) -> str | None:
    """Return a field's name as the service writes it, None where it is not known."""
    return _KNOWN.get(str(name).casefold()) if len(str(name)) <= 60 else None
